"""Ending, first bytes and structure must agree; nothing hidden, packed or locked comes in."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from docx import Document
from openpyxl import Workbook

from app.across.demo.plays.proposals import small_pdf
from app.kernel.errors import Incomplete
from app.services.files.rules import KINDS, check_upload, clean_name

pytestmark = pytest.mark.nodb
LIMIT = 25 * 2**20


def docx() -> bytes:
    out = io.BytesIO()
    document = Document()
    document.add_paragraph("Thuyết minh nhiệm vụ")
    document.save(out)
    return out.getvalue()


def xlsx() -> bytes:
    out = io.BytesIO()
    book = Workbook()
    book.active["A1"] = "Dự toán"
    book.save(out)
    return out.getvalue()


def png() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def jpg() -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x00\xff\xd9"


def repacked(package: bytes, change) -> bytes:
    """The package with its parts changed: change(name, content) gives the content, or None to leave it out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = change(entry.filename, old.read(entry))
            if content is not None:
                new.writestr(entry.filename, content)
    return out.getvalue()


@pytest.mark.parametrize(("name", "content"), [
    ("a.pdf", small_pdf("x")), ("a.PDF", small_pdf("x")), ("a.docx", docx()), ("a.xlsx", xlsx()), ("a.png", png()), ("a.jpg", jpg()), ("a.jpeg", jpg()),
])  # fmt: skip
def test_honest_files_come_in(name, content):
    assert check_upload(name, content, largest=LIMIT) in KINDS.values()


@pytest.mark.parametrize(("name", "content", "why"), [
    ("a.exe", b"MZ\x90", "PDF, Word"), ("a.svg", b"<svg/>", "PDF, Word"), ("a.html", b"<html>", "PDF, Word"), ("a.docm", docx(), "PDF, Word"),
    ("pdf", small_pdf("x"), "PDF, Word"), ("a.pdf", b"", "empty"), ("a.pdf", png(), "does not match"), ("a.png", small_pdf("x"), "does not match"),
    ("a.xlsx", docx(), "does not match"), ("a.docx", xlsx(), "does not match"), ("a.docx", b"PK\x03\x04 no archive", "cannot be opened"),
    ("a.pdf", small_pdf("x")[:-20], "cut off"), ("a.png", png()[:-1], "damaged"), ("a.png", png() + b"<script>", "damaged"), ("a.jpg", jpg()[:-2], "damaged"),
])  # fmt: skip
def test_what_does_not_agree_is_refused(name, content, why):
    with pytest.raises(Incomplete, match=why):
        check_upload(name, content, largest=LIMIT)


def test_the_limit_is_exact():
    content = small_pdf("x")
    assert check_upload("a.pdf", content, largest=len(content))
    with pytest.raises(Incomplete, match="too large"):
        check_upload("a.pdf", content, largest=len(content) - 1)


def test_a_locked_pdf_is_refused_and_the_word_alone_is_not():
    locked = small_pdf("x").replace(b"/Root 1 0 R", b"/Encrypt 9 0 R /Root 1 0 R")
    with pytest.raises(Incomplete, match="password"):
        check_upload("a.pdf", locked, largest=LIMIT)
    assert check_upload("a.pdf", small_pdf("say /Encrypt 9 0 R"), largest=LIMIT)


def test_a_pdf_that_is_an_archive_too_is_refused():
    hidden = io.BytesIO()
    with zipfile.ZipFile(hidden, "w") as archive:
        archive.writestr("x.html", "<script>")
    with pytest.raises(Incomplete, match="two kinds"):
        check_upload("a.pdf", small_pdf("x") + hidden.getvalue(), largest=LIMIT)


MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


@pytest.mark.parametrize(("old", "new"), [
    (MAIN, b"application/vnd.ms-word.document.macroEnabled.main+xml"),
    (b"</Types>", b'<Override PartName="/word/harmless.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'),
])  # fmt: skip
def test_macros_are_found_under_any_name(old, new):
    package = repacked(docx(), lambda name, content: content.replace(old, new) if name == "[Content_Types].xml" else content)
    with pytest.raises(Incomplete, match="macros"):
        check_upload("a.docx", package, largest=LIMIT)


