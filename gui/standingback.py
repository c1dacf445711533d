"""Threads that stand back while the window has something to do, so that it need not wait for the interpreter."""

import threading

from PySide6.QtCore import QAbstractEventDispatcher, QObject, Qt

from geo.progress import Report

PATIENCE_S, BRIEFLY_S = 0.025, 0.004
"""So long a thread waits at each report for the window to be idle; then it goes on, so that it comes to an end.

The second is for work that somebody waits for.
"""


class StandingBack(QObject):
    """Know whether the window's event loop has nothing to do, for work in threads that can wait.

    A thread that computes holds the interpreter for a millisecond or more at a time. An edit lets go of it at each
    statement of the database and would wait as long to have it back, some hundred times.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._idle = threading.Event()
        self._loop: QAbstractEventDispatcher | None = None

    def begin(self) -> None:
        """Watch the event loop from now on; called in the window's thread."""
        loop = QAbstractEventDispatcher.instance()
        if self._loop is None and loop is not None:
            self._loop = loop
            loop.aboutToBlock.connect(self._rest, Qt.ConnectionType.DirectConnection)
            loop.awake.connect(self._wake, Qt.ConnectionType.DirectConnection)

    def end(self) -> None:
        """Watch it no more; each turn of it costs some microseconds."""
        if self._loop is not None:
            self._loop.aboutToBlock.disconnect(self._rest)
            self._loop.awake.disconnect(self._wake)
            self._loop = None
        self._idle.set()

    def _rest(self) -> None:
        self._idle.set()

    def _wake(self) -> None:
        self._idle.clear()

    def courteous(self, report: Report, patience_s: float = PATIENCE_S) -> Report:
        """Return a report for work in a thread, at which it waits so long at most while the window is busy."""

        def wait(done: float, text: str = "") -> None:
            report(done, text)
            self._idle.wait(patience_s)

        return wait
