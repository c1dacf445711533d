"""The choices of a layout as a form: the paper, what is on the map, the words, and what stands around it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from geo.errors import XunluError
from geo.language import tr
from gui.fields import CalmCombo
from gui.lists import check_all

if TYPE_CHECKING:
    from layers.layout import Layout

Choice = tuple[Any, str]
ROLE = Qt.ItemDataRole.UserRole
LIST_PX = 110


class LayoutForm(QWidget):
    """Show a layout and let it be changed; every change is told at once."""

    changed = Signal()
    refused = Signal(object)

    def __init__(self, layout: "Layout", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = layout
        self._form = QFormLayout(self)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setContentsMargins(8, 4, 10, 8)
        self._form.setVerticalSpacing(4)
        self._combos: dict[str, QComboBox] = {}
        self._boxes: dict[str, QCheckBox] = {}
        self._lines: dict[str, QLineEdit] = {}
        self._make_paper()
        self._make_map()
        self._make_words()
        self._make_around()
        self.show_layout(layout)

    # Making

    def _section(self, title: str) -> None:
        label = QLabel(title)
        label.setObjectName("section")
        self._form.addRow(label)

    def _combo(self, name: str, title: str, choices: Iterable[Choice], tip: str = "") -> QComboBox:
        combo = CalmCombo()
        combo.setObjectName(name)
        for value, words in choices:
            combo.addItem(words, value)
        combo.setToolTip(tip)
        combo.setStatusTip(tip)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        combo.setAccessibleName(title.replace("&", ""))
        combo.activated.connect(lambda _row: self._take(name, combo.currentData()))
        self._form.addRow(title, combo)
        self._combos[name] = combo
        return combo

    def _check(self, name: str, title: str, tip: str = "") -> QCheckBox:
        box = QCheckBox(title)
        box.setToolTip(tip)
        box.setStatusTip(tip)
        box.toggled.connect(lambda on: self._take(name, on))
        self._boxes[name] = box
        return box

    def _line(self, name: str, title: str, tip: str) -> None:
        line = QLineEdit()
        line.setObjectName(name)
        line.setToolTip(tip)
        line.setStatusTip(tip)
        line.setAccessibleName(title.replace("&", ""))
        line.textEdited.connect(lambda text: self._take(name, text.strip()))
        self._form.addRow(title, line)
        self._lines[name] = line

    def _make_paper(self) -> None:
        from layers.layout import PAPERS

        self._section(tr("Paper"))
        sizes = [(name, f"{name}  {wide:g} × {high:g} mm") for name, (wide, high) in PAPERS.items()]
        self._combo("paper", tr("&Paper"), sizes)
        self._combo("landscape", tr("&Orientation"), [(True, tr("Landscape")), (False, tr("Portrait"))])
        self.margin = self._spin("margin_mm", tr("Mar&gin"), (0, 40), " mm", 1.0)

    def _spin(self, name: str, title: str, limits: tuple[int, int], unit: str, factor: float) -> QSpinBox:
        spin = QSpinBox()
        spin.setRange(*limits)
        spin.setSuffix(unit)
        spin.setAccessibleName(title.replace("&", ""))
        spin.valueChanged.connect(lambda value: self._take(name, value * factor))
        self._form.addRow(title, spin)
        return spin

    def _make_map(self) -> None:
        from layers.layout import SCALES, written

        self._section(tr("Map"))
        self._combo(
            "by",
            tr("&Sheets"),
            [
                ("all", tr("The whole map")),
                ("view", tr("What the window shows")),
                ("subdistrict", tr("Set, one per subdistrict")),
                ("team", tr("Set, one per team")),
            ],
            tr("One map, or an atlas: one page for each area or team"),
        )
        self.parts = QListWidget()
        self.parts.setAccessibleName(tr("Sheets of the set"))
        self.parts.setFixedHeight(LIST_PX)
        self.parts.itemChanged.connect(self._take_parts)
        self._all_line = QWidget()
        line = QHBoxLayout(self._all_line)
        line.setContentsMargins(0, 0, 0, 0)
        for text, state in ((tr("All"), Qt.CheckState.Checked), (tr("None"), Qt.CheckState.Unchecked)):
            button = QPushButton(text)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _on=False, state=state: self._tick(state))
            line.addWidget(button)
        self._form.addRow(self.parts)
        self._form.addRow(self._all_line)
        scale = self._combo(
            "scale",
            tr("S&cale"),
            [(0.0, tr("Fitted, and rounded")), *((float(n), written(n)) for n in SCALES)],
            tr("Choose a scale, or type one such as 1:8000"),
        )
        scale.setEditable(True)
        scale.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        # It would turn 1:1 into 1:1000 while somebody types 1:12000.
        scale.setCompleter(None)  # type: ignore[arg-type]
        edit = scale.lineEdit()
        if edit is not None:
            edit.editingFinished.connect(self._take_scale)
        self._combo("style", tr("St&yle"), [("print", tr("Print")), ("light", tr("Light"))])
        self.symbols = self._spin("symbols", tr("Si&ze of symbols"), (50, 300), " %", 0.01)
        self.symbols.setSingleStep(10)

    def _make_words(self) -> None:
        self._section(tr("Words"))
        self._line("title", tr("&Title"), tr("Written above the map; the name of the project if empty"))
        self._line("subtitle", tr("S&ubtitle"), tr("Written small below the title"))
        self._line("office", tr("O&ffice"), tr("Whose map it is, at the upper right"))
        languages = [("", tr("As the window")), ("zh", "中文"), ("en", "English")]
        self._combo("lang", tr("Lan&guage"), languages)

    def _make_around(self) -> None:
        from geo import datum
        from layers.gridindex import datum_name

        self._section(tr("Around the map"))
        places = [
            ("auto", tr("Where there is room")),
            ("side", tr("Beside the map")),
            ("below", tr("Below the map")),
            ("inside", tr("In a corner of the map")),
            ("none", tr("None")),
        ]
        self._combo("legend", tr("&Legend"), places)
        coordinates = [("none", tr("None")), ("degrees", tr("Degrees")), ("metres", tr("Metres"))]
        self._combo("coordinates", tr("Coor&dinates"), coordinates, tr("Round coordinates along the frame"))
        self._combo("datum", tr("Datu&m"), [(name, datum_name(name)) for name in datum.DATUMS])
        lists = [
            ("none", tr("None")),
            ("sites", tr("Sites")),
            ("streets", tr("Streets")),
            ("both", tr("Sites and streets")),
        ]
        self._combo("index", tr("Inde&x"), lists, tr("Pages that list in which square of the map everything lies"))
        boxes = (
            self._check("squares", tr("Squares A1, A2 …"), tr("Letters and numbers along the frame")),
            self._check("counts", tr("Counts in the legend"), tr("How many sites of each kind and status are shown")),
            self._check("north", tr("North arrow")),
            self._check("bar", tr("Scale bar")),
            self._check("date", tr("Date")),
            self._check("attribution", tr("Attribution"), tr("Who made the data")),
            self._check("numbers", tr("Page numbers")),
            self._check("overview", tr("Overview first"), tr("A set begins with a map of its sheets")),
            self._check("locator", tr("Locator map"), tr("Where in the district each sheet of a set lies")),
            self._check("neighbours", tr("Neighbour names"), tr("At the edge of the map, the sheets that go on")),
        )
        columns = QHBoxLayout()
        for start in (0, 5):
            column = QVBoxLayout()
            column.setSpacing(3)
            for box in boxes[start : start + 5]:
                column.addWidget(box)
            columns.addLayout(column)
        self._form.addRow(columns)
        self._section(tr("Picture"))
        from layers.layout import DPIS

        self._combo("dpi", tr("&Resolution of a PNG"), [(dpi, f"{dpi} dpi") for dpi in DPIS])
        self.size_note = QLabel()
        self.size_note.setObjectName("quiet")
        self._form.addRow("", self.size_note)

    # What is shown and taken

    @property
    def value(self) -> "Layout":
        """Return the layout as it is chosen."""
        return self._layout

    def show_layout(self, layout: "Layout") -> None:
        """Show a layout without telling that anything changed."""
        self._layout = layout
        widgets = (*self._combos.values(), *self._boxes.values(), *self._lines.values(), self.margin, self.symbols)
        blockers = [QSignalBlocker(widget) for widget in widgets]
        for name, combo in self._combos.items():
            self._show_choice(combo, getattr(layout, name))
        for name, box in self._boxes.items():
            box.setChecked(getattr(layout, name))
        for name, line in self._lines.items():
            if line.text().strip() != getattr(layout, name):
                line.setText(getattr(layout, name))
        self.margin.setValue(round(layout.margin_mm))
        self.symbols.setValue(round(layout.symbols * 100))
        del blockers
        self._follow()

    def _show_choice(self, combo: QComboBox, value: Any) -> None:
        place = combo.findData(value)
        if place < 0 and combo.isEditable():
            from layers.layout import written

            combo.setEditText(written(value))
        else:
            combo.setCurrentIndex(max(place, 0))

    def show_parts(self, parts: Iterable[tuple[str, str]]) -> None:
        """Show of what a set can be made: ids and names."""
        blocker = QSignalBlocker(self.parts)
        self.parts.clear()
        for key, name in parts:
            item = QListWidgetItem(name)
            item.setData(ROLE, key)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            is_on = not self._layout.only or key in self._layout.only
            item.setCheckState(Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked)
            self.parts.addItem(item)
        del blocker

    def set_placeholder(self, title: str) -> None:
        """Show what stands for an empty title."""
        self._lines["title"].setPlaceholderText(title)

    def _follow(self) -> None:
        """Offer only what makes sense for what is chosen."""
        from layers.paper import pixels_note

        is_set = self._layout.is_set
        self.parts.setVisible(is_set)
        self._all_line.setVisible(is_set)
        for name in ("overview", "locator", "neighbours"):
            self._boxes[name].setEnabled(is_set)
        self._combos["datum"].setEnabled(self._layout.coordinates != "none")
        # An index is of no use without the squares that it names.
        self._boxes["squares"].setEnabled(self._layout.index == "none")
        self._boxes["counts"].setEnabled(self._layout.legend != "none")
        self.size_note.setText(pixels_note(self._layout))

    def _take(self, name: str, value: Any) -> None:
        if getattr(self._layout, name) == value:
            return
        changes = {name: value, "only": ()} if name == "by" else {name: value}
        try:
            self._layout = replace(self._layout, **changes)
        except XunluError as error:
            self.refused.emit(error)
            return
        self._follow()
        self.changed.emit()

    def _take_scale(self) -> None:
        combo = self._combos["scale"]
        text = combo.currentText().strip()
        known = combo.findText(text)
        if known >= 0:
            self._take("scale", combo.itemData(known))
            return
        digits = text.replace("：", ":").rpartition(":")[2].replace(",", "").replace("，", "").replace(" ", "")
        if digits.isdecimal() and int(digits):
            self._take("scale", float(digits))
        self._show_choice(combo, self._layout.scale)

    def _take_parts(self) -> None:
        items = [self.parts.item(place) for place in range(self.parts.count())]
        on = [str(item.data(ROLE)) for item in items if item.checkState() is Qt.CheckState.Checked]
        # Nothing ticked is told as what it is, not as everything.
        self._take("only", () if len(on) == len(items) else tuple(on) or ("-",))

    def _tick(self, state: Qt.CheckState) -> None:
        check_all(self.parts, state)
        self._take_parts()
