"""A recommended ranking line, quickly: the council's session is not played, its frozen line is written by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import funding as plays
from app.across.demo.plays import ideas as idea_plays
from app.across.demo.plays import proposals as proposal_plays
from app.kernel.db import db
from app.services.councils.models import Council
from app.services.councils.rules import Kind
from app.stages.calls import queries as calls
from app.stages.funding.models import Contract, Project
from app.stages.proposals import actions as proposals
from app.stages.proposals.rules import Source
from app.stages.selection.models import RankingLine, Round
from app.stages.selection.rules import RoundState
from tests.support.kept import kept

DAY = timedelta(days=1)
# an estimate of few lines in one year: head, content, source, percent of the total, unit, quantity in hundredths, years later
SHORT = (
    ("labour", "Công lao động của nhóm thực hiện", Source.STATE, 40, "tháng", 2400, 0),
    ("materials", "Vật tư, cảm biến, hóa chất", Source.STATE, 25, "đợt", 500, 0),
    ("equipment", "Thiết bị đo tại hiện trường", Source.STATE, 12, "bộ", 400, 0),
    ("survey", "Điều tra, khảo sát hộ sản xuất", Source.STATE, 8, "phiếu", 20000, 0),
    ("workshops", "Hội thảo, tập huấn", Source.STATE, 8, "cuộc", 400, 0),
    ("management", "Quản lý chung", Source.STATE, 7, "năm", 200, 0),
    ("materials", "Giống, phân bón của hộ tham gia", Source.COUNTERPART, 20, "ha", 1000, 0),
)  # fmt: skip


@kept
def line(cast: Any, at: datetime, *, title: str = "Xây dựng mô hình tưới tiết kiệm cho thanh long Tầm Vu", total: int = 900_000_000,
         pi: str = "pi1", host: str = "host1", recommended: bool = True, number: str | None = None, plan: Any = SHORT) -> RankingLine:  # fmt: skip
    """A line of the ranking, frozen 80 days after `at`."""
    topic = idea_plays.approved_topic(cast, item="1.8", title=title, at=at, number=number)
    call = call_plays.published_call(cast, topics=[topic], at=at + 25 * DAY)
    call_topic = calls.topics_of(call)[0]
    proposal = proposal_plays.submitted(cast, call_topic=call_topic, at=at + 30 * DAY, pi=pi, host=host, total=total, plan=plan)
    call_plays.opened_call(cast, call=call)
    proposal = proposal_plays.eligible(cast, proposal=proposal, at=at + 65 * DAY)
    proposals.put_to_selection(proposal, by=None, at=at + 66 * DAY)
    council = Council(kind=Kind.SELECTION, title="Hội đồng tuyển chọn", created_at=at)
    db.session.add(council)
    db.session.flush()
    held = Round(call_topic_id=call_topic.id, council_id=council.id, created_at=at, state=RoundState.CONCLUDED)
    db.session.add(held)
    db.session.flush()
    row = RankingLine(round_id=held.id, proposal_id=proposal.id, position=1, mean_numerator=8250, mean_denominator=100, mean_hundredths=8250, ballots=7,
                      passed=recommended, recommended=recommended, rule_ids={}, frozen_at=at + 80 * DAY)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    if recommended:
        proposals.select(proposal, by=None, at=at + 80 * DAY)
    return row


@kept
def project(cast: Any, at: datetime, **more: Any) -> Project:
    """An approved project; the decision comes 10 days after `at`, the ranking was before."""
    return plays.awarded(cast, round_or_line=line(cast, at - 90 * DAY, **more), at=at)


@kept
def contract(cast: Any, at: datetime, **more: Any) -> Contract:
    """A signed contract, 20 days after `at`."""
    return plays.contracted(cast, project=project(cast, at, **more), at=at + 12 * DAY)


def all_of(model: Any) -> list[Any]:
    return list(db.session.scalars(select(model).order_by(model.id)))
