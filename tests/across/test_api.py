"""/api/v1 with and without a key: what is refused, what a key opens, what a partner's report does and does not do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.across.api.views import RESOURCES
from app.services.apikeys import actions, queries
from app.services.apikeys.rules import Scope


@pytest.fixture
def secret_of(cast, user, at, db):
    def make(*scopes, name="Kho bạc", account="agency1"):
        row, secret = actions.make(name, organisation=user(account).organisations[0], scopes=scopes, expires_on=at.date() + timedelta(days=30), by=user("admin"), at=at)
        db.session.commit()
        return row, {"Authorization": f"Bearer {secret}"}

    return make


@pytest.mark.parametrize("query", ["x=1", "limit=0", "limit=a", "after=forged", "phase=none", "year=2025&year=2026", "q="])
def test_what_is_not_understood_is_refused(anonymous, query):
    answer = anonymous.get(f"/api/v1/projects?{query}")
    assert answer.status_code == 400 and answer.mimetype == "application/problem+json" and answer.json["errors"]


def test_a_cursor_is_of_one_list_with_its_filters(anonymous, cast):
    following = anonymous.get("/api/v1/plan-items?limit=1").json["next"].partition("/api")[2]
    assert anonymous.get(f"/api{following}").status_code == 200
    assert anonymous.get(f"/api{following}&q=a").status_code == 400
    assert anonymous.get(f"/api{following}".replace("plan-items", "topics")).status_code == 400


def test_an_answer_that_is_the_same_is_not_sent_again(anonymous):
    tag = anonymous.get("/api/v1/plan-items").headers["ETag"]
    assert anonymous.get("/api/v1/plan-items", headers={"If-None-Match": tag}).status_code == 304


def test_a_wrong_method_and_a_wrong_address_are_problems(anonymous):
    wrong = anonymous.post("/api/v1/projects")
    assert wrong.status_code == 405 and "GET" in wrong.headers["Allow"] and wrong.mimetype == "application/problem+json"
    assert anonymous.get("/api/v1/nothing").mimetype == "application/problem+json"


def test_who_asks_too_fast_waits(app, anonymous):
    app.config["API_PER_MINUTE"] = 2
    answers = [anonymous.get("/api/v1/organisations", environ_base={"REMOTE_ADDR": "203.0.113.9"}) for _n in range(3)]
    assert [a.status_code for a in answers] == [200, 200, 429]
    assert [a.headers["RateLimit-Remaining"] for a in answers] == ["1", "0", "0"] and int(answers[-1].headers["Retry-After"]) <= 60


@pytest.mark.parametrize("resource", [r for r in RESOURCES if r.scope], ids=lambda r: r.name)
def test_a_key_opens_its_scope_only(anonymous, secret_of, resource):
    other = next(s for s in Scope if s != resource.scope)
    assert anonymous.get(resource.path).status_code == 401
    assert anonymous.get(resource.path, headers=secret_of(other)[1]).status_code == 403
    assert anonymous.get(resource.path, headers=secret_of(resource.scope, name="x")[1]).status_code == 200


def test_a_revoked_or_expired_key_opens_nothing(anonymous, secret_of, user, at, db, travel):
    row, headers = secret_of(Scope.MEASURES_READ)
    assert anonymous.get("/api/v1/measures", headers=headers).status_code == 200 and queries.last_used([row.public_id])
    travel.move_to(at + timedelta(days=31))
    assert anonymous.get("/api/v1/measures", headers=headers).status_code == 401
    travel.move_to(at)
    actions.revoke(queries.key_by_pid(row.public_id), reason="lost", by=user("admin"), at=at)
    db.session.commit()
    assert anonymous.get("/api/v1/measures", headers=headers).status_code == 401
    assert anonymous.get("/api/v1/projects", headers=headers).status_code == 401


def test_the_secret_is_shown_once_and_nowhere_kept(as_, cast, db, user):
    admin = as_("admin")
    shown = admin.submit("/admin/api-keys/new", {"name": "Kho bạc", "organisation": user("agency1").organisations[0].public_id, "scopes": ["payments:read"], "expires_on": date(2026, 6, 1).strftime("%d/%m/%Y")})
    first, second = (admin.get(shown.location).get_data(as_text=True) for _n in range(2))
    assert "vamco_" in first and "vamco_" not in second
    assert as_("officer").get("/admin/api-keys").status_code == 403


def test_a_report_of_content_that_cannot_be_is_refused_field_by_field(anonymous, secret_of):
    _row, headers = secret_of(Scope.PAYMENTS_REPORT)
    answer = anonymous.post("/api/v1/payments/00000000000000000000000000/notices", json={"number": "", "dated": "31/02", "more": 1}, headers=headers)
    assert answer.status_code == 422 and {e["name"] for e in answer.json["errors"]} == {"number", "dated", "amount_vnd", "more"}
    good = {"number": "KB-1", "dated": "2026-03-02", "amount_vnd": 1}
    assert anonymous.post("/api/v1/payments/00000000000000000000000000/notices", json=good, headers=headers).status_code == 404
