"""Test `layers.render`: pictures of the map on disk and in slices."""

import time
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtGui import QImage
from PySide6.QtSvg import QSvgRenderer

from geo.errors import XunluError
from geo.planning.plans.day import current_plan
from geo.store.project import Project
from layers.frame import Frame
from layers.render import RouteFrame, route_picture, save, to_image
from layers.stack import MapStack
from layers.view import View

VIEW = View(0, 0, 1, 640, 480)


def test_slices_make_the_same_picture(stack: MapStack) -> None:
    """A frame painted slice by slice ends as the picture painted in one go."""
    view = VIEW.fitted(stack.bounds())
    frame = Frame(stack, view)
    slices = 1
    while not frame.step(0):
        slices += 1
    assert slices > 10
    assert frame.image == to_image(stack, view)


def test_no_slice_is_long(stack: MapStack) -> None:
    """Once everything was drawn before, no slice keeps the window waiting: most take a few milliseconds at most."""
    view = VIEW.fitted(stack.bounds())
    to_image(stack, view)
    frame, times = Frame(stack, view), []
    done = False
    while not done:
        start = time.perf_counter()
        done = frame.step(0)
        times.append(time.perf_counter() - start)
    assert sorted(times)[len(times) * 9 // 10] < 0.02


def test_a_frame_can_be_dropped(stack: MapStack) -> None:
    """A frame that is no longer wanted stops at once, and stepping it further does nothing."""
    frame = Frame(stack, VIEW.fitted(stack.bounds()))
    frame.step(0)
    frame.cancel()
    assert frame.step(100)


def test_high_dpi_doubles_the_pixels(stack: MapStack) -> None:
    """A view of two device pixels per logical one gives an image of twice the size, with the same content."""
    view = VIEW.fitted(stack.bounds()).resized(640, 480, 2)
    image = to_image(stack, view)
    assert (image.width(), image.height()) == (1280, 960)
    half = to_image(stack, view.resized(640, 480, 1))
    assert image.pixelColor(20, 20) == half.pixelColor(10, 10)


@pytest.mark.parametrize("title", ["", "检查地图"])
def test_png(stack: MapStack, tmp_path: Path, title: str) -> None:
    """A PNG has the size asked for and shows more than paper."""
    path = tmp_path / "map.png"
    save(stack, path, 900, 700, title=title)
    image = QImage(str(path))
    assert (image.width(), image.height()) == (900, 700)
    assert not image.allGray()


def test_svg(stack: MapStack, tmp_path: Path) -> None:
    """An SVG can be read again, and its symbols are drawings, not images."""
    path = tmp_path / "map.svg"
    save(stack, path, 900, 700, title="检查地图")
    assert QSvgRenderer(str(path)).viewBox().width() == 900
    assert "<image" not in path.read_text("utf-8")


def test_pdf(stack: MapStack, tmp_path: Path) -> None:
    """A PDF has one page of the size asked for, at 96 pixels to the inch."""
    path = tmp_path / "map.pdf"
    save(stack, path, 960, 720, title="检查地图")
    (page,) = PdfReader(path).pages
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (720, 540)


def test_unknown_kind_of_picture(stack: MapStack, tmp_path: Path) -> None:
    """A name that ends otherwise is refused with the endings that work, and nothing is written."""
    with pytest.raises(XunluError, match=r"\.pdf"):
        save(stack, tmp_path / "map.xyz", 900, 700)
    assert not list(tmp_path.glob("map.*"))


def test_missing_folder(stack: MapStack, tmp_path: Path) -> None:
    """A folder that is not there is named in the message."""
    with pytest.raises(XunluError, match="nowhere"):
        save(stack, tmp_path / "nowhere" / "map.png", 900, 700)


def test_route_picture_is_grey_safe(stack: MapStack) -> None:
    """The picture for a route sheet has print resolution, and its numbers are black on white."""
    stack.set_plan("plan")
    image = QImage.fromData(route_picture(stack, "team", (120, 80)))
    assert (image.width(), image.height()) == (1135, 755)
    assert abs(image.dotsPerMeterX() - 240 / 0.0254) < 2
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    levels = [grey.pixelColor(x, y).red() for x in range(0, 1135, 3) for y in range(0, 755, 3)]
    assert min(levels) < 40
    assert max(levels) == 255


def test_route_picture_leaves_the_map_alone(stack: MapStack) -> None:
    """Drawing the sheet of one team changes nothing on the map it was taken from."""
    stack.set_plan("plan")
    view = VIEW.fitted(stack.bounds())
    before = to_image(stack, view)
    route_picture(stack, "team")
    assert to_image(stack, view) == before


def _covered(stack: MapStack, view: View) -> int:
    """Return how many boxes of names lie over a stop or a base."""
    discs = stack["stops"].obstacles(view)
    boxes = [box for placed in stack.labels.placed(view) for box in placed.layout.boxes]
    return sum(
        bool(((discs[:, 0] < c) & (a < discs[:, 2]) & (discs[:, 1] < d) & (b < discs[:, 3])).any())
        for a, b, c, d in boxes
    )


def test_no_name_covers_a_stop_on_the_map_of_a_sheet(planned: Project) -> None:
    """Where names of a crowded map lie over stops, those of a sheet do not: on paper every number can be read."""
    stack = MapStack.from_project(planned, "en")
    stack.set_plan(current_plan(planned, planned.today()))
    printed = stack.twin("print")
    left, bottom, right, top = printed.bounds()
    view = View((left + right) / 2, (bottom + top) / 2, 8, 700, 345)
    assert _covered(printed, view) > 0
    RouteFrame(stack, str(planned.frame("teams").index[0]), (60, 40)).cancel()
    printed.set_teams(None)
    assert _covered(printed, view) == 0
