"""The panel of the sites table: the filters above it, the view, and the selection it shares with the map."""

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QSignalBlocker, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from geo.language import tr
from geo.model import Column
from gui.selection import Gesture
from gui.session import Session
from gui.table import ColumnRole, Index, SitesModel

WIDTHS = {"code": 84, "name": 210, "name_en": 250, "kind": 158, "subdistrict": 110, "status": 176, "due_date": 92,
          "last_date": 116, "open_findings": 116, "windows": 170, "address": 220, "note": 220}  # fmt: skip
FILTERS = ("all", "due", "overdue", "planned", "findings", "unplaced", "selected")


class CellDelegate(QStyledItemDelegate):
    """Edit a cell with a list of choices where the column has some, else with a line of text."""

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Return the editor of a cell."""
        column, model = index.data(ColumnRole), index.model()
        pairs = model.pairs.get(column.name) if isinstance(model, SitesModel) and isinstance(column, Column) else None
        if not pairs:
            line = QLineEdit(parent)
            line.setFrame(False)
            line.setAccessibleName(column.title())
            return line
        combo = QComboBox(parent)
        combo.setAccessibleName(column.title())
        for value, title in pairs:
            combo.addItem(title, value)
        combo.activated.connect(lambda _row: self._take(combo))
        return combo

    def _take(self, combo: QComboBox) -> None:
        self.commitData.emit(combo)
        self.closeEditor.emit(combo)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Show the cell's value in the editor."""
        value = index.data(Qt.ItemDataRole.EditRole)
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(value))
        elif isinstance(editor, QLineEdit):
            editor.setText(str(value))

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        """Hand what was typed or chosen to the model, which checks it."""
        if not isinstance(model, SitesModel):
            return
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentData())
        elif isinstance(editor, QLineEdit) and editor.text() != str(index.data(Qt.ItemDataRole.EditRole)):
            model.setData(index, editor.text())


