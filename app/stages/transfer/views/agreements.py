"""Agreements: the list, one agreement, draft, revise, sign, register, end, drop."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, moves, ready
from app.kernel import clock, journal
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.papers import queries as papers
from app.services.people import queries as people
from app.services.rulebook import queries as rulebook
from app.stages.acceptance.models import Result
from app.stages.funding import queries as funding
from app.stages.transfer import actions, forms, incomes, queries
from app.stages.transfer.actions import shared
from app.stages.transfer.models import Agreement, Interest
from app.stages.transfer.rules import (
    AGREEMENT,
    AgreementKind,
    AgreementState,
    registration_case,
)
from app.stages.transfer.views.blueprint import bp, parts, spreadsheet
from app.stages.transfer.views.handovers import of_title

CASES = {"domestic_state": N_("domestic, with state money"), "from_abroad": N_("from abroad"), "to_abroad": N_("to abroad")}


def _agreements() -> Listing:
    return Listing(
        queries.agreements_statement(current_user), request.args, key=Agreement.id, default="-made",
        columns=[
            Column("number", N_("Number"), lambda a: a.number), Column("result", N_("Result"), lambda a: a.result.title),
            Column("kind", N_("Kind"), lambda a: _(a.kind.label)), Column("recipient", N_("Receiving party"), lambda a: a.recipient_said),
            Column("price", N_("Price"), lambda a: a.price, sort=Agreement.price), Column("signed", N_("Signed on"), lambda a: a.signed_on),
            Column("register", N_("To be registered by"), lambda a: a.register_by), Column("state", N_("State"), lambda a: _(a.state.label)),
            Column("made", N_("Drafted"), lambda a: a.created_at, sort=Agreement.created_at),
        ],
        filters=[Filter("q", N_("Words of the result"), lambda s, v: of_title(Agreement, s, v)),
                 Filter("state", N_("State"), lambda s, v: s.where(Agreement.state == AgreementState(v)), choices=[(str(x), x.label) for x in AgreementState]),
                 Filter("kind", N_("Kind"), lambda s, v: s.where(Agreement.kind == AgreementKind(v)), choices=[(str(x), x.label) for x in AgreementKind])],
    )  # fmt: skip


@bp.get("/agreements")
@allow(Do.HUB_READ)
def agreements() -> Any:
    return render_template("transfer/agreements.html", listing=_agreements(), parts=parts(), today=clock.today())


@bp.get("/agreements.xlsx")
@allow(Do.HUB_READ)
def export_agreements() -> Any:
    return spreadsheet(_agreements(), _("Agreements"), "hop-dong-chuyen-giao")


@bp.route("/results/<pid>/draft-agreement", methods=["GET", "POST"])
@allow(Do.TRANSFER_HAND_OVER)
@writes
def draft_agreement(pid: str) -> Any:
    result = ready(queries.result_for(current_user, pid), shared.check_registered, shared.check_gives)
    asked = request.args.get("interest")
    interest = or_404(queries.interest_for(current_user, asked)) if asked else None
    if interest is not None and interest.result_id != result.id:
        or_404(None)
    form = _edit_form(result, None, interest)
    if form.validate_on_submit():
        row = actions.draft_agreement(result, interest=interest, by=current_user, at=clock.now(), **_values(form))
        return done(_("The agreement is kept as a draft."), url_for(".agreement", pid=row.public_id))
    return _edit_page(form, result, _("Draft a transfer agreement"), url_for(".result", pid=result.public_id))


@bp.route("/agreements/<pid>/revise", methods=["GET", "POST"])
@allow(Do.TRANSFER_HAND_OVER)
@writes
def revise_agreement(pid: str) -> Any:
    row = ready(queries.agreement_for(current_user, pid), moves(AGREEMENT, "sign"), shared.check_gives)
    form = _edit_form(row, row)
    if form.validate_on_submit():
        actions.revise_agreement(row, seen=form.version.data, by=current_user, at=clock.now(), **_values(form))
        return done(_("Saved."), url_for(".agreement", pid=row.public_id))
    return _edit_page(form, row.result, _("Change the draft"), url_for(".agreement", pid=row.public_id))


def _edit_form(of_project: Result | Agreement, row: Agreement | None, interest: Interest | None = None) -> forms.EditAgreement:
    values = {"recipient": row.recipient.public_id if row.recipient else None} if row is not None else {"route": "domestic"}
    if interest is not None:
        values |= {"recipient_name": interest.organisation or interest.name, "contact_email": interest.email}
    form = forms.EditAgreement(data=values | _kept(row))
    form.recipient.choices = [(o.public_id, o.name) for o in people.organisations() if o.id != of_project.project.host_id]
    return form


def _kept(row: Agreement | None) -> dict[str, Any]:
    names = ("kind", "route", "recipient_name", "recipient_details", "contact_email", "scope", "price", "author_share", "intermediary", "intermediary_share", "ends_on", "version")
    return {name: getattr(row, name) for name in names} if row is not None else {}


def _values(form: forms.EditAgreement) -> dict[str, Any]:
    names = ("kind", "route", "recipient_name", "recipient_details", "contact_email", "scope", "price", "author_share", "intermediary", "intermediary_share", "ends_on")
    return {name: form[name].data for name in names} | {"recipient": people.organisation_by_pid(form.recipient.data)}


def _edit_page(form: forms.EditAgreement, result: Result, title: str, back: str) -> Any:
    return render_template("transfer/edit_agreement.html", form=form, result=result, title=title, back=back, least=actions.least_share(clock.today()),
                           rule=rulebook.rule("transfer.registration", on=clock.today()))  # fmt: skip


@bp.get("/agreements/<pid>")
@allow(Do.HUB_READ)
def agreement(pid: str) -> Any:
    row = or_404(queries.agreement_for(current_user, pid))
    return render_template(
        "transfer/agreement.html", agreement=row, result=row.result, project=row.project, moves=dict(AGREEMENT.moves(row)), papers=papers.of(row),
        may_give=queries.may_give(current_user, row.project), today=clock.today(), rule=rulebook.rule("transfer.registration", on=row.signed_on or clock.today()),
        case=CASES.get(row.registration_case or ""), incomes=incomes.of(row) if incomes.reads(current_user, row) else [], may_record=fits(row, incomes.check_income), apart=fits(row, shared.check_apart), interest=queries.interest_of(row) if queries.may_give(current_user, row.project) else None, entries=journal.timeline([journal.subject_key(row)]))  # fmt: skip


@bp.route("/agreements/<pid>/sign", methods=["GET", "POST"])
@allow(Do.TRANSFER_HAND_OVER)
@writes
def sign_agreement(pid: str) -> Any:
    row = ready(queries.agreement_for(current_user, pid), moves(AGREEMENT, "sign"), shared.check_gives)
    form = forms.SignAgreement(data={"version": row.version, "signed_on": clock.today()})
    if form.validate_on_submit():
        actions.sign_agreement(row, number=form.number.data, signed_on=form.signed_on.data, host_signer=form.host_signer.data,
                               recipient_signer=form.recipient_signer.data, seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip
        return done(_("Signing recorded; the record of the contract is issued."), url_for(".agreement", pid=row.public_id))
    return render_template("transfer/sign_agreement.html", agreement=row, result=row.result, project=row.project, form=form, checks=_checks(row),
                           mailed=[u.name for u in (*funding.holders(row.project), *people.users_with(Do.TRANSFER_VERIFY))])  # fmt: skip


def _checks(row: Agreement) -> list[tuple[bool | None, str, str | None]]:
    """What the law of today says about this contract: (kept, sentence, source)."""
    today = clock.today()
    rule = rulebook.rule("transfer.registration", on=today)
    case, must = registration_case(row.route, row.project.approved_state > 0, bool(row.result.certificate_number), rule.value)
    named = _(CASES[case]) if case else None
    if must:
        days = rulebook.value("transfer.registration_days", on=today)
        said = _("It must be registered (%(case)s) within %(n)s days, and holds only from the registration.", case=named, n=days)
    elif case:
        said = _("It need not be registered (%(case)s): the result has a certificate of registration.", case=named)
    else:
        said = _("It need not be registered.")
    least = actions.least_share(today)
    share = [((row.author_share or 0) >= least, _("The authors get at least %(n)s percent of the after-tax profit.", n=least),
              rulebook.rule("transfer.author_share", on=today).source)] if least is not None else []  # fmt: skip
    return [(None if must else True, said, rule.source), *share]


@bp.route("/agreements/<pid>/register", methods=["GET", "POST"])
@allow(Do.TRANSFER_VERIFY)
@writes
def register_agreement(pid: str) -> Any:
    row = ready(queries.agreement_for(current_user, pid), moves(AGREEMENT, "register"), shared.check_apart)
    form, back = forms.RegisterAgreement(data={"version": row.version, "registered_on": clock.today()}), url_for(".agreement", pid=row.public_id)
    if form.validate_on_submit():
        actions.register_agreement(row, number=form.number.data, registered_on=form.registered_on.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Registration recorded."), back)
    return _plain(form, row, _("Record the registration"), back, mailed=[u.name for u in funding.holders(row.project)])


@bp.route("/agreements/<pid>/end", methods=["GET", "POST"])
@allow(Do.TRANSFER_VERIFY)
@writes
def end_agreement(pid: str) -> Any:
    row = ready(queries.agreement_for(current_user, pid), moves(AGREEMENT, "end"))
    form, back = forms.EndAgreement(data={"version": row.version, "ended_on": clock.today()}), url_for(".agreement", pid=row.public_id)
    if form.validate_on_submit():
        actions.end_agreement(row, ended_on=form.ended_on.data, reason=form.reason.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The end of the agreement is recorded."), back)
    return _plain(form, row, _("Record the end"), back)


@bp.route("/agreements/<pid>/drop", methods=["GET", "POST"])
@allow(Do.TRANSFER_HAND_OVER)
@writes
def drop_agreement(pid: str) -> Any:
    row = ready(queries.agreement_for(current_user, pid), moves(AGREEMENT, "drop"), shared.check_gives)
    form, back = forms.Reason(obj=row), url_for(".agreement", pid=row.public_id)
    if form.validate_on_submit():
        actions.drop_agreement(row, reason=form.reason.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Draft dropped."), back)
    return _plain(form, row, _("Drop the draft"), back)


def _plain(form: Any, row: Agreement, title: str, back: str, mailed: list[str] | None = None) -> Any:
    return render_template("transfer/form.html", form=form, title=title, button=title, back=back, project=row.project, about=None, mailed=mailed or [])
