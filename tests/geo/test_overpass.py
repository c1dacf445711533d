"""Fetching map data from a server that speaks as an Overpass server does, on loopback."""

import gzip
import http.server
import re
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import osmium
import pytest
import shapely

from geo.errors import XunluError
from geo.progress import Cancelled
from geo.roads import osm, overpass
from tests.geo.osm_data import HELSINKI

AREA = (24.940, 60.168, 24.950, 60.173)


def cut(bounds: tuple[float, float, float, float], folder: Path) -> bytes:
    """Return the ways of Helsinki that reach into a box, with their nodes and restrictions, as a server sends them."""
    west, south, east, north = bounds
    ways: dict[int, set[int]] = {}
    for thing in osmium.FileProcessor(str(HELSINKI)).with_locations():
        if isinstance(thing, osmium.osm.Way):
            spots = [node for node in thing.nodes if node.location.valid()]
            if any(west <= node.lon <= east and south <= node.lat <= north for node in spots):
                ways[thing.id] = {node.ref for node in spots}
    nodes = set().union(*ways.values()) if ways else set()
    target = folder / "answer.osm"
    with osmium.SimpleWriter(str(target), overwrite=True) as writer:
        for thing in osmium.FileProcessor(str(HELSINKI)):
            wanted = (thing.is_node() and thing.id in nodes) or (thing.is_way() and thing.id in ways)
            if wanted or (thing.is_relation() and thing.tags.get("type") == "restriction"):
                writer.add(thing)
    return target.read_bytes()


@dataclass
class Server:
    """A server on loopback: how it answers, and what it was asked."""

    address: str = ""
    answer: Callable[[http.server.BaseHTTPRequestHandler, str], None] = lambda *_: None
    asked: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Give a server that answers as a real one; a test may make it answer otherwise."""
    made = Server()

    def real(handler: http.server.BaseHTTPRequestHandler, question: str) -> None:
        box = re.search(r"\[bbox:([\d.,-]+)\]", question)
        assert box
        south, west, north, east = (float(edge) for edge in box[1].split(","))
        send(handler, 200, cut((west, south, east, north), tmp_path), packed=True)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            made.asked.append(urllib.parse.parse_qs(body)["data"][0])
            made.agents.append(self.headers["User-Agent"])
            made.answer(self, made.asked[-1])

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    made.answer = real
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        made.address = f"http://127.0.0.1:{httpd.server_port}/api/interpreter"
        thread = threading.Thread(target=httpd.serve_forever, daemon=True)
        thread.start()
        yield made
        httpd.shutdown()
        thread.join()


def send(
    handler: http.server.BaseHTTPRequestHandler,
    code: int,
    content: bytes,
    *,
    packed: bool = False,
    missing: int = 0,
) -> None:
    """Answer; `missing` bytes fewer than promised."""
    content = gzip.compress(content) if packed else content
    handler.send_response(code)
    if packed:
        handler.send_header("Content-Encoding", "gzip")
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content[: len(content) - missing])


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less than one would for a real server."""
    monkeypatch.setattr(overpass, "_WAIT_S", 0.05)


def test_an_area_is_fetched_and_read(server: Server, tmp_path: Path) -> None:
    """What comes from the server has the streets of the area, as the extract has them; bytes are told as they come."""
    heard: list[tuple[float, str]] = []
    file = overpass.download(
        shapely.box(*AREA), tmp_path / "x.osm", osm.Wanted(admin_level=10), server.address,
        lambda done, text: heard.append((done, text)),
    )  # fmt: skip
    streets = osm.read(file, osm.Wanted(clip=AREA)).rows["streets"]
    assert streets == osm.read(HELSINKI, osm.Wanted(clip=AREA)).rows["streets"]
    assert len(streets) > 300
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)
    assert heard[-1][0] == 1.0
    assert any(re.fullmatch(r"\d+\.\d MB fetched", text) for _, text in heard)
    assert "relation[type=restriction]" in server.asked[0]
    assert "[admin_level=10]" in server.asked[0]
    assert server.agents[0].startswith("Xunlu")


def test_a_download_goes_when_it_was_used(server: Server) -> None:
    """The file is there while it is read, and nothing of it afterwards."""
    with overpass.downloaded(AREA, server.address) as file:
        assert osm.read(file).counts()["streets"] > 300
    assert not file.parent.exists()
    with pytest.raises(XunluError, match="area to fetch is empty"), overpass.downloaded(None, server.address):
        pass


