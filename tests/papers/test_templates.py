"""What every paper's template keeps to: decisions in the form of decisions, and nobody signs without office and name."""

from __future__ import annotations

import re

import pytest

from app.services.papers.actions import template_text
from app.services.papers.blocks import build
from app.services.papers.wording import APP

pytestmark = pytest.mark.nodb
TEMPLATES = {f"{path.parent.parent.name}/{path.stem}": path.read_text(encoding="utf-8") for path in APP.glob("*/*/templates/*/papers/*.txt")}
DECISIONS = sorted(name for name, text in TEMPLATES.items() if text.startswith("#title QUYẾT ĐỊNH"))
FROM_HOST = ("acceptance/registration", "acceptance/self_evaluation", "execution/periodic_report", "funding/payment_request", "transfer/followup_report")
BETWEEN = ("funding/annex", "funding/contract", "funding/liquidation", "funding/settlement", "transfer/handover_minutes")


def test_there_are_templates():
    assert len(TEMPLATES) >= 26 and len(DECISIONS) >= 7


@pytest.mark.parametrize("name", DECISIONS)
def test_a_decision_has_bases_then_the_line_then_articles(name):
    lines = [line for line in TEMPLATES[name].splitlines() if line.startswith(("#bases", "#title QUYẾT ĐỊNH:", "#article", "#sign"))]
    assert lines[0] == "#bases $bases" and lines[1] == "#title QUYẾT ĐỊNH:" and lines[2].startswith("#article Điều #.")
    assert lines[-1] == "#sign right: $office / $signer"
    assert not re.search(r"#article Điều \d", TEMPLATES[name]), "articles are counted, so that none is missing"


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_nobody_signs_without_office_or_name(name):
    assert "NGƯỜI KÝ" not in TEMPLATES[name]
    for line in re.findall(r"(?m)^#sign left: (.*)$", TEMPLATES[name]):
        assert "/" in line, line


@pytest.mark.parametrize("name", FROM_HOST)
def test_what_the_host_writes_carries_its_letterhead(name):
    assert TEMPLATES[name].startswith(("#from $host\n", "#from $receiver\n"))


@pytest.mark.parametrize("name", BETWEEN)
def test_papers_between_parties_have_their_form(name):
    assert TEMPLATES[name].startswith("#between\n") and "#sign left" in TEMPLATES[name] and "#sign right" in TEMPLATES[name]


@pytest.mark.parametrize("refused", [[], [{"title": "Lúa", "outcome": "Không đưa vào danh mục", "reason": "Trùng"}]])
def test_the_approved_list_has_no_gap(refused):
    topic = {"code": "1", "title": "Tôm", "aim": "x", "products": "y", "item": "1.1", "mode": "z", "assigned": "", "ceiling": 5, "months": 12, "receiver": "Sở"}
    blocks = build(template_text("ideas/decision"), {"bases": ["Luật số 93/2025/QH15"], "count": 1, "topics": [topic], "proposers": [{"code": "1", "who": "Hợp tác xã (1)"}], "others": refused, "asked_in": "", "office": "CHỦ TỊCH", "signer": "A"})
    articles = [block["text"][:7] for block in blocks if block["kind"] == "article"]
    assert articles == [f"Điều {n}." for n in range(1, 3 + len(refused))]
    assert blocks[-1]["lines"][0] == f"Như Điều {len(articles)}"
    kinds = [block["kind"] for block in blocks]
    assert blocks[kinds.index("article") - 1]["text"] == "QUYẾT ĐỊNH:" and blocks[kinds.index("basis")]["text"] == "Căn cứ Luật số 93/2025/QH15;"
