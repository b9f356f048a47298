"""Forms of ideas and topics: the order form, return, item, identification, the approved list."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Self

from flask import request
from flask_babel import get_locale
from flask_babel import gettext as _
from wtforms import HiddenField

from app.kernel.clock import local, now, today
from app.kernel.forms import (
    ChoiceField,
    DateField,
    FileField,
    IntField,
    LineField,
    MoneyField,
    NoteField,
    PickField,
    StageForm,
    TicksField,
    YesField,
)
from app.kernel.words import N_
from app.services.people.models import Organisation, User
from app.services.people.queries import organisation_by_pid
from app.services.questionnaires import queries as questionnaires
from app.services.questionnaires.forms import Sheet, SheetForm
from app.services.questionnaires.models import FormVersion
from app.services.questionnaires.rules import Definition, said
from app.services.rulebook import queries as rulebook
from app.stages.ideas import order, queries, receiving, returned
from app.stages.ideas.actions import Identified
from app.stages.ideas.models import Idea, OrderLink
from app.stages.ideas.rules import (
    LONGEST_MONTHS,
    TITLE_LONGEST,
    IdeaState,
    Mode,
    Outcome,
    RedirectTo,
)
from app.stages.plan import queries as plans
from app.stages.plan.models import Priority


def english() -> bool:
    """Is this page in English?"""
    return str(get_locale() or "vi").startswith("en")


def named(words: dict[str, dict[str, str]]) -> list[tuple[str, str]]:
    """Codes with their names in the language of this page."""
    return [(code, word["en" if english() else "vi"]) for code, word in words.items()]


def names(on: date) -> dict[str, dict[str, str]]:
    """Names of types of task and fields of research in the language of this page, by code."""
    return {"kinds": dict(named(queries.kinds(on))), "fields": dict(named(queries.fields(on)))}


def item_choices() -> list[tuple[str, str]]:
    """The items of the plan in force, for list boxes."""
    return [(i.public_id, f"{i.code} {i.title_en if english() else i.short_vi}") for i in plans.items()]


class Order(SheetForm):
    """The order form: whose it is and for which year; all else is asked by the version of the form."""

    organisation = PickField(N_("Proposing organisation"), required=True)
    form_version = HiddenField()  # the version of the form that the page shows
    year = IntField(N_("Year of the plan"), required=True, hint=N_("The year from which the task should be carried out."))

    used: FormVersion

    @classmethod
    def new(cls, user: User, at: datetime) -> Self:
        """An empty form, filled beforehand with what is known of the person."""
        today, bodies = local(at).date(), user.organisations
        version = order.shown_or_current(request.form.get("form_version"), today)
        known = questionnaires.prefilled(version.definition, person=user, organisation=bodies[0] if len(bodies) == 1 else None, at=at, today=today)
        form = cls(sheet_of(version.definition, known, today), data={"year": today.year + 1, "form_version": version.public_id})
        form.used, form.form_version.data = version, version.public_id
        form.organisation.choices = [(o.public_id, o.name) for o in bodies]
        if len(bodies) == 1 and not form.organisation.data:
            form.organisation.data = bodies[0].public_id
        return form

    @classmethod
    def of(cls, idea: Idea, on: date) -> Self:
        """The form filled with an idea."""
        row = order.of(idea)
        form = cls(sheet_of(row.form.definition, row.answers, on, flagged=row.return_sections if idea.state == IdeaState.RETURNED else ()),
                   data={"version": idea.version, "year": idea.year, "organisation": idea.organisation.public_id})  # fmt: skip
        form.used = row.form
        form.organisation.choices = [(idea.organisation.public_id, idea.organisation.name)]
        form.sheet.locked = returned.locked_sections(idea, at=now())
        return form

    @classmethod
    def by_link(cls, link: OrderLink, at: datetime) -> Self:
        """The form of an organisation without an account: whose it is stands in the link."""
        form = cls.of(link.idea, local(at).date()) if link.idea is not None else cls.new(link.contact, at)
        del form.organisation
        return form

    def values(self) -> dict[str, Any]:
        """What `draft` and `revise` take for the idea's columns."""
        return order.values_of(self.sheet.answers) | {"year": self.year.data}

    def safe_values(self, on: date) -> dict[str, Any]:
        """The same for saving while typing: a year that cannot be kept is left as it was."""
        values = self.values()
        if values["year"] is None or not on.year <= values["year"] <= on.year + 5:
            del values["year"]
        return values

    @property
    def files(self) -> order.Files:
        """The files that were sent with the form."""
        return order.Files(self.sheet.uploads, self.sheet.taken_out)

    def chosen_organisation(self, user: User) -> Organisation | None:
        """The organisation of the user that was picked."""
        return next((o for o in user.organisations if o.public_id == self.organisation.data), None)


