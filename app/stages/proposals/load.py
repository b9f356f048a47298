"""What people of a team do besides: projects led, months of work a year in running projects and dossiers handed in; and what the rulebook says to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.words import N_
from app.services.people.models import Engagement, User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.models import Rule
from app.stages.calls.models import Call, CallTopic
from app.stages.proposals.models import Proposal, TeamMember
from app.stages.proposals.rules import Finding, ProposalState, TeamRole

HANDED_IN = (ProposalState.SUBMITTED, ProposalState.ELIGIBLE, ProposalState.IN_SELECTION, ProposalState.RESERVE, ProposalState.SELECTED)
# fn(proposal ids) -> {proposal id: (begin, months, ended on or None)} of the projects they became; funding registers its own at import
PROJECTS: list[Callable[[Collection[int]], Mapping[int, tuple[date, int, date | None]]]] = []
KEYS = ("proposals.one_project_at_a_time", "proposals.lead_level", "proposals.months_of_year", "proposals.team_roles", "proposals.members_confirm", "proposals.cv_of_roles")


LEADS = N_("%(name)s leads already: %(titles)s")
LONGER = N_("%(name)s would work %(months)s months in a task of %(duration)s months.")
TOO_MUCH = N_("%(name)s would work %(months)s months in %(year)s, over all projects and dossiers handed in; the rule says at most %(most)s.")
COUNTED = {
    "secretary": N_("The team has %(n)s scientific secretaries; the rule says %(least)s to %(most)s."),
    "key": N_("The team has %(n)s key members; the rule says %(least)s to %(most)s."),
    "member": N_("The team has %(n)s other members; the rule says %(least)s to %(most)s."),
    "partner": N_("The team has %(n)s partner organisations; the rule says %(least)s to %(most)s."),
}


@dataclass
class Load:
    """What one person does besides this dossier."""

    leads: list[str] = field(default_factory=list)  # running projects, by title: these are public
    dossiers: int = 0  # handed in elsewhere and not decided against: only their number is told
    years: dict[int, float] = field(default_factory=dict)  # months of work


def spread(months: int, begin: date, duration: int, years: Mapping[str, int] | None = None) -> dict[int, float]:
    """Months of work by year: as given, else evenly over the `duration` (months) from `begin`."""
    if years:
        return {int(year): float(count) for year, count in years.items() if count}
    found: dict[int, float] = defaultdict(float)
    for n in range(max(duration, 1)):
        found[begin.year + (begin.month - 1 + n) // 12] += months / max(duration, 1)
    return dict(found) if months else {}


def begin_of(proposal: Proposal) -> date:
    """When the work of a dossier would begin, for want of a better day: the month after the deadline."""
    day = local(proposal.call_topic.call.deadline).date()
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def of(user_ids: Collection[int], *, on: date, without: Proposal | None = None) -> dict[int, Load]:
    """What these people do besides one dossier, in three queries whoever they are."""
    found = {user_id: Load() for user_id in user_ids}
    running = select(Engagement).where(Engagement.user_id.in_(user_ids), Engagement.kind == "project", Engagement.role == "pi", Engagement.from_date <= on,
                                       or_(Engagement.to_date.is_(None), Engagement.to_date > on))  # fmt: skip
    for fact in db.session.scalars(running):
        found[fact.user_id or 0].leads.append(fact.title)
    rows = (select(TeamMember.user_id, TeamMember.months, TeamMember.years, Proposal.id, Proposal.duration_months, Call.deadline)
            .join(Proposal, Proposal.id == TeamMember.proposal_id).join(CallTopic, CallTopic.id == Proposal.call_topic_id).join(Call, Call.id == CallTopic.call_id)
            .where(TeamMember.user_id.in_(user_ids), Proposal.state.in_(HANDED_IN), Proposal.id != (without.id if without is not None else 0)))  # fmt: skip
    taken = db.session.execute(rows).all()
    projects: dict[int, tuple[date, int, date | None]] = {}
    for told in PROJECTS:
        projects |= told({row[3] for row in taken})
    for user_id, months, years, proposal_id, duration, deadline in taken:
        begin, length, ended = projects.get(proposal_id, (local(deadline).date().replace(day=1), duration or 12, None))
        if ended is not None and ended <= on:
            continue
        if proposal_id not in projects:
            found[user_id].dossiers += 1
        for year, count in spread(months, begin, length, years).items():
            if year < on.year:  # what is past is no load
                continue
            found[user_id].years[year] = found[user_id].years.get(year, 0) + count
    return found


# --- what the rulebook says -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Remark:
    """A rule of the rulebook that a team does not keep: `blocks`, or is shown to those who decide."""

    blocks: bool
    sentence: str
    source: str
    params: dict[str, Any] = field(default_factory=dict)
    member_id: int | None = None


@dataclass(frozen=True)
class Setting:
    """A rule as it holds for a dossier: value, level and source."""

    value: Any
    source: str

    @property
    def blocks(self) -> bool:
        return isinstance(self.value, dict) and self.value.get("level") == "block"


def settings(proposal: Proposal, on: date) -> dict[str, Setting]:
    """The rules of teams: the versions that the call froze, else those of the day."""
    kept: dict[str, int] = proposal.call_topic.call.rules or {}
    frozen = {r.key: r for r in db.session.scalars(select(Rule).where(Rule.id.in_([kept[k] for k in KEYS if k in kept])))} if kept else {}
    rules = frozen | rulebook.rules([k for k in KEYS if k not in frozen], on=on) if len(frozen) < len(KEYS) else frozen
    return {key: Setting(rule.value, rule.source) for key, rule in rules.items()}


def remarks(team: Sequence[Any], loads: Mapping[int, Load], rules: Mapping[str, Setting], *, duration: int | None, begin: date,
            without_cv: Collection[int] = ()) -> list[Remark]:  # fmt: skip
    """What the rulebook says to a team. Pure: `team` has id, role, name, user_id, email, months and years; `without_cv` are members' ids."""
    found: list[Remark] = []

    def say(key: str, sentence: str, member: Any = None, **params: Any) -> None:
        found.append(Remark(rules[key].blocks, sentence, rules[key].source, params, member.id if member is not None else None))

    for role, bounds in rules["proposals.team_roles"].value["roles"].items():
        count = sum(str(m.role) == role for m in team)
        if count > bounds.get("most", count) or count < bounds.get("least", 0):
            say("proposals.team_roles", COUNTED.get(role, COUNTED["member"]), n=count, least=bounds.get("least", 0), most=bounds.get("most", "…"))
    for m in team:
        _remarks_on(m, loads.get(m.user_id or 0) or Load(), rules, say, duration=duration, begin=begin)
        if m.user_id is None and m.email:
            say("proposals.members_confirm", N_("%(name)s has not accepted the invitation."), m, name=m.name)
        if m.id in without_cv and str(m.role) in rules["proposals.cv_of_roles"].value["roles"]:
            say("proposals.cv_of_roles", N_("The scientific CV of %(name)s is not attached from a profile."), m, name=m.name)
    return found


