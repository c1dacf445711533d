"""Whether many sites lie off in one way, as coordinates of another datum do that were taken for WGS-84."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import datum
from geo.language import tr
from geo.places import address
from geo.places.streets import Streets
from geo.quality.doubts import Doubt, DoubtKind
from geo.quality.ground import Ground
from geo.quality.rows import Numbers, Rows
from geo.store.tables import Tables

CANDIDATES = ("gcj02", "bd09")

_LOOKED_AT = 400
_ENOUGH_ADDRESSES = 15
_ENOUGH_SITES = 40
_OFF_M = 100.0
_BETTER = 0.5
_CLEARLY_BETTER = 0.6
_MORE_AT_HOME = 0.15

Distances = NDArray[np.float64]


def look_at_datums(tables: Tables, rows: Rows, ground: Ground) -> Iterator[Doubt]:
    """Give one doubt for each batch of sites, imported together, that would lie much better in another datum.

    What is compared, the first that enough sites tell: how far they are from the street of their own address, how
    many lie in the subdistrict they say, how far they are from the nearest street.
    """
    frame = tables.frame("sites")
    streets: Streets | None = None
    for _, batch in pd.Series(np.arange(len(rows))).groupby(frame["source"].to_numpy(), sort=False):
        members = batch.to_numpy()
        at = members[np.isfinite(ground.xy(rows.lonlat[members])).all(axis=1)]
        if len(at) < _ENOUGH_ADDRESSES or not datum.in_china(rows.lonlat[at]).any():
            continue
        sample = at[:: max(1, len(at) // _LOOKED_AT)]
        streets = streets or Streets(tables, ground.plane, numbers=False)
        found = _better_datum(tables, rows, ground, sample, streets)
        if found:
            name, metres = found
            text = tr(
                "{count} sites lie about {metres} m off, as {datum} does when it is taken for WGS-84.",
                count=len(at), metres=int(round(metres, -1)), datum=datum.title(name),
            )  # fmt: skip
            yield Doubt(DoubtKind.DATUM, tuple(str(frame.index[row]) for row in at.tolist()), text)


def _better_datum(
    tables: Tables, rows: Rows, ground: Ground, sample: Numbers, streets: Streets
) -> tuple[str, float] | None:
    """Return the datum in which sites lie much better than in WGS-84 and the metres it moves them; None if none."""
    given = rows.lonlat[sample]
    places = {"wgs84": ground.xy(given)} | {name: ground.xy(datum.to_wgs84(given, name)) for name in CANDIDATES}
    shapes = _own_streets(tables, sample, streets)
    known = np.flatnonzero(~shapely.is_missing(shapes))
    if len(known) >= _ENOUGH_ADDRESSES:
        off = {name: shapely.distance(shapely.points(xy[known]), shapes[known]) for name, xy in places.items()}
        best = _nearest(off, _BETTER, _OFF_M)
    else:
        best = _more_at_home(tables, ground, sample, places)
        if best is None and len(sample) >= _ENOUGH_SITES and len(ground.streets):
            best = _nearest({name: ground.metres_to_street(xy) for name, xy in places.items()}, _CLEARLY_BETTER, 25.0)
    if best is None:
        return None
    return best, float(np.median(np.hypot(*(places[best] - places["wgs84"]).T)))


def _own_streets(tables: Tables, sample: Numbers, streets: Streets) -> NDArray[np.object_]:
    """Return the streets that the addresses of sites name, None where that is no one street."""
    texts = tables.frame("sites")["address"].iloc[sample].tolist()
    found = np.full(len(texts), None, dtype=object)
    for at, text in enumerate(texts):
        same = streets.of(streets.key_of(address.parse(text).street)) if text else ()
        if len(same) == 1 and len(same[0].houses.lines):
            found[at] = same[0].shape
    return found


def _nearest(metres: dict[str, Distances], share: float, least_m: float) -> str | None:
    """Return the candidate whose median is below a share of the given one's, if that one is off at all."""
    medians = {name: float(np.median(values)) for name, values in metres.items()}
    best = min(CANDIDATES, key=lambda name: medians[name])
    nearer = float((metres[best] < metres["wgs84"]).mean())
    return best if medians["wgs84"] > least_m and medians[best] < share * medians["wgs84"] and nearer > 0.7 else None


def _more_at_home(tables: Tables, ground: Ground, sample: Numbers, places: dict[str, Distances]) -> str | None:
    """Return the candidate in which clearly more sites lie in the subdistrict that they say."""
    areas = tables.frame("subdistricts")
    stated = pd.Index(areas.index).get_indexer(tables.frame("sites")["subdistrict"].iloc[sample])
    said = stated >= 0
    if said.sum() < _ENOUGH_SITES or len(areas) < 3:
        return None
    share = {
        name: float((ground.subdistrict_of(xy[said], stated[said]) == stated[said]).mean())
        for name, xy in places.items()
    }
    best = max(CANDIDATES, key=lambda name: share[name])
    return best if share[best] > share["wgs84"] + _MORE_AT_HOME and share[best] > 0.8 else None
