"""Finding places by address and name, with the truth at hand."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from geo.errors import XunluError
from geo.places import placing
from geo.places.finder import Finder, Found, Wanted
from geo.places.houses import Houses, Way
from geo.places.similar import Similar
from geo.progress import Cancelled
from geo.projection import ground_metres, to_mercator
from geo.store import frames
from geo.store.edits import edit, insert, update
from geo.store.project import Project
from geo.store.tables import Tables
from tests.geo import helsinki

LAT = 23.12


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the metres between two places in degrees."""
    xy = to_mercator([one, other]) * ground_metres(one[1])
    return float(np.hypot(*(xy[0] - xy[1])))


def hiding(project: Project, ids: Sequence[str]) -> Tables:
    """Return the tables of a project in which some sites have no place."""
    sites = project.frame("sites").copy()
    shapes = np.array(sites["geometry"].array, dtype=object)
    shapes[sites.index.isin(ids)] = None
    sites["geometry"] = gpd.GeoSeries(shapes, index=sites.index, crs=frames.CRS)
    names = ("streets", "addresses", "landmarks", "areas", "subdistricts", "closures")
    loaded = {name: project.frame(name) for name in names}
    return Tables(project.path, {**loaded, "sites": sites})


def judged(found: Sequence[Found | None], truth: Sequence[tuple[float, float]], least: float) -> list[float]:
    """Return how far off each find is that is at least so sure, in metres."""
    pairs = zip(found, truth, strict=True)
    return [metres(one.lonlat, at) for one, at in pairs if one is not None and one.confidence >= least]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_said_to_be_sure_is_near_in_the_sample(sample: Project, seed: int) -> None:
    """Of 150 hidden sites, those found with a confidence of 0.8 or more lie within 150 m, 95 % of them."""
    sites = sample.frame("sites")
    ids = np.random.default_rng(seed).choice(sites.index.to_numpy(), 150, replace=False).tolist()
    rows = [Wanted(*(sites.at[one, name] for name in ("name", "address", "subdistrict"))) for one in ids]
    found = Finder(hiding(sample, ids)).find(rows)
    truth = [(sites.at[one, "geometry"].x, sites.at[one, "geometry"].y) for one in ids]
    off = judged(found, truth, 0.8)
    assert all(found)
    assert len(off) >= 30
    assert float(np.mean(np.array(off) <= 150)) >= 0.95
    everything = judged(found, truth, 0.0)
    assert float(np.mean(np.array(everything) <= 150)) >= 0.75


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_said_to_be_sure_is_near_in_a_real_town(seed: int) -> None:
    """Of the house numbers of Helsinki, half of them hidden, those found surely lie within 150 m, 95 % of them."""
    streets, houses = helsinki.read()
    addresses = sorted({(street, number) for street, number, _ in houses})
    drawn = np.random.default_rng(seed).random(len(addresses)) < 0.5
    hidden = {one for one, out in zip(addresses, drawn.tolist(), strict=True) if out}
    shown = [
        insert("addresses", street=street, number=number, geometry=place)
        for street, number, place in houses
        if (street, number) not in hidden
    ]
    truth = {(street, number): (place.x, place.y) for street, number, place in reversed(houses)}
    wanted = sorted(hidden)
    found = Finder(helsinki.tables_of([*streets, *shown])).find([Wanted("", f"{a} {b}") for a, b in wanted])
    off = judged(found, [truth[one] for one in wanted], 0.8)
    assert len(off) > 0.75 * len(wanted)
    assert float(np.mean(np.array(off) <= 150)) >= 0.95


# -- one street, drawn here ------------------------------------------------------------------------------------------


def street(name: str, *points: tuple[float, float], name_en: str = "") -> object:
    """Return the insertion of a street through points, in degrees from 113.26, LAT."""
    line = shapely.LineString([(113.26 + x, LAT + y) for x, y in points])
    return insert("streets", name=name, name_en=name_en, geometry=line)


