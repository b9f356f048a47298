"""Who signs an award and for how much; the head and annexes of the contract; what is to be there before a project starts; the registers."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import funding as plays
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.services.papers.blocks import as_text
from app.services.papers.models import Paper
from app.services.rulebook.models import Rule
from app.stages.funding import actions, parties, queries, starting
from app.stages.proposals.models import TeamMember
from tests.funding import factories
from tests.funding.factories import DAY


@pytest.fixture
def submission(cast, at):
    plays.year_budgets(cast, first=2026, last=2028, at=at)
    return plays.submitted(cast, round_or_line=factories.line(cast, at - 90 * DAY), at=at)


def approve(cast, submission, at, by="province"):
    later = at + 10 * DAY
    return actions.approve(submission, number="4000/QĐ-UBND", dated=later.date(), by=cast[by], at=later)


def test_the_leader_signs_only_where_the_rulebook_says_so(cast, at, submission):
    with pytest.raises(NotAllowed, match="people's committee"):
        approve(cast, submission, at, by="leader")


def test_who_may_not_sign_is_told_who_does(db, as_, at, submission, travel):
    db.session.commit()
    travel.move_to(at + 10 * DAY)
    leader, url = as_("leader"), f"/funding/submissions/{submission.public_id}"
    page = leader.page(url)
    assert "UBND tỉnh ký quyết định này" in page.get_text() and page.find("a", href=f"{url}/decide") is None
    refused = leader.get(f"{url}/decide")
    assert refused.status_code == 403 and f'href="{url}"' in refused.text, "and the refusal leads back"
    assert as_("province").page(url).find("a", href=f"{url}/decide")


def delegate(db, most):
    """A province that lets the leader sign up to an amount."""
    for key, value in (("funding.signer", "leader"), ("funding.signer_limits", [{"role": "leader", "most": most}])):
        row = db.session.scalars(select(Rule).where(Rule.key == key)).one()
        later = {c.key: getattr(row, c.key) for c in Rule.__table__.columns if c.key not in ("id", "public_id")}
        db.session.add(Rule(**later | {"value": value, "valid_from": date(2026, 1, 1)}))
    db.session.flush()


def test_delegated_power_has_its_limit(db, cast, at, submission):
    delegate(db, 899_999_999)
    with pytest.raises(NotAllowed, match="899.999.999"):
        approve(cast, submission, at, by="leader")
    assert approve(cast, submission, at).approved_state == 900_000_000  # the people's committee may always


def test_up_to_the_limit_the_leader_signs(db, cast, at, submission):
    delegate(db, 900_000_000)
    assert approve(cast, submission, at, by="leader").code


def test_nobody_signs_for_the_own_team(db, cast, at, submission):
    proposal = queries.proposal_of(queries.appraisal_by_id(submission.appraisal_id))
    db.session.add(TeamMember(proposal_id=proposal.id, user_id=cast["province"].id, name=cast["province"].name, role="member"))
    db.session.flush()
    for act in (lambda: approve(cast, submission, at), lambda: actions.hold_award(submission, remark="x", by=cast["province"], at=at),
                lambda: actions.return_award(submission, remark="x", by=cast["province"], at=at)):
        with pytest.raises(NotAllowed, match="another person"):
            act()


def test_nobody_signs_what_they_appraised(cast, at, submission):
    queries.appraisal_by_id(submission.appraisal_id).concluded_by_id = cast["province"].id
    with pytest.raises(NotAllowed, match="appraised"):
        approve(cast, submission, at)


# --- the contract ---------------------------------------------------------------------------------------------


def test_the_contract_says_who_stands_for_both_and_what_was_appraised(db, cast, at, submission):
    project = approve(cast, submission, at)
    contract = plays.drafted(cast, project=project, at=at + 11 * DAY)
    needs = {c.sentence: c.ok for c in parties.checks(contract, on=at.date())}
    assert needs[parties.LABELS["a_account"]] is True and needs[parties.LABELS["b_signer"]] is True and needs["Account of the host"] is True
    parties.set_parties(contract, {"a_account": "9527.3.1", "a_position": "Giám đốc", "unknown": "x"}, account=contract.account, by=cast["officer"], at=at + 11 * DAY)
    with pytest.raises(Incomplete):
        parties.set_parties(contract, {"a_address": "x" * 301}, account=None, by=cast["officer"], at=at)
    plays.execution.sign(contract, number="12/2026/HĐ-SKHCN", signed_on=(at + 12 * DAY).date(), party_a_signer="Phạm Giám Đốc", party_b_signer="Ngô Thủ Trưởng",
                         by=cast["officer"], at=at + 12 * DAY)  # fmt: skip
    paper = db.session.scalars(select(Paper).where(Paper.template == "funding/contract")).one()
    said = as_text(paper.blocks)
    for part in ("9527.3.1", "Giám đốc", "Phụ lục 4", queries.head_names(on=at.date())["labour"], "Phụ lục 5", cast["pi1"].name, "SHA-256"):
        assert part in said, part
    with pytest.raises(WrongState):
        parties.set_parties(contract, {}, account=None, by=cast["officer"], at=at)
    db.session.commit()
    for change in ("number = 'x'", "party_a = 'x'", "parties = '{}'", "ends_on = '2099-01-01'", "starts_on = '2020-01-01'"):
        with pytest.raises(IntegrityError, match="annex"):
            db.session.execute(text(f"UPDATE contract SET {change}"))
        db.session.rollback()


# --- the start ------------------------------------------------------------------------------------------------


def test_the_checklist_sees_what_it_can_and_asks_for_the_rest(db, cast, at, submission):
    project = approve(cast, submission, at)

    def there():
        return {i.code for i in starting.items(project, at=at) if i.done}

    assert there() == {"decision", "work"}
    plays.contracted(cast, project=project, at=at + 12 * DAY)
    assert there() == {"decision", "work", "contract", "account"}
    starting.tick(project, "team", note="QĐ 12", by=cast["officer"], at=at)
    starting.tick(project, "team", note="again", by=cast["officer2"], at=at)
    assert "team" in there() and next(i.row.note for i in starting.items(project, at=at) if i.code == "team") == "QĐ 12"
    for code in ("contract", "no_such"):
        with pytest.raises(Incomplete):
            starting.tick(project, code, note=None, by=cast["officer"], at=at)
    starting.untick(project, "team", by=cast["officer"], at=at)
    assert "team" not in there()


def test_awards_contracts_and_starts_in_the_browser(db, cast, as_, at, submission, travel):
    pid = submission.public_id
    db.session.commit()
    travel.move_to(at + 10 * DAY)
    province = as_("province")
    page = province.page(f"/funding/submissions/{pid}/decide").text
    assert "Đặng Kế Toán" in page and "2026" in page
    province.submit(f"/funding/submissions/{pid}/decide", {"answer": "approve", "number": "4923/QĐ-UBND", "attest": "y", "dated": (at + 10 * DAY).strftime("%d/%m/%Y")})
    project = factories.all_of(factories.Project)[0].public_id
    officer, pi = as_("officer"), as_("pi1")
    officer.submit(f"/funding/projects/{project}/contract", {"account": "3713.0.1"})
    contract = f"/funding/contracts/{factories.all_of(factories.Contract)[0].public_id}"
    officer.submit(f"{contract}/parties", {"a_signer": "x" * 301}, status=422)
    officer.submit(f"{contract}/parties", {"a_signer": "Phạm Giám Đốc", "a_position": "Giám đốc"})
    assert "Phạm Giám Đốc" in officer.page(contract).text
    start = f"/funding/projects/{project}/start"
    assert not pi.page(start).select("main form[method=post]") and as_("member1").get(start).status_code == 404
    officer.submit(start, {"note": "QĐ 12/2026"}, form="/team")
    assert "QĐ 12/2026" in pi.page(start).text
    assert pi.post(f"{start}/letters", data={}).status_code in (400, 403)
    for url in ("/funding/submissions?q=tuoi&state=approved", "/funding/contracts?q=tuoi&state=draft&sort=title", "/funding/start?q=tuoi&contract=draft&open=open"):
        assert "Xây dựng mô hình tưới" in officer.page(url).text
        assert officer.get(url.replace("?", ".xlsx?")).status_code == 200 and pi.get(url).status_code == 403
