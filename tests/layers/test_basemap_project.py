"""Tests of the base map in the map of a project: under everything, in exports, and what happens when its file fails."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from geo.projection import to_mercator
from geo.store.edits import edit, insert
from geo.store.project import Project
from geo.tiles import choice as choices
from geo.tiles import grid
from geo.tiles.choice import Choice
from geo.tiles.opening import source_of
from layers import render
from layers.stack import MapStack
from layers.view import View
from tests.tilefiles import mbtiles, png

VIOLET = (120, 60, 160)


@pytest.fixture
def tiles_file(tmp_path: Path) -> Path:
    """Return a file of plain violet tiles around the small project."""
    tiles = {
        tile: png(*VIOLET)
        for z in range(9, 15)
        for tile in grid.covering((12606000.0, 2640000.0, 12614000.0, 2652000.0), z)
    }
    return mbtiles(tmp_path / "ground.mbtiles", tiles, attribution="© Violet")


def set_basemap(project: Project, chosen: Choice) -> None:
    """Keep a base map in a project."""
    project.apply(edit("base map", [project.set_setting_change("basemap", choices.write(chosen))]))


def near(image: QImage, wanted: tuple[int, int, int]) -> float:
    """Return the share of pixels that have a colour."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.width(), 4)[..., 2::-1]
    return float((np.abs(pixels.astype(int) - wanted).max(axis=2) <= 3).mean())


def test_the_ground_of_the_project_does_not_cover_the_base_map(project: Project, tiles_file: Path) -> None:
    """With a base map land and parks are not filled; without it, or with it hidden, they are."""
    plain = MapStack.from_project(project, "zh")
    view = View(0, 0, 1, 500, 400).fitted(plain.bounds())
    assert near(render.to_image(plain, view), VIOLET) == 0
    before = near(
        render.to_image(plain, view), (plain.style.land.red(), plain.style.land.green(), plain.style.land.blue())
    )
    assert before > 0.3
    set_basemap(project, Choice(choices.beside(source_of(tiles_file), project.path.parent)))
    stack = MapStack.from_project(project, "zh")
    assert stack.basemap.source is not None
    assert stack.basemap.source.path == "ground.mbtiles"
    assert near(render.to_image(stack, view), VIOLET) > 0.5
    assert stack.attribution() == "示意 · © Violet"
    stack["basemap"].visible = False
    assert near(render.to_image(stack, view), VIOLET) == 0
    assert stack.attribution() == "示意"


def test_the_map_follows_the_setting(project: Project, stack: MapStack, tiles_file: Path) -> None:
    """An edit, and its undo, show and hide the base map."""
    set_basemap(project, Choice(source_of(tiles_file)))
    assert list(stack.reload({"settings"}))
    assert stack["basemap"].title("zh") == "底图：ground"
    project.undo()
    assert list(stack.reload({"settings"}))
    assert stack.basemap.source is None


def test_the_picture_of_another_language_has_it_and_route_sheets_do_not(
    project: Project, stack: MapStack, tiles_file: Path
) -> None:
    """Exports show the base map; route sheets stay black on white."""
    set_basemap(project, Choice(source_of(tiles_file)))
    for _ in stack.reload({"settings"}):
        pass
    twin = stack.twin("light", "en")
    view = View(0, 0, 1, 300, 200).fitted(stack.bounds())
    assert near(render.to_image(twin, view), VIOLET) > 0.4
    stack.set_plan("plan")
    sheet = QImage.fromData(render.route_picture(stack, "team", (60, 40)))
    assert near(sheet, VIOLET) == 0


def test_exports_show_it_with_its_credit(project: Project, tiles_file: Path, tmp_path: Path) -> None:
    """PNG, PDF and SVG hold the tiles."""
    set_basemap(project, Choice(source_of(tiles_file)))
    stack = MapStack.from_project(project, "en")
    render.save(stack, tmp_path / "map.png", 800, 600)
    assert near(QImage(str(tmp_path / "map.png")), VIOLET) > 0.3
    for name in ("map.pdf", "map.svg"):
        render.save(stack, tmp_path / name, 800, 600)
    assert b"<image" in (tmp_path / "map.svg").read_bytes()
    assert b"/Image" in (tmp_path / "map.pdf").read_bytes()


def test_a_file_that_is_gone_or_damaged_leaves_the_map_as_it_was(project: Project, tiles_file: Path) -> None:
    """What is wrong is kept to be told, and the ground of the project is drawn."""
    set_basemap(project, Choice(source_of(tiles_file)))
    stack = MapStack.from_project(project, "zh")
    view = View(0, 0, 1, 300, 200).fitted(stack.bounds())
    with tiles_file.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (tiles_file.stat().st_size - 4096))
    render.to_image(stack, view)
    assert stack.basemap.trouble is not None
    assert not stack.basemap.hides_ground
    assert near(render.to_image(stack, view), VIOLET) == 0
    tiles_file.unlink()
    again = MapStack.from_project(project, "zh")
    assert again.basemap.trouble is not None
    assert "ground.mbtiles" in again.basemap.trouble.message
    render.to_image(again, view)


def test_a_spoilt_setting_is_told_and_otherwise_none(project: Project) -> None:
    """A project whose setting cannot be read opens with its own ground."""
    project.apply(edit("x", [insert("settings", key="basemap", value="{never")]))
    stack = MapStack.from_project(project, "zh")
    assert stack.basemap.source is None
    assert stack.basemap.trouble is not None


def test_a_project_carried_with_its_tiles_finds_them(project: Project, tiles_file: Path, tmp_path: Path) -> None:
    """A file beside the project is found beside its copy."""
    set_basemap(project, Choice(choices.beside(source_of(tiles_file), project.path.parent)))
    away = tmp_path / "away"
    away.mkdir()
    project.copy_to(away / "copy.gpkg")
    shutil.copy(tiles_file, away)
    tiles_file.unlink()
    with Project.open(away / "copy.gpkg") as copied:
        assert MapStack.from_project(copied, "zh").basemap.trouble is None


def test_an_empty_project_shows_its_base_map(tmp_path: Path, tiles_file: Path) -> None:
    """Even without a district there is a ground to place sites on."""
    with Project.create(tmp_path / "empty.gpkg") as project:
        set_basemap(project, Choice(source_of(tiles_file)))
        stack = MapStack.from_project(project, "zh")
        x, y = to_mercator([(113.27, 23.115)])[0].tolist()
        assert near(render.to_image(stack, View(x, y, 10, 400, 300)), VIOLET) > 0.9
