"""The style files of QGIS (QML) in text: symbols, renderers and labels, as QGIS 3.10 to today reads them.

Properties are written as ``prop`` elements, the older of the two forms; newer versions read both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from geo.exchange.xmltext import element, plain_text

MM_PER_PIXEL = 25.4 / 96
SCALE_PER_METRE = 1 / (MM_PER_PIXEL / 1000)
"""The denominator of the scale at which a pixel of 96 dpi is a metre."""

Properties = Mapping[str, object]
Kind = Literal["marker", "line", "fill"]


@dataclass(frozen=True)
class Category:
    """One value of a categorised renderer: what the expression gives, what the legend says, how it is drawn."""

    value: str
    title: str
    symbol: str


@dataclass(frozen=True)
class Lettering:
    """How names are written.

    Attributes
    ----------
    text
        An expression that gives the text.
    size
        In pixels of 96 dpi, as all sizes of our styles.
    colour, halo
        As ``#RRGGBB``.
    halo_width
        In pixels, both sides together.
    bold, italic
        Whether the letters are.
    placement
        ``around`` a point, ``over`` it (the middle of an area), or ``along`` a line.
    to_scale
        Denominator of the smallest scale at which names are shown; 0 for all.
    distance
        From a point, in pixels.
    overrides
        Expressions for properties of the labels, by the names of QGIS.
    """

    text: str
    size: float
    colour: str
    halo: str
    halo_width: float
    bold: bool = False
    italic: bool = False
    placement: Literal["around", "over", "along"] = "over"
    to_scale: float = 0
    distance: float = 0
    overrides: Mapping[str, str] | None = None


_PLACEMENTS = {"around": "6", "over": "1", "along": "3"}


def mm(pixels: float) -> str:
    """Return pixels of 96 dpi in millimetres."""
    return f"{pixels * MM_PER_PIXEL:.4g}"


def colour(name: str, alpha: int = 255) -> str:
    """Return ``#RRGGBB`` as QGIS has it: red, green, blue, alpha."""
    return ",".join(str(int(name[at : at + 2], 16)) for at in (1, 3, 5)) + f",{alpha}"


