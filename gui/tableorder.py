"""Which sites the table shows and in what order, found in slices and beside the window, never in one long step."""

import time
from collections.abc import Callable, Generator, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from geo.progress import Report
from gui.jobs import Job
from gui.session import Session
from gui.slices import Slices

if TYPE_CHECKING:
    from geo.tablework.columns import ColumnOf, Prepared
    from geo.tablework.conditions import Condition
    from geo.tablework.sheet import Mask, Rows, Sheet

    Found = list[tuple[str, ColumnOf, Any, Prepared]]

SMALL = 20_000
"""So many sites are filtered and sorted at once."""

KEPT_MS = 180_000
"""For so long the texts of all sites are kept after the last search; they take some 100 MB for a million."""

FIRST_S, THEN_S = 0.1, 0.4
"""After how long what was found so far is shown, and how often then."""

BY_STATUS = {
    "overdue": ("overdue", "rectification_overdue"),
    "planned": ("planned", "in_progress"),
    "findings": ("findings_open", "rectification_overdue"),
    "no_access": ("no_access",),
}
"""The ready filters that go by the inspection status."""

Masks = Generator[None, None, "Mask"]


@dataclass(frozen=True)
class Filter:
    """What a site must meet to be shown.

    Parameters
    ----------
    words
        What its texts must have, each.
    ready
        The names of ready filters, all of which it must pass.
    values
        By column, the values of which it must hold one.
    conditions
        By column, what must hold.
    """

    words: tuple[str, ...] = ()
    ready: frozenset[str] = frozenset()
    values: dict[str, frozenset[str]] = field(default_factory=dict)
    conditions: "dict[str, Condition]" = field(default_factory=dict)

    def narrows(self, other: "Filter") -> bool:
        """Return whether all that passes this passes the other too, but for the words already looked for there."""
        return (
            (self.ready, self.values, self.conditions) == (other.ready, other.values, other.conditions)
            and "selected" not in self.ready
            and all(any(word in longer for longer in self.words) for word in other.words)
        )


