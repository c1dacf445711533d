"""Fetch the tiles that the map lacks, politely: few at once, none that left the view, and no server pressed."""

import math
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QNetworkReply

from geo.errors import XunluError
from geo.language import tr
from geo.tiles import freshness
from geo.tiles.diskcache import Kept
from geo.tiles.source import Source
from gui.webfetch import LARGEST_TILE, Headers, Web, drop, headers_of, status, trouble
from layers.basemap import Wanted
from layers.tileimages import Key, TileImages

GONE_S = 3600.0
"""For so long a tile that its server does not have is not asked for again."""
FAILED_S = 20.0
"""For so long, doubled each time, a server that does not answer is left alone."""
FAILURES = 3
"""So many requests in a row may fail before that."""
REFUSED_S = 600.0
JUST_CAME_S = 60.0
"""For so long a tile that may not be kept on disk is not asked for again, even if memory was too small for it."""


@dataclass
class _Host:
    """How a server behaves.

    Parameters
    ----------
    rests_until
        Seconds of `time.monotonic`; until then it is not asked.
    failures, waits
        How many requests failed in a row, and how many times in a row it was left alone.
    told
        Whether the user knows that it does not answer.
    """

    rests_until: float = 0.0
    failures: int = 0
    waits: int = 0
    told: bool = False


class TileFetcher(QObject):
    """Fetch tiles into the images of a map.

    `arrived` tells that there is something new to show, `failed` with a `XunluError`, once, that a server does not
    answer, `rested` that one which was left alone may be asked again.
    """

    arrived = Signal()
    failed = Signal(object)
    rested = Signal()

    def __init__(self, web: Web, images: Callable[[], TileImages | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._web = web
        self._images = images
        self._source: Source | None = None
        self._key = ""
        self._queue: list[Wanted] = []
        self._running: dict[Key, QNetworkReply] = {}
        self._hosts: dict[str, _Host] = {}
        self._settled: dict[Key, float] = {}

    @property
    def is_busy(self) -> bool:
        """Return whether tiles are on their way."""
        return bool(self._running)

    def want(self, source: Source, key: str, wanted: list[Wanted]) -> None:
        """Fetch tiles in the given order; whatever else was wanted before is not any more.

        Parameters
        ----------
        key
            The user's, for a source that needs one.
        """
        now = time.monotonic()
        self._source, self._key = source, key
        self.keep_only({each.key for each in wanted})
        self._queue = [
            each for each in wanted if each.key not in self._running and self._settled.get(each.key, 0) < now
        ]
        self._start_next()

    def keep_only(self, needed: Collection[Key]) -> None:
        """Break off whatever is not needed any more, and forget it."""
        for gone in [each for each in self._running if each not in needed]:
            drop(self._running.pop(gone))
        self._queue = [each for each in self._queue if each.key in needed]

    def stop(self) -> None:
        """Break off whatever is on its way and forget what was wanted."""
        self.keep_only(())

    def forgive(self) -> None:
        """Ask again whoever was left alone: the user has changed a key or an address, or chosen anew."""
        self._hosts.clear()
        self._settled.clear()

    def _host(self, name: str) -> _Host:
        return self._hosts.setdefault(name, _Host())

    def _start_next(self) -> None:
        source = self._source
        if source is None:
            return
        now = time.monotonic()
        while self._queue and len(self._running) < source.connections:
            wanted = self._queue.pop(0)
            if self._host(source.host(wanted.part)).rests_until <= now:
                self._start(source, wanted)

    def _start(self, source: Source, wanted: Wanted) -> None:
        images = self._images()
        if images is None:
            return
        old = images.cache.get(*wanted.key)
        asked: Headers = {}
        if old is not None and old.etag:
            asked["If-None-Match"] = old.etag
        if old is not None and old.modified:
            asked["If-Modified-Since"] = old.modified
        address = source.address(wanted.key[1], wanted.part, self._key)
        done = partial(self._on_reply, source, wanted)
        self._running[wanted.key] = self._web.get(address, asked, LARGEST_TILE, done)

    def _on_reply(self, source: Source, wanted: Wanted, reply: QNetworkReply) -> None:
        self._running.pop(wanted.key, None)
        images, host = self._images(), self._host(source.host(wanted.part))
        code, error = status(reply), trouble(reply, source.needs_key)
        if images is None:
            return
        if code == 304:
            self._renew(images, wanted.key, headers_of(reply), host)
        elif error is None:
            self._take(images, wanted.key, reply, host)
        elif code in (404, 410):
            host.failures = 0
            self._settle(wanted.key, GONE_S)
        elif code in (429, 503):
            seconds = freshness.wait_s(headers_of(reply).get("retry-after", ""), time.time(), host.waits)
            self._leave_alone(host, seconds, error)
        elif code in (401, 403, 418):
            self._leave_alone(host, REFUSED_S, error)
        else:
            host.failures += 1
            self._settle(wanted.key, FAILED_S)
            if host.failures >= FAILURES or not code:
                self._leave_alone(host, FAILED_S * 2 ** min(host.waits, 4), error)
        self._start_next()

    def _take(self, images: TileImages, key: Key, reply: QNetworkReply, host: _Host) -> None:
        body, headers = bytes(reply.readAll().data()), headers_of(reply)
        if not body:
            self._settle(key, GONE_S)  # 204, or nothing: there is no such tile
            return
        until = freshness.fresh_until(headers, time.time())
        kept = Kept(
            body,
            headers.get("etag", ""),
            headers.get("last-modified", ""),
            time.time() + JUST_CAME_S if until is None else until,
        )
        if images.take(key, kept) is None:
            self._settle(key, REFUSED_S)
            self._tell(host, _no_picture(reply))
            return
        if until is None or until <= time.time():
            self._settle(key, JUST_CAME_S)
        if until is not None:
            images.cache.put(*key, kept)
        self._is_well(host)
        self.arrived.emit()

    def _renew(self, images: TileImages, key: Key, headers: Headers, host: _Host) -> None:
        until = freshness.fresh_until(headers, time.time())
        until = time.time() if until is None else until
        images.cache.renew(*key, until)
        images.renew(key, until)
        self._settle(key, JUST_CAME_S)
        self._is_well(host)

    def _is_well(self, host: _Host) -> None:
        host.failures = host.waits = 0
        host.told = False

    def _settle(self, key: Key, seconds: float) -> None:
        self._settled[key] = time.monotonic() + seconds

    def _leave_alone(self, host: _Host, seconds: float, error: XunluError) -> None:
        now = time.monotonic()
        if host.rests_until <= now:
            host.waits += 1
            host.failures = 0
            host.rests_until = now + seconds
            self._wake(host)
        else:
            host.rests_until = max(host.rests_until, now + seconds)
        self._tell(host, error)

    def _wake(self, host: _Host) -> None:
        """Tell when a host may be asked again; Qt's timers may be early by some per cent, and hosts may rest on."""
        left = host.rests_until - time.monotonic()
        if left > 0:
            QTimer.singleShot(math.ceil(left * 1000) + 1, self, partial(self._wake, host))
        else:
            self.rested.emit()

    def _tell(self, host: _Host, error: XunluError) -> None:
        if not host.told:
            host.told = True
            self.failed.emit(error)


def _no_picture(reply: QNetworkReply) -> XunluError:
    return XunluError(
        tr("{host} answers with something that is no picture.", host=reply.request().url().host()),
        tr("Check address and key with “Try it” under View, Base map, Manage."),
    )
