"""Execution: what happens to a project between contract and acceptance.

Report       due at fixed intervals from the signing of the contract: scheduled, submitted, returned or accepted.
             Overdue is derived, never stored.
Inspection   a visit, planned and done, with minutes.
Adjustment   a change the host asks for (time, money, content, investigator, host): agreed by decision, then an annex.
Suspension   work stopped for a while, and resumed.
Termination  the early end: opening it stops all payments; the decision fixes the cause and what goes back.

In:  signed contracts. Out: accepted reports (they make tranches due), annexes, closings of terminated projects.
"""
