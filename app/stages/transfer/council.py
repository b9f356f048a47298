"""The council on the effect of a result, as the engine of councils asks: its ballot, the count, and what its conclusion leads to.

Where the rule foresees one the officer's evaluation waits for it; elsewhere the officer may choose one. Either way its rating is that of the evaluation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.kernel import journal
from app.kernel.errors import WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.words import N_
from app.services.councils import actions as councils
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
from app.services.councils.queries import subject_of
from app.services.councils.rules import Kind
from app.services.people.models import User
from app.stages.acceptance.models import Result
from app.stages.transfer import effect
from app.stages.transfer.actions.shared import check_reported
from app.stages.transfer.queries.panels import panel_of
from app.stages.transfer.rules import Rating

ADOPTION = "councils.effectiveness.adoption"
NO_VERDICT: Words = {"vi": "Không mức nào đạt tỷ lệ thông qua", "en": "No rating reached the share needed"}
GUIDE: Words = {"vi": "Căn cứ các báo cáo ứng dụng đã kiểm tra. Kết quả của hội đồng là mức cao nhất mà số phiếu cho mức đó hoặc cao hơn đạt tỷ lệ thông qua.",
                "en": "Judge on the verified reports on use. The council's rating is the best one that the share needed gives, or a better one."}  # fmt: skip


def check_put(result: Result, by: User) -> None:
    """May a council on the effect be prepared: there are reports to judge on, the rule has councils for this project, and none has the result."""
    check_reported(result, by)
    panel = panel_of(result)
    if not panel.possible:
        raise WrongState(N_("For this project the rule has no council on the effect: the officer evaluates."))
    effect.check_no_council(panel.under_way, panel.rating is not None)


def put_to_council(result: Result, *, title: str, by: User, at: datetime, seen: Any = None) -> Council:
    """Prepare a council on the effect of this result."""
    check_put(result, by)
    check_seen(result, seen)
    council = councils.draft(Kind.EFFECTIVENESS, title=title, subjects=[result], by=by, at=at)
    journal.record(result, "put_to_council", by=by, at=at, detail={"council": council.public_id})
    return council


def questions(_result: Any, _rules: Rules) -> list[Question]:
    """A rating with its reasons, and advice."""
    return [Question("rating", {"vi": "Mức hiệu quả", "en": "Effect"}, "choice", choices=tuple((str(code), words) for code, words in effect.NAMES.items())),
            Question("reason", {"vi": "Lý do", "en": "Reasons"}, "text"),
            Question("advice", {"vi": "Kiến nghị: nhân rộng, hoàn thiện, dừng", "en": "Advice: replicate, improve, stop"}, "text", required=False)]  # fmt: skip


def count(casts: Sequence[Cast], rules: Rules) -> dict[str, Any]:
    """How many gave each rating, the council's rating, and what members wrote, in an order that tells of nobody."""
    rule, given = rules[ADOPTION], [Rating(c.content["rating"]) for c in casts]
    rating = effect.verdict(given, base=base_of(rule, len(casts), rules), fraction=rule["fraction"], strict=rule["strict"])
    written = {name: sorted(text for c in casts if (text := str(c.content.get(name) or "").strip())) for name in ("reason", "advice")}
    return {"votes": {str(r): given.count(r) for r in effect.BEST_FIRST if r in given}, "rating": str(rating) if rating else None,
            "reasons": written["reason"], "advice": written["advice"]}  # fmt: skip


def told(result: Mapping[str, Any], _row: Any, _rules: Rules) -> Told:
    """The votes, the rating, and what members wrote."""
    return Told(facts=[({"vi": "Số phiếu theo mức", "en": "Votes by rating"}, {lang: effect.votes_said(result, lang) for lang in ("vi", "en")}),
                       ({"vi": "Mức hiệu quả do hội đồng đánh giá", "en": "The council's rating"}, effect.NAMES[result["rating"]] if result["rating"] else NO_VERDICT)],
                remarks=[*result["reasons"], *result["advice"]])  # fmt: skip


def summary(content: Mapping[str, Any], _rules: Rules) -> Words | None:
    """What the member is about to say."""
    return effect.NAMES.get(str(content.get("rating")))


def _results(council: Council) -> list[tuple[str, Result]]:
    return [(item.public_id, row) for item in council.agenda if item.given_back_at is None and isinstance(row := subject_of(item), Result)]


def established(council: Council, by: User, at: datetime) -> None:
    """The result is before the council: it stands in its history."""
    for _pid, row in _results(council):
        journal.record(row, "seat_council", by=by, at=at, detail={"council": council.public_id})


def concluded(council: Council, results: Mapping[str, Mapping[str, Any]], _chosen: str | None, *, by: User, at: datetime) -> None:
    """The rating waits for the evaluation that takes it over."""
    for pid, row in _results(council):
        if pid in results:
            journal.record(row, "judge_effect", by=by, at=at, detail={"council": council.public_id, "rating": results[pid]["rating"]})


def after(council: Council) -> list[tuple[str, str, str, dict[str, str]]]:
    """After the conclusion comes the evaluation."""
    return [(N_("Go on with the evaluation of the effect"), "transfer:evaluate", "transfer.result", {"pid": row.public_id}) for _pid, row in _results(council)]


register_procedure(Procedure(
    Kind.EFFECTIVENESS, rule_keys=lambda _rows: (), questions=questions, count=count, told=told, summary=summary, concluded=concluded, established=established,
    guide=lambda _rules: [GUIDE], after=after, agenda_title=lambda row: f"Hiệu quả ứng dụng: {row.code} {row.title[:380]}"))  # fmt: skip
