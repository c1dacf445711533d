"""Which edits the inspection status hangs on; asked without the heavy libraries that find the status out."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo.store.edits import Edit
    from geo.store.tables import Tables

ASSESSED_BY = frozenset({"kinds", "inspections", "findings", "plans", "stops", "settings"})
"""The tables on which the inspection status of a site hangs, but for the sites themselves."""

ASSESSED_BY_SITE = frozenset({"kind", "risk", "interval_days"})
"""The columns of a site on which its own status hangs."""

DECIDING = frozenset({"today", "lead_days"})
"""The settings on which the status of every site hangs; others are about the map, or kept selections."""


def changes_status(tables: "Tables", edit: "Edit") -> bool:
    """Return whether an edit may change the inspection status of a site.

    Parameters
    ----------
    tables
        The project before or after the edit.
    """
    if edit.tables() & (ASSESSED_BY - {"settings"}) or is_for_all(tables, edit):
        return True
    columns = edit.columns("sites")
    return columns is None or bool(ASSESSED_BY_SITE & columns)


def is_for_all(tables: "Tables", edit: "Edit") -> bool:
    """Return whether the status of every site may hang on an edit: on the kinds, or on a setting that decides it.

    Parameters
    ----------
    tables
        The project before or after the edit.
    """
    if "kinds" in edit.tables():
        return True
    if "settings" not in edit.tables():
        return False
    settings = tables.frame("settings")
    key_of = dict(zip(settings.index.tolist(), settings["key"].tolist(), strict=True))
    for change in edit.changes:
        if change.table == "settings":
            told = {side["key"] for side in (change.before, change.after) if side and "key" in side}
            if (told or {key_of.get(change.id, "today")}) & DECIDING:
                return True
    return False
