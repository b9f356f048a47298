"""Plays of dossiers on paper: registered in their envelope, entered by one officer after the opening, compared with the paper by another."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

from app.across.demo.cast import Cast
from app.across.demo.plays import proposals
from app.across.demo.plays.promises import budgeted, planned, promised
from app.kernel.clock import local
from app.services.files import actions as files
from app.stages.calls.models import CallTopic
from app.stages.proposals import actions, admitting, queries, transcribing
from app.stages.proposals.admitting import Envelope
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import TeamRole

HOUR = timedelta(hours=1)
LISTING = "Đơn đăng ký chủ trì; thuyết minh và dự toán; lý lịch khoa học; hồ sơ pháp lý"


def registered(cast: Cast, *, call_topic: CallTopic, at: datetime, pi: str, host: str, by: str = "officer") -> Proposal:
    """A sealed envelope handed over at the desk before the deadline."""
    given = Envelope(title=call_topic.topic.title, host=cast.org(host).public_id, pi_name=cast[pi].name, pi_email=cast[pi].email, stamp_office="Bộ phận Một cửa", listing=LISTING)
    return admitting.register(call_topic, given, stamp_at=at, by=cast[by], at=at + HOUR)


def entered(cast: Cast, *, proposal: Proposal, at: datetime, by: str = "officer", total: int = 520_000_000) -> Proposal:
    """What the paper says, typed by one officer and handed over for comparison: the draft of it."""
    writer = cast[by]
    row = transcribing.begin(queries.by_id(proposal.id) or proposal, by=writer, at=at)
    topic, year = row.call_topic.topic, local(row.call_topic.call.deadline).year
    actions.save_general(row, title=topic.title, aim=topic.aim, duration_months=24, by=writer, at=at)
    proposals.written(row, by=writer, at=at + HOUR)
    actions.set_months(next(m for m in row.team if m.role == TeamRole.PI), row, 12, by=writer, at=at + HOUR)
    actions.add_member(row, name="Ngô Thị Hạnh", role=TeamRole.SECRETARY, months=10, by=writer, at=at + HOUR)
    actions.add_member(row, name="Phan Văn Lợi", role=TeamRole.MEMBER, months=8, by=writer, at=at + HOUR)
    promised(row, at=at + HOUR)
    budgeted(row, total=total, year=year, at=at + HOUR)
    planned(cast, row, total=total, at=at + HOUR)
    actions.changed_files(row, at=at + HOUR)
    scan = proposals.Upload("Đơn đăng ký chủ trì (bản quét).pdf", io.BytesIO(proposals.small_pdf(f"scan {row.public_id}")))
    files.attach(subject=row, upload=scan, kind="application", by=writer, at=at + HOUR)
    transcribing.hand_over(row, by=writer, at=at + 2 * HOUR)
    return row


def confirmed(cast: Cast, *, proposal: Proposal, at: datetime) -> Proposal:
    """Entered by one officer and confirmed by the other: from then on it is the dossier's content."""
    row = entered(cast, proposal=proposal, at=at)
    transcribing.confirm(queries.by_id(row.id) or row, by=cast["officer2"], at=at + 4 * HOUR)
    return proposal
