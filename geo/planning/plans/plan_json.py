"""A stored plan as plain data, the contract that scripts and other offices rely on, and as lines to read."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from geo.dayhours import read_exceptions
from geo.hours import DAY, Window, format_clock, read_windows
from geo.language import tr
from geo.model import Reason
from geo.planning.office.opening import open_around
from geo.planning.plans import granted, stored_rules
from geo.planning.reasons import explain
from geo.planning.reasons.changes import as_data, from_text
from geo.planning.reasons.whywords import named, sentence
from geo.store.frames import plain
from geo.store.tables import Tables, name_of

PlanData = dict[str, Any]


def as_json(tables: Tables, plan: str) -> PlanData:
    """Return a plan as data that JSON can hold.

    ``_s`` are seconds from midnight of the plan day or durations, ``_m`` and ``metres`` metres, ``lon`` and ``lat``
    degrees; sites and teams are named by id. A site that is open all day has the window 0 to 86,400, or to the
    end of a route that crosses midnight.
    """
    row = tables.row("plans", plan)
    routes = tables.frame("routes")
    data = [_route(tables, plan, route) for _, route in routes[routes["plan"] == plan].iterrows()]
    left_out = tables.frame("left_out")
    left = [_left_out(tables, one) for _, one in left_out[left_out["plan"] == plan].iterrows()]
    return {
        "plan": plan,
        "date": row["date"],
        "version": row["version"],
        "seed": row["seed"],
        "effort": row["effort"],
        "mode": row["mode"],
        "aim": row["aim"],
        "stayed": stored_rules.stayed(tables, plan),
        "granted": granted.told(tables, plan),
        "totals": {
            "stops": sum(len(route["stops"]) for route in data),
            "metres": sum(route["metres"] for route in data),
            "travel_s": sum(route["travel_s"] for route in data),
            "left_out": len(left),
        },
        "routes": data,
        "left_out": left,
    }


def _route(tables: Tables, plan: str, route: pd.Series) -> dict[str, Any]:
    team = tables.row("teams", route["team"])
    stops = tables.frame("stops")
    stops = stops[(stops["plan"] == plan) & (stops["team"] == route["team"])].sort_values("seq")
    end = max(DAY, int(route["end_s"]))
    day = date.fromisoformat(tables.row("plans", plan)["date"])
    data = [_stop(tables, stop, day, end) for _, stop in stops.iterrows()]
    last = data[-1]["leave_s"] if data else route["end_s"]
    return {
        "team": route["team"],
        "code": team["code"],
        "name": name_of(team),
        "base": _base(team),
        "start_s": plain(route["start_s"]),
        "end_s": plain(route["end_s"]),
        "metres": plain(route["metres"]),
        "travel_s": plain(route["travel_s"]),
        "back_s": int(route["end_s"] - last),
        "back_m": int(route["metres"] - sum(stop["leg_m"] for stop in data)),
        "stops": data,
    }


def _base(team: Mapping[str, Any]) -> dict[str, float] | None:
    """Return where a team's base is, in degrees; None for one that needs none."""
    point = team["geometry"]
    return None if point is None else {"lon": point.x, "lat": point.y}


def _open(site: Mapping[str, Any], day: date, end_s: int) -> tuple[Window, ...]:
    """Return when a site is open on a day up to a time; none of its windows if open all day or nobody can tell."""
    usual, otherwise = read_windows(site["windows"]) or (), read_exceptions(site["exceptions"]) or ()
    return open_around(usual, otherwise, day, 0, end_s) or ()


def _stop(tables: Tables, stop: pd.Series, day: date, end_s: int) -> dict[str, Any]:
    site = tables.row("sites", stop["site"])
    times = {name: plain(stop[name]) for name in ("arrive_s", "start_s", "leave_s", "leg_m", "leg_s")}
    return {
        "site": stop["site"],
        "code": site["code"],
        "name": name_of(site),
        "lon": site["geometry"].x,
        "lat": site["geometry"].y,
        **times,
        "service_s": times["leave_s"] - times["start_s"],
        "windows": [list(window) for window in _open(site, day, end_s) or ((0, end_s),)],
    }


def _left_out(tables: Tables, row: pd.Series) -> dict[str, Any]:
    site = tables.row("sites", row["site"])
    return {
        "site": row["site"],
        "code": site["code"],
        "name": name_of(site),
        "reason": row["reason"],
        "minutes": plain(row["minutes"]),
        "detail": detail_of(tables, row),
        "changes": _changes(tables, row),
    }


def _changes(tables: Tables, left_out: pd.Series) -> list[dict[str, Any]]:
    """Return what would admit a site, the smallest first: what has to give, and the same in words."""
    options = from_text(left_out["changes"])
    names = named(tables, options)
    data = zip(as_data(options), options, strict=True)
    return [{"needed": needed, "text": sentence(option, names)} for needed, option in data]


def detail_of(tables: Tables, left_out: pd.Series) -> str:
    """Return why a site is left out, from its row in ``left_out``, as a sentence in the language in use."""
    subject, reason = left_out["subject"], Reason(left_out["reason"])
    if reason == Reason.UNREACHABLE and tables.row("sites", left_out["site"])["geometry"] is None:
        return tr("It has no place on the map.")
    if reason == Reason.NO_WINDOW and plain(left_out["minutes"]) is None:
        site = tables.row("sites", left_out["site"])
        text = site["windows"]
        if read_exceptions(site["exceptions"]) is None:
            text = site["exceptions"]
        elif read_windows(text) is not None:
            return tr("It is closed on this day.")
        return tr("Its opening times “{text}” cannot be read; write them like 08:30-11:30; 14:00-17:30.", text=text)
    table = tables.frame("closures" if reason == Reason.CLOSURE else "teams")
    name = name_of(table.loc[subject]) if subject in table.index else ""
    text = explain.detail(explain.Why(reason, plain(left_out["minutes"]), subject), name)
    changes = from_text(left_out["changes"])
    if not changes or (subject and len(changes[0]) == 1 and changes[0][0].kind == "overtime"):
        return text
    return tr("{reason} Enough would be: {change}.", reason=text, change=sentence(changes[0], named(tables, changes)))


def as_text(data: PlanData) -> str:
    """Return a plan as lines to read: each team's stops, kilometres and hours, then the sites left out."""
    totals = data["totals"]
    lines = [
        tr(
            "{day}: {stops} stops, {km:.1f} km, {hours:.1f} h of travel, {left_out} left out",
            day=data["date"],
            stops=totals["stops"],
            km=totals["metres"] / 1000,
            hours=totals["travel_s"] / 3600,
            left_out=totals["left_out"],
        ),
        "",
    ]
    for route in data["routes"]:
        times = f"{format_clock(route['start_s'])}-{format_clock(route['end_s'], wrap=True)}"
        stops = tr("{count} stops", count=len(route["stops"]))
        lines.append(f"{route['code']:>4}  {times}  {route['metres'] / 1000:5.1f} km  {stops}  {route['name']}")
    lines += ["", *data["stayed"]] if data["stayed"] else []
    if data["granted"]:
        lines += ["", tr("Granted for this plan: {changes}", changes=tr("; ").join(data["granted"]))]
    if data["left_out"]:
        lines += ["", tr("Left out")]
        lines += [f"{one['code']:>8}  {one['name']}: {one['detail']}" for one in data["left_out"]]
    return "\n".join(lines)
