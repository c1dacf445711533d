"""What a random draw is made from: pool, number, strata, lots by risk, teams and the seed."""

import secrets
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDateEdit,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from geo.language import tr
from geo.model import SITES
from gui.fields import CalmCombo, sentence
from gui.session import Session

if TYPE_CHECKING:
    from geo.planning.draws.draw import Allocation
    from geo.planning.draws.draw_project import By

USUAL = 20
MOST_LOTS = 100
LOTS = (1, 2, 4)
"""By low, medium and high risk, until somebody chooses others."""


@dataclass(frozen=True)
class DrawWish:
    """A draw that is wanted, as the form has it."""

    day: date
    sites: tuple[str, ...]
    source: str
    count: int
    by: "tuple[By, ...]"
    weights: dict[str, int]
    allocation: "Allocation"
    with_teams: bool
    random_order: bool
    seed: str


class DrawForm(QWidget):
    """Let the user say what is drawn; `changed` tells that the strata or their numbers may be others."""

    changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.day = QDateEdit(QDate(session.day.year, session.day.month, session.day.day))
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat("yyyy-MM-dd")
        self.pool = CalmCombo()
        self.count = QSpinBox()
        self.count.setRange(1, 1_000_000)
        self.count.setValue(USUAL)
        self.by_kind = QCheckBox(tr("by &kind"))
        self.by_subdistrict = QCheckBox(tr("by s&ubdistrict"))
        self.by_kind.setChecked(True)
        self.allocation = CalmCombo()
        for value, title in (
            ("proportional", tr("In proportion to the pool")),
            ("equal", tr("As many from each")),
            ("given", tr("As typed in the table")),
        ):
            self.allocation.addItem(title, value)
        self.lots = {choice.value: QSpinBox() for choice in SITES.column("risk").choices}
        self.teams = QCheckBox(tr("&Draw teams as well, subject to conflicts of interest and skills"))
        self.teams.setChecked(True)
        self.order = QCheckBox(tr("&Random order instead of the shortest way"))
        self.seed = QLineEdit()
        self.fresh = QPushButton(tr("&New"))
        self.fresh.setAutoDefault(False)
        self._lay_out()
        self.propose_seed()
        self.load_pools()
        self._connect()

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.addRow(tr("D&ay of the visits"), self.day)
        form.addRow(tr("&Pool"), self.pool)
        form.addRow(tr("Number of &sites"), self.count)
        strata = QHBoxLayout()
        strata.addWidget(self.by_kind)
        strata.addWidget(self.by_subdistrict)
        strata.addStretch(1)
        form.addRow(tr("Strata"), strata)
        form.addRow(tr("&Numbers"), self.allocation)
        lots = QHBoxLayout()
        for (risk, spin), usual in zip(self.lots.items(), LOTS, strict=True):
            title = sentence(SITES.column("risk").choice_title(risk))
            spin.setRange(1, MOST_LOTS)
            spin.setValue(usual)
            spin.setAccessibleName(tr("Lots at risk: {risk}", risk=title))
            spin.setToolTip(tr("A site with three lots is three times as likely to be drawn first as one with one"))
            lots.addWidget(QLabel(title))
            lots.addWidget(spin)
        lots.addStretch(1)
        form.addRow(tr("Lots by risk"), lots)
        form.addRow(self.teams)
        form.addRow(self.order)
        seed = QHBoxLayout()
        self.seed.setToolTip(tr("Whoever has the record and this seed gets the same draw; let somebody else name it"))
        seed.addWidget(self.seed, 1)
        seed.addWidget(self.fresh)
        form.addRow(tr("S&eed"), seed)
        label = form.labelForField(seed)
        if isinstance(label, QLabel):
            label.setBuddy(self.seed)
        for widget, name in ((self.day, tr("Day of the visits")), (self.pool, tr("Pool")), (self.seed, tr("Seed")),
                             (self.count, tr("Number of sites")), (self.allocation, tr("Numbers"))):  # fmt: skip
            widget.setAccessibleName(name)

    def _connect(self) -> None:
        self.fresh.clicked.connect(self.propose_seed)
        self.day.dateChanged.connect(self.changed)
        self.pool.currentIndexChanged.connect(self.changed)
        self.count.valueChanged.connect(self.changed)
        self.allocation.currentIndexChanged.connect(self.changed)
        self.seed.textChanged.connect(self.changed)
        for box in (self.by_kind, self.by_subdistrict):
            box.toggled.connect(self.changed)
        self.teams.toggled.connect(self.order.setEnabled)

    def propose_seed(self) -> None:
        """Write a seed that nobody could have guessed."""
        day = self.day.date().toString("yyyy-MM-dd")
        self.seed.setText(f"{day} {secrets.randbelow(10**6):06d}")

    def load_pools(self) -> None:
        """Offer the pools with how many sites each has."""
        session = self.session
        pools = [
            ("due", tr("Due sites"), len(session.due)),
            ("overdue", tr("Overdue sites"), session.count_of("overdue", "rectification_overdue")),
            ("all", tr("All sites"), len(session.all_ids())),
        ]
        if session.selection.ids:
            pools.insert(0, ("selected", tr("Selected sites"), len(session.selection.ids)))
        chosen = self.pool.currentData()
        self.pool.blockSignals(True)
        self.pool.clear()
        for value, title, number in pools:
            self.pool.addItem(f"{title} ({number:,})", (value, title))
        self.pool.setCurrentIndex(max(self.pool.findData(chosen), 0))
        self.pool.blockSignals(False)

    def set_given(self) -> None:
        """Let the numbers typed in the table count."""
        self.allocation.blockSignals(True)
        self.allocation.setCurrentIndex(self.allocation.findData("given"))
        self.allocation.blockSignals(False)

    def wish(self) -> DrawWish:
        """Return what the form says now."""
        value, title = self.pool.currentData()
        session = self.session
        sites = {
            "due": session.due,
            "overdue": session.ids_of("overdue", "rectification_overdue"),
            "selected": session.selection.ids,
            "all": session.all_ids(),
        }[value]
        by: list[By] = []
        by += ["kind"] if self.by_kind.isChecked() else []
        by += ["subdistrict"] if self.by_subdistrict.isChecked() else []
        allocation: Allocation = self.allocation.currentData()
        return DrawWish(
            date.fromisoformat(self.day.date().toString("yyyy-MM-dd")),
            tuple(sites),
            title,
            self.count.value(),
            tuple(by),
            {risk: spin.value() for risk, spin in self.lots.items()},
            allocation,
            self.teams.isChecked(),
            self.teams.isChecked() and self.order.isChecked(),
            self.seed.text().strip(),
        )
