"""What the journal says of each verb: the act as it was done, for histories and the journal's reader. A block for each room."""

from __future__ import annotations

from app.kernel.words import N_

VERBS: dict[str, str] = {
    "accept": N_("Was accepted"), "add": N_("Was added"), "agree": N_("Was agreed to"), "annex": N_("Annex added to the contract"),
    "appraise": N_("Budget lines appraised"), "approve": N_("Was approved"), "approve_first": N_("First approval given"),
    "assign": N_("Was assigned"), "attach": N_("File attached"), "begin": N_("Was begun"), "call_off": N_("Was called off"),
    "cancel": N_("Was cancelled"), "change_password": N_("Password changed"), "check_eligible": N_("Found eligible"),
    "check_ineligible": N_("Found not eligible"), "close": N_("Was closed"), "conclude": N_("Was concluded"),
    "convene": N_("Session opened"), "deactivate": N_("Account closed"), "decide": N_("Was decided"), "dissolve": N_("Was dissolved"),
    "draft": N_("Was drafted"), "drop": N_("Was dropped"), "establish": N_("Was established"), "extend": N_("Deadline extended"),
    "fall_due": N_("Became due"), "freeze": N_("Payments stopped"), "grant": N_("Role granted"), "hold": N_("Was put on hold"),
    "identify": N_("Outcome of identification entered"), "import": N_("Was imported"), "issue": N_("Paper issued"),
    "join": N_("Joined an organisation"), "link_item": N_("Tied to a priority item"), "liquidate": N_("Contract was liquidated"),
    "move_clock": N_("Clock moved"), "not_select": N_("Was not selected"), "open": N_("Was opened"),
    "open_dossiers": N_("Dossiers were opened"), "pay": N_("Payment recorded"), "plan": N_("Was planned"),
    "plan_tranches": N_("Tranches planned"), "propose_extension": N_("Extension proposed"), "publish": N_("Was published"),
    "put_in_call": N_("Put into a call"), "put_in_force": N_("Was put in force"), "put_to_council": N_("Put to the council"),
    "put_to_selection": N_("Was put to selection"), "rank": N_("Was ranked"), "reactivate": N_("Account opened again"),
    "redirect": N_("Was passed on"), "reinstate": N_("Refusal taken back"), "refund": N_("Money came back"), "refuse": N_("Was refused"), "reject": N_("Was not approved"),
    "remove_file": N_("File removed"), "rename": N_("Was renamed"), "reopen": N_("Was opened again"), "request": N_("Was asked for"),
    "resend": N_("Was sent again"), "reserve": N_("Put on the reserve list"), "resume": N_("Was resumed"), "return": N_("Was returned"),
    "reverse": N_("Payment reversed"), "revise": N_("Was revised"), "revoke": N_("Role revoked"), "schedule": N_("Was scheduled"),
    "select": N_("Was selected"), "send_back": N_("Was sent back"), "settle": N_("Was settled"), "sign": N_("Was signed"),
    "sign_in": N_("Signed in"), "sign_off": N_("Host signed off"), "sign_out": N_("Signed out"), "start": N_("Was started"),
    "submit": N_("Was submitted"), "supersede": N_("Was superseded"), "suspend": N_("Was suspended"), "terminate": N_("Was terminated"),
    "unfreeze": N_("Payments allowed again"), "withdraw": N_("Was withdrawn"),
}  # fmt: skip
VERBS |= {
    "admit": N_("Admitted after the deadline"), "ask_late": N_("Admission after the deadline asked for"), "refuse_late": N_("Admission after the deadline refused"),
    "register_paper": N_("Sealed dossier on paper registered"), "give_way": N_("Replaced by a later version"),
    "begin_replacement": N_("New version begun"), "replace_file": N_("File replaced by a new version"),
    "file_checked": N_("File checked for malware"),
}  # fmt: skip
VERBS |= {"stop": N_("Was stopped"), "reverse_refund": N_("Refund taken back")}
VERBS |= {"propose": N_("Proposed to the leader"), "replace": N_("Member replaced"), "adjourn": N_("Adjourned to another session"), "give_back": N_("Item given back")}
VERBS |= {"move_on": N_("Next step of the session"), "move_back": N_("One step back in the session"), "set_mode": N_("How the council meets noted"), "authorise": N_("Authorisation of the vice chair noted"),
          "let_in": N_("Applicant came into the room"), "see_out": N_("Applicant left the room"), "discuss": N_("Member took part in the discussion"),
          "answer_council": N_("Applicant answered the council"), "remark": N_("Written remark handed in"), "remind": N_("Members reminded")}  # fmt: skip
