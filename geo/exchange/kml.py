"""Rows as KML (OGC 12-007r2): a placemark each, coloured as on our map, for Google Earth and map apps."""

import html
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import shapely

from geo.exchange.chosen import Chosen
from geo.exchange.looks import light, team_colours
from geo.exchange.readable import lines, row_names
from geo.exchange.xmltext import element, text
from geo.inspection.status import assess
from geo.language import tr
from geo.progress import Report

TELL_EVERY = 2_000


def write(chosen: Chosen, path: Path, report: Report) -> None:
    """Write rows as placemarks; a row without a place is one without a place there."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>\n')
        file.write(element("name", text(chosen.table.title(chosen.lang), chosen)) + "\n")
        keys = _style_keys(chosen)
        for key, style in _styles(chosen).items():
            if key in keys:
                file.write(element("Style", style, id=f"s-{key}") + "\n")
        for count, placemark in enumerate(_placemarks(chosen, keys)):
            if count % TELL_EVERY == 0:
                report(count / (len(chosen) + 1), tr("Writing {file} …", chosen.lang, file=path.name))
            file.write(placemark + "\n")
        file.write("</Document></kml>\n")


def _placemarks(chosen: Chosen, keys: Sequence[str]) -> Iterator[str]:
    names = [column.name for column in chosen.table.columns]
    values = [chosen.values(column) for column in chosen.table.columns]
    known, shapes = _styles(chosen).keys(), chosen.shapes if chosen.shapes is not None else ()
    rows = zip(row_names(chosen), lines(chosen), keys, shapes, chosen.ids, *values, strict=True)
    for name, about, key, shape, row, *cells in rows:
        # Google Earth reads a description as HTML, so its text is escaped once more.
        described = html.escape(about, quote=False).replace("\n", "<br>\n")
        told = [(column, value) for column, value in zip(names, cells, strict=True) if value is not None]
        fields = [_field(column, value, chosen) for column, value in told if value != ""]
        yield element(
            "Placemark",
            element("name", text(name, chosen)),
            element("description", text(described, chosen)),
            element("styleUrl", f"#s-{key}") if key in known else "",
            element("ExtendedData", _field("id", row, chosen), *fields),
            geometry(shape),
        )


def _field(name: str, value: Any, chosen: Chosen) -> str:
    """Return a field as untyped data: GDAL gives fields of a schema other names where they meet its own."""
    said = str(int(value)) if isinstance(value, bool) else str(value)
    return f'<Data name="{name}"><value>{text(said, chosen)}</value></Data>'


def geometry(shape: Any) -> str:
    """Return a point, line or polygon, or several, as KML; nothing for None."""
    if shape is None or shape.is_empty:
        return ""
    if shape.geom_type == "Point":
        return element("Point", _coordinates(shape))
    if shape.geom_type == "LineString":
        return element("LineString", element("tessellate", "1"), _coordinates(shape))
    if shape.geom_type == "Polygon":
        outer = element("outerBoundaryIs", element("LinearRing", _coordinates(shape.exterior)))
        holes = (element("innerBoundaryIs", element("LinearRing", _coordinates(ring))) for ring in shape.interiors)
        return element("Polygon", outer, *holes)
    return element("MultiGeometry", *(geometry(part) for part in shape.geoms))


def _coordinates(shape: Any) -> str:
    return element("coordinates", " ".join(f"{lon},{lat}" for lon, lat in shapely.get_coordinates(shape).tolist()))


def _style_keys(chosen: Chosen) -> list[str]:
    """Return the key of the style of each row: its status, class, kind, team, or the name of the table."""
    frame = chosen.frame
    if chosen.table.name == "sites":
        return [str(status) for status in assess(chosen.tables)["status"].reindex(frame.index)]
    column = {"streets": "highway", "areas": "kind", "routes": "team"}.get(chosen.table.name)
    return [chosen.table.name] * len(frame) if column is None else frame[column].tolist()


def _styles(chosen: Chosen) -> dict[str, str]:
    style, name = light(), chosen.table.name
    if name == "sites":
        return {key: _icon(one["fill"]) for key, one in style["status"].items()}
    if name == "streets":
        return {key: _line(one["casing"], 1 + one["rank"] / 2) for key, one in style["streets"].items()}
    if name == "areas":
        areas = {key: _line(one["line"], 1) + _fill(one["fill"], 255) for key, one in style["areas"].items()}
        return {**areas, "district": _line(style["district"]["line"], 2) + _fill("#FFFFFF", 0)}
    if name == "subdistricts":
        return {name: _line(style["subdistrict"]["line"], 2) + _fill("#FFFFFF", 0)}
    if name == "closures":
        closure = style["closure"]
        return {name: _line(closure["line"], 2) + _fill(closure["fill"], 2 * closure["fill_alpha"])}
    if name == "routes":
        return {team: _line(colour, style["route"]["width"]) for team, colour in team_colours(chosen.tables).items()}
    return {}


def _colour(name: str, alpha: int = 255) -> str:
    """Return ``#RRGGBB`` as KML has it: alpha, blue, green, red."""
    return f"{alpha:02x}{name[5:7]}{name[3:5]}{name[1:3]}".lower()


def _icon(colour: str) -> str:
    return element("IconStyle", element("color", _colour(colour)))


def _line(colour: str, width: float) -> str:
    return element("LineStyle", element("color", _colour(colour)), element("width", f"{width:g}"))


def _fill(colour: str, alpha: int) -> str:
    return element("PolyStyle", element("color", _colour(colour, alpha)), element("fill", "1" if alpha else "0"))