def house(name: str, number: str, x: float, y: float = 0.0) -> object:
    """Return the insertion of a house number."""
    return insert("addresses", street=name, number=number, geometry=shapely.Point(113.26 + x, LAT + y))


def area(name: str, west: float, east: float) -> object:
    """Return the insertion of a subdistrict."""
    return insert(
        "subdistricts",
        id=name,
        name=name,
        geometry=shapely.MultiPolygon([shapely.box(113.26 + west, LAT - 0.02, 113.26 + east, LAT + 0.02)]),
    )


TWO_SIDES = [
    street("一德路", (0, 0), (0.01, 0), name_en="Yide Road"),
    house("一德路", "1", 0.0, 0.0001), house("一德路", "101", 0.01, 0.0001),
    house("一德路", "2", 0.0, -0.0001), house("一德路", "42", 0.01, -0.0001),
]  # fmt: skip


def find(changes: Sequence[object], *row: str) -> Found:
    """Return the find of one row among what is given."""
    found = Finder(helsinki.tables_of(changes)).find([Wanted(*row)])[0]  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.mark.parametrize(("number", "share", "side"), [(51, 0.5, 1), (22, 0.5, -1), (12, 0.25, -1), (77, 0.76, 1)])
def test_each_side_of_a_street_counts_on_its_own(number: int, share: float, side: int) -> None:
    """A number lies between its neighbours of its own side, and on that side."""
    found = find(TWO_SIDES, "", f"一德路{number}号")
    assert found.lonlat[0] - 113.26 == pytest.approx(0.01 * share, abs=2e-5)
    assert np.sign(found.lonlat[1] - LAT) == side
    assert "between numbers" in found.text
    assert found.how == "address"


def test_a_street_is_found_by_its_english_name() -> None:
    """An English address finds the street that has a Chinese name too."""
    assert find(TWO_SIDES, "", "No. 51, Yide Rd").lonlat == find(TWO_SIDES, "", "一德路51号").lonlat


def test_a_known_number_is_where_it_is_known() -> None:
    """A number on the map is found there, with its side door told apart by its letter."""
    extra = [*TWO_SIDES, house("一德路", "51甲", 0.003, 0.0001), house("一德路", "51", 0.005, 0.0001)]
    assert find(extra, "", "一德路51号").lonlat == pytest.approx((113.265, LAT + 0.0001))
    assert find(extra, "", "一德路51号甲").lonlat[0] == pytest.approx(113.265)
    assert find(extra, "", "一德路甲51号").lonlat[0] == pytest.approx(113.263)
    assert find(extra, "", "一德路51号").confidence > 0.9


def test_a_street_without_numbers_gives_its_part_in_the_subdistrict() -> None:
    """Without known numbers the place is on the street inside the stated subdistrict, and not sure."""
    rows = [street("一德路", (0, 0), (0.02, 0)), area("东街道", 0.015, 0.03), area("西街道", -0.01, 0.015)]
    found = find(rows, "", "一德路8号", "东街道")
    assert found.lonlat == pytest.approx((113.2775, LAT), abs=1e-5)
    assert found.confidence < 0.6
    assert find(rows, "", "东街一德路8号").lonlat == found.lonlat
    assert find(rows, "", "一德路8号").lonlat[0] == pytest.approx(113.27, abs=1e-5)


def test_of_two_streets_of_one_name_the_stated_subdistrict_decides() -> None:
    """The street in the stated subdistrict wins; with none stated both are given and neither is sure."""
    rows = [
        street("一德路", (0, 0), (0.001, 0)), house("一德路", "8", 0.0005),
        street("一德路", (0.02, 0), (0.021, 0)), house("一德路", "8", 0.0205),
        area("东街道", 0.015, 0.03), area("西街道", -0.01, 0.015),
    ]  # fmt: skip
    east, west = find(rows, "", "一德路8号", "东街道"), find(rows, "", "西街道一德路8号")
    assert east.lonlat[0] == pytest.approx(113.2805, abs=1e-6)
    assert west.lonlat[0] == pytest.approx(113.2605, abs=1e-6)
    either = find(rows, "", "一德路8号")
    assert either.confidence < 0.6 < min(east.confidence, west.confidence)
    assert {round(one.lonlat[0], 4) for one in (either, *either.alternatives)} == {113.2605, 113.2805}


