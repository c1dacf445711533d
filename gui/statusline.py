"""The line at the foot of the window: where the mouse is, the scale, what is selected, and the work going on."""

from PySide6.QtWidgets import QLabel, QProgressBar, QSizePolicy, QStatusBar, QToolButton, QWidget

from geo.language import tr
from gui import theme
from gui.jobs import Job
from gui.paperprocess import PaperProcess
from gui.placelabel import PlaceLabel
from gui.session import Session
from layers.view import View

INCH_M = 0.0254


class StatusLine(QStatusBar):
    """Show hints on the left, facts on the right, and a bar with a way to stop while a job runs."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setSizeGripEnabled(False)
        self._job: Job | PaperProcess | None = None
        self._task = self._hint = ""
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setFixedWidth(260)
        self.progress.setFixedHeight(19)
        self.progress.setAccessibleName(tr("Progress"))
        self.cancel = QToolButton()
        self.cancel.setText(tr("Cancel"))
        self.cancel.setAutoRaise(True)
        self.cancel.clicked.connect(self._stop)
        self.task = QLabel()
        self.task.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.task.setIndent(8)
        self.addWidget(self.task, 1)
        self.place = PlaceLabel(session)
        self.addPermanentWidget(self.place)
        self.scale, self.chosen, self.due = QLabel(), QLabel(), QLabel()
        named = (tr("Scale"), tr("Selected"), tr("Due"))
        for label, name, width in zip((self.scale, self.chosen, self.due), named, (84, 92, 140), strict=True):
            label.setAccessibleName(name)
            label.setMinimumWidth(width)
            label.setIndent(8)
            self.addPermanentWidget(label)
        self.insertPermanentWidget(1, self.progress)
        self.insertPermanentWidget(2, self.cancel)
        self._show_bar(None)
        session.selection.changed.connect(self.refresh)
        session.assessed.connect(self.refresh)
        session.opened.connect(self.refresh)
        self.refresh()

    def follow(self, job: Job | PaperProcess) -> None:
        """Show the progress of a job until it ends."""
        self._show_bar(job)
        job.progressed.connect(self._on_progress)
        job.ended.connect(lambda: self._show_bar(None) if self._job is job else None)

    def show_task(self, text: str) -> None:
        """Show what the mouse does on the map, as long as it does that; nothing where the text is empty."""
        self._task = text
        self._show_left()

    def show_hint(self, text: str) -> None:
        """Show what the mouse tool of the map does, while no task is shown."""
        self._hint = text
        self._show_left()

    def _show_left(self) -> None:
        text = self._task or self._hint
        self.task.setText(text)
        self.task.setToolTip(text)

    def show_place(self, lonlat: tuple[float, float] | None) -> None:
        """Show a place in WGS-84 degrees as the user wants it, or none while the mouse is elsewhere."""
        self.place.show_place(lonlat)

    def show_scale(self, view: View) -> None:
        """Show the scale of the map on this screen."""
        if self.session.stack is None:
            self.scale.setText("")
            return
        ratio = view.ground_scale / (INCH_M / self.logicalDpiX())
        step = 10 ** max(len(str(int(ratio))) - 3, 0)
        self.scale.setText(f"1:{round(ratio / step) * step:,}")

    def refresh(self) -> None:
        """Count the selected, the due and the overdue sites."""
        if self.session.project is None:
            self.chosen.setText("")
            self.due.setText("")
            return
        late = self.session.count_of("overdue", "rectification_overdue")
        self.chosen.setText(tr("{number} selected", number=len(self.session.selection.ids)))
        self.due.setText(tr("{due} due, {late} overdue", due=len(self.session.due), late=late))
        self.due.setToolTip(tr("On {day}, with those due in the next days", day=self.session.day.isoformat()))
        style = f"color: {theme.ALARM.name()}" if late else ""
        if style != self.due.styleSheet():
            # Qt dresses the label anew even where nothing differs.
            self.due.setStyleSheet(style)

    def _on_progress(self, done: float, text: str) -> None:
        self.progress.setValue(round(done * 1000))
        self.progress.setFormat(text)

    def _show_bar(self, job: Job | PaperProcess | None) -> None:
        self._job = job
        self.progress.setValue(0)
        self.progress.setFormat("")
        self.progress.setVisible(job is not None)
        self.cancel.setVisible(job is not None)

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
