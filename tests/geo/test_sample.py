"""The sample project has the facts of Yuexiu, by counting, and streets on which all but one site can be reached."""

import json
import re
from collections import Counter
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import shapely

from geo import resource
from geo.hours import parse_windows
from geo.sample.build import SEED, sample_changes
from geo.sample.facts import to_metres
from geo.sample.places import apportioned
from geo.sample.ways import DRIVABLE, Way, components, node
from geo.store.project import Project

FACTS = json.loads(resource.path("sample/yuexiu.json").read_text("utf-8"))


def main_streets(sample: Project) -> tuple[list[shapely.LineString], list[shapely.LineString]]:
    """Return the streets for cars that hang together, and the other streets for cars, in metres."""
    streets = sample.frame("streets")
    ways = [
        Way([(float(x), float(y)) for x, y in line.coords], highway)
        for line, highway in zip(streets.geometry, streets["highway"], strict=True)
        if highway in DRIVABLE
    ]
    lines: tuple[list[shapely.LineString], list[shapely.LineString]] = ([], [])
    for way, part in zip(ways, components(ways), strict=True):
        lines[part > 0].append(shapely.LineString(to_metres(way.points)))
    return lines


def test_counts_are_the_facts(sample: Project) -> None:
    """The rows count up to what the facts say, and nothing of it is stored as a figure."""
    figures = FACTS["figures"]
    sites, findings = sample.frame("sites"), sample.frame("findings")
    inspected = sites[sites["kind"] != "school"]
    schools = sites[sites["kind"] == "school"]
    assert inspected["kind"].value_counts().to_dict() == figures["site_kinds_in_the_257"]
    assert len(inspected) == figures["sites_inspected"]
    assert len(schools) == figures["school_units_tested"]
    assert schools["target_count"].sum() == schools["done_count"].sum() == figures["school_persons_tested"]
    assert schools["target_count"].min() > 60
    assert (len(findings), findings["suggestion"].sum()) == (figures["weaknesses_found"], figures["suggestions_issued"])
    assert findings["topic"].nunique() == figures["focus_topics"]
    assert len(sample.frame("subdistricts")) == len(sample.frame("teams")) == figures["subdistricts"]
    assert set(sample.frame("settings")["key"]) >= {"name", "name_en", "today", "lead_days", "attribution"}
    assert sample.today().isoformat() == "2021-06-02"
    assert not sample.can_undo


def test_every_site_was_visited_in_the_period(sample: Project) -> None:
    """Each of the 257 sites has a visit that was done from 21 May to 1 June, by people of its team."""
    visits, sites = sample.frame("inspections"), sample.frame("sites")
    done = visits[visits["state"] == "done"]
    assert set(done["site"]) == set(sites.index[sites["kind"] != "school"])
    assert (done["date"].min(), done["date"].max()) == tuple(FACTS["figures"]["inspection_period"])
    team_of = sample.frame("inspectors")["team"]
    away = sample.frame("inspectors").query("away_from != ''")
    assert len(away) == 2
    for _, visit in done.iterrows():
        people = json.loads(visit["inspectors"])
        assert len(people) >= 2
        assert set(team_of[people]) == {visit["team"]}
        absent = away.index[(away["away_from"] <= visit["date"]) & (away["away_to"] >= visit["date"])]
        assert not set(people) & set(absent)


def test_visits_keep_opening_times(sample: Project) -> None:
    """No visit begins before its site opens or ends after it closes."""
    visits, sites = sample.frame("inspections"), sample.frame("sites")
    for _, visit in visits[visits["state"] == "done"].iterrows():
        windows = parse_windows(sites.at[visit["site"], "windows"])
        (begin, end) = parse_windows(f"{visit['started']}-{visit['ended']}")[0]
        assert not windows or any(opens <= begin and end <= closes for opens, closes in windows)


def test_findings_agree_with_their_visits(sample: Project) -> None:
    """A finding belongs to a visit of its site whose result says so, and its dates follow one another."""
    visits, findings = sample.frame("inspections"), sample.frame("findings")
    for _, finding in findings.iterrows():
        visit = visits.loc[finding["inspection"]]
        assert (visit["site"], visit["result"]) == (finding["site"], "findings")
        days = [visit["date"], finding["rectified_on"], finding["verified_on"]]
        assert [day for day in days if day] == sorted(day for day in days if day)
        assert max(days) <= "2021-06-01"
        assert finding["due"] >= visit["date"]
        assert bool(finding["verified_on"]) == (finding["state"] in {"verified", "closed"})
    assert set(visits.index[visits["result"] == "findings"]) == set(findings["inspection"])


def test_codes_names_and_addresses_differ(sample: Project) -> None:
    """No two sites share a code, a name, an English name or an address; no phone could ring."""
    sites = sample.frame("sites")
    for column in ("code", "name", "name_en", "address"):
        assert sites[column].is_unique, column
    assert (sites[["name", "name_en", "address", "contact"]] != "").all().all()
    phones = pd.concat([sites["phone"], sample.frame("inspectors")["phone"], sample.frame("subdistricts")["phone"]])
    assert all(re.fullmatch(r"020-5550\d{4}", phone) for phone in phones)
    assert sample.frame("inspectors")["name"].is_unique
    assert sample.frame("teams")["colour"].nunique() == 18