def test_a_street_called_like_a_village_is_found() -> None:
    """都府新村 is a street where there is one, and a misspelt street is found less surely."""
    rows = [street("都府新村", (0, 0), (0.001, 0)), house("都府新村", "8", 0.0005)]
    assert find(rows, "", "越秀区都府新村8号").lonlat[0] == pytest.approx(113.2605)
    rows = [street("东风东路", (0, 0), (0.001, 0)), house("东风东路", "8", 0.0005)]
    assert 0 < find(rows, "", "越秀区东凤东路8号").confidence < find(rows, "", "越秀区东风东路8号").confidence


def test_a_crossing_is_where_two_streets_meet() -> None:
    """东风路与农林路交界处 is at the crossing."""
    rows = [street("东风路", (0, 0), (0.01, 0)), street("农林路", (0.004, -0.01), (0.004, 0.01))]
    found = find(rows, "", "东风路与农林路交界处")
    assert found.lonlat == pytest.approx((113.264, LAT), abs=1e-6)


def test_a_name_is_found_in_another_spelling_but_not_another_thing() -> None:
    """Other spellings and the host of a testing site are found; the second school is not the first one."""
    rows = [
        insert("sites", name="广州市东山花园大酒店", kind="hotel", geometry=shapely.Point(113.26, LAT)),
        insert("landmarks", name="越华第一实验学校", geometry=shapely.Point(113.27, LAT)),
    ]
    assert find(rows, "东山花园宾馆").lonlat[0] == pytest.approx(113.26)
    assert find(rows, "越华第一实验学校（正门）").lonlat[0] == pytest.approx(113.27)
    assert find(rows, "越华第1实验学校核酸检测采样点").lonlat[0] == pytest.approx(113.27)
    assert find(rows, "粤华第一实验学校").confidence < find(rows, "越华第一实验学校").confidence
    assert Finder(helsinki.tables_of(rows)).find([Wanted("越华第二实验学校"), Wanted("", "")]) == [None, None]


def test_what_was_found_by_address_bears_out_nothing() -> None:
    """A site whose place is itself a find is no evidence for the next one."""
    rows = [
        street("一德路", (0, 0), (0.02, 0)),
        insert("sites", name="甲", address="一德路8号", placed_by="address", geometry=shapely.Point(113.3, LAT)),
    ]
    assert find(rows, "", "一德路8号").lonlat[0] == pytest.approx(113.27, abs=1e-5)
    assert Finder(helsinki.tables_of(rows)).find([Wanted("甲")]) == [None]


def test_finding_can_be_stopped(sample: Project) -> None:
    """A user who stops a search gets nothing, and the search tells how far it is."""
    seen: list[float] = []

    def stop(done: float, _text: str = "") -> None:
        seen.append(done)
        if done > 0.4:
            raise Cancelled

    with pytest.raises(Cancelled):
        Finder(sample).find([Wanted("某处", "一德路8号")] * 500, stop)
    assert seen[0] == 0
    assert seen[-1] < 1


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=20)), max_size=4))
@limits(max_examples=50, deadline=None)
def test_any_text_finds_something_or_nothing(rows: list[tuple[str, str]]) -> None:
    """Whatever stands in a row, nothing raises, and a place is a place with a confidence."""
    for found in Finder(helsinki.tables_of(TWO_SIDES)).find([Wanted(*row) for row in rows]):  # type: ignore[arg-type]
        assert found is None or 0 < found.confidence <= 1


