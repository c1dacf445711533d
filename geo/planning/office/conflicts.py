"""Which inspectors may not inspect which sites (回避), and how that is changed."""

from collections.abc import Mapping, Sequence

from geo.language import tr
from geo.store.edits import Edit, delete, edit, insert
from geo.store.tables import Tables, name_of


def counts(tables: Tables, sites: Sequence[str]) -> dict[str, int]:
    """Return for each inspector who may not come to some of the sites to how many of them; the others are not there."""
    frame = tables.frame("conflicts")
    mine = frame[frame["site"].isin(list(sites))].drop_duplicates(["inspector", "site"])
    return {str(person): int(count) for person, count in mine["inspector"].value_counts().items()}


def change(tables: Tables, sites: Sequence[str], wanted: Mapping[str, bool]) -> Edit:
    """Return the edit that bars inspectors from sites or lets them come.

    Parameters
    ----------
    tables, sites
        The project and the ids of the sites.
    wanted
        By id of the inspector whether he may not come to any of the sites (True) or may to all (False); who is not
        named stays as he is.
    """
    frame = tables.frame("conflicts")
    mine = frame[frame["site"].isin(list(sites)) & frame["inspector"].isin(list(wanted))]
    there = set(zip(mine["inspector"].tolist(), mine["site"].tolist(), strict=True))
    gone = [str(row) for row, person in zip(mine.index, mine["inspector"], strict=True) if not wanted[person]]
    changes = [delete("conflicts", row, tables.row("conflicts", row)) for row in gone]
    for person, barred in wanted.items():
        new = [site for site in sites if barred and (person, site) not in there]
        changes += [insert("conflicts", inspector=person, site=site) for site in new]
    return edit(_title(tables, sites), changes)


def named(tables: Tables, site: str) -> list[str]:
    """Return the names of the inspectors who may not inspect a site, in order."""
    there = tables.frame("inspectors").index
    return sorted(name_of(tables.row("inspectors", person)) for person in counts(tables, [site]) if person in there)


def _title(tables: Tables, sites: Sequence[str]) -> str:
    if len(sites) == 1:
        return tr("Conflicts of interest at “{site}”", site=name_of(tables.row("sites", sites[0])))
    return tr("Conflicts of interest at {count} sites", count=len(sites))
