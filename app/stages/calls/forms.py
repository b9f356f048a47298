"""Forms of calls: the draft, publication, extension, opening, the next round."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from flask_babel import gettext as _

from app.kernel.forms import (
    DateField,
    LineField,
    MomentField,
    NoteField,
    StageForm,
    TicksField,
    YesField,
)
from app.kernel.words import N_
from app.stages.calls.models import Call, CallTopic
from app.stages.ideas.models import Topic


def topic_choices(topics: Sequence[Topic]) -> list[tuple[str, str]]:
    """Topics for tick boxes; a direct one names its organisation."""
    return [(t.public_id, f"{t.code} · {t.title}" + (f" · {t.assigned.name}" if t.assigned else "")) for t in topics]


class Edit(StageForm):
    """A call that is being prepared."""

    title = LineField(N_("Title of the call"), required=True, max=500)
    topics = TicksField(N_("Topics"), required=True)
    deadline = MomentField(N_("Deadline"), required=True, hint=N_("Vietnamese time. A dossier that comes in at this very moment is still in time."))
    place = NoteField(N_("Where dossiers are received"), max=500, rows=2)
    note = NoteField(N_("What applicants should know"), rows=5)

    @classmethod
    def of(cls, call: Call | None, topics: Sequence[Topic], deadline: datetime) -> Self:
        """The form of a draft (None = a new one) with the topics it may have."""
        data: dict[str, Any] = {"deadline": deadline}
        if call is not None:
            data = {"title": call.title, "deadline": call.deadline, "place": call.place, "note": call.note, "version": call.version,
                    "topics": [ct.topic.public_id for ct in call.topics]}  # fmt: skip
        form = cls(data=data)
        form.topics.choices = topic_choices(topics)
        return form

    def values(self) -> dict[str, Any]:
        """What `draft` and `revise` take beside the topics."""
        return {"title": self.title.data, "deadline": self.deadline.data, "place": self.place.data, "note": self.note.data}


class Publish(StageForm):
    number = LineField(N_("Number of the notice"), required=True, max=60, hint=N_("For example 12/TB-SKHCN."))
    dated = DateField(N_("Date of the notice"), required=True)
    agree = YesField(N_("I have checked topics, deadline and place."), required=True)


class Extend(StageForm):
    deadline = MomentField(N_("New deadline"), required=True, hint=N_("Vietnamese time."))
    document = LineField(N_("Document on which it rests"), required=True, max=200, hint=N_("Number and date, for example 45/TTr-SKHCN of 12/05/2026."))
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=3, hint=N_("Anyone can read it on the portal."))


class Confirm(StageForm):
    agree = YesField(N_("I have read the reason and the document."), required=True)


class Reason(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=4)


class OpenDossiers(StageForm):
    present = NoteField(N_("Who is present"), required=True, max=2000, rows=3, hint=N_("Names and offices, as they stand in the minutes."))
    agree = YesField(N_("The dossiers are opened now, before those present."), required=True)


class Plain(StageForm):
    """A button."""


class Again(StageForm):
    """The topics of the next round."""

    topics = TicksField(N_("Topics to call again"), required=True)
    deadline = MomentField(N_("Deadline"), required=True, hint=N_("Vietnamese time. It can still be changed before publication."))

    @classmethod
    def of(cls, call: Call, free: Sequence[CallTopic], deadline: datetime) -> Self:
        """The form with every topic that may be called again, all ticked."""
        form = cls(data={"topics": [ct.public_id for ct in free], "deadline": deadline, "version": call.version})
        form.topics.choices = [(ct.public_id, f"{ct.topic.code} · {ct.topic.title} · {_(ct.outcome.label)}") for ct in free if ct.outcome]
        return form
