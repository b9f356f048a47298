"""Views of the check: the checklist of a dossier, its conclusion, taking that back, and the list of all dossiers under check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, not_

from app.acts import fits, moves, ready
from app.downloads import download
from app.kernel import clock
from app.kernel.db import folded
from app.kernel.errors import Incomplete
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import allow, done, writes
from app.kernel.words import N_
from app.services.files import queries as files
from app.services.people.models import Organisation, User
from app.shown import language
from app.stages.calls.models import Call
from app.stages.proposals import checking, checklist, forms, queries
from app.stages.proposals.checkforms import checklist_form
from app.stages.proposals.checkmodels import Outcome, Remedy
from app.stages.proposals.eligibility import RemedyState, Standing, overdue
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import PROPOSAL, ProposalState, totals
from app.stages.proposals.views.blueprint import bp


def _waits(row: Proposal, _by: Any) -> None:
    checking.check_not_waiting(row, clock.today())


def told(found: Standing) -> dict[str, Any]:
    """A line of the checklist in the language of the page."""
    line, on = found.line, clock.today()
    return {"code": line.code, "label": line.label, "ok": line.ok, "weight": line.weight, "source": line.source, "judged": found.judged,
            "why": [_(sentence, **params) for sentence, params in line.why], "debts": line.debts, "today": on,
            "pages": [(label, url_for(endpoint, **values)) for label, (endpoint, values) in line.evidence]}  # fmt: skip


@bp.route("/<pid>/check", methods=["GET", "POST"])
@allow(Do.PROPOSALS_CHECK)
@writes
def check(pid: str) -> Any:
    row = ready(queries.for_officer(current_user, pid), moves(PROPOSAL, "check_eligible"), lambda row, by: checking.check_judgeable(row, by))
    on, english = clock.today(), language() == "en"
    standings = checklist.standings(row, on=on, english=english)
    form = checklist_form(standings, row.version)
    if form.validate_on_submit():
        return _judged(row, form, pid)
    form.renew(standings)
    attachments, requests = files.of(row), checklist.remedies_of(row)
    names = {d["code"]: d["en" if english else "vi"] for d in queries.documents(str(row.call_topic.topic.kind), on, row.call_topic.call)}
    return render_template("proposals/check.html", proposal=row, form=form, attachments=attachments, sums=totals(row.lines), lines=[told(s) for s in standings], kinds=names,
                           remedy=queries.remedy_until(row, on), requests=requests, added=checklist.added_to(requests), waits=not fits(row, _waits), history=checklist.checks_of(row), reversals=checklist.reversals_of(row),
                           overdue=overdue, today=on)  # fmt: skip


def _judged(row: Proposal, form: Any, pid: str) -> Any:
    at, said = clock.now(), form.told()
    if form.wish == "save":
        n = checking.judge(row, said, by=current_user, at=at)
        return done(_("Saved: %(n)s lines judged anew.", n=n), url_for(".check", pid=pid))
    if form.outcome.data == Outcome.ELIGIBLE:
        checking.check_eligible(row, note=form.reason.data or None, told=said, seen=form.version.data, by=current_user, at=at)
    elif form.outcome.data == Outcome.INELIGIBLE:
        checking.check_ineligible(row, form.reason.data or "", told=said, seen=form.version.data, by=current_user, at=at)
    else:
        raise Incomplete(N_("Please choose one."), field="outcome")
    return done(_("The check is recorded and the applicant is told."), url_for(".show", pid=pid))


@bp.route("/<pid>/reinstate", methods=["GET", "POST"])
@allow(Do.PROPOSALS_CHECK)
@writes
def reinstate(pid: str) -> Any:
    row = ready(queries.for_officer(current_user, pid), moves(PROPOSAL, "reinstate"), checking.check_reinstatable)
    form = forms.Reinstate(obj=row)
    if form.validate_on_submit():
        checking.reinstate(row, form.reason.data, document=form.document.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The dossier is to be checked again and the applicant is told."), url_for(".show", pid=pid))
    return render_template("proposals/act.html", proposal=row, form=form, title=_("Take back the refusal"), button=_("Reinstate for a second look"),
                           note=_("Another officer than the one who refused does this. A letter is issued; applicant and host get an e-mail with your reason."))  # fmt: skip


@bp.route("/<pid>/retract", methods=["GET", "POST"])
@allow(Do.PROPOSALS_CHECK)
@writes
def retract(pid: str) -> Any:
    row = ready(queries.for_officer(current_user, pid), moves(PROPOSAL, "retract"), checking.check_retractable)
    form = forms.Reinstate(obj=row)
    if form.validate_on_submit():
        checking.retract(row, form.reason.data, document=form.document.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The dossier is to be checked again and the applicant is told."), url_for(".show", pid=pid))
    return render_template("proposals/act.html", proposal=row, form=form, title=_("Take back that the dossier is eligible"), button=_("Check anew"),
                           note=_("Another officer than the one who concluded does this. A letter is issued; applicant and host get an e-mail with your reason."))  # fmt: skip


# --- the list -------------------------------------------------------------------------------------------------

STANDS = (
    ("to_check", N_("To check")), ("waiting", N_("Waits for the applicant")), ("overdue", N_("Request overdue")), ("answered", N_("Request answered")),
    ("eligible", N_("Eligible")), ("ineligible", N_("Not eligible")), ("reversed", N_("A conclusion was taken back")),
)  # fmt: skip


def _stands(statement: Any, value: str) -> Any:
    today = clock.today()
    waiting = Remedy.state == RemedyState.ASKED
    open_ = Proposal.state == ProposalState.SUBMITTED
    where = {
        "to_check": (open_, not_(checklist.has_remedy(waiting, Remedy.due_on >= today))), "waiting": (checklist.has_remedy(waiting, Remedy.due_on >= today),),
        "overdue": (checklist.has_remedy(waiting, Remedy.due_on < today),), "answered": (open_, checklist.has_remedy(Remedy.state == RemedyState.ANSWERED)),
        "eligible": (Proposal.state.not_in([ProposalState.SUBMITTED, ProposalState.INELIGIBLE]),), "ineligible": (Proposal.state == ProposalState.INELIGIBLE,),
        "reversed": (checklist.was_reversed(),)}  # fmt: skip
    return statement.where(*where[value])


def _found(statement: Any, text: str) -> Any:
    words = func.coalesce(Proposal.code, "") + " " + Proposal.title + " " + Organisation.name + " " + User.name
    return statement.where(*(folded(words).contains(word, autoescape=True) for word in fold(text).split()))


def _listing(args: Mapping[str, str]) -> Listing:
    calls = [(c.public_id, f"{c.number or ''} {c.title}".strip()[:120]) for c in queries.opened_calls()]
    return Listing(
        queries.under_check(), args, key=Proposal.id, default="received",
        columns=[Column("code", _("Dossier"), lambda p: p.code, sort=Proposal.code), Column("title", _("Title"), lambda p: p.title, sort=Proposal.folded),
                 Column("topic", _("Topic"), lambda p: p.call_topic.topic.code), Column("host", _("Host organisation"), lambda p: p.host.name, sort=Organisation.name),
                 Column("pi", _("Principal investigator"), lambda p: p.pi.name, sort=User.sort_name, place=lambda p: p.pi.sort_name), Column("received", _("Received"), lambda p: p.submitted_at, sort=Proposal.submitted_at),
                 Column("state", _("State"), lambda p: _(p.state.label)), Column("checked", _("Checked on"), lambda p: p.checked_at),
                 Column("note", _("Reason or remark"), lambda p: p.check_note)],
        filters=[Filter("q", N_("Dossier, title, host, investigator"), _found), Filter("stands", N_("Check"), _stands, choices=STANDS),
                 Filter("call", N_("Call"), lambda s, v: s.where(Call.public_id == v), choices=calls)],
    )  # fmt: skip


@bp.get("/eligibility")
@allow(Do.PROPOSALS_READ)
def eligibility() -> Any:
    """The opened dossiers and how far their check is; who asks for nothing else sees those that are to be checked."""
    listing = _listing(request.args or {"stands": "to_check"})
    return render_template("proposals/eligibility.html", listing=listing, requests=checklist.requests_of([p.id for p in listing.rows]), today=clock.today(), overdue=overdue)


@bp.get("/eligibility.xlsx")
@allow(Do.PROPOSALS_READ)
def eligibility_xlsx() -> Any:
    return download(_listing(request.args).xlsx(_("Check of eligibility")), "kiem-tra-ho-so.xlsx")

