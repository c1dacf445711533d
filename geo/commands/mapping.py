"""The verb that draws the map: its options, and what they say of the paper."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.errors import XunluError
from geo.language import tr

if TYPE_CHECKING:
    from geo.store.tables import Tables

PAPERS = ("A4", "A3", "A2", "A1", "A0", "Letter")
Box = tuple[float, float, float, float]

_LAID_OUT = (
    "paper",
    "landscape",
    "scale",
    "by",
    "only",
    "dpi",
    "squares",
    "coordinates",
    "datum",
    "index",
    "title",
    "subtitle",
    "office",
    "legend",
    "symbols",
    "bbox",
)
"""The options any of which asks for a sheet of paper instead of a picture of so many pixels."""


def options(verb: argparse.ArgumentParser) -> None:
    """Add the options of the verb to its parser."""
    verb.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="PNG|SVG|PDF",
        help=tr("file to write; without an ending, a folder with one PDF for each page"),
    )
    verb.add_argument("--size", type=_size, default=(1600, 1200), metavar="WxH", help=tr("in pixels (1600x1200)"))
    paper = verb.add_argument_group(tr("on paper, with any of these"))
    paper.add_argument("--paper", choices=PAPERS, help=tr("paper (A3)"))
    way = paper.add_mutually_exclusive_group()
    way.add_argument("--landscape", action="store_true", default=None, help=tr("the long side across"))
    way.add_argument("--portrait", dest="landscape", action="store_false", help=tr("the long side upright"))
    paper.add_argument("--scale", type=_scale, metavar="N", help=tr("scale 1:N (fitted and rounded)"))
    paper.add_argument("--bbox", type=_box, metavar="W,S,E,N", help=tr("only this part, in degrees"))
    paper.add_argument("--by", choices=["subdistrict", "team"], help=tr("a set: one page for each"))
    only = tr("of a set only this subdistrict or team (may be given again)")
    paper.add_argument("--only", action="append", metavar="CODE", help=only)
    paper.add_argument("--title", help=tr("title (the project's name)"))
    paper.add_argument("--subtitle", help=tr("subtitle"))
    paper.add_argument("--office", help=tr("whose map it is"))
    paper.add_argument("--legend", choices=["auto", "side", "below", "inside", "none"], help=tr("place of the legend"))
    paper.add_argument(
        "--grid",
        dest="squares",
        action="store_true",
        default=None,
        help=tr("letters and numbers along the frame name squares"),
    )
    paper.add_argument(
        "--index",
        nargs="?",
        const="sites",
        choices=["sites", "streets", "both"],
        help=tr("list behind the map in which square everything lies"),
    )
    paper.add_argument("--coordinates", choices=["degrees", "metres"], help=tr("coordinates along the frame"))
    paper.add_argument("--datum", help=tr("datum of these: wgs84, gcj02, bd09, cgcs2000 or epsg:N"))
    paper.add_argument("--symbols", type=float, metavar="FACTOR", help=tr("how much larger symbols are drawn (1)"))
    paper.add_argument("--dpi", type=int, help=tr("resolution of a PNG, 50 to 600 (300)"))


def layout_fields(given: argparse.Namespace, project: "Tables") -> dict[str, Any] | None:
    """Return what the options say of a layout, by the names of its fields; None if they ask for no paper.

    Raises
    ------
    XunluError
        If they name a datum, a subdistrict or a team that there is not.
    """
    from geo import datum

    fields = {name: getattr(given, name) for name in _LAID_OUT if getattr(given, name) is not None}
    if not fields:
        return None
    fields.pop("bbox", None)
    if "datum" in fields:
        fields["datum"] = datum.parse(fields["datum"])
    if given.bbox is not None:
        fields["by"] = "view"
    if given.only:
        fields["by"] = given.by or "subdistrict"
        fields["only"] = tuple(_ids(project, "teams" if given.by == "team" else "subdistricts", given.only))
    return fields


def _ids(project: "Tables", table: str, wanted: list[str]) -> list[str]:
    """Return the ids of rows by their codes or names."""
    frame = project.frame(table)
    found: dict[str, str] = {}
    for column in ("name_en", "name", "code"):
        found |= {str(text): str(key) for text, key in zip(frame[column], frame.index, strict=True) if text}
    if unknown := [name for name in wanted if name not in found]:
        some = [str(code) for code in frame["code"] if code]
        raise XunluError(
            tr("There is no “{code}” of which a sheet could be made.", code=unknown[0]),
            tr("Choose one of {papers}.", papers=", ".join(some)),
        )
    return [found[name] for name in wanted]


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and 64 <= int(width) <= 20_000 and 64 <= int(height) <= 20_000):
        raise argparse.ArgumentTypeError(
            tr("“{text}” is no size; write it like 1600x1200 (64 to 20000 each)", text=text)
        )
    return int(width), int(height)


def _scale(text: str) -> float:
    digits = text.rpartition(":")[2].replace(",", "")
    if not digits.isdecimal() or not int(digits):
        raise argparse.ArgumentTypeError(tr("“{text}” is no scale; write it like 5000 or 1:5000", text=text))
    return float(digits)


def _box(text: str) -> Box:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west = south = east = north = 0.0
    if not (-180 <= west < east <= 180 and -85 <= south < north <= 85):
        raise argparse.ArgumentTypeError(
            tr("“{text}” is no box; write west, south, east and north like 113.2,23.1,113.3,23.2", text=text)
        )
    return west, south, east, north
