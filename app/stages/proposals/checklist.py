"""The checklist of one dossier: each line of the rulebook's list with what the system finds, why, and where to see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.words import N_
from app.services.files import queries as files
from app.services.files.models import Attachment
from app.services.people import queries as people
from app.services.people.models import User
from app.services.profiles.models import CvVersion
from app.services.rulebook import queries as rulebook
from app.stages.proposals import queries
from app.stages.proposals.checkmodels import (
    EligibilityCheck,
    LineJudgement,
    OverlapJudgement,
    Remedy,
    RemedyItem,
)
from app.stages.proposals.eligibility import (
    BAR,
    DEBTS,
    Cause,
    Debt,
    Line,
    RemedyState,
    Standing,
)
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import ProposalState, in_time

Said = Mapping[str, Any]
IN_ENVELOPE = (N_("This dossier came on paper: please look into it."), {})


def debts_of(proposal: Proposal, on: date) -> list[Debt]:
    """What stands against investigator and host: bars that were entered, and what their earlier projects owe."""
    users, hosts = frozenset({proposal.pi_id}), frozenset({proposal.host_id})
    found = [debt for told in DEBTS for debt in told(users, hosts, on)]
    for of_host, who in ((True, {"organisation_id": proposal.host_id}), (False, {"user_id": proposal.pi_id})):
        for row in people.debarments(on=on, **who):  # type: ignore[arg-type]
            cause = Cause(row.cause) if row.cause in set(Cause) else Cause.RATED_FAIL
            told = next((d for d in found if (d.cause, d.of_host, d.since) == (cause, of_host, row.from_date)), None)
            if told is not None:
                found.remove(told)
            entered = told or Debt(cause, of_host, "", row.from_date)
            found.append(replace(entered, until=row.until, barring=True))
    return sorted(found, key=lambda d: (d.cause == Cause.LATE_REPORT, d.since))


def lines_of(proposal: Proposal, *, on: date, english: bool = False) -> list[Line]:
    """Every line of the checklist, by the version of the list that the call froze."""
    wanted: Sequence[Said] = queries.setting("proposals.checklist", on, proposal.call_topic.call)
    facts = _Facts(proposal, on, english)
    return [line for said in wanted for line in facts.lines(said)]


class _Facts:
    """What the lines ask about one dossier, read once."""

    def __init__(self, proposal: Proposal, on: date, english: bool) -> None:
        self.proposal, self.on, self.name = proposal, on, "en" if english else "vi"
        self.on_paper = proposal.paper is not None  # what it holds may lie in the envelope alone
        self.papers = _by_kind([*files.of(proposal), *_added(proposal)])
        self.debts = debts_of(proposal, on)
        self.causes = rulebook.value("people.debarment_years", on=on)

    def lines(self, said: Said) -> Iterable[Line]:
        found = {"documents": self._documents, "host_debts": lambda s: [self._debts(s, True)], "pi_debts": lambda s: [self._debts(s, False)]}.get(said["code"])
        if found is not None:
            return found(said)
        ok, why, pages = getattr(self, f"_{said['code']}", self._unknown)(said)
        return [self._line(said, ok, why, pages)]

    def _line(self, said: Said, ok: bool | None, why: Any = (), pages: Any = (), **more: Any) -> Line:
        return Line(said["code"], said[self.name], ok, why, said.get("source", ""), said.get("weight", BAR), pages, **{"document": said.get("document"), **more})

    def _pages(self, document: str | None) -> list[tuple[str, tuple[str, dict[str, str]]]]:
        return [(a.filename, ("files.download", {"pid": a.public_id})) for a in self.papers.get(document or "", ())]

    def _unknown(self, said: Said) -> tuple[Any, Any, Any]:
        return None, [], self._pages(said.get("document"))

    def _in_time(self, _said: Said) -> tuple[Any, Any, Any]:
        got, deadline = self.proposal.submitted_at, self.proposal.call_topic.call.deadline
        if self.proposal.late is not None:
            told = {"at": _moment(got), "deadline": _moment(deadline), "document": self.proposal.late.document}
            return True, [(N_("Received %(at)s, deadline %(deadline)s; two officers admitted it after the deadline: %(document)s."), told)], [("", ("proposals.receipt", {"pid": self.proposal.public_id}))]
        ok = got is not None and in_time(got, deadline)
        return ok, [(N_("Received %(at)s, deadline %(deadline)s."), {"at": _moment(got), "deadline": _moment(deadline)})], [("", ("proposals.receipt", {"pid": self.proposal.public_id}))]

    def _signed(self, _said: Said) -> tuple[Any, Any, Any]:
        if self.on_paper:
            return None, [IN_ENVELOPE], []
        signed = self.proposal.host_signed_at
        return signed is not None, [(N_("Signed off %(at)s."), {"at": _moment(signed)})] if signed else [], []

    def _legal_person(self, said: Said) -> tuple[Any, Any, Any]:
        pages = self._pages(said.get("document"))
        if not pages and self.on_paper:
            return None, [IN_ENVELOPE], []
        if not pages:
            return False, [(N_("The papers on its legal status are not in the dossier."), {})], []
        return None, [(N_("Its papers are in the dossier: please read them."), {})], pages

    def _functions(self, said: Said) -> tuple[Any, Any, Any]:
        return None, [(N_("To be judged by the officer."), {})], self._pages("host_activity")

    def _pi_degree(self, said: Said) -> tuple[Any, Any, Any]:
        """What the CV of the profile says, in the version the dossier holds; the officer judges whether it is the right field."""
        pages, lead = self._pages(said.get("document")), next((m for m in self.proposal.team if m.user_id == self.proposal.pi_id and m.cv is not None), None)
        if lead is not None and lead.cv is not None:
            answers = db.session.scalar(select(CvVersion.answers).where(CvVersion.id == lead.cv.id)) or {}
            trained = [", ".join(str(row[c]) for c in ("level", "field", "in_year") if row.get(c)) for row in answers.get("training") or []]
            page = ("", ("proposals.member_cv", {"pid": self.proposal.public_id, "part": lead.public_id}))
            if any(trained):
                return None, [(N_("Scientific CV, version %(n)s: %(training)s."), {"n": lead.cv.number, "training": "; ".join(filter(None, trained))})], [page, *pages]
        return None, [(N_("To be read in the scientific CV.") if pages else N_("There is no scientific CV in the dossier."), {})], pages

    def _one_project(self, _said: Said) -> tuple[Any, Any, Any]:
        if not rulebook.value("proposals.one_project_at_a_time", on=self.on):
            return True, [(N_("This rule does not hold now."), {})], []
        leads = [e for e in people.engagements_of(self.proposal.pi_id, on=self.on) if e.kind == "project" and e.role == "pi"]
        if not leads:
            return True, [], []
        told = [(N_("Leads since %(day)s: %(title)s"), {"day": f"{e.from_date:%d/%m/%Y}", "title": e.title}) for e in leads]
        return False, told, [(e.title, ("hub.show", {"pid": e.subject_pid})) for e in leads]

    def _similar(self, _said: Said) -> tuple[Any, Any, Any]:
        page = [("", ("proposals.similar", {"pid": self.proposal.public_id}))]
        judged = judgements_on_overlaps(self.proposal)
        if judged:
            worst = sum(row.likeness in ("partly", "duplicate") for row in judged.values())
            return worst == 0, [(N_("%(n)s comparisons judged, %(m)s of them with an overlap that is not explained."), {"n": len(judged), "m": worst})], page
        return None, [(N_("Please look at the nearest work."), {})], page

    def _documents(self, said: Said) -> list[Line]:
        wanted = queries.documents(str(self.proposal.call_topic.topic.kind), self.on, self.proposal.call_topic.call)
        return [Line(f"doc_{d['code']}", said[self.name].replace("{name}", d[self.name]), self._present(d["code"]), () if self._present(d["code"]) is not None else (IN_ENVELOPE,), said.get("source", ""), said.get("weight", BAR),
                     self._pages(d["code"]), document=d["code"]) for d in wanted if d.get("needed")]  # fmt: skip

    def _present(self, code: str) -> bool | None:
        """Is the document there? Of a dossier on paper nobody but who holds it knows what is missing."""
        return True if code in self.papers else None if self.on_paper else False

    def _debts(self, said: Said, of_host: bool) -> Line:
        mine = [d for d in self.debts if d.of_host == of_host]
        barred = any(d.bars(self.causes, self.on) for d in mine)
        return self._line(said, False if barred else None if mine else True, debts=mine)


def _moment(at: Any) -> str:
    return f"{local(at):%d/%m/%Y %H:%M:%S}" if at else "–"


def _by_kind(rows: Iterable[Attachment]) -> dict[str, list[Attachment]]:
    found: dict[str, list[Attachment]] = {}
    for row in rows:
        found.setdefault(row.kind, []).append(row)
    return found


def _added(proposal: Proposal) -> list[Attachment]:
    """Documents that came by an answered request."""
    answered = aliased(Remedy)
    statement = (select(Attachment).join(answered, and_(Attachment.subject_type == "remedy", Attachment.subject_pid == answered.public_id))
                 .where(answered.proposal_id == proposal.id, answered.state == RemedyState.ANSWERED, Attachment.removed_at.is_(None)).order_by(Attachment.id))  # fmt: skip
    return list(db.session.scalars(statement))


# --- what was judged, concluded and asked ---------------------------------------------------------------------


def judgements(proposal: Proposal) -> dict[tuple[str, int], LineJudgement]:
    """All judgements of a dossier's lines, by line and number."""
    statement = select(LineJudgement).options(joinedload(LineJudgement.by)).where(LineJudgement.proposal_id == proposal.id).order_by(LineJudgement.number)
    return {(row.code, row.number): row for row in db.session.scalars(statement)}


