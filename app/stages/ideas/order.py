"""The order form of an idea (phiếu đề xuất đặt hàng): its questionnaire, its answers, and the columns filled from them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified, set_committed_value

from app.kernel.clock import local
from app.kernel.db import MONEY_MAX, db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.words import N_
from app.services.people.models import Organisation, User
from app.services.people.queries import organisation_by_pid
from app.services.questionnaires import filing
from app.services.questionnaires import queries as questionnaires
from app.services.questionnaires.answering import Fault, day_of, too_long
from app.services.questionnaires.models import FormVersion
from app.services.questionnaires.rules import (
    LONGEST_ANSWER,
    Standing,
    question_of,
    questions,
    section_of,
)
from app.services.rulebook import queries as rulebook
from app.stages.ideas import plausible
from app.stages.ideas.models import Idea, OrderForm, OrderLink
from app.stages.ideas.rules import LONGEST_MONTHS, ProductKind
from app.stages.plan import queries as plans
from app.stages.plan.models import Priority

CODE = "ideas_order_form"
PRODUCTS = "product_list"  # the table of products, where a version has it
ALWAYS = frozenset({"title"})  # without it not even a draft is kept
# what councils, topics and the receiver's commitment are made of: no version of the form may leave it out
NEEDS = {"title": "short_text", "kind": "one_of", "aim": "long_text", "products": "long_text", "receiver": "organisation", "commitment": "long_text",
         "committed_by": "short_text"}  # fmt: skip
TEXTS = {"title": 500, "field": 40, "kind": 40, "basis": 0, "need": 0, "aim": 0, "contents": 0, "products": 0, "effects": 0, "commitment": 0, "committed_by": 200}
AMOUNTS = ("state_budget", "other_budget")


def _items(_on: date, lang: str) -> list[tuple[str, str]]:
    return [(i.public_id, f"{i.code} {i.title_en if lang == 'en' else i.short_vi}") for i in plans.items()]


def _item(pid: str, lang: str) -> str | None:
    """An item of a plan that has been replaced meanwhile."""
    row = plans.item_by_pid(pid)
    return f"{row.face} {row.title_en if lang == 'en' else row.short_vi}" if row is not None else None


questionnaires.register(CODE, NEEDS)
questionnaires.register_use(lambda _on: {CODE: N_("The order form of ideas")})
questionnaires.register_list("priority_items", _items, name_of=_item)


def current(on: date) -> FormVersion:
    """The version that an order form begun on this day is given."""
    version = questionnaires.in_force(CODE, on=on)
    if version is None:
        raise WrongState(N_("No order form is in force. Please ask the Department."))
    return version


def shown_or_current(pid: str | None, on: date) -> FormVersion:
    """The version that a page begun a while ago showed, for as long as a page may stay open; else the one in force.

    Who was typing when a newer version came into force goes on with what they saw: nothing typed is lost.
    """
    newest = current(on)
    shown = questionnaires.version_by_pid(pid) if pid and pid != newest.public_id else None
    if shown is None or shown.questionnaire_id != newest.questionnaire_id or questionnaires.standing(shown, on=on) != Standing.PAST:
        return newest
    replaced = questionnaires.replaced_on(shown)
    return shown if replaced is not None and (on - replaced).days < int(rulebook.value("ideas.form_open_days", on=on)) else newest


def of(idea: Idea) -> OrderForm:
    """The filled form of an idea. One from before forms were data has the first version and the answers of its columns; it is not stored by reading."""
    row = db.session.get(OrderForm, idea.id)
    if row is None:
        version = current(local(idea.created_at).date())
        row = OrderForm(idea_id=idea.id, form_version_id=version.id, answers=answers_of(_columns(idea)), return_sections=[])
        set_committed_value(row, "form", version)
    return row


def stored(idea: Idea) -> OrderForm:
    """The filled form as a row to be changed."""
    row = of(idea)
    db.session.add(row)
    return row


def _columns(idea: Idea) -> dict[str, Any]:
    names = (*TEXTS, *AMOUNTS, "duration_months", "starts_on", "state_keeps_ownership", "receiver", "proposed_host", "item")
    return {name: getattr(idea, name) for name in names}


def answers_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Answers by question code, from the values of columns."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name == "year":
            continue
        code = "host" if name == "proposed_host" else name
        plain = value.public_id if isinstance(value, Organisation | Priority) else value.isoformat() if isinstance(value, date) else value
        found[code] = plain
    return found


def values_of(answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the columns of Idea hold of these answers; what cannot be read, or does not fit, leaves its column empty."""
    found: dict[str, Any] = {}
    for code, longest in TEXTS.items():
        value = answers.get(code)
        found[code] = value if isinstance(value, str) and (not longest or len(value) <= longest) else None
    for code in AMOUNTS:
        found[code] = _whole(answers.get(code), 0, MONEY_MAX)
    found["duration_months"] = _whole(answers.get("duration_months"), 1, LONGEST_MONTHS)
    found["starts_on"] = day_of(answers.get("starts_on"))
    found["state_keeps_ownership"] = answers.get("state_keeps_ownership") is True
    found["receiver"], found["proposed_host"] = (_body(answers.get(code)) for code in ("receiver", "host"))
    found["item"] = plans.item_by_pid(pid) if isinstance(pid := answers.get("item"), str) else None
    return found


def _whole(value: Any, low: int, high: int) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high else None


def _body(pid: Any) -> Organisation | None:
    return organisation_by_pid(pid) if isinstance(pid, str) else None


