"""/papers/templates: the text of every paper, its versions, drafts and what they look like."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock, journal
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import allow, done, or_404, writes
from app.services.papers import forms, queries, wordings
from app.services.papers.blueprint import bp, kind_name
from app.services.papers.drawn import blank_file
from app.services.papers.models import Wording
from app.services.papers.wording import (
    COMMANDS,
    FILTERS,
    WORDING,
    WordingState,
    compared,
    shipped_names,
    variables,
)
from app.shown import language

EDITS = Do.RULEBOOK_REVISE


@bp.get("/templates")
@allow(Do.RULEBOOK_READ)
def templates() -> Any:
    args = {name: request.args.get(name, "")[:100] for name in ("q", "room", "state")}
    changed, drafts = queries.all_in_force(on=clock.today()), queries.drafts()
    names = [name for name in shipped_names() if args["room"] in ("", name.partition("/")[0]) and fold(args["q"]) in fold(f"{name} {kind_name(name)}")]
    if args["state"]:
        kept = changed if args["state"] == "changed" else drafts
        names = [name for name in names if name in kept]
    rooms = list(dict.fromkeys(name.partition("/")[0] for name in shipped_names()))
    return render_template("papers/templates.html", names=sorted(names, key=lambda n: fold(kind_name(n))), rooms=rooms, args=args, changed=changed, drafts=drafts, kind_name=kind_name)


@bp.get("/templates/<room>/<name>")
@allow(Do.RULEBOOK_READ)
def template(room: str, name: str) -> Any:
    of = _known(room, name)
    rows, today = queries.wordings(of), clock.today()
    now = queries.in_force(of, on=today)
    text = now.text if now else wordings.shipped_text(of)
    form = forms.DraftWording(of=str(now.number if now else 0))
    form.of.choices = _numbers(rows)
    return render_template("papers/template.html", template=of, name=kind_name(of), rows=rows, now=now, text=text, today=today, form=form, variables=variables(of), lang=language(),
                           draft=next((row for row in rows if row.state == WordingState.DRAFT), None), bases=queries.bases_of(of, on=today))  # fmt: skip


@bp.get("/templates/<room>/<name>/<number>.pdf", defaults={"ending": "pdf"})
@bp.get("/templates/<room>/<name>/<number>.docx", defaults={"ending": "docx"})
@allow(Do.RULEBOOK_READ)
def example(room: str, name: str, number: str, ending: str) -> Any:
    """A version (0: the shipped one) with the example of every value, as PDF or Word."""
    of = _known(room, name)
    version = or_404(int(number) + 1 if number.isascii() and number.isdigit() and len(number) < 6 else None) - 1
    row = None if not version else or_404(queries.wording(of, version))
    return _drawn(of, row.text if row else wordings.shipped_text(of), ending)


@bp.get("/templates/<room>/<name>/difference")
@allow(Do.RULEBOOK_READ)
def difference(room: str, name: str) -> Any:
    of = _known(room, name)
    old, new = sorted((request.args.get("old", 0, type=int), request.args.get("new", 0, type=int)))
    texts = [wordings.shipped_text(of) if not n else or_404(queries.wording(of, n)).text for n in (old, new)]
    return render_template("papers/difference.html", template=of, name=kind_name(of), old=old, new=new, lines=compared(*texts))


@bp.route("/templates/<room>/<name>/draft", methods=["GET", "POST"])
@allow(EDITS)
@writes
def draft_wording(room: str, name: str) -> Any:
    of = _known(room, name)
    form = forms.DraftWording(of=request.args.get("of"))
    form.of.choices = _numbers(queries.wordings(of))
    if form.validate_on_submit():
        row = wordings.draft(of, reason=form.reason.data or "", of=int(form.of.data), by=current_user, at=clock.now())
        return done(_("Version %(n)s is begun as a copy. Papers are made with it once it is put in force.", n=row.number), url_for(".wording", pid=row.public_id))
    return render_template("papers/act.html", form=form, title=_("Draft a new version"), fields=[form.of, form.reason], button=_("Draft a new version"), crumbs_of=_trail(of),
                           back=url_for(".template", room=room, name=name))  # fmt: skip


@bp.route("/wordings/<pid>", methods=["GET", "POST"])
@allow(Do.RULEBOOK_READ, post=EDITS)
@writes
def wording(pid: str) -> Any:
    row = or_404(_paper(pid))
    form = forms.Wording(obj=row)
    if form.validate_on_submit():
        wordings.write(row, form.text.data or "", by=current_user, at=clock.now(), seen=form.version.data)
        return done(_("The text is kept. Look at the example before it is put in force."), url_for(".wording", pid=pid))
    editable = row.state == WordingState.DRAFT and current_user.can(EDITS)
    made = wordings.preview(row.template, row.text, title=kind_name(row.template), on=clock.today())
    return render_template("papers/wording.html", row=row, name=kind_name(row.template), crumbs_of=_trail(row.template), form=form, editable=editable, variables=variables(row.template),
                           commands=COMMANDS, filters=FILTERS, content=made, lang=language(), steps=WORDING.moves(row) if editable else [],
                           entries=journal.timeline([journal.subject_key(row)]))  # fmt: skip


@bp.get("/wordings/<pid>.pdf", defaults={"ending": "pdf"})
@bp.get("/wordings/<pid>.docx", defaults={"ending": "docx"})
@allow(Do.RULEBOOK_READ)
def wording_file(pid: str, ending: str) -> Any:
    row = or_404(_paper(pid))
    return _drawn(row.template, row.text, ending)


@bp.route("/wordings/<pid>/put-in-force", methods=["GET", "POST"])
@allow(EDITS)
@writes
def put_wording_in_force(pid: str) -> Any:
    row = or_404(_paper(pid))
    form = forms.PutWordingInForce(data={"version": row.version, "valid_from": clock.today()})
    if form.validate_on_submit():
        wordings.put_in_force(row, valid_from=form.valid_from.data, by=current_user, at=clock.now(), seen=form.version.data)
        return done(_("Papers are made with this wording from %(day)s.", day=f"{row.valid_from:%d/%m/%Y}"), url_for(".wording", pid=pid))
    now = queries.in_force(row.template, on=clock.today())
    before = now.text if now else wordings.shipped_text(row.template)
    return render_template("papers/put_in_force.html", row=row, name=kind_name(row.template), form=form, crumbs_of=_trail(row.template), before=now.number if now else 0,
                           lines=compared(before, row.text))  # fmt: skip


@bp.route("/wordings/<pid>/discard", methods=["GET", "POST"])
@allow(EDITS)
@writes
def discard_wording(pid: str) -> Any:
    row = or_404(_paper(pid))
    form = forms.DiscardWording(data={"version": row.version})
    if form.validate_on_submit():
        wordings.discard(row, reason=form.reason.data or "", by=current_user, at=clock.now(), seen=form.version.data)
        return done(_("The draft is discarded."), url_for(".template", **_place(row.template)))
    return render_template("papers/act.html", form=form, title=_("Discard the draft"), fields=[form.reason], button=_("Discard the draft"), danger=True, crumbs_of=_trail(row.template),
                           back=url_for(".wording", pid=pid))  # fmt: skip


def _paper(pid: str) -> Wording | None:
    row = queries.wording_by_pid(pid)
    return row if row is not None and row.template in shipped_names() else None


def _known(room: str, name: str) -> str:
    of = f"{room}/{name}"
    return str(or_404(of if of in shipped_names() else None))


def _place(of: str) -> dict[str, str]:
    room, _bar, name = of.partition("/")
    return {"room": room, "name": name}


def _trail(of: str) -> list[tuple[str, str]]:
    return [(_("Templates of papers"), url_for(".templates")), (kind_name(of), url_for(".template", **_place(of)))]


def _numbers(rows: list[Wording]) -> list[tuple[str, str]]:
    return [("0", _("0, as it came with the system")), *((str(row.number), f"{row.number} ({_(row.state.label)})") for row in rows)]


def _drawn(of: str, text: str, ending: str) -> Response:
    return blank_file(wordings.preview(of, text, title=kind_name(of), on=clock.today()), f"{of.replace('/', '-').replace('_', '-')}.{ending}")
