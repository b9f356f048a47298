"""The decision: an officer prepares it, a leader puts the plan in force; the one before is superseded and keeps its projects."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select, update

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.papers import actions as papers
from app.services.papers.rules import check_number
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day
from app.stages.plan import queries, shape
from app.stages.plan.actions.drafts import need_undecided
from app.stages.plan.checking import Problem, check_file
from app.stages.plan.models import Decision, Measure, Plan
from app.stages.plan.queries import measures
from app.stages.plan.rules import PLAN, PlanState, unmapped


def prepare(plan: Plan, *, number: str, dated: date, in_force_from: date, by: User, at: datetime, seen: int | str | None = None, bare: bool = True) -> Decision:
    """Write down the decision that a leader is to act on. Raises Incomplete while items of the plan before are unmapped.

    Without `bare` also while items have no measure. The first day may be to come: a decision of December for the year that follows.
    """
    need_preparing(plan)
    check_seen(plan, seen)
    _check_days(plan, dated, in_force_from, today=local(at).date(), ahead=True)
    if not bare and (left := queries.items_without_measure(plan)):
        raise Incomplete(N_("%(n)s items have no measure yet: %(codes)s. Please give some out, or confirm that the plan goes on so."), field="bare", n=len(left),
                         codes=", ".join(left[:12]) + ("…" if len(left) > 12 else ""))  # fmt: skip
    _check_mapping(plan)
    if wrong := mistakes(plan):
        raise Incomplete(N_("This draft is not yet as a plan must be: %(places)s. The list of what it lacks says more."), places=", ".join(p.path for p in wrong[:5]))
    row = queries.decision_of(plan)
    if row is None:
        row = Decision(plan_id=plan.id)
        db.session.add(row)
    row.number, row.dated, row.in_force_from, row.prepared_by_id, row.prepared_at = _number(number), dated, in_force_from, by.id, at
    db.session.flush()
    journal.record(plan, "prepare", by=by, at=at, detail={"number": row.number, "dated": dated.isoformat(), "from": in_force_from.isoformat()})
    outbox.post("plan/mail/prepared.txt", to=people.users_with(Do.PLAN_PUT_IN_FORCE, at=at), key=f"plan-prepared:{plan.public_id}:{at.isoformat()}",
                at=at, plan=plan, decision=row)  # fmt: skip
    return row


def mistakes(plan: Plan) -> list[Problem]:
    """For what the draft's own file would be refused: what is put in force can always be taken along and imported."""
    return check_file(shape.to_file(queries.plain(plan)))


def need_preparing(plan: Plan) -> None:
    """Refuse unless the plan is a draft whose decision can be prepared."""
    if plan.state != PlanState.DRAFT:
        raise WrongState(N_("Only a draft can be prepared for its decision."))
    need_undecided(plan)


def need_deciding(plan: Plan, by: User | None) -> Decision | None:
    """The prepared decision (the system needs none). Refuses a plan that was decided, one that nobody prepared, and who prepared it."""
    if plan.state == PlanState.IN_FORCE:
        raise WrongState(N_("Plan %(number)s is already in force."), number=plan.number)
    if plan.state == PlanState.SUPERSEDED:
        raise WrongState(N_("Plan %(number)s was in force and is superseded; it is not put in force again."), number=plan.number)
    row = queries.decision_of(plan)
    if by is not None:
        need_undecided(plan)
    if row is None and by is not None:
        raise WrongState(N_("The decision must be prepared first: its number, its date, and what becomes of each item of the plan before."))
    if by is not None and row is not None and row.prepared_by_id == by.id:
        raise NotAllowed(N_("Somebody else must act on a decision that you have prepared."))
    return row


def put_in_force(plan: Plan, *, by: User | None, at: datetime, seen: int | str | None = None, number: str | None = None, dated: date | None = None,
                 in_force_from: date | None = None) -> None:  # fmt: skip
    """Freeze the plan and make it the one in force; the one before is superseded and keeps its projects.

    What is not given is taken from the prepared decision, else from the plan itself. Decided before its first day, the plan is frozen
    by the decision and takes effect by itself on that day (`take_effect`).
    """
    row = need_deciding(plan, by) or Decision(plan_id=plan.id, number=plan.number, dated=plan.dated, in_force_from=plan.dated)
    today, decided = local(at).date(), row.decided_at is not None
    if not decided:
        row.number, row.dated = _number(number or row.number), dated or row.dated
        row.in_force_from = in_force_from or (row.in_force_from if dated is None else max(row.in_force_from, dated))
    _check_days(plan, row.dated, row.in_force_from, today=today if by is not None else None, ahead=True)
    _check_mapping(plan)
    if not decided:
        db.session.add(row)
        row.decided_by_id, row.decided_at = by.id if by else None, at
    if by is not None:
        check_seen(plan, seen)
        _issue(plan, row, queries.current_plan(), by=by, at=at)
        if row.in_force_from > today:
            db.session.flush()
            journal.record(plan, "decide", by=by, at=at, detail={"number": row.number, "from": row.in_force_from.isoformat()})
            return
    _begin(plan, row, by=by, at=at, seen=seen)


