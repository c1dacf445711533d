"""Streets come in from real files and a real server, tables go out, and what others change shows by itself."""

import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from geo.exchange import export
from geo.store.edits import edit, insert, update
from geo.store.project import Project
from gui import session as sessions
from gui.exporting import ExportDialog
from gui.importing import ImportDialog
from gui.streetsdialog import StreetsDialog
from gui.window import Window
from tests.geo.osm_data import HELSINKI
from tests.gui.conftest import OpenWindow


@pytest.fixture
def empty(open_window: OpenWindow, tmp_path: Path) -> Window:
    """Return a window on an empty project."""
    path = tmp_path / "new.gpkg"
    Project.create(path).close()
    return open_window(path)


def project_of(window: Window) -> Project:
    """Return the open project."""
    assert window.session.project is not None
    return window.session.project


def test_an_extract_comes_in_and_is_drawn(qtbot: QtBot, empty: Window) -> None:
    """Streets, areas and the sites wanted come as one step, the map shows them, and undo takes all back."""
    dialog = empty.files.import_file(HELSINKI)
    assert isinstance(dialog, StreetsDialog)
    dialog.kinds["hotel"].setChecked(True)
    with qtbot.waitSignal(dialog.imported, timeout=60_000):
        dialog.start()
    project = project_of(empty)
    assert len(project.frame("streets")) > 2000
    assert set(project.frame("sites")["kind"]) == {"hotel"}
    assert "OpenStreetMap" in project.setting("attribution")
    qtbot.waitUntil(lambda: empty.canvas.is_drawn and empty.session.stack["streets"].bounds() is not None)
    empty.session.undo()
    qtbot.waitUntil(lambda: not empty.session.jobs.running, timeout=20_000)
    assert project.frame("streets").empty
    assert project.frame("sites").empty


def test_lines_of_a_file_become_streets(qtbot: QtBot, empty: Window, sample: Project, tmp_path: Path) -> None:
    """A layer of lines is offered as streets, and becomes a network that meets."""
    path = tmp_path / "lines.shp"
    export.write(sample, "streets", path)
    page = empty.files.import_file(path)
    assert isinstance(page, ImportDialog)
    qtbot.waitUntil(lambda: page.prepared is not None, timeout=20_000)
    assert "streets" in page.summary.text()
    page.into.setCurrentIndex(page.into.findData("streets"))
    page._on_table()
    dialog = next(child for child in empty.findChildren(StreetsDialog) if child.isVisible())
    with qtbot.waitSignal(dialog.imported, timeout=60_000):
        dialog.start()
    assert len(project_of(empty).frame("streets")) == len(sample.frame("streets"))


def test_a_damaged_extract_is_said_in_the_dialog(qtbot: QtBot, empty: Window, tmp_path: Path) -> None:
    """What cannot be read is named where it was asked for, and nothing is changed."""
    path = tmp_path / "bad.osm.pbf"
    path.write_bytes(b"no pbf")
    dialog = empty.files.import_file(path)
    assert isinstance(dialog, StreetsDialog)
    with qtbot.waitSignal(dialog.failed, timeout=20_000):
        dialog.start()
    assert "bad.osm.pbf" in dialog.message.text()
    assert not project_of(empty).can_undo
    dialog.reject()


@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".geojson"])
def test_the_selected_sites_are_exported(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, tmp_path: Path, ending: str
) -> None:
    """The file holds just the rows chosen, and the bar says so."""
    window = open_window(project_file)
    chosen = list(project_of(window).frame("sites").index[:3])
    window.session.selection.choose(chosen)
    dialog = ExportDialog(window.session, window)
    qtbot.addWidget(dialog)
    assert dialog.only_selected.isChecked()
    with qtbot.waitSignal(dialog.written, timeout=20_000):
        dialog.write(tmp_path / f"out{ending}")
    assert (tmp_path / f"out{ending}").stat().st_size > 0
    assert "3" in dialog.message.text()


def test_a_large_change_is_written_beside_the_window(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is being written nothing else is, and afterwards it stands like any other change."""
    monkeypatch.setattr(sessions, "LARGE", 3)
    window = open_window(project_file)
    session, project = window.session, project_of(window)
    before = len(project.frame("sites"))
    many = edit("many", [insert("sites", name=f"n{k}", kind="school") for k in range(5)])
    done: list[bool] = []
    session.apply_large(many, lambda: done.append(True))
    session.undo()
    assert "being written" in window.messages.text
    qtbot.waitUntil(lambda: bool(done), timeout=20_000)
    assert len(project.frame("sites")) == before + 5
    assert window.table.model.rowCount() == before + 5
    assert session.statuses is not None
    assert len(session.statuses) == before + 5
    session.undo()
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=20_000)
    assert len(project.frame("sites")) == before
    session.redo()
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=20_000)
    assert len(project.frame("sites")) == before + 5
    assert project.undo_title == "many"


def test_what_another_process_changes_shows_by_itself(
    qtbot: QtBot, open_window: OpenWindow, project_file: Path
) -> None:
    """A site renamed by another process is renamed here within seconds, without a conflict for the next edit."""
    window = open_window(project_file)
    project = project_of(window)
    site = str(project.frame("sites").index[0])
    code = (
        "import sys; from pathlib import Path; from geo.store.project import Project; "
        "from geo.store.edits import edit, update\n"
        f"with Project.open(Path({str(project_file)!r})) as p:\n"
        f"    p.apply(edit('rename', [update('sites', {site!r}, p.row('sites', {site!r}), {{'name': 'theirs'}})]))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
    qtbot.waitUntil(lambda: project.row("sites", site)["name"] == "theirs", timeout=20_000)
    assert "rename" in window.messages.text
    mine = update("sites", site, project.row("sites", site), {"name": "mine"})
    assert window.session.apply(edit("mine", [mine]))