def begin(idea: Idea, answers: Mapping[str, Any], *, at: datetime, draft_key: str | None = None, version: FormVersion | None = None) -> OrderForm:
    """Give a new idea its form: the version that was shown, else the one in force today."""
    _check_size(answers)
    version = version or current(local(at).date())
    row = OrderForm(idea_id=idea.id, form=version, answers=filing.without(version.definition, answers), return_sections=[], draft_key=draft_key)
    db.session.add(row)
    return row


def keep(idea: Idea, answers: Mapping[str, Any]) -> None:
    """Store answers beside those that are there. The idea's own counter grows, so that a second editor is told."""
    _check_size(answers)
    row = stored(idea)
    row.answers = {**row.answers, **filing.without(row.form.definition, answers)}
    flag_modified(idea, "folded")


@dataclass(frozen=True)
class Files:
    """Files that were sent as answers, by question, and the questions whose file is taken out."""

    uploads: Mapping[str, Any] = field(default_factory=dict)
    taken_out: Collection[str] = ()


NO_FILES = Files()


def keep_files(idea: Idea, files: Files, *, by: User | None, at: datetime) -> None:
    """Attach the files that were sent to the idea, and note them as answers."""
    if not files.uploads and not files.taken_out:
        return
    row = stored(idea)
    known = set(filing.asked(row.form.definition))
    taken = [code for code in files.taken_out if code in known]
    row.answers = filing.keep({c: u for c, u in files.uploads.items() if c in known}, subject=idea, answers=row.answers, taken_out=taken, by=by, at=at)
    flag_modified(idea, "folded")


def _check_size(answers: Mapping[str, Any]) -> None:
    if code := too_long(answers):
        raise Incomplete(N_("Please use at most %(n)s characters."), field=code, n=LONGEST_ANSWER)


def products_of(idea: Idea) -> list[dict[str, Any]]:
    """The products that the order form names in its table, as `require` takes them; gaps stay None."""
    return _products(of(idea).answers)


def products_of_all(ideas: Iterable[Idea]) -> dict[int, list[dict[str, Any]]]:
    """The same of several ideas, by id, read at once."""
    statement = select(OrderForm.idea_id, OrderForm.answers).where(OrderForm.idea_id.in_([i.id for i in ideas]))
    return {idea_id: _products(answers) for idea_id, answers in db.session.execute(statement)}


def _products(answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = answers.get(PRODUCTS)
    found = []
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and isinstance(name := row.get("name"), str) and name.strip():
            texts = {code: value for code in ("unit", "quality") if isinstance(value := row.get(code), str) and value.strip()}
            kind = next((k for k in ProductKind if k == row.get("kind")), None)
            found.append({"kind": kind, "name": name, "unit": texts.get("unit"), "quantity": _whole(row.get("quantity"), 1, 1_000_000), "quality": texts.get("quality")})
    return found


def lacking(idea: Idea, *, at: datetime) -> list[Fault]:
    """What keeps the form from being submitted."""
    row = of(idea)
    choices = questionnaires.choices_for(row.form.definition, on=local(at).date(), lang="vi")
    return questionnaires.wrong(row.form.definition, row.answers, choices=choices, complete=True, always=ALWAYS)


def implausible(idea: Idea, *, on: date) -> list[Fault]:
    """What does not go together in what is answered. Of a returned form that keeps its place, days are judged from its first sending on."""
    row, sent = of(idea), local(idea.submitted_at).date() if idea.submitted_at is not None else on
    asked = {q["code"] for q in questions(row.form.definition)}
    later = int(rulebook.value("ideas.start_years_later", on=sent))
    return [fault for fault in plausible.faults(row.answers, idea.year, sent, later=later) if fault.code in asked]


def check_complete(idea: Idea, *, at: datetime) -> None:
    """Raise Incomplete unless everything that this version asks is answered rightly."""
    if found := lacking(idea, at=at):
        raise Incomplete(N_("The order form is not complete; answers missing or wrong: %(n)s."), field=found[0].code, n=len({f.code for f in found}))
    for fault in implausible(idea, on=local(at).date()):
        raise Incomplete(fault.message, field=fault.code, **fault.params)


def known_beforehand(idea: Idea, old: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """What the questions that a newer version of the form adds take from what is known of the owner."""
    row, owner, body = of(idea), db.session.get(User, idea.owner_id), db.session.get(Organisation, idea.organisation_id)
    known = questionnaires.prefilled(row.form.definition, person=owner, organisation=body, at=at, today=local(at).date())
    return {code: value for code, value in known.items() if question_of(old, code) is None and row.answers.get(code) in (None, "")}


def name_sections(idea: Idea, sections: Iterable[str]) -> list[str]:
    """Note which sections are to be completed. Raises Incomplete for one that the form does not have."""
    row = stored(idea)
    codes = list(dict.fromkeys(sections))
    if any(section_of(row.form.definition, code) is None for code in codes):
        raise Incomplete(N_("Please choose from the list."), field="sections")
    row.return_sections = codes
    return codes


def newer(idea: Idea, *, on: date) -> FormVersion | None:
    """The version in force today, when the idea keeps an older one."""
    version, row = questionnaires.in_force(CODE, on=on), of(idea)
    return version if version is not None and version.number > row.form.number else None


def by_draft_key(user: User, key: str | None) -> Idea | None:
    """The draft that this person began on that very page, if it was kept already."""
    if not key:
        return None
    return db.session.scalar(select(Idea).join(OrderForm, OrderForm.idea_id == Idea.id).where(OrderForm.draft_key == key, Idea.owner_id == user.id))


def came_by_link(idea: Idea) -> bool:
    """Was the form filled through a link? Then its owner may have no account to sign in with."""
    return db.session.scalar(select(OrderLink.id).where(OrderLink.idea_id == idea.id)) is not None
