"""How a map is laid out on paper, as one frozen value: the paper, the scale, and what stands around the map."""

import json
import math
from bisect import bisect_left
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

from geo.errors import XunluError
from geo.language import tr

MM = 96 / 25.4
"""Logical pixels to the millimetre: 96 to the inch, on every paper, so that symbols have one size in the hand."""

POINT = 96 / 72
"""Logical pixels to the point."""

INCH_M = 0.0254

PAPERS: dict[str, tuple[float, float]] = {
    "A4": (210, 297),
    "A3": (297, 420),
    "A2": (420, 594),
    "A1": (594, 841),
    "A0": (841, 1189),
    "Letter": (215.9, 279.4),
}
"""Width and height in millimetres, upright."""

_TITLING = {"A4": 1.0, "Letter": 1.0, "A3": 1.15, "A2": 1.35, "A1": 1.65, "A0": 2.0}
"""How much larger what stands around the map is written on a sheet that is seen from further away."""

NICE = (1, 1.2, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5, 8)
"""What a scale is rounded to, in each power of ten."""

SCALES = (500, 1000, 2000, 2500, 5000, 7500, 10_000, 15_000, 20_000, 25_000, 50_000)
"""The scales that are offered; any other can be typed."""

LARGEST, SMALLEST = 100, 10_000_000
"""The scales that can be drawn, 1:n."""

DPIS = (100, 150, 200, 300, 400, 600)

Legend = Literal["auto", "side", "below", "inside", "none"]
Coordinates = Literal["none", "degrees", "metres"]
Index = Literal["none", "sites", "streets", "both"]
By = Literal["all", "view", "subdistrict", "team"]


@dataclass(frozen=True)
class Layout:
    """A sheet of paper, or a set of alike ones, with a map on each.

    Parameters
    ----------
    paper, landscape, margin_mm
        The sheet, its long side across or upright, and what stays white around.
    title, subtitle, office
        Written above the map; of a set the title names the whole and stands before the name of each sheet.
    scale
        1:n in the middle of the map; 0 fits what is to be shown and rounds the scale.
    legend, counts
        Where the symbols of this very map are explained, and whether they are counted.
    north, bar, date, attribution, numbers
        Whether there is a north arrow, a scale bar, the day, who made the data, and the number of the page.
    squares
        Whether letters and numbers along the frame name squares.
    coordinates, datum
        Whether the frame carries degrees or metres, and in which datum, as `geo.datum.parse` returns it.
    index
        What is listed, by square, on the pages behind the map.
    by, only
        One map of everything or of what is on the screen, or a set by subdistrict or team; and which of these, by id,
        all if empty.
    overview, neighbours, locator
        Whether a set begins with a map of its sheets, names the sheets next to each, and shows where each lies.
    style
        ``print``, or another style of the map.
    symbols
        How much larger than usual symbols, lines and names are drawn.
    dpi
        Of a PNG.
    lang
        ``zh`` or ``en``; empty for the language in use.
    """

    paper: str = "A3"
    landscape: bool = True
    margin_mm: float = 10.0
    title: str = ""
    subtitle: str = ""
    office: str = ""
    scale: float = 0.0
    legend: Legend = "auto"
    counts: bool = True
    north: bool = True
    bar: bool = True
    date: bool = True
    attribution: bool = True
    numbers: bool = True
    squares: bool = False
    coordinates: Coordinates = "none"
    datum: str = "wgs84"
    index: Index = "none"
    by: By = "all"
    only: tuple[str, ...] = ()
    overview: bool = True
    neighbours: bool = True
    locator: bool = True
    style: str = "print"
    symbols: float = 1.0
    dpi: int = 300
    lang: str = ""

    def __post_init__(self) -> None:
        """Refuse what no sheet can have, in words for who typed it."""
        if self.paper not in PAPERS:
            raise XunluError(
                tr("There is no paper “{name}”.", name=self.paper),
                tr("Choose one of {papers}.", papers=", ".join(PAPERS)),
            )
        limits = (
            (tr("The scale"), self.scale or LARGEST, LARGEST, SMALLEST),
            (tr("The margin in millimetres"), self.margin_mm, 0, 40),
            (tr("The size of symbols"), self.symbols, 0.5, 3),
            (tr("The resolution"), self.dpi, 50, 600),
        )
        for name, value, least, most in limits:
            if not (math.isfinite(value) and least <= value <= most):
                raise XunluError(
                    tr("{what} is {value}.", what=name, value=f"{value:g}"),
                    tr("It can be {least} to {most}.", least=f"{least:,}", most=f"{most:,}"),
                )

    @property
    def size(self) -> tuple[float, float]:
        """Return width and height of the paper in logical pixels."""
        short, long = PAPERS[self.paper]
        return (long * MM, short * MM) if self.landscape else (short * MM, long * MM)

    @property
    def size_mm(self) -> tuple[float, float]:
        """Return width and height of the paper in millimetres."""
        width, height = self.size
        return width / MM, height / MM

    @property
    def pixels(self) -> tuple[int, int]:
        """Return width and height of a PNG."""
        width, height = self.size
        return round(width * self.dpi / 96), round(height * self.dpi / 96)

    @property
    def titling(self) -> float:
        """Return how much larger than on A4 titles and legend are written."""
        return _TITLING[self.paper]

    @property
    def is_set(self) -> bool:
        """Return whether there is a sheet for each of several areas or teams."""
        return self.by in {"subdistrict", "team"}

    @property
    def has_band(self) -> bool:
        """Return whether the frame has a band for letters, numbers or coordinates."""
        return self.squares or self.coordinates != "none" or self.index != "none"

    def as_json(self) -> str:
        """Return the layout as JSON, for settings."""
        return json.dumps(asdict(self), ensure_ascii=False)


