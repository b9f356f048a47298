"""Who may open which list or form: each role against each word, as a table a lawyer can read.

The table is written by hand, not computed from the code: a change of rights is a reviewed change of this file.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.kernel.permissions import ROLES, Do, words_of
from app.kernel.web import PUBLIC, SAFE, SIGNED_IN

TABLE = Path(__file__).parent / "matrix.txt"


def table() -> dict[Do, set[str]]:
    lines = [line for line in TABLE.read_text().splitlines() if line.strip() and not line.startswith("#")]
    roles = lines[0].split()
    found = {}
    for line in lines[1:]:
        word, *ticks = line.split()
        assert len(ticks) == len(roles), line
        found[Do(word)] = {r for r, t in zip(roles, ticks, strict=True) if t == "x"}
    return found


@pytest.mark.nodb
def test_every_word_has_a_row():
    assert set(table()) == set(Do) - {Do.SYSTEM}


@pytest.mark.nodb
def test_roles_hold_exactly_the_ticked_words():
    for word, roles in table().items():
        assert {r for r in ROLES if word in words_of(frozenset({r}))} == roles, word


def test_the_guard_follows_the_table(app, as_):
    """Every route without ids, as every kind of account: 403 exactly where the table has no tick."""
    accounts = {"officer": "officer", "leader": "leader", "province": "province", "finance": "finance", "registry": "registry",
                "auditor": "auditor", "admin": "admin", "agency": "agency1", "researcher": "pi1", "host": "host1", "expert": "member1"}  # fmt: skip
    right = table()
    cases = 0
    for role, account in accounts.items():
        client = as_(account)
        held = {role} | ({"researcher"} if role not in ("auditor", "admin") else set()) | ({"host"} if role == "agency" else set())
        for rule in app.url_map.iter_rules():
            if rule.endpoint == "static":
                continue
            allowed = app.view_functions[rule.endpoint].allowed
            url = re.sub(r"<[^>]+>", "nothing", rule.rule)
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                word = allowed["GET" if method in SAFE else "POST"]
                if word in (PUBLIC, SIGNED_IN):
                    continue
                status = client.open(url, method=method).status_code
                cases += 1
                if right[Do(word)] & held:
                    assert status != 403, f"{role} may {word} but {method} {url} answered 403"
                elif method == "GET":
                    assert status == 403, f"{role} may not {word} but {url} answered {status}"
                else:
                    assert status in (400, 403), f"{role} may not {word} but POST {url} answered {status}"
    print(f"{cases} cases")