def _no_longer(pid: str, lang: str) -> str | None:
    """What to say of an item of a plan that was replaced: where it went, and that one is to be chosen."""
    item = plans.item_by_pid(pid)
    former = plans.heirs([item]) if item is not None else []
    if not former:
        return None
    became = "; ".join(f"{i.code} {i.title_en if lang == 'en' else i.short_vi}" for i in former[0][1])
    if became:
        return _("Plan %(plan)s is no longer in force. Its item %(code)s became %(names)s. Please choose that one, or another.", plan=item.plan.number, code=item.code,
                 names=became)  # fmt: skip
    return _("Plan %(plan)s is no longer in force, and item %(code)s ended with it. Please choose another item.", plan=item.plan.number, code=item.code)


questionnaires.register_gone("priority_items", _no_longer)


def sheet_of(definition: Definition, answers: Mapping[str, Any], on: date, *, flagged: Collection[str] = ()) -> Sheet:
    """The order form as a sheet in the language of this page."""
    lang = "en" if english() else "vi"
    choices = questionnaires.choices_for(definition, on=on, lang=lang)
    return Sheet(definition, answers, choices=choices, lang=lang, always=order.ALWAYS, flagged=flagged)


class Plain(StageForm):
    """A button."""


class Submit(StageForm):
    """Sending the order form; with a word where the proposing body is named to receive the result itself."""

    own_word = NoteField(N_("Why the proposing body receives the result itself"), max=1000, rows=3, required=True,
                         hint=N_("Normally another body orders the task and receives its result. The council reads this."))  # fmt: skip

    @classmethod
    def of(cls, idea: Idea) -> Self:
        """The form; the question stands on it only where it is needed."""
        asked = receiving.of(idea)
        form = cls(data={"version": idea.version, "own_word": asked.own_word if asked else None})
        if idea.receiver_organisation_id is None or idea.receiver_organisation_id != idea.organisation_id:
            del form.own_word
        return form

    @property
    def word(self) -> str | None:
        """What was written there."""
        return self.own_word.data if self.own_word else None


class Reason(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=4)


class Drop(StageForm):
    """The decision by which a topic leaves the approved list."""

    document = LineField(N_("Number of the decision"), required=True, max=60, hint=N_("Of the body that approved the list, for example 1207/QĐ-UBND."))
    dated = DateField(N_("Date of the decision"), required=True)
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=4)
    agree = YesField(N_("I know that the topic leaves the list for good."), required=True)


class Return(StageForm):
    """What to correct, and in which sections of the form."""

    sections = TicksField(N_("Sections to complete"), hint=N_("The applicant sees them marked on the form."))
    reason = NoteField(N_("What to correct"), required=True, max=2000, rows=4)

    @classmethod
    def of(cls, idea: Idea) -> Self:
        """The form with the sections of the version that the idea keeps."""
        form = cls(data={"version": idea.version})
        lang = "en" if english() else "vi"
        form.sections.choices = [(s["code"], f"{s.get('number', '')}. {said(s['label'], lang)}".lstrip(". ")) for s in order.of(idea).form.definition["sections"]]
        return form


class Link(StageForm):
    """A link for an organisation without an account."""

    body = PickField(N_("Organisation"), required=True)
    name = LineField(N_("Name of the contact"), required=True, max=200)
    email = LineField(N_("E-mail of the contact"), required=True, max=300, hint=N_("The link and the receipt go to this address."))
    expires_on = DateField(N_("The link holds until"), required=True)

    @classmethod
    def of(cls, today: date) -> Self:
        """The form with the organisations in being."""
        form = cls(data={"expires_on": today + timedelta(days=int(rulebook.value("ideas.link_days", on=today)))})
        form.body.choices = queries.organisation_names()
        return form


class Renew(StageForm):
    expires_on = DateField(N_("The link holds until"), required=True)


class Withdraw(StageForm):
    reason = NoteField(N_("Reason"), max=2000, rows=3)


class LinkItem(StageForm):
    item = PickField(N_("Main priority item"), required=True)
    others = TicksField(N_("Other items it serves"))

    @classmethod
    def of(cls, idea: Idea) -> Self:
        """The form with the idea's present items."""
        data = {"item": idea.item.public_id if idea.item else None, "others": [i.public_id for i in idea.other_items], "version": idea.version}
        form = cls(data=data)
        form.item.choices = form.others.choices = item_choices()
        return form

    def chosen_others(self) -> list[Priority]:
        """The other items."""
        return [found for pid in self.others.data or [] if (found := plans.item_by_pid(pid)) is not None]


