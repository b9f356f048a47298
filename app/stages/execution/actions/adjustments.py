"""Changes that the holder asks for and the officer agrees to or refuses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from app.kernel import outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.words import N_
from app.services.papers import actions as papers
from app.services.papers.models import Paper
from app.services.papers.rules import check_number
from app.services.people import queries as people
from app.services.people.models import Organisation, User
from app.services.people.rules import Role
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day
from app.stages.execution import figures, naming, queries
from app.stages.execution.actions.reports import schedule_reports
from app.stages.execution.actions.shared import check_holder, check_judge, running
from app.stages.execution.models import (
    Adjustment,
    HeadMove,
)
from app.stages.execution.replanning import after_moves, new_end, tranche_days
from app.stages.execution.rules import (
    ADJUSTMENT,
    ON_PAPER,
    AdjustmentKind,
    check_extension,
    check_special,
)
from app.stages.execution.spending import by_head, check_moves, dotted
from app.stages.funding import actions as funding
from app.stages.funding import queries as awards
from app.stages.funding.models import Contract, Project
from app.stages.funding.replanning import move_tranches

Move = tuple[str, str, int, int]  # from head, to head, year of the estimate, amount
# what of execution.authority_items a change is about; what is not named here is other content of the contract
AUTHORITY_ITEM = {AdjustmentKind.EXTENSION: "duration", AdjustmentKind.BUDGET: "total_budget", AdjustmentKind.PI: "investigator", AdjustmentKind.HOST: "host",
                  AdjustmentKind.TITLE: "title", AdjustmentKind.METHOD: "lump_sum_method"}  # fmt: skip


def request_adjustment(project: Project, kind: AdjustmentKind, *, reason: str, by: User, at: datetime, months: int | None = None,
                       before: str | None = None, after: str | None = None, new_state_amount: int | None = None, new_pi: User | None = None,
                       new_host: Organisation | None = None, special: bool = False, authority: str | None = None) -> Adjustment:  # fmt: skip
    """The host or the investigator asks for a change, with the reason. One open request of a kind at a time."""
    contract = running(project)
    check_holder(project, by)
    row = Adjustment(project_id=project.id, kind=kind, reason=reason, before=before, after=after, special=special, authority=authority,
                     requested_by_id=by.id, requested_at=at)  # fmt: skip
    if kind == AdjustmentKind.EXTENSION:
        row.months = months or 0
        _check_extension(project, contract, row, at=at)
        row.new_ends_on = new_end(contract, row.months)
    else:
        _check_wanted(project, kind, after, new_state_amount, new_pi, new_host)
        row.new_state_amount = new_state_amount if kind == AdjustmentKind.BUDGET else None
        row.new_pi_id = new_pi.id if new_pi and kind == AdjustmentKind.PI else None
        row.new_host_id = new_host.id if new_host and kind == AdjustmentKind.HOST else None
        row.used_at = after if kind == AdjustmentKind.METHOD else None
        _say_naming(project, row)
    _begin(row, by=by, at=at)
    to = [*people.users_with(Do.EXECUTION_DECIDE), *people.users_with(Do.EXECUTION_REVIEW)]
    outbox.post("execution/mail/adjustment.txt", to=to, key=f"adjustment:{row.public_id}", at=at, project=project, adjustment=row)
    return row


def _say_naming(project: Project, row: Adjustment) -> None:
    """What a new title or another method changes, in the words of papers; asked for and asked again on the day of the decision."""
    if row.kind == AdjustmentKind.TITLE:
        row.before, row.after = project.title, naming.new_title(project, row.after)
    if row.kind == AdjustmentKind.METHOD:
        row.before, row.after = naming.methods_said(project, naming.other_method(project, row.used_at))


def _begin(row: Adjustment, *, by: User, at: datetime) -> None:
    try:
        ADJUSTMENT.begin(row, "request", by=by, at=at)
    except IntegrityError as failure:
        raise WrongState(N_("A request of this kind already waits for its decision.")) from failure


def move_heads(project: Project, moves: Sequence[Move], *, reason: str, by: User, at: datetime) -> Adjustment:
    """Move money between budget heads. Within lump sums the host does so itself and the Department is told; else it waits for a decision."""
    project = awards.project_by_id(project.id, lock=True)  # a second move waits for this one, and is checked against what it left
    running(project)
    check_holder(project, by)
    heads = figures.head_names(project)
    if any(head not in heads for source, target, _y, _a in moves for head in (source, target)):
        raise Incomplete(N_("Please choose one from the list."), field="from_1")
    check_moves(figures.estimate(project), moves, by_head(figures.told(project.id)[1]))
    row = Adjustment(project_id=project.id, kind=AdjustmentKind.HEADS, reason=reason, requested_by_id=by.id, requested_at=at, **_heads_said(project, moves))
    _begin(row, by=by, at=at)
    db.session.add_all(HeadMove(adjustment_id=row.id, from_head=source, to_head=target, year=year, amount=amount) for source, target, year, amount in moves)
    db.session.flush()
    if by_host_alone(project, moves):
        ADJUSTMENT.advance(row, "note", by=by, at=at)
        template, to = "execution/mail/change_noted.txt", people.users_with(Do.EXECUTION_REVIEW)
    else:
        template, to = "execution/mail/adjustment.txt", [*people.users_with(Do.EXECUTION_DECIDE), *people.users_with(Do.EXECUTION_REVIEW)]
    outbox.post(template, to=to, key=f"adjustment:{row.public_id}", at=at, project=project, adjustment=row)
    return row


def by_host_alone(project: Project, moves: Sequence[Move]) -> bool:
    """May the host make these moves itself? By the rulebook not where a head outside the lump sum is touched."""
    if "not_lump_sum" not in rulebook.value("execution.line_moves_need_approval", on=project.decision_date):
        return True
    lump = figures.lump_heads(project)
    return all(head in lump for source, target, _y, _a in moves for head in (source, target))


def _heads_said(project: Project, moves: Sequence[Move]) -> dict[str, str]:
    """The estimate of the heads that are touched, in the words of papers."""
    lines = after_moves(project, moves)
    return {name: "; ".join(f"{line.name} {line.n}: {dotted(int(getattr(line, name) or 0))} đồng" for line in lines) for name in ("before", "after")}  # type: ignore[call-overload]


def signer_of(project: Project, kind: AdjustmentKind) -> str:
    """Who decides on such a change by the rulebook: leader or province."""
    rules = rulebook.values(("execution.change_signer", "execution.authority_items"), on=project.decision_date)
    item = AUTHORITY_ITEM.get(kind)
    return str(rules["execution.change_signer"]["authority_items" if item in rules["execution.authority_items"] else "other"])


def check_signer(adjustment: Adjustment, by: User) -> None:
    """Raises NotAllowed unless this person holds the office that decides on such a change by the rulebook."""
    if signer_of(awards.project_by_id(adjustment.project_id), adjustment.kind) == "province" and Role.PROVINCE not in by.roles:
        raise NotAllowed(N_("By the rulebook in force, this change is decided by the people's committee of the province."))


def agree_adjustment(adjustment: Adjustment, *, number: str, dated: date, remark: str | None, by: User, at: datetime, special: bool | None = None,
                     authority: str | None = None, seen: int | None = None) -> Paper:  # fmt: skip
    """Agree by decision: the change becomes the next annex of the contract. Extension rules are asked again."""
    check_judge(adjustment, by, adjustment.requested_by_id)
    check_signer(adjustment, by)
    project = awards.project_by_id(adjustment.project_id, lock=adjustment.kind == AdjustmentKind.HEADS)
    contract = running(project)
    check_seen(adjustment, seen)
    number = check_number(number)
    check_day(dated, field="dated", since=local(adjustment.requested_at).date(), until=local(at).date())
    if special is not None:
        adjustment.special, adjustment.authority = special, authority or adjustment.authority
    if adjustment.kind == AdjustmentKind.EXTENSION:
        _check_extension(project, contract, adjustment, at=at)
        adjustment.new_ends_on = new_end(contract, adjustment.months or 0)
        days = tranche_days(awards.tranches_of(project.id), contract.ends_on, adjustment.new_ends_on)
    if adjustment.kind == AdjustmentKind.HEADS:
        check_moves(figures.estimate(project), [(m.from_head, m.to_head, m.year, m.amount) for m in figures.moves_asked(adjustment)], by_head(figures.told(project.id)[1]))
    _say_naming(project, adjustment)
    wanted = _wanted(project, adjustment)
    facts = {"changes": funding.changes(project, **wanted), "host": awards.host_name(project), "pi": project.pi_name, "title": project.title}  # as they were before
    summary = "; ".join(f"{c['what']}: {c['before']} → {c['after']}" for c in facts["changes"])
    made = funding.annex(contract, str(adjustment.kind), summary, reason=adjustment.reason, dated=dated, decision_number=number, by=by, at=at, **wanted)
    adjustment.annex_number, adjustment.decision_number, adjustment.decision_date = made.number, number, dated
    adjustment.decided_by_id, adjustment.decided_at, adjustment.remark = by.id, at, remark
    ADJUSTMENT.advance(adjustment, "agree", by=by, at=at, reason=remark, detail={"number": number, "annex": made.number})
    if adjustment.kind == AdjustmentKind.EXTENSION:
        schedule_reports(project, by=by, at=at)
        move_tranches(contract, days, by=by, at=at)
    return _issue_decision(adjustment, project, facts, by=by, at=at)


def _wanted(project: Project, adjustment: Adjustment) -> dict[str, Any]:
    """The change in the words of funding's annex."""
    return {
        "new_title": adjustment.after if adjustment.kind == AdjustmentKind.TITLE else None,
        "new_lump_sum": naming.other_method(project, adjustment.used_at) if adjustment.kind == AdjustmentKind.METHOD else None,
        "new_ends_on": adjustment.new_ends_on, "new_state_amount": adjustment.new_state_amount, "new_pi": awards.person(adjustment.new_pi_id),
        "new_host": db.session.get(Organisation, adjustment.new_host_id) if adjustment.new_host_id else None,
        "content": {AdjustmentKind.CONTENT: (adjustment.before, adjustment.after or adjustment.reason),
                    AdjustmentKind.HEADS: (adjustment.before, adjustment.after or "", ON_PAPER[AdjustmentKind.HEADS])}.get(adjustment.kind),
    }  # fmt: skip


