"""Begin a dossier: the questions of eligibility first, with an answer to each that says who may not and why."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import ready
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.services.people import queries as people
from app.services.rulebook import queries as rulebook
from app.shown import language
from app.stages.calls import queries as calls
from app.stages.calls.models import Call
from app.stages.calls.rules import PUBLIC_STATES
from app.stages.proposals import actions, forms, queries
from app.stages.proposals.views.blueprint import assigned_here, bp, takes_dossiers

RULE = "proposals.pre_questions"


def _source(call: Call) -> str:
    kept = call.rules or {}
    rule = rulebook.frozen_rule(kept, RULE) if RULE in kept else rulebook.rule(RULE, on=clock.today())
    return str(rule.source)


@bp.route("/new/<pid>", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def start(pid: str) -> Any:
    call_topic = or_404(calls.call_topic_by_pid(pid))
    or_404(call_topic.call.state in PUBLIC_STATES or None)
    draft = queries.draft_of(current_user, call_topic)
    if draft is not None:
        return redirect(url_for(".show", pid=draft.public_id), 303)
    ready(call_topic, lambda row, _by: takes_dossiers(row.call), actions.check_not_handed_in, assigned_here)
    asked, lang = queries.setting(RULE, clock.today(), call_topic.call), "en" if language() == "en" else "vi"
    form = forms.start_form(asked, lang, _("Yes"), _("No"))()
    form.host.choices = [(o.public_id, o.name) for o in current_user.organisations if call_topic.topic.assigned_organisation_id in (None, o.id)]
    if form.validate_on_submit() and not _barred(form, asked, lang):
        host = or_404(people.organisation_by_pid(form.host.data))
        answers = {q["code"]: form[f"q_{q['code']}"].data or "" for q in asked}
        row = actions.start(call_topic, host=host, by=current_user, at=clock.now(), answers=answers)
        told = " ".join([_("Your draft is ready."), *(q[f"why_{lang}"] for q in asked if not q["bars"] and answers[q["code"]] not in ("", q["must"]))])
        return done(told, url_for(".show", pid=row.public_id))
    leads = [e.title for e in people.engagements_of(current_user.id, on=clock.today()) if e.kind == "project" and e.role == "pi"]
    bars = people.debarments(user_id=current_user.id, on=clock.today())
    return render_template("proposals/start.html", asked=[form[f"q_{q['code']}"] for q in asked], call_topic=call_topic, form=form, source=_source(call_topic.call), leads=leads, bars=bars, barred=barred_of(form))  # fmt: skip


def _barred(form: Any, asked: list[dict[str, Any]], lang: str) -> bool:
    """Put beside each question why the answer given bars from applying; is there any?"""
    found = [q for q in asked if q["bars"] and form[f"q_{q['code']}"].data not in (None, "", q["must"])]
    for question in found:
        form[f"q_{question['code']}"].errors = [question[f"why_{lang}"]]
    return bool(found)


def barred_of(form: Any) -> bool:
    """Is what is wrong with the form an answer that bars?"""
    return any(f.errors and f.data for f in form if f.short_name.startswith("q_"))
