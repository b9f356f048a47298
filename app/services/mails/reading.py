"""A shipped mail (Jinja) as a text in the simple language, and the values that its names stand for. Knows no database."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment, Template, nodes

_ARGUMENT = re.compile(r"%\((\w+)\)s")


@dataclass
class Shipped:
    """The text in one language, its names, and the template that gives them their values."""

    text: str = ""
    names: dict[str, str] = field(default_factory=dict)  # name -> "value" | "condition" | "lines"
    values: Template | None = None


class Reader:
    """Walks the tree of one template. `say` translates a sentence of it."""

    def __init__(self, environment: Environment, name: str, say: Any) -> None:
        source, _file, _fresh = environment.loader.get_source(environment, name)  # type: ignore[union-attr]
        self.environment, self.name, self.say = environment, name, say
        self.tree = environment.parse(source, name)
        self.names: dict[str, str] = {}
        self.known: dict[str, nodes.Node] = {}

    def read(self) -> Shipped:
        """The whole template. What it cannot say simply (loops, lines cut by a condition) is one name."""
        text, values = self.body(self.tree.body)
        text = re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"
        made = self.environment.compile(self._module(values), self.name, None)
        return Shipped(text, self.names, Template.from_code(self.environment, made, self.environment.make_globals(None)))

    def _module(self, values: list[nodes.Node]) -> nodes.Template:
        tree = nodes.Template(values, lineno=1)
        tree.set_environment(self.environment)
        return tree

    def body(self, parts: list[nodes.Node]) -> tuple[str, list[nodes.Node]]:
        """(text, assignments) of some statements."""
        text, values = "", []
        for part in parts:
            if isinstance(part, nodes.Output):
                more, given = self.output(part)
            elif isinstance(part, nodes.If) and self._own_lines(text, part):
                more, given = self.choice(part)
            else:
                more, given = self.whole(part)
            text += more
            values += given
        return text, values

    @staticmethod
    def _own_lines(before: str, part: nodes.If) -> bool:
        """Does the condition take whole lines?"""
        last = part.body[-1] if part.body else None
        ends = isinstance(last, nodes.Output) and isinstance(last.nodes[-1], nodes.TemplateData) and last.nodes[-1].data.endswith("\n")
        return (not before or before.endswith("\n")) and (ends or isinstance(last, nodes.If | nodes.For))

    def choice(self, part: nodes.If) -> tuple[str, list[nodes.Node]]:
        name = self.named(self.word(part.test), part.test, "condition")
        text, values = self.body(part.body)
        rest = part.else_
        if part.elif_:
            head, *more = part.elif_
            rest = [nodes.If(head.test, head.body, more, part.else_, lineno=part.lineno)]
        other, others = self.body(rest)
        text = f"#if ${name}\n{text.rstrip(chr(10))}\n" + (f"#else\n{other.rstrip(chr(10))}\n" if other else "") + "#end\n"
        given = self.given(name, nodes.CondExpr(part.test, nodes.Const("1"), nodes.Const(""), lineno=part.lineno), part)
        return text, [given, nodes.If(part.test, values, [], others, lineno=part.lineno)]

    def output(self, part: nodes.Output) -> tuple[str, list[nodes.Node]]:
        text, values, at = "", [], 0
        while at < len(part.nodes):
            node = part.nodes[at]
            if isinstance(node, nodes.TemplateData):
                text += node.data.replace("$", "$$")
            elif isinstance(node, nodes.Name) and node.name == "base_url":
                more, given, at, rest = self.link(part.nodes, at)
                text += more + rest
                values.append(given)
            else:
                more, given_all = self.expression(node)
                text += more
                values += given_all
            at += 1
        return text, values

    def link(self, parts: list[Any], at: int) -> tuple[str, nodes.Node, int, str]:
        """The whole address that begins with base_url is one name."""
        pieces, rest, first = [parts[at]], "", parts[at]
        while at + 1 < len(parts) and not rest:
            at += 1
            piece = parts[at]
            if isinstance(piece, nodes.TemplateData):
                end = re.search(r"\s", piece.data)
                pieces.append(nodes.TemplateData(piece.data[: end.start()] if end else piece.data, lineno=piece.lineno))
                rest = piece.data[end.start() :].replace("$", "$$") if end else ""
            else:
                pieces.append(piece)
        plain = [nodes.Const(p.data) if isinstance(p, nodes.TemplateData) else p for p in pieces]
        whole = nodes.Concat(plain, lineno=first.lineno)
        name = self.named("link", whole, "value")
        return f"${{{name}}}", self.given(name, whole, first), at, rest

    def expression(self, node: Any) -> tuple[str, list[nodes.Node]]:
        """A sentence with its arguments, or one value."""
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == "_" and node.args and isinstance(node.args[0], nodes.Const):
            words = {pair.key: pair.value for pair in node.kwargs}
            names = {key: self.named(key, value, "value") for key, value in words.items()}
            sentence = str(self.say(node.args[0].value)).replace("$", "$$")
            text = _ARGUMENT.sub(lambda m: f"${{{names[m[1]]}}}" if m[1] in names else m[0], sentence).replace("%%", "%")
            return text, [self.given(names[key], value, node) for key, value in words.items()]
        name = self.named(self.word(node), node, "value")
        return f"${{{name}}}", [self.given(name, node, node)]

    def whole(self, part: Any) -> tuple[str, list[nodes.Node]]:
        """A loop, or a condition inside a line: what it gives is one value."""
        if not isinstance(part, nodes.For | nodes.If):
            return "", [part]
        name = self.named(self.word(part.iter if isinstance(part, nodes.For) else part.test) + "_text", part, "lines")
        block = nodes.AssignBlock(nodes.Name(f"v_{name}", "store", lineno=part.lineno), None, [part], lineno=part.lineno)
        return f"${{{name}}}" + ("\n" if isinstance(part, nodes.For) else ""), [block]

    def given(self, name: str, value: Any, where: Any) -> nodes.Node:
        return nodes.Assign(nodes.Name(f"v_{name}", "store", lineno=where.lineno), value, lineno=where.lineno)

    def named(self, wanted: str, value: Any, how: str) -> str:
        """The name of this expression; another one of the same word gets a number."""
        wanted = re.sub(r"\W+", "_", wanted).strip("_")[:40] or "value"
        name, n = wanted, 1
        while name in self.known and self.known[name] != value:
            n += 1
            name = f"{wanted}_{n}"
        self.known[name], self.names[name] = value, how
        return name

    def word(self, node: Any) -> str:
        """A word for an expression: reason, project_code, state_is_reserve."""
        if isinstance(node, nodes.Name):
            return str(node.name)
        if isinstance(node, nodes.Getattr):
            return f"{self.word(node.node)}_{node.attr}"
        if isinstance(node, nodes.Filter | nodes.Getitem | nodes.Test):
            return self.word(node.node)
        if isinstance(node, nodes.Not):
            return f"no_{self.word(node.node)}"
        if isinstance(node, nodes.Compare):
            other = node.ops[0].expr
            return f"{self.word(node.expr)}_is_{other.value}" if isinstance(other, nodes.Const) else self.word(node.expr)
        if isinstance(node, nodes.Call) and node.args:
            return self.word(node.args[0]) if not isinstance(node.args[0], nodes.Const) else "sentence"
        return "value"
