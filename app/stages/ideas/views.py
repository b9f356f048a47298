"""/ideas: the order forms, their way through identification to a decision. /topics: the approved list."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    make_response,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock, journal
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import SIGNED_IN, allow, done, or_404, writes
from app.services.papers import queries as papers
from app.stages.ideas import actions, council, forms, linkpages, orders, queries
from app.stages.ideas.models import Idea, Topic
from app.stages.ideas.rules import (
    EDITABLE,
    IDEA,
    TOPIC,
    IdeaState,
    Mode,
    TopicState,
)
from app.stages.plan import queries as plans
from app.stages.plan import scope

bp = Blueprint("ideas", __name__, url_prefix="/ideas", template_folder="templates")
topics_bp = Blueprint("topics", __name__, url_prefix="/topics")
orders.hang(bp)
linkpages.hang(bp)
public_bp = linkpages.public_bp
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGES = {"submit": ".submit", "withdraw": ".withdraw", "return": ".send_back", "identify": ".identify", "approve": ".decide", "reject": ".reject"}
OWN = {"submit", "withdraw"}


def init_app(app: Flask) -> None:
    """The second address of this room."""
    app.register_blueprint(topics_bp)


# --- lists ----------------------------------------------------------------------------------------------------


def _years(first: int = 2015) -> list[tuple[str, str]]:
    return [(str(y), str(y)) for y in range(clock.today().year + 5, first, -1)]


def _sectors() -> list[tuple[str, str]]:
    return plans.sector_choices(forms.english())


def _of_sector(statement: Any, column: Any, code: str) -> Any:
    return statement.where(column.in_(plans.sectors_named(code)))


def _ideas() -> Listing:
    mine = request.args.get("whose") == "mine"
    return Listing(
        queries.ideas_statement(current_user, mine=mine), request.args, key=Idea.id, default="-year",
        columns=[
            Column("code", _("Number"), lambda i: i.code),
            Column("title", _("Title"), lambda i: i.title, sort=Idea.title),
            Column("organisation", _("Organisation"), lambda i: i.organisation.name),
            Column("item", _("Item"), lambda i: i.item.face if i.item else None),
            Column("year", _("Year"), lambda i: i.year, sort=Idea.year),
            Column("state", _("State"), lambda i: _(i.state.label)),
        ],
        filters=[
            Filter("q", _("Words of the title or need"), lambda s, v: s.where(Idea.folded.contains(fold(v), autoescape=True))),
            Filter("state", _("State"), lambda s, v: s.where(Idea.state == v), choices=[(str(x), _(x.label)) for x in IdeaState]),
            Filter("year", _("Year"), lambda s, v: s.where(Idea.year == int(v)), choices=_years()),
            Filter("sector", _("Sector"), lambda s, v: _of_sector(s, Idea.item_id, v), choices=_sectors()),
            Filter("item", _("Item"), lambda s, v: s.where(scope.within(Idea.item_id, v)), choices=scope.choices(request.args.get("item"), english=forms.english())),
            Filter("body", _("Receiving body"), queries.idea_ordered_by, choices=queries.ordering_bodies()),
            Filter("whose", _("Whose"), lambda s, _v: s, choices=[("mine", _("Mine and my organisation's"))]),
        ],
    )  # fmt: skip


@bp.get("/")
@allow(SIGNED_IN)
def index() -> Any:
    return render_template("ideas/index.html", listing=_ideas())


@bp.get("/ideas.xlsx")
@allow(SIGNED_IN)
def export() -> Any:
    return _file(_ideas().xlsx(_("Ideas")), "de-xuat.xlsx")


def _file(content: bytes, name: str) -> Response:
    answer = make_response(content)
    answer.headers["Content-Type"] = XLSX
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


# --- one idea, for its owner ----------------------------------------------------------------------------------


@bp.get("/<pid>")
@allow(SIGNED_IN)
def show(pid: str) -> Any:
    idea = or_404(queries.idea_for(current_user, pid))
    topic = queries.topic_of_idea(idea)
    keys = [journal.subject_key(row) for row in (idea, topic) if row is not None]
    in_house = current_user.can(Do.IDEAS_READ)
    # what is recommended stays in the house until the province has decided
    told = [e for e in journal.timeline(keys) if in_house or e.verb != "identify"]
    return render_template("ideas/show.html", idea=idea, topic=topic, in_house=in_house, timeline_entries=told, papers=papers.of_keys(keys),
                           next_steps=_next(idea), nearest=queries.nearest_of(idea, current_user) if in_house else [], **orders.shown(idea), **_names())  # fmt: skip


def _names() -> dict[str, Any]:
    today = clock.today()
    return {"kinds": dict(forms.named(queries.kinds(today))), "fields": dict(forms.named(queries.fields(today)))}


def _next(idea: Idea) -> list[tuple[str, str, bool]]:
    """What this person may do with the idea now; the first is the one to do."""
    own = idea.owner_id == current_user.id or current_user.manages(idea.organisation_id)
    steps = []
    if idea.state in EDITABLE and own and current_user.can(Do.IDEAS_DRAFT):
        steps.append((_("Edit"), url_for(".edit", pid=idea.public_id), False))
    for verb, move in IDEA.moves(idea):
        if verb not in PAGES or not current_user.can(move.do) or (verb in OWN and not own) or not _sensible(idea, verb):
            continue
        target = url_for(".decide") if verb == "approve" else url_for(PAGES[verb], pid=idea.public_id)
        steps.append((_(move.label), target, verb in ("submit", "identify", "approve")))
    if idea.state in (IdeaState.SUBMITTED, IdeaState.IN_IDENTIFICATION) and current_user.can(Do.IDEAS_IDENTIFY):
        steps.append((_("Tie to a priority item"), url_for(".link_item", pid=idea.public_id), idea.item_id is None))
    return _one_primary(steps)


def _sensible(idea: Idea, verb: str) -> bool:
    if verb in ("approve", "reject"):
        return idea.outcome is not None
    if verb == "identify":
        return (idea.council_pid is None and idea.state == IdeaState.SUBMITTED) or council.pending(idea) is not None or idea.minutes_number is not None
    return True


def _one_primary(steps: list[tuple[str, str, bool]]) -> list[tuple[str, str, bool]]:
    ordered = sorted(steps, key=lambda s: not s[2])
    return [(label, url, primary and place == 0) for place, (label, url, primary) in enumerate(ordered)]


@bp.route("/<pid>/withdraw", methods=["GET", "POST"])
@allow(Do.IDEAS_WITHDRAW)
@writes
def withdraw(pid: str) -> Any:
    idea = or_404(queries.for_owner(current_user, pid))
    form = forms.Withdraw(obj=idea)
    if form.validate_on_submit():
        actions.withdraw(idea, reason=form.reason.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The idea is withdrawn."), url_for(".show", pid=idea.public_id))
    return render_template("ideas/withdraw.html", idea=idea, form=form)


# --- for the Department and the province ----------------------------------------------------------------------


@bp.route("/<pid>/return", methods=["GET", "POST"])
@allow(Do.IDEAS_RETURN)
@writes
def send_back(pid: str) -> Any:
    idea = or_404(queries.submitted_by_pid(pid))
    form = forms.Return.of(idea)
    if form.validate_on_submit():
        actions.send_back(idea, form.reason.data or "", sections=form.sections.data or (), seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The idea was returned to its owner."), url_for(".show", pid=idea.public_id))
    return render_template("ideas/return.html", idea=idea, form=form)


@bp.route("/<pid>/link-item", methods=["GET", "POST"])
@allow(Do.IDEAS_IDENTIFY)
@writes
def link_item(pid: str) -> Any:
    idea = or_404(queries.submitted_by_pid(pid))
    form = forms.LinkItem.of(idea)
    if form.validate_on_submit():
        item = or_404(plans.item_by_pid(form.item.data))
        actions.link_item(idea, item, others=form.chosen_others(), seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The idea is tied to item %(code)s.", code=item.code), url_for(".show", pid=idea.public_id))
    return render_template("ideas/link_item.html", idea=idea, form=form)


@bp.route("/council", methods=["GET", "POST"])
@allow(Do.IDEAS_IDENTIFY)
@writes
def put_to_council() -> Any:
    waiting = queries.for_council()
    form = forms.Council(data={"title": _("Identification council %(year)s", year=clock.today().year), "ideas": [i.public_id for i in waiting]})
    form.ideas.choices = forms.idea_choices(waiting)
    if form.validate_on_submit():
        chosen = [i for i in waiting if i.public_id in set(form.ideas.data or [])]
        made = council.prepare(chosen, title=form.title.data or "", by=current_user, at=clock.now())
        return done(_("The council is prepared. Appoint its members and set time and place."), url_for("councils.show", pid=made.public_id))
    return render_template("ideas/council.html", form=form, ideas=waiting)


@bp.route("/<pid>/identify", methods=["GET", "POST"])
@allow(Do.IDEAS_IDENTIFY)
@writes
def identify(pid: str) -> Any:
    idea = or_404(queries.submitted_by_pid(pid))
    voted = council.pending(idea)
    form = forms.Identify.of(idea, voted, council.OUTCOMES[voted["adopted"] or "refuse"] if voted else ())
    if form.validate_on_submit():
        on_paper = {} if voted else {"minutes_number": form.minutes_number.data, "minutes_dated": form.minutes_dated.data}
        council.record(idea, form.found(), seen=form.version.data, by=current_user, at=clock.now(), **on_paper)
        return done(_("The outcome is recorded. The province decides next."), url_for(".show", pid=idea.public_id))
    return render_template("ideas/identify.html", idea=idea, form=form, voted=voted)


@bp.route("/<pid>/reject", methods=["GET", "POST"])
@allow(Do.IDEAS_APPROVE)
@writes
def reject(pid: str) -> Any:
    idea = or_404(queries.submitted_by_pid(pid))
    form = forms.Reason(obj=idea)
    if form.validate_on_submit():
        actions.reject(idea, form.reason.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The idea is not approved."), url_for(".show", pid=idea.public_id))
    return render_template("ideas/reject.html", idea=idea, form=form)


@bp.route("/decide", methods=["GET", "POST"])
@allow(Do.IDEAS_APPROVE)
@writes
def decide() -> Any:
    waiting = queries.identified()
    form = forms.Decide(data={"symbol": "QĐ-UBND", "ideas": [i.public_id for i in waiting if i.item_id is not None]})
    form.ideas.choices = forms.idea_choices(waiting)
    if form.validate_on_submit():
        chosen = [i for i in waiting if i.public_id in set(form.ideas.data or [])]
        made = actions.approve_list(chosen, number=form.number.data or "", symbol=form.symbol.data or "", dated=form.dated.data, by=current_user, at=clock.now())
        return done(_("The decision is issued: %(n)s topics are on the approved list.", n=len(made)), url_for("topics.index"))
    return render_template("ideas/decide.html", ideas=waiting, form=form)


# --- topics ---------------------------------------------------------------------------------------------------


def _topics() -> Listing:
    return Listing(
        queries.topics_statement(), request.args, key=Topic.id, default="-code",
        columns=[
            Column("code", _("Code"), lambda t: t.code, sort=Topic.code),
            Column("title", _("Title"), lambda t: t.title, sort=Topic.title),
            Column("item", _("Item"), lambda t: t.item.face),
            Column("mode", _("Mode"), lambda t: _(t.mode.label)),
            Column("ceiling", _("Ceiling (đồng)"), lambda t: t.ceiling),
            Column("decision", _("Decision"), lambda t: t.decision_number),
            Column("state", _("State"), lambda t: _(t.state.label)),
        ],
        filters=[
            Filter("q", _("Code or words of the title"), lambda s, v: s.where(Topic.folded.contains(fold(v), autoescape=True))),
            Filter("state", _("State"), lambda s, v: s.where(Topic.state == v), choices=[(str(x), _(x.label)) for x in TopicState]),
            Filter("mode", _("Mode"), lambda s, v: s.where(Topic.mode == v), choices=[(str(x), _(x.label)) for x in Mode]),
            Filter("year", _("Year"), lambda s, v: s.where(Topic.year == int(v)), choices=_years()),
            Filter("sector", _("Sector"), lambda s, v: _of_sector(s, Topic.item_id, v), choices=_sectors()),
            Filter("item", _("Item"), lambda s, v: s.where(scope.within(Topic.item_id, v)), choices=scope.choices(request.args.get("item"), english=forms.english())),
            Filter("body", _("Receiving body"), queries.topic_ordered_by, choices=queries.ordering_bodies()),
        ],
    )  # fmt: skip


@topics_bp.get("/", endpoint="index")
@allow(Do.TOPICS_READ)
def topics() -> Any:
    return render_template("ideas/topics.html", listing=_topics())


@topics_bp.get("/topics.xlsx", endpoint="export")
@allow(Do.TOPICS_READ)
def export_topics() -> Any:
    return _file(_topics().xlsx(_("Approved list")), "danh-muc.xlsx")


@topics_bp.get("/<pid>", endpoint="show")
@allow(Do.TOPICS_READ)
def show_topic(pid: str) -> Any:
    topic = or_404(queries.topic_by_pid(pid))
    see_idea = topic.idea is not None and queries.may_read(topic.idea, current_user)
    return render_template("ideas/topic.html", topic=topic, see_idea=see_idea, timeline_entries=journal.timeline([journal.subject_key(topic)]),
                           can_drop=TOPIC.may(topic, "drop") and current_user.can(Do.TOPICS_DROP), **_names())  # fmt: skip


@topics_bp.route("/<pid>/drop", methods=["GET", "POST"], endpoint="drop")
@allow(Do.TOPICS_DROP)
@writes
def drop_topic(pid: str) -> Any:
    topic = or_404(queries.topic_by_pid(pid))
    form = forms.Reason(obj=topic)
    if form.validate_on_submit():
        actions.drop(topic, form.reason.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The topic is dropped."), url_for("topics.show", pid=topic.public_id))
    return render_template("ideas/drop.html", topic=topic, form=form)