def quoted(text: str) -> str:
    """Return a text as a literal of an expression."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def case(column: str, values: Mapping[str, str], rest: str) -> str:
    """Return the expression that gives a value for each value of a column; expressions know no ``CASE column WHEN``."""
    cases = " ".join(f'WHEN "{column}" = {quoted(value)} THEN {said}' for value, said in values.items())
    return f"CASE {cases} ELSE {rest} END"


def layer(
    kind: str, properties: Properties, overrides: Mapping[str, str] | None = None, *, level: int = 0, inner: str = ""
) -> str:
    """Return one layer of a symbol.

    Parameters
    ----------
    kind
        The class of the layer, such as ``SimpleLine``.
    properties
        Its properties by the names of QGIS.
    overrides
        Expressions that give properties instead, by names of QGIS.
    level
        When it is drawn where symbol levels are on: low ones first.
    inner
        The symbol that it repeats.
    """
    props = (element("prop", k=key, v=str(value)) for key, value in properties.items())
    attributes = {"class": kind, "enabled": "1", "locked": "0", "pass": str(level)}
    return element("layer", *props, _collection("data_defined_properties", overrides), inner, **attributes)


def symbol(kind: Kind, *layers: str, name: str = "0") -> str:
    """Return a symbol of some layers, the lowest first."""
    attributes = {"type": kind, "name": name, "alpha": "1", "clip_to_extent": "1", "force_rhr": "0"}
    return element("symbol", *layers, **attributes)


def single(drawn: str) -> str:
    """Return the renderer that draws all rows alike."""
    return element("renderer-v2", element("symbols", drawn), type="singleSymbol", symbollevels="0", forceraster="0")


def categorised(expression: str, categories: Sequence[Category], *, levels: bool = False, order: str = "") -> str:
    """Return the renderer that draws rows by the value of an expression; the value ``""`` is all others.

    `levels` draws the layers of all symbols by their levels; `order` is an expression by which rows are drawn.
    """
    entries = (
        element("category", render="true", symbol=str(at), value=one.value, label=one.title)
        for at, one in enumerate(categories)
    )
    symbols = (one.symbol.replace('name="0"', f'name="{at}"', 1) for at, one in enumerate(categories))
    ordered = element("orderByClause", plain_text(order), asc="1", nullsFirst="1") if order else ""
    return element(
        "renderer-v2",
        element("categories", *entries),
        element("symbols", *symbols),
        element("orderby", ordered) if order else "",
        type="categorizedSymbol",
        attr=expression,
        symbollevels=str(int(levels)),
        enableorderby=str(int(bool(order))),
        forceraster="0",
    )


def by_rules(rules: Sequence[Category]) -> str:
    """Return the renderer that draws rows by filters, the values of the categories."""
    entries = (
        element("rule", filter=one.value, label=one.title, symbol=str(at), key=f"{{rule-{at}}}")
        for at, one in enumerate(rules)
    )
    symbols = (one.symbol.replace('name="0"', f'name="{at}"', 1) for at, one in enumerate(rules))
    parts = element("rules", *entries, key="{rules}"), element("symbols", *symbols)
    return element("renderer-v2", *parts, type="RuleRenderer", symbollevels="0", forceraster="0")


def labelled(lettering: Lettering) -> str:
    """Return the labelling of a layer, in the font of the program: one that is missing would be asked for each time."""
    one = lettering
    buffer = element(
        "text-buffer",
        bufferDraw=str(int(one.halo_width > 0)),
        bufferSize=mm(one.halo_width / 2),
        bufferSizeUnits="MM",
        bufferColor=colour(one.halo),
        bufferOpacity="1",
        bufferJoinStyle="128",
        bufferNoFill="1",
    )
    style = element(
        "text-style",
        buffer,
        fieldName=one.text,
        isExpression="1",
        fontSize=f"{one.size * 0.75:g}",
        fontSizeUnit="Point",
        fontWeight="75" if one.bold else "50",
        fontItalic=str(int(one.italic)),
        textColor=colour(one.colour),
        textOpacity="1",
        multilineHeight="1",
    )
    placement = element(
        "placement",
        placement=_PLACEMENTS[one.placement],
        placementFlags="9",
        dist=mm(one.distance),
        distUnits="MM",
        offsetType="1",
        priority="5",
        repeatDistance="80" if one.placement == "along" else "0",
        repeatDistanceUnits="MM",
        predefinedPositionOrder="R,L,BR,TR,B,T,BL,TL",
    )
    rendering = element(
        "rendering",
        scaleVisibility=str(int(one.to_scale > 0)),
        scaleMin="0",
        scaleMax=f"{one.to_scale:.0f}",
        obstacle="1",
        mergeLines=str(int(one.placement == "along")),
        drawLabels="1",
    )
    overrides = _collection("dd_properties", one.overrides)
    return element("labeling", element("settings", style, placement, rendering, overrides, calloutType="simple"),
                   type="simple")  # fmt: skip


def document(renderer: str, labels: str = "", *, titles: Mapping[str, str] | None = None, to_scale: float = 0) -> str:
    """Return a whole style.

    Parameters
    ----------
    renderer, labels
        See above; without labels none are written.
    titles
        What forms and tables call each column.
    to_scale
        Denominator of the smallest scale at which the layer is shown; 0 for all.
    """
    aliases = (
        element("alias", field=field, name=name, index=str(at))
        for at, (field, name) in enumerate((titles or {}).items())
    )
    body = element(
        "qgis",
        renderer,
        labels,
        element("aliases", *aliases),
        version="3.10.0",
        styleCategories="Symbology|Labeling|Rendering|Fields",
        labelsEnabled=str(int(bool(labels))),
        hasScaleBasedVisibilityFlag=str(int(to_scale > 0)),
        minScale=f"{to_scale:.0f}",
        maxScale="0",
    )
    return f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{body}\n"


def _collection(tag: str, overrides: Mapping[str, str] | None) -> str:
    def option(kind: str, name: str, value: str) -> str:
        return element("Option", type=kind, name=name, value=value)

    properties = (
        element("Option", option("bool", "active", "true"), option("QString", "expression", said),
                option("int", "type", "3"), type="Map", name=name)
        for name, said in (overrides or {}).items()
    )  # fmt: skip
    listed = (
        element("Option", *properties, type="Map", name="properties")
        if overrides
        else element("Option", name="properties")
    )
    return element(
        tag,
        element("Option", option("QString", "name", ""), listed, option("QString", "type", "collection"), type="Map"),
    )
