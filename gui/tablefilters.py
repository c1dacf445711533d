"""The bar above the table: the line to search, the ready filters and their counts, the filters of columns."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QLineEdit, QSizePolicy, QToolButton, QWidget

from geo.errors import XunluError
from geo.language import tr
from gui import table
from gui.session import Session
from gui.slices import Slices
from gui.stayingmenu import StayingMenu
from gui.tablemodel import SitesModel
from gui.tableorder import BY_STATUS, SMALL, Filter

if TYPE_CHECKING:
    from geo.tablework.conditions import Condition
    from geo.tablework.sheet import Sheet

READY = ("due", "overdue", "unplaced", "findings", "no_access", "planned", "selected")

CHIP = """
QToolButton { border: 1px solid #c5cdd2; border-radius: 9px; padding: 1px 8px; background: #ffffff; color: #22303a; }
QToolButton:hover { border-color: #1f6f8b; }
QToolButton:focus { border-color: #1f6f8b; background: #eef5f8; }
QToolButton:checked { background: #1f6f8b; border-color: #1f6f8b; color: #ffffff; }
QToolButton:checked:focus { border-color: #22303a; background: #1f6f8b; }
"""
SEARCH_PX = (150, 280)
LEAST_PX = 240


def titles() -> dict[str, str]:
    """Return what the ready filters are called."""
    return {
        "due": tr("Due sites"),
        "overdue": tr("Overdue sites"),
        "unplaced": tr("To be placed"),
        "findings": tr("With open findings"),
        "no_access": tr("No access"),
        "planned": tr("Planned sites"),
        "selected": tr("Selected sites"),
    }


class SearchLine(QLineEdit):
    """The line to search; Down goes on into the table, Escape empties it and then goes back."""

    down = Signal()
    left = Signal()
    entered = Signal()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that somebody is about to type."""
        super().focusInEvent(event)
        self.entered.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Know Down and Escape."""
        if event.key() == Qt.Key.Key_Down:
            self.down.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class FilterBar(QWidget):
    """Choose which sites are shown; all that is chosen must hold."""

    left = Signal()
    counted = Signal()

    def __init__(self, session: Session, model: SitesModel) -> None:
        super().__init__()
        self.session, self.model = session, model
        self.search = SearchLine()
        self.search.setPlaceholderText(tr("Search name, code, address, subdistrict"))
        self.search.setAccessibleName(tr("Search sites"))
        self.search.setToolTip(tr("Every word must be found; Down goes into the table, Escape empties the line"))
        self.search.setStatusTip(self.search.toolTip())
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(SEARCH_PX[0])
        self.search.setMaximumWidth(SEARCH_PX[1])
        self.values: dict[str, frozenset[str]] = {}
        self.conditions: dict[str, tuple[str, Condition]] = {}
        self.chips: dict[str, QToolButton] = {}
        self._removable: list[QToolButton] = []
        self._counts: dict[str, int] = {}
        self._slices = Slices(self)
        self._lay_out()
        self.search.textChanged.connect(self.apply)
        self.search.returnPressed.connect(self.apply)
        self.search.left.connect(self.left)
        self.search.entered.connect(model.arrangement.make_ready)
        model.loaded.connect(self.recount)
        model.followed.connect(self.recount)
        session.selection.changed.connect(self._name_chips)
        session.opened.connect(self._on_opened)
        session.released.connect(self._slices.stop)
        self._name_chips()

    def _lay_out(self) -> None:
        self.setStyleSheet(CHIP)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 5, 8, 5)
        row.setSpacing(5)
        row.addWidget(self.search, 3)
        row.addSpacing(4)
        for name in READY:
            chip = QToolButton()
            chip.setCheckable(True)
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            chip.clicked.connect(lambda _on=False: self.apply())
            self.chips[name] = chip
            row.addWidget(chip)
        self.more = QToolButton()
        self.more.setText(tr("Filters"))
        self.more.setToolTip(tr("All ready filters, and an end to filtering"))
        self.more.setStatusTip(self.more.toolTip())
        self.more.setAccessibleName(tr("Filters"))
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = StayingMenu(self.more)
        self._menu.aboutToShow.connect(self._fill_menu)
        self.more.setMenu(self._menu)
        row.addWidget(self.more)
        self.condition = ConditionLine(self)
        row.addWidget(self.condition, 2)
        row.addStretch(1)
        # What does not fit is left out; the bar never makes the window wider.
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setMinimumWidth(LEAST_PX)
        self._row = row

    # What is wanted

    @property
    def wanted(self) -> Filter:
        """Return what is chosen."""
        ready = frozenset(name for name, chip in self.chips.items() if chip.isChecked())
        conditions = {name: condition for name, (_text, condition) in self.conditions.items()}
        return Filter(tuple(self.search.text().split()), ready, dict(self.values), conditions)

    def apply(self) -> None:
        """Show what is chosen."""
        self.place_chips()
        self.model.arrangement.set_filter(self.wanted)

    def choose(self, name: str) -> None:
        """Show the sites of one ready filter and no other, ``all`` for none: see `READY`."""
        for each, chip in self.chips.items():
            chip.setChecked(each == name)
        self.apply()

    def clear(self) -> None:
        """Show all sites."""
        self.values.clear()
        self.conditions.clear()
        for chip in self.chips.values():
            chip.setChecked(False)
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self._show_removable()
        self.apply()

    @property
    def is_filtering(self) -> bool:
        """Return whether anything is chosen."""
        return self.wanted != Filter()

    def filter_values(self, name: str, values: frozenset[str]) -> None:
        """Show only sites that hold one of some values in a column; none ends that."""
        self.values.pop(name, None)
        if values:
            self.values[name] = values
        self._show_removable()
        self.apply()

    def filter_condition(self, name: str, text: str) -> None:
        """Show only sites whose column meets a condition as a person writes it; an empty one ends that.

        Raises
        ------
        XunluError
            If it cannot be understood.
        """
        from geo.tablework.conditions import parse

        column = self.model.columns[self.model.place_of_column[name]]
        condition = parse(text, is_number=table.is_number(column))
        self.conditions.pop(name, None)
        if condition is not None:
            self.conditions[name] = (text.strip(), condition)
        self._show_removable()
        self.apply()

    # What columns are filtered by

    def _show_removable(self) -> None:
        for chip in self._removable:
            self._row.removeWidget(chip)
            chip.deleteLater()
        self._removable = []
        for name, values in self.values.items():
            known = self.model.titles.get(name, {})
            shown = [known.get(value, value) or tr("empty") for value in sorted(values)]
            text = ", ".join(shown[:2]) + (f" +{len(shown) - 2}" if len(shown) > 2 else "")
            self._add_removable(name, text, partial(self.filter_values, name, frozenset()))
        for name, (text, _condition) in self.conditions.items():
            self._add_removable(name, text, partial(self.filter_condition, name, ""))

    def _add_removable(self, name: str, text: str, remove: Callable[[], None]) -> None:
        column = self.model.columns[self.model.place_of_column[name]]
        label = f"{table.title(column)}: {text}"
        chip = QToolButton()
        chip.setCheckable(True)
        chip.setChecked(True)
        chip.setText((label if len(label) <= 34 else label[:33] + "…").replace("&", "&&") + "  ✕")
        chip.setToolTip(tr("Remove this filter"))
        chip.setStatusTip(chip.toolTip())
        chip.setAccessibleName(label)
        chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # After the click is over: the chip itself goes.
        chip.clicked.connect(lambda _on=False: QTimer.singleShot(0, self, remove))
        self._row.insertWidget(self._row.indexOf(self.more), chip)
        self._removable.append(chip)

    # Counts

    def _on_opened(self) -> None:
        self.values.clear()
        self.conditions.clear()
        self._show_removable()

    def recount(self) -> None:
        """Count anew how many sites each ready filter lets pass."""
        self._slices.stop()
        sheet = self.model.sheet
        if sheet is None:
            self._counts = {}
            self._name_chips()
            return
        work = self._counting(sheet)
        if sheet.count <= SMALL:
            for _ in work:
                pass
        else:
            self._slices.start(work, _nothing)

    def _counting(self, sheet: "Sheet") -> Iterator[None]:
        import numpy as np

        unplaced = yield from sheet.unplaced()
        self._counts["unplaced"] = int(np.count_nonzero(unplaced))
        self._on_counted()

    def _on_counted(self) -> None:
        self._name_chips()
        self.counted.emit()

    def _name_chips(self) -> None:
        counts = {
            **self._counts,
            **{name: self.session.count_of(*statuses) for name, statuses in BY_STATUS.items()},
            "due": len(self.session.due),
            "selected": len(self.session.selection.ids),
        }
        for name, title in titles().items():
            count = counts.get(name, 0)
            self.chips[name].setText(f"{title} {count:,}")
            self.chips[name].setAccessibleName(f"{title} ({count:,})")
            tip = tr("Show only these sites: {what}", what=title)
            self.chips[name].setToolTip(tip)
            self.chips[name].setStatusTip(tip)
        self.place_chips()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out of the bar what does not fit; the menu has it."""
        super().resizeEvent(event)
        self.place_chips()

    def place_chips(self) -> None:
        """Show as many chips as there is room for, and those that filter in any case."""
        taken = SEARCH_PX[0] + self.more.sizeHint().width() + 40
        taken += sum(chip.sizeHint().width() + 5 for chip in self._removable)
        taken += self.condition.sizeHint().width() if self.condition.isVisibleTo(self) else 0
        chips = sorted(self.chips.items(), key=lambda item: (not item[1].isChecked(), READY.index(item[0])))
        for _name, chip in chips:
            taken += chip.sizeHint().width() + 5
            chip.setVisible(chip.isChecked() or taken <= self.width())

    def _fill_menu(self) -> None:
        menu = self._menu
        menu.clear()
        for name, chip in self.chips.items():
            action = QAction(chip.accessibleName().replace("&", "&&"), menu)
            action.setCheckable(True)
            action.setChecked(chip.isChecked())
            action.triggered.connect(lambda on=False, name=name: self._toggle(name, on))
            menu.addAction(action)
        menu.addSeparator()
        end = menu.addAction(tr("Show all sites"))
        end.setEnabled(self.is_filtering)
        end.triggered.connect(self.clear)

    def _toggle(self, name: str, on: bool) -> None:
        self.chips[name].setChecked(on)
        self.apply()


class ConditionLine(QWidget):
    """A small line that asks for a condition on a column, in the bar, for as long as it is written."""

    def __init__(self, bar: FilterBar) -> None:
        super().__init__()
        self._bar = bar
        self._name = ""
        self.label = QLabel()
        self.line = SearchLine()
        self.line.setPlaceholderText(">= 30   10..20   =   <>")
        self.line.setToolTip(
            tr("Like >= 30, 10..20, = for empty, <> for filled, or a word; Enter filters, Escape leaves it")
        )
        self.line.setMinimumWidth(130)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 0, 0)
        row.addWidget(self.label)
        row.addWidget(self.line, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.line.returnPressed.connect(self._take)
        self.line.left.connect(self._leave)
        self.line.textEdited.connect(lambda _text: self.line.setStyleSheet(""))
        self.hide()

    def ask(self, name: str) -> None:
        """Ask for the condition of a column."""
        column = self._bar.model.columns[self._bar.model.place_of_column[name]]
        self._name = name
        self.label.setText(table.title(column))
        self.line.setAccessibleName(tr("Condition on {column}", column=table.title(column)))
        self.line.setText(self._bar.conditions.get(name, ("",))[0])
        self.line.selectAll()
        self.show()
        self._bar.place_chips()
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take(self) -> None:
        """Filter by what was written, or say what is wrong with it."""
        try:
            self._bar.filter_condition(self._name, self.line.text())
        except XunluError as error:
            self.line.setStyleSheet("QLineEdit { border: 1px solid #b3261e; background: #fdf1f0; }")
            self._bar.session.tell_error(error)
            return
        self._leave()

    def _leave(self) -> None:
        self.hide()
        self._bar.place_chips()
        self._bar.left.emit()


def _nothing() -> None:
    """Do nothing at the end."""
