"""What the journal and the outgoing mail call things: tables and templates in words."""

from __future__ import annotations

from typing import Any

from app.kernel import subjects
from app.kernel.words import N_

ROOMS_OF_MAIL = {
    "keeping": N_("Backups"),
    "files": N_("Files"),
    "plan": N_("Plan"),
    "ideas": N_("Ideas"), "calls": N_("Calls"), "proposals": N_("Proposals"), "selection": N_("Selection"), "councils": N_("Councils"),
    "funding": N_("Funding"), "execution": N_("Execution"), "acceptance": N_("Acceptance"), "transfer": N_("Transfer"),
}  # fmt: skip
# by the name of the template's file; the room is said beside it
MAILS = {
    "backup_late": N_("Backups need attention"), "anchor": N_("Anchor of the journal"),
    "answered": N_("Was answered"), "asked": N_("Question asked"), "assigned": N_("Measure given out"), "called_off": N_("Measure called off"),
    "cancelled": N_("Was cancelled"), "closing": N_("Call closes soon"),
    "agreement_over": N_("Contract ran out"), "declined": N_("Award declined"), "dropped": N_("Early end dropped"), "extended": N_("Deadline was moved"),
    "given_up": N_("Place given up"), "moved_up": N_("Reserve moved up"), "proposed": N_("Council proposed"), "replaced": N_("Member replaced"), "corrected": N_("Notice corrected"), "link": N_("Link for an order form sent"), "matches": N_("A saved search matches"),
    "measure_due": N_("Became due"), "measure_late": N_("Measure is late"), "merged": N_("Was merged into another idea"), "prepared": N_("Decision prepared"),
    "remedy_asked": N_("Something asked to be added"), "remedy_answered": N_("What was asked for was added"), "remedy_taken_back": N_("Request to add something taken back"),
    "set_aside": N_("Question set aside"), "unmerged": N_("Merger undone"), "waived": N_("No longer asked for"),
    "transcribed": N_("Content entered from paper"), "talks": N_("Talks about a result"), "use_link": N_("Link to the short form mailed"),
    "admitted_late": N_("Admitted after the deadline"), "refused_late": N_("Admission after the deadline refused"), "remedy_due": N_("Something asked to be added is due soon"), "infected": N_("Malware found in a file"),
    "adjustment": N_("Was asked for"), "adjustment_decided": N_("Was decided"), "agreement_registered": N_("Was registered"), "agreement_signed": N_("Was signed"),
    "approved": N_("Was approved"), "checked": N_("Was checked"), "concluded": N_("Was concluded"), "confirmed": N_("Receiver signed"), "decided": N_("Was decided"),
    "dissolved": N_("Was dissolved"), "due": N_("Became due"), "evaluated": N_("Effect evaluated"), "failed": N_("Closed as not accepted"),
    "follow_up_due": N_("Became due"), "followed": N_("Was verified"), "graded": N_("Rated by the council"), "inspected": N_("Inspection concluded"),
    "inspection": N_("Inspection announced"), "interest": N_("A visitor wrote"), "interest_answer": N_("Was answered"), "invited": N_("Invitation to a session"),
    "liquidated": N_("Contract was liquidated"), "offered": N_("Was offered"), "paid": N_("Payment recorded"), "recognised": N_("Results were recognised"),
    "reevaluate": N_("Another evaluation allowed"), "refused": N_("Was refused"), "registered": N_("All results registered"),
    "registration_due": N_("Registration is due"), "reinstated": N_("Refusal taken back"), "report_accept": N_("Was accepted"), "report_asked": N_("Was asked for"),
    "report_due": N_("Became due"), "report_return": N_("Was returned"), "report_submitted": N_("Was submitted"), "reported": N_("Use reported"),
    "refund_reversed": N_("Refund taken back"),
    "request_returned": N_("Was returned"), "requested": N_("Was asked for"), "resumed": N_("Was resumed"), "return": N_("Was returned"),
    "returned": N_("Was returned"), "revised": N_("Was revised"), "revision": N_("Revision asked for"), "revision_confirmed": N_("Revised report confirmed"),
    "revision_refused": N_("Revised report returned"), "sent_back": N_("Was sent back"), "settled": N_("Was settled"), "settlement": N_("Final accounts handed in"),
    "settlement_returned": N_("Final accounts returned"), "signed": N_("Was signed"), "signed_off": N_("Host signed off"), "submitted": N_("Was submitted"),
    "suspended": N_("Was suspended"), "terminated": N_("Was terminated"), "termination": N_("Early end proposed"), "to_pay": N_("Waits to be paid"),
    "named": N_("Named for direct assignment"), "in_force": N_("Plan put in force"), "commitment_asked": N_("Receiving body asked"), "commitment_answered": N_("Receiving body answered"), "receiver_told": N_("Receiving body told"),
    "topic_dropped": N_("Topic left the list"), "to_recognise": N_("Waits to be recognised"), "valid": N_("Dossier is in order"), "verify": N_("Waits to be verified"), "withdrawn": N_("Was withdrawn"),
}  # fmt: skip
MAILS |= {"link_asked": N_("Link to the order form asked for"), "link_refused": N_("No link sent")}
ROOMS_OF_MAIL |= {"people": N_("Accounts of people"), "profiles": N_("Organisations")}
MAILS |= {"ending_requested": N_("Early end asked for"), "reserve_ended": N_("Reserve has ended")}
MAILS |= {
    "sign_up": N_("Confirm your address"), "already": N_("You already have an account"), "reset": N_("Set a new password"), "no_account": N_("There is no account with this address"),
    "password_changed": N_("Your password was changed"), "email_old": N_("Your address is to be changed"), "email_new": N_("Confirm your new address"),
    "email_taken": N_("You already have an account"), "email_changed": N_("The address of an account was changed"), "guessed": N_("Somebody guesses at your password"),
    "belonging_asked": N_("Was asked for"), "belonging_confirmed": N_("Was confirmed"), "belonging_refused": N_("Was not confirmed"),
}  # fmt: skip
MAILS |= {
    "team_invited": N_("Invitation to a team"), "team_answered": N_("Invitation answered"), "team_left": N_("Member left the team"), "section_given": N_("Section given"),
    "section_complete": N_("Section marked complete"), "commented": N_("Comments on a dossier"), "asked_to_lead": N_("Asked to lead"),
    "lead_answered": N_("Answer who leads"), "asked_sign_off": N_("Host asked to sign off"),
}  # fmt: skip
MAILS |= {
    "reconsidered": N_("Reconsidered in another session"), "complaint_filed": N_("Complaint filed"), "complaint_received": N_("Complaint received"),
    "complaint_answered": N_("Complaint answered"),
}  # fmt: skip
ROOMS_OF_MAIL |= {"experts": N_("Experts")}
MAILS |= {
    "pool_invited": N_("Invitation into the pool of experts"), "pool_declined": N_("Invitation declined"), "seat_asked": N_("Asked for a seat"), "seat_declined": N_("Seat declined"),
    "conflict_found": N_("Conflict became known"), "awaited": N_("Something is awaited of a member"), "remark_due": N_("Remark is due soon"),
}  # fmt: skip
MAILS |= {
    "cost_asked": N_("Question on a budget"), "cost_answered": N_("Question on a budget answered"), "revision_asked": N_("Work description to be revised"),
    "revision_submitted": N_("Work description revised"), "revision_returned": N_("Revised work description returned"),
    "revision_accepted": N_("Revised work description accepted"),
}  # fmt: skip
MAILS |= {"tranche_account": N_("Accounts of a tranche handed in"), "tranche_accounted": N_("Tranche settled"), "tranche_account_returned": N_("Accounts of a tranche returned")}
MAILS |= {"account_change_asked": N_("Another account asked for"), "account_change_agreed": N_("Another account agreed to"), "account_change_ended": N_("Account stays as it was")}
MAILS |= {
    "report_late": N_("Report is late"), "finding_due": N_("Finding to be mended"), "finding_answered": N_("Finding answered"), "finding_judged": N_("Finding judged"),
    "change_noted": N_("Change made by the host"),
}  # fmt: skip
MAILS |= {"ticked": N_("The chair looked at the edits"), "to_tick": N_("Edits wait for the chair")}
MAILS |= {
    "dossier_late": N_("Acceptance dossier is late"), "ends_soon": N_("The contract ends soon"), "in_team": N_("Named to the team of experts"), "team_reported": N_("The team of experts reported"),
}  # fmt: skip
# by table
NOUNS = {
    "complaint": N_("Complaint about an outcome"), "seat": N_("Seat in a council"),
    "late_admission": N_("Admission after the deadline"), "acceptance_case": N_("Acceptance"), "acceptance_asset": N_("Asset of a project"), "adjustment": N_("Change of a project"), "appraisal": N_("Appraisal of a budget"), "attachment": N_("File"),
    "award_submission": N_("Proposal to approve"), "calendar_day": N_("Day off"), "calendar_year": N_("Calendar of days off"), "call": N_("Call"),
    "call_extension": N_("Later deadline"), "call_question": N_("Question"), "form_version": N_("Version of a form"), "idea_group": N_("Group of ideas"),
    "plan_measure": N_("Measure of the plan"), "questionnaire": N_("Form"), "saved_search": N_("Saved search"), "contract": N_("Contract"), "cv": N_("Scientific CV"), "cv_version": N_("Version of a CV"), "council": N_("Council"), "debarment": N_("Bar from applying"),
    "expert": N_("Expert"), "expert_upload": N_("Import of experts"), "effectiveness": N_("Effectiveness"), "engagement": N_("Engagement"), "follow_up": N_("Report on use"), "handover": N_("Handover"), "idea": N_("Idea"),
    "inspection": N_("Inspection"), "link_request": N_("Request for a link"), "ledger_entry": N_("Line of the ledger"), "organisation": N_("Organisation"), "organisation_request": N_("Request about an organisation"), "outbox_mail": N_("Outgoing mail"),
    "paper": N_("Paper"), "plan": N_("Plan"), "priority": N_("Priority item"), "project": N_("Project"), "proposal": N_("Proposal"), "report": N_("Report"),
    "receiver_commitment": N_("Commitment of the receiving body"), "result": N_("Result"), "result_right": N_("Protection of a result"), "rule": N_("Rule"), "remedy": N_("Request to add something"), "selection_round": N_("Selection round"), "settlement": N_("Final accounts"), "suspension": N_("Suspension"),
    "termination": N_("Early end"), "topic": N_("Topic"), "tranche": N_("Tranche"), "transfer_agreement": N_("Transfer agreement"),
    "account_change": N_("Change of the account"), "tranche_account": N_("Accounts of a tranche"),
    "transfer_income": N_("Income of a contract"), "transfer_interest": N_("Message about a result"), "user_account": N_("Person"), "year_budget": N_("Budget of a year"),
}  # fmt: skip
NOUNS |= {"paper_wording": N_("Wording of a paper"), "legal_basis": N_("Legal basis")}
NOUNS |= {
    "work_revision": N_("Work description revised after the appraisal"), "management_budget": N_("Budget of management costs"), "management_cost": N_("Management cost"),
    "cut_line": N_("Cut line of a call"), "budget_transfer": N_("Money carried over"),
}  # fmt: skip
ROOMS_OF_MAIL |= {"charges": N_("Officers in charge and deputies")}
MAILS |= {"charge_given": N_("Put in charge"), "charge_taken": N_("Another officer in charge"), "deputy_named": N_("Deputy named"), "deputy_ended": N_("Deputyship ended")}
NOUNS |= {"deputy": N_("Deputy"), "import_batch": N_("Import of a list"), "backup_run": N_("Backup")}
NOUNS |= {"api_key": N_("Key of a partner system"), "api_notice": N_("Report of a partner system")}
NOUNS |= {"finding": N_("Finding of an inspection"), "project_risk": N_("Risk of a project")}

