"""The layers of the map: which are shown, and what their signs mean, with how many sites bear each."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from geo.language import tr
from gui import describe
from gui.fields import sentence
from gui.session import Session
from gui.slices import Slices
from gui.table import URGENCY
from gui.trees import children
from layers.layer import Layer, LegendEntry

if TYPE_CHECKING:
    import pandas as pd

    from layers.sites import SitesLayer

ICON = QSize(22, 16)
NameRole = Qt.ItemDataRole.UserRole

AT_ONCE = 20_000
"""Sites counted in one go."""


class LayersPanel(QWidget):
    """List status, kinds and layers; a box shows or hides a layer, a double click selects the sites of a line."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._listing = Slices(self)
        self._work = Slices(self)
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setColumnCount(2)
        self.tree.setIconSize(ICON)
        self.tree.setIndentation(11)
        self.tree.setAccessibleName(tr("Layers and legend"))
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setMinimumSectionSize(28)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tree)
        self.setFocusProxy(self.tree)
        self.tree.itemChanged.connect(self._on_box)
        self.tree.itemActivated.connect(self._on_activated)
        session.opened.connect(self.load)
        session.assessed.connect(self._count)
        session.released.connect(self._listing.stop)
        session.released.connect(self._work.stop)

    def load(self) -> None:
        """List the layers of the map just opened, once all signs are drawn; what was listed stays until then."""
        self._listing.start(self._list(), _nothing)

    def _list(self) -> Iterator[None]:
        stack = self.session.stack
        classes = _heading(stack.sites.heading) if stack is not None and stack.sites.classes else None
        statuses, kinds = _heading(tr("Inspection status")), _heading(tr("Site kinds"))
        layers = _heading(tr("Layers"))
        if stack is not None:
            for layer in reversed(stack.layers):
                layers.addChild(_layer_item(layer))
                yield
            yield from self._list_kinds(kinds)
            if classes is not None:
                yield from self._list_classes(classes, stack.sites)
        yield from self._list_statuses(statuses)
        self.tree.blockSignals(True)
        self.tree.clear()
        self._classes, self._statuses, self._kinds = classes, statuses, kinds
        for item in (classes, statuses, kinds, layers):
            if item is not None:
                self.tree.addTopLevelItem(item)
                item.setExpanded(True)
        header = self.tree.header()
        header.setSectionResizeMode(0, header.ResizeMode.Stretch)
        header.setSectionResizeMode(1, header.ResizeMode.ResizeToContents)
        self.tree.blockSignals(False)
        self._count()

    def _list_classes(self, heading: QTreeWidgetItem, sites: "SitesLayer") -> Iterator[None]:
        """List what the sites are coloured by in place of their status."""
        counts = sites.class_counts()
        for entry in sites.status_legend():
            if entry.text in counts:
                state, number = counts[entry.text]
                item = QTreeWidgetItem(heading, [sentence(entry.text), f"{number:,}"])
                item.setData(0, NameRole, state)
                item.setIcon(0, _swatch(entry))
                item.setToolTip(0, tr("Press Enter to select these sites"))
                _count_column(item)
                yield

    def _list_statuses(self, heading: QTreeWidgetItem) -> Iterator[None]:
        for status in URGENCY:
            item = QTreeWidgetItem(heading, [describe.status_title(status)])
            item.setData(0, NameRole, status)
            if self.session.stack is not None:
                item.setIcon(0, QIcon(QPixmap.fromImage(self.session.stack.status_icon(status, 16, 2))))
            _count_column(item)
            yield

    def _list_kinds(self, heading: QTreeWidgetItem) -> Iterator[None]:
        project, stack = self.session.project, self.session.stack
        if project is None or stack is None:
            return
        for code in project.frame("kinds")["code"].tolist():
            item = QTreeWidgetItem(heading, [describe.kind_title(self.session, code)])
            item.setData(0, NameRole, code)
            item.setIcon(0, QIcon(QPixmap.fromImage(stack.icon(code, "not_due", 16, 2))))
            _count_column(item)
            yield

    def _count(self) -> None:
        """Write how many sites there are of each status and kind; of many sites a little later."""
        project, statuses = self.session.project, self.session.statuses
        if project is None or statuses is None or not self.tree.topLevelItemCount():
            return
        work = self._counting(project.frame("sites")["kind"])
        if len(statuses) <= AT_ONCE:
            for _ in work:
                pass
        else:
            self._work.start(work, _nothing)

    def _counting(self, kinds: "pd.Series") -> Iterator[None]:
        self._write(self._statuses, {status: self.session.count_of(status) for status in URGENCY})
        yield
        counts: Counter[str] = Counter()
        cells = kinds.to_numpy(dtype=object)
        for start in range(0, len(cells), AT_ONCE):
            counts.update(cells[start : start + AT_ONCE].tolist())
            yield
        self._write(self._kinds, counts)

    def _write(self, heading: QTreeWidgetItem, counts: Mapping[str, int]) -> None:
        self.tree.blockSignals(True)
        for item in children(heading):
            number = counts.get(item.data(0, NameRole), 0)
            item.setText(1, str(number) if number else "–")
            item.setToolTip(0, tr("Press Enter to select these sites"))
        self.tree.blockSignals(False)

    def _on_box(self, item: QTreeWidgetItem, column: int) -> None:
        stack = self.session.stack
        if stack is not None and column == 0 and item.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            stack[item.data(0, NameRole)].visible = item.checkState(0) is Qt.CheckState.Checked
            self.session.stale.emit()

    def _on_activated(self, item: QTreeWidgetItem) -> None:
        if self.session.project is None:
            return
        name = item.data(0, NameRole)
        if item.parent() is self._statuses:
            self.session.selection.choose(self.session.ids_of(name))
        elif item.parent() is self._classes and self.session.stack is not None:
            self.session.selection.choose(self.session.stack.sites.of_class(name))
        elif item.parent() is self._kinds:
            from geo.store.rowset import RowSet

            sites = self.session.project.frame("sites")
            self.session.selection.choose(RowSet(sites.index, (sites["kind"] == name).to_numpy(dtype=bool)))


def _heading(title: str) -> QTreeWidgetItem:
    item = QTreeWidgetItem([title])
    font = item.font(0)
    font.setBold(True)
    item.setFont(0, font)
    item.setFlags(Qt.ItemFlag.ItemIsEnabled)
    return item


def _count_column(item: QTreeWidgetItem) -> None:
    item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def _layer_item(layer: Layer) -> QTreeWidgetItem:
    item = QTreeWidgetItem([layer.title()])
    item.setData(0, NameRole, layer.name)
    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
    item.setCheckState(0, Qt.CheckState.Checked if layer.visible else Qt.CheckState.Unchecked)
    if layer.name != "sites":
        # The signs of the sites have their own headings above, with their counts.
        for entry in layer.legend():
            child = QTreeWidgetItem(item, [sentence(entry.text)])
            child.setIcon(0, _swatch(entry))
            child.setFlags(Qt.ItemFlag.ItemIsEnabled)
    return item


def _swatch(entry: LegendEntry) -> QIcon:
    pixmap = QPixmap(ICON * 2)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    entry.swatch(painter, QRectF(1, 1, ICON.width() - 2, ICON.height() - 2))
    painter.end()
    return QIcon(pixmap)


def _nothing() -> None:
    """Do nothing at the end."""
