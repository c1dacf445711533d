"""The panel of the timeline: the plan that is shown along the hours, with its zoom and a line of words."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from geo.errors import XunluError
from geo.language import tr
from geo.progress import Report
from gui.livedesk import MADE_FROM, LiveDesk
from gui.planpanel import PlanPanel
from gui.session import Session
from gui.timelineview import ZOOM, TimelineView

if TYPE_CHECKING:
    from geo.planning.byhand.moved import Moved
    from geo.planning.plans.timeline import Timeline
    from geo.store.edits import Edit

MINUTE_MS = 60_000


class TimelinePanel(QWidget):
    """Show the plan of the plan panel along the hours; stops are moved on a desk, then as one edit.

    `trying` and `tried` are those of `TimelineView`; `site_opened` tells a site that is to be shown.
    """

    trying = Signal(object, QPoint)
    tried = Signal()
    menu_wanted = Signal(QPoint)
    site_opened = Signal(str)

    def __init__(self, session: Session, plan: PlanPanel, desk: LiveDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.plan, self.desk = session, plan, desk
        self.view = TimelineView(desk.tried)
        self.note = QLabel()
        self.note.setObjectName("quiet")
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.note.setIndent(8)
        self._asked, self._is_stale, self._telling = 0, True, False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._load)
        self._clock = QTimer(self)
        self._clock.setInterval(MINUTE_MS)
        self._clock.timeout.connect(self._show_now)
        self._day: date | None = None
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 2, 6, 2)
        head.setSpacing(2)
        head.addWidget(self.note, 1)
        for text, name, act in (
            ("−", tr("Show more hours (minus)"), lambda: self.view.zoom(1 / ZOOM)),
            ("+", tr("Show fewer hours (plus)"), lambda: self.view.zoom(ZOOM)),
            ("↔", tr("Show the whole day (0)"), self.view.fit),
        ):
            button = QToolButton()
            button.setText(text)
            button.setToolTip(name)
            button.setAccessibleName(name)
            button.setAutoRaise(True)
            button.clicked.connect(lambda _on=False, act=act: act())
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        self.setFocusProxy(self.view)
        self._tell_how()

    def _tell_how(self) -> None:
        text = tr("Drag stops along the hours or to another team; arrows choose, Ctrl+arrows move, Shift adds")
        self.note.setText(text if self.plan.plan_id else tr("No plan is shown"))
        self.note.setToolTip(self.note.text())

    def _connect(self) -> None:
        session, view = self.session, self.view
        self.plan.changed.connect(self._on_plan)
        session.edited.connect(self._on_edit)
        session.released.connect(self._drop)
        session.selection.changed.connect(self._follow_selection)
        view.chosen.connect(self._tell_chosen)
        view.trying.connect(self._on_trying)
        view.tried.connect(self._on_tried)
        view.move_wanted.connect(self.desk.move)
        view.menu_wanted.connect(self.menu_wanted)
        view.opened.connect(self.site_opened)

    def showEvent(self, event: QShowEvent) -> None:
        """Load the plan once it is looked at."""
        super().showEvent(event)
        self.desk.prepare()
        self._later.start()

    # Following

    def _on_plan(self) -> None:
        timeline_plan = self._shown_plan
        self.view.faults = self.plan.faults
        self.view.can_write = self.session.can_write
        self.view.viewport().update()
        if timeline_plan != self.plan.plan_id:
            self._is_stale = True
            self.desk.follow()
            if self.isVisible():
                self._later.start()

    def _on_edit(self, edit: "Edit") -> None:
        if edit.tables() & (MADE_FROM | {"inspections"}):
            self._is_stale = True
            if self.isVisible():
                self._later.start()

    def _drop(self) -> None:
        self._asked += 1
        self._is_stale = True
        self._shown_plan = ""
        self.view.show_timeline(None)

    _shown_plan = ""

    def _load(self) -> None:
        project, plan = self.session.project, self.plan.plan_id
        if not self._is_stale or project is None:
            return
        self._is_stale, self._shown_plan = False, plan
        self._tell_how()
        if not plan:
            self.view.show_timeline(None)
            return
        tables = project.snapshot()
        self._asked += 1
        asked = self._asked

        def work(_report: Report) -> "Timeline":
            from geo.planning.plans.timeline import timeline

            return timeline(tables, plan)

        def fail(error: XunluError) -> None:
            self.note.setText(error.message)

        self.session.jobs.start(work, lambda timeline: self._show(asked, timeline), fail)

    def _show(self, asked: int, timeline: "Timeline") -> None:
        # What was asked before the last change no longer counts.
        if asked != self._asked or self.session.stack is None:
            return
        self._day = timeline.day
        self.view.colour = self.session.stack.team_colour
        self.view.faults = self.plan.faults
        self.view.show_timeline(timeline)
        self._show_now()
        self._follow_selection()

    def _show_now(self) -> None:
        """Draw the present moment where the plan is that of the clock's day."""
        now = datetime.now()  # noqa: DTZ005  the user's own clock
        is_today = self._day == now.date() and self.session.day == now.date()
        self.view.now_s = now.hour * 3600.0 + now.minute * 60 if is_today else None
        self._clock.stop()
        if is_today:
            self._clock.start()
        self.view.viewport().update()

    # Choosing

    def _tell_chosen(self, sites: list[str], current: str) -> None:
        self._telling = True
        if sites:
            self.session.selection.choose(set(sites), current=current)
        else:
            self.session.selection.clear()
        self._telling = False

    def _follow_selection(self) -> None:
        if not self._telling:
            chosen = self.session.selection
            known = {bar.site for line in self.view.lines for bar in line.bars}
            self.view.choose_sites({site for site in known if site in chosen.ids}, chosen.current)

    # Trying

    def _on_trying(self, moved: "Moved | None", at: QPoint) -> None:
        self.view.preview(moved, self.desk.desk)
        self.trying.emit(moved, at)

    def _on_tried(self) -> None:
        self.tried.emit()
