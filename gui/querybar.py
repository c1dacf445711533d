"""The line that selects by an expression: it offers what can come next, says what is wrong, and counts."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from geo.errors import XunluError
from geo.language import tr
from gui import theme
from gui.chooser import Chooser
from gui.selectbar import SelectBar

if TYPE_CHECKING:
    from geo.query.suggest import Suggestion
    from gui.chooser import Mask


class ExpressionLine(QLineEdit):
    """A line whose completer knows what can come next; Enter is left to whoever holds the line.

    Parameters
    ----------
    suggest
        Returns what may follow the text before the cursor.
    """

    def __init__(self, suggest: "Callable[[str], list[Suggestion]]", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._suggest = suggest
        self._offered: list[Suggestion] = []
        self._model = QStringListModel(self)
        self.offers = QCompleter(self._model, self)
        self.offers.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.offers.setMaxVisibleItems(12)
        self.offers.setWidget(self)
        self.offers.activated.connect(self._take)
        self.textEdited.connect(lambda _text: self.offer())

    def offer(self) -> None:
        """Show what may come next, if the cursor stands at the end."""
        at_end = self.cursorPosition() == len(self.text())
        self._offered = self._suggest(self.text()) if at_end else []
        popup = self.offers.popup()
        if popup is None or not self._offered:
            if popup is not None:
                popup.hide()
            return
        self._model.setStringList([one.shown for one in self._offered])
        box = self.cursorRect()
        start = self._offered[0].start
        box.translate(-self.fontMetrics().horizontalAdvance(self.text()[start:]), 0)
        box.setWidth(popup.sizeHintForColumn(0) + 40)
        self.offers.complete(box)

    def _take(self, shown: str) -> None:
        for one in (each for each in self._offered if each.shown == shown):
            self.setText(f"{self.text()[: one.start]}{one.text} ")
            self.textEdited.emit(self.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Offer with Ctrl+Space or the down key; leave Enter and Escape to the completer, then to the bar."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.ignore()
        elif event.key() == Qt.Key.Key_Down or (
            event.key() == Qt.Key.Key_Space and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self.offer()
        else:
            super().keyPressEvent(event)


def examples() -> str:
    """Return expressions to learn from, one a line."""
    return "\n".join(
        (
            tr("risk = high AND due < today + 7"),
            tr("kind IN (school, hospital) OR name CONTAINS 'park'"),
            tr("open_findings > 0 AND NOT overdue"),
            tr("done_count < target_count OR queue BETWEEN 10 AND 50 OR phone IS EMPTY"),
        )
    )


class QueryBar(SelectBar):
    """Select by an expression over the columns of the sites; `keep_wanted` asks to keep it under a name.

    Parameters
    ----------
    chooser
        Finds the sites.
    """

    keep_wanted = Signal(str)

    def __init__(self, chooser: Chooser, parent: QWidget | None = None) -> None:
        self.line = ExpressionLine(self._suggest)
        super().__init__(chooser, self.line, parent)
        self.title.setText(tr("Sites where:"))
        self.line.setAccessibleName(tr("Condition"))
        self.line.setAccessibleDescription(tr("Down offers what can come next; Enter selects, Shift+Enter adds."))
        self.line.setPlaceholderText(tr("for example  risk = high AND due_date < today + 7"))
        self.line.setClearButtonEnabled(True)
        self.line.setToolTip(examples())
        self.line.textChanged.connect(lambda _text: self.ask_soon())
        self.keep = QAction(theme.icon("keep"), tr("Keep the condition under a name"), self.line)
        self.keep.triggered.connect(lambda _on=False: self.keep_wanted.emit(self.line.text()))
        self.line.addAction(self.keep, QLineEdit.ActionPosition.TrailingPosition)
        chooser.session.edited.connect(lambda _edit: self._follow())
        chooser.session.assessed.connect(self._follow)

    @property
    def text(self) -> str:
        """Return the expression typed."""
        return self.line.text().strip()

    def _follow(self) -> None:
        if not self.isHidden():
            self.ask_soon()

    def _suggest(self, text: str) -> "list[Suggestion]":
        from geo.query.suggest import suggest

        if self.chooser.session.project is None:
            return []
        return suggest(text, self.chooser.fields(), self.chooser.session.day)

    def work(self) -> "Callable[[], Mask]":
        """Return what finds the sites that fulfil the expression; QueryError if it cannot be read."""
        return self.chooser.where(self.text)

    def ask(self, then: "Callable[[Mask], None] | None" = None) -> None:
        """Count what is found now, and hand it over; of nothing typed nothing is said."""
        self.keep.setEnabled(bool(self.text) and self.chooser.session.can_write)
        if not self.text:
            self._timer.stop()
            self.found.setText("")
            self._let_through(False)
            return
        super().ask(then)

    def show_problem(self, error: XunluError) -> None:
        """Say what is wrong; quietly while something is only missing at the end."""
        super().show_problem(error)
        from geo.query.errors import QueryError

        if isinstance(error, QueryError) and error.start >= len(self.text):
            self.found.setStyleSheet(f"color: {theme.QUIET.name()}")
