"""The project in QGIS: our colours, names and statuses, as QGIS itself sees them."""

import json
import os
import shutil
import sqlite3
import subprocess
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import resource
from geo.errors import XunluError
from geo.exchange import qgis, qgis_looks
from geo.exchange.export import EXPORTED, export_project
from geo.exchange.looks import light, team_colours
from geo.inspection.status import assess
from geo.model import STATUSES, TABLES
from geo.store.edits import edit, insert, update
from geo.store.project import Project
from tests.geo.exported import tables_with

PYTHON = Path("/usr/bin/python3")
"""The Python that Debian builds QGIS for; ours cannot import it."""

needs_qgis = pytest.mark.skipif(
    os.environ.get("XUNLU_CI") != "1" and not Path("/usr/lib/python3/dist-packages/qgis").is_dir(),
    reason="QGIS is not installed; on Debian: apt-get install --no-install-recommends python3-qgis",
)
"""In CI, which installs it, the tests run and fail where it is missing."""

DISTRICT = [113.228, 23.1, 113.328, 23.18]
WIDE = [113.198, 23.076, 113.358, 23.204]
"""So wide that sites are dots."""

GROUND = ["areas", "subdistricts", "streets", "railways", "closures", "landmarks"]
STYLED = {
    "sites", "sites_by_status", "streets", "railways", "areas", "subdistricts", "closures", "landmarks", "routes",
}  # fmt: skip


