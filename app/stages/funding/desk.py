"""The appraisal desk beside the lines: the norm of each, who is in the team, which conditions hold, questions to the applicant and their answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.rules import Mark
from app.stages.funding import queries
from app.stages.funding.models import Appraisal, AppraisalLine, CostQuestion
from app.stages.funding.rules import AppraisalState, LumpSum, TeamPart
from app.stages.proposals import costs, promises
from app.stages.proposals import queries as proposals
from app.stages.proposals.costs import Check, Ruling
from app.stages.proposals.models import Proposal

LONGEST = 3000  # characters of a question or an answer


# --- norms and conditions -------------------------------------------------------------------------------------


def norms_of(proposal_id: int, lines: Sequence[Any], *, on: date) -> list[int | None]:
    """What each line may cost by its norm: quantity times the norm's price; None where no norm is known."""
    proposal = _whole(proposal_id)
    norms = promises.rulings(proposal, on=on)["proposals.norms"].value
    found = [costs.norm_of(line, norms) for line in lines]
    return [None if norm is None else (line.quantity * int(norm["most"]) + 50) // 100 for line, norm in zip(lines, found, strict=True)]


def _whole(proposal_id: int) -> Proposal:
    found = proposals.by_id(proposal_id)
    assert found is not None
    return found


class _Read:
    """A line as it is allowed now, for the checks of an estimate."""

    def __init__(self, line: AppraisalLine) -> None:
        self.head, self.content, self.source, self.year, self.lump_sum = line.head, line.content, line.source, line.year, line.lump_sum
        self.unit, self.amount, self.quantity = line.unit or "", line.allowed, line.quantity or 0
        self.price = line.allowed * 100 // line.quantity if line.quantity else 0


def conditions(appraisal: Appraisal, *, on: date) -> list[Check]:
    """What the rules say of the budget as it is allowed now, kept or broken: ceiling, shares, norms, lump sum, team, questions."""
    proposal, lines = _whole(appraisal.proposal_id), queries.lines_of(appraisal)
    rules = promises.rulings(proposal, on=on)
    heads = queries.head_names(on=on)
    found = costs.budget_checks([_Read(line) for line in lines], kind=str(proposal.call_topic.topic.kind), ceiling=proposals.ceiling_of(proposal), heads=heads, rulings=rules)
    found += _lump_sum(appraisal, lines, on) + _team(appraisal, on)
    asked = queries.questions_on(appraisal)
    unanswered = sum(q.answered_at is None for q in asked)
    if asked:
        found.append(Check(not unanswered, "questions", N_("Questions to the applicant without an answer: %(n)s."), {"n": unanswered}, costs.WARN))
    return found


def _lump_sum(appraisal: Appraisal, lines: Sequence[AppraisalLine], on: date) -> list[Check]:
    if appraisal.lump_sum != LumpSum.FINAL_PRODUCT:
        return []
    rules = rulebook.rules(("funding.bound_heads", "funding.final_product_ceiling", "funding.final_product_needs"), on=on)
    bound = sum(line.allowed for line in lines if line.head in rules["funding.bound_heads"].value)
    ceiling = rules["funding.final_product_ceiling"]
    ruling = Ruling(ceiling.value, ceiling.source, ceiling.mark)
    met = costs.final_product(queries.products_asked(appraisal.proposal_id), appraisal.used_at, bound, ceiling.value, rules["funding.final_product_needs"].value)
    return [Check(c.ok, "lump_sum", c.sentence if c.ok else c.why, {}, costs.BLOCK, ruling) for c in met]


def _team(appraisal: Appraisal, on: date) -> list[Check]:
    rule = rulebook.rule("funding.appraisal_team", on=on)
    ruling, team = Ruling(rule.value, rule.source, Mark(rule.mark)), queries.team_of(appraisal)
    kept, few = N_("The team has %(n)s members, at least %(least)s are usual."), N_("The team has %(n)s members; at least %(least)s are usual.")
    enough = len(team) >= rule.value["least"]
    found = [Check(enough, "team", kept if enough else few, {"n": len(team), "least": rule.value["least"]}, costs.WARN, ruling)]
    sentences = {
        TeamPart.FINANCE: (N_("A finance member is in the team."), N_("No finance member is in the team.")),
        TeamPart.SELECTION: (N_("A member of the selection council is in the team."), N_("No member of the selection council is in the team.")),
    }
    for part in map(TeamPart, rule.value["needs"]):
        there = any(m.role == part for m in team)
        found.append(Check(there, "team", sentences[part][not there], {}, costs.WARN, ruling))
    return found


# --- the team -------------------------------------------------------------------------------------------------


def with_roles(members: Sequence[tuple[Any, ...]]) -> list[tuple[str, str | None, TeamPart]]:
    """Members as (name, body, role), the head first. Raises Incomplete for nobody, two heads, or what is too long."""
    named = [(str(name).strip(), body or None, TeamPart(role[0]) if role and role[0] else None) for name, body, *role in members if name and str(name).strip()]
    if not named:
        raise Incomplete(N_("The team needs at least a head."), field="team")
    if any(len(name) > 200 or len(body or "") > 300 for name, body, _role in named):
        raise Incomplete(N_("A name has at most 200 characters, a body at most 300."), field="team")
    heads = [n for n, (_name, _body, role) in enumerate(named) if role == TeamPart.HEAD]
    if len(heads) > 1:
        raise Incomplete(N_("The team has one head."), field=f"role_{heads[1] + 1}")
    first = heads[0] if heads else 0
    named.insert(0, named.pop(first))
    return [(name, body, TeamPart.HEAD if n == 0 else role or TeamPart.MEMBER) for n, (name, body, role) in enumerate(named)]


# --- questions ------------------------------------------------------------------------------------------------


def check_askable(appraisal: Appraisal, _by: User | None = None) -> None:
    """Raise WrongState once the figures are concluded: then nothing more is asked."""
    if appraisal.state == AppraisalState.CONCLUDED:
        raise WrongState(N_("This appraisal is concluded."))


def ask_cost(line: AppraisalLine, text: str, *, by: User, at: datetime) -> CostQuestion:
    """Ask the applicant about a line; investigator and host are mailed, the answer is awaited within the rulebook's days."""
    appraisal = queries.appraisal_by_id(line.appraisal_id)
    check_askable(appraisal)
    text = _said(text, "text")
    today = local(at).date()
    row = CostQuestion(appraisal_id=appraisal.id, line_id=line.id, text=text, due_on=rulebook.due(today, rulebook.value("funding.question_days", on=today)),
                       asked_by_id=by.id, asked_at=at)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    journal.record(appraisal, "ask_cost", by=by, at=at, detail={"line": line.position, "question": row.public_id})
    proposal = queries.proposal_of(appraisal)
    outbox.post("funding/mail/cost_asked.txt", to=queries.holders_of_proposal(proposal), key=f"cost-asked:{row.public_id}", at=at, proposal=proposal,
                appraisal=appraisal, line=line, question=row)  # fmt: skip
    return row


def check_answerable(question: CostQuestion, by: User) -> None:
    """Raise unless this person answers for the applicant, and nobody has."""
    if not answers_for(queries.proposal_of(queries.appraisal_by_id(question.appraisal_id)), by):
        raise NotAllowed(N_("Only the investigator and the host's manager answer for the dossier."))
    if question.answered_at is not None:
        raise WrongState(N_("This question is answered."))


def answers_for(proposal: Proposal, user: User) -> bool:
    """Does this person speak for the dossier: its investigator, or the manager of its host?"""
    return user.id == proposal.pi_id or user.manages(proposal.host_id)


def answer_cost(question: CostQuestion, text: str, *, by: User, at: datetime) -> None:
    """Answer a question; who asked gets it by mail. An answer is kept as it was given."""
    db.session.execute(select(CostQuestion.id).where(CostQuestion.id == question.id).with_for_update())  # two who answer at once: the second is told
    db.session.refresh(question, ["answered_at"])
    check_answerable(question, by)
    question.answer, question.answered_by_id, question.answered_at = _said(text, "answer"), by.id, at
    db.session.flush()
    appraisal = queries.appraisal_by_id(question.appraisal_id)
    journal.record(appraisal, "answer_cost", by=by, at=at, detail={"question": question.public_id})
    outbox.post("funding/mail/cost_answered.txt", to=queries.person(question.asked_by_id), key=f"cost-answered:{question.public_id}", at=at,
                proposal=queries.proposal_of(appraisal), appraisal=appraisal, question=question)  # fmt: skip


def _said(text: str, field: str) -> str:
    said = nfc(text or "").strip()
    if not said:
        raise Incomplete(N_("Please fill this in."), field=field)
    if len(said) > LONGEST:
        raise Incomplete(N_("Please use at most %(n)d characters; this has %(have)d."), field=field, n=LONGEST, have=len(said))
    return said
