"""Qt without a window: what painting a picture on the command line needs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtGui import QGuiApplication

from layers.fonts import load_fonts


@contextmanager
def application() -> Iterator[QGuiApplication]:
    """Give the Qt application there is, or one that needs no display, with the program's font."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QGuiApplication.instance() or QGuiApplication(["xunlu"])
    if not isinstance(app, QGuiApplication):
        raise TypeError("a Qt application without graphics is running")
    load_fonts()
    yield app
