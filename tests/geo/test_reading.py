"""Files of other people become ledgers, or are refused in one sentence."""

import datetime as dt
import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import XunluError
from geo.exchange import columns, reading
from geo.exchange.defusing import defused, undefused
from geo.exchange.ledger import Ledger
from geo.model import SITES
from tests.geo import ledgers

KNOWN = columns.known_titles(SITES)


def cells(ledger: Ledger) -> list[tuple[object, ...]]:
    """Return a ledger row by row."""
    return list(zip(*ledger.columns, strict=True))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|", "，"])
def test_text_files_are_read_however_they_are_written(tmp_path: Path, encoding: str, mark: str) -> None:
    """Encoding and separator are found out."""
    path = ledgers.csv(tmp_path / "台账.csv", [ledgers.TITLES, *ledgers.ROWS], encoding, mark)
    ledger = reading.read(path, KNOWN)
    assert ledger.titles == ledgers.TITLES
    assert cells(ledger) == list(ledgers.ROWS)
    assert ledger.numbers.tolist() == [2, 3, 4]


def test_a_row_is_found_by_the_number_that_an_editor_shows(tmp_path: Path) -> None:
    """Title rows, empty lines and line breaks in cells do not shift the numbers of rows."""
    path = tmp_path / "x.csv"
    path.write_text('越秀区台账,,\n\n编号,名称,地址\nA1,"甲\n乙",东风路\n\nA2,丙,中山路\n', "utf-8")
    ledger = reading.read(path, KNOWN)
    assert ledger.titles == ("编号", "名称", "地址")
    assert ledger.numbers.tolist() == [4, 7]
    assert ledger.column("名称") == ["甲\n乙", "丙"]


def test_titles_are_never_twice_the_same(tmp_path: Path) -> None:
    """Columns without a title get the letter of the spreadsheet, and double ones a number."""
    path = ledgers.csv(tmp_path / "x.csv", [("名称", "电话", "电话", "", ""), ("甲", "1", "2", "3", "")])
    assert reading.read(path, KNOWN).titles == ("名称", "电话", "电话 (2)", "D", "E")


def test_a_workbook_keeps_its_types(tmp_path: Path) -> None:
    """Dates come as dates, numbers as numbers, and the title row is found below merged ones."""
    rows = [
        ("越秀区隔离酒店台账", None, None),
        (None, None, None),
        ("编号", "名称", "日期"),
        (1001, "甲", dt.date(2021, 6, 2)),
    ]
    path = ledgers.xlsx(tmp_path / "台账.xlsx", {"酒店": rows, "学校": [("名称", "编号"), ("乙", "B")]}, ["A1:C1"])
    assert reading.sheets(path) == ("酒店", "学校")
    ledger = reading.read(path, KNOWN)
    assert ledger.titles == ("编号", "名称", "日期")
    assert cells(ledger) == [(1001, "甲", dt.datetime(2021, 6, 2))]  # noqa: DTZ001  Excel knows no zone
    assert ledger.numbers.tolist() == [4]
    assert reading.read(path, KNOWN, sheet="学校").column("名称") == ["乙"]
    with pytest.raises(XunluError, match="酒店, 学校"):
        reading.read(path, KNOWN, sheet="医院")


def test_a_cell_merged_over_rows_counts_for_each(tmp_path: Path) -> None:
    """A subdistrict written once beside its sites belongs to all of them."""
    rows = [("街道", "名称"), ("东山", "甲"), (None, "乙"), ("农林", "丙")]
    path = ledgers.xlsx(tmp_path / "x.xlsx", {"s": rows}, ["A2:A3"])
    assert reading.read(path, KNOWN).column("街道") == ["东山", "东山", "农林"]


def test_a_formula_counts_as_what_it_last_gave(tmp_path: Path) -> None:
    """A workbook's formulas are data, never run; without a stored result the cell is empty."""
    path = ledgers.xlsx(tmp_path / "x.xlsx", {"s": [("名称", "备注"), ("甲", "=1+1")]})
    assert cells(reading.read(path, KNOWN)) == [("甲", None)]


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "shp", "kml", "gpx", "fgb"])
def test_gis_files_are_read_with_their_points(tmp_path: Path, ending: str) -> None:
    """Each format gives names and places."""
    path = tmp_path / f"sites.{ending}"
    if ending == "gpx":
        point = '<wpt lat="{}" lon="{}"><name>{}</name></wpt>'
        body = "".join(point.format(row[8], row[7], row[1]) for row in ledgers.ROWS if row[7])
        path.write_text(f'<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">{body}</gpx>', "utf-8")
    else:
        ledgers.gis(path, **({"driver": "KML"} if ending == "kml" else {}))
    ledger = reading.read(path, KNOWN)
    title = "Name" if ending == "kml" else "name"
    assert ledger.shapes is not None
    places = {name: (point.x, point.y) for name, point in zip(ledger.column(title), ledger.shapes, strict=True)}
    assert places == {"甲酒店": pytest.approx((113.30, 23.12)), "乙学校": pytest.approx((113.31, 23.13))}


