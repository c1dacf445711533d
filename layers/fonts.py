"""The lettering of the map: Noto Sans CJK, which comes with the program, so that Chinese shows on any machine."""

from functools import cache, lru_cache

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QGuiApplication, QPainterPath, QTransform

from geo import resource
from geo.errors import XunluError
from geo.language import tr

EM = 100
"""Outlines are taken at this many pixels and scaled, so that a text comes out the same on a screen and on paper."""

_SLANT = QTransform(1, 0, -0.2, 1, 0, 0)


@cache
def load_fonts() -> str:
    """Make the program's font known to Qt, once, and return the name of its family for simplified Chinese.

    Raises
    ------
    XunluError
        If the font is not where it was installed.
    """
    if QGuiApplication.instance() is None:
        raise RuntimeError("fonts need a QGuiApplication")
    families: list[str] = []
    for file in sorted(resource.fonts().glob("*.[to]t[cf]")):
        families += QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(file)))
    chinese = [family for family in families if family.endswith("SC") and "Mono" not in family]
    if not families:
        raise XunluError(
            tr("The font of the program is missing, so Chinese cannot be shown."), tr("Install the program again.")
        )
    return (chinese or families)[0]


@cache
def _font() -> QFont:
    font = QFont(load_fonts())
    font.setPixelSize(EM)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


@cache
def _metrics() -> QFontMetricsF:
    return QFontMetricsF(_font())


@lru_cache(maxsize=20_000)
def advance(text: str) -> float:
    """Return how wide a text is, in ems."""
    return _metrics().horizontalAdvance(text) / EM


@lru_cache(maxsize=20_000)
def outline(text: str, italic: bool = False) -> QPainterPath:
    """Return the outline of a text, `EM` units high, its middle at (0, 0)."""
    path = QPainterPath()
    # 0.38 em above the baseline is the middle of Chinese characters and of Latin capitals in this font.
    path.addText(-advance(text) * EM / 2, 0.38 * EM, _font(), text)
    return _SLANT.map(path) if italic else path
