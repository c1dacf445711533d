"""How long the map takes: the sample district, and a city of up to a million sites and 200,000 pieces of street.

The wanted medians, on two cores without a graphics card: a repaint of 100,000 sites and as many streets in 100 ms, of a
million sites in 150 ms; a moved picture in 8 ms; the longest gap of the event loop while panning and zooming 50 ms; a
lasso in 100 ms. Where QGIS's Python is installed, the same layers are drawn by QGIS in the same run.
"""

import gc
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pyogrio
import pytest
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytest_benchmark.fixture import BenchmarkFixture

from geo.projection import Points
from geo.sample import write_sample
from geo.store.edits import RowChange, edit, insert
from geo.store.rowset import RowSet
from gui.mappicture import MapPicture
from layers.fonts import load_fonts
from layers.frame import blank
from layers.render import to_image
from layers.stack import MapStack
from layers.view import View
from tests.bench import city

SCREEN = View(0, 0, 1, 1200, 800)
SIZES = {"100k": (100_000, 100_000), "1M": (1_000_000, 0), "1M+200k": (1_000_000, 200_000)}
QGIS = Path("/usr/bin/python3")
CLOSER = {"all": 1, "city": 6, "district": 30}


@cache
def stack_of(size: str) -> MapStack:
    """Return the map of a made-up city."""
    stack = MapStack(city.tables(*SIZES[size]), "zh")
    gc.collect()
    gc.freeze()
    return stack


@pytest.fixture(scope="module", autouse=True)
def ready(qapp: QApplication) -> Iterator[None]:
    """Have Qt and the font ready, and let go of the cities at the end."""
    assert qapp
    load_fonts()
    yield
    stack_of.cache_clear()
    gc.unfreeze()


def view_of(stack: MapStack, zoom: float) -> View:
    """Return a view of a made-up city, so many times closer than all of it."""
    return SCREEN.fitted(stack.bounds()).zoomed(zoom)


def repainting(stack: MapStack, view: View) -> Callable[[], QImage]:
    """Return the work of a full repaint, in which nothing is kept from the one before."""

    def repaint() -> QImage:
        stack.sites.forget()
        stack.labels.forget()
        return to_image(stack, view)

    return repaint


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MapStack]:
    """Give the map of the sample district."""
    project = write_sample(tmp_path_factory.mktemp("bench") / "yuexiu.gpkg")
    yield MapStack.from_project(project, "zh")
    project.close()


@pytest.mark.benchmark(group="repaint of the sample")
@pytest.mark.parametrize("zoom", [1, 2, 8], ids=["district", "quarter", "street"])
def bench_repaint_of_the_sample(benchmark: BenchmarkFixture, sample: MapStack, zoom: float) -> None:
    """Repaint the whole map of the sample district at three scales."""
    assert not benchmark(repainting(sample, view_of(sample, zoom))).isNull()


@pytest.mark.benchmark(group="full repaint of a city")
@pytest.mark.parametrize("closer", CLOSER)
@pytest.mark.parametrize("size", SIZES)
def bench_repaint(benchmark: BenchmarkFixture, size: str, closer: str) -> None:
    """Repaint a city, all of it and nearer."""
    stack = stack_of(size)
    repaint = repainting(stack, view_of(stack, CLOSER[closer]))
    repaint()
    assert not benchmark.pedantic(repaint, rounds=7).isNull()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Give the function that writes the layers of a city for QGIS."""
    folder = tmp_path_factory.mktemp("qgis")

    @cache
    def write(size: str) -> Path:
        path = folder / f"{size}.gpkg"
        tables = stack_of(size).project
        for name in ("sites", "streets"):
            pyogrio.write_dataframe(tables.frame(name)[["geometry"]], path, layer=name)
        return path

    return write


@pytest.mark.benchmark(group="full repaint, beside QGIS")
@pytest.mark.parametrize("closer", CLOSER)
@pytest.mark.parametrize("size", ["100k", "1M+200k"])
def bench_beside_qgis(benchmark: BenchmarkFixture, files: Callable[[str], Path], size: str, closer: str) -> None:
    """Draw the same layers here and with QGIS, and print how many times longer that takes."""
    stack = stack_of(size)
    view = view_of(stack, CLOSER[closer])
    repaint = repainting(stack, view)
    repaint()
    benchmark.pedantic(repaint, rounds=5)
    found = qgis_seconds(files(size), view) if has_qgis() else None
    if found is not None:
        ours = benchmark.stats.stats.median
        print(f"\n{size}, {closer}: {ours * 1e3:.0f} ms; QGIS {found * 1e3:.0f} ms, {found / ours:.1f} times as long")  # noqa: T201


@cache
def has_qgis() -> bool:
    """Return whether QGIS's Python is installed."""
    asked = [str(QGIS), "-c", "import qgis.core"]
    return QGIS.exists() and subprocess.run(asked, capture_output=True, check=False).returncode == 0


