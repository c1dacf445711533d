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
        files.opening.connect(lambda _name: QTimer.singleShot(0, self, self._show))
        self._session.closed.connect(self._keep)

    def _show(self) -> None:
        """Show the picture of the project that is being opened, if there is one; else what there is no use for goes."""
        path, canvas = self._files.coming, self._canvas
        is_first = path is not None and self._session.project is None
        canvas.still = QImage(str(_file(path, self._look()))) if is_first and path is not None else QImage()
        canvas.still.setDevicePixelRatio(canvas.devicePixelRatioF())
        canvas.update()

    def _keep(self, path: Path) -> None:
        image = self._canvas.picture.last
        folder = path.with_suffix(".cache")
        for old in folder.glob("first-*.jpg"):
            old.unlink(missing_ok=True)
        if image is None or path.with_name(path.name + "-wal").exists():
            return
        try:
            folder.mkdir(exist_ok=True)
        except OSError:
            return  # in a folder where nothing may be written one waits for the map
        image.save(str(_file(path, self._look())), quality=QUALITY)

    def _look(self) -> str:
        """Return what a picture must agree with besides the data."""
        size = self._canvas.size() * self._canvas.devicePixelRatioF()
        return f"{self._session.settings.map_style}-{current()}-{size.width()}x{size.height()}"


def _file(path: Path, look: str) -> Path:
    """Return where the picture of a project lies; its name says of which state of the file it is."""
    try:
        state = path.stat()
    except OSError:
        return path.with_suffix(".cache") / "none"
    return path.with_suffix(".cache") / f"first-{look}-{state.st_size}-{state.st_mtime_ns}.jpg"
