"""Plan in a process of its own, so that the window goes on while routes are sought.

Run as ``python -m geo.planning.planmaker``. PyVRP keeps Python's other threads waiting for a tenth of a second and more
at a time; in the window's own process nobody could scroll the map meanwhile. The project is read from its file, where
every change is at once. The process stays for the next order and ends when its standard input does, as it does when
whoever started it is gone, however that came about.

What goes in and out is in `geo.planning.orders`.
"""

import contextlib
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from itertools import batched
from pathlib import Path
from typing import IO, TYPE_CHECKING

from geo import language
from geo.errors import XunluError
from geo.language import tr
from geo.planning.orders import Asked, Told, Word, packed, unpacked
from geo.progress import Cancelled, Report, part, silent

if TYPE_CHECKING:
    from geo.planning.onlooker import Onlooker
    from geo.planning.orders import Order
    from geo.store.following import Follower

TELL_EVERY_S = 0.05
"""How often the progress is told."""

AT_ONCE = 400
"""So many changes of rows are told at once: the window takes one such piece at a turn."""

READING = 0.1
"""What share of an order it is to read the project, if that was not done before."""

PATIENCE_S = 2.0
"""How long an order that nobody waits for any more may take to tidy up behind itself."""


class PlanMaker:
    """Work on the orders for one project, one after the other.

    Parameters
    ----------
    path
        The project's file.
    tell
        Called with all there is to tell.
    """

    def __init__(self, path: Path, tell: Callable[[Told], None]) -> None:
        self._path, self._tell = path, tell
        self._project: Follower | None = None
        self._number, self._told = 0, 0.0
        self._stopped: set[int] = set()
        self._watch: Onlooker | None = None
        self._gone = threading.Event()

    def prepare(self) -> None:
        """Load the libraries and read the project, so that the first order need not wait for it."""
        import geo.planning.byhand.live  # noqa: F401  brings all that plans

        # What cannot be read is said when something is ordered.
        with contextlib.suppress(XunluError):
            self._open(silent)
        self._tell(Told(0, "ready"))

    def hear(self, word: Word) -> None:
        """Take a word about an order; called in the thread that listens."""
        if word.what == "stop":
            self._stopped.add(word.number)
        elif word.number == self._number and self._watch is not None:
            self._watch.use()

    def leave(self) -> None:
        """Stop whatever is under way, for good; called in the thread that listens."""
        self._gone.set()

    def work(self, asked: Asked) -> None:
        """Do what an order says and tell what comes of it."""
        from geo.planning.onlooker import Onlooker

        language.use(asked.words)
        self._number, self._told = asked.number, 0.0
        watch = self._watch = Onlooker(lambda seen: self._tell(Told(asked.number, "seen", seen)))
        try:
            self._answer(asked.number, asked.order, watch)
        except Cancelled:
            self._tell(Told(asked.number, "stopped"))
        except XunluError as error:
            self._tell(Told(asked.number, "failed", (error.message, error.hint)))
        except Exception:
            # For the one dialog of bugs, which is the window's; the process goes on.
            self._tell(Told(asked.number, "bug", traceback.format_exc()))
        finally:
            self._watch = None

    def close(self) -> None:
        """Let go of the project."""
        if self._project is not None:
            self._project.close()

    def _answer(self, number: int, order: "Order", watch: "Onlooker") -> None:
        from geo.store.edits import Edit

        self._report(0.0, tr("Reading the file"))
        tables = self._open(part(self._report, 0.0, READING)).tables()
        answer = order.work(tables, watch, part(self._report, READING, 1.0))
        for some in batched(answer.edit.changes, AT_ONCE):
            self._tell(Told(number, "changes", some))
        self._report(1.0)
        self._tell(Told(number, "made", replace(answer, edit=Edit(answer.edit.title, ()))))

    def _open(self, report: Report) -> "Follower":
        from geo.store.following import Follower

        if self._project is None:
            self._project = Follower(self._path, report)
        return self._project

    def _report(self, done: float, text: str = "") -> None:
        if self._gone.is_set() or self._number in self._stopped:
            raise Cancelled
        now = time.monotonic()
        if now - self._told >= TELL_EVERY_S or done >= 1:
            self._told = now
            self._tell(Told(self._number, "progress", (done, text)))


def _listen(source: IO[bytes], maker: PlanMaker, orders: "queue.SimpleQueue[Asked | None]") -> None:
    """Take what comes in until nothing can come any more, then see to it that the process ends."""
    buffer = bytearray()
    while piece := os.read(source.fileno(), 1 << 16):
        buffer += piece
        for value in unpacked(buffer):
            if isinstance(value, Asked):
                orders.put(value)
            else:
                maker.hear(value)
    maker.leave()
    orders.put(None)
    time.sleep(PATIENCE_S)
    os._exit(0)


def main() -> None:
    """Plan what the standard input says, of the project that the command line names."""
    # Ctrl+C in a terminal is meant for the window, which then ends this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a library prints must not come between what is told.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def tell(told: Told) -> None:
        # Nobody may be there to hear it any more; the end of the input says so as well.
        with contextlib.suppress(OSError):
            out.write(packed(told))
            out.flush()

    orders: queue.SimpleQueue[Asked | None] = queue.SimpleQueue()
    maker = PlanMaker(Path(sys.argv[1]), tell)
    threading.Thread(target=_listen, args=(sys.stdin.buffer, maker, orders), daemon=True).start()
    maker.prepare()
    while (asked := orders.get()) is not None:
        maker.work(asked)
    maker.close()
    # At once: nothing is left to be done, and to take down the libraries in order takes a while.
    os._exit(0)


if __name__ == "__main__":
    main()
