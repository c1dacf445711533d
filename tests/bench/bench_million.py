"""A window on a million sites: how long each thing that a user does holds it up at most, and what memory it takes."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QTimer
from pytest_benchmark.fixture import BenchmarkFixture
from pytestqt.qtbot import QtBot

from geo.store.edits import Edit, edit, insert, update
from gui.app import Program, create_app, speak
from gui.session import Session
from gui.settings import Settings, user_store
from gui.window import Window
from tests.bench.million import BOX, site_id, write_million

SITES = 1_000_000
IMPORTED = 100_000
SETTLE_MS = 3_000
PATIENCE_MS = 600_000
EVERY_MS = 2


@pytest.fixture(scope="session")
def qapp() -> object:
    """Return the application as the program makes it."""
    return create_app(["xunlu"], "en")


@pytest.fixture(scope="module")
def million(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project of a million sites that no benchmark changes."""
    return write_million(tmp_path_factory.mktemp("million") / "m.gpkg", SITES)


@pytest.fixture
def window(qtbot: QtBot, million: Path, tmp_path: Path) -> Iterator[Window]:
    """Give a window on a copy of the project, its map drawn."""
    shown = Window(Settings())
    shown.resize(1400, 900)
    qtbot.addWidget(shown)
    shown.show()
    shown.start(Path(shutil.copy(million, tmp_path / "m.gpkg")))
    qtbot.waitUntil(lambda: is_idle(shown), timeout=PATIENCE_MS)
    qtbot.wait(SETTLE_MS)
    yield shown
    shown.close()


class Watch:
    """Note the longest time between two turns of the event loop, by the clock and of this thread's own work."""

    def __init__(self) -> None:
        self.gap_s = self.own_s = 0.0
        self._last = self._own = 0.0
        self._timer = QTimer()
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._tick)
        self._look()
        self._timer.start()

    def _look(self) -> tuple[float, float]:
        gone = time.perf_counter() - self._last, time.thread_time() - self._own
        self._last, self._own = time.perf_counter(), time.thread_time()
        return gone

    def _tick(self) -> None:
        gap, own = self._look()
        if gap > self.gap_s:
            self.gap_s, self.own_s = gap, own

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()


def is_idle(window: Window) -> bool:
    """Return whether nothing goes on and the map is drawn."""
    return window.session.project is not None and not window.session.jobs.running and window.canvas.is_drawn


def settle(qtbot: QtBot, window: Window) -> None:
    """Wait until nothing is found out any more beside the window."""
    qtbot.waitUntil(lambda: is_idle(window), timeout=PATIENCE_MS)
    qtbot.wait(SETTLE_MS)
    qtbot.waitUntil(lambda: is_idle(window), timeout=PATIENCE_MS)


def timed(
    benchmark: BenchmarkFixture, qtbot: QtBot, window: Window, act: Callable[[], object], rounds: int = 1
) -> None:
    """Do something until all that follows from it has ended; the longest gap is printed and noted."""
    watch = Watch()

    def whole() -> None:
        act()
        qtbot.waitUntil(lambda: is_idle(window), timeout=PATIENCE_MS)

    benchmark.pedantic(whole, rounds=rounds)
    qtbot.wait(SETTLE_MS)
    watch.stop()
    tell(benchmark, watch)


def tell(benchmark: BenchmarkFixture, watch: Watch) -> None:
    """Print and note the longest gap."""
    gap, own = round(watch.gap_s * 1000), round(watch.own_s * 1000)
    benchmark.extra_info |= {"longest_gap_ms": gap, "of_which_own_work_ms": own}
    print(f"\n{benchmark.name}: longest gap {gap} ms (own work {own} ms)")  # noqa: T201


