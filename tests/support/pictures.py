"""Pictures of pages for the guides: made from the running demonstration, so they show the pages as they are.

`make pictures` sets VAMCO_PICTURES to a folder; without it the pictures are made, looked at and thrown away.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path

from playwright.sync_api import Page

WIDTH, HEIGHT = 1000, 640  # what templates/help/guide.html says of every picture
MOST = 60_000  # bytes
QUALITIES = (70, 55, 40, 25)


def folder() -> Path | None:
    """Where pictures are kept, if they are."""
    named = os.environ.get("VAMCO_PICTURES")
    return Path(named) if named else None


def picture_of(page: Page) -> bytes:
    """The upper part of the page as WebP of at most MOST bytes. AssertionError when no quality is small enough."""
    session = page.context.new_cdp_session(page)
    try:
        for quality in QUALITIES:
            clip = {"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT, "scale": 1}
            made = base64.b64decode(session.send("Page.captureScreenshot", {"format": "webp", "quality": quality, "clip": clip})["data"])
            if len(made) <= MOST:
                return made
    finally:
        session.detach()
    raise AssertionError(f"the picture of {page.url} has {len(made)} bytes")
