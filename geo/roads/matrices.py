"""Travel times that are kept: in memory, and beside the routing graph they come from, so that none is asked twice."""

import os
import threading
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from geo.language import tr
from geo.model import Mode
from geo.progress import Report, part, silent
from geo.roads.routing import UNREACHABLE, Matrix, Route, Router

FILE = "matrix.npz"
FORMAT = 1
"""Counts up when times kept by an older version must not be used any more, such as after a change of the snapping."""

MOST = 6000
"""So many places are kept at most, 288 MB; where more come, those that are not asked for go."""

SMALL = 1500
"""Up to so many places the file is written anew for each new one; beyond only for many, as it takes a moment."""

MANY = 0.02

_WAIT_S = 0.05

Point = tuple[float, float]
Whole = NDArray[np.int32]


class Asked(Router, Protocol):
    """A router that can be asked for a part of a matrix."""

    def between(
        self, starts: NDArray[np.float64], ends: NDArray[np.float64], report: Report = silent
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return seconds and metres from points to others, in degrees, each of shape (starts, ends)."""

    def route(self, lonlat: NDArray[np.float64], known: Matrix | None = None) -> Route:
        """Return the way through points in degrees, shape (n, 2), in order; `known` is their matrix."""


@dataclass(frozen=True)
class _Known:
    """Seconds and metres between places, whose numbers are found by where they are."""

    places: dict[Point, int]
    seconds: Whole
    metres: Whole


class KeepingRouter:
    """A router that never asks another one twice for the same travel time.

    A second plan of a day needs no new times, and one with a new site only those to and from it. What is kept belongs
    to one graph: to its streets, closures and mode.

    Parameters
    ----------
    router
        The one that knows.
    file
        Where to keep the times, beside the graph; one that is missing, damaged or cannot be written does no harm.
    """

    def __init__(self, router: Asked, file: Path) -> None:
        self._router = router
        self._file = file
        self._known: _Known | None = None
        self._saved = 0
        self._lock = threading.Lock()

    @property
    def mode(self) -> Mode:
        """Return how one travels."""
        return self._router.mode

    def snap(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how many metres each point, shape (n, 2), is from the street its ways begin at, shape (n,)."""
        return self._router.snap(lonlat)

    def route(self, lonlat: NDArray[np.float64]) -> Route:
        """Return the way through points in degrees, shape (n, 2), in order; XunluError if there is none."""
        return self._router.route(lonlat, self.matrix(lonlat))

    def matrix(self, lonlat: NDArray[np.float64], report: Report = silent) -> Matrix:
        """Return the travel times and distances between points in degrees, shape (n, 2).

        Raises
        ------
        Cancelled
            If `report` asks to stop; what was known before stays known.
        """
        points: list[Point] = [(lon, lat) for lon, lat in np.asarray(lonlat, dtype=np.float64).reshape(-1, 2).tolist()]
        known = self._knowing(points, report)
        at = np.array([known.places[point] for point in points], dtype=np.intp)
        seconds, metres = (table[np.ix_(at, at)].astype(np.int64) for table in (known.seconds, known.metres))
        np.fill_diagonal(seconds, 0)
        np.fill_diagonal(metres, 0)
        report(1.0, tr("Travel times"))
        return Matrix(seconds, metres)

    def _knowing(self, points: Sequence[Point], report: Report) -> _Known:
        known = self._known
        # Whoever only reads what is there waits for nobody.
        if known is not None and all(point in known.places for point in points):
            return known
        with self._alone(report):
            known = self._known or _read(self._file)
            self._saved = self._saved or len(known.places)
            new = [point for point in dict.fromkeys(points) if point not in known.places]
            if len(known.places) + len(new) > MOST:
                wanted = set(points)
                known = _only(known, [point for point in known.places if point in wanted])
            self._known = self._grown(known, new, report) if new else known
            self._save()
            return self._known

    @contextmanager
    def _alone(self, report: Report) -> Iterator[None]:
        """Let one thread at a time ask for times; those who wait can be cancelled."""
        while not self._lock.acquire(timeout=_WAIT_S):
            report(0.0, tr("Travel times"))
        try:
            yield
        finally:
            self._lock.release()

    def _grown(self, known: _Known, new: Sequence[Point], report: Report) -> _Known:
        """Return what is known with the times to and from some more places."""
        old, count = len(known.places), len(known.places) + len(new)
        places = {**known.places, **{point: old + number for number, point in enumerate(new)}}
        seconds, metres = (np.full((count, count), UNREACHABLE, dtype=np.int32) for _ in range(2))
        seconds[:old, :old], metres[:old, :old] = known.seconds, known.metres
        lonlat = np.array(list(places), dtype=np.float64)
        share = count / (count + old)
        seconds[old:], metres[old:] = self._router.between(lonlat[old:], lonlat, part(report, 0.0, share))
        if old:
            found = self._router.between(lonlat[:old], lonlat[old:], part(report, share, 1.0))
            seconds[:old, old:], metres[:old, old:] = found
        return _Known(places, seconds, metres)

    def _save(self) -> None:
        known = self._known
        if known is None or len(known.places) == self._saved:
            return
        if len(known.places) > SMALL and abs(len(known.places) - self._saved) < MANY * len(known.places):
            return
        aside = self._file.with_name(f"{self._file.stem}-{os.getpid()}-{threading.get_ident()}.npz")
        try:
            lonlat = np.array(list(known.places), dtype=np.float64).reshape(-1, 2)
            np.savez(aside, format=np.array(FORMAT), lonlat=lonlat, seconds=known.seconds, metres=known.metres)
            aside.replace(self._file)
        except OSError:  # pruned by somebody else, read-only, or a full disk: it is only to save time
            aside.unlink(missing_ok=True)
        self._saved = len(known.places)


def _read(file: Path) -> _Known:
    """Return what a file keeps; nothing if there is none or it is damaged."""
    nothing = np.zeros((0, 0), dtype=np.int32)
    try:
        # The zip has a checksum of each array, which is compared as it is read.
        # Opened here: numpy leaves a file open that is no zip.
        with file.open("rb") as opened, np.load(opened) as kept:
            if int(kept["format"]) != FORMAT:
                return _Known({}, nothing, nothing)
            lonlat, seconds, metres = (kept[name] for name in ("lonlat", "seconds", "metres"))
            places = {(lon, lat): number for number, (lon, lat) in enumerate(lonlat.tolist())}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return _Known({}, nothing, nothing)
    whole = seconds.shape == metres.shape == (len(lonlat),) * 2 and len(places) == len(lonlat) <= MOST
    return _Known(places, seconds, metres) if whole else _Known({}, nothing, nothing)


def _only(known: _Known, points: Sequence[Point]) -> _Known:
    """Return of what is known the part between some places."""
    at = np.array([known.places[point] for point in points], dtype=np.intp)
    places = {point: number for number, point in enumerate(points)}
    return _Known(places, known.seconds[np.ix_(at, at)], known.metres[np.ix_(at, at)])
