"""Passages that two texts share: found whatever the order, the spelling and the headings; and how many planted copies are found, as figures."""

from __future__ import annotations

import random
import unicodedata

import pytest

from app.across.demo.seasons import TASKS
from app.services.similarity import texts
from app.services.similarity.cli import compare_texts
from app.services.similarity.models import WorkOverlap, WorkText
from app.services.similarity.passages import LEAST_RUN, around, prints, shared
from app.services.similarity.words import read_titles

A = ("Lắp đặt mười hai trạm đo độ mặn tại các cống đầu mối dọc sông Vàm Cỏ Tây. Số liệu ghi mười phút một lần và truyền về máy chủ của tỉnh. "
     "Hiệu chuẩn cảm biến bằng mẫu nước lấy tay vào đỉnh triều và chân triều của mỗi con nước rằm.")  # fmt: skip


def bare(text):
    parts = unicodedata.normalize("NFD", text)
    return "".join(c for c in parts if not unicodedata.combining(c)).replace("đ", "d").replace("Đ", "D")


def sentences(text):
    return [s.strip() for s in text.split(". ") if s.strip()]


@pytest.mark.nodb
@pytest.mark.parametrize("copy", [A, bare(A), A.upper(), unicodedata.normalize("NFD", A), ". ".join(reversed(sentences(A))), f"RESULTS AND DISCUSSION\n{A}\nREFERENCES"])
def test_the_same_words_are_found_whatever_their_dress(copy):
    assert shared(A, copy).share > 850


@pytest.mark.nodb
def test_other_words_share_nothing():
    other = "Xây dựng phần mềm quản lý hồ sơ bệnh án điện tử cho trạm y tế xã, liên thông với bảo hiểm xã hội và bệnh viện tuyến huyện trong toàn tỉnh."
    assert not shared(A, other).passages and shared("", A).share == 0 and shared(A, "").share == 0 and prints("một hai") == set()


@pytest.mark.nodb
def test_a_word_changed_does_not_end_a_passage_and_a_short_one_is_none():
    assert shared(A, A.replace("mười hai", "mười lăm").replace("máy chủ", "máy trạm")).share > 800
    assert not shared(A, " ".join(A.split()[: LEAST_RUN - 1])).passages


@pytest.mark.nodb
def test_words_of_the_order_count_for_nobody():
    order = sentences(A)[0]
    found = shared(A, A, known=order)
    assert found.mine < len(A.split()) and found.share <= 1000
    assert not shared(order, order, known=order).passages


@pytest.mark.nodb
def test_a_passage_is_shown_in_its_sentence():
    at = A.index("truyền về")
    before, there, behind = around(A, (at, at + len("truyền về máy chủ")))
    assert before.startswith("Số liệu ghi") and there == "truyền về máy chủ" and behind == " của tỉnh."


# --- planted copies, measured ----------------------------------------------------------------------------------

HEADINGS = ("Nội dung", "Phương pháp", "Cách tiếp cận")
TRANSLATED = {"Nội dung": "Research content", "Phương pháp": "Methodology", "Cách tiếp cận": "Approach"}
OTHERS = 240


def work(rng, titles, n=18):
    """A work description of its own: sentences made of pieces of real titles, three to five words each."""

    def piece():
        words = rng.choice(titles).split()
        length = rng.randint(3, 5)
        start = rng.randrange(max(len(words) - length, 1))
        return " ".join(words[start : start + length])

    lines = [", ".join(piece() for _ in range(rng.randint(4, 6))).replace(". ", " ") for _ in range(n)]
    return "\n".join(f"{h}\n" + ". ".join(s[0].upper() + s[1:] for s in lines[i :: len(HEADINGS)]) + "." for i, h in enumerate(HEADINGS))


