"""Time maps on paper: sheets of each size as PDF, a PNG, a set with its index; and what holds a window up meanwhile."""

import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication

from geo.planning.plans.day import current_plan
from geo.store.project import Project
from gui.paperprocess import PaperProcess
from gui.slices import Slices
from layers import paper
from layers.book import Book
from layers.layout import Layout
from layers.papermaker import Order
from layers.stack import MapStack

Benchmark = Callable[..., Any]


@pytest.fixture
def stack(planned_file: Path, tmp_path: Path) -> Iterator[MapStack]:
    """Give the printed map of the sample with a plan."""
    with Project.open(Path(shutil.copy(planned_file, tmp_path / "planned.gpkg"))) as project:
        made = MapStack(project, "zh", "print")
        made.set_plan(current_plan(project, project.today()))
        yield made


@pytest.mark.parametrize("name", ["A4", "A3", "A0"])
def bench_pdf(benchmark: Benchmark, stack: MapStack, tmp_path: Path, qapp: object, name: str) -> None:
    """Write one sheet as PDF."""
    assert qapp
    benchmark(lambda: paper.save(Book(stack, Layout(paper=name)), tmp_path / "map.pdf"))


def _longest_gap(is_busy: Callable[[], bool]) -> float:
    """Return for how many seconds at most the event loop stood still while something was going on."""
    gaps, last = [0.0], time.perf_counter()
    while is_busy():
        QCoreApplication.processEvents()
        now = time.perf_counter()
        gaps.append(now - last)
        last = now
        time.sleep(0.001)
    return max(gaps)


@pytest.mark.parametrize("where", ["here", "in a process"])
@pytest.mark.parametrize("name", ["A3", "A0"])
def bench_window_meanwhile(
    benchmark: Benchmark, stack: MapStack, tmp_path: Path, qapp: object, name: str, where: str
) -> None:
    """Write one sheet as PDF beside a window; the longest gap of its event loop is printed."""
    assert qapp
    gaps = []

    def write() -> None:
        layout, path = Layout(paper=name), tmp_path / "map.pdf"
        if where == "here":
            slices = Slices()
            slices.start(paper.saving(Book(stack, layout), path), lambda: None)
            gaps.append(_longest_gap(lambda: slices.is_busy))
            return
        file, shown = str(stack.project.path), stack.bounds()
        order = Order(file, str(path), layout.as_json(), "zh", "zh", shown, plan=stack.plan)
        process = PaperProcess()
        process.start(order)
        gaps.append(_longest_gap(lambda: process.is_busy))

    benchmark.pedantic(write, rounds=3)
    print(f"\n{name}, {where}: longest gap {statistics.median(gaps) * 1e3:.0f} ms")  # noqa: T201


def bench_png(benchmark: Benchmark, stack: MapStack, tmp_path: Path, qapp: object) -> None:
    """Write an A2 sheet at 300 dpi, 7,016 x 4,961 pixels."""
    assert qapp
    benchmark(lambda: paper.save(Book(stack, Layout(paper="A2")), tmp_path / "map.png"))


def bench_set(benchmark: Benchmark, stack: MapStack, tmp_path: Path, qapp: object) -> None:
    """Write the 18 subdistricts on A3 with overview and index."""
    assert qapp
    layout = Layout(paper="A3", by="subdistrict", squares=True, index="both")
    benchmark(lambda: paper.save(Book(stack, layout), tmp_path / "set.pdf"))
