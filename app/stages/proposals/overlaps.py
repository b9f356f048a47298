"""Earlier work that is near to a dossier: which texts are compared, what people judge of it. Nothing sealed is compared, and nothing blocks by itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import joinedload

from app.kernel import journal
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.permissions import Do
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.people.models import User
from app.services.similarity import queries as similarity
from app.services.similarity import texts
from app.services.similarity.kinds import KINDS, Shown, visible_to
from app.services.similarity.models import TextEntry
from app.services.similarity.passages import around
from app.stages.calls.models import CallTopic
from app.stages.proposals import checklist, queries
from app.stages.proposals.checking import refuse_own_people
from app.stages.proposals.checkmodels import Likeness, OverlapJudgement
from app.stages.proposals.models import Proposal, Version
from app.stages.proposals.rules import ProposalState

SHORTEST = 20  # characters of an answer that is a text
KIND, PROJECT = "proposal", "project"
JUDGED_IN = (ProposalState.SUBMITTED, ProposalState.ELIGIBLE, ProposalState.INELIGIBLE, ProposalState.IN_SELECTION)
NAMES = {Likeness.NONE: "không trùng", Likeness.EXPLAINED: "trùng một phần, đã giải trình", Likeness.PARTLY: "trùng một phần, chưa giải trình", Likeness.DUPLICATE: "trùng lặp"}

# fn(public ids of projects or dossiers) -> (project, the dossier it was awarded for), each by public id; funding registers its own at import
AWARDS: list[Callable[[Collection[str]], Iterable[tuple[str, str]]]] = []


def text_of(content: Mapping[str, Any]) -> str:
    """What a submitted version says in words: aim, work description and products, without titles and figures."""
    return "\n".join(part for part in (content.get("aim") or "", *_texts(content.get("work") or {}), *_texts(content.get("products") or [])) if len(part) >= SHORTEST)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def waiting_texts(limit: int) -> list[tuple[str, str, str, str]]:
    """Opened dossiers whose text is not in the index yet: (kind, public id, text, what the order says)."""
    if limit <= 0:
        return []
    opened = (select(Proposal).options(joinedload(Proposal.call_topic).joinedload(CallTopic.topic))
              .where(queries.unsealed(), exists().where(Version.proposal_id == Proposal.id), Proposal.public_id.not_in(texts.known_pids(KIND)))
              .order_by(Proposal.id).limit(limit))  # fmt: skip
    found = []
    for row in db.session.scalars(opened).all():
        version, topic = queries.latest_version(row), row.call_topic.topic
        if version is not None:
            found.append((KIND, row.public_id, text_of(version.content), f"{topic.title}\n{topic.aim}\n{topic.products}\n{row.title}"))
    return found


texts.PENDING.append(waiting_texts)


@dataclass(frozen=True)
class Near:
    """One piece of earlier work beside a dossier: how much is shared, what was judged. A project is compared by the text of its dossier (`text`)."""

    kind: str
    pid: str
    face: Shown
    share: int | None = None  # thousandths of the dossier's words; None: found by its title
    passages: int = 0
    words: int = 0
    why: tuple[str, ...] = ()
    judged: OverlapJudgement | None = None
    text: str | None = None


def may_compare(row: Proposal, user: User) -> bool:
    """Who reads an opened dossier by office or as a member of a council; never the applicant: the other text is somebody else's."""
    own = row.pi_id == user.id or user.manages(row.host_id) or any(m.user_id == user.id for m in row.team)
    return not own and not queries.is_sealed(row)


def _awards(pids: Collection[str]) -> list[tuple[str, str]]:
    return [pair for told in AWARDS for pair in told(pids)] if pids else []


def by_text(row: Proposal) -> list[Near] | None:
    """Opened dossiers of this and other calls that share passages with this one, as projects where they became some; None while the worker has not come to it."""
    found = texts.near_to(KIND, row.public_id)
    if found is None:
        return None
    judged = checklist.judgements_on_overlaps(row)
    became = {dossier: project for project, dossier in _awards([f.pid for f in found])}
    faces = KINDS[KIND].show([f.pid for f in found])
    projects = KINDS[PROJECT].show(list(became.values())) if became else {}
    near = []
    for f in found:
        kind, pid = (PROJECT, became[f.pid]) if became.get(f.pid) in projects else (KIND, f.pid)
        face = projects[pid] if kind == PROJECT else faces.get(pid)
        if face is not None:
            near.append(Near(kind, pid, face, f.share, len(f.passages), f.words, judged=judged.get((kind, pid)) or judged.get((KIND, f.pid)), text=f.pid))
    return near


