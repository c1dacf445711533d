"""The areas at a place of the map, to select what lies inside one."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.model import TABLES
from geo.projection import to_lonlat, to_mercator
from geo.store.tables import Tables, name_of

LEFT_AWAY = frozenset({"building"})
"""Kinds of areas that hold too little to select by."""


@dataclass(frozen=True)
class Area:
    """An area of a project.

    Parameters
    ----------
    table, id
        Where it stands.
    title
        What a reader calls it, in the language in use; the kind of table where it has no name.
    shape
        In EPSG:3857 metres.
    """

    table: str
    id: str
    title: str
    shape: BaseGeometry


class Areas:
    """The subdistricts, closures and other areas of a project, found by place.

    Parameters
    ----------
    tables
        The project.
    """

    TABLES = ("closures", "subdistricts", "areas")

    def __init__(self, tables: Tables) -> None:
        self._frames = [_held(tables.frame(name)) for name in self.TABLES]
        shapes = [np.asarray(frame["geometry"].array, dtype=object) for frame in self._frames]
        self._shapes = np.concatenate(shapes)
        spoilt = ~shapely.is_valid(self._shapes)
        self._shapes[spoilt] = shapely.make_valid(self._shapes[spoilt])
        self._tree = shapely.STRtree(self._shapes)
        self._sizes = shapely.area(self._shapes)
        self._starts = np.cumsum([0, *map(len, shapes)])
        self._made: dict[int, Area] = {}

    def at(self, x: float, y: float) -> list[Area]:
        """Return the areas at a place in EPSG:3857 metres: closures, subdistricts, then others, the smaller first."""
        lon, lat = to_lonlat([[x, y]])[0].tolist()
        met = self._tree.query(shapely.Point(lon, lat), predicate="intersects")
        tables = np.searchsorted(self._starts, met, side="right")
        return [self._area(int(place)) for place in met[np.lexsort((self._sizes[met], tables))]]

    def of(self, table: str, row_id: str) -> Area | None:
        """Return an area by its row; None if there is none or it has no shape."""
        which = self.TABLES.index(table)
        place = self._frames[which].index.get_indexer(pd.Index([row_id], dtype="str"))[0]
        return None if place < 0 else self._area(int(self._starts[which] + place))

    def _area(self, place: int) -> Area:
        if place not in self._made:
            which = int(np.searchsorted(self._starts, place, side="right")) - 1
            table, frame = self.TABLES[which], self._frames[which]
            row = frame.iloc[place - int(self._starts[which])]
            kind = TABLES[table].column("kind").choice_title(str(row["kind"])) if "kind" in frame else ""
            title = name_of(row) or kind or TABLES[table].title()
            shape = shapely.transform(self._shapes[place], to_mercator)
            self._made[place] = Area(table, str(row.name), title, shape)
        return self._made[place]


def _held(frame: pd.DataFrame) -> pd.DataFrame:
    kept = frame[~frame["kind"].isin(LEFT_AWAY)] if "kind" in frame else frame
    return kept[~shapely.is_missing(np.asarray(kept["geometry"].array, dtype=object))]
