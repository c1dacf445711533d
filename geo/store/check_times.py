"""Whether dates and times of a project agree with one another: nothing ends before it begins."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from geo.errors import XunluError
from geo.hours import DAY, parse_clock
from geo.language import tr
from geo.store.check_values import Raw
from geo.store.trouble import Trouble

LONGEST_H = 16
"""Hours after which an inspection, which may cross midnight, is taken to end before it begins."""

_SPANS = (
    ("closures", "from_date", "to_date"),
    ("inspectors", "away_from", "away_to"),
    ("findings", "rectified_on", "verified_on"),
)


def check_times(tables: Mapping[str, Raw], today: date) -> Iterator[Trouble]:
    """Give all dates and times that contradict others."""
    for table, start, end in _SPANS:
        for row_id, row in _rows(tables[table]):
            if _before(row[end], row[start]):
                yield _early(table, row_id, end, row[end], row[start])
    yield from _inspections(tables["inspections"], today)
    yield from _findings(tables)


def _rows(raw: Raw) -> Iterator[tuple[str, dict[str, Any]]]:
    names = [column.name for column in raw.table.columns]
    for row_id, *values in zip(raw.ids, *(raw.cells[name] for name in names), strict=True):
        yield row_id, dict(zip(names, values, strict=True))


def _before(one: Any, other: Any) -> bool:
    """Return whether a date comes before another, where both are dates."""
    try:
        return date.fromisoformat(one) < date.fromisoformat(other)
    except (TypeError, ValueError):
        return False


def _early(table: str, row_id: str, column: str, one: str, other: str) -> Trouble:
    return Trouble(
        table, row_id, column,
        tr("{one} is before {other}, when it began.", one=one, other=other), tr("Correct one of the two."),
    )  # fmt: skip


def _inspections(raw: Raw, today: date) -> Iterator[Trouble]:
    tomorrow = (today + timedelta(days=1)).isoformat()
    for row_id, row in _rows(raw):
        if row["state"] in ("done", "no_access") and row["date"] and not _before(row["date"], tomorrow):
            yield Trouble(
                "inspections", row_id, "date",
                tr("It was done on {day}, which is yet to come.", day=row["date"]),
                tr("Correct the date, or the state."),
            )  # fmt: skip
        hours = _hours(row["started"], row["ended"])
        if hours is not None and hours > LONGEST_H:
            yield Trouble(
                "inspections", row_id, "ended",
                tr("It ended at {end} before it began at {start}.", start=row["started"], end=row["ended"]),
                tr("Correct one of the two."),
            )  # fmt: skip


def _hours(start: Any, end: Any) -> float | None:
    try:
        return (parse_clock(end) - parse_clock(start)) % DAY / 3600 if start and end else None
    except (XunluError, AttributeError):
        return None


def _findings(tables: Mapping[str, Raw]) -> Iterator[Trouble]:
    visits = dict(_rows(tables["inspections"]))
    for row_id, row in _rows(tables["findings"]):
        visit = visits.get(row["inspection"])
        if visit is None:
            continue
        if row["site"] and row["site"] != visit["site"]:
            yield Trouble(
                "findings", row_id, "site", tr("Its site is not the one that was inspected."),
                tr("Choose the site of the inspection, or another inspection."),
            )  # fmt: skip
        for column in ("due", "rectified_on", "verified_on"):
            if _before(row[column], visit["date"]):
                yield _early("findings", row_id, column, row[column], visit["date"])
        if row["state"] in ("verified", "closed") and not row["verified_on"] and not row["rectified_on"]:
            yield Trouble(
                "findings", row_id, "state", tr("It counts as verified, but was never rectified."),
                tr("Fill in the date of rectification, or open it again."),
            )  # fmt: skip
