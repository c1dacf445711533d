"""Which inspectors are there on a day."""

from datetime import date

import pandas as pd


def present(inspectors: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the rows of table `inspectors` that are not away on a day; an empty end of an absence is no limit."""
    when = day.isoformat()
    away = (inspectors["away_from"] != "") & (inspectors["away_from"] <= when)
    away &= (inspectors["away_to"] == "") | (inspectors["away_to"] >= when)
    return inspectors[~away]
