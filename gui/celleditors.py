"""The editors of cells: a list of choices or a line of text, which does not let go of what the column cannot hold."""

from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QBrush, QColor, QIcon, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from geo.errors import XunluError
from geo.model import Column
from gui import table, theme
from gui.tablemodel import LEFT, RIGHT, ColumnRole, Index, SitesModel

CHOSEN = QBrush(QColor("#e3f0f4"))
"""The ground of the row of a selected site, where its cells are not selected themselves."""

WRONG = "border: 1px solid #b3261e; background: #fdf1f0;"

MOVES = {Qt.Key.Key_Return: (1, 0), Qt.Key.Key_Enter: (1, 0), Qt.Key.Key_Tab: (0, 1), Qt.Key.Key_Backtab: (0, -1)}
"""Where the cursor goes, by rows and columns, after the key that ends an edit; Shift goes the other way."""

TIP_MS = 8000


class CellDelegate(QStyledItemDelegate):
    """Draw the cells and edit them.

    Enter and Tab take what was typed and go on to the next cell, Escape leaves the cell as it was, and Ctrl+Enter asks
    for the value in all selected rows (`wanted_in_all`). What the column cannot hold stays in the editor, framed red.
    """

    moved = Signal(int, int)
    wanted_in_all = Signal(object, object)

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        self._column: Column | None = None
        self.editor: QWidget | None = None

    # Drawing

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Say how a cell looks, in one call where Qt would ask the model seven times."""
        model = index.model()
        if not isinstance(model, SitesModel) or model.sheet is None:
            super().initStyleOption(option, index)
            return
        column, position = model.columns[index.column()], model.position(index.row())
        text, stands_in = model.shown(column, position)
        option.index = model.index(index.row(), index.column())
        option.text = text
        features = QStyleOptionViewItem.ViewItemFeature.HasDisplay
        option.displayAlignment = RIGHT if table.is_number(column) else LEFT
        if column.name == "status":
            icon = model.status_icon(model.sheet.value("status", position))
            if icon is not None:
                option.icon = icon
                option.decorationSize = icon.actualSize(option.decorationSize, QIcon.Mode.Normal)
                features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
        option.features |= features
        if stands_in:
            option.palette.setColor(option.palette.ColorRole.Text, theme.QUIET)
        if model.is_chosen(index.row()):
            option.backgroundBrush = CHOSEN

    # Editing

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Return the editor of a cell."""
        column, model = index.data(ColumnRole), index.model()
        self._column = column if isinstance(column, Column) else None
        pairs = model.pairs.get(column.name) if isinstance(model, SitesModel) and isinstance(column, Column) else None
        if not pairs:
            line = QLineEdit(parent)
            line.setFrame(False)
            line.setAccessibleName(column.title())
            line.textEdited.connect(lambda _text: self._clear(line))
            self.editor = line
            return line
        combo = QComboBox(parent)
        combo.setAccessibleName(column.title())
        for value, title in pairs:
            combo.addItem(title, value)
        combo.activated.connect(lambda _row: self._take(combo))
        self.editor = combo
        return combo

    def destroyEditor(self, editor: QWidget, index: Index) -> None:
        """Forget the editor."""
        if editor is self.editor:
            self.editor = None
            QToolTip.hideText()
        super().destroyEditor(editor, index)

    def _take(self, editor: QWidget) -> None:
        self.commitData.emit(editor)
        self.closeEditor.emit(editor)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Show the cell's value in the editor."""
        value = index.data(Qt.ItemDataRole.EditRole)
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(value))
        elif isinstance(editor, QLineEdit) and not editor.isModified():
            editor.setText(str(value))

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        """Hand what was typed or chosen to the model, which checks it."""
        if not isinstance(model, SitesModel):
            return
        if isinstance(editor, QComboBox):
            if editor.currentIndex() >= 0:
                model.setData(index, editor.currentData())
        elif isinstance(editor, QLineEdit) and editor.text() != str(index.data(Qt.ItemDataRole.EditRole)):
            model.setData(index, editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Let the editor fill its cell; a list of choices may be wider, so that it can be read."""
        super().updateEditorGeometry(editor, option, index)
        rect = option.rect
        if isinstance(editor, QComboBox):
            rect.setWidth(max(rect.width(), min(editor.sizeHint().width(), 260)))
        editor.setGeometry(rect)

    # Keys

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """End the edit with the keys of a spreadsheet, but not while the value is wrong."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and isinstance(editor, QWidget):
            key, modifiers = Qt.Key(event.key()), event.modifiers()
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and modifiers & Qt.KeyboardModifier.ControlModifier:
                self._ask_in_all(editor)
                return True
            if key in MOVES:
                self._end(editor, key, back=bool(modifiers & Qt.KeyboardModifier.ShiftModifier))
                return True
        if event.type() == QEvent.Type.FocusOut and editor is self.editor and not self.check():
            return False
        return super().eventFilter(editor, event)

    def _end(self, editor: QWidget, key: Qt.Key, *, back: bool) -> None:
        if not self.check():
            return
        self._take(editor)
        down, right = MOVES[key]
        if back and key != Qt.Key.Key_Backtab:
            down, right = -down, -right
        # Once the editor is gone: the view has the keyboard again then.
        QTimer.singleShot(0, self, lambda: self.moved.emit(down, right))

    def _ask_in_all(self, editor: QWidget) -> None:
        if not self.check() or self._column is None:
            return
        value, column = self._typed(editor), self._column
        self.closeEditor.emit(editor)
        self.wanted_in_all.emit(column, value)

    def check(self) -> bool:
        """Return whether the open editor, if there is one, holds what its column can; say in a tip what is wrong."""
        editor, model = self.editor, self._view.model()
        if editor is None or self._column is None or not isinstance(model, SitesModel):
            return True
        try:
            model.read(self._column, self._typed(editor))
        except XunluError as error:
            editor.setStyleSheet(WRONG)
            text = f"{error.message}\n{error.hint}" if error.hint else error.message
            editor.setAccessibleDescription(text)
            QToolTip.showText(editor.mapToGlobal(QPoint(0, editor.height())), text, editor, editor.rect(), TIP_MS)
            return False
        return True

    def _typed(self, editor: QWidget) -> Any:
        return editor.currentData() if isinstance(editor, QComboBox) else getattr(editor, "text", str)()

    def _clear(self, editor: QWidget) -> None:
        if editor.styleSheet():
            editor.setStyleSheet("")
            editor.setAccessibleDescription("")
            QToolTip.hideText()
