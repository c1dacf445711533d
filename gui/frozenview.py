"""A table view whose first columns stay where they are while the others scroll sideways.

The cells that stay are painted over those that scroll below them, and the view finds them there again: so there is one
view, one selection, one cursor and one editor. Qt's own example puts a second view on top, where dragging, the keyboard
and editors end at its edge.
"""

from PySide6.QtCore import (
    QAbstractItemModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    Qt,
)
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyle, QStyleOptionViewItem, QTableView, QWidget

from gui import theme

Index = QModelIndex | QPersistentModelIndex

ROOM_PX = 140
"""So much stays for the columns that scroll, whatever is frozen."""


class FrozenHeader(QHeaderView):
    """The headings of such a table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.frozen = 0
        """How many of the columns shown, from the first, stay."""
        self._shift = 0

    def staying(self) -> list[int]:
        """Return the columns that stay, from the left, by their logical number; fewer where the room is short."""
        found: list[int] = []
        width = 0
        if not self.frozen or not self.offset():
            return found
        for visual in range(self.count()):
            logical = self.logicalIndex(visual)
            if self.isSectionHidden(logical):
                continue
            width += self.sectionSize(logical)
            if len(found) == self.frozen or width > self.viewport().width() - ROOM_PX:
                break
            found.append(logical)
        return found

    def width_staying(self) -> int:
        """Return how wide the columns that stay are, in pixels."""
        return sum(self.sectionSize(logical) for logical in self.staying())

    def section_at(self, x: int) -> int:
        """Return the column whose heading is seen at a place, -1 for none."""
        return self.logicalIndexAt(x + self._shift_at(x))

    def _shift_at(self, x: float) -> int:
        return -self.offset() if x < self.width_staying() else 0

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the headings that stay over the others."""
        super().paintEvent(event)
        staying = self.staying()
        if not staying:
            return
        painter = QPainter(self.viewport())
        x = 0
        for logical in staying:
            size = self.sectionSize(logical)
            painter.save()
            self.paintSection(painter, QRect(x, 0, size, self.height()), logical)
            painter.restore()
            x += size
        painter.setPen(QPen(theme.QUIET, 1))
        painter.drawLine(x - 1, 0, x - 1, self.height())
        painter.end()

    # The mouse finds the headings that stay where they are seen.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin with the heading seen."""
        self._shift = self._shift_at(event.position().x())
        super().mousePressEvent(self._moved(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the heading that was pressed."""
        if event.buttons() == Qt.MouseButton.NoButton:
            self._shift = self._shift_at(event.position().x())
        super().mouseMoveEvent(self._moved(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End with the heading that was pressed."""
        super().mouseReleaseEvent(self._moved(event))
        self._shift = 0

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take the heading seen."""
        self._shift = self._shift_at(event.position().x())
        super().mouseDoubleClickEvent(self._moved(event))

    def _moved(self, event: QMouseEvent) -> QMouseEvent:
        if not self._shift:
            return event
        return QMouseEvent(
            event.type(),
            event.position() + QPointF(self._shift, 0),
            event.globalPosition(),
            event.button(),
            event.buttons(),
            event.modifiers(),
        )


class FrozenView(QTableView):
    """Show a table whose first columns stay."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heads = FrozenHeader(self)
        self.heads.setSectionsClickable(True)
        self.setHorizontalHeader(self.heads)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalScrollBar().valueChanged.connect(self._repaint)
        self.heads.sectionResized.connect(self._repaint)
        self.heads.sectionMoved.connect(self._repaint)

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Show a model; the headings do not follow its selection.

        To paint a heading Qt would ask for the flags of every cell of a column that is selected whole.
        """
        super().setModel(model)
        if model is not None:
            self.heads.setSelectionModel(QItemSelectionModel(model, self.heads))

    def freeze(self, count: int) -> None:
        """Let so many columns, from the first shown, stay; none with 0."""
        self.heads.frozen = count
        self._repaint()

    def _repaint(self) -> None:
        self.viewport().update()
        self.heads.viewport().update()

    # Where cells are

    def indexAt(self, pos: QPoint) -> QModelIndex:
        """Return the cell seen at a place."""
        if pos.x() < 0:
            return super().indexAt(pos)
        x = 0
        for logical in self.heads.staying():
            x += self.heads.sectionSize(logical)
            if pos.x() < x:
                row = self.rowAt(pos.y())
                return self.model().index(row, logical) if row >= 0 else QModelIndex()
        return super().indexAt(pos)

    def visualRect(self, index: Index) -> QRect:
        """Return where a cell is seen."""
        rect = super().visualRect(index)
        x = 0
        for logical in self.heads.staying():
            if logical == index.column():
                return QRect(x, rect.y(), rect.width(), rect.height())
            x += self.heads.sectionSize(logical)
        return rect

    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Bring a cell in sight, beside the columns that stay."""
        bar = self.horizontalScrollBar()
        before = bar.value()
        stays = index.column() in self.heads.staying()
        super().scrollTo(index, hint)
        if stays:
            bar.setValue(before)
            return
        covered = self.heads.width_staying() - super().visualRect(index).left()
        if covered > 0 and index.column() not in self.heads.staying():
            bar.setValue(bar.value() - covered)

    def visualRegionForSelection(self, selection: object) -> QRegion:  # noqa: ARG002  Qt's signature
        """Return what is repainted when the selection changes: all that is seen, since cells are seen elsewhere."""
        return QRegion(self.viewport().rect())

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells that stay over the others."""
        super().paintEvent(event)
        staying, model = self.heads.staying(), self.model()
        if not staying or not model.rowCount():
            return
        first, last = self.rowAt(event.rect().top()), self.rowAt(event.rect().bottom())
        first, last = max(first, 0), last if last >= 0 else model.rowCount() - 1
        painter = QPainter(self.viewport())
        x = 0
        for logical in staying:
            width = self.heads.sectionSize(logical)
            for row in range(first, last + 1):
                rect = QRect(x, self.rowViewportPosition(row), width, self.rowHeight(row))
                self._paint_cell(painter, rect, model.index(row, logical))
            x += width
        end = self.rowViewportPosition(last) + self.rowHeight(last)
        painter.setPen(QPen(theme.LINE, 1))
        painter.drawLine(x - 1, 0, x - 1, end)
        painter.end()

    def _paint_cell(self, painter: QPainter, rect: QRect, index: QModelIndex) -> None:
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        option.rect = rect
        colours = option.palette
        is_tinted = index.row() % 2 and self.alternatingRowColors()
        painter.fillRect(rect, colours.color(colours.ColorRole.AlternateBase if is_tinted else colours.ColorRole.Base))
        if self.selectionModel().isSelected(index):
            option.state |= QStyle.StateFlag.State_Selected
        if self.hasFocus() and index == self.currentIndex():
            option.state |= QStyle.StateFlag.State_HasFocus
        group = option.palette.ColorGroup
        option.palette.setCurrentColorGroup(
            group.Active if self.isActiveWindow() and self.hasFocus() else group.Inactive
        )
        if not self.hasFocus():
            option.state &= ~QStyle.StateFlag.State_Active
        self.itemDelegateForIndex(index).paint(painter, option, index)
