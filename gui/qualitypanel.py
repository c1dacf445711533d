"""The panel of the quality of the sites: what is likely wrong, by kind, each doubt shown on the map and mended."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from geo.language import tr
from gui.doubtsmodel import DoubtsModel, Key, key_of
from gui.doubtswords import what_is_done
from gui.doubtswork import DoubtsWork
from gui.lists import add_action, progress_line
from gui.session import Session

if TYPE_CHECKING:
    from geo.quality.doubts import Doubt

FEW = 8
"""So many doubts of a kind are shown unasked."""


class QualityPanel(QWidget):
    """List the doubts about the sites; choosing one selects and shows its sites.

    `sites_chosen` tells the sites to be shown, `marked` the place in degrees to which a fix would move one and whether
    to go there,
    `edit_wanted` and `placing_wanted` that a site is to be changed or placed by hand, `retitled` that the tab has
    another title.
    """

    sites_chosen = Signal(object)
    marked = Signal(object, bool)
    edit_wanted = Signal()
    placing_wanted = Signal(str)
    retitled = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.work = DoubtsWork(session, self)
        self.model = DoubtsModel(self)
        self.view = _make_view(self.model)
        self.note = QLabel()
        self.said = QLabel()
        self.progress = progress_line()
        self.again = QPushButton(tr("Check the data"))
        self.fix_button = QPushButton()
        self.merge_button = QPushButton(tr("Merge"))
        self.chosen: list[Doubt] = []
        self._opened: set[str] = set()
        self._seen: set[str] = set()
        self._is_filling = False
        self._make_actions()
        self._lay_out()
        self._connect()
        self._on_work()

    @property
    def title(self) -> str:
        """Return the title of the tab, with the number of doubts once there is one."""
        number = len(self.model.doubts)
        return tr("Quality ({number})", number=number) if number else tr("Quality")

    # Making

    def _make_actions(self) -> None:
        self.fix_action = add_action(self.view, tr("Fix"), self.fix, "Return", "Enter")
        self.merge_action = add_action(self.view, tr("Merge"), self.merge, "Ctrl+M")
        self.edit_action = add_action(self.view, tr("Edit the site"), self.edit_wanted.emit, "F2")
        self.place_action = add_action(self.view, tr("Place it on the map"), self._ask_placing)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _lay_out(self) -> None:
        for label in (self.note, self.said):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.said.setMinimumHeight(self.fontMetrics().lineSpacing() * 4)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.note.setObjectName("quiet")
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.setMargin(24)
        for button, tip in (
            (self.again, tr("Look for doubtful sites once more")),
            (self.fix_button, tr("Mend what is chosen as one step that undo takes back")),
            (self.merge_button, tr("Merge the sites into the one that stays; what the others say is kept")),
        ):
            button.setAutoDefault(False)
            button.setToolTip(tip)
        buttons = QHBoxLayout()
        buttons.addWidget(self.fix_button)
        buttons.addWidget(self.merge_button)
        buttons.addStretch(1)
        buttons.addWidget(self.again)
        foot = QVBoxLayout()
        foot.setContentsMargins(0, 0, 10, 10)
        foot.setSpacing(6)
        for widget in (self.said, self.progress):
            foot.addWidget(widget)
        foot.addLayout(buttons)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.note)
        self.pages.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.pages, 1)
        column.addLayout(foot)
        self.setFocusProxy(self.view)

    def _connect(self) -> None:
        self.again.clicked.connect(self.work.look)
        self.fix_button.clicked.connect(self.fix)
        self.merge_button.clicked.connect(self.merge)
        self.view.selectionModel().selectionChanged.connect(self._on_choice)
        self.view.expanded.connect(lambda index: self._on_opened_line(index, is_open=True))
        self.view.collapsed.connect(lambda index: self._on_opened_line(index, is_open=False))
        self.view.doubleClicked.connect(self._on_double_click)
        self.work.found.connect(self._show)
        self.work.mended.connect(self._on_mended)
        self.work.changed.connect(self._on_work)
        self.work.started.connect(lambda job: job.progressed.connect(self._on_progress))
        self.session.opened.connect(self._on_opened)

    # What is shown

    def showEvent(self, event: QShowEvent) -> None:
        """Look at the data when somebody first wants to know, and show the place of the chosen fix."""
        super().showEvent(event)
        if self.session.project is not None and not self.work.has_looked and not self.work.is_looking:
            self.work.look()
        self._mark(go=False)

    def hideEvent(self, event: object) -> None:
        """Take the mark off the map."""
        self.marked.emit([], False)
        super().hideEvent(event)  # type: ignore[arg-type]

    def _on_opened(self) -> None:
        self._seen.clear()
        self._opened.clear()
        self.model.forget()
        self._take_choice()
        self.retitled.emit()
        self._on_work()
        if self.isVisible():
            self.work.look()

    def _show(self, doubts: "Sequence[Doubt]", names: Mapping[str, str]) -> None:
        current = self._current()
        self._fill(lambda: self.model.show_doubts(doubts, names), current)

    def _fill(self, change: Callable[[], None], current: Key | None) -> None:
        """Change the lines; what was open and chosen stays so, and nothing new is chosen."""
        self._is_filling = True
        scrolled = self.view.verticalScrollBar().value()
        change()
        for row, group in enumerate(self.model.groups):
            kind = str(group.kind)
            if kind not in self._seen:
                self._seen.add(kind)
                self._opened |= {kind} if len(group.doubts) <= FEW else set()
            self.view.setExpanded(self.model.index(row, 0), kind in self._opened)
        index = self.model.index_of(current) if current is not None else QModelIndex()
        if index.isValid():
            self._choose(index)
        self.view.verticalScrollBar().setValue(scrolled)
        self._is_filling = False
        self._take_choice()
        self.retitled.emit()
        self._on_work()

    def _choose(self, index: QModelIndex) -> None:
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.view.selectionModel().setCurrentIndex(index, flags)

    def _current(self) -> Key | None:
        index = self.view.currentIndex()
        if not index.isValid() or self.model.level(index) == 0:
            return None
        return key_of(self.model.doubts_at(index)[0])

    def _on_mended(self, doubts: "list[Doubt]") -> None:
        """Take off the list what was mended, and go on to the next doubt of its kind."""
        index = self.view.currentIndex()
        while index.isValid() and self.model.level(index) > 1:
            index = index.parent()
        kind = str(doubts[0].kind)
        row = index.row() if index.isValid() and self.model.level(index) == 1 else -1
        self._fill(lambda: self.model.drop(doubts), None)
        for place, group in enumerate(self.model.groups):
            if str(group.kind) == kind and row >= 0:
                self._choose(self.model.index(min(row, len(group.doubts) - 1), 0, self.model.index(place, 0)))
        self._on_choice()

    def _on_opened_line(self, index: QModelIndex, *, is_open: bool) -> None:
        if self.model.level(index) == 0:
            kind = str(self.model.groups[index.row()].kind)
            self._opened = self._opened | {kind} if is_open else self._opened - {kind}

    # Choosing

    def _take_choice(self) -> list[QModelIndex]:
        """Note which doubts are chosen, the sites that stay first in those that may be merged; return the lines."""
        rows = self.view.selectionModel().selectedRows()
        doubts = {key_of(doubt): doubt for row in rows for doubt in self.model.doubts_at(row)}
        self.chosen = [self.model.with_kept(doubt) if doubt.kind.merges else doubt for doubt in doubts.values()]
        return rows

    def _on_choice(self) -> None:
        if self._is_filling:
            return
        rows = self._take_choice()
        index = self.view.currentIndex()
        if len(rows) == 1 and self.model.level(rows[0]) == 2:
            self.model.keep(rows[0])
            self._take_choice()
        elif len(rows) == 1 and self.model.level(rows[0]) == 1 and self.model.doubts_at(rows[0])[0].kind.merges:
            self.view.expand(rows[0])
        sites = list(dict.fromkeys(site for row in rows for site in self.model.sites_at(row)))
        project = self.session.project
        there = project.frame("sites").index if project is not None else ()
        sites = [site for site in sites if site in there]
        if sites:
            first = self.model.sites_at(index)[0] if index.isValid() else ""
            self.session.selection.choose(sites, current=first if first in sites else sites[0])
            if not self._moved_to():
                self.sites_chosen.emit(sites)
        self._mark(go=True)
        self._on_work()

    def _moved_to(self) -> tuple[float, float] | None:
        """Return the place to which the one doubt chosen would move its site."""
        if len(self.chosen) != 1:
            return None
        places = [(change.after or {}).get("geometry") for change in self.chosen[0].fix]
        return next(((place.x, place.y) for place in places if place is not None), None)

    def _mark(self, *, go: bool) -> None:
        if self.isVisible():
            place = self._moved_to()
            self.marked.emit([place] if place is not None else [], go)

    def _on_double_click(self, index: QModelIndex) -> None:
        if self.model.level(index) > 0:
            self.edit_wanted.emit()

    # Doing

    def fix(self) -> None:
        """Mend what is chosen and can be mended, as one step; where nothing can be, go to where a person can."""
        fixable = [doubt for doubt in self.chosen if doubt.fixable]
        if fixable and self.fix_action.isEnabled():
            self.work.mend(fixable)

    def merge(self) -> None:
        """Merge the sites of each doubt chosen into the one that stays."""
        if self.merge_action.isEnabled():
            self.work.merge(self.chosen)

    def _ask_placing(self) -> None:
        if self.chosen:
            self.placing_wanted.emit(self.chosen[0].sites[0])

    def _on_progress(self, done: float, _text: str) -> None:
        self.progress.setValue(round(done * 1000))

    def _on_work(self) -> None:
        """Let labels and buttons follow what is chosen and what is going on."""
        self.progress.setVisible(self.work.is_looking)
        if not self.work.is_looking:
            self.progress.setValue(0)
        there = self.session.project is not None
        self.pages.setCurrentWidget(self.view if self.model.groups else self.note)
        if self.work.is_looking:
            self.note.setText(tr("Looking for doubtful sites …"))
        elif there and self.work.has_looked:
            self.note.setText(tr("Nothing doubtful was found."))
        else:
            self.note.setText(tr("Sites that are likely wrong or twice there are listed here."))
        self.again.setEnabled(there)
        self._let_through()

    def _let_through(self) -> None:
        rows, chosen = self.view.selectionModel().selectedRows(), self.chosen
        fixable = sum(1 for doubt in chosen if doubt.fixable)
        can = self.session.can_write and not self.work.is_mending
        whole_kind = any(self.model.level(row) == 0 for row in rows)
        can_merge = can and bool(chosen) and not whole_kind and all(doubt.kind.merges for doubt in chosen)
        self.fix_button.setText(tr("Fix {number}", number=fixable) if fixable > 1 else tr("Fix"))
        for doer in (self.fix_button, self.fix_action):
            doer.setEnabled(can and fixable > 0)
        for doer in (self.merge_button, self.merge_action):
            doer.setEnabled(can_merge)
        self.edit_action.setEnabled(len(chosen) == 1)
        lost = len(chosen) == 1 and len(chosen[0].sites) == 1 and str(chosen[0].kind) == "no_position"
        self.place_action.setEnabled(lost)
        self.said.setVisible(bool(self.model.groups))
        self.said.setText(what_is_done(self.session, self.model, chosen))


def _make_view(model: DoubtsModel) -> QTreeView:
    view = QTreeView()
    view.setModel(model)
    view.setAccessibleName(tr("Doubtful sites"))
    view.setHeaderHidden(True)
    view.setIndentation(14)
    view.setUniformRowHeights(True)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setExpandsOnDoubleClick(False)
    header = view.header()
    header.setStretchLastSection(False)
    header.setMinimumSectionSize(36)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    # Not by contents: Qt would ask for all of a kind that is opened.
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
    words = ("00000", tr("merge"), tr("fix"), tr("stays"), tr("goes"))
    header.resizeSection(1, max(view.fontMetrics().horizontalAdvance(word) for word in words) + 14)
    return view
