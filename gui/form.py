"""The form of one site: every column editable in place, above what the inspections found there."""

from html import escape
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
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
from geo.model import FINDINGS, INSPECTIONS, SITES, STATUSES, Table
from gui import describe, fields, theme
from gui.facts import FactList
from gui.session import Session
from gui.table import change_site

if TYPE_CHECKING:
    from geo.store.edits import Edit

ICON_PX = 32
LAST_INSPECTIONS = 6
_OVERDUE = next(choice for choice in STATUSES if choice.value == "overdue")
SHOWN_BY = frozenset(
    {"sites", "kinds", "subdistricts", "teams", "inspections", "findings", "plans", "stops", "settings"}
)


class SiteForm(QStackedWidget):
    """Show the current site of the selection; an edit is written as soon as the field is left.

    `history_wanted` tells the site whose history is to be shown.
    """

    history_wanted = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.site = ""
        self.fields: dict[str, fields.Field] = {}
        self.addWidget(_empty_page())
        self._page: QWidget | None = None
        session.opened.connect(self._drop)
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
        self.setCurrentIndex(0)
        self.refresh()

    def _build(self) -> QWidget:
        """Make the fields; only when a site is to be shown, since a project is opened sooner without them."""
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
        column.addLayout(self._make_fields())
        column.addWidget(_section(tr("Open findings")))
        column.addWidget(self._findings)
        column.addWidget(_section(tr("Last inspections")))
        column.addWidget(self._inspections)
        column.addWidget(self._history_button(), 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        content = QWidget()
        content.setLayout(column)
        page = QScrollArea()
        page.setWidgetResizable(True)
        page.setFrameShape(QScrollArea.Shape.NoFrame)
        page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page.setWidget(content)
        self._page = page
        self.addWidget(page)
        return page

    def _history_button(self) -> QToolButton:
        button = QToolButton()
        button.setText(tr("History of this site…"))
        button.setToolTip(tr("See what was changed at the current site"))
        button.clicked.connect(lambda: self.history_wanted.emit(self.site))
        return button

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

    def _make_fields(self) -> QFormLayout:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setHorizontalSpacing(10)
        form.setVerticalSpacing(4)
        for title, names in _groups():
            form.addRow(_section(title))
            for name in names:
                field = self._field(name)
                label = QLabel(fields.heading(field.column))
                label.setBuddy(field.editor)
                form.addRow(label, field)
        return form

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
        self._inspections.show_rows(self._inspection_rows())
        self._findings.setText(self._findings_text())
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

    def _inspection_rows(self) -> list[tuple[str, ...]]:
        if self.session.project is None:
            return []
        frame = self.session.project.frame("inspections")
        mine = frame[frame["site"] == self.site].sort_values(["date", "started"], ascending=False)
        state, result = INSPECTIONS.column("state"), INSPECTIONS.column("result")
        return [
            (
                str(row["date"]),
                self._team(str(row["team"])),
                result.choice_title(row["result"]) if row["result"] else state.choice_title(row["state"]),
            )
            for _, row in mine.head(LAST_INSPECTIONS).iterrows()
        ]

    def _findings_text(self) -> str:
        if self.session.project is None:
            return ""
        frame = self.session.project.frame("findings")
        mine = frame[(frame["site"] == self.site) & frame["state"].isin(["open", "rectified"])].sort_values("due")
        topic, state = FINDINGS.column("topic"), FINDINGS.column("state")
        english = current() == "en"
        today = self.session.day.isoformat()
        parts = []
        for _, row in mine.iterrows():
            overdue = bool(row["due"]) and row["due"] < today
            words = (
                row["due"],
                _OVERDUE.title() if overdue else "",
                topic.choice_title(row["topic"]),
                state.choice_title(row["state"]),
            )
            late = f" color:{theme.ALARM.name()}" if overdue else ""
            head = escape(" · ".join(word for word in words if word))
            text = escape(str((row["description_en"] if english else "") or row["description"]))
            parts.append(
                f"<p style='margin:0 0 5px 0'><span style='font-weight:bold;{late}'>{head}</span><br>{text}</p>"
            )
        return "".join(parts) or escape(tr("No open findings."))

    def _team(self, team: str) -> str:
        if self.session.project is None or team not in self.session.project.frame("teams").index:
            return ""
        return fields.name_in(self.session.project.row("teams", team))

    def _on_edit(self, edit: "Edit") -> None:
        if edit.tables() & {"kinds", "subdistricts"}:
            self._drop()
        elif edit.tables() & SHOWN_BY:
            self.refresh()

    def _commit(self, name: str, value: Any) -> None:
        if self.site and not change_site(self.session, self.site, SITES.column(name), value):
            self.refresh()


def _groups() -> tuple[tuple[str, tuple[str, ...]], ...]:
    names = ("name_en", "name") if current() == "en" else ("name", "name_en")
    return (
        (tr("Place"), ("code", *names, "kind", "subdistrict", "address", "contact", "phone")),
        (tr("Visit"), ("windows", "service_min", "risk", "interval_days")),
        (tr("Testing and capacity"), ("capacity", "served", "queue", "target_count", "done_count")),
        (tr("Note"), ("note",)),
    )


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
