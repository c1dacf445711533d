"""A tile server on loopback that counts what it is asked, and answers as a test wants it to."""

import http.server
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.tilefiles import png


@dataclass
class Asked:
    """One request."""

    path: str
    headers: dict[str, str]
    at: float = field(default_factory=time.monotonic)


@dataclass
class TileServer:
    """How it answers, and what it was asked.

    Parameters
    ----------
    most_at_once
        How many requests it has had in hand at the same time.
    """

    address: str = ""
    host: str = ""
    body: bytes = field(default_factory=lambda: png(30, 160, 90))
    headers: dict[str, str] = field(default_factory=dict)
    code: int = 200
    delay_s: float = 0.0
    answer: Callable[[str], bytes | None] | None = None
    asked: list[Asked] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def paths(self) -> list[str]:
        """Return what was asked for."""
        return [each.path for each in self.asked]


@contextmanager
def serving() -> Iterator[TileServer]:
    """Give a server that answers while a test runs."""
    made = TileServer()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            with made.lock:
                made.asked.append(Asked(self.path, {key.lower(): value for key, value in self.headers.items()}))
                made.at_once += 1
                made.most_at_once = max(made.most_at_once, made.at_once)
            time.sleep(made.delay_s)
            with made.lock:
                made.at_once -= 1
            with suppress(BrokenPipeError, ConnectionResetError):  # the window has broken the request off
                self._answer()

        def _answer(self) -> None:
            body = made.body if made.answer is None else made.answer(self.path)
            code = 404 if body is None else made.code
            tag = made.headers.get("ETag")
            if code == 200 and tag is not None and self.headers.get("If-None-Match") == tag:
                code = 304
            sent = b"" if code == 304 or body is None else body
            self.send_response(code)
            for name, value in made.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as httpd:
        made.host = f"127.0.0.1:{httpd.server_port}"
        made.address = f"http://{made.host}/{{z}}/{{x}}/{{y}}.png"
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield made
        httpd.shutdown()
        thread.join()
