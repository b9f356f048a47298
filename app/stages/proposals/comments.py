"""Remarks of the team and the host on sections: threads that are resolved; those concerned get one mail for many. Never read by the Department."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.kernel import journal, outbox
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.people.models import User
from app.stages.proposals import giving, places, queries
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import Access, ProposalState
from app.stages.proposals.teamwork import Comment

QUIET = timedelta(minutes=15)  # so long the first remark waits for others before a mail goes out
LONGEST, MOST = 5000, 2000  # characters of one, remarks of one dossier
_NAMED = (joinedload(Comment.author).lazyload("*"), joinedload(Comment.resolved_by).lazyload("*"))


@dataclass
class Thread:
    """A first remark with its answers."""

    first: Comment
    answers: list[Comment] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.first.resolved_at is None

    @property
    def writers(self) -> set[int]:
        return {c.author_id for c in (self.first, *self.answers)}


def threads(proposal: Proposal, *, place: str | None = None) -> list[Thread]:
    """The threads of a dossier or of one section, open ones first, each group in the order they began."""
    rows = select(Comment).options(*_NAMED).where(Comment.proposal_id == proposal.id).order_by(Comment.id)
    if place is not None:
        rows = rows.where(Comment.place == place)
    return _threads(db.session.scalars(rows))


def _threads(rows: Iterable[Comment]) -> list[Thread]:
    found: dict[int, Thread] = {}
    for row in rows:
        if row.thread_id is None:
            found[row.id] = Thread(row)
        else:
            found[row.thread_id].answers.append(row)
    return sorted(found.values(), key=lambda t: not t.is_open)


def open_counts(proposal: Proposal) -> dict[str, int]:
    """How many threads are open, by section."""
    rows = select(Comment.place, func.count()).where(Comment.proposal_id == proposal.id, Comment.thread_id.is_(None), Comment.resolved_at.is_(None)).group_by(Comment.place)
    return {place: count for place, count in db.session.execute(rows)}


def by_pid(proposal: Proposal, pid: str) -> Comment | None:
    """A remark on this dossier."""
    return db.session.scalar(select(Comment).options(*_NAMED).where(Comment.proposal_id == proposal.id, Comment.public_id == pid))


def check_comments(proposal: Proposal, by: User) -> None:
    """Raise unless this person may write remarks on the draft."""
    access = queries.access_of(proposal, by)
    if access is None or not access.covers(Access.COMMENT):
        raise NotAllowed(N_("You may read this dossier but not comment on it. The principal investigator can give you the right."))
    if proposal.state != ProposalState.DRAFT:
        raise WrongState(N_("A submitted proposal is no longer commented on."))


def write(proposal: Proposal, place: str, text: str, *, by: User, at: datetime, answers: Comment | None = None) -> Comment:
    """Write a remark on a section, or an answer to one."""
    check_comments(proposal, by)
    clean = nfc(text or "")
    if not clean:
        raise Incomplete(N_("Please fill this in."), field="text")
    if len(clean) > LONGEST:
        raise Incomplete(N_("Please use at most %(n)s characters."), field="text", n=LONGEST)
    if answers is None:
        places.check(proposal, place)
    if (db.session.scalar(select(func.count()).select_from(Comment).where(Comment.proposal_id == proposal.id)) or 0) >= MOST:
        raise WrongState(N_("This dossier has too many remarks already."))
    first = answers if answers is None or answers.thread_id is None else db.session.get_one(Comment, answers.thread_id)
    if first is not None and first.resolved_at is not None:
        raise WrongState(N_("This thread is resolved. Open it again to answer."))
    row = Comment(proposal_id=proposal.id, place=first.place if first is not None else place, thread_id=first.id if first is not None else None, text=clean, author_id=by.id, written_at=at)
    db.session.add(row)
    db.session.flush()
    journal.record(proposal, "comment", by=by, at=at, detail={"section": row.place})
    return row


def resolve(proposal: Proposal, first: Comment, *, by: User, at: datetime) -> None:
    """The thread is dealt with."""
    check_comments(proposal, by)
    if first.thread_id is not None or first.resolved_at is not None:
        raise WrongState(N_("This has already been dealt with or cannot be done now. Please look at its present state."))
    first.resolved_at, first.resolved_by_id = at, by.id
    db.session.flush()
    journal.record(proposal, "resolve_comment", by=by, at=at, detail={"section": first.place})


def open_again(proposal: Proposal, first: Comment, *, by: User, at: datetime) -> None:
    """The thread is not dealt with after all."""
    check_comments(proposal, by)
    if first.thread_id is not None or first.resolved_at is None:
        raise WrongState(N_("This has already been dealt with or cannot be done now. Please look at its present state."))
    first.resolved_at = first.resolved_by_id = None
    db.session.flush()
    journal.record(proposal, "reopen_comment", by=by, at=at, detail={"section": first.place})


# --- mails ----------------------------------------------------------------------------------------------------


def mail_due(at: datetime) -> int:
    """Mail what was remarked: when the oldest unmailed remark of a dossier has waited QUIET, all of them go in one mail to each person concerned."""
    waiting = select(Comment.proposal_id).where(Comment.mailed_at.is_(None), Comment.written_at <= at - QUIET).distinct()
    count = 0
    for proposal_id in list(db.session.scalars(waiting)):
        proposal = db.session.scalars(select(Proposal).where(Proposal.id == proposal_id).options(joinedload(Proposal.pi), selectinload(Proposal.team))).one()
        count += _mail(proposal, at)
    return count


def _mail(proposal: Proposal, at: datetime) -> int:
    fresh = [c for t in threads(proposal) for c in (t.first, *t.answers) if c.mailed_at is None]
    told = concerned(proposal, fresh)
    people = {u.id: u for u in db.session.scalars(select(User).where(User.id.in_(told), User.active))}
    names, last = places.labels(queries.held(proposal)), max(c.id for c in fresh)
    for user_id, comments in told.items():
        user = people.get(user_id)
        if user is not None and queries.access_of(proposal, user) is not None:
            outbox.post("proposals/mail/commented.txt", to=user, key=f"comments:{proposal.public_id}:{last}", at=at, proposal=proposal, comments=comments, names=names)
    for comment in fresh:
        comment.mailed_at = at
    db.session.flush()
    return len(told)


def concerned(proposal: Proposal, fresh: Iterable[Comment]) -> dict[int, list[Comment]]:
    """Who is told of which remarks: the investigator, whom the section is given to, who wrote in the thread; nobody of their own."""
    given = {place: row.member.user_id for place, row in giving.of(proposal).items()}
    writers = {t.first.id: t.writers for t in threads(proposal)}
    told: dict[int, list[Comment]] = defaultdict(list)
    for comment in sorted(fresh, key=lambda c: c.id):
        who = {proposal.pi_id, given.get(comment.place), *writers[comment.thread_id or comment.id]} - {comment.author_id, None}
        for user_id in who:
            told[user_id].append(comment)  # type: ignore[index]
    return dict(told)
