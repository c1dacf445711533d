"""Render layers with QGIS, by its own Python: python3 qgis_map.py FILE LEFT BOTTOM RIGHT TOP; prints seconds as JSON.

Each layer looks as QGIS first shows it. The median of three pictures is told, without the time to open the file.
"""

import json
import statistics
import sys
import time

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

SIZE = (1200, 800)


def main(path: str, *bounds: str) -> None:
    """Render the layers of a file in some bounds of EPSG:3857."""
    app = QgsApplication([], False)
    app.initQgis()
    layers = [QgsVectorLayer(f"{path}|layername={name}", name, "ogr") for name in ("sites", "streets")]
    assert all(layer.isValid() for layer in layers), path
    QgsProject.instance().addMapLayers(layers)
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setOutputSize(QSize(*SIZE))
    settings.setBackgroundColor(QColor("white"))
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setTransformContext(QgsProject.instance().transformContext())
    settings.setExtent(QgsRectangle(*map(float, bounds)))
    times = []
    for _ in range(3):
        start = time.perf_counter()
        job = QgsMapRendererParallelJob(settings)
        job.start()
        job.waitForFinished()
        times.append(time.perf_counter() - start)
    print(json.dumps(statistics.median(times)))  # noqa: T201
    app.exitQgis()


if __name__ == "__main__":
    main(*sys.argv[1:])
