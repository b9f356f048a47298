"""/topics: one topic of the approved list, calling it again, dropping it."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import ready
from app.kernel import clock, journal
from app.kernel.errors import WrongState
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.stages.ideas import actions, forms, queries, topics
from app.stages.ideas.blueprint import still, topics_bp
from app.stages.ideas.models import Topic
from app.stages.ideas.rules import CALL_HISTORIES, TOPIC, TopicState


@topics_bp.get("/<pid>", endpoint="show")
@allow(Do.TOPICS_READ)
def show_topic(pid: str) -> Any:
    topic = or_404(queries.topic_by_pid(pid))
    see_idea = topic.idea is not None and queries.may_read(topic.idea, current_user)
    calls = [line for history in CALL_HISTORIES for line in history(topic, current_user)]
    return render_template("ideas/topic.html", topic=topic, see_idea=see_idea, timeline_entries=journal.timeline([journal.subject_key(topic)]),
                           calls=calls, together=queries.decided_together(topic), next_steps=_next(topic, calls), in_house=current_user.can(Do.IDEAS_READ),
                           **forms.names(clock.today()))  # fmt: skip


def _next(topic: Topic, calls: list[dict[str, Any]]) -> list[tuple[str, str, bool]]:
    """What this person may do with the topic now; the first is the one to do."""
    steps = []
    draft = next((c for c in calls if c["state"] == "draft"), None)
    if draft is not None and current_user.can(Do.CALLS_DRAFT):
        steps.append((_("Go on with the drafted call"), url_for(draft["endpoint"], pid=draft["pid"])))
    elif topic.state == TopicState.OPEN_AGAIN and current_user.can(Do.CALLS_DRAFT):
        steps.append((_("Call again"), url_for(".open_again", pid=topic.public_id)))
    if topic.state == TopicState.APPROVED and draft is None and current_user.can(Do.CALLS_DRAFT):
        steps.append((_("Put out a call"), url_for("calls.new", mode=str(topic.mode), topic=topic.public_id)))
    if TOPIC.may(topic, "drop") and current_user.can(Do.TOPICS_DROP):
        steps.append((_("Drop the topic"), url_for(".drop", pid=topic.public_id)))
    return [(label, url, place == 0 and url_for(".drop", pid=topic.public_id) != url) for place, (label, url) in enumerate(steps)]


def _open_again(topic: Topic, _by: Any) -> None:
    if topic.state != TopicState.OPEN_AGAIN:
        raise WrongState(N_("Only a topic that is open again can be called again."))


@topics_bp.route("/<pid>/open-again", methods=["GET", "POST"], endpoint="open_again")
@allow(Do.CALLS_DRAFT)
@writes
def open_again(pid: str) -> Any:
    topic = ready(queries.topic_by_pid(pid), _open_again)
    form = forms.Plain(obj=topic)
    if form.validate_on_submit():
        endpoint, args = actions.open_again(topic, by=current_user, at=clock.now())
        return done(_("The next round is drafted with everything carried over. Read it through and publish it."), url_for(endpoint, **args))
    calls = [line for history in CALL_HISTORIES for line in history(topic, current_user)]
    return render_template("ideas/open_again.html", topic=topic, form=form, calls=calls)


@topics_bp.route("/<pid>/drop", methods=["GET", "POST"], endpoint="drop")
@allow(Do.TOPICS_DROP)
@writes
def drop_topic(pid: str) -> Any:
    topic = ready(queries.topic_by_pid(pid), still(TOPIC, "drop"))
    form = forms.Drop(obj=topic)
    if form.validate_on_submit():
        actions.drop(topic, form.reason.data or "", document=form.document.data or "", dated=form.dated.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The topic is dropped; those concerned are told."), url_for("topics.show", pid=topic.public_id))
    return render_template("ideas/drop.html", topic=topic, form=form, told=[u.name for u in topics.told_of_drop(topic)])
