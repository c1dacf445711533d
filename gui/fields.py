"""A value of a column on screen: how it is written, read, checked and edited, by the column's type alone."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from geo.dayhours import format_exceptions, parse_exceptions
from geo.errors import XunluError
from geo.hours import format_clock, format_windows, parse_clock, parse_windows
from geo.language import tr
from geo.model import SITES, Column, Table

if TYPE_CHECKING:
    import pandas as pd

    from geo.store.project import Project

Pairs = tuple[tuple[str, str], ...]
"""The values that a column may take, each with what a reader sees."""

SOME = 8
"""So many choices are named to somebody who wrote none of them."""


def name_in(row: "Mapping[str, Any] | pd.Series[Any]") -> str:
    """Return the name of a row in the window's language."""
    from geo.store.tables import name_of

    return name_of(row)


def sentence(text: str) -> str:
    """Return a text with a capital first, as it stands alone in a list."""
    return text[:1].upper() + text[1:]


def pairs_of(project: "Project", table: Table, column: Column) -> Pairs:
    """Return the choices of a column; none for one that takes any value."""
    if column.choices:
        return tuple((choice.value, sentence(choice.title())) for choice in column.choices)
    if table is SITES and column.name == "kind":
        return tuple((str(kind["code"]), sentence(name_in(kind))) for kind in _rows(project, "kinds").values())
    if column.refers_to:
        called = _file_of if column.refers_to == "imports" else name_in
        named = [(other_id, called(other)) for other_id, other in _rows(project, column.refers_to).items()]
        return (("", "–"), *named)
    return ()


def _rows(project: "Project", table: str) -> dict[str, dict[str, Any]]:
    """Return what tells the rows of a table apart, by id; a hundred times as fast as one by one in pandas."""
    frame = project.frame(table)
    names = [name for name in ("code", "name", "name_en", "file", "at") if name in frame]
    cells = zip(*(frame[name].tolist() for name in names), strict=True)
    return {str(one): dict(zip(names, row, strict=True)) for one, row in zip(frame.index, cells, strict=True)}


def _file_of(row: "Mapping[str, Any]") -> str:
    return f"{row['file']} ({row['at'][:10]})"


def written(column: Column, value: Any, pairs: Mapping[str, str]) -> str:
    """Return what a reader sees for a value; `pairs` are the titles of the choices by value."""
    if column.type == "bool":
        return tr("yes") if value else ""
    if value is None or value == "":
        return ""
    return pairs.get(value, str(value))


def read(column: Column, text: str) -> Any:
    """Return the value that a text stands for in a column.

    Raises
    ------
    XunluError
        If the column cannot hold that; the message names the column.
    """
    text = text.strip()
    if not text:
        if column.required:
            raise XunluError(tr("“{column}” may not be empty.", column=column.title()))
        return column.empty
    try:
        return _READERS[column.type](text) if column.type in _READERS else text
    except ValueError as error:
        raise XunluError(
            tr("“{text}” is no value for “{column}”.", text=text, column=column.title()), _hint(column)
        ) from error
    except XunluError as error:
        raise XunluError(f"{column.title()}: {error.message}", error.hint) from error


def chosen(column: Column, text: str, pairs: Pairs) -> Any:
    """Return the choice that a text names, by its title in any case of letters or by its value.

    Raises
    ------
    XunluError
        If there is no such choice, or several are called so.
    """
    text = text.strip()
    if not text and not column.required:
        return column.empty
    values = dict(pairs)
    named = [value for value, title in pairs if title.casefold() == text.casefold()]
    if text in values and text not in named:
        named.append(text)
    if len(named) == 1:
        return named[0]
    if named:
        raise XunluError(
            tr("{column}: several are called “{text}”.", column=column.title(), text=text),
            tr("Choose it from the list in the cell."),
        )
    some = [title for value, title in pairs if value]
    hint = tr("It may be: {choices}", choices=", ".join(some[:SOME]) + (" …" if len(some) > SOME else ""))
    raise XunluError(tr("“{text}” is no value for “{column}”.", text=text, column=column.title()), hint)


