"""Which sites are at one address: the same house by its address as written, or the same point."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.places import address
from geo.places.names import digits, key

NEAR_DEG = 0.003
"""The same address farther away than this, some 300 m, is another house: many a ledger names only the estate."""


def keys(texts: Sequence[str], points: NDArray[np.object_]) -> list[str]:
    """Return for each site the key of the address that it shares with others, empty if it shares none.

    Parameters
    ----------
    texts
        The addresses as written; one without a number names a street or an estate, and is no address here.
    points
        Where the sites are, shape (n,), None for one without a place.
    """
    lonlat = np.stack([shapely.get_x(points), shapely.get_y(points)], axis=1)
    leader = list(range(len(texts)))
    first_with: dict[str, list[int]] = {}
    first_at: dict[tuple[float, float], int] = {}
    for site, text in enumerate(texts):
        written = _key(text)
        near = next((one for one in first_with.get(written, ()) if _is_near(lonlat, one, site)), None)
        if near is not None:
            _join(leader, near, site)
        elif written:
            first_with.setdefault(written, []).append(site)
        if not np.isnan(lonlat[site, 0]):
            _join(leader, first_at.setdefault(tuple(lonlat[site]), site), site)
    groups = [_find(leader, site) for site in range(len(texts))]
    shared = np.bincount(groups, minlength=len(texts)) > 1 if groups else np.zeros(0, dtype=bool)
    return [f"{group}" if shared[group] else "" for group in groups]


def _key(text: str) -> str:
    usual = digits(key(text))
    return address.street_key(usual) if any(letter.isdigit() for letter in usual) else ""


def _is_near(lonlat: NDArray[np.float64], one: int, other: int) -> bool:
    """Return whether two sites may be at one house; a site without a place may be at any."""
    away = np.abs(lonlat[one] - lonlat[other])
    return bool(np.isnan(away[0]) or away.max() <= NEAR_DEG)


def _find(leader: list[int], site: int) -> int:
    while leader[site] != site:
        leader[site] = leader[leader[site]]
        site = leader[site]
    return site


def _join(leader: list[int], one: int, other: int) -> None:
    first, second = sorted((_find(leader, one), _find(leader, other)))
    leader[second] = first
