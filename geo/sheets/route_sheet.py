"""Route sheets: what a team carries on paper, from the rows of a plan to a PDF."""

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from geo import resource
from geo.dayhours import ALL_DAY, hours_on, read_exceptions
from geo.errors import XunluError
from geo.hours import Window, format_clock, read_windows
from geo.inspection.absence import present
from geo.inspection.status import UNRESOLVED
from geo.language import Language, tr
from geo.model import FINDINGS, INSPECTIONS, LEFT_OUT
from geo.planning.plans.timeline import timeline
from geo.progress import Report, silent
from geo.sheets import marks, typeset
from geo.sheets.words import weekday, words
from geo.store.frames import plain
from geo.store.tables import Tables, name_of

MAP_MM = (186.0, 90.0)
"""Width and height of the map on a sheet."""

SPARE_ROWS = 2
MOST_FINDINGS = 4
FEWEST_STOPS_A_PAGE = 2
FEWEST_LEFT_OUT_A_PAGE = 20
"""What long texts leave room for, once they are cut so that a row always fits on a page."""

PNG = b"\x89PNG"
MapPicture = Callable[[str], bytes | None]


def route_sheets(
    tables: Tables,
    plan_id: str,
    teams: Sequence[str] | None = None,
    lang: Language = "zh",
    map_picture: MapPicture | None = None,
    report: Report = silent,
) -> bytes:
    """Return the route sheets of a plan as one PDF, A4, each team beginning on a page of its own.

    Parameters
    ----------
    tables
        A snapshot of the project.
    plan_id, teams
        The plan, and the ids of the teams (all with stops if None).
    lang
        Language of the sheets.
    map_picture
        Gives the map of a team's route as PNG or SVG, `MAP_MM` in shape, or None; without it the sheets have no map.
    report
        Told of each team; may raise `Cancelled`.

    Raises
    ------
    XunluError
        If no team has a stop, or the font for Chinese is missing.
    """
    wanted = [team for team in teams_with_stops(tables, plan_id) if teams is None or team in teams]
    if not wanted:
        raise XunluError(tr("No team has a stop in this plan."), tr("Plan the day, or give stops to a team, first."))
    icons = _icons(tables)
    pictures = {name: resource.path(f"icons/kinds/{name}").read_bytes() for name in set(icons.values())}
    day = _day(tables, plan_id, lang, icons)
    sheets = []
    for number, team in enumerate(wanted):
        report(0.9 * number / len(wanted), tr("Route sheets"))
        sheet = _sheet(day, team)
        most_pages = 2 + len(sheet["stops"]) // FEWEST_STOPS_A_PAGE + len(sheet["left_out"]) // FEWEST_LEFT_OUT_A_PAGE
        codes = marks.codes(sheet["mark"], most_pages)
        drawn = {f"code-{number}-{page}.svg": code for page, code in enumerate(codes, start=1)}
        sheet["codes"] = list(drawn)
        if map_picture and (picture := map_picture(team)):
            sheet["map"] = f"map-{number}.{'png' if picture.startswith(PNG) else 'svg'}"
            drawn[sheet["map"]] = picture
        pictures |= drawn
        sheets.append(sheet)
    data = {"lang": lang, "words": words(lang), "map_mm": MAP_MM, "spare_rows": SPARE_ROWS, "sheets": sheets}
    return typeset.to_pdf("route_sheet.typ", data, pictures)


def teams_with_stops(tables: Tables, plan_id: str) -> list[str]:
    """Return the ids of the teams that have stops in a plan, in the order of their codes."""
    stops, teams = tables.frame("stops"), tables.frame("teams")
    going = teams.index.isin(stops.loc[stops["plan"] == plan_id, "team"])
    return [str(team) for team in teams[going].sort_values("code").index]


def _icons(tables: Tables) -> dict[str, str]:
    """Return the file under ``icons/kinds`` that the map draws for each site kind, by its code; a dot if none."""
    style = json.loads(resource.path("styles/light.json").read_text("utf-8"))["kinds"]
    kinds = tables.frame("kinds")
    return {
        code: f"{style.get(symbol, {}).get('icon', 'dot')}.svg"
        for code, symbol in zip(kinds["code"], kinds["symbol"], strict=True)
    }


@dataclass(frozen=True)
class _Day:
    """What all sheets of a plan share."""

    tables: Tables
    plan: str
    date: date
    lang: Language
    icons: dict[str, str]
    kinds: dict[str, str]
    last: dict[str, str]
    findings: dict[str, list[dict[str, Any]]]
    pauses: Mapping[str, Window | None]
    """The break of each team on the way, from and to; None if it has none."""


