"""Open a GeoPackage with PyQGIS and tell as JSON what QGIS makes of it; run by the Python that QGIS was built for.

Reads JSON: ``file``; ``fonts``, a folder; ``pictures``, each with ``out``, ``extent`` (west, south, east, north in
degrees), ``layers`` (lowest first), ``probes``, places in degrees whose colour is told, and perhaps ``size``, ``dpi``
and ``names``.
"""

import json
import sys
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsProviderRegistry,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor, QFontDatabase

Facts = dict[str, Any]


def opened(file: str, name: str) -> tuple[QgsVectorLayer, bool]:
    """Return a layer with the default style that the file holds for it, and whether it holds one."""
    layer = QgsVectorLayer(f"{file}|layername={name}", name, "ogr")
    _said, is_styled = layer.loadDefaultStyle()
    return layer, is_styled


def wrong_expressions(properties: Any) -> list[str]:
    """Return the expressions among overrides that QGIS cannot read."""
    said = [properties.property(key).expressionString() for key in properties.propertyKeys()]
    return [text for text in said if not text or QgsExpression(text).hasParserError()]


def symbol_facts(symbol: Any) -> list[Facts]:
    """Return class, colours and level of each layer of a symbol."""
    layers = [symbol.symbolLayer(at) for at in range(symbol.symbolLayerCount())]
    return [
        {
            "class": one.layerType(),
            "level": one.renderingPass(),
            "colour": one.color().name(),
            "alpha": one.color().alpha(),
            "edge": one.strokeColor().name(),
            "overrides": len(one.dataDefinedProperties().propertyKeys()),
            "wrong": wrong_expressions(one.dataDefinedProperties()),
            "inner": symbol_facts(one.subSymbol()) if one.subSymbol() else [],
        }
        for one in layers
    ]


def renderer_facts(renderer: Any) -> Facts:
    """Return the type of a renderer, and the title and symbol of each of its values."""

    def part(title: str, drawn: Any) -> Facts:
        return {"title": title, "symbol": symbol_facts(drawn)}

    # Told at once: what QGIS hands out is gone with the list that it came in.
    if renderer.type() == "categorizedSymbol":
        parts = {str(one.value() or ""): part(one.label(), one.symbol()) for one in renderer.categories()}
        attribute = renderer.classAttribute()
    elif renderer.type() == "RuleRenderer":
        rules = renderer.rootRule().children()
        parts = {rule.filterExpression(): part(rule.label(), rule.symbol()) for rule in rules}
        attribute = ""
    else:
        parts = {"": part("", renderer.symbol())}
        attribute = ""
    order = renderer.orderBy().list() if renderer.orderByEnabled() else []
    return {
        "type": renderer.type(),
        "levels": renderer.usingSymbolLevels(),
        "attribute": attribute,
        "order": [clause.expression().hasParserError() for clause in order],
        "parts": parts,
    }


def label_facts(layer: Any) -> Facts | None:
    """Return how the names of a layer are written; None where they are not."""
    if not layer.labelsEnabled():
        return None
    settings = layer.labeling().settings()
    style = settings.format()
    return {
        "text": settings.fieldName,
        "wrong": settings.getLabelExpression().hasParserError(),
        "colour": style.color().name(),
        "halo": style.buffer().color().name(),
        "points": style.size(),
        "from": settings.minimumScale if settings.scaleVisibility else 0,
        "overrides": wrong_expressions(settings.dataDefinedProperties()),
    }


def facts(file: str, name: str) -> Facts:
    """Return what QGIS knows of a layer."""
    layer, is_styled = opened(file, name)
    features = list(layer.getFeatures())
    return {
        "valid": layer.isValid(),
        "count": layer.featureCount(),
        "read": len(features),
        "ids": len({feature.id() for feature in features}),
        "found_again": all(layer.getFeature(one.id()).attributes() == one.attributes() for one in features[:20]),
        "styled": is_styled,
        "titles": {field.name(): field.alias() for field in layer.fields()},
        "renderer": renderer_facts(layer.renderer()) if layer.isSpatial() else None,
        "labels": label_facts(layer) if layer.isSpatial() else None,
    }


def paint(file: str, picture: Facts) -> Facts:
    """Paint layers into a picture file; return the scale, the errors, and the colours at the places asked about."""
    layers = [opened(file, name)[0] for name in picture["layers"]]
    QgsProject.instance().addMapLayers(layers)
    settings = QgsMapSettings()
    settings.setLayers(list(reversed(layers)))
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    settings.setExtent(QgsRectangle(*picture["extent"]))
    settings.setOutputSize(QSize(*picture.get("size", (1000, 800))))
    settings.setOutputDpi(picture.get("dpi", 96))
    settings.setBackgroundColor(QColor("#F8F6F0"))
    settings.setFlag(QgsMapSettings.Antialiasing)
    settings.setFlag(QgsMapSettings.DrawLabeling, picture.get("names", True))
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(None))
    context.appendScope(QgsExpressionContextUtils.mapSettingsScope(settings))
    settings.setExpressionContext(context)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    image.save(picture["out"])
    at = settings.mapToPixel()
    points = [at.transform(x, y) for x, y in picture["probes"]]
    colours = [image.pixelColor(int(point.x()), int(point.y())).name() for point in points]
    return {"scale": settings.scale(), "errors": [error.message for error in job.errors()], "colours": colours}


def main() -> None:
    """Tell of every layer, and paint the pictures asked for."""
    asked = json.load(sys.stdin)
    application = QgsApplication([], True)
    application.initQgis()
    for font in sorted(Path(asked["fonts"]).glob("*.[ot]t[cf]")):
        QFontDatabase.addApplicationFont(str(font))
    names = [one.name() for one in QgsProviderRegistry.instance().querySublayers(asked["file"])]
    told = {
        "layers": {name: facts(asked["file"], name) for name in names},
        "pictures": [paint(asked["file"], picture) for picture in asked["pictures"]],
    }
    QgsProject.instance().clear()
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    application.exitQgis()


main()
