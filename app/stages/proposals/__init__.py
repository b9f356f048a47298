"""Proposals: dossiers that answer a call (hồ sơ tuyển chọn, giao trực tiếp).

Proposal   a draft that a team writes together → submitted → eligible or ineligible → in selection → selected, reserve,
           not selected; withdrawn before the deadline.
Version    what was submitted: one immutable snapshot with the hash of its content and of every file.
Receipt    number and instant of the submission; the same form sent twice has one receipt.

Sealed until the call is opened: until then the Department sees that a dossier is there, not what is in it.
Enters: topics of an open call. Leaves: eligible versions for the selection council.
"""
