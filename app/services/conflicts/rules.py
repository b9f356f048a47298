"""What is a conflict: people compared with who stands behind an object. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.kernel.text import fold
from app.kernel.words import N_, Face


class TieKind(Face):
    """What somebody declares of another person."""

    SPOUSE = "spouse", N_("Husband or wife"), "grey"
    PARENT = "parent", N_("Parent or child"), "grey"
    SIBLING = "sibling", N_("Brother or sister"), "grey"
    SUPERVISOR = "supervisor", N_("Supervised my thesis"), "grey"
    STUDENT = "student", N_("Wrote a thesis under my supervision"), "grey"


FAMILY = frozenset({TieKind.SPOUSE, TieKind.PARENT, TieKind.SIBLING})
NEVER, NOT_IN_ROLES, WARN = "never", "not_in_roles", "warn"
PRIVATE = frozenset({"family", "supervision", "same_person"})  # what of these is known is told to who composes councils, to nobody else
UNTOLD = N_("The Department knows of a conflict of interest here.")


@dataclass(frozen=True)
class Belonging:
    """Who belongs or belonged where. `body` is None for what only a CV says, in words."""

    body: int | None
    name: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Work:
    """A project or dossier on which somebody works or worked."""

    kind: str
    pid: str
    title: str
    until: date | None = None


@dataclass(frozen=True)
class Paper:
    title: str
    year: int | None = None


@dataclass(frozen=True)
class Known:
    """A relation that somebody declared: to an account, or to a name and perhaps an address."""

    kind: TieKind
    name: str
    user_id: int | None = None
    email: str | None = None


@dataclass(frozen=True)
class Person:
    """What is known of a person; somebody of a team without an account has no id."""

    id: int | None
    name: str
    email: str = ""
    phone: str = ""
    birth_year: int | None = None
    orcid: str | None = None
    bodies: tuple[Belonging, ...] = ()
    works: tuple[Work, ...] = ()
    papers: tuple[Paper, ...] = ()
    ties: tuple[Known, ...] = ()
    barred: tuple[str, ...] = ()


@dataclass(frozen=True)
class Behind:
    """Who stands behind an object of a stage. `rivals` are people of other dossiers of the same call, each with the dossier's name."""

    kind: str
    pid: str
    hosts: Mapping[int, str] = field(default_factory=dict)
    partners: Mapping[int, str] = field(default_factory=dict)
    people: tuple[Person, ...] = ()
    rivals: tuple[tuple[Person, str], ...] = ()


@dataclass(frozen=True)
class Hit:
    """One reason. `fact` and `params` say it to who composes the council."""

    cause: str
    fact: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def private(self) -> bool:
        return self.cause in PRIVATE

    def told(self, *, composer: bool) -> tuple[str, Mapping[str, Any]]:
        """(sentence, params) for this reader."""
        return (UNTOLD, {}) if self.private and not composer else (self.fact, self.params)


# the label of each cause, as the rules are told
CAUSES = {
    "team": N_("takes part in the dossier"), "same_person": N_("the same person under another account"), "same_organisation": N_("people of the proposing or host body"),
    "partner_organisation": N_("people of a partner body"), "past_organisation": N_("who lately worked at the host or a partner"), "same_call": N_("who has a dossier in the same call"),
    "family": N_("family of the team"), "supervision": N_("supervisors and students of the team"), "joint_project": N_("who lately worked on a project with the team"),
    "joint_paper": N_("who lately published with the team"), "sanctioned": N_("who is under a sanction"), "partial": N_("who may be partial"),
}  # fmt: skip


def follows(cause: str, exclusions: Mapping[str, str], usual: Mapping[str, str]) -> str:
    """What the rules say of a cause: those of the kind of council, else the usual ones; what no rule knows is not allowed."""
    return exclusions.get(cause) or usual.get(cause) or NEVER


def is_hard(cause: str, exclusions: Mapping[str, str], usual: Mapping[str, str], *, role: str | None, roles: Collection[str]) -> bool:
    """Does it keep the person from sitting in that role (in any role, when none is named)?"""
    how = follows(cause, exclusions, usual)
    return how == NEVER or (how == NOT_IN_ROLES and (role is None or role in roles))


# --- the same person ------------------------------------------------------------------------------------------


def mailbox(email: str) -> str:
    """The mailbox that an address reaches: without what stands behind a plus, and without dots where the provider ignores them."""
    local, at, domain = email.casefold().strip().rpartition("@")
    if not at:
        return ""
    local, domain = local.partition("+")[0], {"googlemail.com": "gmail.com"}.get(domain, domain)
    return f"{local.replace('.', '') if domain == 'gmail.com' else local}@{domain}"


def digits(phone: str) -> str:
    """A telephone number as digits, with 0 for the country's 84; empty when it is too short to tell anybody apart."""
    bare = re.sub(r"\D", "", phone)
    if phone.strip().startswith("+84") or (bare.startswith("84") and len(bare) >= 11):
        bare = "0" + bare[2:].lstrip("0")
    return bare if len(bare) >= 8 else ""


def alike(one: Person, other: Person) -> str | None:
    """By what the two are one person, as a sentence; None when they are not known to be. A name alone tells nobody."""
    if one.orcid and one.orcid == other.orcid:
        return N_("the same ORCID")
    if not fold(one.name) or fold(one.name) != fold(other.name):
        return None
    if one.email and mailbox(one.email) == mailbox(other.email):
        return N_("the same name and mailbox")
    if one.phone and digits(one.phone) and digits(one.phone) == digits(other.phone):
        return N_("the same name and telephone")
    if one.birth_year and one.birth_year == other.birth_year:
        return N_("the same name and year of birth")
    return None