def _begin(plan: Plan, row: Decision, *, by: User | None, at: datetime, seen: int | str | None = None) -> None:
    """The plan's first day: its measures are given out, the bodies in charge are told once, the plan before is superseded."""
    before = queries.current_plan()
    if before is not None and before.id == plan.id:
        before = None
    db.session.execute(update(Measure).where(Measure.plan_id == plan.id, Measure.assigned_on < row.in_force_from).values(assigned_on=row.in_force_from)
                       .execution_options(synchronize_session=False))  # fmt: skip
    if before is not None:
        PLAN.advance(before, "supersede", by=by, at=at, detail={"by": plan.number})
    plan.in_force_at = at
    PLAN.advance(plan, "put_in_force", by=by, at=at, seen=int(seen) if seen else None, detail={"number": row.number})
    db.session.flush()
    _tell_bodies(plan, before, at)


def take_effect(at: datetime) -> list[Plan]:
    """The worker's round: plans decided before their first day begin on it."""
    due = queries.decided_ahead(local(at).date())
    for plan in due:
        put_in_force(plan, by=None, at=at)
    return due


def _tell_bodies(plan: Plan, before: Plan | None, at: datetime) -> None:
    """One mail to each body: what the plan gives it to do, and what the plan before gave it that stays open."""
    today = local(at).date()
    new = [m for m in db.session.scalars(select(Measure).where(Measure.plan_id == plan.id).order_by(Measure.due_on, Measure.id))]
    old = measures.running_of(before, today) if before is not None else []
    for body in dict.fromkeys(m.agency_id for m in [*new, *old]):
        outbox.post("plan/mail/in_force.txt", to=people.managers_of(body), key=f"plan-in-force:{plan.public_id}:{body}", at=at, plan=plan, before=before,
                    new=[m for m in new if m.agency_id == body], old=[m for m in old if m.agency_id == body])  # fmt: skip


def _issue(plan: Plan, row: Decision, before: Plan | None, *, by: User, at: datetime) -> None:
    """Register the decision as a paper, with what becomes of each item of the plan before."""
    links = queries.links_of(queries.mapping_rows(plan))
    data = {
        "number": row.number, "dated": row.dated.isoformat(), "from": f"{row.in_force_from:%d/%m/%Y}", "plan": plan.number, "title": plan.title_vi,
        "before": before.number if before is not None else "", "signer": by.name,
        "mapping": [{"old": x.old, "new": ", ".join(x.new) or "–", "reason": x.reason} for x in links],
    }  # fmt: skip
    papers.issue(template="plan/decision", subject=plan, title=f"Quyết định {row.number} ban hành Kế hoạch {plan.number}", data=data, number=row.number,
                 dated=row.dated, by=by, at=at, public=True)  # fmt: skip


def _number(text: str) -> str:
    found = nfc(text or "")
    if not found or len(found) > 60:
        raise Incomplete(N_("Please give the number of the decision, at most 60 characters."), field="number")
    return check_number(found, like="45/QĐ-UBND")


def _check_days(plan: Plan, dated: date, begins: date, *, today: date | None, ahead: bool = False) -> None:
    """The decision is of a day that has come, the plan begins with it or later, and never on a day that has a plan of its own.

    Without `today` (an import by the system) days to come are taken as they are.
    """
    if today is not None and dated > today:
        raise Incomplete(N_("The decision is dated in the future."), field="dated")
    if begins < dated:
        raise Incomplete(N_("A plan cannot be in force before its decision of %(day)s."), field="in_force_from", day=f"{dated:%d/%m/%Y}")
    most = int(rulebook.value("plan.decide_ahead_days", on=today)) if today is not None and ahead else 0
    if today is not None and begins > today + timedelta(days=most):
        raise Incomplete(N_("A plan is decided at most %(n)s days before its first day."), field="in_force_from", n=most)
    before = queries.current_plan()
    if before is not None and before.id != plan.id and (began := queries.day_in_force(before)) >= begins:
        raise Incomplete(N_("Plan %(number)s is in force since %(day)s; one day has one plan, so this one must begin later."), field="in_force_from",
                         number=before.number, day=f"{began:%d/%m/%Y}")  # fmt: skip
    if (other := queries.waiting_for_its_day(plan)) is not None:
        raise Incomplete(N_("Plan %(number)s is decided already and takes effect on %(day)s; one plan follows at a time."), field="in_force_from", number=other.number,
                         day=f"{queries.day_in_force(other):%d/%m/%Y}")  # fmt: skip
    if today is not None:
        check_day(dated, field="dated", since=plan.dated)


def _check_mapping(plan: Plan) -> None:
    """Every item of the plan in force has a successor here, or a reason why not."""
    before = queries.current_plan()
    if before is None or before.id == plan.id:
        return
    named = queries.plan_before(plan)
    if named is not None and named.id != before.id:
        raise Incomplete(N_("The mapping of this draft is about plan %(number)s, which is not in force any more. Please map the items of the plan in force."),
                         number=named.number)  # fmt: skip
    left = unmapped([i.code for i in queries.items_of(before.id)], queries.links_of(queries.mapping_rows(plan)))
    if left:
        raise Incomplete(N_("It is not said yet what becomes of these items of plan %(number)s: %(codes)s."), number=before.number, codes=", ".join(left[:12]))
