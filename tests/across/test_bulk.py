"""The large demonstration world, at a small scale: whole, legal, in every phase, the same for a seed."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text

from app.across.demo import bulk
from app.across.demo.bulk import history, titles
from app.across.hub.phase import Phase, phase_sql
from app.across.hub.queries import whole
from app.kernel import journal
from app.kernel.clock import local
from app.kernel.lifecycle import LIFECYCLES
from app.services.papers import actions as papers
from app.services.people.models import Engagement, Membership, Organisation, User
from app.stages.calls.models import Call, CallTopic
from app.stages.funding.models import LedgerEntry, Project, Tranche, YearBudget
from app.stages.funding.rules import EntryKind
from app.stages.ideas import actions as ideas
from app.stages.ideas.models import Idea, Topic
from app.stages.plan.models import Priority
from app.stages.proposals.models import Proposal

AS_OF = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
N = 30
TOLD = (Project, Tranche, LedgerEntry, Idea, Topic, Call, Proposal, User, Organisation)


@pytest.fixture
def world(db, cast):
    written = bulk.load(cast, count=N, seed=7, as_of=AS_OF)
    db.session.commit()
    return written


def count(db, model):
    return db.session.scalar(select(func.count()).select_from(model))


def digest_of(db):
    """A hash over everything that is told of the main nouns, without ids that a database gives."""
    found = hashlib.sha256()
    for model in TOLD:
        for row in db.session.execute(select(*model.__table__.c).order_by(model.id)):
            found.update(repr([str(v) for k, v in row._mapping.items() if k != "password_hash"]).encode())
    return found.hexdigest()


def test_the_world_has_what_it_says_and_the_journal_is_intact(db, world):
    assert count(db, Project) == N == world["project"]
    assert count(db, Idea) > count(db, Topic) > count(db, Proposal) > N, "more ideas than topics; fewer dossiers than topics: a quarter draws none"
    assert world["organisation"] >= 50 and world["user_account"] == 400
    lines, broken, why = journal.verify()
    assert broken is None, why
    assert lines >= world["journal_entry"] > 3000


def test_every_phase_is_there_and_every_topic_has_its_outcome(db, world):
    phases = set(db.session.scalars(select(phase_sql(local(AS_OF).date())).select_from(Project)))
    reachable = {Phase.APPROVED, Phase.CONTRACTED, Phase.RUNNING, Phase.SUSPENDED, Phase.RECOGNISED, Phase.FAILED, Phase.TERMINATED, Phase.LIQUIDATED}
    assert {Phase(p) for p in phases} >= reachable
    assert count(db, CallTopic) > count(db, Call), "calls with several topics"
    assert {s for s in db.session.scalars(select(Call.state).distinct())} >= {"published", "opened", "concluded"}
    modes = dict(db.session.execute(select(Topic.mode, func.count()).group_by(Topic.mode)).all())
    assert modes["direct"] and modes["selection"]


def test_money_is_true_and_nothing_hangs_in_the_air(db, world):
    net = select(LedgerEntry.project_id, func.sum(LedgerEntry.amount).filter(LedgerEntry.kind == EntryKind.PAYMENT).label("out"),
                 func.coalesce(func.sum(LedgerEntry.amount).filter(LedgerEntry.kind != EntryKind.PAYMENT), 0).label("back")).group_by(LedgerEntry.project_id).subquery()  # fmt: skip
    rows = db.session.execute(select(Project.paid_total, net.c.out - net.c.back).join(net, net.c.project_id == Project.id)).all()
    assert rows and all(paid == booked for paid, booked in rows)
    for project, total in db.session.execute(select(Project.approved_state, func.sum(Tranche.amount)).join(Tranche, Tranche.project_id == Project.id).group_by(Project.id)):
        assert project == total, "the tranches sum to the state money"
    assert all(b.committed <= b.total for b in db.session.scalars(select(YearBudget)))
    if db.engine.dialect.name == "sqlite":
        assert not db.session.execute(text("PRAGMA foreign_key_check")).all()
        assert db.session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    known = {(m.__tablename__, pid) for m in (Project, Proposal) for pid in db.session.scalars(select(m.public_id))}
    assert {(e.subject_type, e.subject_pid) for e in db.session.scalars(select(Engagement))} <= known
    homeless = select(func.count()).select_from(User).where(User.is_demo, ~select(Membership.id).where(Membership.user_id == User.id).exists())
    assert db.session.scalar(homeless) == 0


def test_acts_in_the_journal_follow_the_tables_of_states(db, world):
    for name in ("idea", "topic", "call", "proposal", "council", "contract", "tranche", "report"):
        life = LIFECYCLES[name]
        moves = {(str(state), verb): str(move.to) for (state, verb), move in life.table.items()}
        steps = db.session.execute(select(journal.JournalEntry.before, journal.JournalEntry.verb, journal.JournalEntry.after)
                                   .where(journal.JournalEntry.subject_type == name, journal.JournalEntry.before.is_not(None)).distinct()).all()  # fmt: skip
        assert steps and all(moves[before, verb] == after for before, verb, after in steps), name


def test_the_same_seed_gives_the_same_world(db, cast):
    bulk.load(cast, count=N, seed=7, as_of=AS_OF)
    first = digest_of(db)
    db.session.rollback()
    bulk.load(cast, count=N, seed=7, as_of=AS_OF)
    again = digest_of(db)
    db.session.rollback()
    bulk.load(cast, count=N, seed=8, as_of=AS_OF)
    assert first == again != digest_of(db)


def test_life_goes_on_after_it(db, world, cast, user, at):
    """New rows find free keys and free numbers, on PostgreSQL too."""
    person = user("pi1")
    idea = ideas.draft({"title": "Một đề xuất mới sau khi nạp dữ liệu"}, organisation=person.organisations[0], by=person, at=at)
    assert idea.id > world["idea"]
    assert papers.next_number("project", 2025) > 1
    assert journal.verify()[1] is None


def test_a_project_page_reads_it_and_loading_twice_says_what_is_there(app, db, world, user):
    pid = db.session.scalar(select(Project.public_id).order_by(Project.id).limit(1))
    found = whole(user("officer"), pid, local(AS_OF).date())
    assert found is not None and found.contract is not None and found.tranches and found.of("report")
    db.session.rollback()
    told = app.test_cli_runner().invoke(args=["demo", "load", "--scale", "30"])
    assert told.exit_code == 0 and "there already: 30 project" in told.output, told.output
    assert count(db, Project) == N


def test_titles_differ_and_cover_every_item(db):
    made = titles.Titles(history.random.Random(3))
    first = [made.next(2024) for _ in range(600)]
    assert len({t.text for t in first}) == 600
    assert {t.item for t in first[:38]} == set(db.session.scalars(select(Priority.code)))
    assert all(30 <= len(t.text) <= 300 for t in first)


def test_there_is_no_demonstration_in_production(app):
    app.config["DEMONSTRATION"] = False
    told = app.test_cli_runner().invoke(args=["demo", "load", "--scale", "5"])
    assert told.exit_code != 0 and "no demonstration in production" in told.output
