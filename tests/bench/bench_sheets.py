"""Route sheets for all teams of the sample day, beside merging the same rows into a table with openpyxl."""

from pathlib import Path

import openpyxl
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from geo.planning.plans.day import current_plan
from geo.planning.plans.plan_json import as_json
from geo.sheets.route_sheet import MAP_MM, route_sheets
from geo.store.project import Project
from layers import offscreen
from layers.render import route_picture
from layers.stack import MapStack

# There is one Qt application in a process, and the window needs the larger kind.
pytestmark = pytest.mark.usefixtures("qapp")

GROUP = "18 route sheets"


@pytest.mark.benchmark(group=GROUP)
def bench_sheets(benchmark: BenchmarkFixture, planned: Project) -> None:
    """Typeset all sheets without maps."""
    plan = current_plan(planned, planned.today())
    assert plan is not None
    benchmark(route_sheets, planned, plan, None, "zh")


@pytest.mark.benchmark(group=GROUP)
def bench_sheets_with_maps(benchmark: BenchmarkFixture, planned: Project) -> None:
    """Draw the map of every route and typeset all sheets."""
    plan = current_plan(planned, planned.today())
    assert plan is not None
    with offscreen.application():
        stack = MapStack.from_project(planned, "zh", "print")
        stack.set_plan(plan)
        benchmark.pedantic(
            lambda: route_sheets(planned, plan, None, "zh", lambda team: route_picture(stack, team, MAP_MM)), rounds=3
        )


@pytest.mark.benchmark(group=GROUP)
def bench_spreadsheet(benchmark: BenchmarkFixture, planned: Project, tmp_path: Path) -> None:
    """Write the same stops into one spreadsheet per team, as offices do without the program."""
    plan = current_plan(planned, planned.today())
    assert plan is not None

    def write() -> None:
        for route in as_json(planned, plan)["routes"]:
            book = openpyxl.Workbook()
            sheet = book.active
            assert sheet is not None
            for stop in route["stops"]:
                sheet.append([stop["name"], stop["arrive_s"], stop["leave_s"], stop["leg_m"]])
            book.save(tmp_path / f"{route['code']}.xlsx")

    benchmark(write)
