"""The process that writes maps on paper and as pictures, seen from the window: begun, listened to, and stopped."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject, QProcess, QProcessEnvironment, Signal

from geo.errors import XunluError
from geo.language import current, tr
from gui.session import Session

if TYPE_CHECKING:
    from geo.language import Language
    from layers.papermaker import Order
    from layers.view import Bounds

ROOT = Path(__file__).parents[1]


class PaperProcess(QObject):
    """Have pages written, one order at a time.

    Attributes
    ----------
    progressed
        How far it is, from 0 to 1, and with what.
    written
        How many pages there are in the file.
    failed
        What the user can mend, an `XunluError`.
    ended
        That nothing is written any more, whichever of these came of it.
    """

    progressed = Signal(float, str)
    written = Signal(int)
    failed = Signal(object)
    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._said: dict[str, Any] = {}
        self._folder = Path()

    @property
    def is_busy(self) -> bool:
        """Return whether pages are being written."""
        return self._process is not None

    def start(self, order: "Order") -> None:
        """Begin to write, in place of what is being written."""
        self.cancel()
        process = QProcess(self)
        around = QProcessEnvironment.systemEnvironment()
        around.insert("QT_QPA_PLATFORM", "offscreen")
        process.setProcessEnvironment(around)
        process.setWorkingDirectory(str(ROOT))
        process.readyReadStandardOutput.connect(self._listen)
        process.finished.connect(self._end)
        process.errorOccurred.connect(self._on_error)
        self._process, self._said = process, {}
        out = Path(order.out)
        self._folder = out if out.is_dir() else out.parent
        process.start(sys.executable, ["-m", "layers.papermaker"])
        process.write(order.as_line())
        self.progressed.emit(0.0, tr("Reading the file"))

    def cancel(self) -> None:
        """Stop writing; the file stays as it was before."""
        process, self._process = self._process, None
        if process is None:
            return
        process.readyReadStandardOutput.disconnect(self._listen)
        process.finished.disconnect(self._end)
        process.errorOccurred.disconnect(self._on_error)
        # Not waited for: the system takes its time to take back the memory of a large map.
        process.setParent(QCoreApplication.instance())
        number, folder = process.processId(), self._folder
        process.finished.connect(lambda: _tidy(folder, number))
        process.finished.connect(process.deleteLater)
        process.kill()
        self.ended.emit()

    def _listen(self) -> None:
        while self._process is not None and self._process.canReadLine():
            said = json.loads(bytes(self._process.readLine().data()))
            if "done" in said:
                self.progressed.emit(said["done"], said["text"])
            else:
                self._said = said

    def _end(self) -> None:
        self._listen()
        process, self._process = self._process, None
        if process is None:
            return
        process.deleteLater()
        self.ended.emit()
        if "count" in self._said:
            self.written.emit(self._said["count"])
        elif "message" in self._said:
            self.failed.emit(XunluError(self._said["message"], self._said["hint"]))
        else:
            self.failed.emit(
                XunluError(tr("The pages could not be written."), tr("Try again, or choose a smaller paper."))
            )
            raise RuntimeError(bytes(process.readAllStandardError().data()).decode(errors="replace"))

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._end()


def order_for(
    session: Session, out: Path, lang: "Language", layout: str = "", shown: "Bounds" = (0, 0, 0, 0)
) -> "Order | None":
    """Return the order of what the map of a session shows, in a language; None where there is no map.

    Parameters
    ----------
    out
        The file, or the folder, to write.
    layout
        As `layers.layout.Layout.as_json` writes it; empty for a picture.
    shown
        What the screen shows, in EPSG:3857 metres; a picture has all of the map.
    """
    from layers.papermaker import Order

    project, stack = session.project, session.stack
    if project is None or stack is None:
        return None
    return Order(
        project=str(project.path.absolute()),
        out=str(out.absolute()),
        layout=layout,
        lang=lang,
        words=current(),
        shown=shown,
        plan=stack.plan,
        teams=None if stack.teams is None else tuple(stack.teams),
        hidden=tuple(layer.name for layer in stack.layers if not layer.visible),
    )


def _tidy(folder: Path, number: int) -> None:
    """Remove what a process that was killed has not finished; see `geo.files.replacing`."""
    for left in folder.glob(f".*.new-{number}*"):
        left.unlink(missing_ok=True)
