"""Texts of rules inside sentences: said in the reader's language when the sentence is."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import get_locale


class Said:
    """A text of a rule, {"vi": …, "en": …}, as a parameter of a refusal."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self.words = words

    def __str__(self) -> str:
        return self.words.get(str(get_locale())) or self.words["vi"]
