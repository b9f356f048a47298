"""Plays of proposals: drafted by a team, signed off, submitted, checked."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.across.demo.cast import Cast
from app.across.demo.plays.promises import budgeted, planned, promised
from app.across.demo.plays.work import answers_for
from app.kernel.clock import local
from app.services.files import actions as files
from app.services.people.models import User
from app.stages.calls.models import CallTopic
from app.stages.proposals import (
    actions,
    checking,
    checklist,
    queries,
    submitting,
    work,
)
from app.stages.proposals.eligibility import Told, Verdict
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import TeamRole

MINUTE = timedelta(minutes=1)
NAMES = {"legal_status": "Quyết định thành lập.pdf"}


@dataclass
class Upload:
    """A file as a browser sends it."""

    filename: str
    stream: io.BytesIO


def small_pdf(text: str) -> bytes:
    """A valid one-page PDF."""
    body = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode("ascii", "replace")
    parts = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
             b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
             b"<< /Length %d >>\nstream\n%s\nendstream" % (len(body), body), b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (table, len(out))


def draft(cast: Cast, *, call_topic: CallTopic, at: datetime, pi: str = "pi1", host: str = "host1", title: str | None = None,
          total: int = 900_000_000, months: int = 24, whole: bool = True, plan: Sequence[tuple[Any, ...]] | None = None,
          said: Mapping[str, str] | None = None) -> Proposal:  # fmt: skip
    """A complete draft, not signed off yet; not `whole`: its work description is half written. `total` is the state budget part in đồng, `said` what
    it says in its own words."""
    by = cast[pi]
    row = actions.start(call_topic, host=cast.org(host), by=by, at=at)
    topic, year = row.call_topic.topic, local(row.call_topic.call.deadline).year
    actions.save_general(row, title=title or topic.title, aim=topic.aim, duration_months=months, by=by, at=at + MINUTE)
    written(row, by=by, at=at + 2 * MINUTE, whole=whole)
    if said:
        work.save(row, said, by=by, at=at + 3 * MINUTE)
    _team(cast, row, by, at + 3 * MINUTE)
    promised(row, at=at)
    budgeted(row, total=total, year=year, at=at + 4 * MINUTE, plan=plan)
    planned(cast, row, total=total, at=at + 4 * MINUTE)
    actions.changed_files(row, at=at + 5 * MINUTE)
    for document in queries.documents(str(topic.kind), local(at).date(), row.call_topic.call):
        if document["needed"]:
            upload = Upload(NAMES.get(document["code"], f"{document['vi'][:80]}.pdf"), io.BytesIO(small_pdf(f"{document['en']} {row.public_id}")))
            files.attach(subject=row, upload=upload, kind=document["code"], by=by, at=at + 5 * MINUTE)
    return row


def written(row: Proposal, *, by: User, at: datetime, whole: bool = True) -> None:
    """The work description filled in; not `whole`: its first half."""
    work.save(row, answers_for(work.form_of(row).definition, row.title, whole=whole), by=by, at=at)


def _team(cast: Cast, row: Proposal, by: User, at: datetime) -> None:
    pi = next(m for m in row.team if m.role == TeamRole.PI)
    actions.set_months(pi, row, 12, by=by, at=at)
    partner = next(u for u in cast.users.values() if u.id != by.id and u.belongs_to(row.host_id) and not u.manages(row.host_id) and u.email.startswith("pi"))
    actions.add_member(row, name=partner.name, role=TeamRole.SECRETARY, months=10, user=partner, organisation=partner.organisations[0], by=by, at=at)
    actions.add_member(row, name="Kỹ thuật viên", role=TeamRole.MEMBER, months=8, by=by, at=at)


def submitted(cast: Cast, *, call_topic: CallTopic, at: datetime, pi: str = "pi1", host: str = "host1", **more: object) -> Proposal:
    """A submitted dossier, signed off by the host's manager."""
    row = draft(cast, call_topic=call_topic, at=at, pi=pi, host=host, **more)  # type: ignore[arg-type]
    actions.sign_off(row, by=cast[host], at=at + 30 * MINUTE)
    return submitting.submit(row, by=cast[pi], at=at + 40 * MINUTE)


def rewritten(cast: Cast, *, proposal: Proposal, at: datetime) -> None:
    """Two of the team go on writing: sections with a history."""
    pi, other = proposal.pi, next(u for u in cast.users.values() if u.id != proposal.pi_id and any(m.user_id == u.id for m in proposal.team))
    answers = work.answers_of(proposal)
    work.save(proposal, {"methods": f"{answers.get('methods') or ''} Mỗi điểm đo ghi số liệu 15 phút một lần."}, by=other, at=at)
    work.save(proposal, {"methods": "Bố trí thí nghiệm khối ngẫu nhiên, bốn lần lặp lại; mỗi điểm đo ghi số liệu 10 phút một lần."}, by=pi, at=at + 60 * MINUTE)
    work.save(proposal, {"address": "Các xã vùng hạ của tỉnh; ba hợp tác xã đã cam kết tham gia."}, by=other, at=at + 90 * MINUTE)


def withdrawn(cast: Cast, *, call_topic: CallTopic, at: datetime, pi: str, host: str, **more: object) -> Proposal:
    """A dossier that was handed in and taken back before the deadline."""
    row = submitted(cast, call_topic=call_topic, at=at, pi=pi, host=host, **more)
    submitting.withdraw(row, reason="Bổ sung đơn vị phối hợp, sẽ nộp lại.", by=cast[pi], at=at + 300 * MINUTE)
    return row


def judged(cast: Cast, *, proposal: Proposal, at: datetime, by: str = "officer", but: str | None = None) -> Proposal:
    """The checklist filled in: all met, `but` one line."""
    fresh = queries.proposal_by_pid(proposal.public_id) or proposal
    stands = checklist.newest(checklist.judgements(fresh))
    told = {}
    for line in checklist.lines_of(fresh, on=local(at).date()):
        seen = stands[line.code].number if line.code in stands else 0
        if line.code == but:
            told[line.code] = Told(Verdict.NOT_MET, "Không có trong hồ sơ hoặc chưa hợp lệ.", seen)
        else:
            told[line.code] = Told(Verdict.MET, "" if line.ok is not False else "Đã xem xét, không thuộc trường hợp loại trừ.", seen)
    checking.judge(fresh, told, by=cast[by], at=at)
    return fresh


def eligible(cast: Cast, *, proposal: Proposal, at: datetime) -> Proposal:
    """The dossier found eligible, after the opening."""
    fresh = judged(cast, proposal=proposal, at=at)
    actions.check_eligible(fresh, by=cast["officer"], at=at)
    return fresh


def ineligible(cast: Cast, *, proposal: Proposal, at: datetime, reason: str = "Thiếu hồ sơ pháp lý của tổ chức chủ trì.") -> Proposal:
    """The dossier found not eligible."""
    fresh = judged(cast, proposal=proposal, at=at, but="legal_person")
    actions.check_ineligible(fresh, reason, by=cast["officer"], at=at)
    return fresh
