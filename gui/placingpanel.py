"""The panel of the sites that have no place: found by address and name, accepted, or placed by hand on the map."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from geo.language import tr
from geo.progress import Report, part
from gui.jobs import Job
from gui.lists import add_action, progress_line, row_table
from gui.placingform import PlacingForm
from gui.queuemodel import ADDRESS, GUESS, NAME, Queue, QueueModel, Waiting
from gui.session import Session
from gui.slices import Slices

if TYPE_CHECKING:
    from geo.places.finder import Found
    from geo.store.edits import Edit

SHOWN_BY = frozenset({"sites", "subdistricts"})

MANY = 50_000
"""From so many sites on, those without a place are looked for in slices."""


class PlacingPanel(QWidget):
    """Show the queue of sites without a place, and give each one: a find, or a click on the map.

    `marked` tells the places in degrees that the current site may get, the best first, and whether to go there;
    `tool_wanted` whether the mouse tool that places the current site is wanted; `told` what that tool does next;
    `retitled` that the tab has another title.
    """

    marked = Signal(object, bool)
    tool_wanted = Signal(bool)
    told = Signal(str)
    edit_wanted = Signal()
    retitled = Signal()
    started = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.model = QueueModel(self)
        self.view = _make_view(self.model)
        self.summary = QLabel()
        self.find_button = QPushButton(tr("Find by address and name"))
        self.progress = progress_line()
        self.cancel = QPushButton(tr("Cancel"))
        self.form = PlacingForm()
        self.is_placing = False
        self._job: Job | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._look)
        self._looking = Slices(self)
        self._make_actions()
        self._lay_out()
        self._connect()
        self.refresh()

    @property
    def title(self) -> str:
        """Return the title of the tab, with the length of the queue."""
        number = self.model.rowCount()
        return tr("To be placed ({number})", number=number) if number else tr("To be placed")

    @property
    def has_work(self) -> bool:
        """Return whether there are sites that can be given a place."""
        return self.model.rowCount() > 0 and self.session.can_write

    # Making

    def _make_actions(self) -> None:
        self.accept_action = add_action(self.view, tr("Accept the guess"), self.accept, "Return", "Enter")
        self.hand_action = add_action(self.view, tr("Place on the map"), lambda: self.tool_wanted.emit(True))
        self.edit_action = add_action(self.view, tr("Edit the site"), self.edit_wanted.emit, "F2")
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _lay_out(self) -> None:
        self.summary.setWordWrap(True)
        find = QHBoxLayout()
        find.addWidget(self.find_button, 1)
        find.addWidget(self.cancel)
        head = QVBoxLayout()
        head.setContentsMargins(0, 0, 10, 0)
        head.addWidget(self.summary)
        head.addLayout(find)
        head.addWidget(self.progress)
        # Holds the head at the top while there is no queue below it.
        self._room = QWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        column.addWidget(self._room, 1)
        column.addWidget(self.form)
        self.setFocusProxy(self.view)

    def _connect(self) -> None:
        self.find_button.clicked.connect(self.search)
        self.cancel.clicked.connect(self.stop)
        self.form.accept.clicked.connect(self.accept)
        self.form.accept_all.clicked.connect(self.accept_all)
        self.form.by_hand.clicked.connect(self.tool_wanted)
        self.form.changed.connect(lambda: self._follow_form(go=True))
        self.view.selectionModel().currentRowChanged.connect(lambda: self._show_row(aloud=True))
        self.session.opened.connect(self._on_opened)
        self.session.released.connect(self._on_released)
        self.session.edited.connect(self._on_edit)

    # What is shown

    def showEvent(self, event: QShowEvent) -> None:
        """Show the guesses for the current site on the map."""
        super().showEvent(event)
        self._mark(go=False)

    def hideEvent(self, event: QHideEvent) -> None:
        """Take the marks off the map, unless the site is being placed there."""
        self._mark(go=False)
        super().hideEvent(event)

    def _on_opened(self) -> None:
        self.model.found.clear()
        self._look()

    def _on_released(self) -> None:
        self.stop()
        self._looking.stop()
        if self.is_placing:
            self.tool_wanted.emit(False)

    def _on_edit(self, edit: "Edit") -> None:
        if edit.tables() & SHOWN_BY and self._may_differ(edit):
            # In a turn of its own, and after several edits once.
            self._later.start()

    def _may_differ(self, edit: "Edit") -> bool:
        """Return whether an edit may change the queue: not one of other sites that leaves them where they are."""
        waiting = set(self.model.sites)
        return any(
            change.kind != "update"
            or change.table != "sites"
            or change.id in waiting
            or "geometry" in (change.after or ())
            for change in edit.changes
            if change.table in SHOWN_BY
        )

    def _look(self) -> None:
        """Look for sites without a place and show them; among very many in slices, so that nothing waits for it."""
        project = self.session.project
        if project is None or len(project.frame("sites")) <= MANY:
            self.refresh()
            return
        from geo.places.placing import unplaced_in_pieces

        waiting: list[str] = []

        def look() -> Iterator[None]:
            for some in unplaced_in_pieces(project):
                waiting.extend(some)
                yield

        self._looking.start(look(), lambda: self.refresh(waiting))

    def refresh(self, waiting: list[str] | None = None) -> None:
        """Show the queue as the project has it now; the one site that has come back into it becomes the current one.

        `waiting` are the ids of the sites without a place, where they are known.
        """
        self._later.stop()
        self._looking.stop()
        project = self.session.project
        queue = Queue.of(project, waiting) if project is not None else Queue()
        before, site, at = set(self.model.sites), self.site, self.view.currentIndex().row()
        back = [each for each in queue.ids if each not in before] if before or self.is_placing else []
        with QSignalBlocker(self.view.selectionModel()):
            self.model.show_queue(queue)
        place = self.model.place(back[0] if len(back) == 1 else site)
        self._go_to(min(at, len(queue.ids) - 1) if place < 0 else place)
        self._show_row(aloud=bool(site) and self.site != site)
        self.retitled.emit()
        if self.is_placing and not queue.ids:
            self.tool_wanted.emit(False)
            self.session.tell(tr("Every site has a place now."))

    def _go_to(self, place: int) -> None:
        with QSignalBlocker(self.view.selectionModel()):
            if place >= 0:
                self.view.selectRow(place)
                self.view.scrollTo(self.model.index(place, 0))
        self.view.viewport().update()

    @property
    def current(self) -> Waiting | None:
        """Return the current site of the queue."""
        return self.model.row(self.view.currentIndex().row())

    @property
    def site(self) -> str:
        """Return the id of the current site of the queue, empty if there is none."""
        return self.current.site if self.current is not None else ""

    def choose(self, site: str) -> None:
        """Make a site of the queue the current one."""
        place = self.model.place(site)
        if place >= 0:
            self.view.selectRow(place)

    def _show_row(self, *, aloud: bool) -> None:
        """Show the current row below and on the map; aloud, its site is selected everywhere."""
        row = self.current
        self.form.show_site(row, self.model.found.get(row.site) if row is not None else None)
        if row is not None and aloud and (self.isVisible() or self.is_placing):
            self.session.selection.choose({row.site}, current=row.site)
        self._follow_form(go=aloud)

    def _follow_form(self, *, go: bool) -> None:
        self._mark(go=go)
        self._let_through()

    def _mark(self, *, go: bool) -> None:
        """Show the guesses on the map, and tell what a click there would place."""
        self.marked.emit(self.form.places if self.isVisible() or self.is_placing else [], go)
        row = self.current
        if not self.is_placing or row is None:
            self.told.emit("")
            return
        where, number = tr(", ").join(word for word in (row.name, row.address) if word), self.model.rowCount()
        self.told.emit(tr("Click where it is: {site} ({number} left, Esc ends)", site=where, number=number))

    # Finding

    def search(self) -> None:
        """Find a place for every site of the queue by its address and its name."""
        project = self.session.project
        if project is None or self._job is not None or not self.model.sites:
            return
        tables, sites = project.snapshot(), self.model.sites

        def work(report: Report) -> "dict[str, Found | None]":
            from geo.places.finder import Finder, Wanted

            report(0.0, tr("Reading streets and addresses"))
            rows = tables.frame("sites").loc[sites, ["name", "address", "subdistrict"]]
            wanted = [Wanted(*row) for row in rows.itertuples(index=False)]
            return dict(zip(sites, Finder(tables).find(wanted, part(report, 0.2, 1.0)), strict=True))

        self._start(work, self._on_found)

    def _start(self, work: Callable[[Report], Any], done: Callable[[Any], None]) -> None:
        self._follow(self.session.start(work, done))

    def _follow(self, job: Job | None) -> None:
        if job is not None:
            self._job = job
            job.progressed.connect(lambda done, _text: self.progress.setValue(round(done * 1000)))
            job.ended.connect(lambda: self._on_ended(job))
            self.started.emit(job)
            self._let_through()

    def stop(self) -> None:
        """Stop the work going on; what was found before stays."""
        if self._job is not None:
            self._job.cancel()

    def _on_found(self, found: "dict[str, Found | None]") -> None:
        site = self.site
        with QSignalBlocker(self.view.selectionModel()):
            self.model.show_found(found)
        self._go_to(max(self.model.place(site), 0) if self.model.rowCount() else -1)
        self._show_row(aloud=not site)

    def _on_ended(self, job: Job) -> None:
        if self._job is job:
            self._job = None
        self._let_through()

    # Placing

    def accept(self) -> None:
        """Put the current site where the chosen guess is, and go on to the next."""
        from geo.places.placing import placing_edit

        guess = self.form.guess
        if guess is not None and self.site and self.session.can_write:
            self._apply(placing_edit(self.session.open_project(), {self.site: guess}, 0))

    def accept_all(self) -> None:
        """Put every site on the map that was found with the confidence asked for, as one step."""
        project, found = self.session.project, self.model.sure(self.form.least.value())
        if project is None or self._job is not None or not found or not self.session.can_write:
            return
        tables = project.snapshot()

        def work(_report: Report) -> "Edit":
            from geo.places.placing import placing_edit

            return placing_edit(tables, found, 0)

        self._start(work, self._apply)

    def _apply(self, edit: "Edit") -> None:
        told = f"{edit.title}{tr('.')}"
        self._follow(self.session.apply_large(edit, lambda: self.session.tell(told, tr("Undo takes all of it back."))))

    def place_at(self, lon: float, lat: float) -> None:
        """Put the current site at a place in degrees, and go on to the next."""
        from geo.places.placing import place_by_hand

        if self._later.isActive() or self._looking.is_busy:
            # The queue has not followed the last click yet.
            self.refresh()
        project, site = self.session.project, self.site
        if project is not None and site:
            self.session.attempt(lambda: project.apply(place_by_hand(project, site, lon, lat)))

    def set_placing(self, *, active: bool) -> None:
        """Follow the mouse tool, which has begun or ended."""
        self.is_placing = active
        if active and self.current is None:
            self._go_to(0 if self.model.rowCount() else -1)
        self._show_row(aloud=active)

    # What can be done

    def _let_through(self) -> None:
        is_busy, number = self._job is not None, self.model.rowCount()
        self.progress.setVisible(is_busy)
        self.cancel.setVisible(is_busy)
        if not is_busy:
            self.progress.setValue(0)
        if number:
            self.summary.setText(tr("{number} sites have no place on the map.", number=number))
        elif self.session.project is not None:
            self.summary.setText(tr("Every site has a place on the map."))
        else:
            self.summary.setText(tr("Sites without a place on the map are listed here."))
        for widget in (self.view, self.form, self.find_button):
            widget.setVisible(number > 0)
        self._room.setVisible(number == 0)
        self.find_button.setEnabled(not is_busy)
        can, form = self.session.can_write, self.form
        form.guesses.setVisible(form.guess is not None)
        for doer in (form.accept, self.accept_action):
            doer.setEnabled(can and form.guess is not None)
        for hand in (form.by_hand, self.hand_action):
            hand.setEnabled(can and self.current is not None)
        form.by_hand.setChecked(self.is_placing)
        sure = len(self.model.sure(form.least.value()))
        form.accept_all.setText(tr("Accept {number}", number=sure))
        form.accept_all.setEnabled(can and sure > 0 and not is_busy)


def _make_view(model: QueueModel) -> QTableView:
    view = row_table(model, tr("Sites to be placed"))
    view.setAlternatingRowColors(False)
    header = view.horizontalHeader()
    header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    view.setSortingEnabled(True)
    header.setMinimumSectionSize(60)
    header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(ADDRESS, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(GUESS, QHeaderView.ResizeMode.Fixed)
    view.setColumnWidth(GUESS, 142)
    return view
