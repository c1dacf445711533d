"""A set of maps, one for each subdistrict or team: which sheets there are, what each shows, and what lies beside it."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely

from geo.errors import XunluError
from geo.language import tr
from geo.projection import to_mercator
from geo.store.tables import name_of
from layers.gridindex import names_of
from layers.layout import Layout
from layers.stack import MapStack
from layers.view import Bounds

NEIGHBOUR_M = 40.0
"""How far apart, in Mercator metres, areas may lie that are drawn as neighbours: boundaries seldom match exactly."""

AROUND = 0.04
"""The share of its size that is shown around an area."""


@dataclass(frozen=True)
class Neighbour:
    """An area beside another: its name, the number of its sheet in the set (0 if it has none), and its shape."""

    name: str
    number: int
    area: shapely.Geometry


@dataclass(frozen=True, eq=False)
class Page:
    """One page.

    Parameters
    ----------
    kind
        A map, the overview of a set, or a list of what lies where.
    name
        Of the area or the team; empty on a map of everything.
    number
        Of the sheet within the set, from 1; 0 for what is no sheet.
    bounds
        What is to be shown, in EPSG:3857 metres.
    area
        What matters on the map, in EPSG:3857; the rest is shown paler. None if all of it matters.
    team
        The team whose route is shown, by id; empty for no team in particular.
    neighbours
        The areas around.
    sheets
        On the overview, the sheets of the set.
    part
        Of a list, which page of it this is, from 0.
    """

    kind: Literal["map", "overview", "index"]
    name: str
    bounds: Bounds
    number: int = 0
    area: shapely.Geometry | None = None
    team: str = ""
    neighbours: tuple[Neighbour, ...] = ()
    sheets: "tuple[Page, ...]" = ()
    part: int = 0


def sheets(stack: MapStack, layout: Layout, shown: Bounds | None = None) -> list[Page]:
    """Return the pages with maps of a layout; the overview first, where there is one.

    Parameters
    ----------
    shown
        What the screen shows, in EPSG:3857 metres, for a layout that prints that.

    Raises
    ------
    XunluError
        If there is nothing to make a set of.
    """
    if not layout.is_set:
        bounds = shown if layout.by == "view" and shown is not None else stack.bounds()
        return [Page("map", "", bounds)]
    pages = _by_subdistrict(stack, layout) if layout.by == "subdistrict" else _by_team(stack, layout)
    if layout.overview and len(pages) > 1:
        return [Page("overview", tr("Overview of the sheets", stack.lang), stack.bounds(), sheets=tuple(pages)), *pages]
    return pages


def _by_subdistrict(stack: MapStack, layout: Layout) -> list[Page]:
    frame = stack.project.frame("subdistricts").sort_values(["code", "name"])
    shapes = shapely.transform(np.asarray(frame.geometry.array), to_mercator)
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    frame, shapes = frame[there], shapely.make_valid(shapes[there])
    if not len(frame):
        raise XunluError(
            tr("The project has no subdistricts to make a set of."),
            tr("Import them as areas, or print one map of everything."),
        )
    chosen = [not layout.only or str(key) in layout.only for key in frame.index]
    names = names_of(frame, stack.lang).to_list()
    numbers = np.where(chosen, np.cumsum(chosen), 0).tolist()
    tree = shapely.STRtree(shapes)
    pages = []
    for place in np.flatnonzero(chosen).tolist():
        near = np.sort(tree.query(shapes[place], predicate="dwithin", distance=NEIGHBOUR_M)).tolist()
        around = tuple(Neighbour(names[k], numbers[k], shapes[k]) for k in near if k != place)
        bounds = _around(shapely.bounds(shapes[place]).tolist())
        pages.append(Page("map", names[place], bounds, numbers[place], shapes[place], neighbours=around))
    return _some(pages)


def _by_team(stack: MapStack, layout: Layout) -> list[Page]:
    project, plan = stack.project, stack.plan
    routes, teams = project.frame("routes"), project.frame("teams").sort_values(["code", "name"])
    routes = routes[routes["plan"] == plan]
    if plan is None or not len(routes):
        raise XunluError(
            tr("No plan is shown, so no team has a route to print."),
            tr("Plan the day first, or make the set by subdistrict."),
        )
    stops = project.frame("stops")
    stops = stops[stops["plan"] == plan]
    sites = project.frame("sites")
    pages: list[Page] = []
    for key, team in teams[teams.index.isin(routes["team"])].iterrows():
        if layout.only and str(key) not in layout.only:
            continue
        visited = sites.geometry.loc[stops.loc[stops["team"] == key, "site"]]
        shapes = np.array([*routes.geometry[routes["team"] == key], *visited, team["geometry"]], dtype=object)
        box = shapely.total_bounds(shapely.transform(shapes, to_mercator)).tolist()
        if len(visited) and np.isfinite(box).all():
            pages.append(Page("map", name_of(team, stack.lang), _around(box), len(pages) + 1, team=str(key)))
    return _some(pages)


def _some(pages: list[Page]) -> list[Page]:
    if not pages:
        raise XunluError(tr("Nothing is chosen to print."), tr("Choose at least one sheet of the set."))
    return pages


def _around(box: list[float]) -> Bounds:
    left, bottom, right, top = box
    # A route of two neighbouring sites is not blown up to the size of a house.
    by = max(max(right - left, top - bottom) * AROUND, 120.0)
    return left - by, bottom - by, right + by, top + by


@contextmanager
def arranged(stack: MapStack, page: Page) -> Iterator[None]:
    """Let a map show what a page shows, and afterwards what it showed before."""
    if not (page.team or page.kind == "overview"):
        yield
        return
    teams, kept = stack.teams, stack.labels.never_covered
    hidden = [stack["stops"]] if page.kind == "overview" else []
    quiet = [(layer, layer.visible) for layer in (stack.sites, *hidden)]
    shown: Collection[str] = {page.team} if page.team else {sheet.team for sheet in page.sheets if sheet.team}
    try:
        stack.set_teams(shown)
        for layer, _ in quiet:
            layer.visible = False
        stack.labels.never_covered = (stack["stops"],) if page.team else ()
        yield
    finally:
        stack.set_teams(teams)
        for layer, visible in quiet:
            layer.visible = visible
        stack.labels.never_covered = kept
