"""Import a plan, put it in force."""

from __future__ import annotations

import json
from typing import Any

from app.kernel.errors import Incomplete
from app.kernel.forms import FileField, StageForm
from app.kernel.words import N_


class Import(StageForm):
    file = FileField(N_("File of the plan (JSON)"), required=True, accept=".json",
                     hint=N_("Number, date, groups, sectors and items. Importing the same file twice changes nothing."))  # fmt: skip

    def content(self) -> Any:
        """The file as data. Raises Incomplete when it is not JSON."""
        try:
            return json.loads(self.file.data.read().decode("utf-8-sig"))
        except (ValueError, UnicodeDecodeError):
            raise Incomplete(N_("This file is not JSON in UTF-8."), field="file") from None


class PutInForce(StageForm):
    pass
