"""The place under the mouse in the status line, in the datum and the notation that the user has chosen there."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QLineEdit, QMenu, QToolButton, QWidget, QWidgetAction

from geo import coordinates, datum
from geo.coordinates import Form
from geo.errors import XunluError
from geo.language import tr
from gui import datums
from gui.session import Session

_WIDEST = (123.45678, 38.88888)


class PlaceLabel(QToolButton):
    """Show coordinates, and let the user choose in a menu how they are given.

    The choice is kept in the settings. `changed` tells that it is another one.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._settings = session.settings
        self._lonlat: tuple[float, float] | None = None
        self.setAutoRaise(True)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(tr("Coordinates"))
        self.setToolTip(tr("Coordinates under the mouse; click to choose datum and notation"))
        self.setStatusTip(tr("Choose the datum and the notation of the coordinates"))
        self.menu_ = QMenu(self)
        self.menu_.setAccessibleName(tr("Datum of the coordinates"))
        self.menu_.aboutToShow.connect(self._fill)
        self.setMenu(self.menu_)
        self.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self._use(datums.known(self._settings.datum) if self._settings.datum != "wgs84" else "wgs84")

    @property
    def datum(self) -> str:
        """Return the datum chosen, as `geo.datum.parse` writes it."""
        return self._datum

    @property
    def form(self) -> Form:
        """Return how degrees are written."""
        return "dms" if self._settings.degrees == "dms" else "decimal"

    def words(self, lonlat: tuple[float, float]) -> str:
        """Return a place in WGS-84 degrees as the user wants to see it; empty where the datum has no such place."""
        return coordinates.written(lonlat, self._datum, self.form)

    def show_place(self, lonlat: tuple[float, float] | None) -> None:
        """Show a place in WGS-84 degrees, or just the datum while the mouse is elsewhere."""
        self._lonlat = lonlat
        name = datums.short(self._datum)
        self.setText(f"{self.words(lonlat) or '–'}  {name}" if lonlat is not None else name)

    def choose_datum(self, name: str) -> None:
        """Give coordinates in another datum from now on."""
        self._settings.datum = name
        self._use(name)
        self.changed.emit()

    def choose_form(self, form: Form) -> None:
        """Write degrees in another way from now on."""
        self._settings.degrees = form
        self._use(self._datum)
        self.changed.emit()

    def _use(self, name: str) -> None:
        self._datum = name
        # As wide as the longest text, so that nothing beside it jumps while the mouse moves.
        sample = coordinates.written(_WIDEST, "wgs84", "dms" if self.form == "dms" else "decimal")
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance(f"{sample}  {datums.short(name)}") + 16)
        self.show_place(self._lonlat)

    def _fill(self) -> None:
        menu = self.menu_
        menu.clear()
        group = QActionGroup(menu)
        names = list(datums.NAMED)
        metric = list(datums.fitting(*self._lonlat_of_district()))
        if self._datum not in (*names, *metric):
            metric.append(self._datum)
        for name in (*names, "", *metric):
            if not name:
                menu.addSeparator()
                continue
            action = menu.addAction(datums.title(name))
            action.setCheckable(True)
            action.setChecked(name == self._datum)
            action.triggered.connect(lambda _on=False, name=name: self.choose_datum(name))
            group.addAction(action)
        menu.addAction(self._number_line())
        menu.addSeparator()
        forms = QActionGroup(menu)
        for form, text in (("decimal", tr("Decimal degrees")), ("dms", tr("Degrees, minutes and seconds"))):
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(form == self.form)
            action.triggered.connect(lambda _on=False, dms=form == "dms": self.choose_form("dms" if dms else "decimal"))
            forms.addAction(action)

    def _lonlat_of_district(self) -> tuple[float, float]:
        from geo.projection import to_lonlat

        stack = self._session.stack
        if stack is None:
            return 114.0, 23.0
        left, bottom, right, top = stack.bounds()
        lon, lat = to_lonlat([((left + right) / 2, (bottom + top) / 2)])[0].tolist()
        return lon, lat

    def _number_line(self) -> QWidgetAction:
        """Return the line of the menu that takes the number of any other datum."""
        line = QLineEdit()
        line.setPlaceholderText(tr("Another one: EPSG number"))
        line.setAccessibleName(tr("EPSG number of another datum"))
        line.setMaxLength(12)
        line.returnPressed.connect(lambda: self._take_number(line.text()))
        action = QWidgetAction(self.menu_)
        action.setDefaultWidget(line)
        return action

    def _take_number(self, text: str) -> None:
        self.menu_.close()
        try:
            self.choose_datum(datum.parse(text))
        except XunluError as error:
            self._session.tell_error(error)
