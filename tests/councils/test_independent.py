"""The arithmetic against another, straightforward implementation: random councils, compared to the last digit."""

from __future__ import annotations

import os
import random
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest

from app.services.councils import counting
from app.services.councils.procedures import Cast
from app.services.councils.rules import SeatRole
from app.stages.selection import scoring

pytestmark = [pytest.mark.nodb, pytest.mark.longer]
COUNCILS = 10_000 if os.environ.get("DEEP") else 300
ROLES = list(SeatRole)


def _sheet(draw: random.Random) -> dict:
    """A sheet whose best marks make 100 points, in whole or half marks, with one top or a top of each criterion's own."""
    weights = draw.choice([(2, 6, 4, 4, 5, 4), (5, 5, 5, 5, 5), (10, 15)])
    rule = {"criteria": [{"code": f"c{n}", "weight": w, "vi": f"Tiêu chí {n}", "en": f"Criterion {n}"} for n, w in enumerate(weights)], "top": 100 // sum(weights),
            "pass": draw.choice([50, 70, 85]), "zero_share": draw.choice([[1, 3], [1, 2], [1, 7]])}  # fmt: skip
    if draw.random() < 0.3:
        rule = {"criteria": [{"code": "a", "weight": 1, "top": 24, "vi": "", "en": ""}, {"code": "b", "weight": 2, "top": 38, "vi": "", "en": ""}], "top": 4, "pass": 70, "zero_share": [1, 3]}
    if draw.random() < 0.4:
        rule["step"] = [1, 2]
    return rule


def _mark(draw: random.Random, top: int, step: list[int] | None) -> object:
    """Mostly a good mark near the top, at times a zero, at times nonsense of a paper ballot."""
    if draw.random() < 0.01:
        return draw.choice(["x", -1, top + 1, "9..5", True, None, "0,3"])
    value = draw.choice([0, top, top - 1, draw.randint(0, top)])
    return f"{value - 1}{draw.choice('.,')}5" if step and value and draw.random() < 0.3 else value


def _plain(mark: object, top: int, halves: bool) -> Decimal | None:
    """By hand: is the mark one that the sheet allows?"""
    if type(mark) is int:
        number = Decimal(mark)
    elif isinstance(mark, str) and mark.replace(",", ".").replace(".", "", 1).isdigit():
        number = Decimal(mark.replace(",", "."))
    else:
        return None
    return number if 0 <= number <= top and (number == int(number) or (halves and number * 2 == int(number * 2))) else None


def _by_hand(dossiers: dict[str, list[dict]], rule: dict, chair: list[int | None]) -> list[tuple]:
    """Counting as somebody does it with pencil and paper: (name, points, valid sheets, passed, place, recommended)."""
    lines = []
    for at, (name, sheets) in enumerate(dossiers.items()):
        sums, zeros, chairs = [], [0] * len(rule["criteria"]), None
        for n, sheet in enumerate(sheets):
            total, good = Decimal(0), True
            for c in rule["criteria"]:
                number = _plain(sheet.get(c["code"]), c.get("top", rule["top"]), "step" in rule)
                good = good and number is not None
                total += (number or 0) * c["weight"]
            if good:
                sums.append(total)
                zeros = [z + (Decimal(str(sheet[c["code"]]).replace(",", ".")) == 0) for z, c in zip(zeros, rule["criteria"], strict=True)]
                if n == chair[at]:
                    chairs = total
        share = rule["zero_share"]
        passed = bool(sums) and sum(sums) >= rule["pass"] * len(sums) and all(z * share[1] <= share[0] * len(sums) for z in zeros)
        lines.append([name, sum(sums, Decimal(0)), len(sums), passed, chairs])
    placed = []
    for line in lines:
        _n, points, valid, passed, chairs = line
        better, same = 0, 0
        for other in lines:
            if other is line:
                continue
            mine, its = points * max(other[2], 1), other[1] * max(valid, 1)
            equal = [o for o in lines if o[1] * max(valid, 1) == points * max(o[2], 1)]
            told_apart = all(o[4] is not None for o in equal)
            if its > mine or (its == mine and told_apart and other[4] > chairs):
                better += 1
            elif its == mine and (not told_apart or other[4] == chairs):
                same += 1
        placed.append((line[0], points, valid, passed, better + 1, passed and better == 0 and same == 0))
    return placed


def _council(draw: random.Random) -> tuple[dict, dict[str, list[dict]], list[int | None]]:
    rule, members = _sheet(draw), draw.randint(1, 9)
    dossiers = {}
    for n in range(draw.randint(1, 6)):
        if dossiers and draw.random() < 0.35:  # as good as another, so that ties are frequent
            dossiers[f"d{n}"] = [dict(s) for s in draw.choice(list(dossiers.values()))]
            draw.shuffle(dossiers[f"d{n}"])
        else:
            dossiers[f"d{n}"] = [{c["code"]: _mark(draw, c.get("top", rule["top"]), rule.get("step")) for c in rule["criteria"]} for _ in range(members)]
        if draw.random() < 0.05:
            dossiers[f"d{n}"][0].pop(rule["criteria"][0]["code"], None)  # a copy may lack it already
    chair = draw.randrange(members) if draw.random() < 0.8 else None
    return rule, dossiers, [chair] * len(dossiers)


