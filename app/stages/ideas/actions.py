"""The acts on ideas: draft, revise, submit, return, withdraw, link to an item, identify, decide the approved list."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.files import queries as files_of
from app.services.papers import actions as papers
from app.services.papers.models import Paper
from app.services.people.models import Organisation, User
from app.services.questionnaires.models import FormVersion
from app.services.questionnaires.rules import section_of
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day
from app.stages.ideas import (
    desk,
    minutes,
    order,
    queries,
    receiving,
    returned,
    submission,
    topics,
    wholeness,
)
from app.stages.ideas.models import Idea, Topic
from app.stages.ideas.rules import (
    IDEA,
    RECOMMENDED,
    IdeaState,
    Mode,
    Outcome,
    RedirectTo,
    check_ceiling,
    check_commitment,
    check_decidable,
    check_decision,
    check_direct_host,
    check_editable,
    check_minutes,
    check_outcome,
    check_owner,
    check_year,
    idea_code,
    searchable,
    whole_number,
)
from app.stages.plan.models import Priority
from app.stages.plan.suggestion import actions as suggestion

# what the owner may write
COLUMNS = ("title", "year", "field", "kind", "basis", "need", "aim", "contents", "products", "effects", "state_budget", "other_budget",
           "duration_months", "starts_on", "proposed_host", "receiver", "commitment", "committed_by", "state_keeps_ownership", "item")  # fmt: skip


@dataclass(frozen=True)
class Identified:
    """What identification says about one idea. Empty texts mean: as proposed."""

    outcome: Outcome
    title: str | None = None
    aim: str | None = None
    products: str | None = None
    mode: Mode | None = None
    host: Organisation | None = None
    ceiling: int | None = None
    months: int | None = None
    rank: int | None = None
    redirect_to: RedirectTo | None = None
    passed_to: str | None = None
    reason: str | None = None


def draft(values: Mapping[str, Any], *, organisation: Organisation, by: User | None, at: datetime, owner: User | None = None,
          answers: Mapping[str, Any] | None = None, draft_key: str | None = None, files: order.Files = order.NO_FILES, version: FormVersion | None = None) -> Idea:  # fmt: skip
    """Begin an order form for an organisation. `values` holds some of COLUMNS (`answers`: what the form holds, when more; `files`: those sent with it).

    A title is needed. `version`: the one of the form that was shown, when it is not the one in force.
    """
    person = owner or by
    if person is None:
        raise Incomplete(N_("An idea belongs to a person."), field="title")
    idea = Idea(owner_id=person.id, organisation_id=organisation.id, created_at=at, title="", folded="", year=local(at).year + 1)
    _write(idea, values, at)
    IDEA.begin(idea, "draft", by=by, at=at)
    order.begin(idea, answers if answers is not None else order.answers_of(values), at=at, draft_key=draft_key, version=version)
    order.keep_files(idea, files, by=by or person, at=at)
    return idea


def revise(idea: Idea, values: Mapping[str, Any], *, by: User | None, at: datetime, seen: int | str | None = None,
           answers: Mapping[str, Any] | None = None, quietly: bool = False, files: order.Files = order.NO_FILES) -> None:  # fmt: skip
    """Change a draft or a returned idea. `quietly`: what is saved while typing is no line of the journal."""
    check_owner(idea, by)
    check_editable(idea)
    check_seen(idea, seen)
    returned.check_open(idea, answers if answers is not None else order.answers_of(values), year=values.get("year"), files=[*files.uploads, *files.taken_out], at=at)
    order.keep(idea, answers if answers is not None else order.answers_of(values))
    order.keep_files(idea, files, by=by, at=at)
    _write(idea, values, at)
    db.session.flush()
    if not quietly:
        journal.record(idea, "revise", by=by, at=at)


def move_form(idea: Idea, version: FormVersion, *, by: User | None, at: datetime, seen: int | str | None = None) -> None:
    """Let a draft or a returned idea go on with a newer version of its form. Answers that it no longer asks for are kept, unseen."""
    check_owner(idea, by)
    check_editable(idea)
    check_seen(idea, seen)
    newer = order.newer(idea, on=local(at).date())
    if newer is None or newer.id != version.id:
        raise WrongState(N_("This idea cannot be moved to that version of the form."))
    row = order.stored(idea)
    before, old = row.form.number, row.form.definition
    row.form = version
    db.session.flush()
    order.keep(idea, order.known_beforehand(idea, old, at=at))
    db.session.flush()
    journal.record(idea, "move_form", by=by, at=at, detail={"before": before, "after": version.number})


def _write(idea: Idea, values: Mapping[str, Any], at: datetime) -> None:
    unknown = set(values) - set(COLUMNS)
    if unknown:
        raise TypeError(f"not a field of an order form: {sorted(unknown)}")
    if "year" in values and values["year"] != idea.year:
        with db.session.no_autoflush:  # one change of the idea is one version
            check_year(values["year"], day := local(at).date(), int(rulebook.value("ideas.plan_years_ahead", on=day)))
    for name, value in values.items():
        if name in ("receiver", "proposed_host", "item"):
            setattr(idea, name, value)
        else:
            setattr(idea, name, (nfc(value) or None) if isinstance(value, str) else value)
    if not idea.title:
        raise Incomplete(N_("The title is missing."), field="title")
    idea.folded = searchable(idea)


def submit(idea: Idea, *, by: User | None, at: datetime, seen: int | str | None = None, own_word: str | None = None) -> None:
    """Send the order form to the Department. The receiving body's commitment must stand in it, and the body is asked to confirm it.

    `own_word`: why the proposing body receives the result itself, where it is named.
    """
    check_owner(idea, by)
    check_seen(idea, seen)
    db.session.flush()
    if idea.state in (IdeaState.DRAFT, IdeaState.RETURNED):
        check_commitment(idea)
        receiving.check_own_word(idea, own_word)
        order.check_complete(idea, at=at)
        returned.note_sent(idea)
        order.name_sections(idea, [])
        idea.submitted_at, idea.return_reason = at, None
        if idea.code is None:
            year = local(at).year
            idea.code = idea_code(year, papers.next_number("idea", year))
            idea.folded = searchable(idea)
    IDEA.advance(idea, "submit", by=by, at=at, detail={"number": idea.code})
    queries.load_whole([idea])
    receiving.ask(idea, own_word=own_word, by=by, at=at)
    receipt = _receipt(idea, by=by, at=at)
    outbox.post("ideas/mail/submitted.txt", to=_owner(idea), key=f"idea-submitted:{idea.public_id}:{idea.version}", at=at, idea=idea,
                linked=order.came_by_link(idea), receipt=receipt)  # fmt: skip


def _receipt(idea: Idea, *, by: User | None, at: datetime) -> Paper:
    """The receipt as a paper: what was received, when, from whom, with the hash of the answers. Sent again after a return, there is another."""
    row = order.of(idea)
    version, sent = row.form, json.dumps({"idea": idea.code, "form": row.form.number, "answers": row.answers}, sort_keys=True, ensure_ascii=False)
    data = {"code": idea.code, "title": idea.title, "year": idea.year, "organisation": idea.organisation.name, "person": idea.owner.name,
            "receiver": idea.receiver.name if idea.receiver else "", "products": idea.products or "", "state": idea.state_budget or 0, "other": idea.other_budget or 0,
            "form": f"{version.questionnaire.name_vi}, phiên bản {version.number}", "received": f"{local(at):%H:%M:%S ngày %d/%m/%Y}",
            "files": [{"name": a.filename, "sha256": a.sha256} for a in files_of.of(idea)], "sha256": hashlib.sha256(sent.encode()).hexdigest()}  # fmt: skip
    return papers.issue(template=queries.RECEIPT, subject=idea, title=f"Giấy biên nhận phiếu đề xuất {idea.code}", data=data, by=by, at=at)


def send_back(idea: Idea, reason: str, *, by: User | None, at: datetime, seen: int | str | None = None, sections: Sequence[str] = ()) -> None:
    """Return a submitted idea to its owner, saying what to correct and in which sections (the verb is `return`)."""
    _need_reason(reason)
    check_seen(idea, seen)
    desk.off_agenda(idea, by=by, at=at)
    idea.return_reason = nfc(reason)
    named = order.name_sections(idea, sections)
    IDEA.advance(idea, "return", by=by, at=at, reason=nfc(reason), detail={"sections": named} if named else None)
    definition = order.of(idea).form.definition
    outbox.post("ideas/mail/returned.txt", to=_owner(idea), key=f"idea-returned:{idea.public_id}:{idea.version}", at=at, idea=idea, linked=order.came_by_link(idea),
                sections=[found for code in named if (found := section_of(definition, code))])  # fmt: skip


def withdraw(idea: Idea, *, by: User | None, at: datetime, reason: str | None = None, seen: int | str | None = None) -> None:
    """Take the idea back before identification begins."""
    check_owner(idea, by)
    IDEA.advance(idea, "withdraw", by=by, at=at, seen=seen, reason=nfc(reason or "") or None)
    desk.let_go(idea, by=by, at=at)


def link_item(idea: Idea, item: Priority, *, by: User | None, at: datetime, others: Sequence[Priority] = (), seen: int | str | None = None) -> None:
    """Tie the idea to its main priority item, and to any others, of the plan in force."""
    if idea.state not in (IdeaState.SUBMITTED, IdeaState.IN_IDENTIFICATION):
        raise WrongState(N_("Only a submitted idea that is not decided yet can be tied to an item."))
    if not queries.in_force(item):
        raise Incomplete(N_("Please choose an item of the plan in force."), field="item")
    check_seen(idea, seen)
    queries.load_whole([idea])
    idea.item = item
    idea.other_items = [other for other in others if other.id != item.id]
    db.session.flush()
    journal.record(idea, "link_item", by=by, at=at, detail={"item": item.code, "others": [o.code for o in idea.other_items]})
    suggestion.confirm(idea, idea.title, item, at=at)


def put_to_council(ideas: Sequence[Idea], council_pid: str, *, by: User | None, at: datetime) -> None:
    """Note that these submitted ideas are on the agenda of an identification council."""
    if not ideas:
        raise Incomplete(N_("Please choose at least one idea."), field="ideas")
    for idea in ideas:
        idea.council_pid = council_pid
        IDEA.advance(idea, "put_to_council", by=by, at=at, detail={"council": council_pid})


def take_from_council(idea: Idea, *, by: User | None, at: datetime) -> None:
    """The council was dissolved before it met: the idea waits for another."""
    idea.council_pid = None
    IDEA.advance(idea, "take_from_council", by=by, at=at)


def record_identification(idea: Idea, found: Identified, *, by: User | None, at: datetime, minutes_number: str | None = None,
                          minutes_dated: date | None = None, scan: Any = None, council_pid: str | None = None, seen: int | str | None = None) -> None:  # fmt: skip
    """Record what a council recommends for the idea: of a council held here, or by its minutes on paper.

    What was recorded from paper may be corrected until the province decides; a council's own result may not.
    At the first recording the products that the order form names become those required, where nobody wrote any.
    """
    first = idea.outcome is None
    _check_recordable(idea, minutes_number, minutes_dated, council_pid, at)
    apply_final(idea, found, at)
    idea.outcome, idea.identified_at, idea.submission_pid = found.outcome, at, None
    redirected = found.outcome == Outcome.REDIRECT
    idea.redirect_to, idea.passed_to = (found.redirect_to, nfc(found.passed_to or "") or None) if redirected else (None, None)
    idea.outcome_reason, idea.rank = nfc(found.reason or "") or None, found.rank
    idea.minutes_number, idea.minutes_dated = nfc(minutes_number or "") or None, minutes_dated
    if council_pid is not None:
        idea.council_pid = council_pid
    IDEA.advance(idea, "identify", by=by, at=at, seen=seen, reason=idea.outcome_reason,
                 detail={"outcome": str(found.outcome), "number": idea.minutes_number})  # fmt: skip
    if scan:
        minutes.keep(idea, scan, by=by, at=at)
    if first:
        desk.take_over_by_default(idea, by=by, at=at)


def _check_recordable(idea: Idea, number: str | None, dated: date | None, council_pid: str | None, at: datetime) -> None:
    by_council = idea.council_pid is not None and idea.minutes_number is None
    if by_council and idea.outcome is not None:
        raise WrongState(N_("The council's result is recorded and cannot be changed."))
    if council_pid is None:
        if not nfc(number or ""):
            raise Incomplete(N_("Please give the number of the minutes."), field="minutes_number")
        check_minutes(nfc(number or ""))
        if dated is None or dated > local(at).date():
            raise Incomplete(N_("Please give the date of the minutes; it may not lie in the future."), field="minutes_dated")
        if idea.submitted_at is not None:
            check_day(dated, field="minutes_dated", since=local(idea.submitted_at).date())


def apply_final(idea: Idea, found: Identified, at: datetime) -> None:
    """Put the final wording on the idea; both wordings are kept."""
    title, aim = nfc(found.title or "") or idea.title, nfc(found.aim or "") or idea.aim or ""
    products = nfc(found.products or "") or idea.products
    months = found.months if found.months is not None else idea.duration_months
    changed = (title, aim, products, months) != (idea.title, idea.aim or "", idea.products, idea.duration_months)
    if idea.proposed_host_id is not None and found.mode is not None:
        changed = changed or found.mode != Mode.DIRECT or found.host is None or found.host.id != idea.proposed_host_id
    check_outcome(found.outcome, title=title, aim=aim, changed=changed, redirect_to=found.redirect_to, reason=found.reason,
                  mode=found.mode, host=found.host)  # fmt: skip
    recommended = found.outcome in RECOMMENDED
    if recommended and found.mode == Mode.DIRECT and found.host is not None and found.host.id != idea.proposed_host_id:
        check_direct_host(str(found.host.kind), rulebook.value("ideas.direct_host_excluded", on=local(at).date()))
    if recommended:
        percent = int(rulebook.value("ideas.ceiling_needs_reason_above", on=local(at).date()))
        check_ceiling(found.ceiling, idea.state_budget, percent, nfc(found.reason or ""))
    idea.final_title, idea.final_aim, idea.final_products = (title, aim, products) if recommended else (None, None, None)
    idea.mode = found.mode if recommended else None
    idea.host = found.host if recommended and found.mode == Mode.DIRECT else None
    idea.ceiling, idea.final_months = (found.ceiling, found.months) if recommended else (None, None)
    idea.folded = searchable(idea)


def approve_list(ideas: Sequence[Idea], *, number: str, dated: date, by: User | None, at: datetime, symbol: str = "QĐ-UBND",
                 body: str | None = None, asked_only: bool = False, whole_only: bool = False) -> list[Topic]:  # fmt: skip
    """Decide on identified ideas as recommended: topics are made of those to carry out, the others are refused or passed on.

    One decision, one paper with the list. Returns the topics in the order of the list. `asked_only` refuses what no submission put forward,
    `whole_only` what lacks a part that its topic should have.
    """
    ordered = sorted(ideas, key=lambda i: (i.rank if i.rank is not None else 10_000, i.id))
    check_decidable(ordered)
    number, symbol = nfc(number), nfc(symbol)
    check_decision(number, symbol, dated, local(at).date())
    asked_by = submission.on_paper(ordered)
    check_day(dated, field="dated", since=max([*(i.minutes_dated or local(i.submitted_at).date() for i in ordered), *(p.dated for p in asked_by)]))
    if asked_only and (unasked := [i.code or "" for i in ordered if i.submission_pid is None]):
        raise Incomplete(N_("No submission has put %(codes)s forward. Please untick them, or confirm that the committee decides on them all the same."),
                         field="unasked", codes=", ".join(unasked))  # fmt: skip
    full = whole_number(number, symbol)
    issuer = body or rulebook.value("ideas.list_body", on=dated)
    queries.load_whole(ordered)
    if whole_only:
        wholeness.check_whole(ordered)
    for idea in ordered:
        idea.decision_number, idea.decision_date = full, dated
    made = [topics.make(idea, number=full, dated=dated, body=issuer, by=by, at=at) for idea in ordered if idea.outcome in RECOMMENDED]
    for idea in ordered:
        verb = {Outcome.DO_NOT: "reject", Outcome.NOT_ADOPTED: "reject", Outcome.REDIRECT: "redirect"}.get(idea.outcome, "approve")  # type: ignore[arg-type]
        IDEA.advance(idea, verb, by=by, at=at, reason=idea.outcome_reason, detail={"number": full} | ({} if idea.submission_pid else {"unasked": True}))
    topics.issue_decision(made, ordered, number=full, dated=dated, body=issuer, asked_in=submission.named(asked_by), by=by, at=at)
    for idea in ordered:
        outbox.post("ideas/mail/decided.txt", to=queries.authors_of(idea), key=f"idea-decided:{idea.public_id}", at=at, idea=idea)
        if idea.state == IdeaState.APPROVED:
            receiving.tell(idea, number=full, at=at)
    return made


def reject(idea: Idea, reason: str, *, by: User | None, at: datetime, seen: int | str | None = None) -> None:
    """Do not approve an identified idea, whatever was recommended."""
    _need_reason(reason)
    if idea.outcome is None:
        raise WrongState(N_("“%(title)s” has not been identified."), title=idea.title)
    idea.outcome_reason = nfc(reason)
    IDEA.advance(idea, "reject", by=by, at=at, seen=seen, reason=nfc(reason))
    queries.load_whole([idea])
    outbox.post("ideas/mail/decided.txt", to=queries.authors_of(idea), key=f"idea-decided:{idea.public_id}", at=at, idea=idea)


def _need_reason(reason: str | None) -> None:
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")


def _owner(idea: Idea) -> User:
    return db.session.get_one(User, idea.owner_id)


# the acts on topics, for whoever knows this room's actions
put_in_call, assign, reopen, drop, enter_topic = topics.put_in_call, topics.assign, topics.reopen, topics.drop, topics.enter_topic
open_again = topics.open_again
group, add_to_group, take_from_group, dissolve_group = desk.group, desk.add_to_group, desk.take_from_group, desk.dissolve_group
merge, unmerge, pass_on, turn_down, require, release = desk.merge, desk.unmerge, desk.pass_on, desk.turn_down, desk.require, desk.release
proposed, take_over = desk.proposed, desk.take_over
put_forward = submission.put_forward
UNDOABLE = desk.UNDOABLE
MODES = topics.MODES  # as papers print them