@given(st.lists(st.integers(1, 400), min_size=1, max_size=12, unique=True), st.integers(1, 400))
def test_a_place_lies_on_the_street_between_its_neighbours(numbers: list[int], wanted: int) -> None:
    """On a street numbered evenly, a number between two known ones of its side lies where it should."""
    line = np.array([shapely.LineString([(0, 0), (4000, 0)])], dtype=object)
    spot = Houses(line, numbers, np.array([[10.0 * n, 0.0] for n in numbers])).place(wanted)
    assert spot is not None
    assert -1e-6 <= spot.xy[0] <= 4000 + 1e-6
    if spot.way in (Way.BETWEEN, Way.KNOWN):
        assert spot.xy[0] == pytest.approx(10.0 * wanted, abs=1e-6)


@given(st.lists(st.text("越华东山第一二小学酒店", min_size=1, max_size=8), min_size=1, max_size=20))
def test_the_index_of_names_finds_the_very_name(keys: list[str]) -> None:
    """A name that is in the index is the first found, with a likeness of 1."""
    index = Similar(keys)
    for key in keys:
        place, likeness = index.near(key)[0]
        assert keys[place] == key
        assert likeness == 1.0


# -- putting on the map ----------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(planned: Project) -> tuple[Project, list[str]]:
    """Give a project in which three sites have no place, and their ids."""
    ids = [str(one) for one in planned.frame("sites").index[:3]]
    rows = {one: planned.row("sites", one) for one in ids}
    gone = {"geometry": None, "subdistrict": "", "placed_by": "", "confidence": None}
    planned.apply(edit("hide", [update("sites", one, row, gone) for one, row in rows.items()]))
    return planned, ids


def test_the_queue_is_worked_off_by_finds_and_by_hand(waiting: tuple[Project, list[str]]) -> None:
    """Sure finds are placed in one step, the rest by click; each says how it was placed; undo brings the queue back."""
    project, ids = waiting
    assert placing.unplaced(project) == ids
    sure, doubtful = Found((113.27, 23.13), 0.9, "address", ""), Found((113.28, 23.13), 0.4, "name", "")
    project.apply(placing.placing_edit(project, {ids[0]: sure, ids[1]: doubtful, ids[2]: None, "gone": sure}, 0.8))
    assert placing.unplaced(project) == ids[1:]
    row = project.row("sites", ids[0])
    assert (row["placed_by"], row["confidence"]) == ("address", 0.9)
    assert row["subdistrict"] == placing.subdistrict_at(project, (113.27, 23.13)) != ""
    project.apply(placing.place_by_hand(project, ids[1], 113.265, 23.125))
    row = project.row("sites", ids[1])
    assert (row["placed_by"], row["confidence"], row["geometry"].x) == ("hand", 1.0, 113.265)
    assert shapely.intersects(project.row("subdistricts", row["subdistrict"])["geometry"], row["geometry"])
    project.undo()
    project.undo()
    assert placing.unplaced(project) == ids


def test_a_find_never_moves_a_site_that_has_a_place(sample: Project) -> None:
    """Only sites of the queue are placed by a find."""
    site = str(sample.frame("sites").index[0])
    assert placing.placing_edit(sample, {site: Found((0, 0), 1.0, "name", "")}, 0).changes == ()


@pytest.mark.parametrize("place", [(181.0, 0.0), (0.0, 91.0), (float("nan"), 0.0)])
def test_a_click_beside_the_earth_is_refused(sample: Project, place: tuple[float, float]) -> None:
    """What is no place on Earth, or no site, is refused with the one error class."""
    with pytest.raises(XunluError):
        placing.place_by_hand(sample, str(sample.frame("sites").index[0]), *place)
    with pytest.raises(XunluError):
        placing.place_by_hand(sample, "gone", 113.0, 23.0)
