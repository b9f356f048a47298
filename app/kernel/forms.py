"""Forms that read Vietnamese input. Labels, hints and messages are English msgids, translated when shown.

Every StageForm carries `once` (a second sending gives the same answer) and `version` (what the user saw). A refusal
of an action comes back here: `validate_on_submit` attaches its sentence to the field it names.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField as UploadField
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import Choice
from wtforms.widgets import Select, TextInput

from app.kernel.clock import ZONE, local
from app.kernel.db import MONEY_MAX
from app.kernel.errors import Refused, Stale
from app.kernel.text import nfc
from app.kernel.web import sentence_of
from app.kernel.words import N_

_MISSING = N_("Please fill this in.")
_CHOOSE = N_("Please choose one.")


class StageForm(FlaskForm):
    """The base of all forms. Declared labels and hints are translated when the form is made."""

    once = HiddenField()
    version = HiddenField()
    stale = False  # shown again because somebody else changed the object meanwhile

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:  # a file counts only where a field asks for one
            found, asked = super().wrap_formdata(form, formdata), {f.name for f in form if isinstance(f, UploadField)}
            return found and MultiDict((n, v) for n, v in found.items(multi=True) if isinstance(v, str) or n in asked)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.once.data:
            self.once.data = secrets.token_urlsafe(24)
        for field in self:
            field.label.text = _(field.label.text) if field.label.text else ""
            field.description = _(field.description) if field.description else ""

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        refusal: Refused | None = g.pop("refusal", None) if self.is_submitted() else None
        if refusal is None:
            return bool(super().validate_on_submit(extra_validators))
        super().validate_on_submit(extra_validators)
        self.blame(refusal)
        return False

    def blame(self, refusal: Refused) -> None:
        """Put the refusal's sentence on the field it names, else at the top of the form.

        When somebody else was quicker the form is shown with what was typed and with the version that stands now: who
        sends it again has read this sentence and overwrites knowingly.
        """
        if isinstance(refusal, Stale) and self.version.object_data is not None:
            self.stale = True
            self.version.data = self.version.object_data
        target = self._fields.get(refusal.field or "")
        if target is None or isinstance(target, HiddenField):
            self.form_errors.append(sentence_of(refusal))
        else:
            target.errors = [*target.errors, sentence_of(refusal)]

    def overtaken(self) -> list[tuple[str, str]]:
        """(label, what stands now) of the texts and numbers in which what was typed differs from what is stored."""
        texts = [f for f in self.shown() if isinstance(f, (LineField, _Parsed)) and f.object_data not in (None, "")]
        return [(f.label.text, f.show(f.object_data) if isinstance(f, _Parsed) else str(f.object_data)) for f in texts if f.object_data != f.data]

    def shown(self) -> list[Field]:
        """The fields a person fills in."""
        return [f for f in self if not isinstance(f, HiddenField) and f.short_name != "csrf_token"]


class _Checked:
    """What our fields share: `required`, needed `sometimes` (the hint says when), a hint, and checks in pre_validate."""

    def __init__(self, label: str = "", validators: Any = None, *, required: bool = False, sometimes: bool = False, hint: str = "", **kw: Any) -> None:
        self.required = required
        super().__init__(label, validators, description=hint, **kw)  # type: ignore[call-arg]
        self.flags.required, self.flags.sometimes = required, sometimes  # type: ignore[attr-defined]

    def _need(self, present: bool, message: str = _MISSING) -> None:
        if self.required and not present:
            raise ValidationError(_(message))


class LineField(_Checked, StringField):
    """One line of text, stripped, NFC, at most `max` characters."""

    def __init__(self, label: str = "", validators: Any = None, *, max: int = 300, min: int = 0, **kw: Any) -> None:
        self.longest, self.shortest = max, min
        super().__init__(label, validators, **kw)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = self._clean(valuelist[0]) if valuelist else ""

    def _clean(self, text: str) -> str:
        return " ".join(nfc(text).split())

    def pre_validate(self, form: Any) -> None:
        text = self.data or ""
        self._need(bool(text))
        if len(text) > self.longest:
            raise ValidationError(_("Please use at most %(n)d characters; this has %(have)d.", n=self.longest, have=len(text)))
        if text and len(text) < self.shortest:
            raise ValidationError(_("Please write at least %(n)d characters.", n=self.shortest))


class NoteField(LineField, TextAreaField):
    """Several lines of text; `words` limits the number of words."""

    def __init__(self, label: str = "", validators: Any = None, *, max: int = 10_000, words: int = 0, rows: int = 5, **kw: Any) -> None:
        self.words, self.rows = words, rows
        super().__init__(label, validators, max=max, **kw)

    def _clean(self, text: str) -> str:
        return nfc(text)

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        count = len((self.data or "").split())
        if self.words and count > self.words:
            raise ValidationError(_("Please use at most %(n)d words; this has %(have)d.", n=self.words, have=count))


class _Parsed(_Checked, Field):
    """A field whose text is parsed: what was typed is shown again when it cannot be read."""

    widget = TextInput()
    unreadable = N_("This cannot be read.")

    def __init__(self, *args: Any, **kw: Any) -> None:
        self.typed: str | None = None
        self.data: Any = None
        super().__init__(*args, **kw)

    def parse(self, text: str) -> Any:
        raise NotImplementedError

    def show(self, value: Any) -> str:
        return str(value)

    def check(self, value: Any) -> None:
        """Raise ValidationError when the parsed value is out of bounds."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed, self.data = (nfc(valuelist[0]) if valuelist else ""), None
        if self.typed:
            try:
                self.data = self.parse(self.typed)
            except (ValueError, OverflowError):
                self.data = None

    def _value(self) -> str:
        return self.typed if self.typed is not None else "" if self.data is None else self.show(self.data)

    def pre_validate(self, form: Any) -> None:
        if self.typed and self.data is None:
            raise ValidationError(_(self.unreadable))
        self._need(self.data is not None)
        if self.data is not None:
            self.check(self.data)


