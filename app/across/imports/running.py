"""Rows become projects or organisations, some at a time, and the whole of it can be taken back. Called by the worker and the command line."""

from __future__ import annotations

import itertools
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from app.across.imports import queries
from app.across.imports.checking import ERROR, NO_HOST, kind_of
from app.across.imports.models import Batch, Row
from app.across.imports.naming import NOBODY, bare
from app.across.imports.rules import BATCH, BatchState, Choice, Outcome, Stand, Target
from app.kernel import journal
from app.kernel.db import db
from app.kernel.errors import Refused, WrongState
from app.kernel.journal import JournalEntry
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.people import actions as people_actions
from app.services.people import queries as people
from app.services.people.models import Membership, Organisation, OrganisationName, User
from app.services.people.rules import OrganisationKind
from app.stages.acceptance.actions.past import import_case, take_back_cases
from app.stages.funding.actions import import_project, record_closing
from app.stages.funding.actions.past import take_back_projects, with_work
from app.stages.funding.models import Project
from app.stages.funding.rules import Cause, ClosingKind
from app.stages.plan import actions as plan_actions
from app.stages.plan import queries as plans

STEP = 100  # rows of one transaction
CLOSED = {Stand.ACCEPTED: ClosingKind.RECOGNISED, Stand.FAILED: ClosingKind.FAILED, Stand.TERMINATED: ClosingKind.TERMINATED, Stand.CANCELLED: ClosingKind.CANCELLED}
UNRATED = "pass"


def step(batch: Batch, *, at: datetime) -> int:
    """Import the next rows; after the last the import is done. Returns how many are left."""
    by = db.session.get_one(User, batch.by_id)
    rows = list(db.session.scalars(queries.rows_statement(batch).where(Row.outcome.is_(None)).order_by(Row.number).limit(STEP)))
    maker = _Maker(batch, by, at)
    for row in rows:
        row.outcome, row.done_at = maker.make(row), at
    db.session.flush()
    batch.worked += len(rows)
    batch.imported += sum(r.outcome in (Outcome.IMPORTED, Outcome.FILLED) for r in rows)
    left = batch.total - batch.worked
    if left <= 0:
        batch.finished_at = at
        BATCH.advance(batch, "finish", by=by, at=at, detail={str(o): n for o, n in queries.outcomes(batch).items()})
    return max(left, 0)


class _Maker:
    """Makes what rows say, in one transaction."""

    def __init__(self, batch: Batch, by: User, at: datetime) -> None:
        self.batch, self.by, self.at = batch, by, at
        self.historic: Any = None
        self.made: dict[str, Organisation] = {}
        self.hosts: dict[str, Organisation | None] = {}
        self.items: dict[str, Any] = {}

    def make(self, row: Row) -> Outcome:
        if row.choice == Choice.SKIP:
            return Outcome.SKIPPED
        if row.errors:
            return Outcome.REFUSED
        try:
            with db.session.begin_nested():
                if self.batch.target == Target.ORGANISATIONS:
                    return self._body_row(row)
                return self._fill(row) if row.choice == Choice.FILL else self._project(row)
        except Refused as refusal:
            row.problems = [*row.problems, [refusal.field or "title", ERROR, refusal.message, {k: str(v) for k, v in refusal.params.items()}]]
        except IntegrityError:
            row.problems = [*row.problems, ["code", ERROR, N_("Something with this code or name came here since the rows were checked. Check them again."), {}]]
        row.errors += 1
        return Outcome.REFUSED

    def _project(self, row: Row) -> Outcome:
        v = row.understood
        stand, ends = Stand(v["stand"]), date.fromisoformat(v["end"])
        project = import_project(
            code=v["code"] or f"NK-{v['start'][:4]}-{self.batch.id}-{row.number}", title=v["title"], item=self._item(v), host=self._host(v), pi_name=v["pi"], pi=people.user_by_pid(v["pi_pid"]) if v.get("pi_pid") else None,
            approved_state=v["state_money"], approved_counterpart=v["counterpart"], starts_on=date.fromisoformat(v["start"]), ends_on=ends, decision_number=v["decision"],
            decision_date=date.fromisoformat(v["decided_on"]), kind=v["kind"], under_way=stand == Stand.RUNNING, source={"file": self.batch.filename, "sheet": self.batch.sheet, "row": row.number}, by=self.by, at=self.at)  # fmt: skip
        if stand in CLOSED:
            cause, day = Cause(v["cause"]) if v.get("cause") else None, date.fromisoformat(v["accepted_on"])
            if stand in (Stand.ACCEPTED, Stand.FAILED):
                import_case(project, accepted=stand == Stand.ACCEPTED, grade=v["grade"] or (UNRATED if stand == Stand.ACCEPTED else "fail"), accepted_on=day, number=v["decision"], cause=cause, by=self.by, at=self.at)
            record_closing(project, CLOSED[stand], dated=day, by=self.by, at=self.at, cause=cause if stand != Stand.ACCEPTED else None)
        row.subject_pid = project.public_id
        return Outcome.IMPORTED

    def _item(self, v: dict[str, Any]) -> Any:
        code = v.get("item")
        if code and code not in self.items:
            self.items[code] = plans.item(code)
        if code and self.items[code] is not None:
            return self.items[code]
        self.historic = self.historic or plan_actions.ensure_historic(by=self.by, at=self.at)
        return self.historic

    def _host(self, v: dict[str, Any]) -> Organisation:
        pid = v.get("host_pid")
        if pid and pid not in self.hosts:
            self.hosts[pid] = people.organisation_by_pid(pid)
        return (self.hosts[pid] if pid else None) or self._body(v["host_name"])

    def _body(self, name: str, kind: OrganisationKind | None = None) -> Organisation:
        """The organisation of this name: made once."""
        found = self.made.get(bare(name)) or db.session.scalar(select(Organisation).where(Organisation.folded == fold(name), Organisation.active_to.is_(None)).limit(1))
        if found is None:
            found = people_actions.add_organisation(name, kind=kind or (OrganisationKind.OTHER if name == NO_HOST else kind_of(name)), by=self.by, at=self.at)
        self.made[bare(name)] = found
        return found

    def _fill(self, row: Row) -> Outcome:
        """Only what is empty here is filled, and only in a project that was imported too."""
        v, project = row.understood, db.session.scalar(select(Project).where(Project.public_id == row.match_pid).with_for_update())
        if project is None or not project.historic:
            raise WrongState(N_("Only projects that came from lists are filled from lists."))
        new: dict[str, Any] = {}
        if project.pi_name == NOBODY and v["pi"] != NOBODY:
            new["pi_name"] = v["pi"]
        if project.kind is None and v["kind"]:
            new["kind"] = v["kind"]
        if project.decision_number == NOBODY and v["decision"] != NOBODY:
            new["decision_number"] = v["decision"]
        if project.approved_total == 0 and v["state_money"] + v["counterpart"]:
            new |= {"approved_state": v["state_money"], "approved_counterpart": v["counterpart"], "approved_total": v["state_money"] + v["counterpart"]}
        if not new:
            return Outcome.SKIPPED
        row.before, row.subject_pid = {name: getattr(project, name) for name in new}, project.public_id
        for name, value in new.items():
            setattr(project, name, value)
        journal.record(project, "fill", by=self.by, at=self.at, detail={"file": self.batch.filename, "sheet": self.batch.sheet, "row": row.number, "fields": sorted(new)})
        return Outcome.FILLED

    def _body_row(self, row: Row) -> Outcome:
        v = row.understood
        body = self._body(v["name"], OrganisationKind(v["kind"]))
        body.tax_code, body.address, body.representative = v["tax_code"], v["address"], v["representative"]
        if v["former"]:
            today = self.at.date()
            db.session.add(OrganisationName(organisation_id=body.id, name=nfc(v["former"]), valid_from=date(1976, 1, 1), valid_to=today))
        db.session.flush()
        row.subject_pid = body.public_id
        return Outcome.IMPORTED


