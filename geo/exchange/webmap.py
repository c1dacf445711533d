"""The map as one web page that opens without the net: folium's page, with every script and style inside."""

import base64
import html
import json
import re
from pathlib import Path
from typing import Any

import branca.element
import folium
import pandas as pd
import shapely
from jinja2 import Template

from geo import resource
from geo.files import write_whole
from geo.hours import format_clock
from geo.inspection.status import assess
from geo.language import Language, tr
from geo.model import SITES, STATUSES
from geo.store.tables import Tables, name_of

Card = list[list[str]]
"""What a popup shows under the name: titles with values."""

DIGITS = 5
"""Decimals of a degree: about a metre."""

MARKS = {"tick": "✓", "flag": "▸", "play": "▶", "clock": "◔", "dot": "•", "bar": "–", "bang": "!", "bangs": "‼"}


def write_webmap(tables: Tables, plan_id: str | None, path: Path, lang: Language) -> None:
    """Write the sites by status, and the routes of a plan where one is given, as one HTML file.

    The page loads nothing from anywhere. Names are passed as JSON and set as text, so none is taken for markup.

    Parameters
    ----------
    tables
        A snapshot of the project.
    plan_id
        The plan whose routes are shown; None for none.
    path
        The file to write.
    lang
        Language of the page.

    Raises
    ------
    XunluError
        If the file cannot be written.
    """
    style = json.loads(resource.path("styles/light.json").read_text("utf-8"))
    page = _page(tables, lang)
    _add_ground(page, tables, style, lang)
    states = assess(tables)
    cards = _cards(tables, states, lang)
    _add_sites(page, tables, style, states, cards, lang)
    if plan_id is not None:
        _add_routes(page, tables, plan_id, cards, lang)
    folium.LayerControl(collapsed=True).add_to(page)
    text = page.get_root().render().replace("<html>", f'<html lang="{lang}">', 1)
    write_whole(path, text.encode())


class _Verbatim(branca.element.Element):
    """Text put into the page as it is: folium would read it as a template."""

    _template = Template("{{ this.content }}")

    def __init__(self, content: str) -> None:
        super().__init__()
        self.content = content