def qgis_seconds(path: Path, view: View) -> float:
    """Return how long QGIS takes for a picture of the layers of a file."""
    script = Path(__file__).with_name("qgis_map.py")
    command = [str(QGIS), str(script), str(path), *map(str, view.bounds)]
    environment = {"QT_QPA_PLATFORM": "offscreen", "PATH": "/usr/bin:/bin", "HOME": str(path.parent)}
    told = subprocess.run(command, capture_output=True, check=True, text=True, env=environment).stdout
    return float(json.loads(told.strip().splitlines()[-1]))


class Shown(QWidget):
    """A map as the window shows it, in no window."""

    def __init__(self, stack: MapStack) -> None:
        super().__init__()
        self.stack, self.view = stack, view_of(stack, 1)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.resize(self.view.width, self.view.height)
        self.picture = MapPicture(self, lambda: self.stack, lambda: self.view)
        self.show()
        self.picture.redraw()
        self.rest()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint what the window paints whenever the mouse moves."""
        painter = QPainter(self)
        self.picture.paint(painter)
        self.picture.paint_overlay(painter)
        self.stack.paint_furniture(painter, self.view)
        painter.end()

    def go(self, view: View) -> None:
        """Show something else."""
        self.view = view
        self.picture.draw()

    def rest(self) -> None:
        """Wait until all is drawn."""
        while self.picture.isActive():
            spend(10)


def spend(milliseconds: int) -> None:
    """Let the event loop run for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


@pytest.fixture
def shown() -> Iterator[Callable[[str], Shown]]:
    """Give the function that shows a city."""
    made: list[Shown] = []

    def show(size: str) -> Shown:
        made.append(Shown(stack_of(size)))
        return made[-1]

    yield show
    for widget in made:
        widget.picture.finish()
        widget.stack.selection = frozenset()
        widget.close()


@pytest.mark.benchmark(group="one frame of a pan at 1 M sites and 200 k streets")
@pytest.mark.parametrize("selected", [0, 200, 1_000_000])
def bench_pan_frame(benchmark: BenchmarkFixture, shown: Callable[[str], Shown], selected: int) -> None:
    """Paint the picture moved by some pixels, with none, some or all of the sites selected."""
    widget = shown("1M+200k")
    index = widget.stack.project.frame("sites").index
    widget.stack.selection = RowSet(index, np.arange(len(index)) < selected)
    widget.picture.draw()
    widget.rest()
    image = blank(widget.view)
    start = widget.view

    def frame() -> None:
        widget.view = start.panned(17, 9)
        widget.render(image)

    benchmark.pedantic(frame, rounds=30)
    widget.view = start