def _day(tables: Tables, plan: str, lang: Language, icons: dict[str, str]) -> _Day:
    day = date.fromisoformat(tables.row("plans", plan)["date"])
    kinds = {row["code"]: name_of(row, lang) for _, row in tables.frame("kinds").iterrows()}
    last, findings = _last_results(tables, day, lang), _open_findings(tables, day, lang)
    pauses = {line.team: line.pause for line in timeline(tables, plan).lines}
    return _Day(tables, plan, day, lang, icons, kinds, last, findings, pauses)


def _sheet(day: _Day, team_id: str) -> dict[str, Any]:
    tables, lang = day.tables, day.lang
    plan, team = tables.row("plans", day.plan), tables.row("teams", team_id)
    route = _rows(tables, "routes", plan=day.plan, team=team_id).iloc[0]
    stops = _rows(tables, "stops", plan=day.plan, team=team_id).sort_values("seq")
    area = tables.row("subdistricts", team["subdistrict"]) if team["subdistrict"] else None
    back = int(route["end_s"] - stops["leave_s"].iloc[-1])
    stay = int((stops["leave_s"] - stops["start_s"]).sum())
    return {
        "project": tables.title(lang),
        "team": _cut(name_of(team, lang), 60),
        "code": team["code"],
        "date": f"{day.date.isoformat()} {weekday(day.date, lang)}",
        "version": plan["version"],
        "mark": marks.mark(day.plan, plan["version"], team["code"]),
        "base": team["base_en"] if lang == "en" and team["base_en"] else team["base"],
        "members": _members(tables, team_id, day.date, lang),
        "area": name_of(area, lang) if area else "",
        "contact": _joined(area["contact"], area["phone"]) if area else "",
        "leader": area["leader"] if area else "",
        "departure": format_clock(route["start_s"]),
        "return": format_clock(route["end_s"], wrap=True),
        "totals": [
            str(len(stops)),
            _km(route["metres"], lang),
            _span(int(route["travel_s"]), lang),
            _span(stay, lang),
        ],
        "back": [_km(route["metres"] - stops["leg_m"].sum(), lang), _span(back, lang)],
        "stops": [_stop(day, stop) for stop in stops.to_dict("records")],
        "pause": _pause(day, team_id, [int(start) for start in stops["start_s"]]),
        "left_out": _left_out(tables, day.plan, team["subdistrict"], lang),
        "map": None,
    }


def _rows(tables: Tables, table: str, **values: str) -> pd.DataFrame:
    frame = tables.frame(table)
    for name, value in values.items():
        frame = frame[frame[name] == value]
    return frame


def _members(tables: Tables, team: str, day: date, lang: Language) -> list[dict[str, Any]]:
    """Return the inspectors of a team who are not away on a day, its leader first."""
    people = present(_rows(tables, "inspectors", team=team), day)
    people = people.sort_values(["leader", "code"], ascending=[False, True])
    return [
        {"name": name_of(person, lang), "phone": person["phone"], "leader": bool(person["leader"])}
        for _, person in people.iterrows()
    ]


def _stop(day: _Day, stop: Mapping[Hashable, Any]) -> dict[str, Any]:
    site, lang = day.tables.row("sites", stop["site"]), day.lang
    findings = day.findings.get(stop["site"], [])
    more = len(findings) - MOST_FINDINGS
    return {
        "number": int(stop["seq"]),
        "name": _cut(name_of(site, lang), 120),
        "code": site["code"],
        "kind": day.kinds.get(site["kind"], site["kind"]),
        "icon": day.icons.get(site["kind"]),
        "address": _cut(site["address"], 120),
        "contact": _cut(_joined(site["contact"], site["phone"]), 80),
        "windows": _opening(site, day.date, lang),
        "times": f"{format_clock(stop['arrive_s'], wrap=True)} – {format_clock(stop['leave_s'], wrap=True)}",
        "waits": _span(int(waits), lang) if (waits := stop["start_s"] - stop["arrive_s"]) >= 60 else "",
        "stay": _span(int(stop["leave_s"] - stop["start_s"]), lang),
        "leg": [_km(stop["leg_m"], lang), _span(int(stop["leg_s"]), lang)],
        "last": day.last.get(stop["site"], tr("none yet", lang)),
        "asks": _asks(day, stop, site),
        "findings": findings[:MOST_FINDINGS],
        "more": tr("{count} more open findings", lang, count=more) if more > 0 else "",
        "note": _cut(site["note"], 240),
    }


def _pause(day: _Day, team: str, starts: Sequence[int]) -> dict[str, Any] | None:
    """Return when a team takes its break and how many stops come before it; None if it takes none."""
    pause = day.pauses.get(team)
    if pause is None:
        return None
    begins, ends = (format_clock(seconds, wrap=True) for seconds in pause)
    return {"after": sum(start < pause[1] for start in starts), "times": f"{begins} – {ends}"}


