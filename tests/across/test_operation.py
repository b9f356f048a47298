"""Health, figures, log and static files, as who runs the server needs them."""

from __future__ import annotations

import gzip
import json
import logging
from datetime import timedelta

import pytest
from sqlalchemy import text

from app import create_app
from app.across.operation import logs, metrics, queries
from tests.support.databases import settings


@pytest.fixture
def migrated(app, db):
    """The database says that it is at the program's head."""
    db.session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
    db.session.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": queries.head(app.config["MIGRATIONS_FOLDER"])})
    db.session.commit()


def test_alive(anonymous):
    answer = anonymous.get("/healthz")
    assert answer.status_code == 200 and answer.text == "ok\n" and len(answer.headers["X-Request-Id"]) == 32


def test_ready(anonymous, migrated):
    answer = anonymous.get("/readyz")
    assert answer.status_code == 200 and answer.json == {"ready": True, "database": "ok", "files": "ok", "clock": "ok", "outbox_oldest_seconds": 0, "warnings": ["no backup was ever made"]}


def test_not_ready_with_an_older_database(anonymous, db, migrated):
    db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    answer = anonymous.get("/readyz")
    assert answer.status_code == 503 and answer.json["database"].startswith("at 0001")


def test_not_ready_without_migrations_or_files(anonymous, app, tmp_path):
    (tmp_path / "nothing").write_text("a file where a folder should be")
    app.config["FILES_FOLDER"] = str(tmp_path / "nothing")
    answer = anonymous.get("/readyz")
    assert answer.status_code == 503 and answer.json["database"] == "unreachable or not migrated" and answer.json["files"] != "ok"


def test_not_ready_when_the_clock_went_back(anonymous, migrated, as_, travel, at):
    as_("pi1")
    travel.move_to(at - timedelta(minutes=1))
    answer = anonymous.get("/readyz")
    assert answer.status_code == 503 and "behind" in answer.json["clock"]


@pytest.mark.parametrize(("address", "status"), [("127.0.0.1", 200), ("::1", 200), ("10.1.2.3", 404), ("192.168.7.9", 200), ("203.0.113.5", 200), ("203.0.113.6", 404)])
def test_figures_for_known_addresses_only(app, anonymous, address, status):
    app.config["METRICS_FROM"] = ["192.168.7.0/24", "203.0.113.5"]
    anonymous.get("/public/plan")
    answer = anonymous.get("/metrics", environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status
    if status == 200:
        assert 'vamco_requests_total{endpoint="portal.plan",method="GET",status="200"}' in answer.text and "vamco_outbox_oldest_seconds 0.0" in answer.text


def test_figures_are_not_given_through_an_unknown_proxy(anonymous):
    assert anonymous.get("/metrics", headers={"X-Forwarded-For": "198.51.100.1"}).status_code == 404


@pytest.mark.nodb
def test_an_address_that_is_none():
    assert not metrics.may_ask(None, []) and not metrics.may_ask("unix:", ["10.0.0.0/8"]) and metrics.may_ask("::ffff:127.0.0.1", [])


def test_a_request_is_one_line_without_anything_typed(app, anonymous, capsys):
    root, kept, level = logging.getLogger(), logging.getLogger().handlers, logging.getLogger().level
    app.config["LOG_JSON"], app.config["PROXY_HOPS"] = True, 1
    try:
        logs.as_json()
        anonymous.get("/public/projects?q=Nguyễn+Văn+Bí+Mật&token=abc123", headers={"X-Request-Id": "proxy-0000-42"})
        anonymous.get("/auth/login", headers={"X-Request-Id": "bad id\""})
    finally:
        root.handlers = kept
        root.setLevel(level)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    first, second = [line for line in lines if line["event"] == "request"]
    assert first["request_id"] == "proxy-0000-42" and first["endpoint"] == "portal.projects" and first["status"] == 200 and first["ms"] >= 0
    assert len(second["request_id"]) == 32
    assert "Mật" not in str(lines) and "abc123" not in str(lines)


def test_static_files_are_kept_for_good_and_compressed(tmp_path):
    app = create_app("test", **settings(f"sqlite:///{tmp_path / 'x.db'}", tmp_path) | {"SERVE_STATIC": True})
    client = app.test_client()
    with app.test_request_context():
        url = app.url_for("static", filename="app.css")
    answer = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200 and answer.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in answer.headers["Vary"]
    assert "immutable" in answer.headers["Cache-Control"] and "max-age=31536000" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and "Access-Control-Allow-Origin" not in answer.headers
    plain = client.get(url)
    assert "Content-Encoding" not in plain.headers and gzip.decompress(answer.data) == plain.data
    font = url.replace("app.css", "vendor/fonts/be-vietnam-pro-latin-400-normal.woff2")
    assert "immutable" in client.get(font).headers["Cache-Control"]
    assert "Content-Encoding" not in client.get("/auth/login", headers={"Accept-Encoding": "gzip"}).headers
