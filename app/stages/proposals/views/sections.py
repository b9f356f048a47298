"""/proposals: my dossiers, the task list of one, its sections."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, ready
from app.kernel import clock, journal
from app.kernel.errors import Refused
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import SIGNED_IN, allow, done, or_404, writes
from app.kernel.words import N_
from app.services.files import actions as file_actions
from app.services.files import queries as files
from app.services.papers import queries as papers
from app.services.people import queries as people
from app.services.rulebook import queries as rulebook
from app.shown import language
from app.stages.calls import queries as calls
from app.stages.calls.rules import APPLICANTS, DOSSIER_LISTERS, PUBLIC_STATES
from app.stages.ideas.queries import ordering_bodies, topic_years
from app.stages.plan import scope
from app.stages.proposals import (
    actions,
    comments,
    forms,
    giving,
    newpi,
    places,
    queries,
    sendingback,
    team,
    work,
)
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import PROPOSAL, Access, ProposalState, totals
from app.stages.proposals.views.blueprint import (
    assigned_here,
    bp,
    named,
    takes_dossiers,
    writable,
)
from app.stages.proposals.views.work import parts_of, sheet_of


def list_dossiers(call: Any) -> list[dict[str, Any]]:
    """What came in for a call, for its opening."""
    return [{"call_topic": p.call_topic.public_id, "code": p.code, "title": p.title, "host": p.host.name, "pi": p.pi.name,
             "received_at": p.submitted_at} for p in queries.of_call(call)]  # fmt: skip


DOSSIER_LISTERS.append(list_dossiers)
APPLICANTS.append(queries.applicants)


@bp.get("/")
@allow(SIGNED_IN)
def index() -> Any:
    listing = Listing(
        queries.list_statement(current_user), request.args, key=Proposal.id, default="-created",
        columns=[Column("created", N_("Begun"), lambda p: p.created_at, sort=Proposal.created_at), Column("title", N_("Title"), lambda p: p.title),
                 Column("host", N_("Host organisation"), lambda p: p.host.name), Column("state", N_("State"), lambda p: p.state)],
        filters=[Filter("q", N_("Search"), lambda s, v: s.where(Proposal.folded.contains(fold(v), autoescape=True))),
                 Filter("state", N_("State"), lambda s, v: s.where(Proposal.state == v), choices=[(str(x), x.label) for x in ProposalState]),
                 Filter("item", N_("Priority item"), lambda s, v: s.where(scope.within(Proposal.item_id, v)),
                        choices=scope.choices(request.args.get("item"), english=language() == "en")),
                 Filter("year", N_("Year"), queries.of_year, choices=[(str(y), str(y)) for y in topic_years()]),
                 Filter("body", N_("Ordering body"), queries.ordered_by, choices=ordering_bodies())],
    )  # fmt: skip
    return render_template("proposals/index.html", listing=listing)


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
    form = forms.Start()
    form.host.choices = [(o.public_id, o.name) for o in current_user.organisations if call_topic.topic.assigned_organisation_id in (None, o.id)]
    if form.validate_on_submit():
        host = or_404(people.organisation_by_pid(form.host.data))
        row = actions.start(call_topic, host=host, by=current_user, at=clock.now())
        return done(_("Your draft is ready."), url_for(".show", pid=row.public_id))
    return render_template("proposals/start.html", call_topic=call_topic, form=form)


def _has_place(row: Proposal) -> bool:
    """Could the person give this dossier's place up now?"""
    try:
        actions.check_giving_up(row, current_user)
    except Refused:
        return False
    return True


def _together(row: Proposal, access: Access | None, draft: bool) -> dict[str, Any]:
    """What the team and the host see of their work together; nobody else, and nobody after submission."""
    if access is None or not draft:
        return {"given": {}, "open_comments": {}, "back": None, "lead": None, "leaves": False, "access": None, "button": forms.Remove()}
    back, known = sendingback.sent_back(row), places.labels(row)
    return {"given": giving.of(row), "open_comments": comments.open_counts(row), "back": back,
            "back_names": [named(known[p]) for p in back.places if p in known] if back is not None and len(back.places) < len(known) else [], "lead": newpi.waiting(row), "access": access,
            "leaves": row.pi_id != current_user.id and any(m.user_id == current_user.id for m in row.team), "button": forms.Remove()}  # fmt: skip


