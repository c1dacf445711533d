"""How long a table of a million sites takes to be sorted, filtered, selected and scrolled, beside Qt's own way."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QAbstractTableModel, QEventLoop, QModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtWidgets import QApplication, QTableView
from pytest_benchmark.fixture import BenchmarkFixture
from pytestqt.qtbot import QtBot

from geo.inspection.assessment import Assessment
from geo.store.project import Project
from geo.tablework.columns import ColumnOf
from gui.app import create_app
from gui.session import Session
from gui.settings import Settings
from gui.tablepanel import TablePanel
from tests.bench.million import write_million

SITES = 1_000_000
PEER = 100_000
"""Rows that Qt's own proxy is given: it needs a minute to sort a million by calling back for every comparison."""

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture(scope="session")
def qapp() -> object:
    """Return the application as the program makes it."""
    return create_app(["xunlu"], "zh")


@pytest.fixture(scope="module")
def million(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Give a project of a million sites."""
    with Project.open(write_million(tmp_path_factory.mktemp("table") / "m.gpkg", SITES)) as project:
        yield project


@pytest.fixture(scope="module")
def filled(qapp: object, million: Project) -> Iterator[TablePanel]:
    """Give the panel with the project in it, its first columns put in order beside it."""
    assert qapp
    session = Session(Settings())
    panel = TablePanel(session)
    panel.resize(1400, 420)
    session.project = million
    session._assessment = Assessment.of(million)
    session.opened.emit()
    panel._warm()
    settle(panel)
    yield panel
    session.jobs.stop_all()


@pytest.fixture
def shown(filled: TablePanel) -> Iterator[TablePanel]:
    """Give the panel on the screen."""
    filled.show()
    settle(filled)
    yield filled
    filled.hide()


def settle(panel: TablePanel) -> None:
    """Let the event loop turn until all is done."""
    slices = (panel.bar._slices, panel.totals._slices, panel.shared._slices, panel.model.arrangement)
    while any(each.is_busy for each in slices) or panel.totals._soon.isActive():
        # As the loop of the program does it: threads that stand back go on while it rests.
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    QApplication.processEvents()


def longest_gap(act: Callable[[], object], panel: TablePanel) -> float:
    """Return the longest time in milliseconds for which something holds the event loop up."""
    longest, last = 0.0, time.perf_counter()
    act()
    slices = (panel.bar._slices, panel.totals._slices, panel.shared._slices, panel.model.arrangement)
    while True:
        QApplication.processEvents()
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
        if not any(each.is_busy for each in slices) and not panel.totals._soon.isActive():
            return round(longest * 1000, 1)


@pytest.mark.parametrize(
    "name", ["code", "name", "kind", "subdistrict", "status", "due_date", "open_findings", "phone"]
)
def bench_sort(benchmark: BenchmarkFixture, shown: TablePanel, name: str) -> None:
    """Sort a million rows by a column whose order is known, one way and the other, and paint them.

    Beside it: how long the order takes the first time, in a thread, and how long the window is held up meanwhile.
    """
    model, view = shown.model, shown.view
    place, order = model.place_of_column[name], [Qt.SortOrder.AscendingOrder]
    assert model.sheet is not None
    held = model.sheet.column(name)
    began = time.process_time()
    ColumnOf(held.values, held.is_number, held.titles, held.grades).prepare()
    benchmark.extra_info["first_time_cpu_ms"] = round((time.process_time() - began) * 1000)
    benchmark.extra_info["longest_gap_ms"] = longest_gap(lambda: view.sortByColumn(place, order[0]), shown)

    def sort() -> None:
        order[0] = Qt.SortOrder(1 - order[0].value)
        view.sortByColumn(place, order[0])
        view.viewport().repaint()

    benchmark.pedantic(sort, rounds=8, warmup_rounds=2)
    settle(shown)


@pytest.mark.parametrize("text", ["和平", "和平医院 99", "号", "no such site"])
def bench_filter_as_typed(benchmark: BenchmarkFixture, shown: TablePanel, text: str) -> None:
    """Look for words in a million rows until the last row is found, in slices between which the window lives."""

    def clear() -> None:
        shown.bar.clear()
        settle(shown)

    def look() -> None:
        shown.search.setText(text)
        settle(shown)

    look()
    clear()
    benchmark.extra_info["longest_gap_ms"] = longest_gap(lambda: shown.search.setText(text), shown)
    benchmark.pedantic(look, setup=clear, rounds=4)
    clear()


@pytest.mark.parametrize("name", ["due", "overdue", "unplaced"])
def bench_ready_filter(benchmark: BenchmarkFixture, shown: TablePanel, name: str) -> None:
    """Show the sites of a ready filter."""

    def choose() -> None:
        shown.choose_filter(name)
        settle(shown)

    def clear() -> None:
        shown.choose_filter("all")
        settle(shown)

    choose()
    benchmark.pedantic(choose, setup=clear, rounds=4)
    clear()


def bench_reset(benchmark: BenchmarkFixture, shown: TablePanel) -> None:
    """Show a million other rows."""

    def reset() -> None:
        if shown.model.rows is not None:
            shown.model.show_rows(shown.model.rows)
        shown.view.viewport().repaint()

    benchmark.pedantic(reset, rounds=8, warmup_rounds=1)


def bench_select_all(benchmark: BenchmarkFixture, shown: TablePanel) -> None:
    """Select a million sites in the table, until the selection has told of it."""

    def clear() -> None:
        shown.session.selection.clear()
        settle(shown)

    benchmark.pedantic(shown.view.selectAll, setup=clear, rounds=4)
    clear()


def bench_select_every_other(benchmark: BenchmarkFixture, shown: TablePanel) -> None:
    """Show half a million selected sites that lie scattered through the table."""
    assert shown.model.sheet is not None
    half = shown.model.sheet.set_of(shown.model._all()[::2])

    def clear() -> None:
        shown.session.selection.clear()
        settle(shown)

    def choose() -> None:
        shown.session.selection.choose(half)
        settle(shown)

    benchmark.pedantic(choose, setup=clear, rounds=4)
    clear()


@pytest.mark.parametrize("frozen", [0, 2])
def bench_scroll_frame(benchmark: BenchmarkFixture, shown: TablePanel, frozen: int) -> None:
    """Paint the table once while it scrolls, with and without frozen columns."""
    shown.view.freeze(frozen)
    shown.view.horizontalScrollBar().setValue(300)
    bar = shown.view.verticalScrollBar()

    def scroll() -> None:
        bar.setValue(bar.value() + 37)
        shown.view.viewport().repaint()

    benchmark.pedantic(scroll, rounds=60, warmup_rounds=5)
    shown.view.freeze(0)


class Plain(QAbstractTableModel):
    """The names of sites as the simplest model of Qt holds them."""

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self.names = names

    def rowCount(self, parent: Any = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.names)

    def columnCount(self, parent: Any = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 1

    def data(self, index: Any, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        return self.names[index.row()] if role == Qt.ItemDataRole.DisplayRole else None


@pytest.mark.parametrize("what", ["sort", "filter"])
def bench_qt_proxy_of_a_tenth(benchmark: BenchmarkFixture, qtbot: QtBot, million: Project, what: str) -> None:
    """Do the same with `QSortFilterProxyModel` over a tenth of the rows: what one would use instead."""
    source, proxy, view = Plain(million.frame("sites")["name"].tolist()[:PEER]), QSortFilterProxyModel(), QTableView()
    qtbot.addWidget(view)
    proxy.setSourceModel(source)
    view.setModel(proxy)
    order = [Qt.SortOrder.AscendingOrder]

    def act() -> None:
        order[0] = Qt.SortOrder(1 - order[0].value)
        if what == "sort":
            proxy.sort(0, order[0])
        else:
            proxy.setFilterFixedString("和平" if order[0] is Qt.SortOrder.AscendingOrder else "医院")

    benchmark.pedantic(act, rounds=2)
