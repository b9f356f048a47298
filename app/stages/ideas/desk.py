"""The officer's acts on ideas before and beside the council: group, merge, pass on, turn down, write down the products asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from app.kernel import journal, outbox
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.councils import actions as councils
from app.services.people.models import User
from app.stages.ideas import order, queries
from app.stages.ideas.models import Idea, IdeaGroup, IdeaProduct
from app.stages.ideas.rules import (
    IDEA,
    RECOMMENDED,
    IdeaState,
    ProductKind,
    RedirectTo,
    check_merger,
)

GROUPED_STATES = frozenset({IdeaState.SUBMITTED, IdeaState.RETURNED, IdeaState.IN_IDENTIFICATION, IdeaState.MERGED})

UNDOABLE = frozenset({IdeaState.SUBMITTED, IdeaState.RETURNED, IdeaState.WITHDRAWN})  # of the kept idea: a merger can be undone


# --- groups ---------------------------------------------------------------------------------------------------


def group(ideas: Sequence[Idea], title: str, *, by: User | None, at: datetime, note: str | None = None) -> IdeaGroup:
    """Put ideas that ask for much the same side by side. An idea is in one group at most: it leaves the one it was in."""
    if not nfc(title):
        raise Incomplete(N_("Please give the group a name."), field="title")
    row = IdeaGroup(title=nfc(title), note=nfc(note or "") or None, created_by_id=by.id if by else None, created_at=at)
    db.session.add(row)
    db.session.flush()
    add_to_group(row, ideas, by=by, at=at)
    return row


def add_to_group(row: IdeaGroup, ideas: Sequence[Idea], *, by: User | None, at: datetime, seen: Any = None) -> None:
    """Put more ideas into a group."""
    if not ideas:
        raise Incomplete(N_("Please choose at least one idea."), field="ideas")
    if row.closed_at is not None:
        raise WrongState(N_("This group was dissolved."))
    check_seen(row, seen)
    for idea in ideas:
        if idea.state not in GROUPED_STATES:
            raise WrongState(N_("%(code)s is decided or withdrawn: it cannot be put into a group."), field="ideas", code=idea.code or "")
        idea.group_id = row.id
        db.session.flush()
        journal.record(idea, "group", by=by, at=at, detail={"group": row.public_id})
    _grow(row)


def take_from_group(idea: Idea, *, by: User | None, at: datetime) -> None:
    """Take an idea out of its group."""
    if idea.group_id is None:
        raise WrongState(N_("This idea is in no group."))
    row = db.session.get_one(IdeaGroup, idea.group_id)
    idea.group_id = None
    db.session.flush()
    journal.record(idea, "ungroup", by=by, at=at, detail={"group": row.public_id})
    _grow(row)


def dissolve_group(row: IdeaGroup, *, by: User | None, at: datetime, seen: Any = None) -> None:
    """Take all ideas out of the group and close it."""
    if row.closed_at is not None:
        raise WrongState(N_("This group was dissolved."))
    check_seen(row, seen)
    found = queries.group_by_pid(row.public_id)
    for idea in found.ideas if found is not None else ():
        take_from_group(idea, by=by, at=at)
    row.closed_at = at
    db.session.flush()


def _grow(row: IdeaGroup) -> None:
    flag_modified(row, "title")
    db.session.flush()
    db.session.expire(row, ["ideas"])


# --- mergers --------------------------------------------------------------------------------------------------


def merge(kept: Idea, others: Sequence[Idea], *, by: User | None, at: datetime, reason: str | None = None, seen: Any = None) -> None:
    """Merge ideas into the one that is kept: they point to it, and everybody who wrote one is told and named on the topic."""
    queries.load_whole([kept, *others])
    others = [i for i in others if i.id != kept.id]
    check_merger(kept, others)
    check_seen(kept, seen)
    why = nfc(reason or "") or None
    for idea in others:
        off_agenda(idea, by=by, at=at)
        idea.merged_into_id = kept.id
        IDEA.advance(idea, "merge", by=by, at=at, reason=why, detail={"into": kept.code})
    journal.record(kept, "keep", by=by, at=at, reason=why, detail={"merged": [i.code for i in others]})
    flag_modified(kept, "folded")
    db.session.flush()
    queries.load_whole([kept])
    outbox.post("ideas/mail/merged.txt", to=queries.authors_of(kept), key=f"idea-merged:{kept.public_id}:{kept.version}", at=at, kept=kept, reason=why)


def unmerge(idea: Idea, *, by: User | None, at: datetime, reason: str | None = None, seen: Any = None) -> None:
    """Undo a merger: the idea stands on its own again. Not any more when a council has the one it was merged into."""
    if idea.state != IdeaState.MERGED:
        raise WrongState(N_("This idea is not merged into another."))
    kept = db.session.get_one(Idea, idea.merged_into_id)
    if kept.state not in UNDOABLE:
        raise WrongState(N_("A council has %(code)s already: the merger stands."), code=kept.code or "")
    IDEA.advance(idea, "unmerge", by=by, at=at, seen=seen, reason=nfc(reason or "") or None, detail={"from": kept.code})
    idea.merged_into_id = None
    db.session.flush()
    queries.load_whole([idea, kept])
    outbox.post("ideas/mail/unmerged.txt", to=[idea.owner, kept.owner], key=f"idea-unmerged:{idea.public_id}:{idea.version}", at=at, idea=idea, kept=kept)


def let_go(idea: Idea, *, by: User | None, at: datetime) -> None:
    """The idea leaves the desk for good: it is off every agenda in preparation, and what was merged into it stands on its own again."""
    off_agenda(idea, by=by, at=at)
    queries.load_whole([idea])
    for other in list(idea.merged):
        unmerge(other, by=by, at=at)


def off_agenda(idea: Idea, *, by: User | None, at: datetime) -> None:
    """Take the idea off the agenda of a council that is being prepared, if it is on one."""
    councils.take_off(idea, by=by, at=at)


# --- without a council ----------------------------------------------------------------------------------------


def pass_on(idea: Idea, to: RedirectTo | None, reason: str, *, by: User | None, at: datetime, passed_to: str | None = None, seen: Any = None) -> None:
    """Pass a submitted idea on to an enterprise or to the fund, with the reason; its authors are told."""
    if to is None:
        raise Incomplete(N_("Please say to whom the idea is passed on."), field="redirect_to")
    _end(idea, "pass_on", reason, by=by, at=at, seen=seen, to=to, passed_to=nfc(passed_to or "") or None)


def turn_down(idea: Idea, reason: str, *, by: User | None, at: datetime, seen: Any = None) -> None:
    """Turn a submitted idea down without a council, with the reason; its authors are told."""
    _end(idea, "turn_down", reason, by=by, at=at, seen=seen)


def _end(idea: Idea, verb: str, reason: str, *, by: User | None, at: datetime, seen: Any, to: RedirectTo | None = None, passed_to: str | None = None) -> None:
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    if (idea.state, verb) in IDEA.table:
        check_seen(idea, seen)
        seen = None
        off_agenda(idea, by=by, at=at)
        idea.redirect_to, idea.passed_to, idea.outcome_reason = to, passed_to, nfc(reason)
    IDEA.advance(idea, verb, by=by, at=at, seen=seen, reason=nfc(reason), detail={"to": str(to)} if to else None)
    queries.load_whole([idea])
    outbox.post("ideas/mail/decided.txt", to=queries.authors_of(idea), key=f"idea-decided:{idea.public_id}", at=at, idea=idea)


# --- the products that the topic must bring -------------------------------------------------------------------


def require(idea: Idea, *, kind: ProductKind, name: str, unit: str, quantity: int, quality: str | None = None, by: User | None, at: datetime) -> IdeaProduct:
    """Write one required product down: type, name, unit, quantity, level of quality."""
    _open_for_products(idea)
    for value, field in ((name, "name"), (unit, "unit")):
        if not nfc(value or ""):
            raise Incomplete(N_("Please fill this in."), field=field)
    if quantity < 1:
        raise Incomplete(N_("Please write a number of at least 1."), field="quantity")
    queries.load_whole([idea])
    row = IdeaProduct(idea_id=idea.id, position=max((p.position for p in idea.required), default=0) + 1, kind=kind, name=nfc(name), unit=nfc(unit),
                      quantity=quantity, quality=nfc(quality or "") or None)  # fmt: skip
    db.session.add(row)
    _products_changed(idea, "require", {"product": row.name}, by, at)
    return row


def proposed(idea: Idea) -> list[dict[str, Any]]:
    """The products that the order form names and that are not on the list yet. The idea is whole."""
    known = {fold(p.name) for p in idea.required}
    return [row for row in order.products_of(idea) if fold(row["name"]) not in known]


def left_behind(ideas: Sequence[Idea]) -> dict[str, list[str]]:
    """By number, the products that the order forms of these ideas name and that their lists, as far as they are to be carried out, do not have."""
    named = order.products_of_all(ideas)
    found = {}
    for idea in ideas:
        known = {fold(p.name) for p in idea.required}
        if idea.outcome in RECOMMENDED and (missing := [row["name"] for row in named.get(idea.id, ()) if fold(row["name"]) not in known]):
            found[idea.code or ""] = missing
    return found


def take_over_by_default(idea: Idea, *, by: User | None, at: datetime) -> None:
    """Put the order form's products on the list of a recommended idea on which nobody wrote one, unless other products were recommended in words.

    Only when each is named in full: a part of them would stand on the topic as the whole.
    """
    queries.load_whole([idea])
    if idea.outcome in RECOMMENDED and not idea.required and idea.final_products == idea.products:
        rows = order.products_of_all([idea]).get(idea.id, [])
        for row in rows if all(is_whole(row) for row in rows) else ():
            require(idea, **row, by=by, at=at)
        queries.load_whole([idea])


def is_whole(row: dict[str, Any]) -> bool:
    """May a product of the order form be put on the list as it stands?"""
    return None not in (row["kind"], row["unit"], row["quantity"])


def take_over(idea: Idea, *, by: User | None, at: datetime) -> int:
    """Put every product on the list that the order form names in full; returns how many."""
    _open_for_products(idea)
    queries.load_whole([idea])
    rows = [row for row in proposed(idea) if is_whole(row)]
    if not rows:
        raise Incomplete(N_("No product of the order form is left that is named in full."))
    for row in rows:
        require(idea, **row, by=by, at=at)
    return len(rows)


def release(idea: Idea, product_pid: str, *, by: User | None, at: datetime) -> None:
    """Take a required product out again."""
    _open_for_products(idea)
    queries.load_whole([idea])
    row = next((p for p in idea.required if p.public_id == product_pid), None)
    if row is None:
        raise WrongState(N_("This product is not on the list any more."))
    db.session.delete(row)
    _products_changed(idea, "unrequire", {"product": row.name}, by, at)


def _open_for_products(idea: Idea) -> None:
    if idea.state not in (IdeaState.SUBMITTED, IdeaState.IN_IDENTIFICATION):
        raise WrongState(N_("Products are written down before the province decides."))


def _products_changed(idea: Idea, verb: str, detail: dict[str, Any], by: User | None, at: datetime) -> None:
    flag_modified(idea, "title")
    db.session.flush()
    db.session.expire(idea, ["required"])
    journal.record(idea, verb, by=by, at=at, detail=detail)
