"""What the map holds of the sites: one small column for each thing, in Z-order, mended in place when a few change.

Three kinds of numbers name a site. Its *position* is its place in the columns; sites that lie together have positions
that follow one another. Its *row* is given once and stays, wherever the site moves. Its *id* is what the project calls
it. A million sites take some fifty bytes each; ids and names are those that the project's table holds anyway.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.inspection import status
from geo.model import RISKS, STATUSES
from geo.projection import Points, to_mercator
from geo.store import frames, points
from geo.store.rowset import RowSet
from geo.store.tables import Tables
from geo.tablework.splicing import spliced
from layers import zorder
from layers.view import Bounds
from layers.zorder import Codes, Indices

STATUS_NAMES = tuple(choice.value for choice in STATUSES)
RISK_NAMES = tuple(choice.value for choice in RISKS)
NOT_DUE = STATUS_NAMES.index("not_due")

FEW, MANY = 8, 1000
"""Ids are looked up one by one up to the first, and are kept as rows of the table from the second on."""

AT_ONCE = 10_000
"""Rows handled in one piece where no other thread runs meanwhile."""

Small = NDArray[np.int8]


def status_codes(statuses: pd.Series) -> Small:
    """Return the numbers in `STATUS_NAMES` of statuses; one that is missing or unknown is not due."""
    codes = numbered(statuses, STATUS_NAMES)
    return np.where(codes < 0, np.int8(NOT_DUE), codes)


def assessed(project: Tables) -> Small:
    """Return the numbers in `STATUS_NAMES` of the statuses of all sites today, in the order of their table."""
    places = np.array([STATUS_NAMES.index(name) for name in status.STATES], dtype=np.int8)
    return places[status.states(project)]


def numbered(values: pd.Series, names: Sequence[str]) -> Small:
    """Return the numbers of values in a list of names, -1 for others; in pieces, as no other thread runs meanwhile."""
    place = {name: number for number, name in enumerate(names)}
    cells = values.to_numpy(dtype=object)
    found = np.empty(len(cells), dtype=np.int8)
    for start in range(0, len(cells), AT_ONCE):
        found[start : start + AT_ONCE] = [place.get(cell, -1) for cell in cells[start : start + AT_ONCE].tolist()]
    return found


def told_apart(values: pd.Series) -> tuple[NDArray[np.int16], list[str]]:
    """Return the number of each value among the different ones, and these; in pieces as well."""
    place: dict[str, int] = {}
    cells = values.to_numpy(dtype=object)
    found = np.empty(len(cells), dtype=np.int16)
    for start in range(0, len(cells), AT_ONCE):
        some = cells[start : start + AT_ONCE].tolist()
        for cell in dict.fromkeys(some):
            place.setdefault(cell, len(place))
        found[start : start + AT_ONCE] = [place[cell] for cell in some]
    return found, [str(value) for value in place]


def risks(sites: pd.DataFrame) -> Small:
    """Return the numbers in `RISK_NAMES` of the risks of sites; low where it is not told."""
    if "risk" not in sites:
        return np.zeros(len(sites), dtype=np.int8)
    return np.maximum(numbered(sites["risk"], RISK_NAMES), 0)


def coordinates(shapes: Any) -> Points:
    """Return EPSG:3857 metres, shape (n, 2), of points in degrees; not numbers where there is none."""
    return to_mercator(points.lonlat_of(shapes))


class SiteRows:
    """The sites of a project as columns.

    Attributes
    ----------
    xy
        EPSG:3857 metres, shape (n, 2), by position; not numbers for those without a place, which come last.
    codes
        The codes of those that have a place, sorted; shape (placed,).
    status, risk, kind
        Numbers in `STATUS_NAMES`, `RISK_NAMES` and in `kinds`, by position.
    kinds
        The codes of the kinds that occur.
    row
        By position.
    states
        The names of what decides how sites look: the statuses, or the classes in their place.
    successor
        The sites as they are after a large edit, made in another thread, to be shown once that edit is.
    """

    def __init__(self, sites: gpd.GeoDataFrame, statuses: Small) -> None:
        xy = coordinates(sites.geometry.array)
        kind, self.kinds = told_apart(sites["kind"])
        order, self.codes = _sorted(xy)
        self.xy = xy[order]
        self.status: Small = statuses[order]
        self.risk: Small = risks(sites)[order]
        self.kind: NDArray[np.int16] = kind[order]
        self.row: NDArray[np.int32] = order.astype(np.int32)
        self.states: tuple[str, ...] = STATUS_NAMES
        self.successor: SiteRows | None = None
        self._shades: Small | None = None
        self._index = sites.index
        self._held: NDArray[np.object_] = sites.index.to_numpy(dtype=object)
        self._names = {"zh": sites["name"].array, "en": sites["name_en"].array}
        self._more: list[str] = []
        self._row_of: dict[str, int] = {}
        self._lost: set[str] = set()
        self._renamed: dict[int, tuple[str, str]] = {}
        self._stated: Small | None = statuses
        """The status by row of the table as it was told last, where it is known."""
        self._count_rows()

    @classmethod
    def none(cls) -> "SiteRows":
        """Return the rows of a project without sites."""
        return cls(frames.empty("sites"), np.empty(0, dtype=np.int8))

    def __len__(self) -> int:
        return len(self.row)

    @property
    def shades(self) -> Small:
        """Return the numbers in `states` of what decides how each site looks, by position."""
        return self.status if self._shades is None else self._shades

    def shade(self, by_frame_row: Small | None, states: tuple[str, ...], frame: pd.DataFrame) -> None:
        """Let other numbers than those of the status decide how sites look; None lets the status do so again.

        Parameters
        ----------
        by_frame_row
            Numbers in `states`, in the order of the project's table.
        states
            Their names.
        frame
            The table, after the same changes as were made here.
        """
        if by_frame_row is None:
            self._shades, self.states = None, STATUS_NAMES
            return
        new = np.zeros(len(self.position_of_row), dtype=np.int8)
        new[self._rows_of(frame)] = by_frame_row
        self._shades, self.states = new[self.row], states

    @property
    def placed(self) -> int:
        """Return how many have a place."""
        return len(self.codes)

    def _count_rows(self) -> None:
        self._bounds: Bounds | None = None
        self.position_of_row = np.full(len(self._index) + len(self._more), -1, dtype=np.int32)
        self.position_of_row[self.row] = np.arange(len(self.row), dtype=np.int32)
        self._living = np.flatnonzero(self.position_of_row >= 0)

    @property
    def bounds(self) -> Bounds | None:
        """Return what the sites cover in EPSG:3857 metres; None if none of them has a place."""
        if self._bounds is None and self.placed:
            x, y = self.xy[: self.placed, 0], self.xy[: self.placed, 1]
            self._bounds = float(x.min()), float(y.min()), float(x.max()), float(y.max())
        return self._bounds

    # By id

    def positions(self, ids: Iterable[str]) -> Indices:
        """Return the positions of sites, in the order given, -1 for ids that there are not."""
        asked = list(ids)
        rows = np.full(len(asked), -1, dtype=np.intp)
        # Those that came or went since are not asked of the table's index as it was: it would search for them.
        own = [at for at, one in enumerate(asked) if one not in self._row_of and one not in self._lost]
        if len(own) < FEW:
            rows[own] = [self._row(asked[at]) for at in own]
        else:
            rows[own] = self._index.get_indexer(pd.Index([asked[at] for at in own], dtype="str"))
        if self._row_of and len(own) < len(asked):
            rows = np.array([self._row_of.get(one, row) for one, row in zip(asked, rows.tolist(), strict=True)])
        found = self.position_of_row[rows].astype(np.intp) if len(self.position_of_row) else rows
        return np.where(rows < 0, -1, found)

    def _row(self, one: str) -> int:
        if one in self._row_of or one in self._lost:
            return self._row_of.get(one, -1)
        try:
            return int(self._index.get_loc(one))
        except KeyError:
            return -1

    def mask_of(self, chosen: RowSet) -> NDArray[np.bool_] | None:
        """Return by position which sites are chosen; None where the table is not as it is here."""
        if len(chosen.mask) != len(self._living):
            return None
        if len(chosen) in (0, len(self)):
            return np.full(len(self), len(chosen) > 0)
        mask = np.zeros(len(self.position_of_row), dtype=bool)
        mask[self._living] = chosen.mask
        by_position: NDArray[np.bool_] = mask[self.row]
        return by_position

    def set_of(self, positions: Indices, index: pd.Index) -> Collection[str]:
        """Return the ids of the sites at some positions, as a set over the index of the table where they are many."""
        if len(positions) < MANY or len(index) != len(self._living):
            return self.ids_of(positions)
        mask = np.zeros(len(self.position_of_row), dtype=bool)
        mask[self.row[positions]] = True
        return RowSet(index, mask[self._living])

    def position(self, one: str) -> int:
        """Return the position of a site; KeyError if there is none."""
        row = self._row(one)
        position = -1 if row < 0 else int(self.position_of_row[row])
        if position < 0:
            raise KeyError(one)
        return position

    def ids(self, positions: Indices) -> list[str]:
        """Return the ids of the sites at some positions."""
        rows, own = self.row[positions], len(self._index)
        held = self._held
        if not self._more:
            names: list[str] = held[rows].tolist()
            return names
        return [held[row] if row < own else self._more[row - own] for row in rows.tolist()]

    def ids_of(self, positions: Indices) -> list[str]:
        """Return the ids of the sites at very many positions, in no order."""
        # As they lie in memory: that is five times as fast.
        rows = np.sort(self.row[positions])
        split = int(np.searchsorted(rows, len(self._index)))
        own: list[str] = self._held[rows[:split]].tolist()
        return own + [self._more[row - len(self._index)] for row in rows[split:].tolist()]

    def name(self, position: int, lang: str) -> str:
        """Return what a site is called: in English by its English name, if it has one."""
        row = int(self.row[position])
        english = self._english(row) if lang == "en" else ""
        return english or (self._renamed[row][0] if row in self._renamed else str(self._names["zh"][row]))

    # Changes

    def set_statuses(self, by_frame_row: Small, frame: pd.DataFrame) -> Indices:
        """Take over the status of every site, in the order of the project's table; return the positions that changed.

        Parameters
        ----------
        by_frame_row
            Numbers in `STATUS_NAMES`.
        frame
            The table, after the same changes as were made here.
        """
        rows, told = self._rows_of(frame), self._stated
        if told is not None and len(told) == len(by_frame_row) and rows is self._living:
            differing = np.flatnonzero(told != by_frame_row)
            changed = self.position_of_row[rows[differing]].astype(np.intp)
            if len(changed):
                self.status = self.status.copy()
                self.status[changed] = by_frame_row[differing]
        else:
            new = np.empty(len(self.position_of_row), dtype=np.int8)
            new[rows] = by_frame_row
            by_position = new[self.row]
            changed = np.flatnonzero(by_position != self.status)
            self.status = by_position
        self._stated = by_frame_row
        return changed

    def _rows_of(self, frame: pd.DataFrame) -> Indices:
        """Return the row of each row of the project's table: rows go and are added there, and keep their order."""
        living = self._living
        if len(living) == len(frame):
            looked_at = np.linspace(0, len(frame) - 1, min(len(frame), 64)).astype(np.intp)
            if self.ids(self.position_of_row[living[looked_at]].astype(np.intp)) == list(frame.index[looked_at]):
                return living
        return np.array([self._row(one) for one in frame.index], dtype=np.intp)

    def set_risks(self, changed: Mapping[str, str]) -> Indices:
        """Give sites other risks, by id; return their positions."""
        positions = self.positions(list(changed))
        found = positions >= 0
        self.risk[positions[found]] = numbered(pd.Series(list(changed.values())), RISK_NAMES)[found]
        return positions[found]

    def set_kinds(self, changed: Mapping[str, str]) -> Indices:
        """Give sites other kinds, by id; return their positions."""
        positions = self.positions(list(changed))
        for position, code in zip(positions.tolist(), changed.values(), strict=True):
            if position >= 0:
                self.kind[position] = self._kind_number(code)
        return positions[positions >= 0]

    def _kind_number(self, code: str) -> int:
        if code not in self.kinds:
            self.kinds.append(code)
        return self.kinds.index(code)

    def set_name(self, one: str, name: str | None, english: str | None) -> None:
        """Give a site another name or English name; None leaves it."""
        position, row = self.position(one), self._row(one)
        before = self.name(position, "zh"), self._english(row)
        self._renamed[row] = before[0] if name is None else str(name), before[1] if english is None else str(english)

    def renew_names(self, frame: pd.DataFrame) -> None:
        """Take the names from the table as it is now, so that the one before can be let go of."""
        # Where rows have gone, those of the table are others than here.
        if not self._lost and len(frame) == len(self._index) + len(self._more):
            self._names = {"zh": frame["name"].array, "en": frame["name_en"].array}
            self._renamed = {row: names for row, names in self._renamed.items() if row >= len(self._index)}

    def _english(self, row: int) -> str:
        return self._renamed[row][1] if row in self._renamed else str(self._names["en"][row])

    def replace(
        self, gone: Sequence[str], moved: Mapping[str, object], new: Mapping[str, Mapping[str, Any]]
    ) -> Iterator[None]:
        """Take sites out, give others a new place, and add some, by id; all of it shows at the very end, at once.

        Yields after each column, which takes some milliseconds at a million sites.

        Parameters
        ----------
        gone
            Of these, as of `moved`, all are there.
        moved
            The new point in degrees, None for none.
        new
            The values by column.
        """
        keep = self.positions(list(moved))
        out = np.sort(np.concatenate([self.positions(list(gone)), keep]))
        first = len(self._index) + len(self._more)
        shapes = np.array([*moved.values(), *(values["geometry"] for values in new.values())], dtype=object)
        xy = coordinates(shapes)
        order, codes = _sorted(xy)
        yield
        kinds = [self._kind_number(str(values["kind"])) for values in new.values()]
        own = pd.Series([str(values.get("risk", "")) for values in new.values()], dtype=object)
        added: dict[str, Any] = {
            "xy": xy,
            "status": np.concatenate([self.status[keep], np.full(len(new), NOT_DUE, dtype=np.int8)]),
            "risk": np.concatenate([self.risk[keep], np.maximum(numbered(own, RISK_NAMES), 0)]),
            "kind": np.concatenate([self.kind[keep], np.array(kinds, dtype=np.int16)]),
            "row": np.concatenate([self.row[keep], np.arange(first, first + len(new), dtype=np.int32)]),
        }
        left = spliced(self.codes, out[out < self.placed], np.empty(0, dtype=np.intp), self.codes[:0])
        yield
        # Those without a place come last, also of the new ones.
        at = np.concatenate([np.searchsorted(left, codes), np.full(len(xy) - len(codes), len(self) - len(out))])
        columns = {}
        for name, values in added.items():
            columns[name] = spliced(getattr(self, name), out, at, values[order])
            yield
        self.codes = spliced(left, at[:0], at[: len(codes)], codes)
        for name, column in columns.items():
            setattr(self, name, column)
        self._shades, self.states = None, STATUS_NAMES  # until they are classed anew
        self._note_ids(gone, new)
        if gone or self._stated is None:
            self._stated = None
        elif new:
            self._stated = np.concatenate([self._stated, np.full(len(new), NOT_DUE, dtype=np.int8)])
        self._count_rows()

    def _note_ids(self, gone: Sequence[str], new: Mapping[str, Mapping[str, Any]]) -> None:
        for one in gone:
            self._row_of.pop(one, None)
            self._lost.add(one)
        for row, (one, values) in enumerate(new.items(), len(self._index) + len(self._more)):
            self._row_of[one] = row
            self._renamed[row] = str(values["name"]), str(values["name_en"])
        self._more += new


def _sorted(xy: Points) -> tuple[Indices, Codes]:
    """Return the order of points along the curve, those without a place last, and the codes of those with one."""
    there = np.isfinite(xy).all(axis=1)
    where = np.flatnonzero(there)
    codes = zorder.codes_of(xy[where])
    order = np.argsort(codes, kind="stable")
    return np.concatenate([where[order], np.flatnonzero(~there)]), codes[order]
