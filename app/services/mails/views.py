"""/mails: the text of every mail in both languages, its versions and drafts, and what it looks like."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock, journal, outbox
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import allow, done, or_404, writes
from app.services.mails import forms, rehearsing, texts, writing
from app.services.papers import queries, wordings
from app.services.papers.models import Wording
from app.services.papers.wording import OTHERS, WORDING, WordingState, compared

bp = Blueprint("mails", __name__, url_prefix="/mails", template_folder="templates")
EDITS = Do.RULEBOOK_REVISE


def init_app(app: Flask) -> None:
    """From now on mails are written by their wordings, and forms say which mails they write."""
    rehearsing.init_app(app)
    OTHERS["mail"] = texts
    if writing.write not in outbox.WRITERS:
        outbox.WRITERS.append(writing.write)


@bp.get("/")
@allow(Do.RULEBOOK_READ)
def index() -> Any:
    words, changed, drafts = request.args.get("q", "")[:100], queries.all_in_force(on=clock.today()), queries.drafts()
    rows = [(name, subject(name)) for name in texts.names()]
    rows = [(name, said) for name, said in rows if fold(words) in fold(f"{name} {said}")]
    return render_template("mails/index.html", rows=rows, q=words, changed=changed, drafts=drafts)


def subject(name: str) -> str:
    """The shipped subject, its values as examples."""
    first = texts.shipped(name).partition("\n")[0].removeprefix("Subject:")
    return texts.fill(first, {key: texts.example(key) for key in texts.read(name).names})


@bp.route("/<room>/<mail>/<lang>", methods=["GET", "POST"])
@allow(Do.RULEBOOK_READ, post=EDITS)
@writes
def text(room: str, mail: str, lang: str) -> Any:
    name = f"{room}/mail/{mail}.{lang}"
    or_404(name if name in texts.names() else None)
    rows, now = queries.wordings(name), queries.in_force(name, on=clock.today())
    form = forms.Draft(of=str(now.number if now else 0))
    form.of.choices = [("0", _("0, as it came with the system")), *((str(row.number), f"{row.number} ({_(row.state.label)})") for row in rows)]
    if form.validate_on_submit():
        row = wordings.draft(name, reason=form.reason.data or "", of=int(form.of.data), by=current_user, at=clock.now())
        return done(_("Version %(n)s is begun as a copy. Mails are written with it once it is put in force.", n=row.number), url_for(".wording", pid=row.public_id))
    return render_template("mails/text.html", name=name, lang=lang, rows=rows, now=now, form=form, subject=subject(name), text=now.text if now else texts.shipped(name), variables=texts.variables(name),
                           draft=next((row for row in rows if row.state == WordingState.DRAFT), None))  # fmt: skip


@bp.route("/wordings/<pid>", methods=["GET", "POST"])
@allow(Do.RULEBOOK_READ, post=EDITS)
@writes
def wording(pid: str) -> Any:
    row = _known(pid)
    form = forms.Write(obj=row)
    if form.validate_on_submit():
        wordings.write(row, form.text.data or "", by=current_user, at=clock.now(), seen=form.version.data)
        return done(_("The text is kept. Look at the example before it is put in force."), url_for(".wording", pid=pid))
    values = {key: texts.example(key) for key in texts.read(row.template).names}
    editable = row.state == WordingState.DRAFT and current_user.can(EDITS)
    return render_template("mails/wording.html", row=row, form=form, editable=editable, example=texts.fill(row.text, values), crumbs_of=_trail(row), lang=texts.parts(row.template)[1],
                           lines=compared(texts.shipped(row.template), row.text), variables=texts.variables(row.template), steps=WORDING.moves(row) if editable else [],
                           entries=journal.timeline([journal.subject_key(row)]))  # fmt: skip


@bp.route("/wordings/<pid>/put-in-force", methods=["GET", "POST"])
@allow(EDITS)
@writes
def put_in_force(pid: str) -> Any:
    row = _known(pid)
    form = forms.PutInForce(data={"version": row.version, "valid_from": clock.today()})
    if form.validate_on_submit():
        wordings.put_in_force(row, valid_from=form.valid_from.data, by=current_user, at=clock.now(), seen=form.version.data)
        return done(_("Mails are written with this wording from %(day)s.", day=f"{row.valid_from:%d/%m/%Y}"), url_for(".wording", pid=pid))
    return render_template("papers/act.html", form=form, title=_("Put the wording in force"), fields=[form.valid_from], button=_("Put in force"), crumbs_of=_trail(row), back=url_for(".wording", pid=pid))


@bp.route("/wordings/<pid>/discard", methods=["GET", "POST"])
@allow(EDITS)
@writes
def discard(pid: str) -> Any:
    row = _known(pid)
    form = forms.Discard(data={"version": row.version})
    if form.validate_on_submit():
        wordings.discard(row, reason=form.reason.data or "", by=current_user, at=clock.now(), seen=form.version.data)
        return done(_("The draft is discarded."), url_for(".text", **_place(row)))
    return render_template("papers/act.html", form=form, title=_("Discard the draft"), fields=[form.reason], button=_("Discard the draft"), danger=True, crumbs_of=_trail(row), back=url_for(".wording", pid=pid))


def _known(pid: str) -> Wording:
    row = queries.wording_by_pid(pid)
    found: Wording = or_404(row if row is not None and row.template in texts.names() else None)
    return found


def _place(row: Wording) -> dict[str, str]:
    stem, lang = texts.parts(row.template)
    room, _mail, name = stem.removesuffix(".txt").split("/")
    return {"room": room, "mail": name, "lang": lang}


def _trail(row: Wording) -> list[tuple[str, str]]:
    return [(_("Texts of mails"), url_for(".index")), (subject(row.template), url_for(".text", **_place(row)))]
