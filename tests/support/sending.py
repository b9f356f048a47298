"""Which mails each act may write, read from the code: from the view through every function it reaches to `outbox.post`.

`python -m tests.support.sending` writes what it found to app/services/mails/data/sent.json; a test holds that it is what the code says.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask

from app import create_app
from app.kernel import outbox
from app.services.councils.procedures import _procedures

FILE = Path(__file__).parent.parent.parent / "app" / "services" / "mails" / "data" / "sent.json"
DEEP = 3  # tables of functions are looked into so deep


def found(app: Flask) -> dict[str, dict[str, str]]:
    """endpoint -> template -> "always" or "sometimes" (a condition stands before it)."""
    known = [n for n in app.jinja_env.list_templates() if re.fullmatch(r"\w+/mail/\w+\.txt", n)]
    acts = sorted({rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())})
    read = {act: _Walk(known).through(_bare(app.view_functions[act])) for act in acts}
    return {act: dict(sorted(mails.items())) for act, mails in read.items() if mails}


class _Walk:
    """One walk from a view."""

    def __init__(self, known: list[str]) -> None:
        self.known = known
        self.mails: dict[str, str] = {}
        self.seen: set[Any] = set()

    def through(self, view: Any) -> dict[str, str]:
        self._go(view, (), True)
        return self.mails

    def _go(self, function: Any, words: tuple[str, ...], sure: bool, by: Any = None) -> None:
        if (function, by) in self.seen or function.__module__.startswith("app.kernel"):
            return
        self.seen.add((function, by))  # one that is called by two may write another mail for each
        posts, calls, consts = _facts(function)
        words = (*words, *consts)
        for node, certain in posts:
            names = self._named(node, words)
            for name in names:
                self._note(name, sure and certain and len(names) == 1)
        for called, certain in calls:
            self._go(called, words, sure and certain, function)

    def _note(self, name: str, sure: bool) -> None:
        if self.mails.get(name) != "always":
            self.mails[name] = "always" if sure else "sometimes"

    def _named(self, node: Any, words: tuple[str, ...]) -> list[str]:
        if isinstance(node, ast.Constant):
            return [node.value]
        if isinstance(node, ast.JoinedStr):
            pattern = "".join(re.escape(str(v.value)) if isinstance(v, ast.Constant) else r"(\w+)" for v in node.values)
            return [name for name in self.known if (match := re.fullmatch(pattern, name)) and match[1] in words]
        return [name for name in self.known if name in words]


_CACHE: dict[Any, Any] = {}


def _facts(function: Any) -> Any:
    """(posts, functions reached, texts) of one function, each with whether it happens whatever is the case."""
    if function not in _CACHE:
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
        except (OSError, SyntaxError, TypeError):
            return [], [], ()
        _CACHE[function] = _read(tree, function)
    return _CACHE[function]


def _read(tree: ast.AST, function: Any) -> Any:
    posts, calls, texts = [], [], []
    for node, sure in _nodes(tree, True):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.append(node.value)
        if isinstance(node, ast.Call) and _value(node.func, function.__globals__) is outbox.post:
            posts.append((node.args[0], sure))
        if isinstance(node, ast.Name | ast.Attribute) and (value := _value(node, function.__globals__)) is not None:
            table = not isinstance(value, types.FunctionType)
            calls += [(one, sure and not table) for one in _functions(value) if one is not function]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call) and ast.unparse(node.value.func).endswith(("procedure", "procedure_of")):
            calls += [(one, False) for made in _procedures.values() for one in _functions(getattr(made, node.attr, None))]  # what a stage does after its council
    return posts, calls, tuple(texts)


def _nodes(node: ast.AST, sure: bool) -> Iterator[tuple[ast.AST, bool]]:
    """Every node, and whether it is reached whatever is the case. The form that was sent and is in order is no condition."""
    yield node, sure
    if isinstance(node, ast.If | ast.IfExp):
        submitted = "validate_on_submit" in ast.unparse(node.test)
        for child in ast.walk(node.test):
            yield child, sure
        for branch in (node.body, node.orelse):
            for child in branch if isinstance(branch, list) else [branch]:
                yield from _nodes(child, sure and submitted)
        return
    if isinstance(node, ast.FunctionDef):  # what stands behind an early end is reached sometimes
        for child in node.body:
            yield from _nodes(child, sure)
            ends = isinstance(child, ast.If) and any(isinstance(n, ast.Return) for n in ast.walk(child)) and "validate_on_submit" not in ast.unparse(child.test)
            sure = sure and not ends
        return
    loop = isinstance(node, ast.For | ast.While | ast.comprehension | ast.GeneratorExp | ast.ListComp | ast.DictComp | ast.SetComp | ast.BoolOp)
    for child in ast.iter_child_nodes(node):
        yield from _nodes(child, sure and not loop)


def _value(node: Any, known: dict[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Attribute):
        base = _value(node.value, known)
        return getattr(base, node.attr, None) if isinstance(base, types.ModuleType | type) else None
    return None


def _functions(value: Any, deep: int = 0) -> Iterator[Any]:
    if isinstance(value, types.FunctionType):
        bare = _bare(value)
        if isinstance(bare, types.FunctionType) and bare.__module__.startswith("app."):
            yield bare
    elif deep < DEEP and isinstance(value, dict):
        for one in value.values():
            yield from _functions(one, deep + 1)
    elif deep < DEEP and isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from _functions(one, deep + 1)


def _bare(function: Any) -> Any:
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return function


if __name__ == "__main__":
    made = found(create_app(commands=False))
    FILE.write_text(json.dumps(made, indent=1) + "\n")
    print(len(made), "acts", sum(len(m) for m in made.values()), "mails")
