"""Subdistricts as texts name them, and which of them a place lies in."""

import re

import numpy as np
import shapely

from geo.places.names import key
from geo.places.plane import Geometries, Plane, geometries
from geo.store.tables import Tables, name_of

_ENDING = re.compile("(?:街道|街|镇|乡)?(?:办事处)?$")
_ENDING_EN = re.compile(r" (?:subdistrict|sub district|jiedao|street|town|township)$")


class Areas:
    """Know the subdistricts of a project by id and by name, with or without 街道.

    Parameters
    ----------
    tables
        The project.
    plane
        The plane for all metres.
    """

    def __init__(self, tables: Tables, plane: Plane) -> None:
        frame = tables.frame("subdistricts")
        self.ids: list[str] = [str(one) for one in frame.index]
        self.shapes: Geometries = plane.flat(geometries(tables, "subdistricts"))
        self._titles = {str(row_id): name_of(row) for row_id, row in frame.iterrows()}
        self._shape_of = dict(zip(self.ids, self.shapes.tolist(), strict=True))
        self._ids: dict[str, str] = {}
        for row_id, name, english in zip(self.ids, frame["name"].tolist(), frame["name_en"].tolist(), strict=True):
            for text in (name, english):
                for one in {key(text), _bare(text)} - {""}:
                    self._ids.setdefault(one, row_id)
        for shape in self.shapes:
            if shape is not None:
                shapely.prepare(shape)

    def id_of(self, text: str) -> str:
        """Return the id of the subdistrict that a text names, or is the id of; empty if it is none."""
        if text in self._shape_of:
            return text
        return self._ids.get(key(text)) or self._ids.get(_bare(text)) or "" if text else ""

    def title(self, row_id: str) -> str:
        """Return the name of a subdistrict."""
        return self._titles[row_id]

    def shape(self, row_id: str) -> shapely.Geometry | None:
        """Return the outline of a subdistrict on the plane; None if it has none or there is no such one."""
        return self._shape_of.get(row_id)

    def metres_off(self, row_id: str, xy: tuple[float, float]) -> float:
        """Return how far outside of a subdistrict a place on the plane lies; 0 inside, or where nobody can tell."""
        shape = self.shape(row_id)
        return 0.0 if shape is None else float(shapely.distance(shape, shapely.Point(xy)))

    def at(self, xy: tuple[float, float]) -> str:
        """Return the id of the subdistrict that a place on the plane lies in; empty if in none."""
        inside = np.flatnonzero(shapely.intersects(self.shapes, shapely.Point(xy)))
        return self.ids[int(inside[0])] if len(inside) else ""


def _bare(text: str) -> str:
    return _ENDING_EN.sub("", _ENDING.sub("", key(text)))
