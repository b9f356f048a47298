"""The work description, section by section: written and saved while typing, two texts brought together, every saving kept and compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import ready
from app.kernel import clock
from app.kernel.errors import Stale
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, sentence_of, writes
from app.services.questionnaires import differing
from app.services.questionnaires import queries as questionnaires
from app.services.questionnaires.answering import calculated
from app.services.questionnaires.forms import Sheet
from app.services.questionnaires.rules import question_of, said, section_of
from app.shown import language
from app.stages.proposals import forms, queries, texts, work
from app.stages.proposals.drafts import takes_changes
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import Access
from app.stages.proposals.views.blueprint import bp, writable


@dataclass(frozen=True)
class Side:
    """One question on which two texts differ: what stands (`theirs`) and what was written here (`mine`), each with the words that differ."""

    code: str
    label: str
    theirs: str
    mine: str
    pieces: list[differing.Piece]
    both: bool


def sheet_of(row: Proposal) -> Sheet:
    """The whole work description as a sheet in the language of the page."""
    definition = work.form_of(row).definition
    return Sheet(definition, work.answers_of(row), choices=questionnaires.choices_for(definition, on=clock.today(), lang=language()), lang=language())


def parts_of(row: Proposal, found: list[work.Part] | None = None) -> list[dict[str, Any]]:
    """The sections for a task list: title, standing, what is missing or wrong, who saved it last."""
    definition = work.form_of(row).definition
    rows = []
    for part in work.parts(row, at=clock.now()) if found is None else found:
        lacking = {f.code: said(question_of(definition, f.code)["label"], language()) for f in part.faults}  # type: ignore[index]
        rows.append({"code": part.code, "title": f"{part.number}. {said(part.label, language())}".lstrip(". "), "standing": part.standing, "needed": part.needed,
                     "lacking": list(lacking.items()), "saved": part.saved})  # fmt: skip
    return rows


def _section_sheet(row: Proposal, section: str) -> Sheet:
    """One section as a sheet."""
    definition = work.form_of(row).definition
    or_404(section_of(definition, section))
    alone = texts.only(definition, section, work.answers_of(row))
    choices = questionnaires.choices_for(alone, on=clock.today(), lang=language())
    return Sheet(alone, {c: work.answers_of(row).get(c) for c in texts.codes_of(alone, section)}, choices=choices, lang=language(), around=(definition, work.answers_of(row)))


def _title(row: Proposal, section: str) -> str:
    found = section_of(work.form_of(row).definition, section) or {}
    return f"{found.get('number', '')}. {said(found.get('label'), language())}".lstrip(". ")


def _after(row: Proposal, section: str) -> str | None:
    """The next section of the form."""
    codes = [s["code"] for s in work.form_of(row).definition["sections"]]
    at = codes.index(section)
    return codes[at + 1] if at + 1 < len(codes) else None


@bp.route("/<pid>/work/<section>", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def work_section(pid: str, section: str) -> Any:
    row = ready(queries.for_writing(current_user, pid), writable)
    version, saved = work.form_of(row), work.latest(row)  # held: the session forgets what nobody holds, and would read it again
    form = forms.WorkSection(_section_sheet(row, section), data={"version": saved[section].number if section in saved else 0})
    if form.wish.startswith(("add:", "remove:")) and "refusal" not in g:
        code = form.sheet.change_rows(form.wish)
        work.save_section(row, section, form.sheet.answers, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Saved."), url_for(".work_section", pid=pid, section=section, _anchor=code))
    seen = form.version.data
    if form.validate_on_submit():
        merged = work.save_section(row, section, form.sheet.answers, files=(form.sheet.uploads, form.sheet.taken_out), seen=seen, by=current_user, at=clock.now())
        return done(_saved(merged), _next(row, section, form.wish))
    if form.stale:
        return _merge_page(row, section, form, work.base_of(row, section, work.page_number(seen)))
    return _page(row, section, form, saved, version)


def _saved(merged: bool) -> str:
    time = f"{clock.local(clock.now()):%H:%M}"
    return _("Saved at %(time)s, together with what somebody else wrote in this section meanwhile.", time=time) if merged else _("Saved at %(time)s.", time=time)


def _next(row: Proposal, section: str, wish: str) -> str:
    after = _after(row, section) if wish == "next" else None
    return url_for(".work_section", pid=row.public_id, section=after) if after else url_for(".show", pid=row.public_id, _anchor=f"work-{section}")


def _page(row: Proposal, section: str, form: forms.WorkSection, saved: dict[str, Any], version: Any) -> str:
    found = work.parts(row, at=clock.now(), saved=saved)
    return render_template("proposals/work/section.html", proposal=row, form=form, section=section, title=_title(row, section), version=version, parts=parts_of(row, found),
                           after=_after(row, section), form_name=said({"vi": version.questionnaire.name_vi, "en": version.questionnaire.name_en}, language()))  # fmt: skip


@bp.route("/<pid>/work/<section>/autosave", methods=["POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def work_autosave(pid: str, section: str) -> Any:
    if "refusal" in g:  # there is no page to show again: the sentence goes out by itself
        if isinstance(g.refusal, Stale):
            raise g.refusal
        return jsonify(refused=sentence_of(g.pop("refusal")))
    row = ready(queries.for_writing(current_user, pid), writable)
    form = forms.WorkSection(_section_sheet(row, section))
    work.save(row, {c: form.sheet.answers.get(c) for c in texts.codes_of(form.sheet.definition, section)}, seen={section: form.version.data}, by=current_user, at=clock.now())
    return jsonify(version=work.number_of(row, section), time=f"{clock.local(clock.now()):%H:%M}", **form.sheet.told_back)


# --- two people at one section --------------------------------------------------------------------------------


def _names(sheet: Sheet, question: dict[str, Any]) -> dict[str, str]:
    """The labels of what may be chosen in answer to a question."""
    rows = [question, *(question.get("columns") or [])]
    found = {o["code"]: said(o, sheet.lang) for r in rows for o in r.get("options") or []}
    return found | {value: label for values in sheet.choices.values() for value, label in values} | {"yes": _("Yes"), "no": _("No")}


def _sides(sheet: Sheet, conflicts: list[str], theirs: dict[str, Any], mine: dict[str, Any]) -> list[Side]:
    made = []
    for code in conflicts:
        question: dict[str, Any] = question_of(sheet.definition, code)  # type: ignore[assignment]
        one, other = (differing.told(question, side.get(code), _names(sheet, question)) for side in (theirs, mine))
        made.append(Side(code, said(question["label"], sheet.lang), one, other, differing.compare(one, other), question["type"] == "long_text"))
    return made


def _merge_page(row: Proposal, section: str, form: forms.WorkSection, base: dict[str, Any] | None) -> str:
    """What stands and what was written, side by side; what only one of the two changed is taken as it is."""
    sheet, theirs = form.sheet, form.sheet.stored
    codes = texts.codes_of(sheet.definition, section)
    brought = texts.merge(codes, base, sheet.answers, theirs)
    taken = [said(question_of(sheet.definition, c)["label"], sheet.lang) for c in codes  # type: ignore[index]
             if c not in brought.conflicts and not differing.same(brought.answers[c], sheet.answers.get(c))]  # fmt: skip
    form.version.data = form.version.object_data
    return render_template("proposals/work/merge.html", proposal=row, form=form, section=section, title=_title(row, section), saved=work.latest(row).get(section),
                           sides=_sides(sheet, brought.conflicts, theirs, sheet.answers), taken=taken, sent=texts.posted(sheet.definition, brought.answers))  # fmt: skip


@bp.route("/<pid>/work/<section>/merge", methods=["POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def work_merge(pid: str, section: str) -> Any:
    row = ready(queries.for_team(current_user, pid), writable)
    form = forms.Merge(_section_sheet(row, section), data={"version": work.number_of(row, section)})
    seen = form.version.data
    if form.validate_on_submit():
        work.settle(row, section, form.sheet.answers, form.chosen(), seen=seen, by=current_user, at=clock.now())
        return done(_("Saved. What was not taken is kept in the history of the section."), url_for(".show", pid=pid, _anchor=f"work-{section}"))
    if form.stale:
        return _merge_page(row, section, form, work.base_of(row, section, work.page_number(seen)))
    return _page(row, section, form, work.latest(row), work.form_of(row))


# --- history --------------------------------------------------------------------------------------------------


@bp.get("/<pid>/work/<section>/history")
@allow(Do.PROPOSALS_DRAFT)
def work_history(pid: str, section: str) -> Any:
    row = or_404(queries.for_member(current_user, pid))
    or_404(section_of(work.form_of(row).definition, section))
    return render_template("proposals/work/history.html", proposal=row, section=section, title=_title(row, section), savings=work.history(row, section))


@bp.route("/<pid>/work/<section>/history/<saving>", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def work_saving(pid: str, section: str, saving: str) -> Any:
    """One saving against another (`with`; else the one before it), word by word; POST brings it back."""
    row = or_404((queries.for_member if request.method == "GET" else queries.for_team)(current_user, pid))
    found = or_404(work.saving_of(row, saving))
    or_404(found if found.section == section else None)
    form = forms.Remove(data={"version": work.number_of(row, section)})
    if form.validate_on_submit():
        work.restore(row, found, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The section is again as it was saved then."), url_for(".work_section", pid=pid, section=section))
    other = work.saving_of(row, request.args["with"]) if request.args.get("with") else work.previous(found)
    old, new = (other, found) if other is None or other.number <= found.number else (found, other)
    sheet = sheet_of(row)
    one_side, other_side = ({**side.answers, **calculated(sheet.definition, side.answers)} if side is not None else {} for side in (old, new))
    rows = []
    for code in texts.codes_of(sheet.definition, section):
        question: dict[str, Any] = question_of(sheet.definition, code)  # type: ignore[assignment]
        one, two = (differing.told(question, side.get(code), _names(sheet, question)) for side in (one_side, other_side))
        rows.append({"label": said(question["label"], sheet.lang), "pieces": differing.compare(one, two), "differs": one != two, "empty": not one and not two})
    return render_template("proposals/work/saving.html", proposal=row, section=section, title=_title(row, section), old=old, new=new, rows=rows, form=form, saving=found,
                           back=queries.access_of(row, current_user) == Access.EDIT and takes_changes(row, clock.now()) and work.number_of(row, section) != found.number, savings=work.history(row, section))  # fmt: skip
