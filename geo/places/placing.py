"""Sites without a place: the queue of them, and the edits that put them on the map."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.errors import XunluError
from geo.language import tr
from geo.places.plane import geometries
from geo.store import points
from geo.store.edits import Edit, RowChange, edit, update
from geo.store.tables import Tables, name_of

if TYPE_CHECKING:
    # The finder is for who searches; everybody asks what has no place.
    from geo.places.finder import Found


AT_ONCE = 20_000
"""Sites looked at in one go."""


def unplaced(tables: Tables) -> list[str]:
    """Return the ids of the sites without a place, in the order of the table: the queue "to be placed"."""
    return [site for some in unplaced_in_pieces(tables) for site in some]


def unplaced_in_pieces(tables: Tables) -> Iterator[list[str]]:
    """Give what `unplaced` returns in pieces, each in a few milliseconds."""
    sites = tables.frame("sites")
    shapes = sites["geometry"].array
    for start in range(0, len(shapes), AT_ONCE):
        waits = np.flatnonzero(points.missing(shapes, slice(start, start + AT_ONCE)))
        yield [str(one) for one in sites.index.array[start + waits]]


def placing_edit(tables: Tables, found: "Mapping[str, Found | None]", minimum: float) -> Edit:
    """Return the edit that puts found sites on the map.

    Parameters
    ----------
    tables
        The project as it stands.
    found
        What was found, by id of the site; sites that have a place already, or are gone, are left as they are.
    minimum
        The least confidence that counts, from 0 to 1.
    """
    waiting = set(unplaced(tables))
    changes = [
        _placed(tables, site_id, one.lonlat, one.how, one.confidence)
        for site_id, one in found.items()
        if one is not None and one.confidence >= minimum and site_id in waiting
    ]
    return edit(tr("Place {count} sites found by address or name", count=len(changes)), changes)


def place_by_hand(tables: Tables, site_id: str, lon: float, lat: float) -> Edit:
    """Return the edit that puts a site where somebody has clicked, in degrees; it may have a place already.

    Raises
    ------
    XunluError
        If the site is gone, or there is no such place on Earth.
    """
    if site_id not in tables.frame("sites").index:
        raise XunluError(tr("The site is no longer in the project."), tr("Go on to the next one."))
    if not (np.isfinite([lon, lat]).all() and abs(lon) <= 180 and abs(lat) <= 90):
        raise XunluError(
            tr("{lon}, {lat} is no place on Earth.", lon=lon, lat=lat),
            tr("Longitude goes from -180 to 180, latitude from -90 to 90."),
        )
    title = tr("Place “{site}” by hand", site=name_of(tables.row("sites", site_id)))
    return edit(title, [_placed(tables, site_id, (lon, lat), "hand", 1.0)])


def _placed(tables: Tables, site_id: str, lonlat: tuple[float, float], how: str, confidence: float) -> RowChange | None:
    row = tables.row("sites", site_id)
    after: dict[str, Any] = {"geometry": shapely.Point(lonlat), "placed_by": how, "confidence": float(confidence)}
    if not row["subdistrict"] and (home := subdistrict_at(tables, lonlat)):
        after["subdistrict"] = home
    return update("sites", site_id, row, after)


def subdistrict_at(tables: Tables, lonlat: tuple[float, float]) -> str:
    """Return the id of the subdistrict that a place in degrees lies in; empty if in none."""
    inside = np.flatnonzero(shapely.intersects(geometries(tables, "subdistricts"), shapely.Point(lonlat)))
    return str(tables.frame("subdistricts").index[int(inside[0])]) if len(inside) else ""
