"""The finder, pure: each kind of hit, and beside it the near miss that is none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.conflicts.rules import (
    PRIVATE,
    UNTOLD,
    Behind,
    Belonging,
    Known,
    Paper,
    Person,
    TieKind,
    Work,
    earliest,
    find,
    follows,
    is_hard,
    mailbox,
)

pytestmark = pytest.mark.nodb
ON = date(2026, 3, 2)
YEARS = {"organisation": 3, "projects": 3, "papers": 3}
PI = Person(1, "Nguyễn Văn An", "an@vien.vn", "0912 345 678", 1979, "0000-0002-1825-0097", works=(Work("project", "p1", "Tưới nhỏ giọt"), Work("proposal", "obj", "Hồ sơ này")),
            papers=(Paper("Tưới nhỏ giọt cho thanh long", 2024), Paper("Một bài cũ", 2015)))  # fmt: skip
BEHIND = Behind("proposal", "obj", hosts={10: "Viện Nông nghiệp"}, partners={20: "Hợp tác xã Tầm Vu"}, people=(PI, Person(None, "Lê Thị Không Tài Khoản", "khong@vien.vn")),
                rivals=((Person(5, "Trần Văn Đối Thủ"), "HS-02 Hồ sơ khác"),))  # fmt: skip


def who(**more):
    return Person(more.pop("id", 99), more.pop("name", "Hoàng Thị Xa"), more.pop("email", "xa@noikhac.vn"), **more)


def at(body, until=None, name="", since=date(2010, 1, 1)):
    return who(bodies=(Belonging(body, name, since, until),))


def ties(kind, name, **more):
    return who(ties=(Known(kind, name, **more),))


CASES = {
    "team": (who(id=1), who(id=2)),
    "same_organisation": (at(10), at(11)),
    "partner_organisation": (at(20), at(20, since=date(2026, 9, 1))),
    "past_organisation": (at(10, date(2023, 3, 2)), at(10, date(2023, 3, 1))),
    "joint_project": (who(works=(Work("project", "p1", "x", date(2023, 3, 2)),)), who(works=(Work("project", "p1", "x", date(2023, 3, 1)),))),
    "joint_paper": (who(papers=(Paper("TƯỚI NHỎ GIỌT cho thanh long", 2024),)), who(papers=(Paper("Tưới nhỏ giọt cho bưởi", 2024), Paper("Một bài cũ", 2015)))),
    "family": (ties(TieKind.SPOUSE, "Nguyễn Văn An"), ties(TieKind.SPOUSE, "Nguyễn Văn Anh")),
    "supervision": (ties(TieKind.SUPERVISOR, "Tên khác", user_id=1), ties(TieKind.STUDENT, "Nguyễn Văn An", user_id=3)),
    "same_call": (who(id=5), who(name="Trần Văn Đối Thủ")),
    "same_person": (who(name="Nguyen Van An", phone="+84 912 345 678"), who(name="Nguyễn Văn An", phone="0912 345 679", birth_year=1980)),
    "sanctioned": (who(barred=("rated_fail",)), who()),
}


@pytest.mark.parametrize("cause", CASES)
def test_a_hit_and_its_near_miss(cause):
    hit, miss = CASES[cause]
    assert [h.cause for h in find(hit, BEHIND, years=YEARS, on=ON)] == [cause]
    assert find(miss, BEHIND, years=YEARS, on=ON) == []


@pytest.mark.parametrize(("by", "known"), [("phone", {"phone": "84912345678"}), ("year", {"birth_year": 1979}), ("mailbox", {"email": "an+2@vien.vn"})])
def test_one_person_with_two_accounts_needs_the_name_and_something_more(by, known):
    assert [h.cause for h in find(who(name="nguyen van an", **known), BEHIND, years=YEARS, on=ON)] == ["same_person"]
    assert find(who(name="Nguyễn Văn Ấn Khác", **known), BEHIND, years=YEARS, on=ON) == []


def test_an_orcid_is_one_person_whatever_the_name():
    assert [h.cause for h in find(who(name="A. Nguyen", orcid=PI.orcid), BEHIND, years=YEARS, on=ON)] == ["same_person"]


def test_somebody_of_the_team_without_an_account_is_found_by_name_and_mailbox():
    assert [h.cause for h in find(who(name="Lê Thị Không Tài Khoản", email="khong@vien.vn"), BEHIND, years=YEARS, on=ON)] == ["same_person"]


def test_either_side_may_have_declared():
    spoken = Behind("proposal", "obj", people=(Person(1, "Nguyễn Văn An", ties=(Known(TieKind.SIBLING, "Hoàng Thị Xa"),)),))
    assert [h.cause for h in find(who(), spoken, years=YEARS, on=ON)] == ["family"]


def test_the_object_itself_is_no_joint_work():
    assert find(who(works=(Work("proposal", "obj", "Hồ sơ này"),)), BEHIND, years=YEARS, on=ON) == []


def test_an_employer_that_only_a_cv_names_counts_too():
    said = who(bodies=(Belonging(None, "VIỆN NÔNG NGHIỆP"),))
    assert [h.cause for h in find(said, BEHIND, years=YEARS, on=ON)] == ["same_organisation"]


def test_years_go_back_from_a_leap_day():
    assert earliest(date(2028, 2, 29), 3) == date(2025, 2, 28)


def test_mailboxes():
    assert mailbox("An.Nguyen+x@googlemail.com") == mailbox("annguyen@gmail.com") != mailbox("annguyen@vien.vn")
    assert mailbox("an.nguyen@vien.vn") != mailbox("annguyen@vien.vn") and mailbox("nothing") == ""


def test_levels_are_the_rules():
    roles = {"chair", "reviewer"}
    for how, role, hard in (("never", "member", True), ("not_in_roles", "chair", True), ("not_in_roles", "member", False), ("not_in_roles", None, True), ("warn", "chair", False)):
        assert is_hard("joint_paper", {"joint_paper": how}, {}, role=role, roles=roles) is hard
    assert follows("joint_paper", {}, {"joint_paper": "warn"}) == "warn" and follows("nobody_knows", {}, {}) == "never"


def test_what_is_private_is_told_to_composers_only():
    for cause in PRIVATE:
        (hit,) = find(CASES[cause][0], BEHIND, years=YEARS, on=ON)
        assert hit.told(composer=True)[0] != UNTOLD
        assert hit.told(composer=False) == (UNTOLD, {})


DAYS = st.dates(date(2015, 1, 1), date(2026, 3, 2))


@given(st.lists(st.tuples(st.sampled_from([10, 11, 20]), DAYS, st.none() | DAYS), max_size=4))
def test_bodies_against_a_straightforward_reading(rows):
    """Now, lately or never: as somebody reading the rows one by one would say."""
    person = who(bodies=tuple(Belonging(body, "", since, until) for body, since, until in rows))
    found = {(h.cause, h.params["name"]) for h in find(person, BEHIND, years=YEARS, on=ON)}
    for body, name, cause in ((10, "Viện Nông nghiệp", "same_organisation"), (20, "Hợp tác xã Tầm Vu", "partner_organisation")):
        mine = [until for b, _since, until in rows if b == body]
        now = any(until is None or until > ON for until in mine)
        lately = any(until is not None and date(2023, 3, 2) <= until <= ON for until in mine)
        assert ((cause, name) in found) == now
        assert (("past_organisation", name) in found) == (lately and not now)
