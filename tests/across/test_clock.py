"""The clock over what the stages record: lights, stops, whose turn, statistics; who is in charge; deputies."""

from __future__ import annotations

import io
from datetime import date, timedelta

import openpyxl
import pytest
from sqlalchemy import select

from app.across.clock import files, queries, shown
from app.across.clock.held import held
from app.across.clock.reckoning import Light
from app.across.clock.steps import Turn
from app.across.demo.plays import calls, ideas, proposals
from app.across.demo.plays import funding as money
from app.kernel.db import db as database
from app.kernel.errors import Incomplete, NotAllowed, Refused, WrongState
from app.kernel.journal import JournalEntry
from app.kernel.outbox import OutboxMail
from app.services.charges import actions
from app.services.charges import queries as charges
from app.services.charges.rules import FileKind
from app.services.rulebook import actions as rulebook
from app.services.rulebook.rules import Mark
from app.stages.calls import queries as call_queries
from app.stages.calls.models import Call, CallTopic
from app.stages.ideas import actions as idea_acts
from app.stages.proposals.models import Proposal
from tests.funding import factories

DAY = timedelta(days=1)


@pytest.fixture
def idea(cast, at):
    """An idea that came in ten days ago."""
    row = ideas.submitted_idea(cast, item="1.8", title="Ý tưởng về tưới tiết kiệm", at=at - 10 * DAY, by="pi1")
    database.session.commit()
    return row


def of(step, at):
    return [i for i in queries.items(at) if i.step.name == step]


def give(idea, to, by, at, reason="Phân công"):
    return actions.hand_over([actions.File(FileKind.IDEA, idea.public_id, idea.code, idea.title)], to, reason=reason, by=by, at=at)


def test_no_limit_is_a_value_and_a_rule_sets_one(idea, cast, at):
    with_none = of("identify", at)[0]
    assert (with_none.told.light, with_none.told.due, with_none.turn) == (Light.UNLIMITED, None, Turn.OFFICER)
    rulebook.revise("clock.identify", {"limit": 5, "unit": "working"}, source="QĐ 9/2026/QĐ-UBND", mark=Mark.V, valid_from=date(2026, 1, 1), reason="Quy chế mới", by=cast["officer"], at=at)
    limited = of("identify", at)[0]
    assert limited.started == date(2026, 2, 20) and limited.told.due == date(2026, 2, 27) and limited.told.light == Light.LATE, "from a day of Tết on"


def test_an_idea_that_went_back_stops_the_clock(idea, cast, at):
    idea_acts.send_back(idea, "Nêu rõ sản phẩm", by=cast["officer"], at=at - 3 * DAY)
    item = of("identify", at)[0]
    assert (item.told.light, item.turn) == (Light.STOPPED, Turn.APPLICANT)
    assert item.told.stops == ((date(2026, 2, 27), None),)


def test_a_contract_that_is_not_signed_becomes_late_and_leaves_when_it_is(cast, at):
    project = factories.project(cast, at - 60 * DAY, number="71/QĐ-UBND")
    item = of("sign", at + 60 * DAY)[0]
    assert item.ref == project.code and item.told.light == Light.LATE and item.kind == "project" and item.limit.days == 30


def test_pages_spreadsheets_and_who_may_read_them(idea, as_):
    officer = as_("officer")
    for url in ("/clock/", "/clock/lights", "/clock/limits", "/clock/statistics", "/clock/charges", "/clock/deputies", "/clock/?show=done&from=1/1/2020&to=x&after=9999999"):
        assert officer.page(url).select_one("h1"), url
    assert "Không có việc nào quá hạn" in officer.page("/clock/").text
    assert idea.title in officer.page("/clock/?show=open&q=tuoi+tiet+kiem&step=identify&turn=officer").text
    assert idea.title not in officer.page("/clock/?show=open&turn=finance").text
    sheet = openpyxl.load_workbook(io.BytesIO(officer.get("/clock/items.xlsx?show=open&q=tuoi").data)).active
    assert [r[3].value for r in sheet.iter_rows(min_row=2)] == [idea.title]
    for who in ("pi1", "finance", "registry", "member1"):
        for url in ("/clock/", "/clock/items.xlsx", "/clock/lights", "/clock/statistics.xlsx", "/clock/charges"):
            assert as_(who).get(url).status_code == 403, (who, url)
    as_("auditor").page("/clock/")
    assert as_("auditor").get("/clock/charges/hand-over").status_code == 403


