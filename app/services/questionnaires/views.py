"""/admin/questionnaires: forms and versions; a draft is edited, tried without a trace, compared, put in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import (
    Blueprint,
    Flask,
    g,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user

from app.downloads import download
from app.kernel import clock, journal
from app.kernel.db import folded
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import allow, done, or_404, writes
from app.services.questionnaires import actions, editing, queries
from app.services.questionnaires.comparing import ASPECTS, compare
from app.services.questionnaires.forms import Sheet, SheetForm
from app.services.questionnaires.kinds import Formula
from app.services.questionnaires.models import FormVersion, Questionnaire
from app.services.questionnaires.rules import (
    VERSION,
    Problem,
    Standing,
    VersionState,
    question_of,
    questions,
    section_of,
)
from app.shown import language

bp = Blueprint("questionnaires", __name__, url_prefix="/admin/questionnaires", template_folder="templates")
EDITS = Do.QUESTIONNAIRES_REVISE


def init_app(app: Flask) -> None:
    """What the macros of forms ask for."""
    app.jinja_env.globals.update(aspect_label=lambda aspect: ASPECTS.get(aspect, aspect), told_value=_told)


def _told(value: Any) -> str:
    """A property of a definition in words."""
    if value in (None, "", [], {}, False):
        return "–"
    if value is True:
        return _("Yes")
    if isinstance(value, dict) and {"vi", "en"} & set(value):
        return str(value.get(language()) or value.get("vi"))
    if isinstance(value, dict) and set(value) == {"kind", "terms"}:
        return f"{_(Formula(value['kind']).label)}: {', '.join(value['terms'])}"
    if isinstance(value, dict):
        return " ".join(_told(v) for v in value.values())
    if isinstance(value, list):
        return "; ".join(_told(v) for v in value)
    return str(value)


def sentence(problem: Problem) -> str:
    """A problem of a definition in the language of the page."""
    params = {k: _(v) if isinstance(v, str) and v else v for k, v in problem.params.items()}
    text = _(problem.message)
    return text % params if params else text


def _name(form: Questionnaire) -> str:
    return actions.name_of(form, language())


def _use(code: str, uses: Mapping[str, str] | None = None) -> str | None:
    """For which step the form is used."""
    what = (queries.used_for(on=clock.today()) if uses is None else uses).get(code)
    return _(what) if what else None


def _standing(version: FormVersion) -> Standing:
    return queries.standing(version, on=clock.today())


# --- lists ----------------------------------------------------------------------------------------------------


def _versions() -> Listing:
    today = clock.today()
    used, uses = queries.in_use(on=today), queries.used_for(on=today)
    return Listing(
        queries.versions_statement(), request.args, key=FormVersion.id, default="-number",
        columns=[
            Column("form", _("Questionnaire"), lambda v: _name(v.questionnaire)),
            Column("use", _("Used for"), lambda v: _use(v.questionnaire.code, uses)),
            Column("number", _("Version"), lambda v: v.number, sort=FormVersion.number),
            Column("document", _("Issued by document"), lambda v: v.document_number),
            Column("from", _("Used from"), lambda v: v.valid_from),
            Column("state", _("State"), lambda v: _(queries.standing(v, on=today, used=used).label)),
        ],
        filters=[
            Filter("q", _("Words of name, document or source"), lambda s, v: s.where(folded(
                Questionnaire.name_vi + " " + Questionnaire.name_en + " " + FormVersion.source).contains(fold(v), autoescape=True))),
            Filter("form", _("Questionnaire"), lambda s, v: s.where(Questionnaire.code == v), choices=[(f.code, _name(f)) for f in queries.forms()]),
            Filter("state", _("State"), lambda s, v: queries.of_standing(s, v, on=today), choices=[(str(x), _(x.label)) for x in Standing]),
        ],
    )  # fmt: skip


@bp.get("/")
@allow(Do.QUESTIONNAIRES_READ)
def index() -> Any:
    today = clock.today()
    used, uses = queries.in_use(on=today), queries.used_for(on=today)
    return render_template("questionnaires/index.html", use=lambda code: _use(code, uses), listing=_versions(), forms=queries.forms(), name=_name, standing=lambda v: queries.standing(v, on=today, used=used))


@bp.get("/versions.xlsx")
@allow(Do.QUESTIONNAIRES_READ)
def export() -> Any:
    return download(_versions().xlsx(_("Forms")), "bieu-mau.xlsx")


@bp.route("/forms/new", methods=["GET", "POST"])
@allow(EDITS)
@writes
def create() -> Any:
    form = editing.Create()
    if form.validate_on_submit():
        version = actions.create(form.code.data or "", name_vi=form.name_vi.data or "", name_en=form.name_en.data or "", purpose=form.purpose.data or "",
                                 source=form.source.data or "", by=current_user, at=clock.now())  # fmt: skip
        return done(_("The form is begun. Add its sections and questions."), url_for(".show", pid=version.public_id))
    title = _("Begin a new form")
    return render_template("questionnaires/act.html", form=form, title=title, lead=_("Forms"), fields=[form.code, form.name_vi, form.name_en, form.purpose, form.source], button=title,
                           back=url_for(".index"))  # fmt: skip


@bp.route("/forms/<code>/draft", methods=["GET", "POST"])
@allow(EDITS)
@writes
def draft(code: str) -> Any:
    row = or_404(queries.form_by_code(code))
    form = editing.Draft()
    if form.validate_on_submit():
        version = actions.draft(row, source=form.source.data or "", by=current_user, at=clock.now())
        return done(_("Version %(n)s is begun as a copy of the latest.", n=version.number), url_for(".show", pid=version.public_id))
    return render_template("questionnaires/act.html", form=form, title=_("Draft a new version"), lead=_name(row), fields=[form.source], button=_("Draft a new version"), back=url_for(".index"))


# --- one version ----------------------------------------------------------------------------------------------


def _sheet(version: FormVersion) -> Sheet:
    lang = language()
    return Sheet(version.definition, {}, choices=queries.choices_for(version.definition, on=clock.today(), lang=lang), lang=lang)


@bp.get("/versions/<pid>")
@allow(Do.QUESTIONNAIRES_READ)
def show(pid: str) -> Any:
    version = or_404(queries.version_by_pid(pid))
    editable = version.state == VersionState.DRAFT and current_user.can(EDITS)
    problems = [(p.place, sentence(p)) for p in queries.problems_of(version, on=clock.today())] if version.state == VersionState.DRAFT else []
    return render_template("questionnaires/show.html", version=version, use=_use(version.questionnaire.code), name=_name(version.questionnaire), sheet=_sheet(version), problems=problems, editable=editable,
                           others=[v for v in queries.versions_of(version.questionnaire) if v.id != version.id], standing=_standing, button=editing.Plain(obj=version),
                           entries=journal.timeline([journal.subject_key(version)]), steps=_steps(version), needs=queries.needs_of(version.questionnaire.code),
                           checks=[f"{label}" for _v, label in editing.Checks.of(version).keep.choices])  # fmt: skip


def _steps(version: FormVersion) -> list[tuple[str, str, bool]]:
    steps = [(_("Try it out"), url_for(".test", pid=version.public_id), False)]
    if current_user.can(EDITS):
        pages = {"put_in_force": ".put_in_force", "discard": ".discard"}
        steps = [(_(move.label), url_for(pages[verb], pid=version.public_id), verb == "put_in_force") for verb, move in VERSION.moves(version)] + steps
        if version.state == VersionState.IN_FORCE:
            steps.append((_("Draft a new version"), url_for(".draft", code=version.questionnaire.code), False))
    return steps


@bp.route("/versions/<pid>/test", methods=["GET", "POST"])
@allow(Do.QUESTIONNAIRES_READ)
@writes
def test(pid: str) -> Any:
    """Fill the form and see what it says. Nothing is kept: no action is called."""
    version = or_404(queries.version_by_pid(pid))
    sheet = _sheet(version)
    sheet.answers |= queries.prefilled(version.definition, person=current_user, organisation=next(iter(current_user.organisations), None), at=clock.now(), today=clock.today())
    form = SheetForm(sheet)
    passed = None
    if form.is_submitted():
        if form.wish:
            sheet.change_rows(form.wish)
        else:
            passed = not sheet.judge(complete=True)
    page = render_template("questionnaires/test.html", version=version, name=_name(version.questionnaire), form=form, passed=passed,
                           problems=len(queries.problems_of(version, on=clock.today())) if version.state == VersionState.DRAFT else 0)  # fmt: skip
    return (page, 202) if form.is_submitted() else page  # 202: shown, nothing stored


@bp.get("/versions/<pid>/difference/<other>")
@allow(Do.QUESTIONNAIRES_READ)
def difference(pid: str, other: str) -> Any:
    version, before = or_404(queries.version_by_pid(pid)), or_404(queries.version_by_pid(other))
    or_404(version if version.questionnaire_id == before.questionnaire_id else None)
    if before.number > version.number:
        version, before = before, version
    return render_template("questionnaires/difference.html", version=version, before=before, name=_name(version.questionnaire), changes=compare(before.definition, version.definition))


@bp.route("/versions/<pid>/put-in-force", methods=["GET", "POST"])
@allow(EDITS)
@writes
def put_in_force(pid: str) -> Any:
    version = _draft_of(pid)
    form = editing.PutInForce(data={"version": version.version, "source": version.source})
    if form.validate_on_submit():
        actions.put_in_force(version, number=form.document_number.data or "", dated=form.document_date.data, valid_from=form.valid_from.data, source=form.source.data or "",
                             mark=form.mark.data, seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip
        return done(_("The form is in force from %(day)s.", day=f"{version.valid_from:%d/%m/%Y}"), url_for(".show", pid=pid))
    before = queries.in_force(version.questionnaire.code, on=clock.today())
    return render_template("questionnaires/put_in_force.html", version=version, before=before, form=form, name=_name(version.questionnaire),
                           problems=[sentence(p) for p in queries.problems_of(version, on=clock.today())], changes=compare(before.definition, version.definition) if before else [])  # fmt: skip


@bp.route("/versions/<pid>/discard", methods=["GET", "POST"])
@allow(EDITS)
@writes
def discard(pid: str) -> Any:
    version = _draft_of(pid)
    form, back = editing.Discard(obj=version), url_for(".show", pid=pid)
    if form.validate_on_submit():
        actions.discard(version, reason=form.reason.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The draft is discarded."), back)
    return render_template("questionnaires/act.html", form=form, title=_("Discard the draft"), lead=_lead(version), fields=[form.reason], button=_("Discard the draft"), back=back, danger=True)


def _lead(version: FormVersion) -> str:
    return _("%(name)s, version %(n)s", name=_name(version.questionnaire), n=version.number)


# --- editing a draft ------------------------------------------------------------------------------------------


def _draft_of(pid: str) -> FormVersion:
    """A version that may be edited. Raises WrongState for one that is in force or discarded."""
    version: FormVersion = or_404(queries.version_by_pid(pid))
    actions.check_draft(version)
    return version


@bp.route("/versions/<pid>/section", methods=["GET", "POST"])
@allow(EDITS)
@writes
def section(pid: str) -> Any:
    version, code = _draft_of(pid), request.args.get("code")
    or_404(section_of(version.definition, code) if code else version)
    form, back = editing.Section.of(version, code), url_for(".show", pid=pid)
    if form.validate_on_submit():
        actions.save_section(version, form.values(), was=code, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Saved."), url_for(".show", pid=pid, _anchor=f"part-{form.code.data}"))
    fields = [form.code, form.number, form.label_vi, form.label_en, form.hint_vi, form.hint_en]
    title = _("Change the section") if code else _("Add a section")
    return render_template("questionnaires/act.html", form=form, title=title, lead=_lead(version), fields=fields, button=_("Save"), back=back)


@bp.route("/versions/<pid>/question", methods=["GET", "POST"])
@allow(EDITS)
@writes
def question(pid: str) -> Any:
    version, code = _draft_of(pid), request.args.get("code")
    or_404(question_of(version.definition, code) if code else version)
    form = editing.Question.of(version, code, language(), request.args.get("section"))
    shown, more = None, form.is_submitted() and form.sheet.change_rows(form.wish)  # another row, or one less: nothing is kept
    if not more and form.validate_on_submit():
        values = form.values()
        if request.form.get("do") == "preview":
            actions.with_question(version, values, section=form.section.data or "", was=code, at=clock.now())
            shown = _preview(version, values)
        else:
            actions.save_question(version, values, section=form.section.data or "", was=code, seen=form.version.data, by=current_user, at=clock.now())
            return done(_("Saved."), url_for(".show", pid=pid, _anchor=f"question-{form.code.data}"))
    elif code and "refusal" not in g and not form.is_submitted():
        shown = _preview(version, question_of(version.definition, code) or {})
    page = render_template("questionnaires/question.html", form=form, version=version, lead=_lead(version), code=code, shown=shown)
    return (page, 202) if form.is_submitted() and (shown or more) else page


def _preview(version: FormVersion, values: dict[str, Any]) -> Any:
    """The control of one question as it would be shown, with ids of its own."""
    definition = {"sections": [{"code": "preview", "label": {"vi": "", "en": ""}, "questions": [{**values, "code": f"preview_{values.get('code', '')}"[:40]} | {"when": None}]}]}
    if not queries.problems_alone(values):
        sheet = Sheet(definition, {}, choices=queries.choices_for(definition, on=clock.today(), lang=language()), lang=language(),
                      around=(version.definition, {}))
        return sheet.parts[0].controls[0]
    return None


@bp.route("/versions/<pid>/checks", methods=["GET", "POST"])
@allow(EDITS)
@writes
def checks(pid: str) -> Any:
    version = _draft_of(pid)
    form, back = editing.Checks.of(version), url_for(".show", pid=pid)
    if form.validate_on_submit():
        actions.save_checks(version, form.values(version), seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Saved."), back)
    return render_template("questionnaires/act.html", form=form, title=_("Checks between answers"), lead=_lead(version), fields=[form.keep, form.kind, form.terms], button=_("Save"), back=back)


@bp.route("/versions/<pid>/move", methods=["POST"])
@allow(EDITS)
@writes
def move(pid: str) -> Any:
    version, form = _draft_of(pid), editing.Plain()
    code = request.form.get("code", "")[:40]
    actions.move(version, code, -1 if request.form.get("by") == "up" else 1, seen=form.version.data, by=current_user, at=clock.now())
    kind = "part" if section_of(version.definition, code) else "question"
    return done(_("Moved."), url_for(".show", pid=pid, _anchor=f"{kind}-{code}"))


@bp.route("/versions/<pid>/delete", methods=["GET", "POST"])
@allow(EDITS)
@writes
def delete(pid: str) -> Any:
    version, code = _draft_of(pid), request.args.get("code", "")
    thing = or_404(section_of(version.definition, code) or question_of(version.definition, code))
    form, back = editing.Plain(obj=version), url_for(".show", pid=pid)
    if form.validate_on_submit():
        actions.delete(version, code, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Taken out of the draft."), back)
    inside = [q["label"][language()] for q in thing.get("questions", [])]
    going = {q["code"] for q in thing.get("questions", [thing])}
    hanging = [q["label"][language()] for q in questions(version.definition) if q["code"] not in going and _leans_on(q, going)]
    return render_template("questionnaires/delete.html", form=form, thing=thing, inside=inside, hanging=hanging, lead=_lead(version), back=back)


def _leans_on(question: dict[str, Any], going: set[str]) -> bool:
    """Does the condition or the formula of a question name one of these?"""
    terms = {term.partition(".")[0] for term in (question.get("formula") or {}).get("terms", [])}
    return bool(going & {(question.get("when") or {}).get("question"), *terms})
