"""Who is told: said beside the button, shown by a rehearsal that keeps nothing, left out where it is a courtesy."""

from __future__ import annotations

from sqlalchemy import func, select

from app.kernel.journal import JournalEntry
from app.services.mails.models import Notice
from tests.ideas.test_desk import officer, three  # noqa: F401 - fixtures


def rows(db, model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_the_form_says_who_is_told_and_the_rehearsal_who_and_how(as_, db, three, mails):  # noqa: F811
    client = as_("officer")
    idea = three[0]
    page = client.page(f"/ideas/{idea.public_id}/return")
    told = page.select_one(".told")
    assert told is not None and "tác giả" in told.text
    before = len(mails()), rows(db, Notice), rows(db, JournalEntry), idea.state
    answer = client.submit(f"/ideas/{idea.public_id}/return", {"reason": "Thiếu sản phẩm dự kiến của đề xuất", "rehearse": "1"}, status=200)
    shown = answer.get_data(as_text=True)
    assert idea.owner.name in shown and "Thiếu sản phẩm" in shown
    db.session.expire_all()
    assert before == (len(mails()), rows(db, Notice), rows(db, JournalEntry), idea.state)
    client.submit(f"/ideas/{idea.public_id}/return", {"reason": "Thiếu sản phẩm dự kiến của đề xuất"})
    fresh = mails()[before[0]:]
    assert [m.to_user_id for m in fresh] == [idea.owner_id] and fresh[0].subject in shown


def test_a_mail_that_the_act_needs_cannot_be_left_out(as_, db, three, mails):  # noqa: F811
    before = len(mails())
    as_("officer").submit(f"/ideas/{three[0].public_id}/return", {"reason": "Thiếu sản phẩm dự kiến của đề xuất", "untold": "1"})
    assert len(mails()) == before + 1
