"""What answers a question, among what the asker may see: found, counted and shown from one statement's rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    String,
    cast,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from app.across.search.models import SearchEntry
from app.across.search.rules import (
    Kind,
    Question,
    for_postgresql,
    for_sqlite,
    marked,
    rank,
    snippet,
)
from app.across.search.sources import BY_KEY, Source, seen
from app.kernel.db import db
from app.kernel.words import Face
from app.stages.plan.models import Sector

MOST = 1000  # answers that are ranked and counted, the newest of those that answer
PAGE = 20
SUGGESTED = 8
READ = 2000  # characters of a text that are read for how it writes a word
_LIGHT = (SearchEntry.id, SearchEntry.kind, SearchEntry.is_public, SearchEntry.subject_pid, SearchEntry.code_key, SearchEntry.codes, SearchEntry.title,
          SearchEntry.title_words, SearchEntry.year, SearchEntry.sector, SearchEntry.day)  # fmt: skip
_FTS = table("search_text", column("rowid"))


@dataclass(frozen=True)
class Asker:
    """Who asks, and on which day."""

    user: Any
    today: date

    @property
    def sees(self) -> Any:
        return seen(SearchEntry, self.user, self.today)


@dataclass(frozen=True)
class Chosen:
    """The facets chosen in the address."""

    kind: str = ""
    year: str = ""
    sector: str = ""
    state: str = ""

    def fits(self, row: Hit, *, but: str = "") -> bool:
        """Does the row fit what is chosen, without one of the facets?"""
        return all(name == but or not getattr(self, name) or getattr(self, name) == row.facet(name) for name in ("kind", "year", "sector", "state"))


@dataclass(frozen=True)
class Hit:
    """One answer, as light as counting needs it."""

    row: Any
    rank: int
    state: Face | None = None

    @property
    def source(self) -> Source:
        return BY_KEY[Kind(self.row.kind), self.row.is_public]

    @property
    def key(self) -> tuple[str, str]:
        return self.row.kind, self.row.subject_pid

    def facet(self, name: str) -> str:
        """The value by which a facet counts it."""
        value = self.state if name == "state" else getattr(self.row, name)
        return "" if value is None else str(value)


@dataclass(frozen=True)
class Answer:
    """All that was found: `hits` in their order, `more` when there were others beside those that are counted."""

    question: Question
    hits: Sequence[Hit]
    counted: Mapping[str, Counter[str]]
    more: bool


@dataclass(frozen=True)
class Shown:
    """One answer as the page shows it: texts in pieces, with what was searched marked."""

    kind: Kind
    endpoint: str
    pid: str
    code: str | None
    title: Sequence[tuple[str, bool]]
    text: Sequence[tuple[str, bool]]
    year: int | None
    state: Face | None


def _answering(question: Question, *, title: bool = False, prefix: bool = False) -> Any:
    """(from, condition, order) by the text index of the database that runs."""
    if db.engine.dialect.name == "sqlite":
        asked = for_sqlite(question.terms, title=title, prefix=prefix)
        return _FTS, (SearchEntry.id == _FTS.c.rowid) & literal_column("search_text").op("MATCH")(asked), _FTS.c.rowid.desc()
    return None, SearchEntry.vector.op("@@")(cast(for_postgresql(question.terms, title=title, prefix=prefix), TSQUERY)), SearchEntry.id.desc()


def _found(question: Question, asker: Asker, *columns: Any, most: int, where: Sequence[Any] = (), **how: bool) -> list[Any]:
    beside, answers, order = _answering(question, **how)
    statement = select(*columns).where(answers, asker.sees, *where).order_by(order).limit(most)
    return list(db.session.execute(statement if beside is None else statement.select_from(SearchEntry, beside)))


def _by_number(question: Question, asker: Asker) -> list[Any]:
    if not any(c.isdigit() for c in question.key):
        return []
    return list(db.session.execute(select(*_LIGHT).where(SearchEntry.code_key == question.key, asker.sees).order_by(SearchEntry.id.desc()).limit(PAGE)))


def _rows(question: Question, asker: Asker, where: Sequence[Any]) -> tuple[list[Any], bool]:
    """The rows that answer: by their number, then the newest by their title, then by their text; was there more?"""
    found = {row.id: row for row in _by_number(question, asker)} if not where else {}
    titles = _found(question, asker, *_LIGHT, most=MOST + 1, where=where, title=True)
    found |= {row.id: row for row in titles[:MOST]}
    if len(titles) > MOST:
        return list(found.values()), True
    others = _found(question, asker, *_LIGHT, most=MOST + 1, where=where)
    for row in others[:MOST]:
        found.setdefault(row.id, row)
    return list(found.values()), len(others) > MOST


def _ranked(question: Question, rows: Sequence[Any]) -> list[Hit]:
    """Best first, newer before older, papers after the things they are on. What visitors may see too is shown once, as the asker's own page."""
    inner = {(row.kind, row.subject_pid) for row in rows if not row.is_public}
    hits = [Hit(row, rank(question, title=row.title, title_words=row.title_words, codes=row.codes)) for row in rows
            if not row.is_public or (row.kind, row.subject_pid) not in inner]  # fmt: skip
    return sorted(hits, key=lambda h: (h.rank, h.row.kind == str(Kind.PAPER), -(h.row.day.toordinal() if h.row.day else 0), h.row.kind, h.row.subject_pid))


