"""/proposals/intake/<call>: dossiers on paper and late ones, taken in by officers."""

from __future__ import annotations

import functools
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import exists, func

from app.acts import fits, ready
from app.downloads import download
from app.kernel import clock
from app.kernel.db import folded
from app.kernel.errors import WrongState
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.people import queries as people
from app.services.people.models import Organisation, User
from app.stages.calls import queries as calls
from app.stages.calls.models import Call, CallTopic
from app.stages.calls.rules import PUBLIC_STATES
from app.stages.proposals import admitting, forms, queries
from app.stages.proposals.admitting import Envelope
from app.stages.proposals.models import LateAdmission, PaperDossier, Proposal
from app.stages.proposals.views.blueprint import bp


def _call(pid: str) -> Call:
    call = or_404(calls.call_for(current_user, pid))
    or_404(call.state in PUBLIC_STATES or None)
    return call  # type: ignore[no-any-return]


def _before_deadline(call: Call, _by: Any) -> None:
    if admitting.is_late_time(call, clock.now()):
        raise WrongState(N_("The deadline has passed: a dossier on paper is now admitted by two officers, for its stamp."))


def _after_deadline(call: Call, _by: Any) -> None:
    admitting.takes_paper(call)
    if not admitting.is_late_time(call, clock.now()):
        raise WrongState(N_("The deadline has not passed: there is nothing late to admit."))


def _words(*columns: Any) -> Any:
    """A filter that finds rows with all these words, with and without diacritics."""
    text = functools.reduce(lambda a, b: a + " " + b, (func.coalesce(c, "") for c in columns))
    return lambda statement, value: statement.where(*(folded(text).contains(word, autoescape=True) for word in fold(value).split()))


def _topics(call: Call) -> Filter:
    return Filter("topic", N_("Topic"), lambda s, v: s.where(CallTopic.public_id == v), choices=[(ct.public_id, f"{ct.topic.code} – {ct.topic.title}"[:120]) for ct in call.topics])


def _papers(call: Call) -> Listing:
    late = exists().where(LateAdmission.proposal_id == Proposal.id, LateAdmission.confirmed_at.is_not(None))
    return Listing(
        queries.paper_list(call), request.args, key=Proposal.id, default="code",
        columns=[Column("code", _("Dossier"), lambda p: p.code, sort=Proposal.code), Column("receipt", _("Receipt"), lambda p: p.receipt_no),
                 Column("topic", _("Topic"), lambda p: p.call_topic.topic.code), Column("title", _("Title"), lambda p: p.title, sort=Proposal.folded),
                 Column("host", _("Host organisation"), lambda p: p.host.name, sort=Organisation.name), Column("pi", _("Principal investigator"), lambda p: p.pi.name),
                 Column("stamp", _("Stamp"), lambda p: p.paper.stamp_at, sort=PaperDossier.stamp_at), Column("office", _("Post office or desk"), lambda p: p.paper.stamp_office),
                 Column("registered", _("Registered"), lambda p: p.paper.registered_at, sort=PaperDossier.registered_at),
                 Column("late", _("Late"), lambda p: _("Yes") if p.late else "")],
        filters=[Filter("q", N_("Dossier, title, host, investigator"), _words(Proposal.code, Proposal.title, Organisation.name, User.name)), _topics(call),
                 Filter("late", N_("Late"), lambda s, v: s.where(late if v == "yes" else ~late), choices=(("yes", N_("Yes")), ("no", N_("No"))))],
    )  # fmt: skip


def _answer(row: LateAdmission) -> str:
    return N_("Admitted") if row.confirmed_at else N_("Not admitted") if row.refused_at else N_("Waits for another officer")


