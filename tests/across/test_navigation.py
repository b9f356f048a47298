"""What surrounds every page: the menu by role, history in words, the error pages."""

from __future__ import annotations

import pytest

from app.across import navigation


@pytest.mark.parametrize("account", ["admin", "officer", "leader", "finance", "registry", "auditor", "agency1", "pi1", "host1", "member1"])
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
