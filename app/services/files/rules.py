"""What may be uploaded. Pure: bytes and a name in, a refusal or the media type out."""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Collection
from typing import Any

import filetype

from app.kernel.errors import Incomplete
from app.kernel.text import nfc
from app.kernel.words import N_, Face
from app.later import defused

OFFICE = "application/vnd.openxmlformats-officedocument"
LONGEST_NAME = 200  # bytes: no file system takes more than 255, and “(1)” is added
KEPT_NAMES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}  # of Windows
KINDS = {
    "pdf": "application/pdf",
    "docx": f"{OFFICE}.wordprocessingml.document",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
    "png": "image/png",
    "jpg": "image/jpeg",
}


class Verdict(Face):
    """What the malware check says of a file."""

    WAITING = "waiting", N_("Waiting for the malware check"), "amber"
    CLEAN = "clean", N_("Checked"), "green"
    INFECTED = "infected", N_("Malware found"), "red"


ENTRIES, UNPACKED, RATIO = 2_000, 200 * 2**20, 50
MAGIC = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff", "docx": b"PK\x03\x04", "xlsx": b"PK\x03\x04"}
TYPES = "[Content_Types].xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # of locked packages, and of .doc and .xls
PIXELS = 150_000_000  # more than any scan of A0; a small file may say it has more and eat the reader's memory
INFLATED = 50 * 2**20  # of the object streams of a PDF that are looked into
DOCTYPE = re.compile("|".join(re.escape(mark.encode(code).decode("latin-1")) for mark in ("<!DOCTYPE", "<!ENTITY") for code in ("utf-8", "utf-16-le", "utf-16-be")).encode("latin-1"))
PROGRAMS = (".exe", ".dll", ".scr", ".bat", ".cmd", ".com", ".js", ".vbs", ".ps1", ".jar", ".msi", ".lnk", ".hta", ".zip", ".rar", ".7z")  # inside a package
MACROS = ("macroenabled", "vbaproject", "macrosheet")  # in the media types of a package's parts


def clean_name(name: str) -> str:
    """The file's name as data: NFC, no path, no control or bidirectional signs, none that a system keeps for itself, at most LONGEST_NAME bytes."""
    bare = "".join(c for c in nfc(name.replace("\\", "/").rsplit("/", 1)[-1]) if c.isprintable() or c.isspace())
    bare = re.sub(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff<>:\"|?*]", "", " ".join(bare.split())).strip(". ").lstrip("-") or "tep"
    stem, dot, ending = bare.rpartition(".")
    stem, ending = (stem, ending[:8]) if dot else (bare, "")
    if stem.partition(".")[0].strip().lower() in KEPT_NAMES:
        stem = f"_{stem}"
    stem = stem.encode("utf-8", "ignore")[: LONGEST_NAME - len(ending.encode("utf-8", "ignore")) - len(dot)].decode("utf-8", "ignore").rstrip(". ") or "tep"
    return f"{stem}{dot}{ending.encode('utf-8', 'ignore').decode()}"


def check_kind(name: str, types: Collection[str]) -> None:
    """Raise Incomplete when a document of this kind does not come as such a file."""
    ending = name.rpartition(".")[2].lower()
    if types and {"jpeg": "jpg"}.get(ending, ending) not in types:
        raise Incomplete(N_("This document is taken as: %(types)s."), field="file", types=", ".join(sorted(types)).upper())


