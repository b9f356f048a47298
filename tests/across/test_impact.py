"""What came of accepted projects: every figure recomputed from raw rows, each leading to the rows it counts; one page for a meeting."""

from __future__ import annotations

import io
import random
from collections import defaultdict
from datetime import date, timedelta
from types import SimpleNamespace

import openpyxl
import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from sqlalchemy import select

from app.across.portfolio.rules import By, Effect, Stage, Sums, grouped
from app.kernel.clock import at_local, local
from app.kernel.text import fold
from app.services.people.models import Organisation
from app.stages.acceptance.models import Case, Result
from app.stages.acceptance.rules import CaseState, ResultKind, ResultState
from app.stages.funding.models import Project
from app.stages.funding.rules import LumpSum
from app.stages.plan.models import Priority
from app.stages.transfer.models import Agreement, FollowUp, Handover
from app.stages.transfer.rules import (
    AgreementKind,
    AgreementState,
    FollowUpState,
    HandoverState,
    Usage,
)

DAY = timedelta(days=1)
FIGURES = ("revenue", "savings", "jobs", "users", "households", "area")


# --- pure -----------------------------------------------------------------------------------------------------


def made(key, *, far=0, paid=0, **effects):
    flags = {str(s): n < far for n, s in enumerate(list(Stage)[1:])}
    return SimpleNamespace(key=key, paid_total=paid, **flags, **{str(e): effects.get(str(e), 0) for e in Effect})


@pytest.mark.nodb
def test_groups_in_the_order_of_names_and_all_together():
    rows = [made("b", far=3, paid=5, jobs=2), made("a", far=1, paid=7), made("a"), made("zz", far=2)]
    groups, total = grouped(rows, lambda r: r.key, [("a", "A"), ("never", "Never"), ("b", "B")], "Elsewhere", lambda r: r.key == "b")
    assert [(g.value, g.name) for g in groups] == [("a", "A"), ("b", "B"), ("zz", "Elsewhere")]
    assert list(total.stages.values()) == [4, 3, 2, 1] and total.paid == 12 and total.effects[Effect.JOBS] == 2
    assert [total.share(s) for s in Stage] == [100, 75, 50, 100]  # the last one of those old enough


@pytest.mark.nodb
def test_a_share_of_nothing_is_no_share():
    assert [Sums.nothing().share(s) for s in Stage] == [None] * 4


# --- with rows ------------------------------------------------------------------------------------------------


@pytest.fixture
def raw(db, cast, at):
    """Thirty accepted projects and six others, with every mixture of handovers, contracts and reports; the seed is printed."""
    seed = random.randrange(10**6)
    print("seed", seed)
    dice = random.Random(seed)
    hosts = list(db.session.scalars(select(Organisation).order_by(Organisation.id).limit(4)))
    items = list(db.session.scalars(select(Priority).order_by(Priority.id)))
    for n in range(36):
        _project(db, dice, cast, n, dice.choice(hosts), dice.choice(items), accepted=n < 30, at=at)
    db.session.commit()
    return dice


def _project(db, dice, cast, n, host, item, *, accepted, at):
    project = Project(code=f"X{n}", title=f"Đề tài {n}", folded=fold(f"Đề tài {n}"), item_id=item.id, host_id=host.id, pi_id=cast["pi1"].id, pi_name="Nguyễn Văn An",
                      regime="2025", lump_sum=LumpSum.PARTIAL, approved_state=900, approved_total=900, starts_on=date(2019, 1, 1), ends_on=date(2020, 1, 1), duration_months=12,
                      decision_number=f"{n}/QĐ", decision_date=date(2018, 12, 1), historic=True, created_at=at)  # fmt: skip
    db.session.add(project)
    db.session.flush()
    graded = at_local(date(dice.choice((2021, 2022, 2023, 2024)), dice.choice((1, 12)), dice.choice((1, 31))), dice.choice((0, 23)))  # the year by the clock of Viet Nam
    case = Case(project_id=project.id, state=CaseState.GRADED, due_on=date(2020, 1, 1), grade="pass" if accepted else "fail", accepted=accepted, graded_at=graded,
                submitted_at=graded - 9 * DAY, created_by_id=cast["pi1"].id, created_at=graded - 30 * DAY)  # fmt: skip
    db.session.add(case)
    db.session.flush()
    for m in range(dice.choice((0, 1, 2))):
        result = Result(state=ResultState.REGISTERED, code=f"X{n}-KQ{m}", project_id=project.id, case_id=case.id, item_id=item.id, title="Quy trình", folded="quy trinh",
                        kind=ResultKind.PROCESS, certificate_number=f"{n}-{m}", certificate_dated=local(graded).date(), registered_at=graded, created_at=graded)  # fmt: skip
        db.session.add(result)
        db.session.flush()
        _use(db, dice, cast, project, result, host, graded)


