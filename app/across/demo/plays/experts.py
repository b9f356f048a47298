"""The pool of experts: the members with their fields, and some forty invented people on the sectors of the plan; a few ties that make conflicts."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.across.demo.cast import DOMAIN, Cast
from app.kernel.clock import local
from app.kernel.db import db
from app.services.conflicts import actions as conflicts
from app.services.conflicts.rules import TieKind
from app.services.experts import actions, queries
from app.services.experts.models import Expert, Invitation
from app.services.experts.rules import Why
from app.services.people import actions as accounts
from app.services.people.models import Membership, User

DAY = timedelta(days=1)
# account, degree, fields, languages, speciality
MEMBERS = (
    ("member1", "professor", ("1", "1.8"), ("en", "fr"), "Khoa học cây trồng, cây ăn quả"), ("member2", "associate", ("1.8", "1.5"), ("en",), "Bảo quản sau thu hoạch"),
    ("member3", "doctor", ("2",), ("en", "ru"), "Tự động hóa trong sản xuất"), ("member4", "doctor", ("3", "1"), ("en",), "Công nghệ sinh học"),
    ("member5", "master", ("1", "2"), ("en",), "Chế biến nông sản"), ("member6", "doctor", ("1", "5"), ("en",), "Tài nguyên nước, môi trường"),
    ("member7", "master", ("8",), (), "Tài chính công"), ("member8", "doctor", ("1.8",), ("en", "zh"), "Chuỗi giá trị thanh long"), ("member9", "doctor", ("1", "1.8"), ("en",), "Bảo vệ thực vật"),
)  # fmt: skip
FAMILY_NAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi")
MIDDLE = ("Thanh", "Minh", "Ngọc", "Quang", "Hữu", "Kim", "Xuân", "Bảo")
GIVEN = ("Ân", "Bích", "Chi", "Diệp", "Điền", "Gấm", "Hạnh", "Khoa", "Lam", "Mỹ", "Nghĩa", "Oanh", "Phú", "Quyên", "Sáng", "Tâm", "Uyên", "Vinh", "Yến", "Thảo", "Trúc", "Luân", "Hiếu", "Đào",
         "Cúc", "Bằng", "Thịnh", "Nhã", "Loan", "Kiệt", "Duyên")  # fmt: skip
WHERE = ("Trường Đại học Nông nghiệp phía Nam", "Viện Cơ điện và Tự động hóa", "Trường Đại học Y Dược miền Đông", "Viện Tài nguyên nước phía Nam", "Trường Đại học Sư phạm Sài Gòn Nam",
         "Viện Công nghệ thông tin ứng dụng", "Trung tâm Nghiên cứu Văn hóa Nam Bộ", "Hội Khoa học Kinh tế khu vực phía Nam")  # fmt: skip
SPECIAL = ("Nông nghiệp công nghệ cao", "Cơ khí, tự động hóa", "Y học dự phòng", "Môi trường và biến đổi khí hậu", "Giáo dục và đào tạo", "Chuyển đổi số", "Văn hóa, di sản", "Kinh tế vùng")
DEGREES = ("professor", "associate", "doctor", "doctor", "doctor", "master", "master", "bachelor")


def members(cast: Cast, at: datetime) -> None:
    """Who sits in the councils of the play is in the pool."""
    known = actions.known_codes()
    for account, degree, fields, languages, speciality in MEMBERS:
        user = cast[account]
        values = {"name": user.name, "email": user.email, "degree": degree, "fields": [f for f in fields if f in known], "languages": ["vi", *languages], "speciality": speciality,
                  "body": user.organisations[0].name if user.organisations else None}  # fmt: skip
        row = actions.add(values, by=cast["officer"], at=at)
        actions.join(row, user, by=user, at=at)


def pool(cast: Cast, as_of: datetime) -> None:
    """Thirty-one invented people: most are in the pool, some wait, declined, or were only put on the list."""
    codes = sorted(actions.known_codes(), key=lambda c: [int(n) for n in c.split(".") if n.isdigit()])
    sectors = [c for c in codes if "." not in c]
    for n, given in enumerate(GIVEN):
        sector = sectors[n % len(sectors)]
        own = [c for c in codes if c.startswith(f"{sector}.")]
        row = _listed(cast, n, given, [sector, *own[n % max(1, len(own)) :][:2]], as_of - (200 - n) * DAY)
        if n % 10 == 9:
            continue
        invitation = actions.invite(row, by=cast["officer"], at=as_of - (120 - n) * DAY if n % 10 != 8 else as_of - 2 * DAY)
        if n % 10 == 8:
            continue
        _answered(row, invitation, n, as_of - (115 - n) * DAY)


def _listed(cast: Cast, n: int, given: str, fields: list[str], at: datetime) -> Expert:
    values = {"name": f"{FAMILY_NAMES[n % 8]} {MIDDLE[(n // 2) % 8]} {given}", "email": f"chuyengia{n + 1:02d}@{DOMAIN}", "degree": DEGREES[(n * 3) % 8], "fields": fields, "speciality": SPECIAL[n % 8],
              "languages": ["vi", "en"] if n % 3 else ["vi"], "body": WHERE[n % 8], "phone": f"0909 100 {n + 101}", "birth_year": 1958 + n}  # fmt: skip
    return actions.add(values, by=cast["officer"], at=at)


def _answered(row: Expert, invitation: Invitation, n: int, at: datetime) -> None:
    if n == 6:
        actions.decline(invitation, why=Why.TIME, note="Đang đi học nước ngoài đến hết năm.", at=at)
        return
    actions.accept(invitation, password=f"chuyen-gia-{row.public_id}", at=at)  # nobody knows it: these people do not sign in


def ties(cast: Cast, as_of: datetime) -> None:
    """A few conflicts that show: family, supervision, an earlier employer; somebody who is away."""
    conflicts.declare_tie(_user("chuyengia01") or cast["member5"], TieKind.SPOUSE, cast["pi1"].name, email=cast["pi1"].email, at=as_of - 80 * DAY)
    conflicts.declare_tie(_user("chuyengia09") or cast["member8"], TieKind.SUPERVISOR, cast["pi3"].name, at=as_of - 70 * DAY)
    former = _user("chuyengia17")
    if former is not None:
        accounts.join(former, cast.org("host1"), by=None, at=as_of - 900 * DAY)
        row = db.session.query(Membership).filter_by(user_id=former.id, organisation_id=cast.org("host1").id).one()
        row.to_date = local(as_of - 200 * DAY).date()
    away = queries.of_user(cast["member3"])
    if away is not None:
        actions.add_away(away, local(as_of + 5 * DAY).date(), local(as_of + 25 * DAY).date(), "Công tác nước ngoài", by=cast["member3"], at=as_of - 3 * DAY)


def _user(account: str) -> User | None:
    return db.session.query(User).filter_by(email_norm=f"{account}@{DOMAIN}").one_or_none()


def play(cast: Cast, as_of: datetime) -> None:
    """All of it."""
    members(cast, as_of - 210 * DAY)
    pool(cast, as_of)
    ties(cast, as_of)

