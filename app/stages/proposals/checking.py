"""The acts on eligibility: judge lines of the checklist, conclude with reason and letter, take a conclusion back by a written act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.papers import actions as papers
from app.services.people import queries as people
from app.services.people.actions import disengage
from app.services.people.models import User
from app.stages.calls.rules import CallState
from app.stages.ideas.rules import TopicState
from app.stages.proposals import checklist, outcomes, queries
from app.stages.proposals.checkmodels import EligibilityCheck, LineJudgement, Outcome
from app.stages.proposals.eligibility import (
    REMEDY,
    Overtaken,
    Standing,
    Told,
    Verdict,
    check_outcome,
    holds_back,
    merged,
)
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import PROPOSAL, ProposalState

LONGEST_REMARK = 1000
BEGUN = (ProposalState.IN_SELECTION, ProposalState.SELECTED, ProposalState.RESERVE, ProposalState.NOT_SELECTED)
VERDICTS = {Verdict.MET: "Đạt", Verdict.NOT_MET: "Không đạt"}  # papers speak Vietnamese
CAUSES = {"unpaid_refund": "chưa hoàn trả kinh phí", "late_acceptance": "nộp hồ sơ nghiệm thu chậm", "rated_fail": "nghiệm thu không đạt", "not_registered": "chưa đăng ký kết quả",
          "terminated_breach": "nhiệm vụ bị chấm dứt do vi phạm", "late_report": "báo cáo quá hạn"}  # fmt: skip


def refuse_own_people(proposal: Proposal, by: User) -> None:
    """Nobody judges a dossier of the own team or host."""
    if any(m.user_id == by.id for m in proposal.team) or by.belongs_to(proposal.host_id):
        raise NotAllowed(N_("You belong to this dossier's team or host: a colleague must check it."))


def check_judgeable(proposal: Proposal, by: User) -> None:
    """Raise unless this officer may judge the dossier now: opened, not concluded on, not of the own people."""
    if proposal.call_topic.call.state not in queries.UNSEALED:
        raise WrongState(N_("Dossiers stay sealed until the call is opened."))
    if proposal.state != ProposalState.SUBMITTED:
        raise WrongState(N_("The check of this dossier is concluded, or it is not before the check."))
    refuse_own_people(proposal, by)


def judge(proposal: Proposal, told: Mapping[str, Told], *, by: User, at: datetime) -> int:
    """Write down what an officer says of these lines. Returns how many judgements are new.

    Two officers may work on one dossier: what each says of different lines stands beside one another, and where both said something
    of the same line the second is shown the first's words before they are replaced.
    """
    proposal = queries.held(proposal)
    check_judgeable(proposal, by)
    rows = checklist.judgements(proposal)
    now, new = checklist.newest(rows), []
    lines = {line.code: line for line in checklist.lines_of(proposal, on=local(at).date())}
    for code, said in told.items():
        if code not in lines:
            raise Incomplete(N_("The checklist has no such line."))
        said = Told(said.verdict, nfc(said.remark or ""), said.seen)
        write, clash = merged(now.get(code), rows.get((code, said.seen)), said)
        if clash:
            raise Overtaken(N_("%(who)s has judged this line meanwhile. Please look: what you wrote is kept, and sending it again replaces the other judgement."),
                            field=f"verdict_{code}", who=now[code].by.name)  # fmt: skip
        sure = code not in now and not said.remark and lines[code].ok == (said.verdict == Verdict.MET)
        if write and not sure:  # what the system is sure of needs no word of a person
            _check_remark(code, said, lines[code].ok)
            number = (now[code].number if code in now else 0) + 1
            new.append(LineJudgement(proposal_id=proposal.id, code=code, number=number, verdict=said.verdict, remark=said.remark or None, proposed=lines[code].ok, by_id=by.id, at=at))
    if new:
        db.session.add_all(new)
        db.session.flush()
        journal.record(proposal, "judge", by=by, at=at, detail={"lines": {row.code: str(row.verdict) for row in new}})
    return len(new)


def _check_remark(code: str, said: Told, found: bool | None) -> None:
    if len(said.remark) > LONGEST_REMARK:
        raise Incomplete(N_("Please use at most %(n)d characters; this has %(have)d."), field=f"remark_{code}", n=LONGEST_REMARK, have=len(said.remark))
    if not said.remark and said.verdict == Verdict.NOT_MET and found is not False:
        raise Incomplete(N_("Please say why this is not met."), field=f"remark_{code}")
    if not said.remark and said.verdict == Verdict.MET and found is False:
        raise Incomplete(N_("The system finds this is not met. Please say why you judge otherwise."), field=f"remark_{code}")


def check_eligible(proposal: Proposal, *, note: str | None = None, told: Mapping[str, Told] | None = None, by: User, at: datetime, seen: Any = None) -> None:
    """The Department finds the dossier eligible."""
    _conclude(proposal, True, note, told, by, at, seen)


def check_ineligible(proposal: Proposal, reason: str, *, told: Mapping[str, Told] | None = None, by: User, at: datetime, seen: Any = None) -> None:
    """The Department finds the dossier not eligible, with the reason the applicant will read."""
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason: the applicant will read it."), field="reason")
    _conclude(proposal, False, reason, told, by, at, seen)
    disengage(proposal, on=local(at).date())


def _conclude(proposal: Proposal, eligible: bool, note: str | None, told: Mapping[str, Told] | None, by: User, at: datetime, seen: Any) -> None:
    check_judgeable(proposal, by)
    check_seen(proposal, seen)
    judge(proposal, told or {}, by=by, at=at)
    today = local(at).date()
    found = checklist.standings(proposal, on=today)
    _end_remedy(proposal, at)
    check_outcome(found, eligible=eligible)
    outcome, reason = (Outcome.ELIGIBLE if eligible else Outcome.INELIGIBLE), nfc(note or "") or None
    row = EligibilityCheck(proposal_id=proposal.id, number=len(checklist.checks_of(proposal)) + 1, outcome=outcome, reason=reason, lines=[_kept(s) for s in found], by_id=by.id, at=at)
    remedy_until = None if eligible else queries.remedy_until(proposal, today)
    letter = papers.issue(template="proposals/eligibility", subject=proposal, title=f"Thông báo kết quả kiểm tra hồ sơ {proposal.code}", by=by, at=at,
                          data=_letter(proposal, row, remedy_until))  # fmt: skip
    row.letter_pid = letter.public_id
    db.session.add(row)
    proposal.checked_at, proposal.check_note = at, reason
    PROPOSAL.advance(proposal, "check_eligible" if eligible else "check_ineligible", by=by, at=at, reason=reason)
    outbox.post("proposals/mail/checked.txt", to=outcomes.holders(proposal), key=f"proposal-checked:{proposal.public_id}:{proposal.version}", at=at, proposal=proposal,
                remedy_until=remedy_until, letter=letter)  # fmt: skip


def check_not_waiting(proposal: Proposal, on: Any) -> None:
    """Raise while the applicant may still add what was asked for."""
    waiting = checklist.waiting_remedy(proposal)
    if waiting is not None and holds_back(waiting, on):
        raise WrongState(N_("The applicant may add what was asked for until %(day)s. Take the request back if it is not needed any more."), day=f"{waiting.due_on:%d/%m/%Y}")


def _end_remedy(proposal: Proposal, at: datetime) -> None:
    check_not_waiting(proposal, local(at).date())
    if (waiting := checklist.waiting_remedy(proposal)) is not None:
        REMEDY.advance(waiting, "run_out", by=None, at=at)


def _kept(found: Standing) -> dict[str, Any]:
    judged, line = found.judged, found.line
    return {"code": line.code, "label": line.label, "source": line.source, "weight": line.weight, "proposed": line.ok, "verdict": str(found.verdict),
            "why": [sentence % dict(params) for sentence, params in line.why],
            "debts": [{"cause": str(d.cause), "project": d.project, "from": d.since.isoformat(), "until": d.until.isoformat() if d.until else None} for d in line.debts],
            "remark": judged.remark if judged else None, "by": judged.by_id if judged else None}  # fmt: skip


def _letter(proposal: Proposal, row: EligibilityCheck, until: Any) -> dict[str, Any]:
    return {"code": proposal.code, "title": proposal.title, "host": proposal.host.name, "pi": proposal.pi.name, "call": proposal.call_topic.call.title,
            "number": proposal.call_topic.call.number or "", "outcome": "HỢP LỆ" if row.outcome == Outcome.ELIGIBLE else "KHÔNG HỢP LỆ", "reason": row.reason or "",
            "until": f"{until:%d/%m/%Y}" if until else "",
            "lines": [{"label": line["label"], "verdict": VERDICTS[Verdict(line["verdict"])], "remark": _why(line)} for line in row.lines]}  # fmt: skip


def _why(line: Mapping[str, Any]) -> str:
    """What the letter says beside a line: the officer's remark, else what stands against the applicant, with its dates."""
    if line["remark"] or line["verdict"] != Verdict.NOT_MET:
        return line["remark"] or ""
    return "; ".join(f"{': '.join(filter(None, (CAUSES[d['cause']], d['project'])))}, từ {_day(d['from'])} đến {_day(d['until']) if d['until'] else 'khi xử lý xong'}" for d in line["debts"])


