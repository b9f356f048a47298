"""The work description (thuyết minh) of a dossier: its questionnaire, its answers section by section, and every saving of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import flag_modified

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, Stale, WrongState
from app.kernel.words import N_
from app.services.people.models import User
from app.services.questionnaires import filing
from app.services.questionnaires import queries as questionnaires
from app.services.questionnaires.answering import Fault, is_empty, list_of, too_long
from app.services.questionnaires.differing import changed, same
from app.services.questionnaires.models import FormVersion
from app.services.questionnaires.rules import (
    LONGEST_ANSWER,
    Definition,
    questions,
    said,
)
from app.services.rulebook import queries as rulebook
from app.stages.calls.models import Call
from app.stages.calls.queries.asked import work_forms
from app.stages.proposals import queries
from app.stages.proposals.drafts import check_place, touch
from app.stages.proposals.models import Proposal, WorkForm, WorkSaving
from app.stages.proposals.rules import How, Problem, Standing
from app.stages.proposals.texts import codes_of, merge, shrank

SITTING = timedelta(minutes=10)  # what one person saves within it is one saving
Files = tuple[Mapping[str, Any], Collection[str]]
NO_FILES: Files = ({}, ())
_NAMED = joinedload(WorkSaving.saved_by).lazyload("*")  # only the name is shown
CUT = 200  # characters: an answer that loses so many leaves what was there before in the history


@dataclass(frozen=True)
class Part:
    """A section of the work description and how far it is."""

    code: str
    number: str
    label: Mapping[str, str]
    standing: Standing
    needed: bool
    faults: list[Fault]
    saved: WorkSaving | None


def _used(on: date) -> dict[str, str]:
    return dict.fromkeys(map(str, rulebook.value("proposals.work_questionnaires", on=on).values()), N_("The work description of dossiers"))


questionnaires.register_use(_used)


def current(call: Call, kind: str, on: date) -> FormVersion:
    """The version that a dossier for such a task is given: the one in force when its call was published, else on that day."""
    names = queries.setting("proposals.work_questionnaires", on, call)
    day = local(call.opens_at).date() if call.opens_at is not None else on
    version = work_forms(names, [kind], day).get(kind)
    if version is None:
        raise WrongState(N_("No form of the work description is in force for this type of task. Please ask the Department."))
    return version


def form_of(proposal: Proposal) -> FormVersion:
    """The version this dossier began with."""
    if proposal.work_form is not None and (version := questionnaires.version_by_id(proposal.work_form.form_version_id)) is not None:
        return version
    return current(proposal.call_topic.call, str(proposal.call_topic.topic.kind), local(proposal.created_at).date())


def begin(proposal: Proposal, version: FormVersion) -> None:
    """Give a new dossier its form."""
    db.session.add(WorkForm(proposal_id=proposal.id, form_version_id=version.id))


def answers_of(proposal: Proposal) -> dict[str, Any]:
    """The answers as they stand, by question code."""
    return proposal.work or {}


def labels_of(definition: Definition, *, on: date, lang: str) -> dict[str, dict[str, str]]:
    """The labels of everything that may be chosen: by question, or question.column, value → label."""
    lists = questionnaires.choices_for(definition, on=on, lang=lang)
    found = {}
    for question in questions(definition):
        for place, asked in ((question["code"], question), *((f"{question['code']}.{c['code']}", c) for c in question.get("columns") or [])):
            offered = lists.get(list_of(asked) or "", []) or [(o["code"], said(o, lang)) for o in asked.get("options") or []]
            if offered:
                found[place] = dict(offered)
    return found


# --- what was saved -------------------------------------------------------------------------------------------


def latest(proposal: Proposal) -> dict[str, WorkSaving]:
    """The last saving of each section."""
    last = select(WorkSaving.section, func.max(WorkSaving.number).label("number")).where(WorkSaving.proposal_id == proposal.id).group_by(WorkSaving.section).subquery()
    rows = select(WorkSaving).join(last, (last.c.section == WorkSaving.section) & (last.c.number == WorkSaving.number)).where(WorkSaving.proposal_id == proposal.id)
    return {row.section: row for row in db.session.scalars(rows.options(_NAMED))}


def number_of(proposal: Proposal, section: str) -> int:
    """The number of the last saving of a section; 0 before the first."""
    return db.session.scalar(select(func.max(WorkSaving.number)).where(WorkSaving.proposal_id == proposal.id, WorkSaving.section == section)) or 0


def page_number(seen: Any) -> int:
    """The number that a page was shown with; -1 for what is none."""
    text = str(seen)
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def base_of(proposal: Proposal, section: str, number: int) -> dict[str, Any] | None:
    """The section as it was when a page with this number was shown; None when that is no longer known."""
    return db.session.scalar(select(WorkSaving.answers).where(WorkSaving.proposal_id == proposal.id, WorkSaving.section == section, WorkSaving.number == number))


def history(proposal: Proposal, section: str) -> list[WorkSaving]:
    """Every saving of a section, newest first."""
    rows = select(WorkSaving).where(WorkSaving.proposal_id == proposal.id, WorkSaving.section == section).order_by(WorkSaving.number.desc())
    return list(db.session.scalars(rows.options(_NAMED).limit(200)))


# --- how far it is --------------------------------------------------------------------------------------------


def faults_of(proposal: Proposal, definition: Definition, *, at: datetime) -> list[Fault]:
    """What is missing or wrong in the whole work description."""
    choices = questionnaires.choices_for(definition, on=local(at).date(), lang="vi")
    return questionnaires.wrong(definition, answers_of(proposal), choices=choices, complete=True)


def parts(proposal: Proposal, *, at: datetime, saved: dict[str, WorkSaving] | None = None) -> list[Part]:
    """The sections, in the order of the form, each with its standing. `saved`: what `latest` found already."""
    definition = form_of(proposal).definition
    found, saved, answers = faults_of(proposal, definition, at=at), latest(proposal) if saved is None else saved, answers_of(proposal)
    made = []
    for section in definition["sections"]:
        codes = {q["code"] for q in section["questions"]}
        faults = [f for f in found if f.code in codes]
        empty = all(is_empty(answers.get(code)) for code in codes)
        standing = Standing.NOT_BEGUN if empty else Standing.IN_WORK if faults else Standing.COMPLETE
        made.append(Part(section["code"], section.get("number", ""), section["label"], standing, bool(faults), faults, saved.get(section["code"])))
    return made


def lacking(found: Sequence[Part]) -> list[Problem]:
    """What keeps the work description from being complete, one line for each section."""
    return [Problem("work", N_("The work description is not complete; answers missing or wrong: %(n)s."), {"n": len({f.code for f in part.faults})},
                    name=part.label, place=part.code) for part in found if part.faults]  # fmt: skip


# --- saving ---------------------------------------------------------------------------------------------------


def save(proposal: Proposal, answers: Mapping[str, Any], *, by: User, at: datetime, how: How = How.TYPED, seen: Mapping[str, Any] | None = None) -> list[str]:
    """Save answers of any sections; returns the sections that changed. What is as it was changes nothing, not even the host's signature.

    `seen` are the numbers of the sections as they were shown. Raises Stale when one was saved since.
    """
    queries.held(proposal)
    if code := too_long(answers):
        raise Incomplete(N_("Please use at most %(n)s characters."), field=code, n=LONGEST_ANSWER)
    version = form_of(proposal)
    before, last = answers_of(proposal), latest(proposal)
    for section, number in (seen or {}).items():
        _check_number(last.get(section), number)
    touched = [(s["code"], codes) for s in version.definition["sections"] if (codes := changed(codes_of(version.definition, s["code"]), before, {**before, **answers}))]
    if not touched:
        return []
    touch(proposal, at)
    check_place(proposal, *(f"work-{section}" for section, _codes in touched))
    if proposal.work_form is None:
        begin(proposal, version)
    proposal.work = {**before, **{code: answers[code] for _section, codes in touched for code in codes}}
    flag_modified(proposal, "work")
    kept = [_keep(proposal, section, {c: proposal.work.get(c) for c in codes_of(version.definition, section)}, last.get(section), how=how, by=by, at=at)
            for section, _codes in touched]  # fmt: skip
    if new := [row.section for row in kept if row.saved_at == row.began_at]:
        journal.record(proposal, "save_work", by=by, at=at, detail={"sections": new, "how": str(how)})
    db.session.flush()
    db.session.refresh(proposal, ["work_form"])
    return [section for section, _codes in touched]


def _check_number(last: WorkSaving | None, number: Any) -> None:
    if number not in (None, "") and str(number) != str(last.number if last is not None else 0):
        raise Stale(N_("Somebody else saved this section while you were writing. Both texts are below; nothing is lost."))


def _keep(proposal: Proposal, section: str, answers: dict[str, Any], last: WorkSaving | None, *, how: How, by: User, at: datetime) -> WorkSaving:
    """Note a saving: in the one of this sitting, or as a new one."""
    going_on = last is not None and last.how == how == How.TYPED and last.saved_by_id == by.id and timedelta(0) <= at - last.began_at < SITTING
    if going_on and last is not None and not shrank(last.answers, answers, by=CUT):
        last.number, last.answers, last.saved_at = last.number + 1, answers, at
        return last
    row = WorkSaving(proposal_id=proposal.id, section=section, number=(last.number if last is not None else 0) + 1, how=how, answers=answers, began_at=at,
                     saved_at=at, saved_by_id=by.id)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def save_section(proposal: Proposal, section: str, answers: Mapping[str, Any], *, seen: Any, by: User, at: datetime, files: Files = NO_FILES) -> bool:
    """Save one section as written on a page with the number `seen`; True when somebody else's answers were brought in.

    `files` are uploads by question code, and the questions whose file is taken out.

    Two people who answered different questions both keep what they wrote. Raises Stale where both answered the same one.
    """
    queries.held(proposal)
    codes = codes_of(form_of(proposal).definition, section)
    given = {code: answers.get(code) for code in codes if code in answers}
    now = number_of(proposal, section)
    number = now if seen in (None, "") else page_number(seen)
    if any(files):
        touch(proposal, at, place=f"work-{section}")
        given = filing.keep(files[0], subject=proposal, answers=given, taken_out=files[1], by=by, at=at)
    if number == now:
        save(proposal, given, by=by, at=at)
        return False
    brought = merge(given, base_of(proposal, section, number), given, answers_of(proposal))
    if brought.conflicts:
        raise Stale(N_("Somebody else saved this section while you were writing. Both texts are below; nothing is lost."))
    save(proposal, brought.answers, how=How.MERGED, by=by, at=at)
    return True


def settle(proposal: Proposal, section: str, mine: Mapping[str, Any], chosen: Mapping[str, str], *, seen: Any, by: User, at: datetime) -> None:
    """Decide question by question between what stands and what I wrote: `mine`, `theirs`, or `both` one after the other.

    What is not taken stays in the history. Raises Stale when somebody saved again meanwhile.
    """
    queries.held(proposal)
    definition, last, theirs = form_of(proposal).definition, latest(proposal).get(section), answers_of(proposal)
    _check_number(last, seen)
    codes = [code for code in codes_of(definition, section) if code in mine]
    result = {code: _choose(chosen.get(code, "mine"), mine.get(code), theirs.get(code)) for code in codes}
    aside = None
    if any(chosen.get(code) == "theirs" and not same(mine.get(code), theirs.get(code)) for code in codes):
        touch(proposal, at, place=f"work-{section}")
        aside = _keep(proposal, section, {code: mine.get(code) for code in codes}, last, how=How.ASIDE, by=by, at=at)
    if not save(proposal, result, how=How.MERGED, by=by, at=at) and aside is not None:
        _keep(proposal, section, {c: theirs.get(c) for c in codes_of(definition, section)}, aside, how=How.MERGED, by=by, at=at)  # the last one is what stands
        journal.record(proposal, "save_work", by=by, at=at, detail={"sections": [section], "how": str(How.ASIDE)})


def _choose(choice: str, mine: Any, theirs: Any) -> Any:
    if choice == "theirs":
        return theirs
    if choice == "both" and isinstance(mine, str) and isinstance(theirs, str):
        return f"{theirs}\n\n{mine}"
    return mine


def restore(proposal: Proposal, saving: WorkSaving, *, seen: Any, by: User, at: datetime) -> None:
    """Bring a section back as it was saved then; what stands now stays in the history."""
    known = set(codes_of(form_of(proposal).definition, saving.section))
    kept = filing.without(form_of(proposal).definition, saving.answers)  # a file that was taken out does not come back
    save(proposal, {c: v for c, v in kept.items() if c in known}, how=How.RESTORED, seen={saving.section: seen}, by=by, at=at)


def saving_of(proposal: Proposal, pid: str) -> WorkSaving | None:
    """A saving of this dossier."""
    return db.session.scalar(select(WorkSaving).options(_NAMED).where(WorkSaving.public_id == pid, WorkSaving.proposal_id == proposal.id))


def previous(saving: WorkSaving) -> WorkSaving | None:
    """The saving of the section that came before this one."""
    rows = select(WorkSaving).where(WorkSaving.proposal_id == saving.proposal_id, WorkSaving.section == saving.section, WorkSaving.number < saving.number)
    return db.session.scalar(rows.options(_NAMED).order_by(WorkSaving.number.desc()).limit(1))

