"""The page of a layout on the screen: the last one drawn, at once, and the next as soon as it is finished."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from geo.language import tr
from gui import theme

EDGE_PX = 14
SHADOW = QColor(0, 0, 0, 40)


class _Sheet(QWidget):
    """The paper with its shadow."""

    def __init__(self) -> None:
        super().__init__()
        self.image = QImage()
        self.stale = False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the page, paler while a newer one is being drawn."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        page = QRectF(self.rect()).adjusted(EDGE_PX, EDGE_PX, -EDGE_PX, -EDGE_PX)
        painter.fillRect(page.translated(3, 3), SHADOW)
        painter.fillRect(page, theme.PAPER)
        if not self.image.isNull():
            painter.setOpacity(0.55 if self.stale else 1.0)
            painter.drawImage(page, self.image)
            painter.setOpacity(1.0)
        painter.setPen(QPen(theme.LINE, 1))
        painter.drawRect(page)


class LayoutPreview(QScrollArea):
    """Show a page, fitted or in its size on paper; page up and down turn the pages."""

    turned = Signal(int)
    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet = _Sheet()
        self._aspect = 1.4
        self._width_px = 0.0
        self.setWidget(self._sheet)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setBackgroundRole(self.backgroundRole())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(QSize(320, 240))
        self.setAccessibleName(tr("Preview of the page"))
        self.setAccessibleDescription(tr("Page up and page down turn the pages, arrow keys move a large page."))

    @property
    def image(self) -> QImage:
        """Return the page on the screen; a null image before the first."""
        return self._sheet.image

    @property
    def is_stale(self) -> bool:
        """Return whether a newer page is being drawn."""
        return self._sheet.stale

    def set_paper(self, width: float, height: float, *, actual: bool) -> None:
        """Take the size of the paper in logical pixels at 96 to the inch, shown at that size or fitted."""
        self._aspect = width / height
        self._width_px = width if actual else 0.0
        self._place()

    def page_width(self) -> float:
        """Return how wide the page is on the screen, in logical pixels."""
        return max(self._sheet.width() - 2.0 * EDGE_PX, 10.0)

    def show_page(self, image: QImage) -> None:
        """Show a page that was drawn."""
        self._sheet.image = image
        self._sheet.stale = False
        self._sheet.update()

    def wait(self) -> None:
        """Show that the page on the screen is not the newest."""
        self._sheet.stale = True
        self._sheet.update()

    def _place(self) -> None:
        room = self.viewport().size()
        wide = self._width_px or min(room.width() - 2.0 * EDGE_PX, (room.height() - 2.0 * EDGE_PX) * self._aspect)
        wide = max(wide, 120.0)
        self._sheet.resize(round(wide + 2 * EDGE_PX), round(wide / self._aspect + 2 * EDGE_PX))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the page into the new room."""
        super().resizeEvent(event)
        if not self._width_px:
            self._place()
            self.resized.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn the pages."""
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.turned.emit(1 if event.key() == Qt.Key.Key_PageDown else -1)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn the pages of a fitted preview; move a large page."""
        if self._width_px:
            super().wheelEvent(event)
        elif event.angleDelta().y():
            self.turned.emit(-1 if event.angleDelta().y() > 0 else 1)
            event.accept()
