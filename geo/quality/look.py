"""Looking through sites, or rows that are to be imported, for whatever is likely wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike

from geo.language import tr
from geo.progress import Report, part, silent
from geo.quality import duplicates
from geo.quality.columns import look_at_columns, look_at_subdistricts
from geo.quality.datums import look_at_datums
from geo.quality.doubts import Doubt, DoubtKind
from geo.quality.ground import Ground
from geo.quality.positions import PositionDoubt, look_at_positions, look_at_streets
from geo.quality.rows import Rows, of_sites
from geo.store.edits import update
from geo.store.tables import Tables

_MOST_NAMES = 5


@dataclass(frozen=True)
class RowDoubt:
    """One thing that is likely wrong with a row that is not in the project yet."""

    row: int
    kind: DoubtKind
    text: str


def look(tables: Tables, report: Report = silent) -> list[Doubt]:
    """Return what is likely wrong with the sites of a project, the gravest first.

    Of the doubts about where a site lies there is at most one per site, the one that explains most; a site is in at
    most one group of one name, and of one code.
    """
    report(0.0, tr("Looking for doubtful sites"))
    rows, ground = of_sites(tables), Ground.of(tables)
    found = [_doubt(tables, one) for one in look_at_positions(rows, ground)]
    report(0.2, tr("Looking for doubtful sites"))
    found += look_at_columns(tables, rows)
    report(0.3, tr("Looking for doubtful sites"))
    found += look_at_subdistricts(tables, rows, ground)
    report(0.45, tr("Looking for doubtful sites"))
    found += (_doubt(tables, one) for one in look_at_streets(rows, ground))
    report(0.6, tr("Looking for doubtful sites"))
    found += look_at_datums(tables, rows, ground)
    report(0.7, tr("Looking for doubtful sites"))
    found += _twice(tables, rows, ground, part(report, 0.7, 1.0))
    report(1.0, tr("Looking for doubtful sites"))
    rank = {kind: place for place, kind in enumerate(DoubtKind)}
    return sorted(found, key=lambda doubt: rank[doubt.kind])


def _doubt(tables: Tables, one: PositionDoubt) -> Doubt:
    site = str(tables.frame("sites").index[one.row])
    if one.better is None and not one.remove:
        return Doubt(one.kind, (site,), one.text)
    after: dict[str, Any] = {"geometry": None if one.better is None else shapely.Point(one.better)}
    if one.remove:
        after |= {"placed_by": "", "confidence": None}
    change = update("sites", site, tables.row("sites", site), after)
    return Doubt(one.kind, (site,), one.text, (change,) if change else ())


# -- what is there twice -----------------------------------------------------------------------------------------------


def _twice(tables: Tables, rows: Rows, ground: Ground, report: Report) -> Iterator[Doubt]:
    same = list(duplicates.same_names(rows, ground))
    report(0.3, tr("Looking for doubtful sites"))
    codes = [group for group in duplicates.same_codes(rows) if group not in same]
    kinds = tables.frame("sites")["kind"].tolist()
    order = _Keeping(tables)
    for group in same:
        text = tr("“{site}” is there {count} times in one place.", site=rows.titles[group[0]], count=len(group))
        one_kind = len({kinds[row] for row in group}) == 1
        yield Doubt(DoubtKind.SAME_NAME, order.best_first(group), text, mergeable=one_kind)
    for group in codes:
        text = tr("{names} have one code, {code}.", names=_listed(rows, group), code=rows.codes[group[0]])
        yield Doubt(DoubtKind.SAME_CODE, order.best_first(group), text)
    report(0.4, tr("Looking for doubtful sites"))
    taken = {frozenset(group) for group in codes}
    for group in duplicates.near_names(rows, ground):
        if frozenset(group) not in taken:
            one, other = (rows.titles[row] for row in group)
            metres = round(float(np.hypot(*np.diff(ground.xy(rows.lonlat[group]), axis=0)[0])))
            text = tr("“{one}” and “{other}” are {metres} m apart.", one=one, other=other, metres=metres)
            yield Doubt(DoubtKind.NEAR_NAME, order.best_first(group), text)


def _listed(rows: Rows, group: Sequence[int]) -> str:
    names = [tr("“{name}”", name=rows.titles[row]) for row in group[:_MOST_NAMES]]
    return ", ".join(names) + (" …" if len(group) > _MOST_NAMES else "")


class _Keeping:
    """Tell which of several sites is best kept: the one most rows refer to, then the one that says most."""

    def __init__(self, tables: Tables) -> None:
        self._sites = tables.frame("sites")
        refers = pd.concat([tables.frame(name)["site"] for name in ("inspections", "findings", "stops")])
        self._referred = refers.value_counts().to_dict()
        self._texts = [column for column in self._sites.columns if column != "geometry"]

    def best_first(self, group: Sequence[int]) -> tuple[str, ...]:
        """Return the ids of rows, the best to keep first, else in the order of the table."""
        return tuple(sorted((str(self._sites.index[row]) for row in group), key=self._rank))

    def _rank(self, site: str) -> tuple[int, int]:
        row = self._sites.loc[site]
        said = sum(1 for name in self._texts if row[name] is not pd.NA and row[name] == row[name] and row[name] != "")
        return -int(self._referred.get(site, 0)), -said


# -- rows that are not in the project yet ------------------------------------------------------------------------------


def row_doubts(
    names: Sequence[str],
    codes: Sequence[str],
    lonlat: ArrayLike,
    tables: Tables,
    *,
    against_project: bool = True,
    report: Report = silent,
) -> list[RowDoubt]:
    """Return what is likely wrong with rows before they are imported, row by row.

    Parameters
    ----------
    names, codes
        One text per row, empty where there is none, shape (n,).
    lonlat
        Degrees in WGS-84, shape (n, 2); NaN where a row has no coordinates.
    tables
        The project they are to go into.
    against_project
        Whether sites of the project with the same code or name count; where rows update sites they do not.
    report
        Called between the checks.
    """
    given = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    titles = [name or code or "–" for name, code in zip(names, codes, strict=True)]
    rows, ground = Rows(list(names), list(codes), given, titles), Ground.of(tables)
    report(0.1, tr("Looking for doubtful rows"))
    found = [RowDoubt(one.row, one.kind, one.text) for one in look_at_positions(rows, ground)]
    found += (
        RowDoubt(row, DoubtKind.NO_NAME, tr("The row has no name."))
        for row, name in enumerate(names)
        if not name.strip()
    )
    report(0.4, tr("Looking for doubtful rows"))
    found += (RowDoubt(one.row, one.kind, one.text) for one in look_at_streets(rows, ground))
    report(0.6, tr("Looking for doubtful rows"))
    found += _rows_twice(rows, of_sites(tables) if against_project else None, ground)
    report(1.0, tr("Looking for doubtful rows"))
    rank = {kind: place for place, kind in enumerate(DoubtKind)}
    return sorted(found, key=lambda doubt: (doubt.row, rank[doubt.kind]))


def _rows_twice(rows: Rows, sites: Rows | None, ground: Ground) -> Iterator[RowDoubt]:
    """Give each row that has another one, or a site, of its code or name: once per kind of doubt."""
    every = rows if sites is None else _together(rows, sites)
    seen: set[tuple[int, DoubtKind]] = set()
    same = list(duplicates.same_names(every, ground))
    for kind, groups in (
        (DoubtKind.SAME_NAME, same),
        (DoubtKind.SAME_CODE, [group for group in duplicates.same_codes(every) if group not in same]),
        (DoubtKind.NEAR_NAME, duplicates.near_names(every, ground)),
    ):
        for group in groups:
            for row in group:
                if row < len(rows) and (row, kind) not in seen:
                    seen.add((row, kind))
                    # A site that is there already says more than another row of the file.
                    other = max(one for one in (group[0], group[-1]) if one != row)
                    yield RowDoubt(row, kind, _twin(kind, every, row, other, in_project=other >= len(rows)))


def _together(rows: Rows, sites: Rows) -> Rows:
    return Rows(
        [*rows.names, *sites.names],
        [*rows.codes, *sites.codes],
        np.vstack([rows.lonlat, sites.lonlat]),
        [*rows.titles, *sites.titles],
    )


def _twin(kind: DoubtKind, rows: Rows, row: int, other: int, *, in_project: bool) -> str:
    name, code = rows.titles[other], rows.codes[row]
    if kind is DoubtKind.SAME_CODE:
        return (
            tr("Code {code} is that of “{site}” in the project.", code=code, site=name)
            if in_project
            else tr("Code {code} is that of “{site}” in another row.", code=code, site=name)
        )
    if kind is DoubtKind.NEAR_NAME:
        return (
            tr("“{site}”, nearly the same name, is in the project nearby.", site=name)
            if in_project
            else tr("“{site}”, nearly the same name, is in another row nearby.", site=name)
        )
    return (
        tr("“{site}” is in the project, at the same place.", site=name)
        if in_project
        else tr("“{site}” is in another row, at the same place.", site=name)
    )
