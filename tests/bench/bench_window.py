"""How soon the window and the first map are on the screen, and how long the window is ever held up."""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import pytest
from PySide6.QtCore import QPointF, QTimer
from pytest_benchmark.fixture import BenchmarkFixture
from pytestqt.qtbot import QtBot

from gui.app import create_app
from gui.settings import Settings
from gui.window import Window

START = """
import os, sys, time
from pathlib import Path

def age():
    born = float(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19]) / os.sysconf("SC_CLK_TCK")
    return float(Path("/proc/uptime").read_text().split()[0]) - born

began = time.perf_counter() - (age() if sys.platform == "linux" else 0)
from PySide6.QtCore import QTimer
from gui.app import create_app
from gui.settings import Settings
from gui.window import Window
app = create_app(["xunlu"], "en")
window = Window(Settings())
window.show()
app.processEvents()
shown = time.perf_counter() - began
window.start(Path(sys.argv[1]))
seen = []
def look():
    if not seen and not window.canvas.still.isNull():
        window.canvas.repaint()
        seen.append(time.perf_counter() - began)
watch = QTimer(interval=5)
watch.timeout.connect(look)
watch.start()
window.canvas.picture.finished.connect(lambda: told() if window.canvas.is_drawn else None)
def told():
    drawn = time.perf_counter() - began
    print(shown, seen[0] if seen else drawn, drawn, time.process_time(), flush=True)
    watch.stop()
    QTimer.singleShot(1500, leave)
def leave():
    window.close()
    os._exit(0)
app.exec()
"""


@pytest.fixture(scope="session")
def qapp() -> object:
    """Return the application as the program makes it."""
    return create_app(["xunlu"], "en")


def bench_start(benchmark: BenchmarkFixture, sample_file: Path, tmp_path: Path) -> None:
    """Time from a fresh Python to the first full map, and a moment of leaving; what comes before stands beside it.

    From the second start on the map of the last time is seen as soon as the window stands.
    """
    told: list[list[float]] = []
    # As a user has it: set-up compiles the modules, and what is compiled is kept.
    spared = {"PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"}
    env = {name: value for name, value in os.environ.items() if name not in spared}
    env["PYTHONPYCACHEPREFIX"] = str(tmp_path / "compiled")

    def start() -> None:
        done = subprocess.run(
            [sys.executable, "-c", START, str(sample_file)], capture_output=True, text=True, check=True, env=env
        )
        told.append([float(word) for word in done.stdout.split()[-4:]])

    benchmark.pedantic(start, rounds=5, warmup_rounds=1)
    shown, seen, drawn, cpu = (median(column) for column in zip(*told[1:], strict=True))
    benchmark.extra_info |= {
        "window_visible_s": round(shown, 2),
        "last_picture_s": round(seen, 2),
        "map_drawn_s": round(drawn, 2),
        "cpu_s": round(cpu, 2),
    }
    print(  # noqa: T201
        f"\nwindow visible {shown:.2f} s, last picture of the map {seen:.2f} s, map drawn {drawn:.2f} s "
        f"after the start of Python, CPU {cpu:.2f} s"
    )


@pytest.mark.qt_log_ignore("propagateSizeHints")
def bench_longest_hold_up_while_panning_and_zooming(
    benchmark: BenchmarkFixture, qtbot: QtBot, sample_file: Path
) -> None:
    """Pan and zoom for some seconds; the longest gap between two turns of the event loop stands beside it."""
    window = Window(Settings())
    qtbot.addWidget(window)
    window.show()
    window.start(sample_file)
    qtbot.waitUntil(lambda: not window.session.jobs.running and window.canvas.is_drawn, timeout=20_000)
    window.session.selection.choose(window.session.due)
    gaps: list[float] = []
    watch = watched(gaps)

    def script() -> None:
        for step in range(120):
            window.canvas.pan_by(QPointF(9 if step % 40 < 20 else -9, 4))
            window.canvas.zoom(1.04 if step % 60 < 30 else 1 / 1.04)
            qtbot.wait(8)

    benchmark.pedantic(script, rounds=2)
    watch.stop()
    benchmark.extra_info["longest_gap_ms"] = round(max(gaps) * 1000)
    window.close()


def watched(gaps: list[float]) -> QTimer:
    """Return a running timer that writes down the time between its turns."""
    timer, last = QTimer(), [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        gaps.append(now - last[0])
        last[0] = now

    timer.setInterval(0)
    timer.timeout.connect(tick)
    timer.start()
    return timer
