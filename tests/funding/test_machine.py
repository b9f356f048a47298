"""The money of two projects walked at random: due, asked for, approved, paid, taken back, accounted for, another account, changes of money, the end and what comes back.

A plain model says what may be done; after each step the database is asked whether every đồng is where it should be.
"""

from __future__ import annotations

import itertools
import os
from datetime import timedelta

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
from sqlalchemy import select, text

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.errors import Refused
from app.kernel.journal import JournalEntry
from app.services.people.models import Membership, Organisation, RoleGrant, User
from app.services.rulebook import queries as rulebook
from app.stages.execution import actions as execution
from app.stages.execution import queries as works
from app.stages.execution.rules import Ground
from app.stages.funding import actions, ledger, queries
from app.stages.funding.models import AccountChange
from app.stages.funding.rules import (
    ACCOUNT_CHANGE,
    CONTRACT,
    SETTLEMENT,
    TRANCHE,
    TRANCHE_ACCOUNT,
    Cause,
    ClosingKind,
)
from tests.funding import factories

DAY = timedelta(days=1)
ALL_WALKS, STEPS = 300 if "VAMCO_TEST_DATABASE_URL" in os.environ else 2000, 50
WALKS = int(os.environ.get("DEEP_WALKS", ALL_WALKS)) if os.environ.get("DEEP") else ALL_WALKS // 10
PARTS = 4 if os.environ.get("DEEP") else 1  # so that several processes share the long run
P, N = st.integers(0, 1), st.integers(0, 4)  # 3 and 4: the tranche that fits
STAY = (User, RoleGrant, Membership, Organisation)
HANDS = st.sampled_from(["officer", "officer2", "leader", "finance", "pi1", "host2"])
MILLION = 1_000_000
FIRED: dict[str, list[int]] = {}  # act → [done, refused]
BACK = "coalesce(sum(e.amount), 0) FROM ledger_entry e WHERE e.kind = 'refund' AND NOT EXISTS (SELECT 1 FROM ledger_entry r WHERE r.reverses_id = e.id)"
SUMS = {
    "a counter is the sum of its rows": """SELECT 1 FROM project p WHERE NOT historic AND paid_total <> (SELECT coalesce(sum(CASE WHEN kind IN ('payment', 'refund_reversal') THEN amount ELSE -amount END), 0)
        FROM ledger_entry WHERE project_id = p.id) UNION ALL SELECT 1 FROM tranche t WHERE paid <> (SELECT coalesce(sum(CASE WHEN kind = 'payment' THEN amount ELSE -amount END), 0)
        FROM ledger_entry WHERE tranche_id = t.id)""",
    "a year's promises are their sum, within its money": """SELECT 1 FROM year_budget b WHERE committed > total OR committed <> (SELECT coalesce(sum(CASE WHEN kind = 'commit' THEN amount
        ELSE -amount END), 0) FROM budget_commitment WHERE year_budget_id = b.id)""",
    "awards are within the budget": "SELECT 1 WHERE (SELECT sum(approved_state) FROM project WHERE NOT historic AND id NOT IN (SELECT project_id FROM settlement WHERE state = 'accepted')) > "
        "(SELECT sum(total) FROM year_budget)",
    "nothing is paid above the award or the tranche": "SELECT 1 FROM project WHERE paid_total > approved_state OR paid_total < 0 UNION ALL SELECT 1 FROM tranche WHERE paid > amount",
    "tranches sum to the award": """SELECT 1 FROM contract c JOIN project p ON p.id = c.project_id WHERE c.state = 'signed' AND p.approved_state <>
        (SELECT sum(amount) FROM tranche t WHERE t.contract_id = c.id AND t.state <> 'cancelled')""",
    "what is paid has its entry, and only that": "SELECT 1 FROM tranche WHERE (state IN ('paid', 'settled') AND paid <> amount) OR (state NOT IN ('paid', 'settled') AND paid <> 0)",
    "accounts are the sum of their heads, within what was paid": """SELECT 1 FROM tranche_account a WHERE spent > available OR spent <> (SELECT sum(amount) FROM tranche_spending WHERE account_id = a.id)
        UNION ALL SELECT 1 FROM project p WHERE (SELECT coalesce(sum(spent), 0) FROM tranche_account WHERE project_id = p.id AND state = 'accepted') >
        (SELECT coalesce(sum(paid), 0) FROM tranche WHERE project_id = p.id)""",
    "a settled tranche was accepted by tranche or with the final accounts": """SELECT 1 FROM tranche t WHERE state = 'settled' AND NOT EXISTS (SELECT 1 FROM tranche_account a WHERE a.tranche_id = t.id AND
        a.state = 'accepted') AND NOT EXISTS (SELECT 1 FROM settlement s WHERE s.project_id = t.project_id AND s.state = 'accepted')""",
    "no payment to an account on hold": """SELECT 1 FROM ledger_entry e JOIN account_change c ON c.project_id = e.project_id WHERE e.kind = 'payment' AND c.state = 'held' AND e.at >= c.decided_at
        AND e.booked_on <= c.held_until""",
    "a contract names the account that was agreed to last": """SELECT 1 FROM account_change c JOIN contract k ON k.id = c.contract_id WHERE c.state = 'held' AND c.id = (SELECT max(id) FROM account_change
        WHERE contract_id = k.id AND state = 'held') AND k.account <> c.new_account""",
    "no hand did two steps": """SELECT 1 FROM tranche WHERE requested_by_id IN (first_approved_by_id, approved_by_id, paid_by_id) OR first_approved_by_id IN (approved_by_id, paid_by_id)
        OR approved_by_id = paid_by_id""",
    "not more came back than is owed": f"SELECT 1 FROM settlement s WHERE refund_due < (SELECT {BACK} AND e.project_id = s.project_id AND e.at >= s.submitted_at)",
    "what was taken back was there, and once": """SELECT 1 FROM ledger_entry r WHERE r.kind IN ('reversal', 'refund_reversal') AND NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.id = r.reverses_id AND e.id < r.id
        AND e.amount = r.amount AND e.project_id = r.project_id AND e.kind = CASE r.kind WHEN 'reversal' THEN 'payment' ELSE 'refund' END)
        UNION ALL SELECT 1 FROM ledger_entry WHERE reverses_id IS NOT NULL GROUP BY reverses_id HAVING count(*) > 1""",
    "a document stands once": """SELECT 1 FROM ledger_entry e WHERE e.kind IN ('payment', 'refund') AND NOT EXISTS (SELECT 1 FROM ledger_entry r WHERE r.reverses_id = e.id)
        GROUP BY e.kind, e.voucher, substr(CAST(e.booked_on AS varchar(10)), 1, 4) HAVING count(*) > 1""",
    "accepted accounts are of what was paid": f"""SELECT 1 FROM settlement s JOIN project p ON p.id = s.project_id WHERE s.state = 'accepted' AND s.paid <> p.paid_total + (SELECT {BACK} AND e.project_id = p.id
        AND e.at >= coalesce((SELECT c.at FROM project_closing c WHERE c.project_id = p.id AND c.kind = 'terminated'), s.submitted_at))""",
}  # fmt: skip
ALL_SUMS = " UNION ALL ".join("SELECT '{}' FROM ({}) q{}".format(said.replace("'", "''"), statement, n) for n, (said, statement) in enumerate(SUMS.items()))


