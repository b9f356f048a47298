"""A council walked at random: declare, attend, convene, move on by the order of work, cast, open, adjourn, give back, conclude, release, complain. A plain model says what may be done; invariants are asked of the database after each step."""

from __future__ import annotations

import itertools
import os
from datetime import timedelta
from fractions import Fraction

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from app.across.demo.plays import councils as council_plays
from app.across.demo.plays import selection as plays
from app.kernel import journal
from app.kernel.clock import local
from app.kernel.errors import Refused
from app.kernel.journal import JournalEntry
from app.services.councils import actions, queries, recount
from app.services.councils.actions.conclusion import tied_items
from app.services.councils.models import AgendaItem, Ballot, OpenedBallot
from app.services.councils.room import actions as room
from app.services.councils.rules import COUNCIL, CouncilState
from app.stages.proposals.models import Proposal
from app.stages.selection import actions as selection
from app.stages.selection import complaints
from app.stages.selection import queries as rounds
from app.stages.selection.models import Complaint, RankingLine
from app.stages.selection.rules import COMPLAINT, ROUND, ComplaintState, RoundState
from tests.selection import factories

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WALKS, STEPS = (int(os.environ.get("DEEP_WALKS", "2000")), 18) if os.environ.get("DEEP") else (3, 14)
PARTS = 4 if os.environ.get("DEEP") else 1  # so that several processes share the long run
SEATS, ITEMS = st.integers(0, 6), st.integers(0, 1)  # seat 0 chairs, 1 is the vice chair, 2 and 3 review, 4 keeps the session
ORDER = ["decision", "secretary", "tellers", *(f"{code}{n}" for n in (0, 1) for code in ("present", "questions", "leave", "reviewers", "discuss")), "ballot", "count", "conclude"]
FIRED: dict[str, list[int]] = {}  # act → [done, refused]


