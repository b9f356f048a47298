"""Views of the acts on a whole dossier: sign off, send back, check, reinstate, give up. Submit and what belongs to it: submitting.py."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import ready
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow, done, writes
from app.services.files import queries as files
from app.shown import language
from app.stages.proposals import (
    actions,
    forms,
    load,
    places,
    queries,
    sendingback,
)
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import totals
from app.stages.proposals.views.blueprint import bp, named, writable
from app.stages.proposals.views.promised import parts_shown
from app.stages.proposals.views.work import sheet_of


def checks_of(row: Proposal, attachments: list[Any]) -> list[tuple[bool | None, str, str]]:
    """The rules of eligibility for the template: kept or not, the sentence, its source."""
    found = queries.findings_of(row, [a.kind for a in attachments], on=clock.today(), english=language() == "en")
    found += load.findings_of(row, on=clock.today())
    return [(f.ok, _(f.sentence, **f.params), f.source) for f in found]


def names_of(row: Proposal) -> dict[str, Any]:
    """What the tables of a dossier are called in this language: budget heads, documents, sections of the work."""
    name, kind, call = ("en" if language() == "en" else "vi"), str(row.call_topic.topic.kind), row.call_topic.call
    return {
        "heads": {code: h[name] for code, h in queries.heads(clock.today(), call).items()},
        "kinds": {d["code"]: d[name] for d in queries.documents(kind, clock.today(), call)},
        "sheet": sheet_of(row), "planned": parts_shown(row),
    }


@bp.route("/<pid>/sign-off", methods=["GET", "POST"])
@allow(Do.PROPOSALS_SIGN_OFF)
@writes
def sign_off(pid: str) -> Any:
    row = ready(queries.for_host(current_user, pid), writable)
    form = forms.SignOff(obj=row)
    if form.validate_on_submit():
        actions.sign_off(row, digest=form.digest.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The dossier is signed off."), url_for(".show", pid=pid))
    form.digest.data, form.version.data = actions.digest_of(row), row.version  # what this page shows is what is signed
    attachments = files.of(row)
    return render_template("proposals/sign_off.html", proposal=row, form=form, sums=totals(row.lines), problems=actions.problems_of(row, at=clock.now()),
                           attachments=attachments, checks=checks_of(row, attachments), replaces=queries.replaced_by(row), **_changed(row), **names_of(row))  # fmt: skip


@bp.route("/<pid>/send-back", methods=["GET", "POST"])
@allow(Do.PROPOSALS_SIGN_OFF)
@writes
def send_back(pid: str) -> Any:
    row = ready(queries.for_host(current_user, pid), writable)
    form = forms.SendBack(data={"version": row.version})
    form.places.choices = [(place, named(label)) for place, label in places.labels(row).items()]
    if form.validate_on_submit():
        actions.send_back(row, form.reason.data, places=form.places.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The dossier is sent back to the team."), url_for(".show", pid=pid))
    return render_template("proposals/act.html", proposal=row, form=form, title=_("Send the dossier back to the team"), button=_("Send back"),
                           note=_("The principal investigator gets an e-mail with your reason. Until you sign, the team can change only what you tick."))  # fmt: skip


@bp.route("/<pid>/ask-sign-off", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def ask_sign_off(pid: str) -> Any:
    row = ready(queries.for_team(current_user, pid), lambda row, by: sendingback.check_hand_over(row, by, clock.now()), lambda row, _by: actions.check_complete(row, clock.now()))
    form = forms.Remove(obj=row)
    if form.validate_on_submit():
        actions.ask_sign_off(row, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The managers of the host organisation are told."), url_for(".show", pid=pid))
    return render_template("proposals/act.html", proposal=row, form=form, title=_("Ask the host organisation to sign off"), button=_("Ask for the signature"),
                           note=_("The managers of the host organisation get an e-mail."))  # fmt: skip


def _changed(row: Proposal) -> dict[str, Any]:
    """For the manager: what was sent back last, and which sections changed since."""
    found = sendingback.sent_back(row)
    known = places.labels(row)
    changed = sendingback.changed_since(row, found, actions.snapshot(row)) if found is not None else []
    return {"back": found, "asked": [named(known[p]) for p in found.places if p in known] if found is not None else [], "changed": [named(known[p]) for p in changed],
            "unasked": [named(known[p]) for p in changed if found is not None and p not in found.places]}  # fmt: skip


@bp.route("/<pid>/give-up", methods=["GET", "POST"])
@allow(Do.PROPOSALS_WITHDRAW)
@writes
def give_up(pid: str) -> Any:
    row = ready(queries.proposal_for(current_user, pid), lambda row, by: actions.check_giving_up(row, by))
    form = forms.GiveUp(obj=row)
    if form.validate_on_submit():
        actions.give_up(row, form.reason.data, document=form.document.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The place is given up; all who must know are told."), url_for(".show", pid=pid))
    return render_template("proposals/act.html", proposal=row, form=form, title=_("Give up the place of this dossier"), button=_("Give up the place"),
                           note=_("Investigator, host and the Department get an e-mail. The next one in reserve may take the place; without any, the topic is called again."))  # fmt: skip