def _day(text: str) -> str:
    return f"{date.fromisoformat(text):%d/%m/%Y}"


# --- a conclusion is taken back -------------------------------------------------------------------------------


def check_reversible(proposal: Proposal, by: User) -> None:
    """Raise unless this officer may take back what was concluded: by another person, while selection has not begun."""
    if proposal.state not in (ProposalState.INELIGIBLE, ProposalState.ELIGIBLE):
        raise WrongState(N_("This dossier was not refused, or the refusal is taken back already."))
    _check_topic_waits(proposal)
    refuse_own_people(proposal, by)
    if queries.checker_of(proposal) == by.id:
        raise NotAllowed(N_("You concluded the check of this dossier: another officer must take that back."))


def check_reinstatable(proposal: Proposal, by: User) -> None:
    """Raise unless this officer may take the refusal back: the topic still waits for a dossier of this call."""
    if proposal.state != ProposalState.INELIGIBLE:
        raise WrongState(N_("This dossier was not refused, or the refusal is taken back already."))
    check_reversible(proposal, by)


def check_retractable(proposal: Proposal, by: User) -> None:
    """Raise unless this officer may take back that the dossier is eligible."""
    if proposal.state != ProposalState.ELIGIBLE:
        raise WrongState(N_("Only a dossier that was found eligible, and is not before a council yet, can lose that."))
    check_reversible(proposal, by)


