"""/councils/<pid>/items/<item>/…: a member's ballot, kept while typing; its receipt; whether it is in the count."""

from __future__ import annotations

from typing import Any

from flask import g, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock, subjects
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, sentence_of, writes
from app.services.councils import actions, forms, queries, sealing
from app.services.councils.blueprint import bp, found, item_in
from app.services.councils.models import AgendaItem, Ballot, Council

__all__ = ["bp"]


@bp.route("/<pid>/items/<item_pid>/cast", methods=["GET", "POST"])
@allow(Do.COUNCILS_SIT)
@writes
def cast(pid: str, item_pid: str) -> Any:
    council = found(pid)
    seat = or_404(queries.seat_of(council, current_user))
    item = item_in(council, item_pid)
    ballot = queries.ballot_of(item, seat)
    if ballot is not None and request.method == "GET":
        return _receipt(council, item, ballot)
    rules, row = queries.rules_of(council, on=clock.today()), queries.subject_of(item)
    actions.may_cast(council, item, rules, by=current_user, at=clock.now())
    actions.refuse_without_quorum(council, item, rules)
    procedure = queries.procedure(council)
    questions = procedure.questions(row, rules)
    kept = actions.own_draft(council, item, seat, by=current_user) if request.method == "GET" else None
    form, summary, code = forms.ballot_form(questions, filled=kept), None, 200
    if form.validate_on_submit():
        content = forms.answers(form, questions)
        procedure.check(content, rules)
        sheet = sealing.receipt(content, "")
        if form["agree"].data and form["checked"].data == sheet:
            actions.cast(council, item, content, by=current_user, at=clock.now())
            return done(_("Your ballot is in the sealed box."), url_for(".cast", pid=pid, item_pid=item_pid))
        code = 422 if form["checked"].data == sheet else 202
        if code == 422:
            form["agree"].errors = [_("Your ballot is not cast yet. Please tick this box and send it again.")]
        form["checked"].data, form["agree"].data = sheet, False  # who changes a mark sees first what the sheet says then
        summary = forms.in_words(words) if (words := procedure.summary(content, rules)) else _("Every question is answered.")
        actions.keep_draft(council, item, content, by=current_user, at=clock.now())
    place = subjects.subject_of(item.subject_type).url
    page = render_template("councils/cast.html", council=council, item=item, form=form, questions=questions, words=forms.in_words, summary=summary, kept=kept is not None,
                           guide=[forms.in_words(line) for line in procedure.guide(rules)] if procedure.guide else [],
                           dossier=url_for(place(row)[0], **place(row)[1]) if place else None)  # fmt: skip
    return page, code


@bp.route("/<pid>/items/<item_pid>/draft", methods=["POST"])
@allow(Do.COUNCILS_SIT)
@writes
def keep_draft(pid: str, item_pid: str) -> Any:
    """What is typed is kept, sealed, for its writer alone; whatever can be read of it now."""
    council = found(pid)
    or_404(queries.seat_of(council, current_user))
    item = item_in(council, item_pid)
    if "refusal" in g:
        return jsonify(refused=sentence_of(g.pop("refusal")))
    questions = queries.procedure(council).questions(queries.subject_of(item), queries.rules_of(council, on=clock.today()))
    form = forms.ballot_form(questions)
    form.validate()
    actions.keep_draft(council, item, forms.answers(form, questions), by=current_user, at=clock.now())
    return jsonify(version=council.version, time=f"{clock.local(clock.now()):%H:%M}")


def _receipt(council: Council, item: AgendaItem, ballot: Ballot, form: Any = None, said: bool | None = None) -> Any:
    """The receipt of a ballot: hash and word; once the box is open also what the ballot says, and its place among those counted."""
    questions = queries.procedure(council).questions(queries.subject_of(item), queries.rules_of(council, on=clock.today()))
    seals = queries.counts_of(council).get(item.public_id, {}).get("seals", [])
    return render_template("councils/receipt.html", council=council, item=item, ballot=ballot, word=actions.word_of(ballot), seals=seals, form=form, said=said, questions=questions,
                           sheet=forms.answered(questions, ballot.opened.content) if ballot.opened else [])  # fmt: skip


@bp.route("/<pid>/items/<item_pid>/check-receipt", methods=["GET", "POST"])
@allow(Do.COUNCILS_SIT)
@writes
def check_receipt(pid: str, item_pid: str) -> Any:
    """A member writes the own sheet once more, and is told whether it makes the hash of the receipt. Nothing is opened or kept."""
    council = found(pid)
    item = item_in(council, item_pid)
    ballot = or_404(queries.ballot_of(item, or_404(queries.seat_of(council, current_user))))
    questions = queries.procedure(council).questions(queries.subject_of(item), queries.rules_of(council, on=clock.today()))
    form = forms.copy_form(questions)
    said = actions.matches(ballot, forms.answers(form, questions)) if form.validate_on_submit() else None
    return _receipt(council, item, ballot, form, said), 200 if said is None else 202
