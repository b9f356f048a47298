"""Plays of acceptance: a running project hands its dossier in, is rated, revised, its results registered and recognised."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

from app.across.demo.cast import Cast
from app.across.demo.plays import councils as council_plays
from app.across.demo.plays.proposals import Upload, small_pdf
from app.kernel.clock import local
from app.services.councils import queries as councils
from app.services.councils.models import Council
from app.services.people.models import User
from app.stages.acceptance import actions, asked, queries, resultfacts
from app.stages.acceptance.actions import assets, teams
from app.stages.acceptance.models import Case, Result
from app.stages.acceptance.rules import AssetKind, ResultKind, ResultState
from app.stages.funding import queries as funding
from app.stages.funding.models import Project
from app.stages.funding.rules import Cause

DAY = timedelta(days=1)
EARLY = "Toàn bộ sản phẩm đã hoàn thành và được đo kiểm trước thời hạn hợp đồng."
# what each kind of result is asked; 10.5555 is the DOI prefix for examples
SAID: dict[ResultKind, dict[str, Any]] = {
    ResultKind.MODEL: {"place": "Ba điểm tại xã Tầm Vu và xã Bến Lức", "scale": "12 ha", "figures": "Giảm 15% nước tưới, 20% công lao động."},
    ResultKind.PROCESS: {"principle": "Tưới theo độ ẩm đất đo tại chỗ; phát triển từ thiết bị trong nước.", "steps": "Lắp cảm biến, đặt ngưỡng, vận hành tự động, bảo trì hằng tháng.",
                         "figures": "Độ ẩm giữ trong khoảng 65–75%; sai số cảm biến dưới 3%.", "scale": "12 ha tại ba điểm", "conditions": "Có nguồn nước và điện một pha."},
    ResultKind.PUBLICATION: {"authors": "Nguyễn Văn An, Trần Thị Bình", "venue": "Tạp chí Khoa học và Công nghệ Nông nghiệp", "serial": "0378-3774", "pages": "Tập 12, số 3, tr. 45–53"},
}  # fmt: skip


def prepared(cast: Cast, *, project: Project, at: datetime) -> Case:
    """A dossier that is ready: every product evaluated, every needed document attached."""
    by = _investigator(project)
    case = actions.begin(project, by=by, at=at)
    evaluated(case, by=by, at=at)
    for document in queries.documents_of(project):
        if document["needed"]:
            actions.attach(case, kind=document["code"], by=by, at=at,
                           upload=Upload(f"{document['vi']}.pdf", io.BytesIO(small_pdf(f"{document['code']} {case.public_id}"))))  # fmt: skip
    for line in queries.lines_of(case)[:1]:
        actions.attach(case, kind=f"product_{line.position}", by=by, at=at, upload=Upload("Biên bản đo kiểm.pdf", io.BytesIO(small_pdf(f"measured {case.public_id}"))))
    return case


def evaluated(case: Case, *, by: User, at: datetime, level: str = "pass") -> None:
    """Each promised product with what was delivered, and an overall grade."""
    answers = {line.position: {"quantity": "Đủ số lượng theo hợp đồng", "level": level,
                               "quality": "Đạt các chỉ tiêu trong thuyết minh, có biên bản đo kiểm tại hiện trường."} for line in queries.lines_of(case)}  # fmt: skip
    actions.self_evaluate(case, answers, grade=level, note="Sản phẩm đã được ba hợp tác xã dùng thử trong hai vụ.", by=by, at=at)


def submitted(cast: Cast, *, project: Project, at: datetime) -> Case:
    """A dossier handed in two days after `at`."""
    case = prepared(cast, project=project, at=at)
    actions.submit(case, early=EARLY, by=_investigator(project), at=at + 2 * DAY)
    return case


def returned(cast: Cast, *, project: Project, at: datetime) -> Case:
    """A dossier handed in and sent back two days later."""
    case = submitted(cast, project=project, at=at)
    actions.return_dossier(case, reason="Bổ sung biên bản đo kiểm của mô hình thứ hai và nhật ký thử nghiệm.", by=cast["officer"], at=at + 4 * DAY)
    return case


def valid(cast: Cast, *, project: Project, at: datetime) -> Case:
    """A dossier confirmed as valid four days after `at`."""
    case = submitted(cast, project=project, at=at)
    actions.check(case, remark="Hồ sơ đầy đủ theo quy định.", by=cast["officer"], at=at + 4 * DAY)
    return measured(cast, case=case, at=at + 4 * DAY)


def valid_again(cast: Cast, *, case: Case, at: datetime) -> Case:
    """The dossier of another evaluation, confirmed as valid four days after `at`; its products are measured anew."""
    by = _investigator(funding.project_by_id(case.project_id))
    evaluated(case, by=by, at=at)
    actions.submit(case, by=by, at=at + 2 * DAY)
    actions.check(case, remark="Hồ sơ đầy đủ theo quy định.", by=cast["officer"], at=at + 4 * DAY)
    return measured(cast, case=case, at=at + 4 * DAY)


def listed(cast: Cast, *, project: Project, at: datetime) -> None:
    """What is left of a project: a piece of equipment, and its first result as an asset."""
    by = _investigator(project)
    assets.list_asset(project, kind=AssetKind.EQUIPMENT, name="Bộ cảm biến và tủ điều khiển tưới", amount="02 bộ", cost=96_000_000, rest=38_000_000, by=by, at=at)
    assets.list_asset(project, kind=AssetKind.RESULT, name="Quy trình kỹ thuật của nhiệm vụ", by=by, at=at)


def dealt_with(cast: Cast, *, project: Project, at: datetime) -> None:
    """Every asset of an ended project goes to its host, in the first way that its regime knows."""
    for row in asked.assets_of(project.id):
        assets.deal_with_asset(row, way=next(iter(asked.ways_of(project, row.kind))), receiver=funding.host_name(project), number=f"{700 + row.id}/QĐ-SKHCN",
                               dated=local(at).date(), by=cast["officer"], at=at)  # fmt: skip


def measured(cast: Cast, *, case: Case, at: datetime, reaches: bool = True) -> Case:
    """The expert team of a valid dossier, where it has measurable products: named and reported at once."""
    lines = asked.measurable(case)
    if not lines:
        return case
    head, *others = teams.candidates(case)[-3:]
    teams.name_team(case, [head, *others], number=f"{200 + case.id}/QĐ-SKHCN", dated=local(at).date(), by=cast["officer"], at=at)
    found = {line.position: {"authentic": True, "reaches": reaches, "counted": "Đủ theo hợp đồng" if reaches else "Một phần hai so với hợp đồng",
                             "note": None if reaches else "Thiếu một mô hình."} for line in lines}  # fmt: skip
    teams.report_findings(case, found, checked_on=local(at).date(), place="Nơi đặt mô hình", conclusion="Sản phẩm là của nhiệm vụ; số liệu kèm theo là số liệu đo thực tế.",
                          by=head, at=at)  # fmt: skip
    return case


def sheet(case: Case, level: str = "pass") -> dict[str, Any]:
    """A member's answers: the same level for every product and the report."""
    answers = {f"{what}_{line.position}": level for line in queries.lines_of(case) for what in ("quality", "quantity", "volume")}
    points = {"excellent": 90, "good": 75, "pass": 60, "fail": 40}[level]
    return answers | {"report": level, "points": points, "remark": "Sản phẩm có giá trị thực tiễn; cần bổ sung phân tích hiệu quả kinh tế."}


