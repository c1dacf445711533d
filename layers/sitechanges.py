"""What edits of the table of sites come to on the map: who is gone, new, moved, renamed, or of another kind or risk."""

from collections.abc import Iterator, Mapping
from typing import Any

from geo.store.edits import RowChange
from layers.siterows import SiteRows


class SiteChanges:
    """The sum of changes, noted one by one in their order."""

    def __init__(self) -> None:
        self._added: dict[str, Mapping[str, Any]] = {}
        self._changed: dict[str, dict[str, Any]] = {}
        self._gone: set[str] = set()

    def note(self, change: RowChange) -> None:
        """Take a change into the sum."""
        if change.after is None:
            self._added.pop(change.id, None)
            self._changed.pop(change.id, None)
            self._gone.add(change.id)
        elif change.before is None:
            self._added[change.id] = change.after
        elif change.id in self._added:
            self._added[change.id] = {**self._added[change.id], **change.after}
        else:
            self._changed.setdefault(change.id, {}).update(change.after)

    def apply(self, rows: SiteRows) -> Iterator[None]:
        """Make the changes, yielding every few milliseconds."""
        known = self._known(rows)
        for column, give in (("kind", rows.set_kinds), ("risk", rows.set_risks)):
            if changed := {one: str(values[column]) for one, values in known.items() if column in values}:
                give(changed)
        yield
        names = {one: values for one, values in known.items() if {"name", "name_en"} & set(values)}
        for one, values in names.items():
            rows.set_name(one, values.get("name"), values.get("name_en"))
        yield
        moved = {one: values["geometry"] for one, values in known.items() if "geometry" in values}
        gone = self._there(rows, list(self._gone))
        if gone or moved or self._added:
            yield from rows.replace(gone, moved, self._added)

    def _known(self, rows: SiteRows) -> Mapping[str, dict[str, Any]]:
        there = set(self._there(rows, list(self._changed)))
        return {one: values for one, values in self._changed.items() if one in there}

    def _there(self, rows: SiteRows, ids: list[str]) -> list[str]:
        return [one for one, position in zip(ids, rows.positions(ids).tolist(), strict=True) if position >= 0]