@pytest.mark.benchmark(group="longest gap of the event loop, panning and zooming for a minute")
def bench_longest_gap(benchmark: BenchmarkFixture, shown: Callable[[str], Shown]) -> None:
    """Pan and zoom over 1 M sites and 200 k streets for a minute; the gaps are printed, in processor time as well."""
    widget = shown("1M+200k")
    gaps: list[tuple[float, float]] = []
    last = [time.perf_counter(), time.process_time()]

    def tick() -> None:
        now = [time.perf_counter(), time.process_time()]
        gaps.append((now[0] - last[0], now[1] - last[1]))
        last[:] = now

    timer = QTimer()
    timer.setInterval(0)
    timer.timeout.connect(tick)

    def script() -> None:
        until = time.perf_counter() + 60
        timer.start()
        steps = 0
        while time.perf_counter() < until:
            steps += 1
            turn = steps // 40 % 4
            zoomed = 1.15 if turn == 1 else 1 / 1.15
            widget.go(widget.view.zoomed(zoomed) if turn % 2 else widget.view.panned(9, -5 if turn else 6))
            spend(14)
        timer.stop()

    benchmark.pedantic(script, rounds=1)
    wall, busy = (sorted((gap[kind] for gap in gaps), reverse=True) for kind in (0, 1))
    told = ", ".join(f"{gap * 1e3:.0f}" for gap in busy[:5])
    print(f"\nlongest gap {wall[0] * 1e3:.0f} ms by the clock; longest five in processor time: {told} ms")  # noqa: T201


def lasso() -> Points:
    """Return a round lasso in pixels."""
    angle = np.linspace(0, 2 * np.pi, 200)
    return np.column_stack([600 + 300 * np.cos(angle), 400 + 300 * np.sin(angle)])


@pytest.mark.benchmark(group="what lies where, of 1 M sites")
def bench_lasso(benchmark: BenchmarkFixture) -> None:
    """Find the sites inside a round lasso."""
    stack = stack_of("1M")
    assert len(benchmark(stack.sites_within, view_of(stack, 1), lasso())) > 100_000


@pytest.mark.benchmark(group="what lies where, of 1 M sites")
@pytest.mark.parametrize("closer", [1, 6, 30, 200])
def bench_hover(benchmark: BenchmarkFixture, closer: float) -> None:
    """Find the site under the mouse, as with every move of it."""
    stack = stack_of("1M")
    benchmark(stack.site_at, view_of(stack, closer), 600, 400)


@pytest.mark.benchmark(group="the map follows an edit of one of 1 M sites")
def bench_move_of_a_site(benchmark: BenchmarkFixture) -> None:
    """Move a site; only the columns of the map, without finding out every status anew."""
    stack = stack_of("1M")
    there = stack.project.frame("sites").geometry
    turn = [0]

    def move() -> None:
        turn[0] += 1
        change = RowChange("sites", "s0000007", {"geometry": there.iloc[7]}, {"geometry": there.iloc[turn[0]]})
        for _ in stack.sites.follow([change]):
            pass

    benchmark.pedantic(move, rounds=10)


def bench_change_of_status_on_screen(benchmark: BenchmarkFixture, sample: MapStack) -> None:
    """Draw what a visit changes of the sample's picture."""
    from geo.store.project import Project
    from layers.mapframe import MapFrame

    project = sample.project
    assert isinstance(project, Project)
    before = MapFrame(sample, view_of(sample, 1))
    before.step(1e9)
    site = str(project.frame("sites").index[0])
    visit = edit("visit", [insert("inspections", site=site, date="2021-06-02", state="in_progress")])
    sample.take_dirty()
    project.apply(visit)
    sample.update(visit)
    dirty = sample.take_dirty()
    benchmark(lambda: MapFrame(sample, before.view, before, dirty).step(1e9))
    project.undo()


def bench_writing_a_picture(benchmark: BenchmarkFixture, sample: MapStack, tmp_path: Path) -> None:
    """Write the framed map as PDF."""
    from layers.render import save

    benchmark.pedantic(save, (sample, tmp_path / "map.pdf", 1600, 1200), rounds=3)
