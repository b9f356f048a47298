"""Every form of dossiers, accounts and openings, with every nasty value in every field: an answer below 500, and what was typed is kept.

The short run takes a part by a printed seed (FUZZ_SEED repeats one), the deep run all.
"""

from __future__ import annotations

import io
import os
import random
import secrets
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from app.across.demo.cast import DOMAIN
from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import ideas as idea_plays
from app.across.demo.plays import opening as opening_plays
from app.across.demo.plays import proposals as plays
from app.services.similarity import texts
from app.stages.calls import queries as calls
from app.stages.proposals import checklist, queries, work
from tests.support.browser import values_of
from tests.support.databases import PASSWORD
from tests.support.nasty import VALUES
from tests.support.stopped import Committed, Plain

DAY = timedelta(days=1)
SHORT = 90
KEPT = "Chữ này phải còn nguyên sau khi bị từ chối"
UNTOUCHED = {"csrf_token"}


@pytest.fixture
def world(db, cast, at, travel, now):
    """A draft of an open call; an opened call with a dossier to check, one that waits for its applicant, one refused; a call to open: {who: [address]}."""

    def published(title, n):
        topics = [idea_plays.approved_topic(cast, item="1.8", title=f"{title} {i}", at=at - 60 * DAY) for i in range(n)]
        return topics

    past = call_plays.published_call(cast, topics=published("Đã mở", 3), at=at - 35 * DAY)
    places = calls.topics_of(past)
    came = [plays.submitted(cast, call_topic=place, at=at - 34 * DAY, pi=pi, host=host) for place, pi, host in zip(places, ("pi1", "pi3", "pi5"), ("host1", "host2", "host3"), strict=True)]
    call_plays.opened_call(cast, call=past, at=past.deadline + DAY)
    here = past.deadline + 2 * DAY
    travel.move_to(here)
    texts.work_through(here)
    opening_plays.asked(cast, proposal=queries.proposal_by_pid(came[0].public_id), at=here)
    plays.ineligible(cast, proposal=came[2], at=here)
    closed = call_plays.published_call(cast, topics=published("Sắp mở", 1), at=at - 36 * DAY)
    (place,) = calls.topics_of(call_plays.published_call(cast, topics=published("Đang nhận", 1), at=at))
    draft = plays.draft(cast, call_topic=place, at=here)
    sections = [s["code"] for s in work.form_of(draft).definition["sections"]]
    own, other = f"/proposals/{draft.public_id}", f"/proposals/{came[1].public_id}"
    asked = checklist.remedies_of(came[0])[0].public_id
    db.session.commit()
    return {
        "pi1": [f"{own}/general", f"{own}/team", *(f"{own}/team/{m.public_id}" for m in draft.team[:2]), f"{own}/new-investigator", f"{own}/give/budget", f"{own}/comments?place=budget",
                f"{own}/products", f"{own}/products/{draft.products[0].public_id}", f"{own}/uses", f"{own}/plan", f"{own}/plan/{draft.milestones[0].public_id}", f"{own}/spending",
                f"{own}/budget", f"{own}/budget/lines", f"{own}/budget/edit", f"{own}/files", f"{own}/work-word", f"{own}/copy", f"{own}/submit", f"{own}/withdraw",
                *(f"{own}/work/{s}" for s in sections), f"/proposals/remedies/{asked}", "/auth/password", "/profile/edit"],
        "host1": [f"{own}/sign-off", f"{own}/send-back"],
        "officer": [f"{other}/check", f"{other}/remedy", f"{other}/similar/proposal/{came[0].public_id}", f"/calls/{closed.public_id}/open", f"/proposals/remedies/{asked}/take-back"],
        "officer2": [f"/proposals/{came[2].public_id}/reinstate"],
        "admin": ["/admin/users/new"],
        "": ["/auth/login", "/auth/sign-up", "/auth/forgotten"],
    }  # fmt: skip


@pytest.fixture
def signed_in(app, world, monkeypatch, db):
    """{who: browser}"""
    db.session.rollback()
    monkeypatch.setattr(app, "test_client_class", Plain)
    found = {}
    for who in world:
        found[who] = made = app.test_client()
        if who:
            form = BeautifulSoup(made.get("/auth/login").data, "html.parser").select_one("main form")
            assert made.post("/auth/login", data=values_of(form) | {"email": f"{who}@{DOMAIN}", "password": PASSWORD}).status_code == 303
    return found


def forms_of(client, url):
    """(address, what a browser would send, names of all fields, names of text fields, names of files) of every form of a page."""
    answer = client.get(url)
    assert answer.status_code == 200, f"{url} answered {answer.status_code}: a page that is not there is not tried"
    for form in BeautifulSoup(answer.data, "html.parser").select("main form[method=post]"):
        controls = form.select("input[name], textarea[name], select[name]")
        texts_in = [c["name"] for c in controls if c.name == "textarea" or (c.name == "input" and c.get("type", "text") == "text" and not c.get("inputmode"))]
        yield ((form.get("action") or url).split("#")[0], values_of(form), sorted({c["name"] for c in controls} - UNTOUCHED), texts_in,
               {c["name"] for c in controls if c.get("type") == "file"})  # fmt: skip