def memory_mb() -> int:
    """Return what this process holds of the memory; 0 where the system does not tell it."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS")), 0)


@pytest.mark.qt_log_ignore("propagateSizeHints")
def bench_opening(benchmark: BenchmarkFixture, qtbot: QtBot, million: Path) -> None:
    """Open the project in a window that already stands."""
    window = Window(Settings())
    window.resize(1400, 900)
    qtbot.addWidget(window)
    window.show()
    qtbot.wait(200)
    timed(benchmark, qtbot, window, lambda: window.files.open_read_only(million))
    # Only here, where nothing was open before: what Python frees it does not always give back.
    benchmark.extra_info["memory_mb"] = memory_mb()
    print(f"memory of the whole process {memory_mb()} MB")  # noqa: T201
    window.close()


@pytest.mark.qt_log_ignore("propagateSizeHints")
def bench_selecting_all(benchmark: BenchmarkFixture, qtbot: QtBot, window: Window) -> None:
    """Select all sites and none again."""
    actions = window.actions_by_name.by_name
    timed(benchmark, qtbot, window, actions["select_all"].trigger)
    actions["select_none"].trigger()


def changed(session: Session, name: str, value: str) -> Edit:
    """Return an edit of one cell."""
    site = site_id(77)
    row = session.open_project().row("sites", site)
    return edit("one", [update("sites", site, row, {name: f"{row[name]}{value}" if name == "name" else value})])


@pytest.mark.qt_log_ignore("propagateSizeHints")
def bench_renaming_one(benchmark: BenchmarkFixture, qtbot: QtBot, window: Window) -> None:
    """Type another name into a cell."""
    settle(qtbot, window)
    timed(benchmark, qtbot, window, lambda: window.session.apply(changed(window.session, "name", ".")), rounds=3)


@pytest.mark.qt_log_ignore("propagateSizeHints")
def bench_first_edit_while_orders_are_found(benchmark: BenchmarkFixture, qtbot: QtBot, window: Window) -> None:
    """Rename a site while a thread finds out how columns sort, as just after the project was opened."""
    settle(qtbot, window)
    window.table.model.load()
    window.table._warm()
    assert window.session.jobs.running
    timed(benchmark, qtbot, window, lambda: window.session.apply(changed(window.session, "name", ".")))


@pytest.mark.qt_log_ignore("propagateSizeHints")
def bench_risk_of_one(benchmark: BenchmarkFixture, qtbot: QtBot, window: Window) -> None:
    """Choose another risk for a site, on which its status hangs."""
    risks = iter(["high", "low", "medium"])
    timed(benchmark, qtbot, window, lambda: window.session.apply(changed(window.session, "risk", next(risks))), 3)


@pytest.mark.qt_log_ignore("propagateSizeHints")
def bench_keeping_a_bookmark(benchmark: BenchmarkFixture, qtbot: QtBot, window: Window) -> None:
    """Keep a setting on which no status hangs."""
    kept = edit("keep", [insert("settings", key="bookmark.a", value="{}")])
    timed(benchmark, qtbot, window, lambda: window.session.apply(kept))


@pytest.mark.qt_log_ignore("propagateSizeHints")
def bench_status_of_one(benchmark: BenchmarkFixture, qtbot: QtBot, window: Window) -> None:
    """Key in an inspection, which changes the status of one site."""
    told = {"site": site_id(78), "date": "2021-06-02", "state": "done", "result": "passed", "inspectors": "[]"}
    timed(
        benchmark, qtbot, window, lambda: window.session.apply(edit("visit", [insert("inspections", **told)])), rounds=3
    )


@pytest.mark.qt_log_ignore("propagateSizeHints")
def bench_adding_one(benchmark: BenchmarkFixture, qtbot: QtBot, window: Window) -> None:
    """Add a site, for which every column of the table is copied."""
    timed(benchmark, qtbot, window, lambda: window.session.apply_large(imported(1), lambda: None))


def imported(count: int) -> Edit:
    """Return the edit of an import."""
    places = np.random.default_rng(3).uniform(BOX[:2], BOX[2:], (count, 2))
    told = {"kind": "school", "address": "东风中路 123 号"}
    points = shapely.points(places)
    return edit(
        "import", [insert("sites", name=f"导入{at}", code=f"I{at}", geometry=points[at], **told) for at in range(count)]
    )


@pytest.mark.qt_log_ignore("propagateSizeHints")
def bench_importing(benchmark: BenchmarkFixture, qtbot: QtBot, window: Window) -> None:
    """Add 100,000 sites as one edit."""
    made = imported(IMPORTED)
    timed(benchmark, qtbot, window, lambda: window.session.apply_large(made, lambda: None))


@pytest.mark.qt_log_ignore("propagateSizeHints")
def bench_undoing_an_import(benchmark: BenchmarkFixture, qtbot: QtBot, window: Window) -> None:
    """Take the 100,000 back."""
    window.session.apply_large(imported(IMPORTED), lambda: None)
    qtbot.waitUntil(lambda: is_idle(window), timeout=PATIENCE_MS)
    qtbot.wait(SETTLE_MS)
    timed(benchmark, qtbot, window, window.session.undo)


@pytest.mark.qt_log_ignore("propagateSizeHints")
def bench_making_an_import_again(benchmark: BenchmarkFixture, qtbot: QtBot, window: Window) -> None:
    """Add the 100,000 once more, and see what memory is held after all of it."""
    session = window.session
    session.apply_large(imported(IMPORTED), lambda: None)
    settle(qtbot, window)
    session.undo()
    settle(qtbot, window)
    timed(benchmark, qtbot, window, session.redo)
    benchmark.extra_info["memory_mb"] = memory_mb()
    print(f"memory of the whole process {memory_mb()} MB")  # noqa: T201


@pytest.mark.qt_log_ignore("propagateSizeHints")
def bench_changing_language_of_the_sample(benchmark: BenchmarkFixture, qtbot: QtBot, sample_file: Path) -> None:
    """Show the window of the sample in the other language."""
    app = create_app(["xunlu"], "en")
    program = Program(app, user_store())
    program.window.show()
    program.window.files.open_read_only(sample_file)
    qtbot.waitUntil(lambda: is_idle(program.window), timeout=PATIENCE_MS)
    qtbot.wait(500)
    watch, before = Watch(), program.window

    def change() -> None:
        program.change_language("zh")
        qtbot.waitUntil(lambda: program.window is not before, timeout=PATIENCE_MS)

    benchmark.pedantic(change, rounds=1)
    qtbot.waitUntil(lambda: is_idle(program.window), timeout=PATIENCE_MS)
    qtbot.wait(500)
    watch.stop()
    tell(benchmark, watch)
    speak(app, "en")
    program.window.close()