class Identify(StageForm):
    """One idea's outcome, from minutes on paper."""

    outcome = ChoiceField(N_("Recommended outcome"), enum=Outcome, required=True)
    final_title = LineField(N_("Final title"), max=TITLE_LONGEST, hint=N_("Both titles are kept."))
    final_aim = NoteField(N_("Final aim"))
    final_products = NoteField(N_("Required products"))
    mode = ChoiceField(N_("Mode"), enum=Mode)
    host = PickField(N_("Organisation named for direct assignment"))
    ceiling = MoneyField(N_("Ceiling of the State budget"))
    final_months = IntField(N_("Duration in months"), min=1, max=LONGEST_MONTHS)
    rank = IntField(N_("Place in the order of priority"), min=1, max=999)
    redirect_to = ChoiceField(N_("Passed on to"), enum=RedirectTo)
    passed_to = LineField(N_("Whom exactly"), max=300, hint=N_("Name of the enterprise or fund, when it is known."))
    reason = NoteField(N_("Reason"), max=2000, rows=3, sometimes=True, hint=N_("Needed when the idea is not carried out, or when the ceiling is well above what was asked."))
    minutes_number = LineField(N_("Number of the minutes"), required=True, max=60, hint=N_("For example 12/BB-HĐXĐ."))
    minutes_dated = DateField(N_("Date of the minutes"), required=True)
    scan = FileField(N_("Scan of the signed minutes"), accept=".pdf,.png,.jpg", hint=N_("It stays in the house: whoever proposed the idea does not see it. It can be added until the province decides."))

    @classmethod
    def of(cls, idea: Idea, voted: Mapping[str, Any] | None = None, outcomes: Sequence[Outcome] = ()) -> Self:
        """The form with what is known: the idea as proposed, as recorded before, or as a council held here `voted`."""
        data = {
            "outcome": idea.outcome, "final_title": idea.final_title or idea.title, "final_aim": idea.final_aim or idea.aim,
            "final_products": idea.final_products or idea.products, "mode": idea.mode or (Mode.DIRECT if idea.proposed_host else None),
            "host": (row.public_id if (row := idea.host or idea.proposed_host) else None), "ceiling": idea.ceiling or idea.state_budget,
            "final_months": idea.final_months or idea.duration_months, "rank": idea.rank, "redirect_to": idea.redirect_to, "passed_to": idea.passed_to, "reason": idea.outcome_reason, "minutes_number": idea.minutes_number,
            "minutes_dated": idea.minutes_dated, "version": idea.version,
        }  # fmt: skip
        if voted is not None:
            data |= {"outcome": outcomes[0], "reason": "; ".join(dict.fromkeys(voted["reasons"])), "mode": Mode(voted["mode"]) if voted["mode"] else None}
        form = cls(data=data)
        form.host.choices = queries.direct_hosts(idea.proposed_host_id, on=today())
        if voted is not None:
            del form.minutes_number, form.minutes_dated, form.scan, form.rank  # the council voted the place
            form.outcome.choices = [(str(o), _(o.label)) for o in outcomes]
        return form

    def found(self) -> Identified:
        """What the action takes."""
        return Identified(
            self.outcome.data, title=self.final_title.data, aim=self.final_aim.data, products=self.final_products.data, mode=self.mode.data,
            host=organisation_by_pid(self.host.data), ceiling=self.ceiling.data, months=self.final_months.data, rank=self.rank.data if self.rank else None,
            redirect_to=self.redirect_to.data, passed_to=self.passed_to.data, reason=self.reason.data,
        )  # fmt: skip


def idea_choices(ideas: Sequence[Idea]) -> list[tuple[str, str]]:
    """Ideas for tick boxes."""
    return [(i.public_id, f"{i.code} · {i.final_title or i.title}" + (f" · {_(i.outcome.label)}" if i.outcome else "")) for i in ideas]


class Decide(StageForm):
    """The decision that approves the list."""

    ideas = TicksField(N_("Ideas decided on"), required=True, hint=N_("Each is decided as recommended. What is not ticked stays open."))
    unasked = YesField(N_("The committee decides also on what no submission has put forward."), hint=N_("Normally the Department puts ideas forward first."))
    gaps = YesField(N_("The list goes on without what is missing."), hint=N_("It stands on the topic as not set."))
    number = LineField(N_("Number of the decision"), required=True, max=40, hint=N_("Number only, or number and symbol: 4923/QĐ-UBND."))
    symbol = LineField(N_("Symbol"), required=True, max=30)
    dated = DateField(N_("Date of the decision"), required=True)
    agree = YesField(N_("I have read the list and the recommendations."), required=True)


class PutForward(StageForm):
    """The submission to the people's committee."""

    ideas = TicksField(N_("Ideas put forward"), required=True, hint=N_("Each with what is recommended for it, also those that are not to be carried out."))
    gaps = YesField(N_("The list goes on without what is missing."), hint=N_("It stands on the topic as not set."))
    number = LineField(N_("Number of the submission"), max=60, hint=N_("For example 89/TTr-SKHCN. Leave blank when the registry has not given it yet."))
    dated = DateField(N_("Date of the submission"), required=True)
    agree = YesField(N_("I have read the list and the recommendations."), required=True)


class Council(StageForm):
    """Ideas for the agenda of a new identification council."""

    title = LineField(N_("Name of the council"), required=True, max=500)
    ideas = TicksField(N_("Ideas on the agenda"), required=True)