def test_macros_by_their_usual_name():
    package = io.BytesIO(docx())
    with zipfile.ZipFile(package, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"x")
    with pytest.raises(Incomplete, match="macros"):
        check_upload("a.docx", package.getvalue(), largest=LIMIT)


def with_part(name: str, content: bytes) -> bytes:
    out = io.BytesIO(docx())
    with zipfile.ZipFile(out, "a") as package:
        package.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("name", ["word/embeddings/evil.exe", "word/embeddings/more.zip", "../../evil.txt", "/etc/evil.txt", "word/a.JS"])
def test_a_program_in_a_package_is_refused(name):
    with pytest.raises(Incomplete, match="program or another archive"):
        check_upload("a.docx", with_part(name, b"x"), largest=LIMIT)


RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://x/{kind}" Target="{target}" TargetMode="External"/></Relationships>'


@pytest.mark.parametrize(("kind", "target", "good"), [
    ("attachedTemplate", "https://evil.test/t.dotm", False), ("image", "//evil.test/a.png", False), ("oleObject", "file://server/share/x", False),
    ("attachedTemplate", "\\\\server\\t.dotm", False), ("hyperlink", "https://tayninh.gov.vn", True), ("attachedTemplate", "file:///C:\\Users\\an\\Mau.dotx", True),
])  # fmt: skip
def test_nothing_is_fetched_when_a_package_is_opened(kind, target, good):
    content = with_part("word/_rels/settings.xml.rels", RELS.format(kind=kind, target=target).encode())
    if good:
        assert check_upload("a.docx", content, largest=LIMIT) == KINDS["docx"]
    else:
        with pytest.raises(Incomplete, match="from elsewhere"):
            check_upload("a.docx", content, largest=LIMIT)


@pytest.mark.parametrize("hidden", [b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>", b"/A << /S /Launch /F (cmd.exe) >>"])
def test_a_pdf_with_a_program_is_refused(hidden):
    whole = small_pdf("Chứng nhận")
    with pytest.raises(Incomplete, match="carries a program"):
        check_upload("a.pdf", whole.replace(b"/Type /Catalog", b"/Type /Catalog " + hidden, 1) if b"/Type /Catalog" in whole else whole.replace(b"<<", b"<< " + hidden, 1), largest=LIMIT)


def test_entities_in_a_package_are_refused():
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Types>&b;</Types>'
    with pytest.raises(Incomplete, match="cannot be opened"):
        check_upload("a.docx", repacked(docx(), lambda n, c: bomb if n == "[Content_Types].xml" else c), largest=LIMIT)


def test_bombs_are_refused():
    package = io.BytesIO(docx())
    with zipfile.ZipFile(package, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/big.xml", b"\0" * (30 * 2**20))
    with pytest.raises(Incomplete, match="far too much"):
        check_upload("a.docx", package.getvalue(), largest=LIMIT)
    package = io.BytesIO(docx())
    with zipfile.ZipFile(package, "a") as archive:
        for n in range(2001):
            archive.writestr(f"word/{n}.xml", b"")
    with pytest.raises(Incomplete, match="far too much"):
        check_upload("a.docx", package.getvalue(), largest=LIMIT)


def test_a_package_that_lies_about_its_size_is_refused():
    package = io.BytesIO(docx())
    with zipfile.ZipFile(package, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/big.xml", b"\0" * 500_000)
    lying = package.getvalue().replace(struct.pack("<I", 500_000), struct.pack("<I", 10))
    with pytest.raises(Incomplete, match="cannot be opened"):
        check_upload("a.docx", lying, largest=LIMIT)


@pytest.mark.parametrize(("name", "kept"), [
    ("../../etc/passwd.pdf", "passwd.pdf"), ("C:\\Users\\x\\Quyết định.pdf", "Quyết định.pdf"), ("a\u202efdp.exe", "afdp.exe"), ("  .. ", "tep"),
    ("Quye\u0302\u0301t.pdf", "Quyết.pdf"), ("a\r\nb.pdf", "a b.pdf"),
])  # fmt: skip
def test_names_are_data(name, kept):
    assert clean_name(name) == kept
    assert len(clean_name("ă" * 500 + ".pdf")) <= 200
