"""The history of the project or of one row: who changed what and when, before and after, and a way to take it back."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTableView,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from geo.errors import XunluError
from geo.language import tr
from geo.model import TABLES
from gui import theme
from gui.fields import CalmCombo, name_in
from gui.historydetails import ChangesModel
from gui.historylines import LinesModel
from gui.historywork import HistoryWork, Page
from gui.lists import row_table
from gui.session import Session

if TYPE_CHECKING:
    from geo.store.edits import RowChange

SIZE = (860, 660)
WIDTHS = (130, 110, 430, 70)
FEW_ROWS = 12
"""So many changed rows are shown unfolded."""
SPANNED = 2_000
"""In so many, the name of the row has the whole width."""
WAIT_MS = 200


class HistoryDialog(QDialog):
    """List what was done to the open project; the window can be used meanwhile.

    `site_chosen` tells a site whose change was chosen.
    """

    site_chosen = Signal(str)
    shown = Signal()
    """The line chosen is shown with its rows."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.work = HistoryWork(session, self)
        self.lines, self.details = LinesModel(self), ChangesModel(self)
        self.line = ""
        self._row: tuple[str, str] | None = None
        self._blocking: tuple[str, str] | None = None
        self.setWindowTitle(tr("History"))
        self._make_widgets()
        self._lay_out()
        self._connect()
        self.resize(*SIZE)

    def _make_widgets(self) -> None:
        self.only = CalmCombo()
        self.only.setAccessibleName(tr("Show whose changes"))
        self.only.setSizeAdjustPolicy(CalmCombo.SizeAdjustPolicy.AdjustToContents)
        self.view, self.tree = _lines_view(self.lines), _changes_view(self.details)
        self.note, self.heading, self.said = QLabel(), QLabel(), QLabel()
        self.note.setObjectName("quiet")
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.setMargin(24)
        self.heading.setObjectName("section")
        self.said.setMinimumHeight(self.fontMetrics().lineSpacing() * 2 + 6)
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (self.note, self.heading, self.said):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(8)
        self.progress.setAccessibleName(tr("Progress"))
        self.revert_button = QPushButton(tr("&Revert this change"))
        self.revert_button.setToolTip(tr("Put the rows back as they were before, as one step that undo takes back"))
        self.since_button = QPushButton(tr("&Show what changed it since"))
        for button in (self.revert_button, self.since_button):
            button.setAutoDefault(False)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(WAIT_MS)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.only)
        head.addStretch(1)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.note)
        self.pages.addWidget(self.view)
        below = QWidget()
        under = QVBoxLayout(below)
        under.setContentsMargins(0, 4, 0, 0)
        under.addWidget(self.heading)
        under.addWidget(self.tree, 1)
        middle = QSplitter(Qt.Orientation.Vertical)
        middle.addWidget(self.pages)
        middle.addWidget(below)
        middle.setChildrenCollapsible(False)
        middle.setSizes([270, 250])
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        box.addButton(self.revert_button, QDialogButtonBox.ButtonRole.ActionRole)
        box.addButton(self.since_button, QDialogButtonBox.ButtonRole.ActionRole)
        box.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(head)
        column.addWidget(middle, 1)
        column.addWidget(self.said)
        column.addWidget(self.progress)
        column.addWidget(box)

    def _connect(self) -> None:
        self.only.activated.connect(lambda at: self.show_row(self.only.itemData(at)))
        self.lines.more_wanted.connect(self._load_more)
        self.view.selectionModel().currentRowChanged.connect(self._on_line)
        self.tree.selectionModel().currentRowChanged.connect(self._on_change)
        self.revert_button.clicked.connect(self.revert)
        self.since_button.clicked.connect(lambda: self.show_row(self._blocking))
        self._wait.timeout.connect(lambda: self.work.load(self._row))
        self.work.paged.connect(self._on_page)
        self.work.read.connect(self._on_read)
        self.work.reverted.connect(self._on_reverted)
        self.work.failed.connect(self._on_failed)
        self.work.changed.connect(self._let_through)
        self.session.opened.connect(self._on_opened)
        self.session.released.connect(self._forget)
        self.session.edited.connect(self._on_edit)
        self.session.selection.changed.connect(self._name_rows)

    # Which lines

    def show_row(self, row: tuple[str, str] | None) -> None:
        """Show the lines that changed a row, given as its table and id, or all of them."""
        self._forget()
        self._row = row
        self._name_rows()
        self.show()
        self.activateWindow()
        self.work.load(row)

    def _name_rows(self) -> None:
        """Offer all changes, those of the row shown, and those of the site selected."""
        current = self.session.selection.current
        rows = [row for row in (self._row, ("sites", current) if current else None) if row is not None]
        self.only.clear()
        self.only.addItem(tr("All changes"), None)
        for row in dict.fromkeys(rows):
            self.only.addItem(tr("Only of {row}", row=self._called(row)), row)
        self.only.setCurrentIndex(1 if self._row is not None else 0)

    def _called(self, row: tuple[str, str]) -> str:
        table, row_id = row
        project = self.session.project
        if project is None or row_id not in project.frame(table).index:
            return f"{TABLES[table].title()} {row_id[:8]}"
        values = project.row(table, row_id)
        name = name_in({"name": values.get("name", ""), "name_en": values.get("name_en", "")})
        return name or str(values.get("code") or "") or f"{TABLES[table].title()} {row_id[:8]}"

    def _load_more(self) -> None:
        if self.lines.lines:
            self.work.load(self._row, self.lines.lines[-1].id)

    def _on_page(self, page: Page) -> None:
        if page.before:
            self.lines.add_page(page.lines, is_last=page.is_last)
        elif self.lines.lines:
            self.lines.add_news(page.lines, is_last=page.is_last)
        else:
            self.lines.show_page(page.lines, is_last=page.is_last)
        if not page.before and not self.view.currentIndex().isValid() and self.lines.lines:
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.view.selectionModel().setCurrentIndex(self.lines.index(0, 0), flags)
        self._let_through()

    def _on_edit(self, _edit: object) -> None:
        if self.isVisible():
            self._wait.start()

    def _on_opened(self) -> None:
        if self.isVisible():
            self.show_row(None)

    def _forget(self) -> None:
        """Show nothing, as of no project."""
        self._wait.stop()
        self.work.stop()
        self._row = self._blocking = None
        self.line = ""
        self.lines.clear()
        self.details.show_changes((), None)
        self._say("")
        self._let_through()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what was done while the dialog was closed."""
        super().showEvent(event)
        if self.lines.lines:
            self._wait.start()

    # The line chosen

    def _on_line(self, current: QModelIndex) -> None:
        self.line = self.lines.lines[current.row()].id if current.isValid() else ""
        self._blocking = None
        self._say("")
        self.details.show_changes((), None)
        if self.line:
            self.work.read_line(self.line)
        self._let_through()

    def _on_read(self, line_id: str, changes: "tuple[RowChange, ...]") -> None:
        from geo.wording import Wording

        if line_id != self.line:
            return
        mine = tuple(change for change in changes if self._row in (None, (change.table, change.id)))
        self.details.show_changes(mine, Wording(self.session.project))
        for row in range(min(len(mine), SPANNED)):
            self.tree.setFirstColumnSpanned(row, QModelIndex(), True)
        if len(mine) <= FEW_ROWS:
            self.tree.expandAll()
        self.heading.setText(
            tr("{count} of {total} rows of this change", count=f"{len(mine):,}", total=f"{len(changes):,}")
            if len(mine) < len(changes)
            else tr("Rows of this change: {count}", count=f"{len(changes):,}")
        )
        self.shown.emit()

    def _on_change(self, current: QModelIndex) -> None:
        """Show the site that a change is of, or concerns, on the map."""
        project = self.session.project
        if not current.isValid() or project is None:
            return
        change = self.details.change_at(current)
        row = {**(change.before or {}), **(change.after or {})}
        if change.id in project.frame(change.table).index:
            row = project.row(change.table, change.id)
        site = change.id if change.table == "sites" else str(row.get("site") or "")
        if site in project.frame("sites").index:
            self.session.selection.choose({site}, current=site)
            self.site_chosen.emit(site)

    # Taking back

    def revert(self) -> None:
        """Take the line chosen back, as one edit; where its rows have changed since, say so and do nothing."""
        if self.line and self.revert_button.isEnabled():
            self._blocking = None
            self._say("")
            self.work.revert(self.line)

    def _on_reverted(self, title: str) -> None:
        self._say(f"{title}{tr('.')}\n{tr('Undo takes all of it back.')}")

    def _on_failed(self, error: XunluError) -> None:
        from geo.store.base import Conflict

        if isinstance(error, Conflict):
            self._blocking = (error.table, error.row_id)
        self._say(f"{error.message}\n{error.hint}".strip(), is_error=True)
        self._let_through()

    def _say(self, text: str, *, is_error: bool = False) -> None:
        """Say what came of something; without a text, what can be done."""
        hint = tr("Choose a changed row to see its site on the map.")
        if self.session.project is not None and not self.session.can_write:
            hint = tr("The project is open read-only, so nothing can be reverted here.")
        self.said.setText(text or (hint if self.lines.lines else ""))
        self.said.setStyleSheet(f"color: {(theme.ALARM if is_error else theme.INK if text else theme.QUIET).name()}")

    def _let_through(self) -> None:
        """Let what is shown and can be done follow what is read and chosen."""
        busy = self.work.is_busy()
        self.progress.setVisible(busy)
        self.pages.setCurrentWidget(self.view if self.lines.lines else self.note)
        self.note.setText(
            tr("Reading the history …")
            if busy
            else tr("Nothing was changed yet.")
            if self._row is None
            else tr("This was not changed yet.")
        )
        if not self.details.changes:
            self.heading.setText("")
        self.heading.setVisible(bool(self.lines.lines))
        self.tree.setVisible(bool(self.lines.lines))
        self.revert_button.setEnabled(bool(self.line) and self.session.can_write and not self.work.is_busy("revert"))
        self.since_button.setVisible(self._blocking is not None and self._blocking != self._row)


def _lines_view(model: LinesModel) -> QTableView:
    view = row_table(model, tr("Changes"))
    header = view.horizontalHeader()
    for place, width in enumerate(WIDTHS):
        view.setColumnWidth(place, width)
    header.setSectionResizeMode(2, header.ResizeMode.Stretch)
    return view


def _changes_view(model: ChangesModel) -> QTreeView:
    view = QTreeView()
    view.setModel(model)
    view.setAccessibleName(tr("Rows of this change"))
    view.setAlternatingRowColors(True)
    view.setUniformRowHeights(True)
    view.setIndentation(16)
    view.setColumnWidth(0, 330)
    view.setColumnWidth(1, 230)
    return view
