"""Words of permission, and which role may say them. Pure: who owns what is asked in rules and queries.

Grammar: ``STAGE_VERB = "stage:verb"``; the verb is the action's name. Add a word beside its stage.
"""

from __future__ import annotations

import functools
from enum import StrEnum


class Do(StrEnum):
    """What a person may do. A role grants words; a stage's queries still limit them to the right rows."""

    SYSTEM = "system"  # made by other acts or by the worker: no button, no person
    # services
    PEOPLE_MANAGE = "people:manage"
    PEOPLE_READ = "people:read"
    PEOPLE_CONFIRM = "people:confirm"  # who belongs to which organisation
    RULEBOOK_READ = "rulebook:read"
    RULEBOOK_REVISE = "rulebook:revise"
    QUESTIONNAIRES_READ = "questionnaires:read"
    QUESTIONNAIRES_REVISE = "questionnaires:revise"
    FILES_ATTACH = "files:attach"
    PAPERS_READ = "papers:read"
    PAPERS_NUMBER = "papers:number"
    PAPERS_WITHDRAW = "papers:withdraw"
    COUNCILS_ESTABLISH = "councils:establish"
    COUNCILS_RUN = "councils:run"
    COUNCILS_READ = "councils:read"
    COUNCILS_SIT = "councils:sit"
    COUNCILS_ATTEND = "councils:attend"  # keep a session: officers, and the scientific secretary among the members
    # stages
    PLAN_IMPORT = "plan:import"
    PLAN_REVISE = "plan:revise"
    PLAN_PUT_IN_FORCE = "plan:put_in_force"
    PLAN_READ = "plan:read"
    PLAN_NOTE_PROGRESS = "plan:note_progress"
    IDEAS_DRAFT = "ideas:draft"
    IDEAS_SUBMIT = "ideas:submit"
    IDEAS_WITHDRAW = "ideas:withdraw"
    IDEAS_READ = "ideas:read"
    IDEAS_RETURN = "ideas:return"
    IDEAS_IDENTIFY = "ideas:identify"
    IDEAS_APPROVE = "ideas:approve"
    IDEAS_COMMIT = "ideas:commit"
    TOPICS_READ = "topics:read"
    TOPICS_DROP = "topics:drop"
    CALLS_READ = "calls:read"
    CALLS_DRAFT = "calls:draft"
    CALLS_PUBLISH = "calls:publish"
    CALLS_EXTEND = "calls:extend"
    CALLS_OPEN = "calls:open"
    CALLS_CONCLUDE = "calls:conclude"
    CALLS_CANCEL = "calls:cancel"
    CALLS_CALL_OFF = "calls:call_off"
    PROPOSALS_DRAFT = "proposals:draft"
    PROPOSALS_SIGN_OFF = "proposals:sign_off"
    PROPOSALS_SUBMIT = "proposals:submit"
    PROPOSALS_WITHDRAW = "proposals:withdraw"
    PROPOSALS_READ = "proposals:read"
    PROPOSALS_CHECK = "proposals:check"
    SELECTION_READ = "selection:read"
    SELECTION_RUN = "selection:run"
    SELECTION_CONCLUDE = "selection:conclude"
    FUNDING_READ = "funding:read"
    FUNDING_APPRAISE = "funding:appraise"
    FUNDING_PROPOSE = "funding:propose"
    FUNDING_APPROVE = "funding:approve"
    FUNDING_CONTRACT = "funding:contract"
    FUNDING_REQUEST = "funding:request"
    FUNDING_APPROVE_PAYMENT = "funding:approve_payment"
    FUNDING_PAY = "funding:pay"
    FUNDING_SETTLE = "funding:settle"
    FUNDING_LIQUIDATE = "funding:liquidate"
    EXECUTION_READ = "execution:read"
    EXECUTION_REPORT = "execution:report"
    EXECUTION_REVIEW = "execution:review"
    EXECUTION_INSPECT = "execution:inspect"
    EXECUTION_REQUEST = "execution:request"
    EXECUTION_DECIDE = "execution:decide"
    ACCEPTANCE_READ = "acceptance:read"
    ACCEPTANCE_SUBMIT = "acceptance:submit"
    ACCEPTANCE_CHECK = "acceptance:check"
    ACCEPTANCE_RUN = "acceptance:run"
    ACCEPTANCE_REGISTER = "acceptance:register"
    ACCEPTANCE_RECOGNISE = "acceptance:recognise"
    TRANSFER_READ = "transfer:read"
    TRANSFER_OFFER = "transfer:offer"
    TRANSFER_HAND_OVER = "transfer:hand_over"
    TRANSFER_CONFIRM = "transfer:confirm"
    TRANSFER_REPORT = "transfer:report"
    TRANSFER_VERIFY = "transfer:verify"
    TRANSFER_EVALUATE = "transfer:evaluate"
    ARCHIVE_READ = "archive:read"  # whole dossiers, terms, holds
    ARCHIVE_REQUEST = "archive:request"  # a file with the whole dossier, or with the own part of it
    ARCHIVE_HOLD = "archive:hold"
    ARCHIVE_LIFT = "archive:lift"
    ARCHIVE_HAND_OVER = "archive:hand_over"
    CHARGES_HAND_OVER = "charges:hand_over"  # files, from one officer to another; and windows
    DESK_READ = "desk:read"
    HUB_READ = "hub:read"
    PORTFOLIO_READ = "portfolio:read"
    IMPORTS_RUN = "imports:run"
    ADMIN_OUTBOX = "admin:outbox"
    ADMIN_READ_MAIL = "admin:read_mail"
    ADMIN_CLOCK = "admin:clock"
    ADMIN_JOURNAL = "admin:journal"
    ADMIN_BACKUP = "admin:backup"
    ADMIN_RESEND = "admin:resend"


