"""The form of one site: every column editable in place, above what the inspections found there."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from geo.language import current, tr
from geo.model import INSPECTIONS, SITES, Table
from gui import describe, fields, siterecord
from gui.facts import FactList
from gui.session import Session
from gui.slices import Slices
from gui.table import change_site

if TYPE_CHECKING:
    from geo.store.edits import Edit

ICON_PX = 32
AHEAD_MS = 1500
"""So long after a project was opened the fields are made: the map is drawn first."""
FEW = 50
"""So many changes are looked at, whether they are about the site shown."""
ABOUT_SITES = frozenset({"sites", "inspections", "findings"})
SHOWN_BY = frozenset(
    {
        "sites",
        "kinds",
        "subdistricts",
        "teams",
        "inspections",
        "findings",
        "plans",
        "stops",
        "settings",
        "conflicts",
        "inspectors",
    }
)


class SiteForm(QStackedWidget):
    """Show the current site of the selection; an edit is written as soon as the field is left.

    `history_wanted` tells the site whose history is to be shown, `conflicts_wanted` the one whose conflicts of interest
    are.
    """

    history_wanted = Signal(str)
    conflicts_wanted = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.site = ""
        self.fields: dict[str, fields.Field] = {}
        self.addWidget(_empty_page())
        self._page: QWidget | None = None
        self._coming: Iterator[None] | None = None
        self._slices = Slices(self)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(AHEAD_MS)
        self._later.timeout.connect(self._build_ahead)
        session.opened.connect(self._drop)
        session.released.connect(self._stop)
        session.selection.changed.connect(self.refresh)
        session.edited.connect(self._on_edit)

    def _drop(self) -> None:
        """Forget the fields, whose choices of kind and subdistrict are the project's own."""
        if self._page is not None:
            self.removeWidget(self._page)
            self._page.deleteLater()
            self._page = None
        self.fields = {}
        self.site = ""
        self._stop()
        self.setCurrentIndex(0)
        self.refresh()
        if self._page is None:
            self._later.start()

    def _stop(self) -> None:
        self._later.stop()
        self._slices.stop()
        self._coming = None

    def _build_ahead(self) -> None:
        """Make the fields while nothing else is to be done, so that the first site to be shown need not wait."""
        if self._page is None and self.session.project is not None:
            self._coming = self._coming or self._building()
            self._slices.start(self._coming, _nothing)

    def _build(self) -> QWidget:
        """Return the fields, made now as far as they are not; a project is opened sooner without them."""
        for _ in self._coming or self._building():
            pass
        self._stop()
        if self._page is None:
            raise RuntimeError("a form without fields")
        return self._page

    def _building(self) -> Iterator[None]:
        """Make the fields, yielding every few milliseconds."""
        self._icon, self._name, self._kind = QLabel(), QLabel(), QLabel()
        self._chosen = QLabel()
        self._facts = QGridLayout()
        self._inspections = FactList(
            _titles(INSPECTIONS, "date", "team", "result"), tr("Inspections"), tr("Not inspected yet.")
        )
        self._findings = _reading(tr("Open findings"))
        column = QVBoxLayout()
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(6)
        column.addLayout(self._head())
        column.addLayout(self._facts)
        form = _form()
        column.addLayout(form)
        column.addWidget(_section(tr("Open findings")))
        column.addWidget(self._findings)
        column.addWidget(_section(tr("Last inspections")))
        column.addWidget(self._inspections)
        column.addWidget(self._history_button(), 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        content = QWidget()
        content.setLayout(column)
        yield
        yield from self._make_fields(form)
        page = QScrollArea()
        page.setWidgetResizable(True)
        page.setFrameShape(QScrollArea.Shape.NoFrame)
        page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page.setWidget(content)
        self._page = page
        self.addWidget(page)

    def _history_button(self) -> QToolButton:
        button = QToolButton()
        button.setText(tr("History of this site…"))
        button.setToolTip(tr("See what was changed at the current site"))
        button.clicked.connect(lambda: self.history_wanted.emit(self.site))
        return button

    def _barred_button(self) -> QToolButton:
        self._barred = QToolButton()
        self._barred.setToolTip(tr("Say which inspectors may not come to this site"))
        self._barred.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._barred.clicked.connect(lambda: self.conflicts_wanted.emit(self.site))
        return self._barred

    def _head(self) -> QHBoxLayout:
        self._name.setObjectName("heading")
        self._name.setWordWrap(True)
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._kind.setObjectName("quiet")
        self._chosen.setObjectName("quiet")
        words = QVBoxLayout()
        words.setSpacing(1)
        for label in (self._name, self._kind, self._chosen):
            words.addWidget(label)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        self._facts.setHorizontalSpacing(12)
        self._facts.setVerticalSpacing(2)
        self._facts.setColumnStretch(1, 1)
        return head

    def _make_fields(self, form: QFormLayout) -> Iterator[None]:
        for title, names in _groups():
            form.addRow(_section(title))
            if "needs" in names:
                form.addRow(tr("May not be inspected by"), self._barred_button())
            for name in names:
                field = self._field(name)
                label = QLabel(fields.heading(field.column))
                label.setBuddy(field.editor)
                form.addRow(label, field)
                yield

    def _field(self, name: str) -> fields.Field:
        column = SITES.column(name)
        pairs = fields.pairs_of(self.session.project, SITES, column) if self.session.project else ()
        field = fields.Field(column, pairs)
        field.committed.connect(lambda value: self._commit(name, value))
        field.refused.connect(self.session.tell_error)
        self.fields[name] = field
        return field

    def refresh(self) -> None:
        """Show the current site as the project has it now."""
        if not self.isVisible():
            # Behind another tab it costs nothing; it is brought up to date when it comes to the front.
            return
        project, site = self.session.project, self.session.selection.current
        if project is None or not site:
            self.site = ""
            self.setCurrentIndex(0)
            return
        page = self._page or self._build()
        row = project.row("sites", site)
        self.site = site
        self._show_head(row)
        for name, field in self.fields.items():
            field.show_value(row[name])
            field.setEnabled(not project.read_only)
        self._hint_defaults(row)
        self._show_barred()
        self._inspections.show_rows(siterecord.inspections(self.session, self.site))
        self._findings.setText(siterecord.findings(self.session, self.site))
        self.setCurrentWidget(page)

    def edit_field(self, name: str) -> None:
        """Give the keyboard to a field of the current site, its text ready to be typed over."""
        self.refresh()
        field = self.fields.get(name)
        if field is not None:
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            if field.line is not None:
                field.line.selectAll()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while the form was hidden."""
        super().showEvent(event)
        self.refresh()

    def _show_head(self, row: dict[str, Any]) -> None:
        status = describe.status_of(self.session, self.site)["status"]
        if self.session.stack is not None:
            self._icon.setPixmap(QPixmap.fromImage(self.session.stack.icon(row["kind"], status, ICON_PX, 2)))
        self._name.setText(fields.name_in(row))
        self._kind.setText(describe.kind_title(self.session, row["kind"]))
        chosen = len(self.session.selection.ids)
        self._chosen.setVisible(chosen > 1)
        self._chosen.setText(tr("{number} sites selected; this is the current one", number=chosen))
        while self._facts.count():
            item = self._facts.takeAt(0)
            if item is not None and (widget := item.widget()) is not None:
                widget.deleteLater()
        for line, (title, value) in enumerate(describe.facts(self.session, self.site)):
            heading = QLabel(title)
            heading.setObjectName("quiet")
            heading.setMinimumWidth(118)
            self._facts.addWidget(heading, line, 0)
            self._facts.addWidget(QLabel(value), line, 1)

    def _hint_defaults(self, row: dict[str, Any]) -> None:
        """Show the stay and the interval that the kind gives the site where it has none of its own."""
        kind = describe.kind_of(self.session, row["kind"])
        for name, source in (("service_min", "service_min"), ("interval_days", f"interval_{row['risk']}")):
            value = kind.get(source)
            self.fields[name].hint(tr("{value}, by its kind", value=value) if value is not None else tr("none"))

    def _show_barred(self) -> None:
        """Name who may not inspect the site, and say what stands for nothing in the rules of the visit."""
        from geo.planning.office.conflicts import named

        names = named(self.session.open_project(), self.site)
        self._barred.setText(", ".join(names).replace("&", "&&") or tr("nobody"))
        self._barred.setAccessibleName(tr("May not be inspected by") + ": " + self._barred.text())
        self.fields["teams_needed"].hint(tr("one"))
        self.fields["setup_min"].hint(tr("by the rules"))
        self.fields["needs"].hint(tr("like cold chain; ladder"))

    def _on_edit(self, edit: "Edit") -> None:
        if edit.tables() & {"kinds", "subdistricts"}:
            self._drop()
        elif edit.tables() & SHOWN_BY and self._is_concerned(edit):
            self.refresh()

    def _is_concerned(self, edit: "Edit") -> bool:
        """Return whether an edit may change what is shown: not if it is about other sites only."""
        if len(edit.changes) > FEW or edit.tables() - ABOUT_SITES:
            return True
        # An update tells its site only where that is what changes.
        told = ((change, {**(change.before or {}), **(change.after or {})}) for change in edit.changes)
        return any(
            change.id == self.site if change.table == "sites" else values.get("site", self.site) == self.site
            for change, values in told
        )

    def _commit(self, name: str, value: Any) -> None:
        if self.site and not change_site(self.session, self.site, SITES.column(name), value):
            self.refresh()


def _groups() -> tuple[tuple[str, tuple[str, ...]], ...]:
    names = ("name_en", "name") if current() == "en" else ("name", "name_en")
    return (
        (tr("Place"), ("code", *names, "kind", "subdistrict", "address", "contact", "phone")),
        (tr("Visit"), ("windows", "exceptions", "service_min", "risk", "interval_days")),
        (tr("Rules of the visit"), ("must_visit", "needs", "teams_needed", "setup_min", "return_by")),
        (tr("Testing and capacity"), ("capacity", "served", "queue", "target_count", "done_count")),
        (tr("Note"), ("note",)),
    )


def _form() -> QFormLayout:
    form = QFormLayout()
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
    form.setHorizontalSpacing(10)
    form.setVerticalSpacing(4)
    return form


def _titles(table: Table, *names: str) -> tuple[str, ...]:
    return tuple(table.column(name).title() for name in names)


def _reading(name: str) -> QLabel:
    """Return a label whose text can be walked through and copied with the keyboard."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    label.setAccessibleName(name)
    return label


def _section(title: str) -> QLabel:
    label = QLabel(title)
    label.setObjectName("section")
    return label


def _empty_page() -> QLabel:
    label = QLabel(tr("Select a site on the map or in the table to see and change it here."))
    label.setObjectName("quiet")
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setMargin(24)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def _nothing() -> None:
    """Do nothing at the end."""