# statements as text: what is asked after each step shall cost little, so that walks are many
ASKED = text(ALL_SUMS)
TOLD = tuple(text(statement) for statement in (
    "SELECT p.id, p.paid_total, p.approved_state, c.state FROM project p JOIN contract c ON c.project_id = p.id ORDER BY p.id",
    "SELECT project_id, position, state, amount FROM tranche ORDER BY project_id, position", "SELECT committed FROM year_budget WHERE year = 2026",
))  # fmt: skip


class Part:
    """What the model knows of a tranche."""

    def __init__(self, n, amount):
        self.n, self.amount, self.state, self.hands, self.marked, self.account, self.entry = n, amount, "due" if n == 0 else "planned", [], None, None, None


class Refund:
    """What the model knows of money that came back: `before` says what was written after it and counts on it."""

    def __init__(self, entry_id, key, amount):
        self.id, self.key, self.amount, self.before = entry_id, key, amount, None


class Award:
    """What the model knows of a project."""

    def __init__(self, project, amounts, people):
        self.id, self.people, self.parts = project.id, people, [Part(n, amount) for n, amount in enumerate(amounts)]
        self.contract, self.frozen, self.change, self.held, self.closing, self.accounts, self.fixed = "signed", False, None, None, None, None, None
        self.promised, self.paid, self.back, self.approved, self.ending = sum(amounts), 0, 0, sum(amounts), None
        self.refunds = []  # those that stand

    def gone(self, n, *states):
        return all(part.state in (*states, "cancelled") for part in self.parts[:n])

    def under_way(self):
        return any(part.state in ("requested", "approved") for part in self.parts)

    def opens(self, n, day):
        part = self.parts[n]
        met = n == 0 or (n == 1 and part.marked is not None) or (n == 2 and self.closing == "recognised")
        return self.contract == "signed" and not self.frozen and self.gone(n, "settled") and met and (self.held is None or day > self.held)

    def spent(self):
        return sum(part.account[1] for part in self.parts if part.account and part.account[0] == "accepted")

    def available(self, n):
        return sum(part.amount for part in self.parts[: n + 1] if part.state in ("paid", "settled")) - sum(p.account[1] for p in self.parts[:n] if p.account and p.account[0] == "accepted")

    def owed(self):
        due = self.accounts[3] if self.accounts else self.fixed[1] if self.fixed else None
        return None if due is None else max(due - self.back, 0)


