"""A new draft takes over an earlier dossier of one's own: into the right questions, with files, and says what it could not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.across.demo.plays import proposals as plays
from app.kernel.errors import Incomplete, Stale, WrongState
from app.services.files import queries as files
from app.stages.proposals import actions, copying, queries, work
from app.stages.proposals.copying import What
from app.stages.proposals.rules import How, TeamRole, totals

ALL = [str(w) for w in What]


@pytest.fixture
def topics(called):
    return called("Hệ thống tưới tự động", "Phục tráng giống nếp")


@pytest.fixture
def old(db, cast, topics, now):
    """A dossier that was handed in and withdrawn."""
    return plays.withdrawn(cast, call_topic=topics[0], at=now - timedelta(hours=10), pi="pi1", host="host1")


@pytest.fixture
def target(db, cast, old, topics, now):
    return actions.start(topics[1], host=cast.org("host1"), by=cast["pi1"], at=now)


def test_everything_is_carried_over_files_too(target, old, cast, now):
    found = copying.copy(target, old, ALL, by=cast["pi1"], at=now)
    assert not found.left and target.work == old.work and {s.how for s in work.latest(target).values()} == {How.COPIED}
    assert [(m.name, m.role) for m in target.team] == [(m.name, m.role) for m in old.team]
    assert [(p.group, p.name, p.quantity) for p in target.products] == [(p.group, p.name, p.quantity) for p in old.products]
    assert totals(target.lines) == totals(old.lines)
    assert [(a.kind, a.filename, a.sha256) for a in files.of(target)] == [(a.kind, a.filename, a.sha256) for a in files.of(old)]
    assert not actions.problems_of(target, at=now) or [p.section for p in actions.problems_of(target, at=now)] == ["general"]
    again = copying.carried(target, old, at=now)
    assert not (again.answers or again.team or again.products or again.files or again.left), "a second copy doubles nothing and complains of nothing"
    assert old.state == "withdrawn" and len(files.of(old)) == 5


def test_what_is_there_is_never_overwritten(target, old, cast, now):
    work.save(target, {"overview": "của hồ sơ mới"}, by=cast["pi1"], at=now)
    actions.add_member(target, name="Thư ký mới", role=TeamRole.SECRETARY, months=1, by=cast["pi1"], at=now)
    found = copying.copy(target, old, ALL, by=cast["pi1"], at=now)
    assert target.work["overview"] == "của hồ sơ mới" and target.work["methods"] == old.work["methods"]
    assert {one.what for one in found.left} == {What.WORK, What.TEAM} and sum(m.role == TeamRole.SECRETARY for m in target.team) == 1


def test_another_type_takes_what_it_asks_and_names_the_rest(db, target, old, cast, now):
    social = work.current(target.call_topic.call, "DT_XH", now.date())
    target.work_form.form_version_id = social.id
    db.session.flush()
    found = copying.carried(target, old, at=now)
    asked = {q["code"] for s in social.definition["sections"] for q in s["questions"]}
    assert set(found.answers) == set(old.work) & asked
    assert {one.name["en"] for one in found.left} >= {"Market", "How results are transferred"} and {one.why for one in found.left} == {"This form does not ask it."}


def test_budget_years_move_with_the_call(db, target, old, cast, now):
    with db.session.no_autoflush:  # the database keeps what was handed in: the other years are thought only
        for line in old.lines:
            line.year += 30
        found = copying.carried(target, old, at=now)
    assert not found.lines and len([one for one in found.left if one.what == What.BUDGET]) == len(old.lines)


def test_only_the_chosen_parts(target, old, cast, now):
    copying.copy(target, old, ["products"], by=cast["pi1"], at=now)
    assert target.products and not target.work and not target.lines and not files.of(target)
    with pytest.raises(Incomplete):
        copying.copy(target, old, [], by=cast["pi1"], at=now)
    with pytest.raises(Stale):
        copying.copy(target, old, ["team"], seen=target.version - 1, by=cast["pi1"], at=now)
    with pytest.raises(WrongState):
        copying.copy(old, target, ["team"], by=cast["pi1"], at=now)


def test_through_the_page(db, target, old, as_):
    url, title, pid, answers = f"/proposals/{target.public_id}", old.title, old.public_id, old.work
    pi = as_("pi1")
    page = pi.page(f"{url}/copy")
    link = page.select_one("main .task-list a")["href"]
    assert title in page.text and pid in link
    shown = pi.page(link)
    assert "Phương pháp, kỹ thuật sử dụng" in shown.text and not queries.proposal_by_pid(target.public_id).work
    pi.submit(link, {"parts": ["work", "files"]})
    fresh = queries.proposal_by_pid(target.public_id)
    assert fresh.work == answers and len(files.of(fresh)) == 5 and not fresh.lines
    assert pi.submit(link, {"parts": ["nonsense"]}, status=422)


def test_another_persons_dossier_is_no_source(db, cast, target, topics, now, as_):
    foreign = plays.draft(cast, call_topic=topics[0], at=now, pi="pi3", host="host2")
    assert foreign not in copying.sources(cast["pi1"], target)
    url, pid = f"/proposals/{target.public_id}/copy", foreign.public_id
    assert as_("pi1").get(f"{url}?from={pid}").status_code == 404
    assert as_("pi3").get(url).status_code == 404
