"""A NUL in an address or a form: PostgreSQL takes none, so it must not come as far as a statement."""

from __future__ import annotations

import re

import pytest

NUL = "a%00b"


@pytest.mark.parametrize("account", ["officer", None])
def test_a_nul_in_any_address_is_no_fault(app, as_, anonymous, account):
    client, faults = as_(account) if account else anonymous, []
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.endpoint not in ("static", "operation.readyz"):  # a database of tests is at no migration
            asked = re.sub("<[^>]*>", NUL, rule.rule) if rule.arguments else f"{rule.rule}?" + "&".join(f"{name}={NUL}" for name in ("q", "item", "state", "year", "after", "sort", "%%0000"))
            faults += [asked] if client.get(asked).status_code >= 500 else []
    assert not faults


def test_a_nul_in_a_form_is_left_out(as_, db):
    pi = as_("pi1")
    form = pi.page("/profile/edit").select("main form[method=post]")[-1]
    values = {c["name"]: c.get("value", "") for c in form.select("input[name]") if c.get("type") not in ("submit", "file")}
    answer = pi.post("/profile/edit", data=values | {"once": "a\x00b", "name": "Nguyễn\x00 Văn An"})
    assert answer.status_code == 303
    assert db.session.execute(db.text("SELECT name FROM user_account WHERE email LIKE 'pi1@%'")).scalar() == "Nguyễn Văn An"


@pytest.mark.parametrize("path", ["/public/plan%00", "/%00", "/public/calls/%00?q=%00"])
def test_a_path_with_a_nul_names_no_page(anonymous, path):
    assert anonymous.get(path).status_code == 404
