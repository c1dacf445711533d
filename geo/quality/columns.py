"""Doubts about what stands in the columns of sites: name, kind, opening times, subdistrict."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from geo.hours import read_windows
from geo.language import tr
from geo.quality.doubts import Doubt, DoubtKind
from geo.quality.ground import Ground
from geo.quality.positions import in_district
from geo.quality.rows import Rows
from geo.store.edits import update
from geo.store.tables import Tables, name_of


def look_at_columns(tables: Tables, rows: Rows) -> Iterator[Doubt]:
    """Give the sites without a name or kind, of a kind that the project has not, with times nobody can read."""
    frame = tables.frame("sites")
    known = set(tables.frame("kinds")["code"])
    unreadable = {text for text in frame["windows"].unique().tolist() if read_windows(text) is None}
    nameless = np.array([not name.strip() for name in rows.names], dtype=bool)
    kinds = frame["kind"].tolist()
    empty = np.array([not kind.strip() for kind in kinds], dtype=bool)
    unknown = ~frame["kind"].isin(known).to_numpy() & ~empty
    spoilt = frame["windows"].isin(unreadable).to_numpy()
    windows = frame["windows"].tolist()
    for row in np.flatnonzero(nameless | empty | unknown | spoilt).tolist():
        site, title = str(frame.index[row]), rows.titles[row]
        if nameless[row]:
            yield Doubt(DoubtKind.NO_NAME, (site,), tr("Site {code} has no name.", code=rows.codes[row] or "–"))
        if empty[row]:
            yield Doubt(DoubtKind.NO_KIND, (site,), tr("“{site}” has no kind.", site=title))
        if unknown[row]:
            text = tr("“{site}” is of the kind “{kind}”, which the project has not.", site=title, kind=kinds[row])
            yield Doubt(DoubtKind.UNKNOWN_KIND, (site,), text)
        if spoilt[row]:
            text = tr("“{site}”: the opening times “{text}” cannot be read.", site=title, text=windows[row])
            yield Doubt(DoubtKind.BAD_WINDOWS, (site,), text)


def look_at_subdistricts(tables: Tables, rows: Rows, ground: Ground) -> Iterator[Doubt]:
    """Give the sites that lie in another subdistrict than they say, or say none, with the right one as the fix."""
    areas, frame = tables.frame("subdistricts"), tables.frame("sites")
    if not len(areas):
        return
    at, xy = in_district(rows, ground)
    stated = pd.Index(areas.index).get_indexer(frame["subdistrict"])
    lies = ground.subdistrict_of(xy, stated[at])
    titles = [name_of(row) for _, row in areas.iterrows()]
    said = frame["subdistrict"].tolist()
    wrong = (lies >= 0) & (lies != stated[at])
    for row, area in zip(at[wrong].tolist(), lies[wrong].tolist(), strict=True):
        site, title = str(frame.index[row]), rows.titles[row]
        fix = update("sites", site, {"subdistrict": said[row]}, {"subdistrict": str(areas.index[area])})
        if not said[row]:
            kind = DoubtKind.NO_SUBDISTRICT
            text = tr("“{site}” has no subdistrict; it lies in {area}.", site=title, area=titles[area])
        else:
            kind = DoubtKind.WRONG_SUBDISTRICT
            other = titles[stated[row]] if stated[row] >= 0 else "?"
            text = tr(
                "“{site}” is in {other} by its row, but lies in {area}.", site=title, other=other, area=titles[area]
            )
        yield Doubt(kind, (site,), text, (fix,) if fix else ())
