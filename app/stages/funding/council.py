"""The appraisal team as a council: composed, freed of conflicts and convened like any other, it votes on the budget as it was read line by line.

Adopted, the appraisal is concluded with the session. A team that is only named, without a council, stays possible: the officer then answers for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.kernel import journal
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.words import N_
from app.services.councils import actions as councils
from app.services.councils import counting
from app.services.councils.actions.papers import listed
from app.services.councils.models import Council
from app.services.councils.procedures import (
    Cast,
    Procedure,
    Question,
    Rules,
    Told,
    Words,
    base_of,
    register_procedure,
)
from app.services.councils.rules import Kind
from app.services.people.models import User
from app.stages.funding import actions, queries
from app.stages.funding.actions.shared import check_selected
from app.stages.funding.models import Appraisal
from app.stages.funding.rules import AppraisalState

ADOPTION = "councils.appraisal.adoption"
AGREE, DISAGREE = "agree", "disagree"
NAMES: dict[str, Words] = {AGREE: {"vi": "Nhất trí với bảng thẩm định", "en": "Agree with the figures as read"},
                           DISAGREE: {"vi": "Không nhất trí", "en": "Do not agree"}}  # fmt: skip
NOT_ADOPTED: Words = {"vi": "Không ý kiến nào đạt tỷ lệ thông qua", "en": "No opinion reached the fraction needed"}


def check_unseated(appraisal: Appraisal, _by: User | None = None) -> None:
    """Raise WrongState unless a council can be prepared for the appraisal: it is not concluded, and none has it."""
    check_selected(appraisal)
    if appraisal.state == AppraisalState.CONCLUDED:
        raise WrongState(N_("This appraisal is concluded."))
    if actions.council_with(appraisal) is not None:
        raise WrongState(N_("A council has this appraisal already."))


def put_to_council(appraisal: Appraisal, *, by: User, at: datetime, seen: Any = None) -> Council:
    """Prepare the appraisal team as a council."""
    check_unseated(appraisal)
    check_seen(appraisal, seen)
    council = councils.draft(Kind.APPRAISAL, title=f"Tổ thẩm định kinh phí: {queries.proposal_of(appraisal).title}"[:500], subjects=[appraisal], by=by, at=at)
    journal.record(appraisal, "put_to_council", by=by, at=at, detail={"council": council.public_id})
    return council


def questions(_row: Any, _rules: Rules) -> list[Question]:
    return [Question("verdict", {"vi": "Ý kiến về mức kinh phí từng khoản", "en": "The figures, line by line"}, "choice", choices=tuple(NAMES.items())),
            Question("remark", {"vi": "Lý do, khoản mục cần sửa", "en": "Reason, lines that should change"}, "text", required=False)]  # fmt: skip


def check(content: Mapping[str, Any], _rules: Rules) -> None:
    """Who does not agree says why."""
    if content.get("verdict") == DISAGREE and not str(content.get("remark") or "").strip():
        raise Incomplete(N_("Please say which lines should change, and why."), field="remark")


def count(casts: Sequence[Cast], rules: Rules) -> dict[str, Any]:
    """Votes, and whether the figures are adopted by the fraction of the rule."""
    rule = rules[ADOPTION]
    votes, adopted = counting.vote([c.content["verdict"] for c in casts], base=base_of(rule, len(casts), rules), fraction=rule["fraction"], strict=rule["strict"])
    return {"votes": votes, "adopted": adopted, "voted": len(casts), "remarks": sorted(text for c in casts if (text := str(c.content.get("remark") or "").strip()))}


def told(result: Mapping[str, Any], _row: Any, _rules: Rules) -> Told:
    by_opinion = {lang: "; ".join(f"{NAMES[code][lang]}: {n}" for code, n in result["votes"].items()) for lang in ("vi", "en")}
    return Told(facts=[({"vi": "Số phiếu", "en": "Votes"}, by_opinion),
                       ({"vi": "Kết quả thông qua", "en": "Adopted"}, NAMES[result["adopted"]] if result["adopted"] else NOT_ADOPTED)], remarks=result["remarks"])  # fmt: skip


def _appraisals(council: Council) -> list[tuple[str, Appraisal]]:
    return [(item.public_id, row) for item in council.agenda if item.given_back_at is None and (row := queries.appraisal_by_pid(item.subject_pid)) is not None]


def established(council: Council, by: User, at: datetime) -> None:
    """Its members are the team of the appraisal, the chair its head."""
    for _pid, row in _appraisals(council):
        actions.name_team(row, [(m["name"], m["body"] or None) for m in listed(council)], by=by, at=at)


def concluded(council: Council, results: Mapping[str, Mapping[str, Any]], _chosen: str | None, *, by: User, at: datetime) -> None:
    """Adopted figures end the appraisal, with the council's conclusion; others stay open, to be read again for another council."""
    for pid, row in _appraisals(council):
        if pid not in results or results[pid]["adopted"] != AGREE:
            continue
        if row.state != AppraisalState.IN_SESSION:
            raise WrongState(N_("The budget has not been read line by line: open the session of the appraisal and enter what the team allows, before the council concludes."))
        actions.conclude_appraisal(row, remark=council.conclusion, by=by, at=at)


def agenda_title(row: Appraisal) -> str:
    proposal = queries.proposal_of(row)
    return f"Kinh phí: {proposal.code} {proposal.title[:380]}"


register_procedure(Procedure(
    Kind.APPRAISAL, rule_keys=lambda _rows: (), questions=questions, count=count, told=told, check=check, concluded=concluded, established=established,
    agenda_title=agenda_title))  # fmt: skip
