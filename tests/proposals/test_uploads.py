"""Files in pieces: every step may be repeated, a lost line costs one piece, nobody else may join in."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta

import pytest

from app.across.demo.plays import proposals as plays
from app.services.files import queries as files
from app.services.files import store, uploads
from app.services.files.models import Upload
from app.stages.proposals import actions, queries
from tests.support.browser import values_of


@pytest.fixture
def url(db, cast, called, now):
    row = actions.start(called("Hệ thống tưới tự động")[0], host=cast.org("host1"), by=cast["pi1"], at=now)
    db.session.commit()
    return f"/proposals/{row.public_id}"


def big(n=3):
    """A PDF of some pieces."""
    return plays.small_pdf("x").replace(b"%PDF-1.4\n", b"%PDF-1.4\n%" + bytes(range(40, 120)) * (n * uploads.PIECE // 80) + b"\n", 1)


class Browser:
    """What upload.js does, one step at a time."""

    def __init__(self, client, url):
        self.client, self.url = client, url
        self.token = values_of(client.page(f"{url}/files").select("main form")[-1])["csrf_token"]

    def post(self, url, **fields):
        return self.client.post(url, data={"csrf_token": self.token, **fields})

    def begin(self, content, name="Tài liệu.pdf", kind="other", **more):
        sha = hashlib.sha256(content).hexdigest()
        return self.post(f"{self.url}/uploads", name=name, size=str(len(content)), kind=kind, sha256=sha, **more)

    def piece(self, pid, content, start, length=uploads.PIECE):
        return self.post(f"{self.url}/uploads/{pid}", start=str(start), piece=(io.BytesIO(content[start : start + length]), "piece"))

    def finish(self, pid):
        return self.post(f"{self.url}/uploads/{pid}/finish")

    def whole(self, content, **more):
        pid = self.begin(content, **more).json["upload"]
        for start in range(0, len(content), uploads.PIECE):
            assert self.piece(pid, content, start).status_code == 200
        return pid, self.finish(pid)


def of(db, url):
    db.session.rollback()
    return files.of(queries.proposal_by_pid(url.rsplit("/", 1)[1]))


def test_from_the_first_piece_to_the_file(db, as_, url):
    content = big()
    _pid, answer = Browser(as_("pi1"), url).whole(content)
    assert answer.json == {"done": f"{url}/files"}
    assert [(a.filename, a.sha256) for a in of(db, url)] == [("Tài liệu.pdf", hashlib.sha256(content).hexdigest())]


def test_every_step_again_changes_nothing(db, as_, url):
    content, browser = big(), Browser(as_("pi1"), url)
    pid = browser.begin(content).json["upload"]
    assert browser.begin(content).json["upload"] == pid
    assert [browser.piece(pid, content, 0).json["at"] for _again in range(2)] == [uploads.PIECE] * 2
    assert browser.piece(pid, content, uploads.PIECE // 2).json["at"] == uploads.PIECE * 3 // 2, "what overlaps is joined"
    for start in range(0, len(content), uploads.PIECE):
        browser.piece(pid, content, start)
    assert browser.finish(pid).json == browser.finish(pid).json == {"done": f"{url}/files"}
    assert len(of(db, url)) == 1 and browser.client.get(f"{url}/uploads/{pid}").json["done"]


def test_after_a_reload_it_goes_on_where_it_was(db, as_, url):
    content = big()
    pid = Browser(as_("pi1"), url).begin(content).json["upload"]
    Browser(as_("pi1"), url).piece(pid, content, 0)
    client = as_("pi1")
    page = client.page(f"{url}/files").text
    assert "Tài liệu.pdf" in page and "%" in page
    told = Browser(client, url).begin(content).json
    assert (told["upload"], told["at"]) == (pid, uploads.PIECE)


def test_a_piece_that_does_not_join_on_is_told_where_to_go_on(as_, url):
    content, browser = big(), Browser(as_("pi1"), url)
    pid = browser.begin(content).json["upload"]
    answer = browser.piece(pid, content, uploads.PIECE)
    assert (answer.status_code, answer.json["at"]) == (409, 0)
    browser.piece(pid, content, 0)
    other = browser.piece(pid, b"z" * 100, 0)
    assert (other.status_code, other.json["at"]) == (409, uploads.PIECE)
    beyond = browser.post(f"{url}/uploads/{pid}", start=str(uploads.PIECE), piece=(io.BytesIO(b"z" * uploads.PIECE), "p"))
    assert beyond.status_code == 200
    assert browser.piece(pid, b"y" * (len(content) + 5), 2 * uploads.PIECE, uploads.PIECE).status_code in (200, 409)


def test_unfinished_is_no_file(db, as_, url):
    content, browser = big(), Browser(as_("pi1"), url)
    pid = browser.begin(content).json["upload"]
    browser.piece(pid, content, 0)
    answer = browser.finish(pid)
    assert answer.status_code == 422 and answer.json["refused"] and not of(db, url)


def test_what_may_not_come_in_is_no_broken_off_upload(db, as_, url):
    client = as_("pi1")
    pid, answer = Browser(client, url).whole(b"MZ" + plays.small_pdf("x"))
    assert answer.status_code == 422 and "không khớp" in answer.json["refused"] and not of(db, url)
    page = client.page(f"{url}/files")
    assert pid not in str(page) and "dở dang" not in page.text and store.part_size(pid) == 0, "nobody is asked to send the rest of it"


def test_what_arrived_damaged_is_sent_anew(app, db, as_, url):
    content, browser = big(1), Browser(as_("pi1"), url)
    pid = browser.begin(content).json["upload"]
    broken = content[:50] + b"?" + content[51:]
    for start in range(0, len(broken), uploads.PIECE):
        browser.piece(pid, broken, start)
    assert browser.finish(pid).status_code == 422 and store.part_size(pid) == 0 and not of(db, url)
    for start in range(0, len(content), uploads.PIECE):
        browser.piece(pid, content, start)
    assert browser.finish(pid).status_code == 200 and len(of(db, url)) == 1


@pytest.mark.parametrize(("more", "content"), [
    ({"name": "a.exe"}, b"x" * 10), ({"kind": "nothing"}, b"x" * 10), ({"name": "a.xlsx", "kind": "pi_cv"}, b"x" * 10), ({"name": "a.pdf"}, b""),
])  # fmt: skip
def test_what_would_be_refused_is_refused_before_it_is_sent(as_, url, more, content):
    answer = Browser(as_("pi1"), url).begin(content, **more)
    assert answer.status_code == 422 and answer.json["refused"]


@pytest.mark.parametrize("size", ["-1", "1e9", "99999999999999999999", str(26 * 2**20), "x", ""])
def test_impossible_sizes(as_, url, size):
    browser = Browser(as_("pi1"), url)
    assert browser.post(f"{url}/uploads", name="a.pdf", size=size, kind="other").status_code == 422


def test_nobody_else_joins_in(db, cast, as_, url):
    content, browser = big(), Browser(as_("pi1"), url)
    pid = browser.begin(content).json["upload"]
    for who in ("pi3", "officer", "host1", "member1"):
        client = as_(who)
        token = values_of(client.page("/auth/password").select("main form")[-1]).get("csrf_token")
        for tail, fields in (("", {}), ("/finish", {}), ("/drop", {})):
            answer = client.post(f"{url}/uploads/{pid}{tail}", data={"csrf_token": token, "start": "0", **fields})
            assert answer.status_code in (403, 404), (who, tail)
        assert client.get(f"{url}/uploads/{pid}").status_code in (403, 404)
    mate = as_("pi2")  # not of the team
    assert mate.get(f"{url}/uploads/{pid}").status_code == 404
    assert browser.client.get(f"/proposals/{'0' * 26}/uploads/{pid}").status_code == 404, "not under the address of another"


def test_one_that_ends_after_the_deadline_stays_out(db, as_, url, travel):
    content, browser = big(), Browser(as_("pi1"), url)
    pid = browser.begin(content).json["upload"]
    deadline = queries.proposal_by_pid(url.rsplit("/", 1)[1]).call_topic.call.deadline
    db.session.rollback()
    travel.move_to(deadline - timedelta(minutes=1))
    browser = Browser(as_("pi1"), url)
    for start in range(0, len(content), uploads.PIECE):
        browser.piece(pid, content, start)
    travel.move_to(deadline + timedelta(milliseconds=1))
    answer = browser.finish(pid)
    assert answer.status_code == 409 and answer.json["refused"] and not of(db, url)


def test_replaced_by_a_new_version_with_the_old_kept(db, cast, as_, url, called):
    pi = as_("pi1")
    Browser(pi, url).whole(plays.small_pdf("one"), name="Bản 1.pdf")
    first = of(db, url)[0]
    link, pid = f"/files/{first.public_id}", first.public_id
    Browser(pi, url).whole(plays.small_pdf("two"), name="Bản 2.pdf", replaces=pid)
    now = of(db, url)
    assert [(a.filename, a.number) for a in now] == [("Bản 2.pdf", 2)]
    page = pi.page(f"{url}/files").text
    assert "Bản 1.pdf" in page and pi.get(link).data == plays.small_pdf("one")
    assert as_("host1").get(link).status_code == 404, "the earlier version is the team's"
    pi.submit(f"{url}/files", {"kind": "other", "replaces": now[0].public_id, "file": (io.BytesIO(plays.small_pdf("three")), "Bản 3.pdf")})
    assert [(a.filename, a.number) for a in of(db, url)] == [("Bản 3.pdf", 3)]


def test_only_so_many_of_one_document(db, as_, url):
    browser = Browser(as_("pi1"), url)
    for n in range(3):
        assert browser.whole(plays.small_pdf(f"cv {n}"), kind="pi_cv")[1].status_code == 200
    assert browser.begin(plays.small_pdf("cv 4"), kind="pi_cv").status_code == 422
    page = browser.client.submit(f"{url}/files", {"kind": "pi_cv", "file": (io.BytesIO(plays.small_pdf("x")), "x.pdf")}, status=422)
    assert "field-error" in page.text


def test_a_person_has_room_for_so_much(db, as_, url, monkeypatch):
    usual = uploads.actions.rulebook.values
    monkeypatch.setattr(uploads.actions.rulebook, "values", lambda keys, on: usual(keys, on=on) | ({"files.max_person_bytes": 1500} if "files.max_person_bytes" in keys else {}))
    browser = Browser(as_("pi1"), url)
    assert browser.whole(plays.small_pdf("one"))[1].status_code == 200
    answer = browser.begin(b"x" * 1400)
    assert answer.status_code == 422 and "MB" in answer.json["refused"]


def test_a_full_disk_takes_no_file_and_everything_else_goes_on(db, as_, url, monkeypatch):
    pi = as_("pi1")
    Browser(pi, url).whole(plays.small_pdf("one"))
    monkeypatch.setattr(store, "room", lambda: (10**12, 10**9))
    assert Browser(pi, url).begin(plays.small_pdf("two")).status_code == 503
    assert "field-error" in pi.submit(f"{url}/files", {"kind": "other", "file": (io.BytesIO(plays.small_pdf("x")), "x.pdf")}, status=503).text
    assert pi.get(f"/files/{of(db, url)[0].public_id}").status_code == 200


def test_what_broke_off_is_swept_away(db, as_, url, now):
    content, browser = big(), Browser(as_("pi1"), url)
    pid = browser.begin(content).json["upload"]
    browser.piece(pid, content, 0)
    done, _answer = browser.whole(plays.small_pdf("one"))
    uploads.sweep(now + timedelta(hours=23))
    assert store.part_size(pid) and not store.part_size(done)
    uploads.sweep(now + timedelta(hours=25))
    assert not store.uploads_here() and db.session.query(Upload).count() == 0


def test_dropped_by_hand(db, as_, url):
    content, browser = big(), Browser(as_("pi1"), url)
    pid = browser.begin(content).json["upload"]
    browser.piece(pid, content, 0)
    browser.client.submit(f"{url}/files", form=f"/uploads/{pid}/drop")
    db.session.rollback()
    assert not store.part_size(pid) and db.session.query(Upload).count() == 0