class IntField(_Parsed):
    """A whole number between `min` and `max`."""

    unreadable = N_("Please write a whole number, for example 12.")

    def __init__(self, label: str = "", validators: Any = None, *, min: int = 0, max: int = 2**31 - 1, **kw: Any) -> None:
        self.low, self.high = min, max
        super().__init__(label, validators, **kw)

    def parse(self, text: str) -> int:
        if not re.fullmatch(r"-?\d{1,15}", text):  # full-width digits too
            raise ValueError(text)
        return int(text)

    def check(self, value: int) -> None:
        if value < self.low:
            raise ValidationError(_("Please write a number of at least %(n)s.", n=self.show(self.low)))
        if value > self.high:
            raise ValidationError(_("Please write a number of at most %(n)s.", n=self.show(self.high)))


class MoneyField(IntField):
    """Whole đồng: reads 1250000000, 1.250.000.000 and 1 250 000 000 đ."""

    unreadable = N_("Please write an amount in whole đồng, for example 1.250.000.000.")

    def __init__(self, label: str = "", validators: Any = None, *, min: int = 0, max: int = MONEY_MAX, **kw: Any) -> None:
        super().__init__(label, validators, min=min, max=max, **kw)

    def parse(self, text: str) -> int:
        bare = re.sub(r"\s*(đ|đồng|₫|vnd)$", "", text.strip().lower())
        if not re.fullmatch(r"[0-9]{1,16}|[0-9]{1,3}([. \u00a0][0-9]{3})+", bare):
            raise ValueError(text)
        return int(re.sub(r"\D", "", bare))

    def show(self, value: Any) -> str:
        return f"{value:,}".replace(",", ".")


class DateField(_Parsed):
    """A day: reads dd/mm/yyyy, d/m/yyyy and yyyy-mm-dd."""

    unreadable = N_("Please write a real date as day/month/year, for example 18/06/2026.")

    def parse(self, text: str) -> date:
        if match := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text):
            return _sane(date(int(match[3]), int(match[2]), int(match[1])))
        return _sane(date.fromisoformat(text))

    def show(self, value: Any) -> str:
        return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)


