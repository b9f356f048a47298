"""People and their profiles: scientific CVs put down as versions; people who say where they belong."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.across.demo.cast import DOMAIN, Cast
from app.services.people import actions as accounts
from app.services.people.models import User
from app.services.people.rules import OrganisationKind
from app.services.profiles import actions, belonging

DAY = timedelta(days=1)

PHONES = {"pi1": "0912 000 001", "pi3": "0912 000 003", "member9": "0912 000 009"}


def _cv(cast: Cast, account: str, **more: Any) -> dict[str, Any]:
    user = cast[account]
    body = user.organisations[0]
    return {
        "full_name": user.name, "birth_year": 1979, "sex": "male", "rank": "none", "degree": "doctor", "degree_year": 2012,
        "position": "Nghiên cứu viên chính, Trưởng phòng", "phone": PHONES[account], "email": user.email, "organisation_name": body.name,
        "organisation_head": "Ngô Thủ Trưởng", "organisation_phone": "0272 300 0000", "organisation_address": "Số 1 đường số 1, phường Long An, tỉnh Tây Ninh",
        "training": [{"level": "Tiến sĩ", "place": "Trường Đại học Cần Thơ", "field": "Khoa học cây trồng", "in_year": 2012},
                     {"level": "Thạc sĩ", "place": "Trường Đại học Nông Lâm", "field": "Trồng trọt", "in_year": 2006}],
        "career": [{"period": "2013 - nay", "post": "Nghiên cứu viên chính", "body": body.name, "address": "tỉnh Tây Ninh"},
                   {"period": "2003 - 2013", "post": "Nghiên cứu viên", "body": "Viện Lúa Đồng bằng sông Cửu Long", "address": "thành phố Cần Thơ"}],
        "publications": [{"title": "Ảnh hưởng của tưới nhỏ giọt đến năng suất thanh long ruột đỏ", "part": "author", "place": "Tạp chí Khoa học và Công nghệ Nông nghiệp", "in_year": 2024}],
        "applied": [{"title": "Quy trình xử lý ra hoa rải vụ cho thanh long", "how": "Chuyển giao cho hợp tác xã, 45 ha tại Châu Thành", "period": "2022 - nay"}],
        "awards": [{"title": "Bằng khen của Ủy ban nhân dân tỉnh về phong trào lao động sáng tạo", "in_year": 2023}],
    } | more  # fmt: skip


def _written(user: User, answers: dict[str, Any], at: datetime) -> Any:
    row = actions.begin(user, at=at)
    actions.save(row, answers, by=user, at=at + timedelta(minutes=30))
    return row


def profiles(cast: Cast, as_of: datetime) -> None:
    """One CV with two versions, one with one, one still being written."""
    first = _written(cast["pi1"], _cv(cast, "pi1"), as_of - 300 * DAY)
    actions.put(first, by=cast["pi1"], at=as_of - 300 * DAY + timedelta(hours=1))
    actions.save(first, {"patents": [{"title": "Giải pháp hữu ích: thiết bị chong đèn tiết kiệm điện cho thanh long", "number": "2-0003456", "in_year": 2025}]}, by=cast["pi1"], at=as_of - 40 * DAY)
    actions.put(first, by=cast["pi1"], at=as_of - 40 * DAY + timedelta(hours=1))
    third = _written(cast["pi3"], _cv(cast, "pi3", rank="associate", rank_year=2018, position="Phó Viện trưởng", organisation_head="Dương Viện Trưởng"), as_of - 60 * DAY)
    actions.put(third, by=cast["pi3"], at=as_of - 60 * DAY + timedelta(hours=1))
    _written(cast["member9"], _cv(cast, "member9", degree_year=None, training=[]), as_of - 9 * DAY)


def belongings(cast: Cast, as_of: datetime) -> None:
    """Two requests that wait, one for an organisation of the list and one for a new one with a name near another; one that was refused."""
    known = accounts.add_user(f"moi1@{DOMAIN}", "Nguyễn Thị Mới", by=None, at=as_of - 9 * DAY, title="ThS.")
    new = accounts.add_user(f"moi2@{DOMAIN}", "Trương Văn Nông", by=None, at=as_of - 6 * DAY)
    for user in (known, new):
        accounts.describe(user, {"name": user.name, "title": user.title, "phone": "0912 345 678"})
    belonging.ask(cast.org("host2"), note="Công tác tại Phòng Bảo vệ thực vật từ tháng 8.", by=known, at=as_of - 2 * DAY)
    values = {"name": "Hợp tác xã Thanh long Tầm Vu Xanh", "kind": OrganisationKind.COOPERATIVE, "tax_code": "0300588569", "address": "Xã Tầm Vu, tỉnh Tây Ninh",
              "representative": "Trương Văn Nông", "note": "Hợp tác xã thành lập năm 2024, chuyên thanh long hữu cơ."}  # fmt: skip
    refused = belonging.ask(cast.org("host3"), note="Xin tham gia nhóm nghiên cứu.", by=new, at=as_of - 5 * DAY)
    belonging.refuse(refused, reason="Ông không có tên trong danh sách viên chức của trường.", by=cast["host3"], at=as_of - 4 * DAY)
    belonging.ask_new(values, distinct=True, by=new, at=as_of - 3 * DAY)
