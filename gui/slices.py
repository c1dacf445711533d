"""Work of the window's own thread in slices of a few milliseconds, so that it never freezes."""

import time
from collections.abc import Callable, Iterator
from weakref import WeakKeyDictionary, WeakSet

from PySide6.QtCore import QObject, QTimer

from geo.errors import XunluError

SLICE_S = 0.008
"""How long all work together takes at one turn of the event loop, unless a single step takes longer."""

LONGEST_WAIT = 100
"""For how many turns at most anybody may have been waiting."""


class Slices(QObject):
    """Drive one generator at a time from the event loop; a new one takes the place of the old."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._step)
        self._work: Iterator[None] | None = None
        self._done: Callable[[], None] = _nothing
        self._failed: Callable[[XunluError], None] | None = None

    def start(
        self, work: Iterator[None], done: Callable[[], None], failed: Callable[[XunluError], None] | None = None
    ) -> None:
        """Run a generator to its end in slices, then call `done`, or `failed` with what the user can mend."""
        self._work, self._done, self._failed = work, done, failed
        _busy.add(self)
        self._timer.start()

    def stop(self) -> None:
        """Drop the present work; `done` is not called."""
        self._timer.stop()
        _busy.discard(self)
        _owed.pop(self, None)
        self._work, self._done, self._failed = None, _nothing, None

    @property
    def is_busy(self) -> bool:
        """Return whether there is work left."""
        return self._work is not None

    def _step(self) -> None:
        """Work for a while, unless others have used up this turn, or have been waiting for longer."""
        if self in _turn.who:
            _turn.who, _turn.spent, _turn.number = WeakSet(), 0.0, _turn.number + 1
        _turn.who.add(self)
        # Who has not come for so long is gone.
        waits = min((since for since in _owed.values() if since > _turn.number - LONGEST_WAIT), default=_turn.number)
        if _turn.spent >= SLICE_S or _owed.get(self, _turn.number) > waits:
            _owed.setdefault(self, _turn.number)
            return
        _owed.pop(self, None)
        began = time.perf_counter()
        self._work_on(began + SLICE_S / max(len(_busy), 1))
        _turn.spent += time.perf_counter() - began

    def _work_on(self, until: float) -> None:
        # After an edit half a dozen are at work, and each has its share before the next key or click.
        while self._work is not None and time.perf_counter() < until:
            work = self._work
            try:
                next(work)
            except StopIteration:
                if work is self._work:
                    done = self._done
                    self.stop()
                    done()
            except XunluError as error:
                failed = self._failed
                self.stop()
                if failed is None:
                    raise
                failed(error)


class _Turn:
    """A turn of the event loop: its number, who has been called in it, and how long all have worked."""

    def __init__(self) -> None:
        self.who: WeakSet[Slices] = WeakSet()
        self.spent, self.number = 0.0, 0


_turn = _Turn()
_busy: WeakSet[Slices] = WeakSet()
_owed: WeakKeyDictionary[Slices, int] = WeakKeyDictionary()
"""Those that had to wait, and since which turn."""


def _nothing() -> None:
    """Do nothing at the end."""
