"""Complaints about an outcome: filed by who holds the dossier, within the rule's days after the letter; decided on a document, to another session or not."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased, joinedload

from app.kernel import journal, outbox, subjects
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.subjects import Subject, register_subject
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.papers import actions as papers
from app.services.papers.models import Paper
from app.services.papers.rules import check_number
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day
from app.stages.calls.models import Call, CallTopic
from app.stages.ideas.models import Topic
from app.stages.proposals import outcomes
from app.stages.proposals.models import Proposal
from app.stages.selection import actions, letters, queries
from app.stages.selection.models import Complaint, RankingLine, Round
from app.stages.selection.rules import COMPLAINT, ComplaintState

ANSWER = "selection.complaint_answer_days"
ON_PAPER = {True: "CHẤP NHẬN kiến nghị; kết quả tuyển chọn được xem xét lại tại một phiên họp khác", False: "KHÔNG CHẤP NHẬN kiến nghị; kết quả tuyển chọn được giữ nguyên"}


# --- reads ----------------------------------------------------------------------------------------------------


def statement() -> Select[Any]:
    """All complaints with what they are about."""
    whole = joinedload(Complaint.proposal)
    return select(Complaint).options(
        whole.joinedload(Proposal.host), whole.joinedload(Proposal.pi), whole.selectinload(Proposal.team), joinedload(Complaint.line), joinedload(Complaint.filed_by),
        whole.joinedload(Proposal.call_topic).joinedload(CallTopic.topic), whole.joinedload(Proposal.call_topic).joinedload(CallTopic.call))  # fmt: skip


def by_pid(pid: str) -> Complaint | None:
    return db.session.scalar(statement().where(Complaint.public_id == pid))


def for_user(user: User, pid: str) -> Complaint | None:
    """One complaint, for the Department and for who holds the dossier."""
    row = by_pid(pid)
    return row if row is not None and may_read(row, user) else None


def may_read(row: Complaint, user: User) -> bool:
    """Those who hold the dossier, and the Department. Not the team, not a council."""
    return user.can(Do.SELECTION_READ) or outcomes.is_own(row.proposal, user)


def of_line(line: RankingLine) -> Complaint | None:
    """The complaint about this outcome."""
    return db.session.scalar(select(Complaint).where(Complaint.ranking_line_id == line.id))


def open_complaint(line: RankingLine) -> Complaint | None:
    """A complaint about any outcome of the line's round that waits for an answer."""
    asked = select(Complaint).join(RankingLine, RankingLine.id == Complaint.ranking_line_id)
    return db.session.scalar(asked.where(RankingLine.round_id == line.round_id, Complaint.state == ComplaintState.FILED).limit(1))


def rounds_waiting() -> Select[tuple[int]]:
    """The rounds of which a complaint waits for an answer: their money waits too."""
    line = aliased(RankingLine)
    return select(line.round_id).join(Complaint, Complaint.ranking_line_id == line.id).where(Complaint.state == ComplaintState.FILED)


def of_round(found: Round) -> list[Complaint]:
    """All complaints about a round, of every session."""
    asked = statement().join(RankingLine, RankingLine.id == Complaint.ranking_line_id)
    return list(db.session.scalars(asked.where(RankingLine.round_id == found.id).order_by(Complaint.id)))


def in_call(call: Call) -> Select[Any]:
    """Ids of the dossiers of a call."""
    return select(Proposal.id).join(CallTopic, CallTopic.id == Proposal.call_topic_id).where(CallTopic.call_id == call.id)


def with_words(words: str) -> Select[Any]:
    """Ids of dossiers whose topic holds the folded words, or whose code does."""
    asked = select(Proposal.id).join(CallTopic, CallTopic.id == Proposal.call_topic_id).join(Topic, Topic.id == CallTopic.topic_id)
    return asked.where(Topic.folded.contains(words, autoescape=True) | Proposal.code.icontains(words, autoescape=True))


# --- acts -----------------------------------------------------------------------------------------------------


def check_filing(proposal: Proposal, by: User, *, on: date) -> RankingLine:
    """The outcome that this person may complain about now. Raises NotAllowed or WrongState."""
    line = queries.line_of(proposal)
    if line is None:
        raise WrongState(N_("There is no outcome to complain about."))
    if not outcomes.is_own(proposal, by):
        raise NotAllowed(N_("The principal investigator or a manager of the host organisation complains."))
    if of_line(line) is not None:
        raise WrongState(N_("There is a complaint about this outcome already."))
    until = letters.complain_until(queries.round_of_line(line))
    if until is None or on > until:
        raise WrongState(N_("Complaints about this outcome were possible until %(day)s."), day=f"{until:%d/%m/%Y}" if until else "–")
    return line


