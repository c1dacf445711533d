"""The rings of the risk levels, explained in the legend."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from geo.language import Language, tr
from layers import symbols
from layers.layer import LegendEntry, Swatch
from layers.siterows import RISK_NAMES
from layers.style import Style
from layers.symbols import Symbol


def legend(style: Style, risks: NDArray[np.int8], lang: Language | None = None) -> list[LegendEntry]:
    """Return an entry per risk level that has a ring and occurs, the highest first; risks by number, of any shape."""
    there = {RISK_NAMES[code] for code in np.unique(risks).tolist()}
    titles = {"high": tr("High risk", lang), "medium": tr("Medium risk", lang)}
    return [LegendEntry(title, _swatch(style, risk)) for risk, title in titles.items() if risk in there]


def _swatch(style: Style, risk: str) -> Swatch:
    def paint(painter: QPainter, box: QRectF) -> None:
        symbol = Symbol("", "not_due", symbols.BADGE, 0, risk)
        # The ring and its rim fill the height; the symbol inside is as small as that makes it.
        size = min(box.width(), box.height()) - 2 * (symbols.reach(style, symbol) + 1)
        whole = Symbol("", "not_due", symbols.BADGE, size, risk)
        symbols.paint(painter, style, whole, box.center().x(), box.center().y())

    return paint