def _whole(text: str) -> int:
    number = int(text.replace(",", "").replace("，", ""))
    if not 0 <= number < 2**31:
        raise ValueError(text)
    return number


_READERS: dict[str, Any] = {
    "int": _whole,
    "real": float,
    "date": lambda text: date.fromisoformat(text).isoformat(),
    "clock": lambda text: format_clock(parse_clock(text)),
    "windows": lambda text: format_windows(parse_windows(text)),
    "exceptions": lambda text: format_exceptions(parse_exceptions(text)),
    "bool": lambda text: text.lower() in {"1", "true", "yes", "是"},
}


def _hint(column: Column) -> str:
    if column.type == "int":
        return tr("Write a whole number of 0 or more.")
    if column.type == "date":
        return tr("Write it like 2021-06-02.")
    return tr("Write a number.")


def heading(column: Column) -> str:
    """Return the title of a column with its unit."""
    units = {"min": tr("min"), "d": tr("days"), "s": tr("s"), "m": tr("m")}
    return f"{column.title()} ({units.get(column.unit, column.unit)})" if column.unit else column.title()


class CalmCombo(QComboBox):
    """A list of choices that does not change by accident when the wheel scrolls the form over it."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn only while the list has the keyboard; else the form scrolls."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Field(QWidget):
    """One line of a form: an editor for a column, a list of choices or a line of text.

    Parameters
    ----------
    column
        What is edited.
    pairs
        The choices; without any the value is typed.
    """

    committed = Signal(object)
    refused = Signal(object)

    def __init__(self, column: Column, pairs: Pairs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = column
        self._titles = dict(pairs)
        self._shown: Any = column.empty
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.combo: QComboBox | None = None
        self.line: QLineEdit | None = None
        if pairs:
            self.combo = CalmCombo()
            self.combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            for value, title in pairs:
                self.combo.addItem(title, value)
            self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            self.combo.setMinimumContentsLength(6)
            self.combo.activated.connect(self._commit_choice)
        else:
            self.line = QLineEdit()
            self.line.setPlaceholderText(_placeholder(column))
            self.line.editingFinished.connect(self._commit_text)
        self.editor.setAccessibleName(column.title())
        self.setFocusProxy(self.editor)
        row.addWidget(self.editor, 1)

    @property
    def editor(self) -> QWidget:
        """Return the widget that takes the keyboard."""
        widget = self.combo or self.line
        if widget is None:
            raise RuntimeError(self.column.name)
        return widget

    def show_value(self, value: Any) -> None:
        """Show a value without telling that it was changed."""
        self._shown = value
        if self.combo is not None:
            with QSignalBlocker(self.combo):
                index = self.combo.findData(value)
                if index < 0:
                    # A value that is no choice any more is still shown, never replaced behind the user's back.
                    self.combo.addItem(str(value), value)
                    index = self.combo.count() - 1
                self.combo.setCurrentIndex(index)
        elif self.line is not None:
            self.line.setText(written(self.column, value, self._titles))
            self.line.setCursorPosition(0)

    def hint(self, text: str) -> None:
        """Show a text in an empty line: what counts while nothing is said here."""
        if self.line is not None:
            self.line.setPlaceholderText(text)

    def _commit_choice(self, index: int) -> None:
        if self.combo is not None and self.combo.itemData(index) != self._shown:
            self._shown = self.combo.itemData(index)
            self.committed.emit(self._shown)

    def _commit_text(self) -> None:
        if self.line is None or self.line.text().strip() == written(self.column, self._shown, self._titles):
            return
        try:
            value = read(self.column, self.line.text())
        except XunluError as error:
            self.show_value(self._shown)
            self.refused.emit(error)
            return
        changed = value != self._shown
        self.show_value(value)
        if changed:
            self.committed.emit(value)


def _placeholder(column: Column) -> str:
    if column.type == "windows":
        return tr("open all day")
    if column.type == "exceptions":
        return tr("like 2026-12-24 closed")
    if column.type == "date":
        return tr("like 2021-06-02")
    return ""
