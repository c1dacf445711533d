"""Tables written for other programs: whole or not at all, with nothing lost in silence."""

import csv
import datetime as dt
import shutil
import zipfile
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from numpy.typing import NDArray

from geo.errors import XunluError
from geo.exchange import columns, importing, reading
from geo.exchange.export import EXPORTED, WRITERS, endings, export_project, write
from geo.language import LANGUAGES, Language
from geo.model import SITES, TABLES
from geo.progress import Cancelled
from geo.store.edits import edit, update
from geo.store.project import Project
from tests.geo.exported import HERE, content, tables_with


def change(project: Project, table: str, row: str, **values: Any) -> None:
    """Change a row of a project."""
    project.apply(edit("change", [update(table, row, project.row(table, row), values)]))


@pytest.mark.parametrize("table", EXPORTED)
def test_every_table_is_written_to_every_ending_it_offers(planned: Project, tmp_path: Path, table: str) -> None:
    """Each table has a file for each of its endings, with as many rows as it says."""
    for ending in endings(table):
        done = write(planned, table, tmp_path / f"{table}{ending}")
        assert done.rows == len(planned.frame(table))
        assert (tmp_path / f"{table}{ending}").stat().st_size > 0


def eastward(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points moved by a degree and two."""
    moved: NDArray[np.float64] = lonlat + np.array([1, 2])
    return moved


def rows_of(path: Path) -> list[list[str]]:
    """Return the cells of a CSV file as its own rules read them."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_people_read_titles_and_names(planned: Project, tmp_path: Path, lang: Language) -> None:
    """CSV has the titles of a language, names where the project has ids, titles for choices, and the id at the end."""
    write(planned, "sites", tmp_path / "s.csv", lang=lang)
    head, first, *_ = rows_of(tmp_path / "s.csv")
    place = {"zh": ["经度", "纬度"], "en": ["Longitude", "Latitude"]}[lang]
    assert head == [*(column.title(lang) for column in SITES.columns), *place, "id"]
    row = dict(zip(head, first, strict=True))
    site = planned.row("sites", row["id"])
    area = planned.row("subdistricts", site["subdistrict"])
    assert row[SITES.column("subdistrict").title(lang)] == area["name" if lang == "zh" else "name_en"]
    assert row[SITES.column("risk").title(lang)] == SITES.column("risk").choice_title(site["risk"], lang)
    assert row[SITES.column("kind").title(lang)] == {"zh": "社区居委会", "en": "community committee"}[lang]
    assert [float(row[title]) for title in place] == [site["geometry"].x, site["geometry"].y]


def test_a_csv_is_as_excel_wants_it(planned: Project, tmp_path: Path) -> None:
    """The file begins with the mark of UTF-8, and each line ends with CR and LF."""
    write(planned, "sites", tmp_path / "s.csv")
    text = (tmp_path / "s.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    assert text.count(b"\r\n") == text.count(b"\n") == len(planned.frame("sites")) + 1


def test_a_row_that_no_name_tells_apart_is_named_by_code_or_id(tmp_path: Path) -> None:
    """Of two teams of one name the codes stand, of two that share both the ids."""
    teams = [
        {"id": "a", "code": "T1", "name": "一组"},
        {"id": "b", "code": "T2", "name": "一组"},
        {"id": "c", "code": "T3", "name": "三组"},
        {"id": "d", "code": "T3", "name": "三组"},
    ]
    people = [{"name": f"p{one['id']}", "team": one["id"]} for one in teams]
    write(tables_with(teams=teams, inspectors=people), "inspectors", tmp_path / "p.csv", lang="zh")
    assert [row[3] for row in rows_of(tmp_path / "p.csv")[1:]] == ["T1", "T2", "c", "d"]


def test_seconds_are_written_as_times_and_people_by_name(planned: Project, tmp_path: Path) -> None:
    """A stop shows hours, minutes and seconds; an inspection shows who was there."""
    write(planned, "stops", tmp_path / "s.csv", lang="en")
    stops = pd.read_csv(tmp_path / "s.csv", dtype=str, keep_default_na=False)
    first = planned.row("stops", stops.at[0, "id"])
    assert pd.Timedelta(stops.at[0, "Arrival"]).total_seconds() == first["arrive_s"]
    write(planned, "inspections", tmp_path / "i.csv", lang="en")
    visits = pd.read_csv(tmp_path / "i.csv", dtype=str, keep_default_na=False)
    names = set(planned.frame("inspectors")["name_en"])
    assert {name for cell in visits["Inspectors"] for name in cell.split("; ") if name} <= names


def test_a_workbook_is_typed_filtered_and_frozen(sample: Project, tmp_path: Path) -> None:
    """Dates are dates, flags flags and numbers numbers; the header stays, filters and is printed on each page."""
    write(sample, "findings", tmp_path / "f.xlsx", lang="zh")
    write(sample, "sites", tmp_path / "s.xlsx", lang="zh")
    sheet = openpyxl.load_workbook(tmp_path / "f.xlsx").active
    assert sheet is not None
    assert sheet.title == "问题"
    head = [cell.value for cell in sheet[1]]
    row = dict(zip(head, (cell.value for cell in sheet[2]), strict=True))
    assert isinstance(row["整改期限"], dt.datetime)
    assert isinstance(row["已发整改意见"], bool)
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(1, len(head)).column_letter}66"
    assert sheet.print_title_rows == "$1:$1"
    sites = openpyxl.load_workbook(tmp_path / "s.xlsx").active
    assert sites is not None
    cells = {cell.value: sites.cell(2, cell.column) for cell in sites[1]}
    assert (cells["编号"].data_type, cells["编号"].number_format) == ("s", "@")
    assert cells["电话"].value == sample.frame("sites")["phone"].iloc[0]
    assert cells["经度"].data_type == "n"
    # Chinese letters are two digits wide.
    assert sites.column_dimensions["B"].width >= 2 * 6


def test_no_cell_of_a_workbook_is_a_formula(tmp_path: Path) -> None:
    """What looks like a formula, an error or a number in a text stays text."""
    names = ["=1+1", "+1", "-1", "@SUM(A1)", "#N/A", "007", "\t=1", "=cmd|' /C calc'!A0", "TRUE"]
    tables = tables_with(sites=[{"name": name, "phone": "013800138000", "geometry": HERE} for name in names])
    write(tables, "sites", tmp_path / "s.xlsx")
    xml = zipfile.ZipFile(tmp_path / "s.xlsx").read("xl/worksheets/sheet1.xml").decode()
    assert "<f" not in xml.replace("<filter", "")
    sheet = openpyxl.load_workbook(tmp_path / "s.xlsx").active
    assert sheet is not None
    assert [sheet.cell(row, 2).value for row in range(2, len(names) + 2)] == names
    assert {sheet.cell(row, column).data_type for row in range(2, len(names) + 2) for column in (2, 8)} == {"s"}


def test_what_excel_cannot_hold_is_told(tmp_path: Path) -> None:
    """A text beyond 32,767 characters is cut and counted; days before its calendar and huge numbers stay as text."""
    rows = [{"name": "a", "note": "注" * 40_000}, {"name": "b", "note": "\x07" * 30_000, "capacity": 10**17}]
    done = write(tables_with(sites=rows), "sites", tmp_path / "s.xlsx", lang="en")
    assert done.notes == ("2 texts are longer than the file can hold and were cut.",)
    sheet = openpyxl.load_workbook(tmp_path / "s.xlsx").active
    assert sheet is not None
    cells = {cell.value: [sheet.cell(row, cell.column).value for row in (2, 3)] for cell in sheet[1]}
    assert cells["Note"][0] == "注" * 32_767
    assert cells["Capacity per hour"] == [None, str(10**17)]
    closure = {"name": "c", "from_date": "1899-12-31", "to_date": "soon"}
    write(tables_with(closures=[closure]), "closures", tmp_path / "c.xlsx", lang="en")
    sheet = openpyxl.load_workbook(tmp_path / "c.xlsx").active
    assert sheet is not None
    assert [sheet.cell(2, column).value for column in (3, 4)] == ["1899-12-31", "soon"]


def test_what_has_no_place_is_told_of(tmp_path: Path) -> None:
    """A site that lies nowhere yet is a row in a table, no point on a device, and counted."""
    tables = tables_with(sites=[{"name": "a"}, {"name": "b", "geometry": HERE}])
    done = write(tables, "sites", tmp_path / "s.gpx", lang="en")
    assert done.notes == ("1 rows have no place yet and were left out.",)
    assert write(tables, "sites", tmp_path / "s.csv").notes == ()
    assert [row[-3:-1] for row in rows_of(tmp_path / "s.csv")[1:]] == [["", ""], ["113.25", "23.125"]]


def test_only_the_rows_asked_for_are_written(sample: Project, tmp_path: Path) -> None:
    """A selection keeps the order of the table, and an id that is gone is no error."""
    ids = list(sample.frame("sites").index)
    done = write(sample, "sites", tmp_path / "s.gpkg", ids=[ids[7], "gone", ids[3]])
    assert done.rows == 2
    assert pyogrio.read_dataframe(tmp_path / "s.gpkg")["id"].tolist() == [ids[3], ids[7]]


@pytest.mark.parametrize("ending", [".csv", ".geojson", ".gpx"])
def test_coordinates_may_be_written_in_another_datum(planned: Project, tmp_path: Path, ending: str) -> None:
    """Every place is converted, stops too, and a file that is taken for WGS-84 says that it is not."""
    done = write(planned, "sites", tmp_path / f"s{ending}", convert=eastward, lang="en")
    assert len(done.notes) == (0 if ending == ".csv" else 1)
    if ending == ".csv":
        first = [float(cell) for cell in rows_of(tmp_path / "s.csv")[1][-3:-1]]
    else:
        first = list(pyogrio.read_dataframe(tmp_path / f"s{ending}", layer=0).geometry.iloc[0].coords[0])
    point = planned.frame("sites").geometry.iloc[0]
    assert first == [point.x + 1, point.y + 2]
    write(planned, "stops", tmp_path / "t.gpx", convert=eastward)
    stops = pyogrio.read_dataframe(tmp_path / "t.gpx", layer="route_points")
    assert stops.total_bounds[0] > 114


@pytest.mark.parametrize("ending", WRITERS)
def test_a_project_is_never_overwritten(sample_file: Path, tmp_path: Path, ending: str) -> None:
    """Whatever a project is called, no export takes its place, and neither does one through a link."""
    path = tmp_path / f"p{ending}"
    shutil.copy(sample_file, path)
    (tmp_path / f"link{ending}").symlink_to(path)
    before = path.read_bytes()
    with Project.open(path, read_only=True) as project:
        for name in ("p", "link"):
            with pytest.raises(XunluError, match="perhaps the project itself"):
                write(project, "sites", tmp_path / f"{name}{ending}")
        with pytest.raises(XunluError):
            export_project(project, path)
    assert path.read_bytes() == before
    assert (tmp_path / f"link{ending}").is_symlink()


def test_a_spoilt_project_is_never_overwritten(sample: Project, sample_file: Path, tmp_path: Path) -> None:
    """A file that begins as a database and cannot be read may be mended yet, so it stays."""
    path = tmp_path / "p.gpkg"
    path.write_bytes(sample_file.read_bytes()[:5000])
    with pytest.raises(XunluError, match="perhaps the project itself"):
        write(sample, "sites", path)
    assert path.stat().st_size == 5000


def test_an_ordinary_geopackage_is_replaced_unless_it_is_open(sample: Project, tmp_path: Path) -> None:
    """An earlier export gives way whole; one that another program is writing does not."""
    path = tmp_path / "s.gpkg"
    write(sample, "sites", path)
    write(sample, "teams", path)
    assert pyogrio.list_layers(path).tolist() == [["teams", "Point"]]
    (tmp_path / "s.gpkg-wal").write_bytes(b"")
    with pytest.raises(XunluError, match="open in another program"):
        write(sample, "sites", path)
    assert pyogrio.list_layers(path).tolist() == [["teams", "Point"]]


@pytest.mark.parametrize("ending", WRITERS)
def test_a_cancelled_export_leaves_all_as_it_was(planned: Project, tmp_path: Path, ending: str) -> None:
    """Wherever the user stops, the old file stands and no other lies beside it."""
    path = tmp_path / f"s{ending}"
    write(planned, "teams", path)
    before, calls = content(tmp_path), [0]

    def counting(_done: float, _text: str = "") -> None:
        calls[0] += 1

    write(planned, "streets", tmp_path / f"counted{ending}", report=counting)
    for file in tmp_path.glob("counted.*"):
        file.unlink()
    for stop in range(1, calls[0]):
        left = [stop]

        def report(_done: float, text: str = "", left: list[int] = left) -> None:
            assert ".new-" not in text
            left[0] -= 1
            if not left[0]:
                raise Cancelled

        with pytest.raises(Cancelled):
            write(planned, "streets", path, report=report)
        assert content(tmp_path) == before


@pytest.mark.parametrize("ending", WRITERS)
def test_a_folder_that_is_not_there_is_named(sample: Project, tmp_path: Path, ending: str) -> None:
    """The error names the file that the user asked for."""
    with pytest.raises(XunluError, match=rf"none.s\{ending} cannot be written"):
        write(sample, "sites", tmp_path / "none" / f"s{ending}")


def test_wrong_use_is_told_with_what_there_is(sample: Project, tmp_path: Path) -> None:
    """An unknown ending, a table without shapes as a map, and a table that stays here are refused with a way out."""
    with pytest.raises(XunluError, match=r"s\.dwg is of no kind.*\.xlsx \.csv"):
        write(sample, "sites", tmp_path / "s.dwg")
    with pytest.raises(XunluError, match=r"“Inspectors” cannot be written as \.kml.*\.xlsx \.csv \.gpkg\."):
        write(sample, "inspectors", tmp_path / "s.kml")
    with pytest.raises(XunluError, match=r"“Subdistricts” cannot be written as \.gpx"):
        write(sample, "subdistricts", tmp_path / "s.gpx")
    for table in ("settings", "history", "roads"):
        with pytest.raises(XunluError, match=r"no table .* to write.*sites, kinds"):
            write(sample, table, tmp_path / "s.csv")
    assert content(tmp_path) == {}


def test_a_clean_copy_holds_all_but_the_secrets(planned: Project, tmp_path: Path) -> None:
    """The copy has every table with its rows, our styles, and neither settings nor history."""
    done = export_project(planned, tmp_path / "copy.gpkg")
    layers = {name for name, _shape in pyogrio.list_layers(tmp_path / "copy.gpkg")}
    assert layers == {*EXPORTED, "sites_by_status", "site_status", "layer_styles"}
    counts = {name: len(pyogrio.read_dataframe(tmp_path / "copy.gpkg", layer=name)) for name in EXPORTED}
    assert counts == {name: len(planned.frame(name)) for name in EXPORTED}
    assert done.rows == sum(counts.values())
    export_project(planned, tmp_path / "copy.gpkg")
    assert [file.name for file in tmp_path.glob("copy.*")] == ["copy.gpkg"]


ROUND_TRIPS = [
    *product(("sites", "teams"), (".csv", ".xlsx", ".gpkg", ".geojson", ".shp", ".kml")),
    *product(("subdistricts", "closures"), (".gpkg", ".geojson", ".shp", ".kml")),
    *product(("inspectors", "inspections", "findings"), (".csv", ".xlsx", ".gpkg")),
]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("table", "ending"), ROUND_TRIPS)
def test_an_import_of_an_export_changes_nothing(
    planned: Project, tmp_path: Path, table: str, ending: str, lang: Language
) -> None:
    """What was written is guessed back column by column, and every row is the one that is there."""
    if "code" in planned.frame(table):
        change(planned, table, planned.frame(table).index[0], name="=2+3", code="-007")
    write(planned, table, tmp_path / f"t{ending}", lang=lang)
    ledger = reading.read(tmp_path / f"t{ending}", columns.known_titles(TABLES[table]))
    made = importing.prepare(planned, ledger, importing.recall(planned, ledger, table))
    assert made.problems == ()
    assert made.changes == ()
    assert len(made.ids) == len(planned.frame(table))


