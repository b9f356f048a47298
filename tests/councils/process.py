"""One process of a race: it casts, closes or opens as it is told, when it is told to go, and says on the last line what came of it."""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime
from pathlib import Path

from app import create_app
from app.kernel.db import db
from app.kernel.errors import Refused
from app.services.councils import actions, queries, sealing
from app.services.people.models import User
from tests.councils.test_concurrency import cast_of, close, insist, open_box
from tests.support.databases import settings


def main(facts):
    url, folder = facts["settings"]["SQLALCHEMY_DATABASE_URI"], facts["settings"]["INSTANCE_FOLDER"]
    app = create_app("test", **settings(url, Path(folder)))
    sealing.configure(facts["keys"])
    pid, when = facts["pid"], datetime.fromisoformat(facts["when"])
    with app.app_context():
        queries.council_by_pid(pid)  # everything is loaded
        db.session.rollback()
        print("ready", flush=True)
        sys.stdin.readline()
        time.sleep(facts["after"])
        if facts["do"] == "cast":
            try:
                seal = cast_of(pid, when, facts["member"])
                db.session.commit()
                return {"seal": seal}
            except Refused as refused:
                return {"refused": str(refused)}
        if facts["do"] == "close":
            insist(lambda: actions.attend(queries.council_by_pid(pid), set(facts["here"]), by=db.session.get_one(User, facts["officer"]), at=when))
            return {"closed": insist(lambda: close(pid, when, facts["officer"]))}
        found = insist(lambda: open_box(pid, when, facts["chair"]))
        return {"seals": found["seals"], "ballots": found["ballots"]}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
