"""Test `layers.vision`: pictures in grey and with colour-vision deficiencies."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QImage

from layers import vision
from layers.vision import Look
from tests.layers.colours import ciede2000, contrast, difference

channels = st.integers(0, 255)


def _plain(red: int, green: int, blue: int) -> QImage:
    image = QImage(3, 2, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(red, green, blue))
    return image


@pytest.mark.parametrize("look", vision.LOOKS)
@settings(deadline=None)
@given(channels, channels, channels)
def test_a_picture_looks_as_the_formula_says(look: Look, red: int, green: int, blue: int) -> None:
    """A colour looks as the formula says of one that is at most 3 of 255 levels away in each channel."""
    colour = vision.preview(_plain(red, green, blue), look).pixelColor(1, 1)
    # The table that makes pictures fast holds the middle of every four levels, but black and white exactly.
    near = [0.0 if part < 4 else 255.0 if part > 251 else part // 4 * 4 + 1.5 for part in (red, green, blue)]
    assert np.allclose((colour.red(), colour.green(), colour.blue()), vision.seen(near, look), atol=0.51)


@pytest.mark.parametrize("look", vision.LOOKS)
@settings(deadline=None)
@given(channels)
def test_greys_stay(look: Look, level: int) -> None:
    """Black, white and what lies between look the same to everybody."""
    assert np.allclose(vision.seen((level, level, level), look), level, atol=0.6)


def test_known_confusions() -> None:
    """Red and green of the same luminance look alike to those without cones for green, not to those without for blue.

    The green was chosen so by hand; blue and yellow stay apart for the former.
    """
    red, green = (197, 92, 62), (121, 124, 62)
    assert difference(red, green) > 30
    alike = difference(vision.seen(red, "deuteranopia"), vision.seen(green, "deuteranopia"))
    assert alike < 10 < difference(vision.seen(red, "tritanopia"), vision.seen(green, "tritanopia"))
    blue, yellow = (40, 70, 200), (240, 220, 60)
    assert difference(vision.seen(blue, "deuteranopia"), vision.seen(yellow, "deuteranopia")) > 50


def test_a_sharp_picture_stays_sharp() -> None:
    """Size and device pixel ratio of a picture stay as they are."""
    image = QImage(7, 5, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(2)
    image.fill(QColor("#336699"))
    shown = vision.preview(image, "grey")
    assert (shown.width(), shown.height(), shown.devicePixelRatio()) == (7, 5, 2)
    assert shown.allGray()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
        ((50, 2.5, 0), (58, 24, 15), 19.4535),
    ],
)
def test_the_measure_of_difference_is_right(one: tuple[float, ...], other: tuple[float, ...], expected: float) -> None:
    """CIEDE2000 gives the published numbers (Sharma, Wu and Dalal 2005, table 1); black on white has contrast 21."""
    assert ciede2000(np.array(one), np.array(other)) == pytest.approx(expected, abs=1e-4)
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
