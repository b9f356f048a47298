"""A large demonstration world, written in bulk: every row legal, every act in the journal, all constraints and triggers on.

book       rows and acts that wait to be written; states move only along the lifecycle tables; flushed in dependency order
bodies     organisations and invented people
titles     what projects are called, and how they spread over the items of the plan
fates      how each project will stand on the day of the world, and its dates: the season of its call
upstream   ideas, topics, calls, dossiers, councils and their ranking
money      appraisal, award, contract, tranches, ledger, accounts, liquidation
work       reports, changes, visits, stops, early ends
history    the stages in order: a new stage is one more function in `STEPS`

Sessions of councils are entered with their minutes only: ballots and papers of bulk projects were on paper.
"""

from app.across.demo.bulk.history import load, present

__all__ = ["load", "present"]