def _asks(day: _Day, stop: Mapping[Hashable, Any], site: Mapping[str, Any]) -> list[str]:
    """Return what a team must know of a visit beyond its time: whom it meets, what it takes along, when to be back."""
    tables, lang = day.tables, day.lang
    both = _rows(tables, "stops", plan=day.plan, site=str(stop["site"]))
    others = [name_of(tables.row("teams", team), lang) for team in both["team"] if team != stop["team"]]
    start = format_clock(stop["start_s"], wrap=True)
    back = str(site["return_by"])
    asks = {
        tr("Together with {teams}, at {clock}", lang, teams=_cut(tr(", ", lang).join(others), 80), clock=start): others,
        tr("Take along: {needs}", lang, needs=_cut(site["needs"], 80)): site["needs"],
        tr("Samples back by {clock}", lang, clock=back): back,
        tr("Must be visited on this day", lang): site["must_visit"] == day.date.isoformat(),
    }
    return [text for text, holds in asks.items() if holds]


def _opening(site: Mapping[str, Any], day: date, lang: Language) -> list[str]:
    """Return when a site is open on a day, a window a line; what stands there where it cannot be read."""
    windows = hours_on(read_exceptions(site["exceptions"]) or (), day)
    if windows == ():
        return [tr("closed on this day", lang)]
    if windows == ALL_DAY:
        windows = ()
    if windows is None:
        windows = read_windows(site["windows"])
    if windows is None:
        return [_cut(site["windows"], 40)]
    return [f"{format_clock(a)}–{format_clock(b, wrap=True)}" for a, b in windows] or [tr("open all day", lang)]


def _last_results(tables: Tables, day: date, lang: Language) -> dict[str, str]:
    """Return what the last visit to each site before a day found, by id of site."""
    visits = tables.frame("inspections")
    visits = visits[visits["state"].isin(["done", "no_access"]) & (visits["date"] < day.isoformat())]
    found = {}
    for visit in visits.sort_values("date", kind="stable").to_dict("records"):
        result = visit["result"] if visit["state"] == "done" else ""
        column = INSPECTIONS.column("result" if result else "state")
        words = column.choice_title(result or visit["state"], lang)
        found[visit["site"]] = f"{_short(visit['date'], day)} {words}"
    return found


def _open_findings(tables: Tables, day: date, lang: Language) -> dict[str, list[dict[str, Any]]]:
    """Return the findings that are not yet verified, by id of site, the most pressing first."""
    findings = tables.frame("findings")
    findings = findings[findings["state"].isin(UNRESOLVED)]
    found: dict[str, list[dict[str, Any]]] = {}
    for one in sorted(findings.to_dict("records"), key=lambda one: one["due"] or "9999"):
        text = one["description_en"] if lang == "en" and one["description_en"] else one["description"]
        found.setdefault(one["site"], []).append(
            {
                "state": FINDINGS.column("state").choice_title(one["state"], lang),
                "topic": FINDINGS.column("topic").choice_title(one["topic"], lang),
                "text": _cut(text, 160),
                "due": _short(one["due"], day),
                "overdue": bool(one["due"]) and one["due"] < day.isoformat(),
            }
        )
    return found


def _left_out(tables: Tables, plan: str, area: str, lang: Language) -> list[dict[str, str]]:
    """Return the sites of an area that the plan leaves out, with the reason."""
    sites = tables.frame("sites")
    found = []
    # One that two teams should visit may stand there twice.
    for _, row in _rows(tables, "left_out", plan=plan).drop_duplicates("site").iterrows():
        site = sites.loc[row["site"]]
        if site["subdistrict"] == area:
            reason = LEFT_OUT.column("reason").choice_title(row["reason"], lang)
            minutes = plain(row["minutes"])
            short = "" if minutes is None else tr(" ({minutes} min short)", lang, minutes=minutes)
            found.append({"name": name_of(site, lang), "code": site["code"], "reason": reason + short})
    return found


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _short(iso: str, day: date) -> str:
    """Return a date without its year where that is the sheet's."""
    return iso.removeprefix(f"{day.year}-")


def _joined(*parts: str) -> str:
    return "  ".join(part for part in parts if part)


def _km(metres: float, lang: Language) -> str:
    return tr("{km:.1f} km", lang, km=metres / 1000)


def _span(seconds: int, lang: Language) -> str:
    """Return a duration as minutes, or as hours and minutes."""
    # A way of a few steps is a way all the same.
    hours, minutes = divmod(max(round(seconds / 60), int(seconds > 0)), 60)
    if not hours:
        return tr("{minutes} min", lang, minutes=minutes)
    return tr("{hours} h {minutes:02d} min", lang, hours=hours, minutes=minutes)
