"""Budget appraisal, award, contract and payments of the large world."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from app.across.demo.bulk.bodies import Bodies
from app.across.demo.bulk.book import Book, Row
from app.across.demo.bulk.fates import Fate, Season, Story
from app.across.demo.bulk.upstream import engage
from app.kernel.clock import local
from app.kernel.text import fold
from app.stages.calls.rules import CALL, TopicOutcome
from app.stages.funding import ledger
from app.stages.funding.models import (
    Appraisal,
    AppraisalLine,
    AppraisalMember,
    Commitment,
    Contract,
    LedgerEntry,
    Project,
    ProjectProduct,
    ProjectYear,
    Submission,
    Tranche,
    YearBudget,
)
from app.stages.funding.rules import (
    APPRAISAL,
    CONTRACT,
    SUBMISSION,
    TRANCHE,
    CommitmentKind,
    Condition,
    EntryKind,
    LumpSum,
    Source,
    TrancheState,
)
from app.stages.ideas.rules import TOPIC

DAY = timedelta(days=1)
APPRAISED, SUBMITTED = 105, 20  # days before the first decision of the season
DRAFTED, SIGNED = 7, 18  # days after the decision
BUDGET = 200_000_000_000
TEAM = (("Đặng Kế Toán", "Sở Khoa học và Công nghệ"), ("Quách Văn Phúc", "Sở Tài chính"), ("Lê Văn Thẩm Định", "Sở Khoa học và Công nghệ"))


def year_budgets(book: Book, bodies: Bodies, first: int, last: int, count: int) -> None:
    """The province's money of each year, entered where it is not yet; of the years to come only the next is known."""
    for year in range(first, last + 1):
        at = min(book.at(date(year, 1, 5)), book.now)
        if year not in book.budgets:
            row = book.add(YearBudget, source=Source.STATE, year=year, total=BUDGET * max(1, -(-count // 2000)), decision_number=f"{300 + year % 100}/QĐ-UBND")
            book.note(row, "set_budget", by=bodies.cast["finance"], at=at, detail={"total": row.total, "year": year})
            book.budgets[year] = row


def appraisals(book: Book, bodies: Bodies, season: Season) -> None:
    """The budget of every recommended dossier is read line by line, some are cut; then it is submitted for decision."""
    officer, at = bodies.cast["officer"], book.at(season.day - APPRAISED * DAY, 9)
    for story in season.stories:
        line = story.rows.get("line")
        if line is None or not book.came(at):
            continue
        row = book.begin(APPRAISAL, Appraisal, "begin", by=officer, at=at, ranking_line_id=line.id, proposal_id=line.proposal_id, lump_sum=LumpSum.PARTIAL,
                         held_on=None, place=None, remark=None, opened_by_id=None, concluded_by_id=None, concluded_at=None, created_at=at)  # fmt: skip
        story.rows["appraisal"] = row
        _read_lines(book, story, row)
        for position, (name, body) in enumerate(TEAM, 1):
            book.add(AppraisalMember, appraisal_id=row.id, position=position, name=name, body=body, user_id=None)
        book.note(row, "name_team", by=officer, at=at + timedelta(hours=1), detail={"members": len(TEAM)})
        held = book.at(local(at).date() + 7 * DAY, 9)
        if not book.came(held + timedelta(hours=2)):
            continue
        sums = ledger.totals(story.rows["lines"])
        book.advance(APPRAISAL, row, "open", by=officer, at=held, held_on=local(held).date(), place="Phòng họp Sở Khoa học và Công nghệ", opened_by_id=officer.id)
        book.note(row, "appraise", by=officer, at=held + timedelta(hours=1), detail={"lines": sum(x.allowed != x.asked for x in story.rows["lines"])})
        done = held + timedelta(hours=2)
        book.advance(APPRAISAL, row, "conclude", by=officer, at=done, detail={"asked": sums["asked"], "allowed": sums["allowed"]}, concluded_by_id=officer.id,
                     concluded_at=done, remark="Tổ thẩm định thống nhất với các khoản chi.")  # fmt: skip
        _submit(book, bodies, season, story, sums)


def _read_lines(book: Book, story: Story, appraisal: Row) -> None:
    cut = book.rng.random() < 0.4
    parts = book.parts.pop(story.dossiers[0].public_id)
    story.rows |= {"team": parts["team"], "products": parts["products"]}
    story.rows["lines"] = [
        book.add(AppraisalLine, appraisal_id=appraisal.id, position=n, head=b.head, content=b.content, source=Source(str(b.source)), year=b.year, asked=b.amount,
                 norm=None, allowed=b.amount * 95 // 100 if cut and n == 1 else b.amount, reason="Điều chỉnh theo định mức của tỉnh" if cut and n == 1 else None)
        for n, b in enumerate(parts["lines"], 1)
    ]  # fmt: skip


def _submit(book: Book, bodies: Bodies, season: Season, story: Story, sums: dict[str, Any]) -> None:
    at, officer = book.at(season.day - SUBMITTED * DAY, 15), bodies.cast["officer"]
    if not book.came(at):
        return
    day = local(at).date()
    field = book.value("funding.field_codes", day)[story.title.field]
    story.rows["submission"] = book.begin(
        SUBMISSION, Submission, "submit", by=officer, at=at, detail={"state": sums["state"]}, appraisal_id=story.rows["appraisal"].id,
        number=f"{100 + book.own('submission', day.year)}/TTr-SKHCN", dated=day, title=story.rows["topic"].title, code_type=story.kind, code_field=field,
        starts_on=story.starts, duration_months=story.months, approved_state=sums["state"], approved_counterpart=sums["counterpart"],
        lump_sum=LumpSum.PARTIAL, remark=None, submitted_by_id=officer.id, submitted_at=at, decided_by_id=None, decided_at=None)  # fmt: skip


# --- awards ---------------------------------------------------------------------------------------------------


def awards(book: Book, bodies: Bodies, season: Season) -> None:
    """The decisions: projects are born with code, regime, years, products and promised money; the call is concluded."""
    for story in season.stories:
        at = book.at(story.decided, 10)
        if "submission" in story.rows and story.becomes_project and book.came(at):
            _award(book, bodies, story, at)
    call, over = season.rows.get("call"), book.at(season.last_day + DAY, 16)
    settled = all("project" in s.rows or s.rows["call_topic"].outcome for s in season.stories if "call_topic" in s.rows)
    if call is not None and settled and book.came(over) and call["state"] == "opened":
        book.advance(CALL, call, "conclude", by=bodies.cast["officer"], at=over)
        for story in season.stories:
            if "project" in story.rows:
                story.rows["call_topic"]["outcome"] = TopicOutcome.ASSIGNED


def _award(book: Book, bodies: Bodies, story: Story, at: datetime) -> None:
    submission, province, day = story.rows["submission"], bodies.cast["province"], local(at).date()
    code = book.value("funding.code_pattern", day).format(TYPE=submission.code_type, FIELD=submission.code_field, SEQ=f"{book.number('project', day.year):02d}", YEAR=day.year)
    number = f"{4500 + book.own('award', day.year)}/QĐ-UBND"
    project = book.add(
        Project, code=code, title=submission.title, folded=fold(submission.title), item_id=story.item_id, topic_id=story.rows["topic"].id,
        proposal_id=story.dossiers[0].id, host_id=story.host.id, pi_id=story.pi.id, pi_name=story.pi.name, kind=submission.code_type,
        regime=book.value("funding.regime", day), lump_sum=LumpSum.PARTIAL, approved_state=submission.approved_state,
        approved_counterpart=submission.approved_counterpart, approved_total=submission.approved_state + submission.approved_counterpart,
        starts_on=story.starts, ends_on=story.first_end, duration_months=story.months, decision_number=number, decision_date=day,
        decision_body="Ủy ban nhân dân tỉnh", frozen_since=None, historic=False, approved_by_id=province.id, created_at=at)  # fmt: skip
    story.rows["project"] = project
    book.note(project, "approve", by=province, at=at, detail={"code": code, "number": number})
    book.advance(SUBMISSION, submission, "approve", by=province, at=at, detail={"project": code, "number": number}, decided_by_id=province.id, decided_at=at)
    _years(book, story, project, province, at)
    for position, p in enumerate(story.rows["products"], 1):
        book.add(ProjectProduct, project_id=project.id, position=position, name=p.name, unit=p.unit, quantity=str(p.quantity), quality=p.quality, product_group=str(p.product_group))
    book.advance(TOPIC, story.rows["topic"], "assign", by=province, at=at)
    people = [(None, story.pi.id, "pi"), (story.host.id, None, "host")]
    people += [(None, m.user_id, "member") for m in story.rows["team"] if m.user_id and m.user_id != story.pi.id]
    book.facts[project.public_id] = [engage(book, "project", project, story.starts, *who) for who in people]


def _years(book: Book, story: Story, project: Row, by: Any, at: datetime) -> None:
    story.rows["promised"] = []
    for year, parts in ledger.from_year(ledger.totals(story.rows["lines"])["years"], project.decision_date.year).items():
        book.add(ProjectYear, project_id=project.id, year=year, state_amount=parts["state"], counterpart_amount=parts["counterpart"])
        budget = book.budgets.get(year)
        if budget is not None and parts["state"]:
            book.add(Commitment, year_budget_id=budget.id, project_id=project.id, kind=CommitmentKind.COMMIT, amount=parts["state"], by_id=by.id, at=at)
            story.rows["promised"].append((budget.id, parts["state"]))


def release(book: Book, story: Story, amount: int, by: Any, at: datetime) -> None:
    """Promised money that is not needed goes back to its years, the latest first."""
    for budget_id, promised in reversed(story.rows["promised"]):
        part = min(amount, promised)
        if part > 0:
            book.add(Commitment, year_budget_id=budget_id, project_id=story.rows["project"].id, kind=CommitmentKind.RELEASE, amount=part, by_id=by.id, at=at)
            amount -= part


# --- contracts and payments -----------------------------------------------------------------------------------


def contracts(book: Book, bodies: Bodies, season: Season) -> None:
    """Contracts with their tranches; what waits for the signature is paid."""
    for story in season.stories:
        at = book.at(story.decided + DRAFTED * DAY, 14)
        if "project" not in story.rows or not book.came(at):
            continue
        project, officer = story.rows["project"], bodies.cast["officer"]
        contract = book.begin(
            CONTRACT, Contract, "draft", by=officer, at=at, project_id=project.id, number=None, party_a="Sở Khoa học và Công nghệ", party_a_signer=None,
            party_b_signer=None, account="3713.0.1057890, Kho bạc Nhà nước", signed_on=None, starts_on=story.starts, ends_on=story.first_end, created_at=at)  # fmt: skip
        story.rows["contract"] = contract
        _tranches(book, story, contract)
        signed = book.at(story.decided + SIGNED * DAY, 10)
        if not book.came(signed):
            continue
        day = local(signed).date()
        number = f"{book.own('contract', day.year):03d}/{day.year}/HĐ-KHCN"
        book.advance(CONTRACT, contract, "sign", by=officer, at=signed, detail={"number": number}, number=number, signed_on=day,
                     party_a_signer=bodies.cast["leader"].name, party_b_signer=bodies.managers[story.host.id].name)  # fmt: skip
        story.rows["signed"] = signed
        if story.stopped is not None:  # payments stop with the work, and as soon as an early end is considered
            story.rows["frozen_at"] = book.at(story.stopped - (15 * DAY if story.fate == Fate.TERMINATED else 0 * DAY), 9)
        meet(book, bodies, story, Condition.SIGNING, signed)


def _tranches(book: Book, story: Story, contract: Row) -> None:
    project = story.rows["project"]
    parts = book.value("funding.tranches", project.decision_date)
    span = (story.first_end - story.starts).days
    for position, (part, amount) in enumerate(zip(parts, ledger.schedule(project.approved_state, [p["percent"] for p in parts]), strict=True), 1):
        condition = Condition(part["condition"])
        days = {Condition.SIGNING: 0, Condition.ACCEPTANCE: span}.get(condition, span // 2)
        story.tranches.append(book.add(
            Tranche, project_id=project.id, contract_id=contract.id, position=position, state=TRANCHE.start, amount=amount, condition=condition,
            planned_on=story.starts + days * DAY, note=None, requested_at=None, requested_by_id=None, first_approved_by_id=None, approved_by_id=None,
            paid_by_id=None, first_approved_at=None, approved_at=None, paid_at=None))  # fmt: skip


def meet(book: Book, bodies: Bodies, story: Story, condition: Condition, at: datetime) -> None:
    """The condition of the next planned tranche is met: it falls due and is requested, approved by two people and paid."""
    waiting = next((t for t in story.tranches if t["state"] == TrancheState.PLANNED), None)
    if waiting is None or waiting.condition != condition:
        return
    cast, day = bodies.cast, local(at).date()
    limit = story.rows.get("frozen_at")
    book.advance(TRANCHE, waiting, "fall_due", by=cast["officer"], at=at)
    book.hold(waiting, state=TRANCHE.start)  # one tranche of a contract is open at a time: each waits for its turn
    asked, first, second, paid = (book.at(day + n * DAY, hour) for n, hour in ((4, 9), (6, 10), (6, 15), (9, 14)))
    if not _free(book, asked, limit):
        return
    book.advance(TRANCHE, waiting, "request", by=story.pi, at=asked, note="Đã hoàn thành nội dung của giai đoạn.", requested_by_id=story.pi.id, requested_at=asked)
    if not _free(book, first, limit):
        return
    book.note(waiting, "approve_first", by=cast["officer"], at=first)
    waiting.update(first_approved_by_id=cast["officer"].id, first_approved_at=first)
    if not _free(book, second, limit):
        return
    book.advance(TRANCHE, waiting, "approve", by=cast["leader"], at=second, detail={"amount": waiting.amount}, approved_by_id=cast["leader"].id, approved_at=second)
    if _free(book, paid, limit):
        _pay(book, bodies, story, waiting, paid)


def _free(book: Book, at: datetime, limit: datetime | None) -> bool:
    return book.came(at) and (limit is None or at < limit)


def _pay(book: Book, bodies: Bodies, story: Story, tranche: Row, at: datetime) -> None:
    voucher = f"UNC-{local(at).year}-{book.own('voucher', local(at).year):04d}"
    entry = move(book, bodies, story, EntryKind.PAYMENT, tranche.amount, voucher, at, tranche)
    book.advance(TRANCHE, tranche, "pay", by=bodies.cast["finance"], at=at, detail={"entry": entry.public_id, "amount": entry.amount, "voucher": voucher},
                 paid_by_id=bodies.cast["finance"].id, paid_at=at)  # fmt: skip


def move(book: Book, bodies: Bodies, story: Story, kind: EntryKind, amount: int, voucher: str, at: datetime, tranche: Row | None = None) -> Row:
    """One row of the ledger."""
    story.paid += amount if kind == EntryKind.PAYMENT else -amount
    entry = book.add(LedgerEntry, kind=kind, amount=amount, project_id=story.rows["project"].id, tranche_id=tranche.id if tranche else None, reverses_id=None,
                     booked_on=local(at).date(), voucher=voucher, note=None, by_id=bodies.cast["finance"].id, at=at,
                     document=ledger.document_key(kind, voucher, local(at)))  # fmt: skip
    book.book_late(entry, tranche)
    return entry
