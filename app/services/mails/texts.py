"""The simple language of mails: what is wrong with a text, and what a mail of it says."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext

from app.kernel.words import N_
from app.services.mails.reading import Reader, Shipped
from app.services.papers.blocks import clean
from app.services.papers.wording import LONGEST, LONGEST_LINE, MOST_PROBLEMS, Problem

LANGUAGES = ("vi", "en")
_VALUE = re.compile(r"\$(?:\$|\{(\w+)\}|(\w+)|)")
EXAMPLES = {
    "name": "Nguyễn Thị Lan", "code": "TN-2026-014", "project_code": "TN-2026-014", "title": "Trữ nước ngọt mùa hạn", "project_title": "Trữ nước ngọt mùa hạn", "day": "05/03/2027",
    "number": "12/QĐ-SKHCN", "n": "2", "reason": "Thiếu bản dự toán", "amount": "120.000.000 đ", "link": "https://…/proposals/…", "link_2": "https://…/…", "deadline": "05/03/2027 17:00", "at": "05/03/2027 16:59",
}  # fmt: skip


def parts(name: str) -> tuple[str, str]:
    """("proposals/mail/submitted.txt", "vi") of "proposals/mail/submitted.vi"."""
    stem, _, lang = name.rpartition(".")
    return f"{stem}.txt", lang


@lru_cache(maxsize=2)
def names() -> tuple[str, ...]:
    """Every mail that officers may write anew, once in each language."""
    found = [name for name in current_app.jinja_env.list_templates() if re.fullmatch(r"\w+/mail/\w+\.txt", name)]
    return tuple(f"{name.removesuffix('.txt')}.{lang}" for name in sorted(found) for lang in LANGUAGES)


@lru_cache(maxsize=600)
def read(name: str) -> Shipped:
    """The shipped mail in its language. Raises FileNotFoundError."""
    if name not in names():
        raise FileNotFoundError(f"no mail {name}")
    template, lang = parts(name)
    with force_locale(lang):
        return Reader(current_app.jinja_env, template, gettext).read()


def shipped(name: str) -> str:
    """Version 0: the shipped text in the simple language."""
    return read(name).text


def example(key: str) -> str:
    """What stands for a value when nobody is written to."""
    return EXAMPLES.get(key, f"‹{key.replace('_', ' ')}›")


def variables(name: str) -> list[tuple[str, str, str]]:
    """(name, line of the shipped text in which it stands, example) of every value that a mail may say."""
    mail = read(name)
    lines = [line.removeprefix("Subject:").strip() for line in mail.text.splitlines()]
    found = {key: next((line for line in lines if re.search(rf"\$\{{?{key}\b", line)), "") for key in mail.names}
    return [(key, line[:200], example(key)) for key, line in sorted(found.items())]


def problems(name: str, text: str) -> list[Problem]:
    """What is wrong with a text as this mail, in the order of its lines."""
    if len(text) > LONGEST:
        return [Problem(0, N_("The text has %(have)d characters; %(n)d is the most."), {"have": len(text), "n": LONGEST})]
    known, found, opened = read(name).names, [], []
    for at, line in enumerate(text.splitlines(), 1):
        if len(line) > LONGEST_LINE:
            found.append(Problem(at, N_("The line has %(have)d characters; %(n)d is the most."), {"have": len(line), "n": LONGEST_LINE}))
        elif line != clean(line):
            found.append(Problem(at, N_("The line holds signs that cannot be seen, or that turn the direction of writing. Please type it anew.")))
        else:
            found += _line(at, line, known, opened)
    found += [Problem(at, N_("#if is not closed: #end is missing.")) for at, _else in opened]
    return (found or _whole(name, text))[:MOST_PROBLEMS]


def _line(at: int, line: str, known: dict[str, str], opened: list[tuple[int, bool]]) -> list[Problem]:
    word = line.split(" ")[0]
    if word == "#if":
        opened.append((at, False))
        if not re.fullmatch(r"#if \$\w+\s*", line):
            return [Problem(at, N_("A condition is written #if $name."))]
    elif word in ("#else", "#end"):
        if not opened or (word == "#else" and opened[-1][1]):
            return [Problem(at, N_("“%(word)s” stands outside any #if."), {"word": word})]
        first, _else = opened.pop()
        if word == "#else":
            opened.append((first, True))
        return []
    elif line.startswith("#"):
        return [Problem(at, N_("There is no command “#%(name)s”."), {"name": word[1:41]})]
    found = []
    for match in _VALUE.finditer(line):
        key = match[1] or match[2]
        if match[0] == "$":
            found.append(Problem(at, N_("A lone “$” is written $$; a value is written $name or ${name}.")))
        elif key and key not in known:
            found.append(Problem(at, N_("There is no variable “$%(name)s” for this mail. See the list beside the text."), {"name": key[:40]}))
    return found


def _whole(name: str, text: str) -> list[Problem]:
    if not re.match(r"Subject:[ \t]*\S", text):
        return [Problem(1, N_("The first line is the subject: Subject: …"))]
    used = {match[1] or match[2] for match in _VALUE.finditer(text)}
    gone = [key for key in read(name).names if re.fullmatch(r"link(_\d+)?", key) and key not in used]
    return [Problem(0, N_("The address “$%(name)s” must stay in the text: without it nobody finds the page."), {"name": gone[0]})] if gone else []


def fill(text: str, values: dict[str, str]) -> str:
    """The text with its values. A value holds no commands: what stands in it is said as it is."""
    lines, shown = [], [True]
    for line in text.splitlines():
        word = line.split(" ")[0]
        if word == "#if":
            shown.append(bool(values.get(line[4:].strip().lstrip("$"))))
        elif word == "#else":
            shown[-1] = not shown[-1]
        elif word == "#end":
            shown.pop()
        elif all(shown):
            said = _VALUE.sub(lambda m: values.get(m[1] or m[2] or "", "") if m[1] or m[2] else "$", line)
            lines.append(said if lines else " ".join(said.split()))
    return "\n".join(lines)


def values_of(name: str, context: dict[str, Any]) -> dict[str, str]:
    """What the names of a mail stand for, in the language of its reader."""
    mail = read(name)
    context = dict(context)
    current_app.update_template_context(context)
    assert mail.values is not None
    module = mail.values.make_module(context)
    return {key: str(getattr(module, f"v_{key}", "")) for key in mail.names}
