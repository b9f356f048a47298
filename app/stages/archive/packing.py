"""The ZIP of a dossier, written as it is read: nothing but the present file is in memory, however much the dossier holds.

Order: papers and files by folder, then data and journal, then the index and the check sums over everything before.
Papers are PDF/A-2b and Word; files keep their bytes under names that every system takes, the index tells their own names.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any, BinaryIO

from flask_babel import gettext as _

from app.kernel.clock import local
from app.kernel.db import Base
from app.kernel.journal import JournalEntry
from app.later import pdf_reader, word
from app.services.files import store
from app.services.files.models import Attachment, Blob
from app.services.files.rules import Verdict
from app.services.papers import drawn, pdf
from app.services.papers import queries as papers
from app.services.papers.models import Paper
from app.services.papers.rules import NotDrawn
from app.stages.archive import contents, index
from app.stages.archive.contents import Dossier
from app.stages.archive.parts import Section, folder
from app.stages.archive.rules import safe_filename, safe_name

PIECE = 1 << 20  # bytes read at a time
SUMS = "SHA256SUMS"


@dataclass(frozen=True)
class Entry:
    """One line of the index. `path` is None for what could not be given: `note` says why."""

    section: Section
    path: str | None
    title: str
    number: str = ""
    dated: date | None = None
    author: str = ""
    pages: int | None = None
    size: int | None = None
    sha256: str = ""
    note: str = ""


class Packer:
    """Writes entries into a ZIP and remembers them. `step` is called after each line of the dossier."""

    def __init__(self, file: BinaryIO, at: datetime, step: Callable[[], None]) -> None:
        self.zip = zipfile.ZipFile(file, "w", allowZip64=True)
        self.at, self.step = local(at).timetuple()[:6], step
        self.entries: list[Entry] = []
        self.sums: dict[str, str] = {}
        self._numbers: Counter[str] = Counter()

    def place(self, section: Section, name: str, below: str = "") -> str:
        """The next path in a folder."""
        where = folder(section) + (f"/{below}" if below else "")
        self._numbers[where] += 1
        return f"{where}/{self._numbers[where]:03d}-{name}"

    def _opened(self, path: str, method: int) -> Any:
        info = zipfile.ZipInfo(path, self.at)
        info.compress_type, info.external_attr = method, 0o644 << 16
        return self.zip.open(info, "w", force_zip64=True)

    def write(self, path: str, pieces: Iterable[bytes], method: int = zipfile.ZIP_DEFLATED) -> tuple[int, str]:
        """One file, piece by piece; returns its size and hash."""
        size, digest = 0, hashlib.sha256()
        with self._opened(path, method) as out:
            for piece in pieces:
                out.write(piece)
                digest.update(piece)
                size += len(piece)
        self.sums[path] = digest.hexdigest()
        return size, digest.hexdigest()

    def keep(self, path: str, content: bytes, **line: Any) -> None:
        """One file that the system made, with its line of the index."""
        size, digest = self.write(path, [content])
        self.entries.append(Entry(path=path, size=size, sha256=digest, **line))

    def stored(self, path: str, blob: Blob, **line: Any) -> None:
        """One file of the store; what is held back, missing or damaged becomes a line without a file."""
        verdict = blob.scan.verdict if blob.scan is not None else Verdict.CLEAN
        if verdict != Verdict.CLEAN:
            self.entries.append(Entry(path=None, size=blob.size, sha256=blob.sha256, **line | {"note": _(verdict.label)}))
            return
        try:
            file = store.opened(blob.sha256)
        except OSError:
            self.entries.append(Entry(path=None, size=blob.size, sha256=blob.sha256, **line | {"note": _("Missing or damaged in the store")}))
            return
        with file:
            pages = pages_of(file) if blob.mime == "application/pdf" else None
            file.seek(0)
            self.write(path, iter(lambda: file.read(PIECE), b""), zipfile.ZIP_STORED)
        self.entries.append(Entry(path=path, pages=pages, size=blob.size, sha256=blob.sha256, **line))


def pages_of(file: Any) -> int | None:
    """How many pages a PDF has; None when it cannot be read."""
    try:
        return int(pdf_reader.PdfFileReader(file).root["/Pages"]["/Count"])
    except Exception:  # noqa: BLE001 - a foreign file may fail anywhere in the reader; then its pages are not counted
        return None


def pack(found: Dossier, file: BinaryIO, at: datetime, *, progress: Callable[[int, int], None]) -> list[Entry]:
    """Write the whole ZIP of a dossier. `progress` is told (done, of how many). Returns the lines of the index."""
    given = contents.papers_of(found)
    files = contents.files_of(found, given)
    older = contents.submitted_files(found, {row.blob_sha256 for _s, row, _t in files})
    total, done = len(given) + len(files) + len(older) + 2, [0]

    def step() -> None:
        done[0] += 1
        progress(done[0], total)

    packer = Packer(file, at, step)
    _papers(packer, given)
    _files(packer, files)
    for number, name, blob in older:
        path = packer.place(Section.PROPOSAL, safe_filename(name), f"phien-ban-{number}")
        packer.stored(path, blob, section=Section.PROPOSAL, title=name, note=_("In version %(n)s, replaced later", n=number))
        step()
    _data(packer, found)
    step()
    _journal(packer, found)
    _close(packer, found, at)
    step()
    return packer.entries


def _papers(packer: Packer, given: list[tuple[Section, Paper]]) -> None:
    enders = papers.enders_of(row for _section, row in given)
    for section, row in given:
        path = packer.place(section, safe_name(f"{row.number or ''} {row.title}", longest=60))
        newer = enders.get(row.public_id)
        note = "" if newer is None else _("Ended by %(number)s", number=newer.number or newer.title)
        line: dict[str, Any] = {"section": section, "title": row.title, "number": row.number or "", "dated": row.dated, "author": row.body, "note": note}
        content = drawn.content_of(row)
        try:
            made = pdf.draw(content, archival=True)
            packer.keep(f"{path}.pdf", made, pages=_pages(made), **line)
        except NotDrawn:
            packer.entries.append(Entry(path=None, **line | {"note": _("The PDF could not be made; take the Word file")}))
        packer.write(f"{path}.docx", [word.draw(content)])
        packer.step()


def _pages(content: bytes) -> int:
    """Pages of a PDF that Typst set (it writes one /Type /Page object for each)."""
    return content.count(b"/Type /Page\n") or content.count(b"/Type /Page ") or 1


def _files(packer: Packer, files: list[tuple[Section, Attachment, str]]) -> None:
    for section, row, title in files:
        author = row.uploaded_by.name if row.uploaded_by is not None else ""
        packer.stored(packer.place(section, safe_filename(row.filename)), row.blob, section=section, title=row.filename, dated=local(row.uploaded_at).date(), author=author,
                      note=_("Signed copy of: %(title)s", title=title) if row.kind == "signed_scan" else title)  # fmt: skip
        packer.step()


# --- data and journal -----------------------------------------------------------------------------------------


def plain(value: Any) -> Any:
    """A value as JSON has it: instants in UTC, days as YYYY-MM-DD, amounts in đồng."""
    if isinstance(value, Enum):
        return str(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, default=plain).encode()


def _data(packer: Packer, found: Dossier) -> None:
    """A file for each table, one that says what the columns are, and the names of the persons that are pointed to."""
    where = folder(Section.DATA)
    models = {m.local_table.name: m.class_ for m in Base.registry.mappers}
    about: dict[str, Any] = {}
    for name in found.given():
        table = Base.metadata.tables[name]
        packer.keep(f"{where}/{name}.json", _json([{k: plain(v) for k, v in row.items()} for row in found.rows[name]]), section=Section.DATA, title=f"{name}.json",
                    note=_("%(n)s rows", n=len(found.rows[name])))  # fmt: skip
        doc = (getattr(models.get(name), "__doc__", None) or "").strip().split("\n")[0]
        about[name] = {"about": doc, "rows": len(found.rows[name]), "columns": {
            c.name: str(c.type) + "".join(f" -> {fk.target_fullname}" for fk in c.foreign_keys) for c in contents.columns_of(table)}}  # fmt: skip
    packer.keep(f"{where}/columns.json", _json(about), section=Section.DATA, title="columns.json", note=_("What the tables and columns are"))
    packer.keep(f"{where}/people.json", _json(contents.people_in(found)), section=Section.DATA, title="people.json", note=_("Names of the persons by their numbers"))


def act_line(entry: JournalEntry, *, whole: bool) -> Mapping[str, Any]:
    """One act as the extract has it: exactly what its hash is made of, with the hash. A host does not get the details."""
    line = {"seq": entry.seq, "at": entry.at.isoformat(), "actor": entry.actor_id, "for": entry.on_behalf_of_id, "type": entry.subject_type, "id": entry.subject_pid,
            "verb": entry.verb, "from": entry.before, "to": entry.after, "reason": entry.reason}  # fmt: skip
    return line | ({"detail": entry.detail} if whole else {}) | {"prev_hash": entry.prev_hash, "hash": entry.hash}


def _journal(packer: Packer, found: Dossier) -> None:
    path, counted, actors = f"{folder(Section.JOURNAL)}/journal.jsonl", [0], set()

    def lines() -> Iterable[bytes]:
        for entry in contents.acts_of(found):
            counted[0] += 1
            actors.update({entry.actor_id, entry.on_behalf_of_id} - {None})
            yield json.dumps(act_line(entry, whole=found.whole), ensure_ascii=False).encode() + b"\n"

    size, digest = packer.write(path, lines())
    packer.entries.append(Entry(Section.JOURNAL, path, "journal.jsonl", size=size, sha256=digest, note=_("%(n)s acts, each with its hash and the one before", n=counted[0])))
    packer.keep(f"{folder(Section.JOURNAL)}/people.json", _json(contents.names_of(actors)), section=Section.JOURNAL, title="people.json",
                note=_("Names of the persons by their numbers"))  # fmt: skip


# --- index and sums -------------------------------------------------------------------------------------------


def _close(packer: Packer, found: Dossier, at: datetime) -> None:
    lines = sorted(packer.entries, key=lambda e: e.section)  # papers and files of a folder stand together
    packer.write("00-muc-luc.pdf", [index.as_pdf(found, lines, at)])
    packer.write("00-muc-luc.xlsx", [index.as_sheet(lines)])
    packer.write("00-huong-dan.txt", [index.read_me(found, at).encode()])
    packer.write(SUMS, ["".join(f"{digest}  {path}\n" for path, digest in sorted(packer.sums.items())).encode()])
    packer.zip.close()


def check(path: Path) -> list[str]:
    """What of a ZIP does not match its own check sums: paths, those missing from the list as well."""
    wrong = []
    with zipfile.ZipFile(path) as packed:
        sums = dict(reversed(line.split("  ", 1)) for line in packed.read(SUMS).decode().splitlines())
        for name in packed.namelist():
            if name != SUMS:
                with packed.open(name) as file:
                    wrong += [name] if hashlib.file_digest(file, "sha256").hexdigest() != sums.pop(name, "") else []  # type: ignore[arg-type]
    return wrong + list(sums)
