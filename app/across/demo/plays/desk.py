"""The officer's desk in the demonstration: a group, a merger, every outcome of an idea, a topic that nobody answered and is open again."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.across.demo.cast import Cast
from app.across.demo.plays import calls, councils, ideas
from app.kernel.clock import local
from app.stages.ideas import actions, council
from app.stages.ideas.models import Idea
from app.stages.ideas.rules import Mode, ProductKind, RedirectTo

DAY = timedelta(days=1)
SALT = ("Xây dựng mô hình nuôi tôm – lúa thích ứng xâm nhập mặn tại vùng hạ", "Quy trình canh tác lúa – tôm bền vững trên đất nhiễm mặn theo mùa",
        "Ứng dụng cảm biến giám sát độ mặn phục vụ vùng lúa – tôm")  # fmt: skip
DRAGON = ("Quy trình bảo quản thanh long ruột đỏ sau thu hoạch phục vụ xuất khẩu", "Kéo dài thời gian bảo quản thanh long bằng bao bì biến đổi khí quyển")
PRODUCTS = ((ProductKind.TWO, "Quy trình kỹ thuật", "quy trình", 1, "Được hội đồng cơ sở công nhận, phù hợp điều kiện của tỉnh"),
            (ProductKind.ONE, "Mô hình trình diễn", "mô hình", 2, "Hiệu quả kinh tế tăng từ 15% so với sản xuất đại trà"),
            (ProductKind.THREE, "Bài báo khoa học", "bài", 2, "Đăng trên tạp chí có chỉ số ISSN"))  # fmt: skip


def play(cast: Cast, as_of: datetime) -> None:
    """All of it, ending at `as_of`."""
    on_the_desk(cast, as_of - 12 * DAY)
    decided(cast, as_of - 75 * DAY)
    unanswered(cast, as_of - 70 * DAY)


def on_the_desk(cast: Cast, at: datetime) -> None:
    """Three ideas of one wish in a group, two merged into one, one passed on to the fund, one turned down."""
    officer = {"by": cast["officer"], "at": at + 3 * DAY}
    alike = [ideas.submitted_idea(cast, item="1.5", title=title, at=at, by=by) for title, by in zip(SALT, ("pi1", "pi3", "pi5"), strict=True)]
    actions.group(alike, "Lúa – tôm vùng nhiễm mặn", note="Cùng vùng hạ, cùng đối tượng; khác nhau ở phần giám sát độ mặn.", **officer)
    same = [ideas.submitted_idea(cast, item="1.7", title=title, at=at + DAY, by=by) for title, by in zip(DRAGON, ("pi2", "pi6"), strict=True)]
    actions.merge(same[0], same[1:], reason="Hai đề xuất cùng đối tượng, cùng mục tiêu kéo dài thời gian bảo quản.", **officer)
    loan = ideas.submitted_idea(cast, item="2.1", title="Đổi mới dây chuyền sấy nông sản tại doanh nghiệp", at=at + 2 * DAY, by="pi4")
    actions.pass_on(loan, RedirectTo.FUND, "Nội dung là đổi mới công nghệ của một doanh nghiệp, phù hợp vay vốn của Quỹ.", passed_to="Quỹ phát triển khoa học và công nghệ tỉnh", **officer)
    known = ideas.submitted_idea(cast, item="1.8", title="Tưới tiết kiệm nước cho cây chanh bằng năng lượng mặt trời", at=at + 2 * DAY, by="pi6")
    actions.turn_down(known, "Nội dung đang được thực hiện trong nhiệm vụ về tưới tự động của tỉnh.", **officer)


def decided(cast: Cast, at: datetime) -> None:
    """A council that carried one out by selection and one directly, passed one on to an enterprise and refused one; the decision is issued."""
    rows: list[Idea] = [ideas.submitted_idea(cast, item=item, title=title, at=at, by=by) for item, title, by in (
        ("1.4", "Tuyển chọn giống nếp thơm chịu phèn cho vùng Đồng Tháp Mười", "pi1"), ("5.1", "Hồ sơ sức khỏe điện tử kết nối trạm y tế xã", "pi3"),
        ("2.3", "Chế tạo máy bóc vỏ đậu phộng quy mô hộ", "pi4"), ("7.4", "Khảo sát chất lượng nước sông lần thứ ba", "pi5"))]  # fmt: skip
    for row in rows[:2]:
        for kind, name, unit, quantity, quality in PRODUCTS:
            actions.require(row, kind=kind, name=name, unit=unit, quantity=quantity, quality=quality, by=cast["officer"], at=at + 2 * DAY)
    yes = {"urgency": "pass", "level": "pass", "feasibility": "pass", "conclusion": "do"}
    no = {"urgency": "fail", "level": "fail", "feasibility": "pass", "conclusion": "refuse"}
    votes = ({**yes, "mode": "selection", "priority": 1}, {**yes, "conclusion": "adjust", "mode": "direct", "priority": 2, "reason": "Giao đơn vị đang vận hành hệ thống; thu gọn phạm vi thí điểm."},
             {**no, "pass_on": "enterprise", "reason": "Sản phẩm thương mại, doanh nghiệp cơ khí có thể tự thực hiện."}, {**no, "reason": "Số liệu đã có từ hai lần khảo sát trước."})  # fmt: skip
    lone = {**no, "reason": "Đề nghị bảo lưu: chưa rõ đơn vị tiếp nhận."}
    row = council.prepare(rows, title=f"Hội đồng tư vấn xác định nhiệm vụ đợt 2 năm {local(at).year}", by=cast["officer"], at=at + 3 * DAY)
    row = councils.concluded(cast, council=row, at=at + 3 * DAY, answers=lambda item, n: lone if item.position == 1 and n == 6 else votes[item.position - 1])
    later = (row.meets_at or at) + 2 * DAY
    final = actions.Identified(actions.Outcome.DO_WITH_CHANGES, title="Thí điểm hồ sơ sức khỏe điện tử tại 10 trạm y tế xã", mode=Mode.DIRECT, host=cast.org("host2"),
                               ceiling=900_000_000, months=18, rank=2)  # fmt: skip
    council.record(rows[1], final, by=cast["officer"], at=later)
    actions.put_forward(rows, number="41", dated=local(later + DAY).date(), by=cast["officer"], at=later + DAY)
    actions.approve_list(rows, number=f"{2000 + rows[0].id}/QĐ-UBND", dated=local(later + 5 * DAY).date(), by=cast["province"], at=later + 5 * DAY)


def unanswered(cast: Cast, at: datetime) -> None:
    """A topic whose first call drew nobody: it is open again, and one click drafts the next round."""
    topic = ideas.approved_topic(cast, item="6.1", title="Mô hình giáo dục STEM cho trường trung học cơ sở vùng sâu", at=at, by="pi2")
    calls.opened_call(cast, call=calls.published_call(cast, topics=[topic], at=at + 24 * DAY))
