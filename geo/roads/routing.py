"""Travel times and routes by street."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Protocol

import numpy as np
import osrm
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.errors import XunluError
from geo.language import tr
from geo.model import Mode
from geo.progress import Report, silent
from geo.roads.snapping import REACH_M, Snapped, Snapper

UNREACHABLE = -1
"""Stands for seconds and metres where there is no way by street."""

TILE = 64
"""Rows and columns of a matrix asked for at once. OSRM holds the GIL meanwhile, 36 ms for a district, so this is how
often the window can breathe. The whole at once would take a third of the time, and freeze the window for it."""


@dataclass(frozen=True)
class Matrix:
    """Travel from each point to each other one.

    Attributes
    ----------
    seconds
        Whole seconds from row to column, shape (n, n); `UNREACHABLE` where there is no way, 0 on the diagonal.
    metres
        Whole metres of the same ways, shape (n, n).
    """

    seconds: NDArray[np.int64]
    metres: NDArray[np.int64]


@dataclass(frozen=True)
class Route:
    """The way through points in order, from street to street.

    Attributes
    ----------
    line
        The whole way in degrees, in full detail; it begins and ends on the streets, not at the points.
    leg_seconds
        Whole seconds of each leg, those of the matrix.
    leg_metres
        Whole metres of each leg, those of the matrix.
    leg_lines
        The way of each leg; both ends are the same where neighbouring points meet the street at one place.
    """

    line: shapely.LineString
    leg_seconds: tuple[int, ...]
    leg_metres: tuple[int, ...]
    leg_lines: tuple[shapely.LineString, ...]


class Router(Protocol):
    """Whatever knows the way by street."""

    @property
    def mode(self) -> Mode:
        """Return how one travels."""

    def matrix(self, lonlat: NDArray[np.float64], report: Report = silent) -> Matrix:
        """Return the travel times and distances between points in degrees, shape (n, 2)."""

    def route(self, lonlat: NDArray[np.float64]) -> Route:
        """Return the way through points in degrees, shape (n, 2), in order; XunluError if there is none."""

    def snap(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how many metres each point, shape (n, 2), is from the street its ways begin at, shape (n,)."""


