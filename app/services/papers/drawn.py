"""Papers and blank forms as answers: Word and PDF."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, current_app, make_response

from app.kernel.text import fold
from app.later import word
from app.services.papers import pdf, queries
from app.services.papers.blueprint import kind_name
from app.services.papers.models import Paper
from app.services.papers.rules import Ending, paper_date

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def as_file(paper: Paper, ending: str, *, original: bool = False) -> Response:
    """The paper as PDF ("pdf") or Word ("docx"). The PDF of one that ended says so on every page, unless the `original` is asked for."""
    if ending == "pdf":
        content = content_of(paper) if original else content_of(paper) | mark_of(queries.ended_by(paper))
        return a_file(pdf.draw(content), f"{_name(paper)}.pdf", "application/pdf")
    return a_file(word.draw(content_of(paper)), f"{_name(paper)}.docx", WORD)


def word_file(content: dict[str, Any], name: str) -> Response:
    """Blocks that are no issued paper (a blank form) as a Word file."""
    return a_file(word.draw(content), name, WORD)


def blank_file(content: dict[str, Any], name: str) -> Response:
    """The same as the ending of the name says: Word or PDF."""
    return word_file(content, name) if name.endswith(".docx") else a_file(pdf.draw(content), name, "application/pdf")


def content_of(paper: Paper) -> dict[str, Any]:
    """What is drawn of a paper, as plain data."""
    return {"title": paper.title, "number": paper.number, "body": paper.body, "parent": paper.parent_body, "place": paper.place,
            "longdate": paper_date(paper.dated), "issued": paper.issued_at.isoformat(), "blocks": paper.blocks,
            "check": {"url": check_address(paper), "hash": paper.sha256[:16]}}  # fmt: skip


def mark_of(newer: Paper | None) -> dict[str, str]:
    """What is put on the pages of a paper that a newer one ended; nothing of the paper itself changes."""
    if newer is None:
        return {}
    said = f"{newer.number or 'văn bản'} ngày {newer.dated:%d/%m/%Y}"
    return {"mark": f"ĐÃ THU HỒI theo {said}" if newer.ending == Ending.WITHDRAWS else f"ĐÃ THAY THẾ bằng {said}"}


def check_address(paper: Paper) -> str:
    """Where anybody may ask whether a paper is genuine: printed on it as a QR code."""
    return f"{str(current_app.config['PUBLIC_BASE_URL']).rstrip('/')}/public/check/{paper.public_id}"


def _name(paper: Paper) -> str:
    """The file's name: kind and number of the paper, in letters that every system takes."""
    kind = kind_name(paper.template).partition(" – ")[0]
    said = f"{kind} {paper.number}" if paper.number else paper.title
    return "-".join(re.findall(r"[a-z0-9]+", fold(said)))[:90].strip("-") or f"van-ban-{paper.dated:%Y%m%d}"


def a_file(content: bytes, name: str, kind: str) -> Response:
    """The bytes as a file to keep."""
    response = make_response(content)
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
