"""Tests of base maps in the window: chosen in the menu, fetched from a server on loopback, politely or not at all."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from geo.projection import to_lonlat
from geo.store.edits import edit
from geo.store.project import Project
from geo.tiles import choice as choices
from geo.tiles import grid
from geo.tiles.choice import Choice
from geo.tiles.diskcache import DiskCache, Kept
from geo.tiles.source import Source, built_in
from gui.basemapdialog import BasemapDialog
from gui.basemaps import Basemaps
from gui.basemapshelf import Shelf
from gui.settings import Settings
from gui.window import Window
from tests.tilefiles import mbtiles, png
from tests.tileserver import TileServer, serving

GREEN = (30, 160, 90)
OpenWindow = Callable[..., Window]


@pytest.fixture
def server() -> Iterator[TileServer]:
    """Give a tile server on loopback."""
    with serving() as made:
        yield made


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let each test begin with no tile on disk."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def source_at(server: TileServer, **values: object) -> Source:
    """Return a base map from a server."""
    return Source(
        **{"id": "own", "name": "Loopback", "addresses": (server.address,), "attribution": "© Loop", **values}
    )


def share(window: Window, wanted: tuple[int, int, int]) -> float:
    """Return the share of the map on screen that has a colour."""
    image = window.canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., 2::-1]
    return float((np.abs(pixels.astype(int) - wanted).max(axis=2) <= 3).mean())


def basemaps(window: Window) -> Basemaps:
    """Return the base maps of a window."""
    return window.basemaps


def settle(qtbot: QtBot, window: Window) -> None:
    """Wait until no tile is on its way and the map is drawn."""
    maps = basemaps(window)

    def is_still() -> bool:
        fetcher = maps._fetcher
        followed = not window.session.map_work.is_busy
        return (
            followed
            and window.canvas.is_drawn
            and not maps._redraw.isActive()
            and not maps._moved.isActive()
            and (fetcher is None or not fetcher.is_busy)
        )

    qtbot.waitUntil(is_still, timeout=20_000)


def close(window: Window) -> None:
    """Close a window, and let the next one be as large as a first one."""
    window.close()
    window.settings.geometry = window.settings.state = ""


def menu_action(window: Window, title: str) -> QAction:
    """Return an entry of the menu of base maps, as it is when the menu opens."""
    menu: QMenu = window.actions_by_name.menus["basemap"]
    menu.aboutToShow.emit()
    inner = [action for each in menu.findChildren(QMenu) for action in each.actions()]
    found = [action for action in (*menu.actions(), *inner) if action.text().replace("&", "") == title]
    assert found, [action.text() for action in menu.actions()]
    return found[0]


def test_nothing_is_asked_of_anybody_unless_it_is_chosen(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, server: TileServer
) -> None:
    """A base map that is only known is not fetched; the network is not even prepared."""
    settings = Settings()
    Shelf(settings).put(source_at(server))
    window = open_window(project_file, settings)
    window.canvas.zoom(3)
    settle(qtbot, window)
    assert server.asked == []
    assert basemaps(window)._fetcher is None
    assert menu_action(window, "None").isChecked()


def test_a_base_map_is_chosen_in_the_menu_and_fetched(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, server: TileServer
) -> None:
    """One click shows it under the sites, names its maker, and is one step that undo takes back."""
    settings = Settings()
    Shelf(settings).put(source_at(server))
    window = open_window(project_file, settings)
    menu_action(window, "Loopback").trigger()
    settle(qtbot, window)
    assert share(window, GREEN) > 0.4
    assert server.asked
    stack, project = window.session.stack, window.session.project
    assert stack is not None
    assert project is not None
    assert "© Loop" in stack.attribution()
    assert project.undo_title == "Base map: Loopback"
    assert menu_action(window, "Loopback").isChecked()
    panel = [window.layers.tree.topLevelItem(2).child(k).text(0) for k in range(20)
             if window.layers.tree.topLevelItem(2).child(k) is not None]  # fmt: skip
    assert "Base map: Loopback" in panel
    window.session.undo()
    settle(qtbot, window)
    assert share(window, GREEN) < 0.01


def test_only_the_tiles_of_the_view_are_asked_for_and_each_once(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, server: TileServer
) -> None:
    """No tile beyond the view, none twice, by our own name, without cookies; not more at once than is allowed."""
    server.delay_s = 0.02
    window = open_window(project_file)
    basemaps(window).choose(source_at(server, connections=2))
    settle(qtbot, window)
    view = window.canvas.view
    z = grid.zoom_for(view.scale, 256, 0, 19)
    wanted = {f"/{tile.z}/{tile.x}/{tile.y}.png" for tile in grid.covering(view.bounds, z)}
    assert set(server.paths) == wanted
    assert len(server.paths) == len(wanted)
    assert server.most_at_once <= 2
    for asked in server.asked:
        assert asked.headers["user-agent"].startswith(f"Xunlu/{QGuiApplication.applicationVersion()} ")
        assert "cookie" not in asked.headers
        assert "yuexiu" not in json.dumps(asked.headers).lower()


def test_what_was_fetched_is_not_asked_for_again(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, server: TileServer
) -> None:
    """Panning back and a new start find the tiles on disk; the map is there without a network."""
    settings = Settings()
    window = open_window(project_file, settings)
    basemaps(window).choose(source_at(server))
    settle(qtbot, window)
    view, before = window.canvas.view, len(server.asked)
    window.canvas.set_view(view.panned(3, 3))
    window.canvas.set_view(view)
    settle(qtbot, window)
    close(window)
    server.code = 500
    again = open_window(project_file, settings)
    settle(qtbot, again)
    assert share(again, GREEN) > 0.4
    assert len(server.asked) <= before + 12, "only the rim that the pan uncovered"
    assert again.messages.text == "" or "500" not in again.messages.text


def test_stale_tiles_are_revalidated_by_their_tag(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, server: TileServer
) -> None:
    """A tile that its server gives no time is shown from disk and asked for with its tag; 304 keeps it."""
    server.headers = {"ETag": '"v1"', "Cache-Control": "max-age=0"}
    settings = Settings()
    window = open_window(project_file, settings)
    basemaps(window).choose(source_at(server))
    settle(qtbot, window)
    first = len(server.asked)
    assert all("if-none-match" not in asked.headers for asked in server.asked)
    close(window)
    server.headers = {"ETag": '"v1"', "Cache-Control": "max-age=86400"}
    again = open_window(project_file, settings)
    settle(qtbot, again)
    qtbot.waitUntil(lambda: len(server.asked) >= 2 * first, timeout=10_000)
    settle(qtbot, again)
    assert {asked.headers.get("if-none-match") for asked in server.asked[first:]} == {'"v1"'}
    assert share(again, GREEN) > 0.4
    close(again)
    count = len(server.asked)
    third = open_window(project_file, settings)
    settle(qtbot, third)
    assert len(server.asked) == count, "fresh now"


def test_what_may_not_be_stored_is_not_on_disk(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, server: TileServer
) -> None:
    """With no-store the tiles are shown, and gone with the window."""
    server.headers = {"Cache-Control": "no-store"}
    window = open_window(project_file)
    basemaps(window).choose(source_at(server))
    settle(qtbot, window)
    assert share(window, GREEN) > 0.4
    count = len(server.asked)
    window.canvas.set_view(window.canvas.view.panned(1, 0))
    settle(qtbot, window)
    assert len(server.asked) <= count + 12
    cache = DiskCache()
    assert cache.size() == 0
    cache.close()


def test_a_busy_server_is_left_alone_as_long_as_it_asks(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, server: TileServer
) -> None:
    """After 429 with Retry-After nothing more is asked until then, it is told once, and then it goes on by itself."""
    server.code, server.headers = 429, {"Retry-After": "2"}
    window = open_window(project_file)
    told: list[str] = []
    window.session.told.connect(lambda message: told.append(message.text))
    basemaps(window).choose(source_at(server, connections=2))
    qtbot.waitUntil(lambda: any("busy" in text for text in told), timeout=10_000)
    for k in range(4):
        window.canvas.set_view(window.canvas.view.panned(40 * (k + 1), 0))
        qtbot.wait(100)
    server.code, server.headers = 200, {}
    qtbot.waitUntil(lambda: share(window, GREEN) > 0.3, timeout=20_000)
    settle(qtbot, window)
    first = server.asked[0].at
    assert len([asked for asked in server.asked if asked.at < first + 2]) <= 2
    assert len([text for text in told if "busy" in text]) == 1


def test_a_server_that_does_not_answer_is_told_once_and_the_map_goes_on(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, server: TileServer
) -> None:
    """With nobody at the address there is one warning, no dialog, and the ground of the project."""
    source = source_at(server, addresses=("http://127.0.0.1:9/{z}/{x}/{y}.png",))
    window = open_window(project_file)
    told: list[str] = []
    window.session.told.connect(lambda message: told.append(message.text))
    basemaps(window).choose(source)
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    window.canvas.zoom(2)
    settle(qtbot, window)
    assert told == ["No answer from 127.0.0.1:9; the map goes on without it."]
    stack = window.session.stack
    assert stack is not None
    land = stack.style.land
    assert share(window, (land.red(), land.green(), land.blue())) > 0.1
    assert "Loop" not in stack.attribution()


@pytest.mark.parametrize(("code", "word"), [(403, "refuses"), (401, "refuses"), (500, "error")])
def test_refusals_are_told_in_words(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, server: TileServer, code: int, word: str
) -> None:
    """What a server says with a number the user reads as a sentence, once; it is not pressed."""
    server.code = code
    window = open_window(project_file)
    told: list[str] = []
    window.session.told.connect(lambda message: told.append(message.text))
    basemaps(window).choose(source_at(server, connections=2))
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    window.canvas.zoom(1.4)
    settle(qtbot, window)
    assert len(told) == 1
    assert word in told[0]
    assert str(code) in told[0]
    assert len(server.asked) <= 6


def test_a_place_without_tiles_is_asked_for_once(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, server: TileServer
) -> None:
    """404 means that there is nothing there, which is no trouble and not asked again."""
    server.answer = lambda _path: None
    window = open_window(project_file)
    basemaps(window).choose(source_at(server))
    settle(qtbot, window)
    count = len(server.asked)
    assert count > 0
    window.session.stale.emit()
    settle(qtbot, window)
    assert len(server.asked) == count
    assert window.messages.text == ""


def test_what_is_no_picture_is_told(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, server: TileServer
) -> None:
    """A login page in place of a tile is no tile."""
    server.body = b"<html>Please log in</html>"
    window = open_window(project_file)
    basemaps(window).choose(source_at(server))
    qtbot.waitUntil(lambda: "no picture" in window.messages.text, timeout=10_000)
    settle(qtbot, window)


def test_requests_that_left_the_view_are_broken_off(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, server: TileServer
) -> None:
    """Who jumps elsewhere does not wait for the tiles of where he was."""
    server.delay_s = 0.15
    window = open_window(project_file)
    window.canvas.zoom(6)
    settle(qtbot, window)
    basemaps(window).choose(source_at(server, connections=1))
    qtbot.waitUntil(lambda: len(server.asked) >= 1, timeout=10_000)
    window.canvas.set_view(window.canvas.view.panned(-window.canvas.width() * 3, 0))
    settle(qtbot, window)
    view = window.canvas.view
    z = grid.zoom_for(view.scale, 256, 0, 19)
    there = {f"/{tile.z}/{tile.x}/{tile.y}.png" for tile in grid.covering(view.bounds, z)}
    assert there <= set(server.paths)
    assert len(set(server.paths) - there) <= 4


def test_a_hidden_base_map_fetches_nothing(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, server: TileServer
) -> None:
    """The box in the layers panel hides it like any other layer."""
    window = open_window(project_file)
    basemaps(window).choose(source_at(server))
    settle(qtbot, window)
    layers = window.layers.tree.topLevelItem(2)
    item = next(layers.child(k) for k in range(layers.childCount()) if layers.child(k).text(0).startswith("Base map"))
    item.setCheckState(0, Qt.CheckState.Unchecked)
    settle(qtbot, window)
    count = len(server.asked)
    window.canvas.zoom(4)
    settle(qtbot, window)
    assert len(server.asked) == count
    assert share(window, GREEN) < 0.01


def test_a_project_of_somebody_else_fetches_nothing_by_itself(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, server: TileServer
) -> None:
    """Opening a file never sends requests; the bar says so, and choosing the map allows it."""
    with Project.open(project_file) as project:
        text = choices.write(Choice(source_at(server)))
        project.apply(edit("x", [project.set_setting_change("basemap", text)]))
    settings = Settings()
    window = open_window(project_file, settings)
    qtbot.waitUntil(lambda: "nothing is fetched" in window.messages.text, timeout=5_000)
    settle(qtbot, window)
    assert server.asked == []
    menu_action(window, "Loopback").trigger()
    settle(qtbot, window)
    assert share(window, GREEN) > 0.4


def test_grey_and_strength_are_set_in_the_menu(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, server: TileServer
) -> None:
    """Both change the picture at once and are kept in the project."""
    window = open_window(project_file)
    basemaps(window).choose(source_at(server))
    settle(qtbot, window)
    menu_action(window, "In grey").trigger()
    menu_action(window, "40 %").trigger()
    settle(qtbot, window)
    assert share(window, GREEN) == 0
    project = window.session.project
    assert project is not None
    kept = choices.read(project.setting("basemap"))
    assert (kept.grey, kept.opacity) == (True, 40)


def test_tiles_in_a_file_need_no_network(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, server: TileServer
) -> None:
    """An MBTiles file beside the project is added in the dialog, shown, and named from the project's folder."""
    window = open_window(project_file)
    view = window.canvas.view
    tiles = {tile: png(150, 40, 40) for z in range(8, 14) for tile in grid.covering(view.bounds, z)}
    mbtiles(project_file.with_name("city.mbtiles"), tiles, name="City")
    dialog = basemaps(window).manage()
    dialog.add_file(project_file.with_name("city.mbtiles"))
    assert dialog.list.currentItem().text() == "City"
    dialog.try_it()
    assert "It works" in dialog.trial.said.text()
    dialog.use_button.click()
    settle(qtbot, window)
    assert share(window, (150, 40, 40)) > 0.4
    project = window.session.project
    assert project is not None
    assert json.loads(project.setting("basemap"))["source"]["path"] == "city.mbtiles"
    assert server.asked == []
    assert basemaps(window)._fetcher is None


