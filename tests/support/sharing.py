"""How processes share the tests: a file goes to one of them, so that what its tests begin with is played once.

All tests with browsers go to one process, or they would slow each other down; all files whose tests need the played world go to one,
which plays it once. (xdist's own groups do not take effect with pytest 9.2: it no longer lets a test be renamed.)
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

PLAYED = re.compile(r"\bplayed\b")


class ByFile(LoadScopeScheduling):  # type: ignore[misc]
    """One file, one process."""

    def _split_scope(self, nodeid: str) -> str:
        return place_of(nodeid.partition("::")[0], self.config.rootpath)


@cache
def place_of(file: str, root: Path) -> str:
    """What goes together with this file."""
    if file.startswith("tests/browser/"):
        return "browser"
    path = root / file
    return "world" if path.is_file() and PLAYED.search(path.read_text()) else file
