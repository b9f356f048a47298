"""The verdict: to the council, revision, another evaluation, recognition, failure."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import moves, ready
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow, done, writes
from app.services.rulebook import queries as rulebook
from app.stages.acceptance import actions, forms, queries
from app.stages.acceptance.actions import shared
from app.stages.acceptance.models import Case
from app.stages.acceptance.rules import (
    CASE,
    ResultState,
    check_accepted,
    check_failed,
    gates_in,
)
from app.stages.acceptance.views.blueprint import bp
from app.stages.acceptance.views.dossiers import lang
from app.stages.funding import queries as funding


def _mailed(case: Case) -> list[str]:
    return [u.name for u in funding.holders(case.project)]


def _accepted(case: Case, _by: Any) -> None:
    check_accepted(case.accepted)


def _failed(case: Case, _by: Any) -> None:
    check_failed(case.accepted)


@bp.route("/<pid>/put-to-council", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_RUN)
@writes
def put_to_council(pid: str) -> Any:
    case = ready(queries.case_for(current_user, pid), moves(CASE, "seat_council"), shared.check_apart)
    # the title stands in the decision that sets the council up: always Vietnamese
    form = forms.PutToCouncil(data={"version": case.version, "title": f"Hội đồng đánh giá, nghiệm thu nhiệm vụ {case.project.code}"})
    if form.validate_on_submit():
        council = actions.put_to_council(case, title=form.title.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Council in preparation. Please appoint its members."), url_for("councils.show", pid=council.public_id))
    return render_template("acceptance/form.html", form=form, title=_("Put to the acceptance council"), button=_("Prepare the council"), back=url_for(".show", pid=pid),
                           project=case.project)  # fmt: skip


@bp.route("/<pid>/reevaluate", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_RUN)
@writes
def reevaluate(pid: str) -> Any:
    case = ready(queries.case_for(current_user, pid), moves(CASE, "reevaluate"), _failed, shared.check_another_round, shared.check_apart)
    form = forms.Reason(data={"version": case.version})
    back = url_for(".show", pid=pid)
    if form.validate_on_submit():
        actions.reevaluate(case, reason=form.reason.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The project may be evaluated again; the dossier is open."), back)
    return render_template("acceptance/form.html", form=form, title=_("Allow another evaluation"), button=_("Allow another evaluation"), back=back,
                           project=case.project, mailed=_mailed(case))  # fmt: skip


@bp.route("/<pid>/recognise", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_RECOGNISE)
@writes
def recognise(pid: str) -> Any:
    case = ready(queries.case_for(current_user, pid), moves(CASE, "recognise"), _accepted, shared.check_recognisable, shared.check_apart)
    form = forms.Recognise(data={"version": case.version, "dated": clock.today()})
    if form.validate_on_submit():
        actions.recognise(case, number=form.number.data, dated=form.dated.data, remark=form.remark.data or None, seen=form.version.data, by=current_user,
                          at=clock.now())  # fmt: skip
        return done(_("The results are recognised; the decision is issued."), url_for(".show", pid=pid))
    rule, passed = rulebook.rule("acceptance.gates", on=case.project.decision_date), queries.passed_gates(case)
    order = gates_in(rule.value)
    checks = [(gate in passed, _(gate.label), rule.source) for gate in order[: order.index("recognition")]] if "recognition" in order else []
    return render_template("acceptance/recognise.html", case=case, project=case.project, form=form, checks=checks, levels=queries.levels_of(case.project, lang()),
                           registered=[r for r in case.results if r.state == ResultState.REGISTERED], mailed=_mailed(case))  # fmt: skip


@bp.route("/<pid>/fail", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_RECOGNISE)
@writes
def fail(pid: str) -> Any:
    case = ready(queries.case_for(current_user, pid), moves(CASE, "fail"), _failed, shared.check_apart)
    form = forms.Fail(data={"version": case.version, "dated": clock.today()})
    if form.validate_on_submit():
        actions.fail(case, cause=form.cause.data, reason=form.reason.data, number=form.number.data, dated=form.dated.data, bar=form.bar.data,
                     seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip
        return done(_("The project is closed as not accepted; the decision is issued."), url_for(".show", pid=pid))
    allowed = rulebook.rule("acceptance.reevaluations", on=case.project.decision_date)
    checks = [(case.round > allowed.value or None, _("The possible further evaluations are used up."), allowed.source)]
    return render_template("acceptance/fail.html", case=case, project=case.project, form=form, checks=checks, levels=queries.levels_of(case.project, lang()),
                           shares=rulebook.rule("funding.refund_percent", on=case.project.decision_date), mailed=_mailed(case))  # fmt: skip
