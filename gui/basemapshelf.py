"""The base maps that a user can choose from, with the keys for them, and where the user has let them be fetched."""

import json
from pathlib import Path

from geo.errors import XunluError
from geo.tiles.source import Source, built_in, from_dict, to_dict
from gui.settings import Settings

LET_FETCH = 200
"""So many choices of base maps from the web are remembered."""


class Shelf:
    """The built-in base maps and the user's own, in the user's settings.

    Parameters
    ----------
    settings
        Read and written; keys stand only here, never in a project.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def own(self) -> tuple[Source, ...]:
        """Return the user's own base maps; what is spoilt in the settings is left out."""
        try:
            listed = json.loads(self._settings.basemaps or "[]")
        except ValueError:
            return ()
        found = []
        for entry in listed if isinstance(listed, list) else []:
            try:
                found.append(from_dict(entry))
            except XunluError:
                continue
        return tuple(found)

    def all(self) -> tuple[Source, ...]:
        """Return what can be chosen: the built-in ones, then the user's own."""
        return *built_in(), *self.own()

    def put(self, source: Source) -> None:
        """Keep a base map, in place of the one with its id."""
        kept = {each.id: each for each in self.own()} | {source.id: source}
        self._settings.basemaps = json.dumps([to_dict(each) for each in kept.values()], ensure_ascii=False)

    def remove(self, source_id: str) -> None:
        """Forget one of the user's own base maps."""
        kept = [to_dict(each) for each in self.own() if each.id != source_id]
        self._settings.basemaps = json.dumps(kept, ensure_ascii=False)

    def key(self, source: Source) -> str:
        """Return the user's key for a source; empty if there is none."""
        return self._keys().get(source.key_name, "")

    def set_key(self, source: Source, key: str) -> None:
        """Keep the user's key for a source and all that share it."""
        keys = {**self._keys(), source.key_name: key.strip()}
        self._settings.basemap_keys = json.dumps({name: each for name, each in keys.items() if each})

    def _keys(self) -> dict[str, str]:
        try:
            kept = json.loads(self._settings.basemap_keys or "{}")
        except ValueError:
            return {}
        items = kept.items() if isinstance(kept, dict) else ()
        return {name: key for name, key in items if isinstance(key, str)}

    def may_fetch(self, project: Path, source: Source) -> bool:
        """Return whether the user has chosen this base map in this project, so that its server may be asked."""
        return source.is_file or _mark(project, source) in self._settings.basemaps_fetched

    def let_fetch(self, project: Path, source: Source) -> None:
        """Remember that the user has chosen a base map in a project."""
        mark = _mark(project, source)
        others = [each for each in self._settings.basemaps_fetched if each != mark]
        self._settings.basemaps_fetched = [mark, *others][:LET_FETCH]


def _mark(project: Path, source: Source) -> str:
    # By its servers, not by its id alone: a project may say anything under a known id.
    hosts = sorted({source.host(part) for part in range(len(source.addresses))})
    return "|".join([*hosts, str(project.resolve())])
