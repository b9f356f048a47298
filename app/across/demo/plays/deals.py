"""Plays of the transfer desk: a visitor's message that leads to a registered contract; a partner without an account who reports by the mailed link."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.across.demo.cast import Cast
from app.kernel.clock import at_local, local
from app.stages.acceptance import resultfacts
from app.stages.acceptance.models import Result
from app.stages.acceptance.resultkinds import Right
from app.stages.transfer import actions, communes, incomes, queries
from app.stages.transfer.models import Agreement, FollowUp
from app.stages.transfer.rules import OPEN_REPORTS, AgreementKind, Route, Said, Usage

DAY = timedelta(days=1)


def from_a_message(cast: Cast, *, result: Result, at: datetime) -> Agreement:
    """An enterprise beyond the border asks at `at`; talks, a contract three weeks later, and its registration after two months."""
    row = actions.express_interest(
        result, name="Sok Dara", organisation="Công ty TNHH Nông nghiệp Svay Rieng (Campuchia)", email="sokdara@demo.vamco.test", phone="+855 12 345 678", locale="vi",
        message="Chúng tôi trồng 120 ha thanh long ở Svay Rieng, muốn mua quyền sử dụng quy trình và được tập huấn tại chỗ.", address="203.0.113.31", limit=10, at=at)  # fmt: skip
    actions.negotiate(row, note="Doanh nghiệp ngoài nước hỏi mua quyền sử dụng; đề nghị tổ chức chủ trì báo giá.", by=cast["officer"], at=at + 2 * DAY)
    actions.note_talks(row, note="Đã họp trực tuyến: thống nhất giá, tập huấn 05 ngày, thanh toán hai đợt.", by=cast["pi1"], at=at + 9 * DAY)
    drafted = at + 14 * DAY
    deal = actions.draft_agreement(
        result, interest=row, kind=AgreementKind.TECHNOLOGY, route=Route.TO_ABROAD, recipient=None, recipient_name=row.organisation, recipient_details="Thành phố Bavet, tỉnh Svay Rieng",
        scope="Quyền sử dụng quy trình trên 120 ha tại tỉnh Svay Rieng trong 03 năm, không độc quyền; kèm tập huấn.", price=420_000_000, author_share=35,
        intermediary="Sàn giao dịch công nghệ và thiết bị tỉnh", intermediary_share=10, ends_on=local(drafted + 3 * 365 * DAY).date(), contact_email=row.email,
        by=cast["pi1"], at=drafted)  # fmt: skip
    signed = at + 21 * DAY
    actions.sign_agreement(deal, number=f"{40 + deal.id}/{local(signed).year}/HĐ-CGCN", signed_on=local(signed).date(), host_signer="Ngô Thủ Trưởng",
                           recipient_signer="Sok Dara, Giám đốc", by=cast["officer"], at=signed)  # fmt: skip
    later = at + 60 * DAY
    actions.register_agreement(deal, number=f"{deal.id:02d}/GCN-CGCN", registered_on=local(later).date(), by=cast["officer"], at=later)
    first = local(later).date()
    incomes.record(deal, from_on=first, to_on=first + 89 * DAY, revenue=210_000_000, profit=126_000_000, author_share=35, intermediary_share=10, host_share=55,
                   document="Thanh toán đợt 1, hóa đơn 0000217", by=cast["pi1"], at=later + 100 * DAY)  # fmt: skip
    return deal


def protected(cast: Cast, *, result: Result, at: datetime) -> None:
    """A utility solution applied for at `at`, granted five months later."""
    filed = local(at).date()
    row = resultfacts.file_right(result, kind=Right.UTILITY, title="Bộ điều khiển tưới theo độ ẩm đất", applicant="Tổ chức chủ trì", number=f"2-{filed.year}-00{result.id:03d}",
                                 applied_on=filed, by=cast["pi1"], at=at)  # fmt: skip
    granted = at + 150 * DAY
    resultfacts.grant_right(row, result, number=f"{3000 + result.id}", granted_on=local(granted).date(), expires_on=local(granted + 3650 * DAY).date(), by=cast["officer"], at=granted)


def reported_by_link(cast: Cast, *, agreement: Agreement) -> FollowUp:
    """The partner has no account: the link is mailed three weeks before the report is due, written a week later, verified after five days."""
    row = next(f for f in queries.follow_ups_of(cast["officer"], agreement.result_id) if f.agreement_id == agreement.id and f.state in OPEN_REPORTS)
    sent = at_local(row.due_on - 21 * DAY, 9)
    actions.mail_link(row, email=agreement.contact_email or "", by=cast["officer"], at=sent)
    said = Said(usage=Usage.YES, place="Nhà máy tại xã Bến Lức; lắp cho 14 trang trại", users=14, households=14, area=480_000, output=210, output_unit="bộ điều khiển",
                revenue=1_150_000_000, jobs=11, evidence="Hóa đơn bán hàng và biên bản lắp đặt.", note="Sản xuất theo quyền được chuyển giao, bán ra thị trường từ quý hai.")  # fmt: skip
    where = [{"commune": communes.code_of(name), "area": area} for name, area in (("Xã Bến Lức", 180_000), ("Xã Thạnh Lợi", 160_000), ("Phường Long An", 90_000))]
    actions.report_by_link(row, said, sites=where, name="Trần Văn Lộc", at=sent + 7 * DAY)
    actions.verify(row, remark="Đã đối chiếu với hóa đơn.", by=cast["officer"], at=sent + 12 * DAY)
    return row
