"""The start of the program: what is heavy loads behind the window, and what start-up has set aside is put back."""

import gc
import os
import subprocess
import sys
from pathlib import Path

from tests.gui.conftest import OpenWindow

WINDOW_ALONE = """
import sys
from gui.app import create_app
from gui.settings import Settings
from gui.window import Window
app = create_app(["xunlu"], "en")
window = Window(Settings())
window.show()
app.processEvents()
print(*sorted({name.partition(".")[0] for name in sys.modules}))
window.close()
"""

HEAVY = {
    "numpy",
    "pandas",
    "geopandas",
    "shapely",
    "pyproj",
    "pyogrio",
    "osmium",
    "osrm",
    "pyvrp",
    "typst",
    "folium",
    "openpyxl",
}


def test_the_window_waits_for_no_heavy_library() -> None:
    """An empty window is on the screen before anything is imported that takes long."""
    done = subprocess.run(
        [sys.executable, "-c", WINDOW_ALONE],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
    )
    loaded = set(done.stdout.split())
    assert "PySide6" in loaded
    assert loaded & HEAVY == set()


def test_garbage_is_collected_once_the_window_stands(open_window: OpenWindow, project_file: Path) -> None:
    """What speeds up the start ends with it."""
    open_window(project_file)
    assert gc.isenabled()
