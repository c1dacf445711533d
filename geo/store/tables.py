"""The tables of a project as they stand at one moment, to be read."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from geo.errors import XunluError
from geo.language import Language, current, tr
from geo.store import frames


class Tables:
    """Hold tables to read; an open project is one that changes, and gives out others that do not.

    Parameters
    ----------
    path
        The file they come from.
    loaded
        The frames by name of table.
    """

    def __init__(self, path: Path, loaded: dict[str, pd.DataFrame]) -> None:
        self.path = path
        self._frames = loaded

    @property
    def cache(self) -> Path:
        """Return the folder for what can be made again at any time, such as routing graphs."""
        return self.path.with_suffix(".cache")

    def frame(self, table: str) -> pd.DataFrame:
        """Return a table, indexed by id, to be read only; a GeoDataFrame where the table has a shape."""
        return self._frames[table]

    def held(self) -> dict[str, pd.DataFrame]:
        """Return all tables held, by name, to be read only."""
        return dict(self._frames)

    def row(self, table: str, row_id: str) -> dict[str, Any]:
        """Return one row as plain values by column, its geometry included; KeyError if there is none."""
        return frames.row(self.frame(table), row_id)

    def setting(self, key: str, default: str = "") -> str:
        """Return a setting that travels with the project."""
        settings = self.frame("settings")
        return str(dict(zip(settings["key"].tolist(), settings["value"].tolist(), strict=True)).get(key, default))

    def settings_under(self, prefix: str) -> dict[str, str]:
        """Return the settings whose keys begin with a prefix, by key."""
        settings = self.frame("settings")
        pairs = zip(settings["key"].tolist(), settings["value"].tolist(), strict=True)
        return {key: value for key, value in pairs if key.startswith(prefix)}

    def today(self) -> date:
        """Return the project's day: its setting, as in a sample of the past, else the clock's."""
        fixed = self.setting("today")
        try:
            return date.fromisoformat(fixed) if fixed else date.today()  # noqa: DTZ011  the user's own calendar day
        except ValueError as error:
            raise XunluError(
                tr("The project's setting “today” is “{text}”, which is no day.", text=fixed),
                tr("Write it like 2021-06-02, or empty it to follow the clock."),
            ) from error

    def title(self, lang: Language | None = None) -> str:
        """Return the project's name in a language, its file name where it has none."""
        return name_of({key: self.setting(key) for key in ("name", "name_en")}, lang) or self.path.stem


def name_of(row: Mapping[str, Any] | pd.Series, lang: Language | None = None) -> str:
    """Return a row's name in a language: the English one in English where there is one."""
    english = str(row["name_en"])
    return english if english and (lang or current()) == "en" else str(row["name"]) or english
