"""What a plan starts from: the visits, crews and travel of a day, read from a project."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import XunluError
from geo.hours import DAY, Window, parse_windows, read_windows
from geo.language import tr
from geo.planning.problem import Crew, Problem, Visit, openings
from geo.progress import Report, silent
from geo.roads import closures
from geo.roads.routing import UNREACHABLE, Matrix, Router
from geo.store.tables import Tables, name_of

DEFAULT_SERVICE_MIN = 20
DEFAULT_SHIFT: Window = (30_600, 63_000)


def problem_of(
    tables: Tables, day: date, sites: Sequence[str], teams: Sequence[str], router: Router, report: Report = silent
) -> Problem:
    """Return the problem of visiting some sites with some teams on a day.

    A site without a place on the map is one that cannot be reached.

    Raises
    ------
    XunluError
        If a team has no base on the map, or opening times or a shift cannot be read.
    """
    crews = crews_of(tables, teams)
    visits = visits_of(tables, day, sites, crews)
    return Problem(visits, crews, matrix_of(places_of(tables, sites, teams), router, report))


def crews_of(tables: Tables, teams: Sequence[str]) -> tuple[Crew, ...]:
    """Return teams as they go on their day."""
    rows = tables.frame("teams").loc[list(teams)]
    columns = zip(rows.index, _names(rows), rows["shift"].tolist(), rows["subdistrict"].tolist(), strict=True)
    return tuple(Crew(str(team), name, _shift(shift, name), area) for team, name, shift, area in columns)


def visits_of(tables: Tables, day: date, sites: Sequence[str], crews: Sequence[Crew]) -> tuple[Visit, ...]:
    """Return visits of sites on a day, with the opening times that some crews could meet."""
    rows = tables.frame("sites").loc[list(sites)]
    first = min((crew.shift[0] for crew in crews), default=0)
    last = max((crew.shift[1] for crew in crews), default=DAY)
    columns = zip(
        rows.index,
        _names(rows),
        _stays(tables, rows),
        map(read_windows, rows["windows"].tolist()),
        rows["subdistrict"].tolist(),
        _closures(tables, day, rows),
        strict=True,
    )
    return tuple(
        Visit(str(site), name, stay * 60, openings(windows or (), first, last), area, closure, windows is None)
        for site, name, stay, windows, area, closure in columns
    )


def places_of(tables: Tables, sites: Sequence[str], teams: Sequence[str]) -> NDArray[np.float64]:
    """Return where sites and then the bases of teams are, in degrees, shape (n, 2); NaN for a site without a place."""
    rows, bases = tables.frame("sites").loc[list(sites)], tables.frame("teams").loc[list(teams)]
    nowhere = bases[bases["geometry"].isna()]
    if len(nowhere):
        raise XunluError(
            tr("The base of “{team}” has no place on the map.", team=_names(nowhere)[0]),
            tr("Place it on the map first."),
        )
    points = np.concatenate([rows["geometry"].to_numpy(), bases["geometry"].to_numpy()])
    return np.stack([shapely.get_x(points), shapely.get_y(points)], axis=1)


def matrix_of(places: NDArray[np.float64], router: Router, report: Report = silent) -> Matrix:
    """Return the travel between places in degrees, shape (n, 2); none to and from those that are NaN."""
    on_map = np.flatnonzero(~np.isnan(places[:, 0]))
    if len(on_map) == len(places):
        return router.matrix(places, report)
    found = router.matrix(places[on_map], report)
    seconds, metres = (np.full((len(places), len(places)), UNREACHABLE, dtype=np.int64) for _ in range(2))
    at = np.ix_(on_map, on_map)
    seconds[at], metres[at] = found.seconds, found.metres
    return Matrix(seconds, metres)


def _names(rows: pd.DataFrame) -> list[str]:
    return [name_of({"name": a, "name_en": b}) for a, b in zip(rows["name"], rows["name_en"], strict=True)]


def _closures(tables: Tables, day: date, sites: pd.DataFrame) -> list[str]:
    """Return the id of the closure that each site lies in on a day, empty for none."""
    shut = closures.in_force(tables.frame("closures"), day)
    found = [""] * len(sites)
    placed = np.flatnonzero(~sites["geometry"].isna().to_numpy())
    lonlat = shapely.get_coordinates(sites["geometry"].to_numpy()[placed])
    for place, closure in zip(placed, closures.inside(lonlat, shut), strict=True):
        found[place] = str(closure)
    return found


def _shift(text: str, team: str) -> Window:
    try:
        parts = parse_windows(text) or (DEFAULT_SHIFT,)
    except XunluError as error:
        raise XunluError(f"{team}: {error.message}", error.hint) from error
    if len(parts) > 1:
        raise XunluError(
            tr("The shift of “{team}” has several parts.", team=team),
            tr("Write it from its start to its end, like 08:30-17:30; a break cannot be planned yet."),
        )
    return parts[0]


def _stays(tables: Tables, sites: pd.DataFrame) -> list[int]:
    """Return the minutes of a visit at each site: its own, else its kind's."""
    kinds = tables.frame("kinds").drop_duplicates("code").set_index("code")["service_min"]
    own, of_kind = sites["service_min"].tolist(), sites["kind"].map(kinds).tolist()
    return [
        int(next((minutes for minutes in pair if not pd.isna(minutes)), DEFAULT_SERVICE_MIN))
        for pair in zip(own, of_kind, strict=True)
    ]


def stops_of(tables: Tables, plan: str) -> dict[str, list[str]]:
    """Return the ids of the sites of each team's route in order, by team; teams without stops too."""
    routes, stops = tables.frame("routes"), tables.frame("stops")
    found: dict[str, list[str]] = {str(team): [] for team in routes.loc[routes["plan"] == plan, "team"]}
    stops = stops[stops["plan"] == plan].sort_values("seq")
    for team, site in zip(stops["team"].tolist(), stops["site"].tolist(), strict=True):
        found.setdefault(team, []).append(site)
    return found
