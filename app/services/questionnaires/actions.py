"""The acts on forms: load the first versions, draft a new one, edit it, discard it, put it in force."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.people.models import User
from app.services.questionnaires import queries
from app.services.questionnaires.models import FormVersion, Questionnaire
from app.services.questionnaires.rules import (
    CODE,
    RESERVED,
    VERSION,
    Problem,
    VersionState,
    check_decision,
    problems,
    question_of,
    said,
    section_of,
)
from app.services.rulebook.rules import Mark

DATA = Path(__file__).parent / "data"


def load(*, by: User | None, at: datetime) -> int:
    """Load the forms of data/*.json: versions not yet known are added, known ones stay. Returns how many were new."""
    new = 0
    for path in sorted(DATA.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        form = queries.form_by_code(content["code"])
        if form is None:
            form = Questionnaire(code=content["code"], name_vi=content["name_vi"], name_en=content["name_en"], purpose=content.get("purpose"))
            db.session.add(form)
            db.session.flush()
        known = {v.number for v in queries.versions_of(form)}
        for entry in content["versions"]:
            if entry["number"] not in known:
                _put_first(form, entry, at)
                new += 1
    return new


def _put_first(form: Questionnaire, entry: dict[str, Any], at: datetime) -> None:
    version = FormVersion(
        questionnaire=form, number=entry["number"], definition=entry["definition"], source=entry["source"], mark=Mark(entry["mark"]),
        document_number=entry["document_number"], document_date=date.fromisoformat(entry["document_date"]), valid_from=date.fromisoformat(entry["valid_from"]),
        created_at=at)  # fmt: skip
    VERSION.begin(version, "draft", by=None, at=at)
    VERSION.advance(version, "put_in_force", by=None, at=at, detail={"number": version.document_number})


def create(code: str, *, name_vi: str, name_en: str, purpose: str, source: str, by: User, at: datetime) -> FormVersion:
    """Begin a form that was not there, with its first version as an empty draft. Raises Incomplete for a code, name or purpose that is missing or taken."""
    if not CODE.fullmatch(code) or code in RESERVED:
        raise Incomplete(N_("A code is made of small letters, digits and “_”, begins with a letter and has at most 40 characters."), field="code")
    if queries.form_by_code(code) is not None:
        raise Incomplete(N_("There is a form with this code already."), field="code")
    texts = {"name_vi": nfc(name_vi)[:200], "name_en": nfc(name_en)[:200], "purpose": nfc(purpose)[:1000]}
    for name, text in texts.items():
        if not text:
            raise Incomplete(N_("Please fill this in."), field=name)
    form = Questionnaire(code=code, **texts)
    db.session.add(form)
    db.session.flush()
    return draft(form, source=source, by=by, at=at)


def draft(form: Questionnaire, *, source: str, by: User, at: datetime, of: FormVersion | None = None) -> FormVersion:
    """Begin a new version as a copy of another (the latest when none is named)."""
    if not nfc(source):
        raise Incomplete(N_("Please name the document or the reason for the new version."), field="source")
    rows = queries.versions_of(form)
    base = of or next((v for v in rows if v.state != VersionState.DISCARDED), None)
    definition = copy.deepcopy(base.definition) if base else {"sections": [], "checks": []}
    version = FormVersion(questionnaire=form, number=queries.last_number(form.id) + 1, definition=definition, source=nfc(source)[:500], mark=Mark.G, created_at=at,
                          created_by_id=by.id)  # fmt: skip
    VERSION.begin(version, "draft", by=by, at=at)
    return version


def discard(version: FormVersion, *, reason: str, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Give up a draft; it stays in the history."""
    check_draft(version)
    if not nfc(reason):
        raise Incomplete(N_("Please give the reason."), field="reason")
    VERSION.advance(version, "discard", by=by, at=at, seen=seen, reason=nfc(reason))


def put_in_force(version: FormVersion, *, number: str, dated: date | None, valid_from: date | None, source: str, mark: Mark, by: User, at: datetime,
                 seen: int | str | None = None) -> None:  # fmt: skip
    """Freeze a draft: from `valid_from` on, new records begin with it. Raises Incomplete when the form is not sound."""
    check_draft(version)
    check_seen(version, seen)
    today = local(at).date()
    check_decision(nfc(number or ""), dated, valid_from, latest=queries.latest_start(version.questionnaire_id), today=today,
                   before=queries.latest_document(version.questionnaire_id))
    if found := queries.problems_of(version, on=today):
        raise Incomplete(N_("The form is not sound yet; problems listed on its page: %(n)s."), n=len(found))
    if not nfc(source or ""):
        raise Incomplete(N_("Please name the document and article."), field="source")
    version.document_number, version.document_date, version.valid_from = nfc(number), dated, valid_from
    version.source, version.mark = nfc(source), mark
    db.session.flush()
    VERSION.advance(version, "put_in_force", by=by, at=at, detail={"number": version.document_number, "from": str(valid_from)})


# --- editing a draft ------------------------------------------------------------------------------------------


def check_draft(version: FormVersion) -> None:
    """Raise WrongState unless the version may still be changed."""
    if version.state == VersionState.DISCARDED:
        raise WrongState(N_("This draft was discarded. Draft a new version to go on."))
    if version.state != VersionState.DRAFT:
        raise WrongState(N_("A form in force is frozen. Draft a new version to change it."))


def _editable(version: FormVersion, seen: int | str | None) -> dict[str, Any]:
    """A copy of the definition of a draft, to be changed and kept."""
    check_draft(version)
    check_seen(version, seen)
    return copy.deepcopy(version.definition)


def _keep(version: FormVersion, definition: dict[str, Any], what: str, code: str, *, by: User, at: datetime) -> None:
    version.definition = definition
    db.session.flush()
    journal.record(version, "edit", by=by, at=at, detail={"what": what, "code": code})


def _refuse(found: Iterable[Problem]) -> None:
    """Refuse the first problem: what is kept of a draft can always be shown."""
    for problem in found:
        raise Incomplete(problem.message, field=problem.about or None, **problem.params)


def _taken(definition: dict[str, Any], code: str, but: str | None) -> bool:
    return code != but and (question_of(definition, code) is not None or section_of(definition, code) is not None)


def save_section(version: FormVersion, values: dict[str, Any], *, was: str | None = None, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Add a section at the end, or change the one with the code `was`."""
    definition = _editable(version, seen)
    if _taken(definition, values["code"], was):
        raise Incomplete(N_("This code is used already."), field="code")
    dummy = {"code": "dummy", "type": "short_text", "label": {"vi": "-", "en": "-"}}
    _refuse(problems({"sections": [{**values, "questions": [dummy]}]}))
    section = section_of(definition, was) if was else None
    if section is None:
        section = {"questions": []}
        definition["sections"].append(section)
    questions = section["questions"]
    section.clear()
    section.update({k: v for k, v in values.items() if v not in (None, "")}, questions=questions)
    _keep(version, definition, "section", values["code"], by=by, at=at)


def save_question(version: FormVersion, values: dict[str, Any], *, section: str, was: str | None = None, by: User, at: datetime,
                  seen: int | str | None = None) -> None:  # fmt: skip
    """Add a question at the end of a section, or change the one with the code `was` (moving it when the section is another)."""
    definition = with_question(version, values, section=section, was=was, at=at, seen=seen)
    _keep(version, definition, "question", values["code"], by=by, at=at)


def with_question(version: FormVersion, values: dict[str, Any], *, section: str, was: str | None = None, at: datetime, seen: int | str | None = None) -> dict[str, Any]:
    """The definition as it would be with this question; nothing is kept. Raises Incomplete for what is not sound, with the property it is about."""
    definition = _editable(version, seen)
    if _taken(definition, values["code"], was):
        raise Incomplete(N_("This code is used already."), field="code")
    target = section_of(definition, section)
    if target is None:
        raise Incomplete(N_("Please choose one from the list."), field="section")
    question = {k: v for k, v in values.items() if v not in (None, "", [], {}) and v is not False}
    _refuse(queries.problems_alone(question))
    home = next((s for s in definition["sections"] if any(q["code"] == was for q in s["questions"])), None)
    if home is target:
        place = next(n for n, q in enumerate(target["questions"]) if q["code"] == was)
        target["questions"][place] = question
    else:
        if home is not None:
            home["questions"] = [q for q in home["questions"] if q["code"] != was]
        target["questions"].append(question)
    on = local(at).date()
    _refuse(p for p in problems(definition, lists=set(queries.list_names()), offered=queries.offered(definition, on=on)) if p.place == values["code"])
    return definition


def save_checks(version: FormVersion, checks: list[dict[str, Any]], *, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Replace the checks between answers."""
    definition = _editable(version, seen)
    definition["checks"] = checks
    _refuse(p for p in problems(definition, lists=set(queries.list_names())) if p.about == "terms")
    _keep(version, definition, "checks", "", by=by, at=at)


def move(version: FormVersion, code: str, by_places: int, *, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Move a section, or a question inside its section, up (-1) or down (+1)."""
    definition = _editable(version, seen)
    for row in (definition["sections"], *(s["questions"] for s in definition["sections"])):
        place = next((n for n, thing in enumerate(row) if thing["code"] == code), None)
        if place is not None:
            row.insert(max(0, place + by_places), row.pop(place))
            _keep(version, definition, "move", code, by=by, at=at)
            return
    raise Incomplete(N_("There is no such section or question."))


def delete(version: FormVersion, code: str, *, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Take a section with all its questions, or one question, out of a draft."""
    definition = _editable(version, seen)
    if section_of(definition, code) is None and question_of(definition, code) is None:
        raise Incomplete(N_("There is no such section or question."))
    definition["sections"] = [s for s in definition["sections"] if s["code"] != code]
    for section in definition["sections"]:
        section["questions"] = [q for q in section["questions"] if q["code"] != code]
    _keep(version, definition, "delete", code, by=by, at=at)


def name_of(form: Questionnaire, lang: str) -> str:
    """The form's name in the language of the page."""
    return said({"vi": form.name_vi, "en": form.name_en}, lang)
