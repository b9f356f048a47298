"""The rulebook: what law and practice ask, as versioned data with source, validity and a mark.

Rule      one version of one key: value, unit, source, mark, from - to. A new version ends the one before; none is lost.
Mark      V seen in the text of the act · V2 seen in a secondary text · G general practice, not yet checked.
DayOff    a day that differs from the ordinary calendar: an extra day off, or a Saturday worked in exchange.

Enters: data/*.json (one file per stage, defaults) and officers' revisions. Leaves: values asked by key and day, and
ids frozen by calls and councils so that a later version never changes a running one. No number of law is in code.

Keys are "<stage>.<thing>", in the file of their stage; `flask rulebook show` prints them with values and sources.
K stands for identification, selection, appraisal, acceptance; T for a task type (DT_CN …) or default.

rulebook     regimes term                             people   debarment_years investigator applicant
papers       number_patterns number_unique layout date_format amount_words           files    max_bytes
councils     K.size {min, max, roles} · K.quorum {fraction, base, chair, reviewers, secretary} · K.adoption {fraction,
             base, strict, secret} · K.exclusions {kind of tie: never | not_in_roles | warn} · K.papers_days
             K.counting_team (not appraisal) · identification.comments_days ballot one_fail_refuses motions
             selection.comments_days scientists prefer · acceptance.prior_members expert_team · excluded_roles
             vice_chair_needs_authorisation modes absent_opinion sheets_final administrative_secretary_votes
ideas        task_types fields criteria list_body outcomes commitment_needed search_in_papers
             ceiling_needs_reason_above plan_years_ahead start_years_later form_open_days link_days link_days_most
calls        min_open_days (.protocol) deadline_time opening_days submission_date paper_dossier replace_until
             milestones milestones_within_days max_open_days
plan         note_day remind_days chase_days decide_ahead_days
proposals    work_questionnaires documents heads one_project_at_a_time remedy_days
             norms head_limits counterpart_share product_forms plan_checks
selection    sheet.T {criteria, top, pass, zero_share} tie_order mean result_notice_days completion_days direct_must_pass
             complaint_days complaint_answer_days feedback typed_confirmation_from
funding      regime signer final_product_ceiling final_product_needs bound_heads tranches payment_approvers
             refund_percent refund_split appraisal_days approval_days contract_days code_pattern field_codes
             decision_items management_heads max_monthly_fee next_tranche_needs yearly_estimate liquidation_needs
             account_hold_days refund_days start_up_binds
execution    report_every_months report_due_days remind_days chase_days silent_days extension_caps decision_days authority_items
             change_signer ending_signer line_moves_need_approval termination_grounds freeze_on_termination
acceptance   dossier_days check_days council_days finish_days documents contribution_shares scheme
             scheme.three_level (.council) scheme.four_level late_months reevaluations registration_days
             certificate_days registration_documents gates
transfer     followup_years remind_days report_ahead_days registration registration_days amendment_days amendment_fee
             author_share intermediary_share result_routes equipment_routes information_streams effectiveness_funded effectiveness_council
"""
