"""What a project knows by name: placed sites, landmarks, areas and subdistricts."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from geo.model import TABLES
from geo.places.names import key, loose_key, told_apart
from geo.places.plane import Plane, geometries
from geo.places.similar import Similar
from geo.store.tables import Tables, name_of

Level = str
"""How a name was matched: ``same``, ``nearly`` (other spelling), ``host`` (the school of the school's testing site)
or ``alike``."""

_TABLES = ("sites", "landmarks", "areas", "subdistricts", "closures")
_SERVICE = re.compile(r"(?:临时|流动|便民)?(?:采样点|接种点)$|\b(?:testing|vaccination|sampling) site$")
_MUCH_ALIKE = 0.72


@dataclass(frozen=True)
class Thing:
    """Something with a name and a place.

    Attributes
    ----------
    table, id, title
        Which row it is, and its name for a reader.
    xy
        Metres on the plane; a place within it where it is an area.
    error_m
        How far from `xy` something "at" it may be.
    subdistrict
        The id of the subdistrict that its row names, empty if none.
    """

    table: str
    id: str
    title: str
    xy: tuple[float, float]
    error_m: float
    subdistrict: str = ""

    @property
    def kind(self) -> str:
        """Return the title of the table it is in."""
        return TABLES[self.table].title()


class Things:
    """Find things by name.

    Parameters
    ----------
    tables
        The project; rows without a place are left out, and so are sites whose place was itself found by name.
    plane
        The plane for all metres.
    """

    def __init__(self, tables: Tables, plane: Plane) -> None:
        self._things: list[Thing] = []
        self._same: dict[str, list[int]] = defaultdict(list)
        self._nearly: dict[str, list[int]] = defaultdict(list)
        self._loose: list[str] = []
        self._of_loose: list[int] = []
        for table in _TABLES:
            self._read(tables, table, plane)

    def _read(self, tables: Tables, table: str, plane: Plane) -> None:
        frame = tables.frame(table)
        shapes = plane.flat(geometries(tables, table))
        inner = shapely.point_on_surface(shapes)
        points = np.stack([shapely.get_x(inner), shapely.get_y(inner)], axis=1)
        sizes = np.sqrt(np.nan_to_num(shapely.area(shapes))) / 2
        sure = np.isfinite(points).all(axis=1)
        if table == "sites":
            sure &= ~frame["placed_by"].isin(["address", "name"]).to_numpy()
        homes = frame["subdistrict"].tolist() if "subdistrict" in frame else [""] * len(frame)
        columns = zip(
            frame.index, frame["name"].tolist(), frame["name_en"].tolist(), points.tolist(), sizes.tolist(), sure,
            homes,
            strict=True,
        )  # fmt: skip
        for row_id, name, english, (x, y), size, usable, home in columns:
            if usable and (name or english):
                title = name_of({"name": name, "name_en": english})
                self._add(Thing(table, str(row_id), title, (x, y), 10.0 + size, home), name, english)

    def _add(self, thing: Thing, *names: str) -> None:
        at = len(self._things)
        self._things.append(thing)
        for one in {key(name) for name in names} - {""}:
            self._same[one].append(at)
        for one in {loose_key(name) for name in names} - {""}:
            self._nearly[one].append(at)
            self._loose.append(one)
            self._of_loose.append(at)

    @cached_property
    def _alike(self) -> Similar:
        return Similar(self._loose)

    def named(self, name: str, *, alike: bool = True) -> Iterator[tuple[Thing, Level, float]]:
        """Give what has a name, all of the best level there is, each with how alike the names are, 1 for the same.

        Parameters
        ----------
        name
            As somebody wrote it.
        alike
            Whether names that are only much alike count.
        """
        whole, loose = key(name), loose_key(name)
        if not whole:
            return
        for level, found in (("same", self._same.get(whole)), ("nearly", self._nearly.get(loose)), *self._host(loose)):
            if found:
                yield from ((self._things[at], level, 1.0) for at in found)
                return
        if alike and len(loose) > 2:
            for at, likeness in self._alike.near(loose, 6, _MUCH_ALIKE):
                if not told_apart(loose, self._loose[at]):
                    yield self._things[self._of_loose[at]], "alike", likeness

    def _host(self, loose: str) -> Iterator[tuple[Level, list[int] | None]]:
        host = _SERVICE.sub("", loose).strip()
        if host != loose and len(host) > 2:
            yield "host", self._nearly.get(host)
