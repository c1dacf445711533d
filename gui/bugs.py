"""The one dialog for what should not happen: it says that nothing is lost and gives the report to pass on."""

import sys
import traceback
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QThread
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from geo.language import tr


class BugDialog(QDialog):
    """Show a bug with its traceback."""

    def __init__(self, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Xunlu has a fault"))
        self.report = report
        words = QLabel(
            tr(
                "Something went wrong that should not. Every change made before it is on disk already. "
                "You can go on working; please pass the report below on to whoever looks after the program."
            )
        )
        words.setWordWrap(True)
        text = QPlainTextEdit(report)
        text.setReadOnly(True)
        text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        text.setAccessibleName(tr("Report"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = QPushButton(tr("&Copy the report"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(report))
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (words, text, buttons):
            column.addWidget(widget)
        self.resize(640, 420)


_open: list[BugDialog] = []


def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Write a bug to stderr and show it; while one is shown, the next ones are only written."""
    report = "".join(traceback.format_exception(kind, error, trace))
    sys.stderr.write(report)
    app = QCoreApplication.instance()
    if issubclass(kind, KeyboardInterrupt):
        sys.exit(130)
    if _open or not isinstance(app, QApplication) or QThread.currentThread() is not app.thread():
        return
    dialog = BugDialog(report, QApplication.activeWindow())
    _open.append(dialog)
    dialog.finished.connect(lambda _result: _open.clear())
    dialog.open()


def install() -> None:
    """Let every unexpected error end in the dialog."""
    sys.excepthook = show
