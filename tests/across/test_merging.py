"""One person with two accounts: what moves, what stays, and what must be settled first."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from app.across.merging import actions, rules
from app.kernel import journal
from app.kernel.db import Base
from app.kernel.errors import NotAllowed, Refused, WrongState
from app.services.councils.models import Seat
from app.services.people import actions as people
from app.services.people.models import Engagement, RoleGrant
from app.stages.proposals.models import Proposal
from tests.support.browser import values_of
from tests.support.databases import PASSWORD


def test_every_column_that_means_a_person_is_on_one_side(app):
    pointing = {(t.name, k.parent.name) for t in Base.metadata.tables.values() for k in t.foreign_keys if k.column.table.name == "user_account"}
    undecided = {pair for pair in pointing if not rules.is_signature(pair[1])} - set(rules.MOVES) - rules.STAYS
    assert not undecided and not (set(rules.MOVES) | rules.STAYS) - pointing and not set(rules.MOVES) & rules.STAYS


@pytest.fixture
def second(db, user, at):
    """The second account of pi6: with a role, a membership of the same body, and an engagement."""
    row = people.add_user("hai@example.vn", "Người Có Hai Tài Khoản", by=None, at=at, password=PASSWORD)
    people.grant(row, "expert", by=None, at=at)
    for organisation in user("pi6").organisations:
        people.join(row, organisation, by=None, at=at)
    people.engage("proposal", row, role="member", title="Nhiệm vụ thử", from_date=at.date(), user_id=row.id)
    db.session.commit()
    return row


def test_by_the_page_it_is_shown_first_and_done_second(app, db, cast, as_, user, second, mails):
    admin, url, engaged = as_("admin"), f"/admin/users/{second.public_id}/merge", second.id
    shown = admin.submit(url, {"survivor": "pi6@demo.vamco.test", "reason": "cùng một người, đã đối chiếu căn cước"}, status=202)
    assert "Công việc tham gia" in shown.text and db.session.scalar(select(func.count()).select_from(Engagement).where(Engagement.user_id == engaged)) == 1
    form = values_of(BeautifulSoup(shown.get_data(as_text=True), "html.parser").select("main form[method=post]")[-1])
    assert admin.post(url, data=form | {"agree": "y"}).status_code == 303
    kept = user("pi6")
    assert db.session.scalar(select(func.count()).select_from(Engagement).where(Engagement.user_id == engaged)) == 0
    assert not second.active and second.merged_into_id == kept.id
    assert not db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == kept.id)).all(), "a merger grants no role"
    assert {m.to_address for m in mails() if m.template.startswith("merging/")} == {"hai@example.vn", "pi6@demo.vamco.test"}
    assert "merge_into" in {e.verb for e in journal.timeline([journal.subject_key(second)])}
    assert "take_over" in {e.verb for e in journal.timeline([journal.subject_key(kept)])}
    visitor = app.test_client()
    login = values_of(visitor.page("/auth/login").select_one("main form"))
    assert visitor.post("/auth/login", data=login | {"email": "hai@example.vn", "password": PASSWORD}).status_code == 303
    assert kept.name in visitor.page("/auth/account").text, "the closed address leads to the account that stays"
    assert admin.get(url).status_code == 409
    with pytest.raises(WrongState):
        people.reactivate(second, by=user("admin"), at=second.created_at)


def test_only_an_administrator_who_is_neither(cast, as_, user, second, at):
    assert as_("officer").get(f"/admin/users/{second.public_id}/merge").status_code == 403
    with pytest.raises(NotAllowed):
        actions.check(user("admin"), second, user("admin"))
    with pytest.raises(Refused):
        actions.check(second, second, user("admin"))
    said = as_("admin").submit(f"/admin/users/{second.public_id}/merge", {"survivor": "khong.co@example.vn", "reason": "x"}, status=404)
    assert "Không có tài khoản" in said.text


def test_a_whole_world_moves_and_still_verifies(played, db, user, at):
    """pi3 with dossiers and projects is found to be a second account of somebody who has none."""
    fresh = people.add_user("moi@example.vn", "Tài Khoản Mới", by=None, at=at)
    losing = next(u for u in (user(f"pi{n}") for n in (1, 2, 3, 4, 5, 6)) if db.session.scalar(select(func.count()).select_from(Proposal).where(Proposal.pi_id == u.id)))
    db.session.commit()
    dossiers = db.session.scalar(select(func.count()).select_from(Proposal).where(Proposal.pi_id == losing.id))
    moved = {m.label: m for m in actions.merge(losing, fresh, by=user("admin"), at=at, reason="hai tài khoản")}
    db.session.commit()
    assert moved["Dossiers as principal investigator"].moves == dossiers
    assert db.session.scalar(select(func.count()).select_from(Proposal).where(Proposal.pi_id == fresh.id)) == dossiers
    assert actions.preview(losing, fresh) == []
    assert journal.verify()[1] is None


def test_two_members_of_one_council_are_not_one_person(played, db, user):
    council, members = next((c, m) for c, m in _councils(db).items() if len(m) > 1)
    with pytest.raises(WrongState, match="one council"):
        actions.check(members[0], members[1], user("admin"))
    assert council


def test_nobody_becomes_the_own_judge(played, db, user):
    """A member of a council and the investigator of a dossier before it: in either direction."""
    judged = _judged(db)
    assert judged
    for member, investigator in judged[:2]:
        for losing, survivor in ((member, investigator), (investigator, member)):
            with pytest.raises(WrongState) as refused:
                actions.check(losing, survivor, user("admin"))
            assert "judges work of the other" in refused.value.message


def _councils(db):
    found = {}
    for seat in db.session.scalars(select(Seat).where(Seat.left_at.is_(None))):
        found.setdefault(seat.council_id, []).append(db.session.get(actions.User, seat.user_id))
    return found


def _judged(db):
    pairs = []
    for council_id, members in _councils(db).items():
        for item in db.session.scalars(select(actions.AgendaItem).where(actions.AgendaItem.council_id == council_id, actions.AgendaItem.given_back_at.is_(None))):
            row = actions.subjects.load(item.subject_type, item.subject_pid)
            people_behind = [db.session.get(actions.User, i) for i in actions.facts.parts_of(row).users]
            pairs += [(members[0], who) for who in people_behind if who.active and who.id not in {m.id for m in members}]
    return pairs
