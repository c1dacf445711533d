"""The line in which a person types what to find on the map: a name, code, address or initials of its pinyin."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPalette, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QCompleter,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from geo.language import tr
from geo.model import TABLES
from gui import theme
from gui.session import Session
from gui.slices import Slices

if TYPE_CHECKING:
    from geo.search.finding import Found

PAUSE_MS = 120
"""After so long without a key the search begins."""

MOST = 20
WIDTH_PX, LIST_PX = 250, 460
Index = QModelIndex | QPersistentModelIndex
FoundRole = Qt.ItemDataRole.UserRole
NoteRole = Qt.ItemDataRole.UserRole + 1


class SearchBar(QLineEdit):
    """Find things of the session's project while the user types, and tell which one is wanted."""

    chosen = Signal(object)
    left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._work = Slices(self)
        self._results: list[Found] = []
        self._model = QStandardItemModel(self)
        self._list = QCompleter(self._model, self)
        self._list.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._list.setWidget(self)
        self._list.setMaxVisibleItems(MOST)
        self._popup = QListView()
        self._list.setPopup(self._popup)
        self._popup.setObjectName("found")
        self._popup.setItemDelegate(_Lines(self))
        self._popup.setAccessibleName(tr("What was found"))
        self._list.activated[QModelIndex].connect(self._on_activated)  # type: ignore[index]
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._search)
        self.setFixedWidth(WIDTH_PX)
        self.setClearButtonEnabled(True)
        self.setPlaceholderText(tr("Search the map (Ctrl+K)"))
        self.setToolTip(tr("Name, code, address or the initials of the pinyin"))
        self.setStatusTip(tr("Type, choose with the arrow keys, Enter goes there"))
        self.setAccessibleName(tr("Search the map"))
        self.addAction(theme.icon("find"), QLineEdit.ActionPosition.LeadingPosition)
        self.textEdited.connect(self._pause.start)
        self.returnPressed.connect(self._on_enter)
        session.opened.connect(self._forget)
        session.released.connect(self._forget)

    def sizeHint(self) -> QSize:
        """Return the room that the corner of the menu bar is to give."""
        return QSize(WIDTH_PX, super().sizeHint().height())

    def begin(self) -> None:
        """Give the keyboard to the line."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()
        if self._results:
            self._show()

    @property
    def results(self) -> "list[Found]":
        """Return what was found for the text, the best first."""
        return self._results

    @property
    def is_searching(self) -> bool:
        """Return whether more may be found."""
        return self._pause.isActive() or self._work.is_busy

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Empty the line with Escape; a second Escape gives the keyboard back to the map."""
        if event.key() == Qt.Key.Key_Escape:
            if self.text():
                self.clear()
                self._forget()
            else:
                self.left.emit()
        elif event.key() == Qt.Key.Key_Down and self._results:
            self._show()
        else:
            super().keyPressEvent(event)

    def _search(self) -> None:
        self._pause.stop()
        if self.session.project is None:
            return
        from geo.search import finding

        steps = finding.search(self.session.project.snapshot(), self.text())
        self._work.start(self._keep(steps), self._show)

    def _keep(self, steps: "Iterator[list[Found]]") -> Iterator[None]:
        for self._results in steps:
            yield

    def _show(self) -> None:
        self._model.clear()
        for found in self._results:
            item = QStandardItem(found.title)
            item.setData(found, FoundRole)
            item.setData("  ".join(text for text in (_kind(found), found.note) if text), NoteRole)
            self._model.appendRow(item)
        if not self._results and self.text().strip():
            nothing = QStandardItem(tr("Nothing is called that"))
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self._model.appendRow(nothing)
        if not self._model.rowCount() or not self.hasFocus():
            self._popup.hide()
            return
        self._popup.setFixedWidth(LIST_PX)
        self._list.complete()
        self._popup.move(self.mapToGlobal(self.rect().bottomRight()).x() - LIST_PX, self._popup.y())
        if self._results:
            self._popup.setCurrentIndex(self._list.completionModel().index(0, 0))

    def _on_enter(self) -> None:
        if self._pause.isActive():
            self._search()
        elif self._results and not self._popup.isVisible():
            self._choose(self._results[0])

    def _on_activated(self, index: Index) -> None:
        found = index.data(FoundRole)
        if found is not None:
            self._choose(found)

    def _choose(self, found: "Found") -> None:
        # The completer writes its own text into the line after this.
        QTimer.singleShot(0, self, lambda: self.setText(found.title))
        self._popup.hide()
        self.chosen.emit(found)

    def _forget(self) -> None:
        self._pause.stop()
        self._work.stop()
        self._results = []
        self._popup.hide()


def _kind(found: "Found") -> str:
    return "" if found.table == "sites" else TABLES[found.table].title()


class _Lines(QStyledItemDelegate):
    """Draw what was found with a quiet note beside it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the room of a line: a little air above and below."""
        return super().sizeHint(option, index) + QSize(0, 6)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the title as lists do, the note after it in grey, cut where there is no room."""
        super().paint(painter, option, index)
        look: Any = option  # the types of Qt leave out its fields
        note, metrics = str(index.data(NoteRole) or ""), look.fontMetrics
        room = look.rect.adjusted(metrics.horizontalAdvance(str(index.data())) + 18, 0, -6, 0)
        if not note or room.width() < 30:
            return
        painter.save()
        chosen = bool(look.state & QStyle.StateFlag.State_Selected)
        painter.setPen(look.palette.color(QPalette.ColorRole.HighlightedText) if chosen else theme.QUIET)
        text = metrics.elidedText(note, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.restore()
