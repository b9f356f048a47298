"""Every paper as PDF, and as Word set by LibreOffice: the same words, nearly as many pages, letters of the right kind."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from app.services.papers import pdf, word, wordings
from app.services.papers.blocks import as_text
from app.services.papers.blueprint import kind_name
from app.services.papers.wording import shipped_names

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
CHECK = {"url": "https://khcn.example.vn/public/check/61hbnv4nx53mwnz3jpdvp71ne6", "hash": "0a03e6cc57c206d6"}

pytestmark = [pytest.mark.deep, pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not on this machine")]


def squeezed(text: str) -> str:
    """The text without spaces and what breaks long words."""
    return re.sub(r"[\s\u200b\u00ad]+", "", text)


def read(content: bytes) -> tuple[int, str]:
    """(pages, text without the numbers of pages)."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    return len(pages), "\n".join(re.sub(rf"^\s*{n}\s*\n", "", text) if n > 1 else text for n, text in enumerate(pages, 1))


def test_every_paper_says_the_same_in_both(db: Any, at: Any, tmp_path: Path) -> None:
    made = {}
    for name in shipped_names():
        content = wordings.preview(name, wordings.shipped_text(name), title=kind_name(name), on=at.date()) | {"number": "12/VB-SKHCN", "check": CHECK}
        made[name] = content, pdf.draw(content)
        (tmp_path / f"{name.replace('/', '--')}.docx").write_bytes(word.draw(content))
    subprocess.run([str(OFFICE), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path / "out"),
                    *map(str, sorted(tmp_path.glob("*.docx")))], check=True, timeout=900, capture_output=True)  # fmt: skip
    wrong, told = [], []
    for name, (content, ours) in made.items():
        pages, said = read(ours)
        other_pages, other = read((tmp_path / "out" / f"{name.replace('/', '--')}.pdf").read_bytes())
        told.append(f"{name}: {pages} pages, {other_pages} from Word")
        wrong += [f"{name}: {pages} pages, {other_pages} from Word"] if abs(pages - other_pages) > 1 else []
        for line in as_text(content["blocks"]).splitlines():
            wrong += [f"{name}, {kind}: {line[:80]}" for kind, text in (("PDF", said), ("Word", other)) if squeezed(line) not in squeezed(text)]
        fonts = {str(font) for page in PdfReader(io.BytesIO(ours)).pages for font in (page["/Resources"].get("/Font") or {}).values() for font in [font.get_object()["/BaseFont"]]}
        wrong += [f"{name}: {font}" for font in fonts if "Tinos" not in font]
    print("\n".join(told))
    assert not wrong, "\n".join(wrong)
