"""Why a site is where it is in the plan or left out, what would admit it, and its price with every team."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from geo.language import tr
from geo.progress import Report
from gui import theme
from gui.jobs import Job
from gui.planpanel import PlanPanel
from gui.session import Session

if TYPE_CHECKING:
    from geo.planning.reasons.changes import Changes
    from geo.planning.reasons.why import Account, Offer, Price
    from geo.store.edits import Edit
    from geo.store.tables import Tables

TEAM, TRAVEL, KM, LATER, RULES = range(5)
WAIT_MS = 150
"""How long a line stays chosen before its reasons are looked for."""


class WhyPanel(QWidget):
    """Answer the question for the chosen line of the plan; the answer is worked out in a thread.

    `answered` tells that another answer is shown.

    Parameters
    ----------
    session, plan
        The open project, and the panel whose chosen line it is about.
    """

    answered = Signal()

    def __init__(self, session: Session, plan: PlanPanel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self._plan = session, plan
        self.account: Account | None = None
        self._job: Job | None = None
        self._asked: tuple[str, str] = ("", "")
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(WAIT_MS)
        self._later.timeout.connect(self.ask)
        self._make()
        self._lay_out()
        plan.changed.connect(self._later.start)
        session.edited.connect(lambda _edit: self._forget())
        session.released.connect(self._forget)
        self._show()

    def _make(self) -> None:
        self.head, self.reason, self.offered = QLabel(), QLabel(), QLabel(tr("Each of these would admit it"))
        self.head.setObjectName("section")
        self.offered.setObjectName("quiet")
        for label in (self.head, self.reason):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.reason.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.offers = QListWidget()
        self.offers.setAccessibleName(tr("What would admit the site"))
        self.offers.setWordWrap(True)
        self.offers.setMaximumHeight(112)
        self.holds = QLabel()
        self.holds.setObjectName("quiet")
        self.holds.setWordWrap(True)
        self.given = QToolButton()
        self.given.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.given.setMenu(QMenu(self.given))
        self.given.setToolTip(tr("What holds for this plan only; choose one to take it back"))
        self.do = QPushButton(tr("Do it"))
        self.do.setToolTip(tr("Make the change and put the site where it then fits, as one step that undo takes back"))
        self.prices = QTreeWidget()
        self.prices.setAccessibleName(tr("Price with each team"))
        self.prices.setRootIsDecorated(False)
        self.prices.setUniformRowHeights(True)
        self.prices.setHeaderLabels([tr("Team"), tr("Way"), tr("km"), tr("Back"), tr("Rules broken")])
        self.prices.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.prices.setToolTip(tr("Double click or Enter gives the site to the team"))
        header = self.prices.header()
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(36)
        for column in (TRAVEL, KM, LATER):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
            self.prices.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight)
        header.resizeSection(TEAM, 128)
        self.offers.currentRowChanged.connect(lambda _row: self._name_button())
        self.offers.itemActivated.connect(lambda _item: self.grant())
        self.do.clicked.connect(self.grant)
        self.prices.itemActivated.connect(lambda item, _column: self.move_to(item))
        self.prices.installEventFilter(self)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(6)
        for widget in (self.head, self.reason, self.offered, self.offers):
            column.addWidget(widget)
        line = QHBoxLayout()
        line.addWidget(self.holds, 1)
        line.addWidget(self.do, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(line)
        column.addWidget(self.prices, 1)
        column.addWidget(self.given, 0, Qt.AlignmentFlag.AlignLeft)
        self.setFocusProxy(self.prices)

    # Asking

    def showEvent(self, event: QShowEvent) -> None:
        """Ask as soon as somebody can see the answer."""
        super().showEvent(event)
        self._later.start()

    def _forget(self) -> None:
        self._asked = ("", "")
        if self._job is not None:
            self._job.cancel()
        self._later.start()

    def ask(self) -> None:
        """Look for the reasons of the line that is chosen in the plan, if anybody looks on."""
        wanted = (self._plan.plan_id, self._plan.tree.stop)
        if not self.isVisible() or wanted == self._asked:
            return
        self._asked = wanted
        if self._job is not None:
            self._job.cancel()
            self._job = None
        if self.session.project is None or not all(wanted):
            self.account = None
            self._show()
            return
        tables = self.session.open_project().snapshot()

        def work(report: Report) -> "Account | None":
            from geo.planning.reasons.why import account

            return account(tables, *wanted, report=report)

        self.reason.setText(tr("Looking for the reasons …"))
        self._job = self.session.start(work, lambda found: self._take(wanted, found))

    def _take(self, wanted: tuple[str, str], found: "Account | None") -> None:
        if wanted == self._asked:
            self._job = None
            self.account = found
            self._show()
            self.answered.emit()

    # Showing

    def _show(self) -> None:
        told = self.account
        self.offers.clear()
        self.prices.clear()
        for widget in (self.offered, self.offers, self.holds, self.do):
            widget.setVisible(told is not None and bool(told.offers))
        self.prices.setVisible(told is not None and bool(told.prices))
        self._list_given(told.granted if told is not None else ())
        if told is None:
            self.head.setText("")
            self.reason.setText(tr("Choose a stop or a site that is left out in the plan."))
            return
        team = tr("{site} – {team}", site=told.name, team=told.team)
        self.head.setText(team if told.team else tr("{site} – left out", site=told.name))
        self.reason.setText(told.reason)
        for offer in told.offers:
            self.offers.addItem(QListWidgetItem(offer.text))
        self.offers.setCurrentRow(0)
        self.offers.setMaximumHeight(self.fontMetrics().lineSpacing() * 2 * min(len(told.offers), 4) + 12)
        for price in told.prices:
            self.prices.addTopLevelItem(_line(price))
        self._name_button()

    def _list_given(self, given: "Sequence[Offer]") -> None:
        """Offer to take back what the plan was granted."""
        menu = self.given.menu()
        menu.clear()
        self.given.setVisible(bool(given))
        self.given.setText(tr("Granted: {count}", count=len(given)))
        for offer in given:
            # An ampersand in a name is no letter to press.
            action = menu.addAction(tr("Take back: {change}", change=offer.text).replace("&", "&&"))
            action.setEnabled(self.session.can_write)
            action.triggered.connect(lambda _on=False, one=offer: self.take_back(one))

    def _name_button(self) -> None:
        from geo.planning.reasons.granting import holds

        changes = self._chosen()
        self.do.setEnabled(changes is not None and self.session.can_write)
        self.holds.setText(holds(changes) if changes is not None else "")

    def _chosen(self) -> "Changes | None":
        row, offers = self.offers.currentRow(), self.account.offers if self.account is not None else ()
        # While the list is filled anew it may be about other offers.
        return offers[row].changes if 0 <= row < len(offers) else None

    # Acting

    def grant(self) -> None:
        """Make the change that is chosen and put the site on the plan."""
        changes, told = self._chosen(), self.account
        if changes is None or told is None or not self.do.isEnabled():
            return
        plan, site = told.plan, told.site

        def work(tables: "Tables", report: Report) -> "Edit":
            from geo.planning.reasons.granting import grant

            return grant(tables, plan, site, changes, report=report)

        self._plan.work.enqueue(work)

    def take_back(self, offer: "Offer") -> None:
        """Take one thing back that the plan was granted."""
        plan, change = self._plan.plan_id, offer.changes[0]

        def work(tables: "Tables", _report: Report) -> "Edit":
            from geo.planning.reasons.granting import take_back

            return take_back(tables, plan, change)

        self._plan.work.enqueue(work)

    def move_to(self, item: QTreeWidgetItem) -> None:
        """Give the site to the team of a line, at its best place there."""
        told = self.account
        row = self.prices.indexOfTopLevelItem(item)
        if told is None or not self.session.can_write or not 0 <= row < len(told.prices):
            return
        price = told.prices[row]
        if not price.is_present:
            self._plan.move_stop(told.stop or told.site, price.team, price.position)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Enter give the site to the chosen team on every platform."""
        if watched is self.prices and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            current: QModelIndex = self.prices.currentIndex()
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current.isValid():
                item = self.prices.topLevelItem(current.row())
                if item is not None:
                    self.move_to(item)
                return True
        return super().eventFilter(watched, event)


