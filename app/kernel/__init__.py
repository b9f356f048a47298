"""The kernel: what several rooms need and has no noun of ours.

clock       the only reader of time
db          the database object, column types, triggers, connection set-up
errors      Refused and its kinds: a sentence for the user and an HTTP status
forms       StageForm and the fields that read Vietnamese input
journal     the append-only, hash-chained record of every act
lifecycle   tables of states; `advance` is the only writer of `state`
listing     filters, order and keyset pages of a table, kept in the address
outbox      mails as rows of the same transaction
permissions the words `Do.STAGE_VERB` and which role may say them
subjects    how services know an object of a stage without importing it
text        folding, NFC, sort keys of Vietnamese names
web         @allow, @writes: permission, one commit, refusals as pages
words       N_ marks a sentence, Face gives an enum its label and tone

Something may enter here when two rooms need it AND it has no noun of ours.
"""
