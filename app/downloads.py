"""A file as the answer of a view."""

from __future__ import annotations

from flask import Response, make_response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(content: bytes, name: str, kind: str = XLSX) -> Response:
    """The bytes as a file to keep; `name` is plain ASCII."""
    answer = make_response(content)
    answer.headers["Content-Type"] = kind
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer
