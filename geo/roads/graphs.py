"""Routing graphs: made by OSRM's programs, kept in a cache folder that may vanish or be damaged at any time."""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import geopandas as gpd
import numpy as np
import osrm
import pandas as pd
import platformdirs
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import XunluError
from geo.language import tr
from geo.model import PLANS, STREETS, Mode
from geo.progress import Report, part, silent
from geo.roads import matrices, network
from geo.roads.closures import closed_area, open_streets
from geo.roads.matrices import KeepingRouter
from geo.roads.routing import OsrmRouter, Router
from geo.roads.snapping import Snapper
from geo.store.tables import name_of

FORMAT = 4
"""Counts up when a graph made by an older version of this module must not be used any more."""

KEEP = 4
"""How many graphs of one mode stay in the cache: closures come and go, and so do days."""

# fmt: off
_NEEDED = (
    "cell_metrics", "cells", "datasource_names", "ebg_nodes", "edges", "fileIndex", "geometry", "icd",
    "maneuver_overrides", "mldgr", "names", "nbg_nodes", "partition", "properties", "ramIndex", "timestamp", "tld",
    "tls", "turn_duration_penalties", "turn_weight_penalties",
)
# fmt: on
CELLS = "64,512,4096"
"""Nodes per cell, level by level: matrices of a district come twice as fast as with OSRM's 128,4096,65536,2097152."""

_SEGMENTS = "segments.npz"
_MANIFEST = "manifest.json"
_LEFTOVER_S = 3600
_PACKAGE = Path(osrm.__file__).parent


def open_router(
    streets: pd.DataFrame,
    closures: pd.DataFrame,
    mode: Mode,
    cache: Path,
    report: Report = silent,
    *,
    points: pd.DataFrame | None = None,
    turns: pd.DataFrame | None = None,
) -> Router:
    """Return a router over streets, from the cache or newly built.

    Closures are cut out of the streets before OSRM sees them. OSRM could close segments by a speed file too, but only
    whole ones, and one that crosses an edge would be lost on both sides; so the places to snap to and the graph agree
    in every mode, and the price is a second or two per set of closures.

    Parameters
    ----------
    streets, closures
        Table `streets`, and the rows of table `closures` that are in force.
    mode
        How one travels.
    cache
        The folder for graphs. Where it cannot be written, the user's own cache folder serves.
    report
        Told how far it is.
    points, turns
        Tables `street_points` and `turns`; none if left out.

    Raises
    ------
    XunluError
        If no street can be used in that mode, or OSRM's programs fail.
    Cancelled
        If `report` asks to stop; nothing half done stays behind.
    """
    made_of = _sorted_contents(streets, points, turns)
    closed = closed_area(closures)
    name = f"{mode.value}-{_key(made_of.contents, closed)}"
    for folder in _places(cache):
        if (router := _load(folder / name, mode, closed)) is not None:
            return router
    usable = network.usable(open_streets(made_of.streets, closed), mode)
    if usable.empty and not network.usable(streets, mode).empty:
        raise _all_closed(closures)
    report(0.0, tr("Preparing the streets"))
    graph = _build(network.build(usable, mode, made_of.points, made_of.turns), mode, cache, name, report)
    if (router := _load(graph, mode, closed)) is None:
        raise _damaged(graph)
    return router


def _damaged(graph: Path) -> XunluError:
    return XunluError(
        tr("The routing graph in {folder} was damaged as soon as it was made.", folder=graph),
        tr("Check the disk, or that no other program changes files there."),
    )


def _all_closed(closures: pd.DataFrame) -> XunluError:
    names = ", ".join(name_of(row) for _, row in closures.iterrows())
    return XunluError(
        tr("The closures in force leave no street open: {names}.", names=names),
        tr("Check their areas and their dates."),
    )


@dataclass(frozen=True)
class _Sorted:
    """The rows that a graph is made of, in an order that neither their ids nor their places in the file decide."""

    contents: list[bytes]
    streets: gpd.GeoDataFrame
    points: pd.DataFrame | None
    turns: pd.DataFrame | None


