"""The verb ``export``: a table of a project into a file for other programs."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from geo.errors import XunluError
from geo.language import tr
from geo.progress import Report

if TYPE_CHECKING:
    from geo.store.project import Project

ALL = "all"


def options(verb: argparse.ArgumentParser) -> None:
    """Give the verb its options."""
    verb.add_argument("--layer", default="sites", metavar="TABLE", help=tr("table to write, or all of them (sites)"))
    verb.add_argument("--out", type=Path, required=True, metavar="FILE", help=tr("file to write; its ending says how"))
    verb.add_argument("--datum", default="wgs84", help=tr("datum of the coordinates written (wgs84)"))


def run(project: "Project", given: argparse.Namespace, report_to: Report) -> None:
    """Write what the options name and print what came of it."""
    from geo import datum
    from geo.exchange import export

    name = datum.parse(given.datum)
    if given.layer == ALL:
        if name != "wgs84":
            raise XunluError(tr("All tables together are written in WGS-84 only."), tr("Leave --datum out."))
        written = export.export_project(project, given.out, report=report_to)
    else:
        convert = datum.converter(name)
        written = export.write(project, given.layer, given.out, convert=convert, report=report_to)
    for note in written.notes:
        print(note)
    print(tr("Wrote {rows} rows to {file}.", rows=written.rows, file=given.out))
