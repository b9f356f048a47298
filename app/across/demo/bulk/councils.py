"""Selection councils of the large world: composition, one session, the frozen ranking."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.across.demo.bulk.bodies import Bodies
from app.across.demo.bulk.book import Book, Row
from app.across.demo.bulk.fates import Fate, Season, Story
from app.across.demo.bulk.upstream import disengage, free
from app.kernel.clock import local
from app.services.councils.models import AgendaItem, Council, Seat
from app.services.councils.rules import COUNCIL, Kind, SeatRole
from app.stages.calls.rules import TopicOutcome
from app.stages.proposals.rules import PROPOSAL, ProposalState
from app.stages.selection.models import RankingLine, Round
from app.stages.selection.rules import ROUND

DAY = timedelta(days=1)
ESTABLISHED, MET = 165, 140  # days before the first decision of the season
ROLES = (SeatRole.CHAIR, SeatRole.VICE_CHAIR, SeatRole.REVIEWER, SeatRole.REVIEWER, SeatRole.SECRETARY, *(SeatRole.MEMBER,) * 4)
RULES = ("councils.selection.", "councils.excluded_roles", "selection.")


def selection(book: Book, bodies: Bodies, season: Season) -> None:
    """One council for each topic with eligible dossiers: established, met, concluded."""
    for story in season.stories:
        eligible = [d for d in story.dossiers if d["state"] == ProposalState.ELIGIBLE]
        established = book.at(season.day - ESTABLISHED * DAY, 10)
        if not eligible or not book.came(established):
            continue
        council = _establish(book, bodies, story, eligible, established)
        row = book.begin(ROUND, Round, "begin", by=bodies.cast["officer"], at=established, call_topic_id=story.rows["call_topic"].id, council_id=council.id,
                         created_at=established, concluded_at=None)  # fmt: skip
        for dossier in eligible:
            book.advance(PROPOSAL, dossier, "put_to_selection", by=bodies.cast["officer"], at=established)
        met = book.at(season.day - MET * DAY, 8)
        if book.came(met + timedelta(hours=4)):
            _meet(book, bodies, story, council, row, eligible, met)


def _establish(book: Book, bodies: Bodies, story: Story, eligible: list[Row], at: datetime) -> Row:
    officer, day = bodies.cast["officer"], local(at).date()
    topic, number = story.rows["topic"], f"{2000 + book.own('council', day.year)}/QĐ-SKHCN"
    council = book.begin(
        COUNCIL, Council, "draft", by=officer, at=at - 3 * DAY, kind=Kind.SELECTION, title=f"Hội đồng tư vấn tuyển chọn: {topic.title}"[:500], rule_ids=None,
        decision_number=None, decision_dated=None, meets_at=at + 25 * DAY, place="Phòng họp Sở Khoa học và Công nghệ", conclusion=None, officer_id=officer.id,
        created_at=at - 3 * DAY, concluded_at=None)  # fmt: skip
    hosts = {d.host_id for d in eligible}
    able = [person for person, body in bodies.experts if body not in hosts]
    for role, person in zip(ROLES, book.rng.sample(able, len(ROLES)), strict=True):
        book.add(Seat, council_id=council.id, user_id=person.id, role=role, declared_at=None, present=False)
    for position, dossier in enumerate(eligible, 1):
        book.add(AgendaItem, council_id=council.id, position=position, subject_type="proposal", subject_pid=dossier.public_id, title=dossier.title, opened_at=None)
    book.advance(COUNCIL, council, "propose", by=officer, at=at - DAY)
    book.advance(COUNCIL, council, "establish", by=bodies.cast["leader"], at=at, detail={"number": number}, decision_number=number, decision_dated=day,
                 rule_ids=book.frozen(RULES, day))  # fmt: skip
    return council


def _meet(book: Book, bodies: Bodies, story: Story, council: Row, row: Row, eligible: list[Row], at: datetime) -> None:
    officer, end = bodies.cast["officer"], at + timedelta(hours=3)
    seats = [s for s in book.waiting(Seat) if s.council_id == council.id]
    absent = seats[-1] if book.rng.random() < 0.3 else None
    for seat in seats:
        seat.update(declared_at=at, present=seat is not absent)
    for item in book.waiting(AgendaItem):
        if item.council_id == council.id:
            item["opened_at"] = at + timedelta(hours=2)
    book.advance(COUNCIL, council, "convene", by=officer, at=at, meets_at=at)
    sheets = len(seats) - (absent is not None)
    marks = _marks(book, story, eligible, sheets)
    book.advance(ROUND, row, "rank", by=None, at=end)
    best = max(eligible, key=lambda d: marks[d.id])
    passed = marks[best.id] >= 70 * sheets
    for position, dossier in enumerate(sorted(eligible, key=lambda d: -marks[d.id]), 1):
        total = marks[dossier.id]
        line = book.add(
            RankingLine, round_id=row.id, proposal_id=dossier.id, position=position, mean_numerator=total, mean_denominator=sheets,
            mean_hundredths=(total * 200 + sheets) // (2 * sheets), ballots=sheets, passed=total >= 70 * sheets, recommended=dossier is best and passed,
            tied=False, rule_ids=council.rule_ids, frozen_at=end)  # fmt: skip
        if line.recommended:
            story.rows["line"] = line
    book.advance(COUNCIL, council, "conclude", by=officer, at=end, concluded_at=end,
                 conclusion="Hội đồng đề nghị giao chủ trì theo kết quả chấm điểm." if passed else "Không có hồ sơ đạt yêu cầu.")  # fmt: skip
    book.advance(ROUND, row, "conclude", by=officer, at=end + timedelta(minutes=30), concluded_at=end + timedelta(minutes=30))
    _tell(book, bodies, story, eligible, best if passed else None, {d.id for d in eligible if marks[d.id] >= 70 * sheets}, end + timedelta(minutes=30))


def _marks(book: Book, story: Story, eligible: list[Row], sheets: int) -> dict[int, int]:
    """The sum of the sheets of each dossier: the first is the one that wins where somebody wins."""
    if story.fate == Fate.NOT_GOOD:
        return {d.id: sum(book.rng.randint(48, 68) for _ in range(sheets)) for d in eligible}
    return {d.id: sum(book.rng.randint(80, 96) if d is story.dossiers[0] else book.rng.randint(60, 79) for _ in range(sheets)) for d in eligible}


def _tell(book: Book, bodies: Bodies, story: Story, eligible: list[Row], best: Row | None, passed: set[int], at: datetime) -> None:
    officer = bodies.cast["officer"]
    for dossier in eligible:
        verb = "select" if dossier is best else "reserve" if dossier.id in passed else "not_select"
        book.advance(PROPOSAL, dossier, verb, by=officer, at=at)
        if verb == "not_select":
            disengage(book, dossier, local(at).date())
    if best is None:
        free(book, story, TopicOutcome.NOT_SELECTED, "Không có hồ sơ đạt yêu cầu", officer, at)