@bp.get("/<pid>")
@allow(SIGNED_IN)
def show(pid: str) -> Any:
    row = or_404(queries.proposal_for(current_user, pid))
    call = row.call_topic.call
    refused = row.state == ProposalState.INELIGIBLE and row.checked_at is not None
    access = queries.access_of(row, current_user)
    mine = access == Access.EDIT
    draft = row.state == ProposalState.DRAFT
    found = work.parts(row, at=clock.now()) if draft else []
    return render_template(
        "proposals/show.html", proposal=row, problems=actions.problems_of(row, at=clock.now(), parts=found) if draft else [], sums=totals(row.lines), mine=mine,
        draft=draft, manages=current_user.manages(row.host_id), attachments=files.of(row), papers=papers.of(row), moves=dict(PROPOSAL.moves(row)),
        timeline_entries=journal.timeline([journal.subject_key(row)]), heads=queries.heads(clock.today(), call),
        version=queries.latest_version(row), ceiling=queries.ceiling_of(row), open=actions.is_open(call, clock.now()),
        kinds={d["code"]: d["en" if language() == "en" else "vi"] for d in queries.documents(str(row.call_topic.topic.kind), clock.today(), call)},
        remedy=queries.remedy_until(row, clock.local(row.checked_at).date()) if refused else None, sheet=sheet_of(row), form_version=work.form_of(row), place_to_give_up=_has_place(row),
        parts=parts_of(row, found) if draft and mine else [], **_together(row, access, draft), fits=fits, check_reinstatable=actions.check_reinstatable)  # fmt: skip


@bp.route("/<pid>/general", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def general(pid: str) -> Any:
    row = ready(queries.for_team(current_user, pid), writable)
    form = forms.General(data={"title": row.title, "aim": row.aim, "duration_months": row.duration_months, "version": team.general_mark(row)})
    if form.validate_on_submit():
        actions.save_general(row, title=form.title.data, aim=form.aim.data, duration_months=form.duration_months.data, seen=form.version.data,
                             by=current_user, at=clock.now())  # fmt: skip
        return done(_saved(), url_for(".show", pid=pid))
    return render_template("proposals/section.html", proposal=row, form=form, title=_("General information"), fields=form.shown())


@bp.route("/<pid>/products", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def products(pid: str) -> Any:
    row = ready(queries.for_team(current_user, pid), writable)
    form = forms.Product(data={"version": row.version})
    if form.validate_on_submit():
        actions.add_product(row, group=form.group.data, name=form.name.data, unit=form.unit.data, quantity=form.quantity.data,
                            quality=form.quality.data, seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip
        return done(_saved(), url_for(".products", pid=pid))
    return render_template("proposals/products.html", proposal=row, form=form, remove=forms.Remove(data={"version": row.version}))


@bp.route("/<pid>/budget", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def budget(pid: str) -> Any:
    row = ready(queries.for_team(current_user, pid), writable)
    heads = queries.heads(clock.today(), row.call_topic.call)
    name = "en" if language() == "en" else "vi"
    form = forms.Line(data={"year": clock.today().year, "version": row.version})
    form.head.choices = [(code, h[name]) for code, h in heads.items()]
    if form.validate_on_submit():
        actions.add_line(row, head=form.head.data, content=form.content.data, source=form.source.data, year=form.year.data, unit=form.unit.data,
                         quantity=form.quantity.data, price=form.price.data, seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip
        return done(_saved(), url_for(".budget", pid=pid))
    return render_template("proposals/budget.html", proposal=row, ceiling=queries.ceiling_of(row), form=form, remove=forms.Remove(data={"version": row.version}), sums=totals(row.lines),
                           heads={code: h[name] for code, h in heads.items()})  # fmt: skip


@bp.route("/<pid>/files", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def attachments(pid: str) -> Any:
    row = ready(queries.for_team(current_user, pid), writable)
    name = "en" if language() == "en" else "vi"
    documents = queries.documents(str(row.call_topic.topic.kind), clock.today(), row.call_topic.call)
    form = forms.Upload(data={"version": row.version})
    form.file.description = _("PDF, Word, Excel, PNG or JPEG, at most %(n)s MB.", n=rulebook.value("files.max_bytes", on=clock.today()) // 2**20)
    form.kind.choices = [(d["code"], d[name]) for d in documents]
    if form.validate_on_submit():
        actions.changed_files(row, seen=form.version.data, at=clock.now())
        file_actions.attach(subject=row, upload=form.file.data, kind=form.kind.data, by=current_user, at=clock.now())
        return done(_saved(), url_for(".attachments", pid=pid))
    return render_template("proposals/files.html", proposal=row, form=form, attachments=files.of(row), remove=forms.Remove(data={"version": row.version}),
                           kinds={d["code"]: d[name] for d in documents}, documents=documents, name=name)  # fmt: skip


@bp.post("/<pid>/remove/<kind>/<part>")
@allow(Do.PROPOSALS_DRAFT)
@writes
def remove(pid: str, kind: str, part: str) -> Any:
    row = or_404(queries.for_team(current_user, pid))
    seen = forms.Remove().version.data
    if kind == "files":
        attachment = or_404(next((a for a in files.of(row) if a.public_id == part), None))
        actions.changed_files(row, seen=seen, at=clock.now())
        file_actions.remove(attachment, subject=row, by=current_user, at=clock.now())
        return done(_("Taken out."), url_for(".attachments", pid=pid))
    parts = {"team": row.team, "products": row.products, "budget": row.lines}.get(kind, [])
    found = or_404(next((x for x in parts if x.public_id == part), None))
    actions.remove_part(row, found, seen=seen, by=current_user, at=clock.now())
    return done(_("Taken out."), url_for(f".{kind}", pid=pid))


def _saved() -> str:
    return _("Saved at %(time)s.", time=f"{clock.local(clock.now()):%H:%M}")

