"""What the user wants to see on the map of the screen beside the map: scale bar, north arrow, legend, coordinates."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from geo import datum as datums
from layers import furniture, gridindex, text
from layers.device import transparent
from layers.furniture import Groups
from layers.layer import LegendEntry
from layers.style import Style, TextStyle
from layers.view import View

NAMES = ("bar", "north", "legend", "grid")

APART_PX = 170.0
LEGEND_ROWS = 42
"""A longer legend belongs into its panel: over the map it would hide more than it explains."""


class ScreenFurniture:
    """Paint what is wanted, into the corners and along the edges of a view.

    Attributes
    ----------
    shown
        Which of `NAMES`.
    datum
        Returns the datum of the coordinates along the edges, as `geo.datum.parse` returns it.
    """

    def __init__(self) -> None:
        self.shown: frozenset[str] = frozenset({"bar"})
        self.datum: Callable[[], str] = lambda: "wgs84"
        self._legend: tuple[float, QImage] | None = None

    def forget(self) -> None:
        """Draw the legend anew next time: what it explains has changed."""
        self._legend = None

    def paint(
        self, painter: QPainter, view: View, style: Style, legend: Callable[[], Groups], attribution: str
    ) -> None:
        """Draw everything that is shown, in logical pixels of the view."""
        if "grid" in self.shown:
            _paint_grid(painter, view, style, self.datum(), 66 if "north" in self.shown else 0)
        if "bar" in self.shown:
            furniture.scale_bar(painter, view, style, 14, view.height - 12)
        furniture.attribution(painter, attribution, style, view.width - 4, view.height - 2)
        if "north" in self.shown:
            furniture.north_arrow(painter, style, view.width - 24, 34, 34)
        if "legend" in self.shown:
            image = self._legend_image(style, legend, view.ratio)
            room = view.height - 60 - image.height() / view.ratio
            if room >= 0:
                painter.drawImage(QPointF(12, 12), image)

    def _legend_image(self, style: Style, legend: Callable[[], Groups], ratio: float) -> QImage:
        if self._legend is None or self._legend[0] != ratio:
            groups = _shortened(legend())
            width, height = furniture.legend_size(groups, style)
            image = transparent(round((width + 8) * ratio), round((height + 6) * ratio), ratio)
            painter = QPainter(image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ground = QColor(style.paper)
            ground.setAlpha(226)
            painter.setBrush(ground)
            painter.setPen(QPen(QColor(style.ink.red(), style.ink.green(), style.ink.blue(), 70), 1))
            painter.drawRoundedRect(QRectF(0.5, 0.5, width + 7, height + 5), 4, 4)
            furniture.legend(painter, groups, style, 10, 4, height)
            painter.end()
            self._legend = ratio, image
        return self._legend[1]


def _shortened(groups: Groups) -> Groups:
    """Return the first groups of a legend as far as they fit over a map."""
    kept: list[tuple[str, Sequence[LegendEntry]]] = []
    rows = 0
    for title, entries in groups:
        rows += len(entries) + 1
        if rows <= LEGEND_ROWS and len(kept) < 2:
            kept.append((title, entries))
    return kept


def _paint_grid(painter: QPainter, view: View, style: Style, datum: str, top: float) -> None:
    grid = gridindex.graticule(view, datum, APART_PX, metres=datums.is_projected(datum))
    faint = QColor(style.ink)
    faint.setAlpha(60)
    painter.setPen(QPen(faint, 1))
    painter.drawLines([QLineF(tick.first, 0, tick.second, view.height) for tick in grid.up])
    painter.drawLines([QLineF(0, tick.first, view.width, tick.second) for tick in grid.across])
    furnished = style.texts["attribution"]
    lettering = TextStyle(10, furnished.colour, furnished.halo, 2.4)
    for tick in grid.up:
        text.draw(painter, tick.words, lettering, tick.first, 9)
    for tick in grid.across:
        if tick.second < top:
            continue  # the north arrow stands there
        wide = text.width(tick.words, lettering)
        text.draw(painter, tick.words, lettering, view.width - wide / 2 - 5, tick.second)
