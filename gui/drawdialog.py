"""Draw sites and teams at random: see the strata, draw, select or plan what was drawn, and keep the record."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from geo.errors import XunluError
from geo.language import current, tr
from geo.progress import Report
from gui.drawform import DrawForm, DrawWish
from gui.fields import CalmCombo
from gui.plaintable import fill, heading, plain_table
from gui.session import Session

if TYPE_CHECKING:
    from geo.planning.draws.draw import Stratum, Terms
    from geo.planning.draws.draw_project import Pool
    from geo.planning.draws.draw_record import Record
    from geo.planning.orders import Answer
    from geo.store.edits import Edit
    from geo.store.tables import Tables

SIZE = (1180, 660)
WAIT_MS = 150


class DrawDialog(QDialog):
    """Make draws and show the records kept in the project; the window can be used meanwhile.

    `drawn` tells that a draw was made or chosen, `planned` that a plan was made of one.
    """

    drawn = Signal()
    planned = Signal()
    looked = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.record: Record | None = None
        self._strata: list[Stratum] = []
        self._asked = 0
        self._filling = False
        self.setWindowTitle(tr("Draw sites at random"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.form = DrawForm(session)
        self.kept = CalmCombo()
        self.kept.setAccessibleName(tr("Draws kept"))
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.strata = plain_table(tr("Strata"))
        self.sites = plain_table(tr("Sites drawn"))
        self._later = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._make_buttons()
        self._lay_out()
        self._connect()
        self.resize(*SIZE)
        self._list_kept()
        self._look()

    def _make_buttons(self) -> None:
        self.draw_button = QPushButton(tr("Dra&w"))
        self.select_button = QPushButton(tr("Se&lect them"))
        self.plan_button = QPushButton(tr("Plan &these"))
        self.export_button = QPushButton(tr("E&xport the record…"))
        self.sheet_button = QPushButton(tr("Save the s&heet…"))
        self.verify_button = QPushButton(tr("&Verify a record…"))
        self.plan_button.setToolTip(tr("Make a plan in which each site stays with the team drawn for it"))
        for button in self.buttons()[1:]:
            button.setAutoDefault(False)
        self.draw_button.setDefault(True)

    def buttons(self) -> tuple[QPushButton, ...]:
        """Return the buttons in their order."""
        return (self.draw_button, self.select_button, self.plan_button, self.export_button, self.sheet_button,
                self.verify_button)  # fmt: skip

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.addWidget(self.form)
        left.addWidget(heading(tr("Strata")))
        left.addWidget(self.strata, 1)
        right = QVBoxLayout()
        right.addWidget(self.kept)
        right.addWidget(self.said)
        right.addWidget(self.sites, 1)
        both = QHBoxLayout()
        both.addLayout(left, 3)
        both.addSpacing(8)
        both.addLayout(right, 4)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        for button in self.buttons():
            box.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        box.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(both, 1)
        column.addWidget(box)

    def _connect(self) -> None:
        self.form.changed.connect(self._later.start)
        self._later.timeout.connect(self._look)
        self.strata.itemChanged.connect(self._on_typed)
        self.kept.activated.connect(self._open_kept)
        self.draw_button.clicked.connect(self.draw)
        self.select_button.clicked.connect(self.select)
        self.plan_button.clicked.connect(self.plan)
        self.export_button.clicked.connect(self._ask_export)
        self.sheet_button.clicked.connect(self._ask_sheet)
        self.verify_button.clicked.connect(self._ask_verify)
        self.session.opened.connect(self.reject)
        self.session.selection.changed.connect(self.form.load_pools)

    # Before the draw

    def _look(self) -> None:
        """Show how many of each stratum would be drawn."""
        self._asked += 1
        asked, wish, tables = self._asked, self.form.wish(), self.session.open_project().snapshot()
        given = self._typed() if wish.allocation == "given" else None

        def work(_report: Report) -> "tuple[int, Pool, dict[Stratum, int], str]":
            from geo.planning.draws import draw

            pool = _pool(tables, wish)
            terms = _terms(wish, (), given)
            try:
                return asked, pool, draw.divided(pool.units, terms), ""
            except XunluError as error:
                return asked, pool, {}, str(error.message)

        self.session.start(work, self._show_strata)

    def _show_strata(self, found: "tuple[int, Pool, dict[Stratum, int], str]") -> None:
        asked, pool, counts, wrong = found
        if asked != self._asked:
            return
        sizes: dict[Stratum, int] = {}
        for unit in pool.units:
            sizes[unit.stratum] = sizes.get(unit.stratum, 0) + 1
        self._strata = sorted(sizes)
        rows = [[pool.names.get(key) or tr("all sites"), sizes[key], counts.get(key, 0)] for key in self._strata]
        self._filling = True
        fill(self.strata, [tr("Stratum"), tr("In the pool"), tr("To be drawn")], rows, editable=2)
        self._filling = False
        self.draw_button.setEnabled(self.session.can_write and not wrong and bool(self.form.seed.text().strip()))
        if wrong:
            self.said.setText(wrong)
        elif self.record is None:
            closed = tr("In closures, and so not in the pool: {count}.", count=len(pool.closed)) if pool.closed else ""
            self.said.setText(" ".join(filter(None, (tr("Nothing is drawn yet."), closed))))
        self.looked.emit()

    def _on_typed(self, _item: QTableWidgetItem) -> None:
        if not self._filling:
            self.form.set_given()
            self._later.start()

    def _typed(self) -> "dict[Stratum, int]":
        """Return the numbers in the table."""
        found: dict[Stratum, int] = {}
        for row, key in enumerate(self._strata):
            item = self.strata.item(row, 2)
            text = "" if item is None else item.text().strip()
            found[key] = int(text) if text.isdecimal() else 0
        return found

    # The draw

    def draw(self) -> None:
        """Draw, and keep the record in the project."""
        wish, project = self.form.wish(), self.session.open_project()
        tables, who = project.snapshot(), project.who
        given = self._typed() if wish.allocation == "given" else None

        def work(_report: Report) -> "tuple[Record, Edit]":
            from geo.inspection.absence import on_duty
            from geo.planning.draws import draw_project

            teams = tuple(on_duty(tables, wish.day)) if wish.with_teams else ()
            record = draw_project.record_of(
                tables, wish.day, _pool(tables, wish, teams), _terms(wish, teams, given),
                who=who, by=wish.by, weights=wish.weights, source=wish.source,
            )  # fmt: skip
            return record, draw_project.keep(record)

        self.session.start(work, self._keep)

    def _keep(self, made: "tuple[Record, Edit]") -> None:
        record, edit = made
        if self.session.apply(edit):
            self._list_kept()
            self.show_record(record)

    def show_record(self, record: "Record") -> None:
        """Show what a record says was drawn."""
        self.record = record
        names = {tuple(row["stratum"]): row["name"] for row in record["strata"]}
        keys = {row["id"]: tuple(row["stratum"]) for row in record["pool"]}
        lots = {row["id"]: row["weight"] for row in record["pool"]}
        rows: list[list[Any]] = [
            [
                number,
                row.get("code", ""),
                row.get("name", ""),
                row.get("team_name", ""),
                row["place"] or "",
                lots.get(row["id"], ""),
                names.get(keys.get(row["id"], ()), ""),
            ]
            for number, row in enumerate(record["result"], start=1)
        ]
        heads = ["", tr("Code"), tr("Site"), tr("Team"), tr("Order"), tr("Lots"), tr("Stratum")]
        fill(self.sites, heads, rows)
        self.sites.setColumnHidden(4, not record["terms"]["random_order"])
        self.sites.setColumnHidden(3, not record["terms"]["teams"])
        size, count = len(record["pool"]), len(rows)
        self.said.setText(
            tr(
                "Drawn with the seed “{seed}”: {count} of {size} sites.",
                seed=record["terms"]["seed"],
                count=count,
                size=size,
            )
        )
        self._let_through()
        self.drawn.emit()

    def _let_through(self) -> None:
        there = self.record is not None
        for button in self.buttons()[1:5]:
            button.setEnabled(there)
        teams = bool(self.record and self.record["terms"]["teams"])
        self.plan_button.setEnabled(teams and self.session.can_write)

    def _list_kept(self) -> None:
        from geo.planning.draws import draw_project

        self.kept.clear()
        self.kept.addItem(tr("Draws kept in the project …"), "")
        for row, title in draw_project.kept_in(self.session.open_project()):
            self.kept.addItem(title, row)
        self._let_through()

    def _open_kept(self) -> None:
        row = str(self.kept.currentData() or "")
        if row:
            text = self.session.open_project().row("draws", row)["record"]
            self._try(lambda: self.show_record(_read(text)))

    # What was drawn

    def select(self) -> None:
        """Select the sites drawn."""
        if self.record is not None:
            there = self.session.open_project().frame("sites").index
            self.session.selection.choose({row["id"] for row in self.record["result"] if row["id"] in there})

    def plan(self) -> None:
        """Make a plan of the sites drawn, each with its team."""
        from geo.planning.orders import DrawnPlan

        record = self.record
        if record is None:
            return
        self.said.setText(tr("Planning …"))
        self.plan_button.setEnabled(False)

        job = self.session.searches.start(DrawnPlan(record), self._keep_plan, self.session.tell_error)
        job.progressed.connect(lambda _done, text: self.said.setText(text))
        job.ended.connect(self._let_through)

    def _keep_plan(self, answer: "Answer") -> None:
        if self.session.apply(answer.edit):
            self.said.setText(tr("The plan of the draw is made; see the plan panel."))
            self.planned.emit()

    def _ask_export(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("Export the record"), "draw.json", "JSON (*.json)")
        if path:
            self.export(Path(path))

    def export(self, path: Path) -> None:
        """Write the record into a file."""
        from geo.files import write_whole
        from geo.planning.draws.draw_record import as_text

        if self.record is not None:
            text = as_text(self.record)
            self._try(lambda: write_whole(path, text.encode()))

    def _ask_sheet(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("Save the sheet"), "draw.pdf", "PDF (*.pdf)")
        if path:
            self.save_sheet(Path(path))

    def save_sheet(self, path: Path) -> None:
        """Write the sheet of the draw as PDF."""
        record, lang = self.record, current()
        if record is None:
            return

        def work(_report: Report) -> Path:
            from geo.files import write_whole
            from geo.sheets.draw_sheet import draw_sheet

            write_whole(path, draw_sheet(record, lang))
            return path

        self.session.start(work, lambda done: self.said.setText(tr("Saved {file}.", file=done.name)))

    def _ask_verify(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("Verify a record"), "", "JSON (*.json)")
        if path:
            self.verify(Path(path))

    def verify(self, path: Path) -> None:
        """Run the record of a file again and say whether it comes out the same."""
        from geo.planning.draws.draw_record import differences

        try:
            record = _read(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            self.said.setText(tr("{file} cannot be read: {reason}", file=path.name, reason=error))
            return
        except XunluError as error:
            self.said.setText(f"{error.message} {error.hint}")
            return
        differs = differences(record)
        self.show_record(record)
        same = tr("{draw}: run again with the seed “{seed}”, it comes out the same.", draw=path.name,
                  seed=record["terms"]["seed"])  # fmt: skip
        self.said.setText("\n".join(differs) or same)

    def _try(self, act: Any) -> None:
        try:
            act()
        except XunluError as error:
            self.said.setText(f"{error.message} {error.hint}".strip())


def _read(text: str) -> "Record":
    from geo.planning.draws.draw_record import read

    return read(text)


def _pool(tables: "Tables", wish: DrawWish, teams: tuple[str, ...] = ()) -> "Pool":
    from geo.planning.draws import draw_project

    return draw_project.pool_of(tables, wish.day, wish.sites, by=wish.by, weights=wish.weights, teams=teams)


def _terms(wish: DrawWish, teams: tuple[str, ...], given: "dict[Stratum, int] | None") -> "Terms":
    from geo.planning.draws.draw import Terms

    count = wish.count if given is None else sum(given.values())
    return Terms(wish.seed, count, wish.allocation, given or {}, teams, wish.random_order)
