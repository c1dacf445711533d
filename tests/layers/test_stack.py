"""Test `layers.stack`: the map of a project, what is where and what it looks like."""

import numpy as np
import pytest
import shapely
from PySide6.QtGui import QColor, QImage, QPainter

from geo.model import Status
from geo.store.edits import delete, edit, insert, update
from geo.store.project import Project
from layers.frame import Frame
from layers.render import to_image
from layers.stack import Hit, MapStack
from layers.view import View

WHOLE = View(0, 0, 1, 800, 600)


def _near(stack: MapStack, site: str) -> View:
    """Look at a site from so near that its full symbol is drawn."""
    return WHOLE.centred(*stack.site_xy(site), 4.0)


def _has(image: QImage, x: float, y: float, colour: QColor, reach: int = 12) -> bool:
    square = [
        image.pixelColor(round(x) + dx, round(y) + dy) for dx in range(-reach, reach) for dy in range(-reach, reach)
    ]
    return any(
        abs(c.red() - colour.red()) + abs(c.green() - colour.green()) + abs(c.blue() - colour.blue()) < 6
        for c in square
    )


@pytest.mark.parametrize(
    ("site", "status"),
    [("passed", Status.PASSED), ("overdue", Status.OVERDUE), ("never", Status.DUE), ("blocked", Status.NO_ACCESS)],
)
def test_symbol_has_the_colour_of_the_status(stack: MapStack, site: str, status: Status) -> None:
    """A site is drawn in the colour of its inspection status, and in no other status's."""
    image = to_image(stack, _near(stack, site))
    assert stack.status_of(site) == status
    for name, style in stack.style.status.items():
        assert _has(image, 400, 300, style.fill) == (name == status), name


def test_ground_has_the_colours_of_the_style(stack: MapStack) -> None:
    """Land, park, water and what lies outside are filled as the style says."""
    view = WHOLE.fitted(stack.bounds(), 80)
    image = to_image(stack, view)
    places = {
        "land": (113.287, 23.12),
        "park": (113.2525, 23.1275),
        "water": (113.251, 23.0955),
        "outside": (113.2, 23.2),
    }
    fills = {"land": stack.style.land, "park": stack.style.areas["park"].fill, "water": stack.style.areas["water"].fill}
    for name, lonlat in places.items():
        x, y = np.clip(view.lonlat_to_screen([lonlat])[0], 3, (797, 597))
        assert image.pixelColor(int(x), int(y)) == fills.get(name, stack.style.outside), name


def test_a_hidden_layer_is_not_drawn(stack: MapStack) -> None:
    """Without its layer the site is gone from the picture and cannot be clicked."""
    stack["sites"].visible = False
    view = _near(stack, "passed")
    assert not _has(to_image(stack, view), 400, 300, stack.style.status["passed"].fill)
    assert stack.site_at(view, 400, 300) is None


def test_selection_has_a_ring(stack: MapStack) -> None:
    """A selected site has a ring in the accent colour, another one has not."""
    view = _near(stack, "passed")
    assert not _has(to_image(stack, view), 400, 300, stack.style.accent, 24)
    stack.selection = {"passed"}
    assert _has(to_image(stack, view), 400, 300, stack.style.accent, 24)


def test_hover_has_a_ring_of_its_own(stack: MapStack) -> None:
    """The site under the mouse is marked, and differently from a selected one."""
    view = _near(stack, "passed")
    plain = to_image(stack, view)
    stack.hover = "passed"
    hovered = to_image(stack, view)
    assert hovered != plain
    assert not _has(hovered, 400, 300, stack.style.accent, 24)


def test_an_edit_of_a_status_changes_the_colour(project: Project, stack: MapStack) -> None:
    """After an inspection is entered the map shows the new status, without loading the streets again."""
    visit = project.frame("inspections").query("site == 'overdue'").index[0]
    change = edit("date", [update("inspections", visit, project.row("inspections", visit), {"date": "2021-06-01"})])
    project.apply(change)
    assert stack.update(change)
    view = _near(stack, "overdue")
    assert _has(to_image(stack, view), 400, 300, stack.style.status["passed"].fill)


def test_an_edit_elsewhere_changes_nothing(project: Project, stack: MapStack) -> None:
    """An edit to a table that no layer shows asks for no repaint."""
    change = edit("name", [])
    project.apply(change)
    assert not stack.update(change)


def test_a_deleted_site_leaves_the_selection(project: Project, stack: MapStack) -> None:
    """Nothing that is gone stays selected."""
    stack.selection = {"passed", "never"}
    change = edit("delete", [delete("sites", "passed", project.row("sites", "passed"))])
    project.apply(change)
    stack.update(change)
    assert stack.selection == {"never"}


def test_hits_are_nearest_first(stack: MapStack) -> None:
    """A click finds the site under it, within the tolerance only."""
    view = WHOLE.centred(*stack.site_xy("passed"), 40)
    assert stack.hits(view, 402, 300, 10) == [Hit("sites", "passed")]
    assert stack.hits(view, 430, 340, 10) == []
    assert [hit.id for hit in stack.hits(view, 401, 300, 200)][:2] == ["passed", "overdue"]


