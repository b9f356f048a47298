"""What the page of a council shows: its rules kept or not, its agenda, and what this person may do next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits
from app.kernel import clock, subjects
from app.kernel.permissions import Do
from app.services.councils import actions, forms, offers, queries
from app.services.councils.actions import asking
from app.services.councils.actions.conclusion import check_endable, ranked
from app.services.councils.actions.session import (
    broken_among,
    check_openable,
    runs,
)
from app.services.councils.actions.setup import check_time
from app.services.councils.models import AgendaItem, Council, Seat
from app.services.councils.procedures import invalid_lines
from app.services.councils.rules import (
    COUNCIL,
    PREPARED,
    Check,
    CouncilState,
    check_composition,
)

Line = tuple[bool, str, str]  # kept, sentence, source


def told(checks: Iterable[Check], source: str = "") -> list[Line]:
    """Checks in the reader's language."""
    return [(c.kept, _(c.sentence, **{k: _(v) if isinstance(v, str) and k == "role" else v for k, v in c.params.items()}), source) for c in checks]


def ready(council: Council) -> list[Check]:
    """What must be there before the council can be proposed and established: every seat, and a session that the papers leave time for."""
    rule = queries.rules_of(council, on=clock.today())[f"councils.{council.kind}.size"]
    return [*check_composition([s.role for s in council.seats], rule), check_time(council, on=clock.today())]


def beside(council: Council) -> list[str]:
    """Warnings: members who sit elsewhere at that hour, a room that is taken."""
    said = []
    for other, names in queries.beside(council):
        figures = {"title": other.title, "time": clock.local(other.meets_at).strftime("%d/%m/%Y %H:%M"), "place": other.place or "–"}
        if names:
            said.append(_("At about the same hour (%(time)s) these members sit in “%(title)s”: %(names)s.", names=", ".join(names), **figures))
        else:
            said.append(_("At about the same hour (%(time)s) “%(title)s” meets at the same place: %(place)s.", **figures))
    return said


def items(council: Council, seat: Seat | None) -> list[dict[str, Any]]:
    """The agenda: what each item is, whether it has a quorum, who presides, who has cast, what an opened box said."""
    recused, cast, counts = queries.recusals_of(council), queries.cast_by(council), queries.results_of(council)
    if len(counts) == sum(item.given_back_at is None for item in council.agenda):  # places are told when every box is open
        ranks = ranked(council, clock.now())
        counts = {pid: result | ranks.get(pid, {}) for pid, result in counts.items()}
    own = queries.own_ballots(council, seat) if seat else {}
    rules, procedure = queries.rules_of(council, on=clock.today()), queries.procedure(council)
    without, hopeless = _without_quorum(council, rules, recused, cast)
    leader = queries.presiding(council)
    shown = []
    for item in council.agenda:
        row = queries.subject_of(item)
        out = seat is not None and (seat.id, item.id) in recused  # who is out of an item learns nothing of it here
        said = procedure.told(counts[item.public_id], row, rules) if item.public_id in counts and not out else None
        led = queries.presiding_over(council, item, recused) if item.opened_at is None else None
        shown.append({
            "item": item, "url": _place(item, row, out), "out": out, "ballot": own.get(item.id), "told": said,
            "facts": [(forms.in_words(words), forms.said(value)) for words, value in [*said.facts, *invalid_lines(counts[item.public_id], rules)]] if said else [],
            "table": [[forms.said(cell) for cell in line] for line in said.table] if said else [], "seals": counts[item.public_id]["seals"] if said else [],
            "remarks": list(said.remarks) if said else [], "voters": len(queries.voters(council, item, recused)), "cast": len(cast[item.id]),
            "broken": told(without.get(item, [])), "hopeless": item in hopeless, "leader": led if leader and led and led.id != leader.id else None,
        })  # fmt: skip
    return shown


def _without_quorum(council: Council, rules: dict[str, Any], recused: set[tuple[int, int]], cast: dict[int, set[int]]) -> tuple[dict[AgendaItem, list[Check]], dict[AgendaItem, list[Check]]]:
    """(items without quorum as it stands, items that have none even when everybody comes). Before anybody is noted as present, only the latter."""
    if council.state not in actions.UNDER_WAY:
        return {}, {}
    hopeless = broken_among(council, rules, recused, cast, all_there=True)
    there = council.state == CouncilState.CONVENED or any(s.present for s in council.seats)
    return (broken_among(council, rules, recused, cast) if there else hopeless), hopeless


def _place(item: AgendaItem, row: Any, out: bool) -> str | None:
    subject = subjects.subject_of(item.subject_type)
    place = subject.url(row) if subject.url and (current_user.can(Do.COUNCILS_READ) or subjects.may_read(item.subject_type, row, current_user)) else None
    return url_for(place[0], **place[1]) if place and not out else None


