"""Ledgers come into a project: guessed, checked, compared, and taken back with one undo."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo import datum
from geo.errors import XunluError
from geo.exchange import columns, importing, reading, report
from geo.exchange.importing import ADDED, CHANGED, REFUSED, SAME, Prepared, Recipe
from geo.model import SITES, TABLES
from geo.store.edits import edit, insert
from geo.store.project import Project
from tests.geo import ledgers

ALL = [ledgers.TITLES, *ledgers.ROWS]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Give an empty project."""
    with Project.create(tmp_path / "p.gpkg") as made:
        yield made


def prepared(project: Project, path: Path, table: str = "sites", **recipe: object) -> Prepared:
    """Return what the import of a file would do, with the guessed recipe but for what is given."""
    ledger = reading.read(path, columns.known_titles(TABLES[table]))
    guess = importing.recall(project, ledger, table)
    return importing.prepare(project, ledger, Recipe(**{**guess.__dict__, **recipe}))


def text(tmp_path: Path, rows: Sequence[Sequence[str]], name: str = "台账.csv") -> Path:
    """Write rows to a text file."""
    return ledgers.csv(tmp_path / name, rows)


@pytest.mark.parametrize(
    ("titles", "fields"),
    [
        (ledgers.TITLES, ["code", "name", "kind", "address", "subdistrict", "contact", "phone", "longitude", "latitude",
                          "windows", "service_min", "risk"]),
        (("序号", "单位名称", "详细地址", "所属街道", "负责人", "联系电话", "经纬度", "营业时间"),
         [None, "name", "address", "subdistrict", "contact", "phone", "lonlat", "windows"]),
        (("ID", "Name", "Type", "Address", "Lng", "Lat", "Tel."),
         ["code", "name", "kind", "address", "longitude", "latitude", "phone"]),
        (("点位编号（必填）", "点位名称*", "经度(GCJ-02)", "纬度(GCJ-02)"), ["code", "name", "longitude", "latitude"]),
    ],
)  # fmt: skip
def test_titles_are_guessed(tmp_path: Path, titles: Sequence[str], fields: Sequence[str | None]) -> None:
    """Usual titles in Chinese and English are recognised, and no column serves twice."""
    ledger = reading.read(text(tmp_path, [titles, ["1"] * len(titles)]), columns.known_titles(SITES))
    expected = {field: title for title, field in zip(titles, fields, strict=True) if field}
    assert columns.guess(ledger, SITES) == expected


def test_a_ledger_comes_in_whole(tmp_path: Path, project: Project) -> None:
    """Values are read as people write them, kinds and subdistricts that are new are made, a row without place waits."""
    ready = prepared(project, text(tmp_path, ALL))
    assert [str(fate) for fate in ready.fates] == [ADDED] * 3
    assert ready.problems == ()
    assert ready.new_kinds == ("隔离酒店", "学校", "社区居委会")
    assert ready.without_place == 1
    project.apply(ready.edit())
    sites = project.frame("sites")
    assert sites["code"].tolist() == ["A1", "A2", "A3"]
    assert sites["windows"].tolist() == ["08:30-17:30", "", "08:00-12:00;14:00-18:00"]
    assert sites["service_min"].tolist()[:2] == [20, 30]
    assert sites["risk"].tolist() == ["high", "low", "low"]
    assert sites["placed_by"].tolist() == ["given", "given", ""]
    assert [p and (p.x, p.y) for p in sites.geometry] == [(113.3, 23.12), (113.31, 23.13), None]
    assert project.frame("kinds")["name"].tolist() == ["隔离酒店", "学校", "社区居委会"]
    assert project.frame("subdistricts")["name"].tolist() == ["东山", "农林"]
    line = project.frame("imports").iloc[0]
    assert (line["file"], line["datum"], line["added"], line["refused"]) == ("台账.csv", "wgs84", 3, 0)
    assert set(sites["source"]) == {project.frame("imports").index[0]}


def test_one_undo_takes_an_import_back(tmp_path: Path, project: Project) -> None:
    """Rows, kinds, subdistricts and the line of the import all go with one step."""
    project.apply(prepared(project, text(tmp_path, ALL)).edit())
    project.undo()
    assert all(project.frame(name).empty for name in ("sites", "kinds", "subdistricts", "imports"))


def test_the_same_ledger_again_changes_nothing(tmp_path: Path, project: Project) -> None:
    """A second import of the same file has no change to make."""
    path = text(tmp_path, ALL)
    project.apply(prepared(project, path).edit())
    again = prepared(project, path)
    assert [str(fate) for fate in again.fates] == [SAME] * 3
    assert again.edit().changes == ()


