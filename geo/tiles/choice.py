"""Which base map a project shows and how strongly, as its settings keep it; keys are never part of it."""

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from geo.tiles.source import Source, built_in, from_dict, to_dict, unreadable

SETTING = "basemap"
"""The key in the project's settings."""

FAINTEST = 20


@dataclass(frozen=True)
class Choice:
    """The base map of a project.

    Parameters
    ----------
    source
        None for none.
    opacity
        Per cent, from 20 to 100; what is missing is the colour of the land.
    grey
        Whether it is shown without colour, so that the sites stand out.
    """

    source: Source | None = None
    opacity: int = 100
    grey: bool = False


def read(text: str) -> Choice:
    """Return the choice that a setting holds; XunluError if it cannot be read."""
    if not text:
        return Choice()
    try:
        data = json.loads(text)
    except ValueError as error:
        raise unreadable() from error
    if not isinstance(data, dict):
        raise unreadable()
    return Choice(_source(data.get("source")), _opacity(data.get("opacity", 100)), data.get("grey") is True)


def _source(said: Any) -> Source | None:
    if said is None:
        return None
    if isinstance(said, str):
        for source in built_in():
            if source.id == said:
                return source
        raise unreadable()
    return from_dict(said)


def _opacity(said: Any) -> int:
    return min(max(said, FAINTEST), 100) if isinstance(said, int) and not isinstance(said, bool) else 100


def write(choice: Choice) -> str:
    """Return a choice as a setting; built-in sources by their name, others whole, so that others can read them too."""
    if choice == Choice():
        return ""
    source = choice.source
    said = None if source is None else source.id if source in built_in() else to_dict(source)
    return json.dumps({"source": said, "opacity": choice.opacity, "grey": choice.grey}, ensure_ascii=False)


def beside(source: Source, folder: Path) -> Source:
    """Return a source whose file, if it lies in or under the folder of the project, is named from there.

    So that the two can be carried to another computer together.
    """
    if not source.is_file:
        return source
    path = Path(source.path)
    try:
        inner = path.resolve().relative_to(folder.resolve())
    except ValueError:
        return replace(source, path=os.fspath(path.resolve() if not path.is_absolute() else path))
    return replace(source, path=inner.as_posix())
