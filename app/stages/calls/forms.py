"""Forms of calls: the draft, publication, extension, opening, the next round."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Self

from flask_babel import gettext as _
from wtforms import ValidationError

from app.kernel.forms import (
    DateField,
    LineField,
    MomentField,
    NoteField,
    PickField,
    StageForm,
    TicksField,
    YesField,
)
from app.kernel.words import N_
from app.stages.calls.actions.notices import COLUMNS
from app.stages.calls.milestones import CORRECTABLE, DATES, WHILE_OPEN
from app.stages.calls.models import Call, CallTopic
from app.stages.calls.rules import NOT_FREE, Attendee, Capacity, attendees
from app.stages.ideas import queries as ideas
from app.stages.ideas.models import Topic
from app.stages.ideas.rules import CALLABLE


def topic_choices(topics: Sequence[Topic], drafts: Mapping[int, str]) -> list[tuple[str, str]]:
    """Topics for tick boxes; a direct one names its organisation, one that stands in another draft (`drafts`) names that draft."""

    def label(topic: Topic) -> str:
        parts = [topic.code, topic.title, *([topic.assigned.name] if topic.assigned else [])]
        if topic.id in drafts:
            parts.append(_("already in the draft “%(title)s”", title=drafts[topic.id]))
        return " · ".join(parts)

    return [(t.public_id, label(t)) for t in topics]


def wrong_date(text: str) -> str | None:
    """Why a typed date is none, as a sentence; None when it only is not written like one."""
    match = re.match(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{1,6})\b", text)
    if match is None:
        return None
    day, month, year = (int(part) for part in match.groups())
    if not 1900 <= year <= 2200:
        return _("The year %(year)s cannot be right.", year=year)
    try:
        date(year, month, day)
    except ValueError:
        return _("There is no such day: %(day)s.", day=match[0])
    return None


class _Spoken:
    """A date whose refusal says what is wrong with what was typed."""

    def pre_validate(self, form: Any) -> None:
        typed, data = self.typed, self.data  # type: ignore[attr-defined]
        if typed and data is None and (sentence := wrong_date(typed)):
            raise ValidationError(sentence)
        super().pre_validate(form)  # type: ignore[misc]


class CallMoment(_Spoken, MomentField):
    """An instant of a call's calendar."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.type = "MomentField"  # drawn like one


class CallDay(_Spoken, DateField):
    """A day of a call's calendar."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.type = "DateField"


class FreeTopics(TicksField):
    """Topics that may stand in a call. One that was taken while the page stood open is named."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.type = "TicksField"  # drawn like one

    def pre_validate(self, form: Any) -> None:
        for pid in set(self.data or []) - {value for value, _label in self.choices or []}:
            if (topic := ideas.topic_by_pid(pid)) is not None and topic.state not in CALLABLE:
                raise ValidationError(_(NOT_FREE, code=topic.code))
        super().pre_validate(form)


class Edit(StageForm):
    """A call that is being prepared."""

    title = LineField(N_("Title of the call"), required=True, max=500)
    topics = FreeTopics(N_("Topics"), required=True)
    questions_until = CallMoment(N_("Questions are taken until"), hint=N_("Vietnamese time. Empty: until the deadline."))
    briefing_at = CallMoment(N_("Briefing for applicants"))
    briefing_place = LineField(N_("Place of the briefing"), max=500, hint=N_("A room, or the address of the online meeting."))
    deadline = CallMoment(N_("Deadline"), required=True, hint=N_("Vietnamese time. A dossier that comes in at this very moment is still in time."))
    opening_at = CallMoment(N_("Opening of the dossiers"))
    council_on = CallDay(N_("Selection council meets"))
    notify_on = CallDay(N_("Applicants are told the result"))
    place = NoteField(N_("Where dossiers are received"), max=500, rows=2)
    note = NoteField(N_("What applicants should know"), rows=5)
    names_council = YesField(N_("Applicants are told who sat on the council, together with the outcome. Before it never, and never who wrote or marked what."))

    @classmethod
    def of(cls, call: Call | None, topics: Sequence[Topic], deadline: datetime, calendar: Mapping[str, Any], copied: Call | None = None,
           drafts: Mapping[int, str] | None = None) -> Self:  # fmt: skip
        """The form of a draft (None = a new one, with the calendar that is offered; `copied` = a call whose texts are carried over)."""
        data: dict[str, Any] = {"deadline": deadline, **calendar}
        if (source := call or copied) is not None:
            data |= {"title": source.title, "place": source.place, "note": source.note, "briefing_place": source.briefing_place,
                     "names_council": source.names_council}
            data["topics"] = [ct.topic.public_id for ct in source.topics]
        if call is not None:
            data |= {name: getattr(call, name) for name in DATES} | {"version": call.version}
        form = cls(data=data)
        form.topics.choices = topic_choices(topics, drafts or {})
        return form

    def moves_deadline(self) -> bool:
        """Is the deadline another one than the form showed first?"""
        return bool(self.deadline.data) and self.deadline.data != self.deadline.object_data

    def follow(self, calendar: Mapping[str, Any]) -> list[str]:
        """Milestones that the person left as they were take the date of `calendar`; the labels of those that changed."""
        changed = []
        for name, value in calendar.items():
            field = self[name]
            if field.data == field.object_data and field.data != value:
                field.data = value
                changed.append(str(field.label.text))
        return changed

    def values(self) -> dict[str, Any]:
        """What `draft` and `revise` take beside the topics."""
        return {name: self[name].data for name in COLUMNS}