def _sorted_contents(streets: pd.DataFrame, points: pd.DataFrame | None, turns: pd.DataFrame | None) -> _Sorted:
    of_streets = list(_contents(streets, [column.name for column in STREETS.columns]))
    contents, ordered = _in_order(streets, of_streets)
    if points is not None:
        of_points, points = _in_order(points, list(_contents(points, ["tags"])))
        contents += of_points
    if turns is not None:
        # Streets are named by what they are, not by their ids.
        streets_of = dict(zip(streets.index.tolist(), map(hashlib.sha256, of_streets), strict=True))
        of_turns = []
        for row, content in zip(turns.itertuples(), _contents(turns, ["restriction", "tags"]), strict=True):
            named = [streets_of.get(street) for street in (row.from_street, row.via_street, row.to_street)]
            of_turns.append(content + b"\x1f".join(b"" if name is None else name.digest() for name in named))
        of_turns, turns = _in_order(turns, of_turns)
        contents += of_turns
    return _Sorted(contents, gpd.GeoDataFrame(ordered), points, turns)


def _in_order(rows: pd.DataFrame, contents: list[bytes]) -> tuple[list[bytes], pd.DataFrame]:
    order = sorted(range(len(contents)), key=contents.__getitem__)
    return [contents[at] for at in order], rows.iloc[order]


def _contents(rows: pd.DataFrame, columns: list[str]) -> Iterator[bytes]:
    """Return what each row is, without its id: the order and the ids of rows do not change a graph."""
    texts = [[str(value) for value in rows[column].tolist()] for column in columns]
    for shape, *values in zip(shapely.to_wkb(rows.geometry.to_numpy()), *texts, strict=True):
        yield (shape or b"") + "\x1f".join(values).encode()


def _key(contents: list[bytes], closed: BaseGeometry) -> str:
    digest = hashlib.sha256(f"{FORMAT} {version('osrm-bindings')} {len(contents)}".encode())
    for content in (closed.normalize().wkb, *contents):
        digest.update(len(content).to_bytes(8) + content)
    return digest.hexdigest()[:16]


def _places(cache: Path) -> tuple[Path, ...]:
    """Return where graphs may lie, the best place first."""
    return cache, platformdirs.user_cache_path("xunlu") / "roads", Path(tempfile.gettempdir()) / "xunlu-roads"


def _workshop(cache: Path) -> Path:
    """Return a new folder to build in, in the first place that can be written."""
    reason = ""
    for folder in _places(cache):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return Path(tempfile.mkdtemp(prefix="building-", dir=folder))
        except OSError as error:
            reason = reason or str(error)
    raise XunluError(
        tr("There is nowhere to keep the routing graph: {reason}.", reason=reason),
        tr("Make room on the disk or a folder that can be written."),
    )


# -- reading -------------------------------------------------------------------------------------------------------


def _load(graph: Path, mode: Mode, closed: BaseGeometry) -> Router | None:
    """Return the router of a graph; None if there is none or it is damaged."""
    if not _intact(graph):
        return None
    try:
        engine = osrm.OSRM(
            storage_config=str(graph / "streets.osrm"),
            algorithm="MLD",
            use_shared_memory=False,
            max_locations_distance_table=-1,
        )
        with np.load(graph / _SEGMENTS) as arrays:
            snapper = Snapper(arrays["lonlat"], arrays["main"])
        os.utime(graph)
    except (RuntimeError, OSError):  # vanished or damaged since it was looked at
        return None
    return KeepingRouter(OsrmRouter(engine, mode, snapper, closed), graph / matrices.FILE)


def _intact(graph: Path) -> bool:
    """Return whether every file of a graph is as it was written: OSRM itself may crash on a damaged one."""
    try:
        manifest = json.loads((graph / _MANIFEST).read_text("utf-8"))
        return isinstance(manifest, dict) and manifest == _checksums(graph)
    except (OSError, ValueError):
        return False


def _checksums(graph: Path) -> dict[str, int]:
    names = [f"streets.osrm.{ending}" for ending in _NEEDED] + [_SEGMENTS]
    return {name: zlib.crc32((graph / name).read_bytes()) for name in names}


# -- building ------------------------------------------------------------------------------------------------------


