"""A project that was closed takes no memory any more, though the collector never looks at what a job has made."""

import gc
import weakref
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from geo.store.edits import Edit, insert
from gui.lettinggo import AT_ONCE, LettingGo
from gui.settings import Settings
from gui.window import Window


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_the_tables_of_a_closed_project_are_freed(qtbot: QtBot, sample_file: Path) -> None:
    """Once another project is open nothing holds the sites of the one before, nor what the map held of them."""
    window = Window(Settings())
    qtbot.addWidget(window)
    window.show()

    def opened() -> tuple[weakref.ref[object], weakref.ref[object]]:
        window.files.open_read_only(sample_file)
        qtbot.waitUntil(lambda: not window.session.jobs.running and window.canvas.is_drawn, timeout=60_000)
        assert window.session.project is not None
        assert window.session.stack is not None
        return weakref.ref(window.session.project.frame("sites")), weakref.ref(window.session.stack.sites.rows)

    before = opened()
    # As after a long job: what there is now is no longer looked through.
    gc.freeze()
    now = opened()
    qtbot.waitUntil(lambda: all(one() is None for one in before), timeout=10_000)
    assert all(one() is not None for one in now)
    window.close()


def test_the_rows_of_a_large_edit_are_freed(qtbot: QtBot) -> None:
    """They go when nobody works with them any more, and not before; what somebody else holds stays."""
    is_early = True
    letting_go = LettingGo(lambda: is_early)
    letting_go._timer.setInterval(10)
    changes = tuple(insert("sites", name=f"点{n}") for n in range(3 * AT_ONCE))
    gone, kept = weakref.ref(changes[0]), changes[-1]
    letting_go.take(edit=Edit("import", changes))
    del changes
    qtbot.wait(100)
    assert gone() is not None
    is_early = False
    qtbot.waitUntil(lambda: gone() is None, timeout=5000)
    assert kept.after is not None
    assert kept.after["name"] == f"点{3 * AT_ONCE - 1}"
