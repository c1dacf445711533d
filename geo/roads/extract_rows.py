"""What all parts of an OpenStreetMap extract share: rows with ids that stay the same, and the area asked for."""

import hashlib
import uuid
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.roads.network import DEGREE

Row = tuple[str, dict[str, Any]]
"""The id of a row and its values by column, its geometry included."""

EVERY = 2000
"""How many objects go by between two reports of progress."""


def row_id(name: str, table: str) -> str:
    """Return the id of the row of a table that an object such as ``way/123`` becomes, always the same.

    It is ``uuid.uuid5(uuid.NAMESPACE_URL, f"osm:{name}:{table}")``, made without the objects in between: a city has
    hundreds of thousands.
    """
    digest = bytearray(hashlib.sha1(_NAMESPACE + f"osm:{name}:{table}".encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


_NAMESPACE = uuid.NAMESPACE_URL.bytes


class Clip:
    """The area asked for; what reaches into it is kept whole, so that streets still meet at its edge.

    Parameters
    ----------
    area
        A shape in degrees, or west, south, east, north, or None for everywhere.
    """

    def __init__(self, area: BaseGeometry | tuple[float, float, float, float] | None) -> None:
        self.area = shapely.box(*area) if isinstance(area, tuple) else area
        if self.area is not None:
            shapely.prepare(self.area)
            self._box = [round(edge * DEGREE) for edge in self.area.bounds]

    def may_hold(self, west: int, south: int, east: int, north: int) -> bool:
        """Return whether a box in 1e-7 degrees reaches into the box around the area."""
        if self.area is None:
            return True
        box = self._box
        return west <= box[2] and east >= box[0] and south <= box[3] and north >= box[1]

    def holds(self, shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Return of each shape whether it reaches into the area."""
        if self.area is None:
            return np.ones(len(shapes), dtype=bool)
        return np.asarray(shapely.intersects(self.area, shapes), dtype=bool).reshape(len(shapes))

    def holds_point(self, lon: float, lat: float) -> bool:
        """Return whether a place in degrees lies in the area."""
        return self.area is None or bool(shapely.intersects_xy(self.area, lon, lat))
