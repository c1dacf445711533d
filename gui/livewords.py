"""What a move by hand would do, in words beside the mouse, while it is being made."""

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from geo.language import tr

if TYPE_CHECKING:
    from geo.planning.byhand.moved import Moved

AWAY_PX = 18
MOST_FAULTS = 7
WIDE_PX = 380


class LiveWords(QLabel):
    """A note over the window that stays beside the mouse.

    Parameters
    ----------
    window
        What it lies over.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setMaximumWidth(WIDE_PX)
        self.setMargin(6)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.ToolTipBase)
        self.setForegroundRole(QPalette.ColorRole.ToolTipText)
        self.setFrameShape(QFrame.Shape.Box)
        self.hide()

    def show_move(self, moved: "Moved | None", at: QPoint) -> str:
        """Show what a move would do beside a point of the screen, and return it in one line.

        None says that it is still being worked out.
        """
        if moved is None:
            self.setText(escape(tr("Working out the travel times …")))
            line = tr("Working out the travel times …")
        else:
            self.setText(as_html(moved))
            line = moved.text()
        self.adjustSize()
        self._stand_beside(self._window.mapFromGlobal(at))
        self.show()
        self.raise_()
        return line

    def _stand_beside(self, at: QPoint) -> None:
        """Stand right below the mouse, or above or left of it where there is no room; never under it."""
        room = self._window.rect()
        x, y = at.x() + AWAY_PX, at.y() + AWAY_PX
        if x + self.width() > room.right():
            x = max(at.x() - AWAY_PX - self.width(), 0)
        if y + self.height() > room.bottom():
            y = max(at.y() - AWAY_PX - self.height(), 0)
        self.move(x, y)


def as_html(moved: "Moved") -> str:
    """Return what a move would do as lines: figures, then every rule broken after a sign of warning."""
    if not moved.is_change:
        return escape(tr("No change"))
    figures, faults = moved.figures(), moved.faults()
    more = len(faults) - MOST_FAULTS
    lines = [f"<b>{escape(line)}</b>" if number == len(figures) - 1 else escape(line)
             for number, line in enumerate(figures)]  # fmt: skip
    lines += [f"⚠ {escape(fault)}" for fault in faults[:MOST_FAULTS]]
    if more > 0:
        lines.append(escape(tr("… and {number} more", number=more)))
    if not moved.broken:
        lines.append(f"✓ {escape(tr('breaks no further rule'))}")
    return "<br>".join(lines)