def _build(streets: network.Network, mode: Mode, cache: Path, name: str, report: Report) -> Path:
    """Build a graph aside and put it in its place in one step, so that a kill never leaves half of one."""
    if not streets.start.any():
        raise XunluError(
            tr("No street of the project can be used: {mode}.", mode=PLANS.column("mode").choice_title(mode)),
            tr("Draw or import streets, or choose another travel mode."),
        )
    folder = _workshop(cache)
    try:
        _make(streets, mode, folder, report)
        graph = folder.with_name(name)
        _replace(folder, graph)
        _prune(graph, mode)
        return graph
    except OSError as error:
        raise XunluError(
            tr("The routing graph cannot be written in {folder}: {reason}.", folder=folder, reason=error),
            tr("Make room on the disk or a folder that can be written."),
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make(streets: network.Network, mode: Mode, folder: Path, report: Report) -> None:
    """Fill a folder with the files of a graph and the list of them."""
    network.write(streets, folder / "streets.osm.pbf")
    np.savez(folder / _SEGMENTS, lonlat=streets.lonlat[streets.start], main=streets.main[streets.start])
    # Aside and by a relative path: this OSRM takes no path with a space in it (osrm-backend #7511; seen in 26.10).
    profiles = shutil.copytree(_PACKAGE / "share" / "profiles", folder / "profiles")
    # Every part counts as big: OSRM would else move points off small ones, differently for each set of points asked
    # about. Which part a point belongs to is for `Snapper` to say.
    extract = ["-p", f"profiles/{mode.value}.lua", "--small-component-size", "1", "streets.osm.pbf"]
    _run("osrm-extract", extract, folder, part(report, 0.2, 0.6))
    # Not contraction hierarchies: their matrices come two to three times faster, but on a grid of like streets, as many
    # cities have, they take half a minute to build; cells take a third of a second.
    _run("osrm-partition", ["--max-cell-sizes", CELLS, "streets.osrm"], folder, part(report, 0.6, 0.75))
    _run("osrm-customize", ["streets.osrm"], folder, part(report, 0.75, 0.95))
    shutil.rmtree(profiles)
    kept = _checksums(folder)
    for file in folder.iterdir():
        if file.name not in kept:
            file.unlink()
    (folder / _MANIFEST).write_text(json.dumps(kept), "utf-8")
    report(1.0, tr("Building the routing graph"))


def _run(program: str, arguments: list[str], folder: Path, report: Report) -> None:
    """Run one of OSRM's programs in a folder until it is done or `report` raises; XunluError if it fails."""
    executable = _PACKAGE / "bin" / (f"{program}.exe" if os.name == "nt" else program)
    libraries = _PACKAGE.parent / "osrm_bindings.libs"  # on Windows the programs find their DLLs by PATH alone
    environment = {**os.environ, "PATH": f"{libraries}{os.pathsep}{os.environ.get('PATH', '')}"}
    log = folder / f"{program}.log"
    report(0.0, tr("Building the routing graph"))
    with log.open("wb") as output:
        process = subprocess.Popen(
            [executable, *arguments],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
        )
        try:
            while process.poll() is None:
                report(0.5, tr("Building the routing graph"))
                time.sleep(0.02)
        finally:
            process.kill()
            process.wait()
    if process.returncode:
        # Its errors come last; what went before is only how far it was.
        said = [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
        tail = said[-1].rpartition("[error] ")[2] if said else ""
        raise XunluError(
            tr("{program} failed with code {code}: {tail}", program=program, code=process.returncode, tail=tail),
            tr("Make room on the disk and in memory, then try again."),
        )


def _replace(folder: Path, graph: Path) -> None:
    """Move a finished graph to its place; one that is there already and intact stays."""
    if graph.exists() and not _intact(graph):
        shutil.rmtree(graph)
    try:
        folder.rename(graph)
    except OSError:
        if not _intact(graph):  # else somebody else built the same one meanwhile
            raise


def _prune(newest: Path, mode: Mode) -> None:
    """Remove the graphs of a mode that were not used for longest, and what killed builds left."""
    graphs = sorted(newest.parent.glob(f"{mode.value}-*"), key=_used, reverse=True)
    leftovers = [path for path in newest.parent.glob("building-*") if _used(path) < time.time() - _LEFTOVER_S]
    for path in [graph for graph in graphs if graph != newest][KEEP - 1 :] + leftovers:
        shutil.rmtree(path, ignore_errors=True)


def _used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # pruned by somebody else
        return 0.0
