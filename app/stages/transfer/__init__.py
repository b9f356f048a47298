"""Transfer: what becomes of a registered result: who received it, under which contract, and whether it is used.

Handover     what is given to a receiving body (named in the order, or another): offered, then handed over (the
             receiver signs) or refused with a reason, and it may be offered again.
Agreement    a contract on a result between its host and a recipient: drafted, signed, registered where the law asks
             for it, ended. Where it must be registered it holds only from the registration.
FollowUp     the yearly report on the use of a result, scheduled at the handover: due, reported, verified or returned.
             Overdue is derived, never stored.
Effectiveness  the officer's judgement of what a result brought, after follow-ups; append-only.
Interest     a visitor of the public list who would like to have a result: received, answered or closed.
Use          in which use a result is, derived from all of these in `queries.use`: "never applied" is one of its values.

In:  registered Results of recognised projects. Out: what the hub and the portfolio know about use and effect.
"""
