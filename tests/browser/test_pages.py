"""Every main page of the small world: no barrier that axe knows, nothing wider than a phone, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from app.across.demo import bulk
from app.across.demo import cast as demo_cast
from app.across.help import rules as help_rules
from app.kernel.db import db
from app.services.papers.models import Paper
from app.services.people.queries import user_by_email
from app.stages.calls.models import Call
from app.stages.execution.models import Adjustment, Inspection, Report, Termination
from app.stages.funding.models import Appraisal, Contract, Project, Submission, Tranche
from app.stages.ideas.models import Idea, Topic
from app.stages.ideas.rules import IdeaState
from app.stages.plan.models import Plan
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import ProposalState
from tests.support import pictures
from tests.support.live import Site
from tests.support.pages import axe, go, no_overflow

AS_OF = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PUBLIC = ["/", "/public/plan", "/public/plan/1", "/public/plan/1.8", "/public/calls", "/public/calls/{open_call}", "/public/calls/{open_call}/ask", "/public/projects", "/public/projects/{project}",
          "/public/order-form", "/auth/login", "/nothing-here"]  # fmt: skip
OFFICER = ["/desk/", "/plan/", "/plan/{plan}", "/plan/import", "/plan/measures", "/ideas/", "/ideas/{idea}", "/topics/", "/topics/{topic}", "/calls/", "/calls/{call}", "/calls/{open_call}",
           "/calls/new", "/calls/{open_call}/try", "/calls/{open_call}/correct", "/calls/{open_call}/questions", "/proposals/",
           "/proposals/{submitted}", "/projects/", "/projects/{project}", "/projects/{running}", "/funding/", "/funding/projects/{project}", "/execution/",
           "/execution/projects/{running}", "/papers/", "/admin/rulebook/", "/admin/questionnaires/", "/ideas/links"]  # fmt: skip
BY_ROLE = {
    "officer": OFFICER,
    "pi1": ["/desk/", "/ideas/", "/ideas/new", "/calls/", "/calls/searches", "/calls/searches/new?q=tom", "/calls/{open_call}/follow", "/proposals/", "/proposals/{draft}", "/proposals/{draft}/general", "/proposals/{draft}/budget",
            "/proposals/{draft}/team", "/projects/", "/auth/account", "/auth/password"],
    "host1": ["/desk/", "/proposals/", "/projects/"], "leader": ["/desk/", "/projects/", "/execution/"], "province": ["/desk/", "/ideas/", "/funding/"],
    "finance": ["/desk/", "/funding/"], "registry": ["/desk/", "/papers/"], "auditor": ["/desk/", "/projects/"], "agency1": ["/desk/", "/ideas/"],
    "member1": ["/desk/"], "admin": ["/admin/", "/admin/users", "/admin/outbox", "/admin/journal", "/admin/clock"],
}  # fmt: skip
OBJECTS = {
    "plan": (Plan, Plan.state == "in_force"), "project": (Project, None), "idea": (Idea, Idea.state == IdeaState.APPROVED), "topic": (Topic, None), "call": (Call, Call.state == "concluded"),
    "open_call": (Call, Call.state == "published"), "submitted": (Proposal, Proposal.state == ProposalState.SELECTED), "report": (Report, Report.state == "accepted"),
    "adjustment": (Adjustment, None), "inspection": (Inspection, None), "termination": (Termination, None), "tranche": (Tranche, None), "paper": (Paper, None),
    "contract": (Contract, None), "appraisal": (Appraisal, None), "submission": (Submission, None),
}  # fmt: skip
PAGES_OF_OBJECTS = ["/funding/appraisals/{appraisal}", "/funding/submissions/{submission}", "/funding/contracts/{contract}", "/funding/tranches/{tranche}",
                    "/execution/reports/{report}", "/execution/changes/{adjustment}", "/execution/inspections/{inspection}",
                    "/execution/terminations/{termination}"]  # fmt: skip


@pytest.fixture(scope="module")
def world(database_templates: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The large world at a small scale, read by all tests of this file. A draft of pi1 is in it."""
    site = Site(database_templates, tmp_path_factory.mktemp("world"))
    with site.act() as cast:
        bulk.load(cast, count=24, seed=11, as_of=AS_OF)
        draft = db.session.scalars(select(Proposal).join(Call, Call.state == "published").where(Proposal.state == ProposalState.DRAFT)).first()
        assert draft is not None
    yield site
    site.stop()


