"""Two plans side by side: what was added, dropped, changed or mapped. Pure: shapes in, lines out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.kernel.text import fold
from app.kernel.words import N_
from app.stages.plan.rules import Fate, Link, fates
from app.stages.plan.shape import Shape, shown

PARTS = {"plan": N_("Plan"), "goal": N_("Goal"), "group": N_("Group of solutions"), "sector": N_("Sector"), "item": N_("Priority item"), "agency": N_("Agencies of an item"),
         "target": N_("Target"), "measure": N_("Measure")}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One part of either plan, or of both."""

    part: str
    fate: Fate
    old_code: str = ""
    old_text: str = ""
    new_code: str = ""
    new_text: str = ""
    note: str = ""

    def holds(self, words: str) -> bool:
        """Do its texts hold these words, with or without diacritics?"""
        return fold(words) in fold(f"{self.old_code} {self.old_text} {self.new_code} {self.new_text} {self.note}")


def compare(old: Shape, new: Shape, links: Sequence[Link]) -> list[Line]:
    """All parts of both, in the order of the plans. Items follow the mapping; without one they follow their codes."""
    found = [_line("plan", "", _head(old), "", _head(new))]
    for part, key, text in (("goal", "goals", _goal), ("group", "solution_groups", _name), ("sector", "sectors", _name)):
        found += _by_key(part, [(row["code"], text(row)) for row in old[key]], [(row["code"], text(row)) for row in new[key]])
    found += _items(old, new, links)
    for part, what in (("agency", _agencies), ("target", _targets), ("measure", _measures)):
        found += _by_key(part, list(what(old)), list(what(new)))
    return found


def _head(shape: Shape) -> str:
    head = shape["plan"]
    return f"{head['number']}, {head['date']}: {head['title_vi']} ({shape['horizon_year'] or '–'} / {shape['vision_year'] or '–'})"


def _goal(row: Shape) -> str:
    return f"{row['year']}: {row['short_vi']}"


def _name(row: Shape) -> str:
    return str(row["name_vi"])


def _line(part: str, old_code: str, old_text: str | None, new_code: str, new_text: str | None) -> Line:
    if old_text is None:
        return Line(part, Fate.ADDED, new_code=new_code, new_text=new_text or "")
    if new_text is None:
        return Line(part, Fate.DROPPED, old_code, old_text)
    return Line(part, Fate.SAME if (old_code, old_text) == (new_code, new_text) else Fate.CHANGED, old_code, old_text, new_code, new_text)


def _by_key(part: str, old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> list[Line]:
    before, after = dict(old), dict(new)
    found = [_line(part, code, text, code, after.get(code)) for code, text in before.items()]
    return found + [_line(part, "", None, code, text) for code, text in after.items() if code not in before]


def _items(old: Shape, new: Shape, links: Sequence[Link]) -> list[Line]:
    before, after = ({i["code"]: i["text_vi"] for s in shape["sectors"] for i in s["items"]} for shape in (old, new))
    if not links:
        return _by_key("item", list(before.items()), list(after.items()))
    by_old = {link.old: link for link in links}
    found, added = fates(list(before), list(after), links)
    lines = []
    for code, fate in found.items():
        link = by_old.get(code, Link(code))
        texts = [f"{c} {after[c]}" if len(link.new) > 1 else after[c] for c in link.new if c in after]
        lines.append(Line("item", refined(fate, code, before[code], link, texts), code, before[code], ", ".join(link.new), "\n".join(texts), link.reason))
    return lines + [Line("item", Fate.ADDED, new_code=code, new_text=after[code]) for code in added]


def refined(fate: Fate, code: str, text: str, link: Link, texts: Sequence[str]) -> Fate:
    """An item that goes on alone under the same code and says the same is unchanged."""
    return Fate.SAME if fate == Fate.CHANGED and link.new == (code,) and list(texts) == [text] else fate


def _agencies(shape: Shape) -> Iterable[tuple[str, str]]:
    for sector in shape["sectors"]:
        for item in sector["items"]:
            if item["lead_agency"] or item["coordinating"]:
                yield item["code"], "; ".join([item["lead_agency"] or "–", *item["coordinating"]])


def _owners(shape: Shape, groups: bool) -> Iterable[tuple[str, Shape]]:
    yield from ((g["code"], g) for g in shape["solution_groups"] if groups)
    for sector in shape["sectors"]:
        yield sector["code"], sector
        yield from ((i["code"], i) for i in sector["items"])


def _targets(shape: Shape) -> Iterable[tuple[str, str]]:
    for code, row in _owners(shape, groups=False):
        yield from ((f"{code} · {t['name_vi']} · {t['year']}", f"{shown(t['amount'])} {t['unit']}") for t in row["targets"])


def _measures(shape: Shape) -> Iterable[tuple[str, str]]:
    for code, row in _owners(shape, groups=True):
        yield from ((f"{code} · {m['text_vi']}", f"{m['agency']}, {m['due']}") for m in row.get("measures", ()))


def counted(lines: Iterable[Line]) -> dict[Fate, int]:
    """How many items share each fate."""
    found: dict[Fate, int] = {}
    for line in lines:
        if line.part == "item":
            found[line.fate] = found.get(line.fate, 0) + 1
    return found
