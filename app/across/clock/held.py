"""Who is in charge of files: by the file itself, else by what it came from, with the deputy of the day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Integer, Select, and_, literal, select, union_all
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import aliased

from app.kernel.db import db
from app.services.charges import queries as charges
from app.services.charges.models import Charge
from app.services.charges.rules import FileKind
from app.services.people.models import User
from app.stages.calls.models import Call, CallTopic
from app.stages.funding.models import Project
from app.stages.proposals.models import Proposal


@dataclass(frozen=True)
class Held:
    """Who looks after a file today."""

    officer_id: int
    officer_pid: str
    officer: str
    deputy_pid: str | None = None
    deputy: str | None = None

    @property
    def face(self) -> str:
        return self.officer if self.deputy is None else f"{self.officer} ({self.deputy})"


def _from(kind: FileKind, pid: ColumnElement[str], rank: int) -> Select[tuple[str, str, int, int]]:
    return select(literal(str(kind)).label("kind"), pid.label("pid"), sql_cast(literal(rank), Integer).label("rank"), Charge.officer_id)


def statements(pids: Iterable[str]) -> list[Select[tuple[str, str, int, int]]]:
    """Charges of these files: the own, those of the call of a dossier, those of the dossier and the call of a project; the nearest first."""
    wanted = sorted(set(pids))
    of_call, dossier = and_(Charge.kind == FileKind.CALL, Charge.file_pid == Call.public_id), aliased(Proposal)
    own = select(Charge.kind.label("kind"), Charge.file_pid.label("pid"), sql_cast(literal(0), Integer).label("rank"), Charge.officer_id).where(Charge.file_pid.in_(wanted))
    by_call = (_from(FileKind.PROPOSAL, Proposal.public_id, 2).join(Call, of_call).join(CallTopic, CallTopic.call_id == Call.id)
               .join(Proposal, Proposal.call_topic_id == CallTopic.id).where(Proposal.public_id.in_(wanted)))  # fmt: skip
    by_dossier = (_from(FileKind.PROJECT, Project.public_id, 1).join(dossier, and_(Charge.kind == FileKind.PROPOSAL, Charge.file_pid == dossier.public_id))
                  .join(Project, Project.proposal_id == dossier.id).where(Project.public_id.in_(wanted)))  # fmt: skip
    through = (_from(FileKind.PROJECT, Project.public_id, 2).join(Call, of_call).join(CallTopic, CallTopic.call_id == Call.id)
               .join(Proposal, Proposal.call_topic_id == CallTopic.id).join(Project, Project.proposal_id == Proposal.id).where(Project.public_id.in_(wanted)))  # fmt: skip
    return [own, by_call, by_dossier, through]


def held(files: Iterable[tuple[str, str]], on: date) -> dict[tuple[str, str], Held]:
    """Who looks after these files (kind, public id), in two queries."""
    pids = {pid for _kind, pid in files}
    if not pids:
        return {}
    every = union_all(*statements(pids)).subquery()
    c = list(every.c)
    nearest: dict[tuple[str, str], tuple[int, int, str, str]] = {}
    for kind, pid, rank, officer_id, officer_pid, name in db.session.execute(select(*c, User.public_id, User.name).join(User, User.id == c[3])):
        key = (str(kind), pid)
        if key not in nearest or rank < nearest[key][0]:
            nearest[key] = (rank, officer_id, officer_pid, name)
    away = charges.deputies(on) if nearest else {}
    found = {}
    for (kind, pid), (_rank, officer_id, officer_pid, name) in nearest.items():
        deputy = next((d for d in away.get(officer_id, ()) if kind in d.kinds), None)
        found[kind, pid] = Held(officer_id, officer_pid, name, deputy.deputy_pid if deputy else None, deputy.deputy if deputy else None)
    return found
