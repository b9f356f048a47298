"""What a request may put into a form: text where text is asked, a file only where a file is."""

from __future__ import annotations

import io

import pytest
from werkzeug.datastructures import FileStorage

from app.kernel.forms import (
    DateField,
    FileField,
    LineField,
    MoneyField,
    NoteField,
    PickField,
    StageForm,
    TicksField,
    YesField,
)


class Everything(StageForm):
    line, note, amount, day = LineField(), NoteField(), MoneyField(), DateField()
    one, many, yes, scan = PickField(), TicksField(), YesField(), FileField()


@pytest.mark.parametrize("name", ["line", "note", "amount", "day", "one", "many", "yes", "once", "version", "csrf_token"])
def test_a_file_in_the_place_of_a_text_is_nothing(app, name):
    sent = {name: FileStorage(io.BytesIO(b"x"), filename="tên.pdf"), "scan": FileStorage(io.BytesIO(b"y"), filename="bản.pdf")}
    with app.test_request_context(method="POST", data=sent):
        form = Everything()
        assert not isinstance(form[name].data, FileStorage) and form.scan.data.filename == "bản.pdf"


def test_text_and_file_come_together(app):
    with app.test_request_context(method="POST", data={"line": " Tên ", "scan": FileStorage(io.BytesIO(b"y"), filename="bản.pdf"), "many": ["a", "b"]}):
        form = Everything()
        assert form.line.data == "Tên" and form.many.data == ["a", "b"] and form.scan.data.filename == "bản.pdf"
