"""Appraise a budget: begin, name the team, open the session, read line by line, conclude."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.words import N_
from app.services.councils import queries as councils
from app.services.councils.models import Council
from app.services.councils.rules import CouncilState
from app.services.papers import actions as papers
from app.services.papers.models import Paper
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day
from app.stages.funding import desk, ledger, queries, revising, signing
from app.stages.funding.actions.shared import (
    check_appraisable,
    check_not_submitted,
    check_selected,
)
from app.stages.funding.models import Appraisal, AppraisalLine, AppraisalMember
from app.stages.funding.rules import (
    APPRAISAL,
    ON_PAPER,
    AppraisalState,
    LumpSum,
    Source,
    TeamPart,
    check_line,
    lump_sum_faults,
)
from app.stages.selection.models import RankingLine

Reading = tuple[int | None, int, str | None]  # norm, proposed or allowed, reason


def begin_appraisal(line: RankingLine, *, by: User | None, at: datetime) -> Appraisal:
    """Start the appraisal of a recommended proposal: its budget lines are copied. The same line twice is refused."""
    check_appraisable(line)
    found = queries.budget_of(line.proposal_id)
    if not found:
        raise Incomplete(N_("This proposal has no budget lines."))
    row = Appraisal(ranking_line_id=line.id, proposal_id=line.proposal_id, created_at=at)
    APPRAISAL.begin(row, "begin", by=by, at=at)
    norms = desk.norms_of(line.proposal_id, found, on=local(at).date())
    for position, (asked, norm) in enumerate(zip(found, norms, strict=True), start=1):
        db.session.add(AppraisalLine(appraisal_id=row.id, position=position, head=asked.head, content=asked.content, source=Source(asked.source),
                                     year=asked.year, unit=asked.unit, quantity=asked.quantity, price=asked.price, lump_sum=asked.lump_sum,
                                     asked=asked.amount, norm=norm, allowed=asked.amount))  # fmt: skip
    db.session.flush()
    return row


def name_team(appraisal: Appraisal, members: Sequence[tuple[Any, ...]], *, by: User, at: datetime, seen: int | None = None) -> None:
    """Name the appraisal team: (name, body) or (name, body, role) each. One is the head: who is said to be, else the first. Not after the conclusion."""
    _not_concluded(appraisal)
    check_seen(appraisal, seen)
    named = desk.with_roles(members)
    db.session.query(AppraisalMember).filter_by(appraisal_id=appraisal.id).delete()
    db.session.add_all(AppraisalMember(appraisal_id=appraisal.id, position=n, name=name, body=body, role=role)
                       for n, (name, body, role) in enumerate(named, start=1))  # fmt: skip
    flag_modified(appraisal, "created_at")  # the team is part of what a second person saw
    db.session.flush()
    db.session.expire(appraisal, ["team"])
    journal.record(appraisal, "name_team", by=by, at=at, detail={"members": len(named)})


def propose(appraisal: Appraisal, readings: Mapping[str, Reading], *, by: User, at: datetime, seen: int | None = None) -> int:
    """Write down what the officer proposes before the team meets: the session starts from it. Returns how many lines changed."""
    if appraisal.state != AppraisalState.DRAFT:
        raise WrongState(N_("The session is open or over: now the team decides."))
    signing.check_apart(appraisal, by)
    check_selected(appraisal)
    check_seen(appraisal, seen)
    changed = _enter(appraisal, readings, "proposed")
    flag_modified(appraisal, "lump_sum")
    db.session.flush()
    journal.record(appraisal, "propose_lines", by=by, at=at, detail={"lines": changed})
    return changed


def _enter(appraisal: Appraisal, readings: Mapping[str, Reading], figure: str) -> int:
    """Write norm, figure ("proposed" or "allowed") and reason of the lines that were read; how many changed. What is proposed is allowed until the team says otherwise."""
    changed = 0
    for line in queries.lines_of(appraisal):
        if line.public_id not in readings:
            continue
        norm, amount, reason = readings[line.public_id]
        check_line(line.position, line.asked, amount, reason, norm=norm, name=figure)
        if (line.norm, getattr(line, figure), line.reason or None) != (norm, amount, reason or None):
            line.norm, line.allowed, line.reason = norm, amount, reason or None
            setattr(line, figure, amount)
            changed += 1
    return changed


def open_appraisal(appraisal: Appraisal, *, held_on: date, place: str | None, by: User, at: datetime, seen: int | None = None) -> None:
    """Open the session of the team. It needs a team."""
    signing.check_apart(appraisal, by)
    check_selected(appraisal)
    if not queries.team_of(appraisal):
        raise Incomplete(N_("The team needs at least a head."), field="team")
    check_seen(appraisal, seen)
    check_day(held_on, field="held_on", since=local(queries.line_of(appraisal).frozen_at).date(), until=local(at).date())
    appraisal.held_on, appraisal.place, appraisal.opened_by_id = held_on, place, by.id
    APPRAISAL.advance(appraisal, "open", by=by, at=at)


def council_with(appraisal: Appraisal) -> Council | None:
    """The council that has the appraisal and has not concluded."""
    found = councils.council_of_subject(appraisal)
    return found if found is not None and found.state != CouncilState.CONCLUDED else None


def check_by_hand(appraisal: Appraisal, _by: User | None = None) -> None:
    """Raise WrongState while a council has the appraisal: it is concluded with that council's session."""
    if council_with(appraisal) is not None:
        raise WrongState(N_("A council has this appraisal: it is concluded when the council adopts the figures."))