class MomentField(_Parsed):
    """An instant in Vietnamese time: reads dd/mm/yyyy HH:MM and yyyy-mm-ddTHH:MM; data is aware UTC."""

    unreadable = N_("Please write day/month/year and the hour, for example 18/06/2026 17:00.")

    def parse(self, text: str) -> datetime:
        if match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})\s+(\d{1,2}):(\d{2})", text):
            day, month, year, hour, minute = map(int, match.groups())
            found = datetime(year, month, day, hour, minute, tzinfo=ZONE)
        else:
            found = datetime.strptime(text[:16], "%Y-%m-%dT%H:%M").replace(tzinfo=ZONE)  # a day alone is no instant
        _sane(found.date())
        return found.astimezone(UTC)

    def show(self, value: Any) -> str:
        return f"{local(value):%d/%m/%Y %H:%M}"


def _sane(day: date) -> date:
    if not 1900 <= day.year <= 2200:
        raise ValueError(day)
    return day


class PickField(_Checked, Field):
    """One of `choices` [(value, label)], as a list box; data is the value, or None when nothing is chosen."""

    widget = Select()

    def __init__(self, label: str = "", validators: Any = None, *, choices: Any = None, blank: bool = True, **kw: Any) -> None:
        self.blank = blank
        self.choices: list[tuple[str, str]] = list(choices or [])
        super().__init__(label, validators, **kw)

    def process_data(self, value: Any) -> None:
        self.data = None if value is None else str(value)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = (valuelist[0] or None) if valuelist else None

    def iter_choices(self) -> Any:
        strange = self.data is not None and str(self.data) not in {str(v) for v, *_rest in self.choices}
        if self.blank or strange:  # a value that is not on the list never turns into the first one in silence
            yield Choice("", _("– choose –"), self.data is None or strange, {})
        for value, label in self.choices:
            yield Choice(str(value), label, self.data is not None and str(value) == str(self.data), {})

    _iter_choices_normalized = iter_choices  # the name WTForms' list box asks for

    def has_groups(self) -> bool:
        return False

    def pre_validate(self, form: Any) -> None:
        self._need(self.data is not None, _CHOOSE)
        if self.data is not None and self.data not in {str(v) for v, *_rest in self.choices}:
            raise ValidationError(_("Please choose one from the list."))


class ChoiceField(PickField):
    """One of a few, as radio buttons. With `enum`, labels are translated and data is a member of the enum."""

    def __init__(self, label: str = "", validators: Any = None, *, enum: type[StrEnum] | None = None, **kw: Any) -> None:
        self.enum = enum
        kw.setdefault("blank", False)
        super().__init__(label, validators, **kw)
        if enum is not None and not self.choices:
            self.choices = [(str(m), _(getattr(m, "label", str(m)))) for m in enum]

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        if self.enum is not None and self.data is not None:
            self.data = self.enum(self.data)


class TicksField(SelectMultipleField):
    """Any number of `choices` [(value, label)], as tick boxes; data is the list of chosen values."""

    def __init__(self, label: str = "", *, required: bool = False, hint: str = "", **kw: Any) -> None:
        self.required = required
        kw.setdefault("choices", [])
        super().__init__(label, description=hint, validate_choice=False, coerce=str, **kw)
        self.flags.required = required

    def iter_choices(self) -> Any:
        chosen = set(self.data or [])
        for value, label in self.choices or []:
            yield Choice(str(value), label, str(value) in chosen, {})

    def pre_validate(self, form: Any) -> None:
        if self.required and not self.data:
            raise ValidationError(_("Please choose at least one."))
        if set(self.data or []) - {str(v) for v, _label in self.choices or []}:
            raise ValidationError(_("Please choose from the list."))


class YesField(_Checked, BooleanField):
    """A tick. `required` means: it must be ticked."""

    def pre_validate(self, form: Any) -> None:
        self._need(bool(self.data), N_("Please tick this to go on."))


class FileField(_Checked, UploadField):
    """One uploaded file; `accept` lists the endings offered in the dialog."""

    def __init__(self, label: str = "", validators: Any = None, *, accept: str = ".pdf,.docx,.xlsx,.png,.jpg", **kw: Any) -> None:
        self.accept = accept
        super().__init__(label, validators, **kw)

    def pre_validate(self, form: Any) -> None:
        self._need(bool(self.data and getattr(self.data, "filename", "")), N_("Please choose a file."))


def hidden(form: StageForm) -> Markup:
    """The hidden fields every POST form carries."""
    return Markup("").join(f() for f in form if isinstance(f, HiddenField))
