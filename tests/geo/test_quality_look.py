"""Doubtful sites are found, each once, and nothing else."""

from collections import Counter
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from geo import datum
from geo.language import LANGUAGES
from geo.progress import Cancelled
from geo.quality.doubts import DoubtKind
from geo.quality.look import look, row_doubts
from geo.store import frames
from geo.store.edits import RowChange, edit, insert, update
from geo.store.project import Project
from geo.store.tables import Tables
from tests.geo.helsinki import tables_of

POND = (113.265678, 23.138995)
"""In the sample's largest park, 400 m from any street."""


def changed(project: Project, site: str, **after: Any) -> RowChange:
    """Return the change of a site."""
    change = update("sites", site, project.row("sites", site), after)
    assert change
    return change


def spoilt(project: Project) -> tuple[list[RowChange], dict[DoubtKind, set[str]]]:
    """Return changes that plant one fault of each kind in sites far from one another, and where each is."""
    sites = project.frame("sites")
    ids = iter(np.random.default_rng(7).permutation(sites.index.to_numpy()).tolist())
    planted: dict[DoubtKind, set[str]] = {}
    changes = []

    def plant(doubt: DoubtKind, /, *others: str, **after: Any) -> None:
        site = next(ids)
        planted[doubt] = {site, *others}
        changes.append(changed(project, site, **after))

    here = project.row("sites", sites.index[0])["geometry"]
    plant(DoubtKind.NULL_ISLAND, geometry=shapely.Point(0, 0))
    plant(DoubtKind.SWAPPED, geometry=shapely.Point(here.y, here.x))
    plant(DoubtKind.WRONG_SIGN, geometry=shapely.Point(here.x, -here.y))
    plant(DoubtKind.OUT_OF_RANGE, geometry=shapely.Point(500, 23.1))
    plant(DoubtKind.OUTSIDE, geometry=shapely.Point(113.6, 23.5))
    plant(DoubtKind.NO_POSITION, geometry=None)
    plant(DoubtKind.NO_SUBDISTRICT, subdistrict="")
    plant(DoubtKind.NO_NAME, name=" ", name_en="")
    plant(DoubtKind.NO_KIND, kind="")
    plant(DoubtKind.UNKNOWN_KIND, kind="kiosk")
    plant(DoubtKind.BAD_WINDOWS, windows="mornings")
    areas = project.frame("subdistricts")
    in_park = areas.index[areas.contains(shapely.Point(POND))][0]
    plant(DoubtKind.FAR_FROM_STREET, geometry=shapely.Point(POND), subdistrict=in_park)
    site = next(ids)
    other = next(one for one in areas.index if areas.at[one, "geometry"].distance(sites.at[site, "geometry"]) > 0.01)
    changes.append(changed(project, site, subdistrict=other))
    planted[DoubtKind.WRONG_SUBDISTRICT] = {site}
    model = next(ids)
    plant(DoubtKind.SAME_CODE, model, code=f" {sites.at[model, 'code'].lower()} ")
    model = next(ids)
    plant(DoubtKind.SAME_NAME, model, name=sites.at[model, "name"], **beside(project, model))
    model = next(one for one in ids if len(sites.at[one, "name"]) > 6)
    plant(DoubtKind.NEAR_NAME, model, name=f"{sites.at[model, 'name']}站", **beside(project, model))
    return changes, planted


def beside(project: Project, site: str) -> dict[str, Any]:
    """Return the place of a site some metres beside another, and its subdistrict."""
    row = project.row("sites", site)
    return {
        "geometry": shapely.Point(row["geometry"].x + 1e-4, row["geometry"].y),
        "subdistrict": row["subdistrict"],
        "name_en": "",
    }


def test_the_sample_has_nothing_doubtful(sample: Project) -> None:
    """The sample, which is made to be right, gives no doubt at all."""
    assert look(sample) == []


