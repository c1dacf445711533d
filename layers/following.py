"""Doing to the sites on the map what edits did to those of the project, and to no others."""

from collections.abc import Collection, Generator, Sequence

import numpy as np

from geo.projection import Points
from geo.store.edits import Edit
from geo.store.rowset import RowSet
from geo.store.tables import Tables
from layers.chosen import Chosen
from layers.siterows import assessed
from layers.sites import SitesLayer

MOST_DIRTY = 300
"""Where more sites than this have changed, the whole picture is drawn anew."""


def follow(
    sites: SitesLayer, chosen: Chosen, project: Tables, edits: Sequence[Edit], tables: Collection[str]
) -> Generator[None, None, Points | None]:
    """Let the sites follow edits, yielding every few milliseconds; begun and dropped, it can be done again.

    Parameters
    ----------
    sites, chosen
        What is shown and what of it is selected.
    project
        As it is after the edits.
    edits
        In their order; all that there were since the sites were loaded or followed last.
    tables
        Which of the project's tables they touched.

    Returns
    -------
    Points or None
        Where something looks different now, in EPSG:3857 metres, shape (n, 2); None if anything may.
    """
    if sites.rows.successor is not None:
        sites.rows = sites.rows.successor
        sites.load_kinds(project.frame("kinds"))
        chosen.forget()
        return None
    changes = [change for edit in edits for change in edit.changes if change.table == "sites"]
    known = list({change.id for change in changes if change.before is not None})
    touched = list({change.id for change in changes})
    was = _places(sites, known)
    yield from sites.follow(changes)
    sites.rows.renew_names(project.frame("sites"))
    gone = [one for one, at in zip(known, sites.rows.positions(known).tolist(), strict=True) if at < 0]
    if not (isinstance(chosen.ids, RowSet) and chosen.ids.index.is_(project.frame("sites").index)):
        # A set of rows of the table as it is now has none of them, and would search for each.
        chosen.drop(gone)
    if changes:
        chosen.forget()
    if "kinds" in tables:
        sites.load_kinds(project.frame("kinds"))
    yield
    restated = sites.rows.set_statuses(assessed(project), project.frame("sites"))
    sites.forget()
    places = np.concatenate([was, _places(sites, touched), sites.xy[restated]])
    return None if "kinds" in tables or len(places) > MOST_DIRTY else places


def _places(sites: SitesLayer, ids: list[str]) -> Points:
    positions = sites.rows.positions(ids)
    return sites.xy[positions[positions >= 0]]