def machine(cast, db, at, awards, budget):
    class Walk(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.trip = db.session.begin_nested()
            db.session.expire_all()
            self.now, self.documents, self.total = at + 30 * DAY, {}, budget
            self.awards = [Award(queries.project_by_id(project_id), amounts, people) for project_id, amounts, people in awards]

        def teardown(self):
            self.trip.rollback()
            db.session.expire_all()

        def forget(self):
            """What is read anew: all rows but people and their offices, whom no act of a walk changes."""
            for row in list(db.session):
                if not isinstance(row, STAY):
                    db.session.expire(row)

        def act(self, name, wanted, what):
            told = FIRED.setdefault(name, [0, 0])
            self.forget()
            try:
                with db.session.begin_nested():
                    done = what()
            except Refused as refused:
                self.forget()
                told[1] += 1
                assert not wanted, (name, str(refused), refused.params if hasattr(refused, "params") else None)
                return None
            told[0] += 1
            assert wanted, name
            self.now += timedelta(minutes=1)
            return done or True

        @property
        def day(self):
            return local(self.now).date()

        def row(self, p, n):
            return queries.tranches_of(self.awards[p].id)[n]

        def project(self, p):
            return queries.project_by_id(self.awards[p].id)

        def aim(self, p, n, *states):
            """The tranche drawn, or when none was drawn the first in one of these states."""
            return n if n < 3 else next((part.n for part in self.awards[p].parts if part.state in states), n - 3)

        def holder(self, p, who):
            return who in self.awards[p].people

        @rule(days=st.sampled_from([1, 3, 9]))
        def wait(self, days):
            self.now += days * DAY

        # payments

        @rule(p=P, n=N, who=st.sampled_from(["officer", "officer2"]))
        def fall_due(self, p, n, who):
            n = self.aim(p, n, "planned")
            award, part = self.awards[p], self.awards[p].parts[n]
            wanted = award.contract == "signed" and part.state == "planned" and all(x.state != "planned" for x in award.parts[:n]) and (n < 2 or award.closing == "recognised")
            if self.act("fall_due", wanted, lambda: actions.fall_due(self.row(p, n), reason="Báo cáo giấy.", by=cast[who], at=self.now)):
                part.state, part.marked = "due", who

        @rule(p=P, n=N, who=st.sampled_from(["pi1", "host1", "host2", "officer"]))
        def request(self, p, n, who):
            n = self.aim(p, n, "due")
            award, part = self.awards[p], self.awards[p].parts[n]
            wanted = part.state == "due" and self.holder(p, who) and award.opens(n, self.day) and not award.under_way()
            if self.act("request", wanted, lambda: actions.request_payment(self.row(p, n), note=None, by=cast[who], at=self.now)):
                part.state, part.hands = "requested", [who]

        @rule(p=P, n=N, who=HANDS)
        def approve(self, p, n, who):
            n = self.aim(p, n, "requested")
            award, part = self.awards[p], self.awards[p].parts[n]
            wanted = part.state == "requested" and who not in part.hands and not self.holder(p, who) and who != part.marked and award.opens(n, self.day)
            if self.act("approve", wanted, lambda: actions.approve_payment(self.row(p, n), by=cast[who], at=self.now)):
                part.hands.append(who)
                part.state = "approved" if len(part.hands) == 3 else "requested"

        @precondition(lambda self: any(award.under_way() for award in self.awards))
        @rule(p=P, n=N)
        def turn_down(self, p, n):
            n = self.aim(p, n, "requested", "approved")
            part = self.awards[p].parts[n]
            if self.act("return", part.state in ("requested", "approved"), lambda: actions.return_payment(self.row(p, n), reason="Thiếu", by=cast["finance"], at=self.now)):
                part.state, part.hands = "due", []

        @rule(p=P, n=N, who=HANDS, number=st.integers(1, 6))
        def pay(self, p, n, who, number):
            n = self.aim(p, n, "approved")
            award, part, key = self.awards[p], self.awards[p].parts[n], ("payment", number, self.day.year)
            wanted = part.state == "approved" and who not in part.hands and not self.holder(p, who) and award.opens(n, self.day) and key not in self.documents
            entry = self.act("pay", wanted, lambda: actions.pay(self.row(p, n), booked_on=self.day, voucher=f"UNC {number}", by=cast[who], at=self.now))
            if entry:
                part.state, part.entry, award.paid = "paid", (entry.id, key), award.paid + part.amount
                self.documents[key] = entry.id

        @precondition(lambda self: any(award.contract == "signed" for award in self.awards))
        @rule(p=P, n=N)
        def whole_payment(self, p, n):
            """A payment as it should go: so that walks reach what comes after."""
            n = self.aim(p, n, "due", "planned", "requested", "approved")
            award, part = self.awards[p], self.awards[p].parts[n]
            for earlier in award.parts[:n]:
                if earlier.state == "paid" and not (earlier.account and earlier.account[0] == "submitted"):
                    self.hand_in(p, earlier.n, "all")
                if earlier.state == "paid":
                    self.check(p, earlier.n, "finance", True)
            if part.state == "planned":
                self.fall_due(p, n, "officer2")
            if part.state == "due":
                self.request(p, n, award.people[0])
            for who in ("officer", "leader") if part.state == "requested" else ():
                self.approve(p, n, who)
            if part.state == "approved":
                self.pay(p, n, "finance", next((x for x in range(1, 7) if ("payment", x, self.day.year) not in self.documents), 1))

        @precondition(lambda self: any(part.entry for award in self.awards for part in award.parts))
        @rule(p=P, n=N)
        def reverse(self, p, n):
            n = self.aim(p, n, "paid")
            award, part = self.awards[p], self.awards[p].parts[n]
            if part.entry is None:
                return
            entry_id, key = part.entry
            entry = lambda: next(e for e in queries.ledger_of(award.id) if e.id == entry_id)
            wanted = part.state == "paid" and award.fixed is None and award.paid >= part.amount
            if self.act("reverse", wanted, lambda: actions.reverse(entry(), reason="Nhầm", by=cast["finance"], at=self.now)):
                part.state, part.hands, part.entry, award.paid = "due", [], None, award.paid - part.amount
                part.account = part.account and ("returned", 0)
                del self.documents[key]

        # what was spent

        @precondition(lambda self: any(award.paid for award in self.awards))
        @rule(p=P, n=N, how=st.sampled_from(["all", "half", "over", "none"]), then=st.sampled_from([None, None, True, False]))
        def hand_in(self, p, n, how, then=None):
            n = self.aim(p, n, "paid")
            award, part, left = self.awards[p], self.awards[p].parts[n], self.awards[p].available(n)
            spent = {"all": left, "half": left // 2, "over": left + 1, "none": 0}[how]
            wanted = part.state == "paid" and not (part.account and part.account[0] == "submitted") and 0 < spent <= left
            heads = {"labour": spent - spent // 3, "materials": spent // 3}
            if self.act("hand_in", wanted, lambda: actions.submit_tranche_account(self.row(p, n), heads, note=None, by=cast[award.people[0]], at=self.now)):
                part.account = ("submitted", spent)
                if then is not None:
                    self.check(p, n, "finance", then)

        @precondition(lambda self: any(part.account for award in self.awards for part in award.parts))
        @rule(p=P, n=N, who=HANDS, good=st.booleans())
        def check(self, p, n, who, good):
            n = self.aim(p, n, "paid")
            award, part = self.awards[p], self.awards[p].parts[n]
            if part.account is None:
                return
            fits = not self.holder(p, who) and part.account[0] == "submitted"
            row = lambda: queries.tranche_account_of(self.row(p, n).id)
            if not good:
                if self.act("send_back", fits, lambda: actions.return_tranche_account(row(), reason="Thiếu", by=cast[who], at=self.now)):
                    part.account = ("returned", 0)
                return
            wanted = fits and part.state == "paid" and part.account[1] <= award.available(n)
            if self.act("accept", wanted, lambda: actions.accept_tranche_account(row(), remark=None, by=cast[who], at=self.now)):
                part.account, part.state = ("accepted", part.account[1]), "settled"

        # the account, stops, changes of money, the year

        @rule(p=P, who=st.sampled_from(["pi1", "host2", "officer", "finance"]), number=st.integers(1, 3))
        def other_account(self, p, who, number):
            award = self.awards[p]
            now_named = queries.contract_of(award.id).account
            wanted = award.contract == "signed" and (award.held is None or self.day > award.held) and (self.holder(p, who) or who == "officer") and award.change is None and now_named != f"TK {number}"
            row = self.act("ask_account", wanted, lambda: actions.request_account_change(queries.contract_of(award.id), account=f"TK {number}", reason="Đổi", by=cast[who], at=self.now))
            if row:
                award.change = (row.id, who)

        @precondition(lambda self: any(award.change for award in self.awards))
        @rule(p=P, who=st.sampled_from(["finance", "finance", "officer", "host2", "asker"]), what=st.sampled_from(["agree", "agree", "refuse", "withdraw"]))
        def judge_account(self, p, who, what):
            award = self.awards[p]
            if award.change is None:
                return
            pid, asker = award.change
            who = asker if who == "asker" else who
            row = lambda: db.session.get_one(AccountChange, pid)
            if what == "withdraw":
                if self.act("withdraw_account", who == asker, lambda: actions.withdraw_account_change(row(), by=cast[who], at=self.now)):
                    award.change = None
                return
            free = who != asker and not self.holder(p, who)
            if what == "refuse":
                if self.act("refuse_account", free, lambda: actions.refuse_account_change(row(), reason="Không rõ", by=cast[who], at=self.now)):
                    award.change = None
                return
            wanted = free and award.contract == "signed" and not award.under_way()
            if self.act("agree_account", wanted, lambda: actions.agree_account_change(row(), remark=None, by=cast[who], at=self.now)):
                award.held, award.change = rulebook.due(self.day, "funding.account_hold_days"), None

        @precondition(lambda self: any(award.held for award in self.awards))
        @rule(p=P, days=st.sampled_from([0, 0, 12]))
        def stop_account(self, p, days):
            self.now += days * DAY  # so that it also comes after the hold
            award = self.awards[p]
            row = next((c for c in queries.changes_of(queries.contract_of(award.id).id) if c.state == "held"), None)
            if row is not None and self.act("stop_account", award.held is not None and self.day <= award.held, lambda: actions.stop_account_change(row, reason="Lạ", by=cast["officer"], at=self.now)):
                award.held = None

        @rule(p=P, stop=st.booleans())
        def freeze(self, p, stop):
            """As a suspension does; an early end keeps payments stopped."""
            award = self.awards[p]
            if award.ending is None and award.closing is None:
                verb = actions.freeze if stop else actions.unfreeze
                self.act("freeze", True, lambda: verb(self.project(p), reason="Tạm dừng", by=cast["leader"], at=self.now))
                award.frozen = stop

        @rule(p=P, delta=st.sampled_from([100 * MILLION, -100 * MILLION, -400 * MILLION, 1]))
        def change_money(self, p, delta):
            award = self.awards[p]
            open_ = [part for part in award.parts if part.state in ("planned", "due")]
            left = self.total - sum(a.promised for a in self.awards)
            wanted = award.contract == "signed" and bool(open_) and (delta <= left if delta > 0 else sum(part.amount for part in open_) >= -delta)
            new = award.approved + delta
            if self.act("change_money", wanted, lambda: actions.annex(queries.contract_of(award.id), "budget", "Đổi kinh phí", dated=self.day, new_state_amount=new, by=cast["leader"], at=self.now)):
                for part, amount in zip(open_, ledger.reschedule([part.amount for part in open_], delta), strict=True):
                    part.amount, part.state = amount, part.state if amount else "cancelled"
                award.approved, award.promised = new, award.promised + delta

        @rule(left=st.sampled_from([-1, 0, 50 * MILLION, 300 * MILLION]))
        def set_year(self, left):
            total = sum(a.promised for a in self.awards) + left
            if self.act("set_year", left >= 0, lambda: actions.set_year_budget(2026, total, by=cast["finance"], at=self.now)):
                self.total = total

        # the end

        @rule(p=P, kind=st.sampled_from([ClosingKind.RECOGNISED, ClosingKind.FAILED]), cause=st.sampled_from([None, Cause.SUBJECTIVE, Cause.OBJECTIVE]), really=st.integers(0, 5))
        def close(self, p, kind, cause, really):
            award = self.awards[p]
            if really or award.ending is not None:  # not too often: much comes before it
                return
            wanted = award.closing is None and (kind == ClosingKind.RECOGNISED or cause is not None)
            if self.act("close", wanted, lambda: actions.record_closing(self.project(p), kind, dated=self.day, number="5/QĐ", cause=cause, by=cast["leader"], at=self.now)):
                award.closing = str(kind)
                waiting = next((part for part in award.parts if part.state == "planned"), None)
                if kind == ClosingKind.RECOGNISED and award.contract == "signed" and waiting is not None and waiting.n == 2:
                    waiting.state = "due"

        @rule(p=P, used=st.sampled_from([0, 1, 2, 3]), really=st.integers(0, 5))
        def end_early(self, p, used, really):
            """An early end, opened by an officer and decided by the province: nothing, half, all or one đồng too much was used."""
            award = self.awards[p]
            if really:
                return
            if award.ending is None and self.act("open_ending", award.contract == "signed" and award.closing is None, lambda: execution.open_termination(
                    self.project(p), ground=Ground.NOT_FEASIBLE, statement="Không khả thi.", by=cast["officer"], at=self.now)):  # fmt: skip
                award.ending, award.frozen = "opened", True
            if award.ending != "opened":
                return
            amount = (0, award.paid // 2, award.paid, award.paid + 1)[used]
            row = lambda: works.open_termination(award.id)
            if self.act("decide_ending", used < 3, lambda: execution.decide_termination(row(), cause=Cause.SUBJECTIVE, used=amount, number=f"{9 + p}/QĐ-UBND", dated=self.day, remark=None,
                                                                                       by=cast["province"], at=self.now)):  # fmt: skip
                award.ending, award.closing, award.contract = "decided", "terminated", "terminated"
                award.fixed, award.back = (amount, ledger.refund(award.paid, amount, 30)), 0
                for refund in award.refunds:
                    refund.before = "decision"
                for part in award.parts:
                    part.state = part.state if part.state in ("paid", "settled") else "cancelled"

        @precondition(lambda self: any(award.closing for award in self.awards))
        @rule(p=P, unused=st.sampled_from([0, 10 * MILLION, -1]))
        def final_accounts(self, p, unused):
            award = self.awards[p]
            paid = award.paid + (award.back if award.fixed else 0)
            spent = paid - unused
            if award.fixed is None:
                fits = spent <= paid and spent >= award.spent()
            else:
                fits = spent == award.fixed[0]
            wanted = award.closing is not None and spent >= 0 and fits and not award.under_way() and (award.accounts is None or award.accounts[0] == "returned")
            if spent < 0:
                return
            row = self.act("final_accounts", wanted, lambda: actions.submit_settlement(self.project(p), spent=spent, assets=None, note=None, by=cast[award.people[0]], at=self.now))
            if row:
                award.accounts = ["submitted", paid, spent, row.refund_due]
                award.back = award.back if award.fixed else 0
                for refund in award.refunds if award.fixed is None else ():
                    refund.before = "accounts"

        @precondition(lambda self: any(award.accounts for award in self.awards))
        @rule(p=P, good=st.sampled_from([True, True, False]))
        def judge_accounts(self, p, good):
            award = self.awards[p]
            if award.accounts is None:
                return
            row = lambda: queries.settlement_of(award.id)
            if not good:
                if self.act("return_accounts", award.accounts[0] == "submitted", lambda: actions.return_settlement(row(), reason="Thiếu", by=cast["finance"], at=self.now)):
                    award.accounts[0] = "returned"
                return
            same = award.accounts[1] == award.paid + award.back and (award.fixed is not None or award.accounts[2] >= award.spent())
            wanted = award.accounts[0] == "submitted" and same and award.contract in ("signed", "terminated")
            if self.act("accept_accounts", wanted, lambda: actions.accept_settlement(row(), remark=None, by=cast["finance"], at=self.now)):
                award.accounts[0], award.contract = "accepted", "settled"
                award.promised -= min(award.approved - award.accounts[2], award.promised)
                for part in award.parts:
                    if part.state == "paid":
                        part.state, part.account = "settled", part.account and (part.account if part.account[0] != "submitted" else ("returned", 0))
                    elif part.state != "settled":
                        part.state = "cancelled"

        @precondition(lambda self: any(award.paid and award.closing for award in self.awards))
        @rule(p=P, how=st.sampled_from(["all", "half", "over"]), number=st.integers(1, 5), mistaken=st.booleans())
        def refund(self, p, how, number, mistaken=False):
            award, key = self.awards[p], ("refund", number, self.day.year)
            owed = award.owed()
            amount = {"all": award.paid if owed is None else owed, "half": (owed or award.paid) // 2, "over": (award.paid if owed is None else owed) + 1}[how]
            wanted = award.contract != "liquidated" and 0 < amount <= award.paid and (owed is None or amount <= owed) and key not in self.documents
            entry = self.act("refund", wanted, lambda: actions.refund(self.project(p), amount=amount, booked_on=self.day, voucher=f"HT {number}", by=cast["finance"], at=self.now))
            if entry:
                award.paid, award.back, self.documents[key] = award.paid - amount, award.back + amount, entry.id
                award.refunds.append(Refund(entry.id, key, amount))
                assert queries.owed(self.project(p)) == award.owed()
                if mistaken:
                    self.take_back(p, len(award.refunds) - 1)

        @precondition(lambda self: any(award.refunds for award in self.awards))
        @rule(p=P, n=st.integers(0, 3))
        def take_back(self, p, n):
            """A refund that was booked by mistake: it is owed again, unless accounts or a decision were written after it."""
            award = self.awards[p]
            if not award.refunds:
                return
            row = award.refunds[n % len(award.refunds)]
            counted = row.before == "decision" or (row.before == "accounts" and award.accounts[0] == "accepted")
            entry = lambda: next(e for e in queries.ledger_of(award.id) if e.id == row.id)
            if self.act("take_back", award.contract != "liquidated" and not counted, lambda: actions.reverse(entry(), reason="Gõ nhầm", by=cast["finance"], at=self.now)):
                award.refunds.remove(row)
                award.paid, award.back = award.paid + row.amount, award.back - (row.amount if row.before is None else 0)
                del self.documents[row.key]
                assert queries.owed(self.project(p)) == award.owed()

        @precondition(lambda self: any(award.contract == "settled" for award in self.awards))
        @rule(p=P)
        def liquidate(self, p):
            award = self.awards[p]
            wanted = award.contract == "settled" and award.owed() == 0
            if self.act("liquidate", wanted, lambda: actions.liquidate(self.project(p), number=None, dated=self.day, assets=None, remark=None, by=cast["officer"], at=self.now)):
                award.contract = "liquidated"

        @precondition(lambda self: any(award.paid and award.contract == "signed" for award in self.awards))
        @rule(p=P, unused=st.sampled_from([0, 10 * MILLION]), depth=st.integers(0, 6), mistaken=st.booleans())
        def whole_end(self, p, unused, depth, mistaken):
            """An end as it should go, or broken off on the way: so that walks reach what comes after."""
            award = self.awards[p]
            if depth and award.paid and award.ending is None and award.closing is None:
                steps = [lambda: self.close(p, ClosingKind.RECOGNISED, None, 0), lambda: self.final_accounts(p, unused), lambda: self.judge_accounts(p, True),
                         lambda: self.liquidate(p), lambda: self.refund(p, "all", 1 + p, mistaken), lambda: self.liquidate(p)]  # fmt: skip
                for step in steps[:depth]:
                    step()

        # what always holds

        @invariant()
        def as_the_model_says(self):
            projects, parts, year = (db.session.execute(statement).all() for statement in TOLD)
            assert projects == sorted((award.id, award.paid, award.approved, award.contract) for award in self.awards)
            assert parts == sorted((award.id, part.n + 1, part.state, part.amount) for award in self.awards for part in award.parts)
            assert year == [(sum(award.promised for award in self.awards),)]

        @invariant()
        def every_dong_is_where_it_should_be(self):
            assert db.session.execute(ASKED).all() == []

        @invariant()
        def history_is_a_path(self):
            tables = {"tranche": TRANCHE, "tranche_account": TRANCHE_ACCOUNT, "account_change": ACCOUNT_CHANGE, "contract": CONTRACT, "settlement": SETTLEMENT}
            lines = db.session.execute(select(JournalEntry.subject_type, JournalEntry.subject_pid, JournalEntry.verb, JournalEntry.before, JournalEntry.after, JournalEntry.at)
                                       .where(JournalEntry.subject_type.in_(tables)).order_by(JournalEntry.seq)).all()  # fmt: skip
            for (kind, _pid), group in itertools.groupby(sorted(lines, key=lambda line: (line.subject_type, line.subject_pid)), key=lambda line: (line.subject_type, line.subject_pid)):
                table, acts = tables[kind], list(group)
                moved = [line for line in acts if line.before and (table.states(line.before), line.verb) in table.table]
                assert all(str(table.table[table.states(line.before), line.verb].to) == line.after for line in moved)
                assert all(a.after == b.before for a, b in itertools.pairwise(moved)) and all(a.at <= b.at for a, b in itertools.pairwise(acts))

    return Walk


@pytest.mark.longer
@pytest.mark.parametrize("part", range(PARTS))
def test_random_walks(cast, at, db, travel, part):
    first = factories.contract(cast, at)
    second = factories.contract(cast, at, title="Ứng dụng công nghệ sinh học trong bảo quản chanh", pi="pi3", host="host2", number="777/QĐ-UBND")
    awards = [(c.project_id, [t.amount for t in queries.tranches_of(c.project_id)], people) for c, people in ((first, ("pi1", "host1")), (second, ("pi3", "host2")))]
    FIRED.clear()
    walk = machine(cast, db, at, awards, queries.year_budget(2026).total)
    run_state_machine_as_test(walk, settings=hypothesis.settings(max_examples=-(-WALKS // PARTS), stateful_step_count=STEPS, deadline=None, database=None,
                                                                 phases=(hypothesis.Phase.generate,),  # a shorter walk would cost more minutes than reading the long one
                                                                 suppress_health_check=list(hypothesis.HealthCheck)))  # fmt: skip
    print(f"part {part}: {-(-WALKS // PARTS)} walks of {STEPS} steps:", {name: f"{done} done, {refused} refused" for name, (done, refused) in sorted(FIRED.items())})
    if WALKS > 400:
        never_refused = {"freeze"}  # all others are, once they were tried often
        assert all(done and (refused or done < 100 or name in never_refused) for name, (done, refused) in FIRED.items()), FIRED
    assert journal.verify()[1] is None