def _requests(call: Call) -> Listing:
    answered = {"waiting": (LateAdmission.confirmed_at.is_(None), LateAdmission.refused_at.is_(None)), "admitted": (LateAdmission.confirmed_at.is_not(None),),
                "refused": (LateAdmission.refused_at.is_not(None),)}  # fmt: skip
    return Listing(
        queries.admission_list(call), request.args, key=LateAdmission.id, default="-asked",
        columns=[Column("topic", _("Topic"), lambda a: a.call_topic.topic.code), Column("ground", _("Ground"), lambda a: _(a.ground.label)),
                 Column("document", _("Document"), lambda a: a.document, sort=LateAdmission.document), Column("reason", _("Reason"), lambda a: a.reason),
                 Column("by", _("Asked by"), lambda a: a.asked_by.name), Column("asked", _("Asked for on"), lambda a: a.asked_at, sort=LateAdmission.asked_at),
                 Column("state", _("State"), lambda a: _(_answer(a))), Column("answered", _("Answered on"), lambda a: a.confirmed_at or a.refused_at)],
        filters=[Filter("q", N_("Document or reason"), _words(LateAdmission.document, LateAdmission.reason)), _topics(call),
                 Filter("answer", N_("State"), lambda s, v: s.where(*answered[v]),
                        choices=(("waiting", N_("Waits for another officer")), ("admitted", N_("Admitted")), ("refused", N_("Not admitted"))))],
    )  # fmt: skip


@bp.get("/intake/<pid>")
@allow(Do.PROPOSALS_CHECK)
def intake(pid: str) -> Any:
    """The dossiers of a call that came on paper."""
    call = _call(pid)
    return render_template("proposals/intake.html", call=call, listing=_papers(call), registers=fits(call, admitting.takes_paper, _before_deadline), late=fits(call, _after_deadline))


@bp.get("/intake/<pid>.xlsx")
@allow(Do.PROPOSALS_CHECK)
def intake_xlsx(pid: str) -> Any:
    return download(_papers(_call(pid)).xlsx(_("On paper")), "ho-so-giay.xlsx")


@bp.get("/intake/<pid>/late")
@allow(Do.PROPOSALS_CHECK)
def late_requests(pid: str) -> Any:
    """What was asked to be admitted after the deadline."""
    call, listing = _call(pid), _requests(_call(pid))
    answerable = {row.id for row in listing.rows if fits(row, admitting.check_answerable)}
    return render_template("proposals/late_requests.html", call=call, listing=listing, answerable=answerable, late=fits(call, _after_deadline))


@bp.get("/intake/<pid>/late.xlsx")
@allow(Do.PROPOSALS_CHECK)
def late_requests_xlsx(pid: str) -> Any:
    return download(_requests(_call(pid)).xlsx(_("After the deadline")), "ho-so-sau-han.xlsx")


def _offer(form: Any, call: Call) -> None:
    form.topic.choices = [(ct.public_id, f"{ct.topic.code} – {ct.topic.title}") for ct in call.topics]
    if hasattr(form, "host"):
        form.host.choices = [(o.public_id, o.name) for o in people.organisations()]
    if len(call.topics) == 1 and not form.topic.data:
        form.topic.data = call.topics[0].public_id


def _topic(call: Call, form: Any) -> CallTopic:
    found: CallTopic = or_404(calls.call_topic_by_pid(next((ct.public_id for ct in call.topics if ct.public_id == form.topic.data), "")))
    return found


def _envelope(form: forms.Envelope) -> Envelope:
    return Envelope(title=form.title.data or "", host=form.host.data or "", pi_name=form.pi_name.data or "", pi_email=form.pi_email.data or "",
                    stamp_office=form.stamp_office.data or "", reference=form.reference.data or "", envelopes=form.envelopes.data or 1,
                    listing=form.listing.data or "")  # fmt: skip


@bp.route("/intake/<pid>/paper", methods=["GET", "POST"])
@allow(Do.PROPOSALS_CHECK)
@writes
def register_paper(pid: str) -> Any:
    call = ready(_call(pid), admitting.takes_paper, _before_deadline)
    form = forms.Envelope(data={"envelopes": 1})
    _offer(form, call)
    if form.validate_on_submit():
        row = admitting.register(_topic(call, form), _envelope(form), stamp_at=form.stamp_at.data, by=current_user, at=clock.now())
        return done(_("The dossier is registered: %(code)s, receipt %(receipt)s.", code=row.code, receipt=row.receipt_no), url_for(".receipt", pid=row.public_id))
    return render_template("proposals/intake_form.html", call=call, form=form, title=_("Register a sealed dossier on paper"), button=_("Register and issue the receipt"),
                           note=_("The investigator and the manager of the host get an e-mail with the receipt. The envelope stays sealed until the opening."))  # fmt: skip


