"""The verb ``import``: a ledger, streets or an OpenStreetMap extract into a project."""

import argparse
import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.commands import streets
from geo.errors import XunluError
from geo.language import tr
from geo.progress import Report

if TYPE_CHECKING:
    # The parser is made for every verb; what is heavy loads with the work.
    from geo.exchange.importing import Prepared
    from geo.store.project import Project

SHOWN = 20
"""How many problems are printed; all of them go into the report."""


def options(verb: argparse.ArgumentParser) -> None:
    """Give the verb its options."""
    verb.add_argument("data", type=Path, metavar="DATA", help=tr("file to import (CSV, Excel, GIS or OpenStreetMap)"))
    verb.add_argument("--into", default="sites", metavar="TABLE", help=tr("table that the rows go to (sites)"))
    verb.add_argument("--kind", default="", help=tr("kind of the sites whose rows name none"))
    verb.add_argument("--datum", help=tr("wgs84, gcj02, bd09, cgcs2000 or epsg:N (what the file says, else wgs84)"))
    verb.add_argument("--map", action="append", type=_pair, metavar="FIELD=COLUMN", help=tr("what a column is"))
    verb.add_argument("--sheet", default="", help=tr("sheet or layer (the first one)"))
    verb.add_argument("--encoding", default="", help=tr("encoding of a text file (found out)"))
    verb.add_argument("--add-only", action="store_true", help=tr("leave rows alone that are there already"))
    verb.add_argument("--dry-run", action="store_true", help=tr("say what would be done, and do nothing"))
    verb.add_argument("--report", type=Path, metavar="CSV", help=tr("write the rows with problems to this file"))
    verb.add_argument("--json", action="store_true", help=tr("as JSON"))
    streets.options(verb)


def _pair(text: str) -> tuple[str, str]:
    field, _, title = text.partition("=")
    if not field or not title:
        raise argparse.ArgumentTypeError(tr("“{text}” is not like name=名称", text=text))
    return field.strip(), title.strip()


@contextmanager
def uncollected() -> Iterator[None]:
    """Let Python not look for circles of dead objects meanwhile.

    A large file makes millions of objects, none of them in circles; looking for those takes a fifth of the time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def run(project: "Project", given: argparse.Namespace, report_to: Report) -> None:
    """Import what the options name and print what came of it."""
    from geo.exchange import columns, importing, reading, report
    from geo.roads import osm

    if osm.is_extract(given.data):
        streets.run_osm(project, given, report_to)
        return
    if given.into == "streets":
        streets.run_lines(project, given, report_to)
        return
    table = columns.table_named(given.into)
    ledger = reading.read(
        given.data, columns.known_titles(table), sheet=given.sheet, encoding=given.encoding, report=report_to
    )
    recipe = importing.recall(project, ledger, given.into)
    if given.map:
        recipe = replace(recipe, mapping={**recipe.mapping, **dict(given.map)})
    recipe = replace(
        recipe,
        datum=given.datum or recipe.datum,
        kind=given.kind or recipe.kind,
        update=not given.add_only,
    )
    if not recipe.mapping:
        raise XunluError(
            tr("No column of {file} was recognised.", file=given.data.name),
            tr(
                "Say which is which with --map field=column; it has the columns {columns}.",
                columns=", ".join(ledger.titles),
            ),
        )
    prepared = importing.prepare(project, ledger, recipe, report_to)
    if not given.dry_run:
        project.apply(prepared.edit(), report_to)
    if given.report:
        report.write(prepared, given.report)
    print(json.dumps(as_json(prepared), ensure_ascii=False, indent=1) if given.json else as_text(prepared, given))


def as_json(prepared: "Prepared") -> dict[str, Any]:
    """Return what an import does as the JSON contract of the verb has it."""
    from geo.exchange.importing import ADDED, CHANGED, REFUSED, SAME

    return {
        "file": prepared.ledger.file.name,
        "sheet": prepared.ledger.sheet,
        "into": prepared.recipe.table,
        "datum": prepared.recipe.datum,
        "mapping": dict(prepared.recipe.mapping),
        "rows": len(prepared.ledger),
        **{fate: prepared.count(fate) for fate in (ADDED, CHANGED, SAME, REFUSED)},
        "without_place": prepared.without_place,
        "new_kinds": list(prepared.new_kinds),
        "missing": list(prepared.missing),
        "problems": [
            {"row": p.number, "field": p.field, "value": p.value, "reason": p.reason, "refused": p.refused}
            for p in prepared.problems
        ],
        "notes": list(prepared.ledger.notes),
    }


def as_text(prepared: "Prepared", given: argparse.Namespace) -> str:
    """Return what an import does as lines to read."""
    from geo.exchange import report

    lines = [report.summary(prepared), *prepared.ledger.notes]
    lines += [tr("Column “{title}” is {field}.", title=t, field=f) for f, t in prepared.recipe.mapping.items()]
    if prepared.new_kinds:
        lines.append(tr("New kinds of sites: {kinds}.", kinds=", ".join(prepared.new_kinds)))
    if prepared.without_place:
        lines.append(tr("{count} sites have no place yet.", count=prepared.without_place))
    if prepared.missing:
        lines.append(tr("{count} sites of the project are not in the file; they stay.", count=len(prepared.missing)))
    for problem in prepared.problems[:SHOWN]:
        lines.append(tr("Row {row}: {what}.", row=problem.number, what=report.sentence(prepared, problem)))
    if len(prepared.problems) > SHOWN:
        lines.append(tr("… and {count} more.", count=len(prepared.problems) - SHOWN))
    if given.report:
        lines.append(tr("All rows with problems are in {file}.", file=given.report))
    if given.dry_run:
        lines.append(tr("Nothing was changed: this was a dry run."))
    return "\n".join(lines)
