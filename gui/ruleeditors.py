"""The editors of single rules: an aim, a number, a tick, a time of day, or a speed for each hour."""

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import Qt, QTime, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QSpinBox, QTimeEdit, QWidget

from geo.language import tr
from geo.model import AIMS
from geo.planning.office.rulebook import Setting
from gui.fields import CalmCombo, sentence

HOURS_A_LINE = 8


class Editor(Protocol):
    """What every editor of a rule can do."""

    def value(self) -> Any:
        """Return the value that is shown."""

    def show_value(self, value: Any) -> None:
        """Show a value."""


class CalmSpin(QSpinBox):
    """A number that does not change by accident when the wheel scrolls the form over it."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self.setRange(setting.least, setting.most)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if setting.unit:
            self.setSuffix(f" {setting.unit}")

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn only while the number has the keyboard; else the form scrolls."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def show_value(self, value: int) -> None:
        """Show a value."""
        self.setValue(value)


class Tick(QCheckBox):
    """A rule that holds or does not."""

    def value(self) -> bool:
        """Return whether it is ticked."""
        return self.isChecked()

    def show_value(self, value: bool) -> None:
        """Show a value."""
        self.setChecked(value)


class Aims(CalmCombo):
    """The choice of an aim."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for choice in AIMS:
            self.addItem(sentence(choice.title()), choice.value)

    def value(self) -> Any:
        """Return the aim that is chosen."""
        from geo.planning.rules import Aim

        return Aim(self.currentData())

    def show_value(self, value: Any) -> None:
        """Show a value."""
        self.setCurrentIndex(self.findData(str(value)))


class Clock(QTimeEdit):
    """A time of day, in seconds from midnight."""

    def __init__(self) -> None:
        super().__init__()
        self.setDisplayFormat("HH:mm")

    def value(self) -> int:
        """Return the seconds from midnight."""
        return self.time().msecsSinceStartOfDay() // 1000

    def show_value(self, value: int) -> None:
        """Show a value."""
        self.setTime(QTime.fromMSecsSinceStartOfDay(value * 1000))


class Speeds(QWidget):
    """A number of percent for each hour of the day."""

    changed = Signal()

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(1)
        self.hours: list[CalmSpin] = []
        for hour in range(24):
            line, place = divmod(hour, HOURS_A_LINE)
            spin = CalmSpin(setting)
            spin.setSuffix("")
            spin.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
            spin.setAlignment(Qt.AlignmentFlag.AlignRight)
            spin.setSingleStep(5)
            spin.setAccessibleName(tr("Speed from {hour}:00 in percent", hour=hour))
            spin.valueChanged.connect(self.changed)
            label = QLabel(f"{hour:02d}:00")
            label.setObjectName("quiet")
            label.setBuddy(spin)
            grid.addWidget(label, 2 * line, place)
            grid.addWidget(spin, 2 * line + 1, place)
            self.hours.append(spin)

    def value(self) -> tuple[int, ...]:
        """Return the speeds by hour."""
        return tuple(spin.value() for spin in self.hours)

    def show_value(self, value: tuple[int, ...]) -> None:
        """Show a value."""
        for spin, speed in zip(self.hours, value, strict=True):
            spin.setValue(speed)


def editor_of(setting: Setting, changed: Callable[[], None]) -> Any:
    """Return the editor of a rule; `changed` is called whenever what it shows has changed."""
    made: Any
    if setting.kind == "aim":
        made = Aims()
        made.currentIndexChanged.connect(changed)
    elif setting.kind == "yes":
        made = Tick(setting.title)
        made.toggled.connect(changed)
    elif setting.kind == "clock":
        made = Clock()
        made.timeChanged.connect(changed)
    elif setting.kind == "speeds":
        made = Speeds(setting)
        made.changed.connect(changed)
    else:
        made = CalmSpin(setting)
        made.valueChanged.connect(changed)
    made.setAccessibleName(setting.title)
    return made