def test_each_planted_fault_is_found_once_and_nothing_else(planned: Project) -> None:
    """One fault of each kind, each in a site of its own: one doubt of each kind about just those sites."""
    changes, planted = spoilt(planned)
    planned.apply(edit("spoil", changes))
    found = look(planned)
    assert {doubt.kind: set(doubt.sites) for doubt in found} == planted
    assert len(found) == len(planted) == len(DoubtKind) - 1  # a datum is of many sites
    assert [doubt.kind for doubt in found] == [kind for kind in DoubtKind if kind in planted]
    assert all(doubt.text and "{" not in doubt.text for doubt in found)


@pytest.mark.parametrize("name", ["gcj02", "bd09"])
@pytest.mark.parametrize("without", [(), ("address",)])
def test_another_datum_is_suspected(sample: Project, name: str, without: tuple[str, ...]) -> None:
    """Sites that stand where GCJ-02 or BD-09 puts them give one doubt that names it, by address or by subdistrict."""
    sites = sample.frame("sites").copy()
    lonlat = np.stack([sites.geometry.x, sites.geometry.y], axis=1)
    moved = shapely.points(datum.from_wgs84(lonlat, name))
    sites["geometry"] = gpd.GeoSeries(moved, index=sites.index, crs=frames.CRS)
    for column in without:
        sites[column] = ""
    tables = Tables(sample.path, {**sample.snapshot()._frames, "sites": sites})
    suspected = [doubt for doubt in look(tables) if doubt.kind is DoubtKind.DATUM]
    assert len(suspected) == 1
    assert set(suspected[0].sites) == set(sites.index)
    assert datum.title(name) in suspected[0].text


def test_only_the_batch_that_is_off_is_suspected(planned: Project) -> None:
    """Where one ledger of several came in another datum, the doubt is about its sites alone."""
    ids = planned.frame("sites").index[::3].tolist()
    source = insert("imports", file="ledger.xlsx")
    changes = [source]
    for site in ids:
        place = planned.row("sites", site)["geometry"]
        lon, lat = datum.from_wgs84([(place.x, place.y)], "bd09")[0]
        changes.append(changed(planned, site, geometry=shapely.Point(lon, lat), source=source.id))
    planned.apply(edit("import", changes))
    suspected = [doubt for doubt in look(planned) if doubt.kind is DoubtKind.DATUM]
    assert [set(doubt.sites) for doubt in suspected] == [set(ids)]


def test_an_empty_project_gives_no_doubt_and_one_without_ground_judges_none() -> None:
    """Without streets and subdistricts nothing is outside or far away, but zero is zero all the same."""
    assert look(tables_of([])) == []
    rows = [
        insert("kinds", code="x", name="x"),
        insert("sites", name="甲", kind="x", geometry=shapely.Point(10, 50)),
        insert("sites", name="乙", kind="x", geometry=shapely.Point(0, 0)),
        insert("sites", name="丙", kind="x", geometry=shapely.Point(0, 51)),
    ]
    assert [doubt.kind for doubt in look(tables_of(rows))] == [DoubtKind.NULL_ISLAND]


def test_the_second_school_is_no_duplicate_of_the_first() -> None:
    """Names that differ in a number, a direction or a size are two things; one letter else is nearly the same."""
    at = shapely.Point(113.26, 23.12)
    names = ["越华第一小学", "越华第二小学", "越华第一中学", "越华东校区小学", "越华西校区小学"]
    rows = [insert("kinds", code="x", name="x")]
    rows += [insert("sites", name=name, kind="x", geometry=at) for name in names]
    assert look(tables_of(rows)) == []
    more = [*rows, insert("sites", name="粤华第一小学", kind="x", geometry=at)]
    assert [doubt.kind for doubt in look(tables_of(more))] == [DoubtKind.NEAR_NAME]
    apart = insert("sites", name="粤华第一小学", kind="x", geometry=shapely.Point(113.264, 23.12))
    assert look(tables_of([*rows, apart])) == []