def newest(rows: Mapping[tuple[str, int], LineJudgement]) -> dict[str, LineJudgement]:
    """The judgement that counts, by line."""
    return {code: row for (code, _number), row in sorted(rows.items())}


def standings(proposal: Proposal, *, on: date, english: bool = False) -> list[Standing]:
    """The checklist with what was judged."""
    judged = newest(judgements(proposal))
    return [Standing(line, judged.get(line.code)) for line in lines_of(proposal, on=on, english=english)]


def checks_of(proposal: Proposal) -> list[EligibilityCheck]:
    """What was concluded on a dossier, newest first."""
    statement = select(EligibilityCheck).options(joinedload(EligibilityCheck.by)).where(EligibilityCheck.proposal_id == proposal.id)
    return list(db.session.scalars(statement.order_by(EligibilityCheck.number.desc())))


def reversals_of(proposal: Proposal) -> list[dict[str, Any]]:
    """When a conclusion was taken back, by whom, why and on which document, newest first."""
    found = [entry for entry in journal.timeline([journal.subject_key(proposal)]) if entry.verb in ("reinstate", "retract")]
    names = people.users_by_id({entry.actor_id for entry in found if entry.actor_id})
    return [{"at": e.at, "who": names[e.actor_id].name if e.actor_id in names else "–", "reason": e.reason, "document": (e.detail or {}).get("number")} for e in found]


