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
    _add_sites(page, tables, style, lang)
    if plan_id is not None:
        _add_routes(page, tables, plan_id, lang)
    folium.LayerControl(collapsed=True).add_to(page)
    write_whole(path, page.get_root().render().encode())


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


def _features(frame: pd.DataFrame, styles: dict[str, Any] | None = None, column: str = "") -> dict[str, Any]:
    """Return the shapes of a frame as GeoJSON, each with the style that the value of a column has."""
    shown = frame[frame["geometry"].notna()]
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
    subdistricts = tables.frame("subdistricts")
    _lines(page, "subdistricts", _features(subdistricts), edge)
    middles = shapely.get_coordinates(shapely.point_on_surface(subdistricts["geometry"].to_numpy())).tolist()
    names = [
        {"lon": lon, "lat": lat, "name": name_of(row, lang)}
        for (lon, lat), (_, row) in zip(middles, subdistricts.iterrows(), strict=True)
    ]
    page.add_child(_Call("xunluPlaces", names))
    closure = {"color": style["closure"]["line"], "weight": 1.6, "dashArray": "4 3", "fillOpacity": 0.15}
    _lines(page, "closures", _features(tables.frame("closures")), closure)


def _add_sites(page: folium.Map, tables: Tables, style: dict[str, Any], lang: Language) -> None:
    states = assess(tables)
    titles = {choice.value: choice.title(lang) for choice in STATUSES}
    kinds = {row["code"]: name_of(row, lang) for _, row in tables.frame("kinds").iterrows()}
    sites = tables.frame("sites")
    data = [
        _site(site, kinds, titles, state, lang)
        for (_, site), (_, state) in zip(sites.iterrows(), states.loc[sites.index].iterrows(), strict=True)
        if site["geometry"] is not None
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


def _site(
    site: pd.Series, kinds: dict[str, str], statuses: dict[str, str], state: pd.Series, lang: Language
) -> dict[str, Any]:
    rows = [
        [SITES.column("kind").title(lang), kinds.get(site["kind"], site["kind"])],
        [tr("Status", lang), statuses[state["status"]]],
        *([SITES.column(name).title(lang), site[name]] for name in ("code", "address", "contact", "phone", "windows")),
        [tr("Due", lang), state["due_date"]],
        [tr("Last inspection", lang), state["last_date"]],
    ]
    return {**_at(site), "name": name_of(site, lang), "status": state["status"], "rows": rows}


def _at(row: pd.Series) -> dict[str, float]:
    return {"lon": round(row["geometry"].x, DIGITS), "lat": round(row["geometry"].y, DIGITS)}


def _add_routes(page: folium.Map, tables: Tables, plan: str, lang: Language) -> None:
    routes, teams = tables.frame("routes"), tables.frame("teams")
    for _, route in routes[routes["plan"] == plan].iterrows():
        team = teams.loc[route["team"]]
        stops = _stops(tables, plan, route["team"], lang)
        line = route["geometry"]
        data = {
            "name": name_of(team, lang),
            "colour": team["colour"] if re.fullmatch(r"#[0-9a-fA-F]{6}", team["colour"]) else "#444444",
            "line": None if line is None else shapely.get_coordinates(line)[:, ::-1].round(DIGITS).tolist(),
            "stops": stops,
            "rows": [
                [tr("Stops", lang), str(len(stops))],
                [tr("Distance", lang), tr("{km:.1f} km", lang, km=route["metres"] / 1000)],
                [tr("Planned", lang), f"{format_clock(route['start_s'])} – {format_clock(route['end_s'], wrap=True)}"],
            ],
        }
        group = folium.FeatureGroup(name=_label(name_of(team, lang))).add_to(page)
        group.add_child(_Call("xunluRoute", data))


def _stops(tables: Tables, plan: str, team: str, lang: Language) -> list[dict[str, Any]]:
    stops, sites = tables.frame("stops"), tables.frame("sites")
    found = []
    for _, stop in stops[(stops["plan"] == plan) & (stops["team"] == team)].sort_values("seq").iterrows():
        site = sites.loc[stop["site"]]
        times = f"{format_clock(stop['arrive_s'], wrap=True)} – {format_clock(stop['leave_s'], wrap=True)}"
        rows = [
            [tr("Planned", lang), times],
            *([SITES.column(name).title(lang), site[name]] for name in ("address", "contact", "phone", "windows")),
        ]
        found.append({**_at(site), "number": int(stop["seq"]), "name": name_of(site, lang), "rows": rows})
    return found
