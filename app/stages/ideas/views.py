"""/ideas: one order form, for its owner and for whoever reads it. The officer's acts are in desk_views, lists in lists."""

from __future__ import annotations

from typing import Any

from flask import Flask, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, ready
from app.kernel import clock, journal
from app.kernel.permissions import Do
from app.kernel.web import SIGNED_IN, allow, done, or_404, writes
from app.services.files import queries as files_of
from app.services.papers import queries as papers
from app.stages.ideas import (  # noqa: F401 - the other pages of this room hang themselves on its addresses
    actions,
    council,
    desk_views,
    forms,
    judging,
    linkask_pages,
    linkpages,
    lists,
    minutes,
    orders,
    queries,
    receiving,
    receiving_views,
    topic_views,
    wording,
)
from app.stages.ideas.blueprint import bp, still, topics_bp
from app.stages.ideas.models import Idea
from app.stages.ideas.rules import (
    EDITABLE,
    IDEA,
    CommitmentState,
    IdeaState,
    fate,
)

orders.hang(bp)
linkpages.hang(bp)
linkask_pages.hang(linkpages.public_bp, bp)
public_bp = linkpages.public_bp
PAGES = {"submit": ".submit", "withdraw": ".withdraw", "return": ".send_back", "identify": ".identify", "approve": ".decide", "reject": ".reject",
         "pass_on": ".pass_on", "turn_down": ".turn_down", "unmerge": ".unmerge"}  # fmt: skip
OWN = {"submit", "withdraw"}


def init_app(app: Flask) -> None:
    """The second address of this room."""
    app.register_blueprint(topics_bp)


# --- one idea, for its owner ----------------------------------------------------------------------------------


@bp.get("/<pid>")
@allow(SIGNED_IN)
def show(pid: str) -> Any:
    idea = or_404(queries.idea_for(current_user, pid))
    topic = queries.topic_of_idea(idea)
    keys = [journal.subject_key(row) for row in (idea, topic, *idea.commitments) if row is not None]
    in_house = current_user.can(Do.IDEAS_READ)
    # what is recommended stays in the house until the province has decided
    told = [e for e in journal.timeline(keys) if in_house or e.verb not in ("identify", "put_forward")]
    return render_template("ideas/show.html", idea=idea, topic=topic, in_house=in_house, timeline_entries=told, letters=files_of.of(idea, kind=receiving.LETTER), scans=minutes.scans_of(idea) if in_house else [], papers=[p for p in papers.of_keys(keys) if in_house or p.template != queries.SUBMISSION],
                           submission=papers.paper_by_pid(idea.submission_pid) if in_house and idea.submission_pid else None,
                           nearest=queries.nearest_of(idea, current_user) if in_house else [], fate=fate(idea), minutes=council.minutes_of(idea) if in_house and idea.outcome else None,
                           differences=orders.differences(idea) if in_house or _own(idea) else [], can_group=current_user.can(Do.IDEAS_IDENTIFY),
                           next_steps=_next(idea), **orders.shown(idea), **forms.names(clock.today()))  # fmt: skip


def _own(idea: Idea) -> bool:
    return bool(idea.owner_id == current_user.id or current_user.manages(idea.organisation_id))


def _next(idea: Idea) -> list[tuple[str, str, bool]]:
    """What this person may do with the idea now; the first is the one to do."""
    own, steps = _own(idea), []
    if idea.state in EDITABLE and own and current_user.can(Do.IDEAS_DRAFT):
        steps.append((_("Edit"), url_for(".edit", pid=idea.public_id), False))
    for verb, move in IDEA.moves(idea):
        if verb not in PAGES or not current_user.can(move.do) or (verb in OWN and not own) or not _sensible(idea, verb):
            continue
        target = url_for(".decide") if verb == "approve" else url_for(PAGES[verb], pid=idea.public_id)
        steps.append((_(move.label), target, verb in ("submit", "identify", "approve")))
    if current_user.can(Do.IDEAS_COMMIT) and fits(idea, receiving.check_answerable):
        waits = idea.commitment_state != CommitmentState.CONFIRMED
        steps.append((_("Answer for the receiving body"), url_for(".commit", pid=idea.public_id), waits))
    if current_user.can(Do.IDEAS_RETURN) and fits(idea, receiving_views.check_not_asked):
        steps.append((_("Ask the receiving body"), url_for(".ask_receiver", pid=idea.public_id), False))
    if idea.state in (IdeaState.SUBMITTED, IdeaState.IN_IDENTIFICATION) and current_user.can(Do.IDEAS_IDENTIFY):
        steps.append((_("Tie to a priority item"), url_for(".link_item", pid=idea.public_id), idea.item_id is None))
        if idea.state == IdeaState.SUBMITTED:
            steps.insert(0, (_("Put to a council"), url_for(".put_to_council", ideas=idea.public_id), idea.item_id is not None))
    if idea.state == IdeaState.IN_IDENTIFICATION and current_user.can(Do.IDEAS_IDENTIFY) and council.undecided(idea):
        steps.append((_("Put to another council"), url_for(".another_council", pid=idea.public_id), False))
    if current_user.can(Do.IDEAS_IDENTIFY) and fits(idea, wording.check_rewordable):
        steps.append((_("Correct the wording"), url_for(".reword", pid=idea.public_id), False))
    if idea.state == IdeaState.IN_IDENTIFICATION and idea.outcome is not None and idea.submission_pid is None and current_user.can(Do.IDEAS_IDENTIFY):
        steps.insert(0, (_("Put to the people's committee"), url_for(".put_forward"), True))
    return _one_primary(steps)


def _sensible(idea: Idea, verb: str) -> bool:
    if verb in ("approve", "reject"):
        return idea.outcome is not None
    if verb == "unmerge":
        return idea.merged_into is not None and idea.merged_into.state in actions.UNDOABLE
    if verb == "identify":
        return (idea.council_pid is None and idea.state == IdeaState.SUBMITTED) or council.pending(idea) is not None or idea.minutes_number is not None
    return True


def _one_primary(steps: list[tuple[str, str, bool]]) -> list[tuple[str, str, bool]]:
    ordered = sorted(steps, key=lambda s: not s[2])
    return [(label, url, primary and place == 0) for place, (label, url, primary) in enumerate(ordered)]


@bp.route("/<pid>/withdraw", methods=["GET", "POST"])
@allow(Do.IDEAS_WITHDRAW)
@writes
def withdraw(pid: str) -> Any:
    idea = ready(queries.for_owner(current_user, pid), still(IDEA, "withdraw"))
    form = forms.Withdraw(obj=idea)
    if form.validate_on_submit():
        actions.withdraw(idea, reason=form.reason.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The idea is withdrawn."), url_for(".show", pid=idea.public_id))
    return render_template("ideas/withdraw.html", idea=idea, form=form)


# --- for the Department and the province ----------------------------------------------------------------------


@bp.route("/<pid>/return", methods=["GET", "POST"])
@allow(Do.IDEAS_RETURN)
@writes
def send_back(pid: str) -> Any:
    idea = ready(queries.submitted_by_pid(pid), still(IDEA, "return"))
    form = forms.Return.of(idea)
    if form.validate_on_submit():
        actions.send_back(idea, form.reason.data or "", sections=form.sections.data or (), seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The idea was returned to its owner."), url_for(".show", pid=idea.public_id))
    return render_template("ideas/return.html", idea=idea, form=form)
