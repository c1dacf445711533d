"""Fetch OpenStreetMap data of an area from an Overpass server; only when the user asks for it."""

import http.client
import re
import ssl
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from shapely.geometry.base import BaseGeometry

from geo.errors import XunluError
from geo.files import cannot_write, replacing
from geo.language import tr
from geo.progress import Report, silent
from geo.roads.osm import Wanted

SERVER = "https://overpass-api.de/api/interpreter"
"""The server that is asked unless the project or the user names another one."""

MAX_KM2 = 2500.0
"""A larger area is better fetched as a ready extract: a server would refuse it or take very long."""

_TIMEOUT_S = 180
_SILENCE_S = 30
_BLOCK = 64 * 1024
_AGENT = "Xunlu (a desktop map for site inspections)"
_TRIES = 3
_WAIT_S = 5.0

_STREETS = ("way[highway]", "way[route~'^(ferry|shuttle_train)$']", "way[man_made=pier]", "way[railway=platform]",
            "way[public_transport=platform]", "way[amenity~'^parking']", "relation[type=restriction]")  # fmt: skip
_PARKS = ("leisure", "landuse", "natural", "waterway")


def download(
    area: BaseGeometry | tuple[float, float, float, float],
    path: Path,
    wanted: Wanted | None = None,
    server: str = SERVER,
    report: Report = silent,
) -> Path:
    """Fetch what is wanted of an area into an ``.osm`` file, which `geo.roads.osm.read` reads.

    A busy server is asked up to three times. The file appears under its name once it is whole.

    Parameters
    ----------
    area
        A shape in degrees or west, south, east, north; the box around it is fetched.
    path
        The file to write, ending in ``.osm``; what was there is replaced.
    wanted
        What to ask for; see `geo.roads.osm.Wanted`. Its clip is not looked at.
    server
        The address of the server's interpreter.
    report
        Told how many bytes have come, as the server does not say how many there will be.

    Raises
    ------
    XunluError
        If the area is too large or none, the server cannot be reached, is busy or refuses, its answer is cut or is
        none, or the file cannot be written.
    Cancelled
        If `report` asks to stop; then no file is left.
    """
    bounds = area if isinstance(area, tuple) else area.bounds
    check_area(bounds)
    body = urllib.parse.urlencode({"data": query(bounds, wanted or Wanted())}).encode()
    try:
        with replacing(path) as new:
            _ask(server, body, new, report)
            _check_answer(new, server)
    except OSError as error:
        raise cannot_write(path, error) from error
    report(1.0, tr("The data are fetched."))
    return path


@contextmanager
def downloaded(
    area: BaseGeometry | tuple[float, float, float, float] | None,
    server: str = SERVER,
    report: Report = silent,
    wanted: Wanted | None = None,
) -> Iterator[Path]:
    """Give a file with what `download` fetches, which goes when it has been used."""
    if area is None:
        raise _no_area()
    with tempfile.TemporaryDirectory(prefix="xunlu-download-") as folder:
        host = re.sub(r"[^\w.-]", "_", _host(server))
        yield download(area, Path(folder) / f"{host or 'server'}.osm", wanted, server, report)


def _no_area() -> XunluError:
    return XunluError(tr("The area to fetch is empty."), tr("Draw or choose an area first."))


def check_area(bounds: tuple[float, float, float, float]) -> None:
    """Raise XunluError if an area in degrees (west, south, east, north) is none or too large to be fetched."""
    size = km2(bounds)
    if not size > 0:
        raise _no_area()
    if size > MAX_KM2:
        raise XunluError(
            tr("The area of {size} km² is too large to be fetched; {limit} km² can be.",
               size=f"{size:,.0f}", limit=f"{MAX_KM2:,.0f}"),
            tr("Choose a smaller one, or import a ready extract, for example from download.geofabrik.de."),
        )  # fmt: skip


def km2(bounds: tuple[float, float, float, float]) -> float:
    """Return the size of a box in degrees (west, south, east, north); the earth is taken for a sphere of 6,371 km."""
    west, south, east, north = (np.radians(float(edge)) for edge in bounds)
    return float(6371.0**2 * max(east - west, 0) * max(np.sin(north) - np.sin(south), 0))


def query(bounds: tuple[float, float, float, float], wanted: Wanted) -> str:
    """Return what to ask in the Overpass query language.

    Ways and relations are asked for with all that they consist of, even beyond the area.
    """
    west, south, east, north = (f"{edge:.7f}" for edge in bounds)
    asked = [*_STREETS] if wanted.streets else []
    if wanted.parks:
        asked += [f"{kind}[{key}]" for key in _PARKS for kind in ("way", "relation")]
    if wanted.buildings:
        asked += ["way[building]", "relation[building]"]
    if wanted.railways:
        asked += ["way[railway]"]
    if wanted.addresses:
        asked += ["nwr['addr:housenumber']"]
    if wanted.landmarks:
        asked += ["node[place]", "node[railway]", "node[public_transport=station]", "node[aeroway=aerodrome]"]
    if wanted.amenities:
        asked += ["nwr[amenity]", "nwr[tourism]", "nwr[shop=supermarket]", "nwr[social_facility]"]
    if wanted.admin_level is not None:
        asked += [f"relation[boundary=administrative][admin_level={wanted.admin_level}]"]
    union = "".join(f"{each};" for each in asked)
    return f"[out:xml][timeout:{_TIMEOUT_S}][bbox:{south},{west},{north},{east}];({union});(._;>;);out body;"


