"""The search: the same answers on both databases, with and without diacritics; nobody is told of what they may not see."""

from __future__ import annotations

import pytest
from flask_login import AnonymousUserMixin
from sqlalchemy import select

from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import ideas as idea_plays
from app.across.demo.plays import proposals as plays
from app.across.search import pushing, queries
from app.across.search.models import SearchEntry
from app.across.search.queries import Asker, Chosen
from app.across.search.remedies import remedy
from app.across.search.rules import (
    for_postgresql,
    for_sqlite,
    marked,
    question_of,
    snippet,
)
from app.kernel import clock
from app.kernel.db import db as database
from app.services.people import actions as people
from app.services.people.models import Organisation, OrganisationName
from app.services.people.rules import OrganisationKind
from app.stages.calls import queries as calls
from tests.funding import factories
from tests.similarity.test_similarity import DAY

WORK = '"Thái Lan và Ấn Độ"'  # of every work description of the demonstration
CANARY = "Xyloglucanat trong hồ sơ niêm phong"
TITLES = (
    "Nghiên cứu sản xuất giống thanh long ruột đỏ sạch bệnh tại huyện Châu Thành",
    "Ứng dụng công nghệ thông tin trong quản lý hợp tác xã nông nghiệp",
    "Xây dựng mô hình nuôi cá tra thâm canh vùng Đồng Tháp Mười",
    "Giải pháp phòng chống sạt lở bờ sông Vàm Cỏ Đông",
    "Kỹ thuật bảo quản chanh không hạt sau thu hoạch",
    "Bảo tồn nghệ thuật đờn ca tài tử trên địa bàn tỉnh",
)
ODD = ("", " ", "%", '"', '""', "(", "'", "NEAR(a b)", "*", "-", "a AND", "{title_words}: x", "\\", "của", "\x00", "a" * 10_000, "x " * 5000, "' OR 1=1 --", "& | !", "<->", ":*", "\ud800")


@pytest.fixture
def six(cast, at):
    """Six projects, by the number of their decision."""
    rows = [factories.project(cast, at - DAY * (60 + n), title=title, number=f"1{n}/QĐ-UBND") for n, title in enumerate(TITLES)]
    database.session.commit()
    return rows


def ask(user, said, **chosen):
    return queries.search(question_of(said), Asker(user, clock.today()), Chosen(**chosen))


def titles(answer, kind="project"):
    return [h.row.title for h in answer.hits if h.row.kind == kind]


# --- pure -----------------------------------------------------------------------------------------------------


@pytest.mark.nodb
def test_a_question_is_cut_into_terms():
    assert question_of('thanh long "Đồng Tháp"').terms == (("dong", "thap"), ("thanh",), ("long",))
    assert question_of("12/QĐ-UBND").terms == (("12", "qd", "ubnd"),) and question_of(" 12/qđ-ubnd ").key == "12/qd-ubnd"
    assert question_of("CNTT").terms == (("cong", "nghe", "thong", "tin"),)
    assert question_of("kĩ thuật").terms == question_of("KỸ THUẬT").terms == (("ki",), ("thuat",))


@pytest.mark.nodb
@pytest.mark.parametrize("said", ODD)
def test_nothing_typed_is_an_operator(said):
    question = question_of(said)
    assert all(w.isalnum() for w in question.words)
    if question.terms:
        assert for_sqlite(question.terms).count('"') % 2 == 0 and for_postgresql(question.terms).count("'") % 2 == 0


@pytest.mark.nodb
def test_what_was_searched_is_marked_as_it_is_written():
    assert marked(TITLES[0], (("thanh", "long"), ("do",))) == [("Nghiên cứu sản xuất giống ", False), ("thanh long", True), (" ruột ", False), ("đỏ", True), (" sạch bệnh tại huyện Châu Thành", False)]
    assert ("Đồng Tháp", True) in snippet("Vùng rộng lớn. " * 40 + TITLES[2], (("dong", "thap"),))
    assert snippet("không có gì", (("thanh",),)) == []


# --- the same on both databases -------------------------------------------------------------------------------

TWENTY = [
    ("thanh long", 0), ("THANH LONG RUOT DO", 0), ("thanh long ruột đỏ", 0), ('"ruột đỏ sạch bệnh"', 0), ("châu thành giống", 0),
    ("công nghệ thông tin", 1), ("CNTT", 1), ("htx", 1), ("cntt hop tac xa", 1), ("Đồng Tháp", 2), ("dong thap", 2), ("ĐỒNG THÁP MƯỜI", 2), ("ca tra", 2),
    ("sat lo bo song", 3), ('"vàm cỏ đông"', 3), ("kĩ thuật chanh", 4), ("kỹ thuật bảo quản", 4), ("đờn ca", 5), ("don ca tai tu", 5), ("13/QĐ-UBND", 3),
    ("13/qd-ubnd", 3), ("10/QĐ-UBND", 0),
]  # fmt: skip


