"""The test client's reader of pages finds what it is there for, also behind a page of the same shape that was sound."""

from __future__ import annotations

import pytest

from tests.support.browser import check_page, shape_of

pytestmark = pytest.mark.nodb

PAGE = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Trang</title></head><body><h1>Một</h1>
<table><tr><td>1</td></tr></table><form method="post" action="/x"><input type="hidden" name="csrf_token" value="a"><input type="hidden" name="once" value="b">
<label for="t">Tên</label><input id="t" name="t" value="c"></form></body></html>"""


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("<h1>Một</h1>", "<h1>Một</h1><h1>Hai</h1>", "one h1"),
        ("<h1>Một</h1>", "<h2>Một</h2>", "one h1"),
        ("<title>Trang</title>", "<title> </title>", "no title"),
        ('id="t"', 'id="t"><p id="t"></p><input aria-label="x"', "stand twice"),
        ("<td>1", '<td style="color:red">1', "inline style"),
        ("</table>", "</table><script>alert(1)</script>", "inline script"),
        ('for="t"', 'for="u"', "no label"),
        ('name="csrf_token"', 'name="token"', "without csrf_token"),
        ('name="once"', 'name="twice"', "without once"),
        ("Một", "Một &nosuch; hai", "invalid HTML"),
        ("</table>", "</div></table>", "invalid HTML"),
        ('value="c"', 'value="c" value="d"', "invalid HTML"),
        ("Một", "Một\x01", "invalid HTML"),
    ],
)
def test_a_bad_page_is_sent_back(good, bad, said):
    check_page(PAGE)
    assert good in PAGE
    with pytest.raises(AssertionError, match=said):
        check_page(PAGE.replace(good, bad))


def test_pages_that_differ_in_words_are_of_one_shape():
    assert shape_of(PAGE) == shape_of(PAGE.replace("Một", "Hai ba").replace('value="c"', 'value="khác"'))
    assert shape_of(PAGE) != shape_of(PAGE.replace("<td>1", "<td>"))
