"""Manage base maps: the list at the left, the fields of one at the right; what is changed is kept at once."""

import uuid
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from geo.errors import XunluError
from geo.language import tr
from geo.tiles.opening import SUFFIXES, source_of
from geo.tiles.source import Source, built_in
from gui.basemapform import SourceForm
from gui.basemapserver import ServerPage
from gui.basemapshelf import Shelf
from gui.basemaptry import TryBox
from gui.lists import add_action
from gui.webfetch import Web

SIZE = (880, 560)
SourceRole = Qt.ItemDataRole.UserRole


class BasemapDialog(QDialog):
    """Let the user add, change, try and remove base maps, and enter keys.

    Parameters
    ----------
    shelf
        Where they are kept.
    place
        Returns the middle of the map: degrees east and north, and EPSG:3857 metres to the pixel.
    folder
        Of the project, from which a file of tiles may be named.

    `use_wanted` gives one to be shown in the project, `changed` tells that one was changed or a key entered.
    """

    use_wanted = Signal(object)
    changed = Signal()

    def __init__(
        self,
        shelf: Shelf,
        place: Callable[[], tuple[float, float, float]],
        folder: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.shelf = shelf
        self._place = place
        self._folder = folder
        self.web = Web(self)
        self.setWindowTitle(tr("Base maps"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Base maps"))
        self.form, self.trial, self.server = SourceForm(), TryBox(self.web), ServerPage(self.web)
        self.use_button = QPushButton(tr("&Show in this project"))
        self.use_button.setToolTip(tr("Show this base map in the open project; its tiles may then be fetched"))
        self.address_button, self.file_button = QPushButton(tr("Add &address")), QPushButton(tr("Add &file…"))
        self.server_button, self.remove_button = QPushButton(tr("Add from &WMTS…")), QPushButton(tr("&Remove"))
        self._lay_out()
        self._connect()
        self.load()
        self.resize(*SIZE)

    def _lay_out(self) -> None:
        buttons = QGridLayout()
        for place, button in enumerate((self.address_button, self.file_button, self.server_button, self.remove_button)):
            button.setAutoDefault(False)
            buttons.addWidget(button, place // 2, place % 2)
        left = QVBoxLayout()
        left.addWidget(self.list, 1)
        left.addLayout(buttons)
        page = QWidget()
        right = QVBoxLayout(page)
        right.setContentsMargins(0, 0, 0, 0)
        right.addWidget(self.form)
        right.addStretch(1)
        right.addWidget(self.trial)
        self.pages = QStackedWidget()
        self.pages.addWidget(page)
        self.pages.addWidget(self.server)
        row = QHBoxLayout()
        row.addLayout(left, 2)
        row.addSpacing(8)
        row.addWidget(self.pages, 5)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        box.addButton(self.use_button, QDialogButtonBox.ButtonRole.ActionRole)
        self.use_button.setAutoDefault(False)
        box.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(row, 1)
        column.addWidget(box)

    def _connect(self) -> None:
        self.list.currentItemChanged.connect(lambda _now, _before: self._on_item())
        self.form.committed.connect(self._on_committed)
        self.form.keyed.connect(self._on_keyed)
        self.form.refused.connect(lambda error: self.trial.say(str(error)))
        self.trial.button.clicked.connect(self.try_it)
        self.use_button.clicked.connect(self._use)
        self.address_button.clicked.connect(self.add_address)
        self.file_button.clicked.connect(self._ask_file)
        self.server_button.clicked.connect(self.ask_server)
        self.remove_button.clicked.connect(self.remove)
        self.server.chosen.connect(self._on_offer)
        self.server.left.connect(lambda: self.pages.setCurrentIndex(0))
        self.pages.currentChanged.connect(lambda _page: self._let_through())
        add_action(self.list, tr("&Remove"), self.remove, "Del")

    @property
    def source(self) -> Source | None:
        """Return the base map whose fields are shown."""
        return self.form.source

    def load(self, current: str = "") -> None:
        """List the base maps anew, with one of them, by its id, as the current one."""
        self.list.blockSignals(True)
        self.list.clear()
        for source in self.shelf.all():
            item = QListWidgetItem(source.title())
            item.setData(SourceRole, source)
            self.list.addItem(item)
            if source.id == current:
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(0)
        self._on_item()

    def show_source(self, source: Source | None) -> None:
        """Go to a base map; to its key, where one is missing."""
        if source is None:
            return
        if source.id not in {each.id for each in self.shelf.all()}:
            return
        self.load(source.id)
        if source.needs_key and not self.shelf.key(source):
            self.trial.say(tr("This map needs a key. Write it above."))
            self.form.key.setFocus()

    def _on_item(self) -> None:
        item = self.list.currentItem()
        source = None if item is None else item.data(SourceRole)
        self.pages.setCurrentIndex(0)
        self.trial.clear()
        self.form.show_source(source, "" if source is None else self.shelf.key(source))
        self._let_through()

    def _let_through(self) -> None:
        source = self.source
        is_ready = source is not None and bool(source.addresses or source.path)
        self.use_button.setEnabled(is_ready and self.pages.currentWidget() is not self.server)
        self.trial.button.setEnabled(is_ready)
        self.remove_button.setEnabled(source is not None and source not in built_in())

    # Changing

    def add_address(self) -> None:
        """Begin a base map of the user's own, whose address is to be written."""
        self.list.clearSelection()
        self.list.setCurrentRow(-1)
        self.pages.setCurrentIndex(0)
        self.form.show_source(Source(id=f"own:{uuid.uuid4()}", name=tr("My base map")), "")
        self._let_through()
        self.form.address.setFocus()

    def _ask_file(self) -> None:
        masks = " ".join(f"*{ending}" for ending in SUFFIXES)
        chosen, _ = QFileDialog.getOpenFileName(
            self, tr("File of map tiles"), str(self._folder), tr("Map tiles ({masks})", masks=masks)
        )
        if chosen:
            self.add_file(Path(chosen))

    def add_file(self, path: Path) -> None:
        """Add an MBTiles or PMTiles file; say what is wrong with it, if it is none."""
        try:
            source = source_of(path)
        except XunluError as error:
            self.trial.say(str(error))
            return
        self._keep(source)

    def ask_server(self) -> None:
        """Ask for the address of a WMTS server."""
        self.pages.setCurrentWidget(self.server)
        self.server.address.setFocus()

    def _on_offer(self, source: Source, key: str) -> None:
        if key:
            self.shelf.set_key(source, key)
        self._keep(source)

    def remove(self) -> None:
        """Remove one of the user's own base maps; projects that show it keep it."""
        source, row = self.source, self.list.currentRow()
        if source is None or source in built_in():
            return
        self.shelf.remove(source.id)
        self.load()
        self.list.setCurrentRow(min(max(row, 0), self.list.count() - 1))
        self.changed.emit()

    def _keep(self, source: Source) -> None:
        self.shelf.put(source)
        self.load(source.id)
        self.changed.emit()

    def _on_committed(self, source: Source) -> None:
        """Keep what was typed, and leave the fields, in which the user goes on, as they are."""
        self.shelf.put(source)
        row = next((k for k in range(self.list.count()) if self.list.item(k).data(SourceRole).id == source.id), -1)
        if row < 0:
            self.list.blockSignals(True)
            self.list.addItem(QListWidgetItem())
            row = self.list.count() - 1
            self.list.setCurrentRow(row)
            self.list.blockSignals(False)
        self.list.item(row).setText(source.title())
        self.list.item(row).setData(SourceRole, source)
        self.trial.clear()
        self._let_through()
        self.changed.emit()

    def _on_keyed(self, key: str) -> None:
        source = self.source
        if source is not None and key != self.shelf.key(source):
            self.shelf.set_key(source, key)
            self.trial.clear()
            self._let_through()
            self.changed.emit()

    # Using

    def try_it(self) -> None:
        """Get one tile of the base map shown."""
        if self.source is not None:
            self.trial.try_source(self.source, self.shelf.key(self.source), self._place(), self._folder)

    def _use(self) -> None:
        source = self.source
        if source is None:
            return
        if source.needs_key and not self.shelf.key(source):
            self.trial.say(tr("This map needs a key. Write it above."))
            self.form.key.setFocus()
            return
        self.use_wanted.emit(source)
        self.accept()

    def done(self, result: int) -> None:
        """Break off what is asked when the dialog closes."""
        self.trial.clear()
        self.server.stop()
        super().done(result)
