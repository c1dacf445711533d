"""The lettering of the map: Noto Sans CJK, which comes with the program, so that Chinese shows on any machine."""

from functools import cache, lru_cache

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QGuiApplication, QPainterPath, QTransform

from geo import resource
from geo.errors import XunluError
from geo.language import tr

EM = 100
"""Outlines are taken at this many pixels and scaled, so that a text comes out the same on a screen and on paper."""

DROP = 0.38
"""Ems from the middle of Chinese characters, and of Latin capitals, in this font down to the baseline."""

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


def slant(scale: float, italic: bool) -> QTransform:
    """Return the transformation of letters `EM` units high to a scale, slanted or upright."""
    return (_SLANT if italic else QTransform()) * QTransform.fromScale(scale, scale)


@cache
def font() -> QFont:
    """Return the font, `EM` pixels high, as no hinting would shape it."""
    made = QFont(load_fonts())
    made.setPixelSize(EM)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    # Beside Latin letters it swaps figures for others that look alike and stand for nothing when a PDF is searched.
    made.setFeature(QFont.Tag("locl"), 0)
    return made


@cache
def _metrics() -> QFontMetricsF:
    return QFontMetricsF(font())


@lru_cache(maxsize=20_000)
def advance(text: str) -> float:
    """Return how wide a text is, in ems."""
    return _metrics().horizontalAdvance(text) / EM


@lru_cache(maxsize=20_000)
def outline(text: str, italic: bool = False) -> QPainterPath:
    """Return the outline of a text, `EM` units high, its middle at (0, 0)."""
    path = QPainterPath()
    path.addText(-advance(text) * EM / 2, DROP * EM, font(), text)
    return _SLANT.map(path) if italic else path
