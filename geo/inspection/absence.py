"""Which inspectors and teams are there on a day."""

from datetime import date

import pandas as pd

from geo.store.tables import Tables


def present(inspectors: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the rows of table `inspectors` that are not away on a day; an empty end of an absence is no limit."""
    when = day.isoformat()
    away = (inspectors["away_from"] != "") & (inspectors["away_from"] <= when)
    away &= (inspectors["away_to"] == "") | (inspectors["away_to"] >= when)
    return inspectors[~away]


def on_duty(tables: Tables, day: date) -> list[str]:
    """Return the ids of the teams that can go on a day: on duty, and not with all their inspectors away."""
    teams, inspectors = tables.frame("teams"), tables.frame("inspectors")
    staffed = set(present(inspectors, day)["team"])
    empty = set(inspectors["team"]) - staffed
    return [str(team) for team in teams.index[teams["active"]] if team not in empty]