@pytest.mark.parametrize("seed", range(10))
def test_ranking_ties_pass_and_zeros_are_as_by_hand(seed):
    draw = random.Random(seed)
    print("seed", seed)
    for _ in range(COUNCILS // 10):
        rule, dossiers, chair = _council(draw)
        scored = {}
        for at, (name, sheets) in enumerate(dossiers.items()):
            scored[name] = counting.score(sheets, rule, chair=chair[at], led_by="chair" if chair[at] is not None else None)
        placed = {p.key: p for p in counting.rank(scored)}
        for name, points, valid, passed, position, recommended in _by_hand(dossiers, rule, chair):
            p = placed[name]
            assert p.scored.mean == (Fraction(points) / valid if valid else 0), (rule, dossiers[name])
            assert (p.scored.sheets, p.scored.passed, p.position, p.recommended) == (valid, passed, position, recommended), (rule, dossiers, chair)


@pytest.mark.parametrize("seed", range(5))
def test_a_whole_count_is_as_by_hand(seed):
    """What the procedure freezes: mean in hundredths, spread, standard deviation, the sheets and their sums."""
    draw = random.Random(1000 + seed)
    for _ in range(COUNCILS // 10):
        rule, dossiers, _chair = _council(draw)
        sheets = [s for s in next(iter(dossiers.values())) if counting.sheet_total(s, rule) is not None]
        casts = [Cast(f"s{n}", ROLES[n % len(ROLES)], n == 0, {**s, "remark": f"Nhận xét {n}"}) for n, s in enumerate(sheets)]
        result = scoring.count(casts, {"selection.sheet.default": rule, "selection.disagreement": 20})
        sums = [sum(Decimal(str(s[c["code"]]).replace(",", ".")) * c["weight"] for c in rule["criteria"]) for s in sheets]
        assert sorted(Decimal(str(s["total"])) for s in result["sheets"]) == sorted(sums) and result["invalid"] == 0
        if not sums:
            assert result["spread"] is None and result["passed"] is False
            continue
        assert result["spread"]["disagree"] == (max(sums) - min(sums) >= 20)
        with localcontext() as context:
            context.prec = 60
            mean = sum(sums) / len(sums)
            assert result["hundredths"] == int((mean * 100 + Decimal("0.5")).to_integral_value("ROUND_FLOOR"))
            assert abs(result["spread"]["deviation"] - (sum((x - mean) ** 2 for x in sums) / len(sums)).sqrt() * 100) <= Decimal("0.5000001")


@pytest.mark.parametrize("seed", range(5))
def test_votes_are_adopted_as_by_hand(seed):
    """More than, or at least, a fraction of a base: also at exactly the fraction."""
    draw = random.Random(2000 + seed)
    for _ in range(COUNCILS // 5):
        votes = [draw.choice(["do", "adjust", "refuse"]) if draw.random() < 0.5 else "do" for _ in range(draw.randint(0, 12))]
        base, (top, bottom), strict = len(votes) + draw.randint(0, 3), draw.choice([(3, 4), (2, 3), (1, 2), (1, 1)]), draw.random() < 0.5
        counted, adopted = counting.vote(votes, base=base, fraction=[top, bottom], strict=strict)
        enough = [c for c in ("do", "adjust", "refuse") if votes.count(c) and (votes.count(c) * bottom > top * base or (not strict and votes.count(c) * bottom == top * base))]
        assert counted == {c: votes.count(c) for c in dict.fromkeys(votes)} and adopted == (enough[0] if len(enough) == 1 else None)


def test_exactly_the_fraction():
    assert counting.vote(["do"] * 6 + ["refuse"] * 2, base=8, fraction=[3, 4], strict=True)[1] is None
    assert counting.vote(["do"] * 6 + ["refuse"] * 2, base=8, fraction=[3, 4], strict=False)[1] == "do"
    assert counting.vote(["do"] * 7 + ["refuse"] * 1, base=8, fraction=[3, 4], strict=True)[1] == "do"


@pytest.mark.parametrize(("mark", "step", "kept"), [
    ("9,5", [1, 2], "9.5"), ("9.5", [1, 2], "9.5"), ("9", [1, 2], 9), (9, [1, 1], 9), ("10.0", [1, 1], 10), ("9,5", [1, 1], None), ("9.25", [1, 2], None), (11, [1, 1], None),
    (-1, [1, 1], None), ("1e1", [1, 1], None), ("９", [1, 1], None), ("", [1, 1], None), (True, [1, 1], None), (9.0, [1, 1], None), ("9 5", [1, 1], None), ("9,5,0", [1, 2], None),
])  # fmt: skip
def test_marks_as_people_write_them(mark, step, kept):
    value = counting.allowed(mark, 10, step)
    assert (None if value is None else counting.plain(value)) == kept


def test_strictness_is_taken_out_for_information_only():
    """Two items; the second member marks everything ten lower: the levelled means tell the items apart as the first does."""
    sheets = {"a": {"m1": Fraction(80), "m2": Fraction(70)}, "b": {"m1": Fraction(60), "m2": Fraction(50)}}
    assert counting.levelled(sheets) == {"a": Fraction(75), "b": Fraction(55)}
    one_sided = {"a": {"m1": Fraction(80)}, "b": {"m1": Fraction(60), "m2": Fraction(50)}}
    assert counting.levelled(one_sided)["a"] - counting.levelled(one_sided)["b"] != Fraction(80) - Fraction(55)
    assert counting.levelled({}) == {}
