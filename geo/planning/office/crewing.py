"""Teams as they go on a day: shifts, breaks, limits, skills, and where their days begin and end."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import XunluError
from geo.hours import DAY, Window, parse_windows
from geo.language import tr
from geo.model import Mode
from geo.planning.office import staff
from geo.planning.problem import Crew
from geo.planning.rules import Break, PlanRules, break_within
from geo.store.tables import Tables, name_of

DEFAULT_SHIFT: Window = (30_600, 63_000)


def crews(
    tables: Tables, teams: Sequence[str], rules: PlanRules, day: date | None = None, mode: Mode | None = None
) -> tuple[Crew, ...]:
    """Return teams as they go.

    Parameters
    ----------
    tables, teams
        The project and the ids of the teams.
    rules
        What counts for a team that says nothing itself.
    day
        The day, for the skills of the inspectors who are there; of all inspectors if None.
    mode
        How the others travel; a team that says the same has no `Crew.mode` of its own.

    Raises
    ------
    XunluError
        If a shift or a break cannot be read.
    """
    rows = tables.frame("teams").loc[list(teams)]
    skills = staff.team_skills(tables, day, teams)
    return tuple(
        _crew(str(team), row, rules, able, mode) for (team, row), able in zip(_records(rows), skills, strict=True)
    )


def _records(rows: pd.DataFrame) -> list[tuple[str, dict[str, object]]]:
    names = [name for name in rows.columns if name != "geometry"]
    columns = [rows[name].astype(object).where(rows[name].notna(), None).tolist() for name in names]
    cells = zip(*columns, strict=True) if names else ()
    return [(str(team), dict(zip(names, row, strict=True))) for team, row in zip(rows.index, cells, strict=True)]


def _crew(team: str, row: dict[str, object], rules: PlanRules, skills: frozenset[str], mode: Mode | None) -> Crew:
    name = name_of(row)
    shift = _shift(str(row["shift"]), name)
    return Crew(
        team,
        name,
        shift,
        str(row["subdistrict"]),
        hard_area=bool(row["hard_area"]),
        skills=skills,
        pause=_pause(row, rules, shift, name),
        overtime_s=60 * _whole(row["overtime_min"], rules.overtime_min),
        most_stops=_limit(row["max_stops"]),
        most_metres=_limit(row["max_km"], 1000),
        most_travel_s=_limit(row["max_travel_min"], 60),
        mode="" if mode is not None and row["mode"] == mode.value else str(row["mode"]),
        free_start=row["start_kind"] == "free",
        free_end=row["end_kind"] == "free",
    )


def _whole(value: object, otherwise: int) -> int:
    return otherwise if value is None else int(str(value))


def _limit(value: object, unit: int = 1) -> int | None:
    return None if value is None else int(str(value)) * unit


def _shift(text: str, team: str) -> Window:
    try:
        parts = parse_windows(text) or (DEFAULT_SHIFT,)
    except XunluError as error:
        raise XunluError(f"{team}: {error.message}", error.hint) from error
    if len(parts) > 1:
        raise XunluError(
            tr("The shift of “{team}” has several parts.", team=team),
            tr("Write it from its start to its end, like 08:30-17:30; what lies between is its break."),
        )
    return parts[0]


def _pause(row: dict[str, object], rules: PlanRules, shift: Window, team: str) -> Break | None:
    """Return a team's break: of what it says itself and, where that is nothing, of the rules."""
    if row["break_min"] is None and not row["break_window"]:
        return rules.pause
    minutes = _whole(row["break_min"], rules.break_min)
    if not minutes:
        return None
    try:
        windows = parse_windows(str(row["break_window"])) or ((rules.break_from, rules.break_to),)
        if len(windows) > 1:
            raise XunluError(tr("There are several times for one break."), tr("Write one, like 11:30-13:30."))
        opens, closes = windows[0]
        # Of a night shift the small hours are those of the next day.
        later = DAY if closes <= shift[0] else 0
        return break_within((opens + later, closes + later), minutes)
    except XunluError as error:
        raise XunluError(f"{team}: {error.message}", error.hint) from error


def ends(tables: Tables, teams: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where the days of teams begin and where they end, in degrees, each of shape (n, 2).

    Of a day that begins or ends at any site it is the base, NaN for a team without one.

    Raises
    ------
    XunluError
        If a team begins or ends at a base or home that is nowhere.
    """
    rows = tables.frame("teams").loc[list(teams)]
    points = rows["geometry"].to_numpy()
    bases = np.stack([shapely.get_x(points), shapely.get_y(points)], axis=1)
    homes = rows[["home_lon", "home_lat"]].to_numpy(dtype=np.float64)
    found = []
    for column in ("start_kind", "end_kind"):
        kinds = rows[column].to_numpy(dtype=object)
        places = np.where((kinds == "home")[:, np.newaxis], homes, bases)
        _check_places(rows, kinds, places)
        found.append(places)
    return found[0], found[1]


def _check_places(rows: pd.DataFrame, kinds: NDArray[np.object_], places: NDArray[np.float64]) -> None:
    nowhere = np.isnan(places).any(axis=1) & (kinds != "free")
    for at in np.flatnonzero(nowhere).tolist():
        name = name_of(rows.iloc[at])
        if kinds[at] == "home":
            raise XunluError(
                tr("The home of “{team}” has no place on the map.", team=name),
                tr("Write its longitude and latitude in the form of the team, or let its day begin and end elsewhere."),
            )
        raise XunluError(
            tr("The base of “{team}” has no place on the map.", team=name), tr("Place it on the map first.")
        )
    wild = (kinds == "home") & ((np.abs(places[:, 0]) > 180) | (np.abs(places[:, 1]) > 90))
    if wild.any():
        name = name_of(rows.iloc[int(wild.argmax())])
        raise XunluError(
            tr("The home of “{team}” lies outside the world.", team=name),
            tr("Write its longitude and latitude in degrees, like 113.2644 and 23.1291."),
        )
