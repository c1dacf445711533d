"""The verbs that bring data in and out, as scripts call them."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from geo.exchange import qgis
from geo.store.project import Project
from main import main
from tests.geo import ledgers
from tests.geo.osm_data import HELSINKI, document, node, way


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return an empty project."""
    path = tmp_path / "p.gpkg"
    Project.create(path).close()
    return path


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Return a ledger of three sites, one of them spoilt."""
    spoilt = ("A4", "丁", "学校", "", "", "", "", "待定", "23.1", "", "", "")
    return ledgers.csv(tmp_path / "台账.csv", [ledgers.TITLES, *ledgers.ROWS, spoilt])


def done(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 0) -> str:
    """Call the program, hold it to its exit code, and return what it printed, or of what it complained."""
    assert main([str(each) for each in ("--lang", "en", *arguments)]) == code
    said = capsys.readouterr()
    return said.err if code else said.out


def test_a_ledger_comes_in_by_the_verb(
    file: Path, ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rows come in, what is wrong is printed and reported by row, field and reason, and the JSON says the same."""
    report = tmp_path / "problems.csv"
    told = json.loads(done(capsys, "import", file, ledger, "--datum", "gcj02", "--report", report, "--json"))
    assert (told["rows"], told["added"], told["refused"], told["datum"]) == (4, 3, 1, "gcj02")
    assert [(p["row"], p["field"]) for p in told["problems"]] == [(5, "longitude")]
    assert "待定" in report.read_text("utf-8-sig")
    with Project.open(file) as project:
        assert project.frame("imports")["datum"].tolist() == ["gcj02"]
    assert "3 as before" in done(capsys, "import", file, ledger)


def test_a_dry_run_changes_nothing(file: Path, ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What would be done is said, and the file stays as it is."""
    assert "dry run" in done(capsys, "import", file, ledger, "--dry-run")
    with Project.open(file) as project:
        assert project.frame("sites").empty


def test_columns_kind_and_sheet_are_told(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be guessed is named on the command line."""
    book = ledgers.xlsx(tmp_path / "b.xlsx", {"a": [("x", "y")], "b": [("甲", "乙"), ("一号", "K1")]})
    done(capsys, "import", file, book, "--sheet", "b", "--map", "name=甲", "--map", "code=乙", "--kind", "仓库")
    with Project.open(file) as project:
        assert project.frame("sites")[["code", "name"]].to_numpy().tolist() == [["K1", "一号"]]
        assert project.frame("kinds")["name"].tolist() == ["仓库"]


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        (("--datum", "mars"), "mars"),
        (("--map", "height=编号"), "height"),
        (("--map", "name=高度"), "高度"),
        (("--into", "history"), "history"),
        (("--encoding", "klingon"), "klingon"),
        (("--sheet", "x", "--into", "streets"), "lines"),
    ],
)
def test_a_wrong_import_is_one_line(
    file: Path, ledger: Path, capsys: pytest.CaptureFixture[str], extra: tuple[str, ...], said: str
) -> None:
    """Wrong input ends with code 1 and one line that names it; nothing is changed."""
    text = done(capsys, "import", file, ledger, *extra, code=1)
    assert said in text
    assert text.count("\n") == 1
    with Project.open(file) as project:
        assert project.frame("sites").empty


def test_a_mapping_that_is_none_is_wrong_use(file: Path, ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong use ends with code 2."""
    with pytest.raises(SystemExit) as ended:
        main(["import", str(file), str(ledger), "--map", "name"])
    assert ended.value.code == 2
    assert "name" in capsys.readouterr().err


def test_an_extract_comes_in_by_the_verb(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Streets and the sites wanted come from an OpenStreetMap file, and again nothing changes."""
    box = "24.935,60.165,24.945,60.172"
    told = json.loads(done(capsys, "import", file, HELSINKI, "--amenities", "hotel", "--clip", box, "--json"))
    assert told["changes"]["streets"]["added"] > 100
    assert "Nothing has changed" in done(capsys, "import", file, HELSINKI, "--amenities", "hotel", "--clip", box)
    text = done(capsys, "import", file, HELSINKI, "--clip", "1,2,3", code=1)
    assert "1,2,3" in text


@pytest.mark.parametrize("ending", ["csv", "xlsx", "geojson", "shp", "kml", "gpx", "gpkg"])
def test_a_table_goes_out_by_the_verb(
    file: Path, ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    """Sites are written in each format, in the datum wanted."""
    done(capsys, "import", file, ledger)
    out = tmp_path / f"out.{ending}"
    assert "3 rows" in done(capsys, "export", file, "--layer", "sites", "--out", out)
    assert out.stat().st_size > 0


def test_a_wrong_export_is_one_line(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table or ending that there is not, and the project itself as target, are refused."""
    before = file.read_bytes()
    for arguments in (("--layer", "x", "--out", tmp_path / "o.csv"), ("--out", tmp_path / "o.doc"), ("--out", file)):
        assert done(capsys, "export", file, *arguments, code=1).count("\n") == 1
    assert file.read_bytes() == before


def test_all_tables_go_out_as_one_geopackage(
    file: Path, ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A clean copy for others is one file."""
    done(capsys, "import", file, ledger)
    done(capsys, "export", file, "--layer", "all", "--out", tmp_path / "all.gpkg")
    assert (tmp_path / "all.gpkg").stat().st_size > 0


def test_qgis_sees_what_the_verbs_have_done(file: Path, ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """After an import the status of the new sites stands in the file for other programs."""
    import pyogrio

    done(capsys, "import", file, ledger)
    assert len(pyogrio.read_dataframe(file, layer=qgis.STATUS_TABLE, read_geometry=False)) == 3


class Overpass(BaseHTTPRequestHandler):
    """Answer with one street, as an Overpass server would."""

    def do_POST(self) -> None:
        """Send the answer."""
        self.rfile.read(int(self.headers["Content-Length"]))
        body = document(
            node(1, 113.3, 23.1), node(2, 113.31, 23.1), way(7, [1, 2], highway="primary", name="东风路")
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/osm3s+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture
def server() -> Iterator[str]:
    """Give the address of a server on this machine that speaks as Overpass does."""
    made = HTTPServer(("127.0.0.1", 0), Overpass)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}/api/interpreter"
    made.shutdown()
    thread.join()
    made.server_close()


def test_streets_are_downloaded_only_when_asked(
    file: Path, server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An area fetched from a server becomes streets of the project."""
    out = tmp_path / "area.osm"
    done(capsys, "download", out, "--area", "113.29,23.09,113.32,23.11", "--server", server)
    done(capsys, "import", file, out)
    with Project.open(file) as project:
        assert project.frame("streets")["name"].tolist() == ["东风路"]
    assert "x.json" in done(capsys, "download", out, "--area", "x.json", "--server", server, code=1)


def test_a_hundred_thousand_rows_come_in(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of 100,000 rows 1,000 are spoilt: each of those is named by row and field, and all others are in."""
    path = ledgers.large(tmp_path / "large.csv", 100_000, 1_000)
    told = json.loads(done(capsys, "import", file, path, "--json"))
    assert (told["added"], told["refused"], len(told["problems"])) == (99_000, 1_000, 1_000)
    assert [p["row"] for p in told["problems"]] == list(range(2, 100_002, 100))
    assert {(p["field"], p["value"]) for p in told["problems"]} == {("longitude", "待定")}
    with Project.open(file) as project:
        assert len(project.frame("sites")) == 99_000
