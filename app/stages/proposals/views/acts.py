"""Views of the acts on a whole dossier: sign off, send back, submit and its receipt, withdraw, check."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import moves, ready
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import SIGNED_IN, allow, done, or_404, writes
from app.services.files import queries as files
from app.services.papers import queries as papers
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
from app.stages.proposals.rules import PROPOSAL, totals
from app.stages.proposals.views.blueprint import (
    arrived,
    before_deadline,
    bp,
    named,
    writable,
)
from app.stages.proposals.views.work import sheet_of


def _checks(row: Proposal, attachments: list[Any]) -> list[tuple[bool | None, str, str]]:
    """The rules of eligibility for the template: kept or not, the sentence, its source."""
    found = queries.findings_of(row, [a.kind for a in attachments], on=clock.today(), english=language() == "en")
    found += load.findings_of(row, on=clock.today())
    return [(f.ok, _(f.sentence, **f.params), f.source) for f in found]


def _names(row: Proposal) -> dict[str, Any]:
    """What the tables of a dossier are called in this language: budget heads, documents, sections of the work."""
    name, kind, call = ("en" if language() == "en" else "vi"), str(row.call_topic.topic.kind), row.call_topic.call
    return {
        "heads": {code: h[name] for code, h in queries.heads(clock.today(), call).items()},
        "kinds": {d["code"]: d[name] for d in queries.documents(kind, clock.today(), call)},
        "sheet": sheet_of(row),
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
                           attachments=attachments, checks=_checks(row, attachments), **_changed(row), **_names(row))  # fmt: skip


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
    row = ready(queries.for_team(current_user, pid), lambda row, by: sendingback.check_hand_over(row, by, clock.now()))
    form = forms.Remove(obj=row)
    if form.validate_on_submit():
        sendingback.ask_sign_off(row, seen=form.version.data, by=current_user, at=clock.now())
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


@bp.route("/<pid>/submit", methods=["GET", "POST"])
@allow(Do.PROPOSALS_SUBMIT)
@writes
def submit(pid: str) -> Any:
    row = or_404(queries.for_team(current_user, pid))
    form = forms.Submit(obj=row)
    if form.validate_on_submit():
        actions.submit(row, seen=form.version.data, by=current_user, at=clock.now(), received_at=arrived())
        return done(_("Your proposal has arrived. Receipt number: %(number)s.", number=row.receipt_no), url_for(".receipt", pid=pid))
    if row.receipt_no is not None and not form.is_submitted():
        return redirect(url_for(".receipt", pid=pid))
    attachments = files.of(row)
    return render_template("proposals/submit.html", proposal=row, form=form, sums=totals(row.lines), attachments=attachments,
                           problems=actions.problems_of(row, at=clock.now()), checks=_checks(row, attachments), **_names(row))  # fmt: skip


@bp.get("/<pid>/receipt")
@allow(SIGNED_IN)
def receipt(pid: str) -> Any:
    row = or_404(queries.proposal_for(current_user, pid))
    version = or_404(queries.latest_version(row))
    return render_template("proposals/receipt.html", proposal=row, version=version, received=f"{clock.local(version.received_at):%d/%m/%Y %H:%M:%S}",
                           kinds=_names(row)["kinds"], papers=papers.of(row))  # fmt: skip


@bp.route("/<pid>/withdraw", methods=["GET", "POST"])
@allow(Do.PROPOSALS_WITHDRAW)
@writes
def withdraw(pid: str) -> Any:
    row = ready(queries.for_team(current_user, pid), moves(PROPOSAL, "withdraw"), before_deadline)
    form = forms.Withdraw(obj=row)
    if form.validate_on_submit():
        actions.withdraw(row, reason=form.reason.data or None, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The proposal is withdrawn."), url_for(".show", pid=pid))
    return render_template("proposals/act.html", proposal=row, form=form, title=_("Withdraw the proposal"), button=_("Withdraw proposal"),
                           note=_("You can begin a new one for the same topic until the deadline."))  # fmt: skip


@bp.route("/<pid>/check", methods=["GET", "POST"])
@allow(Do.PROPOSALS_CHECK)
@writes
def check(pid: str) -> Any:
    row = ready(queries.for_officer(current_user, pid), moves(PROPOSAL, "check_eligible"))
    form = forms.Check(obj=row)
    form.outcome.choices = [("eligible", _("Eligible")), ("ineligible", _("Not eligible"))]
    if form.validate_on_submit():
        if form.outcome.data == "eligible":
            actions.check_eligible(row, note=form.reason.data or None, seen=form.version.data, by=current_user, at=clock.now())
        else:
            actions.check_ineligible(row, form.reason.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The check is recorded and the applicant is told."), url_for(".show", pid=pid))
    attachments = files.of(row)
    return render_template("proposals/check.html", proposal=row, form=form, attachments=attachments, sums=totals(row.lines),
                           checks=_checks(row, attachments), remedy=queries.remedy_until(row, clock.today()), **_names(row))  # fmt: skip


@bp.route("/<pid>/reinstate", methods=["GET", "POST"])
@allow(Do.PROPOSALS_CHECK)
@writes
def reinstate(pid: str) -> Any:
    row = ready(queries.for_officer(current_user, pid), moves(PROPOSAL, "reinstate"), actions.check_reinstatable)
    form = forms.Reinstate(obj=row)
    if form.validate_on_submit():
        actions.reinstate(row, form.reason.data, document=form.document.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The dossier is to be checked again and the applicant is told."), url_for(".show", pid=pid))
    return render_template("proposals/act.html", proposal=row, form=form, title=_("Take back the refusal"), button=_("Reinstate for a second look"),
                           note=_("Another officer than the one who refused does this. Applicant and host get an e-mail with your reason."))  # fmt: skip


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