@bp.route("/intake/<pid>/late-paper", methods=["GET", "POST"])
@allow(Do.PROPOSALS_CHECK)
@writes
def late_paper(pid: str) -> Any:
    call = ready(_call(pid), _after_deadline)
    form = forms.LateEnvelope(data={"envelopes": 1})
    _offer(form, call)
    if form.validate_on_submit():
        row = admitting.ask_post_stamp(_topic(call, form), _envelope(form), stamp_at=form.stamp_at.data, reason=form.reason.data or "",
                                       document=form.document.data or "", by=current_user, at=clock.now())  # fmt: skip
        return done(_("Another officer must confirm now."), url_for(".late", pid=row.public_id))
    return render_template("proposals/intake_form.html", call=call, form=form, title=_("Ask to admit a dossier on paper for its stamp"), button=_("Ask to admit it"),
                           note=_("It is in only when another officer confirms. Nobody gets an e-mail before."))  # fmt: skip


@bp.route("/intake/<pid>/late-outage", methods=["GET", "POST"])
@allow(Do.PROPOSALS_CHECK)
@writes
def late_outage(pid: str) -> Any:
    call = ready(_call(pid), _after_deadline)
    form = forms.LateOutage()
    _offer(form, call)
    if form.validate_on_submit():
        row = admitting.ask_outage(_topic(call, form), email=form.email.data or "", outage_from=form.outage_from.data, outage_until=form.outage_until.data,
                                   reason=form.reason.data or "", document=form.document.data or "", by=current_user, at=clock.now())  # fmt: skip
        return done(_("Another officer must confirm now."), url_for(".late", pid=row.public_id))
    return render_template("proposals/intake_form.html", call=call, form=form, title=_("Ask to admit a draft because of an outage"), button=_("Ask to admit it"),
                           note=_("Only a draft that was complete and signed off by its host at the deadline; nothing is added. It is in only when another officer confirms. "
                                  "When an outage kept many from submitting, extend the whole call instead."))  # fmt: skip


def _admission(pid: str) -> LateAdmission:
    row: LateAdmission = or_404(queries.admission_by_pid(pid))
    return row


@bp.get("/late/<pid>")
@allow(Do.PROPOSALS_CHECK)
def late(pid: str) -> Any:
    row = _admission(pid)
    draft = queries.by_id(row.proposal_id) if row.proposal_id else None
    host = people.organisation_by_pid(row.paper["host"]) if row.paper else None
    return render_template("proposals/late.html", row=row, draft=draft, host=host, attempts=queries.attempts_of(draft) if draft else [],
                           answerable=fits(row, admitting.check_answerable), waits=row.confirmed_at is None and row.refused_at is None)  # fmt: skip


@bp.route("/late/<pid>/confirm", methods=["GET", "POST"])
@allow(Do.PROPOSALS_CHECK)
@writes
def confirm_late(pid: str) -> Any:
    row = ready(_admission(pid), admitting.check_answerable)
    form = forms.LateConfirm()
    if form.validate_on_submit():
        proposal = admitting.confirm(row, by=current_user, at=clock.now())
        return done(_("The dossier is admitted: %(code)s, receipt %(receipt)s.", code=proposal.code, receipt=proposal.receipt_no), url_for(".late", pid=pid))
    return render_template("proposals/late_answer.html", row=row, form=form, title=_("Confirm the admission after the deadline"), button=_("Admit the dossier"),
                           note=_("The investigator and the manager of the host get an e-mail with receipt, reason and document."))  # fmt: skip


@bp.route("/late/<pid>/refuse", methods=["GET", "POST"])
@allow(Do.PROPOSALS_CHECK)
@writes
def refuse_late(pid: str) -> Any:
    row = ready(_admission(pid), admitting.check_waiting)
    form = forms.LateRefuse()
    if form.validate_on_submit():
        admitting.refuse(row, form.reason.data or "", by=current_user, at=clock.now())
        return done(_("The dossier is not admitted."), url_for(".late", pid=pid))
    return render_template("proposals/late_answer.html", row=row, form=form, title=_("Do not admit the dossier"), button=_("Do not admit it"), note=None)
