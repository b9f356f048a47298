"""/proposals: my dossiers, the task list of one, its sections."""

from __future__ import annotations

from typing import Any

from flask import g, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func

from app.acts import fits, ready
from app.downloads import download
from app.kernel import clock, journal
from app.kernel.db import folded
from app.kernel.errors import Refused, Stale
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import SIGNED_IN, allow, done, or_404, sentence_of, writes
from app.kernel.words import N_
from app.services.files import actions as file_actions
from app.services.files import queries as files
from app.services.papers import queries as papers
from app.shown import language
from app.stages.calls.rules import APPLICANTS, BEFORE_OPENING, DOSSIER_LISTERS
from app.stages.ideas.queries import ordering_bodies, topic_years
from app.stages.plan import scope
from app.stages.proposals import (
    actions,
    checking,
    checklist,
    comments,
    forms,
    giving,
    late,
    narrowed,
    newpi,
    opening,
    overlaps,
    places,
    queries,
    sendingback,
    submitting,
    team,
    transcribing,
    transcripts,
    work,
)
from app.stages.proposals import general as kept
from app.stages.proposals.drafts import takes_changes
from app.stages.proposals.eligibility import overdue
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import PROPOSAL, Access, ProposalState, totals
from app.stages.proposals.views.blueprint import (
    arrived,
    bp,
    named,
    writable,
)
from app.stages.proposals.views.promised import parts_shown
from app.stages.proposals.views.work import parts_of, sheet_of

DOSSIER_LISTERS.append(opening.list_dossiers)
BEFORE_OPENING.append(late.check_all_answered)
APPLICANTS.append(queries.applicants)


def _found(statement: Any, text: str) -> Any:
    words = func.coalesce(Proposal.code, "") + " " + Proposal.title
    return statement.where(*(folded(words).contains(word, autoescape=True) for word in fold(text).split()))


def _listing() -> Listing:
    return Listing(
        queries.list_statement(current_user), request.args, key=Proposal.id, default="-created",
        columns=[Column("created", N_("Begun"), lambda p: p.created_at, sort=Proposal.created_at), Column("code", N_("Dossier"), lambda p: p.code),
                 Column("title", N_("Title"), lambda p: p.title, sort=Proposal.folded), Column("host", N_("Host organisation"), lambda p: p.host.name),
                 Column("state", N_("State"), lambda p: p.state)],
        filters=[Filter("q", N_("Search"), _found),
                 Filter("state", N_("State"), lambda s, v: s.where(Proposal.state == v), choices=[(str(x), x.label) for x in ProposalState]),
                 Filter("item", N_("Priority item"), lambda s, v: s.where(scope.within(Proposal.item_id, v)),
                        choices=scope.choices(request.args.get("item"), english=language() == "en")),
                 Filter("call", N_("Call"), narrowed.of_call_named, choices=narrowed.published_calls()),
                 Filter("year", N_("Year"), narrowed.of_year, choices=[(str(y), str(y)) for y in topic_years()]),
                 Filter("body", N_("Ordering body"), narrowed.ordered_by, choices=ordering_bodies())],
    )  # fmt: skip


@bp.get("/")
@allow(SIGNED_IN)
def index() -> Any:
    return render_template("proposals/index.html", listing=_listing())


@bp.get("/list.xlsx")
@allow(SIGNED_IN)
def index_xlsx() -> Any:
    return download(_listing().xlsx(_("Proposals")), "ho-so.xlsx")


def _has_place(row: Proposal) -> bool:
    """Could the person give this dossier's place up now?"""
    try:
        actions.check_giving_up(row, current_user)
    except Refused:
        return False
    return True


def _together(row: Proposal, access: Access | None, draft: bool) -> dict[str, Any]:
    """What the team and the host see of their work together; nobody else, and nobody after submission."""
    if access is None or not draft or row.is_transcript:
        return {"given": {}, "open_comments": {}, "back": None, "lead": None, "leaves": False, "access": None, "button": forms.Remove()}
    back, known = sendingback.sent_back(row), places.labels(row)
    return {"given": giving.of(row), "open_comments": comments.open_counts(row), "back": back,
            "back_names": [named(known[p]) for p in back.places if p in known] if back is not None and len(back.places) < len(known) else [], "lead": newpi.waiting(row), "access": access,
            "leaves": row.pi_id != current_user.id and any(m.user_id == current_user.id for m in row.team), "button": forms.Remove()}  # fmt: skip


