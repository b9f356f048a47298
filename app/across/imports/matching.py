"""What is known here already: organisations under today's and earlier names, people, projects. Loaded once for a whole sheet."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import select

from app.across.imports import naming
from app.across.imports.checking import ERROR, NO_HOST, WARNING, Understood
from app.across.imports.rules import Target
from app.kernel.db import db
from app.kernel.text import fold
from app.kernel.words import N_
from app.later import fuzz
from app.services.people.models import Membership, Organisation, OrganisationName, User
from app.stages.funding.models import Project
from app.stages.plan import queries as plans
from app.stages.plan.suggestion import queries as suggestion

NEAR = 90  # of 100, how alike two names are


def key_of(target: Target, values: dict[str, Any]) -> tuple[str, ...]:
    """What two rows of a sheet must not both say: (field, words…). Values are those of a row that was understood."""
    if target == Target.ORGANISATIONS:
        return "name", naming.bare(values["name"] or "")
    if values["code"]:
        return "code", fold(values["code"])
    return "title", fold(values["title"] or ""), naming.bare(values["host"]), (values.get("start") or "")[:4]


class Known:
    """The world as a sheet is compared with it."""

    def __init__(self, target: Target, *, link_items: bool) -> None:
        self.target = target
        self.bodies: dict[str, tuple[int, str, str]] = {}
        self.taxed: dict[str, tuple[int, str, str]] = {}
        self._load_bodies()
        self.codes: dict[str, tuple[str, str]] = {}
        self.titles: dict[str, list[tuple[int, int, str, str]]] = defaultdict(list)
        self.people: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.members: set[tuple[int, int]] = set()
        if target == Target.PROJECTS:
            self._load_projects()
        self._suggester = suggestion.suggester() if link_items and plans.current_plan() else None
        self._near: dict[str, tuple[int, str, str] | None] = {}
        self._seen: dict[Any, int] = {}

    def _load_bodies(self) -> None:
        rows = db.session.execute(select(Organisation.id, Organisation.public_id, Organisation.name, Organisation.tax_code).where(Organisation.active_to.is_(None))).all()
        by_id = {row.id: (row.id, row.public_id, row.name) for row in rows}
        for body_id, name in db.session.execute(select(OrganisationName.organisation_id, OrganisationName.name).order_by(OrganisationName.id)):
            if body_id in by_id:
                self.bodies[naming.bare(name)] = by_id[body_id]
        self.bodies |= {naming.bare(name): body for body in by_id.values() for name in [body[2]]}
        self.taxed = {row.tax_code: by_id[row.id] for row in rows if row.tax_code}

    def _load_projects(self) -> None:
        for pid, code, title, host_id, start in db.session.execute(select(Project.public_id, Project.code, Project.title, Project.host_id, Project.starts_on)):
            self.codes[fold(code)] = (pid, title)
            self.titles[fold(title)].append((host_id, start.year, pid, code))
        for user_id, pid, name in db.session.execute(select(User.id, User.public_id, User.name).where(User.active)):
            self.people[fold(name)].append((user_id, pid))
        self.members = {(user, body) for user, body in db.session.execute(select(Membership.user_id, Membership.organisation_id).where(Membership.to_date.is_(None)))}

    def body(self, name: str) -> tuple[tuple[int, str, str] | None, bool]:
        """(organisation of this name, whether that is sure)."""
        words = naming.bare(name)
        if words in self.bodies:
            return self.bodies[words], True
        if words not in self._near:
            alike = fuzz.token_sort_ratio  # looked up once: the module comes late, at each look
            best = max(((alike(words, known, score_cutoff=NEAR), known) for known in self.bodies if abs(len(known) - len(words)) < 12), default=(0, ""))
            self._near[words] = self.bodies[best[1]] if best[0] >= NEAR else None
        return self._near[words], False

    def compare(self, number: int, found: Understood) -> str | None:
        """Add what is known of a row's names to it, and say what is doubtful. Returns the public id of the same thing here."""
        return self._project(number, found) if self.target == Target.PROJECTS else self._organisation(number, found)

    def _project(self, number: int, found: Understood) -> str | None:
        values = found.values
        body, sure = self.body(values["host"])
        if body is not None and not sure:
            found.say("host", WARNING, N_("Taken as “%(name)s”, which has nearly this name. Write the full name if it is another one."), name=body[2])
        elif body is None and values["host"] != NO_HOST:
            found.say("host", WARNING, N_("This organisation is new: it is put on the list."))
        values["host_pid"], values["host_name"] = (body[1], body[2]) if body else (None, values["host"])
        namesakes = self.people.get(fold(values["pi"]), [])
        values["pi_pid"] = namesakes[0][1] if len(namesakes) == 1 and body and (namesakes[0][0], body[0]) in self.members else None
        values["item"] = self._item(values)
        self._doubled(number, found)
        return self._same(values, body)

    def _item(self, values: dict[str, Any]) -> str | None:
        if values.get("item") or self._suggester is None or not values["title"]:
            return values.get("item")
        answer = self._suggester.suggest(values["title"], "")
        return None if answer.none or not answer.suggestions else answer.suggestions[0].item

    def _same(self, values: dict[str, Any], body: Any) -> str | None:
        if values["code"] and fold(values["code"]) in self.codes:
            return self.codes[fold(values["code"])][0]
        year = date.fromisoformat(values["start"]).year if values.get("start") else None
        for host_id, began, pid, code in self.titles.get(fold(values["title"] or ""), ()):
            another = values["code"] and not code.startswith("NK-")
            if not another and (year is None or abs(began - year) <= 1) and (body is None or body[0] == host_id):
                return pid
        return None

    def _doubled(self, number: int, found: Understood) -> None:
        key = key_of(self.target, found.values)
        if self._seen.setdefault(key, number) != number:
            found.say(key[0], ERROR, N_("The same stands in row %(row)s."), row=self._seen[key])

    def _organisation(self, number: int, found: Understood) -> str | None:
        values = found.values
        self._doubled(number, found)
        by_code = self.taxed.get(values["tax_code"]) if values["tax_code"] else None
        names = [n for n in (values["name"], values["former"]) if n]
        exact = by_code or next((b for n in names for b, sure in [self.body(n)] if sure), None)
        if exact is None and names and (near := self.body(names[0])[0]) is not None:
            found.say("name", WARNING, N_("“%(name)s” on the list has nearly this name. Leave the row out if it is the same."), name=near[2])
        return exact[1] if exact else None
