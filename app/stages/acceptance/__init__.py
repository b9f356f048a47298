"""Acceptance: what a project promised against what it brought, and the register of its results.

Case         one per project: preparing, submitted, returned or valid, in_session, graded, revising, results_registered,
             then recognised or failed. A failing grade may be evaluated once more (a second round of the same case).
CaseLine     one promised product: what was delivered, and the level the host gives itself.
Evaluation   what the council of one round concluded: its grade and count, frozen.
Result       what came out: drafted when the grade is good, frozen once registered with its certificate.

In:  projects with a signed contract. Out: the closing of the project (recognised, failed) and registered Results.
The grade is data of the rating scheme, and the order of the gates after it is a rule: acceptance.gates.
"""
