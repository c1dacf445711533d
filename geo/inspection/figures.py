"""The figures that a supervisor answers for, counted from the rows of the project."""

import json
from dataclasses import dataclass
from datetime import date

import pandas as pd

from geo.store.tables import Tables

SCHOOL = "school"
"""The kind of site whose persons are tested."""


@dataclass(frozen=True)
class Figures:
    """The figures of a period; each is a count of rows or of persons.

    Attributes
    ----------
    sites_inspected
        Sites with a visit done in the period.
    weaknesses_found, suggestions_issued
        Findings of these visits, and those with a suggestion for rectification.
    school_units_tested, school_persons_tested, school_test_rate
        Schools with persons tested, these persons, and their share of those to be tested (0 where there are none).
    subdistricts, inspection_teams
        Subdistricts that were visited, and teams that visited.
    person_times
        Distinct pairs of inspector and day among the visits done.
    focus_topics
        Topics that the findings concern.
    by_kind
        Sites inspected by kind.
    """

    sites_inspected: int
    weaknesses_found: int
    suggestions_issued: int
    school_units_tested: int
    school_persons_tested: int
    school_test_rate: float
    subdistricts: int
    person_times: int
    inspection_teams: int
    focus_topics: int
    by_kind: dict[str, int]


def figures(project: Tables, first: date | None = None, last: date | None = None) -> Figures:
    """Return the figures of the visits done from one day to another, both included; of all time unless given."""
    done = _done(project, first, last)
    sites = project.frame("sites")
    inspected = sites[sites.index.isin(done["site"])]
    findings = project.frame("findings")
    found = findings[findings["inspection"].isin(done.index)]
    tested = sites[(sites["kind"] == SCHOOL) & (sites["done_count"].fillna(0) > 0)]
    persons = int(tested["done_count"].sum())
    wanted = int(sites.loc[sites["kind"] == SCHOOL, "target_count"].sum())
    return Figures(
        sites_inspected=len(inspected),
        weaknesses_found=len(found),
        suggestions_issued=int(found["suggestion"].sum()),
        school_units_tested=len(tested),
        school_persons_tested=persons,
        school_test_rate=persons / wanted if wanted else 0.0,
        subdistricts=_kinds_of(inspected["subdistrict"]),
        person_times=_person_times(done),
        inspection_teams=_kinds_of(done["team"]),
        focus_topics=_kinds_of(found["topic"]),
        by_kind={str(kind): int(count) for kind, count in inspected["kind"].value_counts(sort=False).items()},
    )


def _done(project: Tables, first: date | None, last: date | None) -> pd.DataFrame:
    visits = project.frame("inspections")
    kept = visits["state"] == "done"
    if first:
        kept &= visits["date"] >= first.isoformat()
    if last:
        kept &= visits["date"] <= last.isoformat()
    return visits[kept]


def _kinds_of(values: pd.Series) -> int:
    return int(values[values != ""].nunique())


def _person_times(done: pd.DataFrame) -> int:
    return len(
        {(person, day) for people, day in zip(done["inspectors"], done["date"], strict=True) for person in _ids(people)}
    )


def _ids(people: str) -> list[str]:
    return [str(person) for person in json.loads(people or "[]")]