def file(proposal: Proposal, text: str, *, by: User, at: datetime) -> Complaint:
    """Complain about the outcome of the own dossier. The Department is told; until the answer no money is appraised for the topic."""
    line = check_filing(proposal, by, on=local(at).date())
    if not nfc(text or ""):
        raise Incomplete(N_("Please say what is wrong with the outcome."), field="text")
    row = Complaint(proposal_id=proposal.id, ranking_line_id=line.id, text=nfc(text), filed_at=at, filed_by_id=by.id, answer_due=rulebook.due(local(at).date(), ANSWER))
    COMPLAINT.begin(row, "file_complaint", by=by, at=at, detail={"code": proposal.code})
    row = db.session.scalars(statement().where(Complaint.id == row.id).execution_options(populate_existing=True)).one()
    outbox.post("selection/mail/complaint_filed.txt", to=[*people.users_with(Do.SELECTION_CONCLUDE)], key=f"complaint:{row.public_id}", at=at, complaint=row)
    outbox.post("selection/mail/complaint_received.txt", to=[by], key=f"complaint-received:{row.public_id}", at=at, complaint=row)
    return row


def check_own(row: Complaint, by: User) -> None:
    """Raises NotAllowed for who does not hold the dossier."""
    if not outcomes.is_own(row.proposal, by):
        raise NotAllowed(N_("The principal investigator or a manager of the host organisation complains."))


def take_back(row: Complaint, *, by: User, at: datetime, seen: Any = None) -> None:
    """Who holds the dossier does not complain any more."""
    check_own(row, by)
    COMPLAINT.advance(row, "take_back", by=by, at=at, seen=seen)


def check_other(row: Complaint, by: User) -> None:
    """Raises NotAllowed for who holds the dossier, and for who released the outcome complained about: four eyes."""
    if outcomes.is_own(row.proposal, by):
        raise NotAllowed(N_("Nobody answers the own complaint."))
    if by.id in released_by(row.line):
        raise NotAllowed(N_("Who released this outcome does not answer the complaint about it: another officer does."))


def released_by(line: RankingLine) -> set[int]:
    """Who released the outcome: who concluded the round of its session, and who set the day for it."""
    session, found = 0, set()
    for act in reversed(journal.timeline([journal.subject_key(queries.round_of_line(line))])):
        session += act.verb == "rank"
        if session == line.session and act.verb in ("conclude", "plan_release") and act.actor_id is not None:
            found.add(act.actor_id)
    return found


def decide(row: Complaint, *, uphold: bool, answer: str, number: str, dated: date, by: User, at: datetime, seen: Any = None) -> Paper:
    """Answer a complaint by a document: upheld, the round goes to another session; dismissed, the outcome stands. Its dossier's holders get the letter.

    Raises Incomplete without reason or number, or for a day that cannot be; WrongState when it is answered, or nothing can be reconsidered any more.
    """
    check_seen(row, seen)
    found = queries.round_of_line(row.line)
    if not COMPLAINT.may(row, "uphold"):
        raise WrongState(N_("This complaint is answered already, or was taken back."))
    check_other(row, by)
    if uphold:
        actions.check_reconsiderable(found)
    if not nfc(answer or ""):
        raise Incomplete(N_("Please give the reason."), field="answer")
    number = check_number(number)
    check_day(dated, field="dated", since=local(row.filed_at).date(), until=local(at).date())
    row.answer, row.number, row.dated, row.answered_at, row.answered_by_id = nfc(answer), number, dated, at, by.id
    COMPLAINT.advance(row, "uphold" if uphold else "dismiss", by=by, at=at, reason=row.answer, detail={"number": number})
    data = {"code": row.proposal.code, "title": row.proposal.title, "host": row.proposal.host.name, "pi": row.proposal.pi.name, "filed": f"{local(row.filed_at):%d/%m/%Y}",
            "topic": found.call_topic.topic.title, "outcome": ON_PAPER[uphold], "reason": row.answer}  # fmt: skip
    paper = papers.issue(template="selection/complaint", subject=row, title=f"Trả lời kiến nghị về kết quả tuyển chọn hồ sơ {row.proposal.code}"[:500], data=data, number=number,
                         dated=dated, by=by, at=at)  # fmt: skip
    outbox.post("selection/mail/complaint_answered.txt", to=outcomes.holders(row.proposal), key=f"complaint-answered:{row.public_id}", at=at, complaint=row, paper=paper)
    if uphold:
        actions.reconsider(found, row.answer, number=number, by=by, at=at)
    return paper


register_subject("complaint", Subject(
    load=by_pid, title=lambda c: c.proposal.title, parties=lambda _c: subjects.Parties(), may_read=may_read,
    url=lambda c: ("selection.complaint", {"pid": c.public_id})))  # fmt: skip
