"""Selection: the eligible dossiers of one topic before one council (tuyển chọn, xét giao trực tiếp).

Round         one topic's dossiers before one council: open → ranked → concluded. Nobody passed: the topic is open again.
Ranking line  place, exact mean and verdict of one dossier, frozen when the council concludes. Funding starts from it.

The applicant reads outcome, mean and remarks of the own dossier when the round is concluded, and never who sat or who wrote what.
"""
