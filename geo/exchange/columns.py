"""Which column of a ledger is which column of a table: guessed from titles in Chinese and English."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache

from geo import resource
from geo.errors import XunluError
from geo.exchange.ledger import Ledger, plain_title
from geo.language import Language, tr
from geo.model import TABLES, Table

PLACES = ("longitude", "latitude", "lonlat")
"""Fields that are no columns of a table but give its point."""

WKT = "wkt"
"""The field that gives a row its shape as text, as our own exports of lines and areas have it."""

ID = "id"
"""The field that names the row itself, as our own exports give it."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

IMPORTED = (
    "sites", "teams", "inspectors", "conflicts", "inspections", "findings", "subdistricts", "closures", "areas",
    "landmarks", "addresses", "railways",
)  # fmt: skip
"""The tables that rows of a ledger can go to; streets have a way of their own, for they must meet."""


def fields(table: Table) -> tuple[str, ...]:
    """Return what a column of a ledger may be for a table: its columns, then, for points, the place."""
    names = [column.name for column in table.columns if not column.kept and column.type != "json"]
    shape = PLACES if table.shape == "Point" else (WKT,) if table.shape else ()
    return (*names, *shape, ID)


def field_title(table: Table, field: str, lang: Language | None = None) -> str:
    """Return what a reader sees for a field."""
    titles = {
        "longitude": tr("Longitude", lang),
        "latitude": tr("Latitude", lang),
        "lonlat": tr("Longitude and latitude in one", lang),
        WKT: tr("Shape as text (WKT)", lang),
        ID: tr("Row id of Xunlu", lang),
    }
    return titles[field] if field in titles else table.column(field).title(lang)


def guess(ledger: Ledger, table: Table) -> dict[str, str]:
    """Return the title of a column for each field that one is found for; no title serves twice.

    A title that says exactly a known name goes first; then one that begins or ends with one.
    """
    titles = ledger.titles
    plain = {title: plain_title(title) for title in titles}
    ids = next((title for title in titles if plain[title] == ID and _are_ids(ledger.column(title))), None)
    found = {ID: ids} if ids else {}
    for close in (_is, _begins_or_ends):
        for field in fields(table):
            if field in found or (field == "lonlat" and {"longitude", "latitude"} & found.keys()):
                continue
            # Our own exports name every column themselves; what else they hold is for people to read.
            names = _own_names(table, field) if ids else _names(table, field)
            free = [title for title in titles if title not in found.values()]
            title = next((title for name in names for title in free if close(plain[title], name)), None)
            if title is not None:
                found[field] = title
    return found


def known_titles(table: Table) -> frozenset[str]:
    """Return all titles, in plain form, that `guess` knows for a table."""
    return frozenset(name for field in fields(table) for name in _names(table, field))


def check(mapping: Mapping[str, str], ledger: Ledger, table: Table) -> None:
    """Raise XunluError if a mapping names a field or a title that there is not."""
    for field, title in mapping.items():
        if field not in fields(table):
            raise XunluError(
                tr("“{table}” has no field “{field}”.", table=table.title(), field=field),
                tr("It has the fields {fields}.", fields=", ".join(fields(table))),
            )
        if title not in ledger.titles:
            raise XunluError(
                tr("{file} has no column “{title}”.", file=ledger.file.name, title=title),
                tr("It has the columns {columns}.", columns=", ".join(ledger.titles)),
            )


def _is(title: str, name: str) -> bool:
    return title == name


def _begins_or_ends(title: str, name: str) -> bool:
    return len(name) >= 2 and (title.startswith(name) or title.endswith(name))


def _are_ids(cells: Sequence[object]) -> bool:
    some = [cell for cell in cells if cell is not None][:50]
    return bool(some) and all(isinstance(cell, str) and _UUID.fullmatch(cell) for cell in some)


@cache
def _aliases() -> dict[str, dict[str, list[str]]]:
    texts: dict[str, dict[str, list[str]]] = json.loads(resource.path("import/titles.json").read_text("utf-8"))
    return texts


def _names(table: Table, field: str) -> list[str]:
    """Return what a field may be called, plain, the surest first."""
    if field == ID:
        # Other people's ID is a code; see `_are_ids`.
        return []
    aliases = [*_aliases().get(table.name, {}).get(field, []), *_aliases()["*"].get(field, [])]
    return list(dict.fromkeys([*_own_names(table, field), *map(plain_title, aliases)]))


def _own_names(table: Table, field: str) -> list[str]:
    titles = [field_title(table, field, "en"), field_title(table, field, "zh")]
    return [] if field == ID else [plain_title(name) for name in (*titles, field)]


def table_named(name: str) -> Table:
    """Return the table that rows can be imported to by its name; XunluError if there is none."""
    if name not in IMPORTED:
        raise XunluError(
            tr("Rows cannot be imported into “{name}”.", name=name),
            tr("They can into {names}.", names=", ".join(IMPORTED)),
        )
    return TABLES[name]
