"""What moves with a person and what stays. Pure."""

from __future__ import annotations

from app.kernel.words import N_

# (table, column): what an administrator reads
MOVES: dict[tuple[str, str], str] = {
    ("proposal", "pi_id"): N_("Dossiers as principal investigator"), ("team_member", "user_id"): N_("Places in teams of dossiers"),
    ("new_investigator", "from_id"): N_("Handings-over of a dossier"), ("new_investigator", "to_id"): N_("Handings-over of a dossier"),
    ("project", "pi_id"): N_("Projects as principal investigator"), ("adjustment", "new_pi_id"): N_("Proposals as the next principal investigator"),
    ("result_contribution", "user_id"): N_("Shares in results"), ("idea", "owner_id"): N_("Ideas"), ("order_link", "contact_id"): N_("Links to the order form"),
    ("seat", "user_id"): N_("Seats in councils"), ("seat_ask", "user_id"): N_("Questions whether to take a seat"), ("council", "officer_id"): N_("Councils in preparation"),
    ("appraisal_member", "user_id"): N_("Seats in budget appraisals"), ("acceptance_team_seat", "user_id"): N_("Seats in teams of experts"), ("inspector", "user_id"): N_("Places in inspections"),
    ("membership", "user_id"): N_("Memberships of organisations"), ("organisation_request", "user_id"): N_("Requests about organisations"),
    ("engagement", "user_id"): N_("Engagements"), ("debarment", "user_id"): N_("Bars from applying"), ("tie", "user_id"): N_("Declared relations"), ("tie", "other_id"): N_("Declared relations"),
    ("expert", "user_id"): N_("Entry in the pool of experts"), ("charge", "officer_id"): N_("Files in charge of"), ("deputy", "absent_id"): N_("Deputyships"), ("deputy", "deputy_id"): N_("Deputyships"),
    ("saved_search", "user_id"): N_("Saved searches"), ("call_follower", "user_id"): N_("Calls followed"),
}  # fmt: skip
# a second row of the same is needless: it stays with the closed account
DOUBLES = {"call_follower", "saved_search", "membership", "organisation_request", "seat_ask", "expert"}
# both accounts in one of these cannot be one person: who merges settles that first
TOGETHER: dict[str, str] = {
    "seat": N_("Both accounts sit in one council. Replace one of the two members first."),
    "appraisal_member": N_("Both accounts are in one budget appraisal. Settle that first."),
    "acceptance_team_seat": N_("Both accounts are in one team of experts. Settle that first."),
    "inspector": N_("Both accounts are in one inspection. Settle that first."),
    "proposal": N_("Both accounts have a dossier for one topic. Withdraw one of them first."),
}  # fmt: skip
STAYS: frozenset[tuple[str, str]] = frozenset({
    # secrets and sign-in of that account
    ("account_token", "user_id"), ("authenticator", "user_id"), ("factor_try", "user_id"), ("outside_account", "user_id"), ("passkey", "user_id"), ("recovery_code", "user_id"),
    ("sign_in_session", "user_id"), ("role_grant", "user_id"), ("user_account", "merged_into_id"),
    # written or attempted under that name
    ("cv", "user_id"), ("cv_version", "user_id"), ("expert_upload", "user_id"), ("section_comment", "author_id"), ("sheet_draft", "writer_id"), ("submit_attempt", "user_id"),
    ("upload", "user_id"), ("call_question", "asker_id"),
})  # fmt: skip


def is_signature(column: str) -> bool:
    """Does the column say who did something? That stays as it was done."""
    return column == "by_id" or column.endswith("_by_id")