def machine(cast, db, council_pid, officer, officer2):
    """The machine on one established council; every walk goes back to where it began."""

    class Walk(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.trip = db.session.begin_nested()
            db.session.expire_all()
            self.now = self.council.meets_at + HOUR
            self.state, self.present, self.declared, self.out, self.cast, self.opened, self.back = "established", set(), set(), set(), set(), set(), False
            self.authorised, self.elected, self.held, self.acts = False, None, 0, 0
            self.here, self.team, self.counted_now = None, False, False  # the step taken last, the counting team, was a box opened in this session
            self.before = self.lines()

        def teardown(self):
            self.trip.rollback()
            db.session.expire_all()

        @property
        def council(self):
            return queries.council_by_pid(council_pid)

        def lines(self):
            return db.session.scalar(select(func.count(JournalEntry.seq)).where(JournalEntry.subject_pid == council_pid))

        def act(self, name, wanted, what):
            """Do it in a savepoint of its own; it is done exactly when the model wants it, and a refusal leaves nothing behind."""
            told = FIRED.setdefault(name, [0, 0])
            try:
                with db.session.begin_nested():
                    what()
            except Refused as refused:
                db.session.expire_all()
                told[1] += 1
                assert not wanted, (name, str(refused))
                return False
            told[0] += 1
            assert wanted, name
            self.now += timedelta(minutes=1)
            return True

        # what the model says

        def votes(self, seat, item):
            return seat in self.present and (seat, item) not in self.out

        def quorum(self, item=None):
            able = {s for s in range(7) if (self.votes(s, item) or (s, item) in self.cast if item is not None else s in self.present)}
            led = 0 in able or (1 in able and self.authorised)
            return Fraction(len(able), 7) >= Fraction(2, 3) and led and bool(able & {2, 3})

        def leader(self, item):
            return 0 if self.votes(0, item) else 1 if self.votes(1, item) and self.authorised else None

        def kept(self):
            return 4 in self.present or (self.elected is not None and self.elected in self.present)

        def left(self):
            return [] if self.back else [i for i in (0, 1) if i not in self.opened]

        def next(self):
            """The step after this one; those of items that are dealt with are passed over."""
            left = {str(i) for i in self.left()}
            rest = ORDER[0 if self.here is None else ORDER.index(self.here) + 1 :]
            return next((code for code in rest if not code[-1].isdigit() or code[-1] in left), None)

        def may_move(self):
            wanted = self.next()
            done = {"secretary": self.kept(), "tellers": self.team, "ballot": all((s, i) in self.cast for i in self.left() for s in range(7) if self.votes(s, i)),
                    "count": not self.left()}.get(self.here, True)  # fmt: skip
            return self.state == "convened" and wanted is not None and done and (wanted != "ballot" or all(self.quorum(i) for i in self.left()))

        # acts

        @rule()
        def move_on(self):
            wanted = self.next()
            if self.act("move_on", self.may_move(), lambda: room.move_on(self.council, by=officer, at=self.now)):
                self.here, self.acts = wanted, self.acts + 1

        @rule()
        def tellers(self):
            """Two officers and the one who keeps the session, when there."""
            council = self.council
            pids = [officer.public_id, officer2.public_id, council.seats[4].user.public_id]
            if self.act("elect_tellers", self.state == "convened" and 4 in self.present, lambda: actions.elect_tellers(council, pids, by=officer, at=self.now)):
                self.team, self.acts = True, self.acts + 1

        @precondition(lambda self: self.state == "convened")
        @rule(to=st.sampled_from(["discuss0", "ballot", "count", "conclude"]))
        def go_on(self, to):
            """Step by step as far as it goes: so that walks come to the ballot."""
            if not self.team:
                self.tellers()
            while self.here != to and self.may_move():
                self.move_on()

        @rule(seat=SEATS, items=st.sets(ITEMS))
        def declare(self, seat, items):
            """Out of one of two that compete is out of both, where no ballot of the own lies."""
            council = self.council
            known = {i for i in items if (seat, i) in self.out}
            clash = any((seat, i) in self.cast for i in items - known)
            wanted = self.state in ("established", "convened") and not clash
            pids = {council.agenda[i].public_id: "Cùng viết bài với chủ nhiệm." for i in items}
            if self.act("declare", wanted, lambda: actions.declare(council, pids, by=council.seats[seat].user, at=self.now)):
                new = items - known
                self.declared.add(seat)
                self.out |= {(seat, i) for i in (items if not new else {0, 1}) if (seat, i) not in self.cast}
                self.acts += 1 + len({(seat, i) for i in ((0, 1) if new else ())} - {(seat, i) for i in known} - self.cast)

        @rule(seats=st.one_of(st.just(frozenset(range(7))), st.frozensets(SEATS, min_size=4)), authorised=st.booleans(), elected=st.one_of(st.none(), SEATS))
        def attend(self, seats, authorised, elected):
            council = self.council
            leads = 0 if 0 in seats else 1 if 1 in seats and authorised else None
            needs = elected is not None and 4 not in seats
            wanted = self.state in ("established", "convened") and seats <= self.declared and not (needs and (elected not in seats or elected == leads))
            pid = council.seats[elected].public_id if elected is not None else None
            if self.act("attend", wanted, lambda: actions.attend(council, {council.seats[s].public_id for s in seats}, authorisation="12/UQ" if authorised else None, secretary=pid,
                                                                 by=officer, at=self.now)):  # fmt: skip
                self.present, self.authorised, self.elected = set(seats), authorised, elected if needs else None
                self.acts += 1

        @precondition(lambda self: self.state in ("established", "convened"))
        @rule()
        def everybody(self):
            """All declare and come: so that walks get further than the door."""
            for seat in range(7):
                if seat not in self.declared:
                    self.declare(seat, set())
            self.attend(frozenset(range(7)), False, None)

        @rule()
        def convene(self):
            wanted = self.state == "established" and bool(self.left()) and self.quorum() and self.kept() and any(self.quorum(i) for i in self.left())
            if self.state == "established" and not self.left():
                return
            if self.act("convene", wanted, lambda: actions.convene(self.council, by=officer, at=self.now)):
                self.state, self.held, self.acts = "convened", self.held + 1, self.acts + 1

        @rule(seat=SEATS, item=ITEMS, mark=st.integers(0, 4))
        def vote(self, seat, item, mark):
            council = self.council
            open_ = self.state == "convened" and item in self.left() and self.here == "ballot"
            wanted = open_ and self.votes(seat, item) and (seat, item) not in self.cast and self.quorum(item)
            if self.act("cast", wanted, lambda: actions.cast(council, council.agenda[item], plays.sheet([mark] * 6, 0), by=council.seats[seat].user, at=self.now)):
                self.cast.add((seat, item))
                self.acts += 1

        @precondition(lambda self: self.state == "convened" and self.here == "ballot")
        @rule(mark=st.integers(2, 4))
        def all_vote(self, mark):
            for item in self.left():
                for seat in range(7):
                    if self.votes(seat, item) and (seat, item) not in self.cast and self.quorum(item):
                        self.vote(seat, item, mark)

        @precondition(lambda self: self.state in ("established", "convened"))
        @rule(marks=st.tuples(st.integers(1, 4), st.integers(1, 4)), last=st.booleans())
        def whole_session(self, marks, last):
            """A session as it should go, to its count or to its end: so that walks reach what comes after."""
            self.everybody()
            if self.state == "established":
                self.convene()
            if self.state != "convened":
                return
            self.go_on("ballot")
            for item in self.left() if self.here == "ballot" else ():
                for seat in range(7):
                    if self.votes(seat, item) and (seat, item) not in self.cast and self.quorum(item):
                        self.vote(seat, item, marks[item])
            self.go_on("count")
            for item in self.left():
                if (leader := self.leader(item)) is not None:
                    self.open_box(leader, item)
            if last:
                self.go_on("conclude")
                self.conclude(True)

        @rule(seat=SEATS, item=ITEMS)
        def open_box(self, seat, item):
            council = self.council
            all_in = all((s, i) in self.cast for i in self.left() for s in range(7) if self.votes(s, i))
            wanted = self.state == "convened" and self.here == "count" and item in self.left() and self.leader(item) == seat and self.quorum(item) and all_in
            if self.act("open_box", wanted, lambda: actions.open_box(council, council.agenda[item], by=council.seats[seat].user, at=self.now)):
                self.opened.add(item)
                self.counted_now, self.acts = True, self.acts + 1

        @rule(item=ITEMS)
        def give_back(self, item):
            """Competitors go back together, and only before any of them is counted; before a session nothing would be left."""
            wanted = self.state == "convened" and item in self.left() and not self.opened
            if self.act("give_back", wanted, lambda: actions.give_back(self.council, self.council.agenda[item], "Hồ sơ cần bổ sung.", by=officer, at=self.now)):
                self.back, self.acts = True, self.acts + 1

        @rule()
        def adjourn(self):
            wanted = self.state == "convened" and bool(self.left())
            if self.act("adjourn", wanted, lambda: actions.adjourn(self.council, reason="Hết giờ.", meets_at=self.now + DAY, place="Phòng họp 1", by=officer, at=self.now)):
                self.state, self.present, self.declared, self.authorised, self.elected = "established", set(), set(), False, None
                self.here, self.team, self.counted_now = None, False, False
                self.now, self.acts = self.now + DAY, self.acts + 1

        @rule(answer=st.booleans())
        def conclude(self, answer):
            council = self.council
            tied = tied_items(council, self.now) if self.state == "convened" and not self.left() and self.opened else []
            ended = not self.left() and ((self.state == "convened" and (self.here == "conclude" or not self.counted_now)) or (self.state == "established" and bool(self.opened)))
            wanted = ended and (answer or not tied)
            chosen = tied[0].public_id if tied and answer else None
            if self.act("conclude", wanted, lambda: actions.conclude(council, conclusion="Hội đồng thống nhất.", chosen=chosen, reason="Biểu quyết" if chosen else None, by=officer, at=self.now)):
                self.state, self.acts = "concluded", self.acts + 1

        @precondition(lambda self: self.state == "concluded" and not self.back)
        @rule(uphold=st.booleans(), text=st.sampled_from(["", "Chưa xét phụ lục."]))
        def afterwards(self, uphold, text):
            """Released once, complained about once, answered once; upheld, the round is open again and its lines stay."""
            found = rounds.round_of_council(self.council)
            self.act("release", found is not None and found.state == RoundState.RANKED, lambda: selection.conclude(rounds.round_of_council(self.council), by=officer, at=self.now))
            found = rounds.round_of_council(self.council)
            line = found.lines[-1] if found is not None and found.lines else None
            row = db.session.scalars(select(Proposal).where(Proposal.id == line.proposal_id)).one() if line else None
            before = complaints.of_line(line) if line else None
            if row is not None and self.act("file_complaint", bool(text) and before is None and found.state == RoundState.CONCLUDED,
                                            lambda: complaints.file(row, text, by=row.pi, at=self.now)):  # fmt: skip
                filed = complaints.by_pid(complaints.of_line(line).public_id)
                if self.act("decide", True, lambda: complaints.decide(filed, uphold=uphold, answer="Đã xem xét.", number="9/SKHCN", dated=local(self.now).date(), by=officer2, at=self.now)):
                    after = rounds.round_of_council(self.council)
                    assert (after.state, after.session) == ((RoundState.OPEN, 2) if uphold else (RoundState.CONCLUDED, 1))

        # what always holds, asked of the database

        @invariant()
        def as_the_model_says(self):
            council = self.council
            assert str(council.state) == self.state and self.lines() - self.before == self.acts, (self.lines() - self.before, self.acts)
            ids = {seat.id: n for n, seat in enumerate(council.seats)}
            places = {item.id: n for n, item in enumerate(council.agenda)}
            ballots = db.session.execute(select(Ballot.seat_id, Ballot.agenda_item_id, Ballot.cast_at)).all()
            assert {(ids[s], places[i]) for s, i, _at in ballots} == self.cast and len(ballots) == len(self.cast), "no ballot but the cast ones, one each"
            assert {(ids[s], places[i]) for s, i in queries.recusals_of(council)} == self.out and not self.out & self.cast, "who is out has no ballot"
            assert {n for n, item in enumerate(council.agenda) if item.opened_at} == self.opened

        @invariant()
        def boxes_and_counts(self):
            closed = db.session.scalar(select(func.count(OpenedBallot.id)).join(AgendaItem, AgendaItem.id == OpenedBallot.agenda_item_id).where(AgendaItem.opened_at.is_(None)))
            late = db.session.scalar(select(func.count(Ballot.id)).join(AgendaItem, AgendaItem.id == Ballot.agenda_item_id).where(AgendaItem.opened_at < Ballot.cast_at))
            assert closed == 0 and late == 0, "nothing is unsealed in a closed box; nothing is cast into an opened one"
            if self.opened:
                assert recount.wrong_with(self.council, self.now) == []

        @invariant()
        def history_is_a_path(self):
            for table, pid in [(COUNCIL, council_pid)] + [(ROUND, r.public_id) for r in [rounds.round_of_council(self.council)] if r] + [
                    (COMPLAINT, p) for p in db.session.scalars(select(Complaint.public_id))]:  # fmt: skip
                lines = db.session.execute(select(JournalEntry.verb, JournalEntry.before, JournalEntry.after, JournalEntry.at).where(JournalEntry.subject_pid == pid).order_by(JournalEntry.seq)).all()
                moved = [line for line in lines if line.before and (table.states(line.before), line.verb) in table.table]
                assert all(str(table.table[table.states(line.before), line.verb].to) == line.after for line in moved)
                assert all(a.after == b.before for a, b in itertools.pairwise(moved)) and all(a.at <= b.at for a, b in itertools.pairwise(lines))

        @invariant()
        def lines_only_after_the_council(self):
            lines = list(db.session.scalars(select(RankingLine)))
            assert bool(lines) == (self.state == "concluded" and not self.back)
            assert all(line.passed or not line.recommended for line in lines) and sum(line.recommended for line in lines) <= 1
            answered = db.session.scalars(select(Complaint).where(Complaint.state != ComplaintState.FILED)).all()
            assert all(c.answer and c.number and c.dated for c in answered)

    return Walk


@pytest.mark.longer
@pytest.mark.parametrize("part", range(PARTS))
def test_random_walks(cast, at, db, travel, part):
    place = factories.two_checked(cast, at)
    council = selection.prepare(place, by=cast["officer"], at=at + 70 * DAY)
    council = council_plays.established(cast, council=council, at=at + 70 * DAY)
    travel.move_to(council.meets_at + HOUR)
    FIRED.clear()
    walk = machine(cast, db, council.public_id, cast["officer"], cast["officer2"])
    run_state_machine_as_test(walk, settings=hypothesis.settings(max_examples=-(-WALKS // PARTS), stateful_step_count=STEPS, deadline=None, database=None,
                                                                 suppress_health_check=list(hypothesis.HealthCheck)))  # fmt: skip
    print(f"part {part}: {-(-WALKS // PARTS)} walks:", {name: f"{done} done, {refused} refused" for name, (done, refused) in sorted(FIRED.items())})
    if WALKS > 400:
        assert all(done and refused for name, (done, refused) in FIRED.items() if name != "decide"), FIRED
    assert journal.verify()[1] is None and CouncilState.CONCLUDED
