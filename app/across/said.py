"""What templates say: sentences in the page's language, and the small marks of pages (state, money, day, instant)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import g
from flask_babel import get_translations
from jinja2 import Undefined, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from app import shown


def _catalogue() -> Any:
    """The catalogue of this request's language, looked up once and not for each of the hundreds of words of a list."""
    babel = getattr(g, "_flask_babel", None)
    kept = getattr(babel, "catalogue", None)
    if kept is not None and kept[0] is babel.babel_locale:  # force_locale changes it for a while
        return kept[1]
    found = get_translations()
    g._flask_babel.catalogue = (g._flask_babel.babel_locale, found)
    return found


def _(text: str) -> str:
    """The sentence in the page's language; as flask_babel's, with a shorter way to the catalogue."""
    return str(_catalogue().ugettext(text))


@pass_eval_context
def said(where: EvalContext, text: str, **values: Any) -> str:
    """`_` of the templates. Jinja's own copies the whole context for each word within a loop, a fifth of a list's page."""
    found = _catalogue().ugettext(text)
    found = Markup(found) if where.autoescape else found
    return found % values if "%" in found else found


def counted(one: str, many: str, num: int, **values: Any) -> str:
    """`ngettext` of the templates: the text, not yet safe for a page."""
    return str(_catalogue().ungettext(one, many, num)) % {"num": num, **values}


def tag(state: Any, label: str | None = None) -> Markup:
    """A state as a coloured tag; nothing for none."""
    if state is None or isinstance(state, Undefined):
        return Markup("")
    named = getattr(state, "label", None)
    return Markup(f'<span class="tag tag-{escape(getattr(state, "tone", None) or "grey")}">{escape(label or (_(named) if named else state))}</span>')


def options(choices: Iterable[tuple[Any, str]], chosen: str | None) -> Markup:
    """The options of a list's filter: a list has some two hundred, and a macro takes three times as long for them."""
    return Markup("".join(f'\n        <option value="{escape(value)}"{" selected" if chosen == str(value) else ""}>{escape(plain(label) or value)}</option>'
                          for value, label in choices))  # fmt: skip


def money(amount: Any) -> Markup:
    return Markup("–") if amount is None or isinstance(amount, Undefined) else Markup(f'<span class="money">{shown.money(amount)}</span>')


def date(value: Any) -> Markup:
    return Markup(f'<time datetime="{value.isoformat()[:10]}">{shown.day(value)}</time>') if value else Markup("–")


def moment(value: Any) -> Markup:
    return Markup(f'<time datetime="{value.isoformat(timespec="seconds")}">{shown.moment(value)}</time>') if value else Markup("–")


def plain(text: Any) -> str:
    """A choice's label in words: translated when it is a sentence of ours, else as it is; never markup (`_` in a page would be)."""
    return _(str(text)) if text else ""
