"""The acts on an import: take a file, name its columns, check, repair, start, give up. What a row becomes is made in `running`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, insert, update

from app.across.imports import checking, fields, matching, queries, reading
from app.across.imports.models import Batch, Row
from app.across.imports.rules import BATCH, REPAIRED, BatchState, Choice, Target
from app.kernel.clock import local
from app.kernel.db import db, public_id
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.files import actions as files
from app.services.files import store
from app.services.files.rules import clean_name
from app.services.people.models import User
from app.services.rulebook import queries as rulebook

CHUNK = 500
UNITS = (1, 10**3, 10**6, 10**9)


def bounds(at: datetime) -> tuple[int, int]:
    """(bytes, rows) that a file may have."""
    day = local(at).date()
    return int(rulebook.value("files.import_bytes", on=day)), int(rulebook.value("files.import_rows", on=day))


def take(name: str, content: bytes, *, target: Target, by: User, at: datetime, sheet: str | None = None, hidden: bool = False) -> Batch:
    """Read a file; nothing becomes of it yet. Raises Incomplete for what cannot be read."""
    name = clean_name(name)
    largest, rows = bounds(at)
    tabs = reading.sheets_of(name, content, largest=largest)
    chosen = sheet if sheet is not None else next((t.name for t in tabs if not t.hidden), tabs[0].name if tabs else "")
    if chosen not in [t.name for t in tabs]:
        raise Incomplete(N_("There is no such sheet in this file."), field="sheet")
    found = reading.table(name, content, chosen, rows=rows, known=fields.known, hidden=hidden)
    kept = _keep(name, content, at)
    batch = Batch(target=target, filename=name, sha256=kept.sha256, sheet=chosen, sheets=[[t.name, t.hidden] for t in tabs], by_id=by.id, created_at=at, with_hidden=hidden, **_told(target, found))
    BATCH.begin(batch, "read", by=by, at=at, detail={"file": name, "sheet": chosen, "rows": len(found.lines), "sha256": kept.sha256})
    files.add(kept, subject=batch, kind="list", by=by, at=at, given=files.bounds(at))
    _put(batch, found)
    return batch


def _keep(name: str, content: bytes, at: datetime) -> files.Taken:
    """The file itself is kept: what was found can be read again."""
    if name.lower().endswith(".xlsx"):
        return files.receive(name, content, files.bounds(at), types=("xlsx",))
    files.check_room(files.bounds(at).free_percent)
    return files.Taken(name, "text/csv", len(content), store.put(content), None, [])


def _told(target: Target, found: reading.Table) -> dict[str, Any]:
    shape = fields.shape(target, found.heads)
    before = queries.remembered(shape)
    mapping = dict(before.mapping) if before else fields.suggest(target, found.heads, [line.cells for line in found.lines])
    return {"heads": found.heads, "head_row": found.head_row, "shape": shape, "mapping": mapping, "units": dict(before.units) if before else {}, "defaults": dict(before.defaults) if before else {},
            "encoding": found.encoding, "notes": [[m, {k: str(v) for k, v in p.items()}] for m, p in found.notes], "total": len(found.lines)}  # fmt: skip


def _put(batch: Batch, found: reading.Table) -> None:
    for n in range(0, len(found.lines), CHUNK):
        db.session.execute(insert(Row), [{"public_id": public_id(), "batch_id": batch.id, "number": line.number, "cells": line.cells, "fixes": {}, "choice": Choice.IMPORT, "chosen": False,
                                          "understood": {}, "problems": [], "folded": "", "errors": 0, "warnings": 0} for line in found.lines[n : n + CHUNK]])  # fmt: skip


def choose_sheet(batch: Batch, sheet: str, *, hidden: bool, by: User, at: datetime, seen: int | str | None = None) -> Batch:
    """Read another sheet of the same file, or hidden rows too: an import of its own, this one is given up."""
    check_repair(batch)
    drop(batch, by=by, at=at, seen=seen)
    return take(batch.filename, store.get(batch.sha256), target=batch.target, by=by, at=at, sheet=sheet, hidden=hidden)


def name_columns(batch: Batch, mapping: Mapping[str, int], *, units: Mapping[str, int], defaults: Mapping[str, str], link_items: bool, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Say which column is what, what its numbers count and what its empty cells say; then every row is checked."""
    check_repair(batch)
    check_seen(batch, seen)
    names = {f.name for f in fields.OF[batch.target]}
    if not set(mapping) <= names or not all(0 <= c < len(batch.heads) for c in mapping.values()) or not set(defaults) <= names:
        raise Incomplete(N_("There is no such column."), field="mapping")
    for needed in fields.NEEDED[batch.target]:
        if needed not in mapping:
            raise Incomplete(N_("Say which column holds the title or name."), field=needed)
    if len(set(mapping.values())) < len(mapping):
        raise Incomplete(N_("One column stands for two fields."), field=next(n for n, c in mapping.items() if list(mapping.values()).count(c) > 1))
    batch.mapping, batch.units = dict(mapping), {k: u for k, u in units.items() if u in UNITS}
    batch.defaults, batch.link_items = {k: nfc(v)[:200] for k, v in defaults.items() if v and v.strip()}, link_items
    check(batch, by=by, at=at)