def ask(file: Path, pictures: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what QGIS makes of a file."""
    question = {"file": str(file), "fonts": str(resource.fonts()), "pictures": pictures}
    script = Path(__file__).with_name("opened_in_qgis.py")
    done = subprocess.run(
        [PYTHON, script],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(file.parent), "QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.fixture(scope="module")
def published(planned_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with a plan and a railway, published in Chinese, that no test changes."""
    path = tmp_path_factory.mktemp("qgis") / "published.gpkg"
    shutil.copy(planned_file, path)
    line = shapely.LineString([(113.23, 23.12), (113.32, 23.12)])
    with Project.open(path) as project:
        project.apply(edit("add", [insert("railways", name="地铁一号线", kind="subway", geometry=line)]))
        qgis.publish(project, lang="zh")
    return path


@pytest.fixture(scope="module")
def crossings(published: Path) -> list[tuple[list[float], str]]:
    """Return places where a residential street meets a main one, with the colour that must lie on top."""
    streets = gpd.GeoDataFrame(pyogrio.read_dataframe(published, layer="streets"))
    ranks = {name: one["rank"] for name, one in light()["streets"].items()}
    best: dict[tuple[float, float], tuple[int, str]] = {}
    classes: dict[tuple[float, float], set[str]] = {}
    for name, line in zip(streets["highway"], streets.geometry, strict=True):
        for place in line.coords:
            best[place] = max(best.get(place, (0, "")), (ranks[name], name))
            classes.setdefault(place, set()).add(name)
    found = [place for place in best if "residential" in classes[place] and best[place][0] >= 6]
    return [(list(place), light()["streets"][best[place][1]]["fill"].lower()) for place in found]


@pytest.fixture(scope="module")
def told(published: Path, crossings: list[tuple[list[float], str]]) -> dict[str, Any]:
    """Return what QGIS says of the published project, with pictures of it."""
    sites = pyogrio.read_dataframe(published, layer="sites")
    stops = [list(point.coords[0]) for point in sites.geometry]
    folder = published.parent
    near = [113.2733, 23.1343, 113.2783, 23.1383]
    return ask(
        published,
        [
            {"out": str(folder / "dots.png"), "extent": WIDE, "size": (2560, 2048), "dpi": 384, "names": False,
             "layers": ["sites_by_status"], "probes": stops},
            {"out": str(folder / "streets.png"), "extent": DISTRICT, "size": (8000, 6400), "names": False,
             "layers": ["streets"], "probes": [place for place, _ in crossings]},
            {"out": str(folder / "map.png"), "extent": DISTRICT, "layers": [*GROUND, "routes", "sites_by_status"],
             "probes": [[113.2625, 23.1392], [113.275, 23.1075]]},
            {"out": str(folder / "near.png"), "extent": near, "layers": [*GROUND, "sites"], "probes": []},
        ],
    )  # fmt: skip


@needs_qgis
def test_qgis_opens_every_layer(told: dict[str, Any], published: Path) -> None:
    """Each layer is valid, with all its rows, each by a number of its own by which it is found again."""
    assert set(told["layers"]) >= {*TABLES, "sites_by_status", "site_status"}
    for name, layer in told["layers"].items():
        assert layer["valid"], name
        assert layer["found_again"], name
        rows = len(pyogrio.read_dataframe(published, layer=name, read_geometry=False))
        assert (layer["count"], layer["read"], layer["ids"]) == (rows, rows, rows), name
    assert all(picture["errors"] == [] for picture in told["pictures"])


@needs_qgis
def test_every_layer_of_the_map_has_a_style(told: dict[str, Any]) -> None:
    """The styles come from the file, all their expressions can be read, and columns have their titles."""
    assert {name for name, layer in told["layers"].items() if layer["styled"]} == STYLED

    def wrong(symbol: list[dict[str, Any]]) -> list[str]:
        return [text for one in symbol for text in one["wrong"] + wrong(one["inner"])]

    for name in STYLED:
        renderer, labels = told["layers"][name]["renderer"], told["layers"][name]["labels"]
        assert [text for part in renderer["parts"].values() for text in wrong(part["symbol"])] == [], name
        assert not any(renderer["order"]), name
        assert labels is None or (not labels["wrong"] and labels["overrides"] == []), name
    assert told["layers"]["sites"]["titles"]["phone"] == "电话"


@needs_qgis
def test_statuses_have_our_colours(told: dict[str, Any]) -> None:
    """Sites by status are drawn by category, one for each status and one for none, the important ones last."""
    renderer = told["layers"]["sites_by_status"]["renderer"]
    assert (renderer["type"], renderer["attribute"], renderer["order"]) == ("categorizedSymbol", "status", [False])
    assert set(renderer["parts"]) == {choice.value for choice in STATUSES} | {""}
    for choice in STATUSES:
        part, look = renderer["parts"][choice.value], light()["status"][choice.value]
        assert part["title"] == choice.zh
        outline, picture, *mark = part["symbol"]
        assert (outline["class"], outline["colour"]) == ("SvgMarker", look["fill"].lower())
        assert picture["colour"] == look["ink"].lower()
        assert len(mark) == (0 if look["mark"] == "none" else 1)


@needs_qgis
def test_every_dot_has_the_colour_of_its_status(told: dict[str, Any], published: Path) -> None:
    """At the place of each site the picture shows its colour, or that of one which matters more and lies over it."""
    with Project.open(published, read_only=True) as project:
        statuses = assess(project)["status"].tolist()
    looks = light()["status"]
    rank = {look["fill"].lower(): look["rank"] for look in looks.values()}
    seen: Counter[str] = Counter()
    covered = 0
    for status, colour in zip(statuses, told["pictures"][0]["colours"], strict=True):
        if colour == looks[status]["fill"].lower():
            seen[status] += 1
        else:
            covered += 1
            assert rank.get(colour, 99) >= looks[status]["rank"], (status, colour)
    assert set(seen) == set(statuses)
    assert covered <= 0.1 * len(statuses)


@needs_qgis
def test_streets_have_their_casings_below_all_fills(
    told: dict[str, Any], crossings: list[tuple[list[float], str]]
) -> None:
    """Streets are drawn by class in our colours, and where a small one meets a main road, no edge crosses the road."""
    renderer = told["layers"]["streets"]["renderer"]
    assert (renderer["type"], renderer["attribute"], renderer["levels"]) == ("categorizedSymbol", "highway", True)
    assert set(renderer["parts"]) == {*light()["streets"], ""}
    for name, look in light()["streets"].items():
        casing, *fill = renderer["parts"][name]["symbol"]
        assert casing["colour"] == look["casing"].lower()
        assert [one["colour"] for one in fill] == ([] if "dash" in look else [look["fill"].lower()])
        assert casing["level"] < 20
        assert all(one["level"] >= 20 for one in fill)
    for kind, look in light()["railways"].items():
        below, *above = told["layers"]["railways"]["renderer"]["parts"][kind]["symbol"]
        assert below["colour"] == look["line"].lower()
        assert [one["colour"] for one in above] == ([look["gap"].lower()] if "dash" in look else [])
    assert len(crossings) > 50
    assert told["pictures"][1]["colours"] == [colour for _, colour in crossings]


@needs_qgis
def test_areas_closures_and_routes_look_like_ours(told: dict[str, Any], published: Path) -> None:
    """Parks, water and closures have our colours and routes those of the teams; names have our lettering."""
    layers = told["layers"]
    for kind, look in light()["areas"].items():
        (fill,) = layers["areas"]["renderer"]["parts"][kind]["symbol"]
        assert (fill["colour"], fill["edge"]) == (look["fill"].lower(), look["line"].lower())
    rules = layers["closures"]["renderer"]
    assert rules["type"] == "RuleRenderer"
    in_force = next(part for value, part in rules["parts"].items() if "2021-06-02" in value)
    closure = light()["closure"]
    assert [one["class"] for one in in_force["symbol"]] == ["SimpleFill", "LinePatternFill"]
    assert in_force["symbol"][0]["alpha"] == closure["fill_alpha"]
    assert in_force["symbol"][1]["inner"][0]["colour"] == closure["line"].lower()
    with Project.open(published, read_only=True) as project:
        colours = {team: colour.lower() for team, colour in team_colours(project).items()}
    routes = layers["routes"]["renderer"]["parts"]
    assert {team: part["symbol"][1]["colour"] for team, part in routes.items()} == colours
    for layer, style in (("sites", "site"), ("subdistricts", "subdistrict"), ("landmarks", "landmark")):
        look, labels = light()["texts"][style], layers[layer]["labels"]
        assert (labels["colour"], labels["halo"]) == (look["colour"].lower(), look["halo"].lower())
        assert labels["points"] == pytest.approx(look["size"] * 0.75, abs=0.01)
        assert labels["text"] == 'coalesce(nullif("name", \'\'), "name_en")'
    park, river = told["pictures"][2]["colours"]
    assert (park, river) == (light()["areas"]["park"]["fill"].lower(), light()["areas"]["water"]["fill"].lower())


@needs_qgis
def test_a_clean_copy_opens_in_qgis_as_well(planned: Project, tmp_path: Path) -> None:
    """What is given away has the styles and the statuses with it."""
    export_project(planned, tmp_path / "copy.gpkg", lang="en")
    layers = ask(tmp_path / "copy.gpkg", [])["layers"]
    assert {name for name, layer in layers.items() if layer["styled"]} == STYLED
    assert all(layer["valid"] and layer["read"] == layer["ids"] for layer in layers.values())
    assert layers["sites_by_status"]["renderer"]["parts"]["due"]["title"] == "due"


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    """Return what a query finds in a GeoPackage."""
    with sqlite3.connect(path) as db:
        found = db.execute(query).fetchall()
    db.close()
    return found


def test_statuses_are_those_that_the_program_shows(published: Path) -> None:
    """The table has each site once, with its status in both languages, the day it is due, and the day it stands for."""
    with Project.open(published, read_only=True) as project:
        states = assess(project)
    kept = rows(published, "SELECT site, status, status_zh, status_en, due, as_of FROM site_status ORDER BY fid")
    names = {choice.value: (choice.zh, choice.en) for choice in STATUSES}
    assert kept == [
        (site, status, *names[status], due or None, "2021-06-02")
        for site, status, due in zip(states.index, states["status"], states["due_date"], strict=True)
    ]


def test_gdal_reads_every_layer(published: Path) -> None:
    """The file is a GeoPackage as before: each layer opens, and the view finds its rows by place and by number."""
    for name, _shape in pyogrio.list_layers(published):
        pyogrio.read_dataframe(published, layer=name)
    sites = pyogrio.read_dataframe(published, layer="sites", fid_as_index=True)
    shown = pyogrio.read_dataframe(published, layer="sites_by_status", fid_as_index=True)
    assert shown.index.tolist() == sites.index.tolist()
    assert shown["id"].tolist() == sites["id"].tolist()
    box = (113.26, 23.12, 113.27, 23.13)
    inside = pyogrio.read_dataframe(published, layer="sites_by_status", bbox=box)
    assert 0 < len(inside) == len(sites.cx[box[0] : box[2], box[1] : box[3]])
    assert rows(published, "PRAGMA integrity_check") == [("ok",)]
    assert rows(published, "PRAGMA foreign_key_check") == []


def copy_of(file: Path, folder: Path) -> Path:
    """Return a copy that a test may change."""
    return Path(shutil.copy(file, folder / "p.gpkg"))


def test_the_project_goes_on_as_before(planned: Project) -> None:
    """While it is open it is published, edited, undone and published again; its rows are untouched by all that."""
    tables = {name: rows(planned.path, f"SELECT * FROM {name} ORDER BY fid") for name in TABLES}
    qgis.publish(planned)
    site = planned.frame("sites").index[0]
    moved = edit("move", [update("sites", site, planned.row("sites", site), {"geometry": shapely.Point(113.3, 23.1)})])
    planned.apply(moved)
    near = (113.2999, 23.0999, 113.3001, 23.1001)
    assert site in pyogrio.read_dataframe(planned.path, layer="sites_by_status", bbox=near)["id"].tolist()
    planned.undo()
    qgis.publish(planned)
    with Project.open(planned.path) as again:
        assert again.read_only is False
        assert len(again.frame("history")) == len(tables["history"]) + 2
    for name in set(TABLES) - {"history"}:
        assert rows(planned.path, f"SELECT * FROM {name} ORDER BY fid") == tables[name], name


def test_publishing_again_makes_all_fresh(planned: Project) -> None:
    """New statuses take the place of the old ones, and nothing is there twice."""
    qgis.publish(planned)
    before = dict(rows(planned.path, "SELECT site, status FROM site_status"))
    site = next(site for site, status in before.items() if status == "passed")
    visit = insert("inspections", site=site, date="2021-06-02", state="in_progress")
    planned.apply(edit("visit", [visit]))
    qgis.publish(planned, lang="zh")
    after = dict(rows(planned.path, "SELECT site, status FROM site_status"))
    assert {one for one in before if before[one] != after[one]} == {site}
    assert after[site] == "in_progress"
    counts = Counter(name for (name,) in rows(planned.path, "SELECT f_table_name FROM layer_styles"))
    assert counts == dict.fromkeys(STYLED, 1)
    names = [name for (name,) in rows(planned.path, "SELECT table_name FROM gpkg_contents")]
    assert len(names) == len(set(names))


def test_a_site_added_later_is_shown_as_not_assessed(published: Path, tmp_path: Path) -> None:
    """A row that another program adds after publishing is in the view, without a status."""
    path = copy_of(published, tmp_path)
    drawn = gpd.GeoDataFrame({"name": ["drawn"]}, geometry=[shapely.Point(113.26, 23.13)], crs=4326)
    pyogrio.write_dataframe(drawn, path, layer="sites", append=True)
    shown = pyogrio.read_dataframe(path, layer="sites_by_status")
    assert shown.loc[shown["name"] == "drawn", "status"].isna().tolist() == [True]


def test_a_style_that_somebody_saved_stays(published: Path, tmp_path: Path) -> None:
    """A style of one's own remains, and remains the default where it was."""
    path = copy_of(published, tmp_path)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE layer_styles SET useAsDefault = 0 WHERE f_table_name = 'sites'")
        db.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,"
            " styleQML, useAsDefault, owner) VALUES ('', '', 'sites', 'geometry', 'mine', '<qgis/>', 1, '')"
        )
    db.close()
    with Project.open(path) as project:
        qgis.publish(project)
    kept = rows(path, "SELECT styleName, useAsDefault FROM layer_styles WHERE f_table_name = 'sites' ORDER BY id")
    assert kept == [("mine", 1), ("Xunlu", 0)]
    qgis.retract(path)
    assert rows(path, "SELECT styleName FROM layer_styles") == [("mine",)]


