"""Whatever people write into a name survives every format that can hold it, and what cannot be held is told."""

import csv
import re
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

import openpyxl
import pandas as pd
import pyogrio
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from geo.exchange import xmltext
from geo.exchange.chosen import choose
from geo.exchange.defusing import undefused
from geo.exchange.export import Written, write
from geo.exchange.ledger import plain_title
from geo.exchange.readable import kind_labels, labels
from geo.exchange.workbook import escaped
from geo.model import SITES
from tests.geo.exported import HERE, tables_with

HOSTILE = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n", "　＝1", " =1", "'=1", "''=1", "=cmd|' /C calc'!A0", "'",
    '=HYPERLINK("http://x","y")', "<script>alert(1)</script>", "]]>", "&amp;", "&", 'a"b,c;d\te', "a\r\nb", "a\rb",
    "\x00", "a\x07b", "\x0b\x1f\x7f\x85", "\ufffe\uffff", "_x0041_", "_x000D_", "😀👩‍👩‍👧", "{{7*7}}", "%s{0}", "\\",
    "越秀 & <b>", "\ufeffa", "#N/A", "00123", "1e5", "2021-06-02", "TRUE", "NULL", '{"a": 1}', "[1]", "ID", "a" * 300,
    "点" * 300,
)  # fmt: skip
"""Texts that break something somewhere."""

TAILED = st.builds(str.__add__, st.sampled_from(HOSTILE), st.text(max_size=5))
TEXTS = st.one_of(st.text(max_size=20), st.sampled_from(HOSTILE), TAILED)
NO_SITES = choose(tables_with(), SITES, None, "en")
UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
FORMULA = re.compile(r"[\s\u3000]*[=+\-@\t\r＝＋－＠]")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
some_names = settings(max_examples=40, deadline=None)


def written(names: list[str], ending: str, folder: str) -> tuple[Path, Written]:
    """Write sites of some names, the name in the note too; return the file and what was said of it."""
    path = Path(folder) / f"s{ending}"
    tables = tables_with(sites=[{"name": name, "note": name, "geometry": HERE} for name in names])
    return path, write(tables, "sites", path, lang="en")


@some_names
@given(st.lists(TEXTS, min_size=1, max_size=5))
@example(list(HOSTILE))
def test_csv(names: list[str]) -> None:
    """Every text comes back from CSV by undoing one apostrophe, and no cell is one that Excel would run."""
    with tempfile.TemporaryDirectory() as folder:
        path, done = written(names, ".csv", folder)
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [row[1] for row in csv.reader(file)][1:]
        read = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", engine="python")
    assert [undefused(cell) for cell in cells] == names
    assert all(NUMBER.fullmatch(cell) for cell in cells if FORMULA.match(cell))
    assert len(read) == len(names)
    assert done.notes == ()


def test_numbers_of_a_csv_stay_numbers() -> None:
    """A longitude in the west is a number, not a text with an apostrophe."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.csv"
        west = type(HERE)(-0.125, -51.5)
        write(tables_with(sites=[{"name": "a", "geometry": west}]), "sites", path, lang="en")
        read = pd.read_csv(path)
    assert read.loc[0, ["Longitude", "Latitude"]].tolist() == [-0.125, -51.5]


@some_names
@given(st.lists(TEXTS, min_size=1, max_size=5))
@example(list(HOSTILE))
def test_workbook(names: list[str]) -> None:
    """Every text comes back from XLSX as text by the standard's own unescaping."""
    with tempfile.TemporaryDirectory() as folder:
        path, done = written(names, ".xlsx", folder)
        sheet = openpyxl.load_workbook(path).active
        assert sheet is not None
        cells = [sheet.cell(row, 2) for row in range(2, len(names) + 2)]
    assert [unescape(str(cell.value or "")) for cell in cells] == names
    assert {cell.data_type for cell in cells if cell.value is not None} <= {"s"}
    assert done.notes == ()


@given(TEXTS)
def test_escapes_of_a_workbook_are_undone(text: str) -> None:
    """What is escaped for XML comes back exactly, and what XML holds is left alone."""
    assert unescape(escaped(text)) == text
    if re.fullmatch(r"[^_\x00-\x08\x0b-\x1f\ufffe\uffff]*", text):
        assert escaped(text) == text