def test_rows_are_updated_by_code(tmp_path: Path, project: Project) -> None:
    """What a newer ledger says goes over what stands; what it leaves empty stays; what it lacks is listed."""
    project.apply(prepared(project, text(tmp_path, ALL)).edit())
    newer = [
        ("编号", "名称", "类型", "电话", "地址"),
        ("A1", "甲大酒店", "隔离酒店", "", "东风路1号"),
        ("A9", "丁酒店", "隔离酒店", "1", ""),
    ]
    ready = prepared(project, text(tmp_path, newer, "新.csv"))
    assert [str(fate) for fate in ready.fates] == [CHANGED, ADDED]
    changed = next(change for change in ready.changes if change.kind == "update")
    assert (changed.before, changed.after) == ({"name": "甲酒店"}, {"name": "甲大酒店"})
    assert ready.missing == ()
    project.apply(ready.edit())
    assert project.frame("sites").set_index("code").loc["A1", "phone"] == "020-12"
    fewer = prepared(project, text(tmp_path, newer[:2], "少.csv"))
    assert [project.row("sites", row_id)["code"] for row_id in fewer.missing] == ["A9"]
    assert all(change.kind != "delete" for change in fewer.changes)


def test_rows_without_code_are_matched_by_name_and_place(tmp_path: Path, project: Project) -> None:
    """A chain's branches of one name stay apart; the one within 50 m, or at the same address, is the same site."""
    rows = [
        ("名称", "地址", "经度", "纬度"),
        ("如家", "东风路1号", "113.3", "23.12"),
        ("如家", "中山路9号", "113.32", "23.14"),
    ]
    project.apply(prepared(project, text(tmp_path, rows), kind="hotel").edit())
    near = [("名称", "电话", "经度", "纬度"), ("如家", "1", "113.3002", "23.12"), ("如家", "2", "113.35", "23.2")]
    ready = prepared(project, text(tmp_path, near, "b.csv"), kind="hotel")
    assert [str(fate) for fate in ready.fates] == [CHANGED, ADDED]
    by_address = [("名称", "地址", "电话"), ("如家", "中山路９号", "3")]
    ready = prepared(project, text(tmp_path, by_address, "c.csv"), kind="hotel")
    assert ready.ids == [project.frame("sites").index[1]]


def test_add_only_leaves_what_is_there(tmp_path: Path, project: Project) -> None:
    """With updates switched off, only new rows come in."""
    project.apply(prepared(project, text(tmp_path, ALL)).edit())
    rows = [ledgers.TITLES, ("A1", "改名", *ledgers.ROWS[0][2:])]
    assert prepared(project, text(tmp_path, rows, "b.csv"), update=False).edit().changes == ()


SPOILT = [
    ("name", "名称", "", "is missing"),
    ("longitude", "经度", "abc", "is no coordinate"),
    ("longitude", "经度", "213", "outside the world"),
    ("latitude", "纬度", "113.3", "no latitude"),
    ("windows", "开放时间", "全天候开放", "no opening time"),
    ("service_min", "停留时间", "-5", "less than 0"),
    ("service_min", "停留时间", "1.5", "no whole number"),
    ("risk", "风险", "特高", "none of low, medium, high"),
    ("code", "编号", "A2", "in row 3 already"),
]


@pytest.mark.parametrize(("field", "title", "value", "reason"), SPOILT)
def test_a_spoilt_row_stays_out_and_is_named(
    tmp_path: Path, project: Project, field: str, title: str, value: str, reason: str
) -> None:
    """Row, field, value and reason are told, and the rows around it come in."""
    spoilt = list(ledgers.ROWS[0])
    spoilt[ledgers.TITLES.index(title)] = value
    if field == "code":
        rows = [ledgers.TITLES, ledgers.ROWS[2], ledgers.ROWS[1], spoilt]
    else:
        rows = [ledgers.TITLES, ledgers.ROWS[1], ledgers.ROWS[2], spoilt]
    ready = prepared(project, text(tmp_path, rows))
    assert [str(fate) for fate in ready.fates] == [ADDED, ADDED, REFUSED]
    (problem,) = ready.problems
    assert (problem.number, problem.field, problem.refused) == (4, field, True)
    assert problem.value == (value if field != "latitude" else "113.3")
    assert reason in problem.reason
    assert problem.reason in report.sentence(ready, problem)


