"""Plays of what follows the opening of a call: something asked to be added, a refusal taken back, a dossier that repeats another's words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.across.demo.cast import Cast
from app.across.demo.plays import calls, paper, proposals
from app.across.demo.plays.work import SAID_AGAIN
from app.across.demo.seasons import topic
from app.services.similarity import texts
from app.stages.calls import queries as call_queries
from app.stages.proposals import (
    actions,
    checking,
    overlaps,
    queries,
    remedies,
    submitting,
    work,
)
from app.stages.proposals.checkmodels import Likeness
from app.stages.proposals.eligibility import Told, Verdict, Wanted
from app.stages.proposals.models import Proposal

DAY = timedelta(days=1)
OWN = {
    "methods": "Lắp đặt mười hai trạm đo độ mặn và mực nước tại các cống đầu mối dọc sông Vàm Cỏ Tây, ghi số liệu mười phút một lần và truyền về máy chủ của tỉnh. "
               "Hiệu chuẩn cảm biến bằng mẫu nước lấy tay vào đỉnh triều và chân triều của mỗi con nước rằm. "
               "Dựng mô hình dự báo xâm nhập mặn bảy ngày từ chuỗi số liệu năm năm của ba trạm thủy văn, so sánh hai thuật toán học máy với mô hình thủy lực một chiều. "
               "Cảnh báo gửi đến tổ vận hành cống và nông dân trồng chanh không hạt bằng tin nhắn khi độ mặn vượt một phần nghìn.",
    "approach": "Số liệu đo tại cống được đối chiếu với nhật ký vận hành của trạm quản lý thủy nông để tìm ngưỡng đóng cống phù hợp với cây chanh và cây thanh long.",
}  # fmt: skip
COPIED = {
    "methods": "Canh bao gui den to van hanh cong va nong dan trong chanh khong hat bang tin nhan khi do man vuot mot phan nghin. "
               "Lap dat muoi hai tram do do man va muc nuoc tai cac cong dau moi doc song Vam Co Tay, ghi so lieu muoi phut mot lan va truyen ve may chu cua tinh. "
               "Nhóm thực hiện khảo sát thêm chất lượng nước ở kênh nội đồng và lấy ý kiến của các hợp tác xã trong vùng dự án.",
    "approach": "Kế thừa mạng lưới trạm đo sẵn có, bổ sung chỉ tiêu phèn và hữu cơ phục vụ nuôi thủy sản nước lợ.",
}  # fmt: skip


def after_the_opening(cast: Cast, names: Iterator[str], as_of: datetime) -> list[Proposal]:
    """A call opened two weeks ago, its check under way: one waits for the applicant, one refusal was taken back, one repeats another's words,
    one those of a project of two years ago; of two that came on paper one is entered and confirmed, one waits to be compared."""
    at = as_of - 75 * DAY
    topics = [topic(cast, names, at + n * DAY, by=by) for n, by in enumerate(("pi2", "pi4", "pi6"))]
    call = calls.published_call(cast, topics=topics, at=at + 26 * DAY)
    places = call_queries.topics_of(call)
    came = []
    for n, (place, pi, host, said) in enumerate(((0, "pi2", "host1", SAID_AGAIN), (1, "pi4", "host2", OWN), (1, "pi6", "host3", COPIED), (2, "pi5", "host3", {}))):
        row = proposals.draft(cast, call_topic=places[place], at=at + (45 + n) * DAY, pi=pi, host=host, total=560_000_000 + n * 35_000_000)
        if said:
            work.save(row, said, by=cast[pi], at=at + (45 + n) * DAY + timedelta(hours=1))
        actions.sign_off(row, by=cast[host], at=at + (46 + n) * DAY)
        came.append(submitting.submit(row, by=cast[pi], at=at + (46 + n) * DAY + timedelta(hours=1)))
    on_paper = [paper.registered(cast, call_topic=places[n], at=at + 50 * DAY, pi=pi, host=host) for n, pi, host in ((0, "pi3", "host2"), (2, "pi6", "host3"))]
    calls.opened_call(cast, call=call)
    paper.confirmed(cast, proposal=on_paper[0], at=as_of - 12 * DAY - timedelta(hours=9))
    texts.work_through(as_of - 12 * DAY, limit=1000)
    waiting, original, copied, refused = (queries.proposal_by_pid(row.public_id) or row for row in came)
    proposals.ineligible(cast, proposal=refused, at=as_of - 9 * DAY, reason="Quyết định thành lập của tổ chức chủ trì đã hết hiệu lực.")
    checking.reinstate(refused, "Tổ chức đã nộp bản gia hạn có hiệu lực trước ngày nộp hồ sơ.", document="27/KL-SKHCN ngày 20/10/2025", by=cast["officer2"], at=as_of - 4 * DAY)
    proposals.eligible(cast, proposal=original, at=as_of - 8 * DAY)
    compared(cast, proposal=copied, other=original, at=as_of - 6 * DAY)
    checking.judge(waiting, {"legal_person": Told(Verdict.NOT_MET, "Bản scan thiếu trang có dấu."), "functions": Told(Verdict.MET)}, by=cast["officer"], at=as_of - 3 * DAY)
    asked(cast, proposal=waiting, at=as_of - 2 * DAY)
    paper.entered(cast, proposal=on_paper[1], at=as_of - DAY, by="officer2", total=480_000_000)
    return came


def compared(cast: Cast, *, proposal: Proposal, other: Proposal, at: datetime) -> None:
    """An officer finds that a dossier repeats another's words and says so."""
    near = overlaps.one(proposal, "proposal", other.public_id, cast["officer"])
    if near is not None:
        overlaps.judge(proposal, near, likeness=Likeness.PARTLY, reason="Hai đoạn về mạng trạm đo và cảnh báo giống nguyên văn hồ sơ kia, bỏ dấu và đảo thứ tự câu; mục tiêu khác.",
                       by=cast["officer"], at=at)  # fmt: skip


def asked(cast: Cast, *, proposal: Proposal, at: datetime, by: str = "officer") -> None:
    """A document and an explanation are asked for."""
    remedies.ask(proposal, [Wanted("Hồ sơ pháp lý của tổ chức chủ trì (bản đủ các trang, có dấu)", "legal_status"), Wanted("Giải trình năng lực phòng thí nghiệm phân tích mẫu nước.")],
                 note="Bản đã nộp thiếu trang cuối.", by=cast[by], at=at)  # fmt: skip