def judged(cast: Cast, *, case: Case, at: datetime, council: Council | None = None, level: str = "pass", size: int = 7) -> Case:
    """A valid dossier put to a council that meets sixteen days after `at`; every member gives the same level."""
    panel = council or actions.put_to_council(case, title=f"Hội đồng đánh giá, nghiệm thu nhiệm vụ {funding.project_by_id(case.project_id).code}",
                                              by=cast["officer"], at=at)  # fmt: skip
    rules = councils.rules_of(panel, on=local(at).date())
    asked = {question.code for question in councils.procedure(panel).questions(case, rules)}
    answers = {code: answer for code, answer in sheet(case, level).items() if code in asked}
    council_plays.concluded(cast, council=panel, answers=lambda _item, _n: answers, at=at, size=size)
    return case


def revised(cast: Cast, *, case: Case, at: datetime) -> Case:
    """The council's revisions: asked for, made twenty days later, confirmed with the chair."""
    project = funding.project_by_id(case.project_id)
    actions.require_revision(case, what="Bổ sung phân tích hiệu quả kinh tế.\nHoàn thiện quy trình theo góp ý của hội đồng.", by=cast["officer"], at=at)
    later = at + 20 * DAY
    answers = ("Đã bổ sung chương 4 về hiệu quả kinh tế.", "Quy trình đã sửa theo góp ý, trang 61–70.")
    actions.revise(case, answers=dict(enumerate(answers, 1)), by=_investigator(project), at=later)
    chair = asked.chair_of(case)
    if chair is not None:
        actions.tick(case, (1, 2), {}, by=chair, at=later + DAY)
    paper = None if chair else Upload("Ý kiến của chủ tịch hội đồng.pdf", io.BytesIO(small_pdf("agreed")))
    actions.confirm_revision(case, chair_name=cast["member1"].name, chair_agreed_on=local(later).date(), paper=paper, by=cast["officer"], at=later + 2 * DAY)
    return case