def check_repair(batch: Batch, _by: User | None = None) -> None:
    """Raise WrongState for an import that can no more be changed."""
    if batch.state not in REPAIRED:
        raise WrongState(N_("This import is started or over: its rows can no more be changed."))


def check(batch: Batch, *, by: User, at: datetime) -> None:
    """Understand every row and compare it with what is here. Writes nothing but the report."""
    _check(batch, queries.rows_statement(batch), by=by, at=at)


def _check(batch: Batch, some: Select[Any], *, by: User, at: datetime) -> None:
    """Check these rows of an import; the others stand as they were found."""
    known, plan = matching.Known(batch.target, link_items=batch.link_items), plan_of(batch)
    rows = db.session.execute(some.with_only_columns(Row.id, Row.number, Row.cells, Row.fixes, Row.choice, Row.chosen).order_by(Row.number)).all()
    values = [_checked(batch, known, plan, row) for row in rows]
    for n in range(0, len(values), CHUNK):
        db.session.execute(update(Row), values[n : n + CHUNK])
    batch.with_errors, batch.with_warnings = queries.doubts(batch)
    BATCH.advance(batch, "check", by=by, at=at, detail={"rows": len(values), "errors": batch.with_errors, "warnings": batch.with_warnings})


def _check_again(batch: Batch, row: Row, *, by: User, at: datetime) -> None:
    """Check a row that was changed, and those that say, or said, the same as it: no other row depends on it."""
    now = checking.read(plan_of(batch), batch.target, row.cells, row.fixes).values
    same = {matching.key_of(batch.target, values) for values in (row.understood, now) if values}
    ids = [other.id for other in db.session.execute(queries.rows_statement(batch).with_only_columns(Row.id, Row.understood))
           if other.id == row.id or (other.understood and matching.key_of(batch.target, other.understood) in same)]  # fmt: skip
    _check(batch, queries.rows_statement(batch).where(Row.id.in_(ids)), by=by, at=at)


def plan_of(batch: Batch) -> checking.Plan:
    """How the rows of an import are read."""
    return checking.Plan(batch.mapping, batch.units, batch.defaults, batch.heads)


def _checked(batch: Batch, known: matching.Known, plan: checking.Plan, row: Any) -> dict[str, Any]:
    if row.chosen and row.choice == Choice.SKIP:
        return {"id": row.id, "errors": 0, "warnings": 0, "choice": row.choice, "match_pid": None}
    found = checking.read(plan, batch.target, row.cells, row.fixes)
    match = known.compare(row.number, found)
    choice = row.choice if row.chosen else Choice.SKIP if match else Choice.IMPORT
    name = found.values.get("title") or found.values.get("name") or ""
    return {"id": row.id, "understood": found.values, "problems": found.problems, "errors": found.count(checking.ERROR), "warnings": found.count(checking.WARNING), "match_pid": match,
            "choice": choice, "folded": fold(f"{found.values.get('code') or ''} {name}")[:600]}  # fmt: skip


def repair(batch: Batch, row: Row, fixes: Mapping[str, str], choice: Choice, *, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Write something else in a row's cells, or say what is to be done with it; it is checked again, with the rows that say the same."""
    check_repair(batch)
    check_seen(batch, seen)
    plan = plan_of(batch)
    names = {f.name for f in fields.OF[batch.target]}
    changed = {name: nfc(text)[:2000] for name, text in fixes.items() if name in names and nfc(text) != nfc(str(checking.found_in(plan, row.cells, row.fixes, name)))}
    row.fixes = {**row.fixes, **changed}
    if choice != row.choice:
        if choice != Choice.SKIP and row.match_pid is not None and choice == Choice.IMPORT:
            raise Incomplete(N_("This is here already: leave the row out, or fill what is empty there."), field="choice")
        if choice == Choice.FILL and (row.match_pid is None or batch.target != Target.PROJECTS):
            raise Incomplete(N_("There is no project here whose empty fields could be filled."), field="choice")
        row.choice, row.chosen = choice, True
    db.session.flush()
    _check_again(batch, row, by=by, at=at)


def check_start(batch: Batch, _by: User | None = None) -> None:
    """Raise WrongState when there is nothing to import, or this sheet was imported already."""
    if batch.state != BatchState.CHECKED:
        raise WrongState(N_("Check the rows first."))
    if (other := queries.same_file(batch)) is not None:
        raise WrongState(N_("This sheet was imported already on %(day)s. Undo that import first."), day=f"{local(other.created_at):%d/%m/%Y}")


def start(batch: Batch, *, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Hand the rows over to the worker. Rows with errors stay out."""
    check_start(batch)
    batch.started_at, batch.worked, batch.imported = at, 0, 0
    BATCH.advance(batch, "start", by=by, at=at, seen=seen)


def drop(batch: Batch, *, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Give an import up before anything was imported: its rows go."""
    batch.ended_at = at
    BATCH.advance(batch, "drop", by=by, at=at, seen=seen)
    db.session.execute(delete(Row).where(Row.batch_id == batch.id))


__all__ = ["check", "check_repair", "check_start", "choose_sheet", "drop", "name_columns", "plan_of", "repair", "start", "take"]
