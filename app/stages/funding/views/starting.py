"""The head of a contract, the start-up checklist, and the registers of submissions, contracts and projects that start."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.acts import fits, moves, ready
from app.downloads import download
from app.kernel import clock
from app.kernel.db import folded
from app.kernel.forms import LineField, StageForm
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.shown import language
from app.stages.funding import parties, queries, starting
from app.stages.funding.models import (
    Appraisal,
    Contract,
    Project,
    ProjectClosing,
    StartItem,
    Submission,
)
from app.stages.funding.queries.appraisals import with_people
from app.stages.funding.rules import CONTRACT, ContractState, SubmissionState
from app.stages.funding.views.appraisals import rules_told
from app.stages.funding.views.blueprint import bp

# --- the head of a contract -----------------------------------------------------------------------------------


class _Parties(StageForm):
    account = LineField(N_("Account of the host"), max=300, hint=N_("Number, bank or treasury. Payments go there."))


PartiesForm = type("PartiesForm", (_Parties,), {key: LineField(label, max=300) for key, label in parties.LABELS.items()})


@bp.route("/contracts/<pid>/parties", methods=["GET", "POST"])
@allow(Do.FUNDING_CONTRACT)
@writes
def set_parties(pid: str) -> Any:
    row = ready(queries.contract_for(current_user, pid), moves(CONTRACT, "sign"))
    form = PartiesForm(data={**(row.parties or {}), "account": row.account, "version": row.version})
    if form.validate_on_submit():
        parties.set_parties(row, {key: form[key].data for key in parties.LABELS}, account=form.account.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The parties are written down."), url_for(".contract", pid=pid))
    return render_template("funding/parties.html", form=form, contract=row, project=row.project, labels=parties.LABELS, rules=rules_told(parties.checks(row, on=clock.today())))


# --- the start-up checklist -----------------------------------------------------------------------------------


class Tick(StageForm):
    note = LineField(N_("Note"), max=300)


@bp.get("/projects/<pid>/start")
@allow(Do.HUB_READ)
def start_up(pid: str) -> Any:
    project = or_404(queries.project_by_pid(current_user, pid))
    found = starting.items(project, at=clock.now())
    return render_template("funding/start_up.html", project=project, items=found, groups=starting.GROUPS, lang=language(), form=Tick(),
                           ticks=current_user.can(Do.FUNDING_CONTRACT) and fits(project, starting.check_ticking), done_count=sum(i.done for i in found))  # fmt: skip


@bp.route("/projects/<pid>/start/<code>", methods=["POST"])
@allow(Do.FUNDING_CONTRACT)
@writes
def tick_start(pid: str, code: str) -> Any:
    project, form = or_404(queries.project_by_pid(current_user, pid)), Tick()
    if form.validate_on_submit():
        if request.form.get("do") == "untick":
            starting.untick(project, code, by=current_user, at=clock.now())
        else:
            starting.tick(project, code, note=form.note.data, by=current_user, at=clock.now())
        return done(_("Saved."), url_for(".start_up", pid=pid))
    return render_template("funding/start_up.html", project=project, items=starting.items(project, at=clock.now()), groups=starting.GROUPS, lang=language(), form=form, ticks=True, done_count=0), 422


# --- registers ------------------------------------------------------------------------------------------------


def _with_words(column: Any) -> Any:
    return lambda statement, text: statement.where(*(folded(column).contains(word, autoescape=True) for word in fold(text).split()))


def _submissions() -> Listing:
    path = joinedload(Submission.appraisal).options(with_people(Appraisal.proposal))
    return Listing(
        select(Submission).options(path, joinedload(Submission.submitted_by)), request.args, key=Submission.id, default="-submitted",
        columns=[
            Column("submitted", N_("Submitted"), lambda s: s.submitted_at, sort=Submission.submitted_at), Column("number", N_("Number"), lambda s: s.number),
            Column("title", N_("Title"), lambda s: s.title, sort=Submission.title), Column("host", N_("Host"), lambda s: s.appraisal.proposal.host.name),
            Column("money", N_("State budget"), lambda s: s.approved_state, sort=Submission.approved_state), Column("by", N_("Submitted by"), lambda s: s.submitted_by.name),
            Column("decided", N_("Decided"), lambda s: s.decided_at), Column("state", N_("State"), lambda s: s.state),
        ],
        filters=[Filter("q", N_("Number or words of the title"), _with_words(func.coalesce(Submission.number, "") + " " + Submission.title)),
                 Filter("state", N_("State"), lambda s, v: s.where(Submission.state == v), choices=[(str(x), x.label) for x in SubmissionState])])  # fmt: skip


@bp.get("/submissions")
@allow(Do.FUNDING_READ)
def submissions() -> Any:
    return render_template("funding/register.html", title=_("Submissions for decision"), listing=_submissions(), export=url_for(".submissions_xlsx"),
                           link=lambda s: url_for(".submission", pid=s.public_id), money_columns=("money",))  # fmt: skip


@bp.get("/submissions.xlsx")
@allow(Do.FUNDING_READ)
def submissions_xlsx() -> Any:
    return download(_submissions().xlsx(_("Submissions for decision")), "to-trinh.xlsx")


def _contracts() -> Listing:
    return Listing(
        select(Contract).join(Project, Project.id == Contract.project_id).options(joinedload(Contract.project).joinedload(Project.host)).where(queries.visible(current_user)),
        request.args, key=Contract.id, default="-begun",
        columns=[
            Column("begun", N_("Drafted"), lambda c: c.created_at, sort=Contract.created_at), Column("number", N_("Number"), lambda c: c.number), Column("code", N_("Project"), lambda c: c.project.code),
            Column("title", N_("Title"), lambda c: c.project.title, sort=Project.title, place=lambda c: c.project.title), Column("host", N_("Host"), lambda c: c.project.host.name),
            Column("signed", N_("Signed on"), lambda c: c.signed_on, sort=Contract.signed_on), Column("ends", N_("Ends on"), lambda c: c.ends_on, sort=Contract.ends_on),
            Column("money", N_("State budget"), lambda c: c.project.approved_state), Column("state", N_("State"), lambda c: c.state),
        ],
        filters=[Filter("q", N_("Number, code or words of the title"), _with_words(func.coalesce(Contract.number, "") + " " + Project.code + " " + Project.title)),
                 Filter("state", N_("State"), lambda s, v: s.where(Contract.state == v), choices=[(str(x), x.label) for x in ContractState])])  # fmt: skip


@bp.get("/contracts")
@allow(Do.FUNDING_READ)
def contracts() -> Any:
    return render_template("funding/register.html", title=_("Contracts"), listing=_contracts(), export=url_for(".contracts_xlsx"),
                           link=lambda c: url_for(".contract", pid=c.public_id), money_columns=("money",))  # fmt: skip


@bp.get("/contracts.xlsx")
@allow(Do.FUNDING_READ)
def contracts_xlsx() -> Any:
    return download(_contracts().xlsx(_("Contracts")), "hop-dong.xlsx")


def _starting() -> Listing:
    """Projects of this system that are not over, with how much of the checklist people have confirmed."""
    by_hand = [line["code"] for line in starting.rule_items(clock.now()) if line["code"] not in starting.SEEN]
    ticked = select(func.count()).select_from(StartItem).where(StartItem.project_id == Project.id, StartItem.code.in_(by_hand)).correlate(Project).scalar_subquery()
    ended = select(ProjectClosing.project_id).where(ProjectClosing.project_id == Project.id).exists()
    wanted = {"none": Contract.id.is_(None), "draft": Contract.state == ContractState.DRAFT, "signed": Contract.state == ContractState.SIGNED}
    return Listing(
        select(Project, Contract, ticked.label("ticked")).outerjoin(Contract, Contract.project_id == Project.id).options(joinedload(Project.host)).where(~Project.historic, ~ended),
        request.args, key=Project.id, default="-decided", scalars=False,
        columns=[
            Column("decided", N_("Decision of"), lambda r: r[0].decision_date, sort=Project.decision_date), Column("code", N_("Code"), lambda r: r[0].code, sort=Project.code),
            Column("title", N_("Title"), lambda r: r[0].title), Column("host", N_("Host"), lambda r: r[0].host.name),
            Column("contract", N_("Contract"), lambda r: r[1].state if r[1] else _("none yet")), Column("account", N_("Account"), lambda r: _("Yes") if r[1] and r[1].account else _("No")),
            Column("ticked", N_("Confirmed by hand"), lambda r: f"{r.ticked}/{len(by_hand)}"),
        ],
        filters=[Filter("q", N_("Code or words of the title"), _with_words(Project.code + " " + Project.title)),
                 Filter("contract", N_("Contract"), lambda s, v: s.where(wanted[v]), choices=[("none", N_("none yet")), ("draft", ContractState.DRAFT.label), ("signed", ContractState.SIGNED.label)]),
                 Filter("open", N_("Checklist"), lambda s, v: s.where(ticked < len(by_hand) if v == "open" else ticked >= len(by_hand)), choices=[("open", N_("Something missing")), ("whole", N_("All confirmed by hand"))])])  # fmt: skip


@bp.get("/start")
@allow(Do.FUNDING_READ)
def starting_projects() -> Any:
    return render_template("funding/register.html", title=_("Start of projects"), listing=_starting(), export=url_for(".starting_projects_xlsx"),
                           link=lambda r: url_for(".start_up", pid=r[0].public_id), money_columns=())  # fmt: skip


@bp.get("/start.xlsx")
@allow(Do.FUNDING_READ)
def starting_projects_xlsx() -> Any:
    return download(_starting().xlsx(_("Start of projects")), "bat-dau.xlsx")
