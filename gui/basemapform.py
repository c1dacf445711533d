"""The fields of one base map; those of the built-in ones are only read, but for the key."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from geo import datum as datums
from geo.errors import XunluError
from geo.language import tr
from geo.tiles.grid import DEEPEST
from geo.tiles.source import DATUMS, SIZES, Source, built_in, without_key
from gui import theme
from gui.fields import CalmCombo

EXAMPLE = "https://example.org/{z}/{x}/{y}.png"


class SourceForm(QWidget):
    """Show a base map and let it be changed.

    `committed` gives the changed one, `keyed` the key for it, `refused` what is wrong with what was typed.
    """

    committed = Signal(object)
    keyed = Signal(str)
    refused = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.source: Source | None = None
        self.name, self.address, self.lettering = QLineEdit(), QLineEdit(), QLineEdit()
        self.file, self.subdomains, self.key, self.attribution = QLineEdit(), QLineEdit(), QLineEdit(), QLineEdit()
        self.least, self.most = QSpinBox(), QSpinBox()
        self.tile_size, self.datum = CalmCombo(), CalmCombo()
        self.terms = QLabel()
        self._lay_out()
        self._explain()
        self._connect()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        form = QFormLayout()
        column.addLayout(form)
        # Not a row of the form, which gives a text that wraps too little height.
        column.addWidget(self.terms)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self._form = form
        zooms = QWidget()
        row = QHBoxLayout(zooms)
        row.setContentsMargins(0, 0, 0, 0)
        for spin, said in ((self.least, tr("Zooms from")), (self.most, tr("Zooms up to"))):
            spin.setRange(0, DEEPEST)
            spin.setAccessibleName(said)
        row.addWidget(self.least)
        row.addWidget(QLabel("–"))
        row.addWidget(self.most)
        row.addSpacing(12)
        for pixels in SIZES:
            self.tile_size.addItem(tr("{pixels} px tiles", pixels=pixels), pixels)
        self.tile_size.setAccessibleName(tr("Size of the tiles"))
        row.addWidget(self.tile_size)
        row.addStretch(1)
        self._zooms = zooms
        for name in DATUMS:
            self.datum.addItem(datums.title(name), name)
        self.terms.setObjectName("quiet")
        self.terms.setTextFormat(Qt.TextFormat.PlainText)
        self.terms.setWordWrap(True)
        self.terms.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        form.addRow(tr("&Name"), self.name)
        form.addRow(tr("A&ddress"), self.address)
        form.addRow(tr("&Lettering upon it"), self.lettering)
        form.addRow(tr("File"), self.file)
        form.addRow(tr("S&ubdomains"), self.subdomains)
        form.addRow(tr("&Key"), self.key)
        form.addRow(tr("&Zooms"), zooms)
        form.addRow(tr("Da&tum"), self.datum)
        form.addRow(tr("Attr&ibution"), self.attribution)

    def _explain(self) -> None:
        self.address.setPlaceholderText(EXAMPLE)
        self.lettering.setPlaceholderText(tr("a second address, if names come apart from the ground"))
        self.subdomains.setPlaceholderText("a, b, c")
        self.key.setPlaceholderText(tr("from the server's operator; stays on this computer"))
        self.attribution.setPlaceholderText("© …")
        tips = {
            self.address: tr("{z} zoom, {x} column, {y} row, {-y} row from the south, {s} subdomain, {key} key"),
            self.key: tr("The key is kept in your own settings, never in the project"),
            self.datum: tr("Tiles in GCJ-02 are shifted so that their streets fit this map"),
            self.attribution: tr("Stands on the map and on everything exported from it"),
        }
        for field, tip in tips.items():
            field.setToolTip(tip)
            field.setStatusTip(tip)
            field.setAccessibleDescription(tip)

    def _connect(self) -> None:
        for line in (self.name, self.address, self.lettering, self.subdomains, self.attribution):
            line.editingFinished.connect(self._commit)
        self.key.editingFinished.connect(self._commit_key)
        for spin in (self.least, self.most):
            spin.editingFinished.connect(self._commit)
        for combo in (self.tile_size, self.datum):
            combo.activated.connect(lambda _at: self._commit())

    @property
    def is_editable(self) -> bool:
        """Return whether the base map shown is the user's own."""
        return self.source is not None and self.source not in built_in()

    def show_source(self, source: Source | None, key: str) -> None:
        """Show a base map and the user's key for it."""
        self.source = source
        shown = source or Source("", "")
        lines = {
            self.name: shown.name if self.is_editable else shown.title(),
            self.address: shown.addresses[0] if shown.addresses else "",
            self.lettering: shown.addresses[1] if len(shown.addresses) > 1 else "",
            self.file: shown.path,
            self.subdomains: ", ".join(shown.subdomains),
            self.attribution: shown.attribution if self.is_editable else shown.credit(),
        }
        for line, text in lines.items():
            line.setText(text)
            line.setCursorPosition(0)
            _set_read_only(line, is_read_only=not self.is_editable or line is self.file)
        self.key.setText(key)
        self.least.setValue(shown.min_zoom)
        self.most.setValue(shown.max_zoom)
        self.tile_size.setCurrentIndex(self.tile_size.findData(shown.tile_px))
        self.datum.setCurrentIndex(self.datum.findData(shown.datum))
        for choice in (self.least, self.most, self.tile_size, self.datum):
            choice.setEnabled(self.is_editable and not (shown.is_file and choice is not self.datum))
        self.terms.setText(shown.conditions())
        self._show_rows(shown)
        self.setEnabled(source is not None)

    def _show_rows(self, shown: Source) -> None:
        """Leave out what a base map does not have: an address for a file, a key where none is wanted."""
        web = not shown.is_file
        rows = {
            self.address: web,
            self.lettering: web and (self.is_editable or len(shown.addresses) > 1),
            self.file: shown.is_file,
            self.subdomains: web and (self.is_editable or bool(shown.subdomains)),
            self.key: web and (self.is_editable or shown.needs_key),
        }
        for field, is_there in rows.items():
            self._form.setRowVisible(field, is_there)
        self.terms.setVisible(bool(shown.conditions()))

    def _commit(self) -> None:
        source = self.source
        if source is None or not self.is_editable:
            return
        addresses, keys = [], []
        for line in (self.address, self.lettering):
            address, key = without_key(line.text().strip())
            addresses.append(address)
            keys.append(key)
        subdomains = tuple(
            part for part in self.subdomains.text().replace("，", ",").replace(" ", "").split(",") if part
        )
        changed = replace(
            source,
            name=self.name.text().strip(),
            addresses=tuple(address for address in addresses if address),
            subdomains=subdomains,
            min_zoom=self.least.value(),
            max_zoom=self.most.value(),
            tile_px=self.tile_size.currentData(),
            datum=self.datum.currentData(),
            attribution=self.attribution.text().strip(),
        )
        if key := next(filter(None, keys), ""):
            self.key.setText(key)
            self.keyed.emit(key)
        if changed == source:
            return
        try:
            tidy = changed.checked()
        except XunluError as error:
            self.refused.emit(error)
            return
        self.source = tidy
        self.committed.emit(tidy)

    def _commit_key(self) -> None:
        if self.source is not None:
            self.keyed.emit(self.key.text().strip())


def _set_read_only(line: QLineEdit, *, is_read_only: bool) -> None:
    """Let a field be changed or only read, and look so."""
    line.setReadOnly(is_read_only)
    palette = QPalette()
    if is_read_only:
        palette.setColor(QPalette.ColorRole.Base, theme.GROUND)
    line.setPalette(palette)