VERBS |= {
    "appoint": N_("Member appointed"), "attend": N_("Attendance noted"), "cast": N_("Ballot cast"), "declare": N_("Declaration of conflicts signed"),
    "open_box": N_("Box opened and counted"), "recuse": N_("Member out of an item"), "remove": N_("Member removed"),
    "take_from_council": N_("Taken from the council"), "take_from_selection": N_("Taken from selection"),
}  # fmt: skip
VERBS |= {
    "check": N_("Was checked"), "confirm_revision": N_("Revised report confirmed"), "debar": N_("Barred from applying"), "describe": N_("Was described"),
    "fail": N_("Closed as not accepted"), "grade": N_("Rated by the council"), "recognise": N_("Results were recognised"),
    "reevaluate": N_("Another evaluation allowed"), "refuse_revision": N_("Revised report returned"), "register": N_("Was registered"),
    "register_results": N_("All results registered"), "release": N_("Freed from the council"), "require_revision": N_("Revision asked for"),
    "seat_council": N_("Before the council"), "self_evaluate": N_("Self-evaluation written"), "set_shares": N_("Shares fixed"),
}  # fmt: skip
VERBS |= {
    "tick_edits": N_("The chair looked at the edits"), "name_experts": N_("Expert team named"), "report_findings": N_("Expert team reported"),
    "list_asset": N_("Asset listed"), "change_asset": N_("Asset changed"), "deal_with_asset": N_("Asset dealt with"), "remove_asset": N_("Asset taken off the list"),
}  # fmt: skip
VERBS |= {
    "answer": N_("Was answered"), "confirm": N_("Receiver signed"), "end": N_("Came to its end"), "evaluate": N_("Effect evaluated"),
    "express_interest": N_("A visitor wrote"), "mail_link": N_("Link to the short form mailed"), "note_talks": N_("Talks noted"), "negotiate": N_("Talks begun"), "offer": N_("Was offered"), "offer_again": N_("Was offered again"), "report": N_("Use reported"),
    "unpublish": N_("Taken off the public list"), "verify": N_("Was verified"),
}  # fmt: skip
VERBS |= {
    "add_member": N_("Team member saved"), "remove_part": N_("Part of the dossier removed"), "save_general": N_("General section saved"),
    "set_budget": N_("Budget saved"), "confirm_year": N_("Days off of the year confirmed"), "enter_day": N_("Day off entered"),
    "remove_day": N_("Day off removed"), "end_session": N_("Sign-in session ended"), "set_password": N_("Password set"), "refuse_extension": N_("Extension refused"),
    "number": N_("Number and date of the register given"),
}  # fmt: skip
VERBS |= {"add_line": N_("Budget line added"), "add_product": N_("Product added"), "name_team": N_("Appraisal team named"), "save_work": N_("Work description saved"), "set_months": N_("Working months set")}
VERBS |= {
    "add_part": N_("Part added to the draft"), "drop_part": N_("Part taken out of the draft"), "map_item": N_("Said what an item becomes"),
    "move_part": N_("Order changed"), "note_progress": N_("Yearly note written"), "prepare": N_("Decision prepared"), "propose_mapping": N_("Mapping proposed"),
}  # fmt: skip
VERBS |= {"elect_tellers": N_("Counting team elected"), "enter_paper": N_("Paper ballot entered by two of the counting team"), "add_term": N_("Words added to the vocabulary"), "remove_term": N_("Words taken out of the vocabulary")}
VERBS |= {
    "ask": N_("Question asked"), "correct": N_("Notice corrected"), "drop_search": N_("Saved search taken out"), "follow": N_("Follows a call"),
    "save_search": N_("Search saved"), "set_aside": N_("Question set aside"), "unfollow": N_("Follows a call no longer"),
}  # fmt: skip
VERBS |= {"declare_tie": N_("Relation declared"), "end_tie": N_("Relation taken back"), "save_expert": N_("Entry in the pool changed"), "save_own_expert": N_("Entry in the pool changed by the expert"), "add_away": N_("Days away noted"), "remove_away": N_("Days away removed"), "find_conflict": N_("Conflict became known"), "call_back": N_("Member back in the room")}
VERBS |= {"invite_expert": N_("Invited into the pool"), "join_pool": N_("Joined the pool"), "decline_pool": N_("Declined to join the pool"), "take_out": N_("Taken out of the pool"), "import_experts": N_("Experts imported"), "ask_seats": N_("Members asked for their seats"), "take_seat": N_("Seat accepted"), "decline_seat": N_("Seat declined")}
VERBS |= {"put_forward": N_("Put to the people's committee")}
VERBS |= {"edit": N_("Form edited"), "discard": N_("Was discarded"), "move_form": N_("Moved to a newer form"), "invite": N_("Link for an order form sent")}
VERBS |= {
    "group": N_("Put into a group"), "keep": N_("Other ideas were merged into it"), "merge": N_("Was merged into another idea"),
    "pass_on": N_("Was passed on without a council"), "require": N_("Required product added"), "take_off": N_("Taken off the agenda"),
    "turn_down": N_("Was turned down"), "ungroup": N_("Taken out of its group"), "unmerge": N_("Merger undone"), "unrequire": N_("Required product removed"),
}  # fmt: skip
VERBS |= {"ask_link": N_("Link to the order form asked for"), "send_link": N_("Link to the order form sent"), "refuse_link": N_("No link sent")}
VERBS |= {"ask_receiver": N_("Receiving body asked"), "commit": N_("Receiving body confirmed"), "reword": N_("Wording corrected")}
VERBS |= {"copy": N_("Copied from an earlier proposal"), "lapse": N_("Fell away: the project ended")}
VERBS |= {
    "give_up": N_("Place given up"), "move_up": N_("Moved up from the reserve"), "decline": N_("Was declined"), "vacate": N_("Taken back from its project"),
    "fall_away": N_("Fell away: the dossier lost its place"), "end_reserve": N_("The reserve ended: the contract was signed"),
}  # fmt: skip
VERBS |= {
    "save_product": N_("Product changed"), "save_use": N_("Plan of use saved"), "save_milestone": N_("Work plan saved"), "set_spending": N_("Method of lump-sum spending chosen"),
}  # fmt: skip
VERBS |= {
    "invite_member": N_("Member invited"), "take_back_invitation": N_("Invitation taken back"), "join_team": N_("Joined the team"), "decline_invitation": N_("Invitation declined"),
    "leave_team": N_("Left the team"), "set_access": N_("Right in the dossier changed"), "give_section": N_("Section given to a member"),
    "take_section": N_("Section taken back"), "complete_section": N_("Section marked complete"), "reopen_section": N_("Section no longer complete"),
    "comment": N_("Comment written"), "resolve_comment": N_("Comment resolved"), "reopen_comment": N_("Comment open again"),
    "ask_to_lead": N_("Another member asked to lead"), "keep_lead": N_("Question who leads taken back"), "take_lead": N_("Took the lead"),
    "refuse_lead": N_("Did not take the lead"), "ask_sign_off": N_("Host asked to sign off"), "take_cv": N_("Newer scientific CV taken"),
}  # fmt: skip
VERBS |= {"begin_cv": N_("CV begun"), "save_cv": N_("CV saved"), "put_cv": N_("CV put down as a version")}
VERBS |= {
    "ask_belonging": N_("Organisation asked for"), "ask_email_change": N_("Change of address asked for"), "change_email": N_("Address changed"),
    "confirm_belonging": N_("Organisation confirmed"), "refuse_belonging": N_("Organisation not confirmed"), "save_profile": N_("Profile saved"),
    "sign_up": N_("Signed up"), "withdraw_belonging": N_("Request withdrawn"),
}  # fmt: skip
VERBS |= {
    "judge": N_("Checklist judged"), "retract": N_("Taken back that it is eligible"), "ask_remedy": N_("Something asked to be added"),
    "answer_remedy": N_("What was asked for was added"), "take_back_remedy": N_("Request to add something taken back"), "take_back": N_("Request taken back"),
    "run_out": N_("Not answered in time"), "judge_overlap": N_("Compared with earlier work"),
}  # fmt: skip
VERBS |= {
    "begin_transcript": N_("Entering from paper begun"), "hand_over_transcript": N_("Entered from paper, handed over for comparison"),
    "give_back_transcript": N_("Does not agree with the paper, given back"), "confirm_transcript": N_("Content entered from paper confirmed"),
    "end_transcript": N_("Entering from paper ended"),
}  # fmt: skip
VERBS |= {
    "plan_release": N_("Day of release set"), "reconsider": N_("Reconsidered in another session"), "file_complaint": N_("Complaint filed"),
    "uphold": N_("Complaint upheld"), "dismiss": N_("Complaint dismissed"),
}  # fmt: skip
VERBS |= {
    "propose_lines": N_("Lines proposed before the session"), "ask_cost": N_("Question on a line asked"), "answer_cost": N_("Question on a line answered"),
    "ask_again": N_("Asked to revise again"), "carry_over": N_("Money carried over to the next year"), "draw_cut_line": N_("Cut line drawn"), "set_parties": N_("Parties of the contract written down"),
    "tick_start": N_("Line of the start-up checklist confirmed"), "untick_start": N_("Line of the start-up checklist taken back"),
    "book_cost": N_("Management cost booked"), "take_cost_back": N_("Management cost taken back"),
}  # fmt: skip
VERBS |= {
    "waive": N_("No longer asked for"), "await_again": N_("Asked for again"), "write_details": N_("Details of the result written"),
    "file_right": N_("Application for protection written down"), "grant_right": N_("Title of protection written down"), "refuse_right": N_("Protection refused"), "lapse_right": N_("Title of protection lapsed"),
    "record_income": N_("Income recorded and shared"), "cancel_income": N_("Income cancelled"), "add_picture": N_("Picture added"), "remove_picture": N_("Picture taken off"),
}  # fmt: skip
VERBS |= {"save_report": N_("Draft of the report kept"), "note_risk": N_("Risk noted"), "close_risk": N_("Risk closed"), "find": N_("Found at the inspection"), "note": N_("Made by the host itself"), "replan": N_("Planned days of tranches moved"), "revise_forecast": N_("Forecast of spending revised")}
VERBS |= {"take_charge": N_("Officer put in charge"), "hand_over_file": N_("Handed over to another officer"), "name_deputy": N_("Deputy named"), "end_deputy": N_("Deputyship ended")}
VERBS |= {"write_wording": N_("Text of the template kept"), "enter_basis": N_("Legal basis entered"), "change_basis": N_("Legal basis changed")}
VERBS |= {"end_paper": N_("Withdrawn or replaced")}
VERBS |= {"judge_effect": N_("Council judged the effect")}
VERBS |= {"leave_untold": N_("Mail left out, a courtesy"), "choose_mails": N_("Chose how to be told"), "renew_calendar": N_("New key for the calendar")}
VERBS |= {
    "request_archive": N_("The whole dossier was asked for as a file"), "make": N_("Being made"), "make_again": N_("Begun again"), "fail": N_("Could not be made"),
    "expire": N_("Expired, deleted"), "place": N_("Hold placed"), "lift": N_("Hold lifted"), "hold_archive": N_("Hold placed: nothing may be destroyed"),
    "lift_archive_hold": N_("Hold lifted"), "deposit": N_("Dossier handed over to the archive"),
}  # fmt: skip
VERBS |= {"finish": N_("Finished"), "read": N_("List read"), "undo": N_("Import undone"), "fill": N_("Empty fields filled from a list")}
VERBS |= {"revoke_key": N_("Key revoked"), "report_notice": N_("Reported by a partner system")}
VERBS |= {"back_up": N_("Backup made"), "fail_to_back_up": N_("Backup failed"), "restore": N_("Restored from a backup"), "release_mails": N_("Mails let go")}
VERBS |= {
    "set_up_factor": N_("Authenticator app set up"), "turn_off_factor": N_("Authenticator app turned off"), "renew_codes": N_("Recovery codes renewed"),
    "use_recovery_code": N_("Recovery code used"), "add_passkey": N_("Passkey added"), "remove_passkey": N_("Passkey removed"), "reset_factor": N_("Second factor reset"),
    "link_provider": N_("Linked with the sign-on of another body"), "unlink_provider": N_("Link with the sign-on of another body undone"),
    "end_sessions": N_("Every sign-in session ended"), "end_other_sessions": N_("Other sign-in sessions ended"),
}  # fmt: skip
VERBS |= {"end_tour": N_("Tour of the pages ended")}
