"""The first steps of somebody who has nothing here yet: what to do before a dossier can be begun."""

from __future__ import annotations

from flask import url_for
from sqlalchemy import select

from app.across.desk import waiting
from app.kernel.db import db
from app.kernel.words import N_
from app.services.people.models import User
from app.services.people.rules import Role
from app.services.profiles import belonging
from app.services.profiles import queries as profiles
from app.services.profiles.rules import RequestState
from app.stages.proposals import queries as proposals
from app.stages.proposals.models import Proposal

WRITE, FIND, ASKED, LOOK = N_("Write your scientific CV"), N_("Say to which organisation you belong"), N_("See what became of your request"), N_("Look at the open calls")


def steps(user: User) -> list[tuple[str, str, bool]]:
    """(msgid, address, the next one?) for who may apply, belongs to no dossier and lacks an organisation or a CV; else nothing."""
    if not waiting.applies(user) or Role.EXPERT in user.roles or any(m.is_manager for m in user.live_memberships):
        return []
    organised, cv = bool(user.organisations), profiles.latest_cv(user)
    if (organised and cv) or db.session.scalar(select(Proposal.id).where(proposals.in_team(user)).limit(1)):
        return []
    asked = not organised and any(row.state == RequestState.ASKED for row in belonging.requests_of(user))
    found = [] if organised else [(ASKED, url_for("profiles.index"), False) if asked else (FIND, url_for("profiles.organisations"), True)]
    if cv is None:
        found.append((WRITE, url_for("profiles.cv"), organised or asked))
    return [*found, (LOOK, url_for("calls.index", state="published"), False)]
