"""A process that plans, seen from the window: begun, given orders, listened to, and ended."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QProcess, QTimer, Signal

from geo import language
from geo.planning.orders import ENDS, Asked, Told, Word, packed, unpacked

if TYPE_CHECKING:
    from geo.planning.orders import Order

ROOT = Path(__file__).parents[1]

STOP_MS = 15_000
"""How long a process may take to give up an order that was stopped; it mostly needs a fifth of a second."""

LEAVE_MS = 3000
"""How long a process may take to end by itself; it needs less unless it hangs."""


class PlanProcess(QObject):
    """Run `geo.planning.planmaker` for one project.

    Parameters
    ----------
    path
        The project's file.

    Attributes
    ----------
    told
        A `Told`, one at each turn of the event loop.
    broken
        The process has ended though nobody asked it to; what it wrote to its standard error.
    """

    told = Signal(object)
    broken = Signal(str)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_ready, self.is_given_up = False, False
        self._ordered, self._done = 0, 0
        self._heard = bytearray()
        # A plan of many rows comes in pieces, and each is taken at a turn of its own.
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._take)
        self._process = QProcess(self)
        self._process.setWorkingDirectory(str(ROOT))
        self._process.readyReadStandardOutput.connect(self._listen)
        self._process.finished.connect(self._on_end)
        self._process.errorOccurred.connect(self._on_error)
        self._process.start(sys.executable, ["-m", "geo.planning.planmaker", str(path.resolve())])

    @property
    def pid(self) -> int:
        """Return the number that the system knows the process by; 0 if it does not run."""
        return self._process.processId()

    @property
    def is_free(self) -> bool:
        """Return whether it has done, or given up, all that was ordered."""
        return self._done >= self._ordered

    def order(self, number: int, order: "Order") -> None:
        """Have something planned; what is told of it has the same number, which is higher than any before."""
        self._ordered = number
        self._process.write(packed(Asked(number, order, language.current())))

    def use(self, number: int) -> None:
        """Let a search end with what it has."""
        self._process.write(packed(Word(number, "use")))

    def stop(self, number: int) -> None:
        """Let an order be given up."""
        self._process.write(packed(Word(number, "stop")))

    def insist(self, number: int) -> None:
        """End the process, as if it had broken down, if it has not given up an order within its time."""

        def look() -> None:
            if self._done < number and self.is_ready:
                self.is_given_up = True
                self._process.kill()
            elif self._done < number:
                # It still loads its libraries and has not even heard of it.
                self.insist(number)

        # Of this object: it must not go off once that is gone.
        timer = QTimer(self, singleShot=True, interval=STOP_MS)
        timer.timeout.connect(look)
        timer.start()

    def end(self) -> None:
        """Let the process end; it tells nothing more, and tidies up behind itself."""
        process = self._leave()
        process.finished.connect(process.deleteLater)
        timer = QTimer(process, singleShot=True, interval=LEAVE_MS)
        timer.timeout.connect(process.kill)
        timer.start()
        self.deleteLater()

    def end_now(self) -> None:
        """End the process and wait until it has."""
        process = self._leave()
        if not process.waitForFinished(LEAVE_MS):
            process.kill()
            process.waitForFinished()
        process.deleteLater()
        self.deleteLater()

    def _leave(self) -> QProcess:
        process = self._process
        process.readyReadStandardOutput.disconnect(self._listen)
        process.finished.disconnect(self._on_end)
        process.errorOccurred.disconnect(self._on_error)
        self._turn.stop()
        # Not of this object any more, which may be gone before the process is.
        process.setParent(QCoreApplication.instance())
        process.setReadChannel(QProcess.ProcessChannel.StandardOutput)
        process.readyReadStandardOutput.connect(process.readAllStandardOutput)
        process.closeWriteChannel()
        return process

    def _listen(self) -> None:
        self._heard += self._process.readAllStandardOutput().data()
        if not self._turn.isActive():
            self._take()

    def _take(self) -> None:
        if self._tell_next():
            self._turn.start()

    def _tell_next(self) -> bool:
        """Tell what has come next; return whether there was anything."""
        told = next(unpacked(self._heard), None)
        if not isinstance(told, Told):
            return False
        if told.kind == "ready":
            self.is_ready = True
        elif told.kind in ENDS:
            self._done = told.number
        self.told.emit(told)
        return True

    def _on_end(self) -> None:
        self._heard += self._process.readAllStandardOutput().data()
        self._turn.stop()
        while self._tell_next():
            pass
        self.broken.emit(bytes(self._process.readAllStandardError().data()).decode(errors="replace"))

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            # Later, as it may come while nobody listens yet.
            timer = QTimer(self, singleShot=True, interval=0)
            timer.timeout.connect(lambda: self.broken.emit(self._process.errorString()))
            timer.start()
