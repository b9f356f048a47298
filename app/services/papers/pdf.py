"""A paper as PDF, set by Typst. Content goes in as JSON, so nothing in it is read as markup.

Typst keeps what it compiled, so papers are set in a child process that is replaced after a while; a child that
hangs or dies is replaced too.
"""

from __future__ import annotations

import json
import os
import re
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from threading import Lock
from typing import Any

from app.kernel.words import N_
from app.later import qr, typst
from app.services.papers.blocks import letterhead, table_size, widths, with_last
from app.services.papers.rules import NotDrawn

FONTS = Path(__file__).resolve().parent.parent.parent / "static" / "vendor" / "tinos"
SOURCE = Path(__file__).resolve().parent / "paper.typ"
SECONDS = 20
ARCHIVAL = "a-2b"
PAPERS_PER_CHILD = 50
LONGEST_WORD, LONGEST_IN_TABLE = 40, 16
HASH = re.compile(r"[0-9a-f]{64}")  # stays on one line where a line holds it
_pools: dict[int, ProcessPoolExecutor] = {}
_lock = Lock()


def draw(content: dict[str, Any], *, archival: bool = False) -> bytes:
    """The PDF of a paper; `archival` makes it PDF/A-2b, which bears the day it was issued. Raises NotDrawn when it takes too long or the child dies twice."""
    ready = {"blocks": [_prepared(b) for b in with_last(content["blocks"])], "head": letterhead(content["body"]), "above": letterhead(content["parent"] or "")}
    if check := content.get("check"):
        ready["check"] = check | {"svg": svg_of(check["url"])}
    return _drawn(json.dumps({"check": None} | content | ready, ensure_ascii=False), archival)


def svg_of(address: str) -> str:
    """The QR code of an address as SVG."""
    return str(qr.make(address, error="m", micro=False).svg_inline(border=0))


@lru_cache(maxsize=32)
def _drawn(text: str, archival: bool = False) -> bytes:
    for _attempt in range(2):
        pool = _pool()
        try:
            return pool.submit(_compile, text, *((ARCHIVAL,) if archival else ())).result(timeout=SECONDS)
        except BrokenProcessPool:
            _replace(pool)
        except TimeoutError:
            _replace(pool)
            break
    raise NotDrawn(N_("The PDF could not be made just now. Please try again, or take the Word file."))


def _pool() -> ProcessPoolExecutor:
    with _lock:
        if os.getpid() not in _pools:
            _pools[os.getpid()] = ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=PAPERS_PER_CHILD)
        return _pools[os.getpid()]


def _replace(pool: ProcessPoolExecutor) -> None:
    with _lock:
        if _pools.get(os.getpid()) is pool:
            del _pools[os.getpid()]
    for child in list((getattr(pool, "_processes", None) or {}).values()):
        child.kill()  # shutdown alone would wait for a child that hangs
    pool.shutdown(wait=False, cancel_futures=True)


def _prepared(block: dict[str, Any]) -> dict[str, Any]:
    """The block as the page needs it: over-long words may be broken, columns of tables have widths."""
    ready = {key: _breakable(value, LONGEST_WORD) if isinstance(value, str) else value for key, value in block.items()}
    if block["kind"] in ("table", "rows"):
        ready["rows"] = [[_breakable(cell, LONGEST_IN_TABLE) for cell in row] for row in block["rows"]]
    if block["kind"] == "table":
        ready |= {"widths": block.get("widths") or widths(block), "size": table_size(block)}
    return ready


def _breakable(text: str, longest: int) -> str:
    def split(word: re.Match[str]) -> str:
        return word[0] if longest == LONGEST_WORD and HASH.fullmatch(word[0]) else "\u200b".join(word[0])

    return re.sub(rf"\S{{{longest + 1},}}", split, text)


def _compile(content: str, standard: str = "") -> bytes:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)]) if FONTS.is_dir() else typst.Fonts(include_system_fonts=False)
    kept = {"pdf_standards": standard} if standard else {}
    return typst.compile(SOURCE.read_bytes(), font_paths=fonts, sys_inputs={"paper": content, "standard": standard}, **kept)
