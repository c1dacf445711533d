"""The sample project put together and written: one edit, the same for the same seed."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geo.errors import XunluError
from geo.files import cannot_write, replacing
from geo.language import tr
from geo.progress import Report, part, silent
from geo.sample import districts, facts, findings, people, places, sites, streets, visits
from geo.sample.facts import Dice, biggest, stored, to_metres
from geo.sample.grounds import Grounds, grounds
from geo.store.edits import Edit, RowChange, insert
from geo.store.project import Project
from geo.store.schema import refuse_existing

SEED = 20210602

CLOSED_SUBDISTRICT = "东山街道"
CLOSURE_DATES = ("2021-05-28", "2021-06-11")

SPEEDS = {"trunk": 60, "primary": 50, "secondary": 40, "tertiary": 30}
"""Speed limits by street class, in km/h."""

SETTINGS = {
    "name": "越秀区防疫督查（示意样例）",
    "name_en": "Yuexiu epidemic inspection (schematic sample)",
    "today": visits.TODAY.isoformat(),
    "lead_days": "2",
    "attribution": "示意样例，非测绘成果",
    "attribution_en": "Schematic sample, not a survey",
}


def write_sample(path: Path, seed: int = SEED, report: Report = silent) -> Project:
    """Write the sample project to a new file and return it, open, with nothing to undo.

    Parameters
    ----------
    path
        The file, which must not exist yet.
    seed
        The same seed gives the same rows, ids included.
    report
        Told how far it is.

    Raises
    ------
    XunluError
        If there is a file already or none can be written.
    """
    refuse_existing(path)
    try:
        with replacing(path) as new:
            _write(new, seed, report)
    except OSError as error:
        raise cannot_write(path, error) from error
    except XunluError as error:
        # The user never hears of the file that was to take the name.
        raise XunluError(error.message.replace(str(new), str(path)), error.hint) from error
    report(1.0, "")
    return Project.open(path)


def _write(path: Path, seed: int, report: Report) -> None:
    with Project.create(path) as project:
        changes = sample_changes(seed, part(report, 0.0, 0.8))
        report(0.8, tr("Writing the project file"))
        changes += [change for key, value in SETTINGS.items() if (change := project.set_setting_change(key, value))]
        project.apply(Edit(tr("Sample project"), tuple(changes)))


def sample_changes(seed: int, report: Report = silent) -> list[RowChange]:
    """Return the insertions of all rows of the sample but its settings."""
    yuexiu, words = facts.load("yuexiu.json"), facts.load("words.json")
    for landmark in yuexiu["landmarks"]:
        landmark["xy"] = to_metres([landmark["at"]])[0]
    ground = grounds(yuexiu, words)
    report(0.0, tr("Laying out streets"))
    net = streets.network(yuexiu, words, ground, Dice(seed, 1))
    report(0.6, tr("Founding sites"))
    centres = to_metres([one["centre"] for one in yuexiu["subdistricts"]])
    cells = districts.faces(net, ground.outline, centres)
    areas = districts.subdistricts(cells, centres)
    dice = Dice(seed, 2)
    area_ids = [dice.id() for _ in areas]
    spots = places.spots(net, areas, ground, dice)
    founder = sites.Founder(yuexiu, words, areas, spots, net, dice)
    teams, team_changes = people.teams(yuexiu, spots, founder, area_ids, Dice(seed, 3))
    inspected, schools = _founded(yuexiu, words, ground, founder)
    for site in [*inspected, *schools]:
        site.row["subdistrict"] = area_ids[site.area]
    report(0.8, tr("Keeping the inspections"))
    closure, closed = _closure(yuexiu, cells, areas, inspected, spots, Dice(seed, 10))
    stuck = {site.id for site in inspected if _is_stuck(site)} | closed
    kept = visits.inspections(inspected, teams, stuck, Dice(seed, 4))
    found = findings.findings(kept, words, yuexiu["figures"]["suggestions_issued"], stuck, Dice(seed, 5))
    return [
        *sites.kind_changes(Dice(seed, 6)),
        *_subdistrict_changes(yuexiu, areas, area_ids, founder, Dice(seed, 7)),
        *_ground_changes(yuexiu, words, ground, Dice(seed, 8)),
        *_street_changes(net, Dice(seed, 9)),
        *team_changes,
        *(site.change() for site in [*inspected, *schools]),
        closure,
        *(_visit_change(visit) for visit in kept),
        *found,
    ]


def _founded(
    yuexiu: dict[str, Any], words: dict[str, Any], ground: Grounds, founder: sites.Founder
) -> tuple[list[sites.Site], list[sites.Site]]:
    x, y = ground.islet_lane.interpolate(0.5, normalized=True).coords[0]
    inspected = []
    for kind, total in yuexiu["figures"]["site_kinds_in_the_257"].items():
        inspected += founder.found(kind, total, (x, y + 13) if kind == "quarantine_hotel" else None)
    sites.give_windows(inspected, founder.dice)
    sites.give_crowds(inspected, founder.dice)
    schools = founder.found("school", yuexiu["figures"]["school_units_tested"])
    sites.give_persons(schools, words, yuexiu["figures"]["school_persons_tested"], founder.dice)
    return inspected, schools


def _is_stuck(site: sites.Site) -> bool:
    """Return whether no team can serve a site: it opens at night or too shortly, or lies on the islet."""
    return site.row["windows"] in sites.AT_NIGHT + sites.TOO_SHORT or site.row["address"].startswith("湖心岛")


def _closure(
    yuexiu: dict[str, Any],
    cells: Any,
    areas: list[shapely.MultiPolygon],
    inspected: list[sites.Site],
    spots: places.Spots,
    dice: Dice,
) -> tuple[RowChange, set[str]]:
    where = next(i for i, one in enumerate(yuexiu["subdistricts"]) if one["zh"] == CLOSED_SUBDISTRICT)
    points = [site.point for site in inspected]
    taken = np.array([point for point in spots.taken if point not in set(points)])
    shape, inside = districts.closed_area(cells, areas[where], np.array(points), taken)
    closed = [inspected[index] for index in inside]
    first, last = CLOSURE_DATES
    change = insert(
        "closures",
        id=dice.id(),
        name="东山片区封控区",
        name_en="Dongshan closed area",
        from_date=first,
        to_date=last,
        note="只进不出；物资由街道配送。",
        geometry=stored(shape),
    )
    return change, {site.id for site in closed}


def _subdistrict_changes(
    yuexiu: dict[str, Any],
    areas: list[shapely.MultiPolygon],
    area_ids: list[str],
    founder: sites.Founder,
    dice: Dice,
) -> list[RowChange]:
    founder.dice = dice
    return [
        insert(
            "subdistricts",
            id=row_id,
            code=f"YX-{number:02d}",
            name=one["zh"],
            name_en=one["en"],
            risk=sites.risk_of(one["zh"]),
            leader=founder.person()[0],
            contact=founder.person()[0],
            phone=founder.phone(),
            geometry=stored(area),
        )
        for number, (one, area, row_id) in enumerate(zip(yuexiu["subdistricts"], areas, area_ids, strict=True), 1)
    ]


def _ground_changes(yuexiu: dict[str, Any], words: dict[str, Any], ground: Grounds, dice: Dice) -> list[RowChange]:
    lakes = [shapely.difference(lake, ground.islet) for lake in ground.lakes]
    shapes = [
        (yuexiu["district"], "district", ground.outline),
        *((park, "park", shape) for park, shape in zip(yuexiu["parks"], ground.parks, strict=True)),
        (yuexiu["water"][0], "water", ground.river),
        *((lake, "water", shape) for lake, shape in zip(words["lakes"], lakes, strict=True)),
    ]
    changes = []
    for named, kind, shape in shapes:
        whole = stored(shapely.MultiPolygon([biggest(shape)]))
        changes.append(insert("areas", id=dice.id(), name=named["zh"], name_en=named["en"], kind=kind, geometry=whole))
    for landmark in yuexiu["landmarks"]:
        names = {"name": landmark["zh"], "name_en": landmark["en"]}
        changes.append(insert("landmarks", id=dice.id(), geometry=shapely.Point(landmark["at"]), **names))
    return changes


def _street_changes(net: streets.Network, dice: Dice) -> list[RowChange]:
    return [
        insert(
            "streets",
            id=dice.id(),
            name=way.name,
            name_en=way.name_en,
            highway=way.highway,
            oneway=way.oneway,
            maxspeed=SPEEDS.get(way.highway),
            geometry=stored(way.line),
        )
        for way in net.all_ways()
    ]


def _visit_change(visit: visits.Visit) -> RowChange:
    return insert(
        "inspections",
        id=visit.id,
        site=visit.site.id,
        team=visit.team.id,
        date=visit.day.isoformat(),
        started=visits.clock(visit.started),
        ended=visits.clock(visit.ended),
        state=visit.state,
        result=visit.result if visit.state == "done" else "",
        inspectors=json.dumps(visit.inspectors),
    )
