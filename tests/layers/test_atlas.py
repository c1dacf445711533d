"""Test `layers.atlas`, `layers.book` and what a page explains: sets of sheets, their neighbours, lists and legends."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import shapely
from PySide6.QtGui import QImage, QPainter

from geo.errors import XunluError
from geo.planning.plans.day import current_plan
from geo.store.project import Project
from layers import paper
from layers.atlas import arranged, sheets
from layers.blocks import Block, Panel, Row
from layers.book import Book
from layers.composition import compose
from layers.layout import Layout
from layers.mapsheet import MapSheet
from layers.onpage import PageLegend
from layers.stack import MapStack
from layers.view import View
from tests.layers.conftest import EAST, NORTH, SOUTH, WEST

BY_AREA = Layout(paper="A4", by="subdistrict")
BY_TEAM = Layout(paper="A4", by="team")


@pytest.fixture
def district(sample: Project) -> MapStack:
    """Give the map of the sample."""
    return MapStack(sample, "zh", "print")


def _figures(legend: PageLegend, *of: object) -> dict[str, dict[str, str]]:
    blocks = legend.blocks(*of)  # type: ignore[arg-type]
    return {block.title: {row.words: row.figure for row in block.rows} for block in blocks}


def test_one_sheet_for_each_subdistrict(district: MapStack) -> None:
    """A set has a sheet for each of the 18, numbered, named, and each shows all of its area."""
    overview, *pages = sheets(district, BY_AREA)
    assert overview.kind == "overview"
    assert [page.number for page in pages] == list(range(1, 19))
    assert len({page.name for page in pages}) == 18
    for page in pages:
        left, bottom, right, top = page.bounds
        assert page.area is not None
        assert shapely.box(left, bottom, right, top).contains(page.area)


def test_neighbours_are_mutual(district: MapStack) -> None:
    """Where one sheet names another at its edge, that one names it too, by the right number."""
    pages = {page.number: page for page in sheets(district, replace(BY_AREA, overview=False))}
    for page in pages.values():
        assert page.neighbours
        for near in page.neighbours:
            assert pages[near.number].name == near.name
            assert page.number in {back.number for back in pages[near.number].neighbours}


def test_only_what_is_chosen_becomes_a_sheet(stack: MapStack) -> None:
    """Of a set of one there is no overview; its neighbour is named without a number."""
    (page,) = sheets(stack, replace(BY_AREA, only=("east",)))
    assert page.name == "东街道"
    assert [(near.name, near.number) for near in page.neighbours] == [("西街道", 0)]


@pytest.mark.parametrize("by", ["subdistrict", "team"])
def test_nothing_chosen_is_said(planned: Project, by: str) -> None:
    """An empty choice is told, and not taken for everything."""
    stack = MapStack(planned, "en", "print")
    stack.set_plan(current_plan(planned, planned.today()))
    with pytest.raises(XunluError, match="Nothing is chosen"):
        sheets(stack, Layout(by="team" if by == "team" else "subdistrict", only=("-",)))


def test_a_set_by_team_needs_a_plan(stack: MapStack) -> None:
    """Without a plan the message says what to do."""
    with pytest.raises(XunluError, match="No plan"):
        sheets(stack, BY_TEAM)


def test_each_team_has_its_route_on_its_sheet(planned: Project) -> None:
    """All stops and the base of a team lie inside of its sheet, however long the route is."""
    stack = MapStack(planned, "en", "print")
    stack.set_plan(current_plan(planned, planned.today()))
    stops = {(stop.team, stop.x, stop.y) for stop in stack.routes.stops}
    pages = sheets(stack, replace(BY_TEAM, overview=False))
    assert {page.team for page in pages} == {team for team, _, _ in stops}
    for page in pages:
        left, bottom, right, top = page.bounds
        inside = [left <= x <= right and bottom <= y <= top for team, x, y in stops if team == page.team]
        assert all(inside)


def test_a_page_leaves_the_map_as_it_was(planned: Project) -> None:
    """What a page hides and shows is put back, also where its work is dropped."""
    stack = MapStack(planned, "en", "print")
    stack.set_plan(current_plan(planned, planned.today()))
    before = stack.teams, [layer.visible for layer in stack.layers], stack.labels.never_covered
    book = Book(stack, BY_TEAM)
    image = QImage(400, 300, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(400 / book.layout.size[0])
    for number in (0, 1):
        painter = QPainter(image)
        work = paper.painting(book, number, painter, 1.0, image.devicePixelRatio())
        for _ in range(8):
            next(work)
        assert stack.teams != before[0]
        work.close()  # type: ignore[attr-defined]
        painter.end()
        assert (stack.teams, [layer.visible for layer in stack.layers], stack.labels.never_covered) == before


def test_stops_stand_beside_the_map_of_a_team(planned: Project) -> None:
    """The sheet of a team lists its stops in order, each with its arrival, and the way back."""
    stack = MapStack(planned, "zh", "print")
    stack.set_plan(current_plan(planned, planned.today()))
    book = Book(stack, replace(BY_TEAM, overview=False))
    sheet = book.sheet(0)
    assert sheet.boxes.panel is not None
    titles = [block.title for block in sheet.panel.blocks]
    assert titles[0] == ""
    listed = next(block for block in sheet.panel.blocks if block.title == "停靠点及到达时间")
    team = book.pages[0].team
    assert len(listed.rows) == sum(stop.team == team for stop in stack.routes.stops) + 1
    clocks = [row.figure for row in listed.rows]
    assert clocks == sorted(clocks)


# The legend


def test_a_legend_counts_what_the_page_shows(stack: MapStack) -> None:
    """Status and kinds are those of the sites in view, with their number; what is not in view is not there."""
    legend = PageLegend(stack)
    whole = View(0, 0, 1, 800, 600).fitted(stack.bounds())
    assert _figures(legend, whole)["点位类型"] == {"酒店": "4"}
    assert sum(int(figure) for figure in _figures(legend, whole)["状态"].values()) == 4
    west = View(0, 0, 1, 200, 400).fitted(_box(WEST, SOUTH, (WEST + EAST) / 2 - 0.001, NORTH), 0)
    assert _figures(legend, west)["点位类型"] == {"酒店": "2"}


def test_only_the_area_is_counted(stack: MapStack) -> None:
    """On the sheet of an area its own sites are counted; what only its surroundings have is there, uncounted."""
    (page,) = sheets(stack, replace(BY_AREA, only=("east",)))
    whole = View(0, 0, 1, 800, 600).fitted(stack.bounds())
    found = _figures(PageLegend(stack), whole, page.area)
    assert found["点位类型"] == {"酒店": "2"}
    assert found["状态"]["合格"] == "–"


def test_what_is_not_on_the_page_is_not_explained(stack: MapStack) -> None:
    """A legend of a part without water has no water in it, and one of a part without streets no street."""
    legend = PageLegend(stack)
    north = View(0, 0, 1, 400, 400).fitted(_box(113.28, 23.12, 113.285, 23.125), 0)
    words = set(_figures(legend, north)["地图"])
    assert "水域" not in words
    assert "公园" not in words
    assert "水域" in _figures(legend, View(0, 0, 1, 800, 900).fitted(stack.bounds()))["地图"]


def test_counts_can_be_left_out(stack: MapStack) -> None:
    """Who wants no figures gets none."""
    sheet = Book(stack, Layout(paper="A4", counts=False, legend="side")).sheet(0)
    assert all(row.figure == "" for block in sheet.panel.blocks for row in block.rows)


# The pages


@pytest.mark.parametrize("paper_name", ["A4", "A3", "A0"])
@pytest.mark.parametrize("landscape", [True, False])
@pytest.mark.parametrize("legend", ["auto", "side", "below", "inside", "none"])
def test_nothing_lies_over_anything(district: MapStack, paper_name: str, landscape: bool, legend: str) -> None:
    """Header, map, legend and footer are apart and on the paper; a legend inside of the map keeps to a corner of it."""
    layout = replace(Layout(paper=paper_name, landscape=landscape, squares=True), legend=legend)  # type: ignore[arg-type]
    sheet = Book(district, layout).sheet(0)
    band = sheet.boxes.band
    boxes = [sheet.boxes.header, sheet.boxes.map.adjusted(-band, -band, band, band), sheet.boxes.footer]
    boxes += [sheet.boxes.panel] if sheet.boxes.panel is not None else []
    width, height = layout.size
    for number, box in enumerate(boxes):
        assert box.left() >= 0
        assert box.top() >= 0
        assert box.right() <= width
        assert box.bottom() <= height
        for other in boxes[:number]:
            assert not box.adjusted(0.1, 0.1, -0.1, -0.1).intersects(other)
    if sheet.inset is not None:
        assert sheet.boxes.map.contains(sheet.inset.adjusted(0.5, 0.5, -0.5, -0.5))
    assert (sheet.boxes.panel is None) or sheet.inset is None


def test_a_legend_in_the_corner_covers_no_site(district: MapStack) -> None:
    """Where the legend was put into the map by itself, no site and no part of the district lies under it."""
    sheet = Book(district, Layout(paper="A1")).sheet(0)
    assert sheet.inset is not None
    inset = sheet.inset.translated(-sheet.boxes.map.topLeft())
    xy = sheet.view.world_to_screen(district.sites.xy)
    first, last = (inset.left(), inset.top()), (inset.right(), inset.bottom())
    assert not ((xy > first) & (xy < last)).all(axis=1).any()


def test_a_sheet_without_room_for_a_map_is_refused(stack: MapStack) -> None:
    """The message says what to change."""
    long = Panel([Block("Teams", tuple(Row(f"Team {number}") for number in range(200)))], stack.style, 1.0, 400.0)
    with pytest.raises(XunluError, match="no room"):
        compose(Layout(paper="A4", margin_mm=40, landscape=False), long, "side", titled=True, subtitled=True)


def test_the_index_lists_every_site_once(district: MapStack) -> None:
    """A set's index has each placed site of the district once, and the sheet and square where it is."""
    book = Book(district, replace(BY_AREA, index="sites"))
    for _ in book.prepare():
        pass
    assert book.pages[-1].kind == "index"
    entries = [entry for entry in book.index if entry.code]
    codes = [entry.code for entry in entries]
    sites = district.project.frame("sites")
    assert sorted(codes) == sorted(sites["code"])
    assert all(entry.square.partition(": ")[2] for entry in entries)


