"""The dialog in which the look of the map is changed; every change is seen at once, kept, and can be undone."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from geo.errors import XunluError
from geo.language import tr
from gui.classingform import ClassingForm
from gui.mapstyle import MapStyle, titles
from gui.styleparts import PartEditor, Path, parts
from layers import restyling

if TYPE_CHECKING:
    from geo.store.edits import Edit

SIZE = (760, 560)
LIST_PX = 170
TRY_MS = 60
"""A colour that is looked at for so long is shown on the map."""


class StyleDialog(QDialog):
    """Change the style that the map wears, part by part.

    Parameters
    ----------
    mapstyle
        Which style, and where the changes go.
    """

    def __init__(self, mapstyle: MapStyle, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Map style"))
        self.resize(*SIZE)
        self._style = mapstyle
        self._parts = parts(mapstyle.kind_titles())
        self._trying: tuple[Path, Any] | None = None
        self._try = QTimer(self)
        self._try.setSingleShot(True)
        self._try.setInterval(TRY_MS)
        self._try.timeout.connect(self._show_tried)
        self._own_change = False
        self._make()
        mapstyle.session.edited.connect(self._follow)
        mapstyle.session.released.connect(self.close)
        self.list.setCurrentRow(0)

    def _make(self) -> None:
        self.wearing = QComboBox()
        self.wearing.setAccessibleName(tr("Style"))
        for name, title in titles().items():
            self.wearing.addItem(title, name)
        self.wearing.setCurrentIndex(self.wearing.findData(self._style.name))
        self.wearing.activated.connect(self._wear)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Parts of the style"))
        self.list.setFixedWidth(LIST_PX)
        self.list.addItems([tr("Colour and label of sites"), *(part.title for part in self._parts)])
        self.list.currentRowChanged.connect(self._show_part)
        self.room = QScrollArea()
        self.room.setWidgetResizable(True)
        self.room.setFrameShape(QScrollArea.Shape.NoFrame)
        self.reset = QPushButton(tr("Part as it &comes"))
        self.reset.setToolTip(tr("Take back all changes to this part of the style"))
        self.reset.clicked.connect(self._reset)
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.close)
        top = QHBoxLayout()
        top.addWidget(QLabel(tr("Style of the map on the screen:")))
        top.addWidget(self.wearing)
        top.addStretch(1)
        middle = QHBoxLayout()
        middle.addWidget(self.list)
        middle.addWidget(self.room, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.reset)
        foot.addStretch(1)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addLayout(middle, 1)
        column.addLayout(foot)
        self.list.setEnabled(self._style.session.can_write)

    def _show_part(self, row: int) -> None:
        if row <= 0:
            form = ClassingForm(self._style)
            form.changed.connect(self._keep_sites)
            self.editor: QWidget = form
        else:
            editor = PartEditor(self._parts[row - 1], self._style.name, self._style.text)
            editor.tried.connect(self._on_tried)
            editor.changed.connect(self._on_changed)
            self.editor = editor
        at = self.room.verticalScrollBar().value()
        self.room.setWidget(self.editor)
        self.room.verticalScrollBar().setValue(at)
        self.editor.setEnabled(self._style.session.can_write)

    def _wear(self, at: int) -> None:
        self._style.choose(self.wearing.itemData(at))
        self._show_part(self.list.currentRow())

    def _on_tried(self, path: Path, value: Any) -> None:
        self._trying = path, value
        self._try.start()

    def _show_tried(self) -> None:
        if self._trying is None:
            return
        path, value = self._trying
        changes = self._style.changes
        if value is not None:
            changes = changes.with_value(self._style.name, path, value)
        self._style.wear(changes.dumps())

    def _on_changed(self, path: Path, value: Any) -> None:
        self._try.stop()
        try:
            changes = self._style.changes.with_value(self._style.name, path, value)
        except XunluError as error:
            self._style.session.tell_error(error)
            return
        self._keep(changes)

    def _keep_sites(self, sites: dict[str, Any]) -> None:
        changes = self._style.changes
        self._keep(restyling.Changes(changes.by_style, sites))

    def _keep(self, changes: restyling.Changes) -> None:
        # The editor shows it already; made anew, it would lose the keyboard.
        self._own_change = True
        try:
            self._style.keep(changes)
        finally:
            self._own_change = False

    def _reset(self) -> None:
        row, changes = self.list.currentRow(), self._style.changes
        if row <= 0:
            self._keep(restyling.Changes(changes.by_style))
        elif name := self._parts[row - 1].name:
            self._keep(changes.without(self._style.name, name))
        else:
            for ground in self._parts[row - 1].rows:
                changes = changes.without(self._style.name, ground)
            self._keep(changes)
        self._show_part(row)

    def _follow(self, edit: "Edit") -> None:
        if not self._own_change and "settings" in edit.tables():
            self._show_part(self.list.currentRow())
