"""A courtesy may be left out by its sender, and the journal keeps that; where a mail would tell who has an account nothing is said before."""

from __future__ import annotations

from sqlalchemy import func, select

from app.kernel.journal import JournalEntry
from app.kernel.outbox import OutboxMail
from app.stages.ideas import desk
from tests.ideas.test_desk import officer, three  # noqa: F401 - fixtures

WHY = "Thiếu sản phẩm dự kiến của đề xuất"


def left_out(db):
    return [e.detail for e in db.session.scalars(select(JournalEntry).where(JournalEntry.verb == "leave_untold"))]


def test_a_courtesy_is_left_out_and_the_journal_keeps_that(as_, db, three, officer, mails):  # noqa: F811
    desk.merge(three[0], three[1:2], **officer)
    db.session.commit()
    before = len(mails())
    client, address = as_("officer"), f"/ideas/{three[1].public_id}/unmerge"
    assert client.page(address).select_one(".told [name=untold]") is not None
    client.submit(address, {"untold": "1"})
    assert len(mails()) == before and left_out(db) == [{"mail": "ideas/mail/unmerged.txt"}]


def test_what_the_act_needs_goes_whatever_is_sent(as_, db, three, mails):  # noqa: F811
    before, address = len(mails()), f"/ideas/{three[0].public_id}/return"
    client = as_("officer")
    assert client.page(address).select_one(".told [name=untold]") is None
    client.submit(address, {"reason": WHY, "untold": "1"})
    assert len(mails()) == before + 1 and left_out(db) == []


def test_a_rehearsal_keeps_nothing_even_of_a_form_that_is_not_in_order(as_, db, three):  # noqa: F811
    client, address = as_("officer"), f"/ideas/{three[0].public_id}/return"
    before = [db.session.scalar(select(func.count()).select_from(model)) for model in (OutboxMail, JournalEntry)]
    client.submit(address, {"reason": "", "rehearse": "1"}, status=422)
    client.submit(address, {"reason": WHY, "rehearse": "1"}, status=200)
    assert before == [db.session.scalar(select(func.count()).select_from(model)) for model in (OutboxMail, JournalEntry)]
    assert client.get(address).status_code == 200  # it may still be returned


def test_pages_of_accounts_say_nothing_before(anonymous, as_):
    for page in (anonymous.page("/auth/login"), anonymous.page("/auth/forgotten"), as_("pi1").page("/auth/email")):
        assert page.select_one(".told") is None and page.select_one("[name=rehearse]") is None
