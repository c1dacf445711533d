"""How different two colours look, and how well one is read on the other."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from layers.vision import linear

_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def luminance(rgb: ArrayLike) -> float:
    """Return the relative luminance, 0 to 1, of an sRGB colour."""
    return float(linear(rgb) @ _TO_XYZ[1])


def contrast(one: ArrayLike, other: ArrayLike) -> float:
    """Return the contrast of two sRGB colours, 1 to 21, as WCAG 2 defines it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def lab(rgb: ArrayLike) -> NDArray[np.float64]:
    """Return CIE L*a*b* of an sRGB colour, under D65."""
    ratio = (_TO_XYZ @ linear(rgb)) / _TO_XYZ.sum(axis=1)
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(one: ArrayLike, other: ArrayLike) -> float:
    """Return CIEDE2000 of two sRGB colours (Sharma, Wu and Dalal, Color Research and Application 30(1), 2005)."""
    return ciede2000(lab(one), lab(other))


def ciede2000(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return CIEDE2000 of two colours in L*a*b*."""
    l1, l2 = one[0], other[0]
    mean_c = (np.hypot(*one[1:]) + np.hypot(*other[1:])) / 2
    g = 0.5 * (1 - np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7)))
    a1, a2 = (1 + g) * one[1], (1 + g) * other[1]
    c1, c2 = np.hypot(a1, one[2]), np.hypot(a2, other[2])
    h1, h2 = np.degrees(np.arctan2(one[2], a1)) % 360, np.degrees(np.arctan2(other[2], a2)) % 360
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    mean_h = h1 + h2 if c1 * c2 == 0 else (h1 + turn / 2) % 360
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    t = (
        1
        - 0.17 * np.cos(np.radians(mean_h - 30))
        + 0.24 * np.cos(np.radians(2 * mean_h))
        + 0.32 * np.cos(np.radians(3 * mean_h + 6))
        - 0.20 * np.cos(np.radians(4 * mean_h - 63))
    )
    weigh_l = 1 + 0.015 * (mean_l - 50) ** 2 / np.sqrt(20 + (mean_l - 50) ** 2)
    weigh_c, weigh_h = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * t
    rotation = (
        -2 * np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7)) * np.sin(np.radians(60 * np.exp(-(((mean_h - 275) / 25) ** 2))))
    )
    part_l, part_c = (l2 - l1) / weigh_l, (c2 - c1) / weigh_c
    part_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / weigh_h
    return float(np.sqrt(part_l**2 + part_c**2 + part_h**2 + rotation * part_c * part_h))
