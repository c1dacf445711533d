"""The sites that are selected, one object that the map, the table, the form and the plan share."""

from collections.abc import Iterable
from enum import Enum

from PySide6.QtCore import QObject, Signal


class Gesture(Enum):
    """What a new choice does to the present selection."""

    REPLACE = "replace"
    ADD = "add"
    TOGGLE = "toggle"


class Selection(QObject):
    """Hold the ids of the selected sites and the one that is current, and tell of every change once."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: frozenset[str] = frozenset()
        self._current = ""

    @property
    def ids(self) -> frozenset[str]:
        """Return the ids of the selected sites."""
        return self._ids

    @property
    def current(self) -> str:
        """Return the id of the site that was chosen last, empty if none is selected."""
        return self._current

    def choose(self, ids: Iterable[str], gesture: Gesture = Gesture.REPLACE, current: str = "") -> None:
        """Take sites into the selection, or out of it where the gesture toggles.

        `current` is the site to show in the form; without it the present one stays if it still is selected.
        """
        chosen = frozenset(ids)
        if gesture is Gesture.ADD:
            chosen = self._ids | chosen
        elif gesture is Gesture.TOGGLE:
            chosen = self._ids ^ chosen
        if current not in chosen:
            current = self._current if self._current in chosen else min(chosen, default="")
        if chosen != self._ids or current != self._current:
            self._ids, self._current = chosen, current
            self.changed.emit()

    def clear(self) -> None:
        """Select nothing."""
        self.choose(())
