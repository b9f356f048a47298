"""What the tests of selection begin with."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import ideas as idea_plays
from app.across.demo.plays import proposals as proposal_plays
from app.across.demo.plays import selection as selection_plays
from app.stages.calls import queries as calls
from app.stages.calls.models import CallTopic
from app.stages.selection.models import Round
from tests.support.kept import kept

DAY = timedelta(days=1)


@kept
def two_checked(cast: Any, start: datetime) -> CallTopic:
    """A topic of an opened call with two eligible dossiers, pi1 of host1 and pi3 of host2; a council may take them 70 days after `start`."""
    topic = idea_plays.approved_topic(cast, item="1.8", title="Hệ thống tưới tự động dùng Internet vạn vật", at=start)
    call = call_plays.published_call(cast, topics=[topic], at=start + 25 * DAY)
    place = calls.topics_of(call)[0]
    rows = [proposal_plays.submitted(cast, call_topic=place, at=start + (30 + n) * DAY, pi=pi, host=host, total=800_000_000)
            for n, (pi, host) in enumerate((("pi1", "host1"), ("pi3", "host2")))]  # fmt: skip
    call_plays.opened_call(cast, call=call)
    for row in rows:
        proposal_plays.eligible(cast, proposal=row, at=start + 65 * DAY)
    return place


@kept
def ranked(cast: Any, start: datetime) -> Round:
    """The same topic's council in session and concluded 86 days after `start`: a ranked round, pi1 before pi3."""
    return selection_plays.ranked(cast, call_topic=two_checked(cast, start), at=start + 70 * DAY)