def check_no_ballots(appraisal: Appraisal, _by: User | None = None) -> None:
    """Raise WrongState when members have voted on the figures as they stand."""
    council = council_with(appraisal)
    if council is not None and any(councils.cast_by(council).values()):
        raise WrongState(N_("Members vote on these figures already: they stay as they are until the council has concluded."))


def appraise(appraisal: Appraisal, readings: Mapping[str, Reading], *, by: User, at: datetime,
             lump_sum: LumpSum | None = None, used_at: str | None = None, seen: int | None = None) -> int:  # fmt: skip
    """Enter what the team allows: {line public_id: (norm, allowed, reason)}. Returns how many lines changed."""
    if appraisal.state != AppraisalState.IN_SESSION:
        raise WrongState(N_("Lines are read while the session is open."))
    signing.check_apart(appraisal, by)
    check_no_ballots(appraisal)
    check_seen(appraisal, seen)
    changed = _enter(appraisal, readings, "allowed")
    if lump_sum is not None:
        appraisal.lump_sum, appraisal.used_at = lump_sum, used_at
    flag_modified(appraisal, "lump_sum")  # the sheet is one document: its version grows with any line
    db.session.flush()
    journal.record(appraisal, "appraise", by=by, at=at, detail={"lines": changed})
    return changed


def conclude_appraisal(appraisal: Appraisal, *, remark: str | None, by: User, at: datetime, seen: int | None = None) -> Paper:
    """Close the session and issue its minutes. Lump sum to the final product must keep its conditions."""
    signing.check_apart(appraisal, by)
    check_selected(appraisal)
    check_by_hand(appraisal)
    lines = queries.lines_of(appraisal)
    sums = ledger.totals(lines)
    if not sums["allowed"]:
        raise Incomplete(N_("Nothing is allowed in this budget."))
    if appraisal.lump_sum == LumpSum.FINAL_PRODUCT:
        faults = final_product_faults(appraisal, on=local(at).date())
        if faults:
            raise Incomplete(faults[0], field="lump_sum")
    check_seen(appraisal, seen)
    appraisal.remark, appraisal.concluded_by_id, appraisal.concluded_at = remark, by.id, at
    APPRAISAL.advance(appraisal, "conclude", by=by, at=at, detail={"asked": sums["asked"], "allowed": sums["allowed"]})
    revising.ask(appraisal, by=by, at=at)
    return _issue_minutes(appraisal, lines, sums, by=by, at=at)


def reopen_appraisal(appraisal: Appraisal, *, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Open a concluded appraisal again, as long as nothing waits for decision on it."""
    signing.check_apart(appraisal, by)
    check_selected(appraisal)
    check_not_submitted(appraisal)
    APPRAISAL.advance(appraisal, "reopen", by=by, at=at, reason=reason, seen=seen)


def final_product_faults(appraisal: Appraisal, *, on: date) -> list[str]:
    """Why lump sum to the final product is not possible for this appraisal; empty = it is."""
    heads = rulebook.value("funding.bound_heads", on=on)
    bound = sum(line.allowed for line in queries.lines_of(appraisal) if line.head in heads)
    ceiling = rulebook.value("funding.final_product_ceiling", on=on)
    return lump_sum_faults(queries.products_asked(appraisal.proposal_id), appraisal.used_at, bound, ceiling)


def _not_concluded(appraisal: Appraisal) -> None:
    if appraisal.state == AppraisalState.CONCLUDED:
        raise WrongState(N_("This appraisal is concluded."))


def _issue_minutes(appraisal: Appraisal, lines: Sequence[AppraisalLine], sums: dict[str, Any], *, by: User, at: datetime) -> Paper:
    proposal, team, names = queries.proposal_of(appraisal), queries.team_of(appraisal), queries.head_names(on=local(at).date())
    data = {
        "code": proposal.code, "title": proposal.title, "host": proposal.host.name, "pi": proposal.pi.name,
        "held_on": appraisal.held_on.isoformat() if appraisal.held_on else None, "place": appraisal.place,
        "team": [{"name": m.name, "body": m.body or "", "role": ON_PAPER[m.role]} for m in team],
        "head": next((m.name for m in team if m.role == TeamPart.HEAD), team[0].name),
        "questions": [{"line": str(q.line.position), "text": q.text, "answer": q.answer or "Chưa trả lời"} for q in queries.questions_on(appraisal)],
        "parts": [{"year": year, "spending": name, **{k: cell[k] for k in ("state", "counterpart")}} for year, by_part in ledger.parts(lines).items()
                  for name, cell in (("Khoán", by_part["lump"]), ("Không khoán", by_part["other"]))],
        "lines": [{"head_name": names.get(line.head, line.head), "content": line.content, "source": ON_PAPER[line.source], "year": line.year, "asked": line.asked,
                   "proposed": line.proposed, "norm": line.norm, "allowed": line.allowed, "reason": line.reason or ""} for line in lines],
        "asked": sums["asked"], "allowed": sums["allowed"], "state": sums["state"], "counterpart": sums["counterpart"],
        "years": [{"year": y, **parts} for y, parts in sums["years"].items()],
        "lump_sum": ON_PAPER[appraisal.lump_sum], "remark": appraisal.remark or "", "officer": by.name,
    }  # fmt: skip
    return papers.issue(template="funding/appraisal_minutes", subject=appraisal, data=data, by=by, at=at,
                        title=f"Biên bản thẩm định kinh phí: {proposal.title}"[:500])  # fmt: skip
