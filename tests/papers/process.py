"""One process of the race for numbers. Each line it is sent is a round: its threads act at once; it answers with a line of what came of it."""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError

from app import create_app
from app.kernel.db import db
from app.kernel.errors import Refused
from app.kernel.web import RETRIES
from app.services.papers import actions
from app.services.papers.models import Paper
from app.services.people.models import User
from tests.support.databases import settings


def series(facts: dict[str, Any], n: int) -> list[int]:
    """Numbers of a gapless series, one after the other; one in five is taken back before it is kept."""
    kept = []
    for turn in range(facts["each"]):
        taken = actions.next_number(facts["series"], facts["year"])
        if (n + turn) % 5 == 0:
            db.session.rollback()
        else:
            db.session.commit()
            kept.append(taken)
    return kept


def given(facts: dict[str, Any], n: int) -> list[int]:
    """Everybody enters the same number, each on a paper of the own."""
    paper = db.session.scalars(select(Paper).where(Paper.public_id == facts["papers"][n])).one()
    actions.number(paper, facts["number"], by=db.session.get_one(User, facts["by"]), at=datetime.fromisoformat(facts["at"]))
    db.session.commit()
    return [n]


def issued(facts: dict[str, Any], n: int) -> list[int]:
    """Everybody issues a paper with the same number."""
    by = db.session.get_one(User, facts["by"])
    row = actions.issue(template="papers/withdrawal", subject=("user_account", by.public_id), title="x", by=by, at=datetime.fromisoformat(facts["at"]), number=facts["number"], data=facts["data"])
    db.session.commit()
    return [row.year]


ROUNDS = {"series": series, "given": given, "issued": issued}


def main() -> None:
    """Answer line by line until the input ends."""
    said = json.loads(sys.argv[1])
    app = create_app("test", **settings(said["SQLALCHEMY_DATABASE_URI"], Path(said["INSTANCE_FOLDER"])))
    print("ready", flush=True)
    for line in sys.stdin:
        facts = json.loads(line)
        told: list[Any] = [None] * facts["clients"]
        start = threading.Barrier(facts["clients"])

        def act(at: int, facts: dict[str, Any] = facts, told: list[Any] = told, start: threading.Barrier = start) -> None:
            with app.app_context():
                start.wait()
                for attempt in range(RETRIES + 20):
                    try:
                        told[at] = ROUNDS[facts["do"]](facts, facts["first"] + at)
                        break
                    except (OperationalError, IntegrityError) as failure:  # as the door of our pages does
                        db.session.rollback()
                        told[at] = f"error {failure}"
                        time.sleep(random.uniform(0.05, 0.2) * (attempt + 1))
                    except Refused as refusal:
                        db.session.rollback()
                        told[at] = f"refused {refusal}"
                        break
                db.session.remove()

        threads = [threading.Thread(target=act, args=(n,)) for n in range(facts["clients"])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
