"""The legend of one page: only what is to be seen on it, and how many sites of each kind and status."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.language import Language, tr
from geo.model import TABLES
from geo.projection import to_lonlat, to_mercator
from layers.blocks import Block, Row
from layers.gridindex import names_of
from layers.layer import LegendEntry
from layers.stack import MapStack
from layers.view import View

MAIN = frozenset({"motorway", "trunk", "primary", "secondary"})
PATHS = frozenset({"footway", "path", "steps", "cycleway", "track"})

GROUND = ("areas", "streets", "railways", "landmarks", "closures", "subdistricts")
"""The tables whose layers have the same names, and whose rows either are on a page or not."""


class PageLegend:
    """The legends of the pages of one map; what does not change from page to page is worked out once.

    Parameters
    ----------
    stack
        The map.
    """

    def __init__(self, stack: MapStack) -> None:
        self._stack = stack
        self._boxes: dict[str, NDArray[np.float64]] = {}
        self._sorts: dict[str, NDArray[np.object_]] = {}
        self._routes: tuple[str | None, NDArray[np.object_], NDArray[np.object_]] | None = None

    def blocks(self, view: View | None = None, within: shapely.Geometry | None = None) -> list[Block]:
        """Return the legend of a page.

        Parameters
        ----------
        view
            What the page shows; without one, everything that the map could show is explained, and nothing counted.
        within
            The area in EPSG:3857 whose sites are counted; all in view if left out.
        """
        stack, lang = self._stack, self._stack.lang
        counts: dict[str, dict[str, int]] = {}
        if view is not None and stack.sites.visible:
            counts = _counts(stack, view, within, lang)
        # The routes of a page for one team are explained by its title.
        skipped = stack.routes.title(lang) if stack.teams is not None and len(stack.teams) == 1 else ""
        sites = stack.sites.heading_in(lang), tr("Site kinds", lang), tr("Risk", lang)
        own = {*sites, stack.routes.title(lang)}
        # Where nothing is counted yet, room is kept for the figures.
        room = "0,000" if view is None else ""
        blocks: list[Block] = []
        ground: dict[str, Row] = {}
        for title, entries in stack.legend(None if view is None else view.scale):
            if title == skipped:
                continue
            if title in counts:
                tally = counts[title]
                figures = [(entry, tally[entry.text]) for entry in entries if entry.text in tally]
                rows = [_row(entry, f"{count:,}" if count else "–") for entry, count in figures]
            else:
                rows = [_row(entry, room) for entry in self._seen(title, entries, view, within)]
            if title in own:
                blocks.append(Block(title, tuple(rows)))
            else:
                # One or two lines each: a heading above every one of them would be longer than what it heads.
                ground |= {row.words: row for row in rows}
        blocks.append(Block(tr("Map", lang), tuple(ground.values())))
        return [block for block in blocks if block.rows]

    def _seen(
        self, title: str, entries: Iterable[LegendEntry], view: View | None, within: shapely.Geometry | None
    ) -> list[LegendEntry]:
        """Return the entries of a layer without those of which nothing lies in view."""
        stack = self._stack
        layer = next((layer for layer in stack.layers if layer.title(stack.lang) == title), None)
        if view is None or layer is None:
            return list(entries)
        if layer is stack.routes:
            shown = self._teams(view, within)
            return [entry for entry in entries if entry.text in shown]
        if layer.name not in GROUND:
            return list(entries)
        there = self._there(layer.name, view)
        absent = _absent(layer.name, there, stack.lang) if there else None
        return [] if absent is None else [entry for entry in entries if entry.text.casefold() not in absent]

    def _there(self, name: str, view: View) -> set[str]:
        """Return which kinds of rows of a table lie in view: their class or kind, where they have one."""
        if name not in self._boxes:
            frame = self._stack.project.frame(name)
            self._boxes[name] = shapely.bounds(np.asarray(frame.geometry.array))
            column = "highway" if name == "streets" else "kind"
            kinds = frame[column] if column in frame else frame["name"].map(lambda _name: "there")
            self._sorts[name] = kinds.to_numpy(dtype=object)
        left, bottom, right, top = view.bounds
        (west, south), (east, north) = to_lonlat([(left, bottom), (right, top)]).tolist()
        a, b, c, d = self._boxes[name].reshape(-1, 4).T
        return set(self._sorts[name][(a <= east) & (c >= west) & (b <= north) & (d >= south)])

    def _teams(self, view: View, within: shapely.Geometry | None) -> set[str]:
        """Return the names of the teams whose routes pass through what matters on the page."""
        stack = self._stack
        if self._routes is None or self._routes[0] != stack.plan:
            frame, teams = stack.project.frame("routes"), stack.project.frame("teams")
            frame = frame[(frame["plan"] == stack.plan) & frame["team"].isin(teams.index)]
            names = names_of(teams, stack.lang).loc[frame["team"]].to_numpy(dtype=object)
            self._routes = stack.plan, shapely.transform(np.asarray(frame.geometry.array), to_mercator), names
        _, lines, names = self._routes
        return set(names[shapely.intersects(lines, shapely.box(*view.bounds) if within is None else within)])


def _row(entry: LegendEntry, figure: str = "") -> Row:
    # A legend on paper is a list of headings of its own, so each begins with a capital.
    return Row(entry.text[:1].upper() + entry.text[1:], figure, entry.swatch)


def _counts(stack: MapStack, view: View, within: shapely.Geometry | None, lang: Language) -> dict[str, dict[str, int]]:
    """Return by heading how many sites have what stands in the legend; 0 where only the surroundings have it."""
    left, bottom, right, top = view.bounds
    rows = stack.sites.rows
    x, y = rows.xy[:, 0], rows.xy[:, 1]
    seen = np.flatnonzero((x >= left) & (x <= right) & (y >= bottom) & (y <= top))
    counted = np.ones(len(seen), dtype=bool)
    if within is not None:
        shapely.prepare(within)
        counted = shapely.intersects_xy(within, x[seen], y[seen])
    kinds = stack.project.frame("kinds")
    names = dict(zip(kinds["code"], names_of(kinds, lang), strict=True))
    return {
        stack.sites.heading_in(lang): _tally(rows.shades[seen], counted, stack.sites.state_titles(lang)),
        tr("Site kinds", lang): _tally(rows.kind[seen], counted, [names.get(code, code) for code in rows.kinds]),
    }


def _tally(codes: NDArray[np.integer[Any]], counted: NDArray[np.bool_], names: Sequence[str]) -> dict[str, int]:
    there = np.bincount(codes, minlength=len(names))
    counts = np.bincount(codes[counted], minlength=len(names))
    return {name: int(count) for name, is_there, count in zip(names, there, counts, strict=True) if is_there}


def _absent(name: str, there: set[str], lang: Language) -> set[str]:
    """Return what legend entries of a layer are known to be missing, in small letters, by the kinds that there are."""
    if name == "streets":
        groups = (
            (tr("Main road", lang), there & MAIN),
            (tr("Street", lang), there - MAIN - PATHS),
            (tr("Footpath", lang), there & PATHS),
        )
        return {title.casefold() for title, found in groups if not found}
    if name in {"areas", "railways"}:
        choices = TABLES[name].column("kind").choices
        return {choice.title(lang).casefold() for choice in choices if choice.value not in there}
    return set()
