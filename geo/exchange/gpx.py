"""Rows as GPX 1.1 for navigation devices and phones: points as waypoints, lines as tracks, stops as routes."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import shapely

from geo.exchange.chosen import Chosen, converted
from geo.exchange.readable import labels, lines, row_names
from geo.exchange.xmltext import element, text
from geo.hours import format_clock
from geo.language import tr
from geo.progress import Report
from geo.store.tables import name_of

TELL_EVERY = 2_000

SIGNS = {
    "community_committee": "Building",
    "quarantine_hotel": "Lodging",
    "vaccination_site": "Medical Facility",
    "testing_site": "Medical Facility",
    "school": "School",
    "hospital": "Medical Facility",
    "cold_chain": "Shopping Center",
}
"""What devices show for the symbol of a site kind, by the names that Garmin uses and others follow."""

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gpx version="1.1" creator="Xunlu" xmlns="http://www.topografix.com/GPX/1/1" xmlns:xunlu="urn:xunlu">\n'
)


def write(chosen: Chosen, path: Path, report: Report) -> None:
    """Write points as waypoints, routes as a route of their stops and a track, stops as routes, other lines as tracks.

    Rows without a place are left out and counted: GPX has no such thing.
    """
    parts = {"routes": _routes, "stops": _stops}.get(chosen.table.name)
    if parts is None:
        parts = _waypoints if chosen.table.shape == "Point" else _tracks
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_HEAD)
        file.write(element("metadata", element("name", text(chosen.table.title(chosen.lang), chosen))) + "\n")
        for count, part in enumerate(parts(chosen)):
            if count % TELL_EVERY == 0:
                report(min(count / (len(chosen) + 1), 1.0), tr("Writing {file} …", chosen.lang, file=path.name))
            file.write(part + "\n")
        file.write("</gpx>\n")


def _point(tag: str, place: Any, name: str, chosen: Chosen, said: str = "", **more: str) -> str:
    if place is None or place.is_empty:
        chosen.losses["no_place"] += 1
        return ""
    # The order is that of the schema: name, desc, sym, type, extensions.
    return element(
        tag,
        element("name", text(name, chosen)),
        element("desc", text(said, chosen)) if said else "",
        element("sym", more["sym"]) if "sym" in more else "",
        element("type", text(more["type"], chosen)) if "type" in more else "",
        element("extensions", element("xunlu:id", text(more["id"], chosen))) if "id" in more else "",
        lat=str(place.y),
        lon=str(place.x),
    )


def _waypoints(chosen: Chosen) -> Iterator[str]:
    rows = zip(_shapes(chosen), row_names(chosen), lines(chosen), _signs(chosen), chosen.ids, strict=True)
    for place, name, said, more, row in rows:
        if point := _point("wpt", place, name, chosen, said, **more, id=row):
            yield point


def _signs(chosen: Chosen) -> list[dict[str, str]]:
    if chosen.table.name != "sites":
        return [{}] * len(chosen)
    kinds = {row["code"]: row for _, row in chosen.tables.frame("kinds").iterrows()}
    looks = {
        code: {"sym": SIGNS.get(row["symbol"], "Flag, Blue"), "type": name_of(row, chosen.lang)}
        for code, row in kinds.items()
    }
    return [looks.get(kind, {"sym": "Flag, Blue"}) for kind in chosen.frame["kind"]]


def _shapes(chosen: Chosen) -> Iterable[Any]:
    return () if chosen.shapes is None else chosen.shapes


def _tracks(chosen: Chosen) -> Iterator[str]:
    for line, name, said in zip(_shapes(chosen), row_names(chosen), lines(chosen), strict=True):
        if line is None or line.is_empty:
            chosen.losses["no_place"] += 1
            continue
        parts = [shapely.get_coordinates(part).tolist() for part in shapely.get_parts(line)]
        segments = [[element("trkpt", lat=str(lat), lon=str(lon)) for lon, lat in part] for part in parts]
        yield element(
            "trk",
            element("name", text(name, chosen)),
            element("desc", text(said, chosen)) if said else "",
            *(element("trkseg", *points) for points in segments),
        )


def _routes(chosen: Chosen) -> Iterator[str]:
    stops = chosen.tables.frame("stops")
    for plan, team in zip(chosen.frame["plan"], chosen.frame["team"], strict=True):
        yield _route(chosen, stops[(stops["plan"] == plan) & (stops["team"] == team)], plan, team)
    yield from _tracks(chosen)


def _stops(chosen: Chosen) -> Iterator[str]:
    for (plan, team), stops in chosen.frame.groupby(["plan", "team"], sort=False):
        yield _route(chosen, stops, str(plan), str(team))


def _route(chosen: Chosen, stops: pd.DataFrame, plan: str, team: str) -> str:
    sites, plans = chosen.tables.frame("sites"), chosen.tables.frame("plans")
    teams = labels(chosen.tables, "teams", chosen.lang)
    day = plans.at[plan, "date"] if plan in plans.index else ""
    stops = stops[stops["site"].isin(sites.index)].sort_values("seq")
    stopped = sites.loc[stops["site"]]
    points = []
    for (_, stop), (_, site), place in zip(
        stops.iterrows(), stopped.iterrows(), converted(stopped["geometry"], chosen.convert), strict=True
    ):
        times = [format_clock(stop[name], wrap=True) for name in ("arrive_s", "leave_s") if pd.notna(stop[name])]
        number = f"{stop['seq']} " if pd.notna(stop["seq"]) else ""
        points.append(_point("rtept", place, number + name_of(site, chosen.lang), chosen, " – ".join(times)))
    return element("rte", element("name", text(f"{teams.get(team, team)} {day!s}".strip(), chosen)), *points)