def test_what_was_published_can_be_taken_out(planned_file: Path, tmp_path: Path) -> None:
    """After it the file has the tables that it had, and the register of them too."""
    path = copy_of(planned_file, tmp_path)
    listed = "SELECT type, name FROM sqlite_master WHERE name <> 'sqlite_sequence' ORDER BY 1, 2"
    before = [rows(path, listed), rows(path, "SELECT table_name FROM gpkg_contents ORDER BY 1")]
    with Project.open(path) as project:
        qgis.publish(project)
    qgis.retract(path)
    assert [rows(path, listed), rows(path, "SELECT table_name FROM gpkg_contents ORDER BY 1")] == before
    qgis.retract(path)


def test_a_file_that_cannot_be_published_to_is_named(planned: Project, tmp_path: Path) -> None:
    """No file, no GeoPackage, one without sites, and one that is being written are refused; they stay as they were."""
    with pytest.raises(XunluError, match="There is no file"):
        qgis.publish(planned, tmp_path / "none.gpkg")
    (tmp_path / "text.gpkg").write_text("hello", "utf-8")
    with pytest.raises(XunluError, match="no Xunlu project"):
        qgis.publish(planned, tmp_path / "text.gpkg")
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(0, 0)], crs=4326).to_file(tmp_path / "other.gpkg")
    before = (tmp_path / "other.gpkg").read_bytes()
    with pytest.raises(XunluError, match="lacks the tables sites"):
        qgis.publish(planned, tmp_path / "other.gpkg")
    assert (tmp_path / "other.gpkg").read_bytes() == before
    writer = sqlite3.connect(planned.path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    with pytest.raises(XunluError, match="being written by another program"):
        qgis.publish(planned)
    writer.close()
    assert rows(planned.path, "SELECT name FROM sqlite_master WHERE name LIKE 'site_status%'") == []


KINDS = st.lists(st.tuples(st.text(max_size=6), st.text(max_size=6), st.sampled_from(["school", "", "x"])), max_size=4)


@settings(max_examples=30, deadline=None)
@given(KINDS, st.text(max_size=8))
def test_styles_are_well_formed_whatever_things_are_called(kinds: list[tuple[str, str, str]], team: str) -> None:
    """Codes and names of kinds and teams, quotes and control characters in them, leave every style one that parses."""
    tables = tables_with(
        kinds=[{"code": code, "name": name, "symbol": symbol} for code, name, symbol in kinds],
        teams=[{"name": team, "code": team}],
        settings=[{"key": "today", "value": "2021-06-02"}],
    )
    for style in qgis_looks.styles(tables, None, "zh").values():
        assert ET.fromstring(style.split("\n", 1)[1]).tag == "qgis"


def test_tables_that_are_exported_are_styled() -> None:
    """Every style belongs to a table that there is."""
    assert STYLED - {"sites_by_status"} <= set(EXPORTED)
