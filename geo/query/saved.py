"""Selections kept in the project under a name: as they were, or by a condition that is asked anew each time."""

import json
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from geo.errors import XunluError
from geo.language import tr
from geo.store.edits import Edit, edit
from geo.store.project import Project
from geo.store.tables import Tables

PREFIX = "selection."
"""What the keys of these settings begin with."""


@dataclass(frozen=True)
class SavedSelection:
    """A selection under a name.

    Parameters
    ----------
    id
        Stays the same whatever it is called.
    name
        What the user calls it.
    sites
        The ids that were selected; None where there is a condition instead.
    where
        The condition, an expression as `geo.query.grammar` reads it; empty where there are ids.
    """

    id: str
    name: str
    sites: frozenset[str] | None = None
    where: str = ""

    @property
    def key(self) -> str:
        """Return the key of its setting."""
        return PREFIX + self.id

    def as_json(self) -> str:
        """Return what is written into the project."""
        kept = {"where": self.where} if self.sites is None else {"sites": sorted(self.sites)}
        return json.dumps({"name": self.name, **kept}, ensure_ascii=False)


def saved_in(tables: Tables) -> list[SavedSelection]:
    """Return the selections kept in a project, by name; what another program has spoilt is left away."""
    kept = tables.settings_under(PREFIX)
    found = [one for key, value in kept.items() for one in _read(key.removeprefix(PREFIX), value)]
    return sorted(found, key=lambda one: (one.name, one.id))


def _read(row_id: str, text: str) -> Iterator[SavedSelection]:
    try:
        kept = json.loads(text)
    except ValueError:
        return
    if not isinstance(kept, dict) or not isinstance(kept.get("name"), str):
        return
    sites, where = kept.get("sites"), kept.get("where")
    if isinstance(sites, list):
        yield SavedSelection(row_id, kept["name"], frozenset(str(site) for site in sites))
    elif isinstance(where, str):
        yield SavedSelection(row_id, kept["name"], None, where)


def keep(project: Project, name: str, sites: Collection[str] | None, where: str = "") -> Edit:
    """Return the edit that keeps a selection under a name; the one that has the name already is replaced.

    Raises
    ------
    XunluError
        If there is no name, or nothing to keep.
    """
    name = _checked(name)
    if not sites and not where.strip():
        raise XunluError(tr("There is nothing to keep under “{name}”.", name=name), tr("Select some sites first."))
    same = next((one for one in saved_in(project) if one.name == name), None)
    one = SavedSelection(
        same.id if same else str(uuid.uuid4()), name, None if where else frozenset(sites or ()), where.strip()
    )
    return _edit(project, one, tr("Keep the selection “{name}”", name=name))


def rename(project: Project, one: SavedSelection, name: str) -> Edit:
    """Return the edit that gives a kept selection another name; XunluError if there is none, or it is taken."""
    name = _checked(name)
    if any(other.name == name and other.id != one.id for other in saved_in(project)):
        raise XunluError(tr("There is a selection “{name}” already.", name=name), tr("Choose another name."))
    renamed = SavedSelection(one.id, name, one.sites, one.where)
    return _edit(project, renamed, tr("Rename the selection “{name}”", name=one.name))


def delete(project: Project, one: SavedSelection) -> Edit:
    """Return the edit that deletes a kept selection; the sites stay."""
    return edit(tr("Delete the selection “{name}”", name=one.name), [project.drop_setting_change(one.key)])


def _edit(project: Project, one: SavedSelection, title: str) -> Edit:
    return edit(title, [project.set_setting_change(one.key, one.as_json())])


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise XunluError(tr("The selection has no name."), tr("Write one."))
    return name