def test_what_the_project_does_not_know_goes_to_the_note(tmp_path: Path, project: Project) -> None:
    """A site of an unknown subdistrict comes in, its subdistrict in the note, and the user is told."""
    project.apply(edit("x", [insert("subdistricts", name="东山街道")]))
    rows = [("编号", "名称", "街道", "备注"), ("A1", "甲", "东山街道", "好"), ("A2", "乙", "火星街道", "好")]
    ready = prepared(project, text(tmp_path, rows), kind="hotel")
    assert [(p.number, p.field, p.refused) for p in ready.problems] == [(3, "subdistrict", False)]
    project.apply(ready.edit())
    assert project.frame("sites")["note"].tolist() == ["好", "好; Subdistrict: 火星街道"]


def test_a_site_gets_the_subdistrict_it_lies_in(tmp_path: Path, project: Project) -> None:
    """A row that names none takes it from the map."""
    area = insert(
        "subdistricts", name="东山街道", geometry=shapely.MultiPolygon([shapely.box(113.2, 23.1, 113.305, 23.2)])
    )
    project.apply(edit("x", [area]))
    rows = [("名称", "经度", "纬度"), ("甲", "113.3", "23.12"), ("乙", "113.31", "23.12")]
    project.apply(prepared(project, text(tmp_path, rows), kind="hotel").edit())
    assert project.frame("sites")["subdistrict"].tolist() == [area.id, ""]


@pytest.mark.parametrize("name", ["gcj02", "bd09", "cgcs2000", "epsg:4547"])
def test_coordinates_come_in_from_any_datum(tmp_path: Path, project: Project, name: str) -> None:
    """A point given in a datum lies where it lies in WGS-84, and the datum is kept with the import."""
    there = datum.from_wgs84([[113.3, 23.12]], name)[0]
    rows = [("名称", "经度", "纬度"), ("甲", repr(float(there[0])), repr(float(there[1])))]
    project.apply(prepared(project, text(tmp_path, rows), datum=name, kind="hotel").edit())
    point = project.frame("sites").geometry.iloc[0]
    assert (point.x, point.y) == pytest.approx((113.3, 23.12), abs=1e-9)
    assert project.frame("imports")["datum"].tolist() == [name]


def test_metres_taken_for_degrees_are_told(tmp_path: Path, project: Project) -> None:
    """Who imports surveyors' metres as degrees reads what to choose instead."""
    rows = [("名称", "X坐标", "Y坐标"), ("甲", "429000.5", "2558000.1")]
    (problem,) = prepared(project, text(tmp_path, rows), kind="hotel").problems
    assert "EPSG" in problem.reason


@pytest.mark.parametrize(
    ("cell", "lonlat"),
    [
        ("113.3,23.12", (113.3, 23.12)), ("23.12，113.3", (113.3, 23.12)), ("(113.3; 23.12)", (113.3, 23.12)),
        ("113°18'0\"E 23°7'12\"N", (113.3, 23.12)), ("东经113°18′ 北纬23°7′12″", (113.3, 23.12)),
        ("-73.99 40.73", (-73.99, 40.73)),
    ],
)  # fmt: skip
def test_two_coordinates_in_one_cell_are_told_apart(
    tmp_path: Path, project: Project, cell: str, lonlat: tuple[float, float]
) -> None:
    """Pairs are read in either order where the numbers show it, and in degrees, minutes and seconds."""
    rows = [("名称", "经纬度"), ("甲", f'"{cell}"' if '"' not in cell else '"' + cell.replace('"', '""') + '"')]
    ready = prepared(project, text(tmp_path, rows), kind="hotel")
    assert ready.lonlat[0] == pytest.approx(lonlat)


def test_nowhere_is_no_place(tmp_path: Path, project: Project) -> None:
    """Programs write 0, 0 for a place that they do not know."""
    rows = [("名称", "经度", "纬度"), ("甲", "0", "0")]
    ready = prepared(project, text(tmp_path, rows), kind="hotel")
    assert (ready.without_place, ready.problems) == (1, ())


def test_the_mapping_is_remembered_by_the_shape_of_the_file(tmp_path: Path, project: Project) -> None:
    """A ledger with the same titles is read as the last one was, with its datum and kind."""
    odd = [("甲", "乙", "丙"), ("酒店一", "A1", "x")]
    path = text(tmp_path, odd)
    ledger = reading.read(path, columns.known_titles(SITES))
    recipe = Recipe("sites", {"name": "甲", "code": "乙"}, "bd09", "hotel")
    project.apply(importing.prepare(project, ledger, recipe).edit())
    later = reading.read(text(tmp_path, [odd[0], ("酒店二", "A2", "y")], "later.csv"), columns.known_titles(SITES))
    assert importing.recall(project, later, "sites") == recipe


