"""Changes: request, show, decide, withdraw."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import Guard, fits, moves, ready
from app.kernel import clock, journal
from app.kernel.clock import local
from app.kernel.errors import Incomplete, WrongState
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.papers import queries as papers
from app.services.people import queries as people
from app.services.rulebook import queries as rulebook
from app.shown import language
from app.stages.execution import actions, figures, forms, queries
from app.stages.execution.actions import shared
from app.stages.execution.actions.adjustments import check_signer, signer_of
from app.stages.execution.forms import AdjustmentAnswer
from app.stages.execution.models import Adjustment
from app.stages.execution.replanning import Line, plan_after
from app.stages.execution.rules import (
    ADJUSTMENT,
    AdjustmentKind,
    AdjustmentState,
    extension_cap,
)
from app.stages.execution.spending import by_head
from app.stages.execution.views.blueprint import bp
from app.stages.funding import queries as funding
from app.stages.funding.models import Project

DECIDE: tuple[Guard, ...] = (moves(ADJUSTMENT, "agree", "refuse"), lambda row, by: shared.check_judge(row, by, row.requested_by_id), check_signer)


@bp.route("/projects/<pid>/request-change", methods=["GET", "POST"])
@allow(Do.EXECUTION_REQUEST)
@writes
def request_adjustment(pid: str) -> Any:
    project = ready(funding.project_by_pid(current_user, pid), shared.check_running, shared.check_holder)
    form = forms.RequestAdjustment()
    form.kind.choices = [(value, label) for value, label in form.kind.choices if value != AdjustmentKind.HEADS]
    form.new_pi.choices = [(u.public_id, u.name) for u in people.members_of(project.host_id)]
    form.new_host.choices = [(o.public_id, o.name) for o in people.organisations()]
    if form.validate_on_submit():
        row = actions.request_adjustment(
            project, form.kind.data, reason=form.reason.data, months=form.months.data, before=form.before.data or None, after=form.after.data or None,
            new_state_amount=form.new_state_amount.data, new_pi=people.user_by_pid(form.new_pi.data) if form.new_pi.data else None,
            new_host=people.organisation_by_pid(form.new_host.data), special=form.special.data, authority=form.authority.data or None,
            by=current_user, at=clock.now())  # fmt: skip
        return done(_("Change requested."), url_for(".adjustment", pid=row.public_id))
    return render_template("execution/request_change.html", project=project, form=form, who=_who(project), contract=funding.contract_of(project.id), cap=_cap(project),
                           extended=queries.extensions_agreed(project.id))  # fmt: skip


@bp.route("/projects/<pid>/move-money", methods=["GET", "POST"])
@allow(Do.EXECUTION_REQUEST)
@writes
def move_heads(pid: str) -> Any:
    """Money between budget heads: looked at first, then made or asked for."""
    project = ready(funding.project_by_pid(current_user, pid), shared.check_running, shared.check_holder, check_estimate)
    form, estimate, names = forms.MoveHeads(), figures.estimate(project), figures.head_names(project, language())
    for n in range(1, forms.MOST_MOVES + 1):
        form[f"from_{n}"].choices = [(h, names.get(h, h)) for h in dict.fromkeys(head for head, _y in estimate)]
        form[f"to_{n}"].choices = list(names.items())
        form[f"year_{n}"].choices = [(str(y), str(y)) for y in sorted({y for _h, y in estimate})]
    if form.validate_on_submit():
        row = actions.move_heads(project, form.moves(), reason=form.reason.data, by=current_user, at=clock.now())
        said = _("Moved: the officers are told.") if row.state == AdjustmentState.NOTED else _("This touches a head outside the lump sum: it waits for a decision.")
        return done(said, url_for(".adjustment", pid=row.public_id))
    lump = figures.lump_heads(project)
    spent = by_head(figures.told(project.id)[1])
    rows = [(names.get(head, head), year, amount, head in lump) for (head, year), amount in estimate.items()]
    return render_template("execution/move_money.html", project=project, form=form, rows=rows, spent={names.get(h, h): a for h, a in spent.items()})


def check_estimate(project: Project, _by: Any = None) -> None:
    """Is the estimate of the project known by head?"""
    if not figures.estimate(project):
        raise WrongState(N_("The estimate of this project is not known by head."))


@bp.get("/changes/<pid>")
@allow(Do.HUB_READ)
def adjustment(pid: str) -> Any:
    row = or_404(queries.adjustment_for(current_user, pid))
    return render_template("execution/adjustment.html", adjustment=row, project=row.project, plan=_plan(row), may_decide=fits(row, *DECIDE), moves=dict(ADJUSTMENT.moves(row)), papers=papers.of(row),
                           may_request=funding.may_request(current_user, row.project), entries=journal.timeline([journal.subject_key(row)]))  # fmt: skip


@bp.route("/changes/<pid>/decide", methods=["GET", "POST"])
@allow(Do.EXECUTION_DECIDE)
@writes
def decide_adjustment(pid: str) -> Any:
    row = ready(queries.adjustment_for(current_user, pid), *DECIDE)
    form = forms.DecideAdjustment(obj=row)
    if form.validate_on_submit():
        return _decided(row, form)
    return render_template("execution/decide_change.html", adjustment=row, project=row.project, form=form, checks=_checks(row), plan=_plan(row),
                           mailed=[u.name for u in funding.holders(row.project)])  # fmt: skip


@bp.route("/changes/<pid>/withdraw", methods=["GET", "POST"])
@allow(Do.EXECUTION_REQUEST)
@writes
def withdraw_adjustment(pid: str) -> Any:
    row = ready(queries.adjustment_for(current_user, pid), moves(ADJUSTMENT, "withdraw"), lambda row, by: shared.check_holder(row.project, by))
    form = forms.StageForm(obj=row)
    back = url_for(".adjustment", pid=row.public_id)
    if form.validate_on_submit():
        actions.withdraw_adjustment(row, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Request withdrawn."), back)
    return render_template("execution/form.html", form=form, title=_("Withdraw the request"), button=_("Withdraw"), back=back, project=row.project)


def _who(project: Project) -> tuple[list[tuple[str, str]], str]:
    """(kind of change, who decides) by the rulebook, and where it stands."""
    said = {"leader": _("the leader of the Department"), "province": _("the people's committee of the province")}
    deciders = {kind: said[signer_of(project, kind)] for kind in AdjustmentKind}
    deciders[AdjustmentKind.HEADS] = _("you yourself within lump sums; else %(who)s", who=deciders[AdjustmentKind.HEADS])
    return [(_(kind.label), who) for kind, who in deciders.items()], rulebook.rule("execution.authority_items", on=project.decision_date).source


def _plan(row: Adjustment) -> list[Line]:
    """What the change will do to the rest of the plan, while it is not decided."""
    contract = funding.contract_of(row.project_id)
    return plan_after(row.project, contract, row, clock.today()) if row.state == AdjustmentState.REQUESTED and contract is not None else []


def _decided(row: Adjustment, form: forms.DecideAdjustment) -> Any:
    back = url_for(".adjustment", pid=row.public_id)
    facts = {"seen": form.version.data, "by": current_user, "at": clock.now()}
    if form.answer.data == AdjustmentAnswer.REFUSE:
        if not form.remark.data:
            raise Incomplete(N_("Please say why."), field="remark")
        actions.refuse_adjustment(row, remark=form.remark.data, **facts)
        return done(_("Change refused."), back)
    for name in ("number", "dated"):
        if not form[name].data:
            raise Incomplete(N_("A decision has a number and a date."), field=name)
    actions.agree_adjustment(row, number=form.number.data, dated=form.dated.data, remark=form.remark.data or None, special=form.special.data,
                             authority=form.authority.data or None, **facts)  # fmt: skip
    return done(_("Change agreed: it is an annex of the contract now."), back)


def _cap(project: Project) -> int:
    return extension_cap(project.duration_months, rulebook.value("execution.extension_caps", on=project.decision_date))


def _checks(row: Adjustment) -> list[tuple[bool | None, str, str | None]]:
    """What the rules say about this change: (kept, sentence, source)."""
    rules = rulebook.rules(("execution.change_signer", "execution.decision_days"), on=row.project.decision_date)
    due = local(row.requested_at).date() + timedelta(days=int(rules["execution.decision_days"].value))
    found = [(row.requested_by_id != current_user.id, _("Requester and decider are two people."), None),
             (fits(row, check_signer), _("You hold the office that decides on this change."), rules["execution.change_signer"].source),
             (clock.today() <= due, _("The decision is due by %(day)s.", day=f"{due:%d/%m/%Y}"), rules["execution.decision_days"].source)]  # fmt: skip
    if row.kind != AdjustmentKind.EXTENSION:
        return found
    rule = rulebook.rule("execution.extension_caps", on=row.project.decision_date)
    before, cap = queries.extensions_agreed(row.project_id), _cap(row.project)
    return [
        *found,
        (clock.today() <= row.project.ends_on, _("The contract has not ended."), rule.source),
        (before < rule.value["times"] or row.special, _("The project was not extended before."), rule.source),
        ((row.months or 0) <= cap or row.special, _("Not more than %(n)s months.", n=cap), rule.source),
    ]
