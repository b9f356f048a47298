"""The demonstration accounts and organisations. Names are invented; organisations are kinds of real bodies."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select

from app.kernel.db import db
from app.services.people import actions, queries
from app.services.people.models import Organisation, User
from app.services.people.rules import OrganisationKind, Role

DOMAIN = "demo.vamco.test"
K = OrganisationKind

# key, Vietnamese name, English name, kind
ORGANISATIONS = (
    ("department", "Sở Khoa học và Công nghệ", "Department of Science and Technology", K.DEPARTMENT),
    ("committee", "Ủy ban nhân dân tỉnh", "Provincial People's Committee", K.DEPARTMENT),
    ("treasury", "Sở Tài chính", "Department of Finance", K.DEPARTMENT),
    ("inspectorate", "Thanh tra tỉnh", "Provincial Inspectorate", K.DEPARTMENT),
    ("host1", "Trung tâm Ứng dụng tiến bộ khoa học và công nghệ", "Centre for Science and Technology Application", K.CENTRE),
    ("host2", "Viện Khoa học kỹ thuật Nông nghiệp miền Nam", "Institute of Agricultural Sciences for Southern Vietnam", K.INSTITUTE),
    ("host3", "Trường Đại học Kinh tế Công nghiệp", "University of Economics and Industry", K.UNIVERSITY),
    ("agency1", "Sở Nông nghiệp và Môi trường", "Department of Agriculture and Environment", K.DEPARTMENT),
    ("agency2", "Sở Y tế", "Department of Health", K.DEPARTMENT),
    ("agency3", "Ủy ban nhân dân xã Bến Lức", "People's Committee of Bến Lức commune", K.LOCALITY),
    ("body1", "Trường Đại học Nông Lâm", "University of Agriculture and Forestry", K.UNIVERSITY),
    ("body2", "Liên hiệp các Hội Khoa học và Kỹ thuật tỉnh", "Provincial Union of Science and Technology Associations", K.OTHER),
    ("body3", "Công ty Cổ phần Nông sản Đồng Tháp Mười", "Dong Thap Muoi Farm Produce Company", K.ENTERPRISE),
    ("body4", "Hợp tác xã Thanh long Tầm Vu", "Tam Vu Dragon Fruit Cooperative", K.COOPERATIVE),
)  # fmt: skip
# account, name, title, organisation, manager?, roles
PEOPLE = (
    ("admin", "Trần Quản Trị", None, "department", False, (Role.ADMIN,)),
    ("officer", "Nguyễn Thị Chuyên Viên", "ThS.", "department", False, (Role.OFFICER,)),
    ("officer2", "Lê Văn Thẩm Định", "ThS.", "department", False, (Role.OFFICER,)),
    ("leader", "Phạm Giám Đốc", "TS.", "department", False, (Role.LEADER,)),
    ("province", "Võ Ủy Ban", None, "committee", False, (Role.PROVINCE,)),
    ("finance", "Đặng Kế Toán", "CN.", "department", False, (Role.FINANCE,)),
    ("registry", "Bùi Văn Thư", "CN.", "department", False, (Role.REGISTRY,)),
    ("auditor", "Hồ Thanh Tra", None, "inspectorate", False, (Role.AUDITOR,)),
    ("agency1", "Huỳnh Nông Nghiệp", "KS.", "agency1", True, (Role.AGENCY,)),
    ("agency2", "Phan Y Tế", "BS.", "agency2", True, (Role.AGENCY,)),
    ("agency3", "Trương Bến Lức", None, "agency3", True, (Role.AGENCY,)),
    ("pi1", "Nguyễn Văn An", "TS.", "host1", False, ()),
    ("pi2", "Trần Thị Bình", "ThS.", "host1", False, ()),
    ("pi3", "Lê Hoàng Cường", "PGS.TS.", "host2", False, ()),
    ("pi4", "Phạm Thị Dung", "TS.", "host2", False, ()),
    ("pi5", "Võ Minh Đức", "TS.", "host3", False, ()),
    ("pi6", "Đỗ Thị Giang", "ThS.", "host3", False, ()),
    ("host1", "Ngô Thủ Trưởng", "ThS.", "host1", True, ()),
    ("host2", "Dương Viện Trưởng", "GS.TS.", "host2", True, ()),
    ("host3", "Lý Hiệu Trưởng", "PGS.TS.", "host3", True, ()),
    ("member1", "Hoàng Văn Hải", "GS.TS.", "body1", False, (Role.EXPERT,)),
    ("member2", "Đinh Thị Khánh", "PGS.TS.", "body1", False, (Role.EXPERT,)),
    ("member3", "Mai Văn Lâm", "TS.", "body2", False, (Role.EXPERT,)),
    ("member4", "Tạ Thị Minh", "TS.", "body2", False, (Role.EXPERT,)),
    ("member5", "Cao Văn Nam", "ThS.", "body3", False, (Role.EXPERT,)),
    ("member6", "Lương Thị Oanh", "TS.", "agency1", False, (Role.EXPERT,)),
    ("member7", "Quách Văn Phúc", "ThS.", "treasury", False, (Role.EXPERT,)),
    ("member8", "Thái Thị Quỳnh", "TS.", "body4", False, (Role.EXPERT,)),
    ("member9", "Vương Văn Sơn", "TS.", "host1", False, (Role.EXPERT,)),  # belongs to a host: a conflict to find
)  # fmt: skip


@dataclass
class Cast:
    """The people and bodies of the play, by account: cast["pi1"], cast.org("host1")."""

    users: dict[str, User] = field(default_factory=dict)
    bodies: dict[str, Organisation] = field(default_factory=dict)

    def __getitem__(self, account: str) -> User:
        return self.users[account]

    def org(self, key: str) -> Organisation:
        return self.bodies[key]


def load() -> Cast:
    """The cast as it stands in the database."""
    users = {u.email.partition("@")[0]: u for u in db.session.scalars(select(User).where(User.is_demo))}
    named = {o.name: o for o in queries.organisations()}
    return Cast(users, {key: named[name] for key, name, _en, _kind in ORGANISATIONS if name in named})


def make(password: str, *, at: datetime) -> Cast:
    """Make the cast, once: a second call returns it as it is."""
    cast = load()
    if cast.users:
        return cast
    for key, name, english, kind in ORGANISATIONS:
        cast.bodies[key] = actions.add_organisation(name, kind=kind, name_en=english, by=None, at=at, known_from=date(2015, 1, 1))
    for account, name, title, body, manager, roles in PEOPLE:
        user = actions.add_user(f"{account}@{DOMAIN}", name, by=None, at=at, title=title, password=password, is_demo=True)
        actions.join(user, cast.bodies[body], by=None, at=at, manager=manager)
        for role in roles:
            actions.grant(user, role, by=None, at=at)
        cast.users[account] = user
    db.session.flush()
    for user in cast.users.values():
        db.session.refresh(user)
    return cast