def _line(price: "Price") -> QTreeWidgetItem:
    """Return a team's line: what the site adds there, and in words what it breaks."""
    rules = tr("; ").join(price.broken) or ("" if price.is_present else tr("fits"))
    later = _signed(round(price.later_s / 60))
    item = QTreeWidgetItem(
        [
            tr("{team} (now)", team=price.name) if price.is_present else price.name,
            tr("{minutes} min", minutes=_signed(round(price.extra_s / 60))),
            _signed(price.extra_m / 1000, 1),
            tr("{minutes} min", minutes=later),
            rules,
        ]
    )
    for column in (TRAVEL, KM, LATER):
        item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    tip = tr("{team}: {minutes} min and {km} km more on the way, back {later} min later",
             team=price.name, minutes=round(price.extra_s / 60), km=f"{price.extra_m / 1000:.1f}",
             later=round(price.later_s / 60))  # fmt: skip
    for column in range(5):
        item.setToolTip(column, "\n".join((tip, *price.broken)))
        if price.broken:
            item.setForeground(column, theme.ALARM)
    font = item.font(TEAM)
    font.setBold(price.is_present)
    item.setFont(TEAM, font)
    return item


def _signed(value: float, places: int = 0) -> str:
    return f"{value:+.{places}f}" if round(value, places) else f"{0:.{places}f}"
