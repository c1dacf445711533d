"""The lines of a GIS file as streets of a project."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo import datum as datums
from geo.errors import XunluError
from geo.exchange.ledger import Ledger
from geo.language import tr
from geo.model import STREETS
from geo.progress import Report, silent
from geo.roads import lines
from geo.store.edits import Edit
from geo.store.tables import Tables


def from_ledger(
    tables: Tables, ledger: Ledger, mapping: Mapping[str, str], datum: str | None, report: Report = silent
) -> tuple[Edit, list[str]]:
    """Return the change that adds the lines of a ledger as streets, and what a person should know about it.

    Parameters
    ----------
    tables
        The project as it stands.
    ledger
        From `geo.exchange.reading.read`.
    mapping
        Titles by column of table `streets`, over those that are guessed.
    datum
        Of the coordinates; what the file says, else WGS-84, if None.
    report
        Told how far it is.

    Raises
    ------
    XunluError
        If the file has no lines, or a column that was named is not there.
    """
    name = datums.parse(datum) if datum else ledger.datum or "wgs84"
    kinds = {shape.geom_type for shape in (ledger.shapes if ledger.shapes is not None else []) if shape is not None}
    if not kinds & {"LineString", "MultiLineString"} or ledger.shapes is None:
        raise XunluError(
            tr("{file} has no lines that could be streets.", file=ledger.file.name),
            tr("Choose another layer, or import it into another table."),
        )
    known = lines.Lines.__dataclass_fields__.keys() - {"default", "crossings"}
    if unknown := sorted(mapping.keys() - known):
        raise XunluError(
            tr("“{table}” has no field “{field}”.", table=STREETS.title(), field=unknown[0]),
            tr("It has the fields {fields}.", fields=", ".join(sorted(known))),
        )
    there = np.array([shape is not None for shape in ledger.shapes], dtype=bool)
    shapes = np.full(len(ledger), None, dtype=object)
    shapes[there] = shapely.transform(ledger.shapes[there], lambda xy: datums.to_wgs84(xy, name))
    frame = gpd.GeoDataFrame(
        dict(zip(ledger.titles, ledger.columns, strict=True)), geometry=list(shapes), crs="EPSG:4326"
    )
    named: dict[str, Any] = dict(mapping)
    guessed = replace(lines.guess(ledger.titles), **named)
    return lines.streets_edit(tables, frame, guessed, ledger.file.name, report, name)
