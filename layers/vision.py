"""How a picture looks in grey and to people with a colour-vision deficiency.

The three deficiencies are those of Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of
Color Vision Deficiency", IEEE Transactions on Visualization and Computer Graphics 15(6), 2009, at full severity; their
matrices work on linear RGB. Grey is the luminance of ITU-R BT.709, as an office copier shows it.
"""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Literal

from PySide6.QtGui import QImage

from geo.late import np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Look = Literal["grey", "protanopia", "deuteranopia", "tritanopia"]

_MATRICES: Mapping[Look, tuple[tuple[float, float, float], ...]] = {
    "grey": ((0.2126, 0.7152, 0.0722),) * 3,
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}

LOOKS: tuple[Look, ...] = tuple(_MATRICES)

_BITS = 6
"""Of each channel that count: with more the table would not stay in the cache of the processor."""


def linear(colours: "ArrayLike") -> "NDArray[np.float64]":
    """Return linear intensities, 0 to 1, of sRGB values, 0 to 255, of any shape (IEC 61966-2-1)."""
    part = np.asarray(colours, dtype=np.float64) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def encoded(intensities: "ArrayLike") -> "NDArray[np.float64]":
    """Return sRGB values, 0 to 255, of linear intensities of any shape; what no screen can show is cut off."""
    part = np.clip(np.asarray(intensities, dtype=np.float64), 0, 1)
    return np.where(part <= 0.0031308, part * 12.92, 1.055 * part ** (1 / 2.4) - 0.055) * 255


def seen(colours: "ArrayLike", look: Look) -> "NDArray[np.float64]":
    """Return how colours look, as sRGB values, shape (..., 3), of sRGB values from 0 to 255, shape (..., 3)."""
    return encoded(linear(colours) @ np.array(_MATRICES[look]).T)


@cache
def _table(look: Look) -> "NDArray[np.uint32]":
    # The middle of what each stands for, but black and white exactly.
    levels = (np.arange(1 << _BITS, dtype=np.float64) + 0.5) * (1 << 8 - _BITS) - 0.5
    levels[0], levels[-1] = 0, 255
    red, green, blue = np.meshgrid(levels, levels, levels, indexing="ij")
    parts = np.rint(seen(np.stack([red, green, blue], axis=-1).reshape(-1, 3), look)).astype(np.uint32)
    return (parts[:, 0] << 16 | parts[:, 1] << 8 | parts[:, 2]).astype(np.uint32)


def preview(picture: QImage, look: Look) -> QImage:
    """Return a picture as it looks; it is taken for opaque, and each channel for one at most 3 levels away."""
    opaque = picture.convertToFormat(QImage.Format.Format_RGB32)
    width, height = opaque.width(), opaque.height()
    # A row of 32-bit pixels is never padded.
    pixels = np.frombuffer(opaque.constBits(), dtype=np.uint32).reshape(height, width)
    drop = 8 - _BITS
    red, green, blue = (pixels >> (shift + drop) & 0x3F for shift in (16, 8, 0))
    shown = _table(look).take(red << 2 * _BITS | green << _BITS | blue) | np.uint32(0xFF000000)
    image = QImage(shown.data, width, height, width * 4, QImage.Format.Format_RGB32).copy()
    image.setDevicePixelRatio(picture.devicePixelRatio())
    return image
