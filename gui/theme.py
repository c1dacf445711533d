"""One calm look on every system: Fusion, a light palette, quiet lines, and the icons of the toolbar."""

from functools import cache

from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from geo import resource

ACCENT = QColor("#1f6f8b")
INK = QColor("#22303a")
QUIET = QColor("#66757f")
ALARM = QColor("#b3261e")
PAPER = QColor("#ffffff")
GROUND = QColor("#f2f4f5")
LINE = QColor("#d3d9dd")

_STYLE = """
QMainWindow::separator { background: #d3d9dd; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: #1f6f8b; }
QDockWidget { titlebar-close-icon: none; }
QDockWidget::title { background: #e8ecee; padding: 4px 8px; border-bottom: 1px solid #d3d9dd; }
QToolBar { border: none; border-bottom: 1px solid #d3d9dd; padding: 2px 4px; spacing: 1px; background: #f2f4f5; }
QToolBar::separator { background: #d3d9dd; width: 1px; margin: 5px 5px; }
QStatusBar { border-top: 1px solid #d3d9dd; }
QStatusBar::item { border: none; }
QHeaderView::section { background: #eef1f2; color: #44535d; border: none; border-right: 1px solid #dde2e5;
  border-bottom: 1px solid #d3d9dd; padding: 3px 4px; }
QTableView, QTreeView, QListView { border: none; }
QListView#found { border: 1px solid #b9c2c8; }
QTreeView::item, QListView::item { padding: 1px 0; }
QToolTip { background: #fffdf3; color: #22303a; border: 1px solid #b9c2c8; padding: 3px; }
#messageBar, #selectBar, #gotoBar { border-bottom: 1px solid #b9c2c8; }
#selectBar, #gotoBar { background: #f2f4f5; }
#messageBar[level="info"] { background: #e6f2f6; }
#messageBar[level="warning"] { background: #fdf3d8; }
#messageBar[level="error"] { background: #fbe4e1; }
#quiet { color: #66757f; }
#heading { font-size: 13pt; font-weight: bold; }
QLabel#section { color: #44535d; font-weight: bold; border: none; border-bottom: 1px solid #c5cdd2;
  padding: 8px 0 2px 0; margin: 0; }
"""


def palette() -> QPalette:
    """Return the colours of the window."""
    colours = QPalette()
    role = QPalette.ColorRole
    for key, colour in (
        (role.Window, GROUND),
        (role.WindowText, INK),
        (role.Base, PAPER),
        (role.AlternateBase, QColor("#f7f9fa")),
        (role.Text, INK),
        (role.Button, QColor("#f7f8f9")),
        (role.ButtonText, INK),
        (role.BrightText, PAPER),
        (role.Highlight, ACCENT),
        (role.HighlightedText, PAPER),
        (role.Link, ACCENT),
        (role.ToolTipBase, QColor("#fffdf3")),
        (role.ToolTipText, INK),
        (role.PlaceholderText, QColor("#8b979f")),
        (role.Accent, ACCENT),
    ):
        colours.setColor(key, colour)
    for key in (role.WindowText, role.Text, role.ButtonText):
        colours.setColor(QPalette.ColorGroup.Disabled, key, QColor("#9aa5ac"))
    # The rows chosen stay as plain to see while another panel has the keyboard.
    colours.setColor(QPalette.ColorGroup.Inactive, role.Highlight, QColor("#bcd9e3"))
    colours.setColor(QPalette.ColorGroup.Inactive, role.HighlightedText, INK)
    return colours


def wear(app: QApplication) -> None:
    """Give the program its look."""
    app.setStyle("Fusion")
    app.setPalette(palette())
    app.setStyleSheet(_STYLE)


@cache
def icon(name: str) -> QIcon:
    """Return a toolbar icon by the name of its file in ``resources/icons``."""
    return QIcon(str(resource.path(f"icons/{name}.svg")))
