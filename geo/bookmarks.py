"""Parts of the map under a name, kept in the settings that travel with a project."""

import json
import math
from dataclasses import dataclass

from geo.errors import XunluError
from geo.language import tr
from geo.store.edits import Edit, edit, new_id
from geo.store.project import Project
from geo.store.tables import Tables

PREFIX = "bookmark."
"""What the keys of their settings begin with; the rest is an id."""

MOST = 200
"""Letters of a name."""


@dataclass(frozen=True)
class Bookmark:
    """A part of the map that has a name.

    Parameters
    ----------
    key
        The key of the setting in which it is kept.
    name
        What the user calls it.
    bounds
        West, south, east and north in degrees.
    """

    key: str
    name: str
    bounds: tuple[float, float, float, float]


def listed(project: Tables) -> list[Bookmark]:
    """Return the bookmarks of a project by name; what cannot be read as one is left out."""
    found = [_read(key, value) for key, value in project.settings_under(PREFIX).items()]
    return sorted((each for each in found if each is not None), key=lambda each: (each.name, each.key))


def keep(project: Project, name: str, bounds: tuple[float, float, float, float]) -> Edit:
    """Return the edit that keeps a part of the map under a name, in place of one of the same name.

    Raises
    ------
    XunluError
        If there is no name, or no part.
    """
    said = _checked(name)
    if not all(map(math.isfinite, bounds)) or bounds[0] >= bounds[2] or bounds[1] >= bounds[3]:
        raise XunluError(tr("The map shows nothing that could be kept."), tr("Zoom in or out, then keep it."))
    key = next((each.key for each in listed(project) if each.name == said), PREFIX + new_id())
    title = tr("Bookmark “{name}”", name=said)
    return edit(title, [project.set_setting_change(key, _written(said, bounds))])


def rename(project: Project, bookmark: Bookmark, name: str) -> Edit:
    """Return the edit that gives a bookmark another name; XunluError if that is empty or another one's."""
    said = _checked(name)
    if any(each.name == said and each.key != bookmark.key for each in listed(project)):
        raise XunluError(tr("There is a bookmark “{name}” already.", name=said), tr("Choose another name."))
    title = tr("Rename bookmark “{name}” to “{new}”", name=bookmark.name, new=said)
    return edit(title, [project.set_setting_change(bookmark.key, _written(said, bookmark.bounds))])


def drop(project: Project, bookmark: Bookmark) -> Edit:
    """Return the edit that removes a bookmark."""
    return edit(tr("Remove bookmark “{name}”", name=bookmark.name), [project.drop_setting_change(bookmark.key)])


def _checked(name: str) -> str:
    said = " ".join(name.split())[:MOST]
    if not said:
        raise XunluError(tr("A bookmark needs a name."), tr("Type one."))
    return said


def _written(name: str, bounds: tuple[float, float, float, float]) -> str:
    return json.dumps({"name": name, "bounds": [round(side, 7) for side in bounds]}, ensure_ascii=False)


def _read(key: str, text: str) -> Bookmark | None:
    try:
        data = json.loads(text)
        west, south, east, north = map(float, data["bounds"])
        return Bookmark(key, str(data["name"]), (west, south, east, north))
    except (ValueError, TypeError, KeyError):
        return None
