"""Calls as an Atom feed (RFC 4287). Pure: plain dictionaries in, bytes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as Xml

ATOM = "http://www.w3.org/2005/Atom"
EPOCH = datetime(2015, 1, 1, tzinfo=UTC)


def atom(calls: Sequence[Mapping[str, Any]], *, title: str, author: str, address: str, page: str, base_url: str, host: str, language: str) -> bytes:
    """The feed of these calls, each with `summary` and `updated`."""
    Xml.register_namespace("", ATOM)
    feed = Xml.Element(_name("feed"), {"{http://www.w3.org/XML/1998/namespace}lang": language})
    _text(feed, "id", f"tag:{host},2024:{page.removeprefix(base_url)}")
    _text(feed, "title", title)
    _text(feed, "updated", _moment(max((c["updated"] for c in calls), default=EPOCH)))
    _link(feed, address, "self", "application/atom+xml")
    _link(feed, page, "alternate", "text/html")
    _text(Xml.SubElement(feed, _name("author")), "name", author)
    for call in calls:
        entry = Xml.SubElement(feed, _name("entry"))
        _text(entry, "id", f"tag:{host},2024:call/{call['pid']}")
        _text(entry, "title", call["title"])
        _text(entry, "published", _moment(call["opens_at"]))
        _text(entry, "updated", _moment(call["updated"]))
        _link(entry, f"{base_url}/public/calls/{call['pid']}", "alternate", "text/html")
        _text(entry, "summary", call["summary"])
        for topic in call["topics"]:
            Xml.SubElement(entry, _name("category"), {"term": topic["item_code"], "label": clean(topic["title"])})
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(feed, encoding="utf-8", xml_declaration=False)


def clean(text: str) -> str:
    """The text without characters that XML does not allow."""
    return "".join(c for c in text if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c >= "\U00010000")


def _name(tag: str) -> str:
    return f"{{{ATOM}}}{tag}"


def _text(parent: Xml.Element, tag: str, text: str) -> None:
    Xml.SubElement(parent, _name(tag)).text = clean(text)


def _link(parent: Xml.Element, address: str, relation: str, kind: str) -> None:
    Xml.SubElement(parent, _name("link"), {"href": address, "rel": relation, "type": kind})


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
