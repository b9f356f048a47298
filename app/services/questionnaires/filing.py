"""Answers that are files: checked before anything is kept, then attached to the record whose form they belong to.

The answer is {"pid", "name", "size", "sha256"} of the attachment, whose kind is `answer:<code>`. Who may download it is
what the stage says of the record. Another file in its place takes the earlier one out; bytes and row of that stay.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from app.kernel.errors import Incomplete
from app.services.files import actions as files
from app.services.files import queries as attachments
from app.services.files.models import Attachment
from app.services.files.rules import check_upload, clean_name
from app.services.people.models import User
from app.services.questionnaires.rules import Definition, Kind, questions
from app.services.rulebook import queries as rulebook

KIND = "answer:"


def asked(definition: Definition) -> list[str]:
    """The codes of the questions that are answered with a file."""
    return [q["code"] for q in questions(definition) if q["type"] == Kind.FILE]


def without(definition: Definition, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers without those that are files, which only `keep` writes, and without what is calculated, which nothing does."""
    gone = {q["code"] for q in questions(definition) if q["type"] in (Kind.FILE, Kind.CALCULATED)}
    return {code: value for code, value in answers.items() if code not in gone}


def checked(upload: Any, *, on: date) -> dict[str, Any]:
    """What an upload would be as an answer: name and size; nothing is kept. Raises Incomplete for what may not come in."""
    limit = int(rulebook.value("files.max_bytes", on=on))
    upload.stream.seek(0)
    content = upload.stream.read(limit + 1)
    name = clean_name(upload.filename or "")
    check_upload(name, content, largest=limit)
    return {"name": name, "size": len(content)}


def keep(uploads: Mapping[str, Any], *, subject: Any, answers: Mapping[str, Any], taken_out: Collection[str] = (), by: User | None, at: datetime) -> dict[str, Any]:
    """Attach the uploads (by question code) to the record, take out what is replaced or `taken_out`, and return the answers with them.

    Raises Incomplete, with the question as its field, for a file that may not come in.
    """
    found = dict(answers)
    for code in {*taken_out, *uploads}:
        for row in attachments.of(subject, kind=KIND + code):
            files.remove(row, subject=subject, by=by, at=at)
        found[code] = None
    for code, upload in uploads.items():
        try:
            row = files.attach(subject=subject, upload=upload, kind=KIND + code, by=by, at=at)
        except Incomplete as refusal:
            raise Incomplete(refusal.message, field=code, **refusal.params) from None
        found[code] = answer_of(row)
    return found


def answer_of(row: Attachment) -> dict[str, Any]:
    """The answer that an attachment is."""
    return {"pid": row.public_id, "name": row.filename, "size": row.size, "sha256": row.sha256}
