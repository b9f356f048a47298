"""From the idea to the frozen ranking: what comes before a project."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from app.across.demo.bulk.bodies import Bodies
from app.across.demo.bulk.book import Book, Row
from app.across.demo.bulk.fates import Fate, Season, Story
from app.across.demo.plays.calls import PLACE
from app.across.demo.plays.work import answers_for
from app.kernel.clock import local
from app.kernel.text import fold
from app.services.people.models import Engagement
from app.services.questionnaires.models import FormVersion
from app.stages.calls.models import Call, CallTopic
from app.stages.calls.queries.asked import work_forms
from app.stages.calls.rules import CALL, FROZEN_PREFIXES, TopicOutcome
from app.stages.ideas.models import Idea, Topic
from app.stages.ideas.rules import (
    IDEA,
    TOPIC,
    Mode,
    Outcome,
    RedirectTo,
    idea_code,
    topic_code,
)
from app.stages.proposals.models import (
    BudgetLine,
    Proposal,
    ProposalProduct,
    TeamMember,
    Version,
    WorkForm,
)
from app.stages.proposals.rules import (
    PROPOSAL,
    ProductGroup,
    Source,
    TeamRole,
    content_hash,
    line_amount,
)

DAY = timedelta(days=1)
# days before the first decision of the season
DRAFTED, IDENTIFIED, LISTED, PUBLISHED, DEADLINE, OPENED, CHECKED = 325, 285, 262, 240, 190, 187, 178
REFUSED_PER_TOPIC = 1.8  # 531 ideas for 179 tasks
KINDS = {"social": "DT_XH"}
TEXTS = {
    "basis": "Chương trình 54-CTr/TU ngày 08/4/2024; Kế hoạch 1821/KH-UBND ngày 18/6/2024.",
    "need": "Sản xuất và đời sống tại địa phương còn thiếu quy trình phù hợp; chi phí cao, chất lượng chưa ổn định.",
    "contents": "Khảo sát hiện trạng; nghiên cứu, hoàn thiện giải pháp; xây dựng mô hình; tập huấn và chuyển giao.",
    "effects": "Nâng hiệu quả từ 15%, giảm chi phí và phát thải, tạo việc làm ổn định cho người dân.",
}
AIM = "Xây dựng và chuyển giao được giải pháp phù hợp với điều kiện của tỉnh, có số liệu kiểm chứng tại hiện trường."
PRODUCTS = "01 quy trình kỹ thuật; 02 mô hình trình diễn; 01 bài báo khoa học; tập huấn 100 lượt người."
COMMITMENT = "Cơ quan tiếp nhận kết quả, bố trí cán bộ và kinh phí để áp dụng trong 03 năm sau nghiệm thu."
PROMISED = (
    (ProductGroup.ONE, "Mô hình trình diễn", "mô hình", 2, "Năng suất hoặc hiệu quả tăng ít nhất 10%"),
    (ProductGroup.TWO, "Quy trình kỹ thuật", "quy trình", 1, "Được hội đồng cấp cơ sở thông qua"),
    (ProductGroup.THREE, "Bài báo khoa học", "bài", 1, "Đăng trên tạp chí trong nước"),
)
# head, content, percent of the state money, unit, quantity in hundredths, in each year?, lump sum?
LINES = (
    ("labour", "Công lao động của nhóm thực hiện", 42, "tháng", 1200, True, True),
    ("materials", "Vật tư, hóa chất, giống", 24, "đợt", 200, True, False),
    ("equipment", "Thiết bị đo tại hiện trường", 11, "bộ", 300, False, False),
    ("survey", "Điều tra, khảo sát hộ sản xuất", 9, "phiếu", 15000, False, True),
    ("workshops", "Hội thảo, tập huấn", 7, "cuộc", 400, False, True),
    ("management", "Quản lý chung", 7, "năm", 100, False, True),
)


# --- ideas and topics -----------------------------------------------------------------------------------------


def ideas(book: Book, bodies: Bodies, season: Season) -> None:
    """The ideas of the season, identified by minutes, and the approved list: one decision."""
    listed = book.at(season.day - LISTED * DAY, 15)
    number = f"{1500 + book.own('list', listed.year)}/QĐ-UBND"
    for story in season.stories:
        story.host = bodies.host(book.rng)
        story.kind = KINDS.get(story.title.field, book.rng.choice(("DT_CN", "DT_CN", "DT_CN", "DA_SXTN", "UDNR")))
        story.item_id = book.items[story.title.item].id
        story.pi = bodies.investigator(book.rng, story.host, story.starts, story.ends)
        idea = _idea(book, bodies, season, story)
        if idea["state"] == "in_identification" and book.came(listed):
            _approve(book, bodies, season, story, idea, number, listed)
    for _ in range(round(REFUSED_PER_TOPIC * len(season.stories) * book.rng.uniform(0.6, 1.4))):
        _refused(book, bodies, season, number, listed)


def _idea(book: Book, bodies: Bodies, season: Season, story: Story) -> Row:
    at = book.at(season.day - DRAFTED * DAY + book.rng.randint(0, 18) * DAY, book.rng.randint(8, 16), book.rng.randint(0, 59))
    receiver, owner = book.rng.choice(bodies.receivers), story.pi
    at = min(at, book.now - DAY)  # the youngest season is just being written
    idea = book.begin(
        IDEA, Idea, "draft", by=owner, at=at, title=story.title.text, folded=fold(f"{story.title.text} {TEXTS['need']} {AIM}"), year=local(at).year + 1,
        field=story.title.field, kind=story.kind, **TEXTS, aim=AIM, products=PRODUCTS, state_budget=story.total, other_budget=0,
        duration_months=story.months, receiver_organisation_id=receiver.id, commitment=COMMITMENT, committed_by=bodies.managers[receiver.id].name,
        item_id=None, owner_id=owner.id, organisation_id=story.host.id, created_at=at, code=None, submitted_at=None, outcome=None, final_title=None,
        final_aim=None, final_products=None, mode=None, host_organisation_id=None, ceiling=None, redirect_to=None, outcome_reason=None,
        minutes_number=None, minutes_dated=None, identified_at=None, decision_number=None, decision_date=None)  # fmt: skip
    _carry(book, bodies, season, story, idea, owner)
    return idea


def _carry(book: Book, bodies: Bodies, season: Season, story: Story, idea: Row, owner: Row) -> None:
    officer, sent = bodies.cast["officer"], book.at(local(idea.created_at).date() + 4 * DAY, 10)
    if not book.came(sent):
        return
    code = idea_code(local(sent).year, book.number("idea", local(sent).year))
    book.advance(IDEA, idea, "submit", by=owner, at=sent, detail={"number": code}, code=code, submitted_at=sent)
    linked, met = book.at(local(sent).date() + 2 * DAY, 10), book.at(season.day - IDENTIFIED * DAY, 16)
    if not book.came(linked):
        return
    idea["item_id"] = story.item_id
    book.note(idea, "link_item", by=officer, at=linked, detail={"item": story.title.item, "others": []})
    if not book.came(met):
        return
    outcome, minutes = Outcome.DO, f"{40 + book.own('minutes', met.year)}/BB-HĐXĐ"
    final = story.title.text
    if book.rng.random() < 0.3:  # the council often retitles: both titles are kept
        outcome, final = Outcome.DO_WITH_CHANGES, f"{story.title.text} phục vụ xây dựng nông thôn mới"[:500]
    host = story.host.id if season.mode == Mode.DIRECT else None
    book.advance(IDEA, idea, "identify", by=officer, at=met, detail={"outcome": str(outcome), "number": minutes}, outcome=outcome, final_title=final,
                 final_aim=AIM, final_products=PRODUCTS, mode=season.mode, host_organisation_id=host, ceiling=_ceiling(story.total),
                 minutes_number=minutes, minutes_dated=local(met).date(), identified_at=met,
                 folded=fold(f"{idea.code} {idea.title} {final} {TEXTS['need']} {AIM}"))  # fmt: skip


def _ceiling(total: int) -> int:
    """The ceiling of a topic: the estimate, rounded up to the next fifty million."""
    return (total * 104 // 100 // 50_000_000 + 1) * 50_000_000


def _approve(book: Book, bodies: Bodies, season: Season, story: Story, idea: Row, number: str, at: datetime) -> None:
    province, day = bodies.cast["province"], local(at).date()
    code = topic_code(day.year, book.number("topic", day.year))
    topic = book.begin(
        TOPIC, Topic, "approve", by=province, at=at, detail={"number": number, "item": story.title.item}, code=code, title=idea.final_title,
        proposed_title=idea.title, folded=fold(f"{code} {idea.final_title} {idea.title}"), aim=AIM, products=PRODUCTS, mode=season.mode, kind=story.kind,
        field=story.title.field, ceiling=idea.ceiling, duration_months=story.months, year=idea.year, item_id=story.item_id, idea_id=idea.id,
        receiver_organisation_id=idea.receiver_organisation_id, commitment=COMMITMENT, assigned_organisation_id=idea.host_organisation_id,
        decision_number=number, decision_date=day, decision_body="Ủy ban nhân dân tỉnh", decision_paper_pid=None, created_at=at)  # fmt: skip
    book.advance(IDEA, idea, "approve", by=province, at=at, detail={"number": number}, decision_number=number, decision_date=day)
    story.rows["topic"] = topic


def _refused(book: Book, bodies: Bodies, season: Season, number: str, listed: datetime) -> None:
    """An idea that does not become a topic: refused, or passed on to an enterprise or to the fund."""
    title, host = book.titles.next(season.day.year), bodies.host(book.rng)
    story = Story(title, Fate.HOPEFUL, season.day, season.day, book.rng.choice((12, 24)), 500_000_000, host=host, pi=book.rng.choice(bodies.people[host.id]),
                  item_id=book.items[title.item].id, kind=KINDS.get(title.field, "DT_CN"))  # fmt: skip
    idea = _idea(book, bodies, season, story)
    if idea["state"] != "in_identification":
        return
    away = book.rng.random() < 0.15
    idea.update(outcome=Outcome.REDIRECT if away else Outcome.DO_NOT, redirect_to=book.rng.choice(list(RedirectTo)) if away else None,
                final_title=None, final_aim=None, final_products=None, mode=None, host_organisation_id=None, ceiling=None,
                outcome_reason="Nội dung trùng với nhiệm vụ đã thực hiện." if not away else "Phù hợp với nguồn lực của doanh nghiệp.")  # fmt: skip
    if book.came(listed):
        book.advance(IDEA, idea, "redirect" if away else "reject", by=bodies.cast["province"], at=listed, reason=idea.outcome_reason, detail={"number": number},
                     decision_number=number, decision_date=local(listed).date())  # fmt: skip


# --- calls ----------------------------------------------------------------------------------------------------


def calls(book: Book, bodies: Bodies, season: Season) -> None:
    """One call for the topics of the season; after its deadline the dossiers are opened (dossiers come in the next step)."""
    officer, published = bodies.cast["officer"], book.at(season.day - PUBLISHED * DAY, 9)
    stories = [s for s in season.stories if "topic" in s.rows]
    if not stories or not book.came(published):
        return
    deadline, day = book.at(season.day - DEADLINE * DAY, 17), local(published).date()
    act = "Tuyển chọn" if season.mode == Mode.SELECTION else "Giao trực tiếp"
    title = f"{act} tổ chức, cá nhân chủ trì nhiệm vụ khoa học và công nghệ năm {day.year}, đợt {book.own('call-' + season.mode, day.year)}"
    number = f"{200 + book.own('notice', day.year)}/TB-SKHCN"
    call = book.begin(
        CALL, Call, "draft", by=officer, at=published - timedelta(hours=20), title=title, folded=fold(title), mode=season.mode, year=day.year, round=1,
        before_id=None, deadline=deadline, place=PLACE, note=None, number=None, dated=None, opens_at=None, rules=None, created_by_id=officer.id,
        created_at=published - timedelta(hours=20), closed_at=None, opened_at=None)  # fmt: skip
    rules = book.frozen(FROZEN_PREFIXES, day)
    book.advance(CALL, call, "publish", by=officer, at=published, detail={"number": number, "rules": rules}, number=number, dated=day, opens_at=published,
                 rules=rules)  # fmt: skip
    for position, story in enumerate(stories, 1):
        topic = story.rows["topic"]
        book.advance(TOPIC, topic, "put_in_call", by=officer, at=published, detail={"number": number})
        story.rows["call_topic"] = book.add(CallTopic, call_id=call.id, topic_id=topic.id, position=position, ceiling=topic.ceiling, dossiers=None, outcome=None,
                                            outcome_reason=None)  # fmt: skip
    season.rows["call"] = call


def open_dossiers(book: Book, bodies: Bodies, season: Season) -> None:
    """Close the call, open what came in, check it, free the topics that drew nobody."""
    call, officer = season.rows.get("call"), bodies.cast["officer"]
    closed, opened = book.at(season.day - DEADLINE * DAY, 17, 1), book.at(season.day - OPENED * DAY, 9)
    if call is None or not book.came(closed):
        return
    book.advance(CALL, call, "close", by=None, at=closed, closed_at=closed)
    if not book.came(opened):
        return
    stories = [s for s in season.stories if "call_topic" in s.rows]
    book.advance(CALL, call, "open_dossiers", by=officer, at=opened, opened_at=opened,
                 detail={"dossiers": sum(len(s.dossiers) for s in stories), "topics": {s.rows["call_topic"].public_id: len(s.dossiers) for s in stories}})  # fmt: skip
    for story in stories:
        story.rows["call_topic"]["dossiers"] = len(story.dossiers)
        if not story.dossiers:
            free(book, story, TopicOutcome.NO_DOSSIER, "Không có hồ sơ đăng ký", officer, opened)
    _check(book, bodies, season, stories)


def free(book: Book, story: Story, outcome: TopicOutcome, reason: str, by: Any, at: datetime) -> None:
    """The topic ended without a project in this call and is free again."""
    story.rows["call_topic"].update(outcome=outcome, outcome_reason=reason)
    book.advance(TOPIC, story.rows["topic"], "reopen", by=by, at=at, reason=reason)


def _check(book: Book, bodies: Bodies, season: Season, stories: list[Story]) -> None:
    checked = book.at(season.day - CHECKED * DAY, 14)
    if not book.came(checked):
        return
    for story in stories:
        for n, row in enumerate(story.dossiers):
            bad = n > 0 and book.rng.random() < 0.2
            note = "Thiếu hồ sơ pháp lý của tổ chức chủ trì." if bad else None
            book.advance(PROPOSAL, row, "check_ineligible" if bad else "check_eligible", by=bodies.cast["officer"], at=checked, reason=note, checked_at=checked,
                         check_note=note)  # fmt: skip
            if bad:
                disengage(book, row, local(checked).date())


# --- dossiers -------------------------------------------------------------------------------------------------


def dossiers(book: Book, bodies: Bodies, season: Season) -> None:
    """What hosts hand in: most topics draw one dossier, some draw several, a quarter draws none."""
    call = season.rows.get("call")
    for story in season.stories:
        if call is None or story.fate == Fate.NOBODY:
            continue
        many = 1 if season.mode == Mode.DIRECT else book.rng.choices((1, 2, 3, 4), (78, 15, 5, 2))[0]
        for n in range(many):
            host = story.host if n == 0 else bodies.host(book.rng)
            pi = story.pi if n == 0 else book.rng.choice(bodies.people[host.id])
            if any(d.pi_id == pi.id for d in story.dossiers):
                continue
            row = _dossier(book, bodies, season, story, host, pi, n)
            if row is not None:
                story.dossiers.append(row)


def _dossier(book: Book, bodies: Bodies, season: Season, story: Story, host: Row, pi: Row, n: int) -> Row | None:
    """One dossier; None while it is not handed in (drafts stay drafts)."""
    begun = book.at(season.day - (PUBLISHED - 8 - 4 * n) * DAY, book.rng.randint(8, 16), book.rng.randint(0, 59))
    sent = book.at(season.day - (DEADLINE + book.rng.randint(3, 12)) * DAY, book.rng.randint(8, 16), book.rng.randint(0, 59))
    if not book.came(begun):
        return None
    topic = story.rows["topic"]
    form = _form(book, story.kind, local(season.rows["call"].opens_at).date())
    row = book.begin(
        PROPOSAL, Proposal, "start", by=pi, at=begun, code=None, receipt_no=None, call_topic_id=story.rows["call_topic"].id, item_id=story.item_id,
        host_id=host.id, pi_id=pi.id, title=topic.title, folded=fold(topic.title), aim=AIM, duration_months=story.months,
        work=answers_for(form.definition, topic.title), created_at=begun,
        host_signed_at=None, host_signed_by_id=None, submitted_at=None, checked_at=None, check_note=None)  # fmt: skip
    book.add(WorkForm, proposal_id=row.id, form_version_id=form.id)
    parts = _parts(book, bodies, story, row, host, pi, story.total - n * 20_000_000 if story.total > 200_000_000 else story.total)
    for minute, verb in enumerate(("save_general", "save_work"), 1):
        book.note(row, verb, by=pi, at=min(begun + timedelta(hours=minute), book.now))
    if not book.came(sent):
        return None
    manager = bodies.managers[host.id]
    signed, year = sent - timedelta(hours=5), local(sent).year
    book.note(row, "sign_off", by=manager, at=signed)
    row.update(host_signed_at=signed, host_signed_by_id=manager.id)
    content = _snapshot(story, row, form, parts, host, pi)
    digest = content_hash(content)
    book.add(Version, proposal_id=row.id, number=1, content=content, sha256=digest, received_at=sent, submitted_by_id=pi.id)
    receipt = f"BN-{year}-{book.number('receipt', year):04d}"
    book.advance(PROPOSAL, row, "submit", by=pi, at=sent, detail={"number": receipt, "sha256": digest}, code=f"HS-{year}-{book.number('dossier', year):04d}",
                 receipt_no=receipt, submitted_at=sent)  # fmt: skip
    people = [(host.id, None, "host"), *((None, m.user_id, str(m.role)) for m in parts["team"] if m.user_id)]
    book.facts[row.public_id] = [engage(book, "proposal", row, local(sent).date(), *who) for who in people]
    book.parts[row.public_id] = parts
    return row


def _form(book: Book, kind: str, on: date) -> FormVersion:
    """The version of the work description that dossiers of a call published on that day are given."""
    if (kind, on) not in book.forms:
        book.forms[kind, on] = work_forms(book.value("proposals.work_questionnaires", on), [kind], on)[kind]
    version: FormVersion = book.forms[kind, on]
    return version


def engage(book: Book, kind: str, row: Row, day: date, organisation_id: int | None, user_id: int | None, role: str) -> Row:
    """The fact that this person or organisation works on the row."""
    return book.add(Engagement, kind=kind, subject_type=row.table.name, subject_pid=row.public_id, user_id=user_id, organisation_id=organisation_id, role=role,
                    title=row.title, from_date=day, to_date=None)  # fmt: skip


def disengage(book: Book, row: Row, day: date) -> None:
    """The work on the row ended on that day, for all."""
    for fact in book.facts.pop(row.public_id, ()):
        fact["to_date"] = day


def _parts(book: Book, bodies: Bodies, story: Story, row: Row, host: Row, pi: Row, total: int) -> dict[str, list[Row]]:
    colleague = next((p for p in bodies.people[host.id] if p.id != pi.id), None)
    named = [(pi, pi.name, TeamRole.PI, 12), *([(colleague, colleague.name, TeamRole.SECRETARY, 10)] if colleague else []), (None, "Kỹ thuật viên", TeamRole.MEMBER, 8)]
    team = [book.add(TeamMember, proposal_id=row.id, user_id=p.id if p else None, organisation_id=host.id if p else None, name=name, role=role, task=None, months=months)
            for p, name, role, months in named]  # fmt: skip
    products = [book.add(ProposalProduct, proposal_id=row.id, product_group=g, name=n, unit=u, quantity=q, quality=t) for g, n, u, q, t in PROMISED]
    years = range(story.starts.year, story.first_end.year + 1)
    lines = []
    for head, content, percent, unit, quantity, yearly, lump in LINES:
        for year in years if yearly else (story.starts.year,):
            price = max(1, total * percent // (quantity * (len(years) if yearly else 1)))
            lines.append((head, content, Source.STATE, year, unit, quantity, price, lump))
    if story.kind in ("DA_SXTN", "UDNR"):
        lines.append(("materials", "Giống, phân bón của hộ tham gia", Source.COUNTERPART, story.starts.year, "ha", 1000, total * 30 // 1000, False))
    made = [book.add(BudgetLine, proposal_id=row.id, head=h, content=c, source=s, year=y, unit=u, quantity=q, price=p, amount=line_amount(q, p), lump_sum=lump)
            for h, c, s, y, u, q, p, lump in lines]  # fmt: skip
    return {"team": team, "products": products, "lines": made}


def _snapshot(story: Story, row: Row, form: FormVersion, parts: dict[str, list[Row]], host: Row, pi: Row) -> dict[str, Any]:
    """Everything the dossier says, in the form of a submitted version."""
    return {
        "title": row.title, "aim": row.aim, "duration_months": row.duration_months, "work": row.work,
        "work_form": {"code": form.questionnaire.code, "version": form.number}, "host": host.name, "pi": pi.name,
        "item": story.title.item, "files": [],
        "team": [{"name": m.name, "role": str(m.role), "months": m.months, "task": None, "organisation": host.name if m.user_id else None} for m in parts["team"]],
        "products": [{"group": str(p.product_group), "name": p.name, "unit": p.unit, "quantity": p.quantity, "quality": p.quality, "kind": None, "level_home": None,
                      "level_abroad": None, "place": None, "ready_month": None} for p in parts["products"]],
        "uses": [], "milestones": [], "spending": None,
        "lines": [{"head": b.head, "content": b.content, "source": str(b.source), "year": b.year, "unit": b.unit, "quantity": b.quantity,
                   "price": b.price, "amount": b.amount, "lump_sum": b.lump_sum} for b in parts["lines"]],
    }  # fmt: skip
