"""One direction of imports, one door for each library, and files that stay small."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.source import ROOT, Module, modules

INWARD = {
    "geo": {"geo"},
    "layers": {"geo", "layers"},
    "gui": {"geo", "layers", "gui"},
    "main": {"geo", "layers", "gui"},
}
"""What each ring may import of the program."""

DOORS = {
    "osrm": ("geo.roads",),
    "osmium": ("geo.roads",),
    "pyvrp": ("geo.planning.engine",),
    "typst": ("geo.sheets",),
    "segno": ("geo.sheets",),
    "folium": ("geo.exchange",),
    "branca": ("geo.exchange",),
    "openpyxl": ("geo.exchange",),
    # MBTiles are SQLite files, and tiles are kept on disk in one; neither is a project.
    "sqlite3": ("geo.store", "geo.exchange", "geo.tiles.mbtiles", "geo.tiles.diskcache"),
    "pyogrio": ("geo.store", "geo.exchange"),
    "psycopg": ("geo.store.postgis",),
    "PySide6": ("layers", "gui"),
}
"""Where each library may be imported, and nowhere else."""

DRAWING = {"QtCore", "QtGui", "QtSvg"}
"""What of Qt the map may use: it is painted without a window."""


def wrong_imports(root: Path) -> list[str]:
    """Return each import under a folder that points outwards or passes a door, as a line to read."""
    wrong = []
    for module in modules(root):
        ring = module.name.split(".")[0]
        for imported in sorted(module.imports):
            top, _, rest = imported.partition(".")
            if top in INWARD and top not in INWARD[ring]:
                wrong.append(f"{module.name} imports {imported}")
            if top in DOORS and not any(module.name == d or module.name.startswith(f"{d}.") for d in DOORS[top]):
                wrong.append(f"{module.name} imports {imported}")
            if top == "PySide6" and ring == "layers" and rest.split(".")[0] not in DRAWING:
                wrong.append(f"{module.name} imports {imported}")
    return wrong


def test_imports_point_inwards_and_use_the_doors() -> None:
    """The window knows the map and the core, the map knows the core, the core knows neither; libraries have rooms."""
    assert wrong_imports(ROOT) == []


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("geo/model.py", "from layers import view"),
        ("geo/model.py", "def f():\n    import PySide6.QtCore"),
        ("geo/model.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from gui import app"),
        ("geo/planning/plans/day.py", "import pyvrp"),
        ("layers/view.py", "from PySide6.QtWidgets import QWidget"),
        ("layers/view.py", "from PySide6 import QtWidgets"),
        ("layers/view.py", "import gui.app"),
        ("gui/app.py", "import sqlite3"),
        ("main.py", "from typst import compile"),
    ],
)
def test_a_planted_import_is_caught(tmp_path: Path, place: str, line: str) -> None:
    """The check sees lazy imports, those for types only, and either way of writing them."""
    file = tmp_path / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(line, "utf-8")
    assert len(wrong_imports(tmp_path)) >= 1


def cycles(found: list[Module]) -> list[str]:
    """Return the modules that import one another in a circle, lazily and for types too."""
    names = {module.name for module in found}

    def target(imported: str) -> str | None:
        while imported and imported not in names:
            imported = imported.rpartition(".")[0]
        return imported or None

    graph = {module.name: {t for i in module.imports if (t := target(i)) and t != module.name} for module in found}

    def ends() -> list[str]:
        used = {name for uses in graph.values() for name in uses}
        return [name for name, uses in graph.items() if name not in used or not uses & graph.keys()]

    while found_ends := ends():
        for name in found_ends:
            del graph[name]
    return sorted(graph)


def test_no_module_imports_itself_in_a_circle() -> None:
    """Each module can be read knowing only those it imports."""
    assert cycles(modules()) == []


def test_a_planted_circle_is_caught(tmp_path: Path) -> None:
    """A circle is seen through lazy imports and those for types; who only uses it, or is used by it, is not named."""
    texts = {
        "model": "",
        "hours": "from geo import model\ndef f():\n    from geo import language",
        "language": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import geo.hours",
        "errors": "import geo.hours",
    }
    (tmp_path / "geo").mkdir()
    for name, text in texts.items():
        (tmp_path / "geo" / f"{name}.py").write_text(text, "utf-8")
    assert cycles(modules(tmp_path)) == ["geo.hours", "geo.language"]


def test_the_core_runs_where_qt_cannot_be_imported() -> None:
    """Every module of geo loads in a process in which importing PySide6 fails."""
    names = [module.name for module in modules() if module.name.startswith("geo")]
    code = (
        "import sys, importlib\n"
        "class No:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name.split('.')[0] == 'PySide6': raise ImportError(name)\n"
        "sys.meta_path.insert(0, No())\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_files_and_functions_stay_small(module: Module) -> None:
    """No file has more than 400 lines and no function more than 50."""
    assert len(module.path.read_text("utf-8").splitlines()) <= 400
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < 50, node.name


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_every_module_says_its_job_in_a_sentence(module: Module) -> None:
    """A module begins with what it is for."""
    text = ast.get_docstring(module.tree) or ""
    assert text.split("\n\n")[0].endswith((".", "?"))
