"""flask plan suggest F.csv, flask plan accuracy"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from app.kernel.db import db
from app.services.similarity.words import read_titles
from app.stages.plan import queries as plans
from app.stages.plan.cli import plan
from app.stages.plan.suggestion import labels, queries
from app.stages.plan.suggestion.scoring import Item

STEPS = (0, 0.25, 0.5, 1)  # shares of the confirmed links


@plan.command("suggest")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def suggest(file: Path) -> None:
    """Suggest items for the titles of a CSV file (column `title`): one JSON object a line, in the order of the file."""
    try:
        titles = read_titles(file.read_bytes())
    except ValueError as failure:
        raise click.ClickException(f"{file.name}: {failure}") from failure
    known = queries.suggester()
    if not known.codes:
        raise click.ClickException("no plan is in force: flask plan import F.json")
    for title in titles:
        answer = known.suggest(title)
        found = [{"item": s.item, "score": s.score, "why": s.why} for s in answer.suggestions]
        click.echo(json.dumps({"title": title, "suggestions": found, "none": answer.none}, ensure_ascii=False))


@plan.command("accuracy")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def accuracy(as_json: bool) -> None:
    """How often the suggestion is right on the labelled titles: three splits, four writings, and how it grows with confirmed links."""
    labelled = plans.plan_by_number(labels.PLAN)  # codes of another plan mean other items: figures for it would say nothing
    if labelled is None:
        raise click.ClickException(f"plan {labels.PLAN}, for which the titles are labelled, is not imported: flask plan import")
    items = [Item(i.code, (i.text_vi, i.short_vi, i.title_en)) for i in plans.items_of(labelled.id)]
    db.session.rollback()  # what follows takes a while and asks nothing: writers do not wait for it
    for row in _figures(labelled.number, items):
        click.echo(json.dumps(row, ensure_ascii=False) if as_json else _line(row))


def _figures(number: str, items: list[Item]) -> Iterator[dict[str, object]]:
    splits = {name: labels.of_split(name) for name in ("tune", "held", "blind")}
    whole = labels.suggester(number, items)
    for split, rows in splits.items():
        for writing, write in labels.WRITINGS.items():
            yield {"what": f"{split}, {writing}", **_shares(labels.measure(whole, rows, write))}
        yield {"what": f"{split}, best item alone counts", **_shares(labels.measure(whole, [replace(r, alternatives=()) for r in rows]))}
    for split in ("held", "blind"):
        for source in sorted({r.source for r in splits[split]}):
            yield {"what": f"{split}, titles from: {source}", **_shares(labels.measure(whole, [r for r in splits[split] if r.source == source]))}
    links = [(r.title, r.item) for r in splits["tune"] + splits["held"] if r.item != labels.NONE]
    for known, name in ((False, "plan texts alone"), (True, "with vocabulary")):
        for share in STEPS:
            used = links[:: round(1 / share)] if share else []
            grown = labels.suggester(number, items, confirmed=used, with_vocabulary=known)
            yield {"what": f"blind, {name}, {share:.0%} of {len(links)} confirmed links", **_shares(labels.measure(grown, splits["blind"]))}


def _shares(found: labels.Accuracy) -> dict[str, object]:
    return {"titles": found.titles, "first": round(found.first, 3), "three": round(found.three, 3),
            "none_precision": round(found.none_precision, 3), "none_recall": round(found.none_recall, 3)}  # fmt: skip


def _line(row: dict[str, object]) -> str:
    return (f"{row['what']!s:58} {row['titles']!s:>4} titles   first {row['first']:.3f}   among three {row['three']:.3f}   "
            f"none: precision {row['none_precision']:.3f} recall {row['none_recall']:.3f}")  # fmt: skip


commands: list[click.Command] = []
