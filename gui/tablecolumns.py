"""Which columns the table shows, in what order, how wide, which of them stay, and the menu of a heading."""

import json
from typing import Any

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from geo.language import tr
from gui import table
from gui.stayingmenu import StayingMenu
from gui.tablefilters import FilterBar
from gui.tablemodel import SitesModel
from gui.tableview import SitesView

WIDTHS = {"code": 84, "name": 210, "name_en": 250, "kind": 158, "subdistrict": 110, "status": 176, "due_date": 92,
          "last_date": 116, "open_findings": 60, "windows": 170, "address": 220, "note": 220}  # fmt: skip
USUAL_PX = 60
HIDDEN = frozenset(
    {"placed_by", "confidence", "source", "exceptions", "must_visit", "needs", "teams_needed", "setup_min", "return_by"}
)
"""The columns that the program fills and those that few sites need; they are there to be ticked."""

LEAST_PX, MOST_PX = 24, 1200
HEAD_ROOM_PX = 30
"""What a heading takes beside its text: the margins and the arrow of the order."""

MOST_VALUES = 20


class Columns(QObject):
    """Arrange the columns of a view, and keep that for the user.

    The state is kept as JSON: ``order`` (names of columns from the left), ``hidden``, ``widths`` in pixels, ``frozen``.
    """

    def __init__(self, model: SitesModel, view: SitesView, bar: FilterBar) -> None:
        super().__init__(view)
        self.model, self.view, self.bar = model, view, bar
        self._settings = model.session.settings
        self._changing = False
        self.reset(keep=False)
        self.restore(self._settings.table_columns)
        view.heads.sectionResized.connect(self.remember)
        view.heads.sectionMoved.connect(self.remember)
        view.heads.customContextMenuRequested.connect(self._on_heading)

    # State

    def reset(self, *, keep: bool = True) -> None:
        """Show the usual columns in the usual order, each wide enough for its heading."""
        heads = self.view.heads
        self._changing = True
        measure = heads.fontMetrics()
        for place, column in enumerate(self.model.columns):
            heads.moveSection(heads.visualIndex(place), place)
            self.view.setColumnHidden(place, column.name in HIDDEN)
            text = measure.horizontalAdvance(table.title(column)) + HEAD_ROOM_PX
            self.view.setColumnWidth(place, max(WIDTHS.get(column.name, USUAL_PX), text))
        self.view.freeze(0)
        self._changing = False
        if keep:
            self.remember()

    def state(self) -> dict[str, Any]:
        """Return how the columns stand."""
        heads, columns = self.view.heads, self.model.columns
        names = [columns[heads.logicalIndex(visual)].name for visual in range(heads.count())]
        hidden = [column.name for place, column in enumerate(columns) if heads.isSectionHidden(place)]
        widths = {
            column.name: self.view.columnWidth(place)
            for place, column in enumerate(columns)
            if not heads.isSectionHidden(place)
        }
        return {"order": names, "hidden": hidden, "widths": widths, "frozen": heads.frozen}

    def remember(self) -> None:
        """Write how the columns stand into the settings."""
        if not self._changing:
            self._settings.table_columns = json.dumps(self.state())

    def restore(self, text: str) -> None:
        """Let the columns stand as a text says; what is spoilt or unknown in it is passed over."""
        try:
            state = json.loads(text) if text else {}
        except ValueError:
            return
        if not isinstance(state, dict) or not state:
            return
        self._changing = True
        heads, places = self.view.heads, self.model.place_of_column
        order, hidden, widths = (state.get(name) for name in ("order", "hidden", "widths"))
        names = [name for name in order if name in places] if isinstance(order, list) else []
        for visual, name in enumerate(dict.fromkeys(names)):
            heads.moveSection(heads.visualIndex(places[name]), visual)
        if isinstance(hidden, list) and not places.keys() <= set(map(str, hidden)):
            # A column that came with a later version of the program stays as is usual.
            for name in {*names, *hidden} & places.keys():
                self.view.setColumnHidden(places[name], name in hidden)
        for name, width in widths.items() if isinstance(widths, dict) else ():
            if name in places and isinstance(width, int):
                self.view.setColumnWidth(places[name], min(max(width, LEAST_PX), MOST_PX))
        frozen = state.get("frozen")
        self.view.freeze(min(max(frozen, 0), len(places)) if isinstance(frozen, int) else 0)
        self._changing = False

    # What can be done with a column

    def show(self, name: str, *, shown: bool) -> None:
        """Show or hide a column; the last one stays."""
        if shown or len(self.view.visible_columns()) > 1:
            self.view.setColumnHidden(self.model.place_of_column[name], not shown)
            self.remember()
            self.view.freeze(self.view.heads.frozen)

    def freeze_to(self, column: int) -> None:
        """Let all columns up to one stay."""
        self.view.freeze(self.view.visible_columns().index(column) + 1)
        self.remember()

    def unfreeze(self) -> None:
        """Let all columns scroll."""
        self.view.freeze(0)
        self.remember()

    def move(self, column: int, by: int) -> None:
        """Move a column so many of the shown ones to the right."""
        shown = self.view.visible_columns()
        at = min(max(shown.index(column) + by, 0), len(shown) - 1)
        heads = self.view.heads
        heads.moveSection(heads.visualIndex(column), heads.visualIndex(shown[at]))

    def fit(self, column: int) -> None:
        """Make a column as wide as its heading and the cells in sight need."""
        view, model = self.view, self.model
        measure = view.fontMetrics()
        first, last = max(view.rowAt(0), 0), view.rowAt(view.viewport().height() - 1)
        last = model.rowCount() - 1 if last < 0 else last
        texts = [model.shown(model.columns[column], model.position(row))[0] for row in range(first, last + 1)]
        extra = 22 if model.columns[column].name == "status" else 0
        wide = max((measure.horizontalAdvance(text) for text in texts), default=0) + 14 + extra
        head = view.heads.fontMetrics().horizontalAdvance(table.title(model.columns[column])) + HEAD_ROOM_PX
        view.setColumnWidth(column, min(max(wide, head), MOST_PX // 2))

    # Menus

    def _on_heading(self, position: QPoint) -> None:
        column = self.view.heads.section_at(position.x())
        if column >= 0:
            menu = self.menu(column)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.view.heads.viewport().mapToGlobal(position))

    def menu(self, column: int) -> QMenu:
        """Return the menu of a column."""
        menu = QMenu(table.title(self.model.columns[column]).replace("&", "&&"), self.view)
        name, view = self.model.columns[column].name, self.view
        for text, order in (
            (tr("Sort &ascending"), Qt.SortOrder.AscendingOrder),
            (tr("Sort &descending"), Qt.SortOrder.DescendingOrder),
        ):
            menu.addAction(text).triggered.connect(lambda _on=False, order=order: view.sortByColumn(column, order))
        action = menu.addAction(tr("In the order of the project"))
        action.setEnabled(view.heads.sortIndicatorSection() >= 0)
        action.triggered.connect(lambda: view.sortByColumn(-1, Qt.SortOrder.AscendingOrder))
        menu.addSeparator()
        self._add_values(menu, name)
        menu.addAction(tr("Filter by a &condition…")).triggered.connect(lambda: self.bar.condition.ask(name))
        menu.addSeparator()
        menu.addAction(tr("&Freeze up to here")).triggered.connect(lambda: self.freeze_to(column))
        action = menu.addAction(tr("&Unfreeze"))
        action.setEnabled(view.heads.frozen > 0)
        action.triggered.connect(self.unfreeze)
        menu.addSeparator()
        menu.addAction(tr("Move &left")).triggered.connect(lambda: self.move(column, -1))
        menu.addAction(tr("Move &right")).triggered.connect(lambda: self.move(column, 1))
        menu.addAction(tr("Fit the &width")).triggered.connect(lambda: self.fit(column))
        menu.addAction(tr("&Hide this column")).triggered.connect(lambda: self.show(name, shown=False))
        menu.addSeparator()
        menu.addMenu(self.list_menu(menu))
        menu.addAction(tr("Columns as &usual")).triggered.connect(lambda _on=False: self.reset())
        return menu

    def list_menu(self, parent: QMenu) -> QMenu:
        """Return the list of all columns to be ticked."""
        menu = StayingMenu(tr("&Columns"), parent)
        heads = self.view.heads
        for visual in range(heads.count()):
            place = heads.logicalIndex(visual)
            column = self.model.columns[place]
            action = QAction(table.title(column).replace("&", "&&"), menu)
            action.setCheckable(True)
            action.setChecked(not heads.isSectionHidden(place))
            action.triggered.connect(lambda on=False, name=column.name: self.show(name, shown=on))
            menu.addAction(action)
        return menu

    def _add_values(self, menu: QMenu, name: str) -> None:
        """Add the list of the most frequent values, where the column holds few."""
        counts = self.value_counts(name)
        values = StayingMenu(tr("Filter by &value"), menu)
        values.setEnabled(bool(counts))
        chosen = set(self.bar.values.get(name, ()))
        known = self.model.titles.get(name, {})
        for value, count in counts[:MOST_VALUES]:
            title = known.get(value, value) if value else tr("empty")
            action = QAction(f"{title} ({count:,})".replace("&", "&&"), values)
            action.setCheckable(True)
            action.setChecked(value in chosen)
            action.triggered.connect(lambda on=False, value=value: self._tick(name, value, on))
            values.addAction(action)
        if len(counts) > MOST_VALUES:
            rest = values.addAction(tr("{count} more values", count=f"{len(counts) - MOST_VALUES:,}"))
            rest.setEnabled(False)
        menu.addMenu(values)

    def value_counts(self, name: str) -> list[tuple[str, int]]:
        """Return the values of a column with how many sites hold them, most first; none where nearly all differ."""
        sheet = self.model.sheet
        if sheet is None or sheet.column(name).is_number:
            return []
        for _ in sheet.codes(name):
            pass
        codes = sheet.codes_of(name)
        if codes is None:
            return []
        counted = zip(codes.values, codes.counts().tolist(), strict=True)
        return sorted((each for each in counted if each[1]), key=lambda each: -each[1])

    def _tick(self, name: str, value: str, on: bool) -> None:
        values = set(self.bar.values.get(name, ()))
        values = values | {value} if on else values - {value}
        self.bar.filter_values(name, frozenset(values))
