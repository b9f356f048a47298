"""The expert team: named by decision for a valid dossier, checks each measurable product before the council, and reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.subjects import subject_of
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.papers import actions as papers
from app.services.papers.rules import check_number
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook.calendar import check_day
from app.stages.acceptance import asked
from app.stages.acceptance.actions.dossiers import face, promised
from app.stages.acceptance.actions.going import check_going
from app.stages.acceptance.actions.shared import check_apart
from app.stages.acceptance.models import Case
from app.stages.acceptance.parts import ExpertTeam, ProductCheck, TeamSeat
from app.stages.acceptance.rules import CaseState
from app.stages.funding import queries as funding

MOST = 5  # members of a team


def candidates(case: Case) -> list[User]:
    """Who may sit in the team: experts who belong neither to the project nor to its host."""
    parties = subject_of("acceptance_case").parties(case)
    return [u for u in people.users_in_role("expert") if u.id not in parties.users and not any(people.belongs(u, body) for body in parties.organisations)]


def check_naming(case: Case, by: User) -> None:
    """May a team be named now: the dossier is valid and not before a council, and no report is in yet?"""
    check_going(case)
    check_apart(case, by)
    if case.state != CaseState.VALID or case.council_pid is not None:
        raise WrongState(N_("An expert team is named for a valid dossier that is not before a council."))
    team = asked.team_of(case)
    if team is not None and team.reported_at is not None:
        raise WrongState(N_("The expert team has reported already."))


def name_team(case: Case, members: Sequence[User], *, number: str, dated: date, by: User, at: datetime, seen: Any = None) -> ExpertTeam:
    """Name the team of this round, its head first; before it has reported it may be named anew."""
    check_naming(case, by)
    if not members:
        raise Incomplete(N_("The team needs at least a head."), field="member_1")
    if len({m.id for m in members}) < len(members):
        raise Incomplete(N_("Each person sits in the team once."), field="member_2")
    free = {u.id for u in candidates(case)}
    if any(m.id not in free for m in members):
        raise Incomplete(N_("Somebody of the project or its host does not check its products."), field="member_1")
    number = check_number(number, like="45/QĐ-SKHCN")
    assert case.checked_at is not None
    check_day(dated, field="dated", since=local(case.checked_at).date(), until=local(at).date())
    check_seen(case, seen)
    team = asked.team_of(case)
    if team is None:
        team = ExpertTeam(case_id=case.id, round=case.round, decision_number=number, decision_date=dated, named_by_id=by.id, named_at=at, members=[])
        db.session.add(team)
    team.decision_number, team.decision_date, team.named_by_id, team.named_at = number, dated, by.id, at
    team.members.clear()
    db.session.flush()
    team.members.extend(TeamSeat(position=n, user_id=member.id, user=member) for n, member in enumerate(members, 1))
    db.session.flush()
    journal.record(case, "name_experts", by=by, at=at, detail={"number": number, "members": [m.name for m in members]})
    outbox.post("acceptance/mail/in_team.txt", to=list(members), key=f"acceptance-team:{team.public_id}:{at.isoformat()}", at=at,
                project=funding.project_by_id(case.project_id), case=case, number=number)  # fmt: skip
    return team


def check_head(case: Case, by: User) -> None:
    """Is this person the head of the team of this round, and is its report still open?"""
    check_going(case)
    team = asked.team_of(case)
    if team is None or team.members[0].user_id != by.id:
        raise NotAllowed(N_("Only the head of the expert team writes its report."))
    if team.reported_at is not None or case.state != CaseState.VALID:
        raise WrongState(N_("The expert team has reported already."))


def report_findings(case: Case, found: Mapping[int, Mapping[str, Any]], *, checked_on: date, place: str | None, conclusion: str, by: User, at: datetime,
                    seen: Any = None) -> ExpertTeam:  # fmt: skip
    """What the team found, product by product ({position: {authentic, counted, reaches, note}}): every measurable one, or the report is refused."""
    check_head(case, by)
    team = asked.team_of(case)
    assert team is not None and case.checked_at is not None
    lines = asked.measurable(case)
    for line in lines:
        said = found.get(line.position, {})
        if not nfc(said.get("counted") or "").strip():
            raise Incomplete(N_("Please say of product %(n)s how much was counted or measured."), field=f"counted_{line.position}", n=line.position)
        for name in ("authentic", "reaches"):
            if said.get(name) is None:
                raise Incomplete(N_("Please answer this for product %(n)s."), field=f"{name}_{line.position}", n=line.position)
        if not (said["authentic"] and said["reaches"]) and not nfc(said.get("note") or "").strip():
            raise Incomplete(N_("Please say what is wrong with product %(n)s."), field=f"note_{line.position}", n=line.position)
    check_day(checked_on, field="checked_on", since=team.decision_date, until=local(at).date())
    check_seen(team, seen)
    rows = [ProductCheck(team_id=team.id, line_id=line.id, authentic=bool(said["authentic"]), counted=nfc(said["counted"]).strip(), reaches=bool(said["reaches"]),
                         note=nfc(said.get("note") or "").strip() or None) for line in lines for said in (found[line.position],)]  # fmt: skip
    db.session.add_all(rows)
    team.checked_on, team.place, team.conclusion, team.reported_by_id, team.reported_at = checked_on, place or None, conclusion, by.id, at
    db.session.flush()
    journal.record(case, "report_findings", by=by, at=at, detail={"products": len(rows), "wanting": sum(not (r.authentic and r.reaches) for r in rows)})
    project = funding.project_by_id(case.project_id)
    papers.issue(template="acceptance/team_report", subject=case, by=by, at=at, title=f"Báo cáo của tổ chuyên gia kiểm tra sản phẩm nhiệm vụ {project.code}", data={
        **face(project), "number": team.decision_number, "dated": team.decision_date.isoformat(), "checked_on": checked_on.isoformat(), "place": place or "",
        "findings": [{"name": line.name, "promised": promised(line), "counted": row.counted, "authentic": "Có" if row.authentic else "Không",
                      "reaches": "Đạt" if row.reaches else "Chưa đạt", "note": row.note or ""} for line, row in zip(lines, rows, strict=True)],
        "members": [{"name": seat.user.name, "part": "Tổ trưởng" if seat.position == 1 else "Thành viên"} for seat in team.members],
        "conclusion": conclusion, "head": by.name})  # fmt: skip
    outbox.post("acceptance/mail/team_reported.txt", to=people.users_with(Do.ACCEPTANCE_RUN), key=f"acceptance-team-reported:{team.public_id}", at=at, project=project,
                case=case)  # fmt: skip
    db.session.expire(team, ["findings"])
    return asked.team_of(case) or team


def check_products_first(case: Case, _by: User | None = None) -> None:
    """Have experts checked the measurable products, where there are some? The council comes after them."""
    team = asked.team_of(case)
    if asked.measurable(case) and (team is None or team.reported_at is None):
        raise WrongState(N_("This project has measurable products: a team of experts checks them and reports first."))
