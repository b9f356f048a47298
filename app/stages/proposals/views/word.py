"""The work description as a Word file: downloaded at any moment, read again, and taken over after its differences were shown."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import ready
from app.downloads import download
from app.kernel import clock
from app.kernel.errors import Incomplete
from app.kernel.permissions import Do
from app.kernel.text import nfc
from app.kernel.web import SIGNED_IN, allow, done, or_404, writes
from app.kernel.words import N_
from app.later import worddraw
from app.services.files.rules import check_upload, clean_name
from app.services.papers.rules import amount_in_words
from app.services.questionnaires.answering import is_empty, read
from app.services.questionnaires.rules import questions, said
from app.services.rulebook import queries as rulebook
from app.shown import language, money
from app.stages.proposals import (
    actions,
    budgeting,
    estimate,
    forms,
    queries,
    texts,
    transcripts,
    work,
)
from app.stages.proposals.budgeting import Line
from app.stages.proposals.drafts import touch
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import totals
from app.stages.proposals.views import wordparts
from app.stages.proposals.views.blueprint import bp, writable
from app.stages.proposals.wordform import (
    BUDGET_TABLE,
    Filled,
    official,
)
from app.stages.proposals.wordread import Read
from app.stages.proposals.wordread import read as read_word
from app.stages.proposals.wordtables import SPENDING_WORDS

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass
class Difference:
    """What a Word file would change: an answer (or title, aim, months), old against new, word by word."""

    code: str
    label: str
    pieces: list[texts.Piece]
    empties: bool = False  # the file has nothing there: not ticked beforehand


@dataclass
class Found:
    """What a Word file brings: differences, the values behind them, and what was not found or cannot be taken."""

    differences: list[Difference] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    general: dict[str, str] = field(default_factory=dict)
    tables: dict[str, list[list[str]]] = field(default_factory=dict)  # plan, products, uses and budget as they stand in the file
    missing: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def names_of(row: Proposal, lang: str) -> dict[str, dict[str, str]]:
    """The labels of everything that may be chosen in this dossier's form."""
    return work.labels_of(work.form_of(row).definition, on=clock.today(), lang=lang)


@bp.get("/<pid>/work.docx")
@allow(SIGNED_IN)
def work_docx(pid: str) -> Any:
    row = or_404(queries.proposal_for(current_user, pid))
    return download(worddraw.draw(filled_of(row)), f"thuyet-minh-{row.code or row.public_id[:8]}.docx", WORD)


def filled_of(row: Proposal) -> Filled:
    """The official form with what the dossier says now."""
    version, sums = work.form_of(row), totals(row.lines)
    heads = {code: h["vi"] for code, h in queries.heads(clock.today(), row.call_topic.call).items()}
    facts = (("Kinh phí từ ngân sách nhà nước", f"{money(sums['state'])} ({amount_in_words(sums['state'])})"), ("Kinh phí đối ứng", money(sums["counterpart"])),
             ("Chủ nhiệm", transcripts.lead_name(row)), ("Tổ chức chủ trì", row.host.name), ("Nội dung ưu tiên", f"{row.item.face} {row.item.short_vi}"))  # fmt: skip
    team = [(str(n), m.name, ROLES.get(str(m.role), str(m.role)), m.organisation.name if m.organisation else "", str(m.months)) for n, m in enumerate(row.team, 1)]
    lines = [(heads.get(b.head, b.head), b.content, SOURCES[str(b.source)], str(b.year), b.unit, budgeting.quantity_text(b.quantity), money(b.price), money(b.amount)) for b in row.lines]
    return official(version, facts=facts, answers=work.answers_of(row), names=names_of(row, "vi"), team=team, promised=wordparts.promised(row), lines=lines,
                    total=money(sums["all"]), sums=wordparts.by_head(row, heads), title=row.title, aim=row.aim or "", months=row.duration_months,
                    spending=SPENDING_WORDS[row.spending] if row.spending else "")  # fmt: skip


