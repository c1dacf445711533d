"""Streets for the verb ``import``: from an OpenStreetMap extract, or from the lines of a GIS file."""

import argparse
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.errors import XunluError
from geo.language import tr
from geo.progress import Report

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.store.edits import Edit
    from geo.store.project import Project


def options(verb: argparse.ArgumentParser) -> None:
    """Give the verb the options of an extract."""
    osm = verb.add_argument_group(tr("OpenStreetMap"))
    osm.add_argument("--clip", metavar="W,S,E,N|GEOJSON", help=tr("take only this area: a box in degrees or a file"))
    osm.add_argument("--admin-level", type=int, metavar="N", help=tr("administrative areas that become subdistricts"))
    osm.add_argument("--amenities", default="", metavar="KIND,…", help=tr("site kinds to take, like hotel,school"))
    osm.add_argument("--buildings", action="store_true", help=tr("take the outlines of buildings"))


def download_options(verb: argparse.ArgumentParser) -> None:
    """Give the verb ``download`` its options."""
    verb.add_argument("out", type=Path, metavar="OSM", help=tr("file to write (.osm), to be imported then"))
    verb.add_argument("--area", required=True, metavar="W,S,E,N|GEOJSON", help=tr("a box in degrees or a file"))
    verb.add_argument("--server", metavar="URL", help=tr("address of the Overpass server"))


def download(given: argparse.Namespace, report_to: Report) -> None:
    """Fetch the streets of an area from an Overpass server into a file."""
    from geo.roads import overpass

    area = _area(given.area)
    if area is None:
        raise _no_area(given.area)
    overpass.download(area, given.out, server=given.server or overpass.SERVER, report=report_to)
    print(tr("Made {file}.", file=given.out))


def run_osm(project: "Project", given: argparse.Namespace, report_to: Report) -> None:
    """Import an extract and print what came of it."""
    from geo.roads import osm, osm_edit

    wanted = osm.Wanted(
        clip=_area(given.clip),
        admin_level=given.admin_level,
        amenities=frozenset(name.strip() for name in given.amenities.split(",") if name.strip()),
        buildings=given.buildings,
    )
    extract = osm.read(given.data, wanted, report_to)
    edit, notes = osm_edit.import_edit(project, extract)
    _finish(project, given, edit, {"found": extract.counts(), "notes": notes}, report_to)


def run_lines(project: "Project", given: argparse.Namespace, report_to: Report) -> None:
    """Import lines of a GIS file as streets and print what came of it."""
    from geo.exchange import reading, streets

    ledger = reading.read(given.data, sheet=given.sheet, encoding=given.encoding, report=report_to)
    edit, notes = streets.from_ledger(project, ledger, dict(given.map or ()), given.datum, report_to)
    _finish(project, given, edit, {"notes": list(notes)}, report_to)


def _finish(
    project: "Project", given: argparse.Namespace, edit: "Edit", facts: dict[str, Any], report_to: Report
) -> None:
    facts["changes"] = _changes(edit)
    if not given.dry_run:
        project.apply(edit, report_to)
    if given.json:
        print(json.dumps(facts, ensure_ascii=False, indent=1))
        return
    for table, kinds in facts["changes"].items():
        print(f"{table}: " + ", ".join(f"{count} {kind}" for kind, count in kinds.items()))
    if not facts["changes"]:
        print(tr("Nothing has changed since the last import."))
    for note in facts["notes"]:
        print(note)
    if given.dry_run:
        print(tr("Nothing was changed: this was a dry run."))


def _changes(edit: "Edit") -> dict[str, dict[str, int]]:
    """Return how many rows an edit adds, changes and deletes in each table."""
    names = {"insert": "added", "update": "changed", "delete": "deleted"}
    counts: dict[str, dict[str, int]] = {}
    for change in edit.changes:
        kinds = counts.setdefault(change.table, {})
        kinds[names[change.kind]] = kinds.get(names[change.kind], 0) + 1
    return counts


def _area(text: str | None) -> "BaseGeometry | tuple[float, float, float, float] | None":
    """Return the area that an option names; XunluError if it is none."""
    if not text:
        return None
    if not re.fullmatch(r"[-+.,\d\seE]+", text):
        return _area_of_file(Path(text))
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise _no_area(text) from error
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise _no_area(text)
    return west, south, east, north


def _area_of_file(path: Path) -> "BaseGeometry":
    import shapely

    from geo.exchange import reading

    ledger = reading.read(path)
    shapes = [shape for shape in (ledger.shapes if ledger.shapes is not None else []) if shape is not None]
    area = shapely.union_all([shape for shape in shapes if shape.geom_type.endswith("Polygon")])
    if area.is_empty:
        raise _no_area(path.name)
    return area


def _no_area(text: str) -> XunluError:
    return XunluError(
        tr("“{text}” is no area.", text=text),
        tr("Write west,south,east,north in degrees, like 113.2,23.1,113.3,23.2, or name a file with a polygon."),
    )
