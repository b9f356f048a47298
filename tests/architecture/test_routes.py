"""Every route is classified: who may use it, does it write, is its address tidy, may a stranger see it."""

from __future__ import annotations

import re

from app.kernel.permissions import ROLES, Do
from app.kernel.web import PUBLIC, SAFE, SIGNED_IN, undeclared

# what anyone may fetch without signing in: nothing joins this list by accident
PUBLIC_ENDPOINTS = {"people.login", "people.take_up", "people.language"}
PUBLIC_ENDPOINTS |= {f"people.{name}" for name in ("sign_up", "mailed", "confirm", "forgotten", "reset", "confirm_email")}  # before one has an account
PUBLIC_PREFIXES = ("portal.", "public_results.", "public_order.", "public_invitation.", "public_experts.", "public_seats.", "operation.")
PUBLIC_ENDPOINTS |= {f"entry.{name}" for name in ("second_step", "sign_in_passkey", "start_provider", "return_provider", "leave_provider")}  # before one is signed in
# "api." and "api_v1.": public data, and for the rest a key which the resource asks for itself (tests/across/test_api.py); "search.": visitors find public rows only
PUBLIC_PREFIXES += ("api.", "api_v1.", "search.")
# words that no role holds, with the reason
UNGRANTED = {Do.SYSTEM}
PUBLIC_PREFIXES += ("help.",)  # guides and words; no personal data


def rules(app):
    return [r for r in app.url_map.iter_rules() if r.endpoint != "static"]


def test_every_endpoint_declares_its_permission(app):
    assert undeclared(app) == []


def test_public_endpoints_are_the_known_ones(app):
    public = {r.endpoint for r in rules(app) if PUBLIC in app.view_functions[r.endpoint].allowed.values()}
    strangers = {e for e in public if e not in PUBLIC_ENDPOINTS and not e.startswith(PUBLIC_PREFIXES)}
    assert not strangers, f"public without being on the list: {strangers}"


def test_every_word_of_a_route_is_held_by_a_role(app):
    held = set().union(*ROLES.values())
    asked = {w for r in rules(app) for w in app.view_functions[r.endpoint].allowed.values()} - {PUBLIC, SIGNED_IN}
    assert {Do(w) for w in asked} <= held


def test_every_word_is_held_by_some_role():
    held = set().union(*ROLES.values())
    assert set(Do) - held - UNGRANTED == set()


def test_writing_methods_are_written_through_one_door(app):
    for rule in rules(app):
        view = app.view_functions[rule.endpoint]
        methods = (rule.methods or set()) - SAFE
        assert methods <= {"POST"}, f"{rule.rule} takes {methods}"
        assert bool(methods) == getattr(view, "writes", False), f"{rule.endpoint}: POST and @writes go together"


def test_addresses_are_kebab_case(app):
    for rule in rules(app):
        for part in rule.rule.strip("/").split("/"):
            assert re.fullmatch(r"[a-z0-9.-]*|<[a-z:_]+>(\.[a-z]+)?", part), rule.rule


def test_a_stranger_is_sent_to_sign_in_everywhere(app, anonymous):
    for rule in rules(app):
        view = app.view_functions[rule.endpoint]
        if "GET" not in (rule.methods or set()) or view.allowed["GET"] == PUBLIC:
            continue
        url = re.sub(r"<[^>]+>", "nothing", rule.rule)
        answer = anonymous.get(url)
        assert answer.status_code == 302 and "/auth/login" in answer.location, f"{url} answered {answer.status_code}"


def test_the_same_404_for_unknown_ids_for_everyone_allowed(app, as_):
    accounts = {"officer": as_("officer"), "pi1": as_("pi1"), "auditor": as_("auditor"), "admin": as_("admin")}
    for rule in rules(app):
        if "GET" not in (rule.methods or set()) or not rule.arguments:
            continue
        url = re.sub(r"<[^>]+>", "nothing", rule.rule)
        for name, client in accounts.items():
            status = client.get(url).status_code
            assert status in (403, 404) or (status == 401 and rule.endpoint.startswith("api_v1.")), f"{url} as {name} answered {status}"  # there: no key, whoever is signed in


def test_headers_are_on_every_answer(app, anonymous, as_):
    for client, url in ((anonymous, "/auth/login"), (as_("pi1"), "/auth/account"), (anonymous, "/nothing-here")):
        head = client.get(url).headers
        assert "unsafe" not in head["Content-Security-Policy"] and "default-src 'none'" in head["Content-Security-Policy"]
        assert head["X-Content-Type-Options"] == "nosniff"
    assert as_("pi1").get("/auth/account").headers["Cache-Control"] == "private, no-store"
