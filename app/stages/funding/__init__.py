"""Funding: what the state gives, promises and pays for a project.

Appraisal    of one recommended ranking line: the budget read line by line, asked against allowed.
Submission   what the Department submits for decision; the decision (by another person) gives birth to the Project.
Project      the award: code, title, host, investigator, regime, approved money. It has no state: its phase is derived.
Contract     between the Department and the host, with numbered annexes.
Tranche      a part of the state money, with its condition: planned, due, requested, approved by two, paid, settled.
LedgerEntry  money that moved: payment, refund, and what takes either back. Append-only; the database keeps the sums true.
YearBudget   what the province has for a year; commitments can never exceed it.
Settlement, Liquidation   the accounts and the end of the contract.
ProjectClosing            why the project ended, said by later stages: recognised, failed or terminated.

In:  recommended ranking lines with their proposals. Out: projects, contracts, money paid.
"""