def remedies_of(proposal: Proposal) -> list[Remedy]:
    """The requests to add something, newest first."""
    statement = select(Remedy).options(selectinload(Remedy.items), joinedload(Remedy.asked_by)).where(Remedy.proposal_id == proposal.id)
    return list(db.session.scalars(statement.order_by(Remedy.number.desc())))


def added_to(requests: Sequence[Remedy]) -> dict[tuple[str, int], list[Attachment]]:
    """The files that came with the answers, by request and number of the item."""
    places = {(r.public_id, file_kind(item)): (r.public_id, item.position) for r in requests if r.state == RemedyState.ANSWERED for item in r.items}
    rows = select(Attachment).where(Attachment.subject_type == "remedy", Attachment.subject_pid.in_({pid for pid, _kind in places}), Attachment.removed_at.is_(None))
    found: dict[tuple[str, int], list[Attachment]] = {}
    for row in db.session.scalars(rows.order_by(Attachment.id)) if places else ():
        if place := places.get((row.subject_pid, row.kind)):
            found.setdefault(place, []).append(row)
    return found


def file_kind(item: RemedyItem) -> str:
    """As what a file for this item is kept: the document that was asked for, else what goes with the explanation."""
    return item.document or f"explanation_{item.position}"


def waiting_remedy(proposal: Proposal) -> Remedy | None:
    """The request that waits for an answer."""
    return db.session.scalar(select(Remedy).options(selectinload(Remedy.items)).where(Remedy.proposal_id == proposal.id, Remedy.state == RemedyState.ASKED))


