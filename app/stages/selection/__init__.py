"""Selection: the eligible dossiers of one topic before one council (tuyển chọn, xét giao trực tiếp).

Round         one topic's dossiers before one council: open → ranked → concluded. Nobody passed: the topic is open again.
Ranking line  place, exact mean and verdict of one dossier, frozen when the council concludes. Funding starts from it.

Release       a ranked round is concluded at once or on a set day (releases.py): letters with feedback (letters.py), one mail each.
Complaint     filed within the rule's days after the letter → upheld / dismissed / taken back (complaints.py). Upheld: the round is open
              again, its dossiers wait for another session; lines of each session are kept.

The applicant reads outcome, mean and remarks of the own dossier when the round is concluded, and never who sat or who wrote what.
"""