def from_json(text: str) -> Layout:
    """Return the layout that was kept as JSON; what is missing, foreign or impossible there stands at its default."""
    try:
        kept = json.loads(text or "{}")
    except ValueError:
        kept = {}
    layout = Layout()
    for item in fields(Layout) if isinstance(kept, dict) else ():
        value = _fitting(item.name, kept.get(item.name), getattr(layout, item.name))
        try:
            layout = replace(layout, **{item.name: value})
        except XunluError:
            continue
    return layout


_CHOICES: dict[str, tuple[str, ...]] = {
    "legend": ("auto", "side", "below", "inside", "none"),
    "coordinates": ("none", "degrees", "metres"),
    "index": ("none", "sites", "streets", "both"),
    "by": ("all", "view", "subdistrict", "team"),
    "style": ("print", "light", "dark"),
    "lang": ("", "zh", "en"),
}


def _fitting(name: str, value: Any, default: Any) -> Any:
    if isinstance(default, tuple):
        return tuple(map(str, value)) if isinstance(value, list) else default
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    fits = type(value) is type(default) and (name not in _CHOICES or value in _CHOICES[name])
    return value if fits else default


def nice_scale(least: float) -> float:
    """Return the next scale 1:n that people write, with n not smaller than a number above 0."""
    power = 10.0 ** math.floor(math.log10(least))
    steps = [step * power for step in (*NICE, 10)]
    # A hair of room, so that what was fitted once fits again after rounding.
    return steps[bisect_left(steps, least * (1 - 1e-9))]


def written(scale: float) -> str:
    """Return a scale as it is written, such as 1:5,000."""
    return f"1:{scale:,.0f}"


def presets() -> dict[str, tuple[str, Layout]]:
    """Return ready layouts by name: what a user calls each, and the layout."""
    return {
        "handout": (tr("A4 handout"), Layout(paper="A4", landscape=True)),
        "wall": (
            tr("A1 wall map with index"),
            Layout(paper="A1", landscape=True, squares=True, index="both", legend="auto"),
        ),
        "subdistricts": (
            tr("Set by subdistrict, A3"),
            Layout(paper="A3", landscape=True, by="subdistrict", squares=True, index="sites"),
        ),
        "teams": (tr("Set by team, A4"), Layout(paper="A4", landscape=True, by="team", legend="side")),
    }