def cases(world, signed_in):
    """(who, address, what is sent, which field, which value): every field of every form with every value, and its shape broken."""
    for who, urls in world.items():
        for url in urls:
            for address, values, names, typed, uploads in forms_of(signed_in[who], url):
                for name in names:
                    for value in VALUES:
                        yield who, address, values, name, value, typed, uploads
                    for shape in ("missing", "twice", "many", "file"):
                        yield who, address, values, name, shape.encode(), typed, uploads


def sent(values, name, value, typed, uploads):
    """The form with this value in that field, and a text in another field that must not be lost (its name, or None)."""
    data = {n: v for n, v in values.items() if n not in uploads} | {"once": secrets.token_hex(8)}
    kept = next((n for n in typed if n != name), None)
    if kept is not None:
        data[kept] = KEPT
    if value == b"missing":
        data.pop(name, None)
    elif value == b"twice":
        data[name] = ["một", "hai"]
    elif value == b"many":
        data[name] = [str(n) for n in range(300)]
    elif value == b"file" or name in uploads:
        text = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
        data[name] = (io.BytesIO(text), "tên\u202ela\u0301.pdf")
    else:
        data[name] = value.encode("utf-8", "surrogatepass")
    return data, kept


def send(client, address, data, stopped):
    """(status, page); 303 when the act would have been done."""
    stopped[0] = True
    try:
        many = any(isinstance(v, tuple) for v in data.values())
        answer = client.post(address, data=data, content_type="multipart/form-data" if many else None)
    except Committed:
        return 303, ""
    finally:
        stopped[0] = False
    return answer.status_code, answer.get_data(as_text=True)


def faults(found, signed_in, stopped):
    wrong, refused = [], 0
    for who, address, values, name, value, typed, uploads in found:
        data, kept = sent(values, name, value, typed, uploads)
        status, page = send(signed_in[who], address, data, stopped)
        told = f"{who or 'visitor'} {address} {name}={value[:24]!r}: {status}"
        if status >= 500:
            wrong.append(told)
        elif status in (409, 422):
            refused += 1
            if kept is not None and KEPT not in page and "text/html" and "<form" in page:
                wrong.append(f"{told}: what was typed in {kept} is lost")
    return wrong, refused


def test_some_nasty_values(world, signed_in, stopped):
    seed = int(os.environ.get("FUZZ_SEED") or secrets.randbits(31))
    everything = list(cases(world, signed_in))
    chosen = random.Random(seed).sample(everything, SHORT)
    wrong, refused = faults(chosen, signed_in, stopped)
    print(f"seed {seed}: {len(chosen)} of {len(everything)} cases, {refused} refused")
    assert len(everything) > 5000
    assert not wrong, f"FUZZ_SEED={seed}\n" + "\n".join(wrong)


@pytest.mark.deep
def test_every_nasty_value(world, signed_in, stopped):
    wrong, refused = faults(cases(world, signed_in), signed_in, stopped)
    print(f"{refused} refused")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("body", [b"", b"--x", b"--x\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\nx\r\n--x--", b"--x\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nhalf",
                                  b"\x00\xff" * 500, b"--x\r\nContent-Disposition: form-data; name=\"\xff\xfe\"; filename=\"\x00\"\r\n\r\nx\r\n--x--\r\n",
                                  b"".join(b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n' % n for n in range(3000)) + b"--x--\r\n"])  # fmt: skip
def test_a_malformed_multipart_is_refused(world, signed_in, body):
    for content_type in ("multipart/form-data; boundary=x", "multipart/form-data", "application/x-www-form-urlencoded; charset=utf-7"):
        answer = signed_in["pi1"].post(world["pi1"][0], data=body, content_type=content_type)
        assert 400 <= answer.status_code < 500


def test_the_text_that_word_leaves_behind_is_read(db, world, signed_in):
    client, url = signed_in["pi1"], world["pi1"][0]
    address, values, _names, _typed, _uploads = next(forms_of(client, url))
    pasted = {"title": "Quy tri\u0300nh\x0b kỹ\u00a0thuật", "aim": "Dòng một\x0b\x0cDòng hai\x07\r\nDòng ba", "duration_months": "12"}
    assert client.post(address, data=values | pasted).status_code == 303
    row = queries.proposal_by_pid(url.split("/")[2])
    assert row.title == "Quy trình kỹ thuật" and not set(row.aim) & {chr(n) for n in range(32) if n != 10} and row.aim.splitlines() == ["Dòng một", "", "Dòng hai ", "Dòng ba"], "lines of Word stay lines"
