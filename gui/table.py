"""What the table of sites shows and how a cell is changed: its columns, their headings, and the edits of cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geo.language import current, tr
from geo.model import SITES, STATUSES, Column
from gui import fields
from gui.session import Session

if TYPE_CHECKING:
    from geo.store.edits import Edit
    from geo.store.project import Project
    from geo.tablework.sheet import Sheet, Spec

URGENCY = (
    "rectification_overdue", "overdue", "no_access", "findings_open", "due", "in_progress", "planned", "passed",
    "not_due",
)  # fmt: skip
"""The statuses in the order in which they call for action; the table sorts by it."""

GRADES = {"status": URGENCY, "risk": ("high", "medium", "low")}

SEARCHED = ("code", "name", "name_en", "address", "subdistrict")
"""The columns whose texts the filter line looks through."""


@dataclass(frozen=True)
class Computed:
    """A column that the inspection status fills; nobody edits it."""

    name: str
    heading: str


Heading = Column | Computed


def columns() -> tuple[Heading, ...]:
    """Return the columns of the table in the order in which a planner reads them, in the language in use."""
    name, other = ("name_en", "name") if current() == "en" else ("name", "name_en")
    first = (SITES.column("code"), SITES.column(name), SITES.column("kind"), SITES.column("subdistrict"))
    status = (
        Computed("status", tr("Status")),
        Computed("due_date", tr("Due")),
        Computed("last_date", tr("Last inspection")),
        Computed("open_findings", tr("Open findings")),
    )
    second = tuple(
        SITES.column(each) for each in ("windows", "service_min", "risk", "address", "contact", "phone", other)
    )
    rest = tuple(column for column in SITES.columns if column not in (*first, *second))
    return (*first, *status, *second, *rest)


def title(column: Heading) -> str:
    """Return the heading of a column, with its unit."""
    return column.heading if isinstance(column, Computed) else fields.heading(column)


def is_number(column: Heading) -> bool:
    """Return whether a column holds numbers."""
    return column.name == "open_findings" or (isinstance(column, Column) and column.type in ("int", "real"))


def is_editable(column: Heading) -> bool:
    """Return whether a column may be changed by hand."""
    return isinstance(column, Column) and not column.kept


def not_editable(column: Heading) -> str:
    """Return the sentence that says why a column cannot be changed by hand."""
    name = column.heading if isinstance(column, Computed) else column.title()
    return tr("“{column}” is filled by the program.", column=name)


STATUS_TITLES = {choice.value: choice for choice in STATUSES}


def status_title(status: str) -> str:
    """Return what a reader sees for a status, empty for none."""
    return fields.sentence(STATUS_TITLES[status].title()) if status in STATUS_TITLES else ""


def specs(shown: Sequence[Heading], titles: Mapping[str, Mapping[str, str]]) -> "list[Spec]":
    """Return what the sheet has to know of the columns; `titles` are those of choices by column and value."""
    from geo.tablework.sheet import Spec

    return [
        Spec(
            column.name,
            isinstance(column, Computed),
            is_number(column),
            titles.get(column.name, {}),
            GRADES.get(column.name, ()),
            "name" if column.name == "name_en" else "",
        )
        for column in shown
    ]


def written(column: Heading, value: Any, titles: Mapping[str, str]) -> str:
    """Return what a reader sees in a cell."""
    if isinstance(column, Column):
        return fields.written(column, value, titles)
    if column.name == "status":
        return status_title(value)
    if column.name == "open_findings":
        return str(value) if value else ""
    return "" if value is None else str(value)


def read(column: Column, text: str, pairs: fields.Pairs) -> Any:
    """Return the value that a text stands for in a cell.

    Raises
    ------
    XunluError
        If the column cannot hold that.
    """
    return fields.chosen(column, text, pairs) if pairs else fields.read(column, text)


def change_site(session: Session, site: str, column: Column, value: Any) -> bool:
    """Give a site another value in one column, as one undoable change; return whether it was written."""
    if session.project is None:
        return False
    made = site_edit(session.project, site, column, value)
    return made is not None and session.apply(made)


def site_edit(project: "Project", site: str, column: Column, value: Any) -> "Edit | None":
    """Return the edit that gives a site another value in one column; None if it has it."""
    from geo.store.edits import edit, update

    row = project.row("sites", site)
    change = update("sites", site, row, {column.name: value})
    if change is None:
        return None
    return edit(tr("{column} of {site}", column=column.title(), site=fields.name_in(row)), [change])


def cells_edit(sheet: "Sheet", heading: str, cells: Mapping[int, Mapping[str, Any]]) -> "Edit":
    """Return the edit that gives cells other values.

    Parameters
    ----------
    sheet
        The sites.
    heading
        What was done.
    cells
        The values by position of the row and name of the column; what stands there already is left out.
    """
    from geo.store.edits import edit, update

    changes = []
    for row, after in cells.items():
        before = {name: sheet.value(name, row) for name in after}
        changes.append(update("sites", str(sheet.ids[row]), before, after))
    return edit(heading, changes)