_EVERYONE = {
    Do.DESK_READ, Do.HUB_READ, Do.PLAN_READ, Do.IDEAS_DRAFT, Do.IDEAS_SUBMIT, Do.IDEAS_WITHDRAW, Do.IDEAS_COMMIT, Do.CALLS_READ, Do.ARCHIVE_REQUEST,
    Do.TOPICS_READ, Do.FILES_ATTACH, Do.PROPOSALS_DRAFT, Do.PROPOSALS_SUBMIT, Do.PROPOSALS_WITHDRAW, Do.FUNDING_REQUEST, Do.EXECUTION_REPORT, Do.EXECUTION_REQUEST, Do.ACCEPTANCE_SUBMIT, Do.TRANSFER_REPORT, Do.TRANSFER_HAND_OVER,
}  # fmt: skip
_READ = {d for d in Do if d.endswith(":read")}
_OFFICER = _READ | {
    Do.CHARGES_HAND_OVER, Do.PEOPLE_CONFIRM, Do.RULEBOOK_REVISE, Do.QUESTIONNAIRES_REVISE, Do.PAPERS_NUMBER, Do.COUNCILS_RUN, Do.COUNCILS_ATTEND, Do.PLAN_IMPORT, Do.PLAN_REVISE, Do.IDEAS_RETURN, Do.IDEAS_IDENTIFY, Do.CALLS_DRAFT, Do.CALLS_PUBLISH, Do.CALLS_EXTEND, Do.CALLS_OPEN, Do.CALLS_CONCLUDE, Do.CALLS_CANCEL, Do.PROPOSALS_CHECK, Do.SELECTION_RUN,
    Do.SELECTION_CONCLUDE, Do.FUNDING_APPRAISE, Do.FUNDING_PROPOSE, Do.FUNDING_CONTRACT, Do.FUNDING_APPROVE_PAYMENT, Do.FUNDING_SETTLE, Do.FUNDING_LIQUIDATE, Do.EXECUTION_REVIEW, Do.EXECUTION_INSPECT, Do.ACCEPTANCE_CHECK, Do.ACCEPTANCE_RUN, Do.ACCEPTANCE_REGISTER, Do.TRANSFER_OFFER, Do.TRANSFER_VERIFY, Do.TRANSFER_EVALUATE,
    Do.IMPORTS_RUN, Do.ADMIN_OUTBOX, Do.ADMIN_RESEND, Do.ARCHIVE_HOLD, Do.ARCHIVE_HAND_OVER,
}  # fmt: skip

ROLES: dict[str, frozenset[Do]] = {
    "researcher": frozenset(_EVERYONE),
    "host": frozenset(_EVERYONE | {Do.PROPOSALS_SIGN_OFF, Do.TRANSFER_CONFIRM, Do.PLAN_NOTE_PROGRESS}),
    "agency": frozenset(_EVERYONE | {Do.PLAN_NOTE_PROGRESS, Do.TRANSFER_CONFIRM}),
    "expert": frozenset(_EVERYONE | {Do.COUNCILS_SIT, Do.COUNCILS_ATTEND}),
    "officer": frozenset(_OFFICER | _EVERYONE),
    "leader": frozenset(_READ | _EVERYONE | {Do.CHARGES_HAND_OVER, Do.COUNCILS_ESTABLISH, Do.PLAN_PUT_IN_FORCE, Do.CALLS_EXTEND, Do.CALLS_CALL_OFF, Do.FUNDING_APPROVE, Do.FUNDING_APPROVE_PAYMENT, Do.FUNDING_CONTRACT, Do.EXECUTION_DECIDE, Do.ACCEPTANCE_RECOGNISE, Do.PAPERS_WITHDRAW, Do.ARCHIVE_LIFT}),
    "province": frozenset(_READ | _EVERYONE | {Do.IDEAS_APPROVE, Do.TOPICS_DROP, Do.PLAN_PUT_IN_FORCE, Do.FUNDING_APPROVE, Do.EXECUTION_DECIDE, Do.ACCEPTANCE_RECOGNISE, Do.PAPERS_WITHDRAW}),
    "finance": frozenset({Do.FUNDING_READ, Do.FUNDING_APPRAISE, Do.FUNDING_PAY, Do.FUNDING_SETTLE, Do.PORTFOLIO_READ, Do.EXECUTION_READ, Do.PAPERS_READ, Do.RULEBOOK_READ, Do.SELECTION_READ} | _EVERYONE),
    "registry": frozenset({Do.PAPERS_READ, Do.PAPERS_NUMBER, Do.ADMIN_OUTBOX, Do.ADMIN_RESEND} | _EVERYONE),
    "auditor": frozenset(_READ | {Do.ARCHIVE_REQUEST, Do.ADMIN_JOURNAL, Do.ADMIN_OUTBOX}),
    "admin": frozenset({Do.PEOPLE_MANAGE, Do.PEOPLE_READ, Do.ADMIN_OUTBOX, Do.ADMIN_READ_MAIL, Do.ADMIN_CLOCK, Do.ADMIN_JOURNAL, Do.ADMIN_BACKUP, Do.ADMIN_RESEND, Do.RULEBOOK_READ, Do.DESK_READ, Do.PLAN_READ, Do.CALLS_READ, Do.TOPICS_READ}),
}  # fmt: skip


@functools.cache
def words_of(roles: frozenset[str]) -> frozenset[Do]:
    """All words that these roles grant together. An unknown role grants nothing."""
    return frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))