class _BusyError(XunluError):
    """Tell that the server may answer later."""


def _ask(server: str, body: bytes, new: Path, report: Report) -> None:
    """Fetch the answer into a file, again if the server is busy."""
    for attempt in range(1, _TRIES + 1):
        try:
            with _told(server):
                _fetch(server, body, new, report)
        except _BusyError:
            if attempt == _TRIES:
                raise
            _wait(attempt * _WAIT_S, report)
        else:
            return


def _fetch(server: str, body: bytes, new: Path, report: Report) -> None:
    if urllib.parse.urlsplit(server).scheme not in {"http", "https"}:
        raise XunluError(
            tr("“{server}” is no address of a server.", server=server), tr("Write it like {example}.", example=SERVER)
        )
    headers = {"User-Agent": _AGENT, "Accept-Encoding": "gzip", "Accept": "application/osm3s+xml, application/xml"}
    request = urllib.request.Request(server, data=body, headers=headers)  # noqa: S310  the scheme was looked at
    report(0.0, tr("Asking {server}", server=_host(server)))
    with urllib.request.urlopen(request, timeout=_SILENCE_S) as answer, new.open("wb") as file:  # noqa: S310
        unpack = zlib.decompressobj(31) if answer.headers.get("Content-Encoding") == "gzip" else None
        expected = int(answer.headers.get("Content-Length") or 0)
        come = 0
        while block := answer.read(_BLOCK):
            come += len(block)
            file.write(unpack.decompress(block) if unpack else block)
            share = come / expected if expected else come / (come + 5_000_000)
            report(min(share, 0.99), tr("{size} MB fetched", size=f"{come / 1e6:.1f}"))
        if expected and come < expected:
            raise http.client.IncompleteRead(b"", expected - come)
        if unpack and not unpack.eof:
            raise http.client.IncompleteRead(b"")


@contextmanager
def _told(server: str) -> Iterator[None]:
    """Turn what goes wrong on the way into a sentence that says what to do."""
    host = _host(server)
    try:
        yield
    except urllib.error.HTTPError as error:
        with error:
            raise _refused(host, error) from error
    except (TimeoutError, http.client.IncompleteRead, zlib.error, ssl.SSLError, ConnectionResetError) as error:
        raise XunluError(
            tr("The answer of {server} broke off.", server=host), tr("Try again; nothing was changed.")
        ) from error
    except (urllib.error.URLError, http.client.HTTPException, ConnectionError, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise XunluError(
            tr("{server} cannot be reached: {reason}.", server=host, reason=reason),
            tr("Check the connection to the internet and the address of the server."),
        ) from error


def _refused(host: str, error: urllib.error.HTTPError) -> XunluError:
    if error.code in {429, 503, 504}:
        return _BusyError(
            tr("{server} is busy (answer {code}).", server=host, code=error.code),
            tr("Wait some minutes, choose a smaller area, or name another server in the settings."),
        )
    said = " ".join(_plain(error.read(4000).decode("utf-8", "replace")).split())[:300]
    return XunluError(
        tr("{server} refuses (answer {code}): {said}", server=host, code=error.code, said=said or error.reason),
        tr("Check the address of the server and the area."),
    )


def _check_answer(path: Path, server: str) -> None:
    """Raise XunluError if an answer is none: servers say what went wrong in a page, or in a remark at the end."""
    with path.open("rb") as file:
        head = file.read(2000)
        file.seek(max(path.stat().st_size - 4000, 0))
        tail = file.read()
    host = _host(server)
    if b"<osm" not in head:
        said = " ".join(_plain(head.decode("utf-8", "replace")).split())[:200]
        raise XunluError(
            tr("{server} has answered with something else than map data: {said}", server=host, said=said or "–"),
            tr("Check the address of the server, and that no sign-in page of the network is in the way."),
        )
    if b"<remark>" in tail:
        said = tail.split(b"<remark>", 1)[1].split(b"</remark>", 1)[0].decode("utf-8", "replace").strip()[:300]
        raise XunluError(
            tr("{server} has stopped in the middle: {said}", server=host, said=said), tr("Choose a smaller area.")
        )
    if b"</osm>" not in tail:
        raise XunluError(tr("The answer of {server} broke off.", server=host), tr("Try again; nothing was changed."))


def _plain(page: str) -> str:
    """Return the text of an HTML page."""
    return re.sub(r"<(style|script).*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL | re.IGNORECASE)


def _host(server: str) -> str:
    return urllib.parse.urlsplit(server).netloc or server


def _wait(seconds: float, report: Report) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        report(0.0, tr("The server is busy; asking again in a moment"))
        time.sleep(0.05)
