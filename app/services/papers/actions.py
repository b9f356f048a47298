"""The acts on papers: issue, take the next number, attach the signed scan."""

from __future__ import annotations

import hashlib
import json
import re
import warnings
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.journal import JournalEntry
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.files import actions as files
from app.services.files.models import Attachment
from app.services.papers.blocks import (
    build,
    clean,
    corrected,
    is_between,
    is_sealed,
    sentence,
    writer_of,
)
from app.services.papers.models import NUMBER, Counter, Paper
from app.services.papers.queries import bases_of, ended_by, in_force, is_taken
from app.services.papers.rules import Ending, check_number, paper_date
from app.services.papers.wording import shipped_file, undeclared
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day

SCAN = "signed_scan"
WITHDRAWAL = "papers/withdrawal"
NUMBER_FORM = re.compile(r"[0-9]{1,6}[A-Za-z]?/[A-ZĐÀ-Ỹ0-9][A-ZĐÀ-Ỹa-z0-9.&-]{0,40}")


def template_text(name: str) -> str:
    """The text of template "<room>/<name>" as it came with the system. Raises FileNotFoundError."""
    return shipped_file(name).read_text(encoding="utf-8")


def current_text(name: str, *, on: date) -> str:
    """The text that papers of a day are made with: the version in force, else the shipped one."""
    row = in_force(name, on=on)
    return row.text if row is not None else template_text(name)


def issue(*, template: str, subject: Any, title: str, data: dict[str, Any], by: User | None, at: datetime, number: str | None = None,
          dated: date | None = None, body: str | None = None, public: bool = False, ends: Paper | None = None) -> Paper:  # fmt: skip
    """Issue a paper on `subject`: its blocks are made now and never again.

    `number` is the one of the issuing body's own register (e.g. "4923/QĐ-UBND"); decisions of the committee are
    issued by it, everything else by the Department unless `body` or the template says otherwise. Bodies and place are
    called as the rule papers.bodies has them on the paper's day. Every template may use the bases of the day, and
    office and name of who signs for the body. `ends` is an older paper that this one withdraws. Raises Incomplete when
    the number is none, or is taken in that year.
    """
    day = dated or local(at).date()
    number = check_number(number) if number else None
    if different := undeclared(template, data):
        warnings.warn(f"{template}: values given and declared beside the template differ: {sorted(different)}", stacklevel=2)
    rules = rulebook.values(["papers.bodies", "papers.offices"], on=day)
    bodies = rules["papers.bodies"]
    issuer, parent = _issuer(bodies, number, body)
    office, signer = _signs(bodies, rules["papers.offices"], issuer, by)
    given = {"bases": data["bases"] if "bases" in data else bases_of(template, on=day), **data}
    blocks = build(current_text(template, on=day), {**given, "office": office, "signer": signer})
    if writer := writer_of(blocks):
        issuer, parent = writer, None
        office, signer = "", next((person.name for person in people.managers_of_name(writer)), "")
    for block in blocks:
        if block["kind"] == "sign" and block["side"] == "right" and not block["name"]:
            block["name"] = signer
    kind, pid = subject if isinstance(subject, tuple) else journal.subject_key(subject)
    return _keep(Paper(template=template, title=clean(nfc(title))[:500], subject_type=kind, subject_pid=pid, issued_number=number, body=issuer, place=bodies["place"],
                       parent_body=parent, year=day.year, dated=day, blocks=blocks, sha256=digest(blocks), is_public=public, issued_at=at,
                       issued_by_id=by.id if by else None, ends_pid=ends.public_id if ends else None, ending=Ending.WITHDRAWS if ends else None), by=by, at=at)  # fmt: skip


def _keep(row: Paper, *, by: User | None, at: datetime) -> Paper:
    """Enter an issued paper. Raises Incomplete when its number is taken, WrongState when the paper that it ends has ended."""
    if row.issued_number:
        _check_free(row.issued_number, row.body, row.year)
    db.session.add(row)
    db.session.flush()
    journal.record(row, "issue", by=by, at=at, detail={"number": row.issued_number, "template": row.template, "sha256": row.sha256} | ({"ends": row.ends_pid} if row.ends_pid else {}))
    if row.issued_number:
        _check_free(row.issued_number, row.body, row.year, but=row)  # the chain is held now: nobody else gives a number meanwhile
    return row


