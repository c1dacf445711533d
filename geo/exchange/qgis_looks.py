"""The look of our map in the words of QGIS: a style for each layer, from the colours of the light style."""

import re
from typing import Any

from geo.exchange import qgis_lines, qgis_sites, qml
from geo.exchange import qgis_names as names
from geo.exchange.looks import light
from geo.exchange.qml import SCALE_PER_METRE, Category, mm
from geo.language import Language, tr
from geo.model import AREA_KINDS
from geo.store.tables import Tables


def styles(tables: Tables, plan: str | None, lang: Language) -> dict[str, str]:
    """Return the style of each layer as QML, by the name of its table; `plan` is the plan whose routes are shown."""
    return {
        "sites": qgis_sites.by_kind(tables, lang),
        "sites_by_status": qgis_sites.by_status(tables, lang),
        "streets": qgis_lines.streets(lang),
        "railways": qgis_lines.railways(lang),
        "routes": qgis_lines.routes(tables, plan, lang),
        "areas": _areas(lang),
        "subdistricts": _subdistricts(lang),
        "closures": _closures(tables, lang),
        "landmarks": _landmarks(lang),
    }


def _fill(colour: str, alpha: int, edge: str, width: float) -> str:
    look = {
        "color": qml.colour(colour, alpha),
        "style": "solid" if alpha else "no",
        "outline_color": qml.colour(edge),
        "outline_style": "solid" if width else "no",
        "outline_width": mm(width),
        "outline_width_unit": "MM",
        "joinstyle": "round",
    }
    return qml.layer("SimpleFill", look)


def _border(one: dict[str, Any]) -> str:
    """Return a boundary: a pale band and a line on it."""
    band = qgis_lines.line(one["band"], one["band_width"], alpha=one["band_alpha"])
    edge = qgis_lines.line(one["line"], one["width"], dash=one.get("dash", ()))
    return qml.symbol("fill", band, edge)


def _areas(lang: Language) -> str:
    called = {choice.value: choice.title(lang) for choice in AREA_KINDS}
    categories = [Category("district", called["district"], _border(light()["district"]))]
    for kind, one in light()["areas"].items():
        drawn = qml.symbol("fill", _fill(one["fill"], 255, one["line"], one["width"]))
        categories.append(Category(kind, called[kind], drawn))
    named = names.lettering("park", lang, overrides=_area_lettering())
    return qml.document(qml.categorised("kind", categories), qml.labelled(named), titles=names.titles("areas", lang))


def _area_lettering() -> dict[str, str]:
    """Return what of the lettering hangs on the kind of an area; the district has its name elsewhere."""
    texts = light()["texts"]
    styles = {kind: texts[one["text"]] for kind, one in light()["areas"].items()}

    def by_kind(key: str) -> str:
        return qml.case("kind", {kind: qml.quoted(one[key]) for kind, one in styles.items()}, "NULL")

    return {"Color": by_kind("colour"), "BufferColor": by_kind("halo"), "Show": "\"kind\" <> 'district'"}


def _subdistricts(lang: Language) -> str:
    renderer = qml.single(_border(light()["subdistrict"]))
    named = names.lettering("subdistrict", lang)
    return qml.document(renderer, qml.labelled(named), titles=names.titles("subdistricts", lang))


def _closures(tables: Tables, lang: Language) -> str:
    """Return closures hatched while they are in force on the project's day, and as a thin line before and after."""
    one, quiet = light()["closure"], light()["status"]["not_due"]["ink"]
    fixed = tables.setting("today")
    day = f"to_date('{fixed}')" if re.fullmatch(r"\d{4}-\d\d-\d\d", fixed) else "to_date(now())"
    in_force = f'coalesce("from_date" <= {day}, true) AND coalesce("to_date" >= {day}, true)'
    hatch = qml.layer(
        "LinePatternFill",
        {"angle": "45", "distance": mm(one["hatch_gap"]), "distance_unit": "MM"},
        inner=qml.symbol("line", qgis_lines.line(one["line"], 1.1, alpha=one["hatch_alpha"]), name="@0@1"),
    )
    drawn = qml.symbol("fill", _fill(one["fill"], one["fill_alpha"], one["line"], one["width"]), hatch)
    past = qml.symbol("fill", _fill(one["fill"], 0, quiet, 0.8))
    rules = [Category(in_force, tr("in force", lang), drawn), Category("ELSE", tr("not in force", lang), past)]
    named = names.lettering("closure", lang)
    return qml.document(qml.by_rules(rules), qml.labelled(named), titles=names.titles("closures", lang))


def _landmarks(lang: Language) -> str:
    look = {
        "name": "square",
        "size": mm(7.2),
        "size_unit": "MM",
        "color": qml.colour(light()["texts"]["landmark"]["colour"]),
        "outline_color": qml.colour(light()["site"]["rim"]),
        "outline_width": mm(1.4),
        "outline_width_unit": "MM",
    }
    named = names.lettering("landmark", lang, placement="around", distance=6)
    renderer = qml.single(qml.symbol("marker", qml.layer("SimpleMarker", look)))
    titles = names.titles("landmarks", lang)
    return qml.document(renderer, qml.labelled(named), titles=titles, to_scale=14 * SCALE_PER_METRE)
