"""What the triggers of a layer keep up row by row, made anew at the end where thousands of rows change at once."""

import itertools
import math
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import shapely

from geo.model import Table
from geo.store import geometry
from geo.store.connection import Connection

MANY = 2_000
"""Rows from which it is worth while."""

AT_ONCE = 5_000
"""Rows looked at in one go."""

_CELL = np.dtype([("id", ">i8"), ("box", ">f4", 4)])
_FILL = 0.9
"""Share of a node that is filled, so that the next single insertion need not split it."""


@contextmanager
def set_aside(db: Connection, table: Table, changing: int) -> Iterator[None]:
    """Let rows change without their layer's R-tree and count of features, and make these again at the end.

    Row by row they take most of the time of a large import. The caller holds the transaction, so that nobody sees the
    layer without them. GDAL, too, fills the tables behind a new R-tree itself; their form is told in SQLite's
    ``ext/rtree/rtree.c``.

    Parameters
    ----------
    changing
        How many rows change; if they are few, nothing is set aside.
    """
    tree = f"rtree_{table.name}_geometry"
    if changing < MANY or not table.shape or not _can_fill(db, tree) or changing < _count(db, table) / 20:
        yield
        return
    size = _one(db, f"SELECT length(data) FROM {tree}_node WHERE nodeno = 1")  # noqa: S608
    counts = db.execute("SELECT table_name, feature_count FROM gpkg_ogr_contents").fetchall()
    _fill(db, tree, pack(np.empty(0, dtype=_CELL), size))
    db.execute("DELETE FROM gpkg_ogr_contents")
    db.indexing = False
    try:
        yield
    finally:
        db.indexing = True
    db.executemany("INSERT INTO gpkg_ogr_contents (table_name, feature_count) VALUES (?, ?)", counts)
    make_anew(db, table)


def make_anew(db: Connection, table: Table) -> None:
    """Make the R-tree of a layer and its count of features anew from its rows; the caller holds the transaction."""
    tree = f"rtree_{table.name}_geometry"
    size = _one(db, f"SELECT max(length(data)) FROM {tree}_node")  # noqa: S608
    _fill(db, tree, pack(cells(db, table), size))
    db.execute("UPDATE gpkg_ogr_contents SET feature_count = ? WHERE table_name = ?", (_count(db, table), table.name))


def _one(db: Connection, query: str) -> int:
    return int(db.execute(query).fetchone()[0])


def _count(db: Connection, table: Table) -> int:
    return _one(db, f"SELECT count(*) FROM {table.name}")  # noqa: S608


def _can_fill(db: sqlite3.Connection, name: str) -> bool:
    try:
        # Where SQLite is built to be on its guard (macOS) it says so before it looks for rows.
        db.execute(f"DELETE FROM {name}_node WHERE 0")  # noqa: S608
    except sqlite3.OperationalError:
        return False
    return True


def cells(db: sqlite3.Connection, table: Table) -> npt.NDArray[np.void]:
    """Return what the R-tree of a layer must hold: the number of each row that has a place, and its box."""
    query = f"SELECT fid, geometry FROM {table.name} WHERE geometry IS NOT NULL"  # noqa: S608
    found = db.execute(query)
    some = [_boxes(piece) for piece in iter(lambda: found.fetchmany(AT_ONCE), [])]
    # Putting arrays together turns the order of bytes, which is told by the format, into the machine's.
    return np.concatenate([np.empty(0, dtype=_CELL), *some]).astype(_CELL)


def _boxes(rows: list[tuple[int, bytes]]) -> npt.NDArray[np.void]:
    """Return the boxes of some rows; of some only, since no other thread runs meanwhile."""
    bounds = shapely.bounds(np.array(geometry.decode_all([blob for _, blob in rows]), dtype=object))
    there = ~np.isnan(bounds.reshape(-1, 4)[:, 0])
    west, south, east, north = bounds.reshape(-1, 4)[there].T
    boxes = np.empty(int(there.sum()), dtype=_CELL)
    boxes["id"] = np.array([fid for fid, _ in rows], dtype=np.int64)[there]
    boxes["box"] = np.stack([_down(west), _up(east), _down(south), _up(north)], axis=1)
    return boxes


