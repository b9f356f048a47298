"""The pages of the order form: begin, write (saved while typing), check and submit, move to a newer version of the form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import ready
from app.kernel import clock
from app.kernel.clock import local
from app.kernel.errors import WrongState
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.questionnaires import differing
from app.services.questionnaires.comparing import compare, left_behind
from app.services.questionnaires.forms import Control, Sheet
from app.services.questionnaires.rules import question_of, said
from app.shown import language
from app.stages.ideas import actions, forms, order, queries, returned
from app.stages.ideas.blueprint import still
from app.stages.ideas.models import Idea
from app.stages.ideas.rules import EDITABLE, IDEA
from app.stages.plan.suggestion.views import only_asked


def hang(bp: Blueprint) -> None:
    """Give these pages their addresses under /ideas."""
    both = ["GET", "POST"]
    bp.add_url_rule("/new", "new", new, methods=both)
    bp.add_url_rule("/autosave", "autosave_new", autosave_new, methods=["POST"])
    bp.add_url_rule("/<pid>/edit", "edit", edit, methods=both)
    bp.add_url_rule("/<pid>/autosave", "autosave", autosave, methods=["POST"])
    bp.add_url_rule("/<pid>/submit", "submit", submit, methods=both)
    bp.add_url_rule("/<pid>/move-form", "move_form", move_form, methods=both)


def _sheet(idea: Idea) -> Sheet:
    row = order.of(idea)
    flagged = row.return_sections if idea.state == "returned" else ()
    return forms.sheet_of(row.form.definition, row.answers, clock.today(), flagged=flagged)


def shown(idea: Idea) -> dict[str, Any]:
    """What a page needs to show the filled form: sheet, its version, what is lacking, a newer version if there is one."""
    sheet, row = _sheet(idea), order.of(idea)
    editable = idea.state in EDITABLE
    faults = sheet.judge(complete=True) if editable else []
    for fault in order.implausible(idea, on=clock.today()) if editable and not faults else ():
        sheet.blame(fault.place, sheet.sentence(fault))
        faults.append(fault)
    labels = {f.code: said(question_of(sheet.definition, f.code)["label"], sheet.lang) for f in faults}  # type: ignore[index]
    return {"sheet": sheet, "version": row.form, "lacking": list(labels.values()), "newer": order.newer(idea, on=clock.today()) if editable else None}


@dataclass(frozen=True)
class Difference:
    """A question that was answered otherwise, its two answers as one text with the words that differ marked."""

    label: str
    pieces: list[differing.Piece]


def differences(idea: Idea) -> list[Difference]:
    """What differs between the last two sendings, or since the form was returned: by question, in its order and the language of the page."""
    if (found := returned.versions(idea)) is None or not (codes := returned.changed(*found)):
        return []
    definition = order.of(idea).form.definition
    before, after = (_told(forms.sheet_of(definition, answers, clock.today())) for answers in found)
    rows = [Difference(label, [differing.Piece("old", was), differing.Piece("new", now)] if whole else differing.compare(was, now))
            for (code, (label, now, whole)), (_label, was, _whole) in zip(after.items(), before.values(), strict=True) if code in codes or was != now]  # fmt: skip
    if returned.YEAR in codes:
        rows.insert(0, Difference(_("Year of the plan"), differing.compare(*(str(answers[returned.YEAR]) for answers in found))))
    return [row for row in rows if any(piece.text.strip() for piece in row.pieces)]


def _told(sheet: Sheet) -> dict[str, tuple[str, str, bool]]:
    """By code: label, answer in words (the rows of a table one below the other; nothing where it is not asked), and is it one thing that is taken whole?"""
    return {c.name: (c.label, _words(c) if c.asked else "", c.kind == "file") for part in sheet.parts for c in part.controls}


def _words(control: Control) -> str:
    if control.kind == "table":
        return "".join(" · ".join(f"{cell.label}: {cell.told}" for cell in line if cell.value) + "\n" for line in control.lines)
    return str(control.file.get("name", "")) if control.file else control.told


def _page(form: forms.Order, idea: Idea | None, **more: Any) -> str:
    return render_template("ideas/order/edit.html", form=form, idea=idea, version=form.used, **more)


@allow(Do.IDEAS_DRAFT)
@writes
def new() -> Any:
    form = forms.Order.new(current_user, clock.now())
    if (form.wish or only_asked()) and "refusal" not in g:
        form.sheet.change_rows(form.wish)
        return _page(form, None), 202  # shown, not kept
    if form.validate_on_submit():
        idea = _begun(form)
        return done(_("Your idea is kept as a draft."), url_for("ideas.show", pid=idea.public_id))
    return _page(form, None)


def _begun(form: forms.Order) -> Idea:
    """The draft of this page: kept while typing already, or made now."""
    idea = order.by_draft_key(current_user, form.once.data)
    if idea is not None:
        actions.revise(idea, form.values(), answers=form.sheet.answers, files=form.files, by=current_user, at=clock.now())
        return idea
    return actions.draft(form.values(), answers=form.sheet.answers, files=form.files, organisation=form.chosen_organisation(current_user), draft_key=(form.once.data or "")[:64] or None,
                         version=form.used, by=current_user, at=clock.now())  # fmt: skip


@allow(Do.IDEAS_DRAFT)
@writes
def edit(pid: str) -> Any:
    idea = ready(queries.for_owner(current_user, pid), still(IDEA, "submit"))
    form = forms.Order.of(idea, clock.today())
    if only_asked() and "refusal" not in g:
        return _page(form, idea), 202
    if form.wish and "refusal" not in g:
        code = form.sheet.change_rows(form.wish)
        actions.revise(idea, form.safe_values(clock.today()), answers=form.sheet.answers, files=form.files, quietly=True, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Saved."), url_for("ideas.edit", pid=idea.public_id, _anchor=code))
    if form.validate_on_submit():
        actions.revise(idea, form.values(), answers=form.sheet.answers, files=form.files, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Saved."), url_for("ideas.show", pid=idea.public_id))
    return _page(form, idea)


# --- saving while typing --------------------------------------------------------------------------------------


def _no_page() -> None:
    """Refused: there is no page to show again, the sentence goes out by itself."""
    if "refusal" in g:
        raise g.refusal


def _kept(idea: Idea, form: forms.Order, **addresses: str) -> Any:
    return jsonify(version=idea.version, time=f"{local(clock.now()):%H:%M}", **form.sheet.told_back, **addresses)


@allow(Do.IDEAS_DRAFT)
@writes
def autosave_new() -> Any:
    """The first saving makes the draft; the page goes on under the draft's own address."""
    _no_page()
    form, key, at = forms.Order.new(current_user, clock.now()), request.form.get("draft_key", "")[:64], clock.now()
    idea, body = order.by_draft_key(current_user, key), form.chosen_organisation(current_user)
    values = form.safe_values(clock.today())
    if idea is None and (not key or body is None or not values["title"]):
        return jsonify(gap=True, **form.sheet.told_back)
    if idea is None:
        idea = actions.draft(values, answers=form.sheet.answers, organisation=body, draft_key=key, version=form.used, by=current_user, at=at)  # type: ignore[arg-type]
    else:
        actions.revise(idea, values, answers=form.sheet.answers, quietly=True, by=current_user, at=at)
    pid = idea.public_id
    return _kept(idea, form, edit=url_for("ideas.edit", pid=pid), autosave=url_for("ideas.autosave", pid=pid))