def _remedy(pid: str) -> Select[tuple[Remedy]]:
    return (select(Remedy).options(selectinload(Remedy.items), joinedload(Remedy.asked_by),
                                   joinedload(Remedy.proposal).options(*queries.whole_options())).where(Remedy.public_id == pid))  # fmt: skip


def remedy_by_pid(pid: str) -> Remedy | None:
    """One request, whoever asks."""
    return db.session.scalar(_remedy(pid))


def remedy_for(user: User, pid: str) -> Remedy | None:
    """One request, for those who may answer it: the investigator and the host's managers."""
    row = remedy_by_pid(pid)
    return row if row is not None and (row.proposal.pi_id == user.id or user.manages(row.proposal.host_id)) else None


def remedy_for_officer(user: User, pid: str) -> Remedy | None:
    """One request, for the Department."""
    row = remedy_by_pid(pid)
    return row if row is not None and queries.for_officer(user, row.proposal.public_id) is not None else None


def judgements_on_overlaps(proposal: Proposal) -> dict[tuple[str, str], OverlapJudgement]:
    """The newest judgement on each piece of earlier work."""
    statement = select(OverlapJudgement).options(joinedload(OverlapJudgement.by)).where(OverlapJudgement.proposal_id == proposal.id)
    return {(row.other_kind, row.other_pid): row for row in db.session.scalars(statement.order_by(OverlapJudgement.id))}


# --- the list of the officer ----------------------------------------------------------------------------------


def has_remedy(*where: Any) -> Any:
    """The condition: a request of the dossier is so."""
    return exists().where(Remedy.proposal_id == Proposal.id, *where)


def remedies_due(since: date, until: date) -> list[Remedy]:
    """The requests that wait for an answer whose last day is one of these."""
    rows = select(Remedy).options(joinedload(Remedy.proposal).options(joinedload(Proposal.pi))).where(
        Remedy.state == RemedyState.ASKED, Remedy.due_on.between(since, until), Proposal.state == ProposalState.SUBMITTED)  # fmt: skip
    return list(db.session.scalars(rows.join(Proposal, Proposal.id == Remedy.proposal_id).order_by(Remedy.id)))


def requests_of(proposal_ids: list[int]) -> dict[int, Remedy]:
    """The newest request of each of these dossiers."""
    rows = db.session.scalars(select(Remedy).where(Remedy.proposal_id.in_(proposal_ids)).order_by(Remedy.number))
    return {row.proposal_id: row for row in rows}


def was_reversed() -> Any:
    """The condition: something was concluded and taken back."""
    return or_(and_(Proposal.checked_at.is_(None), exists().where(EligibilityCheck.proposal_id == Proposal.id)),
               select(func.count()).select_from(EligibilityCheck).where(EligibilityCheck.proposal_id == Proposal.id).scalar_subquery() > 1)  # fmt: skip