# --- the finder -----------------------------------------------------------------------------------------------


def earliest(on: date, years: int) -> date:
    """The day `years` before a day."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # 29 February
        return on.replace(year=on.year - years, day=28)


def find(person: Person, behind: Behind, *, years: Mapping[str, int], on: date) -> list[Hit]:
    """Every conflict of a person with an object, the heaviest first. `years`: how far back {"organisation", "projects", "papers"} count."""
    found = [*_in_team(person, behind), *_ties(person, behind.people), *_bodies(person, behind, years["organisation"], on)]
    if not any(hit.cause in ("team", "same_person") for hit in found):  # who is in the team has worked and published with it
        found += [*_works(person, behind, years["projects"], on), *_papers(person, behind.people, years["papers"], on)]
    found += [Hit("same_call", N_("Has an own dossier in the same call: %(title)s."), {"title": title}) for who, title in behind.rivals if _is(person, who)][:1]
    found += [Hit("sanctioned", N_("Is under a sanction: barred for “%(cause)s”."), {"cause": cause}) for cause in person.barred[:1]]
    return found


def _is(person: Person, other: Person) -> bool:
    return (person.id is not None and person.id == other.id) or alike(person, other) is not None


def _in_team(person: Person, behind: Behind) -> Iterable[Hit]:
    if any(p.id is not None and p.id == person.id for p in behind.people):
        yield Hit("team", N_("This person takes part in the dossier."))
        return
    for other in behind.people:
        by = alike(person, other)
        if by is not None:
            yield Hit("same_person", N_("%(name)s of the team is very likely the same person under another account: %(by)s."), {"name": other.name, "by": by})
            return


def _bodies(person: Person, behind: Behind, years: int, on: date) -> Iterable[Hit]:
    """Where the person works now, and where he worked lately; each body once."""
    since = earliest(on, years)
    bodies = {**behind.partners, **behind.hosts}
    named = {fold(name): number for number, name in bodies.items()}
    now, past = set(), set()
    for row in person.bodies:
        number = row.body if row.body is not None else named.get(fold(row.name))
        if number not in bodies or (row.since is not None and row.since > on):
            continue
        if row.until is None or row.until > on:
            now.add(number)
        elif row.until >= since:
            past.add(number)
    for number in sorted(now):
        host = number in behind.hosts
        yield Hit("same_organisation" if host else "partner_organisation", N_("This person belongs to the host or a partner organisation of the dossier: %(name)s."), {"name": bodies[number]})
    for number in sorted(past - now):
        yield Hit("past_organisation", N_("Worked at %(name)s, the host or a partner of the dossier, within the last %(n)s years."), {"name": bodies[number], "n": years})


def _ties(person: Person, people: Iterable[Person]) -> Iterable[Hit]:
    """What either side declared of the other."""
    for other in people:
        for speaker, spoken_of in ((person, other), (other, person)):
            tie = next((t for t in speaker.ties if _means(t, spoken_of)), None)
            if tie is not None:
                said = {"other": spoken_of.name, "kind": tie.kind.label, "by": speaker.name}
                yield Hit("family" if tie.kind in FAMILY else "supervision", N_("%(by)s declared a relation with %(other)s: %(kind)s."), said)
                break


def _means(tie: Known, person: Person) -> bool:
    """Is the declared relation one to this person? By account or address, where it names one; else by the whole name."""
    if tie.user_id is not None and person.id is not None:
        return tie.user_id == person.id
    if tie.email and person.email:
        return mailbox(tie.email) == mailbox(person.email) or fold(tie.name) == fold(person.name)
    return fold(tie.name) == fold(person.name)


def _works(person: Person, behind: Behind, years: int, on: date) -> Iterable[Hit]:
    """Projects on which both worked lately, but for the object itself."""
    since = earliest(on, years)
    own = {(w.kind, w.pid): w for w in person.works if (w.until is None or w.until >= since) and (w.kind, w.pid) != (behind.kind, behind.pid)}
    return _each(behind.people, lambda p: next((w for w in p.works if (w.kind, w.pid) in own and (w.until is None or w.until >= since)), None),
                 lambda p, w: Hit("joint_project", N_("Worked with %(name)s of the team on “%(title)s” within the last %(n)s years."), {"name": p.name, "title": w.title, "n": years}))  # fmt: skip


def _papers(person: Person, people: Iterable[Person], years: int, on: date) -> Iterable[Hit]:
    first = on.year - years
    own = {fold(p.title) for p in person.papers if p.year is None or p.year >= first} - {""}
    return _each(people, lambda p: next((w for w in p.papers if fold(w.title) in own and (w.year is None or w.year >= first)), None),
                 lambda p, w: Hit("joint_paper", N_("Published with %(name)s of the team within the last %(n)s years: “%(title)s”."), {"name": p.name, "title": w.title, "n": years}))  # fmt: skip


def _each(people: Iterable[Person], shared: Callable[[Person], Any], told: Callable[[Person, Any], Hit]) -> Iterable[Hit]:
    return (told(p, what) for p in people if (what := shared(p)) is not None)
