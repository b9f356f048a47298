"""One process of races about money. Each line it is sent is a round: it lets its threads act at once, and answers with a line of what came of it."""

from __future__ import annotations

import json
import sys
import threading
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from app import create_app
from app.kernel.db import db
from app.kernel.errors import Refused
from app.kernel.web import RETRIES
from app.services.papers import actions as papers
from app.services.people.models import User
from app.stages.funding import actions, queries
from app.stages.funding.actions.budgets import promise
from tests.support.databases import settings


def pay(facts, n):
    """Finance pays the approved tranche, with a document of the own."""
    when = datetime.fromisoformat(facts["when"])
    actions.pay(queries.tranche_by_id(facts["tranche"]), booked_on=when.date(), voucher=f"UNC {facts['turn']}-{n}", by=_who(facts["finance"]), at=when)


def approve(facts, n):
    """One of two officers approves."""
    actions.approve_payment(queries.tranche_by_id(facts["tranche"]), by=_who(facts["hands"][n % 2]), at=datetime.fromisoformat(facts["when"]))


def naive(facts, n):
    """A program that knows nothing of our rules books a third of the tranche."""
    db.session.execute(text("INSERT INTO ledger_entry (public_id, kind, amount, project_id, tranche_id, booked_on, at) VALUES (:pid, 'payment', :amount, :project, :tranche, :day, :at)"),
                       {"pid": f"n{facts['turn']}-{n}", "amount": facts["part"], "project": facts["project"], "tranche": facts["tranche"], "day": facts["when"][:10], "at": facts["when"]})  # fmt: skip


def award(facts, _n):
    """A tenth of what the year has left is promised, as an approval does it."""
    promise(queries.project_by_id(facts["project"]), queries.year_budget(2026, lock=True), facts["part"], by=None, at=datetime.fromisoformat(facts["when"]))


def number(facts, n):
    """A number of a gapless series; every fifth is taken back."""
    taken = papers.next_number("project", facts["year"])
    if n % 5 == 0:
        raise Refused("rolled back")
    return taken


RACES = {"pay": pay, "approve": approve, "naive": naive, "award": award, "number": number}


def _who(user_id):
    return db.session.get_one(User, user_id)


def act(app, facts, n, barrier, told):
    """One client: what it was told, or what refused it. What the database could not do in time is done again, as often as a server does; then it is an error."""
    with app.app_context():
        barrier.wait()
        for attempt in range(RETRIES + 1):
            try:
                done = RACES[facts["do"]](facts, n)
                db.session.commit()
                told.append("done" if done is None else done)
                break
            except (Refused, IntegrityError, StaleDataError) as refused:  # what a page says too
                db.session.rollback()
                told.append(type(refused).__name__)
                break
            except OperationalError as failure:
                db.session.rollback()
                if attempt == RETRIES:
                    told.append(f"error {failure}")
            finally:
                db.session.remove()


def main(said):
    app = create_app("test", **settings(said["SQLALCHEMY_DATABASE_URI"], Path(said["INSTANCE_FOLDER"])))
    print("ready", flush=True)
    for line in sys.stdin:
        facts, told = json.loads(line), []
        barrier = threading.Barrier(facts["clients"])
        threads = [threading.Thread(target=act, args=(app, facts, facts["first"] + n, barrier, told)) for n in range(facts["clients"])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
