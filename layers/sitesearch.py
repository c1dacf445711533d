"""Which sites lie under a pixel, and which crowd: asked with every move of the mouse."""

import numpy as np

from layers import crowds
from layers.crowds import Crowd
from layers.siterows import SiteRows
from layers.view import View
from layers.zorder import Cells, Indices


def near(rows: SiteRows, ranks: Indices, view: View, point: tuple[float, float], reach: tuple[float, float]) -> Indices:
    """Return the positions of the sites near a pixel, the nearest first; none of those in a crowd.

    Parameters
    ----------
    ranks
        What covers what, by shade: of two in the same place the one that lies on top comes first.
    point
        In logical pixels of the view.
    reach
        How far a site may be away, and the size of symbols by which crowds are told, in pixels.
    """
    tolerance, size = reach
    (at_x, at_y), by = view.screen_to_world([point])[0].tolist(), tolerance * view.scale
    found = _squares(rows, view, point, tolerance, size)[0].points()
    away = np.hypot(rows.xy[found, 0] - at_x, rows.xy[found, 1] - at_y)
    found, away = found[away <= by], away[away <= by]
    order: Indices = found[np.lexsort((-found, -ranks[rows.shades[found]], away))]
    return order


def crowd_at(rows: SiteRows, view: View, point: tuple[float, float], size: float) -> Crowd | None:
    """Return the crowd whose disc is under a pixel."""
    at_x, at_y = view.screen_to_world([point])[0].tolist()
    for crowd in crowds.crowds_of(rows, _squares(rows, view, point, crowds.LARGEST, size)[1]):
        if np.hypot(crowd.x - at_x, crowd.y - at_y) <= crowd.radius * view.scale:
            return crowd
    return None


def _squares(rows: SiteRows, view: View, point: tuple[float, float], reach: float, size: float) -> tuple[Cells, Cells]:
    """Return the squares around a pixel: those whose sites are drawn one by one, and those that are crowds."""
    x, y = view.screen_to_world([point])[0].tolist()
    cells, crowded = crowds.squares(rows, View(x, y, view.scale, 2, 2), reach, size)
    return cells.chosen(~crowded), cells.chosen(crowded)
