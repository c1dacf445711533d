"""The look of the map as data: colours, widths by scale, symbols and lettering from ``resources/styles/*.json``."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, cast

from PySide6.QtGui import QColor

from geo import resource
from geo.late import np


@dataclass(frozen=True)
class AreaStyle:
    """How areas of one kind are filled, outlined and lettered."""

    fill: QColor
    line: QColor
    width: float
    text: str


@dataclass(frozen=True)
class BorderStyle:
    """How a boundary is drawn: a line, dashed or not, and perhaps a pale band beside it."""

    line: QColor
    width: float
    dash: tuple[float, ...] = ()
    band: QColor = field(default_factory=QColor)
    band_width: float = 0
    band_alpha: int = 0


@dataclass(frozen=True)
class ClosureStyle:
    """How closed-off areas are filled and hatched."""

    fill: QColor
    fill_alpha: int
    line: QColor
    width: float
    hatch_alpha: int
    hatch_gap: float


Widths = tuple[tuple[float, float], ...]
"""Scales in Mercator metres per pixel, with the width in pixels at each."""


def _width(widths: Widths, scale: float) -> float:
    """Return the width in pixels at a scale, interpolated between those given."""
    scales, pixels = np.array(sorted(widths)).T
    return float(np.exp(np.interp(np.log(scale), np.log(scales), np.log(pixels))))


@dataclass(frozen=True)
class StreetStyle:
    """How streets of one class are drawn; those with a dash, in widths, are one dashed line of the casing's colour."""

    fill: QColor
    casing: QColor
    rank: int
    from_scale: float
    label_from: float
    widths: Widths
    dash: tuple[float, ...] = ()

    def width(self, scale: float) -> float:
        """Return the width in pixels at a scale."""
        return _width(self.widths, scale)


@dataclass(frozen=True)
class RailwayStyle:
    """How railways of one kind are drawn: a line, and upon it, where there is a dash in pixels, a dashed one."""

    line: QColor
    gap: QColor
    from_scale: float
    widths: Widths
    dash: tuple[float, ...] = ()

    def width(self, scale: float) -> float:
        """Return the width in pixels at a scale."""
        return _width(self.widths, scale)


@dataclass(frozen=True)
class SiteStyle:
    """Sizes of site symbols in pixels, and the scales from which they grow from dots to full symbols."""

    badge_from: float
    full_from: float
    name_from: float
    dot_size: float
    badge_size: float
    full_size: float
    rim: QColor


@dataclass(frozen=True)
class StatusStyle:
    """How a status looks: fill, pictogram colour, mark at the corner, shape of the dot, and what covers what."""

    fill: QColor
    ink: QColor
    mark: str
    dot: str
    rank: int


@dataclass(frozen=True)
class RiskStyle:
    """The ring around sites of a risk level: solid, or dashed with lengths in pixels."""

    line: QColor
    width: float
    dash: tuple[float, ...] = ()


@dataclass(frozen=True)
class KindStyle:
    """The outline and the pictogram of a site kind."""

    shape: str
    icon: str


@dataclass(frozen=True)
class RouteStyle:
    """How routes are drawn; teams take the colours in turn, none darker or lighter in grey (0 to 255) than allowed.

    Stops lie on a disc of the colour `disc`, or of the team's where that is no colour.
    """

    width: float
    casing: QColor
    casing_width: float
    arrow_every: float
    stop_size: float
    alpha: int
    darkest: int
    lightest: int
    colours: tuple[QColor, ...]
    numerals: QColor
    rim: QColor
    disc: QColor


@dataclass(frozen=True)
class TextStyle:
    """Lettering of one sort of name; sizes in pixels, `spacing` extra between letters, colours by name."""

    size: float
    colour: str
    halo: str
    halo_width: float
    bold: bool = False
    italic: bool = False
    spacing: float = 0


@dataclass(frozen=True)
class OnewayStyle:
    """Colour of one-way arrows and the coarsest scale at which they are shown."""

    colour: QColor
    to_scale: float


@dataclass(frozen=True)
class Style:
    """Everything that decides how the map looks."""

    outside: QColor
    land: QColor
    accent: QColor
    ink: QColor
    paper: QColor
    areas: Mapping[str, AreaStyle]
    district: BorderStyle
    subdistrict: BorderStyle
    closure: ClosureStyle
    streets: Mapping[str, StreetStyle]
    railways: Mapping[str, RailwayStyle]
    oneway: OnewayStyle
    site: SiteStyle
    status: Mapping[str, StatusStyle]
    risk: Mapping[str, RiskStyle]
    kinds: Mapping[str, KindStyle]
    route: RouteStyle
    texts: Mapping[str, TextStyle]

    def kind(self, symbol: str) -> KindStyle:
        """Return the look of a site kind; those that users add share one look until they choose a symbol."""
        return self.kinds.get(symbol) or self.kinds[""]


@cache
def load(name: str = "light") -> Style:
    """Return a style by its name: ``light``, ``dark`` or ``print``; KeyError names what is missing in its file."""
    return build(read(name))


def read(name: str) -> dict[str, Any]:
    """Return what the file of a style says, with all that it takes from the one it is based on."""
    path = resource.path(f"styles/{name}.json")
    data: dict[str, Any] = json.loads(path.read_text("utf-8"))
    if parent := data.pop("based_on", None):
        data = merged(json.loads(path.with_name(f"{parent}.json").read_text("utf-8")), data)
    return data


def build(data: Mapping[str, Any]) -> Style:
    """Return the style that data as in the files make; KeyError or TypeError names what is missing or too much."""
    return Style(
        **{key: QColor(data[key]) for key in ("outside", "land", "accent", "ink", "paper")},
        areas=_each(AreaStyle, data["areas"]),
        district=_make(BorderStyle, data["district"]),
        subdistrict=_make(BorderStyle, data["subdistrict"]),
        closure=_make(ClosureStyle, data["closure"]),
        streets=_each(StreetStyle, data["streets"]),
        railways=_each(RailwayStyle, data["railways"]),
        oneway=_make(OnewayStyle, data["oneway"]),
        site=_make(SiteStyle, data["site"]),
        status=_each(StatusStyle, data["status"]),
        risk=_each(RiskStyle, data["risk"]),
        kinds=_each(KindStyle, data["kinds"]),
        route=_make(RouteStyle, data["route"]),
        texts=_each(TextStyle, data["texts"]),
    )


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return data with the parts that others give in place of its own."""
    both = dict(base)
    for key, value in over.items():
        both[key] = merged(base[key], value) if isinstance(value, dict) and key in base else value
    return both


def _each[Part](part: type[Part], data: dict[str, dict[str, Any]]) -> dict[str, Part]:
    return {name: _make(part, values) for name, values in data.items()}


def _make[Part](part: type[Part], data: dict[str, Any]) -> Part:
    wanted = {f.name: f.type for f in fields(cast("Any", part))}
    return part(**{name: _value(value, wanted[name]) for name, value in data.items()})


def _value(value: Any, wanted: Any) -> Any:
    if wanted is QColor:
        return QColor(value)
    if isinstance(value, list):
        return tuple(_value(item, QColor if "QColor" in str(wanted) else None) for item in value)
    return value