@pytest.mark.parametrize("said, first", TWENTY)
def test_what_comes_first(six, user, said, first):
    answer = ask(user("officer"), said)
    kind = "topic" if "/" in said else "project"  # the numbers are those of the decisions on topics
    assert titles(answer, kind)[0] == TITLES[first] and answer.hits[0].rank <= (0 if "/" in said else 4)


@pytest.mark.parametrize("said", ['"đỏ ruột"', "thanh long cá tra", '"sông Đông"', "99/QĐ-UBND", "xyz"])
def test_what_is_not_there_is_not_found(six, user, said):
    assert titles(ask(user("officer"), said)) == []


def test_the_code_comes_before_whatever_else_holds_it(six, user):
    code = six[4].code
    assert titles(ask(user("officer"), code))[0] == TITLES[4] and ask(user("officer"), code).hits[0].rank == 0
    assert titles(ask(user("officer"), code.lower()))[0] == TITLES[4]


@pytest.mark.parametrize("said, meant", [("thanh lnog", "thanh long"), ("thanhlong", "thanh long"), ("sạtt lở", "sạt lở"), ("bao tonn nghe thuat", "bảo tồn nghệ thuật"), ('"long thanh"', "long thanh")])
def test_what_was_meant_is_searched_instead(six, user, said, meant):
    asker = Asker(user("officer"), clock.today())
    assert not queries.search(question_of(said), asker, Chosen()).hits
    found = remedy(question_of(said), asker)
    assert found.said == meant and queries.search(found.question, asker, Chosen()).hits


def test_titles_are_suggested_while_one_types(six, user):
    asker = Asker(user("officer"), clock.today())
    assert [h.row.title for h in queries.suggestions(question_of("thanh lo"), asker)][:1] == [TITLES[0]]
    assert queries.suggestions(question_of("t"), asker) == []


def test_facets_count_what_fits_the_others(six, user):
    whole = ask(user("officer"), "ubnd")
    assert whole.counted["kind"]["project"] == 6
    one = ask(user("officer"), "ubnd", kind="project")
    assert len(one.hits) == 6 and sum(one.counted["state"].values()) == 6 and one.counted["kind"] == whole.counted["kind"]
    assert not ask(user("officer"), "ubnd", kind="project", year="1999").hits


@pytest.mark.parametrize("said", ODD)
def test_odd_questions_are_answered(six, user, anonymous, as_, said):
    for client in (anonymous, as_("pi1")):
        assert client.get("/search", query_string={"q": said.encode("utf-8", "ignore"), "page": "-1", "kind": "%", "year": "²³", "sector": "'", "state": "x"}).status_code == 200
        assert client.get("/search/suggest", query_string={"q": said.encode("utf-8", "ignore")}).status_code == 200


# --- who may see ------------------------------------------------------------------------------------------------


def test_nobody_is_told_of_a_sealed_dossier(cast, at, travel, user, as_, anonymous):
    """Neither by a hit, nor a count, a facet, a suggestion or what may have been meant; in the title and in the work description."""
    topic = idea_plays.approved_topic(cast, item="1.8", title="Chủ đề công khai", at=at)
    call = call_plays.published_call(cast, topics=[topic], at=at + DAY * 25)
    row = plays.submitted(cast, call_topic=calls.topics_of(call)[0], at=at + DAY * 26, title=CANARY)
    database.session.commit()
    travel.move_to(at + DAY * 27)
    for said in ("xyloglucanat", WORK):
        assert [h.row.title for h in ask(user("pi1"), said).hits] == [CANARY]
    for who in ("officer", "leader", "province", "auditor", "finance", "registry", "pi3", "host3", "member1", "admin", None):
        person = user(who) if who else _visitor()
        asker = Asker(person, clock.today())
        for said in ("xyloglucanat", WORK, "niêm phong", row.public_id):
            answer = queries.search(question_of(said), asker, Chosen())
            assert not answer.hits and not any(answer.counted.values()) and not answer.more, who
        assert not queries.suggestions(question_of("xylog"), asker)
        for misspelt in ("xyloglucanatt", "thái laan và ấn độ", "niem phongg", "xyloglucanattronghoso"):
            assert remedy(question_of(misspelt), asker) is None, (who, misspelt)
        client = as_(who) if who else anonymous
        page = client.get("/search?q=xyloglucanatt").get_data(as_text=True) + client.get("/search/suggest?q=xylog").get_data(as_text=True)
        assert CANARY not in page and "niêm" not in page
    call_plays.opened_call(cast, call=row.call_topic.call)
    database.session.commit()
    assert [h.row.title for h in ask(user("officer"), "xyloglucanat").hits] == [CANARY] == [h.row.title for h in ask(user("officer"), WORK).hits]
    assert not ask(user("pi3"), "xyloglucanat").hits and not ask(_visitor(), "xyloglucanat").hits