def test_a_wrong_mapping_is_refused(tmp_path: Path, project: Project) -> None:
    """A field, title, table or datum that there is not is named, with those that there are."""
    path = text(tmp_path, ALL)
    for wrong in (
        {"mapping": {"height": "名称"}},
        {"mapping": {"name": "高度"}},
        {"datum": "mars"},
        {"table": "history"},
    ):
        with pytest.raises(XunluError) as caught:
            prepared(project, path, **wrong)
        assert caught.value.hint


def test_areas_come_from_a_gis_file(tmp_path: Path, project: Project) -> None:
    """Polygons become subdistricts, mended where they cross themselves; a point is no area."""
    bow = '{"type":"Polygon","coordinates":[[[113,23],[113.1,23.1],[113.1,23],[113,23.1],[113,23]]]}'
    dot = '{"type":"Point","coordinates":[113,23]}'
    features = [
        f'{{"type":"Feature","properties":{{"名称":"{name}"}},"geometry":{shape}}}'
        for name, shape in (("东山街道", bow), ("点", dot))
    ]
    path = tmp_path / "街道.geojson"
    path.write_text(f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}', "utf-8")
    ready = prepared(project, path, "subdistricts")
    assert [str(fate) for fate in ready.fates] == [ADDED, REFUSED]
    assert [problem.field for problem in ready.problems] == ["geometry"]
    project.apply(ready.edit())
    shape = project.frame("subdistricts").geometry.iloc[0]
    assert shape.geom_type == "MultiPolygon"
    assert shape.is_valid


def test_teams_and_their_people_come_in(tmp_path: Path, project: Project) -> None:
    """Other tables are imported the same way, and refer to one another by name or code."""
    project.apply(
        prepared(project, text(tmp_path, [("编号", "名称", "班次"), ("T1", "一组", "08:00-12:00")]), "teams").edit()
    )
    people = text(tmp_path, [("姓名", "检查组", "组长"), ("王五", "一组", "是"), ("赵六", "T1", "否")], "人.csv")
    project.apply(prepared(project, people, "inspectors").edit())
    people_rows = project.frame("inspectors")
    assert people_rows["team"].tolist() == [project.frame("teams").index[0]] * 2
    assert people_rows["leader"].tolist() == [True, False]


def test_the_report_can_be_mended_and_imported(tmp_path: Path, project: Project) -> None:
    """Rows with problems are written with their cells; mended there, the file comes in as it is."""
    rows = [ledgers.TITLES, ledgers.ROWS[0], ("A7", "=坏", "学校", "", "", "", "", "abc", "23.1", "", "", "")]
    ready = prepared(project, text(tmp_path, rows))
    project.apply(ready.edit())
    out = tmp_path / "report.csv"
    assert report.write(ready, out) == 1
    content = out.read_text("utf-8-sig")
    (line,) = list(csv.DictReader(io.StringIO(content)))
    assert (line["Row"], line["Field"], line["名称"]) == ("3", "longitude", "'=坏")
    out.write_text(content.replace(",abc,", ",113.3,"), "utf-8-sig")
    mended = prepared(project, out)
    assert [str(fate) for fate in mended.fates] == [ADDED]
    project.apply(mended.edit())
    assert project.frame("sites")["name"].tolist() == ["甲酒店", "=坏"]


cell = st.text(max_size=12) | st.sampled_from(
    ["", "113.3", "23.1", "0", "A1", "高", "08:30", "1e999", "-1", "2021-06-02"]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(cell, min_size=12, max_size=12), max_size=8))
def test_every_row_comes_in_or_is_named(tmp_path: Path, rows: list[list[str]]) -> None:
    """Whatever the cells say, each row is added or refused with a problem, and the project takes the edit."""
    path = tmp_path / "any.csv"
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        csv.writer(file).writerows([ledgers.TITLES, *rows])
    with Project.create(tmp_path / f"{np.random.default_rng().integers(1 << 60)}.gpkg") as project:
        ready = prepared(project, path)
        refused = {problem.at for problem in ready.problems if problem.refused}
        assert {at for at, fate in enumerate(ready.fates) if fate == REFUSED} == refused
        project.apply(ready.edit())
        assert len(project.frame("sites")) == ready.count(ADDED)
