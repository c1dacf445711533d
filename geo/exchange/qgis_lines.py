"""How QGIS draws streets, railways and routes, as wide at each scale as on our map."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from geo.exchange import qgis_names as names
from geo.exchange import qml
from geo.exchange.looks import light, team_colours
from geo.exchange.qml import SCALE_PER_METRE, Category, mm
from geo.exchange.readable import labels
from geo.language import Language, tr
from geo.model import HIGHWAYS, RAILWAY_KINDS
from geo.store.tables import Tables

CASING, CASED_FROM = 1.0, 1.7
"""Pixels of casing on each side of a street, and the width below which it is one thin line, as on our map."""

RIM = 1.4
"""Pixels of a railway on both sides of its dashes, together."""

UNDERGROUND = 120
"""How opaque, of 255, a railway in a tunnel is."""

MM = f"{qml.MM_PER_PIXEL:.6f}"

FILL_LEVEL = 20
"""Levels of the fills of streets begin here, so that every casing lies below every fill."""


def streets(lang: Language) -> str:
    """Return streets by class, casings below fills; what has a dash in our style is one dashed line."""
    classes = sorted(light()["streets"].items(), key=lambda item: int(item[1]["rank"]))
    called = {choice.value: choice.title(lang) for choice in HIGHWAYS}
    categories = [Category(name, called.get(name, name), _street(one)) for name, one in classes]
    categories.append(Category("", tr("other streets", lang), _street(light()["streets"]["residential"])))
    shown = {name: f"@map_scale <= {_denominator(one['label_from'])}" for name, one in classes}
    overrides = {"Show": qml.case("highway", shown, shown["residential"])}
    named = names.lettering("street", lang, placement="along", overrides=overrides)
    renderer = qml.categorised("highway", categories, levels=True)
    return qml.document(renderer, qml.labelled(named), titles=names.titles("streets", lang))


def _street(one: dict[str, Any]) -> str:
    wide, width = _nominal(one["widths"]), _width(one["widths"])
    shown = f"@map_scale <= {_denominator(one['from_scale'])}"
    mixed = _between(one["casing"], one["fill"])
    if dash := one.get("dash"):
        # As on our map these dashes grow with the width.
        overrides = {"outlineWidth": f"{width} * {MM}", "enabled": shown, "customDash": _dashes(dash, width)}
        overrides["outlineColor"] = f"if(\"tunnel\", '{qml.colour(mixed)}', '{qml.colour(one['casing'])}')"
        drawn = line(one["casing"], wide, one["rank"], overrides, dash=[part * wide for part in dash])
        return qml.symbol("line", drawn)
    cased = f"@map_scale <= {_denominator(_scale_of_width(one['widths'], CASED_FROM))}"
    edge = _case_of(bridge=_darker(one["casing"]), tunnel=mixed, plain=one["casing"])
    casing = {"outlineWidth": f"({width} + if({cased}, {2 * CASING}, 0)) * {MM}", "enabled": shown}
    pale = _case_of(bridge=one["fill"], tunnel=_between(one["fill"], light()["land"]), plain=one["fill"])
    fill = {"outlineWidth": f"{width} * {MM}", "enabled": cased}
    return qml.symbol(
        "line",
        line(one["casing"], wide + 2 * CASING, one["rank"], casing | {"outlineColor": edge}),
        line(one["fill"], wide, FILL_LEVEL + one["rank"], fill | {"outlineColor": pale}),
    )


def _case_of(*, bridge: str, tunnel: str, plain: str) -> str:
    """Return the expression of a colour: one for bridges, one for tunnels, one for the rest."""
    cases = f"WHEN \"tunnel\" THEN '{qml.colour(tunnel)}' WHEN \"bridge\" THEN '{qml.colour(bridge)}'"
    return f"CASE {cases} ELSE '{qml.colour(plain)}' END"


def _between(one: str, other: str) -> str:
    pairs = ((int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{(a + b) // 2:02X}" for a, b in pairs)


def _darker(one: str) -> str:
    """Return a colour as dark as Qt makes it with 135 per cent."""
    return "#" + "".join(f"{round(int(one[at : at + 2], 16) / 1.35):02X}" for at in (1, 3, 5))


def _dashes(dash: Sequence[float], width: str) -> str:
    """Return the expression of dashes, given in widths, for a width in pixels that is an expression too."""
    return " || ';' || ".join(f"to_string({part} * {width} * {MM})" for part in dash)


def railways(lang: Language) -> str:
    """Return railways by kind: a line and pale dashes on it; what runs in a tunnel is pale and has none."""
    titles = {choice.value: choice.title(lang) for choice in RAILWAY_KINDS}
    categories = [Category(kind, titles.get(kind, kind), _railway(one)) for kind, one in light()["railways"].items()]
    named = names.lettering("street", lang, placement="along", to_scale=20 * SCALE_PER_METRE)
    renderer = qml.categorised("kind", categories)
    return qml.document(renderer, qml.labelled(named), titles=names.titles("railways", lang))


def _railway(one: dict[str, Any]) -> str:
    wide, width = _nominal(one["widths"]), _width(one["widths"])
    shown = f"@map_scale <= {_denominator(one['from_scale'])}"
    pale = f"if(\"tunnel\", '{qml.colour(one['line'], UNDERGROUND)}', '{qml.colour(one['line'])}')"
    below = line(one["line"], wide, 0, {"outlineWidth": f"{width} * {MM}", "enabled": shown, "outlineColor": pale})
    if not (dash := one.get("dash")):
        return qml.symbol("line", below)
    room = f"@map_scale <= {_denominator(_scale_of_width(one['widths'], RIM + 0.4))}"
    above = {"outlineWidth": f"({width} - {RIM}) * {MM}", "enabled": f'{shown} AND {room} AND NOT "tunnel"'}
    return qml.symbol("line", below, line(one["gap"], max(wide - RIM, 0.4), 0, above, dash=dash))


def routes(tables: Tables, plan: str | None, lang: Language) -> str:
    """Return the routes of one plan in the colours of the teams, with arrows; those of other plans are not drawn."""
    route = light()["route"]
    called = labels(tables, "teams", lang)
    categories = []
    for team, colour in team_colours(tables).items():
        head = qml.symbol("marker", qml.layer("SimpleMarker", {
            "name": "arrowhead", "size": mm(6), "size_unit": "MM", "outline_color": qml.colour(route["casing"]),
            "outline_width": mm(1.5), "outline_width_unit": "MM", "color": qml.colour(route["casing"])}),
            name="@0@2")  # fmt: skip
        every = {"placement": "interval", "interval": mm(route["arrow_every"]), "interval_unit": "MM", "rotate": "1"}
        drawn = qml.symbol(
            "line",
            line(route["casing"], route["width"] + 2 * route["casing_width"]),
            line(colour, route["width"], alpha=route["alpha"]),
            qml.layer("MarkerLine", every, inner=head),
        )
        categories.append(Category(team, called[team], drawn))
    return qml.document(
        qml.categorised(f'if("plan" = {qml.quoted(plan or "")}, "team", NULL)', categories),
        titles=names.titles("routes", lang),
    )


def line(
    colour: str,
    width: float,
    level: int = 0,
    overrides: dict[str, str] | None = None,
    *,
    dash: Sequence[float] = (),
    alpha: int = 255,
) -> str:
    """Return a line as the layer of a symbol; width and dashes in pixels."""
    look = {
        "line_color": qml.colour(colour, alpha),
        "line_width": mm(width),
        "line_width_unit": "MM",
        "line_style": "solid",
        "capstyle": "flat" if dash else "round",
        "joinstyle": "round",
        "use_custom_dash": int(bool(dash)),
        "customdash": ";".join(map(mm, dash)) or "5;2",
        "customdash_unit": "MM",
    }
    return qml.layer("SimpleLine", look, overrides, level=level)


def _denominator(scale: float) -> str:
    """Return metres per pixel as the denominator of a scale."""
    return f"{scale * SCALE_PER_METRE:.0f}"


def _nominal(widths: Sequence[tuple[float, float]]) -> float:
    """Return the width where there is no scale, as in a legend: that at four metres per pixel."""
    return float(dict(widths).get(4, widths[0][1]))


def _width(widths: Sequence[tuple[float, float]]) -> str:
    """Return the expression of a width in pixels: straight lines between those given, on logarithmic axes."""
    steps = sorted((scale * SCALE_PER_METRE, width) for scale, width in widths)
    cases = [f"WHEN @map_scale IS NULL THEN {_nominal(widths)}"]
    cases.append(f"WHEN @map_scale <= {steps[0][0]:.0f} THEN {steps[0][1]}")
    for (a, wide), (b, thin) in pairwise(steps):
        power = math.log(thin / wide) / math.log(b / a)
        cases.append(f"WHEN @map_scale <= {b:.0f} THEN {wide} * (@map_scale / {a:.1f}) ^ ({power:.5f})")
    return f"(CASE {' '.join(cases)} ELSE {steps[-1][1]} END)"


def _scale_of_width(widths: Sequence[tuple[float, float]], width: float) -> float:
    """Return the coarsest scale, in metres per pixel, at which a street is at least so wide."""
    steps = sorted(widths)
    for (a, wide), (b, thin) in pairwise(steps):
        if wide >= width > thin:
            return float(a * (b / a) ** (math.log(width / wide) / math.log(thin / wide)))
    return float(steps[-1][0] if steps[-1][1] >= width else steps[0][0])
