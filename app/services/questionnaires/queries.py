"""Reads of forms: the version in force on a day, the history, what may be chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, select

from app.kernel.db import db
from app.services.people.models import Organisation, User
from app.services.questionnaires.answering import Answers, Fault, faults, list_of
from app.services.questionnaires.models import FormVersion, Questionnaire
from app.services.questionnaires.rules import (
    Definition,
    Problem,
    Source,
    Standing,
    VersionState,
    problems,
    questions,
)
from app.services.rulebook import queries as rulebook

Choices = dict[str, list[tuple[str, str]]]
_needs: dict[str, dict[str, str]] = {}
_names: dict[str, Callable[[str, str], str | None]] = {}
_uses: list[Callable[[date], Mapping[str, str]]] = []
_gone: dict[str, Callable[[str, str], str | None]] = {}
_lists: dict[str, Callable[[date, str], list[tuple[str, str]]]] = {}


def register(code: str, needs: Mapping[str, str]) -> None:
    """A stage names the questions, with their types, that it reads of its form itself."""
    _needs[code] = dict(needs)


def register_list(name: str, choices: Callable[[date, str], list[tuple[str, str]]], *, name_of: Callable[[str, str], str | None] | None = None) -> None:
    """A room offers a list to choose from: (value, label) on a day, in a language. A second registration replaces the first.

    `name_of` tells the label of a value that was once chosen and is no longer on the list.
    """
    _lists[name] = choices
    if name_of is not None:
        _names[name] = name_of


def name_in(name: str | None, value: str, lang: str) -> str | None:
    """The label of a value that is no longer on the list, if anybody knows it."""
    return _names[name](value, lang) if name in _names else None


def gone_in(name: str | None, value: Any, lang: str) -> str | None:
    """Why a value is no longer on the list, in the language of the page, where its room can tell."""
    return _gone[name](value, lang) if name in _gone and isinstance(value, str) else None


def register_use(codes: Callable[[date], Mapping[str, str]]) -> None:
    """A stage tells for which of its steps it uses which forms on a day: {code: msgid}."""
    _uses.append(codes)


def used_for(*, on: date) -> dict[str, str]:
    """What forms are used for on a day, by code (a msgid). A form that is not among them is tied to no step."""
    return {code: what for codes in _uses for code, what in codes(on).items()}


def register_gone(name: str, why: Callable[[str, str], str | None]) -> None:
    """A room tells why a value that was once chosen is no longer on its list."""
    _gone[name] = why


def list_names() -> list[str]:
    """The lists from which an officer may let people choose one or many."""
    return sorted(set(_lists) - {"organisations", "priority_items"})


def _organisations(_on: date, _lang: str) -> list[tuple[str, str]]:
    rows = db.session.execute(select(Organisation.public_id, Organisation.name).where(Organisation.active_to.is_(None)).order_by(Organisation.folded))
    return [(pid, name) for pid, name in rows]


def _of_rulebook(key: str) -> Callable[[date, str], list[tuple[str, str]]]:
    return lambda on, lang: [(row["code"], row["en" if lang == "en" else "vi"]) for row in rulebook.value(key, on=on)]


def _organisation(pid: str, _lang: str) -> str | None:
    return db.session.scalar(select(Organisation.name).where(Organisation.public_id == pid))


register_list("organisations", _organisations, name_of=_organisation)
for _key in ("ideas.task_types", "ideas.fields"):
    register_list(_key, _of_rulebook(_key))


def choices_for(definition: Definition, *, on: date, lang: str) -> Choices:
    """The lists that this definition asks for, as they stand on a day."""
    wanted = {list_of(q) for q in questions(definition)} | {list_of(c) for q in questions(definition) for c in q.get("columns") or []}
    return {name: _lists[name](on, lang) for name in wanted if name in _lists}


def wrong(definition: Definition, answers: Answers, *, choices: Choices, complete: bool = False, always: frozenset[str] | set[str] = frozenset()) -> list[Fault]:
    """What is wrong with the answers, judged by these lists."""
    return faults(definition, answers, choices={name: [v for v, _l in rows] for name, rows in choices.items()}, complete=complete, always=always)


def problems_of(version: FormVersion, *, on: date) -> list[Problem]:
    """What keeps this version from being put in force; what lists offer is taken as it stands on a day."""
    return problems(version.definition, lists=set(list_names()), needs=_needs.get(version.questionnaire.code), offered=offered(version.definition, on=on))


def offered(definition: Definition, *, on: date) -> dict[str, list[str]]:
    """What the lists hold from which the questions of a sound or unsound definition are chosen."""
    wanted = {str(q.get("list")) for s in definition.get("sections", []) for q in s.get("questions", []) if q.get("list")}
    return {name: [value for value, _label in _lists[name](on, "vi")] for name in wanted if name in _lists}


def problems_alone(question: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with a question taken by itself: its condition, and the questions that its formula names, aside."""
    bare = {k: v for k, v in question.items() if k != "when"}
    found = problems({"sections": [{"code": "alone", "label": {"vi": "-", "en": "-"}, "questions": [bare]}]}, lists=set(list_names()))
    return [p for p in found if p.about != "formula_terms"]


