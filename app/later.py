"""A module that is loaded when it is first used: what only some requests need stays out of the memory of every worker.

Word, PDF and Excel writers take some 15 MB of each worker, and most workers' hours pass without a paper. An import inside the
function would do the same, but hides from the reader what a file needs; here it stands at the top like the others.
`importlib.util.LazyLoader` is not safe where two threads use the module at once (before Python 3.12); `import_module` is.
"""

from __future__ import annotations

import importlib
from typing import Any


class Later:
    """Stands for the module of this name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(importlib.import_module(self._name), attribute)


asn1_pem: Any = Later("asn1crypto.pem")
asn1_x509: Any = Later("asn1crypto.x509")
alembic_script: Any = Later("alembic.script")
calamine: Any = Later("python_calamine")
certvalidator: Any = Later("pyhanko_certvalidator")
cipher: Any = Later("app.services.councils.cipher")  # with cryptography, which brings an OpenSSL of its own
defused: Any = Later("defusedxml.ElementTree")
fuzz: Any = Later("rapidfuzz.fuzz")
holidays: Any = Later("holidays")
pdf_reader: Any = Later("pyhanko.pdf_utils.reader")
pdf_validation: Any = Later("pyhanko.sign.validation")
postgresql: Any = Later("sqlalchemy.dialects.postgresql")  # of the two dialects a server has one
qr: Any = Later("segno")
sqlite: Any = Later("sqlalchemy.dialects.sqlite")
typst: Any = Later("typst")
word: Any = Later("app.services.papers.word")  # with python-docx and lxml
worddraw: Any = Later("app.stages.proposals.worddraw")  # likewise
xlsxwriter: Any = Later("xlsxwriter")
