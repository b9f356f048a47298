"""The work on the projects of the large world: reports, visits, changes, stops; and how it ends."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from app.across.demo.bulk.bodies import Bodies
from app.across.demo.bulk.book import Book, Row
from app.across.demo.bulk.fates import ENDED, Fate, Season, Story
from app.across.demo.bulk.money import meet, move, release
from app.across.demo.bulk.upstream import disengage
from app.kernel.clock import local
from app.stages.execution.models import (
    Adjustment,
    Inspection,
    Report,
    Suspension,
    Termination,
)
from app.stages.execution.rules import (
    ADJUSTMENT,
    INSPECTION,
    REPORT,
    SUSPENSION,
    TERMINATION,
    AdjustmentKind,
    Ground,
    InspectionKind,
    ReportKind,
    periods,
)
from app.stages.funding import ledger
from app.stages.funding.models import (
    Annex,
    Liquidation,
    ProjectClosing,
    Settlement,
)
from app.stages.funding.rules import (
    CONTRACT,
    OPEN_TRANCHES,
    SETTLEMENT,
    TRANCHE,
    Cause,
    ClosingKind,
    Condition,
    EntryKind,
    TrancheState,
    end_of,
)

DAY = timedelta(days=1)
# days after the last day of the work
CLOSED, SETTLED, ACCEPTED, LIQUIDATED = 50, 82, 92, 113
DONE = "Đã khảo sát hiện trạng, thử nghiệm tại hai điểm và tập huấn cho các hộ tham gia theo kế hoạch."


def signed(season: Season) -> list[Story]:
    """The stories of the season whose contracts are signed."""
    return [s for s in season.stories if "signed" in s.rows]


def reports(book: Book, bodies: Bodies, season: Season) -> None:
    """Periodic reports: scheduled with the signature, written, some late, reviewed; the first one makes the second tranche due."""
    for story in signed(season):
        project = story.rows["project"]
        every, days = (book.value(f"execution.report_{key}", project.decision_date) for key in ("every_months", "due_days"))
        for first, last in periods(story.starts, story.first_end, every):
            _schedule(book, bodies, story, first, last, days, story.rows["signed"])
        for report in story.reports:
            _report(book, bodies, story, report)


def _schedule(book: Book, bodies: Bodies, story: Story, first: date, last: date, days: int, at: datetime) -> None:
    story.reports.append(book.begin(
        REPORT, Report, "schedule", by=bodies.cast["officer"], at=at, project_id=story.rows["project"].id, kind=ReportKind.PERIODIC, number=len(story.reports) + 1,
        period_from=first, period_to=last, due_on=last + days * DAY, progress=None, done=None, products=None, spent=None, difficulties=None, next_steps=None,
        submitted_by_id=None, submitted_at=None, reviewed_by_id=None, reviewed_at=None, remark=None))  # fmt: skip


def _report(book: Book, bodies: Bodies, story: Story, report: Row) -> None:
    late = book.rng.choice((-6, -4, -3, -1, 0, 0, 4, 12, 25))
    sent, frozen = book.at(report.due_on + late * DAY, 11), story.rows.get("frozen_at")
    if not book.came(sent) or (frozen is not None and sent >= frozen):
        return
    share = report.number / max(len(story.reports), 1)
    spent = int(story.paid * min(0.95, 0.35 + 0.6 * share))
    book.advance(REPORT, report, "submit", by=story.pi, at=sent, detail={"progress": int(100 * share), "spent": spent}, progress=int(min(100, 100 * share)), done=DONE,
                 products="Báo cáo khảo sát; 01 mô hình đang vận hành.", spent=spent, next_steps="Mở rộng mô hình và theo dõi số liệu trong kỳ tới.",
                 submitted_by_id=story.pi.id, submitted_at=sent)  # fmt: skip
    read = book.at(local(sent).date() + 6 * DAY, 15)
    if not book.came(read) or (frozen is not None and read >= frozen):
        return
    young = book.now - read < 45 * DAY and report is not story.reports[0]
    verb, remark = ("return", "Đề nghị bổ sung số liệu theo dõi mô hình.") if young and book.rng.random() < 0.3 else ("accept", "Phù hợp với hợp đồng.")
    book.advance(REPORT, report, verb, by=bodies.cast["officer2"], at=read, reason=remark, reviewed_by_id=bodies.cast["officer2"].id, reviewed_at=read, remark=remark)
    if verb == "accept":
        meet(book, bodies, story, Condition.REPORT, read)


def visits(book: Book, bodies: Bodies, season: Season) -> None:
    """A visit to every fifth project, half way."""
    for story in signed(season):
        day = story.starts + (story.first_end - story.starts) / 2
        planned = book.at(day - 20 * DAY, 9)
        if book.rng.random() > 0.2 or not book.came(planned) or story.stopped is not None:
            continue
        officer, held = bodies.cast["officer"], book.at(day, 16)
        row = book.begin(
            INSPECTION, Inspection, "plan", by=officer, at=planned, project_id=story.rows["project"].id, kind=InspectionKind.PERIODIC, planned_on=local(held).date(),
            place=story.host.name, purpose="Kiểm tra tiến độ, nội dung và sử dụng kinh phí.", team="Phòng Quản lý Khoa học; Phòng Kế hoạch - Tài chính",
            held_on=None, present=None, progress_finding=None, money_finding=None, conclusion=None, requests=None, created_by_id=officer.id, created_at=planned)  # fmt: skip
        if book.came(held):
            book.advance(INSPECTION, row, "conclude", by=officer, at=held, held_on=local(held).date(), present="Đoàn kiểm tra; tổ chức chủ trì; chủ nhiệm",
                         progress_finding="Đúng tiến độ.", money_finding="Chứng từ đầy đủ.", conclusion="Tiếp tục thực hiện theo hợp đồng.")  # fmt: skip


def changes(book: Book, bodies: Bodies, season: Season) -> None:
    """Extensions: asked for before the end, agreed by decision, an annex; and some that wait now."""
    for story in signed(season):
        if story.extension:
            _extend(book, bodies, story)
        elif story.fate == Fate.RUNNING and book.rng.random() < 0.12:
            _ask(book, story, book.at(local(book.now).date() - 12 * DAY, 10))


def _ask(book: Book, story: Story, at: datetime) -> Row | None:
    if not book.came(at) or at < story.rows["signed"]:
        return None
    new_end = end_of(story.first_end + DAY, story.extension or 6)
    row = book.begin(
        ADJUSTMENT, Adjustment, "request", by=story.pi, at=at, project_id=story.rows["project"].id, kind=AdjustmentKind.EXTENSION, before=None, after=None, months=story.extension or 6, new_ends_on=new_end,
        special=False, requested_by_id=story.pi.id, requested_at=at, decided_by_id=None, decided_at=None, decision_number=None, decision_date=None, remark=None,
        annex_number=None)  # fmt: skip
    row["reason"] = "Mưa lũ kéo dài làm chậm vụ thử nghiệm, cần thêm một vụ để đủ số liệu."
    return row


def _extend(book: Book, bodies: Bodies, story: Story) -> None:
    row, agreed = _ask(book, story, book.at(story.first_end - 60 * DAY, 10)), book.at(story.first_end - 45 * DAY, 15)
    if row is None or not book.came(agreed):
        return
    contract, leader, day = story.rows["contract"], bodies.cast["leader"], local(agreed).date()
    number = f"{700 + book.own('change', day.year)}/QĐ-SKHCN"
    book.add(Annex, contract_id=contract.id, number=1, kind="extension", summary=row.reason, dated=day, decision_number=number, by_id=leader.id, at=agreed)
    book.note(contract, "annex", by=leader, at=agreed, detail={"number": 1, "kind": "extension", "decision": number})
    contract["ends_on"] = story.rows["project"]["ends_on"] = story.ends
    book.advance(ADJUSTMENT, row, "agree", by=leader, at=agreed, detail={"number": number, "annex": 1}, decided_by_id=leader.id, decided_at=agreed,
                 decision_number=number, decision_date=day, annex_number=1)  # fmt: skip
    every, days = (book.value(f"execution.report_{key}", story.rows["project"].decision_date) for key in ("every_months", "due_days"))
    kept = {r.period_from for r in story.reports}
    for first, last in periods(story.starts, story.ends, every):
        if first not in kept:
            _schedule(book, bodies, story, first, last, days, agreed)
            _report(book, bodies, story, story.reports[-1])


def stops(book: Book, bodies: Bodies, season: Season) -> None:
    """Suspensions, and early ends by decision."""
    for story in signed(season):
        at = story.rows.get("frozen_at")
        if at is None or not book.came(at):
            continue
        project, leader = story.rows["project"], bodies.cast["leader"]
        project["frozen_since"] = at
        book.hold(project, frozen_since=None)
        if story.fate == Fate.SUSPENDED:
            number, reason = f"{800 + book.own('stop', at.year)}/QĐ-SKHCN", "Điểm thử nghiệm bị ngập, không thể tiếp cận."
            _suspend(book, story, leader, number, reason, at)
            book.note(project, "freeze", by=leader, at=at, reason=reason)
        else:
            _terminate(book, bodies, story, at)


def _suspend(book: Book, story: Story, leader: Any, number: str, reason: str, at: datetime) -> None:
    row = book.add(Suspension, state=SUSPENSION.start, project_id=story.rows["project"].id, reason=reason, from_date=local(at).date(), until=None,
                   decision_number=number, by_id=leader.id, at=at)  # fmt: skip
    book.note(row, "suspend", by=leader, at=at, after=SUSPENSION.start, reason=reason, detail={"number": number})


def _terminate(book: Book, bodies: Bodies, story: Story, at: datetime) -> None:
    project, officer, province = story.rows["project"], bodies.cast["officer"], bodies.cast["province"]
    statement = "Kết quả thử nghiệm cho thấy giải pháp không khả thi ở quy mô sản xuất."
    asked = at - timedelta(hours=30)
    row = book.begin(TERMINATION, Termination, "request", by=story.pi, at=asked, reason=statement, project_id=project.id, ground=Ground.NOT_FEASIBLE, statement=statement,
                     requested_by_id=project.pi_id, requested_at=asked, opened_by_id=None, opened_at=None, cause=None, paid=None, used=None, refund_percent=None, refund=None, decided_by_id=None, decided_at=None,
                     decision_number=None, decision_date=None, remark=None)  # fmt: skip
    book.advance(TERMINATION, row, "open", by=officer, at=at, reason=statement, opened_by_id=officer.id, opened_at=at)
    book.note(project, "freeze", by=officer, at=at, reason=statement)
    decided = book.at(story.stopped or local(at).date(), 15)
    if not book.came(decided):
        return
    day, cause, used = local(decided).date(), Cause.OBJECTIVE, story.paid * 9 // 10
    percent = int(book.value("funding.refund_percent", project.decision_date)[str(cause)])
    refund, number = ledger.refund(story.paid, used, percent), f"{900 + book.own('end', day.year)}/QĐ-UBND"
    book.advance(TERMINATION, row, "decide", by=province, at=decided, detail={"number": number, "refund": refund}, cause=cause, paid=story.paid, used=used,
                 refund_percent=percent, refund=refund, decided_by_id=province.id, decided_at=decided, decision_number=number, decision_date=day)  # fmt: skip
    book.advance(CONTRACT, story.rows["contract"], "terminate", by=province, at=decided)
    _cancel_open(book, story, province, decided)
    _close(book, story, ClosingKind.TERMINATED, cause, number, province, decided)
    if book.rng.random() < 0.5:
        _settle(book, bodies, story, decided + 30 * DAY, used, percent)


def _cancel_open(book: Book, story: Story, by: Any, at: datetime) -> None:
    for tranche in story.tranches:
        if tranche["state"] in OPEN_TRANCHES:
            book.advance(TRANCHE, tranche, "cancel", by=by, at=at)


def _close(book: Book, story: Story, kind: ClosingKind, cause: Cause | None, number: str, by: Any, at: datetime) -> None:
    project = story.rows["project"]
    book.add(ProjectClosing, project_id=project.id, kind=kind, cause=cause, number=number, dated=local(at).date(), by_id=by.id, at=at)
    book.note(project, "close", by=by, at=at, detail={"kind": str(kind), "cause": str(cause) if cause else None, "number": number})
    disengage(book, project, local(at).date())


# --- the end --------------------------------------------------------------------------------------------------


def endings(book: Book, bodies: Bodies, season: Season) -> None:
    """Recognised or failed; the last tranche; the accounts; the liquidation."""
    for story in signed(season):
        at = book.at(story.ends + CLOSED * DAY, 10)
        if story.fate not in ENDED or not book.came(at):
            continue
        failed = story.fate == Fate.FAILED or (story.fate == Fate.LIQUIDATED and book.rng.random() < 0.06)
        cause = book.rng.choice((Cause.SUBJECTIVE, Cause.OBJECTIVE)) if failed else None
        _close(book, story, ClosingKind.FAILED if failed else ClosingKind.RECOGNISED, cause, f"{3000 + book.own('recognition', at.year)}/QĐ-UBND",
               bodies.cast["province"], at)  # fmt: skip
        if not failed:
            meet(book, bodies, story, Condition.ACCEPTANCE, at)
        under_way = any(t["state"] in (TrancheState.REQUESTED, TrancheState.APPROVED) for t in story.tranches)
        if under_way or (story.fate != Fate.LIQUIDATED and book.rng.random() < 0.5):
            continue
        unused = 0 if book.rng.random() < 0.7 else story.paid * book.rng.randint(5, 30) // 1000
        percent = int(book.value("funding.refund_percent", story.rows["project"].decision_date)[str(cause)]) if cause else 0
        _settle(book, bodies, story, book.at(story.ends + SETTLED * DAY, 9), story.paid - unused, percent)


def _settle(book: Book, bodies: Bodies, story: Story, at: datetime, spent: int, percent: int) -> None:
    if not book.came(at):
        return
    project, contract, finance = story.rows["project"], story.rows["contract"], bodies.cast["finance"]
    due = ledger.refund(story.paid, spent, percent)
    row = book.begin(SETTLEMENT, Settlement, "submit", by=story.pi, at=at, detail={"spent": spent, "refund": due}, project_id=project.id, paid=story.paid, spent=spent,
                     refund_percent=percent, refund_due=due, assets="Thiết bị đo giao tổ chức chủ trì quản lý.", note=None, submitted_by_id=story.pi.id,
                     submitted_at=at, decided_by_id=None, decided_at=None, remark=None)  # fmt: skip
    accepted = book.at(local(at).date() + (ACCEPTED - SETTLED) * DAY, 15)
    if not book.came(accepted):
        return
    book.advance(SETTLEMENT, row, "accept", by=finance, at=accepted, detail={"refund": due}, decided_by_id=finance.id, decided_at=accepted,
                 remark="Số liệu khớp với chứng từ.")  # fmt: skip
    for tranche in story.tranches:
        if tranche["state"] == TrancheState.PAID:
            book.advance(TRANCHE, tranche, "settle", by=finance, at=accepted)
    _cancel_open(book, story, finance, accepted)
    release(book, story, project.approved_state - spent, finance, accepted)
    book.advance(CONTRACT, contract, "settle", by=finance, at=accepted)
    if due:
        voucher = f"HT-{local(accepted).year}-{book.own('refund', local(accepted).year):04d}"
        entry = move(book, bodies, story, EntryKind.REFUND, due, voucher, accepted + timedelta(minutes=30))
        book.note(project, "refund", by=finance, at=accepted + timedelta(minutes=30), detail={"entry": entry.public_id, "amount": due, "voucher": voucher})
    _liquidate(book, bodies, story, book.at(local(accepted).date() + (LIQUIDATED - ACCEPTED) * DAY, 10))


def _liquidate(book: Book, bodies: Bodies, story: Story, at: datetime) -> None:
    if story.fate != Fate.LIQUIDATED or not book.came(at):
        return
    number, contract, officer = f"{50 + book.own('liquidation', at.year)}/BB-TLHĐ", story.rows["contract"], bodies.cast["officer"]
    book.add(Liquidation, project_id=story.rows["project"].id, contract_id=contract.id, number=number, dated=local(at).date(), assets=None, remark=None,
             by_id=officer.id, at=at)  # fmt: skip
    book.advance(CONTRACT, contract, "liquidate", by=officer, at=at, detail={"number": number})
