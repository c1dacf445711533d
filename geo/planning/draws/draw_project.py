"""A draw in a project: the pool from its sites, the teams that may go, and the record kept among its draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

import pandas as pd

from geo.errors import XunluError
from geo.language import tr
from geo.planning.draws import draw_record
from geo.planning.draws.draw import Stratum, Terms, Unit
from geo.planning.draws.draw_record import Record
from geo.planning.office import intake
from geo.planning.problem import Crew, Visit
from geo.store.edits import Edit, edit, insert
from geo.store.tables import Tables, name_of
from geo.version import VERSION

By = Literal["kind", "subdistrict"]
"""A column that strata are made by."""

WEIGHTS: Mapping[str, int] = {"low": 1, "medium": 2, "high": 4}
"""How many lots a site holds by its risk, unless said otherwise."""


@dataclass(frozen=True)
class Pool:
    """What may be drawn.

    Attributes
    ----------
    units
        The sites with their weights, strata and the teams that may not go there.
    closed
        Ids of the sites that are not in it because they lie in a closure on that day.
    names
        The names of the strata.
    """

    units: tuple[Unit, ...]
    closed: tuple[str, ...]
    names: dict[Stratum, str]


def pool_of(
    tables: Tables,
    day: date,
    sites: Sequence[str],
    *,
    by: Sequence[By] = (),
    weights: Mapping[str, int] = WEIGHTS,
    teams: Sequence[str] = (),
) -> Pool:
    """Return the pool of some sites on a day.

    Parameters
    ----------
    tables, day, sites
        A snapshot of the project, the day of the visits, and the ids of the sites; one named twice counts once.
    by
        What the strata are made by.
    weights
        How many lots a site holds by its risk.
    teams
        Ids of the teams that are drawn too; each may go where no conflict of interest, skill or area keeps it away.
    """
    crews = intake.crews_of(tables, list(teams), day)
    visits: dict[str, Visit] = {}
    for visit in intake.visits_of(tables, day, list(dict.fromkeys(sites)), crews):
        visits.setdefault(visit.id, visit)
    rows = tables.frame("sites").loc[list(visits)]
    keys = list(zip(*(rows[column].astype(str).tolist() for column in by), strict=True)) or [()] * len(rows)
    risks = rows["risk"].tolist()
    units = tuple(
        Unit(visit.id, weights.get(risk, min(weights.values(), default=1)), key, _barred(visit, crews))
        for visit, risk, key in zip(visits.values(), risks, keys, strict=True)
        if not visit.closure
    )
    closed = tuple(visit.id for visit in visits.values() if visit.closure)
    return Pool(units, closed, _names(tables, by, sorted({unit.stratum for unit in units})))


def _barred(visit: Visit, crews: Sequence[Crew]) -> dict[str, str]:
    """Return why crews may not make a visit, by their ids."""
    barred = {}
    for crew in crews:
        if crew.id in visit.barred:
            barred[crew.id] = "conflict"
        elif not visit.needs <= crew.skills:
            barred[crew.id] = "skill"
        elif crew.hard_area and visit.area and crew.area and visit.area != crew.area:
            barred[crew.id] = "area"
    return barred


def _names(tables: Tables, by: Sequence[By], keys: Sequence[Stratum]) -> dict[Stratum, str]:
    kinds, places = tables.frame("kinds"), tables.frame("subdistricts")
    called = {
        "kind": {str(row["code"]): name_of(row) for _, row in kinds.iterrows()},
        "subdistrict": {str(place): name_of(row) for place, row in places.iterrows()},
    }
    return {
        key: " / ".join(called[column].get(part, part) or tr("none") for column, part in zip(by, key, strict=True))
        for key in keys
    }


def record_of(
    tables: Tables,
    day: date,
    pool: Pool,
    terms: Terms,
    *,
    who: str,
    by: Sequence[By] = (),
    weights: Mapping[str, int] = WEIGHTS,
    source: str = "",
) -> Record:
    """Draw from a pool and return the record.

    Parameters
    ----------
    tables, day, pool, terms
        The project, the day of the visits, and what is drawn how.
    who
        Who draws.
    by, weights
        As they were given to `pool_of`, for the readers of the record.
    source
        What the pool is, in words.
    """
    if not pool.units:
        raise XunluError(tr("There is no site to draw from."), tr("Choose another pool."))
    sites, teams = tables.frame("sites"), tables.frame("teams")
    called = _called(sites.loc[[unit.id for unit in pool.units]]) | _called(teams.loc[list(terms.teams)])
    closed = [{"id": site, **words} for site, words in sorted(_called(sites.loc[list(pool.closed)]).items())]
    about = {
        "program": f"Xunlu {VERSION}",
        "project": tables.title(),
        "date": day.isoformat(),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "who": who,
        "source": source,
        "by": list(by),
        "weights": dict(weights),
        "in_closures": closed,
    }
    return draw_record.made(pool.units, terms, called=called, strata=pool.names, about=about)


def _called(rows: pd.DataFrame) -> dict[str, dict[str, str]]:
    names = [name_of({"name": a, "name_en": b}) for a, b in zip(rows["name"], rows["name_en"], strict=True)]
    codes = rows["code"].tolist()
    return {str(row): {"code": code, "name": name} for row, code, name in zip(rows.index, codes, names, strict=True)}


def keep(record: Record) -> Edit:
    """Return the edit that keeps a record among the draws of a project."""
    title = tr("Draw of {count} sites, {day}", count=len(record["result"]), day=record["date"])
    row = insert(
        "draws",
        date=record["date"],
        title=title,
        seed=record["terms"]["seed"],
        record=draw_record.as_text(record),
        created_at=record["made_at"],
    )
    return edit(title, [row])


def kept_in(tables: Tables) -> list[tuple[str, str]]:
    """Return id and title of each draw kept in a project, the newest first."""
    draws = tables.frame("draws").sort_values(["created_at"], ascending=False, kind="stable")
    return list(zip(map(str, draws.index), draws["title"].tolist(), strict=True))