def _from_paper(row: Proposal) -> dict[str, Any]:
    """What was entered of a dossier on paper, and what this officer may do about it."""
    found = transcripts.of_draft(row) if row.is_transcript else transcripts.of_paper(row) if row.paper is not None else None
    acts: dict[str, Any] = {}
    if current_user.can(Do.PROPOSALS_CHECK) and row.is_transcript:
        guards = {"hand_over": transcribing.check_handable, "compare": transcribing.check_comparable, "end": transcribing.check_endable}
        acts = {name: fits(row, guard) for name, guard in guards.items()}
    elif current_user.can(Do.PROPOSALS_CHECK) and row.paper is not None and not current_user.belongs_to(row.host_id):
        acts = {"begin": fits(row, transcribing.check_beginnable), "draft": transcripts.draft_pid(found) if found is not None and found.confirmed_at is None else None}
    return {"transcript": found, "transcript_acts": acts}


def _checked(row: Proposal, mine: bool) -> dict[str, Any]:
    """What came of the check so far, and what this person may do about it."""
    opened = not queries.is_sealed(row)
    requests = checklist.remedies_of(row) if opened else []
    return {"checking": checking, "requests": requests, "added": checklist.added_to(requests), "overdue": overdue, "today": clock.today(),
            "answers": mine and row.pi_id == current_user.id or current_user.manages(row.host_id),
            "compares": opened and overlaps.may_compare(row, current_user),
            "compared": list(checklist.judgements_on_overlaps(row).values()) if opened and overlaps.may_compare(row, current_user) else []}  # fmt: skip


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
        "proposals/show.html", proposal=row, lead_name=transcripts.lead_name(row), problems=actions.problems_of(row, at=clock.now(), parts=found) if draft else [], sums=totals(row.lines), mine=mine,
        draft=draft, manages=current_user.manages(row.host_id), attachments=files.of(row), papers=papers.of(row), moves=dict(PROPOSAL.moves(row)),
        timeline_entries=journal.timeline([journal.subject_key(row)]), heads=queries.heads(clock.today(), call),
        version=queries.latest_version(row), ceiling=queries.ceiling_of(row), open=takes_changes(row, clock.now()) if row.is_transcript else actions.is_open(call, clock.now()),
        kinds={d["code"]: d["en" if language() == "en" else "vi"] for d in queries.documents(str(row.call_topic.topic.kind), clock.today(), call)},
        planned=parts_shown(row),
        remedy=queries.remedy_until(row, clock.local(row.checked_at).date()) if refused else None, sheet=sheet_of(row), form_version=work.form_of(row), place_to_give_up=_has_place(row),
        parts=parts_of(row, found) if draft and mine else [], **_together(row, access, draft), **_checked(row, mine), **_from_paper(row), fits=fits,
        replaces=queries.replaced_by(row), withdrawable=fits(row, lambda p, by: submitting.check_withdrawable(p, by, arrived())),
        replaceable=fits(row, lambda p, by: submitting.check_replaceable(p, by, arrived())))  # fmt: skip


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
    return render_template("proposals/general.html", proposal=row, form=form)


@bp.post("/<pid>/general/autosave")
@allow(Do.PROPOSALS_DRAFT)
@writes
def general_autosave(pid: str) -> Any:
    if "refusal" in g:  # there is no page to show again: the sentence goes out by itself
        if isinstance(g.refusal, Stale):
            raise g.refusal
        return jsonify(refused=sentence_of(g.pop("refusal")))
    row = ready(queries.for_team(current_user, pid), writable)
    form = forms.GeneralKept()
    if not form.validate_on_submit():
        wrong = next((f for f in form if f.errors), None)
        return jsonify(refused=f"{wrong.label.text}: {wrong.errors[0]}" if wrong is not None else form.form_errors[0]), 422
    if not form.title.data:
        return jsonify(gap=True)
    mark = kept.keep(row, title=form.title.data, aim=form.aim.data or None, duration_months=form.duration_months.data, seen=form.version.data, by=current_user, at=clock.now())
    return jsonify(version=mark, time=f"{clock.local(clock.now()):%H:%M}")


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
    parts = {"team": row.team, "products": row.products, "budget": row.lines, "uses": row.uses, "plan": row.milestones}.get(kind, [])
    found = or_404(next((x for x in parts if x.public_id == part), None))
    actions.remove_part(row, found, seen=seen, by=current_user, at=clock.now())
    return done(_("Taken out."), url_for(f".{kind}", pid=pid))


def _saved() -> str:
    return _("Saved at %(time)s.", time=f"{clock.local(clock.now()):%H:%M}")