ROOMS_OF_MAIL |= {"entry": N_("Sign-in")}
MAILS |= {
    "factor_changed": N_("The sign-in of your account was changed"), "recovery_used": N_("A recovery code of your account was used"),
    "factor_reset": N_("The second factor of your account was reset"), "factor_reset_seen": N_("A second factor was reset"),
}  # fmt: skip


def kind_of_mail(template: str) -> tuple[str, str]:
    """(room, kind) of a mail's template: "proposals/mail/submitted.txt" is ("Proposals", "Was submitted")."""
    room, _, name = template.partition("/")
    name = name.rpartition("/")[2].removesuffix(".txt")
    return ROOMS_OF_MAIL.get(room, room), MAILS.get(name, name.replace("_", " "))


def noun(table: str) -> str:
    """What the rows of a table are called."""
    return NOUNS.get(table, table.replace("_", " ").capitalize())


def named(kind: str, public_id: str, user: Any) -> tuple[str, tuple[str, dict[str, str]] | None] | None:
    """(title, page) of one object of the journal, when this person may read it."""
    row = subjects.load(kind, public_id)
    if row is None or not subjects.may_read(kind, row, user):
        return None
    known = subjects.subject_of(kind)
    return known.title(row), known.url(row) if known.url else None
ROOMS_OF_MAIL |= {"archive": N_("Archive")}
MAILS |= {"archive_ready": N_("Dossier ready to download")}
NOUNS |= {"archive_copy": N_("File of a dossier"), "legal_hold": N_("Hold"), "archive_deposit": N_("Handover to the archive")}
