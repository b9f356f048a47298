"""Proposals: dossiers that answer a call (hồ sơ tuyển chọn, giao trực tiếp).

Proposal   a draft that a team writes together → submitted → eligible or ineligible → in selection → selected, reserve,
           not selected; withdrawn before the deadline.
Work       the work description (thuyết minh): answers to the questionnaire of the type of task, in the version the dossier began
           with (work.py). A Saving is one section as somebody left it; texts.py brings two of them together and compares them;
           wordform.py says what the official Word form holds, worddraw.py writes it, wordread.py reads it. budgeting.py reads and
           writes Excel; copying.py carries
           an earlier dossier over.
Promise    a product by the official forms I, II, III; a PlannedUse names who receives it, a Milestone leads to it and names who of the team
           works on it (promises.py: acts; schedule.py: the plan and its checks; gantt.py: its picture; wordtables.py: its tables in Word).
Estimate   lines by head, source and year (estimate.py). What the rulebook says of them, norm by norm, and whether lump sum to the final
           product is possible: costs.py. Sums are never stored.
Team       people with a right each (view, comment, edit), who joined by an Invitation bound to their address, with the version of their scientific
           CV that the dossier holds (team.py); load.py says what they do besides and what the rulebook says to it; newpi.py: another investigator.
Place      a section by name (places.py): Given to a member (giving.py), commented on (comments.py), SentBack by the host for changes (sendingback.py).
Version    what was submitted: one immutable snapshot with the hash of its content and of every file.
           versions.py finds those of a dossier and of what it replaced; comparing.py says how two of them, or the draft, differ.
Receipt    number and instant of the submission; the same form sent twice has one receipt.

Check      after the opening (opening.py): a checklist from the rulebook (checklist.py, eligibility.py), each line judged by officers,
           concluded by a letter, taken back by another officer on a document (checking.py); a Remedy asks for something to be added
           (remedies.py); an OverlapJudgement says what a person finds when comparing with earlier work (overlaps.py). Rows: checkmodels.py.

Sealed until the call is opened: until then the Department sees that a dossier is there, not what is in it.
Enters: topics of an open call. Leaves: eligible versions for the selection council.
"""