def test_sites_stand_beside_the_network(sample: Project) -> None:
    """Every site and base but the one on the islet is within 60 m of a street that cars reach from anywhere."""
    connected, islands = main_streets(sample)
    assert len(islands) == 1
    network = shapely.union_all(connected)
    sites = sample.frame("sites")
    away = shapely.distance(network, shapely.points(to_metres(shapely.get_coordinates(sites.geometry))))
    far = sites[np.asarray(away) > 60]
    assert list(far["kind"]) == ["quarantine_hotel"]
    assert far.geometry.iloc[0].distance(sample.frame("closures").geometry.iloc[0]) > 0
    bases = shapely.points(to_metres(shapely.get_coordinates(sample.frame("teams").geometry)))
    assert np.max(shapely.distance(network, bases)) < 60


def test_one_way_streets_trap_no_car(sample: Project) -> None:
    """From every junction for cars one can reach every other and come back, the islet aside."""
    streets = sample.frame("streets")
    onward: dict[object, set[object]] = {}
    back: dict[object, set[object]] = {}
    for line, highway, oneway in zip(streets.geometry, streets["highway"], streets["oneway"], strict=True):
        for a, b in pairwise(line.coords) if highway in DRIVABLE else ():
            for start, end in ((a, b),) if oneway else ((a, b), (b, a)):
                onward.setdefault(start, set()).add(end)
                back.setdefault(end, set()).add(start)

    def reached(steps: dict[object, set[object]]) -> set[object]:
        seen = ahead = {next(iter(onward))}
        while ahead:
            ahead = set().union(*(steps.get(point, set()) for point in ahead)) - seen
            seen = seen | ahead
        return seen

    assert streets["oneway"].sum() > 40
    assert reached(onward) == reached(back)
    assert len(reached(onward)) > 0.99 * len(set(onward) | set(back))


def test_streets_keep_off_water_and_parks(sample: Project) -> None:
    """No local street runs into a park or the river but the islet's lane."""
    areas, streets = sample.frame("areas"), sample.frame("streets")
    wet = shapely.union_all(areas.geometry[areas["kind"].isin(["park", "water"])])
    local = streets[streets["highway"].isin(["residential", "service"])]
    inside = local[shapely.length(shapely.intersection(local.geometry.to_numpy(), wet)) > 0.0003]
    assert list(inside["name"]) == ["湖心岛路"]
    assert 1_500 <= len(streets) <= 3_500


def test_sites_lie_in_their_subdistrict(sample: Project) -> None:
    """Each site and each base lies in the subdistrict it names; subdistricts do not overlap and fill the district."""
    subdistricts = sample.frame("subdistricts").geometry
    for table in ("sites", "teams"):
        rows = sample.frame(table)
        assert shapely.contains(subdistricts[rows["subdistrict"]].to_numpy(), rows.geometry.to_numpy()).all()
    areas = sample.frame("areas")
    district = areas.geometry[areas["kind"] == "district"].iloc[0]
    assert shapely.area(subdistricts.to_numpy()).sum() == pytest.approx(district.area, rel=1e-4)
    assert shapely.union_all(subdistricts.to_numpy()).area == pytest.approx(district.area, rel=1e-4)


def test_some_sites_cannot_be_served(sample: Project) -> None:
    """The sample holds a site for each reason to be left out, and testing sites that are overrun."""
    sites = sample.frame("sites")
    inspected = sites[sites["kind"] != "school"]
    shut_in = inspected.geometry.within(sample.frame("closures").geometry.iloc[0])
    assert 1 <= shut_in.sum() <= 2
    night = [all(opens >= 17.5 * 3600 for opens, _ in parse_windows(text)) and text != "" for text in sites["windows"]]
    assert sum(night) == 2
    assert (sites["served"] > sites["capacity"]).sum() == 9


def test_same_seed_same_rows(sample: Project) -> None:
    """Making the sample again gives the same rows, ids included."""
    again = sample_changes(SEED)
    assert len({one.id for one in again}) == len(again)
    assert Counter(one.table for one in again)["streets"] == len(sample.frame("streets"))
    for one in again:
        assert one.after == sample.row(one.table, one.id)


def test_another_seed_gives_another_district() -> None:
    """A sample of another seed has the same counts, but other rows."""
    other = sample_changes(1)
    counts = Counter(change.table for change in other)
    assert (counts["sites"], counts["findings"], counts["teams"], counts["closures"]) == (494, 65, 18, 1)


def test_apportioned_sums_to_the_total() -> None:
    """Parts in proportion are whole numbers, none below the least, and sum to the total."""
    parts = apportioned(100, [1.0, 2.5, 0.0, 4.2], least=3)
    assert sum(parts) == 100
    assert min(parts) == parts[2] == 3


def test_node_shares_vertices() -> None:
    """A meeting point becomes a vertex of every way it lies on, in its place along the way."""
    through, ending = Way([(0.0, 0.0), (100.0, 0.0)], "primary"), Way([(40.0, 0.2), (40.0, 80.0)], "residential")
    node([through, ending], [(40.0, 0.2), (70.0, -0.3)])
    assert through.points == [(0.0, 0.0), (40.0, 0.2), (70.0, -0.3), (100.0, 0.0)]
    assert components([through, ending, Way([(9.0, 9.0), (9.0, 19.0)], "service")]) == [0, 0, 1]