def by_title(row: Proposal, user: User, texts_near: Collection[Near] = ()) -> list[Near]:
    """Projects and opened dossiers whose titles are near. Awards are public: a council hears of all of them, of dossiers it hears what it may know of."""
    judged = checklist.judgements_on_overlaps(row)
    own = [(KIND, row.public_id), *((PROJECT, project) for project, dossier in _awards([row.public_id]) if dossier == row.public_id)]
    known = or_(visible_to(user, {KIND}), TextEntry.kind == PROJECT)
    found = similarity.shown(similarity.nearest(row.title, visible=known, limit=10, exclude=own))
    shared = {(n.kind, n.pid): n for n in texts_near}
    near = []
    for m, face in found:
        with_text = shared.get((m.kind, m.pid))
        near.append(Near(m.kind, m.pid, face, why=tuple(m.why), judged=judged.get((m.kind, m.pid)) or (with_text.judged if with_text else None),
                         **({"share": with_text.share, "passages": with_text.passages, "words": with_text.words, "text": with_text.text} if with_text else {})))  # fmt: skip
    return near


def side_by_side(row: Proposal, near: Near) -> list[tuple[tuple[str, str, str], tuple[str, str, str], int]]:
    """Every shared passage within its sentence: here, there, and its words."""
    found = next((f for f in texts.near_to(KIND, row.public_id) or [] if f.pid == near.text), None)
    if found is None:
        return []
    both = texts.texts_of([(KIND, row.public_id), (KIND, found.pid)])
    mine, theirs = both[(KIND, row.public_id)], both[(KIND, found.pid)]
    return [(around(mine, p.mine), around(theirs, p.theirs), p.length) for p in found.passages]


def one(row: Proposal, kind: str, pid: str, user: User) -> Near | None:
    """One piece of earlier work: near by its text, else any that this person may know of."""
    if kind not in (KIND, PROJECT) or pid == row.public_id:
        return None
    found = next((n for n in by_text(row) or [] if pid in (n.pid, n.text)), None)
    if found is not None:
        return replace(found, why=tuple(similarity.shared_words(row.title, found.face.title)))
    known = KINDS.get(kind)
    if known is None or not user.can(Do.PROPOSALS_READ) or not db.session.scalar(select(exists(known.visible(user).where(known.model.public_id == pid)))):
        return None
    face = known.show([pid]).get(pid)
    judged = checklist.judgements_on_overlaps(row).get((kind, pid))
    return Near(kind, pid, face, judged=judged, why=tuple(similarity.shared_words(row.title, face.title))) if face else None


def check_judgeable(row: Proposal, by: User) -> None:
    """Raise unless this officer may record a judgement now."""
    if queries.is_sealed(row):
        raise WrongState(N_("Dossiers stay sealed until the call is opened."))
    if row.state not in JUDGED_IN:
        raise WrongState(N_("The selection has decided on this dossier: nothing is judged any more."))
    refuse_own_people(row, by)


def judge(row: Proposal, near: Near, *, likeness: Likeness, reason: str, by: User, at: datetime) -> OverlapJudgement:
    """Record what a person finds when comparing the dossier with this earlier work: the council reads it."""
    check_judgeable(row, by)
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    made = OverlapJudgement(proposal_id=row.id, other_kind=near.kind, other_pid=near.pid, other_code=near.face.code, other_title=near.face.title[:500], likeness=likeness,
                            reason=nfc(reason), share=near.share, by_id=by.id, at=at)  # fmt: skip
    db.session.add(made)
    db.session.flush()
    # without the reason: the applicant reads what happened to the dossier, and the reason speaks of somebody else's text
    journal.record(row, "judge_overlap", by=by, at=at, detail={"likeness": str(likeness), "other": near.pid, "share": near.share, "judgement": made.public_id})
    return made


def told_to_council(row: Proposal) -> str:
    """What was judged, in one sentence for the minutes; empty when nothing was."""
    said = [f"{j.other_code or j.other_title[:80]}: {NAMES[j.likeness]}" + (f" ({j.share / 10:.1f}%)".replace(".", ",") if j.share is not None else "") + f" – {j.reason[:300]}"
            for j in checklist.judgements_on_overlaps(row).values()]  # fmt: skip
    return "; ".join(said)
