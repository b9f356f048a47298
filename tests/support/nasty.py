"""Sixty values that people, programs and enemies send where a form expects something else."""

from __future__ import annotations

WORD = "\x0b\x0c\x07\x1e\x1fDán từ Word\u00a0\u2013\u00a0\u201cngoặc\u201d\u2026\r\x15\x13HYPERLINK\x14"  # as Word's clipboard leaves it

VALUES: tuple[str, ...] = (
    "", " ", "\t\n", "\x00", "a\x00b", "\x00" * 50, "\ud800", "\udfff\ud800", "a\ud83d", "\ufffe\uffff",
    "x" * 1_000_000, "ấ" * 200_000, "a\n" * 100_000, "😀", "👩\u200d👩\u200d👧\u200d👦", "🇻🇳" * 100, "\u202eđảo chữ", "\u200b\u200e\u2066ẩn\u2069", "\ufeffđầu", "e\u0301" * 300,
    "Nguye\u0302\u0303n Va\u0306n", "Nguyễn Văn", "１２３", "１.２５０,５ triệu", "1.250,5 triệu", "1e9", "1e309", "-1e309", "NaN", "Infinity",
    "-0", "-1", "0", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "99999999999999999999999999", "0x10", "1_000", "٣٤٥",
    "1,5,5", "--5", "31/02/2026", "00/00/0000", "29/02/2025", "9999-99-99", "2026-13-45T99:99", "01/01/0001", "31/12/9999 25:61", WORD,
    "<script>alert(1)</script>", "'; DROP TABLE proposal; --", "{{7*7}}{% raw %}", "../../etc/passwd", "%00%0a%F0%28", "&#x1F4A9;&lt;", "null", "true", "[]", "=cmd|' /C calc'!A0",
)  # fmt: skip
assert len(VALUES) == 60
