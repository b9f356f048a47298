"""Dossiers from before the work description was a form go on with its version 1, and lose no text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from app.kernel.db import db
from app.services.questionnaires import actions as questionnaires
from app.services.questionnaires import queries as forms

AT = datetime(2026, 1, 5, tzinfo=UTC)
TEXTS = {"overview": "Tổng quan", "content": "Nội dung", "plan": "Kế hoạch", "application": "Ứng dụng", "organisation": "Phối hợp với trạm khuyến nông"}


def plant(name, **values):
    """A row by the table as it was then: what must be there and is not given is filled with anything."""
    table = sa.Table(name, sa.MetaData(), autoload_with=db.session.connection())
    for column in table.c:
        if column.name not in values and not column.nullable and column.name != "id":
            kind = column.type
            values[column.name] = 1 if isinstance(kind, sa.Integer) else AT if isinstance(kind, sa.DateTime) else AT.date() if isinstance(kind, sa.Date) else {} if isinstance(kind, sa.JSON) else "x"
    db.session.execute(table.insert().values(values))


@pytest.mark.parametrize(("kind", "code"), [("DT_CN", "proposals_work_dt_cn"), ("DA_SXTN", "proposals_work_da_sxtn"), ("XYZ", "proposals_work_dt_cn")])
def test_old_dossiers_keep_their_texts(empty, at, kind, code):
    upgrade(revision="0016")
    sqlite = db.engine.dialect.name == "sqlite"
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF" if sqlite else "SET session_replication_role = replica")
    if not sqlite:
        db.session.execute(sa.text("SET session_replication_role = replica"))
    plant("topic", id=1, kind=kind, mode="selection", state="in_call", year=2026)
    plant("call_topic", id=1, topic_id=1)
    plant("proposal", id=1, state="draft", call_topic_id=1, work=TEXTS, title="Tên")
    plant("proposal", id=2, state="withdrawn", call_topic_id=1, work={}, public_id="y", title="Tên", pi_id=2)
    db.session.commit()
    db.session.remove()
    db.engine.dispose()
    upgrade()
    version = forms.form_by_code(code)
    assert version is not None and [v.number for v in forms.versions_of(version)] == [1]
    rows = db.session.execute(sa.text("SELECT proposal_id, form_version_id FROM work_form ORDER BY proposal_id")).all()
    assert [r[0] for r in rows] == [1, 2] and {r[1] for r in rows} == {forms.versions_of(version)[0].id}
    proposal = sa.Table("proposal", sa.MetaData(), autoload_with=db.session.connection())
    kept = db.session.scalar(sa.select(proposal.c.work).where(proposal.c.id == 1))
    asked = [q["code"] for s in forms.versions_of(version)[0].definition["sections"] for q in s["questions"]]
    assert kept == {"partner_plan" if c == "organisation" else c: text for c, text in TEXTS.items()} and set(kept) == set(asked)
    questionnaires.load(by=None, at=at)
    assert [v.number for v in forms.versions_of(version)] == [3, 2, 1]
    db.session.rollback()
    db.session.remove()
    downgrade(revision="0016")
    assert db.session.scalar(sa.text("SELECT count(*) FROM proposal")) == 2