class OsrmRouter:
    """Ask OSRM in this process; `geo.roads.graphs.open_router` makes one.

    It never changes once made, and OSRM keeps the memory of a search per thread: one thread may open it, others use it.

    Parameters
    ----------
    engine
        OSRM with the graph loaded.
    mode
        How one travels.
    snapper
        The streets of that graph.
    closed
        The closed area in degrees; what lies in it is unreachable.
    """

    def __init__(self, engine: osrm.OSRM, mode: Mode, snapper: Snapper, closed: BaseGeometry) -> None:
        self._engine = engine
        self._mode = mode
        self._snapper = snapper
        self._closed = closed

    @property
    def mode(self) -> Mode:
        """Return how one travels."""
        return self._mode

    def snap(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how many metres each point, shape (n, 2), is from the street its ways begin at, shape (n,)."""
        return self._snapper.snap(lonlat).metres

    def matrix(self, lonlat: NDArray[np.float64], report: Report = silent) -> Matrix:
        """Return the travel times and distances between points in degrees, shape (n, 2).

        A point in a closed area or more than `REACH_M` metres from any street is unreachable.

        Raises
        ------
        Cancelled
            If `report` asks to stop, within one tile of `TILE` by `TILE`.
        """
        seconds, metres = self.between(lonlat, lonlat, report)
        np.fill_diagonal(seconds, 0)
        np.fill_diagonal(metres, 0)
        report(1.0, tr("Travel times"))
        return Matrix(seconds, metres)

    def between(
        self, starts: NDArray[np.float64], ends: NDArray[np.float64], report: Report = silent
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return seconds and metres from points to others, in degrees, each of shape (starts, ends).

        Raises
        ------
        Cancelled
            If `report` asks to stop, within one tile of `TILE` by `TILE`.
        """
        from_places, from_good = self._snapped(starts)
        to_places, to_good = (from_places, from_good) if ends is starts else self._snapped(ends)
        shape = len(from_places), len(to_places)
        seconds, metres = (np.full(shape, UNREACHABLE, dtype=np.int64) for _ in range(2))
        tiles = list(product(_tiles(from_good), _tiles(to_good)))
        for number, (rows, columns) in enumerate(tiles):
            report(number / len(tiles), tr("Travel times"))
            at = np.ix_(rows, columns)
            seconds[at], metres[at] = self._table([from_places[r] for r in rows], [to_places[c] for c in columns])
        return seconds, metres

    def _snapped(self, lonlat: NDArray[np.float64]) -> tuple[list[tuple[float, float]], NDArray[np.intp]]:
        """Return where points meet the streets, and the numbers of those that a way leads to."""
        snapped = self._snapper.snap(lonlat)
        return _pairs(snapped.lonlat), self._reachable(lonlat, snapped)

    def route(self, lonlat: NDArray[np.float64], known: Matrix | None = None) -> Route:
        """Return the way through points in degrees, shape (n, 2), in order; `known` is their matrix if one has it.

        Raises
        ------
        XunluError
            If there is no way by street for one of the legs.
        """
        between = self.matrix(lonlat) if known is None else known
        here = np.arange(len(between.seconds) - 1)
        seconds, metres = (table[here, here + 1].tolist() for table in (between.seconds, between.metres))
        if UNREACHABLE in seconds:
            number = seconds.index(UNREACHABLE)
            raise XunluError(
                tr("There is no way by street from point {a} to point {b}.", a=number + 1, b=number + 2),
                tr("Check where the points lie, the streets around them and the closures."),
            )
        places = _pairs(self._snapper.snap(lonlat).lonlat)
        lines = [self._way(a, b) for a, b in pairwise(places)]
        return Route(_joined(lines), tuple(seconds), tuple(metres), tuple(shapely.LineString(line) for line in lines))

    def _reachable(self, lonlat: NDArray[np.float64], snapped: Snapped) -> NDArray[np.intp]:
        points = shapely.points(np.asarray(lonlat, dtype=np.float64).reshape(-1, 2))
        return np.flatnonzero((snapped.metres <= REACH_M) & ~shapely.intersects(self._closed, points))

    def _table(
        self, starts: list[tuple[float, float]], ends: list[tuple[float, float]]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        asked = osrm.TableParameters(
            coordinates=starts + ends,
            sources=list(range(len(starts))),
            destinations=list(range(len(starts), len(starts) + len(ends))),
            annotations=["duration", "distance"],
            generate_hints=False,
        )
        answer = self._engine.Table(asked)
        return _whole(answer["durations"]), _whole(answer["distances"])

    def _way(self, start: tuple[float, float], end: tuple[float, float]) -> list[tuple[float, float]]:
        """Return the vertices of the way between two places; each leg on its own, as in the matrix."""
        asked = osrm.RouteParameters(
            coordinates=[start, end], overview="full", geometries="geojson", generate_hints=False
        )
        line = self._engine.Route(asked)["routes"][0]["geometry"]["coordinates"]
        vertices = [(float(lon), float(lat)) for lon, lat in line]
        return vertices if len(vertices) > 1 else vertices * 2


def _tiles(numbers: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    return [numbers[start : start + TILE] for start in range(0, len(numbers), TILE)]


def _pairs(lonlat: NDArray[np.float64]) -> list[tuple[float, float]]:
    return [(float(lon), float(lat)) for lon, lat in lonlat]


def _whole(rows: Iterable[Iterable[float | None]]) -> NDArray[np.int64]:
    """Return a table of OSRM as whole numbers, halves up, `UNREACHABLE` for None."""
    table = np.array([list(row) for row in rows], dtype=np.float64)
    return np.where(np.isnan(table), UNREACHABLE, np.floor(np.nan_to_num(table) + 0.5)).astype(np.int64)


def _joined(lines: list[list[tuple[float, float]]]) -> shapely.LineString:
    """Return legs as one line, without the vertices that neighbours share."""
    vertices: list[tuple[float, float]] = []
    for line in lines:
        vertices += line[1:] if vertices and vertices[-1] == line[0] else line
    return shapely.LineString(vertices)