def _check_free(number: str, body: str, year: int, *, but: Paper | None = None) -> None:
    """Raise Incomplete when another paper of this body has the number in this year."""
    if is_taken(number, body, year, but=but.id if but is not None else None):
        raise Incomplete(N_("%(number)s is already the number of another paper of %(body)s in %(year)s."), field="number", number=number, body=body, year=year)


def number(paper: Paper, given: str, *, by: User, at: datetime) -> None:
    """Enter the number that the registry gave an issued paper in the register of its body; once, and no other paper's.

    Raises Incomplete for a number that cannot be read or is taken, WrongState for a paper that has one.
    """
    said = nfc(given).strip()
    if not NUMBER_FORM.fullmatch(said):
        raise Incomplete(N_("A number is written like 15/BB-SKHCN: digits, a stroke, the symbol of kind and body."), field="number")
    journal.record(paper, NUMBER, by=by, at=at, detail={"number": said})  # holds the chain: whoever asks next sees it
    lines = select(func.count()).select_from(JournalEntry).where(
        JournalEntry.subject_type == "paper", JournalEntry.subject_pid == paper.public_id, JournalEntry.verb == NUMBER)  # fmt: skip
    if paper.issued_number or (db.session.scalar(lines) or 0) > 1:
        raise WrongState(N_("This paper has its number already."))
    _check_free(said, paper.body, paper.year, but=paper)
    db.session.expire(paper, ["number"])


def _issuer(bodies: dict[str, Any], number: str | None, body: str | None) -> tuple[str, str | None]:
    """(issuing body, body above it) by their names of the day; a `body` called by its short name is the one of the day."""
    committee, department = bodies["committee"], bodies["department"]
    if body in (department["name"], department["short"]) or (body is None and not (number and number.endswith(committee["ending"]))):
        return department["name"], committee["name"]
    return (committee["name"] if body in (None, committee["short"]) else str(body)), None


def _signs(bodies: dict[str, Any], offices: dict[str, Any], issuer: str, by: User | None) -> tuple[str, str]:
    """(office, name) of who signs for the body: the person acting when that is their office, else the one who holds it.

    Somebody who decides for the committee without being of it signs by its authorisation.
    """
    level = next((level for level in ("committee", "department") if issuer == bodies[level]["name"]), None)
    if level is None:
        return offices["other"], by.name if by is not None else ""
    held = offices[level]
    if by is not None and held["role"] in by.roles:
        return held["deputy" if by.email in offices["deputies"] else "head"], by.name
    if level == "committee" and by is not None and offices["department"]["role"] in by.roles:
        return held["authorised"], by.name
    others = people.users_in_role(held["role"])
    first = next((person for person in others if person.email not in offices["deputies"]), others[0] if others else by)
    return held["head"], first.name if first is not None else ""


def withdraw(paper: Paper, *, kind: str, reason: str, number: str, dated: date, by: User, at: datetime) -> Paper:
    """A decision that withdraws an issued paper: the older one stays as it is, and both pages name the other.

    Raises Incomplete without a reason or a number, for a day before the paper's; NotAllowed for who does not lead the body
    that issued it; WrongState for what is ended already, has no number, or stands between parties.
    """
    _check_ends(paper, dated, by=by, at=at)
    data = {"old_number": paper.number, "old_date": paper.dated.isoformat(), "old_kind": kind, "writer": paper.body, "reason": _reason(reason),
            "sealed": "x" if is_sealed(paper.blocks) else ""}  # fmt: skip
    return issue(template=WITHDRAWAL, subject=(paper.subject_type, paper.subject_pid), title=f"Quyết định thu hồi văn bản số {paper.number}", data=data, number=number, dated=dated, body=_body_now(paper, dated)["short"],
                 public=paper.is_public, by=by, at=at, ends=paper)  # fmt: skip


