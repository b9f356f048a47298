"""Mails: who is told what of an act, before it and after it, and in which words.

Mail        one letter of the system: to whom, and why (`register`); its text in two languages (`texts`), which officers may word anew.
Act         an address that writes mails when something is sent to it. Which ones is read from the code (`sending`).
Rehearsal   an act done as far as its end and taken back: whom it would have told, in which words. Nothing of it stays.
Left out    a courtesy that the sender did not want to send. The journal keeps that.
Notice      the same thing told inside the system: born with the mail in one transaction, and also where no mail goes.
Choice      how a person wants to be told of a group of mails: at once, once a day, only inside the system. Needed mails know no choice.

Enters: what the rooms post. Leaves: mails to the outbox, notices. Drafts and versions of texts stand with those of the papers.
"""