class _Steps(list[tuple[str, str]]):
    """Labels and addresses of what may be done, in order."""

    def __init__(self, council: Council) -> None:
        super().__init__()
        self.pid = council.public_id

    def offer(self, wanted: bool, label: str, endpoint: str, **more: str) -> None:
        """Add it when it is wanted."""
        if wanted:
            self.append((label, url_for(endpoint, pid=self.pid, **more)))


def next_steps(council: Council, seat: Seat | None) -> list[tuple[str, str, bool]]:
    """What this person may do now; the first is the one to do."""
    steps = _Steps(council)
    keeps, under_way = runs(council, current_user), council.state in actions.UNDER_WAY
    in_room = under_way and (seat is not None or keeps)
    steps.offer(in_room and council.state == CouncilState.CONVENED, _("Go to the session room"), "councils.room")
    if seat is not None and under_way:
        _as_member(steps, council, seat)
    if current_user.can(Do.COUNCILS_ESTABLISH):
        steps.offer(COUNCIL.may(council, "establish") and council.officer_id != current_user.id, _("Establish the council"), "councils.establish")
        steps.offer(COUNCIL.may(council, "send_back"), _("Send the proposal back"), "councils.send_back")
    if current_user.can(Do.COUNCILS_RUN):
        full = all(c.kept for c in ready(council)) if council.state == CouncilState.DRAFT else False
        steps.offer(full, _("Propose the council to the leader"), "councils.propose")
        steps.offer(council.state == CouncilState.DRAFT, _("Appoint a member"), "councils.appoint")
        steps.offer(council.state == CouncilState.DRAFT and bool(asking.not_asked(council)), _("Ask the members for their seats"), "councils.ask_seats")
        steps.offer(council.state in PREPARED, _("Set time and place"), "councils.schedule")
    if keeps:
        _as_keeper(steps, council)
    steps.offer(in_room and council.state == CouncilState.ESTABLISHED, _("Go to the session room"), "councils.room")
    leads = seat is not None and str(seat.role) in ("chair", "vice_chair")
    steps.offer((keeps or leads) and council.state in (*PREPARED, *actions.UNDER_WAY), _("Who is late, what blocks the session"), "councils.progress")
    steps.offer(council.state == CouncilState.CONVENED and current_user.public_id in (council.tellers or []), _("Enter paper ballots"), "councils.paper")
    if current_user.can(Do.COUNCILS_RUN):
        steps.offer(council.state == CouncilState.ESTABLISHED, _("Set time and place"), "councils.schedule")
    move = COUNCIL.table.get((council.state, "dissolve"))
    votes = queries.counted_items(council)
    steps.offer(move is not None and current_user.can(move.do) and not votes, _("Dissolve the council"), "councils.dissolve")
    after = queries.procedure(council).after
    if council.state == CouncilState.CONCLUDED and after is not None:
        steps += [(_(label), url_for(endpoint, **values)) for label, word, endpoint, values in after(council) if current_user.can(word)]
    return [(label, url, place == 0) for place, (label, url) in enumerate(steps)]


def _as_member(steps: _Steps, council: Council, seat: Seat) -> None:
    """What a member does in the session: declare, vote, open boxes that he presides over. Not on items that have no quorum."""
    steps.offer(seat.declared_at is None, _("Declare conflicts of interest"), "councils.declare")
    if council.state != CouncilState.CONVENED or not seat.present:
        return
    for item in offers.ballots(council, seat, at=clock.now()):
        steps.offer(True, _("Cast the ballot on item %(n)s", n=item.position), "councils.cast", item_pid=item.public_id)
    for item in offers.boxes(council, seat, at=clock.now()):
        steps.offer(True, _("Open the box of item %(n)s", n=item.position), "councils.open_box", item_pid=item.public_id)


def _as_keeper(steps: _Steps, council: Council) -> None:
    """What an officer or the secretary does to keep the session."""
    running, left = council.state == CouncilState.CONVENED, queries.open_items(council)
    steps.offer(council.state in actions.UNDER_WAY and fits(council, check_endable), _("Conclude the session"), "councils.conclude")
    steps.offer(council.state in actions.UNDER_WAY and bool(left), _("Note attendance"), "councils.attend")
    steps.offer(council.state == CouncilState.ESTABLISHED and bool(left) and fits(council, lambda row, _by: check_openable(row, clock.now())), _("Open the session"), "councils.convene")
    steps.offer(running and bool(left), _("Adjourn to another session"), "councils.adjourn")
    steps.offer(running and bool(left), _("Note the counting team"), "councils.elect_tellers")
