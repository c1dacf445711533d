"""The sites that are selected, one object that the map, the table, the form and the plan share."""

from collections.abc import Callable, Hashable, Iterable
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import TypeGuard

from PySide6.QtCore import QObject, Signal


class Gesture(Enum):
    """What a new choice does to the present selection."""

    REPLACE = "replace"
    ADD = "add"
    TOGGLE = "toggle"
    SUBTRACT = "subtract"
    INTERSECT = "intersect"


class Selection(QObject):
    """Hold the ids of the selected sites and the one that is current, and tell of every change once.

    The ids are a frozenset, or a `geo.store.rowset.RowSet` where somebody has chosen one: all of a million sites, those
    that are due. What is chosen should therefore come as such a set where it may be large, and whoever asks for places
    in the table takes them from `geo.store.rowset.mask_of`.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: AbstractSet[str] = frozenset()
        self._current = ""

    @property
    def ids(self) -> AbstractSet[str]:
        """Return the ids of the selected sites."""
        return self._ids

    @property
    def count(self) -> int:
        """Return how many sites are selected."""
        return len(self._ids)

    @property
    def current(self) -> str:
        """Return the id of the site that was chosen last, empty if none is selected."""
        return self._current

    def choose(self, ids: Iterable[str], gesture: Gesture = Gesture.REPLACE, current: str = "") -> None:
        """Take sites into the selection, or out of it where the gesture toggles.

        `current` is the site to show in the form; without it the present one stays if it still is selected.
        """
        chosen: AbstractSet[str] = ids if _is_fixed(ids) else frozenset(ids)
        if gesture is Gesture.ADD:
            chosen = self._ids | chosen
        elif gesture is Gesture.TOGGLE:
            chosen = self._ids ^ chosen
        elif gesture is Gesture.SUBTRACT:
            chosen = self._ids - chosen
        elif gesture is Gesture.INTERSECT:
            chosen = self._ids & chosen
        if current not in chosen:
            current = self._current if self._current in chosen else _first(chosen)
        if current != self._current or chosen != self._ids:
            self._ids, self._current = chosen, current
            self.changed.emit()

    def clear(self) -> None:
        """Select nothing."""
        self.choose(())

    def follow(self, ids: AbstractSet[str]) -> None:
        """Take the same sites as the rows of a table that has changed, where some may be gone."""
        if len(ids) == len(self._ids):
            self._ids = ids
        else:
            self.choose(ids)


def _is_fixed(ids: Iterable[str]) -> TypeGuard[AbstractSet[str]]:
    """Return whether a set can be held on to: it can be hashed, so that it does not change."""
    return isinstance(ids, AbstractSet) and isinstance(ids, Hashable)


def _first(ids: AbstractSet[str]) -> str:
    first: Callable[[], str] | None = getattr(ids, "first", None)
    return min(ids, default="") if first is None else first()
