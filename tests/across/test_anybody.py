"""A statement written out as text finds what the statement itself finds, whatever stands in its values."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Integer, bindparam, literal, select

from app.across.anybody import Anybody, written_out
from app.across.demo.plays import ideas as plays
from app.kernel.db import db as database
from app.stages.ideas.models import Idea
from app.stages.ideas.rules import IdeaState

HOSTILE = "it's :me, %(me)s, 100 %, 10:30:00, a::b, \\\\ and ?"


def test_the_text_finds_what_the_statement_finds(app, cast, at):
    for who in ("pi1", "pi3"):
        plays.drafted_idea(cast, title=f"Ý tưởng {who}", at=at, by=who)
    statement = (select(Idea.title, Idea.created_at, literal(HOSTILE).label("said"), Idea.state)
                 .where(Idea.owner_id == bindparam("me", type_=Integer), Idea.state.in_((IdeaState.DRAFT, IdeaState.RETURNED)),
                        Idea.created_at < at + timedelta(days=1)).order_by(Idea.id).limit(5))  # fmt: skip
    made = written_out(statement, database.engine.dialect)
    for who in ("pi1", "pi3"):
        asked = {"me": cast[who].id}
        rows = database.session.execute(made, asked).all()
        assert rows == database.session.execute(statement, asked).all()
        assert [row.title for row in rows] == [f"Ý tưởng {who}"] and rows[0].said == HOSTILE and rows[0].state is IdeaState.DRAFT
    assert set(made.compile().params) >= {"me"} and IdeaState.DRAFT not in made.compile().params.values()


def test_two_people_with_other_roles_or_bodies_are_not_alike(app, cast, at):
    today = at.date()
    like = [Anybody.like(cast[who], today, ()) for who in ("pi1", "pi3", "officer", "host1")]
    assert like[0] == like[1] and len(set(like)) == 3
    assert Anybody.parameters(cast["pi1"], at) != Anybody.parameters(cast["pi3"], at)