# --- taking it back -------------------------------------------------------------------------------------------


def check_undo(batch: Batch, _by: Any = None) -> None:
    """Raise WrongState, naming them, when something that was imported has been worked on since."""
    if batch.state != BatchState.DONE:
        raise WrongState(N_("Only an import that is done can be undone."))
    names = _worked_on(batch)
    if names:
        raise WrongState(N_("These were worked on since they were imported, so the import stays: %(names)s."), names=", ".join(names[:5]) + (f" … ({len(names)})" if len(names) > 5 else ""))


def _worked_on(batch: Batch) -> list[str]:
    kind = "project" if batch.target == Target.PROJECTS else "organisation"
    touched: set[str] = set()
    last = select(Row.subject_pid, Row.done_at).where(Row.batch_id == batch.id, Row.outcome.in_((Outcome.IMPORTED, Outcome.FILLED))).subquery()
    later = select(JournalEntry.subject_pid).join(last, last.c.subject_pid == JournalEntry.subject_pid).where(JournalEntry.subject_type == kind, JournalEntry.at > last.c.done_at)
    touched |= set(db.session.scalars(later))
    if kind == "organisation":
        bodies = _made(batch, Organisation)
        member = select(Organisation.public_id).where(Organisation.id.in_(bodies), Organisation.id.in_(select(Membership.organisation_id)) | Organisation.id.in_(select(Project.host_id)))
        touched |= set(db.session.scalars(member))
        return list(db.session.scalars(select(Organisation.name).where(Organisation.public_id.in_(touched)).order_by(Organisation.name)))
    busy: set[int] = set()
    for ids in itertools.batched(_made(batch, Project), STEP * 5) if hasattr(itertools, "batched") else [_made(batch, Project)]:
        busy |= with_work(list(ids))
    return list(db.session.scalars(select(Project.code).where(Project.public_id.in_(touched) | Project.id.in_(busy)).order_by(Project.code)))


def _made(batch: Batch, model: Any) -> list[int]:
    mine = select(Row.subject_pid).where(Row.batch_id == batch.id, Row.outcome == Outcome.IMPORTED)
    return list(db.session.scalars(select(model.id).where(model.public_id.in_(mine))))


def undo(batch: Batch, *, reason: str, by: User, at: datetime, seen: int | str | None = None) -> int:
    """Take the whole import back: what it made goes, what it filled is empty again. Returns how many rows. Organisations that only hosts' names made stay."""
    check_undo(batch)
    count = int(db.session.scalar(select(func.count()).where(Row.batch_id == batch.id, Row.outcome.in_((Outcome.IMPORTED, Outcome.FILLED)))) or 0)
    if batch.target == Target.PROJECTS:
        ids = _made(batch, Project)
        for n in range(0, len(ids), STEP * 5):
            take_back_cases(ids[n : n + STEP * 5])
            take_back_projects(ids[n : n + STEP * 5])
    else:
        db.session.execute(update(Organisation).where(Organisation.id.in_(_made(batch, Organisation))).values(active_to=at.date(), tax_code=None).execution_options(synchronize_session=False))
    for row in db.session.scalars(queries.rows_statement(batch).where(Row.outcome == Outcome.FILLED)):
        db.session.execute(update(Project).where(Project.public_id == row.subject_pid).values(**(row.before or {})).execution_options(synchronize_session=False))
    batch.ended_at = at
    BATCH.advance(batch, "undo", by=by, at=at, reason=reason, seen=seen, detail={"rows": count})
    db.session.expire_all()
    return count
