"""Which rows belong to a dossier, in which folder they go, and who gets them as data.

The folders follow the life of a task, as its paper dossier is put in order (from the order to the transfer). Files and papers of a
row are asked for one by one (`subjects.may_read`); rows as data are given whole, so that each table says here to whom.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from app.kernel.words import N_


class Section(IntEnum):
    """Folders of the ZIP in their order."""

    ORDER = 1
    CALL = 2
    PROPOSAL = 3
    SELECTION = 4
    APPRAISAL = 5
    CONTRACT = 6
    MONEY = 7
    REPORTS = 8
    INSPECTIONS = 9
    CHANGES = 10
    ACCEPTANCE = 11
    RESULTS = 12
    TRANSFER = 13
    DATA = 14
    JOURNAL = 15


# name of the folder, and what the index calls it
FOLDERS: dict[Section, tuple[str, str]] = {
    Section.ORDER: ("dat-hang", N_("Order and topic")),
    Section.CALL: ("thong-bao-tuyen-chon", N_("Call")),
    Section.PROPOSAL: ("ho-so-du-tuyen", N_("Proposal and its versions")),
    Section.SELECTION: ("hoi-dong-tuyen-chon", N_("Selection council")),
    Section.APPRAISAL: ("tham-dinh-phe-duyet", N_("Appraisal and approval")),
    Section.CONTRACT: ("hop-dong-phu-luc", N_("Contract and annexes")),
    Section.MONEY: ("kinh-phi-quyet-toan", N_("Money and accounts")),
    Section.REPORTS: ("bao-cao", N_("Reports")),
    Section.INSPECTIONS: ("kiem-tra", N_("Inspections")),
    Section.CHANGES: ("dieu-chinh", N_("Changes, suspension, early end")),
    Section.ACCEPTANCE: ("nghiem-thu", N_("Acceptance")),
    Section.RESULTS: ("ket-qua", N_("Results and their registration")),
    Section.TRANSFER: ("chuyen-giao-ung-dung", N_("Transfer and use")),
    Section.DATA: ("du-lieu", N_("Data of the system")),
    Section.JOURNAL: ("nhat-ky", N_("Journal")),
}


def folder(section: Section) -> str:
    """ "03-ho-so-du-tuyen"."""
    return f"{section:02d}-{FOLDERS[section][0]}"


@dataclass(frozen=True)
class Part:
    """A table: its rows hang on rows of `of` by the column `by`. `party` says that a host gets the rows as data too: its own words and money."""

    table: str
    of: str
    by: str
    section: Section
    party: bool = False


S = Section
# what a dossier hangs on, upwards: (table, column, table it leads to, section)
UP: tuple[tuple[str, str, str, Section], ...] = (
    ("project", "proposal_id", "proposal", S.PROPOSAL), ("project", "topic_id", "topic", S.ORDER), ("proposal", "call_topic_id", "call_topic", S.CALL),
    ("call_topic", "topic_id", "topic", S.ORDER), ("call_topic", "call_id", "call", S.CALL), ("topic", "idea_id", "idea", S.ORDER),
)  # fmt: skip
ROOTS = {"project": S.CONTRACT, "proposal": S.PROPOSAL}
_PARTY = (  # of, by, section, tables that the host wrote or signed itself
    ("proposal", "proposal_id", S.PROPOSAL, ("proposal_version", "proposal_item", "proposal_milestone", "proposal_product", "budget_line", "team_member", "planned_use", "work_form")),
    ("proposal_milestone", "milestone_id", S.PROPOSAL, ("milestone_member", "milestone_product")),
    ("project", "project_id", S.CONTRACT, ("contract", "project_item", "project_product", "project_year", "liquidation", "project_closing")),
    ("contract", "contract_id", S.CONTRACT, ("contract_annex",)),
    ("project", "project_id", S.MONEY, ("tranche", "tranche_account", "account_change", "settlement")),
    ("tranche_account", "account_id", S.MONEY, ("tranche_spending",)),
    ("settlement", "settlement_id", S.MONEY, ("settlement_spending",)),
    ("project", "project_id", S.REPORTS, ("report",)),
    ("report", "report_id", S.REPORTS, ("report_version", "report_product", "report_spending")),
    ("project", "project_id", S.ACCEPTANCE, ("acceptance_asset",)),
    ("project", "project_id", S.RESULTS, ("result",)),
    ("result", "result_id", S.RESULTS, ("result_contribution", "result_right", "result_detail", "result_picture")),
    ("project", "project_id", S.TRANSFER, ("handover", "transfer_agreement", "transfer_income", "follow_up")),
    ("handover", "handover_id", S.TRANSFER, ("handover_line",)),
    ("follow_up", "follow_up_id", S.TRANSFER, ("use_site",)),
)  # fmt: skip
_OFFICE = (
    ("topic", "topic_id", S.ORDER, ("topic_item", "topic_product", "topic_proposer")),
    ("idea", "idea_id", S.ORDER, ("idea_item", "idea_product", "receiver_commitment")),
    ("call", "call_id", S.CALL, ("call_correction", "call_extension", "call_opening")),
    ("proposal", "proposal_id", S.PROPOSAL, ("eligibility_check", "remedy", "late_admission", "paper_dossier", "line_judgement", "overlap_judgement", "new_investigator")),
    ("remedy", "remedy_id", S.PROPOSAL, ("remedy_item",)),
    ("call_topic", "call_topic_id", S.SELECTION, ("selection_round",)),
    ("proposal", "proposal_id", S.SELECTION, ("ranking_line", "complaint")),
    ("proposal", "proposal_id", S.APPRAISAL, ("appraisal",)),
    ("appraisal", "appraisal_id", S.APPRAISAL, ("appraisal_line", "appraisal_member", "cost_question", "work_revision", "award_submission")),
    ("project", "project_id", S.CONTRACT, ("start_item",)),
    ("project", "project_id", S.MONEY, ("ledger_entry", "budget_commitment", "forecast_cell")),
    ("project", "project_id", S.REPORTS, ("project_risk",)),
    ("project", "project_id", S.INSPECTIONS, ("inspection", "finding")),
    ("inspection", "inspection_id", S.INSPECTIONS, ("inspector",)),
    ("project", "project_id", S.CHANGES, ("adjustment", "suspension", "termination")),
    ("adjustment", "adjustment_id", S.CHANGES, ("head_move",)),
    ("project", "project_id", S.ACCEPTANCE, ("acceptance_case",)),
    ("acceptance_case", "case_id", S.ACCEPTANCE, ("acceptance_line", "acceptance_edit", "acceptance_evaluation", "acceptance_team")),
    ("acceptance_line", "line_id", S.ACCEPTANCE, ("acceptance_product_check",)),
    ("acceptance_team", "team_id", S.ACCEPTANCE, ("acceptance_team_seat",)),
    ("result", "result_id", S.TRANSFER, ("transfer_offer",)),
    ("project", "project_id", S.TRANSFER, ("effectiveness",)),
    ("council", "council_id", S.SELECTION, ("seat",)),
    ("project", "project_id", S.JOURNAL, ("legal_hold", "archive_deposit")),
)  # fmt: skip
PARTS = tuple(Part(table, of, by, section, True) for of, by, section, tables in _PARTY for table in tables) + tuple(
    Part(table, of, by, section) for of, by, section, tables in _OFFICE for table in tables)  # fmt: skip
GIVEN_TO_PARTY = frozenset({p.table for p in PARTS if p.party} | {"project", "proposal"})
COUNCILS_OF = {"idea": S.ORDER, "proposal": S.SELECTION, "selection_round": S.SELECTION, "appraisal": S.APPRAISAL, "acceptance_case": S.ACCEPTANCE,
               "result": S.TRANSFER, "project": S.TRANSFER}  # fmt: skip

# tables that hang on a dossier and stay out of it as data, each with its reason
SECRET = "secrecy of the vote and anonymity of those who judge: the signed minutes and sheets are the record"
WORKING = "working notes of people among themselves, never part of the dossier"
LINKS = "invitations and links that let somebody in"
OTHERS = "words of other people or other dossiers"
MACHINE = "kept by the system for its own work"
LEFT_OUT: dict[str, str] = {
    **dict.fromkeys(("ballot", "opened_ballot", "ballot_count", "sheet_draft", "remark", "recusal", "recusal_end", "conflict_declaration", "discussion_note", "asking", "presence",
                     "session_step", "seat_ask"), SECRET),
    **dict.fromkeys(("section_comment", "section_given", "sent_back", "work_saving"), WORKING),
    **dict.fromkeys(("team_invitation", "order_link", "link_request"), LINKS),
    **dict.fromkeys(("call_question", "call_follower", "cut_line", "transfer_interest", "proposal_replacement"), OTHERS),
    **dict.fromkeys(("submit_attempt", "proposal_transcript", "archive_copy", "member_cv", "call_opening_present", "order_form"), MACHINE),
}  # fmt: skip
# columns that are never given: sealed text, keys of links, addresses of persons, what only searching needs
NEVER = frozenset({"folded", "token_hash", "link_hash", "draft_key", "source_key", "email", "email_norm", "contact_email", "phone", "mailed_at"})
