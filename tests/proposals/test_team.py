"""Who may do what in a dossier: invitations, rights, sections, comments, what is sent back, another investigator, load."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from app.across.demo.plays import people as people_plays
from app.across.demo.plays import proposals as plays
from app.kernel.errors import Incomplete, NotAllowed, Stale, WrongState
from app.services.files import queries as files
from app.services.people import actions as people_actions
from app.services.profiles import actions as profile_actions
from app.services.profiles import queries as profiles
from app.services.rulebook.models import Rule
from app.stages.proposals import (
    actions,
    comments,
    giving,
    load,
    newpi,
    queries,
    sendingback,
    submitting,
    team,
    work,
)
from app.stages.proposals.load import Load, Setting
from app.stages.proposals.rules import Access, Invited, ProposalState, TeamRole
from app.stages.proposals.teamwork import Comment, Invitation
from tests.support.browser import values_of

SECRET = "Bí mật của nhóm: mức giá thương lượng"


@pytest.fixture
def draft(called, cast, now):
    """A whole draft of pi1 for host1, in whose team pi2 writes."""
    return plays.draft(cast, call_topic=called("Tưới tự động bằng IoT")[0], at=now)


@pytest.fixture
def joined(cast, draft, now):
    """joined("pi3", Access.VIEW) is in the team with this right, having accepted."""

    def join(account, access=Access.EDIT, role=TeamRole.MEMBER):
        member = actions.add_member(draft, name=cast[account].name, role=role, months=2, email=cast[account].email, access=access, by=cast["pi1"], at=now)
        return team.accept(team.invite(draft, member, by=cast["pi1"], at=now), by=cast[account], at=now) and member

    return join


def token_in(mail):
    return re.search(r"/public/invitations/(\S+)", mail.body)[1]


# --- the table: who × which page ------------------------------------------------------------------------------

READ = {"": 200, "/work.docx": 200, "/budget.xlsx": 200}
WRITE = ("/general", "/team", "/products", "/budget", "/budget/lines", "/files", "/copy", "/work-word", "/submit", "/work/{section}")
TEAM_READS = ("/comments", "/work/{section}/history")
LEADS = ("/give/general", "/ask-sign-off", "/new-investigator")
PEOPLE = {  # account: (reads, writes, team reads, leads)
    "pi1": (200, 200, 200, 200),
    "pi2": (200, 200, 200, 403),
    "pi3": (200, 403, 200, 403),  # may comment
    "pi4": (200, 403, 200, 403),  # may read
    "host1": (200, 404, None, None),
    "pi5": (404, 404, 404, 404),  # was in the team and left
    "pi6": (404, 404, 404, 404),  # is invited and has not answered
    "host2": (404, 404, 404, 404),
    "officer": (404, 404, 404, 404),  # sealed
    "leader": (404, 404, 404, 404),
    "member1": (404, 404, 404, 404),
}


@pytest.fixture
def peopled(db, cast, draft, joined, now):
    """The draft with everybody of the table, a comment and files that must not leak."""
    joined("pi3", Access.COMMENT)
    joined("pi4", Access.VIEW)
    joined("pi5")
    team.leave(draft, reason=None, by=cast["pi5"], at=now)
    waiting = actions.add_member(draft, name="Người được mời", role=TeamRole.KEY, months=1, email=cast["pi6"].email, by=cast["pi1"], at=now)
    team.invite(draft, waiting, by=cast["pi1"], at=now)
    comments.write(draft, "budget", SECRET, by=cast["pi1"], at=now)
    db.session.commit()
    return draft


@pytest.mark.parametrize("account", PEOPLE)
def test_the_table_of_rights(db, as_, peopled, account):
    client, url = as_(account), f"/proposals/{peopled.public_id}"
    section = work.form_of(peopled).definition["sections"][0]["code"]
    reads, writes, team_reads, leads = PEOPLE[account]
    wanted = {path: reads for path in READ} | {path: writes for path in WRITE} | {path: team_reads for path in TEAM_READS} | {path: leads for path in LEADS}
    if account == "host1":
        wanted |= {"/comments": 200, "/new-investigator": 200, "/give/general": 404, "/ask-sign-off": 404, "/work/{section}/history": 404, "/sign-off": 200, "/send-back": 200}
    if writes == 403:
        wanted |= {"/new-investigator": 403}
    for path, status in wanted.items():
        answer = client.get(url + path.format(section=section))
        assert answer.status_code == status, f"{account} GET {path}: {answer.status_code}, not {status}"
        assert answer.mimetype != "text/html" or SECRET not in answer.text or account in ("pi1", "pi2", "pi3", "pi4", "host1"), path
    assert client.get(f"/files/{files.of(peopled)[0].public_id}").status_code == reads


@pytest.mark.parametrize(("account", "status"), [("pi2", 303), ("pi3", 403), ("pi4", 403), ("pi5", 404), ("pi6", 404), ("officer", 404), ("host2", 404)])
def test_the_table_of_rights_when_something_is_sent(db, as_, cast, peopled, now, account, status):
    """What a browser of the investigator would send, sent by somebody else."""
    url, section = f"/proposals/{peopled.public_id}", work.form_of(peopled).definition["sections"][0]["code"]
    client = as_(account)
    for path, more in {"/general": {"title": "Tên khác"}, "/products": {"group": "I", "name": "Máy", "unit": "cái", "quantity": "1", "quality": "Tốt"}}.items():
        form = values_of(as_("pi1").page(url + path).select("main form")[-1])
        form |= more | {"csrf_token": client.page("/auth/account").select_one("[name=csrf_token]")["value"], "once": f"{account}{path}"}
        assert client.post(url + path, data=form).status_code == status, path
    token = {"csrf_token": client.page("/auth/account").select_one("[name=csrf_token]")["value"]}
    autosave = client.post(f"{url}/work/{section}/autosave", data=token)
    assert autosave.status_code == (200 if status == 303 else status)
    product = queries.proposal_by_pid(peopled.public_id).products[0]
    removal = client.post(f"{url}/remove/products/{product.public_id}", data=token)
    assert removal.status_code == status, "taking something out"
    for path in ("/work-word", "/budget/lines", "/copy"):
        assert client.post(url + path, data=token).status_code == (422 if status == 303 else status), path
    assert queries.proposal_by_pid(peopled.public_id).title == ("Tên khác" if status == 303 else peopled.title)


def test_comments_need_the_right_to_comment(cast, peopled, now):
    for account in ("pi1", "pi2", "pi3", "host1"):
        comments.write(peopled, "general", "Một ý", by=cast[account], at=now)
    for account in ("pi4", "pi5", "pi6", "officer", "host2"):
        with pytest.raises(NotAllowed):
            comments.write(peopled, "general", "Một ý", by=cast[account], at=now)


# --- invitations ----------------------------------------------------------------------------------------------


def test_an_invitation_is_answered_once_by_its_address_alone(db, cast, draft, now, mails):
    member = actions.add_member(draft, name="Lê Văn Ba", role=TeamRole.KEY, months=3, email="PI3@demo.vamco.test", by=cast["pi1"], at=now)
    row = team.invite(draft, member, by=cast["pi1"], at=now)
    token = token_in(mails()[-1])
    assert mails()[-1].to_address == cast["pi3"].email and token not in row.token_hash and len(row.token_hash) == 64
    assert member.user_id is None and queries.proposal_for(cast["pi3"], draft.public_id) is None, "nothing opens before the answer"
    with pytest.raises(NotAllowed):
        team.accept(row, by=cast["pi4"], at=now)
    team.accept(row, by=cast["pi3"], at=now)
    assert queries.for_team(cast["pi3"], draft.public_id).id == draft.id and mails()[-1].to_address == cast["pi1"].email
    assert team.by_token(token, at=now) is None
    with pytest.raises(WrongState):
        team.accept(row, by=cast["pi3"], at=now)


def test_a_link_sent_again_taken_back_or_old_opens_nothing(cast, draft, now, mails):
    member = actions.add_member(draft, name="Lê Văn Ba", role=TeamRole.KEY, months=3, email="moi@example.org", by=cast["pi1"], at=now)
    team.invite(draft, member, by=cast["pi1"], at=now)
    first = token_in(mails()[-1])
    row = team.invite(draft, member, by=cast["pi1"], at=now)
    second = token_in(mails()[-1])
    assert mails()[-1].to_address == "moi@example.org" and mails()[-1].to_user_id is None
    assert team.by_token(first, at=now) is None and team.by_token(second, at=now).id == row.id
    assert team.by_token(second, at=row.expires_at) is None and team.standing(row, row.expires_at) == Invited.EXPIRED
    team.take_back(draft, member, by=cast["pi1"], at=now)
    assert team.by_token(second, at=now) is None
    with pytest.raises(WrongState):
        team.take_back(draft, member, by=cast["pi1"], at=now)
    with pytest.raises(NotAllowed):
        team.invite(draft, member, by=cast["pi2"], at=now)


def test_nobody_joins_after_the_deadline(cast, draft, now):
    member = actions.add_member(draft, name="Ba", role=TeamRole.KEY, months=3, email=cast["pi3"].email, by=cast["pi1"], at=now)
    row = team.invite(draft, member, by=cast["pi1"], at=now)
    row.expires_at = draft.call_topic.call.deadline + timedelta(days=9)
    with pytest.raises(WrongState):
        team.accept(row, by=cast["pi3"], at=draft.call_topic.call.deadline + timedelta(seconds=1))


def test_accepting_keeps_the_hosts_signature(cast, draft, now):
    member = actions.add_member(draft, name="Ba", role=TeamRole.KEY, months=3, email=cast["pi3"].email, by=cast["pi1"], at=now)
    row = team.invite(draft, member, by=cast["pi1"], at=now)
    actions.sign_off(draft, by=cast["host1"], at=now)
    digest = actions.digest_of(draft)
    team.accept(row, by=cast["pi3"], at=now)
    assert draft.host_signed_at is not None and actions.digest_of(draft) == digest


def test_from_the_form_to_the_answer(db, as_, anonymous, cast, draft, now, mails):
    url = f"/proposals/{draft.public_id}"
    db.session.commit()
    pi, body = as_("pi1"), cast.org("host2")
    answer = {"name": "Đơn vị B", "role": "partner", "months": "1", "email": "pi3@demo.vamco.test", "access": "comment"}
    pi.submit(f"{url}/team", answer, status=422)  # which organisation?
    pi.submit(f"{url}/team", answer | {"organisation": body.public_id, "email": "không phải địa chỉ"}, status=422)
    pi.submit(f"{url}/team", answer | {"organisation": body.public_id})
    link = f"/public/invitations/{token_in(mails()[-1])}"
    page = anonymous.page(link)
    assert draft.title in page.text and "budget" not in page.text
    assert anonymous.get(link).headers["Cache-Control"] == "private, no-store"
    assert as_("pi4").get(link).status_code == 200, "another account is told to sign in with the address"
    invited = as_("pi3")
    target = invited.get(link).location
    assert as_("pi4").get(target).status_code == 404
    assert "Lời mời" in invited.page("/desk/").text
    invited.submit(target, {"answer": "yes"})
    assert invited.page(url) and invited.get(f"{url}/budget").status_code == 403 and anonymous.get(link).status_code == 404
    assert {m.role for m in queries.proposal_by_pid(draft.public_id).team if m.user_id == cast["pi3"].id} == {TeamRole.PARTNER}


def test_declining_needs_no_account(db, anonymous, cast, draft, now, mails):
    member = actions.add_member(draft, name="Người ngoài", role=TeamRole.KEY, months=3, email="ngoai@example.org", by=cast["pi1"], at=now)
    team.invite(draft, member, by=cast["pi1"], at=now)
    db.session.commit()
    link = f"/public/invitations/{token_in(mails()[-1])}"
    anonymous.submit(link, {"reason": "Tôi <b>bận</b>"}, form="")
    assert "Tôi <b>bận</b>" in mails()[-1].body and anonymous.get(link).status_code == 404
    assert db.session.query(Invitation).one().declined_at is not None


def test_leaving_and_being_taken_out_close_the_dossier(cast, draft, joined, now, mails):
    member = joined("pi3")
    giving.give(draft, "budget", member, by=cast["pi1"], at=now)
    with pytest.raises(WrongState):
        team.leave(draft, reason=None, by=cast["pi1"], at=now)
    team.leave(draft, reason="Chuyển công tác", by=cast["pi3"], at=now)
    assert queries.for_member(cast["pi3"], draft.public_id) is None and giving.of(draft) == {}
    assert "Chuyển công tác" in mails()[-1].body
    again = joined("pi3")
    with pytest.raises(NotAllowed):
        actions.remove_part(draft, again, by=cast["pi2"], at=now)
    actions.remove_part(draft, again, by=cast["pi1"], at=now)
    assert queries.for_member(cast["pi3"], draft.public_id) is None


def test_two_who_change_one_member_both_see(cast, draft, now):
    member = next(m for m in draft.team if m.user_id == cast["pi2"].id)
    seen, whole = team.member_mark(member), team.general_mark(draft)
    actions.set_months(member, draft, 7, seen=seen, by=cast["pi1"], at=now)
    with pytest.raises(Stale):
        actions.set_months(member, draft, 3, seen=seen, by=cast["pi2"], at=now)
    actions.save_general(draft, title="Tên mới", aim="Mục tiêu", duration_months=20, seen=whole, by=cast["pi2"], at=now)  # another form is not in the way
    with pytest.raises(Stale):
        actions.save_general(draft, title="Tên khác", aim="Mục tiêu", duration_months=20, seen=whole, by=cast["pi1"], at=now)


def test_only_the_investigator_gives_rights_and_a_smaller_right_frees_sections(cast, draft, joined, now):
    member = joined("pi3")
    giving.give(draft, "budget", member, by=cast["pi1"], at=now)
    with pytest.raises(NotAllowed):
        actions.set_months(member, draft, 2, access=Access.VIEW, by=cast["pi2"], at=now)
    actions.set_months(member, draft, 2, access=Access.VIEW, by=cast["pi1"], at=now)
    assert giving.of(draft) == {}
    with pytest.raises(NotAllowed):
        queries.for_team(cast["pi3"], draft.public_id)


# --- sections and comments ------------------------------------------------------------------------------------


def test_a_section_is_given_written_and_marked_complete(db, as_, cast, draft, now, mails):
    db.session.commit()
    url, place = f"/proposals/{draft.public_id}", f"work-{work.form_of(draft).definition['sections'][0]['code']}"
    member = next(m for m in draft.team if m.user_id == cast["pi2"].id)
    pi, other = as_("pi1"), as_("pi2")
    pi.submit(f"{url}/give/{place}", {"member": member.public_id, "due_on": "01/01/2031"}, status=422)
    pi.submit(f"{url}/give/{place}", {"member": member.public_id, "due_on": f"{now + timedelta(days=3):%d/%m/%Y}"})
    assert mails()[-1].to_address == cast["pi2"].email and cast["pi2"].name in pi.page(url).text
    assert "Các mục được giao" in other.page("/desk/").text
    other.submit(url, form=f"/complete/{place}")
    assert giving.of(draft)[place].completed_at is not None and mails()[-1].to_address == cast["pi1"].email
    pi.submit(url, form=f"/reopen/{place}")
    assert giving.of(draft)[place].completed_at is None
    assert pi.get(f"{url}/give/nothing").status_code == 404


def test_a_thread_is_answered_and_resolved_and_its_people_get_one_mail(db, cast, draft, joined, now, mails):
    joined("pi3", Access.COMMENT)
    member = next(m for m in draft.team if m.user_id == cast["pi2"].id)
    giving.give(draft, "budget", member, by=cast["pi1"], at=now)
    first = comments.write(draft, "budget", "Đơn giá này cao", by=cast["pi3"], at=now)
    comments.write(draft, "general", "Tên dài quá", by=cast["pi3"], at=now + timedelta(minutes=1))
    comments.write(draft, "budget", "Theo báo giá", answers=first, by=cast["pi2"], at=now + timedelta(minutes=2))
    before = len(mails())
    assert comments.mail_due(now + timedelta(minutes=10)) == 0
    comments.mail_due(now + timedelta(minutes=20))
    told = {m.to_address.split("@")[0]: m.body for m in mails()[before:]}
    assert set(told) == {"pi1", "pi2", "pi3"} and len(mails()) == before + 3
    assert "Đơn giá này cao" in told["pi2"] and "Tên dài quá" not in told["pi2"] and "Theo báo giá" not in told["pi2"] and "Theo báo giá" in told["pi3"]
    comments.mail_due(now + timedelta(minutes=60))
    assert len(mails()) == before + 3, "each is told once"
    comments.resolve(draft, first, by=cast["pi1"], at=now)
    with pytest.raises(WrongState):
        comments.write(draft, "budget", "Còn nữa", answers=first, by=cast["pi2"], at=now)
    assert comments.open_counts(draft) == {"general": 1}


def test_comments_through_the_page_are_escaped_and_never_submitted(db, as_, cast, draft, now):
    db.session.commit()
    url, pi = f"/proposals/{draft.public_id}", as_("pi1")
    pi.submit(f"{url}/comments", {"place": "general", "text": ""}, status=422)
    pi.submit(f"{url}/comments", {"place": "nowhere", "text": "x"}, status=422)
    pi.submit(f"{url}/comments", {"place": "general", "text": "<script>alert(1)</script> " + SECRET})
    page = pi.get(f"{url}/comments").text
    assert "<script>alert" not in page and SECRET in page
    first = db.session.query(Comment).one()
    as_("host1").submit(f"{url}/comments/{first.public_id}", {"text": "Đã rõ"})
    pi.submit(f"{url}/comments", form=f"{first.public_id}/resolve")
    actions.sign_off(draft, by=cast["host1"], at=now)
    submitting.submit(draft, by=cast["pi1"], at=now)
    assert SECRET not in str(queries.latest_version(draft).content) and draft.state == ProposalState.SUBMITTED
    db.session.commit()
    assert "Viết ý kiến" not in pi.page(f"{url}/comments").text


# --- the host -------------------------------------------------------------------------------------------------


def test_only_the_named_sections_can_be_changed_until_the_host_signs(db, as_, cast, draft, now, mails):
    actions.send_back(draft, "Sửa dự toán", places=["budget"], by=cast["host1"], at=now)
    db.session.commit()
    url, pi = f"/proposals/{draft.public_id}", as_("pi1")
    assert "Kinh phí" in mails()[-1].body and pi.get(f"{url}/general").status_code == 409 and pi.get(f"{url}/budget").status_code == 200
    section = work.form_of(draft).definition["sections"][0]["code"]
    assert pi.get(f"{url}/work/{section}").status_code == 409
    for change in (lambda: actions.save_general(draft, title="Khác", aim="x", duration_months=3, by=cast["pi1"], at=now),
                   lambda: work.save(draft, {"methods": "Khác"}, by=cast["pi1"], at=now),
                   lambda: actions.add_member(draft, name="X", role=TeamRole.MEMBER, months=1, by=cast["pi1"], at=now),
                   lambda: actions.remove_part(draft, draft.products[0], by=cast["pi1"], at=now)):  # fmt: skip
        with pytest.raises(WrongState, match="named sections"):
            change()
    actions.remove_part(draft, draft.lines[0], by=cast["pi1"], at=now)
    found = sendingback.sent_back(draft)
    assert sendingback.changed_since(draft, found, actions.snapshot(draft)) == ["budget"]
    db.session.commit()
    assert "Đã sửa từ đó: Kinh phí" in " ".join(as_("host1").page(f"{url}/sign-off").text.split())
    pi.submit(f"{url}/ask-sign-off")
    assert mails()[-1].to_address == cast["host1"].email
    actions.sign_off(draft, by=cast["host1"], at=now)
    assert sendingback.sent_back(draft) is None and draft.sent_back_reason is None and sendingback.past(draft)[0].closed_at == now
    actions.save_general(draft, title="Khác", aim="x", duration_months=3, by=cast["pi1"], at=now)


def test_a_host_names_sections_that_are_there(cast, draft, now):
    for wrong in ([], ["nothing"]):
        with pytest.raises(Incomplete):
            actions.send_back(draft, "Sửa", places=wrong, by=cast["host1"], at=now)
    with pytest.raises(NotAllowed):
        actions.send_back(draft, "Sửa", places=["budget"], by=cast["host2"], at=now)


# --- another investigator -------------------------------------------------------------------------------------


def test_another_member_takes_the_lead(db, as_, cast, draft, now, mails):
    actions.sign_off(draft, by=cast["host1"], at=now)
    db.session.commit()
    url = f"/proposals/{draft.public_id}"
    member = next(m for m in draft.team if m.user_id == cast["pi2"].id)
    as_("host1").submit(f"{url}/new-investigator", {"member": member.public_id, "reason": "Chủ nhiệm chuyển công tác"})
    assert {m.to_address for m in mails()[-2:]} == {cast["pi1"].email, cast["pi2"].email}
    assert queries.proposal_by_pid(draft.public_id).pi_id == cast["pi1"].id, "nothing changes before the answer"
    assert as_("pi3").get(f"{url}/lead").status_code == 404 and as_("pi1").get(f"{url}/lead").status_code == 404
    as_("pi2").submit(f"{url}/lead", {"answer": "yes"})
    fresh = queries.proposal_by_pid(draft.public_id)
    db.session.refresh(fresh)
    roles = {m.user_id: m.role for m in queries.held(fresh).team if m.user_id}
    assert fresh.pi_id == cast["pi2"].id and roles == {cast["pi2"].id: TeamRole.PI, cast["pi1"].id: TeamRole.KEY} and fresh.host_signed_at is None
    with pytest.raises(NotAllowed):
        submitting.submit(fresh, by=cast["pi1"], at=now)


def test_who_has_a_draft_of_their_own_or_is_barred_cannot_lead(db, cast, draft, now):
    member = next(m for m in draft.team if m.user_id == cast["pi2"].id)
    actions.start(draft.call_topic, host=cast.org("host1"), by=cast["pi2"], at=now)
    newpi.ask(draft, member, "Thay", by=cast["pi1"], at=now)
    with pytest.raises(WrongState, match="draft of your own"):
        newpi.answer(draft, yes=True, by=cast["pi2"], at=now)
    newpi.answer(draft, yes=False, by=cast["pi2"], at=now)
    assert draft.pi_id == cast["pi1"].id and newpi.waiting(draft) is None


# --- load and rules -------------------------------------------------------------------------------------------


@dataclass
class Person:
    id: int
    role: str
    name: str = "Ba"
    user_id: int | None = 7
    email: str | None = None
    months: int = 6
    years: dict | None = None


def ruled(**levels):
    values = {"one_project_at_a_time": True, "lead_level": {"level": levels.get("lead", "warning")}, "months_of_year": {"most": 12, "level": levels.get("months", "warning")},
              "team_roles": {"roles": {"secretary": {"least": 1, "most": 1}}, "level": "warning"}, "members_confirm": {"level": levels.get("confirm", "warning")},
              "cv_of_roles": {"roles": ["pi"], "level": "warning"}}  # fmt: skip
    return {f"proposals.{k}": Setting(v, f"nguồn {k}") for k, v in values.items()}


@pytest.mark.nodb
@pytest.mark.parametrize(("months", "begin", "duration", "years", "expected"), [
    (12, date(2026, 1, 1), 12, None, {2026: 12}), (12, date(2026, 7, 1), 24, None, {2026: 3, 2027: 6, 2028: 3}), (0, date(2026, 1, 1), 12, None, {}),
    (6, date(2026, 12, 1), 1, None, {2026: 6}), (9, date(2026, 1, 1), 24, {"2026": 4, "2027": 5}, {2026: 4, 2027: 5}),
])  # fmt: skip
def test_months_fall_into_years(months, begin, duration, years, expected):
    assert load.spread(months, begin, duration, years) == pytest.approx(expected)


@pytest.mark.nodb
def test_what_the_rulebook_says_to_a_team():
    busy = {7: Load(leads=["Lúa"], years={2026: 8.0})}
    ask = {"duration": 24, "begin": date(2026, 1, 1)}
    found = load.remarks([Person(1, TeamRole.PI, months=12)], busy, ruled(), **ask, without_cv={1})
    assert [(r.blocks, r.source) for r in found] == [(False, "nguồn team_roles"), (False, "nguồn lead_level"), (False, "nguồn months_of_year"), (False, "nguồn cv_of_roles")]
    assert load.remarks([Person(1, TeamRole.PI), Person(2, TeamRole.SECRETARY, user_id=8)], {}, ruled(), **ask) == []
    barred = load.remarks([Person(1, TeamRole.PI), Person(2, TeamRole.SECRETARY, user_id=None, email="a@b")], busy, ruled(lead="block", confirm="block"), **ask)
    assert [r.blocks for r in barred] == [True, True]
    assert load.remarks([Person(1, TeamRole.SECRETARY, months=25)], {}, ruled(), **ask)[0].params["months"] == 25


def test_a_second_project_is_a_warning_as_the_rule_is_shipped(db, cast, draft, now):
    people_actions.engage("project", cast.org("host3"), role="pi", title="Nhiệm vụ đang chạy", from_date=date(2025, 1, 1), user_id=cast["pi1"].id)
    assert any("Nhiệm vụ đang chạy" in str(r.params) and not r.blocks for r in load.remarks_of(draft, on=now.date()))
    actions.sign_off(draft, by=cast["host1"], at=now)
    assert submitting.submit(draft, by=cast["pi1"], at=now).receipt_no


def test_a_rule_that_bars_is_asked_at_sign_off_and_at_submission(db, called, cast, now):
    db.session.add(Rule(key="proposals.lead_level", value={"level": "block"}, source="Quy chế thử", mark="V", valid_from=date(2026, 1, 1), created_at=now))
    db.session.flush()
    draft = plays.draft(cast, call_topic=called("Tưới")[0], at=now)
    actions.sign_off(draft, by=cast["host1"], at=now)
    people_actions.engage("project", cast.org("host3"), role="pi", title="Nhiệm vụ đang chạy", from_date=date(2025, 1, 1), user_id=cast["pi1"].id)
    with pytest.raises(Incomplete):
        submitting.submit(draft, by=cast["pi1"], at=now)
    with pytest.raises(Incomplete):
        actions.sign_off(draft, by=cast["host1"], at=now)
    people_actions.engage("project", cast.org("host2"), role="pi", title="Nhiệm vụ khác", from_date=date(2025, 1, 1), user_id=cast["pi2"].id)
    newpi.ask(draft, next(m for m in draft.team if m.user_id == cast["pi2"].id), "Thay", by=cast["pi1"], at=now)
    with pytest.raises(WrongState, match="You lead already"):
        newpi.answer(draft, yes=True, by=cast["pi2"], at=now)


def test_a_rule_that_bars_too_many_months_is_asked_when_somebody_joins(db, called, cast, now):
    value = {"most": 12, "level": "block", "by_year": True}
    db.session.add(Rule(key="proposals.months_of_year", value=value, source="Quy chế thử", mark="V", valid_from=date(2026, 1, 1), created_at=now))
    db.session.flush()
    first, second = called("Một", "Hai")
    plays.submitted(cast, call_topic=first, at=now, pi="pi1", host="host1")
    draft = plays.draft(cast, call_topic=second, at=now, pi="pi3", host="host2")
    with pytest.raises(Incomplete):
        actions.add_member(draft, name="An", role=TeamRole.KEY, months=9, years={"2026": 4}, email=cast["pi1"].email, by=cast["pi3"], at=now)
    member = actions.add_member(draft, name="An", role=TeamRole.KEY, months=16, years={"2026": 4, "2027": 12}, email=cast["pi1"].email, by=cast["pi3"], at=now)
    row = team.invite(draft, member, by=cast["pi3"], at=now)
    db.session.commit()
    with pytest.raises(WrongState, match="months"):
        team.accept(row, by=cast["pi1"], at=now)
    db.session.rollback()
    member = next(m for m in queries.held(draft).team if m.email)
    actions.set_months(member, draft, 8, years={"2026": 4, "2027": 4}, by=cast["pi3"], at=now)
    team.accept(row, by=cast["pi1"], at=now)
    assert member.years == {"2026": 4, "2027": 4}


def test_months_are_asked_by_year_where_the_rule_says_so(db, as_, called, cast, now):
    value = {"most": 12, "level": "warning", "by_year": True}
    db.session.add(Rule(key="proposals.months_of_year", value=value, source="Quy chế thử", mark="V", valid_from=date(2026, 1, 1), created_at=now))
    db.session.flush()
    draft = plays.draft(cast, call_topic=called("Một")[0], at=now)
    db.session.commit()
    pi, url = as_("pi1"), f"/proposals/{draft.public_id}/team"
    pi.submit(url, {"name": "Ba", "role": "member", "year_2026": "13"}, status=422)
    pi.submit(url, {"name": "Ba", "role": "member", "year_2026": "3", "year_2027": "5"})
    added = queries.proposal_by_pid(draft.public_id).team[-1]
    assert added.months == 8 and added.years["2027"] == 5


def test_dossiers_handed_in_elsewhere_count_as_months_and_stay_unnamed(db, as_, called, cast, now):
    first, second = called("Một", "Hai")
    other = plays.submitted(cast, call_topic=first, at=now, pi="pi1", host="host1", title="Tên được niêm phong")
    row = plays.draft(cast, call_topic=second, at=now)
    mine = load.of({cast["pi1"].id}, on=now.date(), without=row)[cast["pi1"].id]
    assert mine.dossiers == 1 and sum(mine.years.values()) == pytest.approx(12) and not mine.leads
    db.session.commit()
    page = as_("pi1").page(f"/proposals/{row.public_id}/team").text
    assert "1 hồ sơ đã nộp" in page and other.title not in page


def test_the_team_page_asks_a_constant_number_of_queries(db, as_, cast, draft, joined, now, count_queries):
    db.session.commit()
    pi, url = as_("pi1"), f"/proposals/{draft.public_id}/team"
    before = count_queries(lambda: pi.get(url))
    for n in range(6):
        member = actions.add_member(draft, name=f"Người {n}", role=TeamRole.MEMBER, months=1, email=f"nguoi{n}@example.org", by=cast["pi1"], at=now)
        team.invite(draft, member, by=cast["pi1"], at=now)
    joined("pi3")
    db.session.commit()
    assert count_queries(lambda: pi.get(url)) == before


# --- scientific CVs -------------------------------------------------------------------------------------------


def test_a_cv_is_taken_by_version_and_fixed_at_submission(db, as_, cast, called, now):
    people_plays.profiles(cast, now - timedelta(days=1))
    draft = plays.draft(cast, call_topic=called("Tưới")[0], at=now)
    lead = next(m for m in draft.team if m.user_id == cast["pi1"].id)
    assert queries.held(draft).team[0].cv.number == 2
    cv = profiles.draft_of(cast["pi1"])
    profile_actions.save(cv, {"position": "Viện trưởng"}, by=cast["pi1"], at=now)
    newest = profile_actions.put(cv, by=cast["pi1"], at=now)
    db.session.commit()
    url, pi = f"/proposals/{draft.public_id}", as_("pi1")
    with pytest.raises(NotAllowed):
        team.take_cv(draft, lead, by=cast["pi2"], at=now)
    pi.submit(f"{url}/team", form="/take-cv")
    with pytest.raises(WrongState):
        team.take_cv(draft, lead, by=cast["pi1"], at=now)
    file = f"{url}/team/{lead.public_id}/cv.pdf"
    assert {a: as_(a).get(file).status_code for a in ("pi2", "host1", "pi3", "officer")} == {"pi2": 200, "host1": 200, "pi3": 404, "officer": 404}
    draft = queries.proposal_by_pid(draft.public_id)
    actions.sign_off(draft, by=cast["host1"], at=now)
    submitting.submit(draft, by=cast["pi1"], at=now)
    kept = {m["name"]: m["cv"] for m in queries.latest_version(draft).content["team"]}
    assert kept[cast["pi1"].name] == {"version": newest.number, "sha256": newest.sha256}
    with pytest.raises(WrongState):
        profile_actions.save(cv, {"position": "Khác"}, by=cast["pi1"], at=now)
        profile_actions.put(cv, by=cast["pi1"], at=now)
        team.take_cv(draft, lead, by=cast["pi1"], at=now)


# --- the researcher's desk ------------------------------------------------------------------------------------


def test_my_dossiers_tell_what_is_missing_and_who_must_sign(db, as_, cast, called, now, count_queries):
    first, second = called("Một", "Hai")
    row = plays.draft(cast, call_topic=first, at=now, whole=False)
    giving.give(row, "budget", next(m for m in row.team if m.user_id == cast["pi2"].id), by=cast["pi1"], at=now)
    plays.submitted(cast, call_topic=second, at=now, pi="pi3", host="host2", title="Của người khác")
    db.session.commit()
    pi, other = as_("pi1"), as_("pi2")
    page = pi.page("/proposals/mine")
    links = [a["href"] for a in page.select("main a")]
    assert cast["host1"].name in page.text and any(f"/{row.public_id}/work/" in link and "#" in link for link in links)
    assert "1 mục được giao" in other.page("/proposals/mine").text and "Của người khác" not in page.text
    assert as_("pi3").get(f"/proposals/mine?draft={row.public_id}").status_code == 404
    before = count_queries(lambda: pi.get("/proposals/mine"))
    actions.start(second, host=cast.org("host1"), by=cast["pi1"], at=now)
    db.session.commit()
    assert count_queries(lambda: pi.get("/proposals/mine")) == before
    assert len(pi.get("/proposals/mine").data) < 60_000
