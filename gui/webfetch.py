"""One request to a web server: who we are, how long we wait, how much we take, and what an error means in words."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from PySide6.QtCore import QByteArray, QObject, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtNetwork import QNetworkAccessManager, QNetworkReply, QNetworkRequest

from geo.errors import XunluError
from geo.language import tr

TIMEOUT_MS = 20_000
LARGEST_TILE = 4_000_000

Headers = dict[str, str]
"""By their names in lower case."""


def agent() -> str:
    """Return how the program calls itself to servers: its true name and version, as their terms ask."""
    return f"Xunlu/{QGuiApplication.applicationVersion() or '0'} (desktop GIS for site inspections)"


class Web(QObject):
    """Ask web servers, in the window's own thread and without holding it up."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._manager: QNetworkAccessManager | None = None

    def get(
        self, address: str, headers: Mapping[str, str], most: int, done: Callable[[QNetworkReply], None]
    ) -> QNetworkReply:
        """Ask for an address; `done` gets the reply when it has ended, however that was, but for an abort.

        Parameters
        ----------
        most
            Bytes; a longer answer is broken off.
        """
        if self._manager is None:
            self._manager = QNetworkAccessManager(self)
        request = QNetworkRequest(QUrl(address))
        request.setTransferTimeout(TIMEOUT_MS)
        request.setMaximumRedirectsAllowed(4)
        request.setRawHeader(b"User-Agent", agent().encode())
        request.setRawHeader(b"Accept", b"image/png,image/jpeg,image/webp,*/*;q=0.5")
        # No cookies: tiles need none, and with them servers would know the user again.
        for attribute in (
            QNetworkRequest.Attribute.CookieLoadControlAttribute,
            QNetworkRequest.Attribute.CookieSaveControlAttribute,
        ):
            request.setAttribute(attribute, QNetworkRequest.LoadControl.Manual)
        for name, value in headers.items():
            request.setRawHeader(QByteArray(name.encode()), QByteArray(value.encode()))
        reply = self._manager.get(request)
        reply.downloadProgress.connect(lambda got, _all: reply.abort() if got > most else None)
        reply.finished.connect(lambda: self._finish(reply, done))
        return reply

    def _finish(self, reply: QNetworkReply, done: Callable[[QNetworkReply], None]) -> None:
        reply.deleteLater()
        if not reply.property("dropped"):
            done(reply)


def drop(reply: QNetworkReply) -> None:
    """Break a request off; nobody is told of its end."""
    reply.setProperty("dropped", True)
    reply.abort()


def status(reply: QNetworkReply) -> int:
    """Return what a server answered, as a number of HTTP; 0 if it did not."""
    code = reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute)
    return code if isinstance(code, int) else 0


def headers_of(reply: QNetworkReply) -> Headers:
    """Return the headers of an answer."""
    return {
        bytes(name.data()).decode("latin-1").lower(): bytes(value.data()).decode("latin-1")
        for name, value in reply.rawHeaderPairs()
    }


def trouble(reply: QNetworkReply, needs_key: bool) -> XunluError | None:
    """Return what went wrong with a request in words; None if it was answered."""
    host, code = urlsplit(reply.request().url().toString()).netloc, status(reply)
    if code in (401, 403, 418):
        hint = tr("Check the key; perhaps its kind does not admit desktop programs, or today's share is used up.")
        return XunluError(
            tr("{host} refuses the request ({code}).", host=host, code=code),
            hint if needs_key else tr("It may not serve programs like this one. Choose another base map."),
        )
    if code in (429, 503):
        return XunluError(tr("{host} is busy and asks to wait.", host=host), tr("The map goes on without it."))
    if code in (404, 410):
        return XunluError(
            tr("{host} has nothing at this address ({code}).", host=host, code=code), tr("Check the address.")
        )
    if reply.error() == QNetworkReply.NetworkError.NoError and code < 400:
        return None
    if code:
        return XunluError(tr("{host} answers with an error ({code}).", host=host, code=code), tr("Try it later."))
    return XunluError(tr("No answer from {host}; the map goes on without it.", host=host), _reason(reply))


def _reason(reply: QNetworkReply) -> str:
    errors = QNetworkReply.NetworkError
    if reply.error() == errors.HostNotFoundError:
        return tr("There is no such server, or no network.")
    if reply.error() in (errors.TimeoutError, errors.OperationCanceledError):
        return tr("It took too long, or the answer was too large.")
    if reply.error() == errors.SslHandshakeFailedError:
        return tr("Its certificate is not in order.")
    return tr("The network may be down.")