@pytest.fixture(scope="module")
def places(world: Site) -> dict[str, str]:
    """Public ids of one object of each kind."""
    with world.act():
        found = {}
        for name, (model, condition) in OBJECTS.items():
            statement = select(model.public_id).order_by(model.id)
            found[name] = db.session.scalar(statement.where(condition) if condition is not None else statement)
        found["running"] = db.session.scalar(select(Project.public_id).where(Project.ends_on > AS_OF.date(), Project.paid_total > 0))
        found["draft"], found["writer"] = db.session.execute(
            select(Proposal.public_id, demo_cast.User.email).join(demo_cast.User, demo_cast.User.id == Proposal.pi_id).where(Proposal.state == ProposalState.DRAFT)).first()  # fmt: skip
    return found


def speak(site: Site, account: str, locale: str) -> None:
    """Let this account read in this language."""
    with site.act():
        person = user_by_email(account if "@" in account else f"{account}@{demo_cast.DOMAIN}")
        assert person is not None
        person.locale = locale


def look(page: Page, paths: list[str], places: dict[str, str], faults: list[str]) -> None:
    """Open each address, look at it at both widths; barriers and what sticks out are noted, and the rest is looked at too."""
    for path in paths:
        address = path.format(**places)
        try:
            page.set_viewport_size({"width": 360, "height": 740})
            go(page, address, 404 if address == "/nothing-here" else 200)
            no_overflow(page)
            axe(page)
            page.set_viewport_size({"width": 1280, "height": 900})
            no_overflow(page)
            if places["locale"] == "vi":  # the other language changes widths, not the parts that axe judges
                axe(page)
        except AssertionError as fault:
            faults.append(f"{path}: {fault}")


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_public_pages(world: Site, places: dict[str, str], open_browsers: Callable[..., Page], locale: str) -> None:
    page, faults = open_browsers(world), []
    go(page, f"/?lang={locale}")
    assert page.locator("html").get_attribute("lang") == locale
    look(page, PUBLIC, places | {"locale": locale}, faults)
    assert not faults, "\n\n".join(faults)


@pytest.mark.parametrize(("account", "locale"), [*((account, "vi") for account in BY_ROLE), ("officer", "en"), ("pi1", "en")])
def test_pages_of_a_role(world: Site, places: dict[str, str], open_browsers: Callable[..., Page], account: str, locale: str) -> None:
    person = places["writer"].partition("@")[0] if account == "pi1" else account
    speak(world, person, locale)
    page, faults = open_browsers(world, person), []
    look(page, BY_ROLE[account], places | {"locale": locale}, faults)
    assert not faults, "\n\n".join(faults)


def test_pages_of_parts_of_a_project(world: Site, places: dict[str, str], open_browsers: Callable[..., Page]) -> None:
    speak(world, "officer", "vi")
    page, faults = open_browsers(world, "officer"), []
    look(page, [p for p in PAGES_OF_OBJECTS if places[p.rpartition("{")[2].rstrip("}")]], places | {"locale": "vi"}, faults)
    assert not faults, "\n\n".join(faults)


READERS = {"administrator": "admin", "council": "member1", "host": "host1", "agency": "agency1", "researcher": "pi1", "everyone": "pi1", "public": None}


@pytest.mark.parametrize("locale", ["vi", "en"] if pictures.folder() else ["vi"])
@pytest.mark.parametrize("name", help_rules.ORDER)
def test_the_pictures_of_a_guide_can_be_made(world: Site, open_browsers: Callable[..., Page], name: str, locale: str) -> None:
    """Each picture's page opens for the guide's role and shows its heading; with VAMCO_PICTURES the pictures are kept there."""
    account, guide = READERS.get(name, name), help_rules.guides()[name]
    if account:
        speak(world, account, locale)
    page = open_browsers(world, account, width=pictures.WIDTH, height=pictures.HEIGHT)
    if account is None:
        go(page, f"/?lang={locale}")
    with world.app.test_request_context():
        wanted = {task.name: world.app.url_for(task.picture) for task in guide.tasks if task.picture}
    for task, address in wanted.items():
        go(page, address)
        assert page.locator("main h1").is_visible() and page.locator("html").get_attribute("lang") == locale
        made = pictures.picture_of(page)
        assert made[:4] == b"RIFF" and made[8:12] == b"WEBP"
        if (kept := pictures.folder()) is not None:
            (kept / locale).mkdir(parents=True, exist_ok=True)
            (kept / locale / f"{name}-{task}.webp").write_bytes(made)
