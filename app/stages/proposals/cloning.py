"""The draft that is to take the place of a dossier handed in says all that it says, word for word: nothing is read, judged or counted anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, literal, select
from sqlalchemy.orm.attributes import flag_modified

from app.kernel.db import db
from app.services.files import actions as file_actions
from app.services.files import queries as files
from app.services.people.models import User
from app.services.questionnaires import filing
from app.stages.proposals import work
from app.stages.proposals.models import (
    BudgetLine,
    MemberCv,
    Milestone,
    PlannedUse,
    Proposal,
    ProposalProduct,
    TeamMember,
    WorkForm,
    WorkSaving,
    proposal_item,
)
from app.stages.proposals.rules import How
from app.stages.proposals.texts import codes_of

SAID = ("call_topic_id", "item_id", "host_id", "pi_id", "title", "folded", "aim", "duration_months", "spending")
OWN = frozenset({"id", "public_id", "proposal_id"})  # of a part: what is never the same


def begin(old: Proposal, *, at: datetime) -> Proposal:
    """The row of the new draft, not yet of any state."""
    return Proposal(work={}, created_at=at, **{name: getattr(old, name) for name in SAID})


def fill(new: Proposal, old: Proposal, *, by: User, at: datetime) -> None:
    """Give a new draft every part of the old dossier. Who was of the team is of it still, with the same right and scientific CV."""
    db.session.add(WorkForm(proposal_id=new.id, form_version_id=work.form_of(old).id))
    pour(new, old, copies(TeamMember, old.team, new), by=by, at=at)


def pour(new: Proposal, old: Proposal, people: Mapping[int, TeamMember], *, by: User, at: datetime, how: How = How.COPIED) -> None:
    """Give a dossier everything the old one says but its team: `people` are the members of the new one, by the inner key of the old."""
    items = select(literal(new.id), proposal_item.c.item_id).where(proposal_item.c.proposal_id == old.id)
    db.session.execute(insert(proposal_item).from_select(["proposal_id", "item_id"], items))
    products = copies(ProposalProduct, old.products, new)
    db.session.add_all(MemberCv(member_id=people[m.id].id, cv_version_id=m.cv.id) for m in old.team if m.cv is not None)
    copies(BudgetLine, old.lines, new)
    copies(PlannedUse, old.uses, new, lambda use: {"product_id": products[use.product_id].id if use.product_id else None})
    copies(Milestone, old.milestones, new, lambda step: {"products": [products[p.id] for p in step.products], "members": [people[m.id] for m in step.members]})
    _answers(new, old, {a.public_id: file_actions.give(a, subject=new, by=by, at=at) for a in files.of(old)}, how, by, at)
    db.session.flush()


def copies(model: Any, rows: Iterable[Any], new: Proposal, tied: Callable[[Any], dict[str, Any]] = lambda _row: {}) -> dict[int, Any]:
    """A copy of each row for the new draft, in the same order, by the inner key of the row it was made of. `tied` says what it points to."""
    found, names = {}, [attribute.key for attribute in model.__mapper__.column_attrs if attribute.key not in OWN]
    for row in rows:
        found[row.id] = model(**{name: getattr(row, name) for name in names} | {"proposal_id": new.id} | tied(row))
        db.session.add(found[row.id])
        db.session.flush()
    return found


def _answers(new: Proposal, old: Proposal, given: Mapping[str, Any], how: How, by: User, at: datetime) -> None:
    """The answers of the work description, as one saving for each section; those that are files point to the files of the new draft."""
    definition, answers = work.form_of(old).definition, dict(work.answers_of(old))
    for code in filing.asked(definition):
        pid = (answers.get(code) or {}).get("pid")
        if pid in given:
            answers[code] = filing.answer_of(given[pid])
    new.work = answers
    flag_modified(new, "work")
    for section in definition["sections"]:
        said = {code: answers[code] for code in codes_of(definition, section["code"]) if code in answers}
        if said:
            db.session.add(WorkSaving(proposal_id=new.id, section=section["code"], number=1, how=how, answers=said, began_at=at, saved_at=at, saved_by_id=by.id))