def test_pages_are_numbered_with_the_index(stack: MapStack) -> None:
    """How many pages there are counts those of the index too."""
    book = Book(stack, Layout(paper="A4", index="both"))
    assert book.count == 1
    for _ in book.prepare():
        pass
    assert book.count == 2
    assert book.title(1) == "索引"


def test_the_surroundings_are_paler(stack: MapStack) -> None:
    """On the sheet of an area its own ground keeps its colours; those of its neighbours are washed out."""
    layout = replace(BY_AREA, only=("west",), legend="none", locator=False)
    book = Book(stack, layout)
    sheet = book.sheet(0)
    image = _painted(book, 0)
    park, river_east = (_pixel(image, sheet, at) for at in ((113.257, 23.1205), (113.2715, 23.0972)))
    lone = Book(stack, Layout(paper="A4", legend="none"))
    whole = _painted(lone, 0)
    assert _near(park, _pixel(whole, lone.sheet(0), (113.257, 23.1205)))
    assert sum(river_east) > sum(_pixel(whole, lone.sheet(0), (113.2715, 23.0972)))


def _painted(book: Book, number: int) -> QImage:
    width, height = book.layout.size
    image = QImage(round(width), round(height), QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    for _ in paper.painting(book, number, painter, 1.0, 1.0):
        pass
    painter.end()
    return image


def _pixel(image: QImage, sheet: MapSheet, lonlat: tuple[float, float]) -> tuple[int, int, int]:
    x, y = sheet.view.lonlat_to_screen([lonlat])[0] + (sheet.boxes.map.left(), sheet.boxes.map.top())
    colour = image.pixelColor(round(float(x)), round(float(y)))
    return colour.red(), colour.green(), colour.blue()


def _near(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return bool(np.abs(np.array(one) - np.array(other)).max() < 12)


def _box(west: float, south: float, east: float, north: float) -> tuple[float, float, float, float]:
    return paper.bounds_of((west, south, east, north))


def test_the_day_and_the_page_are_in_the_footer(stack: MapStack) -> None:
    """The project's own day is printed, not the clock's."""
    book = Book(stack, BY_AREA)
    assert book.footing(1) == f"{date(2021, 6, 2).isoformat()} · 第 2 页，共 3 页"


def test_arranging_the_overview_hides_what_would_hide_the_numbers(stack: MapStack) -> None:
    """Sites and stops are not drawn on the overview of a set."""
    page = sheets(stack, BY_AREA)[0]
    with arranged(stack, page):
        assert not stack.sites.visible
        assert not stack["stops"].visible
    assert stack.sites.visible
