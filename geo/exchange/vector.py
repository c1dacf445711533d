"""GIS files as ledgers: GeoJSON, Shapefile, GeoPackage, KML, GPX, whatever GDAL opens here."""

import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

from geo.errors import XunluError
from geo.exchange.ledger import Ledger
from geo.language import tr
from geo.progress import Report, silent

_BROKEN = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FieldError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.GeometryError,
    pyogrio.errors.CRSError,
    shapely.errors.GEOSException,
    ValueError,
    RuntimeError,
    OverflowError,
    OSError,
    KeyError,
    TypeError,
)


def sheets(path: Path) -> tuple[str, ...]:
    """Return the names of the layers of a file that hold rows; XunluError if it cannot be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what GDAL says of the file, it says again when it is read
            names = [str(name) for name, _ in pyogrio.list_layers(path)]
            if len(names) < 2:
                return tuple(names)
            return tuple(name for name in names if _count(path, name)) or tuple(names[:1])
    except _BROKEN as error:
        raise _unreadable(path, error) from error


def _count(path: Path, layer: str) -> int:
    return int(pyogrio.read_info(path, layer=layer, force_feature_count=True)["features"])


def read(path: Path, sheet: str = "", encoding: str = "", report: Report = silent) -> Ledger:
    """Return one layer of a GIS file, the first one with rows unless it is named.

    Raises
    ------
    XunluError
        If GDAL cannot read it, or it has no such layer.
    """
    report(0.0, tr("Reading {file} …", file=path.name))
    names = sheets(path)
    layer = sheet or (names[0] if names else "")
    if layer not in names:
        raise XunluError(
            tr("{file} has no layer “{sheet}”.", file=path.name, sheet=layer),
            tr("It has the layers {sheets}.", sheets=", ".join(names)),
        )
    try:
        meta, fids, shapes, fields = _read(path, layer, encoding)
        geometry = None if shapes is None else _shapes(shapes)
    except _BROKEN as error:
        raise _unreadable(path, error) from error
    report(1.0, tr("Reading {file} …", file=path.name))
    columns = tuple(_plain(values) for values in fields)
    count = len(fids)
    notes = [str(warning) for warning in meta.get("said", ())]
    titles = tuple(str(title) for title in meta["fields"])
    numbers = np.asarray(fids, dtype=np.int64)
    return Ledger(path, layer, titles, columns, numbers, geometry if count else None, _datum(meta), tuple(notes))


def _read(path: Path, layer: str, encoding: str) -> tuple[dict[str, Any], Any, Any, Any]:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        name = encoding or _encoding_of_shapefile(path)
        meta, fids, shapes, fields = pyogrio.raw.read(path, layer=layer, return_fids=True, encoding=name)
    meta["said"] = [warning.message for warning in said if "encoding" not in str(warning.message)]
    return meta, fids, shapes, fields


def _encoding_of_shapefile(path: Path) -> str | None:
    """Return how the texts of a Shapefile are encoded that does not say it; old Chinese ones are in GBK."""
    table = path.with_suffix(".dbf")
    if path.suffix.lower() != ".shp" or path.with_suffix(".cpg").exists() or not table.exists():
        return None
    content = table.read_bytes()
    for name in ("utf-8", "gb18030"):
        try:
            # Behind the head, whose numbers are no text.
            content[32 + content[32:].find(b"\r") + 1 :].decode(name)
        except UnicodeDecodeError:
            continue
        return name
    return None


def _shapes(blobs: Any) -> Any:
    shapes = shapely.force_2d(shapely.from_wkb(blobs, on_invalid="ignore"))
    return np.array([None if shape is None or shape.is_empty else shape for shape in shapes], dtype=object)


def _plain(values: Any) -> list[Any]:
    """Return the cells of a field as plain values; GDAL gives times as numpy's and lists as arrays."""
    if values.dtype.kind == "M":
        days = values.dtype == np.dtype("datetime64[D]")
        texts = np.datetime_as_string(values, unit="D" if days else "s")
        return [None if text == "NaT" else str(text) for text in texts]
    if values.dtype.kind == "f":
        return [None if math.isnan(value) else value for value in values.tolist()]
    cells = values.tolist()
    if values.dtype.kind == "O":
        return [" ".join(map(str, cell)) if isinstance(cell, (list, tuple, np.ndarray)) else cell for cell in cells]
    return list(cells)


def _datum(meta: dict[str, Any]) -> str:
    from geo import datum

    crs = meta.get("crs")
    try:
        return datum.of_crs(str(crs)) if crs else ""
    except XunluError:
        return ""


def _unreadable(path: Path, error: Exception) -> XunluError:
    reason = " ".join(str(error).split())[:200] or type(error).__name__
    return XunluError(
        tr("{file} cannot be read: {reason}.", file=path.name, reason=reason.rstrip(".")),
        tr("Check that the file is whole; a Shapefile needs its .dbf and .shx beside it."),
    )