@pytest.mark.parametrize(
    ("area", "said"),
    [
        ((24.0, 60.0, 26.0, 61.0), r"area of 12,\d\d\d km² is too large"),
        ((24.0, 60.0, 24.0, 60.1), "area to fetch is empty"),
        (shapely.Polygon(), "area to fetch is empty"),
        ((25.0, 60.0, 24.0, 60.1), "area to fetch is empty"),
    ],
)
def test_an_area_too_large_or_none_is_not_asked_for(
    server: Server, tmp_path: Path, area: tuple[float, float, float, float], said: str
) -> None:
    """The server is spared, and the user knows at once."""
    with pytest.raises(XunluError, match=said):
        overpass.download(area, tmp_path / "x.osm", server=server.address)
    assert server.asked == []


PAGE = b"<!DOCTYPE html><html><head><style>p{}</style></head><body><i>x</i><p>Please <b>sign in</b>.</p></body></html>"
REMARK = b"<osm version='0.6'><node id='1' lat='1' lon='1'/>\n<remark> runtime error: Query timed out </remark>\n</osm>"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda handler, _: send(handler, 429, b"<html>rate limited"), r"127.0.0.1:\d+ is busy \(answer 429\)"),
        (lambda handler, _: send(handler, 504, b""), r"is busy \(answer 504\)"),
        (lambda handler, _: send(handler, 400, PAGE), r"refuses \(answer 400\): x Please sign in"),
        (lambda handler, _: send(handler, 404, b""), r"refuses \(answer 404\): Not Found"),
        (lambda handler, _: send(handler, 200, PAGE), "something else than map data: x Please sign in"),
        (lambda handler, _: send(handler, 200, b""), "something else than map data: –"),
        (lambda handler, _: send(handler, 200, REMARK), "stopped in the middle: runtime error: Query timed out"),
        (lambda handler, _: send(handler, 200, b"<osm version='0.6'>" + b" " * 9000), "broke off"),
        (lambda handler, _: send(handler, 200, b"<osm></osm>" * 99, missing=9), "broke off"),
        (lambda handler, _: send(handler, 200, b"<osm></osm>" * 99, missing=9, packed=True), "broke off"),
        (lambda handler, _: handler.connection.close(), "cannot be reached|broke off"),
        (lambda *_: threading.Event().wait(3), "cannot be reached|broke off"),
    ],
)
def test_an_answer_that_is_none_is_told(
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: Callable[[http.server.BaseHTTPRequestHandler, str], None],
    said: str,
) -> None:
    """Whatever goes wrong, the message names the server and the reason, and a file of before stays as it was."""
    monkeypatch.setattr(overpass, "_SILENCE_S", 2)
    (tmp_path / "x.osm").write_text("before")
    server.answer = answer
    with pytest.raises(XunluError, match=said):
        overpass.download(AREA, tmp_path / "x.osm", server=server.address)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("x.osm", "before")]


def test_a_busy_server_is_asked_again(server: Server, tmp_path: Path) -> None:
    """The third answer counts if the first two were refusals for now."""
    real = server.answer

    def third(handler: http.server.BaseHTTPRequestHandler, question: str) -> None:
        if len(server.asked) < 3:
            send(handler, 429, b"")
        else:
            real(handler, question)

    server.answer = third
    assert overpass.download(AREA, tmp_path / "x.osm", server=server.address).exists()
    assert len(server.asked) == 3


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/x", "http://nowhere.invalid/x", "file:///etc/passwd", "x", ""])
def test_an_address_without_a_server_is_told(tmp_path: Path, address: str) -> None:
    """A wrong address is named, and no file of this machine is read."""
    with pytest.raises(XunluError, match=r"cannot be reached|no address of a server"):
        overpass.download(AREA, tmp_path / "x.osm", server=address)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("after", [0.0, 0.001])
def test_fetching_can_be_stopped(server: Server, tmp_path: Path, after: float) -> None:
    """Before the first byte and after it, stopping leaves no file."""

    def report(done: float, _text: str) -> None:
        if done >= after:
            raise Cancelled

    with pytest.raises(Cancelled):
        overpass.download(AREA, tmp_path / "x.osm", server=server.address, report=report)
    assert not (tmp_path / "x.osm").exists()


def test_a_place_that_cannot_be_written_is_told(server: Server, tmp_path: Path) -> None:
    """The reason is that of the disk, not of the net."""
    with pytest.raises(XunluError, match="cannot be written: No such file or directory"):
        overpass.download(AREA, tmp_path / "no" / "x.osm", server=server.address)


def test_the_size_of_an_area_is_that_on_the_ground() -> None:
    """One degree square is 12,364 km² at the equator and half of that at 60°."""
    assert overpass.km2((0, -0.5, 1, 0.5)) == pytest.approx(12364, rel=1e-3)
    assert overpass.km2((0, 59.5, 1, 60.5)) == pytest.approx(12364 / 2, rel=1e-2)
