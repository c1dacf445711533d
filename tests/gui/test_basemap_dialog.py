"""Tests of the dialog of base maps: addresses, files, keys, servers of WMTS, and what is wrong with them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from geo.language import Language
from geo.tiles import choice as choices
from geo.tiles import grid
from geo.tiles.choice import Choice
from geo.tiles.source import built_in
from gui.basemapdialog import BasemapDialog
from gui.basemapshelf import Shelf
from gui.settings import Settings
from tests.tileserver import TileServer, serving


@pytest.fixture
def server() -> Iterator[TileServer]:
    """Give a tile server on loopback."""
    with serving() as made:
        yield made


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> BasemapDialog:
    """Return the dialog, on the middle of Guangzhou."""
    made = BasemapDialog(Shelf(Settings()), lambda: (113.27, 23.13, 20.0), tmp_path)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    return made


def type_into(qtbot: QtBot, line: QLineEdit, text: str) -> None:
    """Replace what a field says, as a user does, and leave it with Enter."""
    line.selectAll()
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)


def test_an_address_is_added_tried_and_kept(qtbot: QtBot, dialog: BasemapDialog, server: TileServer) -> None:
    """Add, type, try: one tile is asked for, the one in the middle of the map."""
    dialog.address_button.click()
    type_into(qtbot, dialog.form.name, "Ours")
    type_into(qtbot, dialog.form.address, server.address)
    (kept,) = dialog.shelf.own()
    assert (kept.name, kept.addresses) == ("Ours", (server.address,))
    assert dialog.list.currentItem().text() == "Ours"
    assert server.asked == []
    dialog.trial.button.click()
    qtbot.waitUntil(lambda: "It works: 256 × 256" in dialog.trial.said.text(), timeout=10_000)
    assert not dialog.trial.picture.pixmap().isNull()
    z = grid.zoom_for(20.0, 256, 0, 19)
    tile = grid.at(113.27, 23.13, z)
    assert server.paths == [f"/{tile.z}/{tile.x}/{tile.y}.png"]


def test_a_wrong_address_is_told_where_it_is_typed(qtbot: QtBot, dialog: BasemapDialog) -> None:
    """The sentence stands in the dialog, and nothing is kept."""
    dialog.address_button.click()
    type_into(qtbot, dialog.form.address, "https://a.org/tiles")
    assert "zoom, column and row" in dialog.trial.said.text()
    assert dialog.shelf.own() == ()
    assert not dialog.use_button.isEnabled()


def test_a_key_goes_into_the_settings_and_never_into_a_project(qtbot: QtBot, dialog: BasemapDialog) -> None:
    """A key pasted with the address is moved to its own field; what projects keep has a place for it only."""
    dialog.address_button.click()
    type_into(qtbot, dialog.form.address, "https://a.org/{z}/{x}/{y}?tk=SECRET7")
    (kept,) = dialog.shelf.own()
    assert "SECRET7" not in choices.write(Choice(kept))
    assert dialog.shelf.key(kept) == "SECRET7"
    dialog.show_source(built_in()[1])
    type_into(qtbot, dialog.form.key, "TDT")
    assert {dialog.shelf.key(source) for source in built_in()[1:]} == {"TDT"}


def test_built_in_maps_cannot_be_changed_and_own_ones_removed(qtbot: QtBot, dialog: BasemapDialog) -> None:
    """The fields of a built-in map are read only; Delete removes one of the user's own."""
    dialog.show_source(built_in()[0])
    assert dialog.form.address.isReadOnly()
    assert not dialog.remove_button.isEnabled()
    assert "no bulk download" in dialog.form.terms.text()
    dialog.address_button.click()
    type_into(qtbot, dialog.form.address, "https://a.org/{z}/{x}/{y}.png")
    dialog.list.setFocus()
    assert dialog.remove_button.isEnabled()
    dialog.remove_button.click()
    assert dialog.shelf.own() == ()
    assert dialog.list.count() == len(built_in())


def test_spoilt_settings_leave_the_built_in_maps() -> None:
    """Nonsense in the settings costs the own maps and keys, not the program."""
    for text in ("{", "[1, {}]", '{"a": 1}', '[{"id": "x", "name": "y", "addresses": ["ftp://a"]}]'):
        shelf = Shelf(Settings(basemaps=text, basemap_keys=text))
        assert shelf.all() == built_in()
        assert shelf.key(built_in()[1]) == ""


CAPABILITIES = Path(__file__).with_name("wmts_capabilities.xml")


def test_a_layer_of_a_wmts_server_is_found_and_taken(qtbot: QtBot, dialog: BasemapDialog, server: TileServer) -> None:
    """The layers that fit come first, what does not says why, and the one taken works."""
    xml = CAPABILITIES.read_text("utf-8").replace("HOST", server.host).encode()
    server.answer = lambda path: xml if "GetCapabilities" in path else server.body
    dialog.server_button.click()
    type_into(qtbot, dialog.server.address, f"http://{server.host}/wmts?tk=K9")
    qtbot.waitUntil(lambda: dialog.server.layers.count() > 0, timeout=10_000)
    assert "REQUEST=GetCapabilities" in server.paths[0]
    assert "tk=K9" in server.paths[0]
    titles = [dialog.server.layers.item(k).text() for k in range(dialog.server.layers.count())]
    assert titles == ["Streets", "Imagery", "Degrees only"]
    dialog.server.layers.setCurrentRow(2)
    assert not dialog.server.take_button.isEnabled()
    assert "degrees" in dialog.server.said.text()
    dialog.server.layers.setCurrentRow(0)
    dialog.server.take_button.click()
    (kept,) = dialog.shelf.own()
    assert kept.name == "Streets"
    assert "K9" not in choices.write(Choice(kept))
    dialog.try_it()
    qtbot.waitUntil(lambda: "It works" in dialog.trial.said.text(), timeout=10_000)
    assert "TILEMATRIXSET=w" in server.paths[-1]
    assert "tk=K9" in server.paths[-1]


@pytest.mark.parametrize(
    ("address", "word"),
    [("example.org", "no web address"), ("http://127.0.0.1:9/wmts", "No answer"), ("SERVER", "no description")],
)
def test_a_server_that_is_none_is_told(
    qtbot: QtBot, dialog: BasemapDialog, server: TileServer, address: str, word: str
) -> None:
    """Wrong addresses, silence and other pages are told apart."""
    dialog.ask_server()
    type_into(qtbot, dialog.server.address, address.replace("SERVER", f"http://{server.host}/wmts"))
    qtbot.waitUntil(lambda: word in dialog.server.said.text(), timeout=10_000)


def test_the_dialog_speaks_both_languages(qtbot: QtBot, speaking: Callable[[Language], None], tmp_path: Path) -> None:
    """Every button and field is Chinese where the window is."""
    speaking("zh")
    made = BasemapDialog(Shelf(Settings()), lambda: (113.27, 23.13, 20.0), tmp_path)
    qtbot.addWidget(made)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    assert made.windowTitle() == "底图管理"
    assert [made.list.item(k).text() for k in range(4)] == [
        "OpenStreetMap 标准图",
        "天地图 矢量",
        "天地图 影像",
        "天地图 地形",
    ]