class Arrangement(QObject):
    """Find out which rows are shown in what order.

    Parameters
    ----------
    session
        Whose selection, due sites and jobs are used.
    show
        Takes the positions of the rows to show.
    """

    arranged = Signal()
    working = Signal(bool)

    def __init__(self, session: Session, show: "Callable[[Rows], None]", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.sheet: Sheet | None = None
        self.filter = Filter()
        self.sort: tuple[str, bool] | None = None
        self._show = show
        self._slices = Slices(self)
        self._job: Job | None = None
        self._queue: list[str] = []
        self._mask: Mask | None = None
        self._found: Filter | None = None
        self._forgetting = QTimer(self)
        self._forgetting.setSingleShot(True)
        self._forgetting.setInterval(KEPT_MS)
        self._forgetting.timeout.connect(self._forget_texts)
        session.released.connect(self.stop)

    @property
    def is_busy(self) -> bool:
        """Return whether rows are still being looked for or put in order."""
        return self._slices.is_busy or self._job is not None

    def stop(self) -> None:
        """Drop the work going on."""
        self._slices.stop()
        self._queue.clear()
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self.sheet = None

    def take(self, sheet: "Sheet | None") -> None:
        """Arrange other sites, by the same filter and in the same order."""
        self.stop()
        self.sheet, self._mask, self._found = sheet, None, None
        self.refresh()

    def forget(self) -> None:
        """Look anew, the next time, for what cells or statuses have changed meanwhile."""
        self._found = None

    # Filtering

    def set_filter(self, wanted: Filter) -> None:
        """Show the sites that meet something else."""
        self.filter = wanted
        self.refresh()

    def refresh(self) -> None:
        """Filter and sort by what stands now."""
        self._slices.stop()
        if self.sheet is None:
            import numpy as np

            self._show(np.empty(0, np.int32))
            self.arranged.emit()
            return
        work = self._filtering(self.sheet, self.filter)
        if self.sheet.count <= SMALL:
            for _ in work:
                pass
            self._on_filtered()
        else:
            self.working.emit(True)
            self._slices.start(work, self._on_filtered)

    def make_ready(self) -> None:
        """Read the texts of all sites while somebody is about to type; they are forgotten some time after."""
        if self.sheet is not None and self.sheet.count > SMALL and not self._slices.is_busy:
            self._slices.start(self.sheet.haystack.prepare(), _nothing)
            self._forgetting.start()

    def _forget_texts(self) -> None:
        if self.sheet is not None and not self._slices.is_busy:
            self.sheet.haystack.forget()

    def _filtering(self, sheet: "Sheet", wanted: Filter) -> Iterator[None]:
        import numpy as np

        mask: Mask | None = None
        if self._found is not None and wanted.narrows(self._found):
            mask = self._mask
        else:
            for find in self._masks(sheet, wanted):
                found = yield from find
                mask = found if mask is None else mask & found
        if wanted.words:
            self._forgetting.start()
            matching = np.zeros(sheet.count, dtype=bool)
            shown = time.perf_counter() + FIRST_S
            for start, rows in sheet.haystack.search(wanted.words, mask):
                matching[start : start + len(rows)] = rows
                yield
                if sheet.count > SMALL and time.perf_counter() > shown:
                    self._mask, self._found = matching if mask is None else mask & matching, None
                    self._combine()
                    shown = time.perf_counter() + THEN_S
            mask = matching if mask is None else mask & matching
        self._mask, self._found = mask, wanted

    def _masks(self, sheet: "Sheet", wanted: Filter) -> Iterator[Masks]:
        for name in sorted(wanted.ready):
            yield self.ready(sheet, name)
        for name, values in wanted.values.items():
            yield _of_values(sheet, name, values.__contains__)
        for name, condition in wanted.conditions.items():
            yield _of_condition(sheet, name, condition)

    def ready(self, sheet: "Sheet", name: str) -> Masks:
        """Find out in steps which rows a ready filter lets pass: due, unplaced, selected or of `BY_STATUS`."""
        import numpy as np

        if name == "unplaced":
            return (yield from sheet.unplaced())
        for mask in sheet.having(self.ids_of(name)):
            if mask is not None:
                return mask
            yield
        return np.zeros(sheet.count, dtype=bool)

    def ids_of(self, name: str) -> AbstractSet[str]:
        """Return the ids that a ready filter lets pass: due, selected or of `BY_STATUS`."""
        if name in BY_STATUS:
            return self.session.ids_of(*BY_STATUS[name])
        return self.session.due if name == "due" else self.session.selection.ids

    def _on_filtered(self) -> None:
        self._combine()
        self.working.emit(self._job is not None and bool(self.sort))

    # Sorting

    def set_sort(self, name: str, *, descending: bool = False) -> None:
        """Sort by a column, the empty last either way; no name leaves the sites in the order of the project."""
        if self.sort is not None and self.sort[0] != name and self.sheet is not None:
            self.sheet.column(self.sort[0]).release()
        self.sort = (name, descending) if name else None
        if self._is_ready():
            self._combine()
        elif self.sort is not None:
            self.working.emit(True)
            self._warm([name], first=True)

    def _is_ready(self) -> bool:
        if self.sort is None or self.sheet is None:
            return True
        column = self.sheet.column(self.sort[0])
        if self.sheet.count <= SMALL and column.order() is None:
            column.known = column.prepare()
        return column.order() is not None

    def _combine(self) -> None:
        """Show the rows that the filter has let pass, in the order wanted if that is known already."""
        sheet = self.sheet
        if sheet is None:
            return
        from geo.tablework.sheet import rows_of

        order = None
        if self.sort is not None and self._is_ready():
            known = sheet.column(self.sort[0]).order()
            if known is not None:
                order = known.descending if self.sort[1] else known.ascending
        elif self.sort is not None and self._job is None:
            self._warm([self.sort[0]], first=True)
        self._show(rows_of(order, sheet.count, self._mask))
        self.arranged.emit()

    # Orders found beside the window

    def warm(self, names: list[str]) -> None:
        """Find the orders of columns out before they are asked for; where there are few sites there is no need."""
        if self.sheet is not None and self.sheet.count > SMALL:
            self._warm(names)

    def _warm(self, names: list[str], *, first: bool = False) -> None:
        rest = [name for name in self._queue if name not in names]
        self._queue = [*names, *rest] if first else [*rest, *names]
        if self._job is not None and first:
            self._job.cancel()
            self._job = None
        if self._job is None:
            self._next()

    def _next(self) -> None:
        sheet = self.sheet
        while self._queue and sheet is not None:
            name = self._queue[0]
            column = sheet.column(name)
            if column.known.order is None and column.known.codes is None:
                break
            self._queue.pop(0)
        if sheet is None or not self._queue:
            return
        values = column.values

        def work(report: Report) -> "Prepared":
            return column.prepare(report)

        def done(prepared: "Prepared") -> None:
            self._job = None
            self._on_prepared(sheet, name, (column, values), prepared)

        job = self.session.start(work, done)
        job.stopped.connect(lambda: self._on_stopped(job))
        self._job = job

    def _on_stopped(self, job: Job) -> None:
        if self._job is job:
            self._job = None

    def _on_prepared(self, sheet: "Sheet", name: str, asked: "tuple[ColumnOf, Any]", prepared: "Prepared") -> None:
        if sheet is not self.sheet:
            return
        column, values = asked
        if sheet.column(name) is column and column.values is values:
            column.known = prepared
            if name in self._queue:
                self._queue.remove(name)
            if self.sort is not None and self.sort[0] == name:
                self._combine()
                self.working.emit(self._slices.is_busy)
        self._next()


def _of_values(sheet: "Sheet", name: str, wanted: Callable[[str], bool]) -> Masks:
    """Find out in steps which rows of a text column hold a wanted value."""
    yield from sheet.codes(name)
    codes = sheet.codes_of(name)
    if codes is not None:
        return codes.having(wanted)
    return (yield from _of_texts(sheet, name, wanted))


def _of_texts(sheet: "Sheet", name: str, wanted: Callable[[str], bool]) -> Masks:
    import numpy as np

    values, size = sheet.column(name).values, 4096
    mask = np.zeros(sheet.count, dtype=bool)
    for start in range(0, sheet.count, size):
        some = list(values[start : start + size])
        mask[start : start + len(some)] = np.fromiter((wanted(str(each)) for each in some), bool, len(some))
        yield
    return mask


def _of_condition(sheet: "Sheet", name: str, condition: "Condition") -> Masks:
    column = sheet.column(name)
    if column.is_number:
        return condition.numbers(column.numbers())
    test, titles = condition.text(), column.titles
    return (yield from _of_values(sheet, name, lambda value: test(str(titles.get(value, value)))))


def _nothing() -> None:
    """Do nothing at the end."""
