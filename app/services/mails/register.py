"""Every mail that the system writes: to whom, and how much it is needed. What is not in this table cannot be sent (a test plays every act).

The address of an act says by its code which mails it may write (`sending`); this table says of each what nobody can read from code.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.kernel.words import N_, Face


class Need(Face):
    """Why a mail is written, and therefore who may do without it."""

    LAW = "law", N_("the law asks for it"), "red"  # neither sender nor reader
    ACT = "act", N_("the act needs it: the reader has to answer, or to know"), "amber"  # neither
    WORK = "work", N_("work of an office waits"), "blue"  # the reader may take it in the digest
    COURTESY = "courtesy", N_("a courtesy"), "grey"  # the sender may leave it out, the reader may switch it off


@dataclass(frozen=True)
class Mail:
    """To whom a mail goes, why, and whether the sender may read the names of the readers."""

    to: str
    need: Need
    named: bool = True


HOLDERS, PI, MANAGERS = N_("principal investigator and managers of the host"), N_("principal investigator"), N_("managers of the organisation")
OFFICERS, DECIDERS, PAYERS = N_("officers of the Department"), N_("those who decide"), N_("accountants")
OFFICER, PERSON, BOTH = N_("the officer who asked"), N_("the person concerned"), N_("investigator, host and officers of the Department")
MEMBERS, MEMBER, AUTHORS = N_("members of the council"), N_("the member concerned"), N_("authors of the idea")
FOLLOWERS, ASKER, OLD = N_("who follows the call or works on a dossier"), N_("who asked"), N_("those who answer for the project, before and after")
RECEIVERS, WRITER, CHAIR = N_("who signs for the receiving body"), N_("who wrote the message"), N_("chair of the council")
INSPECTORS, TEAM = N_("inspectors, else the officers of the Department"), N_("the persons of the team concerned")
PEOPLE_OF_BODY = N_("managers of the organisation, else officers of the Department")
ADMINS = N_("administrators")
NAMED, SIGNERS = N_("the bodies named in the call"), N_("those who decide and officers of the Department")

_ROOMS: dict[str, tuple[tuple[str, Need, str], ...]] = {
    "people": ((PERSON, Need.ACT, "already email_changed email_new email_old email_taken guessed no_account password_changed reset sign_up"),),
    "entry": ((PERSON, Need.ACT, "factor_changed factor_reset recovery_used"), (ADMINS, Need.ACT, "factor_reset_seen")),
    "archive": ((ASKER, Need.ACT, "archive_ready"),), "keeping": ((ADMINS, Need.ACT, "backup_late"),),
    "profiles": ((PEOPLE_OF_BODY, Need.ACT, "belonging_asked"), (PERSON, Need.ACT, "belonging_confirmed belonging_refused")),
    "charges": ((PERSON, Need.ACT, "charge_given deputy_named"), (PERSON, Need.COURTESY, "charge_taken deputy_ended")),
    "files": ((PERSON, Need.ACT, "infected"),),
    "experts": ((PERSON, Need.ACT, "pool_invited"), (OFFICER, Need.WORK, "pool_declined")),
    "councils": (
        (MEMBERS, Need.LAW, "invited dissolved"), (MEMBER, Need.ACT, "seat_asked replaced remark_due awaited"), (DECIDERS, Need.ACT, "proposed"), (OFFICER, Need.ACT, "sent_back seat_declined"),
        (HOLDERS, Need.ACT, "asked"), (N_("officers and chair of the council"), Need.ACT, "conflict_found")),
    "selection": ((HOLDERS, Need.LAW, "complaint_answered"), (PERSON, Need.LAW, "complaint_received"), (OFFICERS, Need.WORK, "complaint_filed")),
    "plan": ((MANAGERS, Need.ACT, "assigned measure_due measure_late"), (MANAGERS, Need.COURTESY, "called_off in_force"), (DECIDERS, Need.ACT, "prepared")),
    "ideas": (
        (AUTHORS, Need.LAW, "submitted decided"), (AUTHORS, Need.ACT, "returned"), (AUTHORS, Need.COURTESY, "merged unmerged commitment_answered"), (MANAGERS, Need.ACT, "commitment_asked"),
        (MANAGERS, Need.COURTESY, "receiver_told"), (AUTHORS, Need.ACT, "topic_dropped"), (PERSON, Need.ACT, "link link_refused"), (OFFICERS, Need.WORK, "link_asked")),
    "calls": (
        (FOLLOWERS, Need.LAW, "extended corrected cancelled"), (FOLLOWERS, Need.COURTESY, "closing"), (N_("who keeps a search that the call matches"), Need.COURTESY, "matches"),
        (ASKER, Need.ACT, "answered"), (ASKER, Need.COURTESY, "set_aside"), (OFFICERS, Need.WORK, "asked"), (NAMED, Need.ACT, "named")),
    "proposals": (
        (HOLDERS, Need.LAW, "submitted withdrawn checked reinstated concluded reconsidered declined remedy_asked remedy_taken_back remedy_due admitted_late refused_late transcribed reserve_ended"),
        (MANAGERS, Need.ACT, "asked_sign_off"), (PI, Need.ACT, "sent_back"), (PI, Need.COURTESY, "signed_off section_complete team_answered team_left"),
        (N_("investigator, host and officers of the Department"), Need.LAW, "moved_up given_up"), (OFFICER, Need.WORK, "remedy_answered"), (TEAM, Need.ACT, "team_invited asked_to_lead"),
        (TEAM, Need.COURTESY, "section_given commented lead_answered")),
    "funding": (
        (HOLDERS, Need.LAW, "approved signed settled settlement_returned liquidated request_returned tranche_account_returned revision_asked revision_returned cost_asked"),
        (HOLDERS, Need.ACT, "due"), (HOLDERS, Need.COURTESY, "paid tranche_accounted refund_reversed revision_accepted"), (DECIDERS, Need.WORK, "submitted requested"),
        (N_("the officer who submitted it"), Need.ACT, "returned"), (PAYERS, Need.WORK, "to_pay settlement tranche_account"), (OFFICER, Need.WORK, "revision_submitted cost_answered"),
        (OLD, Need.ACT, "account_change_asked account_change_agreed account_change_ended")),
    "execution": (
        (HOLDERS, Need.LAW, "suspended resumed terminated adjustment_decided inspected"), (HOLDERS, Need.ACT, "report_asked report_return report_due finding_due"),
        (HOLDERS, Need.COURTESY, "report_accept finding_judged"), (N_("investigator, host and those who decide"), Need.LAW, "termination"), (HOLDERS, Need.LAW, "dropped"),
        (OFFICERS, Need.WORK, "report_submitted ending_requested"), (OFFICERS, Need.COURTESY, "change_noted"), (SIGNERS, Need.WORK, "adjustment"), (INSPECTORS, Need.WORK, "finding_answered"),
        (N_("investigator, host and inspectors"), Need.LAW, "inspection"), (BOTH, Need.ACT, "report_late")),
    "acceptance": (
        (HOLDERS, Need.LAW, "returned graded revision revision_refused recognised failed reevaluate"), (HOLDERS, Need.ACT, "ends_soon"), (HOLDERS, Need.COURTESY, "valid revision_confirmed registered"),
        (OFFICERS, Need.WORK, "submitted revised ticked team_reported"), (CHAIR, Need.ACT, "to_tick"), (TEAM, Need.ACT, "in_team"), (DECIDERS, Need.WORK, "to_recognise"), (BOTH, Need.ACT, "dossier_late")),
    "transfer": (
        (RECEIVERS, Need.ACT, "offered withdrawn"), (BOTH, Need.ACT, "confirmed refused registration_due"), (BOTH, Need.COURTESY, "agreement_signed agreement_over"),
        (HOLDERS, Need.COURTESY, "agreement_registered evaluated talks followed"), (N_("who reports on the use"), Need.ACT, "follow_up_due return"),
        (N_("who reports on the use"), Need.COURTESY, "waived"), (OFFICERS, Need.WORK, "interest reported"), (N_("investigator and host, or officers of the Department"), Need.COURTESY, "verify"),
        (WRITER, Need.ACT, "interest_answer"), (N_("who uses the result"), Need.ACT, "use_link")),
}  # fmt: skip
UNNAMED = {FOLLOWERS, ASKER, WRITER, N_("who keeps a search that the call matches")}  # readers whom the sender does not learn
MAILS: dict[str, Mail] = {f"{room}/mail/{name}.txt": Mail(to, need, to not in UNNAMED) for room, lines in _ROOMS.items() for to, need, names in lines for name in names.split()}
# what a person chooses about: one choice for the mails of several rooms
GROUPS: dict[str, str] = {
    "ideas": N_("Ideas and topics"), "calls": N_("Calls"), "proposals": N_("Dossiers"), "councils": N_("Councils and selection"), "funding": N_("Money"), "execution": N_("Execution"),
    "acceptance": N_("Acceptance"), "transfer": N_("Transfer and use"), "plan": N_("Plan"), "office": N_("Files in charge, organisations and accounts"),
}  # fmt: skip
_KIN = {"selection": "councils", "experts": "councils", "people": "office", "profiles": "office", "charges": "office", "files": "office", "notices": "office", "entry": "office", "archive": "office", "keeping": "office"}


def group_of(template: str) -> str:
    """The group of mails that a template belongs to."""
    room = template.partition("/")[0]
    return _KIN.get(room, room)


def need_of(template: str) -> Need:
    """Why the mail is written; one that is not in the table is needed."""
    known = MAILS.get(template)
    return known.need if known else Need.ACT
