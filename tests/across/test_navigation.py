"""What surrounds every page: the menu by role, history in words, the error pages."""

from __future__ import annotations

import ast
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from flask_babel import force_locale, gettext
from openpyxl import load_workbook

from app.across import navigation
from app.kernel.web import PUBLIC

EVERYBODY = ["admin", "officer", "leader", "province", "finance", "registry", "auditor", "agency1", "pi1", "host1", "member1"]
NOT_LISTS = {"people.account", "entry.second_factor", "desk.home", "plan_suggestion.suggest"}
ROOT = Path(navigation.__file__).parent.parent


@pytest.mark.parametrize("account", EVERYBODY)
def test_at_most_six_entries(account, as_):
    entries = as_(account).page("/desk/").select(".nav-wide a")
    assert 2 <= len(entries) <= navigation.LONGEST_MENU
    assert entries[0].get("aria-current") == "page"


def test_language_is_kept_for_a_person(as_, user):
    pi = as_("pi1")
    token = pi.page("/desk/").select_one("form.language [name=csrf_token]")["value"]
    answer = pi.post("/auth/language", data={"csrf_token": token, "locale": "en", "next": "/desk/"})
    assert answer.status_code == 303
    assert pi.page("/desk/").html["lang"] == "en"


def test_error_pages_keep_the_frame(anonymous, as_):
    page = anonymous.page("/public/nothing-here", status=404)
    assert page.select_one("nav.site-nav") and page.select_one("h1")
    assert as_("pi1").page("/admin/journal", status=403).select_one("h1")


@pytest.mark.nodb
def test_labels_are_words_for_every_verb_of_the_tables():
    verbs = {verb for life in navigation.LIFECYCLES.values() for (_state, verb) in life.table}
    assert verbs <= set(navigation.VERBS), sorted(verbs - set(navigation.VERBS))


def lists_of(app, client) -> dict[str, str]:
    """The addresses (by endpoint) of lists that answer this person: pages without ids and without a form to send."""
    found = {}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        plain = not rule.arguments and rule.methods == {"GET", "HEAD", "OPTIONS"} and not rule.rule.endswith((".xlsx", ".docx", ".pdf")) and rule.endpoint != "static"
        if plain and view.allowed["GET"] != PUBLIC and rule.endpoint not in NOT_LISTS and client.get(rule.rule).status_code == 200:
            found[rule.endpoint] = rule.rule
    return found


@pytest.mark.parametrize("account", EVERYBODY)
def test_every_list_is_two_clicks_away(account, as_, app, user):
    client = as_(account)
    person = user(account)
    wanted = lists_of(app, client)
    if not any(person.can(word) for word in (navigation.Do.COUNCILS_SIT, navigation.Do.COUNCILS_RUN, navigation.Do.COUNCILS_READ)):
        wanted.pop("councils.index", None)  # open to guests of a session who get its address; else it is empty
    if not person.can(navigation.Do.IDEAS_DRAFT) and not person.can(navigation.Do.IDEAS_READ):
        wanted = {e: url for e, url in wanted.items() if e not in ("ideas.index", "proposals.index")}  # may own none and sees none
    seen = {a["href"].partition("?")[0] for a in client.page("/desk/").select("a[href]")}
    for url in sorted(seen & set(wanted.values())):
        seen |= {a["href"].partition("?")[0] for a in client.page(url).select("a[href]")}
    assert not {e for e, url in wanted.items() if url not in seen}, f"{account} reaches these by no link"


@pytest.mark.parametrize("account", EVERYBODY)
def test_every_list_that_is_shown_opens(account, as_):
    client = as_(account)
    links = client.page("/desk/lists").select("main a[href]")
    assert links
    for link in links:
        client.page(link["href"])


def test_the_bar_is_for_each_role(as_):
    named = {account: [a.text for a in as_(account).page("/desk/").select(".nav-wide a")] for account in ("registry", "finance", "pi1", "auditor", "host1", "agency1")}
    assert "Sổ văn bản" in named["registry"] and "Kinh phí" in named["finance"] and "Hồ sơ" in named["pi1"]
    assert "Hồ sơ" in named["host1"] and "Kế hoạch" in named["agency1"], "who manages a host signs dossiers, who orders follows the plan"
    assert all(labels[-1] == "Tất cả danh sách" for labels in named.values())


def test_heads_of_every_export_are_vietnamese(app, as_):
    """No head of a spreadsheet stands in English when the page is Vietnamese."""
    client, exports = as_("officer"), [r.rule for r in app.url_map.iter_rules() if r.rule.endswith(".xlsx") and not r.arguments]
    assert len(exports) > 8
    labels = {c.value for c in ast_labels()}
    with app.test_request_context(), force_locale("vi"):
        english = {label for label in labels if gettext(label) != label} - {gettext(label) for label in labels}
    auditor = as_("auditor")
    for url in exports:
        answer = (auditor if url.startswith("/admin/") and "questionnaires" not in url else client).get(url)
        assert answer.status_code == 200, url
        heads = [cell.value for cell in next(load_workbook(BytesIO(answer.data)).active.iter_rows(max_row=1))]
        assert heads and not english & set(heads), (url, heads)


@cache
def calls_by_name() -> dict[str, list[tuple[Path, ast.Call]]]:
    """Every call of a method or function in the code, by its name: read once."""
    found: dict[str, list[tuple[Path, ast.Call]]] = {}
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                found.setdefault(getattr(node.func, "attr", getattr(node.func, "id", "")), []).append((path, node))
    return found


def calls_in_the_code(*names: str):
    """Every call of a method or function of these names in the code."""
    return [call for name in names for call in calls_by_name().get(name, ())]


def ast_labels():
    """The msgids of columns: the second argument of every Column(...)."""
    for _path, call in calls_in_the_code("Column"):
        if len(call.args) > 1 and isinstance(call.args[1], ast.Call) and call.args[1].args and isinstance(call.args[1].args[0], ast.Constant):
            yield call.args[1].args[0]


@pytest.mark.nodb
def test_labels_are_words_for_every_verb_written_in_the_code():
    """Each verb that some line hands to the journal or to a table of states, also by a choice between two, has a label."""
    missing = set()
    for path, call in calls_in_the_code("record", "begin", "advance"):
        if len(call.args) < 2 or "demo" in path.parts:
            continue
        found = {n.value for n in ast.walk(call.args[1]) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        missing |= {f"{path.name}:{call.lineno} {verb}" for verb in found - set(navigation.VERBS)}
    for path, function, place in passing_a_verb_on():
        for _path, call in calls_in_the_code(function):
            handed = [*call.args[place : place + 1], *(k.value for k in call.keywords if k.arg == "verb")]
            missing |= {f"{path.name} {a.value}" for a in handed if isinstance(a, ast.Constant) and a.value not in navigation.VERBS}
    assert not missing, sorted(missing)


def passing_a_verb_on():
    """(file, function, place of the argument) of functions of rooms that take the verb as an argument and hand it to the journal."""
    for path in sorted(ROOT.glob("s*/*/**/actions*/*.py")) + sorted(ROOT.glob("s*/*/actions.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and "verb" in {a.arg for a in (*node.args.args, *node.args.kwonlyargs)}:
                yield path, node.name, [*(a.arg for a in node.args.args), "verb"].index("verb")
