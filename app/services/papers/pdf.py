"""A paper as PDF, set by Typst. Content goes in as JSON, so nothing in it is read as markup.

Typst keeps what it compiled, so papers are set in a child process that is replaced after a while.
"""

from __future__ import annotations

import json
import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import typst

FONTS = Path(__file__).resolve().parent.parent.parent / "static" / "vendor" / "tinos"
SOURCE = Path(__file__).resolve().parent / "paper.typ"
SECONDS = 30
PAPERS_PER_CHILD = 50
_pool: dict[int, ProcessPoolExecutor] = {}


def draw(content: dict[str, Any]) -> bytes:
    """The PDF of a paper. Raises TimeoutError when it takes too long."""
    return _executor().submit(_compile, json.dumps(content, ensure_ascii=False)).result(timeout=SECONDS)


def _executor() -> ProcessPoolExecutor:
    if os.getpid() not in _pool:
        _pool[os.getpid()] = ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=PAPERS_PER_CHILD)
    return _pool[os.getpid()]


def _compile(content: str) -> bytes:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)]) if FONTS.is_dir() else typst.Fonts(include_system_fonts=False)
    return typst.compile(SOURCE.read_bytes(), font_paths=fonts, sys_inputs={"paper": content})
