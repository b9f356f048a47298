"""Rows and acts that wait to be written. A state moves only along its lifecycle table; the journal is chained at the end."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Table, bindparam, func, insert, select, text, update

from app.kernel import journal
from app.kernel.clock import at_local
from app.kernel.db import Base, db
from app.kernel.journal import JournalEntry
from app.kernel.lifecycle import Lifecycle
from app.services.papers.models import Counter
from app.services.rulebook.models import Rule
from app.services.rulebook.rules import RuleMissing
from app.stages.funding.models import YearBudget
from app.stages.funding.rules import Source, TrancheState
from app.stages.plan import queries as plans

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
CHUNK = 1000


class Row(dict):
    """A row that waits: its columns as items and as attributes; `table` is where it goes."""

    __slots__ = ("table",)

    def __init__(self, table: Table, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.table = table

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Book:
    """What is to be written. `now` is the instant of the world: nothing happens after it."""

    def __init__(self, rng: random.Random, now: datetime, titles: Any) -> None:
        self.rng, self.now, self.titles = rng, now, titles
        self.items = {item.code: item for item in plans.items()}
        self.facts: dict[str, list[Row]] = {}  # engagements that have not ended, by public id of what they belong to
        self.parts: dict[str, dict[str, list[Row]]] = {}  # team, products and lines of a dossier, by its public id
        self.budgets: dict[int, Any] = {b.year: b for b in db.session.scalars(select(YearBudget).where(YearBudget.source == Source.STATE))}
        self._rules: dict[str, list[Rule]] = defaultdict(list)
        for rule in db.session.scalars(select(Rule).order_by(Rule.key, Rule.valid_from)):
            self._rules[rule.key].append(rule)
        self.forms: dict[tuple[str, date], Any] = {}  # versions of the work description, by type of task and day
        self._own: dict[tuple[str, int], int] = defaultdict(int)
        self.rows: dict[Table, list[Row]] = defaultdict(list)
        self.held: list[tuple[Row, dict[str, Any]]] = []
        self.booked: list[tuple[int, Row, Row | None]] = []
        self.acts: list[dict[str, Any]] = []
        self.counts: dict[str, int] = defaultdict(int)
        self.used: set[Table] = set()
        self._ids: dict[Table, int] = {}
        self._series = {(c.series, c.year): c.n for c in db.session.scalars(select(Counter))}

    # --- time -----------------------------------------------------------------------------------------------

    def at(self, day: date, hour: int = 9, minute: int = 0) -> datetime:
        """That hour of the day, of the Monday after it when it is a Saturday or Sunday."""
        return at_local(day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0), hour, minute)

    def came(self, at: datetime) -> bool:
        """Has this instant come in the world?"""
        return at <= self.now

    # --- rows -----------------------------------------------------------------------------------------------

    def add(self, model: Any, **values: Any) -> Row:
        """A row that waits, with its key, public id and version."""
        table: Table = model.__table__
        if "id" in table.c:
            if table not in self._ids:
                self._ids[table] = db.session.scalar(select(func.max(table.c.id))) or 0
            self._ids[table] += 1
            values["id"] = self._ids[table]
        if "public_id" in table.c:
            number = self.rng.getrandbits(128)
            values["public_id"] = "".join(ALPHABET[(number >> 5 * i) & 31] for i in range(26))
        if "version" in table.c:
            values["version"] = 1
        if unknown := values.keys() - set(table.c.keys()):  # Core would drop them without a word
            raise TypeError(f"{table.name} has no {sorted(unknown)}")
        row = Row(table, values)
        self.rows[table].append(row)
        self.counts[table.name] += 1
        return row

    def waiting(self, model: Any) -> list[Row]:
        """The rows of a model that are not written yet."""
        return self.rows[model.__table__]

    def hold(self, row: Row, **interim: Any) -> None:
        """Insert the row with these values first, and with its own only when all other rows stand (triggers ask for it)."""
        self.held.append((row, interim))

    def book_late(self, entry: Row, tranche: Row | None) -> None:
        """Insert this row of the ledger after all others, when its tranche stands approved; payments by tranche, what came back last."""
        self.rows[entry.table].pop()  # it was added a moment ago
        self.booked.append((tranche.position if tranche is not None else 99, entry, tranche))

    def number(self, series: str, year: int) -> int:
        """The next number of a gapless series."""
        self._series[series, year] = self._series.get((series, year), 0) + 1
        return self._series[series, year]

    def own(self, register: str, year: int) -> int:
        """The next number of a register that other papers share: gaps are normal."""
        self._own[register, year] += 1
        return self._own[register, year]

    # --- rules ----------------------------------------------------------------------------------------------

    def rule(self, key: str, on: date) -> Rule | None:
        """The version of a rule on a day."""
        return next((r for r in self._rules[key] if r.valid_from <= on and (r.valid_to is None or r.valid_to >= on)), None)

    def value(self, key: str, on: date) -> Any:
        """The value of a rule on a day. Raises RuleMissing."""
        found = self.rule(key, on)
        if found is None:
            raise RuleMissing(key, on)
        return found.value

    def frozen(self, prefixes: tuple[str, ...], on: date) -> dict[str, int]:
        """The ids of the versions in force on a day of all rules whose keys begin so."""
        return {key: rule.id for key in sorted(self._rules) if key.startswith(prefixes) and (rule := self.rule(key, on)) is not None}

    # --- acts -----------------------------------------------------------------------------------------------

    def begin(self, life: Lifecycle, model: Any, verb: str, *, by: Any, at: datetime, reason: str | None = None,
              detail: dict[str, Any] | None = None, **values: Any) -> Row:  # fmt: skip
        """A new row in the start state of its lifecycle, and the act of its birth."""
        row = self.add(model, state=life.start, **values)
        self.note(row, verb, by=by, at=at, after=life.start, reason=reason, detail=detail)
        return row

    def advance(self, life: Lifecycle, row: Row, verb: str, *, by: Any, at: datetime, reason: str | None = None,
                detail: dict[str, Any] | None = None, **values: Any) -> None:  # fmt: skip
        """The move that the lifecycle table has for this state and verb. Raises KeyError when it has none."""
        before, move = row["state"], life.table[row["state"], verb]
        row.update(values, state=move.to, version=row["version"] + 1)
        self.note(row, verb, by=by, at=at, before=before, after=move.to, reason=reason, detail=detail)

    def note(self, row: Any, verb: str, *, by: Any, at: datetime, before: Any = None, after: Any = None, reason: str | None = None,
             detail: dict[str, Any] | None = None) -> None:  # fmt: skip
        """One act for the journal."""
        if at > self.now:
            raise ValueError(f"{verb} of {row.table.name} would happen after the day of the world")
        self.acts.append({
            "at": at.astimezone(UTC), "actor_id": by.id if by is not None else None, "on_behalf_of_id": None, "subject_type": row.table.name,
            "subject_pid": row.public_id, "verb": verb, "before": None if before is None else str(before),
            "after": None if after is None else str(after), "reason": reason, "detail": detail})  # fmt: skip

    # --- writing --------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Write everything that waits, in the order of dependencies, then the journal."""
        interim = {id(row): values for row, values in self.held}
        for table in Base.metadata.sorted_tables:
            groups: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
            for row in self.rows.get(table, ()):
                values = {**row, **interim.get(id(row), {})}
                groups[tuple(values)].append(values)
            for rows in groups.values():
                self._insert(table, rows)
        for turn in sorted({turn for turn, _entry, _tranche in self.booked}):
            mine = [(entry, tranche) for at, entry, tranche in self.booked if at == turn]
            tranches = [tranche for _entry, tranche in mine if tranche is not None]
            self._update([(t, {"state": TrancheState.APPROVED}) for t in tranches])  # the database books payments of approved tranches only
            self._insert(mine[0][0].table, [dict(entry) for entry, _tranche in mine])
            self._update([(t, {"state": t["state"]}) for t in tranches])
        self._update([(row, {name: row[name] for name in values}) for row, values in self.held])
        self._write_journal()
        self.used |= set(self.rows)
        self.rows.clear()
        self.held.clear()
        self.booked.clear()

    @staticmethod
    def _insert(table: Table, rows: list[dict[str, Any]]) -> None:
        for start in range(0, len(rows), CHUNK):
            db.session.execute(insert(table), rows[start : start + CHUNK])

    @staticmethod
    def _update(changes: list[tuple[Row, dict[str, Any]]]) -> None:
        groups: dict[tuple[Table, tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)
        for row, values in changes:
            groups[row.table, tuple(values)].append({"key": row.id, **{f"new_{name}": value for name, value in values.items()}})
        for (table, names), rows in groups.items():
            statement = update(table).where(table.c.id == bindparam("key")).values({n: bindparam(f"new_{n}") for n in names})
            db.session.connection().execute(statement, rows)

    def _write_journal(self) -> None:
        last = db.session.execute(select(JournalEntry.seq, JournalEntry.hash).order_by(JournalEntry.seq.desc()).limit(1)).first()
        seq, previous = (last.seq, last.hash) if last else (0, journal.GENESIS)
        for act in sorted(self.acts, key=lambda a: a["at"]):  # stable: acts of one instant stay in the order in which they were noted
            seq += 1
            act |= {"seq": seq, "prev_hash": previous}
            act["hash"] = previous = journal.digest(SimpleNamespace(**act))
        self._insert(JournalEntry.__table__, sorted(self.acts, key=lambda a: a["seq"]))
        self.counts["journal_entry"] += len(self.acts)
        self.acts.clear()

    def finish(self) -> None:
        """Write the last numbers of the series, and tell PostgreSQL which keys are taken."""
        for (series, year), n in self._series.items():
            changed = db.session.execute(update(Counter).where(Counter.series == series, Counter.year == year).values(n=n))
            if not changed.rowcount:  # type: ignore[attr-defined]
                db.session.execute(insert(Counter).values(series=series, year=year, n=n))
        if db.session.connection().dialect.name == "postgresql":
            for table in sorted((t for t in self.used if "id" in t.c), key=lambda t: t.name):
                db.session.execute(text("SELECT setval(pg_get_serial_sequence(:t, 'id'), (SELECT max(id) FROM " + f'"{table.name}"' + "))"),
                                   {"t": f'"{table.name}"'})  # fmt: skip
