"""The ground of the district: outline, parks, river, lakes and the islet, on the flat map."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely

from geo.sample.facts import biggest, polygon

_CLEAR_M = 4.0


@dataclass(frozen=True)
class Grounds:
    """Where streets may be and where not; all shapes in metres."""

    outline: shapely.Polygon
    parks: list[shapely.Polygon]
    river: shapely.Polygon
    lakes: list[shapely.Polygon]
    islet: shapely.Polygon

    @cached_property
    def no_streets(self) -> shapely.Geometry:
        """Return the parks and the river."""
        return shapely.union_all([park.buffer(_CLEAR_M, join_style="mitre") for park in [*self.parks, self.river]])

    @cached_property
    def barrier(self) -> shapely.Geometry:
        """Return the edges at which a street may end by itself."""
        return shapely.union_all([shapely.boundary(self.no_streets), self.outline.boundary])

    @property
    def islet_lane(self) -> shapely.LineString:
        """Return the lane on the islet, which no road leads to."""
        west, south, east, north = self.islet.bounds
        middle = (south + north) / 2
        xs = np.linspace(west + 25, east - 25, 4)
        return shapely.LineString(np.round([(x, middle + bend) for x, bend in zip(xs, (0, 5, 4, -3), strict=True)], 2))


def grounds(facts: dict[str, Any], words: dict[str, Any]) -> Grounds:
    """Return the ground as the facts have it, with a lake in each park that has one by its name."""
    # No fence turns at a sharp corner.
    parks = [biggest(polygon(park["outline"]).buffer(-45).buffer(45).simplify(2)) for park in facts["parks"]]
    by_name = {park["zh"]: shape for park, shape in zip(facts["parks"], parks, strict=True)}
    lakes = [lake(by_name[one["park"]], one["shore_m"], tuple(one["shift_m"])) for one in words["lakes"]]
    centre = np.array(lakes[words["islet"]["lake"]].representative_point().coords[0])
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    wobble = 1 + 0.10 * np.sin(3 * angles + 1) + 0.06 * np.sin(5 * angles)
    shore = np.column_stack([95 * np.cos(angles), 52 * np.sin(angles)]) * wobble[:, None]
    islet = shapely.Polygon(np.round(centre + shore, 2))
    outline = polygon(facts["outline"])
    return Grounds(outline, parks, polygon(facts["water"][0]["outline"]), lakes, islet)


def lake(park: shapely.Polygon, shore_m: float, shift_m: tuple[float, float]) -> shapely.Polygon:
    """Return a lake with a soft shore inside a park, `shore_m` metres from its fence, moved a little."""
    inner = shapely.transform(park.buffer(-shore_m), lambda xy: xy + shift_m)
    middle, reach = np.array(inner.centroid.coords[0]), float(np.sqrt(inner.area / np.pi))
    angles = np.linspace(0, 2 * np.pi, 6)[:-1] + 0.6
    bays = [shapely.Point(middle + np.array([np.cos(a), np.sin(a)]) * reach * 1.12).buffer(reach * 0.3) for a in angles]
    # Rounding in and out leaves no corner that a digger could not make.
    soft = inner.difference(shapely.union_all(bays)).buffer(-reach * 0.2).buffer(reach * 0.4).buffer(-reach * 0.2)
    return biggest(soft.simplify(2))