def _down(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    near = values.astype(np.float32)
    return np.where(near > values, np.nextafter(near, np.float32(-np.inf)), near)


def _up(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    return -_down(-values)


@dataclass
class Tree:
    """The rows of the three tables behind an R-tree: node to content, row to node, node to the node above it."""

    nodes: list[tuple[int, bytes]]
    rowids: list[npt.NDArray[np.int64]]
    parents: list[npt.NDArray[np.int64]]

    def pairs(self, which: Literal["rowid", "parent"]) -> Iterator[list[int]]:
        """Give the rows of one of the tables that lead from a number to a node."""
        for run in self.rowids if which == "rowid" else self.parents:
            for start in range(0, len(run), AT_ONCE):
                yield from run[start : start + AT_ONCE].tolist()


def pack(cells: npt.NDArray[np.void], size: int) -> Tree:
    """Return the R-tree of boxes, sorted tile by tile (Leutenegger, Lopez and Edgington, 1997: STR).

    Parameters
    ----------
    cells
        Shape (n,): ids, and boxes as west, east, south, north.
    size
        Bytes of a node.
    """
    most = (size - 4) // _CELL.itemsize
    tree = Tree([], [], [])
    depth, next_node = 0, 2
    while len(cells) > most:
        cells = cells[_tiles(cells["box"].astype(np.float64), int(most * _FILL))]
        count = math.ceil(len(cells) / int(most * _FILL))
        edges = np.linspace(0, len(cells), count + 1).astype(int)
        above = np.empty(count, dtype=_CELL)
        above["id"] = np.arange(next_node, next_node + count)
        boxes = cells["box"].astype(np.float32)
        for side, smallest in enumerate((True, False, True, False)):
            above["box"][:, side] = (np.minimum if smallest else np.maximum).reduceat(boxes[:, side], edges[:-1])
        tree.nodes += [
            (next_node + at, _node(0, cells[a:b], size)) for at, (a, b) in enumerate(itertools.pairwise(edges))
        ]
        _own(tree, depth, cells, np.repeat(above["id"], np.diff(edges)))
        cells, depth, next_node = above, depth + 1, next_node + count
    tree.nodes.append((1, _node(depth, cells, size)))
    _own(tree, depth, cells, np.ones(len(cells), dtype=np.int64))
    return tree


def _own(tree: Tree, depth: int, cells: npt.NDArray[np.void], nodes: npt.NDArray[np.int64]) -> None:
    ids = cells["id"].astype(np.int64)
    order = np.argsort(ids)
    pairs = np.stack([ids[order], nodes.astype(np.int64)[order]], axis=1)
    (tree.parents if depth else tree.rowids).append(pairs)


def _tiles(boxes: npt.NDArray[np.float64], fill: int) -> npt.NDArray[np.intp]:
    x, y = boxes[:, 0] + boxes[:, 1], boxes[:, 2] + boxes[:, 3]
    column = fill * math.ceil(math.sqrt(len(boxes) / fill))
    by_x = np.argsort(x, kind="stable")
    return by_x[np.lexsort((y[by_x], np.arange(len(boxes)) // column))]


def _node(depth: int, cells: npt.NDArray[np.void], size: int) -> bytes:
    return (struct.pack(">HH", depth, len(cells)) + cells.tobytes()).ljust(size, b"\0")


def _fill(db: sqlite3.Connection, name: str, tree: Tree) -> None:
    for part, content in (("node", tree.nodes), ("rowid", tree.pairs("rowid")), ("parent", tree.pairs("parent"))):
        db.execute(f"DELETE FROM {name}_{part}")  # noqa: S608
        db.executemany(f"INSERT INTO {name}_{part} VALUES (?, ?)", content)  # noqa: S608
