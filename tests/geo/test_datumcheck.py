"""The datum of a ledger is proposed from where its points would lie, and only where that is clear."""

import numpy as np
import pytest
import shapely

from geo import datum
from geo.exchange import datumcheck
from geo.store.project import Project


def places(project: Project, count: int = 200) -> tuple[np.ndarray, list[str]]:
    """Return where some sites of a project lie, and their ids."""
    sites = project.frame("sites").iloc[:count]
    return shapely.get_coordinates(sites.geometry.to_numpy()), list(sites.index)


@pytest.mark.parametrize("name", datumcheck.CANDIDATES)
def test_streets_tell_the_datum(sample: Project, name: str) -> None:
    """Points beside streets, given in a datum, are proposed to be in that datum."""
    lonlat, _ = places(sample)
    found = datumcheck.compare(sample, datum.from_wgs84(lonlat, name), [""] * len(lonlat))
    assert datumcheck.proposed(found) == name
    assert {candidate.known for candidate in found} == {0}


@pytest.mark.parametrize("name", datumcheck.CANDIDATES)
def test_known_places_tell_the_datum(sample: Project, name: str) -> None:
    """Rows that the project has a place for decide, and the distance is told in metres."""
    lonlat, ids = places(sample, 20)
    moved = lonlat + np.array([2e-4, 0])
    found = datumcheck.compare(sample, datum.from_wgs84(moved, name), ids)
    best = next(candidate for candidate in found if candidate.datum == name)
    assert datumcheck.proposed(found) == name
    assert best.known == 20
    assert best.known_m == pytest.approx(20.4, abs=0.3)
    assert np.allclose(best.lonlat, moved, rtol=0, atol=1e-9)


def test_nothing_is_proposed_where_nothing_tells(sample: Project) -> None:
    """Points far from every street, or none at all, lead to no proposal."""
    far = np.array([[100.0, 30.0], [101.0, 31.0]])
    assert datumcheck.proposed(datumcheck.compare(sample, far, ["", ""])) == ""
    nowhere = np.full((3, 2), np.nan)
    assert datumcheck.proposed(datumcheck.compare(sample, nowhere, [""] * 3)) == ""