@some_names
@given(st.lists(TEXTS, min_size=1, max_size=5), st.sampled_from([".gpkg", ".geojson"]))
@example(list(HOSTILE), ".gpkg")
@example(list(HOSTILE), ".geojson")
def test_gis_files(names: list[str], ending: str) -> None:
    """GDAL reads every text back as it was; only NUL, at which it would end, is left out and counted."""
    with tempfile.TemporaryDirectory() as folder:
        path, done = written(names, ending, folder)
        read = pyogrio.read_dataframe(path)
    there = [name.replace("\0", "") for name in names] if ending == ".gpkg" else [name.split("\0")[0] for name in names]
    assert read["name"].fillna("").astype(str).tolist() == there
    if ending == ".gpkg":
        assert (done.notes != ()) == any("\0" in name for name in names)


@some_names
@given(st.lists(TEXTS, min_size=1, max_size=5))
@example(list(HOSTILE))
def test_shapefile(names: list[str]) -> None:
    """A shapefile holds the first 254 bytes of each text, whole letters only, without blanks around them."""
    with tempfile.TemporaryDirectory() as folder:
        path, done = written(names, ".shp", folder)
        read = pyogrio.read_dataframe(path)
    there = [name.replace("\0", "").encode()[:254].decode("utf-8", "ignore") for name in names]
    assert [text.strip(" ") for text in read["name"].fillna("")] == [text.strip(" ") for text in there]
    are_long = [len(name.replace("\0", "").encode()) > 254 for name in names]
    assert any("cut." in note for note in done.notes) == any(are_long)


@some_names
@given(st.lists(TEXTS, min_size=1, max_size=5), st.sampled_from([".kml", ".gpx"]))
@example(list(HOSTILE), ".kml")
@example(list(HOSTILE), ".gpx")
def test_markup(names: list[str], ending: str) -> None:
    """KML and GPX are well formed; what XML can hold comes back, the rest is a mark of its own and counted."""
    with tempfile.TemporaryDirectory() as folder:
        path, done = written(names, ending, folder)
        root = ET.parse(path).getroot()
        read = pyogrio.read_dataframe(path, layer=0)
    space = root.tag.split("}")[0] + "}"
    tag = f"{space}{'Placemark' if ending == '.kml' else 'wpt'}"
    found = [one.findtext(f"{space}name") or "" for one in root.iter(tag)]
    assert found == [UNSAYABLE.sub("\ufffd", name) for name in names]
    assert len(read) == len(names)
    assert any("control characters" in note for note in done.notes) == any(UNSAYABLE.search(name) for name in names)


def test_a_description_is_no_html() -> None:
    """Google Earth reads a description as HTML, and finds the tags of a name as text in it."""
    with tempfile.TemporaryDirectory() as folder:
        path, _ = written(["<b>x</b> & <script>"], ".kml", folder)
        root = ET.parse(path).getroot()
    said = root.findtext(".//{*}Placemark/{*}description") or ""
    assert "<b>" not in said
    assert "&lt;b&gt;x&lt;/b&gt; &amp; &lt;script&gt;" in said


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_an_element_is_well_formed(said: str, value: str) -> None:
    """Whatever stands in an element or an attribute, it parses, and says the same."""
    made = xmltext.element("a", xmltext.text(said, NO_SITES), b=value)
    found = ET.fromstring(made)
    assert (found.text or "") == UNSAYABLE.sub("\ufffd", said)


NAMES = st.sampled_from(["一组", "1组", "１组", "a", "A", ""])
CODES = st.sampled_from(["", "a", "T1", "t1"])


@some_names
@given(st.lists(st.tuples(NAMES, CODES), max_size=6))
def test_no_two_rows_are_called_alike(rows: list[tuple[str, str]]) -> None:
    """Whatever names and codes rows share, each has a label that an import cannot take for another row."""
    tables = tables_with(teams=[{"name": name, "code": code} for name, code in rows])
    found = labels(tables, "teams", "zh")
    assert len({plain_title(label) for label in found.values()}) == len(rows)
    assert all(label for label in found.values())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_kinds_of_one_name_are_told_apart(lang: str) -> None:
    """Two kinds that are called the same are named by their codes."""
    kinds = [{"code": "a", "name": "学校", "name_en": "school"}, {"code": "b", "name": "学校", "name_en": "school"}]
    assert kind_labels(tables_with(kinds=kinds), lang) == {"a": "a", "b": "b"}  # type: ignore[arg-type]