def test_a_file_that_states_its_datum_is_believed(tmp_path: Path) -> None:
    """The coordinate system of a Shapefile or GeoPackage is known from the file."""
    assert reading.read(ledgers.gis(tmp_path / "a.gpkg", crs="EPSG:4547"), KNOWN).datum == "epsg:4547"
    assert reading.read(ledgers.gis(tmp_path / "a.shp", crs="EPSG:4490"), KNOWN).datum == "cgcs2000"
    assert reading.read(ledgers.gis(tmp_path / "a.geojson"), KNOWN).datum == "wgs84"


def test_an_old_chinese_shapefile_is_read(tmp_path: Path) -> None:
    """Without a .cpg file, names in GBK are not taken for something else."""
    path = ledgers.gis(tmp_path / "old.shp", encoding="GBK")
    path.with_suffix(".cpg").unlink()
    assert reading.read(path, KNOWN).column("name") == ["甲酒店", "乙学校"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""), ("a.csv", b"\xff\xff\xff"), ("a.csv", b",,,\n,,,\n"), ("a.xlsx", b"PK\x03\x04 no"),
        ("a.geojson", b"{"), ("a.shp", b"x"), ("a.kml", b"<kml>"), ("a.gpx", b"<gpx>"), ("a.gpkg", b"x"),
        ("a.xls", b"x"), ("a.doc", b"x"), ("a.parquet", b"PAR1"), ("a.zip", b"x"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    """A file that is none, or damaged, is refused with its name and what to do."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(XunluError) as caught:
        reading.read(path, KNOWN)
    assert name in caught.value.message
    assert caught.value.hint


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A file that is not there, or is a folder, is told."""
    for path in (tmp_path / "gone.csv", tmp_path):
        with pytest.raises(XunluError, match=path.name):
            reading.read(path, KNOWN)


def test_a_workbook_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size that a workbook unpacks to is looked at before it is unpacked."""
    path = ledgers.xlsx(tmp_path / "big.xlsx", {"s": [("名称",)] + [("甲" * 100,)] * 2000})
    monkeypatch.setattr("geo.exchange.spreadsheet.LARGEST_BYTES", 10_000)
    with pytest.raises(XunluError, match="memory"):
        reading.read(path, KNOWN)


def _workbook() -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook><sheets><sheet name='a'/></sheets></workbook>")
    return memory.getvalue()


SEEDS = {
    "csv": [b"", "编号,名称\nA,甲\n".encode(), '"\n'.encode("utf-16"), b'a,"b\nc'],
    "xlsx": [b"PK", _workbook()],
    "geojson": [
        b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":1},"geometry":null}]}'
    ],
    "kml": [b"<kml><Document><Placemark><name>a</name></Placemark></Document></kml>"],
    "gpx": [b"<gpx><wpt lat='1' lon='2'><name>a</name></wpt></gpx>"],
}


@pytest.mark.parametrize("ending", sorted(SEEDS))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_bytes_are_read_or_refused(tmp_path: Path, ending: str, data: st.DataObject) -> None:
    """Whatever stands in a file, it becomes a ledger or the one error for users."""
    seed = data.draw(st.sampled_from(SEEDS[ending]))
    noise = data.draw(st.binary(max_size=60))
    cut = data.draw(st.integers(0, len(seed)))
    path = tmp_path / f"any.{ending}"
    path.write_bytes(data.draw(st.sampled_from([noise, seed[:cut] + noise + seed[cut:], seed[:cut] + noise])))
    with suppress(XunluError):
        ledger = reading.read(path, KNOWN)
        assert all(len(column) == len(ledger) for column in ledger.columns)
        assert len(set(ledger.titles)) == len(ledger.titles)


@pytest.mark.parametrize("damage", range(0, 5000, 137))
def test_a_damaged_workbook_is_read_or_refused(tmp_path: Path, damage: int) -> None:
    """A real workbook with a byte turned over somewhere never ends in a traceback."""
    path = ledgers.xlsx(tmp_path / "x.xlsx", {"s": [ledgers.TITLES, *ledgers.ROWS]}, ["A2:A3"])
    content = bytearray(path.read_bytes())
    content[damage % len(content)] ^= 0xFF
    path.write_bytes(content)
    with suppress(XunluError):
        assert reading.read(path, KNOWN).titles


@given(text=st.text(max_size=20) | st.from_regex(r"'*[ \t]*[=+\-@]?[0-9A-Z().]*", fullmatch=True))
def test_a_defused_text_is_no_formula_and_comes_back(text: str) -> None:
    """What a spreadsheet would run begins with an apostrophe, and reading takes exactly that one away."""
    safe = defused(text)
    assert undefused(safe) == text
    try:
        float(text)
    except ValueError:
        assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))