def needs_of(code: str) -> dict[str, str]:
    """The questions that the stage of this form reads itself."""
    return _needs.get(code, {})


def forms() -> list[Questionnaire]:
    """All forms."""
    return list(db.session.scalars(select(Questionnaire).order_by(Questionnaire.code)))


def form_by_code(code: str) -> Questionnaire | None:
    return db.session.scalar(select(Questionnaire).where(Questionnaire.code == code))


def versions_statement() -> Select[Any]:
    """All versions of all forms."""
    return select(FormVersion).join(Questionnaire)


def versions_of(form: Questionnaire) -> list[FormVersion]:
    """The versions of a form, newest first."""
    return list(db.session.scalars(select(FormVersion).where(FormVersion.questionnaire_id == form.id).order_by(FormVersion.number.desc())))


def version_by_pid(pid: str) -> FormVersion | None:
    return db.session.scalar(select(FormVersion).where(FormVersion.public_id == pid))


def version_by_id(row_id: int) -> FormVersion | None:
    return db.session.get(FormVersion, row_id)


def in_force(code: str, *, on: date) -> FormVersion | None:
    """The version of a form that a record begun on this day is given."""
    statement = select(FormVersion).join(Questionnaire).where(Questionnaire.code == code, FormVersion.state == VersionState.IN_FORCE, FormVersion.valid_from <= on)
    return db.session.scalar(statement.order_by(FormVersion.valid_from.desc()).limit(1))


def latest_start(form_id: int) -> date | None:
    """The first day of the latest version in force."""
    return db.session.scalar(select(func.max(FormVersion.valid_from)).where(FormVersion.questionnaire_id == form_id, FormVersion.state == VersionState.IN_FORCE))


def replaced_on(version: FormVersion) -> date | None:
    """The first day of the version that took this one's place."""
    return db.session.scalar(select(func.min(FormVersion.valid_from)).where(
        FormVersion.questionnaire_id == version.questionnaire_id, FormVersion.state == VersionState.IN_FORCE, FormVersion.valid_from > version.valid_from))


def latest_document(form_id: int) -> date | None:
    """The day of the newest document by which a version of this form was put in force."""
    return db.session.scalar(select(func.max(FormVersion.document_date)).where(FormVersion.questionnaire_id == form_id, FormVersion.state == VersionState.IN_FORCE))


def last_number(form_id: int) -> int:
    """The highest number given to a version of this form."""
    return db.session.scalar(select(func.max(FormVersion.number)).where(FormVersion.questionnaire_id == form_id)) or 0


def _in_use(on: date) -> Any:
    """The ids of the versions in force on a day: of each form the latest that has begun."""
    began = (FormVersion.state == VersionState.IN_FORCE, FormVersion.valid_from <= on)
    latest = select(FormVersion.questionnaire_id, func.max(FormVersion.valid_from).label("day")).where(*began).group_by(FormVersion.questionnaire_id).subquery()
    same = and_(FormVersion.questionnaire_id == latest.c.questionnaire_id, FormVersion.valid_from == latest.c.day)
    return select(FormVersion.id).join(latest, same).where(*began)


def in_use(*, on: date) -> set[int]:
    """The ids of the versions in force on a day, of all forms."""
    return set(db.session.scalars(_in_use(on)))


def standing(version: FormVersion, *, on: date, used: set[int] | None = None) -> Standing:
    """What the version is on a day. `used`: the versions in force then, when the caller knows them."""
    if version.state != VersionState.IN_FORCE or version.valid_from is None:
        return Standing(str(version.state))
    if version.valid_from > on:
        return Standing.TO_COME
    return Standing.IN_USE if version.id in (in_use(on=on) if used is None else used) else Standing.PAST


def of_standing(statement: Select[Any], value: str, *, on: date) -> Select[Any]:
    """The versions that stand so on a day."""
    standing = Standing(value)
    if standing in (Standing.DRAFT, Standing.DISCARDED):
        return statement.where(FormVersion.state == str(standing))
    begun = statement.where(FormVersion.state == VersionState.IN_FORCE)
    if standing == Standing.TO_COME:
        return begun.where(FormVersion.valid_from > on)
    used = FormVersion.id.in_(_in_use(on))
    return begun.where(used) if standing == Standing.IN_USE else begun.where(FormVersion.valid_from <= on, ~used)


def prefilled(definition: Definition, *, person: User | None, organisation: Organisation | None, at: datetime, today: date) -> dict[str, Any]:
    """The answers that a new form takes from what is known."""
    known: dict[Source, Any] = {
        Source.PERSON_NAME: person.name if person else None, Source.PERSON_EMAIL: person.email if person else None,
        Source.ORGANISATION: organisation.public_id if organisation else None, Source.TODAY: today.isoformat(),
        Source.NEXT_YEAR: date(today.year + 1, 1, 1).isoformat(),
    }  # fmt: skip
    found = {q["code"]: known[Source(q["prefill"])] for q in questions(definition) if q.get("prefill")}
    return {code: value for code, value in found.items() if value is not None}