class _Call(folium.MacroElement):
    """A call of a function of ``map.js`` on what this is added to; its arguments are data and cannot hold a script."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "{{ this.call }}({{ this._parent.get_name() }}"
        "{% for argument in this.arguments %}, {{ argument }}{% endfor %});"
        "{% endmacro %}"
    )

    def __init__(self, call: str, *arguments: Any) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.call, self.arguments = call, [_script_data(argument) for argument in arguments]


def _script_data(value: Any) -> str:
    """Return data as JSON in which no tag begins, and no template of folium's, which reads its own output again."""
    text = json.dumps(value, ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    # In JSON a brace is followed by a quote or another closing brace, so this is found in texts only.
    return re.sub(r"\{(?=[{%#])", r"\\u007b", text)


def _label(text: str) -> str:
    """Return a text as HTML that shows it, in which no template of folium's begins."""
    return html.escape(text).replace("{", "&#123;")


def _page(tables: Tables, lang: Language) -> folium.Map:
    west, south, east, north = _bounds(tables)
    attribution = tables.setting("attribution_en" if lang == "en" else "attribution")
    page = folium.Map(tiles=None, prefer_canvas=True, zoom_snap=0.25)
    page.default_js, page.default_css = [], []
    page.fit_bounds([[south, west], [north, east]], padding=(10, 10))
    figure: Any = page.get_root()
    figure.title = _label(tables.title(lang))
    scripts = ("leaflet.js", "map.js")
    styles = "\n".join(_inlined(resource.path(f"web/{name}").read_text("utf-8")) for name in ("leaflet.css", "map.css"))
    figure.header.add_child(_Verbatim(f"<style>{styles}</style>"), name="xunlu_styles")
    for name in scripts:
        script = resource.path(f"web/{name}").read_text("utf-8")
        figure.header.add_child(_Verbatim(f"<script>{script}</script>"), name=f"xunlu_{name}")
    page.add_child(_Call("(map => L.control.scale({imperial: false, position: 'bottomright'}).addTo(map))"))
    page.add_child(_Call("((map, text) => map.attributionControl.setPrefix(false).addAttribution(text))",
                         html.escape(attribution)))  # fmt: skip
    return page


def _inlined(css: str) -> str:
    """Return a style sheet with its pictures inside."""

    def data(match: re.Match[str]) -> str:
        content = base64.b64encode(resource.path(f"web/{match[1]}").read_bytes()).decode()
        return f"url(data:image/png;base64,{content})"

    return re.sub(r"url\((images/[\w.-]+)\)", data, css)


def _bounds(tables: Tables) -> tuple[float, float, float, float]:
    """Return west, south, east and north of what there is to see; the whole world if there is nothing."""
    for name in ("subdistricts", "sites", "streets"):
        frame = tables.frame(name)
        if frame["geometry"].notna().any():
            return tuple(float(edge) for edge in frame.total_bounds)  # type: ignore[return-value]
    return -180.0, -60.0, 180.0, 75.0


def _placed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that have a place: an imported site may not have one yet."""
    return frame[frame["geometry"].notna()]


def _features(frame: pd.DataFrame, styles: dict[str, Any] | None = None, column: str = "") -> dict[str, Any]:
    """Return the shapes of a frame as GeoJSON, each with the style that the value of a column has."""
    shown = _placed(frame)
    shapes = shapely.transform(shown["geometry"].to_numpy(), lambda xy: xy.round(DIGITS))
    values = shown[column] if column else [""] * len(shown)
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": json.loads(shapely.to_geojson(shape)),
                "properties": {"style": (styles or {}).get(value, {})},
            }
            for shape, value in zip(shapes, values, strict=True)
        ],
    }


def _lines(page: folium.Map, title: str, data: dict[str, Any], style: dict[str, Any]) -> None:
    group = folium.FeatureGroup(name=_label(title), control=False).add_to(page)
    group.add_child(_Call("((group, data, style) => xunluLines(data, style).addTo(group))", data, style))


def _add_ground(page: folium.Map, tables: Tables, style: dict[str, Any], lang: Language) -> None:
    """Draw what lies under the sites: land, parks, water, streets, boundaries and closures."""
    areas = tables.frame("areas")
    fills = {kind: {"fillColor": one["fill"], "color": one["line"]} for kind, one in style["areas"].items()}
    land = {"stroke": False, "fillColor": style["land"], "fillOpacity": 1}
    _lines(page, "land", _features(areas[areas["kind"] == "district"]), land)
    ground = areas[areas["kind"] != "district"]
    _lines(page, "areas", _features(ground, fills, "kind"), {"weight": 1, "fillOpacity": 1})
    streets = {
        name: {"color": one["casing"], "weight": 2.5 if one["rank"] > 5 else 1}
        for name, one in style["streets"].items()
    }
    _lines(page, "streets", _features(tables.frame("streets"), streets, "highway"), {"color": "#ccc", "weight": 1})
    border = style["subdistrict"]["line"]
    edge = {"color": border, "weight": 1.2, "dashArray": "8 3 2 3", "fill": False}
    subdistricts = _placed(tables.frame("subdistricts"))
    _lines(page, "subdistricts", _features(subdistricts), edge)
    middles = shapely.get_coordinates(shapely.point_on_surface(subdistricts["geometry"].to_numpy())).tolist()
    names = [
        {"lon": lon, "lat": lat, "name": name_of(row, lang)}
        for (lon, lat), (_, row) in zip(middles, subdistricts.iterrows(), strict=True)
    ]
    page.add_child(_Call("xunluPlaces", names))
    closure = {"color": style["closure"]["line"], "weight": 1.6, "dashArray": "4 3", "fillOpacity": 0.15}
    _lines(page, "closures", _features(tables.frame("closures")), closure)


def _cards(tables: Tables, states: pd.DataFrame, lang: Language) -> dict[str, Card]:
    """Return what the popups say of each site, by its id."""
    statuses = {choice.value: choice.title(lang) for choice in STATUSES}
    kinds = {row["code"]: name_of(row, lang) for _, row in tables.frame("kinds").iterrows()}
    shown = ("code", "risk", "address", "contact", "phone", "windows", "exceptions", "must_visit", "needs", "return_by")
    columns = [SITES.column(name) for name in shown]
    assessed = states.to_dict("index")
    return {
        str(site): [
            [SITES.column("kind").title(lang), kinds.get(row["kind"], row["kind"])],
            [tr("Status", lang), statuses[assessed[site]["status"]]],
            *([one.title(lang), one.choice_title(row[one.name], lang)] for one in columns),
            [tr("Due", lang), assessed[site]["due_date"]],
            [tr("Last inspection", lang), assessed[site]["last_date"]],
            [tr("Open findings", lang), str(assessed[site]["open_findings"] or "")],
            [tr("Next deadline", lang), assessed[site]["next_deadline"]],
        ]
        for site, row in tables.frame("sites").drop(columns="geometry").to_dict("index").items()
    }


def _add_sites(
    page: folium.Map,
    tables: Tables,
    style: dict[str, Any],
    states: pd.DataFrame,
    cards: dict[str, Card],
    lang: Language,
) -> None:
    titles = {choice.value: choice.title(lang) for choice in STATUSES}
    sites = tables.frame("sites")
    data = [
        {**_at(row), "name": name_of(row, lang), "status": states.at[site, "status"], "rows": cards[str(site)]}
        for site, row in _placed(sites).iterrows()
    ]
    looks = {
        status: {"fill": one["fill"], "ink": one["ink"], "shape": one["dot"], "rank": one["rank"],
                 "mark": MARKS.get(one["mark"], "")}
        for status, one in style["status"].items()
    }  # fmt: skip
    group = folium.FeatureGroup(name=_label(tr("Sites", lang))).add_to(page)
    group.add_child(_Call("xunluSites", data, looks))
    counts = states["status"].value_counts()
    legend = [
        {**looks[value], "text": title, "count": str(counts[value])}
        for value, title in titles.items()
        if value in counts
    ]
    subtitle = f"{tables.today().isoformat()} · {tr('{count} sites', lang, count=len(sites))}"
    page.add_child(_Call("xunluLegend", tables.title(lang), subtitle, legend))


def _at(row: pd.Series) -> dict[str, float]:
    return {"lon": round(row["geometry"].x, DIGITS), "lat": round(row["geometry"].y, DIGITS)}


def _add_routes(page: folium.Map, tables: Tables, plan: str, cards: dict[str, Card], lang: Language) -> None:
    routes, teams = tables.frame("routes"), tables.frame("teams")
    for _, route in routes[routes["plan"] == plan].iterrows():
        team = teams.loc[route["team"]]
        stops = _stops(tables, plan, route["team"], cards, lang)
        line = route["geometry"] if isinstance(route["geometry"], shapely.LineString) else None
        colour = team["colour"] if re.fullmatch(r"#[0-9a-fA-F]{6}", team["colour"]) else "#444444"
        data = {
            "name": name_of(team, lang),
            "colour": colour,
            "line": None if line is None else shapely.get_coordinates(line)[:, ::-1].round(DIGITS).tolist(),
            "stops": stops,
            "rows": [
                [tr("Stops", lang), str(len(stops))],
                [tr("Distance", lang), tr("{km:.1f} km", lang, km=route["metres"] / 1000)],
                [tr("Planned", lang), f"{format_clock(route['start_s'])} – {format_clock(route['end_s'], wrap=True)}"],
            ],
        }
        # The code tells teams of one name apart: the list of layers holds each label once.
        label = _label(f"{team['code']} {name_of(team, lang)}")
        swatch = f"<i class='xunlu-swatch' style='background:{colour}'></i>"
        group = folium.FeatureGroup(name=swatch + label).add_to(page)
        group.add_child(_Call("xunluRoute", data))


def _stops(tables: Tables, plan: str, team: str, cards: dict[str, Card], lang: Language) -> list[dict[str, Any]]:
    stops, sites = tables.frame("stops"), _placed(tables.frame("sites"))
    stops = stops[(stops["plan"] == plan) & (stops["team"] == team) & stops["site"].isin(sites.index)]
    found = []
    for _, stop in stops.sort_values("seq").iterrows():
        site = sites.loc[stop["site"]]
        times = f"{format_clock(stop['arrive_s'], wrap=True)} – {format_clock(stop['leave_s'], wrap=True)}"
        rows = [[tr("Planned", lang), times], *cards[stop["site"]]]
        found.append({**_at(site), "number": int(stop["seq"]), "name": name_of(site, lang), "rows": rows})
    return found
