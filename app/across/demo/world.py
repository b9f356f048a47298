"""The world of the demonstration: which plays are played, and when. Titles are those of real projects (data/sample-tasks.csv)."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.across.demo import cast as demo_cast
from app.across.demo import past, present
from app.across.demo.cast import Cast
from app.across.demo.plays import (
    appraisal,
    budgets,
    charges,
    desk,
    experts,
    intake,
    lists,
    notices,
    opening,
    payments,
    people,
    plans,
    questionnaires,
    results,
    room,
    teams,
    vocabulary,
    watch,
)
from app.across.demo.seasons import titles
from app.kernel.db import db

DAY = timedelta(days=1)
BEGINNING = 1130 * DAY


def build(password: str, *, as_of: datetime, seed: int) -> Cast:
    """Make the world as of that instant; the same seed gives the same one."""
    cast = demo_cast.make(password, at=as_of - BEGINNING)
    names = titles(seed)
    past.three_years_ago(cast, names, as_of - 1090 * DAY)
    past.two_years_ago(cast, names, as_of - 760 * DAY)
    past.last_year(cast, names, as_of - 420 * DAY)
    present.this_season(cast, names, as_of)
    present.open_call(cast, names, as_of - 40 * DAY)
    present.identification(cast, names, as_of)
    present.ideas_of_this_season(cast, names, as_of - 12 * DAY)
    plans.measures(cast, as_of=as_of)
    plans.next_plan(cast, at=as_of - 20 * DAY)
    vocabulary.words_of_the_province(cast, as_of - 10 * DAY)
    notices.all_states(cast, names, as_of)
    opening.after_the_opening(cast, names, as_of)
    intake.all_ways(cast, names, as_of)
    questionnaires.newer_order_form(cast, as_of - 6 * DAY)
    questionnaires.invited_organisation(cast, as_of - 3 * DAY)
    people.profiles(cast, as_of)
    teams.play(cast, as_of)
    people.belongings(cast, as_of)
    desk.play(cast, as_of)
    experts.play(cast, as_of)
    results.released(cast, names, as_of)
    room.both(cast, names, as_of)
    watch.play(cast, as_of)
    appraisal.voting_now(cast, names, as_of)
    budgets.play(cast, as_of)
    payments.play(cast, as_of)
    charges.play(cast, as_of)
    lists.play(cast, as_of)
    db.session.flush()
    return cast