ROLES = {"pi": "Chủ nhiệm", "secretary": "Thư ký khoa học", "key": "Thành viên chính", "member": "Thành viên"}
SOURCES = {"state": "Ngân sách nhà nước", "counterpart": "Đối ứng"}


# --- back from Word -------------------------------------------------------------------------------------------


@bp.route("/<pid>/work-word", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def work_word(pid: str) -> Any:
    """Upload a filled form and see what it would change. Nothing is kept yet."""
    row = ready(queries.for_team(current_user, pid), writable)
    form = forms.WordUpload()
    if form.validate_on_submit():
        return _preview(row, _found(row, _read(row, form.file.data)), forms.WordTake(formdata=None, data={"version": row.version})), 202
    return render_template("proposals/work/word.html", proposal=row, form=form)


def _read(row: Proposal, upload: Any) -> Read:
    """What the uploaded file says. Raises Incomplete for what is no Word file of this form."""
    limit = int(rulebook.value("files.max_bytes", on=clock.today()))
    name = clean_name(upload.filename or "")
    if not name.lower().endswith(".docx"):
        raise Incomplete(N_("Please send the Word file (.docx) of the form."), field="file")
    upload.stream.seek(0)
    content = upload.stream.read(limit + 1)
    check_upload(name, content, largest=limit)
    version = work.form_of(row)
    found = read_word(content, version.definition, names_of(row, "vi"))
    if found.mark and found.mark.partition("/")[0] != version.questionnaire.code:
        raise Incomplete(N_("This Word file is the form of another type of task."), field="file")
    return found


def _found(row: Proposal, told: Read) -> Found:
    """What the file would change in the dossier as it stands."""
    definition, names, now = work.form_of(row).definition, names_of(row, language()), work.answers_of(row)
    labels = {q["code"]: said(q["label"], language()) for q in questions(definition)}
    found = Found(missing=[labels[code] for code in told.missing])
    for code, label, value, old in (("title", _("Title"), told.title, row.title), ("aim", _("Aim"), told.aim, row.aim or ""),
                                    ("duration_months", _("Duration (months)"), told.months, str(row.duration_months or ""))):  # fmt: skip
        new = nfc(value or "") if code == "aim" else " ".join(nfc(value or "").split())
        if value is None or new == old:
            continue
        if not new or len(new) > {"title": 500, "aim": 5000}.get(code, 3) or (code == "duration_months" and not (new.isascii() and new.isdigit() and 1 <= int(new) <= 120)):
            found.refused.append(label)
            continue
        found.general[code] = new
        found.differences.append(Difference(code, label, texts.compare(old, new)))
    _tables(row, told, found)
    for question in questions(definition):
        code = question["code"]
        if code in told.answers and not texts.same(told.answers[code], now.get(code)):
            chosen = names.get(code, {}) | {k: v for name, values in names.items() if name.startswith(f"{code}.") for k, v in values.items()} | {"yes": _("Yes"), "no": _("No")}
            found.answers[code] = told.answers[code]
            found.differences.append(Difference(code, labels[code], texts.compare(texts.told(question, now.get(code), chosen), texts.told(question, told.answers[code], chosen)),
                                                is_empty(told.answers[code])))  # fmt: skip
    return found


def _tables(row: Proposal, told: Read, found: Found) -> None:
    """Plan, products, uses and budget: a table that differs is taken whole or not at all; one with a row that cannot be read is not offered."""
    for one in wordparts.differences(row, wordparts.tables_of(told)):
        if one.refused:
            found.refused.append(one.refused)
        else:
            _offer(found, one.code, one.label, one.old, one.new, one.cells)
    if (cells := told.tables.get(BUDGET_TABLE)) is not None:
        table = _lines(row, cells)
        now = [Line(b.head, b.content, b.source, b.year, b.unit, b.quantity, b.price) for b in row.lines]
        if faults := table.faults or estimate.faults_of(row, table.lines):
            found.refused += [_("Budget, row %(row)s, %(column)s: %(why)s", row=f.row, column=f.column, why=_(f.message, **f.params)) for f in faults[:10]]
        elif table.lines != now and table.lines:
            _offer(found, "budget", _("Budget"), *("\n".join(f"{b.content} | {SOURCES[str(b.source)]} | {b.year} | {budgeting.quantity_text(b.quantity)} {b.unit} | {money(b.amount)}" for b in side)
                                                  for side in (now, table.lines)), cells)  # fmt: skip


def _offer(found: Found, code: str, label: str, old: str, new: str, cells: list[list[str]]) -> None:
    found.tables[code] = cells
    found.differences.append(Difference(code, label, texts.compare(old, new)))


def _lines(row: Proposal, cells: list[list[str]]) -> budgeting.Table:
    return budgeting.rows(cells, queries.heads(clock.today(), row.call_topic.call))


def _sent_tables() -> dict[str, list[list[str]]]:
    """The tables that the page of differences posts back; whatever else stands there is nothing."""
    found = {}
    for name, tag in (*wordparts.TAGS.items(), ("budget", BUDGET_TABLE)):
        try:
            cells = json.loads(request.form.get(f"table-{name}", "null"))
        except ValueError:
            continue
        if isinstance(cells, list) and all(isinstance(r, list) and all(isinstance(c, str) for c in r) for r in cells):
            found[tag] = cells
    return found


def _preview(row: Proposal, found: Found, form: forms.WordTake) -> str:
    definition = work.form_of(row).definition
    only = {"sections": [{"code": "s", "label": {}, "questions": [q for q in questions(definition) if q["code"] in found.answers]}]}
    last = work.latest(row)
    seen = [(f"seen-{s['code']}", last[s["code"]].number if s["code"] in last else 0) for s in definition["sections"]]
    sent = [*texts.posted(only, found.answers), *((f"general-{code}", value) for code, value in found.general.items()), *seen,
            *((f"table-{code}", json.dumps(cells, ensure_ascii=False)) for code, cells in found.tables.items())]  # fmt: skip
    form.version.data = row.version
    return render_template("proposals/work/word_take.html", proposal=row, form=form, found=found, sent=sent)


@bp.route("/<pid>/work-word/take", methods=["POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def work_take(pid: str) -> Any:
    """Take over the ticked differences, as they were shown."""
    row = ready(queries.for_team(current_user, pid), writable)
    form = forms.WordTake(data={"version": row.version})
    definition = work.form_of(row).definition
    told = Read(answers=read(definition, request.form.to_dict(flat=False)), tables=_sent_tables(), **{name: request.form.get(f"general-{code}") for name, code in GENERAL})
    if form.validate_on_submit():
        found = _found(row, told)
        taken = {code: value for code, value in found.answers.items() if f"take-{code}" in request.form}
        general = {code: value for code, value in found.general.items() if f"take-{code}" in request.form}
        tables = {code: cells for code, cells in found.tables.items() if f"take-{code}" in request.form}
        seen = {s["code"]: request.form.get(f"seen-{s['code']}") for s in definition["sections"] if any(q["code"] in taken for q in s["questions"])}
        if general or tables:  # of these no earlier saving is kept: whoever changed the dossier since is not overwritten
            touch(row, clock.now(), seen=form.version.data)
        if taken:
            work.save(row, taken, how=work.How.WORD, seen=seen, by=current_user, at=clock.now())
        if general:
            months = general.get("duration_months")
            actions.save_general(row, title=general.get("title", row.title), aim=general.get("aim", row.aim), by=current_user, at=clock.now(),
                                 duration_months=int(months) if months else row.duration_months)  # fmt: skip
        wordparts.take(row, tables, by=current_user, at=clock.now())
        if "budget" in tables:
            estimate.put_lines(row, _lines(row, tables["budget"]).lines, replace=True, by=current_user, at=clock.now())
        return done(_("Taken over from Word: %(n)s answers.", n=len(taken) + len(general) + len(tables)), url_for(".show", pid=pid, _anchor="work"))
    return _preview(row, _found(row, told), form)


GENERAL = (("title", "title"), ("aim", "aim"), ("months", "duration_months"))
