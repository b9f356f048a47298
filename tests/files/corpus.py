"""Files that people and attackers send, made here: (what it is, name, bytes, the sentence that refuses it; "" = it comes in)."""

from __future__ import annotations

import io
import random
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

from app.across.demo.plays.proposals import small_pdf
from tests.files.test_rules import docx, jpg, png, repacked, xlsx

Case = tuple[str, str, bytes, str]
OPEN, TWO, MACROS, PROGRAM, BOMB, ELSEWHERE, LOCKED = "cannot be opened", "two kinds", "macros", "program or another", "far too much", "from elsewhere", "password"
MATCH, CUT, DAMAGED, KIND, CARRIES = "does not match", "cut off", "damaged", "PDF, Word", "carries a program"


def corpus() -> Iterator[Case]:
    """All of them."""
    for part in (_honest, _names, _wrong_kinds, _pdfs, _pictures, _packages, _bombs, _polyglots):
        yield from part()


def _honest() -> Iterator[Case]:
    scan = small_pdf("Quyết định thành lập")
    yield from ((f"honest {name}", name, content, "") for name, content in (
        ("a.pdf", scan), ("b.docx", docx()), ("c.xlsx", xlsx()), ("d.png", png()), ("e.jpg", jpg()), ("f.JPEG", jpg()), ("g.PDF", scan)))  # fmt: skip
    yield "a PDF that speaks of encryption", "a.pdf", small_pdf("say /Encrypt 9 0 R and /JavaScript"), ""
    yield "a package with a link", "a.docx", _with("word/_rels/x.rels", _rel("hyperlink", "https://tayninh.gov.vn")), ""


def _names() -> Iterator[Case]:
    content = small_pdf("x")
    for name in ("../../etc/passwd.pdf", "C:\\Users\\x\\Tài liệu.pdf", "CON.pdf", "nul.pdf", "com1.tar.pdf", "a\u202efdp.pdf", "a\0b.pdf", "-rf.pdf", " .pdf.pdf", "Quye\u0302\u0301t \u0111i\u0323nh.pdf",
                 "ệ" * 255 + ".pdf", "a\r\nSet-Cookie: x.pdf", "<img src=x>.pdf", "a\u200bb.pdf", "=cmd|calc.pdf", "😀.pdf", "a%00.pdf", "a.pdf.pdf"):  # fmt: skip
        yield f"name {name[:30]!r}", name, content, ""
    yield "a name that hides a program", "hồ sơ.pdf.exe", content, KIND
    yield "a right-to-left name that hides one", "hồ sơ\u202efdp.exe", content, KIND


def _wrong_kinds() -> Iterator[Case]:
    for name, content in (("a.exe", b"MZ\x90"), ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"), ("a.html", b"<script>"), ("a.docm", docx()),
                          ("a.zip", _zip([("x", b"")])), ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ("pdf", small_pdf("x")), ("a.", small_pdf("x")),
                          ("a.pdf ", b"x"[:0]), ("a.js", b"alert(1)"), ("a.rtf", b"{\\rtf1}"), ("a.xlsm", xlsx()), ("a.gif", b"GIF89a")):  # fmt: skip
        yield f"kind {name}", name, content, "empty" if name == "a.pdf " else KIND
    for name, content in (("a.pdf", png()), ("a.png", small_pdf("x")), ("a.docx", jpg()), ("a.pdf", b"<html><script>"), ("a.jpg", b"GIF89a" + jpg()), ("a.pdf", b"MZ" + small_pdf("x")),
                          ("a.xlsx", docx()), ("a.png", b"\x89PNG")):  # fmt: skip
        yield f"{name} that is another ({content[:6]!r})", name, content, MATCH
    yield "nothing at all", "a.pdf", b"", "empty"


def _pdfs() -> Iterator[Case]:
    whole = small_pdf("x")

    def head(extra: bytes) -> bytes:
        return whole.replace(b"/Type /Catalog", b"/Type /Catalog " + extra, 1)

    yield "truncated", "a.pdf", whole[:-30], CUT
    yield "only a head", "a.pdf", b"%PDF-1.7\n%%EOF", CUT
    yield "encrypted", "a.pdf", whole.replace(b"/Root 1 0 R", b"/Encrypt 9 0 R /Root 1 0 R"), LOCKED
    yield "encrypted, said directly", "a.pdf", whole.replace(b"/Root 1 0 R", b"/Encrypt << /Filter /Standard >> /Root 1 0 R"), LOCKED
    yield "JavaScript", "a.pdf", head(b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), CARRIES
    yield "JavaScript by another spelling", "a.pdf", head(b"/OpenAction << /S /J#61vaScript /J#53 (x) >>"), CARRIES
    yield "a command", "a.pdf", head(b"/A << /S /Launch /F (cmd.exe) >>"), CARRIES
    hidden = zlib.compress(b"7 0 << /S /JavaScript /JS (x) >>")
    yield "JavaScript in an object stream", "a.pdf", _object_stream(whole, hidden), CARRIES
    yield "an object stream that is a bomb", "a.pdf", _object_stream(whole, zlib.compress(b"\0" * (60 * 2**20))), BOMB