def replace(paper: Paper, *, corrections: list[tuple[str, str]], reason: str, number: str, dated: date, by: User, at: datetime) -> Paper:
    """A paper in the place of an issued one: the same words but for the corrections, and a line that names the older.

    `corrections` are (words as they stand, words as they should be). Raises as `withdraw` does, and Incomplete for words
    that stand nowhere in the paper.
    """
    _check_ends(paper, dated, by=by, at=at)
    number, said = check_number(number), _reason(reason)
    blocks = corrected(paper.blocks, corrections)
    place = next((n for n in range(len(blocks), 0, -1) if blocks[n - 1]["kind"] not in ("sign", "recipients")), len(blocks))
    line = f"Văn bản này thay thế văn bản số {paper.number} {paper_date(paper.dated)} của {paper.body}. Lý do: {sentence(clean(said))}"
    blocks.insert(place, {"kind": "paragraph", "text": line})
    return _keep(Paper(template=paper.template, title=paper.title, subject_type=paper.subject_type, subject_pid=paper.subject_pid, issued_number=number,
                       body=_body_now(paper, dated)["name"], place=rulebook.value("papers.bodies", on=dated)["place"], parent_body=paper.parent_body, year=dated.year, dated=dated, blocks=blocks, sha256=digest(blocks), is_public=paper.is_public,
                       issued_at=at, issued_by_id=by.id, ends_pid=paper.public_id, ending=Ending.REPLACES), by=by, at=at)  # fmt: skip


def _reason(reason: str) -> str:
    if not nfc(reason):
        raise Incomplete(N_("Please give the reason."), field="reason")
    return nfc(reason)


def _level(paper: Paper) -> str | None:
    bodies = rulebook.value("papers.bodies", on=paper.dated)
    return next((level for level in ("committee", "department") if paper.body == bodies[level]["name"]), None)


def _body_now(paper: Paper, on: date) -> dict[str, str]:
    """The body that issued the paper, as it is called on a later day."""
    found: dict[str, str] = rulebook.value("papers.bodies", on=on)[_level(paper)]
    return found


def may_end(paper: Paper, by: Any, *, on: date) -> bool:
    """Does this person lead the body that issued the paper, and is it one that can be withdrawn or replaced?"""
    level = _level(paper)
    return level is not None and rulebook.value("papers.offices", on=on)[level]["role"] in by.roles and not is_between(paper.blocks) and bool(paper.number)


def _check_ends(paper: Paper, dated: date, *, by: User, at: datetime) -> None:
    today = local(at).date()
    if is_between(paper.blocks):
        raise WrongState(N_("A paper between parties is changed by an annex, not withdrawn by one of them."))
    if not paper.number:
        raise WrongState(N_("Only a paper that has its number is withdrawn or replaced."))
    if not may_end(paper, by, on=today):
        raise NotAllowed(N_("A paper is withdrawn or replaced by who leads the body that issued it."))
    journal.record(paper, "end_paper", by=by, at=at)  # holds the chain: of two who end it at once one comes first
    if ended_by(paper) is not None:
        raise WrongState(N_("This paper has been withdrawn or replaced already."))
    check_day(dated, field="dated", since=paper.dated, until=today)


def attach_scan(paper: Paper, *, upload: Any, by: User, at: datetime) -> Attachment:
    """Keep the signed and stamped scan beside the paper. Raises Incomplete for a file that is neither PDF nor picture."""
    if not str(upload.filename or "").lower().endswith((".pdf", ".png", ".jpg", ".jpeg")):
        raise Incomplete(N_("A scan is a PDF, PNG or JPEG file."), field="file")
    return files.attach(subject=paper, upload=upload, kind=SCAN, by=by, at=at)


def digest(blocks: list[dict[str, Any]]) -> str:
    """The hash of a paper's content."""
    return hashlib.sha256(json.dumps(blocks, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def next_number(series: str, year: int) -> int:
    """The next running number of a series in a year: gapless, because it rolls back with the act that took it."""
    grown = update(Counter).where(Counter.series == series, Counter.year == year).values(n=Counter.n + 1).returning(Counter.n)
    found = db.session.scalar(grown)
    if found is None:
        try:
            with db.session.begin_nested():
                db.session.execute(insert(Counter).values(series=series, year=year, n=0))
        except IntegrityError:
            pass  # somebody else began the series in the same moment
        found = db.session.scalar(grown)
    return int(found or 0)