class TablePanel(QWidget):
    """Show the sites with a box to search them and ready filters; selecting rows selects on the map and back."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.model = SitesModel(session, self)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search name, code, address, subdistrict"))
        self.search.setAccessibleName(tr("Search sites"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(340)
        self.ready = QComboBox()
        self.ready.setAccessibleName(tr("Show which sites"))
        self.ready.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.count = QLabel()
        self.count.setObjectName("quiet")
        self.view = self._make_view()
        self._lay_out()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(120)
        self._typing.timeout.connect(self._filter)
        self.search.textChanged.connect(self._typing.start)
        self.search.returnPressed.connect(self._filter)
        self.ready.activated.connect(self._filter)
        session.opened.connect(self._on_opened)
        session.edited.connect(self._name_filters)
        session.selection.changed.connect(self._show_selection)
        self.model.modelReset.connect(self._show_selection)
        self._name_filters()

    def _make_view(self) -> QTableView:
        view = QTableView()
        view.setModel(self.model)
        view.setItemDelegate(CellDelegate(view))
        view.setAccessibleName(tr("Sites"))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        view.setAlternatingRowColors(True)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        view.setSortingEnabled(True)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setTabKeyNavigation(False)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(view.fontMetrics().height() + 5)
        view.horizontalHeader().setHighlightSections(False)
        view.horizontalHeader().setSectionsMovable(True)
        for place, column in enumerate(self.model.columns):
            view.setColumnWidth(place, WIDTHS.get(column.name, 104))
        view.selectionModel().selectionChanged.connect(self._on_rows)
        view.selectionModel().currentRowChanged.connect(self._on_current)
        return view

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 5, 8, 5)
        bar.setSpacing(8)
        bar.addWidget(self.search, 1)
        bar.addWidget(self.ready)
        bar.addStretch(1)
        bar.addWidget(self.count)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.view, 1)
        self.setFocusProxy(self.view)

    # Filters

    def choose_filter(self, name: str) -> None:
        """Show the sites of one of the ready filters: see `FILTERS`."""
        self.ready.setCurrentIndex(self.ready.findData(name))
        self._filter()

    def sites_of(self, name: str) -> frozenset[str] | None:
        """Return the ids that a ready filter lets pass; None lets all pass."""
        statuses = {
            "overdue": ("overdue", "rectification_overdue"),
            "planned": ("planned", "in_progress"),
            "findings": ("findings_open", "rectification_overdue"),
        }
        if name in statuses:
            return self.session.ids_of(*statuses[name])
        if name == "unplaced":
            return self._unplaced()
        return {"due": self.session.due, "selected": self.session.selection.ids}.get(name)

    def _unplaced(self) -> frozenset[str]:
        if self.session.project is None:
            return frozenset()
        from geo.places.placing import unplaced

        return frozenset(unplaced(self.session.project))

    def _name_filters(self) -> None:
        titles = {
            "all": tr("All sites"),
            "due": tr("Due sites"),
            "overdue": tr("Overdue sites"),
            "planned": tr("Planned sites"),
            "findings": tr("With open findings"),
            "unplaced": tr("To be placed"),
            "selected": tr("Selected sites"),
        }
        total = 0 if self.session.project is None else len(self.session.project.frame("sites"))
        present = self.ready.currentData() or "all"
        with QSignalBlocker(self.ready):
            self.ready.clear()
            for name in FILTERS:
                ids = self.sites_of(name)
                self.ready.addItem(f"{titles[name]} ({total if ids is None else len(ids)})", name)
            self.ready.setCurrentIndex(self.ready.findData(present))

    def _on_opened(self) -> None:
        self._name_filters()
        self._filter()

    def _filter(self) -> None:
        ids = self.sites_of(self.ready.currentData() or "all")
        self.model.set_filter(self.search.text(), None if ids is None else ids.__contains__)

    # The selection, both ways

    def _on_rows(self) -> None:
        if self._is_same():
            return
        shown = self._chosen()
        current = self.view.currentIndex()
        self.session.selection.choose(
            shown, Gesture.REPLACE, self.model.site(current.row()) if current.isValid() else ""
        )

    def _is_same(self) -> bool:
        return self._chosen() == {site for site in self.session.selection.ids if self.model.place(site) >= 0}

    def _chosen(self) -> set[str]:
        # By ranges: Qt's own list of rows asks the model about every cell.
        ranges = self.view.selectionModel().selection().toList()
        return {self.model.site(row) for each in ranges for row in range(each.top(), each.bottom() + 1)}

    def _on_current(self, index: QModelIndex) -> None:
        if index.isValid() and self.model.site(index.row()) in self.session.selection.ids:
            site = self.model.site(index.row())
            self.session.selection.choose(self.session.selection.ids, Gesture.REPLACE, site)

    def _show_selection(self) -> None:
        self._count()
        with QSignalBlocker(self.ready):
            place = self.ready.findData("selected")
            self.ready.setItemText(place, f"{tr('Selected sites')} ({len(self.session.selection.ids)})")
        places = sorted(p for site in self.session.selection.ids if (p := self.model.place(site)) >= 0)
        if not self._is_same():
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.view.selectionModel().select(self._ranges(places), flags)
        place = self.model.place(self.session.selection.current)
        if place >= 0 and self.view.currentIndex().row() != place:
            column = max(self.view.currentIndex().column(), 0)
            index = self.model.index(place, column)
            self.view.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.view.scrollTo(index)

    def _ranges(self, places: list[int]) -> QItemSelection:
        """Return rows as a selection of few ranges, which Qt handles much faster than many single rows."""
        chosen, last = QItemSelection(), len(self.model.columns) - 1
        start = previous = None
        for place in [*places, None]:
            if start is not None and previous is not None and (place is None or place != previous + 1):
                chosen.select(self.model.index(start, 0), self.model.index(previous, last))
                start = None
            start, previous = place if start is None else start, place
        return chosen

    def _count(self) -> None:
        shown, chosen = self.model.rowCount(), len(self.session.selection.ids)
        if chosen:
            self.count.setText(tr("{shown} sites shown, {chosen} selected", shown=shown, chosen=chosen))
        else:
            self.count.setText(tr("{shown} sites shown", shown=shown))
