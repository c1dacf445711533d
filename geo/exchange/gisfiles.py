"""Rows as layers that other GIS open: GeoPackage and Shapefile by GDAL, and GeoJSON."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from geo.errors import XunluError
from geo.exchange.chosen import Chosen
from geo.language import tr
from geo.model import Column
from geo.progress import Report
from geo.store.frames import CRS

CHUNK = 20_000
"""Rows that GDAL writes at a time, between which the user may stop."""

SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
SHAPEFILE_INDEXES = (".qix", ".sbn", ".sbx", ".fbn", ".fbx", ".ain", ".aih", ".ixs", ".mxs", ".idm", ".ind")
GDAL_UTC = 100
"""What GDAL calls the time zone."""

LONGEST_NAME, LONGEST_TEXT = 10, 254
"""Bytes that a shapefile has for the name of a field, and for a text."""


@dataclass(frozen=True)
class Fields:
    """Columns as GDAL takes them: names, values, and where there are none."""

    names: list[str]
    values: list[NDArray[Any]]
    missing: list[NDArray[np.bool_]]

    def part(self, rows: slice) -> "Fields":
        """Return the fields of some rows."""
        return Fields(self.names, [one[rows] for one in self.values], [one[rows] for one in self.missing])

    def zones(self) -> dict[str, NDArray[np.int64]]:
        """Return the time zone of each value of the fields that hold a day and a time."""
        moments = [one.dtype == "datetime64[ms]" for one in self.values]
        return {
            name: np.full(len(one), GDAL_UTC)
            for name, one, is_moment in zip(self.names, self.values, moments, strict=True)
            if is_moment
        }


def write_geopackage(chosen: Chosen, path: Path, report: Report) -> None:
    """Write rows as one more layer, or table where they have no shape, of a GeoPackage that may be there or not."""
    options = {"IDENTIFIER": chosen.table.title(chosen.lang)}
    if chosen.shapes is not None:
        options["GEOMETRY_NAME"] = "geometry"
    _write(chosen, _fields(chosen), path, "GPKG", report, options)


def write_shapefile(chosen: Chosen, path: Path, report: Report) -> None:
    """Write rows as a shapefile in UTF-8: names of fields cut to 10 letters, texts to 254 bytes, flags as 0 and 1."""
    fields = _fields(chosen)
    short = short_names(fields.names)
    if cut := {name: new for name, new in short.items() if name != new}:
        said = ", ".join(f"{name} → {new}" for name, new in cut.items())
        chosen.remarks.append(tr("Names of fields were cut to 10 letters: {names}.", chosen.lang, names=said))
    fields = Fields([short[name] for name in fields.names], [_of_dbf(v, chosen) for v in fields.values], fields.missing)
    _write(chosen, fields, path, "ESRI Shapefile", report, {})


def _write(chosen: Chosen, fields: Fields, path: Path, driver: str, report: Report, options: dict[str, str]) -> None:
    shapes = None if chosen.shapes is None else np.asarray(shapely.to_wkb(chosen.shapes), dtype=object)
    spatial = shapes is not None
    layer = chosen.table.name if driver == "GPKG" else path.stem
    for start in range(0, max(len(chosen), 1), CHUNK):
        report(start / (len(chosen) + 1), tr("Writing {file} …", chosen.lang, file=path.name))
        rows = slice(start, start + CHUNK)
        part = fields.part(rows)
        first = start == 0
        append = not first or (driver == "GPKG" and path.exists())
        pyogrio.raw.write(
            path,
            shapes[rows] if shapes is not None else None,
            part.values,
            part.names,
            field_mask=part.missing,
            layer=layer,
            driver=driver,
            geometry_type=_shape_of_layer(chosen, driver) if spatial else None,
            crs=CRS if spatial else None,
            encoding="UTF-8",
            append=append,
            layer_options=options if first else None,
            # Version 1.2 is what older programs know too; a later one has nothing that is used here.
            dataset_options={"VERSION": "1.2"} if driver == "GPKG" and not append else None,
            gdal_tz_offsets=part.zones(),
        )


def _shape_of_layer(chosen: Chosen, driver: str) -> str:
    """Return the shape that a layer says it has: any, if another program has drawn others into the table."""
    wanted = str(chosen.table.shape)
    there = {shape.geom_type for shape in chosen.shapes if shape is not None} if chosen.shapes is not None else set()
    is_fitting = there <= {wanted, wanted.removeprefix("Multi")}
    return wanted if is_fitting or driver != "GPKG" else "Unknown"


def _fields(chosen: Chosen) -> Fields:
    ids = np.array(chosen.ids, dtype=object)
    made = [(ids, np.zeros(len(ids), dtype=bool)), *(_field(chosen, column) for column in chosen.table.columns)]
    names = ["id", *(column.name for column in chosen.table.columns)]
    return Fields(names, [values for values, _ in made], [missing for _, missing in made])


def _field(chosen: Chosen, column: Column) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return a column in the type that GDAL takes it for, and where it holds nothing."""
    if column.type in {"int", "real"}:
        series = chosen.frame[column.name]
        missing = series.isna().to_numpy()
        return series.to_numpy(dtype="int64" if column.type == "int" else "float64", na_value=0), missing
    if column.type == "bool":
        return chosen.frame[column.name].to_numpy(dtype=bool), np.zeros(len(chosen), dtype=bool)
    texts = chosen.values(column)
    if column.type in {"date", "time"}:
        moments = _moments(texts, "datetime64[D]" if column.type == "date" else "datetime64[ms]", chosen)
        return moments, np.isnat(moments)
    chosen.losses["control"] += sum("\0" in text for text in texts)
    return np.array([_sayable(text) for text in texts], dtype=object), np.zeros(len(texts), dtype=bool)


