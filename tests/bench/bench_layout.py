"""Time maps on paper: one sheet of each size as PDF, a PNG of a wall map, and a set with its index."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from geo.planning.day import current_plan
from geo.store.project import Project
from layers import paper
from layers.book import Book
from layers.layout import Layout
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


def bench_png(benchmark: Benchmark, stack: MapStack, tmp_path: Path, qapp: object) -> None:
    """Write an A2 sheet at 300 dpi, 7,016 x 4,961 pixels."""
    assert qapp
    benchmark(lambda: paper.save(Book(stack, Layout(paper="A2")), tmp_path / "map.png"))


def bench_set(benchmark: Benchmark, stack: MapStack, tmp_path: Path, qapp: object) -> None:
    """Write the 18 subdistricts on A3 with overview and index."""
    assert qapp
    layout = Layout(paper="A3", by="subdistrict", squares=True, index="both")
    benchmark(lambda: paper.save(Book(stack, layout), tmp_path / "set.pdf"))