def registered(cast: Cast, *, case: Case, at: datetime) -> list[Result]:
    """All results described, shared and registered."""
    project = funding.project_by_id(case.project_id)
    by, kinds = _investigator(project), (ResultKind.MODEL, ResultKind.PROCESS, ResultKind.PUBLICATION)
    for n, result in enumerate(r for r in queries.results_of(case.id) if r.state == ResultState.DRAFTED):
        actions.describe(result, title=result.title, title_en=None, kind=kinds[n % len(kinds)], item=project.item, quantity=result.quantity, quality=result.quality,
                         summary="Kết quả đã vận hành tại ba điểm, giảm 15% lượng nước tưới và 20% công lao động so với cách làm cũ.", by=by, at=at)  # fmt: skip
        more = {"doi": f"10.5555/vamco.{result.id}", "year": local(at).year} if result.kind == ResultKind.PUBLICATION else {}
        resultfacts.write_details(result, SAID[result.kind] | more, by=by, at=at)
        actions.set_shares(result, shares_of(project), by=by, at=at)
        actions.register(result, number=f"{project.id:03d}-{result.id:03d}/KQNC", dated=local(at + 5 * DAY).date(), by=cast["officer"], at=at + 5 * DAY)
    return queries.results_of(case.id)


def shares_of(project: Project) -> list[tuple[str, int | None, int]]:
    """Half to the investigator, the rest to the others alike."""
    first, *others = queries.team_of(project)
    if not others:
        return [(*first, 100)]
    each = 50 // len(others)
    return [(*first, 100 - each * len(others)), *((*member, each) for member in others)]


def recognised(cast: Cast, *, case: Case, at: datetime, number: str | None = None) -> Case:
    """A project whose results are registered, recognised by the leader."""
    actions.recognise(case, number=number or f"{500 + case.id}/QĐ-SKHCN", dated=local(at).date(), by=cast["leader"], at=at)
    return case


def failed(cast: Cast, *, case: Case, at: datetime, cause: Cause = Cause.OBJECTIVE) -> Case:
    """A project that the council did not accept, closed."""
    actions.fail(case, cause=cause, reason="Sản phẩm chính không đạt chỉ tiêu năng suất đã đặt hàng.", number=f"{600 + case.id}/QĐ-UBND",
                 dated=local(at).date(), by=cast["province"], at=at)  # fmt: skip
    return case


def _investigator(project: Project) -> User:
    found = funding.person(project.pi_id)
    assert found is not None, project.code
    return found