def test_a_file_that_is_gone_is_told_when_the_project_opens(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path
) -> None:
    """The message names the file and says what to do; the map is drawn without it."""
    with Project.open(project_file) as project:
        text = choices.write(Choice(Source("f", "Gone", path="gone.mbtiles")))
        project.apply(edit("x", [project.set_setting_change("basemap", text)]))
    window = open_window(project_file)
    qtbot.waitUntil(lambda: "gone.mbtiles" in window.messages.text, timeout=5_000)
    assert "View, Base map" in window.messages.text


def test_a_read_only_project_shows_a_base_map_without_keeping_it(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, server: TileServer
) -> None:
    """To look at a file with a base map nothing has to be written into it."""
    window = open_window(project_file)
    window.files.open_read_only(project_file)
    qtbot.waitUntil(lambda: not window.session.jobs.running and not window.session.can_write, timeout=20_000)
    basemaps(window).choose(source_at(server))
    settle(qtbot, window)
    assert share(window, GREEN) > 0.4
    assert window.session.project is not None
    assert window.session.project.setting("basemap") == ""


def test_a_map_that_needs_a_key_asks_for_it_first(qtbot: QtBot, open_window: OpenWindow, project_file: Path) -> None:
    """Choosing Tianditu without a key opens the dialog at the key, and asks nothing of its server."""
    window = open_window(project_file)
    assert basemaps(window).choose(built_in()[1]) is False
    dialog = window.findChild(BasemapDialog)
    assert dialog is not None
    assert dialog.source == built_in()[1]
    assert "needs a key" in dialog.trial.said.text()
    dialog.try_it()
    assert "needs a key" in dialog.trial.said.text()
    dialog.use_button.click()
    assert dialog.isVisible()
    dialog.reject()
    settle(qtbot, window)
    assert basemaps(window)._fetcher is None


def test_a_fresh_tile_on_disk_is_shown_without_asking(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, server: TileServer
) -> None:
    """Where everything is on disk the server hears nothing at all."""
    window = open_window(project_file)
    source = source_at(server)
    view = window.canvas.view
    cache = DiskCache()
    for tile in grid.covering(view.bounds, grid.zoom_for(view.scale, 256, 0, 19)):
        cache.put(source.kept_as(), tile, Kept(png(*GREEN), fresh_until=4e9))
    cache.close()
    basemaps(window).choose(source)
    settle(qtbot, window)
    assert share(window, GREEN) > 0.4
    assert server.asked == []
    assert to_lonlat([[view.x, view.y]])[0][1] > 0