def _remarks_on(m: Any, load: Load, rules: Mapping[str, Setting], say: Callable[..., None], *, duration: int | None, begin: date) -> None:
    if m.role == TeamRole.PI and rules["proposals.one_project_at_a_time"].value and load.leads:
        say("proposals.lead_level", LEADS, m, name=m.name, titles="; ".join(load.leads))
    if duration and m.months > duration:
        say("proposals.months_of_year", LONGER, m, name=m.name, months=m.months, duration=duration)
    most = rules["proposals.months_of_year"].value["most"]
    for year, months in sorted(spread(m.months, begin, duration or 12, m.years).items()):
        total = months + load.years.get(year, 0)
        if total > most + 0.05:
            say("proposals.months_of_year", TOO_MUCH, m, name=m.name, months=f"{total:.1f}".replace(".", ","), year=year, most=most)  # fmt: skip


def remarks_of(proposal: Proposal, *, on: date) -> list[Remark]:
    """What the rulebook says to the team of a dossier as it is."""
    loads = of({m.user_id for m in proposal.team if m.user_id}, on=on, without=proposal)
    return remarks(proposal.team, loads, settings(proposal, on), duration=proposal.duration_months, begin=begin_of(proposal),
                   without_cv={m.id for m in proposal.team if m.cv is None})  # fmt: skip


def findings_of(proposal: Proposal, *, on: date) -> list[Finding]:
    """The remarks on the team as lines of the list of rules; who leads something already is a line of its own there."""
    return [Finding(False if r.blocks else None, r.sentence, r.source, r.params) for r in remarks_of(proposal, on=on) if r.sentence != LEADS]


def check_may_lead(proposal: Proposal, by: User, at: datetime) -> None:
    """Raise WrongState when the rulebook bars a second project and this person leads one."""
    on = local(at).date()
    rules = settings(proposal, on)
    leads = of({by.id}, on=on, without=proposal)[by.id].leads
    if rules["proposals.one_project_at_a_time"].value and rules["proposals.lead_level"].blocks and leads:
        raise WrongState(N_("You lead already: %(titles)s. The rule: %(source)s."), titles="; ".join(leads), source=rules["proposals.lead_level"].source)


def check_joins(proposal: Proposal, member: TeamMember, at: datetime) -> None:
    """Raise WrongState when the rulebook bars what this member has taken on with this dossier."""
    for r in remarks_of(proposal, on=local(at).date()):
        if r.blocks and r.member_id == member.id and r.sentence in (LONGER, TOO_MUCH):
            raise WrongState(r.sentence, **r.params)


def check_months(months: int, years: Mapping[str, int] | None) -> None:
    """Raise Incomplete when the months by year do not add up to the months in all."""
    if years and sum(years.values()) != months:
        raise Incomplete(N_("The months by year add up to %(sum)s, not %(months)s."), field="months", sum=sum(years.values()), months=months)