def test_statistics_count_what_was_done_in_the_span_and_lead_to_its_rows(cast, at, as_):
    project = factories.project(cast, at - 60 * DAY, number="73/QĐ-UBND")
    money.contracted(cast, project=project, at=at + 40 * DAY)
    database.session.commit()
    later = at + 90 * DAY
    found = {t.step.name: t for t in shown.taken(later, (date(2025, 1, 1), later.date()))}
    signed = found["sign"]
    assert len(signed.used) == 1 and signed.median == signed.ninety == signed.used[0] and signed.days == 30
    assert {t.step.name for t in shown.taken(later, (date(2020, 1, 1), date(2020, 12, 31))) if t.used} == set()
    args = {"show": "done", "step": "sign", "from": "01/01/2025", "to": f"{later:%d/%m/%Y}"}
    assert [r.item.ref for r in shown.listing(args, later).rows] == [project.code]


def test_a_file_is_handed_over_both_are_told_and_the_journal_keeps_it(idea, cast, at):
    one, two = cast["officer"], cast["officer2"]
    assert give(idea, one, cast["leader"], at) == 1
    assert give(idea, two, one, at + DAY, "Chuyển công tác") == 1
    assert give(idea, two, two, at + DAY) == 0, "who has it keeps it"
    entry = database.session.query(JournalEntry).filter_by(subject_type="idea", subject_pid=idea.public_id, verb="hand_over_file").one()
    assert (entry.reason, entry.actor_id, entry.detail) == ("Chuyển công tác", one.id, {"from": one.id, "to": two.id})
    told = [(m.template.rpartition("/")[2], m.to_user_id) for m in database.session.query(OutboxMail).order_by(OutboxMail.id) if m.template.startswith("charges")]
    assert told == [("charge_given.txt", one.id), ("charge_given.txt", two.id)], "nobody is told of the own act"
    with pytest.raises(NotAllowed):
        give(idea, one, one, at + 2 * DAY)
    for bad in ({"to": cast["pi1"]}, {"reason": " "}):
        with pytest.raises(Incomplete):
            give(idea, **{"to": one, "by": two, "at": at, "reason": "x"} | bad)
    with pytest.raises(Incomplete):
        actions.hand_over([], one, reason="x", by=two, at=at)


def test_a_leader_takes_from_anybody_and_the_former_officer_is_told(idea, cast, at):
    give(idea, cast["officer"], cast["officer"], at)
    give(idea, cast["officer2"], cast["leader"], at + DAY, "Ốm dài ngày")
    assert database.session.query(OutboxMail).filter_by(template="charges/mail/charge_taken.txt", to_user_id=cast["officer"].id).count() == 1


def test_a_project_is_looked_after_by_the_officer_of_its_call_or_by_its_own(cast, at):
    project = factories.project(cast, at - 60 * DAY, number="72/QĐ-UBND")
    call = database.session.scalars(select(Call).join(CallTopic, CallTopic.call_id == Call.id).join(Proposal, Proposal.call_topic_id == CallTopic.id).where(Proposal.id == project.proposal_id)).one()
    key, by = ("project", project.public_id), {"reason": "Phân công", "by": cast["leader"], "at": at}
    assert held([key], at.date()) == {}
    actions.hand_over([actions.File(FileKind.CALL, call.public_id)], cast["officer2"], **by)
    assert held([key], at.date())[key].officer == cast["officer2"].name
    actions.hand_over([actions.File(FileKind.PROJECT, project.public_id)], cast["officer"], **by)
    assert held([key], at.date())[key].officer == cast["officer"].name


