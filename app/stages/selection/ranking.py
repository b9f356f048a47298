"""The ranked list of a whole call: every line of the latest session of each of its rounds, with what the sheets say of their spread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, and_, select
from sqlalchemy.orm import joinedload

from app.kernel.db import db
from app.kernel.listing import Column, Filter, Listing
from app.kernel.text import fold
from app.services.councils.models import AgendaItem, Count
from app.services.people.models import Organisation
from app.stages.calls.models import Call, CallTopic
from app.stages.ideas.models import Topic
from app.stages.proposals.models import Proposal
from app.stages.selection import letters, queries, releases, scoring
from app.stages.selection.models import RankingLine, Round
from app.stages.selection.rules import Outcome

BANDS = {"passed": RankingLine.passed, "recommended": RankingLine.recommended, "failed": ~RankingLine.passed, "tied": RankingLine.tied}


def statement(call: Call) -> Select[Any]:
    """The lines of a call with round, topic and people."""
    row, topic = joinedload(RankingLine.proposal), joinedload(RankingLine.round).joinedload(Round.call_topic)
    return (select(RankingLine).join(Round, and_(Round.id == RankingLine.round_id, Round.session == RankingLine.session)).join(CallTopic, CallTopic.id == Round.call_topic_id)
            .join(Topic, Topic.id == CallTopic.topic_id).join(Proposal, Proposal.id == RankingLine.proposal_id).join(Organisation, Organisation.id == Proposal.host_id)
            .where(CallTopic.call_id == call.id).options(row.joinedload(Proposal.host), row.joinedload(Proposal.pi), topic.joinedload(CallTopic.topic)))  # fmt: skip


def spreads(lines: list[RankingLine]) -> dict[int, Mapping[str, Any]]:
    """What the counts say of the spread of these lines' sheets, by the id of the dossier; of the latest session, in one query."""
    pids = {line.proposal.public_id: line.proposal_id for line in lines}
    counts = db.session.execute(select(AgendaItem.subject_pid, Count.result).join(Count, Count.agenda_item_id == AgendaItem.id)
                                .where(AgendaItem.subject_type == "proposal", AgendaItem.subject_pid.in_(list(pids))).order_by(Count.id))  # fmt: skip
    return {pids[pid]: found for pid, result in counts if (found := result.get("spread"))}


class Ranked:
    """What a table of lines shows beside the line; read once for all rows, when the first is shown."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self._spreads: dict[int, Mapping[str, Any]] | None = None
        self._asked: dict[int, int] = {}

    def _read(self) -> None:
        if self._spreads is None:
            lines = list(db.session.scalars(statement(self.call)))
            self._spreads, self._asked = spreads(lines), releases.asked_by([line.proposal_id for line in lines])

    def spread(self, line: RankingLine) -> str:
        """Lowest and highest sheet, with the deviation."""
        self._read()
        found = (self._spreads or {}).get(line.proposal_id)
        return f"{scoring.shown(found['low'])} – {scoring.shown(found['high'])} ({scoring.comma(found['deviation'])})" if found else "–"

    def disagree(self, line: RankingLine) -> bool:
        """Does the rule call it a disagreement?"""
        self._read()
        return bool((self._spreads or {}).get(line.proposal_id, {}).get("disagree"))

    def asked(self, line: RankingLine) -> int:
        """The state money that the dossier asks for."""
        self._read()
        return self._asked[line.proposal_id]


def listing(call: Call, args: Mapping[str, str]) -> tuple[Listing, Ranked]:
    """The list as the address describes it, and what it shows beside its lines."""
    beside = Ranked(call)

    def words(s: Any, v: str) -> Any:
        return s.where(Topic.folded.contains(fold(v), autoescape=True) | Proposal.folded.contains(fold(v), autoescape=True) | Proposal.code.icontains(v, autoescape=True))

    topics = db.session.execute(select(Topic.code, Topic.title).join(CallTopic, CallTopic.topic_id == Topic.id).where(CallTopic.call_id == call.id).order_by(Topic.code))
    return Listing(
        statement(call), args, key=RankingLine.id, default="topic",
        columns=[
            Column("topic", _("Topic"), lambda r: r.round.call_topic.topic.code, sort=Topic.code),
            Column("place", _("Position"), lambda r: r.position, sort=RankingLine.position),
            Column("dossier", _("Dossier"), lambda r: r.proposal.code),
            Column("mean", _("Mean"), lambda r: r.mean_hundredths / 100, sort=RankingLine.mean_hundredths),
            Column("outcome", _("Verdict"), lambda r: _(letters.outcome_of(r).label)),
            Column("spread", _("Lowest – highest (deviation)"), beside.spread),
            Column("asked", _("State money asked for (đồng)"), beside.asked),
            Column("title", _("Title"), lambda r: r.proposal.title),
            Column("host", _("Host organisation"), lambda r: r.proposal.host.name, sort=Organisation.name),
            Column("pi", _("Principal investigator"), lambda r: r.proposal.pi.name),
            Column("sheets", _("Sheets"), lambda r: r.ballots),
            Column("state", _("State"), lambda r: _(r.round.state.label)),
        ],
        filters=[
            Filter("q", _("Code or words of the title"), words),
            Filter("topic", _("Topic"), lambda s, v: s.where(Topic.code == v), choices=[(code, f"{code} {title[:60]}") for code, title in topics]),
            Filter("outcome", _("Verdict"), lambda s, v: s.where(RankingLine.outcome == v), choices=[(str(o), _(o.label)) for o in Outcome]),
            Filter("band", _("Result"), lambda s, v: s.where(BANDS[v]), choices=[
                ("passed", _("Passed")), ("recommended", _("Recommended")), ("failed", _("Not passed")), ("tied", _("Same result as another"))]),
            Filter("released", _("Letters"), lambda s, v: s.where((Round.state == "concluded") == (v == "yes")), choices=[("yes", _("Released")), ("no", _("Not released yet"))]),
        ],
    ), beside  # fmt: skip


__all__ = ["Ranked", "listing", "queries", "spreads", "statement"]
