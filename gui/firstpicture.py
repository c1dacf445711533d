"""The picture that a project opens with, kept beside it when it is closed: one sees the map before it is read."""

from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage

from geo.language import current
from gui.canvas import Canvas
from gui.files import Files

QUALITY = 90


class FirstPicture(QObject):
    """Show at once what the map showed when the project was closed, as long as its file is still the same.

    Parameters
    ----------
    canvas
        What shows the picture until the map itself is drawn.
    files
        Who opens projects.
    """

    def __init__(self, canvas: Canvas, files: Files) -> None:
        super().__init__(canvas)
        self._canvas, self._files, self._session = canvas, files, canvas.session
        files.opening.connect(self._on_opening)
        self._session.closed.connect(self._keep)

    def _on_opening(self, _name: str) -> None:
        path = self._files.coming
        # Now, as whoever opens the file may change its state; the picture only once the window has its final size.
        state = None if path is None or self._session.project is not None else _state(path)
        QTimer.singleShot(0, self, lambda: self._show(path, state))

    def _show(self, path: Path | None, state: str | None) -> None:
        """Show the picture of the project that is being opened, if there is one; else what there is no use for goes."""
        canvas = self._canvas
        canvas.still = QImage() if path is None or state is None else QImage(str(self._file(path, state)))
        canvas.still.setDevicePixelRatio(canvas.devicePixelRatioF())
        canvas.update()

    def _keep(self, path: Path) -> None:
        image, state = self._canvas.picture.last, _state(path)
        folder = path.with_suffix(".cache")
        try:
            for old in folder.glob("first-*.jpg"):
                old.unlink()
            if image is not None and state is not None:
                folder.mkdir(exist_ok=True)
                image.save(str(self._file(path, state)), quality=QUALITY)
        except OSError:
            pass  # where nothing may be written one waits for the map

    def _file(self, path: Path, state: str) -> Path:
        """Return where the picture of a project in a state lies, as the window would show it now."""
        size = self._canvas.size() * self._canvas.devicePixelRatioF()
        look = f"{self._session.settings.map_style}-{current()}-{size.width()}x{size.height()}"
        return path.with_suffix(".cache") / f"first-{look}-{state}.jpg"


def _state(path: Path) -> str | None:
    """Return what another state of a file would differ in; None while changes lie in the log beside it alone."""
    log = path.with_name(path.name + "-wal")
    try:
        if log.exists() and log.stat().st_size:
            return None
        state = path.stat()
    except OSError:
        return None
    return f"{state.st_size}-{state.st_mtime_ns}"
