"""Experts: the pool from which councils are composed.

Expert       a person of the pool: fields of expertise, degree, languages, days away. listed → invited → active; declined; out. An active
             one has an account, which the invitation's link makes, and the role of an expert.
Field        a code of the plan, "1" for a sector and "1.8" for an item, from the vocabulary that the plan registers (`vocabulary`).
Invitation   a mailed link into the pool; accepted or declined with a reason.
Upload       a workbook of experts as it was read, with its check report; imported whole or not at all.

Seats are of councils, which stand above: they register how many somebody has and had (`queries.register_seats`), and compose from here.
"""
