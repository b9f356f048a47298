"""How numbers and file sizes are said in both languages."""

from __future__ import annotations

import pytest
from flask_babel import force_locale

from app import shown


@pytest.mark.parametrize(("value", "vi", "en"), [
    (10.5, "10,5", "10.5"), (1000, "1.000", "1,000"), ("1000", "1.000", "1,000"), (2.25, "2,25", "2.25"), (12, "12", "12"), (0.1 + 0.2, "0,3", "0.3"),
    ("khoảng 5", "khoảng 5", "khoảng 5"), (None, "–", "–"), ("", "–", "–"), (1_234_567.5, "1.234.567,5", "1,234,567.5")])  # fmt: skip
def test_quantities(app, value, vi, en):
    for locale, said in (("vi", vi), ("en", en)):
        with app.test_request_context(), force_locale(locale):
            assert shown.quantity(value) == said


@pytest.mark.parametrize(("octets", "vi"), [(0, "0 B"), (850, "850 B"), (48_800, "48 KB"), (1_048_575, "1 MB"), (1_600_000, "1,5 MB"), (None, "–"), (50 * 2**20, "50 MB")])
def test_sizes(app, octets, vi):
    with app.test_request_context(), force_locale("vi"):
        assert shown.size(octets).replace("\u00a0", " ") == vi