def test_a_deputy_is_of_the_same_office_and_lends_no_right(cast, at):
    one, two, first, last = cast["officer"], cast["officer2"], date(2026, 3, 9), date(2026, 3, 13)
    name = lambda absent=one, deputy=two, first=first, last=last, kinds=tuple(FileKind), by=one, reason="Nghỉ phép": actions.name_deputy(
        absent, deputy, first, last, kinds, reason=reason, by=by, at=at)  # fmt: skip
    for bad, field in (({"deputy": cast["pi1"]}, "deputy"), ({"deputy": one}, "deputy"), ({"deputy": cast["leader"]}, "deputy"), ({"first": date(2026, 3, 1)}, "first_day"),
                       ({"last": date(2026, 3, 8)}, "last_day"), ({"last": date(2028, 3, 8)}, "last_day"), ({"kinds": ()}, "kinds"), ({"reason": ""}, "reason")):  # fmt: skip
        with pytest.raises(Incomplete) as refusal:
            name(**bad)
        assert refusal.value.field == field, bad
    with pytest.raises(NotAllowed):
        name(by=two)
    row = name()
    with pytest.raises(Refused):
        name()  # twice
    with pytest.raises(Refused):
        name(absent=two, deputy=one, by=two)  # who deputises is not away
    assert two.roles == {"officer", "researcher"} and not two.can("councils:establish")
    assert [d.deputy_id for d in charges.deputies(first)[one.id]] == [two.id] and charges.deputies(last + DAY) == {}
    with pytest.raises(NotAllowed):
        actions.end_deputy(row, reason="x", by=two, at=at)
    actions.end_deputy(row, reason="Về sớm", by=one, at=at)
    assert charges.deputies(first) == {}
    with pytest.raises(WrongState):
        actions.end_deputy(row, reason="x", by=one, at=at)


def test_the_list_shows_the_deputy_and_finds_by_either(idea, cast, at):
    give(idea, cast["officer"], cast["leader"], at)
    actions.name_deputy(cast["officer"], cast["officer2"], date(2026, 3, 2), date(2026, 3, 6), [FileKind.IDEA], reason="Nghỉ phép", by=cast["officer"], at=at)
    for who in ("officer", "officer2"):
        rows = shown.listing({"show": "open", "officer": cast[who].public_id}, at).rows
        assert [r.item.title for r in rows] == [idea.title] and rows[0].held.deputy == cast["officer2"].name


def test_the_desk_of_a_deputy_leads_to_the_files_of_who_is_away(idea, cast, at, as_):
    give(idea, cast["officer"], cast["leader"], at)
    actions.name_deputy(cast["officer"], cast["officer2"], date(2026, 3, 2), date(2026, 3, 6), [FileKind.IDEA], reason="Nghỉ phép", by=cast["officer"], at=at)
    database.session.commit()
    address = f"/clock/of/{cast['officer'].public_id}"
    assert as_("officer2").page("/desk/").select_one(f'a[href="{address}"]') and not as_("officer").page("/desk/").select_one(f'a[href="{address}"]')
    assert as_("officer2").get(address).location.endswith(f"show=open&officer={cast['officer'].public_id}")


def test_an_officer_hands_over_through_the_pages(idea, cast, at, as_):
    give(idea, cast["officer"], cast["officer"], at)
    database.session.commit()
    client, url = as_("officer"), f"/clock/charges/hand-over?all-of={cast['officer'].public_id}"
    name = f"idea:{idea.public_id}"
    page = client.submit(url, {"file": name, "officer": cast["officer2"].public_id, "reason": ""}, status=422)
    assert idea.title in page.text
    client.submit(url, {"file": name, "officer": cast["officer2"].public_id, "reason": "Chuyển công tác"})
    assert charges.charge_of(FileKind.IDEA, idea.public_id).officer_id == cast["officer2"].id
    assert idea.title in client.page(f"/clock/charges?officer={cast['officer2'].public_id}").text
    assert "Bàn giao" in client.page(f"/ideas/{idea.public_id}").text or "bàn giao" in client.page(f"/ideas/{idea.public_id}").text
    assert client.page("/clock/charges/hand-over?file=idea:nothing&file=x").select_one(".empty")


def test_a_sealed_dossier_is_no_file_and_no_item(cast, at):
    topic = ideas.approved_topic(cast, item="1.8", title="Tưới chính xác", at=at - 60 * DAY)
    call = calls.published_call(cast, topics=[topic], at=at - 30 * DAY)
    dossier = proposals.submitted(cast, call_topic=call_queries.topics_of(call)[0], at=at - 20 * DAY, pi="pi1", host="host1")
    assert files.chosen([f"proposal:{dossier.public_id}"]) == []
    assert all(dossier.title != i.title for i in queries.items(at))