def states_of(hits: Sequence[Hit], today: date) -> dict[tuple[str, str], Face]:
    """The states of what was found, as they are now, in one question."""
    pids: dict[Source, list[str]] = {}
    for hit in hits:
        pids.setdefault(hit.source, []).append(hit.row.subject_pid)
    parts = [select(literal(str(s.kind)), s.model.public_id, cast(s.state(today), String)).where(s.model.public_id.in_(sorted(found)))
             for s, found in sorted(pids.items(), key=lambda p: (p[0].kind, p[0].public)) if s.state is not None] if pids else []  # fmt: skip
    rows = db.session.execute(union_all(*parts)) if parts else ()
    return {(kind, pid): face for kind, pid, value in rows for states in [BY_KEY[Kind(kind), False].states] if states for face in [states(value)]}


def search(question: Question, asker: Asker, chosen: Chosen) -> Answer:
    """Everything that answers and fits; each facet counts what fits the other ones."""
    if not question.terms:
        return Answer(question, (), {}, False)
    rows, more = _rows(question, asker, ())
    if more and chosen != Chosen():  # what is chosen may stand among the older ones
        narrowed, more = _rows(question, asker, _where(chosen))
        rows = list({row.id: row for row in [*rows, *narrowed]}.values())
    hits = _ranked(question, rows)
    if chosen.kind:
        states = states_of([h for h in hits if h.row.kind == chosen.kind], asker.today)
        hits = [Hit(h.row, h.rank, states.get(h.key)) for h in hits]
    counted = {name: Counter(h.facet(name) for h in hits if chosen.fits(h, but=name) and h.facet(name)) for name in ("kind", "year", "sector", "state")}
    return Answer(question, [h for h in hits if chosen.fits(h)], counted, more)


def _where(chosen: Chosen) -> list[Any]:
    asked = [SearchEntry.kind == chosen.kind] if chosen.kind else []
    asked += [SearchEntry.year == int(chosen.year)] if chosen.year else []
    return asked + ([SearchEntry.sector == chosen.sector] if chosen.sector else [])


def shown(answer: Answer, page: int, asker: Asker) -> list[Shown]:
    """One page of the answer, with the places where it says what was searched."""
    hits = list(answer.hits[(page - 1) * PAGE : page * PAGE])
    rows = {row.id: row for row in db.session.execute(select(SearchEntry.id, SearchEntry.code, SearchEntry.body).where(SearchEntry.id.in_([h.row.id for h in hits])))}
    states = states_of(hits, asker.today)
    out = []
    for hit in hits:
        row = rows[hit.row.id]
        out.append(Shown(Kind(hit.row.kind), hit.source.endpoint, hit.row.subject_pid, row.code, marked(hit.row.title, answer.question.terms),
                         snippet(row.body, answer.question.terms), hit.row.year, states.get(hit.key)))  # fmt: skip
    return out


def suggestions(question: Question, asker: Asker) -> list[Hit]:
    """The first titles that hold what is being typed, the last word as its beginning."""
    if not question.terms or len("".join(question.words)) < 2:
        return []
    found = {row.id: row for row in _by_number(question, asker)}
    found |= {row.id: row for row in _found(question, asker, *_LIGHT, most=5 * SUGGESTED, title=True, prefix=True)}
    return _ranked(question, list(found.values()))[:SUGGESTED]


def some(question: Question, asker: Asker, most: int = 1) -> list[Any]:
    """A few of what answers."""
    return _found(question, asker, SearchEntry.title, func.substr(SearchEntry.body, 1, READ).label("body"), most=most)


def sector_names(slugs: Sequence[str], *, english: bool) -> dict[str, str]:
    """The names of these sectors, of the newest plan that has one."""
    rows = db.session.execute(select(Sector.slug, Sector.name_vi, Sector.name_en).where(Sector.slug.in_(list(slugs))).order_by(Sector.id))
    return {slug: name_en if english else name_vi for slug, name_vi, name_en in rows}
