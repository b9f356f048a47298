"""The desk: each person finds the own work, and nothing of others."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.across.demo.plays import calls, ideas
from app.across.demo.plays import execution as works
from app.across.demo.plays import funding as money
from app.across.desk import providers
from app.kernel.db import db as database
from app.stages.ideas import council as identification
from tests.funding import factories

DAY = factories.DAY
EVERYONE = ("admin", "officer", "leader", "province", "finance", "registry", "auditor", "agency1", "pi1", "host1", "member1")


def waiting(user, at):
    return {g.label: [t.title for t in g.tasks] for g in providers.groups(user, at)}


@pytest.mark.parametrize("account", EVERYONE)
def test_everybody_has_a_desk(account, as_):
    assert as_(account).page("/desk/").select_one("h1")


def test_work_stands_on_the_right_desk(app, cast, at):
    project = factories.project(cast, at - DAY * 60, number="61/QĐ-UBND")
    with app.test_request_context():
        assert waiting(cast["officer"], at)["Contracts to sign"] == [project.title]
        assert "Contracts to sign" not in waiting(cast["pi1"], at)


def test_an_idea_waits_for_the_officer_and_a_draft_for_its_owner(app, cast, at):
    ideas.submitted_idea(cast, item="1.8", title="Ý tưởng đã gửi", at=at - DAY, by="pi1")
    ideas.drafted_idea(cast, title="Ý tưởng đang viết", at=at - DAY, by="pi1")
    with app.test_request_context():
        assert waiting(cast["officer"], at)["Ideas to put to identification"] == ["Ý tưởng đã gửi"]
        assert waiting(cast["pi1"], at)["Your ideas to finish"] == ["Ý tưởng đang viết"]
        assert "Your ideas to finish" not in waiting(cast["pi2"], at)


def test_an_open_call_stands_before_those_who_apply(app, cast, at):
    topic = ideas.approved_topic(cast, item="1.8", title="Tưới chính xác", at=at - DAY * 40)
    calls.published_call(cast, topics=[topic], at=at - DAY)
    with app.test_request_context():
        shown = {who for who in ("pi1", "host1", "member1", "officer", "leader", "province", "finance", "registry") if "Open calls" in waiting(cast[who], at)}
    assert shown == {"pi1", "host1", "member1"}, "those who decide, pay and number do not answer calls"


def test_late_reports_are_counted(app, cast, at):
    project = factories.project(cast, at - DAY * 400, number="62/QĐ-UBND")
    money.contracted(cast, project=project, at=at - DAY * 385)
    with app.test_request_context():
        group = next(g for g in providers.groups(cast["pi1"], at) if g.label == "Reports to write")
        assert group.late >= 1
        assert "Reports to write" not in waiting(cast["pi3"], at)


def test_a_change_waits_for_who_decides(app, cast, at):
    project = factories.project(cast, at - DAY * 300, number="63/QĐ-UBND")
    money.contracted(cast, project=project, at=at - DAY * 285)
    works.requested_extension(cast, project=project, at=at - DAY * 2)
    with app.test_request_context():
        assert waiting(cast["leader"], at)["Changes that await your decision"] == [project.title]
        assert "Changes that await your decision" not in waiting(cast["officer"], at)


def test_the_number_of_queries_stays(cast, at, as_, count_queries):
    factories.project(cast, at - DAY * 60, number="64/QĐ-UBND")
    database.session.commit()
    officer = as_("officer")
    officer.get("/desk/")
    once = count_queries(lambda: officer.get("/desk/"))
    for n in range(3):
        factories.project(cast, at - DAY * (61 + n), title=f"Mô hình {n}", number=f"7{n}/QĐ-UBND")
    database.session.commit()
    assert count_queries(lambda: officer.get("/desk/")) == once


def test_a_tranche_that_may_be_asked_for_is_not_called_late(app, cast, at):
    project = factories.project(cast, at - DAY * 400, number="64/QĐ-UBND")
    money.contracted(cast, project=project, at=at - DAY * 385)
    with app.test_request_context():
        group = next(g for g in providers.groups(cast["pi1"], at) if g.label == "Payments to deal with")
        assert group.late == 0 and all(t.due is None and t.since is not None for t in group.tasks)


def test_an_approved_topic_waits_for_a_call(app, cast, at):
    topic = ideas.approved_topic(cast, item="1.8", title="Nhiệm vụ chờ thông báo", at=at - DAY * 40)
    with app.test_request_context():
        assert waiting(cast["officer"], at)["Topics to put into a call"] == [topic.title]
        assert "Topics to put into a call" not in waiting(cast["pi1"], at)
        calls.drafted_call(cast, topics=[topic], at=at)
        assert "Topics to put into a call" not in waiting(cast["officer"], at)


def test_an_idea_on_an_agenda_no_longer_waits_to_be_put_there(app, cast, at):
    idea = ideas.submitted_idea(cast, item="1.8", title="Ý tưởng trước hội đồng", at=at - DAY)
    with app.test_request_context():
        assert waiting(cast["officer"], at)["Ideas to put to identification"] == [idea.title]
        identification.prepare([idea], title="Hội đồng xác định nhiệm vụ", by=cast["officer"], at=at)
        assert "Ideas to put to identification" not in waiting(cast["officer"], at)


def test_one_statement_serves_people_with_the_same_roles_and_shows_each_their_own(app, cast, at):
    ideas.drafted_idea(cast, title="Ý tưởng của người thứ nhất", at=at - DAY, by="pi1")
    ideas.drafted_idea(cast, title="Ý tưởng của người thứ ba", at=at - DAY, by="pi3")
    assert cast["pi1"].roles == cast["pi3"].roles
    with app.test_request_context():
        assert waiting(cast["pi1"], at)["Your ideas to finish"] == ["Ý tưởng của người thứ nhất"]
        written = providers._statements.cache_info().misses
        assert waiting(cast["pi3"], at)["Your ideas to finish"] == ["Ý tưởng của người thứ ba"]
        assert providers._statements.cache_info().misses == written
        assert "Ideas to put to identification" not in waiting(cast["pi1"], at)
        waiting(cast["pi1"], at + DAY)
        assert providers._statements.cache_info().misses == written + 1


def test_the_first_lines_are_shown_and_all_are_counted(app, cast, at, as_):
    for n in range(12):
        ideas.drafted_idea(cast, title=f"Ý tưởng {n:02}", at=at - DAY * (20 - n), by="pi1")
    with app.test_request_context():
        group = next(g for g in providers.groups(cast["pi1"], at, shown=10) if g.name == "my_ideas")
        assert [t.title for t in group.tasks] == [f"Ý tưởng {n:02}" for n in range(10)] and group.count == 12
        assert len(next(g for g in providers.groups(cast["pi1"], at, shown=10, whole="my_ideas") if g.name == "my_ideas").tasks) == 12
    pi1 = as_("pi1")
    assert "Ý tưởng 11" not in pi1.page("/desk/").text
    assert "Ý tưởng 11" in pi1.page("/desk/?all=my_ideas").text
    assert "Ý tưởng 11" not in pi1.page("/desk/?all=nothing").text


def test_of_very_many_the_oldest_are_shown_and_all_are_counted(app, cast, at):
    titles = [ideas.approved_topic(cast, item="1.8", title=f"Nhiệm vụ {n}", at=at - DAY * (40 - n)).title for n in range(4)]
    with app.test_request_context():
        for whole, shown in (("", titles[:2]), ("topics_to_call", titles)):
            group = next(g for g in providers.groups(cast["officer"], at, shown=2, whole=whole) if g.name == "topics_to_call")
            assert ([t.title for t in group.tasks], group.count, group.late) == (shown, 4, 0)


def test_the_long_statements_are_planned_once(app, cast, at):
    if database.engine.dialect.name != "postgresql":
        return
    database.session.commit()
    with app.test_request_context():
        providers.groups(cast["officer"], at)
        plans = database.session.execute(text("SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE 'WITH line%'")).all()
    assert plans and all(generic == 1 and custom == 0 for generic, custom in plans)
    assert database.session.connection().connection.driver_connection.prepare_threshold == 5


def test_a_newcomer_is_told_the_first_steps(cast, as_, at, db):
    def told(account):
        return [(a.text, a["href"]) for a in as_(account).page("/desk/").select(".next-step a")]

    pi = cast["pi4"]
    assert [url for _text, url in told("pi4")] == ["/profile/cv", "/calls/?state=published"], "confirmed by an organisation, no CV yet"
    for m in pi.live_memberships:
        m.to_date = at.date()
    db.session.commit()
    assert told("pi4")[0][1] == "/profile/organisations"
    assert not any(told(who) for who in ("officer", "leader", "finance", "host1", "member1", "agency1")), "those who do not begin dossiers"
    factories.project(cast, at - DAY * 60, number="77/QĐ-UBND")
    db.session.commit()
    assert not told("pi1"), "who belongs to a dossier knows the way"