def check_upload(name: str, content: bytes, *, largest: int) -> str:
    """The media type of an acceptable file. Raises Incomplete: ending, first bytes and structure must agree."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    ending = {"jpeg": "jpg"}.get(ending, ending)
    if ending not in KINDS:
        raise Incomplete(N_("Please send a PDF, Word (.docx), Excel (.xlsx), PNG or JPEG file."), field="file")
    if not content:
        raise Incomplete(N_("This file is empty."), field="file")
    if len(content) > largest:
        raise Incomplete(N_("This file is too large: at most %(n)s MB."), field="file", n=largest // 2**20)
    if ending in ("docx", "xlsx") and content.startswith(OLE):
        raise Incomplete(N_("This file has a password, or is of an older kind. Please save it without a password as .docx or .xlsx."), field="file")
    guessed = filetype.guess(content)
    fits = content.startswith(MAGIC[ending]) and (guessed is None or guessed.extension in {ending, "zip"})
    if not fits:
        raise Incomplete(N_("The content of this file does not match its ending “.%(ending)s”."), field="file", ending=ending)
    if ending in ("docx", "xlsx"):
        _check_office(content, KINDS[ending])
    else:
        _refuse_double(content)
        _STRUCTURE[ending](content)
    return KINDS[ending]


def _refuse_double(content: bytes) -> None:
    """A picture or PDF must not be an archive as well: no ZIP directory may reach to its end."""
    at = content.rfind(b"PK\x05\x06")
    if at >= 0 and at + 22 + int.from_bytes(content[at + 20 : at + 22], "little") == len(content):
        raise Incomplete(N_("This file is two kinds of file at once and is not accepted."), field="file")


def _check_pdf(content: bytes) -> None:
    tail = content[-2048:]
    if b"%%EOF" not in tail or b"startxref" not in tail or not re.search(rb"\d+\s+\d+\s+obj\b", content):
        raise Incomplete(N_("This PDF is cut off. Please make it again."), field="file")
    outside = re.sub(rb"\bstream\r?\n.*?endstream", b"", content, flags=re.DOTALL) + _objects(content)  # the text of a page may say /Encrypt
    outside = re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), outside)  # a name may be written /J#61vaScript
    if re.search(rb"/(JavaScript|Launch|RichMedia)\b|/JS\s*[(<\d]", outside):
        raise Incomplete(N_("This PDF carries a program and is not accepted. Please print it to a new PDF."), field="file")
    if re.search(rb"/Encrypt\s*(<<|\d+\s+\d+\s+R)", outside):
        raise Incomplete(N_("This PDF has a password. Please send it without one."), field="file")


def _objects(content: bytes) -> bytes:
    """The objects that a PDF keeps in compressed streams, as far as they inflate within bounds."""
    found, room = b"", INFLATED
    for match in re.finditer(rb"/ObjStm\b[^>]*>>\s*stream\r?\n(.*?)endstream", content, flags=re.DOTALL):
        try:
            piece = zlib.decompressobj().decompress(match[1], room)
        except zlib.error:
            continue
        found, room = found + piece, room - len(piece)
        if room <= 0:
            raise Incomplete(N_("This file unpacks to far too much and is not accepted."), field="file")
    return found


def _check_pixels(width: int, height: int) -> None:
    if width * height > PIXELS:
        raise Incomplete(N_("This picture has far too many points (%(w)s × %(h)s). Please save it smaller."), field="file", w=width, h=height)


def _check_png(content: bytes) -> None:
    """Every chunk whole and true to its checksum, the first IHDR, the last IEND, nothing behind it."""
    place = 8
    while place + 12 <= len(content):
        end = place + 12 + int.from_bytes(content[place : place + 4], "big")
        kind, crc = content[place + 4 : place + 8], int.from_bytes(content[end - 4 : end], "big")
        if kind == b"IHDR" and end <= len(content):
            _check_pixels(int.from_bytes(content[place + 8 : place + 12], "big"), int.from_bytes(content[place + 12 : place + 16], "big"))
        if end > len(content) or (place == 8) != (kind == b"IHDR") or zlib.crc32(content[place + 4 : end - 4]) != crc:
            break
        if kind == b"IEND" and end == len(content):
            return
        place = end
    raise Incomplete(N_("This picture is damaged. Please save it again."), field="file")


def _check_jpeg(content: bytes) -> None:
    """Segments that follow one another up to the image data, and an end of image after it."""
    place = 2
    while place + 4 <= len(content) and content[place] == 0xFF:
        if content[place + 1] == 0xFF:
            place += 1
            continue
        if 0xC0 <= content[place + 1] <= 0xCF and content[place + 1] not in (0xC4, 0xC8, 0xCC):
            _check_pixels(int.from_bytes(content[place + 7 : place + 9], "big"), int.from_bytes(content[place + 5 : place + 7], "big"))
        if content[place + 1] == 0xDA and content.find(b"\xff\xd9", place) > 0:
            return
        place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    raise Incomplete(N_("This picture is damaged. Please save it again."), field="file")


_STRUCTURE: dict[str, Callable[[bytes], None]] = {"pdf": _check_pdf, "png": _check_png, "jpg": _check_jpeg}


def _check_office(content: bytes, mime: str) -> None:
    """A package that unpacks within bounds, true to its checksums, with a main part of this kind and no macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_archive(archive.infolist(), len(content))
            if any(entry.flag_bits & 1 for entry in archive.infolist()):
                raise Incomplete(N_("This file has a password, or is of an older kind. Please save it without a password as .docx or .xlsx."), field="file")
            whole = archive.testzip() is None  # reads every entry: no more than the directory says, checksums compared
            names = {e.filename.lower() for e in archive.infolist()}
            parts = defused.fromstring(archive.read(TYPES)) if whole else []
            hostile = [n for n in archive.namelist() if whole and n.lower().endswith((".xml", ".rels", ".vml")) and DOCTYPE.search(archive.read(n))]
            links = [link for name in archive.namelist() if whole and name.lower().endswith(".rels") for link in defused.fromstring(archive.read(name))]
    except (zipfile.BadZipFile, zlib.error, defused.ParseError, KeyError, RuntimeError, ValueError, OSError, EOFError):
        raise Incomplete(N_("This file cannot be opened. Please save it again."), field="file") from None
    if hostile or any(stat.S_ISLNK(e.external_attr >> 16) for e in archive.infolist()) or len(names) != len(archive.infolist()):
        raise Incomplete(N_("This file cannot be opened. Please save it again."), field="file")
    types = {(part.get("PartName") or "").lower().lstrip("/"): (part.get("ContentType") or "").lower() for part in parts}
    said = " ".join(t for part in parts if (t := (part.get("ContentType") or "").lower()))
    if any(n.endswith("vbaproject.bin") for n in names) or any(word in said for word in MACROS):
        raise Incomplete(N_("Files with macros are not accepted."), field="file")
    if any(n.endswith(PROGRAMS) or n.startswith("/") or ".." in n.split("/") or "\\" in n for n in names):
        raise Incomplete(N_("This file carries a program or another archive and is not accepted."), field="file")
    if any(_loads(link) for link in links):
        raise Incomplete(N_("This file loads something from elsewhere and is not accepted. Please save it with everything inside."), field="file")
    if not any(kind == f"{mime}.main+xml" and part in names for part, kind in types.items()):
        raise Incomplete(N_("This file cannot be opened. Please save it again."), field="file")


def _loads(link: Any) -> bool:
    """Does opening the package fetch this from a server? A link that is clicked does not, nor a template on the writer's own disk."""
    target = (link.get("Target") or "").lower().replace("\\", "/")
    elsewhere = target.startswith(("http:", "https:", "ftp:", "//", "mhtml:")) or (target.startswith("file://") and not target.startswith("file:///"))
    return (link.get("TargetMode") or "").lower() == "external" and elsewhere and not (link.get("Type") or "").endswith("/hyperlink")


def _check_archive(entries: list[Any], packed: int) -> None:
    total = sum(e.file_size for e in entries)
    if len(entries) > ENTRIES or total > UNPACKED or (total > 2**20 and total > RATIO * packed):
        raise Incomplete(N_("This file unpacks to far too much and is not accepted."), field="file")
