"""What one dossier holds for one person: rows found in the parts, then papers, files and acts of the journal that hang on them.

Every row is asked for as its page would ask (`subjects.may_read`); what hangs below a row that is closed to this person is not
looked at. So a sealed dossier, a council or an appraisal is as closed here as on the pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import LargeBinary, Table, select, tuple_
from sqlalchemy.orm import joinedload

from app.kernel import subjects
from app.kernel.db import Base, db
from app.kernel.journal import JournalEntry
from app.services.files import queries as files
from app.services.files.models import Attachment, Blob
from app.services.papers import queries as papers
from app.services.papers.models import Paper
from app.services.people.models import User
from app.stages.archive.parts import (
    COUNCILS_OF,
    FOLDERS,
    GIVEN_TO_PARTY,
    NEVER,
    PARTS,
    ROOTS,
    UP,
    Section,
)

Key = tuple[str, str]  # table, public id


@dataclass
class Dossier:
    """All that was found. `rows` by table; `sections` of every row with a page of its own; `whole` when it is read by office."""

    kind: str
    pid: str
    user: User
    whole: bool
    title: str = ""
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    sections: dict[Key, Section] = field(default_factory=dict)

    def ids(self, table: str) -> list[int]:
        """The ids of the rows of a table."""
        return [row["id"] for row in self.rows.get(table, ()) if "id" in row]

    def given(self) -> list[str]:
        """The tables whose rows are given as data."""
        return [table for table in self.rows if self.whole or table in GIVEN_TO_PARTY]


def columns_of(table: Table) -> list[Any]:
    """The columns that may be given at all."""
    return [c for c in table.c if c.name not in NEVER and not isinstance(c.type, LargeBinary)]


def gather(kind: str, row: Any, user: User, *, whole: bool) -> Dossier:
    """The rows of a project or proposal and of all that hangs on it, as far as this person may read them."""
    found = Dossier(kind, row.public_id, user, whole, title=subjects.subject_of(kind).title(row))
    _take(found, kind, "id", [row.id], ROOTS[kind])
    for table, column, to, section in UP:
        wanted = {r[column] for r in found.rows.get(table, ()) if r.get(column) is not None} - set(found.ids(to))
        _take(found, to, "id", wanted, section)
    for part in PARTS:
        if part.of != "council":
            _take(found, part.table, part.by, found.ids(part.of), part.section)
    _councils(found)
    return found


def _take(found: Dossier, name: str, by: str, ids: Iterable[int], section: Section) -> None:
    """Add the rows of a table whose column `by` is one of these ids and which this person may read."""
    table, wanted = Base.metadata.tables[name], list(ids)
    if not wanted:
        return
    order = [*table.primary_key.columns]
    for row in db.session.execute(select(*columns_of(table)).where(table.c[by].in_(wanted)).order_by(*order)).mappings():
        pid = row.get("public_id")
        if pid is not None and not _open(found, name, pid):
            continue
        found.rows.setdefault(name, []).append(dict(row))
        if pid is not None:
            found.sections.setdefault((name, pid), section)


def _open(found: Dossier, name: str, pid: str) -> bool:
    """May this person read the row? What no stage registered is as open as what it hangs on."""
    try:
        subjects.subject_of(name)
    except KeyError:
        return found.whole or name in GIVEN_TO_PARTY
    row = subjects.load(name, pid)
    return row is not None and subjects.may_read(name, row, found.user)


def _councils(found: Dossier) -> None:
    """The councils before which something of the dossier was: their decisions, letters and minutes. What they judged besides stays out."""
    item, council = Base.metadata.tables["agenda_item"], Base.metadata.tables["council"]
    keys = [key for key in found.sections if key[0] in COUNCILS_OF]
    if not found.whole or not keys:
        return
    rows = db.session.execute(select(*columns_of(item)).where(tuple_(item.c.subject_type, item.c.subject_pid).in_(keys)).order_by(item.c.id)).mappings().all()
    found.rows["agenda_item"] = [dict(row) for row in rows]
    for row in rows:
        if row["council_id"] not in found.ids("council"):
            _take(found, council.name, "id", [row["council_id"]], COUNCILS_OF[row["subject_type"]])
    for part in PARTS:
        if part.of == "council":
            for row in found.rows.get("council", ()):
                _take(found, part.table, part.by, [row["id"]], found.sections["council", row["public_id"]])


# --- what hangs on the rows -----------------------------------------------------------------------------------


def papers_of(found: Dossier) -> list[tuple[Section, Paper]]:
    """The issued papers on these rows that this person may open, each with its folder, oldest first."""
    every = papers.of_keys(found.sections)
    readable = [(found.sections[row.subject_type, row.subject_pid], row) for row in every if papers.may_read(row, found.user)]
    return sorted(readable, key=lambda pair: (pair[0], pair[1].dated, pair[1].id))


def files_of(found: Dossier, given: Iterable[tuple[Section, Paper]]) -> list[tuple[Section, Attachment, str]]:
    """The files on these rows and papers that this person may download, each with its folder and what it belongs to, oldest first."""
    places = found.sections | {("paper", paper.public_id): section for section, paper in given}
    wanted = tuple_(Attachment.subject_type, Attachment.subject_pid).in_(list(places))
    rows = db.session.scalars(select(Attachment).options(joinedload(Attachment.uploaded_by)).where(wanted, Attachment.removed_at.is_(None)).order_by(Attachment.id)).all()
    said: dict[Key, tuple[Any, str]] = {}
    taken = []
    for row in rows:
        key = (row.subject_type, row.subject_pid)
        if key not in said:
            subject = subjects.load(*key)
            said[key] = (subject, subjects.subject_of(key[0]).title(subject) if subject is not None else "")
        subject, title = said[key]
        if subject is not None and files.opened_by(found.user, row.kind, subject):
            taken.append((places[key], row, title))
    return sorted(taken, key=lambda line: (line[0], line[1].id))


def submitted_files(found: Dossier, but: set[str]) -> list[tuple[int, str, Blob]]:
    """(version, name, bytes) of files that stand in a submitted version of the proposal and are not in its dossier any more."""
    listed = [(version["number"], one["name"], one["sha256"]) for version in found.rows.get("proposal_version", ()) for one in version["content"].get("files", ()) if one["sha256"] not in but]
    blobs = {blob.sha256: blob for blob in db.session.scalars(select(Blob).where(Blob.sha256.in_([sha for _n, _name, sha in listed])))} if listed else {}
    seen: set[str] = set()
    return [(number, name, blobs[sha]) for number, name, sha in listed if sha in blobs and not (sha in seen or seen.add(sha))]  # type: ignore[func-returns-value]


def acts_of(found: Dossier) -> Iterator[JournalEntry]:
    """The acts on these rows, oldest first. For a host: only those on rows that it gets."""
    keys = [key for key in found.sections if found.whole or key[0] in GIVEN_TO_PARTY]
    named = tuple_(JournalEntry.subject_type, JournalEntry.subject_pid).in_(keys)
    yield from db.session.scalars(select(JournalEntry).where(named).order_by(JournalEntry.seq).execution_options(yield_per=500))


def names_of(ids: set[int]) -> dict[int, str]:
    """The names of persons by id."""
    return {row.id: row.name for row in db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))} if ids else {}


def people_in(found: Dossier) -> dict[int, str]:
    """The names of the persons whom the given rows point to."""
    ids: set[int] = set()
    for name in found.given():
        pointing = [c.name for c in Base.metadata.tables[name].c if any(fk.column.table.name == "user_account" for fk in c.foreign_keys)]
        ids |= {row[column] for row in found.rows[name] for column in pointing if row.get(column) is not None}
    return names_of(ids)


def folder_label(section: Section) -> str:
    """What the index calls a folder (a msgid)."""
    return FOLDERS[section][1]


def title_of(row: Any) -> str:
    """What a copy is of."""
    subject = subjects.load(row.subject_type, row.subject_pid)
    return subjects.subject_of(row.subject_type).title(subject) if subject is not None else ""
