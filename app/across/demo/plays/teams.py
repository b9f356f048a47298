"""Teams that write together: an invitation that waits and one declined, sections given, remarks, a dossier sent back by its host."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.across.demo.cast import Cast
from app.kernel.clock import local
from app.stages.proposals import actions, comments, giving, queries, team, work
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import Access, TeamRole

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def play(cast: Cast, as_of: datetime) -> None:
    """On the two drafts of the call that is open."""
    together(cast, _draft(cast, "pi1"), as_of - 2 * DAY)
    sent_back(cast, _draft(cast, "pi6"), as_of - DAY)


def _draft(cast: Cast, account: str) -> Proposal:
    found = queries.for_team(cast[account], queries.drafts_of(cast[account])[0].public_id)
    assert found is not None
    return found


def together(cast: Cast, row: Proposal, at: datetime) -> None:
    """Somebody is invited and has not answered, a partner too, one declined; a member has written one section and has another; two threads."""
    pi, secretary = cast["pi1"], next(m for m in row.team if m.role == TeamRole.SECRETARY)
    writer = next(u for u in cast.users.values() if u.id == secretary.user_id)
    key = actions.add_member(row, name=cast["pi4"].name, role=TeamRole.KEY, months=6, email=cast["pi4"].email, organisation=cast.org("host2"), task="Phân tích mẫu đất, mẫu nước", by=pi, at=at)
    team.invite(row, key, by=pi, at=at)
    partner = actions.add_member(row, name="Huỳnh Văn Liên Hệ", role=TeamRole.PARTNER, months=1, email="lienhe@htx.demo.vamco.test", organisation=cast.org("host3"), access=Access.COMMENT,
                                 task="Bố trí điểm trình diễn", by=pi, at=at)  # fmt: skip
    team.invite(row, partner, by=pi, at=at)
    refused = actions.add_member(row, name=cast["pi5"].name, role=TeamRole.MEMBER, months=2, email=cast["pi5"].email, by=pi, at=at)
    team.decline(team.invite(row, refused, by=pi, at=at), reason="Năm nay tôi đã nhận hai nhiệm vụ khác.", by=cast["pi5"], at=at + 5 * HOUR)
    first, second = (f"work-{s['code']}" for s in work.form_of(row).definition["sections"][:2])
    for place in (first, second):
        giving.give(row, place, secretary, due_on=local(at + 9 * DAY).date(), by=pi, at=at + HOUR)
    giving.complete(row, first, by=writer, at=at + 20 * HOUR)
    price = comments.write(row, "budget", "Đơn giá cảm biến cao hơn báo giá năm ngoái, đề nghị kiểm tra lại.", by=cast["host1"], at=at + 21 * HOUR)
    comments.write(row, "budget", "Đã xin báo giá mới, sẽ cập nhật trong tuần.", answers=price, by=pi, at=at + 22 * HOUR)
    done = comments.write(row, "general", "Nên rút gọn tên nhiệm vụ.", by=writer, at=at + 3 * HOUR)
    comments.resolve(row, done, by=pi, at=at + 4 * HOUR)
    comments.mail_due(at + 23 * HOUR)


def sent_back(cast: Cast, row: Proposal, at: datetime) -> None:
    """The host names what must change; the rest is closed until it signs."""
    places = [f"work-{work.form_of(row).definition['sections'][-1]['code']}", "budget"]
    actions.send_back(row, "Thuyết minh phần cuối còn sơ sài; kinh phí đối ứng chưa khớp với cam kết của hợp tác xã.", places=places, by=cast["host3"], at=at)
