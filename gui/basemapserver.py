"""Find the layers that a WMTS server offers, and take one as a base map."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtNetwork import QNetworkReply
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from geo.errors import XunluError
from geo.language import tr
from geo.tiles import wmts
from geo.tiles.source import Source, without_key
from gui.webfetch import Web, drop, trouble

OfferRole = Qt.ItemDataRole.UserRole


class ServerPage(QWidget):
    """Ask for an address and list what is offered there; `chosen` gives a base map and the key that stood in it."""

    chosen = Signal(object, str)
    left = Signal()

    def __init__(self, web: Web, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._web = web
        self._reply: QNetworkReply | None = None
        self._asked = ""
        self.address = QLineEdit()
        self.address.setPlaceholderText("https://example.org/wmts")
        self.address.setAccessibleName(tr("Address of the WMTS server"))
        self.address.setClearButtonEnabled(True)
        self.look_button = QPushButton(tr("&Look"))
        self.look_button.setAutoDefault(False)
        self.look_button.setToolTip(tr("Ask the server what it offers"))
        self.layers = QListWidget()
        self.layers.setAccessibleName(tr("Layers of the server"))
        self.said = QLabel(tr("Write the address of a WMTS server, with its key if it wants one."))
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setWordWrap(True)
        self.take_button, self.back_button = QPushButton(tr("&Take this layer")), QPushButton(tr("&Back"))
        for button in (self.take_button, self.back_button):
            button.setAutoDefault(False)
        self.take_button.setEnabled(False)
        self._lay_out()
        self.address.returnPressed.connect(self.look)
        self.look_button.clicked.connect(self.look)
        self.layers.currentItemChanged.connect(lambda now, _before: self._on_item(now))
        self.layers.itemActivated.connect(lambda _item: self._take())
        self.take_button.clicked.connect(self._take)
        self.back_button.clicked.connect(self.left)

    def _lay_out(self) -> None:
        label = QLabel(tr("WMTS &server"))
        label.setBuddy(self.address)
        top = QHBoxLayout()
        top.addWidget(label)
        top.addWidget(self.address, 1)
        top.addWidget(self.look_button)
        below = QHBoxLayout()
        below.addWidget(self.take_button)
        below.addWidget(self.back_button)
        below.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addWidget(self.layers, 1)
        column.addWidget(self.said)
        column.addLayout(below)

    def look(self) -> None:
        """Ask the server what it offers."""
        self.stop()
        self.layers.clear()
        text = self.address.text().strip()
        if not text.lower().startswith(("http://", "https://")):
            no_address = tr("“{address}” is no web address.", address=text)
            self.said.setText(f"{no_address} {tr('It begins with https:// or http:// and the name of a server.')}")
            return
        self._asked = wmts.capabilities_address(text)
        self.said.setText(tr("Asking the server …"))
        self.look_button.setEnabled(False)
        self._reply = self._web.get(self._asked, {}, wmts.LARGEST_BYTES, self._on_reply)

    def stop(self) -> None:
        """Break off what is asked."""
        if self._reply is not None:
            drop(self._reply)
            self._reply = None
        self.look_button.setEnabled(True)

    def _on_reply(self, reply: QNetworkReply) -> None:
        self._reply = None
        self.look_button.setEnabled(True)
        error = trouble(reply, needs_key=True)
        if error is not None:
            self.said.setText(str(error))
            return
        try:
            offers = wmts.offers(bytes(reply.readAll().data()), self._asked)
        except XunluError as raised:
            self.said.setText(str(raised))
            return
        self._list(offers)

    def _list(self, offers: list[wmts.Offer]) -> None:
        for offer in offers:
            item = QListWidgetItem(offer.title)
            item.setData(OfferRole, offer.source)
            if offer.source is None:
                item.setForeground(self.palette().brush(self.palette().ColorRole.PlaceholderText))
                item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, offer.why)
            item.setData(OfferRole + 1, offer.why)
            self.layers.addItem(item)
        fit = sum(offer.source is not None for offer in offers)
        self.said.setText(tr("{fit} of {all} layers fit this map.", fit=fit, all=len(offers)))
        if offers:
            self.layers.setFocus()
            self.layers.setCurrentRow(0)

    def _on_item(self, item: QListWidgetItem | None) -> None:
        source = None if item is None else item.data(OfferRole)
        self.take_button.setEnabled(source is not None)
        if item is not None and source is None:
            self.said.setText(item.data(OfferRole + 1))

    def _take(self) -> None:
        item = self.layers.currentItem()
        source = None if item is None else item.data(OfferRole)
        if isinstance(source, Source):
            self.chosen.emit(source, without_key(self._asked)[1])
