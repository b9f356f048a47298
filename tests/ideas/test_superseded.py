"""Ideas tied to a plan that was replaced: each page says so and what the item became; nothing is blocked."""

from __future__ import annotations

from datetime import timedelta

from app.across.demo.plays import ideas
from app.stages.ideas import order
from app.stages.ideas.models import Idea
from app.stages.plan import queries as plans
from tests.plan.test_superseded import succeed

DAY = timedelta(days=1)
SAYS = "không còn hiệu lực"


def test_the_council_page_warns_and_names_what_the_item_became(as_, cast, at, db):
    idea = ideas.submitted_idea(cast, item="1.2", title="Đề xuất của kế hoạch cũ", at=at - 40 * DAY)
    officer = as_("officer")
    assert SAYS not in officer.page("/ideas/council").text
    succeed(cast, at)
    page = officer.page("/ideas/council")
    assert SAYS in page.select_one("main .empty").text and "1.1" in page.select_one("#former-head").parent.text
    assert page.select_one(f'main a[href$="/ideas/{idea.public_id}/link-item"]') and page.select_one("main form [name=ideas]"), "a hint, no bar"


def test_the_form_says_that_the_plan_is_replaced_and_not_that_something_is_missing(as_, cast, at, db):
    idea = ideas.drafted_idea(cast, title="Đề xuất của kế hoạch cũ", at=at - 40 * DAY)
    order.keep(idea, {"item": plans.item("1.2").public_id})
    db.session.commit()
    pid, kept = idea.public_id, order.of(idea).answers["item"]
    succeed(cast, at)
    me = as_("pi1")
    assert SAYS in me.page(f"/ideas/{pid}/submit").select_one("main .field-error").text
    answer = me.submit(f"/ideas/{pid}/edit", {}, status=422).get_data(as_text=True)
    told = answer.partition('id="item-error"')[2][:400]
    assert SAYS in told and "1.1" in told
    assert order.of(db.session.get(Idea, idea.id)).answers["item"] == kept, "the old choice is not lost"
