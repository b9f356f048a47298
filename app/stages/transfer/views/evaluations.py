"""The effect of a result: put to a council where one is foreseen or wanted, and evaluated."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import ready
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow, done, writes
from app.shown import language
from app.stages.funding import queries as funding
from app.stages.transfer import actions, council, forms, queries
from app.stages.transfer.actions import shared
from app.stages.transfer.effect import votes_said
from app.stages.transfer.queries.panels import panel_of
from app.stages.transfer.views.blueprint import bp


@bp.route("/results/<pid>/put-to-council", methods=["GET", "POST"])
@allow(Do.TRANSFER_EVALUATE)
@writes
def put_to_council(pid: str) -> Any:
    row = ready(queries.result_for(current_user, pid), council.check_put)
    # the title stands in the decision that sets the council up: always Vietnamese
    form = forms.PutToCouncil(data={"version": row.version, "title": f"Hội đồng đánh giá hiệu quả ứng dụng kết quả {row.code}"})
    if form.validate_on_submit():
        made = council.put_to_council(row, title=form.title.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Council in preparation. Please appoint its members."), url_for("councils.show", pid=made.public_id))
    panel = panel_of(row)
    about = _("By the rule (%(source)s) a council judges the effect of results of this project; the evaluation needs its conclusion.", source=panel.source) if panel.needed else _(
        "No council is foreseen for this project. Once one is prepared, the evaluation waits for its conclusion and takes its rating over.")  # fmt: skip
    return render_template("transfer/form.html", form=form, title=_("Put the effect to a council"), button=_("Prepare the council"), back=url_for(".result", pid=pid),
                           project=row.project, mailed=[], about=about)  # fmt: skip


@bp.route("/results/<pid>/evaluate", methods=["GET", "POST"])
@allow(Do.TRANSFER_EVALUATE)
@writes
def evaluate(pid: str) -> Any:
    row = ready(queries.result_for(current_user, pid), shared.check_evaluable)
    panel = panel_of(row)
    judged = panel.council if panel.rating is not None else None
    form = forms.Evaluate(data={"assessment": judged.conclusion if judged else None})
    if judged is not None:
        del form.rating  # the council's rating stands
    if form.validate_on_submit():
        rating = form.rating.data if judged is None else panel.rating
        actions.evaluate(row, rating=rating, assessment=form.assessment.data, advice=form.advice.data or None, by=current_user, at=clock.now())
        return done(_("Evaluation recorded; its paper is issued."), url_for(".result", pid=row.public_id))
    return render_template("transfer/evaluate.html", result=row, form=form, figures=queries.figures_of(row.id), panel=panel, judged=judged,
                           votes=votes_said(panel.count, language()) if judged and panel.count else None,
                           follow_ups=queries.follow_ups_of(current_user, row.id), mailed=[u.name for u in funding.holders(row.project)])  # fmt: skip
