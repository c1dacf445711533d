"""The plan that is being worked out, drawn thinly over the map while the search goes on."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF
from PySide6.QtGui import QPainter, QPen, QPolygonF

from gui import theme
from gui.canvas import Canvas
from gui.planpanel import PlanPanel

if TYPE_CHECKING:
    from geo.planning.onlooker import Seen


class Proposal(QObject):
    """Show on the map each better plan of a search, and nothing once it ends."""

    def __init__(self, canvas: Canvas, plan: PlanPanel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._plan = plan
        self._seen: Seen | None = None
        canvas.over.append(self._paint)
        plan.work.seen.connect(self._show)
        plan.work.changed.connect(self._drop)

    def _show(self, seen: "Seen") -> None:
        if self._plan.is_planning:
            self._seen = seen
            self._canvas.update()

    def _drop(self) -> None:
        if self._seen is not None and not self._plan.is_planning:
            self._seen = None
            self._canvas.update()

    def _paint(self, painter: QPainter) -> None:
        stack = self._canvas.session.stack
        if self._seen is None or stack is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for team, xy in self._seen.lines:
            screen = QPolygonF([QPointF(x, y) for x, y in self._canvas.view.world_to_screen(xy).tolist()])
            for colour, width in ((theme.PAPER, 4.0), (stack.team_colour(team), 2.0)):
                painter.setPen(QPen(colour, width))
                painter.drawPolyline(screen)
        painter.restore()