class Correct(StageForm):
    """What may still be changed of a call that is out."""

    questions_until = CallMoment(N_("Questions are taken until"))
    briefing_at = CallMoment(N_("Briefing for applicants"))
    briefing_place = LineField(N_("Place of the briefing"), max=500)
    place = NoteField(N_("Where dossiers are received"), max=500, rows=2)
    note = NoteField(N_("What applicants should know"), rows=5)
    opening_at = CallMoment(N_("Opening of the dossiers"))
    council_on = CallDay(N_("Selection council meets"))
    notify_on = CallDay(N_("Applicants are told the result"))
    document = LineField(N_("Document on which it rests"), required=True, max=200, hint=N_("Number and date, for example 45/TTr-SKHCN of 12/05/2026."))
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=3, hint=N_("Anyone can read it on the portal."))

    @classmethod
    def of(cls, call: Call, receives: bool) -> Self:
        """The form as the call stands; without what only matters while dossiers come in, once they do not."""
        form = cls(data={name: getattr(call, name) for name in CORRECTABLE} | {"version": call.version})
        for name in () if receives else WHILE_OPEN:
            del form[name]
        return form

    def values(self) -> dict[str, Any]:
        """What stands in the fields that are there."""
        return {name: self[name].data for name in CORRECTABLE if name in self}


class Publish(StageForm):
    number = LineField(N_("Number of the notice"), required=True, max=60, hint=N_("For example 12/TB-SKHCN."))
    dated = CallDay(N_("Date of the notice"), required=True)
    agree = YesField(N_("I have checked topics, deadline and place."), required=True)


class Extend(StageForm):
    deadline = CallMoment(N_("New deadline"), required=True, hint=N_("Vietnamese time."))
    document = LineField(N_("Document on which it rests"), required=True, max=200, hint=N_("Number and date, for example 45/TTr-SKHCN of 12/05/2026."))
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=3, hint=N_("Anyone can read it on the portal."))


class Confirm(StageForm):
    agree = YesField(N_("I have read the reason and the document."), required=True)


class Reason(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=4)


class CallOff(StageForm):
    document = LineField(N_("Document on which it rests"), required=True, max=200, hint=N_("Number and date, for example 45/TTr-SKHCN of 12/05/2026."))
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=4, hint=N_("Anyone can read it on the portal."))
    agree = YesField(N_("I have read what becomes of dossiers and topics."), required=True)


class Ask(StageForm):
    """A question about a call, from anybody."""

    topic = PickField(N_("About which topic"), blank=True)
    text = NoteField(N_("Your question"), required=True, min=10, max=2000, rows=6, hint=N_("Write nothing in it that shows who you are: the question is published with its answer."))
    email = LineField(N_("E-mail address"), max=320, hint=N_("You are told there when the question is answered. It is shown to nobody."))


class AnswerQuestion(StageForm):
    wording = NoteField(N_("The question as everybody will read it"), required=True, max=2000, rows=4, hint=N_("Take out what shows who asked."))
    answer = NoteField(N_("The answer"), required=True, max=5000, rows=6, hint=N_("It is published on the page of the call, for all."))


class OpenDossiers(StageForm):
    place = LineField(N_("Place of the opening"), required=True, max=500)
    present = NoteField(N_("Who is present"), required=True, max=8000, rows=4, hint=N_("One person a line: name; body; office. For example: Trần Văn Mẫu; Văn phòng Sở; chuyên viên."))
    witnesses = NoteField(N_("Witnesses"), max=8000, rows=3, sometimes=True, hint=N_("One person a line, in the same way: those who watch that every seal is whole."))
    remarks = NoteField(N_("Noted at the opening"), max=8000, rows=3, hint=N_("How the envelopes of dossiers on paper looked, what somebody objected. It stands in the minutes."))
    agree = YesField(N_("The dossiers are opened now, before those present."), required=True)

    def people(self) -> list[Attendee]:
        """Who is there."""
        return attendees(self.present.data or "", Capacity.PRESENT, "present") + attendees(self.witnesses.data or "", Capacity.WITNESS, "witnesses")


class Plain(StageForm):
    """A button."""


class Again(StageForm):
    """The topics of the next round."""

    topics = TicksField(N_("Topics to call again"), required=True)
    deadline = CallMoment(N_("Deadline"), required=True, hint=N_("Vietnamese time. It can still be changed before publication."))

    @classmethod
    def of(cls, call: Call, free: Sequence[CallTopic], deadline: datetime) -> Self:
        """The form with every topic that may be called again, all ticked."""
        form = cls(data={"topics": [ct.public_id for ct in free], "deadline": deadline, "version": call.version})
        form.topics.choices = [(ct.public_id, f"{ct.topic.code} · {ct.topic.title} · {_(ct.outcome.label)}") for ct in free if ct.outcome]
        return form