def test_an_import_into_an_empty_project_gives_the_same_sites(sample: Project, tmp_path: Path) -> None:
    """What one office exports, another one has after importing it: kinds and subdistricts come with the sites."""
    write(sample, "sites", tmp_path / "s.xlsx", lang="zh")
    with Project.create(tmp_path / "other.gpkg") as other:
        ledger = reading.read(tmp_path / "s.xlsx", columns.known_titles(SITES))
        other.apply(importing.prepare(other, ledger, importing.recall(other, ledger, "sites")).edit())
        theirs, ours = other.frame("sites"), sample.frame("sites")
        assert list(theirs.index) == list(ours.index)
        names = [one.name for one in SITES.columns if one.name not in {"kind", "subdistrict", "placed_by", "source"}]
        for name in names:
            assert theirs[name].fillna(-1).tolist() == ours[name].fillna(-1).tolist(), name
        assert shapely.equals_exact(theirs.geometry.to_numpy(), ours.geometry.to_numpy(), tolerance=0).all()


def test_a_large_table_reports_often(tmp_path: Path) -> None:
    """Two thousand rows are enough to be told several times how far it is, and it never goes back."""
    tables = tables_with(sites=[{"name": f"点{n}", "geometry": HERE} for n in range(2_500)])
    told: list[float] = []
    write(tables, "sites", tmp_path / "s.xlsx", report=lambda done, _text="": told.append(done))
    assert len(told) >= 3
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_an_export_leaves_the_project_alone(sample: Project, tmp_path: Path) -> None:
    """Writing changes nothing in the project."""
    before = sample.path.read_bytes()
    write(sample, "sites", tmp_path / "s.xlsx")
    assert sample.path.read_bytes() == before
