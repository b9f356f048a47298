"""Conflicts in a council: refused at the seat, out at the opening, refused at the ballot, told when a team changes; and what of them stays private."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.across.demo.plays import councils as plays
from app.across.demo.plays import ideas as idea_plays
from app.kernel.clock import local
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.journal import JournalEntry
from app.kernel.outbox import OutboxMail
from app.kernel.web import sentence_of
from app.services.conflicts import actions as ties
from app.services.conflicts.models import Tie
from app.services.conflicts.rules import TieKind
from app.services.councils import actions, clashes, queries, recusals, suggestions
from app.services.councils.rules import SeatRole
from app.services.experts import actions as experts
from app.services.papers.blocks import as_text
from app.services.papers.models import Paper
from app.services.people.models import Membership, User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.models import Rule
from app.stages.ideas import council as identification
from app.stages.selection import actions as selection
from tests.selection.factories import two_checked

DAY = timedelta(days=1)
YES = {"urgency": "pass", "level": "pass", "feasibility": "pass", "conclusion": "do", "mode": "selection", "priority": 1}
KINSHIP = ("Husband", "wife", "spouse", "vợ", "chồng", "family", "gia đình", "relation", "quan hệ")


@pytest.fixture
def ideas(cast, at):
    """Two ideas of pi1."""
    return [idea_plays.submitted_idea(cast, item="1.8", title=name, at=at) for name in ("Tưới tự động cho thanh long", "Bảo quản chanh không hạt")]


@pytest.fixture
def draft(cast, at, ideas):
    return identification.prepare(ideas, title="Hội đồng xác định", by=cast["officer"], at=at + DAY)


@pytest.fixture
def established(cast, at, draft):
    return plays.established(cast, council=draft, at=at + DAY)


def refused(what, act, *args, **kw):
    with pytest.raises(what) as found:
        act(*args, **kw)
    return found.value


def owner_of(row, db):
    return db.session.get(User, row.owner_id)


def test_family_is_told_to_who_composes_and_to_nobody_else(app, cast, at, ideas, draft, db):
    """A planted relation: the officer reads it, the leader, the member, the mail to the chair and the journal do not."""
    owner = owner_of(ideas[0], db)
    ties.declare_tie(cast["member4"], TieKind.SPOUSE, owner.name, email=owner.email, at=at)
    said = refused(Incomplete, actions.appoint, draft, cast["member4"], SeatRole.REVIEWER, by=cast["officer"], at=at + DAY)
    with app.test_request_context("/"):
        told = sentence_of(said)
        assert owner.name in told and "councils.identification.exclusions" in told
        (_item, clash), *_rest = clashes.of(draft, {cast["member4"].id: None}, on=at.date())[cast["member4"].id]
        assert not any(word.casefold() in sentence_of(clash.reason(composer=False)).casefold() for word in (*KINSHIP, owner.name))
    detail = " ".join(str(e.detail) + str(e.reason) for e in db.session.scalars(select(JournalEntry)))
    assert owner.email not in detail and "spouse" not in detail


def test_a_relation_that_becomes_known_later(app, cast, at, ideas, established, db):
    """Officer and chair are told once; the member is out at the opening without a word of why; the minutes do not say it either."""
    owner = owner_of(ideas[0], db)
    ties.declare_tie(owner, TieKind.SPOUSE, cast["member7"].name, email=cast["member7"].email, at=at + 2 * DAY)
    actions.watch(at + 3 * DAY - timedelta(minutes=5))  # the worker sees by itself that there is something new
    assert actions.team_changed(ideas[0], at=at + 3 * DAY) == 0 and actions.recheck(established, at + 4 * DAY) == 0
    mails = list(db.session.scalars(select(OutboxMail).where(OutboxMail.template == "councils/mail/conflict_found.txt")))
    assert {m.to_user_id for m in mails} == {cast["officer"].id, cast["member1"].id}
    (chairs, *_more) = [m for m in mails if m.to_user_id == cast["member1"].id]
    assert not any(word.casefold() in chairs.body.casefold() for word in (*KINSHIP, owner.name))
    council = plays.voting(cast, council=established)
    out = recusals.of(council)
    assert {o.seat.user_id for o in out} == {cast["member7"].id} and len(out) == 2
    refused(NotAllowed, actions.cast, council, council.agenda[0], YES, by=cast["member7"], at=council.meets_at)
    assert not any(word.casefold() in o.row.reason.casefold() for o in out for word in (*KINSHIP, owner.name))


def test_out_of_an_item_from_and_to_and_back_again(cast, as_, travel, established, db):
    """The time stands in the minutes; nobody is called back before the item is dealt with; what was signed is kept."""
    one, two = established.agenda
    for seat in established.seats:
        mine = {two.public_id: "Cùng viết đề xuất"} if seat.user_id == cast["member6"].id else {}
        actions.declare(established, mine, by=seat.user, at=established.meets_at)
    actions.attend(established, {s.public_id for s in established.seats}, by=cast["officer"], at=established.meets_at)
    actions.convene(established, by=cast["officer"], at=established.meets_at + timedelta(minutes=5))
    council = queries.fresh(established)
    (out,) = recusals.of(council)
    assert out.since == council.meets_at + timedelta(minutes=5) and out.until is None
    refused(WrongState, actions.call_back, council, out.row, by=cast["officer"], at=council.meets_at + timedelta(minutes=10))
    db.session.commit()
    travel.move_to(council.meets_at + timedelta(minutes=6))
    said = f"Ngoài nội dung {two.position} từ {local(out.since):%H:%M}"
    assert said in " ".join(as_("officer").page(f"/councils/{council.public_id}/room").text.split())
    later = council.meets_at + timedelta(hours=1)
    for item in (one, two):
        plays.to_step(cast, council=council, opens="ballot", item=item, at=later)
        for seat in council.seats:
            if (seat.id, item.id) not in queries.recusals_of(council):
                actions.cast(council, item, YES, by=seat.user, at=later)
        plays.to_step(cast, council=council, opens="box", item=item, at=later)
        actions.open_box(council, item, by=cast["member1"], at=later)
    council = queries.fresh(council)
    travel.move_to(later + timedelta(minutes=7))
    officer, page = as_("officer"), f"/councils/{council.public_id}"
    officer.submit(officer.page(page).find("a", href=lambda url: url and url.endswith("/back"))["href"])
    assert "Cùng viết đề xuất" in officer.page(f"{page}/conflicts").text and as_("leader").get(f"{page}/conflicts").status_code == 403
    council = queries.council_by_pid(council.public_id)
    (out,) = recusals.of(council)
    assert out.noted and out.until == later + timedelta(minutes=7)
    plays.to_step(cast, council=council, opens="conclusion", at=later + timedelta(hours=1))
    actions.conclude(council, conclusion="Thống nhất.", by=cast["officer"], at=later + timedelta(hours=1))
    text = as_text(db.session.scalars(select(Paper).where(Paper.template == "councils/minutes")).one().blocks)
    assert "Cùng viết đề xuất" in text and f"{(later + timedelta(hours=7, minutes=7)):%H:%M %d/%m/%Y}" in text
    assert len(recusals.declarations_of(council)) == 7 and "Khai báo xung đột lợi ích đã ký" in text


def test_dossiers_partners_former_employers_and_rivals(cast, at, db):
    """From the rows of a selection: the host now and lately, and who applies in the same call; by the rules of the kind."""
    place = two_checked(cast, at)
    council = selection.prepare(place, by=cast["officer"], at=at + 70 * DAY)
    today = at + 70 * DAY
    row = Membership(user_id=cast["member5"].id, organisation_id=cast.org("host2").id, from_date=(today - 900 * DAY).date(), to_date=(today - 100 * DAY).date())
    db.session.add(row)
    db.session.flush()
    found = clashes.of(council, {cast[name].id: SeatRole.MEMBER for name in ("pi1", "member9", "member5", "member1")}, on=today.date())
    causes = {name: {(item.position, c.hit.cause, c.hard) for item, c in found[cast[name].id]} for name in ("pi1", "member9", "member5", "member1")}
    mine = next(i.position for i in council.agenda if any(c.hit.cause == "team" for _i, c in found[cast["pi1"].id] if _i is i))
    other = next(i.position for i in council.agenda if i.position != mine)
    assert (mine, "team", True) in causes["pi1"] and (other, "same_call", True) in causes["pi1"]
    assert (mine, "same_organisation", True) in causes["member9"]
    assert causes["member5"] == {(other, "past_organisation", False)}
    assert causes["member1"] == set()
    said = refused(Incomplete, actions.appoint, council, cast["member5"], SeatRole.MEMBER, by=cast["officer"], at=today)
    assert said.field == "explanation"
    actions.appoint(council, cast["member5"], SeatRole.MEMBER, explanation="Đã chuyển công tác, không tham gia hồ sơ.", by=cast["officer"], at=today)
    assert row.to_date and not db.session.scalars(select(Tie)).all()


def test_nobody_with_a_hit_is_ever_suggested(cast, at, db):
    """Experts of the field, some of them with conflicts of different weight: those are left out, each with its reason."""
    place = two_checked(cast, at)
    today = at + 70 * DAY
    council = selection.prepare(place, by=cast["officer"], at=today)
    for n, account in enumerate(("member1", "member2", "member5", "member8", "member9", "pi1", "pi3")):
        user = cast[account]
        row = experts.add({"name": user.name, "email": user.email, "fields": ["1.8"] if n % 2 else ["1"], "degree": "doctor", "languages": ["vi"]}, by=cast["officer"], at=at)
        experts.join(row, user, by=user, at=at)
    db.session.add(Membership(user_id=cast["member5"].id, organisation_id=cast.org("host2").id, from_date=(at - 900 * DAY).date(), to_date=(at - 10 * DAY).date()))
    ties.declare_tie(cast["member8"], TieKind.STUDENT, cast["pi3"].name, at=at)
    db.session.flush()
    good, left = suggestions.of(council, at=today)
    hits = clashes.of(council, {s.user.id: None for s in good}, on=today.date())
    assert {s.user.id for s in good} == {cast["member1"].id, cast["member2"].id} and not any(hits.values())
    assert {x.user.id for x in left} == {cast[a].id for a in ("member5", "member8", "member9", "pi1", "pi3")} and all(x.clashes for x in left)
    assert all(s.fit.reasons for s in good) and good[0].user.id == cast["member2"].id  # the item itself before its sector
    away = next(s.expert for s in good if s.user.id == cast["member2"].id)
    actions.schedule(council, meets_at=today + 20 * DAY, place="Phòng họp 2", by=cast["officer"], at=today)
    experts.add_away(away, (today + 18 * DAY).date(), (today + 22 * DAY).date(), by=cast["member2"], at=today)
    assert [s.user.id for s in suggestions.of(queries.fresh(council), at=today)[0]] == [cast["member1"].id]
    points = rulebook.value("experts.suggestions", on=today.date())
    db.session.add(Rule(key="experts.suggestions", value={**points, "most_open": 0}, source="Quy chế thử", mark="V", valid_from=at.date(), created_at=at))
    db.session.flush()  # nobody has room for another council
    good, left = suggestions.of(queries.fresh(council), at=today)
    assert not good and [(x.full, x.clashes) for x in left if x.user.id == cast["member1"].id] == [(0, ())]
    said = refused(Incomplete, actions.appoint, council, cast["member1"], SeatRole.MEMBER, by=cast["officer"], at=today)
    assert said.field == "explanation" and said.params["most"] == 0
    actions.appoint(council, cast["member1"], SeatRole.MEMBER, explanation="Chuyên gia duy nhất của lĩnh vực.", by=cast["officer"], at=today)
