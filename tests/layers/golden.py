"""Pictures that were looked at and found good, to compare new ones with.

Run the tests with ``XUNLU_GOLDEN=write`` to write them anew; then look at what changed before it is committed.
"""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

FOLDER = Path(__file__).with_name("golden")
WRITES = os.environ.get("XUNLU_GOLDEN") == "write"

MEAN = 0.8
"""Levels, of 255, by which pixels may differ on average."""

STRONG, SHARE = 40, 0.002
"""Levels by which a pixel differs strongly, its neighbours counted in, and how many may."""

Pixels = NDArray[np.float64]


def pixels(image: QImage) -> Pixels:
    """Return the red, green and blue of an image, shape (height, width, 3)."""
    flat = image.convertToFormat(QImage.Format.Format_RGB32)
    levels = np.frombuffer(flat.constBits(), dtype=np.uint8).reshape(flat.height(), flat.width(), 4)
    return levels[:, :, 2::-1].astype(np.float64)


def smoothed(levels: Pixels) -> Pixels:
    """Return each pixel as the mean of itself and its eight neighbours: a line half a pixel aside is the same line."""
    padded = np.pad(levels, ((1, 1), (1, 1), (0, 0)), mode="edge")
    height, width = levels.shape[:2]
    parts = [padded[y : y + height, x : x + width] for y in range(3) for x in range(3)]
    total: Pixels = np.sum(parts, axis=0) / 9
    return total


def differences(one: QImage, other: QImage) -> tuple[float, float, Pixels]:
    """Return by how much two images of one size differ on average, which share of them does strongly, and where."""
    by = np.abs(smoothed(pixels(one)) - smoothed(pixels(other))).max(axis=2)
    return float(by.mean()), float((by > STRONG).mean()), by


def check(image: QImage, name: str, folder: Path) -> None:
    """Compare an image with the golden one of a name; where they differ, leave both and the difference in a folder."""
    golden = FOLDER / f"{name}.png"
    if WRITES:
        FOLDER.mkdir(exist_ok=True)
        assert image.convertToFormat(QImage.Format.Format_RGB888).save(str(golden), "PNG", 0)  # type: ignore[call-overload]
        return
    kept = QImage(str(golden))
    assert not kept.isNull(), f"{golden} is missing; write it with XUNLU_GOLDEN=write"
    assert kept.size() == image.size(), f"{golden} has another size"
    mean, share, by = differences(image, kept)
    if mean <= MEAN and share <= SHARE:
        return
    image.save(str(folder / f"{name}-now.png"))
    kept.save(str(folder / f"{name}-golden.png"))
    grey = np.ascontiguousarray(255 - np.minimum(by * 3, 255), dtype=np.uint8)
    QImage(grey.data, grey.shape[1], grey.shape[0], grey.shape[1], QImage.Format.Format_Grayscale8).save(
        str(folder / f"{name}-difference.png")
    )
    raise AssertionError(
        f"{name} looks different: {mean:.2f} levels on average (at most {MEAN}), {share:.2%} strongly (at most"
        f" {SHARE:.2%}). Look at the pictures in {folder}; if the new one is right, run with XUNLU_GOLDEN=write."
    )