def _visitor():
    return AnonymousUserMixin()


def test_visitors_find_public_words_only(six, user, anonymous):
    six[0].title = "Đề tài mang tên khác"
    database.session.commit()
    assert titles(ask(_visitor(), "tên khác")) == ["Đề tài mang tên khác"]
    assert {h.source.endpoint for h in ask(_visitor(), "chanh không hạt").hits if h.row.kind == "project"} == {"portal.project"}
    for said in ("officer", "pi1@demo.vamco.test", "Nguyễn"):
        assert not [h for h in ask(_visitor(), said).hits if h.row.kind in ("person", "organisation", "idea", "proposal", "council", "topic", "agreement")]
    page = anonymous.page("/search?q=thanh+long")
    assert page.select_one("h1") and page.select_one("form.head-search input")


def test_people_are_found_by_who_may_read_them(cast, user):
    name = user("pi1").name
    assert "person" in {h.row.kind for h in ask(user("officer"), name).hits}
    for who in ("pi2", "member1", "finance", "registry", "host1"):
        assert "person" not in {h.row.kind for h in ask(user(who), name).hits} and "organisation" not in {h.row.kind for h in ask(user(who), "trường").hits}


def test_one_counts_what_one_sees(six, user):
    """Of six projects an investigator has some, and is told of the others as a visitor is: once each."""
    answer = ask(user("pi1"), "ubnd", kind="project")
    assert len(titles(answer)) == len(set(titles(answer))) == 6 == answer.counted["kind"]["project"]


# --- the index --------------------------------------------------------------------------------------------------


def test_the_index_follows_what_is_written(six, user, at):
    six[0].title = "Trồng sen lấy hạt"
    database.session.commit()
    assert titles(ask(user("officer"), "trồng sen"))[0] == "Trồng sen lấy hạt"
    body = database.session.scalars(select(Organisation).limit(1)).one()
    old = body.name
    people.rename_organisation(body, "Viện Bồ câu đưa thư", on=clock.today(), by=user("admin"), at=at)
    database.session.commit()
    assert [h.row.title for h in ask(user("officer"), "bồ câu").hits if h.row.kind == "organisation"] == ["Viện Bồ câu đưa thư"]
    assert [h for h in ask(user("officer"), f'"{old}"').hits if h.row.kind == "organisation"]
    assert list(pushing.faults()) == []


def test_a_rebuilt_index_is_the_same(six, app):
    def rows():
        return sorted(tuple(row) for row in database.session.execute(select(SearchEntry.kind, SearchEntry.is_public, SearchEntry.subject_pid, SearchEntry.title_words, SearchEntry.codes)))

    assert list(pushing.faults()) == [*pushing.faults()] == []
    before = rows()
    pushing.rebuild()
    assert rows() == before
    database.session.execute(SearchEntry.__table__.update().where(SearchEntry.subject_pid == six[0].public_id).values(title="Khác"))
    assert len(list(pushing.faults())) == 2
    database.session.commit()
    done = app.test_cli_runner().invoke(args=["search", "check"])
    assert done.exit_code == 1 and "not as it is" in done.output


def test_a_search_has_a_constant_number_of_queries(cast, at, user, count_queries):
    officer = user("officer")

    def page():
        asker = Asker(officer, clock.today())
        return queries.shown(queries.search(question_of("thanh long"), asker, Chosen()), 1, asker)

    for n in range(5):
        factories.project(cast, at - DAY * (60 + n), title=f"{TITLES[0]}, lần {n}", number=f"5{n}/QĐ-UBND")
        database.session.commit()
        if n == 0:
            few = count_queries(page)
    assert count_queries(page) == few <= 8


def test_savepoints_are_read_once_with_the_commit_and_what_they_took_back_stays(cast, six, at, monkeypatch):
    """An import makes a savepoint of each row: the index is written once for all, and a savepoint that is rolled back takes nothing out."""
    read = []
    put = pushing.put
    monkeypatch.setattr(pushing, "put", lambda source, ids: read.append(sorted(ids)) or put(source, ids))
    session = database.session
    for n in range(3):
        with session.begin_nested():
            people.add_organisation(f"Hợp tác xã Cây Sậy {n}", kind=OrganisationKind.COOPERATIVE, by=cast["officer"], at=at)
    gone = people.add_organisation("Trạm Cây Sậy", kind=OrganisationKind.OTHER, by=cast["officer"], at=at)
    session.commit()
    assert len(read) == len({tuple(ids) for ids in read}) == 1 and len(read[0]) == 4
    nested = session.begin_nested()
    for row in (*session.scalars(select(OrganisationName).where(OrganisationName.organisation_id == gone.id)), gone):
        session.delete(row)
        session.flush()
    nested.rollback()
    session.commit()
    assert list(pushing.faults()) == []