def near_copy(rng, text, kind, titles):
    """Half of the sentences of a text in another dress, among sentences of its own."""
    kept = [s for part in text.split("\n") if part not in HEADINGS for s in sentences(part)]
    kept = rng.sample(kept, len(kept) // 2)
    if "reordered" in kind:
        rng.shuffle(kept)
    if "bare" in kind:
        kept = [bare(s) for s in kept]
    head = TRANSLATED["Phương pháp"] if "translated" in kind else "Phương pháp"
    return f"{head}\n" + ". ".join(kept) + ".\n" + work(rng, titles, 8)


def test_planted_near_copies_are_found(db, at):
    """Recall at 3 over 60 planted copies among 240 other texts is at least 0.98, and at most 2 % of the others are told to be near."""
    seed = 20260302
    rng = random.Random(seed)
    titles = [t for t in read_titles(TASKS.read_bytes()) if len(t.split()) >= 8]
    for n in range(OTHERS):
        texts.put("proposal", f"o{n}", work(rng, titles), rng.choice(titles), at=at)
    kinds = ("reordered", "reordered bare", "reordered bare translated")
    planted = {}
    for n in range(60):
        source = rng.randrange(OTHERS)
        text = db.session.query(WorkText.text).filter_by(subject_pid=f"o{source}").scalar()
        texts.put("proposal", f"c{n}", near_copy(rng, text, kinds[n % 3], titles), "", at=at)
        planted[f"c{n}"] = f"o{source}"
    while texts.work_through(at, limit=500):
        pass
    hits = [pid for pid, source in planted.items() if source in {f.pid for f in (texts.near_to("proposal", pid) or [])[:3]}]
    alone = [n for n in range(OTHERS) if f"o{n}" not in planted.values()]
    false = [n for n in alone if any(f.share >= 100 for f in texts.near_to("proposal", f"o{n}") or [])]
    print(f"seed {seed}: recall at 3 {len(hits)}/{len(planted)}; {len(false)}/{len(alone)} texts without a copy have an overlap of a tenth of their words")
    assert len(hits) >= 0.98 * len(planted) and len(false) <= 0.02 * len(alone)
    assert db.session.query(WorkOverlap).count() < 300 * texts.CANDIDATES


def test_everybodys_wording_is_nobodys_overlap(db, at):
    """A form's own sentences, in more texts than a tenth of all, are told to nobody; those compared before it was known are compared anew."""
    form = "Kết quả được bàn giao cho cơ quan đặt hàng để nhân rộng tại các xã và tổ chức chủ trì hỗ trợ kỹ thuật trong một năm tiếp theo."
    rng, titles = random.Random(1), read_titles(TASKS.read_bytes())
    for n in range(texts.COMMON_LEAST - 2):
        texts.put("proposal", f"p{n}", f"{form}\n{work(rng, titles, 4)}", "", at=at)
        texts.work_through(at)
    assert texts.near_to("proposal", "p1")
    for n in range(texts.COMMON_LEAST - 2, 4 * texts.COMMON_LEAST):
        texts.put("proposal", f"p{n}", f"{form}\n{work(rng, titles, 4)}", "", at=at)
    while texts.work_through(at, limit=100):
        pass
    said = [db.session.get(WorkText, o.text_id).text[slice(*o.passages[0][:2])] for o in db.session.query(WorkOverlap)]
    assert not [s for s in said if "cơ quan đặt hàng" in s]


def test_a_text_put_again_replaces_the_one_before(db, at):
    for pid, text in (("a", A), ("b", A), ("a", "Hoàn toàn khác, không có gì chung với bản kia cả, viết lại từ đầu cho đề tài khác.")):
        texts.put("proposal", pid, text, "", at=at)
        texts.work_through(at)
    assert texts.near_to("proposal", "b") == [] and texts.near_to("proposal", "x") is None


def test_the_worker_takes_one_text_at_a_time_until_none_waits(db, at, monkeypatch):
    waiting = [("proposal", "w1", A, ""), ("proposal", "w2", bare(A), "")]
    monkeypatch.setattr(texts, "PENDING", [lambda limit: [waiting.pop(0) for _n in range(min(limit, len(waiting)))]])
    compare_texts(at)
    assert not waiting and [f.pid for f in texts.near_to("proposal", "w1")] == ["w2"] and texts.work_through(at) == 0
