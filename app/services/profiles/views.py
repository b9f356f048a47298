"""/profile: the scientific CV: written and kept while typing, put down as versions, taken along as Word or PDF."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, g, jsonify, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, ready
from app.kernel import clock, journal
from app.kernel.errors import Stale
from app.kernel.web import SIGNED_IN, allow, done, or_404, sentence_of, writes
from app.services.papers.views import blank_file
from app.services.profiles import (
    actions,
    bodies,
    drawing,
    forms,
    queries,
    register_views,
)
from app.services.profiles.models import Cv, CvVersion
from app.services.profiles.rules import Task
from app.services.questionnaires import queries as questionnaires
from app.services.questionnaires.answering import Fault
from app.services.questionnaires.forms import Sheet
from app.services.questionnaires.models import FormVersion
from app.services.questionnaires.rules import question_of, said
from app.shown import language

bp = Blueprint("profiles", __name__, url_prefix="/profile", template_folder="templates")
bodies.hang(bp)


def init_app(app: Flask) -> None:
    """The second address of this room: the register of organisations."""
    app.register_blueprint(register_views.bp)


def _sheet(form: FormVersion, answers: dict[str, Any]) -> Sheet:
    choices = questionnaires.choices_for(form.definition, on=clock.today(), lang=language())
    return Sheet(form.definition, answers, choices=choices, lang=language())


def _name(form: FormVersion) -> str:
    return said({"vi": form.questionnaire.name_vi, "en": form.questionnaire.name_en}, language())


def _tasks() -> list[Task]:
    """What the system knows, in Vietnamese as the form is handed in."""
    with force_locale("vi"):
        return [Task(t.title, t.period, t.programme, _(t.status) if t.status else "", t.led) for t in queries.tasks_of(current_user, on=clock.today())]


def _answers(cv: Cv | None) -> dict[str, Any]:
    """The CV as it stands; before anybody typed, as the system would begin it."""
    if cv is not None:
        return dict(cv.answers)
    found = queries.beginning(current_user, at=clock.now())
    return found | actions.brought_in(found, _tasks())


def _lacking(form: FormVersion, faults: list[Fault]) -> list[tuple[str, str]]:
    """(code, label) of the questions with something missing or wrong."""
    return list({f.code: said(question_of(form.definition, f.code)["label"], language()) for f in faults}.items())  # type: ignore[index]


@bp.get("/cv")
@allow(SIGNED_IN)
def cv() -> Any:
    row, form = queries.draft_of(current_user), queries.form_in_force(clock.today())
    versions = queries.versions_of(current_user)
    faults = queries.faults_of(dict(row.answers), form, on=clock.today()) if row is not None else []
    return render_template("profiles/cv.html", cv=row, form=form, name=_name(form), versions=versions, lacking=_lacking(form, faults), sheet=_sheet(form, dict(row.answers)) if row else None,
                           new=row is not None and fits(row, actions.check_new), offered=bool(row is not None and actions.brought_in(row.answers, _tasks())), button=forms.Plain(obj=row),
                           entries=journal.timeline([journal.subject_key(row)]) if row is not None else [])  # fmt: skip


@bp.route("/cv/edit", methods=["GET", "POST"])
@allow(SIGNED_IN)
@writes
def edit_cv() -> Any:
    row, version = queries.draft_of(current_user), queries.form_in_force(clock.today())
    form = forms.WriteCv(_sheet(version, _answers(row)), data={"version": row.version if row is not None else ""})
    if form.wish and "refusal" not in g:
        code = form.sheet.change_rows(form.wish)
        _save(form)
        return done(_("Saved."), url_for(".edit_cv", _anchor=code))
    if form.validate_on_submit():
        _save(form)
        return done(_("Your CV is saved. It reaches a dossier when you put it down as a version."), url_for(".cv"))
    return render_template("profiles/cv_edit.html", form=form, version=version, name=_name(version))


def _save(form: forms.WriteCv) -> Cv:
    """Keep what was typed; the first saving begins the CV."""
    row = queries.draft_of(current_user)
    seen = form.version.data
    if row is None:
        row, seen = actions.begin(current_user, tasks=_tasks(), at=clock.now()), None
    actions.save(row, form.sheet.answers, seen=seen, by=current_user, at=clock.now())
    return row


@bp.post("/cv/autosave")
@allow(SIGNED_IN)
@writes
def autosave_cv() -> Any:
    if "refusal" in g:  # there is no page to show again: the sentence goes out by itself
        if isinstance(g.refusal, Stale):
            raise g.refusal
        return jsonify(refused=sentence_of(g.pop("refusal")))
    form = forms.WriteCv(_sheet(queries.form_in_force(clock.today()), _answers(queries.draft_of(current_user))))
    row = _save(form)
    return jsonify(version=row.version, time=f"{clock.local(clock.now()):%H:%M}", **form.sheet.told_back)


@bp.post("/cv/bring-in")
@allow(SIGNED_IN)
@writes
def bring_in() -> Any:
    row = or_404(queries.draft_of(current_user))
    form = forms.Plain(obj=row)
    actions.bring_in(row, _tasks(), seen=form.version.data, by=current_user, at=clock.now())
    return done(_("The projects that this system knows of you were added. Please check them."), url_for(".edit_cv", _anchor="led"))


@bp.route("/cv/put", methods=["GET", "POST"])
@allow(SIGNED_IN)
@writes
def put_cv() -> Any:
    row, version = ready(queries.draft_of(current_user), actions.check_new), queries.form_in_force(clock.today())
    form = forms.PutCv(obj=row)
    if form.validate_on_submit():
        made = actions.put(row, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Version %(n)s of your CV is put down.", n=made.number), url_for(".cv"))
    faults = queries.faults_of(dict(row.answers), version, on=clock.today())
    return render_template("profiles/cv_put.html", form=form, cv=row, version=version, name=_name(version), sheet=_sheet(version, actions.said_in(row, version.definition)),
                           lacking=_lacking(version, faults), last=queries.latest_cv(current_user))  # fmt: skip


# --- versions and files ---------------------------------------------------------------------------------------


@bp.get("/cv/versions/<pid>")
@allow(SIGNED_IN)
def cv_version(pid: str) -> Any:
    row = or_404(queries.own_version(current_user, pid))
    return render_template("profiles/cv_version.html", row=row, name=_name(row.form), sheet=_sheet(row.form, dict(row.answers)), sound=actions.is_sound(row))


@bp.get("/cv/versions/<pid>/cv.docx")
@allow(SIGNED_IN)
def version_docx(pid: str) -> Any:
    return _version_file(pid, "docx")


@bp.get("/cv/versions/<pid>/cv.pdf")
@allow(SIGNED_IN)
def version_pdf(pid: str) -> Any:
    return _version_file(pid, "pdf")


def _version_file(pid: str, ending: str) -> Any:
    row = or_404(queries.own_version(current_user, pid))
    _note(row)
    return file_of(row, ending)


def file_of(row: CvVersion, ending: str) -> Any:
    """A version as a Word or PDF file. Whether the reader may have it is the question of whoever calls."""
    return blank_file(drawing.content_of(row), f"ly-lich-khoa-hoc-v{row.number}.{ending}")


def _note(row: CvVersion) -> None:
    journal.note_access("download", request.endpoint or "", at=clock.now(), actor_id=current_user.id, subject_pid=row.public_id, address=request.remote_addr)


@bp.get("/cv/draft.docx")
@allow(SIGNED_IN)
def draft_docx() -> Any:
    return _draft_file("docx")


@bp.get("/cv/draft.pdf")
@allow(SIGNED_IN)
def draft_pdf() -> Any:
    return _draft_file("pdf")


def _draft_file(ending: str) -> Any:
    row = or_404(queries.draft_of(current_user))
    form = queries.form_in_force(clock.today())
    return blank_file(drawing.draft_content(form, row.answers, str(row.answers.get("full_name") or current_user.name)), f"ly-lich-khoa-hoc-dang-soan.{ending}")
