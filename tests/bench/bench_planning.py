"""How long the window is held up while a day is planned in the process beside it, and when the plan appears.

What counts is the time of the processor that the window's own thread takes in one turn of the event loop: on a machine
that does other things as well, the time by the clock says nothing about the window.
"""

import time
from pathlib import Path
from statistics import median

import pytest
from PySide6.QtCore import QTimer
from pytest_benchmark.fixture import BenchmarkFixture
from pytestqt.qtbot import QtBot

from geo.planning.onlooker import Seen
from gui.app import create_app
from gui.settings import Settings
from gui.window import Window
from tests.gui.resting import at_rest

SECONDS = 4
LONG_MS = 180_000


@pytest.fixture(scope="session")
def qapp() -> object:
    """Return the application as the program makes it."""
    return create_app(["xunlu"], "en")


class Turns:
    """Write down what the turns of the event loop take of the processor, in milliseconds."""

    def __init__(self) -> None:
        self.taken: list[float] = []
        self._last = time.thread_time()
        self._timer = QTimer()
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.thread_time()
        self.taken.append((now - self._last) * 1000)
        self._last = now

    def longest(self) -> float:
        """Return the longest turn since it was asked last."""
        taken, self.taken = self.taken, []
        return max(taken, default=0.0)


@pytest.mark.qt_log_ignore("propagateSizeHints")
def bench_longest_hold_up_while_planning(benchmark: BenchmarkFixture, qtbot: QtBot, planned_file: Path) -> None:
    """Plan the sample day for some seconds: the longest turns, and the time from the click to the first plan."""
    window = Window(Settings())
    qtbot.addWidget(window)
    window.show()
    window.start(planned_file)
    qtbot.waitUntil(lambda: at_rest(window) and window.canvas.is_drawn, timeout=LONG_MS)
    window.show_tab(window.plan)
    searches = window.session.searches
    qtbot.waitUntil(lambda: any(process.is_ready for process in searches.processes), timeout=LONG_MS)
    turns, firsts, began = Turns(), list[float](), [0.0]
    held: dict[str, list[float]] = {"planning": [], "appearing": [], "undoing": []}

    def note(_seen: Seen) -> None:
        if began[0]:
            firsts.append(time.perf_counter() - began[0])
            began[0] = 0.0

    window.plan.work.seen.connect(note)
    window.plan.form.seconds.setValue(SECONDS)

    def plan() -> None:
        turns.longest()
        began[0] = time.perf_counter()
        window.plan.plan()
        qtbot.waitUntil(lambda: not began[0], timeout=LONG_MS)
        qtbot.wait(SECONDS * 700)
        held["planning"].append(turns.longest())
        qtbot.waitUntil(lambda: at_rest(window), timeout=LONG_MS)
        qtbot.wait(500)
        held["appearing"].append(turns.longest())
        window.session.undo()
        qtbot.waitUntil(lambda: at_rest(window), timeout=LONG_MS)
        qtbot.wait(500)
        held["undoing"].append(turns.longest())

    benchmark.pedantic(plan, rounds=3)
    benchmark.extra_info |= {f"longest_turn_{name}_ms": round(median(found)) for name, found in held.items()}
    benchmark.extra_info["first_plan_s"] = round(median(firsts), 2)
    print("\n", benchmark.extra_info, held)  # noqa: T201
    window.close()
