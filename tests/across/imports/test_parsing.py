"""What old lists say, read as values: tables of real cases, and what must hold for any text."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.across.imports import parsing
from app.across.imports.parsing import Period, Unclear
from app.across.imports.rules import Stand

pytestmark = pytest.mark.nodb


@pytest.mark.parametrize(("found", "unit", "value", "remarks"), [
    ("540.000.000", None, 540_000_000, 0), ("540,000,000", None, 540_000_000, 0), ("540 000 000 đ", None, 540_000_000, 0), (540000000, None, 540_000_000, 0),
    ("gần 540 triệu đồng", None, 540_000_000, 1), ("hơn 1,2 tỷ đồng", None, 1_200_000_000, 1), ("1.250,5 triệu đồng", None, 1_250_500_000, 0),
    ("1 tỷ 250 triệu", None, 1_250_000_000, 0), ("850tr", None, 850_000_000, 0), ("Kinh phí: 1.250 triệu đồng", None, 1_250_000_000, 1),
    ("1,250 tỷ", None, 1_250_000_000, 1), ("1250,5", 10**6, 1_250_500_000, 0), (1250.5, 10**6, 1_250_500_000, 0), ("540 nghìn đồng", None, 540_000, 0), ("0", None, 0, 0),
    ("1,250.5", 10**6, 1_250_500_000, 0), ("540.000.000 đồng", 10**6, 540_000_000, 0),
])  # fmt: skip
def test_money(found, unit, value, remarks):
    read = parsing.money(found, 1 if "đồng" in str(found) and "triệu" not in str(found) and unit else unit)
    assert (read.value, len(read.remarks)) == (value, remarks)


@pytest.mark.parametrize("found", ["540", 12.5, "-5 triệu", "năm trăm triệu", "540 triệu, trong đó NSNN 300 triệu", "1.2.3,4,5", "từ 300 đến 500 triệu", "999999 tỷ", "xem phụ lục", ""])
def test_money_that_is_none(found):
    with pytest.raises(Unclear):
        parsing.money(found)


def test_a_unit_in_the_cell_outweighs_that_of_the_heading():
    assert parsing.money("540.000.000 đồng", 10**6).value == 540_000_000
    assert parsing.unit_in("Kinh phí\n(triệu đồng)") == 10**6 and parsing.unit_in("Tổng KP (tr.đ)") == 10**6
    assert parsing.unit_in("Kinh phí (đồng)") == 1 and parsing.unit_in("budget_total_vnd") is None and parsing.unit_in("Kinh phí") is None
    assert parsing.unit_in("Kinh phí (tỷ đồng)") == 10**9 and parsing.unit_in("Kinh phí (nghìn đồng)") == 1000


@given(st.integers(0, 10**12))
def test_an_amount_as_vietnamese_writes_it_comes_back(n):
    assert parsing.money(f"{n:,}".replace(",", ".") + " đồng").value == n


@given(st.integers(100, 10**6), st.integers(0, 9))
def test_millions_with_a_fraction_come_back(n, tenth):
    assert parsing.money(f"{n},{tenth} triệu đồng").value == n * 10**6 + tenth * 10**5


@given(st.text(max_size=60) | st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_no_cell_breaks_a_parser(found):
    for parser in (parsing.money, parsing.day, parsing.period, parsing.stand, parsing.grade, parsing.decision):
        try:
            parser(found)
        except Unclear as refusal:
            assert refusal.message % refusal.params


@pytest.mark.parametrize(("found", "value"), [
    ("19/11/2019", date(2019, 11, 19)), ("7-9-2022", date(2022, 9, 7)), ("2012-12-13", date(2012, 12, 13)), ("2022-07", date(2022, 7, 1)), (43101, date(2018, 1, 1)),
    ("ngày 2 tháng 11 năm 2009", date(2009, 11, 2)), ("tháng 5/2012", date(2012, 5, 1)), (2019, date(2019, 1, 1)), ("năm 2015", date(2015, 1, 1)), ("5/3/19", date(2019, 3, 5)), ("5/3/98", date(1998, 3, 5)),
])  # fmt: skip
def test_days(found, value):
    assert parsing.day(found).value == value


def test_the_last_day_of_what_is_named():
    assert parsing.day("2013-10", last=True).value == date(2013, 10, 31) and parsing.day("2021", last=True).value == date(2021, 12, 31)


@pytest.mark.parametrize(("found", "words"), [("19/8/8021", "8021"), ("31/02/2019", "31"), ("5/13/2019", "13"), (8021, "8021"), ("chưa rõ", "dd/mm/yyyy"), ("1/1/2019 và 2/2/2020", "more than one")])
def test_days_that_cannot_be(found, words):
    with pytest.raises(Unclear) as refused:
        parsing.day(found)
    assert words in refused.value.message % refused.value.params


@given(st.dates(date(1976, 1, 1), date(2100, 12, 31)))
def test_a_day_comes_back_in_every_spelling(d):
    for text in (f"{d:%d/%m/%Y}", f"{d.day}/{d.month}/{d.year}", d.isoformat(), f"ngày {d.day} tháng {d.month} năm {d.year}", f"{d:%d.%m.%Y}"):
        assert parsing.day(text).value == d
    assert parsing.day((d - date(1899, 12, 30)).days).value == d


@pytest.mark.parametrize(("found", "value"), [
    ("Từ tháng 7/2006 - 10/2007", Period(date(2006, 7, 1), date(2007, 10, 31), None)), ("2006-2007", Period(date(2006, 1, 1), date(2007, 12, 31), None)),
    ("2017 – 2019", Period(date(2017, 1, 1), date(2019, 12, 31), None)), ("24 tháng", Period(None, None, 24)), ("gần 18 tháng", Period(None, None, 18)), (24, Period(None, None, 24)),
    ("18 tháng (từ tháng 5/2012 đến tháng 10/ 2013)", Period(date(2012, 5, 1), date(2013, 10, 31), 18)), ("giai đoạn năm 2020-2021", Period(date(2020, 1, 1), date(2021, 12, 31), None)),
    ("thực hiện trong 3 năm qua", Period(None, None, 36)), ("01/01/2010 - 31/12/2012", Period(date(2010, 1, 1), date(2012, 12, 31), None)), ("2015", Period(date(2015, 1, 1), date(2015, 12, 31), None)),
    ("3 - 9/2015", Period(date(2015, 3, 1), date(2015, 9, 30), None)), ("24 tháng (2018-2020)", Period(date(2018, 1, 1), date(2020, 12, 31), 24)), ("2018-20", Period(date(2018, 1, 1), date(2020, 12, 31), None)),
    ("12 tháng, từ 6/2014", Period(date(2014, 6, 1), None, 12)),
])  # fmt: skip
def test_periods(found, value):
    assert parsing.period(found).value == value


@pytest.mark.parametrize("found", ["2019-2017", "nhiều năm", "0 tháng", "500 tháng", "2001, 2002, 2003", "1/2019 - 19/8/8021"])
def test_periods_that_cannot_be(found):
    with pytest.raises(Unclear):
        parsing.period(found)


@given(st.dates(date(1990, 1, 1), date(2040, 1, 1)), st.integers(32, 2000))
def test_a_period_of_months_covers_both_of_them(start, days):
    end = start + timedelta(days=days)
    read = parsing.period(f"từ tháng {start.month}/{start.year} đến tháng {end.month}/{end.year}").value
    assert read.start == start.replace(day=1) and read.end >= end and (read.end + timedelta(days=1)).day == 1


@pytest.mark.parametrize(("found", "value"), [
    ("đã nghiệm thu, công nhận", Stand.ACCEPTED), ("đã kết thúc", Stand.ACCEPTED), ("đã đăng ký kết quả", Stand.ACCEPTED), ("không đạt", Stand.FAILED), ("trúng tuyển", Stand.APPROVED),
    ("tuyển chọn", Stand.APPROVED), ("đề xuất đặt hàng", Stand.PROPOSED), ("hội đồng tư vấn xác định", Stand.PROPOSED), ("lập hội đồng xác định nhiệm vụ", Stand.PROPOSED), ("mở hồ sơ tuyển chọn", Stand.PROPOSED),
    ("nghiệm thu cấp cơ sở", Stand.RUNNING), ("đang thực hiện", Stand.RUNNING), ("cho phép triển khai", Stand.RUNNING), ("đã phê duyệt", Stand.APPROVED), ("Dừng thực hiện", Stand.TERMINATED),
    ("chấm dứt hợp đồng", Stand.TERMINATED), ("ĐANG TRIỂN KHAI", Stand.RUNNING), ("hủy quyết định phê duyệt", Stand.CANCELLED), ("chưa nghiệm thu", Stand.RUNNING), ("đang ứng dụng", Stand.ACCEPTED),
])  # fmt: skip
def test_stands(found, value):
    assert parsing.stand(found).value == value


def test_what_is_not_clear_is_not_guessed():
    for found in ("không rõ", "", "abc"):
        with pytest.raises(Unclear):
            parsing.stand(found)


@pytest.mark.parametrize(("found", "value"), [("Đạt", "pass"), ("đạt loại Khá", "good"), ("Xuất sắc", "excellent"), ("(Kết quả: Đạt)", "pass"), ("7/7 thành viên đánh giá “đạt”", "pass"), ("Không đạt", "fail"), ("Trung bình", "pass")])
def test_grades(found, value):
    assert parsing.grade(found).value == value


def test_a_cell_with_two_grades_has_none():
    with pytest.raises(Unclear):
        parsing.grade("7 trong 8 loại “Khá”, 1 loại “Đạt” (không nêu cái nào)")


@pytest.mark.parametrize(("found", "number", "dated"), [("2253/QĐ-UBND ngày 19/11/2019", "2253/QĐ-UBND", date(2019, 11, 19)), ("85/QĐ-UBND (01/2018)", "85/QĐ-UBND", date(2018, 1, 1)), ("Quyết định UBND tỉnh ngày 02/11/2009", None, date(2009, 11, 2)), ("QĐ 12/QĐ-SKHCN", "12/QĐ-SKHCN", None)])
def test_decisions(found, number, dated):
    read = parsing.decision(found).value
    assert (read.number, read.dated) == (number, dated)
