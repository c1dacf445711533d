"""A sample in which some sites have lost their place and some rows are wrong, as a ledger brings them."""

from dataclasses import dataclass
from pathlib import Path

import shapely

from geo.store.edits import RowChange, edit, insert, update
from geo.store.project import Project


@dataclass(frozen=True)
class Spoilt:
    """The file, and which of its sites are wrong in what way; of twins the first is the one that was there."""

    path: Path
    lost: tuple[str, ...]
    swapped: tuple[str, ...]
    zero: str
    outside: str
    strayed: tuple[str, ...]
    twins: tuple[tuple[str, str], ...]


def spoil(path: Path) -> Spoilt:
    """Spoil some sites of a project and return which."""
    with Project.open(path) as project:
        sites = [str(site) for site in project.frame("sites").index]
        areas = [str(area) for area in project.frame("subdistricts").index]
        lost, swapped, strayed = tuple(sites[10:80:10]), tuple(sites[1:4]), tuple(sites[200:205])
        changes: list[RowChange | None] = []

        def change(site: str, **after: object) -> None:
            changes.append(update("sites", site, project.row("sites", site), after))

        for site in lost:
            change(site, geometry=None)
        for site in swapped:
            place = project.row("sites", site)["geometry"]
            change(site, geometry=shapely.Point(place.y, place.x))
        change(sites[4], geometry=shapely.Point(0, 0))
        place = project.row("sites", sites[5])["geometry"]
        change(sites[5], geometry=shapely.Point(place.x + 0.2, place.y))
        for site in strayed:
            change(site, subdistrict=areas[0] if project.row("sites", site)["subdistrict"] != areas[0] else areas[1])
        twins = []
        for site in sites[300:302]:
            row = project.row("sites", site)
            twin = insert("sites", **{**row, "code": f"{row['code']}-2", "phone": "020-5555"})
            changes.append(twin)
            twins.append((site, twin.id))
        project.apply(edit("spoil", changes))
    return Spoilt(path, lost, swapped, sites[4], sites[5], strayed, tuple(twins))