def test_many_at_one_spot_are_one_group() -> None:
    """Two thousand sites of one name at the very same place are one doubt, found without comparing all with all."""
    at = shapely.Point(113.26, 23.12)
    rows = [insert("kinds", code="x", name="x")]
    rows += [insert("sites", name="采样点", kind="x", geometry=at) for _ in range(2000)]
    found = look(tables_of(rows))
    assert [(doubt.kind, len(doubt.sites)) for doubt in found] == [(DoubtKind.SAME_NAME, 2000)]


def test_looking_can_be_stopped(sample: Project) -> None:
    """The look tells how far it is and lets itself be stopped."""
    seen: list[float] = []

    def stop(done: float, _text: str = "") -> None:
        seen.append(done)
        if done > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        look(sample, stop)
    assert seen == sorted(seen)


def test_every_kind_has_a_name_in_both_languages() -> None:
    """No two kinds are called the same, in Chinese or in English."""
    for language in LANGUAGES:
        assert len({kind.title(language) for kind in DoubtKind}) == len(DoubtKind)


# -- before an import --------------------------------------------------------------------------------------------------


def test_rows_are_looked_through_before_an_import(sample: Project) -> None:
    """Each fault of a row that is not in the project yet is told by row, kind and text."""
    site = sample.row("sites", sample.frame("sites").index[0])
    lon, lat = site["geometry"].x, site["geometry"].y
    rows = [
        ("全新的点", "N-1", (lon + 0.002, lat)),
        (site["name"], "N-2", (lon, lat)),
        ("另一处新点", site["code"], (lon + 0.003, lat)),
        ("颠倒的点", "N-4", (lat, lon)),
        ("", "N-5", (lon + 0.004, lat)),
        ("没有坐标", "N-6", (float("nan"), float("nan"))),
        ("零点", "N-7", (0.0, 0.0)),
        ("外地", "N-7", (114.5, 22.5)),
        ("平面坐标", "N-9", (39_400_000.0, 2_500_000.0)),
    ]
    names, codes, lonlat = ([row[at] for row in rows] for at in range(3))
    found = [(doubt.row, doubt.kind) for doubt in row_doubts(names, codes, np.array(lonlat), sample)]
    assert found == [
        (1, DoubtKind.SAME_NAME),
        (2, DoubtKind.SAME_CODE),
        (3, DoubtKind.SWAPPED),
        (4, DoubtKind.NO_NAME),
        (5, DoubtKind.NO_POSITION),
        (6, DoubtKind.NULL_ISLAND),
        (6, DoubtKind.SAME_CODE),
        (7, DoubtKind.OUTSIDE),
        (7, DoubtKind.SAME_CODE),
        (8, DoubtKind.OUT_OF_RANGE),
    ]
    alone = row_doubts(names, codes, np.array(lonlat), sample, against_project=False)
    assert [doubt.row for doubt in alone if doubt.kind is DoubtKind.SAME_NAME] == []


def test_the_sites_of_the_sample_are_all_duplicates_of_themselves(sample: Project) -> None:
    """Imported once more, each site of the sample is told to be there already, once."""
    sites = sample.frame("sites")
    lonlat = np.stack([sites.geometry.x, sites.geometry.y], axis=1)
    found = row_doubts(sites["name"].tolist(), sites["code"].tolist(), lonlat, sample)
    assert Counter(doubt.kind for doubt in found) == {DoubtKind.SAME_NAME: len(sites)}


coordinate = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-180, 180)


@given(st.lists(st.tuples(st.text(max_size=6), st.text(max_size=3), coordinate, coordinate), max_size=12))
@limits(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_row_is_looked_through(sample: Project, rows: list[tuple[str, str, float, float]]) -> None:
    """Whatever stands in the rows, nothing raises, and no row has two doubts of a kind."""
    found = row_doubts(
        [row[0] for row in rows], [row[1] for row in rows], np.array([row[2:] for row in rows]).reshape(-1, 2), sample
    )
    assert all(0 <= doubt.row < len(rows) for doubt in found)
    assert len({(doubt.row, doubt.kind) for doubt in found}) == len(found)