def _sayable(text: str) -> str:
    """Return a text without the NUL at which GDAL would end it, and without halves of UTF-16 pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _moments(texts: Sequence[str], dtype: str, chosen: Chosen) -> NDArray[Any]:
    """Return days or moments of UTC of their texts; what is none is left empty, and counted."""

    def moment(text: str) -> date | None:
        if not text:
            return None
        try:
            if dtype == "datetime64[D]":
                return date.fromisoformat(text)
            at = datetime.fromisoformat(text)
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).replace(tzinfo=None)
        except (ValueError, OverflowError):
            chosen.losses["no_day"] += 1
            return None

    return np.array([moment(text) for text in texts], dtype=dtype)


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Return names cut to 10 letters, each different from the others, whatever the case."""
    short: dict[str, str] = {}
    taken = {name.lower() for name in names if len(name) <= LONGEST_NAME}
    for name in names:
        new, count = name[:LONGEST_NAME], 1
        while len(name) > LONGEST_NAME and new.lower() in taken:
            count += 1
            new = f"{name[: LONGEST_NAME - 1 - len(str(count))]}_{count}"
        taken.add(new.lower())
        short[name] = new
    return short


def _of_dbf(values: NDArray[Any], chosen: Chosen) -> NDArray[Any]:
    if values.dtype == bool:
        return values.astype("int32")
    if values.dtype != object:
        # A shapefile knows days, but no times of day.
        return np.datetime_as_string(values).astype(object) if values.dtype == "datetime64[ms]" else values
    long = [at for at, text in enumerate(values) if len(text.encode()) > LONGEST_TEXT]
    chosen.losses["text_cut"] += len(long)
    cut = values.copy()
    for at in long:
        cut[at] = values[at].encode()[:LONGEST_TEXT].decode("utf-8", "ignore")
    return cut


@contextmanager
def replacing_shapefile(path: Path) -> Iterator[Path]:
    """Give the name of a new shapefile, whose files then take the places of the old ones all together, or none does.

    Raises
    ------
    XunluError
        If files of the name stand there that belong to no shapefile, such as a plain ``.dbf``.
    """
    parts = [path.with_suffix(ending) for ending in SHAPEFILE_PARTS]
    if not path.exists() and (strange := next((part for part in parts if part.exists()), None)):
        raise XunluError(
            tr("{file} exists already.", file=strange), tr("Choose another name; nothing was overwritten.")
        )
    folder = Path(tempfile.mkdtemp(prefix=f".{path.stem}.new-", dir=path.parent))
    try:
        yield folder / path.name
        _swap(folder, path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _swap(folder: Path, path: Path) -> None:
    new, old = sorted(folder.iterdir()), folder / "old"
    old.mkdir()
    stale = [path.with_suffix(ending) for ending in (*SHAPEFILE_PARTS, *SHAPEFILE_INDEXES)]
    moved: list[tuple[Path, Path]] = []

    def move(file: Path, to: Path) -> None:
        moved.append((file, file.replace(to)))

    try:
        for file in stale:
            if file.is_file():
                move(file, old / file.name)
        for file in new:
            move(file, path.with_name(file.name))
    except OSError:
        for origin, now in reversed(moved):
            now.replace(origin)
        raise


def write_geojson(chosen: Chosen, path: Path, report: Report) -> None:
    """Write rows as GeoJSON (RFC 7946): WGS-84, outer rings counter-clockwise, every digit kept."""
    names = [column.name for column in chosen.table.columns]
    values = [[_of_json(value) for value in chosen.values(column)] for column in chosen.table.columns]
    texts: Any = shapely.to_geojson(shapely.orient_polygons(chosen.shapes, exterior_cw=False))
    with path.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        for count, (row, shape, *cells) in enumerate(zip(chosen.ids, texts, *values, strict=True)):
            if count % CHUNK == 0:
                report(count / (len(chosen) + 1), tr("Writing {file} …", chosen.lang, file=path.name))
            feature = {"type": "Feature", "id": row, "properties": {"id": row, **dict(zip(names, cells, strict=True))}}
            text = json.dumps(feature, ensure_ascii=False, allow_nan=False)
            file.write(f'{"," if count else ""}\n{text[:-1]}, "geometry": {shape or "null"}}}')
        file.write("\n]}\n")


def _of_json(value: Any) -> Any:
    return value if not isinstance(value, float) or isfinite(value) else None