def _use(db, dice, cast, project, result, host, graded):
    own = {"result_id": result.id, "project_id": project.id}
    receivers: list[int | None] = [None] if dice.random() < 0.3 else []
    for _n in range(dice.choice((0, 1, 2))):
        signed = dice.random() < 0.7
        row = Handover(**own, state=HandoverState.HANDED_OVER if signed else HandoverState.WITHDRAWN, receiver_id=host.id, intended_use="Dùng", place="Tân An",
                       planned_on=graded.date(), giver_name="A", offered_by_id=cast["pi1"].id, offered_at=graded, **(
                           {"handed_on": graded.date(), "receiver_name": "B", "answered_by_id": cast["host1"].id} if signed else {}))  # fmt: skip
        db.session.add(row)
        db.session.flush()
        receivers += [row.id] if signed else []
    if dice.random() < 0.3:
        state, must = dice.choice([(s, m) for s in (AgreementState.DRAFTED, AgreementState.SIGNED, AgreementState.REGISTERED, AgreementState.ENDED) for m in (True, False)])
        db.session.add(Agreement(**own, state=state, kind=AgreementKind.LICENCE, recipient_name="Hợp tác xã", scope="Quyền dùng", price=5, number=result.code, signed_on=graded.date(),
                                 ended_on=graded.date(), must_register=must, register_by=graded.date(), registered_number=result.code, registered_on=graded.date(),
                                 created_by_id=cast["pi1"].id, created_at=graded))  # fmt: skip
    for receiver in receivers:
        for year in range(1, dice.choice((2, 5, 6))):
            state = dice.choice((FollowUpState.DUE, FollowUpState.REPORTED, FollowUpState.VERIFIED, FollowUpState.VERIFIED))
            told = {} if state == FollowUpState.DUE else {"usage": dice.choice(list(Usage)), "reported_at": graded} | {f: dice.choice((None, 0, dice.randrange(10**6))) for f in FIGURES}
            db.session.add(FollowUp(**own, handover_id=receiver, state=state, number=year, due_on=graded.date() + year * 365 * DAY, **told))


def counted(db, key):
    """The figures by group, added up one by one from the raw rows: {value: [stages…, paid, effects…]}."""
    found = defaultdict(lambda: [0] * 11)
    for case, project, item, host in db.session.execute(select(Case, Project, Priority, Organisation).join(Project, Project.id == Case.project_id)
                                                        .join(Priority, Priority.id == Project.item_id).join(Organisation, Organisation.id == Project.host_id)):  # fmt: skip
        if not case.accepted:
            continue
        reports = [f for f in db.session.scalars(select(FollowUp).where(FollowUp.project_id == project.id)) if f.state == FollowUpState.VERIFIED]
        last = {}
        for report in sorted(reports, key=lambda f: f.number):
            last[report.result_id, report.handover_id] = report
        used = [f for f in last.values() if f.usage != Usage.NO]
        handed = (any(h.state == HandoverState.HANDED_OVER for h in db.session.scalars(select(Handover).where(Handover.project_id == project.id)))
                  or any(a.state == AgreementState.REGISTERED or (a.state == AgreementState.SIGNED and not a.must_register)
                         for a in db.session.scalars(select(Agreement).where(Agreement.project_id == project.id)))
                  or any(f.handover_id is None for f in db.session.scalars(select(FollowUp).where(FollowUp.project_id == project.id))))  # fmt: skip
        numbers = [1, handed, bool(used), any(f.number >= 3 for f in used), project.paid_total,
                   sum(f.revenue or 0 for f in reports), sum(f.savings or 0 for f in reports), sum(f.jobs or 0 for f in last.values()), sum(f.users or 0 for f in last.values()),
                   *(sum(getattr(f, name) or 0 for f in last.values()) for name in ("households", "area"))]  # fmt: skip
        group = found[key(case, item, host)]
        for n, number in enumerate(numbers):
            group[n] += number
    return dict(found)