def _object_stream(whole: bytes, packed: bytes) -> bytes:
    return whole.replace(b"xref\n0", b"6 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream\nendobj\nxref\n0" % (len(packed), packed), 1)


def _pictures() -> Iterator[Case]:
    yield "a cut PNG", "a.png", png()[:-1], DAMAGED
    yield "a PNG with a tail", "a.png", png() + b"<script>alert(1)</script>", DAMAGED
    yield "a cut JPEG", "a.jpg", jpg()[:-2], DAMAGED
    wide = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
                                           for kind, body in ((b"IHDR", wide), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")))  # fmt: skip
    yield "a picture of 3 600 million points", "a.png", bomb, "too many points"
    big = b"\xff\xd8\xff\xc0\x00\x0b\x08\xff\xff\xff\xff\x01\x01\x11\x00" + jpg()[20:]
    yield "a JPEG of 4 000 million points", "a.jpg", big, "too many points"


def _packages() -> Iterator[Case]:
    yield "no archive", "a.docx", b"PK\x03\x04 nothing", OPEN
    yield "a cut archive", "a.docx", docx()[:-200], OPEN
    yield "an archive without a document", "a.docx", _zip([("x.txt", b"x")]), OPEN
    yield "locked by Word", "a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, LOCKED
    yield "macros", "a.docx", _with("word/vbaProject.bin", b"x"), MACROS
    yield "macros by type", "a.docx", repacked(docx(), lambda n, c: c.replace(b"wordprocessingml.document.main", b"x.macroEnabled.main") if n == "[Content_Types].xml" else c), MACROS
    for name in ("word/embeddings/evil.exe", "word/embeddings/in.zip", "../../evil.txt", "/etc/evil.txt", "word/a.JS", "word\\..\\evil.txt"):
        yield f"with {name}", "a.docx", _with(name, b"x"), PROGRAM
    for kind, target in (("attachedTemplate", "https://evil.test/t.dotm"), ("image", "//evil.test/a.png"), ("oleObject", "file://server/x"), ("frame", "mhtml:http://x!y")):
        yield f"that loads {target}", "a.docx", _with("word/_rels/x.rels", _rel(kind, target)), ELSEWHERE
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    yield "with an outside entity", "a.docx", _with("word/extra.xml", entity), OPEN
    yield "with one in UTF-16", "a.docx", _with("word/extra.xml", entity.decode().encode("utf-16")), OPEN
    yield "a billion laughs", "a.docx", _with("[Content_Types].xml", b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>', replace=True), OPEN
    link = zipfile.ZipInfo("word/media/link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    yield "a link out of the package", "a.docx", _with(link, b"/etc/passwd"), OPEN
    yield "the same part twice", "a.docx", _with("WORD/document.xml", b"<x/>"), OPEN
    locked = bytearray(_with("word/x.xml", b"x"))
    at = locked.find(b"PK\x01\x02")
    locked[at + 8] |= 1
    yield "with a locked entry", "a.docx", bytes(locked), LOCKED


def _bombs() -> Iterator[Case]:
    yield "30 MB of nothing", "a.docx", _with("word/big.xml", b"\0" * (30 * 2**20)), BOMB
    yield "2 001 parts", "a.docx", _many(2001), BOMB
    lying = _with("word/big.xml", b"\0" * 500_000).replace(struct.pack("<I", 500_000), struct.pack("<I", 10))
    yield "that lies about its size", "a.docx", lying, OPEN
    yield "a byte too large", "a.pdf", small_pdf("x").replace(b"%PDF-1.4\n", b"%PDF-1.4\n%" + b"x" * (25 * 2**20) + b"\n"), "too large"


def _polyglots() -> Iterator[Case]:
    hidden = _zip([("x.html", b"<script>")])
    yield "a PDF that is an archive too", "a.pdf", small_pdf("x") + hidden, TWO
    yield "a JPEG that is an archive too", "a.jpg", jpg() + hidden, TWO
    noise = random.Random(1821)
    for n in range(6):
        yield f"noise {n}", f"a.{('pdf', 'docx', 'png')[n % 3]}", noise.randbytes(4000), MATCH


def _zip(entries: list[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def _with(name: str | zipfile.ZipInfo, content: bytes, *, replace: bool = False) -> bytes:
    change: Callable[[str, bytes], bytes] = lambda n, c: content if replace and n == name else c
    out = io.BytesIO(repacked(docx(), change))
    if not replace:
        with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package:
            package.writestr(name, content)
    return out.getvalue()


def _many(count: int) -> bytes:
    out = io.BytesIO(docx())
    with zipfile.ZipFile(out, "a") as archive:
        for n in range(count):
            archive.writestr(f"word/{n}.xml", b"")
    return out.getvalue()


def _rel(kind: str, target: str) -> bytes:
    return (f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://x/{kind}" Target="{target}" '
            'TargetMode="External"/></Relationships>').encode()  # fmt: skip