def refuse_adjustment(adjustment: Adjustment, *, remark: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Refuse a change, with the reason."""
    check_judge(adjustment, by, adjustment.requested_by_id)
    check_signer(adjustment, by)
    check_seen(adjustment, seen)
    adjustment.decided_by_id, adjustment.decided_at, adjustment.remark = by.id, at, remark
    ADJUSTMENT.advance(adjustment, "refuse", by=by, at=at, reason=remark)
    _tell_decided(adjustment, at=at)


def withdraw_adjustment(adjustment: Adjustment, *, by: User, at: datetime, seen: int | None = None) -> None:
    """The requester takes the request back."""
    check_holder(awards.project_by_id(adjustment.project_id), by)
    ADJUSTMENT.advance(adjustment, "withdraw", by=by, at=at, seen=seen)


def _check_extension(project: Project, contract: Contract, row: Adjustment, *, at: datetime) -> None:
    check_special(row.special, row.authority)
    caps = rulebook.value("execution.extension_caps", on=project.decision_date)
    check_extension(row.months or 0, duration_months=project.duration_months, contract_ends_on=contract.ends_on, today=local(at).date(),
                    agreed_before=queries.extensions_agreed(project.id), caps=caps, special=row.special)  # fmt: skip


def _check_wanted(project: Project, kind: AdjustmentKind, after: str | None, new_state: int | None, new_pi: User | None,
                  new_host: Organisation | None) -> None:  # fmt: skip
    if kind == AdjustmentKind.BUDGET and (new_state is None or new_state == project.approved_state or new_state < project.paid_total):
        raise Incomplete(N_("Please enter new state money, not below what is paid."), field="new_state_amount")
    if kind == AdjustmentKind.PI and (new_pi is None or new_pi.id == project.pi_id):
        raise Incomplete(N_("Please name the new investigator."), field="new_pi")
    if kind == AdjustmentKind.HOST and (new_host is None or new_host.id == project.host_id):
        raise Incomplete(N_("Please name the new host."), field="new_host")
    if kind == AdjustmentKind.CONTENT and not (after or "").strip():
        raise Incomplete(N_("Please say what it should be."), field="after")


def _issue_decision(adjustment: Adjustment, project: Project, facts: dict[str, Any], *, by: User, at: datetime) -> Paper:
    data = {**facts, "code": project.code, "kind_name": ON_PAPER[adjustment.kind],
            "reason": adjustment.reason, "months": adjustment.months, "state": project.approved_state, "annex": adjustment.annex_number,
            "special": adjustment.special, "authority": adjustment.authority or "", "remark": adjustment.remark or "",
            "bases": papers.bases_of("execution/adjustment_decision", on=project.decision_date)}  # fmt: skip
    paper = papers.issue(template="execution/adjustment_decision", subject=adjustment, data=data, by=by, at=at, number=adjustment.decision_number,
                         dated=adjustment.decision_date, title=f"Quyết định điều chỉnh nhiệm vụ {project.code}")  # fmt: skip
    _tell_decided(adjustment, at=at)
    return paper


def _tell_decided(adjustment: Adjustment, *, at: datetime) -> None:
    project = awards.project_by_id(adjustment.project_id)
    outbox.post("execution/mail/adjustment_decided.txt", to=awards.holders(project), key=f"adjustment-decided:{adjustment.public_id}", at=at,
                project=project, adjustment=adjustment)  # fmt: skip
