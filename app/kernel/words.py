"""Words: marking sentences for translation, and enums that carry their face."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


def N_(message: str) -> str:
    """Mark an English sentence for translation; it is translated where it is shown."""
    return message


class Face(StrEnum):
    """A string enum whose members carry a label (msgid) and a tone (tag colour).

    ``DRAFT = "draft", N_("Draft"), "grey"``. Templates show ``state.label`` and never compare strings.
    """

    label: str
    tone: str

    def __new__(cls, value: str, label: str = "", tone: str = "grey") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label or value
        member.tone = tone
        return member
