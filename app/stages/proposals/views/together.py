"""Working together: sections given to members and marked complete; remarks on sections."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import ready
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.stages.proposals import comments, giving, places, queries, teamforms
from app.stages.proposals.models import Proposal
from app.stages.proposals.teamwork import Comment
from app.stages.proposals.views.blueprint import bp, named, writable


def _label(row: Proposal, place: str) -> str:
    return named(or_404(places.labels(row).get(place)))


@bp.route("/<pid>/give/<place>", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def give_section(pid: str, place: str) -> Any:
    row = ready(queries.for_team(current_user, pid), writable, giving.check_gives)
    label, given = _label(row, place), giving.of(row).get(place)
    form = teamforms.Give(data={"member": given.member.public_id, "due_on": given.due_on} if given is not None else {})
    form.member.choices = [(m.public_id, m.name) for m in giving.receivers(row)]
    if form.validate_on_submit():
        member = next((m for m in row.team if m.public_id == form.member.data), None)
        giving.give(row, place, member, due_on=form.due_on.data if member is not None else None, by=current_user, at=clock.now())
        return done(_("Given to %(name)s.", name=member.name) if member is not None else _("The section is given to nobody."), url_for(".show", pid=pid, _anchor=place))
    return render_template("proposals/act.html", proposal=row, form=form, title=_("Who writes: %(section)s", section=label), button=_("Save"),
                           note=_("The member gets an e-mail. Only who has joined the team and may write stands in the list."))  # fmt: skip


@bp.post("/<pid>/complete/<place>")
@allow(Do.PROPOSALS_DRAFT)
@writes
def complete_section(pid: str, place: str) -> Any:
    row = or_404(queries.for_team(current_user, pid))
    _label(row, place)
    giving.complete(row, place, by=current_user, at=clock.now())
    return done(_("Marked complete."), url_for(".show", pid=pid, _anchor=place))


@bp.post("/<pid>/reopen/<place>")
@allow(Do.PROPOSALS_DRAFT)
@writes
def reopen_section(pid: str, place: str) -> Any:
    row = or_404(queries.for_team(current_user, pid))
    _label(row, place)
    giving.reopen(row, place, by=current_user, at=clock.now())
    return done(_("No longer marked complete."), url_for(".show", pid=pid, _anchor=place))


# --- remarks --------------------------------------------------------------------------------------------------


def _may(row: Proposal) -> bool:
    try:
        comments.check_comments(row, current_user)
    except comments.NotAllowed:
        return False
    except comments.WrongState:
        return False
    return True


@bp.route("/<pid>/comments", methods=["GET", "POST"], endpoint="comments")
@allow(Do.PROPOSALS_DRAFT)
@writes
def comment_list(pid: str) -> Any:
    row = or_404(queries.for_writing_with(current_user, pid))
    labels = {place: named(label) for place, label in places.labels(row).items()}
    place = request.args.get("place")
    or_404(None if place is not None and place not in labels else True)
    form = teamforms.Remark(data={"place": place})
    form.place.choices = list(labels.items())
    if form.validate_on_submit():
        made = comments.write(row, form.place.data, form.text.data, by=current_user, at=clock.now())
        return done(_("Your comment is kept. Those concerned get one mail for all that is written in the next minutes."),
                    url_for(".comments", pid=pid, _anchor=made.public_id, **({"place": place} if place else {})))  # fmt: skip
    return render_template("proposals/comments.html", proposal=row, form=form, threads=comments.threads(row, place=place), labels=labels, place=place, may=_may(row),
                           button=teamforms.Button())  # fmt: skip


def _comment(row: Proposal, part: str) -> Comment:
    return or_404(comments.by_pid(row, part))  # type: ignore[no-any-return]


@bp.route("/<pid>/comments/<part>", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def answer_comment(pid: str, part: str) -> Any:
    row = ready(queries.for_writing_with(current_user, pid), comments.check_comments)
    first = _comment(row, part)
    form = teamforms.Reply()
    if form.validate_on_submit():
        comments.write(row, first.place, form.text.data, answers=first, by=current_user, at=clock.now())
        return done(_("Your answer is kept."), url_for(".comments", pid=pid, _anchor=part))
    return render_template("proposals/comment_answer.html", proposal=row, form=form, first=first, label=_label(row, first.place))


@bp.post("/<pid>/comments/<part>/resolve")
@allow(Do.PROPOSALS_DRAFT)
@writes
def resolve_comment(pid: str, part: str) -> Any:
    row = or_404(queries.for_writing_with(current_user, pid))
    comments.resolve(row, _comment(row, part), by=current_user, at=clock.now())
    return done(_("The thread is resolved."), url_for(".comments", pid=pid, _anchor=part))


@bp.post("/<pid>/comments/<part>/open-again")
@allow(Do.PROPOSALS_DRAFT)
@writes
def reopen_comment(pid: str, part: str) -> Any:
    row = or_404(queries.for_writing_with(current_user, pid))
    comments.open_again(row, _comment(row, part), by=current_user, at=clock.now())
    return done(_("The thread is open again."), url_for(".comments", pid=pid, _anchor=part))