KEYS = {By.YEAR: lambda case, item, host: str(local(case.graded_at).year), By.HOST: lambda case, item, host: host.public_id,
        By.ITEM: lambda case, item, host: item.code, By.SECTOR: lambda case, item, host: item.code.split(".")[0]}  # fmt: skip


def _figure(cell):
    """The exact number of a cell: wide ones are shown in millions."""
    exact = cell.find("data")
    return int(exact["value"]) if exact else int("".join(c for c in cell.get_text() if c.isdigit()))


def table(client, address):
    page = BeautifulSoup(client.get(address).get_data(as_text=True), "lxml")
    rows = []
    for line in page.select(".board tbody tr, .board tfoot tr"):
        cells = line.select("td")
        for hidden in line.select("i"):
            hidden.decompose()
        rows.append((line.th.get_text(strip=True), [_figure(cell) for cell in cells], [cell.a["href"] if cell.a else None for cell in cells]))
    return rows


@pytest.mark.parametrize("by", list(By))
def test_the_figures_are_those_of_the_raw_rows(db, as_, raw, by):
    client, wanted = as_("leader"), counted(db, KEYS[by])
    *groups, (_all, total, links) = table(client, f"/portfolio/impact?by={by}")
    assert sorted(numbers for _name, numbers, _links in groups) == sorted(wanted.values())
    assert total == [sum(column) for column in zip(*wanted.values(), strict=True)] and total[0] == 30
    assert total[1] >= total[2] >= total[3] > 0, "nothing would be shown by this seed"
    for _name, numbers, links in raw.sample(groups, min(3, len(groups))):
        for number, link in zip(numbers[:4], links[:4], strict=True):
            assert (link is None) == (number == 0)
            if link:
                page = BeautifulSoup(client.get(link).get_data(as_text=True), "lxml")
                assert len(page.select("main tbody tr")) == number and str(number) in page.select_one(".count-line p").get_text()


def test_filters_excel_and_the_page_for_a_meeting(db, as_, raw):
    client = as_("leader")
    in_year = counted(db, KEYS[By.YEAR])["2023"]
    assert table(client, "/portfolio/impact?year=2023")[-1][1] == in_year
    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/portfolio/impact.xlsx?by=year").data)).active
    assert {row[0]: list(row[1:]) for row in sheet.iter_rows(min_row=2, values_only=True)}["2023"] == in_year
    rows = openpyxl.load_workbook(io.BytesIO(client.get("/portfolio/impact/projects.xlsx?year=2023&stage=in_use").data)).active
    assert rows.max_row - 1 == in_year[2]
    pages = PdfReader(io.BytesIO(client.get("/portfolio/impact.pdf").data)).pages
    assert len(pages) == 1 and "30 nhiệm vụ được nghiệm thu đạt" in " ".join(pages[0].extract_text().split())


def test_nobody_without_the_portfolio_sees_it(db, as_, raw):
    for account in ("pi1", "host1", "member1"):
        assert as_(account).get("/portfolio/impact").status_code in (403, 404)


def test_an_empty_house_says_so(db, as_):
    page = as_("officer").get("/portfolio/impact").get_data(as_text=True)
    assert "Chưa có nhiệm vụ nào được nghiệm thu đạt." in page
