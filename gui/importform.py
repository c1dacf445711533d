"""How a ledger is to be read: what each column is, the datum, the kind of its sites; asked beside its preview."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFormLayout,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from geo.language import tr
from geo.model import TABLES
from gui.fields import CalmCombo, name_in
from gui.session import Session

if TYPE_CHECKING:
    from geo.exchange.datumcheck import Candidate
    from geo.exchange.importing import Recipe
    from geo.exchange.ledger import Ledger

COLOURS = {"wgs84": QColor("#1f6f8b"), "gcj02": QColor("#c2410c"), "bd09": QColor("#6d28d9")}
EXAMPLES = 3
OTHER_DATUMS = ("cgcs2000", "epsg:4547", "epsg:4549", "epsg:4526", "epsg:3857")


class ImportForm(QWidget):
    """Let the user say how a ledger is read; `changed` tells of every answer."""

    changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._ledger: Ledger | None = None
        self._table = "sites"
        self.columns = _columns_table()
        self.datum = CalmCombo()
        self.datum.setEditable(True)
        self.datum.setAccessibleName(tr("Datum"))
        self.compared = _compared_table()
        self.kind = CalmCombo()
        self.kind.setEditable(True)
        self.kind.setAccessibleName(tr("Kind of rows that name none"))
        for combo in (self.datum, self.kind):
            combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.update_rows = QCheckBox(tr("&Update rows that are there already"))
        self.update_rows.setChecked(True)
        self.advice = QLabel()
        self.advice.setWordWrap(True)
        self.advice.setObjectName("quiet")
        self._lay_out()
        self._fill_datums()
        self.datum.currentTextChanged.connect(self._tell)
        self.kind.currentTextChanged.connect(self._tell)
        self.update_rows.toggled.connect(self._tell)
        self.compared.itemActivated.connect(lambda item, _column: self.set_datum(item.data(0, ROLE)))
        self.compared.itemClicked.connect(lambda item, _column: self.set_datum(item.data(0, ROLE)))

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.addRow(tr("&Datum"), self.datum)
        self.kind_label = QLabel(tr("&Kind if none"))
        self.kind_label.setBuddy(self.kind)
        form.addRow(self.kind_label, self.kind)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.columns, 1)
        column.addLayout(form)
        column.addWidget(self.compared)
        column.addWidget(self.advice)
        column.addWidget(self.update_rows)

    def _tell(self) -> None:
        if self._ledger is not None:
            self.changed.emit()

    # Filling

    def _fill_datums(self) -> None:
        from geo import datum

        self.datum.clear()
        for name in (*COLOURS, *OTHER_DATUMS):
            self.datum.addItem(datum.title(name), name)

    def load(self, ledger: "Ledger", recipe: "Recipe") -> None:
        """Show a ledger and the recipe that it would be read with."""
        self._ledger = None
        self._table = recipe.table
        project = self.session.project
        self.kind.clear()
        if project is not None:
            for _, kind in project.frame("kinds").iterrows():
                self.kind.addItem(name_in(kind), str(kind["code"]))
        self.kind.setEditText("")
        if recipe.kind:
            place = self.kind.findData(recipe.kind)
            self.kind.setCurrentIndex(place) if place >= 0 else self.kind.setEditText(recipe.kind)
        for widget in (self.kind, self.kind_label):
            widget.setVisible(recipe.table == "sites")
        self.set_datum(recipe.datum)
        self._fill_columns(ledger, {title: field for field, title in recipe.mapping.items()})
        self._ledger = ledger

    def _fill_columns(self, ledger: "Ledger", known: dict[str, str]) -> None:
        from geo.exchange import columns

        table = TABLES[self._table]
        self.columns.setRowCount(len(ledger.titles))
        for row, title in enumerate(ledger.titles):
            cells = (str(cell) for cell in ledger.columns[row][:200] if cell is not None and str(cell).strip())
            example = ", ".join(_first(cells, EXAMPLES))
            for place, text in enumerate((title, example)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                self.columns.setItem(row, place, item)
            combo = CalmCombo()
            combo.setAccessibleName(tr("What the column “{title}” is", title=title))
            combo.addItem("–", "")
            for field in columns.fields(table):
                combo.addItem(columns.field_title(table, field), field)
            combo.setCurrentIndex(max(combo.findData(known.get(title, "")), 0))
            combo.currentIndexChanged.connect(lambda _at, row=row: self._on_field(row))
            self.columns.setCellWidget(row, 2, combo)

    def _on_field(self, row: int) -> None:
        """Take a field from the column that had it: one field has one column."""
        chosen = self._field(row).currentData()
        for other in range(self.columns.rowCount()):
            combo = self._field(other)
            if other != row and chosen and combo.currentData() == chosen:
                with QSignalBlocker(combo):
                    combo.setCurrentIndex(0)
        self._tell()

    def _field(self, row: int) -> CalmCombo:
        combo = self.columns.cellWidget(row, 2)
        if not isinstance(combo, CalmCombo):
            raise TypeError("every row has its list of fields")
        return combo

    def show_candidates(self, candidates: "tuple[Candidate, ...]", proposed: str) -> None:
        """Show how well each datum fits, and which one is proposed."""
        from geo import datum

        self.compared.clear()
        for each in candidates:
            name = datum.title(each.datum)
            item = QTreeWidgetItem([name.split(" (")[0], _metres(each.street_m), _metres(each.known_m)])
            item.setIcon(0, _dot(COLOURS[each.datum]))
            item.setData(0, ROLE, each.datum)
            item.setToolTip(0, name)
            if each.datum == proposed:
                font = item.font(0)
                font.setBold(True)
                for column in range(3):
                    item.setFont(column, font)
            self.compared.addTopLevelItem(item)
        self.compared.setVisible(bool(candidates))
        self.advice.setVisible(bool(candidates))
        if not proposed:
            self.advice.setText(
                tr("No datum fits clearly better than the others; ask where the coordinates come from.")
            )
        elif proposed == self.recipe_datum() or (proposed == "wgs84" and self.recipe_datum() == "cgcs2000"):
            self.advice.setText(tr("The points fit the map in this datum."))
        else:
            self.advice.setText(tr("The points fit the map best in {datum}.", datum=datum.title(proposed)))

    def set_datum(self, name: str) -> None:
        """Choose a datum."""
        place = self.datum.findData(name)
        if place >= 0:
            self.datum.setCurrentIndex(place)
        else:
            self.datum.setEditText(name.upper())

    # Answers

    def recipe_datum(self) -> str:
        """Return the datum chosen or typed, as `geo.datum.parse` takes it."""
        text = self.datum.currentText().strip()
        place = self.datum.findText(text)
        return str(self.datum.itemData(place)) if place >= 0 else text

    def recipe(self) -> "Recipe":
        """Return how the ledger is to be read."""
        from geo.exchange.importing import Recipe

        titles = self._ledger.titles if self._ledger is not None else ()
        mapping = {str(f): title for row, title in enumerate(titles) if (f := self._field(row).currentData())}
        kind = self.kind.currentText().strip()
        place = self.kind.findText(kind)
        kind = str(self.kind.itemData(place)) if place >= 0 else kind
        is_sites = self._table == "sites"
        return Recipe(self._table, mapping, self.recipe_datum(), kind if is_sites else "", self.update_rows.isChecked())


ROLE = Qt.ItemDataRole.UserRole


def _columns_table() -> QTableWidget:
    table = QTableWidget(0, 3)
    table.setAccessibleName(tr("Columns"))
    table.setHorizontalHeaderLabels([tr("Column"), tr("Examples"), tr("Is")])
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    header = table.horizontalHeader()
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(2, QHeaderView.ResizeMode.Fixed)
    table.setColumnWidth(0, 110)
    table.setColumnWidth(2, 140)
    return table


def _compared_table() -> QTreeWidget:
    tree = QTreeWidget()
    tree.setAccessibleName(tr("Datums compared"))
    tree.setHeaderLabels([tr("Datum"), tr("From streets"), tr("From known places")])
    tree.setRootIsDecorated(False)
    tree.setMaximumHeight(104)
    tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    tree.header().setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
    tree.header().setStretchLastSection(False)
    return tree


def _first(texts: Iterable[str], count: int) -> list[str]:
    found: list[str] = []
    for text in texts:
        short = " ".join(text.split())[:24]
        if short not in found:
            found.append(short)
        if len(found) == count:
            break
    return found


def _metres(value: float) -> str:
    return "–" if value != value else f"{value:.0f} m"  # noqa: PLR0124  not a number is unlike itself


def _dot(colour: QColor) -> QIcon:
    pixmap = QPixmap(12, 12)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(colour)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawEllipse(1, 1, 9, 9)
    painter.end()
    return QIcon(pixmap)
