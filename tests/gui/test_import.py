"""The import page: a real file, the real window, what it shows and what it does."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from geo import datum
from geo.model import SITES
from gui.importing import ImportDialog
from gui.window import Window
from tests.geo import ledgers
from tests.gui.conftest import OpenWindow


@pytest.fixture
def window(open_window: OpenWindow, project_file: Path) -> Window:
    """Return a window on a sample project of the test's own."""
    return open_window(project_file)


def opened(qtbot: QtBot, window: Window, path: Path) -> ImportDialog:
    """Show the import of a file and wait until it is worked out."""
    dialog = window.files.import_file(path)
    qtbot.waitUntil(lambda: dialog.prepared is not None, timeout=20_000)
    return dialog


def ledger_of_sites(window: Window, path: Path, name: str, count: int = 40) -> Path:
    """Write some sites of the project, and one that is new, as a ledger whose coordinates are in a datum."""
    assert window.session.project is not None
    sites = window.session.project.frame("sites").iloc[:count]
    points = datum.from_wgs84(shapely.get_coordinates(sites.geometry.to_numpy()), name)
    rows = [("编号", "名称", "经度", "纬度", "电话")]
    for (_, site), (lon, lat) in zip(sites.iterrows(), points, strict=True):
        rows.append((site["code"], site["name"], f"{lon:.7f}", f"{lat:.7f}", site["phone"]))
    rows[1] = (*rows[1][:4], "020-1")
    rows.append(("新1", "新点位", rows[2][2], rows[2][3], ""))
    rows.append(("新2", "坏点位", "待定", "23", ""))
    return ledgers.csv(path, rows)


@pytest.mark.parametrize("name", ["wgs84", "gcj02", "bd09"])
def test_a_ledger_is_shown_compared_and_imported(qtbot: QtBot, window: Window, tmp_path: Path, name: str) -> None:
    """The datum that fits is proposed, one choice takes it, and the import is one step that undo takes back."""
    session = window.session
    assert session.project is not None
    before = session.project.frame("sites").copy()
    dialog = opened(qtbot, window, ledger_of_sites(window, tmp_path / "台账.csv", name))
    proposed = [
        item.data(0, Qt.ItemDataRole.UserRole)
        for place in range(dialog.form.compared.topLevelItemCount())
        if (item := dialog.form.compared.topLevelItem(place)).font(0).bold()
    ]
    assert proposed == [name]
    if name != "wgs84":
        with qtbot.waitSignal(dialog.ready, timeout=20_000):
            dialog.form.set_datum(name)
    assert dialog.prepared is not None
    assert [dialog.prepared.count(fate) for fate in ("added", "changed", "same", "refused")] == [1, 1, 39, 1]
    assert dialog.rows.count("problems") == 1
    qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "新1" in set(session.project.frame("sites")["code"]), timeout=20_000)
    new = session.project.frame("sites").set_index("code").loc["新1"]
    old = before.iloc[1].geometry
    assert (new.geometry.x, new.geometry.y) == pytest.approx((old.x, old.y), abs=1e-6)
    assert new["source"] == session.project.frame("imports").index[0]
    session.undo()
    assert list(session.project.frame("sites").index) == list(before.index)
    assert session.project.frame("imports").empty


def test_columns_can_be_told_by_hand(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    """A column that was not recognised is given its field, which goes from the column that had it."""
    path = ledgers.csv(tmp_path / "odd.csv", [("名称", "叫法"), ("旧", "新叫法")])
    dialog = opened(qtbot, window, path)
    second = dialog.form._field(1)
    with qtbot.waitSignal(dialog.ready, timeout=20_000):
        second.setCurrentIndex(second.findData("name"))
    assert dialog.form._field(0).currentData() == ""
    assert dialog.prepared is not None
    assert dialog.prepared.changes[-1].after is not None
    assert dialog.prepared.changes[-1].after["name"] == "新叫法"
    dialog.reject()


def test_a_click_on_the_map_picks_the_row(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    """Map and table of the page show the same row."""
    dialog = opened(qtbot, window, ledger_of_sites(window, tmp_path / "台账.csv", "wgs84", 3))
    assert dialog.prepared is not None
    x, y = dialog.map.view.lonlat_to_screen(dialog.prepared.lonlat[:1])[0]
    qtbot.mouseClick(dialog.map, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    assert dialog.view.currentIndex().row() == 0
    assert dialog.map.current == 0
    assert np.isfinite(dialog.prepared.lonlat[0]).all()
    dialog.reject()


def test_what_cannot_be_read_is_said_on_the_page(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    """A damaged file shows its fault there and nothing can be imported."""
    path = tmp_path / "bad.xlsx"
    path.write_bytes(b"PK no")
    dialog = window.files.import_file(path)
    qtbot.waitUntil(lambda: "bad.xlsx" in dialog.summary.text() and not dialog.progress.isVisible(), timeout=20_000)
    assert not dialog.import_button.isEnabled()
    dialog.reject()


def test_problems_are_saved_from_the_page(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    """The rows with problems go to a file that a spreadsheet opens."""
    dialog = opened(qtbot, window, ledger_of_sites(window, tmp_path / "台账.csv", "wgs84", 3))
    dialog.save_report(tmp_path / "problems.csv")
    text = (tmp_path / "problems.csv").read_text("utf-8-sig")
    assert "待定" in text
    assert SITES.title() in dialog.into.currentText()
    dialog.reject()
