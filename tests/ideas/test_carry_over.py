"""Ideas from before forms were data go on with the first version of the order form, and lose no answer."""

from __future__ import annotations

import json

from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from app.kernel.db import db
from app.services.questionnaires import actions as questionnaires
from app.services.questionnaires import queries as forms
from app.stages.ideas import order, queries

ROWS = """
INSERT INTO organisation (name, folded, kind, public_id, version) VALUES ('Viện A', 'vien a', 'other', 'org0000000000000000000000a', 1);
INSERT INTO user_account (email, email_norm, name, sort_name, locale, active, epoch, created_at, is_demo, public_id, version)
VALUES ('a@x.vn', 'a@x.vn', 'A', 'a', 'vi', true, 1, '2025-05-05 00:00:00', false, 'usr0000000000000000000000a', 1);
INSERT INTO idea (state, title, folded, year, kind, need, aim, state_budget, duration_months, starts_on, receiver_organisation_id, state_keeps_ownership, owner_id,
                  organisation_id, created_at, public_id, version)
VALUES ('draft', 'Chanh không hạt', 'chanh khong hat', 2026, 'DT_CN', 'Thiếu giống', 'Có quy trình', 1250000000, 24, '2026-03-01', 1, true, 1, 1,
        '2025-05-05 00:00:00', 'ide0000000000000000000000a', 1);
"""


def test_old_ideas_keep_their_answers(empty, at):
    upgrade(revision="0007")
    for statement in ROWS.strip().split(";\n"):
        db.session.execute(text(statement.rstrip(";")))
    db.session.commit()
    db.session.remove()
    upgrade(revision="0008")
    version, answers = db.session.execute(text("SELECT form_version_id, answers FROM order_form")).one()
    kept = json.loads(answers) if isinstance(answers, str) else answers
    assert kept == {"title": "Chanh không hạt", "kind": "DT_CN", "need": "Thiếu giống", "aim": "Có quy trình", "state_budget": 1250000000, "duration_months": 24,
                    "starts_on": "2026-03-01", "receiver": "org0000000000000000000000a", "state_keeps_ownership": True}  # fmt: skip
    db.session.remove()
    upgrade()
    questionnaires.load(by=None, at=at)
    assert len(forms.versions_of(forms.form_by_code(order.CODE))) == 1, "the first version is there already"
    idea = queries.idea_by_pid("ide0000000000000000000000a")
    assert order.of(idea).form_version_id == version and order.of(idea).form.number == 1
    db.session.remove()
    downgrade(revision="0007")
    assert db.session.scalar(text("SELECT need FROM idea")) == "Thiếu giống"