def test_box_and_lasso(stack: MapStack) -> None:
    """A polygon on the screen selects the sites inside, and no other."""
    view = WHOLE.fitted(stack.bounds(), 20)
    everything = np.array([[0, 0], [800, 0], [800, 600], [0, 600]])
    assert sorted(stack.sites_within(view, everything)) == ["blocked", "never", "overdue", "passed"]
    x, y = view.world_to_screen([stack.site_xy("never")])[0]
    triangle = np.array([[x - 5, y + 5], [x + 5, y + 5], [x, y - 8]])
    assert stack.sites_within(view, triangle) == ["never"]


def test_routes_show_only_with_their_plan(stack: MapStack) -> None:
    """The stops of a plan are there when it is shown, of the teams chosen, and gone with it."""
    assert not stack.routes.stops
    stack.set_plan("plan")
    assert [(stop.seq, stop.site) for stop in stack.routes.stops] == [(1, "overdue"), (2, "never")]
    stack.set_teams([])
    assert not stack.routes.stops
    stack.set_teams(None)
    assert len(stack.routes.stops) == 2
    stack.set_plan(None)
    assert not stack.routes.stops


def test_route_is_drawn_in_the_team_colour(stack: MapStack) -> None:
    """Half way between two stops the team's colour lies on the map."""
    stack.set_plan("plan")
    middle = (np.array(stack.site_xy("overdue")) + stack.site_xy("never")) / 2
    view = WHOLE.centred(float(middle[0]), float(middle[1]), 4)
    colour = QColor(stack.team_colour("team"))
    with_route = to_image(stack, view)
    # The line lets a little of the ground through.
    probes = [with_route.pixelColor(400 + dx, 300 + dy) for dx in range(-3, 4) for dy in range(-3, 4)]
    assert any(abs(c.hue() - colour.hue()) < 10 and c.saturation() > 120 for c in probes)


def test_legend_says_what_is_there(stack: MapStack) -> None:
    """The legend has the statuses and kinds that occur, and their swatches can be drawn."""
    groups = dict(stack.legend())
    assert [entry.text for entry in groups["状态"]] == ["应查", "逾期", "合格", "无法进入"]
    assert [entry.text for entry in groups["点位类型"]] == ["酒店"]
    image = QImage(40, 40, QImage.Format.Format_ARGB32_Premultiplied)
    for entries in groups.values():
        for entry in entries:
            image.fill(0)
            painter = QPainter(image)
            entry.swatch(painter, image.rect().toRectF())
            painter.end()
            assert not image.allGray() or image.pixelColor(20, 20).alpha()


def test_icons_differ_by_kind_and_status(stack: MapStack) -> None:
    """Every status has a sign of its own, even without colour."""
    grey = [
        stack.status_icon(status, 32).convertToFormat(QImage.Format.Format_Grayscale8) for status in stack.style.status
    ]
    assert all(a != b for k, a in enumerate(grey) for b in grey[:k])
    kinds = [stack.icon(kind, "due", 32) for kind in stack.style.kinds]
    assert all(a != b for k, a in enumerate(kinds) for b in kinds[:k])


def test_an_empty_project_has_a_map(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A project without a single row can be drawn, in every style."""
    empty = Project.create(tmp_path_factory.mktemp("empty") / "empty.gpkg")
    for style in ("light", "dark", "print"):
        stack = MapStack.from_project(empty, "en", style)
        image = to_image(stack, WHOLE.fitted(stack.bounds()))
        assert image.pixelColor(400, 300) == stack.style.land
    empty.close()


def test_what_has_no_shape_is_left_off_the_map(project: Project) -> None:
    """A subdistrict, an area and a closure whose shape nobody has drawn yet do not keep the map from being drawn."""
    rows = [
        insert("subdistricts", name="新街道"),
        insert("areas", name="新公园"),
        insert("closures", name="新封控", from_date="2021-06-01"),
    ]
    project.apply(edit("rows without a shape", rows))
    stack = MapStack.from_project(project)
    assert not to_image(stack, View(0, 0, 40, 300, 200).fitted(stack.bounds())).isNull()


def test_dots_tell_the_status_by_shape(stack: MapStack) -> None:
    """From afar the statuses that call for action differ by the shape of their dots."""
    dots = [style.dot for style in stack.style.status.values() if style.rank >= 3]
    assert len(set(dots)) == len(dots)


@pytest.mark.parametrize(
    "table", ["sites", "stops", "routes", "streets", "areas", "subdistricts", "closures", "landmarks", "teams"]
)
def test_an_edit_in_the_middle_of_a_picture_does_no_harm(project: Project, table: str) -> None:
    """A picture is painted in slices, and the rows that it shows may go between any two of them."""
    square = shapely.MultiPolygon([shapely.box(113.265, 23.11, 113.275, 23.12)])
    more = [insert("closures", name=f"封控区{k}", from_date="2021-06-01", geometry=square) for k in (1, 2)]
    project.apply(edit("more", more))
    gone = edit("gone", [delete(table, row, project.row(table, row)) for row in project.frame(table).index])
    # The tables before and after: to write the edit into the file and back for every slice takes longer than to paint.
    whole = project.snapshot()
    project.apply(gone)
    without = project.snapshot()
    stack = MapStack(whole, "zh")
    stack.set_plan("plan")
    view = WHOLE.fitted(stack.bounds())
    at, reached = 0, True
    while reached:
        frame, count, reached = Frame(stack, view), 0, False
        while not frame.step(0):  # one slice
            if count == at:
                stack.project = without
                stack.update(gone)
                reached = True
            count += 1
        if reached:
            stack.project = whole
            stack.update(gone)
        at += 1
