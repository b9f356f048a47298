"""/ideas for the officer's desk and the province: item, groups, mergers, council, identification, the decision."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app.acts import ready
from app.kernel import clock
from app.kernel.errors import WrongState
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.stages.ideas import (
    actions,
    council,
    desk,
    desk_forms,
    forms,
    minutes,
    queries,
    submission,
    wholeness,
    wording,
)
from app.stages.ideas.blueprint import bp, still
from app.stages.ideas.models import Idea, IdeaGroup
from app.stages.ideas.rules import IDEA
from app.stages.plan import queries as plans


@bp.route("/<pid>/link-item", methods=["GET", "POST"])
@allow(Do.IDEAS_IDENTIFY)
@writes
def link_item(pid: str) -> Any:
    idea = ready(queries.submitted_by_pid(pid), still(IDEA, "identify"))
    form = forms.LinkItem.of(idea)
    if form.validate_on_submit():
        item = or_404(plans.item_by_pid(form.item.data))
        actions.link_item(idea, item, others=form.chosen_others(), seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The idea is tied to item %(code)s.", code=item.code), url_for(".show", pid=idea.public_id))
    return render_template("ideas/link_item.html", idea=idea, form=form)


@bp.route("/council", methods=["GET", "POST"])
@allow(Do.IDEAS_IDENTIFY)
@writes
def put_to_council() -> Any:
    waiting = queries.for_council()
    picked = set(request.args.getlist("ideas"))
    chosen = [i.public_id for i in waiting if not picked or i.public_id in picked]
    years = [i.year for i in waiting if i.public_id in set(chosen)]  # of the plan that the ideas are for
    year = max(years, key=years.count, default=clock.today().year)
    # the title stands in the decision that sets the council up: always Vietnamese
    form = forms.Council(data={"title": f"Hội đồng tư vấn xác định nhiệm vụ khoa học và công nghệ năm {year}", "ideas": chosen})
    form.ideas.choices = forms.idea_choices(waiting)
    if form.validate_on_submit():
        chosen = [i for i in waiting if i.public_id in set(form.ideas.data or [])]
        made = council.prepare(chosen, title=form.title.data or "", by=current_user, at=clock.now())
        return done(_("The council is prepared. Appoint its members and set time and place."), url_for("councils.show", pid=made.public_id))
    return render_template("ideas/council.html", form=form, ideas=waiting, left_out=len(picked - {i.public_id for i in waiting}))


@bp.route("/<pid>/identify", methods=["GET", "POST"])
@allow(Do.IDEAS_IDENTIFY)
@writes
def identify(pid: str) -> Any:
    idea = ready(queries.submitted_by_pid(pid), still(IDEA, "identify"))
    voted = council.pending(idea)
    if request.method == "GET":
        council.check_recordable(idea, voted)
    form = forms.Identify.of(idea, voted, council.OUTCOMES[voted["adopted"]] if voted else ())
    if form.validate_on_submit():
        had = bool(idea.required)
        on_paper = {} if voted else {"minutes_number": form.minutes_number.data, "minutes_dated": form.minutes_dated.data, "scan": form.scan.data}
        council.record(idea, form.found(), seen=form.version.data, by=current_user, at=clock.now(), **on_paper)
        told = [_("The outcome is recorded. The province decides next.")]
        if not had and idea.required:
            told.append(_("The products that the order form names are on the list of required products; please look through them."))
        return done(" ".join(told), url_for(".show", pid=idea.public_id))
    return render_template("ideas/identify.html", idea=idea, form=form, voted=voted, scans=[] if voted else minutes.scans_of(idea))


@bp.route("/<pid>/reword", methods=["GET", "POST"])
@allow(Do.IDEAS_IDENTIFY)
@writes
def reword(pid: str) -> Any:
    idea = ready(queries.submitted_by_pid(pid), wording.check_rewordable)
    form = desk_forms.Reword.of(idea)
    if form.validate_on_submit():
        wording.reword(idea, form.wording(), form.reason.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The wording is corrected; the history of the idea says what changed."), url_for(".show", pid=pid))
    return render_template("ideas/reword.html", idea=idea, form=form)


@bp.route("/<pid>/another-council", methods=["GET", "POST"])
@allow(Do.IDEAS_IDENTIFY)
@writes
def another_council(pid: str) -> Any:
    idea = ready(queries.submitted_by_pid(pid), council.check_undecided)
    form = desk_forms.Plain(obj=idea)
    if form.validate_on_submit():
        council.to_another(idea, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The idea waits for another council."), url_for(".put_to_council", ideas=pid))
    return render_template("ideas/another_council.html", idea=idea, form=form)


@bp.route("/<pid>/reject", methods=["GET", "POST"])
@allow(Do.IDEAS_APPROVE)
@writes
def reject(pid: str) -> Any:
    idea = ready(queries.submitted_by_pid(pid), still(IDEA, "reject"))
    form = forms.Reason(obj=idea)
    if form.validate_on_submit():
        actions.reject(idea, form.reason.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The idea is not approved."), url_for(".show", pid=idea.public_id))
    return render_template("ideas/reject.html", idea=idea, form=form)


@bp.route("/decide", methods=["GET", "POST"])
@allow(Do.IDEAS_APPROVE)
@writes
def decide() -> Any:
    waiting = queries.identified()
    form = forms.Decide(data={"symbol": "QĐ-UBND", "ideas": [i.public_id for i in waiting if i.item_id is not None and i.submission_pid is not None]})
    form.ideas.choices = forms.idea_choices(waiting)
    if form.validate_on_submit():
        chosen = [i for i in waiting if i.public_id in set(form.ideas.data or [])]
        made = actions.approve_list(chosen, number=form.number.data or "", symbol=form.symbol.data or "", dated=form.dated.data, asked_only=not form.unasked.data, whole_only=not form.gaps.data,
                                    by=current_user, at=clock.now())  # fmt: skip
        return done(ngettext("The decision is issued: %(num)s topic is on the approved list.", "The decision is issued: %(num)s topics are on the approved list.", len(made)), url_for("topics.index"))
    return render_template("ideas/decide.html", ideas=waiting, form=form, submissions={p.public_id: p for p in submission.on_paper(waiting)},
                           unasked=[i for i in waiting if i.submission_pid is None], left_behind=desk.left_behind(waiting), gaps=wholeness.lacking_of(waiting), unscanned=minutes.unscanned(waiting))  # fmt: skip


@bp.route("/put-forward", methods=["GET", "POST"])
@allow(Do.IDEAS_IDENTIFY)
@writes
def put_forward() -> Any:
    waiting = queries.to_put_forward()
    form = forms.PutForward(data={"ideas": [i.public_id for i in waiting if i.item_id is not None or i.mode is None], "dated": clock.today()})
    form.ideas.choices = forms.idea_choices(waiting)
    if form.validate_on_submit():
        chosen = [i for i in waiting if i.public_id in set(form.ideas.data or [])]
        paper = actions.put_forward(chosen, number=form.number.data, dated=form.dated.data, whole_only=not form.gaps.data, by=current_user, at=clock.now())
        return done(_("The submission is issued. The people's committee decides next."), url_for("papers.show", pid=paper.public_id))
    return render_template("ideas/put_forward.html", ideas=waiting, form=form, left_behind=desk.left_behind(waiting), gaps=wholeness.lacking_of(waiting), unscanned=minutes.unscanned(waiting))


# --- groups ---------------------------------------------------------------------------------------------------


def _picked() -> list[Idea]:
    """The ideas that were ticked in the list, as the address names them."""
    return queries.submitted_by_pids(request.args.getlist("ideas")[:200])


@bp.get("/groups/")
@allow(Do.IDEAS_READ)
def groups() -> Any:
    return render_template("ideas/groups.html", groups=queries.open_groups())


@bp.route("/groups/new", methods=["GET", "POST"])
@allow(Do.IDEAS_IDENTIFY)
@writes
def group() -> Any:
    picked = _picked()
    form = desk_forms.Group.of(picked, queries.open_groups())
    if form.validate_on_submit():
        chosen = desk_forms.chosen(form, picked)
        if form.group.data:
            row = or_404(queries.group_by_pid(form.group.data))
            actions.add_to_group(row, chosen, by=current_user, at=clock.now())
        else:
            row = actions.group(chosen, form.title.data or "", note=form.note.data, by=current_user, at=clock.now())
        return done(_("The ideas are in the group “%(title)s”.", title=row.title), url_for(".show_group", pid=row.public_id))
    return render_template("ideas/group_new.html", form=form, ideas=picked)


@bp.get("/groups/<pid>")
@allow(Do.IDEAS_READ)
def show_group(pid: str) -> Any:
    row = or_404(queries.group_by_pid(pid))
    return render_template("ideas/group.html", group=row, form=desk_forms.Plain(obj=row), may_act=current_user.can(Do.IDEAS_IDENTIFY) and row.closed_at is None)


def _open(row: IdeaGroup, _by: Any) -> None:
    if row.closed_at is not None:
        raise WrongState(N_("This group was dissolved."))


@bp.route("/groups/<pid>/take-out/<idea_pid>", methods=["GET", "POST"])
@allow(Do.IDEAS_IDENTIFY)
@writes
def take_from_group(pid: str, idea_pid: str) -> Any:
    row = or_404(queries.group_by_pid(pid))
    idea = ready(next((i for i in row.ideas if i.public_id == idea_pid), None), lambda _idea, by: _open(row, by))
    form = desk_forms.Plain(obj=row)
    if form.validate_on_submit():
        actions.take_from_group(idea, by=current_user, at=clock.now())
        return done(_("%(code)s is out of the group.", code=idea.code), url_for(".show_group", pid=pid))
    return render_template("ideas/take_out.html", group=row, idea=idea, form=form)


@bp.route("/groups/<pid>/dissolve", methods=["GET", "POST"])
@allow(Do.IDEAS_IDENTIFY)
@writes
def dissolve_group(pid: str) -> Any:
    row = ready(queries.group_by_pid(pid), _open)
    form = desk_forms.Plain(obj=row)
    if form.validate_on_submit():
        actions.dissolve_group(row, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The group is dissolved; its ideas stand by themselves."), url_for(".groups"))
    return render_template("ideas/dissolve_group.html", group=row, form=form)


# --- mergers --------------------------------------------------------------------------------------------------


@bp.route("/merge", methods=["GET", "POST"])
@allow(Do.IDEAS_IDENTIFY)
@writes
def merge() -> Any:
    picked, words = _picked(), request.args.get("q", "")[:200]
    offered = queries.mergeable(picked, words=words)
    form = desk_forms.Merge.of(picked, offered)
    if form.validate_on_submit():
        found = queries.submitted_by_pids({*(form.ideas.data or []), form.kept.data or ""})
        kept = or_404(next((i for i in found if i.public_id == form.kept.data), None))
        actions.merge(kept, found, reason=form.reason.data, by=current_user, at=clock.now())
        return done(_("The ideas go on as %(code)s; everybody who wrote one of them is told.", code=kept.code), url_for(".show", pid=kept.public_id))
    return render_template("ideas/merge.html", form=form, ideas=picked, words=words, most=queries.MERGEABLE, full=len(offered) >= queries.MERGEABLE)


@bp.route("/<pid>/unmerge", methods=["GET", "POST"])
@allow(Do.IDEAS_IDENTIFY)
@writes
def unmerge(pid: str) -> Any:
    idea = ready(queries.submitted_by_pid(pid), still(IDEA, "unmerge"))
    form = forms.Withdraw(obj=idea)
    if form.validate_on_submit():
        actions.unmerge(idea, reason=form.reason.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The merger is undone; both authors are told."), url_for(".show", pid=pid))
    return render_template("ideas/unmerge.html", idea=idea, form=form)


# --- without a council ----------------------------------------------------------------------------------------


@bp.route("/<pid>/pass-on", methods=["GET", "POST"])
@allow(Do.IDEAS_IDENTIFY)
@writes
def pass_on(pid: str) -> Any:
    idea = ready(queries.submitted_by_pid(pid), still(IDEA, "pass_on"))
    form = desk_forms.PassOn(obj=idea)
    if form.validate_on_submit():
        actions.pass_on(idea, form.redirect_to.data, form.reason.data or "", passed_to=form.passed_to.data, seen=form.version.data, by=current_user,
                        at=clock.now())  # fmt: skip
        return done(_("The idea is passed on; its authors are told."), url_for(".show", pid=pid))
    return render_template("ideas/pass_on.html", idea=idea, form=form, told=[u.name for u in queries.authors_of(idea)])


@bp.route("/<pid>/turn-down", methods=["GET", "POST"])
@allow(Do.IDEAS_IDENTIFY)
@writes
def turn_down(pid: str) -> Any:
    idea = ready(queries.submitted_by_pid(pid), still(IDEA, "turn_down"))
    form = forms.Reason(obj=idea)
    if form.validate_on_submit():
        actions.turn_down(idea, form.reason.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The idea is turned down; its authors are told."), url_for(".show", pid=pid))
    return render_template("ideas/turn_down.html", idea=idea, form=form, told=[u.name for u in queries.authors_of(idea)])


# --- required products ----------------------------------------------------------------------------------------


@bp.route("/<pid>/products", methods=["GET", "POST"])
@allow(Do.IDEAS_IDENTIFY)
@writes
def products(pid: str) -> Any:
    idea = or_404(queries.submitted_by_pid(pid))
    named = actions.proposed(idea)
    row = request.args.get("row", "")
    chosen = named[int(row)] if row.isdecimal() and row.isascii() and int(row) < len(named) else next(iter(named), {})
    form = desk_forms.Product(data=chosen)
    if form.validate_on_submit():
        actions.require(idea, kind=form.kind.data, name=form.name.data or "", unit=form.unit.data or "", quantity=form.quantity.data or 0,
                        quality=form.quality.data, by=current_user, at=clock.now())  # fmt: skip
        return done(_("The product is on the list."), url_for(".products", pid=pid))
    return render_template("ideas/products.html", idea=idea, form=form, named=named, chosen=chosen, whole=[r for r in named if desk.is_whole(r)])


@bp.route("/<pid>/products/take-over", methods=["GET", "POST"])
@allow(Do.IDEAS_IDENTIFY)
@writes
def take_over(pid: str) -> Any:
    idea = ready(queries.submitted_by_pid(pid), still(IDEA, "identify"))
    form = desk_forms.Plain(obj=idea)
    if form.validate_on_submit():
        n = actions.take_over(idea, by=current_user, at=clock.now())
        return done(_("%(n)s products of the order form are on the list.", n=n), url_for(".products", pid=pid))
    return render_template("ideas/take_over.html", idea=idea, form=form, whole=[r for r in actions.proposed(idea) if desk.is_whole(r)])


@bp.route("/<pid>/products/<product_pid>/remove", methods=["GET", "POST"])
@allow(Do.IDEAS_IDENTIFY)
@writes
def release(pid: str, product_pid: str) -> Any:
    idea = ready(queries.submitted_by_pid(pid), still(IDEA, "identify"))
    product = or_404(next((p for p in idea.required if p.public_id == product_pid), None))
    form = desk_forms.Plain(obj=idea)
    if form.validate_on_submit():
        actions.release(idea, product_pid, by=current_user, at=clock.now())
        return done(_("The product is off the list."), url_for(".products", pid=pid))
    return render_template("ideas/release.html", idea=idea, product=product, form=form)
