"""Organisations and invented people of the large world."""

from __future__ import annotations

import csv
import random
import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.across.demo.bulk.book import Book, Row
from app.across.demo.cast import DOMAIN, Cast
from app.kernel.db import db
from app.kernel.text import fold, nfc, sort_key
from app.services.people.models import (
    Membership,
    Organisation,
    OrganisationName,
    RoleGrant,
    User,
)
from app.services.people.rules import OrganisationKind, Role

DATA = Path(__file__).parent.parent / "data"
K = OrganisationKind
PEOPLE, EXPERTS = 400, 70
KINDS = (("Trường Đại học", K.UNIVERSITY), ("Học viện", K.UNIVERSITY), ("Viện", K.INSTITUTE), ("Trung tâm", K.CENTRE), ("Bảo tàng", K.CENTRE),
         ("Công ty", K.ENTERPRISE), ("Chi cục", K.DEPARTMENT), ("Hợp tác xã", K.COOPERATIVE))  # fmt: skip
SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Hoàng", "Võ", "Vũ", "Phan", "Trương", "Bùi", "Đặng", "Đỗ", "Ngô", "Hồ", "Dương", "Đinh", "Lâm")
MIDDLE = ("Văn", "Thị", "Minh", "Thanh", "Hữu", "Ngọc", "Quốc", "Thu", "Đức", "Kim", "Xuân", "Hoài")
GIVEN = ("An", "Bảo", "Bình", "Châu", "Cường", "Dũng", "Dương", "Đạt", "Giang", "Hà", "Hải", "Hạnh", "Hiếu", "Hòa", "Hùng", "Hương", "Khánh", "Khoa",
         "Lan", "Linh", "Long", "Mai", "Minh", "My", "Nam", "Nga", "Nghĩa", "Nhung", "Oanh", "Phong", "Phúc", "Phương", "Quân", "Quỳnh", "Sơn", "Tâm",
         "Thảo", "Thắng", "Thu", "Thủy", "Trang", "Trí", "Trung", "Tú", "Tuấn", "Uyên", "Vân", "Việt", "Yến")  # fmt: skip
TITLES = ("TS.", "TS.", "ThS.", "ThS.", "ThS.", "PGS.TS.", "KS.", "BS.", None)


@dataclass
class Bodies:
    """Who there is: hosts with their people, the receivers of results, the experts of councils, the offices of the small world."""

    cast: Cast
    hosts: list[Row] = field(default_factory=list)
    receivers: list[Row] = field(default_factory=list)
    people: dict[int, list[Row]] = field(default_factory=dict)  # by organisation
    managers: dict[int, Row] = field(default_factory=dict)
    experts: list[tuple[Row, int]] = field(default_factory=list)  # with the organisation
    busy: dict[int, date] = field(default_factory=dict)  # who leads a project until when

    def investigator(self, rng: random.Random, host: Row, start: date, end: date) -> Row:
        """Somebody of the host who leads no other project in this time, when there is one."""
        people = self.people[host.id]
        free = [p for p in people if self.busy.get(p.id, date.min) < start]
        chosen = rng.choice(free or people)
        self.busy[chosen.id] = max(end, self.busy.get(chosen.id, date.min))
        return chosen

    def host(self, rng: random.Random) -> Row:
        """A host: a few carry most projects."""
        return self.hosts[min(int(rng.paretovariate(0.9)) - 1, len(self.hosts) - 1)] if rng.random() < 0.7 else rng.choice(self.hosts)


def names() -> list[tuple[str, OrganisationKind]]:
    """Names of bodies: those that real projects name, cleaned and told apart, then those of our own list."""
    found: dict[str, OrganisationKind] = {}
    with (DATA / "sample-tasks.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for name in re.split(r"[;\n]", row["host"]):
                clean = nfc(" ".join(name.split()))
                # a name in a legacy encoding reads as noise: letters with a circumflex of their own
                if clean and not re.search("ieän|oïc|aät", clean):
                    found.setdefault(clean, next((kind for word, kind in KINDS if clean.startswith(word)), K.OTHER))
    with (DATA / "organisations.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(nfc(row["name"]), K(row["kind"]))
    return list(found.items())


def make(book: Book, cast: Cast, since: datetime) -> Bodies:
    """Organisations and people, known since then."""
    bodies = Bodies(cast)
    taken = set(db.session.scalars(select(Organisation.name)))
    receiving = (K.DEPARTMENT, K.LOCALITY, K.COOPERATIVE, K.ENTERPRISE)
    for name, kind in names():
        if name in taken:
            continue
        row = book.add(Organisation, name=name, name_en=None, folded=fold(name), kind=kind, address=None, active_to=None)
        book.add(OrganisationName, organisation_id=row.id, name=name, valid_from=date(2010, 1, 1), valid_to=None)
        book.note(row, "add", by=None, at=since)
        (bodies.receivers if kind in receiving and kind != K.ENTERPRISE else bodies.hosts).append(row)
    book.rng.shuffle(bodies.hosts)
    _people(book, bodies, since)
    return bodies


def _people(book: Book, bodies: Bodies, since: datetime) -> None:
    password = bodies.cast["pi1"].password_hash  # one password for all demonstration accounts
    everywhere = [*bodies.hosts, *bodies.receivers]
    for n in range(PEOPLE):
        body = everywhere[n % len(everywhere)]
        name = f"{book.rng.choice(SURNAMES)} {book.rng.choice(MIDDLE)} {book.rng.choice(GIVEN)}"
        address = f"{fold(name).replace(' ', '.')}.{n + 1}@{DOMAIN}"
        person = book.add(User, email=address, email_norm=address, name=name, sort_name=sort_key(name), title=book.rng.choice(TITLES), password_hash=password,
                          locale="vi", epoch=1, active=True, is_demo=True, created_at=since)  # fmt: skip
        manager = body.id not in bodies.managers
        book.note(person, "add", by=None, at=since)
        book.add(Membership, user_id=person.id, organisation_id=body.id, is_manager=manager, from_date=since.date(), to_date=None)
        book.note(person, "join", by=None, at=since + timedelta(minutes=1), detail={"organisation": body.public_id, "manager": manager})
        if manager:
            bodies.managers[body.id] = person
        else:
            bodies.people.setdefault(body.id, []).append(person)
            if n >= PEOPLE - EXPERTS:
                _expert(book, bodies, person, body, since)


def _expert(book: Book, bodies: Bodies, person: Row, body: Row, since: datetime) -> None:
    book.add(RoleGrant, user_id=person.id, role=Role.EXPERT, starts_at=since, ends_at=None, revoked_at=None, granted_by_id=None)
    book.note(person, "grant", by=None, at=since + timedelta(minutes=2), detail={"role": str(Role.EXPERT)})
    bodies.experts.append((person, body.id))


def short(row: Any) -> str:
    """A person's name with the academic title."""
    return f"{row.title} {row.name}" if row.title else str(row.name)
