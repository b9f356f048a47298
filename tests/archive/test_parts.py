"""Every table that hangs on a project or a proposal is part of the dossier, or left out for a reason that is written down."""

from __future__ import annotations

from sqlalchemy import LargeBinary

from app.kernel.db import Base
from app.stages.archive import parts

PEOPLE_AND_PLAN = {"user_account", "organisation", "priority", "sector", "plan", "plan_group", "year_budget", "questionnaire", "form_version", "idea_group"}


def hanging() -> set[str]:
    """The tables with a way of foreign keys to what dossiers are about."""
    reached = {"project", "proposal", "call_topic", "call", "topic", "idea", "council"}
    while True:
        more = {t.name for t in Base.metadata.tables.values() if t.name not in PEOPLE_AND_PLAN and any(fk.column.table.name in reached for fk in t.foreign_keys)} - reached
        if not more:
            return reached
        reached |= more


def test_every_table_of_a_dossier_is_a_part_or_left_out_for_a_reason(application):
    known = {p.table for p in parts.PARTS} | set(parts.LEFT_OUT) | {u[2] for u in parts.UP} | set(parts.ROOTS) | {"agenda_item", "council"}
    assert not hanging() - known, f"say in app/stages/archive/parts.py where these belong: {sorted(hanging() - known)}"
    unknown = known - set(Base.metadata.tables)
    assert not unknown, f"no such tables: {unknown}"
    assert not {p.table for p in parts.PARTS} & set(parts.LEFT_OUT)


def test_parts_hang_where_they_say(application):
    for part in parts.PARTS:
        assert part.by in Base.metadata.tables[part.table].c, part


def test_no_sealed_text_is_given(application):
    given = {p.table for p in parts.PARTS}
    assert not [f"{name}.{c.name}" for name in given for c in Base.metadata.tables[name].c if isinstance(c.type, LargeBinary)]
    secret = ("token", "hash", "password", "email", "phone")
    left = [f"{name}.{c.name}" for name in given for c in Base.metadata.tables[name].c if any(s in c.name for s in secret) and c.name not in parts.NEVER]
    assert not left


def test_the_host_gets_nothing_of_those_who_judge():
    judged = {"appraisal", "ranking_line", "cost_question", "acceptance_case", "seat", "agenda_item", "council", "eligibility_check", "finding", "effectiveness", "complaint"}
    assert not judged & parts.GIVEN_TO_PARTY