def _check_topic_waits(proposal: Proposal) -> None:
    call_topic = proposal.call_topic
    if call_topic.call.state != CallState.OPENED:
        raise WrongState(N_("The call is concluded: a refusal can no longer be taken back."))
    if call_topic.outcome is not None or call_topic.topic.state != TopicState.IN_CALL:
        raise WrongState(N_("The topic %(code)s has left this call: it is free, in another call, assigned or dropped. The refusal can no longer be taken back; "
                            "the applicant may answer the next call for it."), code=call_topic.topic.code)  # fmt: skip
    if queries.any_in(call_topic, BEGUN):
        raise WrongState(N_("The selection of this topic has begun: what the check concluded can no longer be taken back here."))


def reinstate(proposal: Proposal, reason: str, *, document: str, by: User, at: datetime, seen: Any = None) -> None:
    """A refusal is taken back on a written document: the dossier is checked anew, also after the term for asking: a complaint upheld later must be obeyed."""
    check_reinstatable(proposal, by)
    _reverse(proposal, "reinstate", reason, document, by, at, seen)
    outcomes.engaged(proposal, at)


def retract(proposal: Proposal, reason: str, *, document: str, by: User, at: datetime, seen: Any = None) -> None:
    """That the dossier is eligible is taken back on a written document: it is checked anew."""
    check_retractable(proposal, by)
    _reverse(proposal, "retract", reason, document, by, at, seen)


def _reverse(proposal: Proposal, verb: str, reason: str, document: str, by: User, at: datetime, seen: Any) -> None:
    """Who concluded may not take it back (four eyes); a letter says so, the holders of the dossier get it by mail."""
    reason, document = nfc(reason or ""), nfc(document or "")
    if not reason:
        raise Incomplete(N_("Please give the reason: the applicant will read it."), field="reason")
    if not document:
        raise Incomplete(N_("Please give number and date of the document on which this rests."), field="document")
    before = "không hợp lệ" if verb == "reinstate" else "hợp lệ"
    letter = papers.issue(template="proposals/reversal", subject=proposal, title=f"Thông báo kiểm tra lại hồ sơ {proposal.code}", by=by, at=at,
                          data={"code": proposal.code, "title": proposal.title, "host": proposal.host.name, "pi": proposal.pi.name, "before": before,
                                "checked": f"{local(proposal.checked_at or at):%d/%m/%Y}", "reason": reason, "document": document})  # fmt: skip
    proposal.checked_at, proposal.check_note = None, None
    PROPOSAL.advance(proposal, verb, by=by, at=at, reason=reason, seen=seen, detail={"number": document})
    outbox.post("proposals/mail/reinstated.txt", to=[proposal.pi, *people.managers_of(proposal.host_id)], at=at, proposal=proposal, reason=reason, document=document,
                verb=verb, letter=letter, key=f"proposal-reinstated:{proposal.public_id}:{proposal.version}")  # fmt: skip
