"""The dialogs of the Help menu: every key of the program, and what it is made of."""

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from geo.language import tr
from gui.menus import Entry, sections


def _on_the_map() -> tuple[tuple[str, str], ...]:
    return (
        (tr("Move the map"), tr("Arrow keys; drag with the middle button or the space bar")),
        (tr("Zoom"), tr("+ and −; wheel; double click, with Shift outwards")),
        (tr("Show all"), "0"),
        (tr("Select"), tr("Click or draw a box; Shift adds, Ctrl toggles")),
        (tr("Take out of the selection; keep what is in both"), tr("Alt; Ctrl+Shift")),
        (tr("Any tool without the mouse"), tr("Arrow keys, finely with Shift; Enter is a click in the middle")),
        (tr("Finish a drawing; take a corner back; drop it"), tr("Enter or double click; Backspace; Esc")),
        (tr("Empty the selection"), "Esc"),
        (tr("Place the next site: in the middle; end it"), tr("Enter; Esc")),
    )


def _in_the_table() -> tuple[tuple[str, str], ...]:
    return (
        (tr("Change a cell of the table"), tr("F2 or double click; typing replaces what is in it")),
        (tr("Keep it and go down, up; to the right, left"), tr("Enter, Shift+Enter; Tab, Shift+Tab")),
        (tr("Write it into all selected cells"), tr("Ctrl+Enter")),
        (tr("Leave the cell as it was"), "Esc"),
        (tr("Select cells"), tr("Shift with the arrow keys; drag over them; Ctrl+click adds one")),
        (tr("Select whole rows"), tr("Shift+space bar")),
        (tr("Select the site of the row, or let go of it"), tr("Space bar")),
        (tr("Show all sites again"), "Esc"),
        (tr("From the search line into the table, and back"), tr("Down; Up in the first row")),
    )


def _along_the_hours() -> tuple[tuple[str, str], ...]:
    return (
        (tr("Choose a stop; several"), tr("Arrow keys; with Shift")),
        (tr("Move the stops chosen"), tr("Ctrl with the arrow keys, or drag them")),
        (tr("Choose all stops"), "Ctrl+A"),
        (tr("Take a stop off the plan"), tr("Delete")),
        (tr("Edit the site in the form"), tr("Enter or double click")),
        (tr("Zoom"), tr("+ and −; 0 shows the whole day")),
    )


def _in_lists() -> tuple[tuple[str, str], ...]:
    return (
        (tr("Select the sites of a legend line"), tr("Enter or double click")),
        (tr("Take a stop off the plan"), tr("Delete")),
        (tr("Move a stop"), tr("Drag it, or Alt with the arrow keys")),
        (tr("Fix a doubtful site, or merge it"), tr("Enter, or Ctrl+M")),
        (tr("Accept a guess where a site lies"), tr("Enter")),
        (tr("Edit a site of a list in the form"), tr("F2 or double click")),
    )


class ShortcutsDialog(QDialog):
    """List the commands with their keys, as the menus have them, and what the mouse does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        tree = QTreeWidget()
        tree.setColumnCount(2)
        tree.setHeaderLabels([tr("Command"), tr("Keys")])
        tree.setAccessibleName(tr("Keyboard shortcuts"))
        tree.setRootIsDecorated(False)
        for section in sections():
            entries = [each for each in section.entries if isinstance(each, Entry) and each.keys]
            native = QKeySequence.SequenceFormat.NativeText
            rows = [(each.plain, QKeySequence(each.keys).toString(native)) for each in entries]
            _add(tree, section.title.split("(")[0].replace("&", ""), rows)
        _add(tree, tr("On the map"), _on_the_map())
        _add(tree, tr("In the table of sites"), _in_the_table())
        _add(tree, tr("Along the hours of a plan"), _along_the_hours())
        _add(tree, tr("In lists and tables"), _in_lists())
        tree.expandAll()
        tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(tree)
        column.addWidget(buttons)
        self.resize(620, 640)


def _add(tree: QTreeWidget, title: str, rows: "list[tuple[str, str]] | tuple[tuple[str, str], ...]") -> None:
    head = QTreeWidgetItem(tree, [title])
    font = head.font(0)
    font.setBold(True)
    head.setFont(0, font)
    for row in rows:
        head.addChild(QTreeWidgetItem(list(row)))


class AboutDialog(QDialog):
    """Say what the program is, its version and on whose work it stands."""

    def __init__(self, version: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("About Xunlu"))
        title = QLabel(f"{tr('Xunlu')} {version}")
        title.setObjectName("heading")
        words = QLabel(
            tr(
                "Which sites are due, who goes, by which way, on which sheet of paper, and what came back. "
                "Works offline, from one file."
            )
        )
        words.setWordWrap(True)
        made_of = QLabel(
            tr(
                "MIT licence. Made with Qt {qt} and PySide6 (LGPL), GeoPandas, OSRM, PyVRP, Typst, folium and "
                "the Noto Sans CJK font (OFL).",
                qt=qVersion(),
            )
        )
        made_of.setWordWrap(True)
        made_of.setObjectName("quiet")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        for widget in (title, words, made_of, buttons):
            column.addWidget(widget)
        self.setMinimumWidth(420)
