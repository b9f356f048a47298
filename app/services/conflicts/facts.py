"""What the finder compares, read in bulk: people with all that is known of them, and who stands behind objects."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from app.kernel import journal, subjects
from app.kernel.db import db
from app.services.conflicts.models import Tie
from app.services.conflicts.rules import Behind, Belonging, Known, Paper, Person, Work
from app.services.people.models import (
    Debarment,
    Engagement,
    Membership,
    Organisation,
    User,
)
from app.services.profiles.models import Cv, CvVersion

CAREER_ROWS = 40


@dataclass(frozen=True)
class Outsider:
    """Somebody of a team who has no account here."""

    name: str
    email: str = ""
    body: int | None = None


@dataclass(frozen=True)
class Parts:
    """What a stage says of its object: ids of organisations and people; `rivals` are (user id, name of the dossier) of the same call."""

    hosts: frozenset[int] = frozenset()
    partners: frozenset[int] = frozenset()
    users: frozenset[int] = frozenset()
    outsiders: tuple[Outsider, ...] = ()
    rivals: tuple[tuple[int, str], ...] = field(default=())


_parts: dict[str, Callable[[Any], Parts]] = {}


def register(kind: str, parts: Callable[[Any], Parts]) -> None:
    """A stage says who stands behind rows of table `kind`. A second registration replaces the first."""
    _parts[kind] = parts


def parts_of(row: Any) -> Parts:
    """What the stage said; of an object of which it said no more, the parties of its Subject."""
    kind = row.__tablename__
    told = _parts[kind](row) if kind in _parts else Parts()
    parties = subjects.subject_of(kind).parties(row)
    hosts = told.hosts | (parties.organisations - told.partners - told.hosts)
    return Parts(hosts, told.partners - told.hosts, told.users | parties.users, told.outsiders, told.rivals)


# --- people ---------------------------------------------------------------------------------------------------


def people(ids: Collection[int], *, on: date) -> dict[int, Person]:
    """All that is known of these people, by id, in a constant number of queries."""
    wanted = set(ids)
    if not wanted:
        return {}
    columns = (User.id, User.name, User.email_norm, User.phone, User.orcid)
    rows = db.session.execute(select(*columns).where(User.id.in_(wanted))).all()
    bodies, works, ties, barred = _bodies(wanted), _works(wanted), _ties(wanted), _barred(wanted, on)
    cvs = _cvs(wanted)
    return {r.id: Person(r.id, r.name, r.email_norm, r.phone or "", _year(cvs.get(r.id, {}).get("birth_year")), r.orcid,
                         (*bodies[r.id], *_career(cvs.get(r.id, {}), on)), tuple(works[r.id]), _papers(cvs.get(r.id, {})), tuple(ties[r.id]), tuple(barred[r.id]))
            for r in rows}  # fmt: skip


def _bodies(ids: set[int]) -> Mapping[int, list[Belonging]]:
    found: dict[int, list[Belonging]] = defaultdict(list)
    statement = select(Membership.user_id, Organisation.id, Organisation.name, Membership.from_date, Membership.to_date).join(Organisation, Organisation.id == Membership.organisation_id)
    for user_id, body, name, since, until in db.session.execute(statement.where(Membership.user_id.in_(ids)).order_by(Membership.id)):
        found[user_id].append(Belonging(body, name, since, until))
    return found


def _works(ids: set[int]) -> Mapping[int, list[Work]]:
    found: dict[int, list[Work]] = defaultdict(list)
    for row in db.session.scalars(select(Engagement).where(Engagement.user_id.in_(ids)).order_by(Engagement.id)):
        if row.user_id is not None:
            found[row.user_id].append(Work(row.subject_type, row.subject_pid, row.title, row.to_date))
    return found


def _ties(ids: set[int]) -> Mapping[int, list[Known]]:
    found: dict[int, list[Known]] = defaultdict(list)
    for row in db.session.scalars(select(Tie).where(Tie.user_id.in_(ids), Tie.ended_at.is_(None)).order_by(Tie.id)):
        found[row.user_id].append(Known(row.kind, row.name, row.other_id, row.email_norm))
    return found


def _barred(ids: set[int], on: date) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    holds = (Debarment.from_date <= on, or_(Debarment.until.is_(None), Debarment.until >= on))
    for user_id, cause in db.session.execute(select(Debarment.user_id, Debarment.cause).where(Debarment.user_id.in_(ids), *holds).order_by(Debarment.id)):
        found[user_id].append(cause)
    return found


def _cvs(ids: set[int]) -> dict[int, dict[str, Any]]:
    """What people say in their CVs: in the latest version, else in what they are writing."""
    drafts = db.session.execute(select(Cv.user_id, Cv.answers).where(Cv.user_id.in_(ids)))
    found = {user_id: answers for user_id, answers in drafts if isinstance(answers, dict)}
    rows = db.session.execute(select(CvVersion.user_id, CvVersion.answers).where(CvVersion.user_id.in_(ids)).order_by(CvVersion.number))
    return found | {user_id: answers for user_id, answers in rows if isinstance(answers, dict)}


def _year(given: Any) -> int | None:
    text = str(given or "")
    return int(text) if re.fullmatch(r"(19|20)\d\d", text) else None


def _table(answers: Mapping[str, Any], code: str) -> list[dict[str, Any]]:
    rows = answers.get(code)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _papers(answers: Mapping[str, Any]) -> tuple[Paper, ...]:
    return tuple(Paper(str(row.get("title") or ""), _year(row.get("in_year"))) for row in _table(answers, "publications") if row.get("title"))


def _career(answers: Mapping[str, Any], on: date) -> list[Belonging]:
    """Where a CV says that somebody worked, when it says until when: "2013 - nay" goes on, "2003 - 2013" ended with that year."""
    found = []
    for row in _table(answers, "career")[:CAREER_ROWS]:
        period, body = str(row.get("period") or ""), str(row.get("body") or "")
        years = [int(y) for y in re.findall(r"(?:19|20)\d\d", period)]
        if not body or not years:
            continue
        goes_on = re.search(r"nay|hi[eệ]n|now|present", period.casefold()) is not None or (len(years) == 1 and period.rstrip().endswith(("-", "–")))
        found.append(Belonging(None, body, None, None if goes_on else min(date(max(years), 12, 31), on)))
    return found


# --- objects --------------------------------------------------------------------------------------------------


def behind(rows: Sequence[Any], *, on: date) -> tuple[list[Behind], dict[int, Person]]:
    """Who stands behind these objects, in their order; and the people found on the way."""
    parts = [parts_of(row) for row in rows]
    known = people({u for p in parts for u in (*p.users, *(r for r, _title in p.rivals))}, on=on)
    names = _names({b for p in parts for b in (*p.hosts, *p.partners)})
    return [_behind(row, p, known, names) for row, p in zip(rows, parts, strict=True)], known


def _behind(row: Any, parts: Parts, known: Mapping[int, Person], names: Mapping[int, str]) -> Behind:
    kind, pid = journal.subject_key(row)
    outside = (Person(None, o.name, o.email, bodies=(Belonging(o.body, names.get(o.body, "")),) if o.body else ()) for o in parts.outsiders)
    team = (*(known[u] for u in sorted(parts.users) if u in known), *outside)
    return Behind(kind, pid, _of(parts.hosts, names), _of(parts.partners, names), team, tuple((known[u], title) for u, title in parts.rivals if u in known))


def _of(ids: Iterable[int], names: Mapping[int, str]) -> dict[int, str]:
    return {i: names[i] for i in sorted(ids) if i in names}


def _names(ids: set[int]) -> dict[int, str]:
    return {i: name for i, name in db.session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids)))} if ids else {}
