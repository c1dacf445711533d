"""Closures: which are in force on a day, which points they hold, and what they leave of the streets."""

from datetime import date
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

MARGIN_DEG = 2e-6
"""Streets end this far (0.2 m) before a closure, so that rounded coordinates never reach into it."""


def in_force(closures: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the rows of table `closures` that are in force on a day; an empty date is no limit."""
    today = day.isoformat()
    begun = closures["from_date"] <= today
    lasting = (closures["to_date"] == "") | (closures["to_date"] >= today)
    return closures[begun & lasting]


def inside(lonlat: NDArray[np.float64], closures: pd.DataFrame) -> NDArray[np.str_]:
    """Return the id of the closure that each point lies in or on the edge of, ``""`` for none.

    Parameters
    ----------
    lonlat
        Longitudes and latitudes in degrees, shape (n, 2).
    closures
        Rows of table `closures`; the first one counts where several overlap.
    """
    degrees = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    points = shapely.points(degrees)
    found: list[str] = [""] * len(degrees)
    for row_id, area in zip(reversed(closures.index), reversed(closures.geometry.to_numpy()), strict=True):
        for at in np.flatnonzero(shapely.intersects(area, points)):
            found[at] = str(row_id)
    return np.array(found, dtype=np.str_)


def closed_area(closures: pd.DataFrame) -> BaseGeometry:
    """Return the area of all given closures as one geometry in degrees, empty if there are none."""
    return shapely.union_all([shapely.make_valid(area) for area in closures.geometry if area is not None])


def open_streets(streets: gpd.GeoDataFrame, closed: BaseGeometry) -> gpd.GeoDataFrame:
    """Return the streets as far as they lie outside of a closed area.

    A street that crosses the area is cut at its edge: what is left on either side can still be travelled up to there.
    A street along the edge is closed. Every other vertex stays exactly where it was, so streets stay connected.
    """
    if closed.is_empty:
        return streets
    area = closed.buffer(MARGIN_DEG)
    shapely.prepare(area)
    touched = shapely.intersects(area, streets.geometry.to_numpy())
    if not touched.any():
        return streets
    cut = streets[touched]
    left = [_cut(line, area) for line in cut.geometry]
    pieces = cut.loc[cut.index.repeat([len(lines) for lines in left])]
    pieces = pieces.set_geometry(
        gpd.GeoSeries([line for lines in left for line in lines], pieces.index, crs=streets.crs)
    )
    return gpd.GeoDataFrame(pd.concat([streets[~touched], pieces]), crs=streets.crs)


def _cut(line: shapely.LineString, area: BaseGeometry) -> list[shapely.LineString]:
    """Return the parts of a line outside of an area, in its order and direction.

    GEOS may turn lines around and splits one that crosses itself, so each segment is cut on its own.
    """
    coordinates = shapely.get_coordinates(line)
    runs: list[list[tuple[float, float]]] = []
    for start, end in pairwise(coordinates):
        for piece in _outside(start, end, area):
            if runs and runs[-1][-1] == piece[0]:
                runs[-1].append(piece[1])
            else:
                runs.append(piece)
    return [shapely.LineString(run) for run in runs]


def _outside(
    start: NDArray[np.float64], end: NDArray[np.float64], area: BaseGeometry
) -> list[list[tuple[float, float]]]:
    segment = shapely.linestrings([start, end])
    pieces = []
    for part in shapely.get_parts(shapely.difference(segment, area)):
        ends = [(float(x), float(y)) for x, y in shapely.get_coordinates(part)]
        if len(ends) >= 2:
            pieces.append(sorted((ends[0], ends[-1]), key=lambda at: float(np.hypot(*(np.array(at) - start)))))
    return sorted(pieces, key=lambda piece: float(np.hypot(*(np.array(piece[0]) - start))))
