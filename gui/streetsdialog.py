"""Bring in streets and the ground of the map: from an OpenStreetMap extract, from lines, or by download."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGridLayout,
    QGroupBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from geo.errors import XunluError
from geo.language import tr
from geo.progress import Report, part
from gui.fields import CalmCombo, sentence
from gui.jobs import Job
from gui.lists import progress_line
from gui.session import Session

if TYPE_CHECKING:
    from geo.store.edits import Edit

    Area = tuple[float, float, float, float]
    Made = tuple[Edit, list[str]]


class StreetsDialog(QDialog):
    """Ask what of a file is wanted, bring it in as one step, and say what came.

    Parameters
    ----------
    path
        An OpenStreetMap extract or a GIS file with lines; None to download.
    shown
        What the map shows: west, south, east and north in degrees.
    """

    imported = Signal()
    failed = Signal()

    def __init__(self, session: Session, path: Path | None, shown: "Area", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.path, self.shown = session, path, shown
        self._job: Job | None = None
        self.setWindowTitle(tr("Import {file}", file=path.name) if path else tr("Download streets"))
        self.area = CalmCombo()
        self.server = QLineEdit()
        self.level = QSpinBox()
        self.kinds: dict[str, QCheckBox] = {}
        self.parts: dict[str, QCheckBox] = {}
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.progress = progress_line()
        self.import_button = QPushButton(tr("&Download") if path is None else tr("&Import"))
        self._lay_out()
        self.resize(520, self.sizeHint().height())

    @property
    def is_osm(self) -> bool:
        """Return whether the file is an OpenStreetMap extract, or will be."""
        from geo.roads.osm import is_extract

        return self.path is None or is_extract(self.path)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        column.addLayout(form)
        if self.is_osm:
            self._offer_areas()
            form.addRow(tr("&Area"), self.area)
            if self.path is None:
                self.server.setText(self.session.settings.overpass)
                form.addRow(tr("&Server"), self.server)
            self.level.setRange(0, 11)
            self.level.setSpecialValueText(tr("none"))
            self.level.setToolTip(tr("In Chinese cities 6 is the district and 8 the subdistrict"))
            form.addRow(tr("Subdistricts from admin &level"), self.level)
            column.addWidget(self._choices(tr("Take"), _parts(), self.parts, checked=True))
            column.addWidget(self._choices(tr("Take these as sites"), _amenities(), self.kinds, checked=False))
        else:
            column.addWidget(QLabel(tr("The lines of the file become streets that meet where they touch.")))
        self.progress.hide()
        self.import_button.setDefault(True)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        box.addButton(self.import_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.accepted.connect(self.start)
        box.rejected.connect(self.reject)
        column.addStretch(1)
        column.addWidget(self.message)
        column.addWidget(self.progress)
        column.addWidget(box)

    def _offer_areas(self) -> None:
        self.area.setAccessibleName(tr("Area"))
        if self.path is not None:
            self.area.addItem(tr("Everything in the file"), "all")
        self.area.addItem(tr("What the map shows"), "shown")
        project = self.session.project
        if project is not None and len(project.frame("subdistricts")):
            self.area.addItem(tr("The subdistricts of the project"), "district")

    def _choices(self, title: str, names: dict[str, str], into: dict[str, QCheckBox], *, checked: bool) -> QGroupBox:
        group = QGroupBox(title)
        grid = QGridLayout(group)
        for place, (name, text) in enumerate(names.items()):
            box = QCheckBox(text)
            box.setChecked(checked and name != "buildings")
            grid.addWidget(box, place // 3, place % 3)
            into[name] = box
        return group

    # Doing it

    def clip(self) -> Any:
        """Return the area that is wanted, None for all of the file."""
        import shapely

        if self.area.currentData() == "shown":
            return self.shown
        if self.area.currentData() == "district":
            shapes = self.session.open_project().frame("subdistricts").geometry.dropna()
            return shapely.union_all(shapes.to_numpy()) if len(shapes) else None
        return None

    def start(self) -> None:
        """Read, or download and read, in a worker; the result is one edit."""
        if self._job is not None:
            return
        self.message.clear()
        self._run(self._work_on_osm() if self.is_osm else self._work_on_lines())

    def _work_on_osm(self) -> "Callable[[Report], Made]":
        from geo.roads import osm

        tables, path, clip = self.session.open_project().snapshot(), self.path, self.clip()
        server = self.server.text().strip()
        if path is None:
            self.session.settings.overpass = server
        wanted = osm.Wanted(
            clip=clip,
            admin_level=self.level.value() or None,
            amenities=frozenset(name for name, box in self.kinds.items() if box.isChecked()),
            **{name: box.isChecked() for name, box in self.parts.items()},
        )

        def work(report: Report) -> "Made":
            from geo.roads import osm_edit, overpass

            if path is not None:
                return osm_edit.import_edit(tables, osm.read(path, wanted, report))
            with overpass.downloaded(clip, server, part(report, 0.0, 0.6), wanted) as file:
                return osm_edit.import_edit(tables, osm.read(file, wanted, part(report, 0.6, 1.0)))

        return work

    def _work_on_lines(self) -> "Callable[[Report], Made]":
        tables, path = self.session.open_project().snapshot(), self.path

        def work(report: Report) -> "Made":
            from geo.exchange import reading, streets

            if path is None:
                raise TypeError("lines come from a file")
            return streets.from_ledger(tables, reading.read(path), {}, None, report)

        return work

    def _run(self, work: "Callable[[Report], Made]") -> None:
        self._follow(self.session.jobs.start(work, self._on_made, self._on_failed))

    def _follow(self, job: Job) -> None:
        self._job = job
        job.progressed.connect(self._on_progress)
        job.ended.connect(self._on_ended)
        self.progress.show()
        self.import_button.setEnabled(False)

    def _on_progress(self, done: float, text: str) -> None:
        self.progress.setValue(round(done * 1000))
        self.message.setText(text)

    def _on_made(self, made: "Made") -> None:
        edit, notes = made
        if not edit.changes:
            self.session.tell(tr("Nothing has changed since the last import."), " ".join(notes))
            self.accept()
            return
        job = self.session.apply_large(edit, lambda: self._on_written(edit, notes), self._on_failed)
        if job is not None:
            self._follow(job)

    def _on_written(self, edit: "Edit", notes: list[str]) -> None:
        counts: dict[str, int] = {}
        for change in edit.changes:
            counts[change.table] = counts.get(change.table, 0) + 1
        from geo.model import TABLES

        said = ", ".join(f"{TABLES[t].title()} {n}" for t, n in counts.items() if t not in ("imports", "settings"))
        self.session.tell(tr("Imported: {what}.", what=said), " ".join(notes))
        self.imported.emit()
        self.accept()

    def _on_failed(self, error: XunluError) -> None:
        self.message.setText(str(error))
        self.failed.emit()

    def _on_ended(self) -> None:
        if self.sender() is self._job:
            self._job = None
            self.progress.hide()
            self.import_button.setEnabled(True)

    def done(self, result: int) -> None:
        """Stop what goes on when the dialog closes."""
        if self._job is not None:
            self._job.cancel()
        super().done(result)


def _parts() -> dict[str, str]:
    return {
        "streets": tr("Streets and turn restrictions"),
        "parks": tr("Parks and water"),
        "railways": tr("Railways"),
        "addresses": tr("House numbers"),
        "landmarks": tr("Landmarks"),
        "buildings": tr("Outlines of buildings"),
    }


def _amenities() -> dict[str, str]:
    from geo.language import current
    from geo.roads.extract_places import AMENITIES

    return {name: sentence(amenity.zh if current() == "zh" else amenity.en) for name, amenity in AMENITIES.items()}
