"""Projects in memory with rows as tests of the export want them, and the files of a folder."""

from pathlib import Path
from typing import Any

import shapely

from geo.model import TABLES
from geo.store import frames
from geo.store.edits import insert
from geo.store.tables import Tables

HERE = shapely.Point(113.25, 23.125)


def tables_with(**rows: list[dict[str, Any]]) -> Tables:
    """Return a project that no file holds, with rows of some tables; what is not given stands empty."""
    loaded = {name: frames.empty(name) for name in TABLES}
    for name, given in rows.items():
        changes = [insert(name, **values) for values in given]
        loaded[name] = frames.patched(loaded[name], TABLES[name], changes)
    return Tables(Path("memory.gpkg"), loaded)


def content(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder, hidden ones too, with what stands in them."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}
