"""How QGIS draws the sites: by kind, and by status as on our map."""

import base64
import colorsys
from typing import Any

from geo import resource
from geo.exchange import qgis_names as names
from geo.exchange import qml
from geo.exchange.looks import light
from geo.exchange.qml import SCALE_PER_METRE, Category, Lettering, mm
from geo.language import Language, tr
from geo.model import STATUSES
from geo.store.tables import Tables, name_of


def by_kind(tables: Tables, lang: Language) -> str:
    """Return sites by kind, in the outline and pictogram of each, in the quiet colour of no status."""
    quiet = light()["status"]["not_due"]
    kinds = {
        row["code"]: (row["symbol"], name_of(row, lang)) for _, row in tables.frame("kinds").iterrows() if row["code"]
    }
    categories = [
        Category(code, title, _badge(quiet, _shape(symbol), symbol)) for code, (symbol, title) in kinds.items()
    ]
    categories.append(Category("", tr("other kinds", lang), _badge(quiet, _shape(""), "")))
    return qml.document(
        qml.categorised("kind", categories), qml.labelled(_site_names(lang)), titles=names.titles("sites", lang)
    )


def _badge(look: dict[str, Any], shape: str, symbol: str) -> str:
    size = light()["site"]["badge_size"]
    outline = _svg(_outline(shape), size * 1.5, look["fill"])
    return qml.symbol("marker", outline, _svg(_pictogram(symbol), size * 0.6, look["ink"]))


def by_status(tables: Tables, lang: Language) -> str:
    """Return sites by status: from afar the dot of each, from near the outline of the kind, pictogram and mark."""
    style = light()["status"]
    kinds = _codes_by_symbol(tables)
    categories = [
        Category(choice.value, choice.title(lang), _status_symbol(style[choice.value], kinds)) for choice in STATUSES
    ]
    categories.append(Category("", tr("not assessed yet", lang), _status_symbol(style["not_due"], kinds)))
    ranks = qml.case("status", {value: str(one["rank"]) for value, one in style.items()}, "0")
    renderer = qml.categorised("status", categories, order=ranks)
    more = {"status_zh": "状态", "status_en": "Status", "due": tr("Due", lang), "as_of": tr("As of", lang)}
    return qml.document(renderer, qml.labelled(_site_names(lang)), titles=names.titles("sites", lang) | more)


def _site_names(lang: Language) -> Lettering:
    to_scale = light()["site"]["name_from"] * SCALE_PER_METRE
    return names.lettering("site", lang, placement="around", to_scale=to_scale, distance=10)


def _codes_by_symbol(tables: Tables) -> dict[str, list[str]]:
    """Return the codes of the site kinds that share a symbol our map has, by that symbol."""
    found: dict[str, list[str]] = {symbol: [] for symbol in light()["kinds"] if symbol}
    for code, symbol in zip(tables.frame("kinds")["code"], tables.frame("kinds")["symbol"], strict=True):
        if symbol in found:
            found[symbol].append(code)
    return {symbol: codes for symbol, codes in found.items() if codes}


def _status_symbol(look: dict[str, Any], kinds: dict[str, list[str]]) -> str:
    site = light()["site"]
    far, near = (site[name] * SCALE_PER_METRE for name in ("badge_from", "full_from"))
    quiet = look["rank"] == 0
    dot = f"{site['dot_size'] * (0.72 if quiet else 1)} * max(0.7, min(1.2, ({2 * far:.0f} / @map_scale) ^ 0.25))"
    # What is not due steps back: it is a dot for longer, and never has a mark.
    dotted, small, large = (near, near, site["badge_size"]) if quiet else (far, site["badge_size"], site["full_size"])
    size = f"(CASE WHEN @map_scale > {dotted:.0f} THEN {dot} "
    size += "" if quiet else f"WHEN @map_scale > {near:.0f} THEN {small} "
    size += f"ELSE {large} END * {qml.MM_PER_PIXEL:.6f})"
    dot_svg = _outline(look["dot"])
    shapes = _by_kind(kinds, {symbol: _outline(_shape(symbol)) for symbol in ("", *kinds)})
    pictures = _by_kind(kinds, {symbol: _pictogram(symbol) for symbol in ("", *kinds)})
    outline = {
        "size": f"1.5 * {size}",
        "name": f"CASE WHEN @map_scale > {dotted:.0f} THEN '{dot_svg}' ELSE {shapes} END",
    }
    picture = {"size": f"0.6 * {size}", "name": pictures, "enabled": f"@map_scale <= {dotted:.0f}"}
    layers = [
        _svg(dot_svg, site["dot_size"] * 1.5, look["fill"], outline),
        _svg(_pictogram(""), site["badge_size"] * 0.6, look["ink"], picture),
    ]
    if look["mark"] != "none":
        corner = {
            "size": f"0.57 * {size}",
            "enabled": f"@map_scale <= {near:.0f}",
            "offset": f"to_string(0.41 * {size}) || ',' || to_string(0.39 * {size})",
        }
        layers.append(_svg(_mark(look["mark"]), site["full_size"] * 0.57, _dark(look["fill"]), corner))
    return qml.symbol("marker", *layers)


def _by_kind(kinds: dict[str, list[str]], pictures: dict[str, str]) -> str:
    cases = " ".join(
        f"WHEN \"kind\" IN ({', '.join(qml.quoted(code) for code in codes)}) THEN '{pictures[symbol]}'"
        for symbol, codes in kinds.items()
    )
    return f"(CASE {cases} ELSE '{pictures['']}' END)" if cases else f"'{pictures['']}'"


def _dark(fill: str) -> str:
    """Return the ink of a mark on a white disc: the colour of the status, dark enough to be read."""
    red, green, blue = (int(fill[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, saturation, value = colorsys.rgb_to_hsv(red, green, blue)
    value = value / 1.5 if value / 1.5 < 0.6 else value / 2.1
    return "#" + "".join(f"{round(255 * part):02X}" for part in colorsys.hsv_to_rgb(hue, saturation, value))


def _shape(symbol: str) -> str:
    kinds = light()["kinds"]
    return str((kinds.get(symbol) or kinds[""])["shape"])


def _svg(path: str, size: float, fill: str, overrides: dict[str, str] | None = None) -> str:
    """Return a marker that draws a picture in a colour, with the rim of our symbols; `size` in pixels."""
    rim = qml.colour(light()["site"]["rim"])
    look = {"name": path, "size": mm(size), "size_unit": "MM", "offset_unit": "MM", "color": qml.colour(fill)}
    return qml.layer("SvgMarker", look | {"outline_color": rim, "outline_width": "0"}, overrides)


def _embedded(svg: str) -> str:
    return f"base64:{base64.b64encode(svg.encode()).decode()}"


def _outline(name: str) -> str:
    return _embedded(resource.path(f"qgis/outlines/{name}.svg").read_text("utf-8"))


def _mark(name: str) -> str:
    return _embedded(resource.path(f"qgis/marks/{name}.svg").read_text("utf-8"))


def _pictogram(symbol: str) -> str:
    kinds = light()["kinds"]
    icon = (kinds.get(symbol) or kinds[""])["icon"]
    svg = resource.path(f"icons/kinds/{icon}.svg").read_text("utf-8")
    return _embedded(svg.replace("#000000", "param(fill) #000000"))