@allow(Do.IDEAS_DRAFT)
@writes
def autosave(pid: str) -> Any:
    _no_page()
    idea = or_404(queries.for_owner(current_user, pid))
    form = forms.Order.of(idea, clock.today())
    values = form.safe_values(clock.today())
    if not values["title"]:
        return jsonify(gap=True, **form.sheet.told_back)
    actions.revise(idea, values, answers=form.sheet.answers, quietly=True, seen=form.version.data, by=current_user, at=clock.now())
    return _kept(idea, form)


# --- submitting, moving ---------------------------------------------------------------------------------------


@allow(Do.IDEAS_SUBMIT)
@writes
def submit(pid: str) -> Any:
    idea = ready(queries.for_owner(current_user, pid), still(IDEA, "submit"))
    form = forms.Submit.of(idea)
    if form.validate_on_submit():
        actions.submit(idea, own_word=form.word, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Your idea was received under number %(number)s.", number=idea.code), url_for("ideas.show", pid=idea.public_id))
    return render_template("ideas/order/submit.html", idea=idea, form=form, differences=differences(idea), **shown(idea))


@allow(Do.IDEAS_DRAFT)
@writes
def move_form(pid: str) -> Any:
    idea = ready(queries.for_owner(current_user, pid), still(IDEA, "submit"))
    row, target = order.of(idea), order.newer(idea, on=clock.today())
    if target is None:
        raise WrongState(N_("This idea goes on with the newest version of the form already."))
    form = forms.Plain(obj=idea)
    if form.validate_on_submit():
        actions.move_form(idea, target, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The form goes on in version %(n)s. Please look at what is new.", n=target.number), url_for("ideas.edit", pid=idea.public_id))
    left = [said(question_of(row.form.definition, code)["label"], language()) for code in left_behind(row.form.definition, target.definition, row.answers)]  # type: ignore[index]
    return render_template("ideas/order/move.html", idea=idea, form=form, version=row.form, target=target, left=left,
                           changes=compare(row.form.definition, target.definition))  # fmt: skip
