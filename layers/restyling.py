"""What users change of a style: JSON kept with the project, checked field by field, laid over the style's file."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from PySide6.QtGui import QColor

from geo.errors import XunluError
from geo.language import tr
from layers import style as styles
from layers.style import Style

SETTING = "style"
"""The project setting in which the changes are kept."""

WIDTH_FACTOR = "width_factor"
"""Stands, in the changes, for how many times wider the streets of a class are than the file says."""

LIMITS: dict[str, tuple[float, float]] = {
    "width": (0.2, 20),
    WIDTH_FACTOR: (0.25, 4),
    "size": (6, 60),
    "dot_size": (3, 30),
    "badge_size": (6, 60),
    "full_size": (8, 80),
    "stop_size": (8, 60),
    "halo_width": (0, 8),
    "band_width": (0, 40),
    "band_alpha": (0, 255),
    "fill_alpha": (0, 255),
    "hatch_alpha": (0, 255),
    "hatch_gap": (3, 60),
    "alpha": (40, 255),
    "from_scale": (0.02, 40_000),
    "label_from": (0, 40_000),
    "badge_from": (0, 40_000),
    "full_from": (0, 40_000),
    "name_from": (0, 40_000),
    "to_scale": (0, 40_000),
    "arrow_every": (30, 2_000),
}
"""What the numbers of a style may be: pixels, alpha from 0 to 255, Mercator metres per pixel, and one factor."""


@dataclass(frozen=True)
class Changes:
    """What users have changed.

    Parameters
    ----------
    by_style
        For each style by name, the parts that differ from its file, as in that file.
    sites
        How sites are coloured and named in every style; see `layers.classes`.
    """

    by_style: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    sites: Mapping[str, Any] = field(default_factory=dict)

    def dumps(self) -> str:
        """Return the text that is kept; empty where nothing is changed."""
        kept = {name: part for name, part in (("by_style", self.by_style), ("sites", self.sites)) if part}
        return json.dumps(kept, ensure_ascii=False, sort_keys=True) if kept else ""

    def with_value(self, style: str, path: tuple[str, ...], value: Any) -> "Changes":
        """Return the changes with one value more; None takes that change back.

        Raises
        ------
        XunluError
            If the value does not fit: no colour, or a number out of its `LIMITS`.
        """
        if value is not None:
            _check(styles.read(style), path, value)
        changed = _placed(dict(self.by_style.get(style, {})), path, value)
        others = {name: part for name, part in self.by_style.items() if name != style}
        return Changes({**others, style: changed} if changed else others, self.sites)

    def without(self, style: str, part: str) -> "Changes":
        """Return the changes without those of one part of a style, such as ``streets``."""
        left = {name: value for name, value in self.by_style.get(style, {}).items() if name != part}
        others = {name: value for name, value in self.by_style.items() if name != style}
        return Changes({**others, style: left} if left else others, self.sites)


@lru_cache(maxsize=16)
def loads(text: str) -> Changes:
    """Return the changes that a text holds; what is no such text, or does not fit, changes nothing."""
    try:
        data = json.loads(text) if text else {}
        by_style, sites = data.get("by_style", {}), data.get("sites", {})
        changes = Changes(sites=sites if isinstance(sites, dict) else {})
        for style, parts in by_style.items():
            for path, value in _leaves(parts) if isinstance(parts, dict) else ():
                try:
                    changes = changes.with_value(style, path, value)
                except XunluError:
                    continue
    except (ValueError, AttributeError, TypeError, OSError):
        return Changes()
    return changes


@lru_cache(maxsize=16)
def styled(name: str, text: str) -> Style:
    """Return a style by name with the changes that a project keeps."""
    data = styles.merged(styles.read(name), loads(text).by_style.get(name, {}))
    for street in [*data["streets"].values(), *data["railways"].values()]:
        factor = street.pop(WIDTH_FACTOR, 1)
        street["widths"] = [[scale, width * factor] for scale, width in street["widths"]]
    return styles.build(data)


def value_at(data: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """Return what stands at a path of data as in the files; None if nothing does."""
    found: Any = data
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _leaves(data: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    if isinstance(data, dict):
        return [leaf for name, value in data.items() for leaf in _leaves(value, (*path, name))]
    return [(path, data)]


def _placed(data: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    first, rest = path[0], path[1:]
    if rest:
        below = data.get(first)
        inner = _placed(dict(below) if isinstance(below, Mapping) else {}, rest, value)
        data = {**data, first: inner}
        return data if inner else {name: part for name, part in data.items() if name != first}
    left = {name: part for name, part in data.items() if name != first}
    return left if value is None else {**left, first: value}


def _check(own: Mapping[str, Any], path: tuple[str, ...], value: Any) -> None:
    name, old = path[-1], value_at(own, path)
    if name == WIDTH_FACTOR:
        old = 1.0 if isinstance(value_at(own, path[:-1]), Mapping) else None
    if isinstance(old, bool):
        fits = isinstance(value, bool)
    elif isinstance(old, int | float):
        low, high = LIMITS.get(name, (0, 0))
        number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        fits = number and low <= value <= high
    elif isinstance(old, str):
        fits = isinstance(value, str) and _fits_text(name, old, value)
    else:
        fits = False
    if not fits:
        raise XunluError(
            tr("“{value}” does not fit {field} of the map style.", value=str(value)[:60], field=".".join(path)),
            tr("Colours are written like #1F6F8B; numbers have limits."),
        )


def _fits_text(name: str, old: str, value: str) -> bool:
    if old.startswith("#"):
        return value.startswith("#") and QColor.isValidColorName(value)
    return name in {"shape", "icon", "mark", "dot"} and value in _names(name)


def _names(name: str) -> frozenset[str]:
    """Return the names that are in use for a shape, icon, mark or dot in the styles that come with the program."""
    data = styles.read("light")
    part = data["kinds"] if name in {"shape", "icon"} else data["status"]
    return frozenset(str(each[name]) for each in part.values())


def choices(name: str) -> list[str]:
    """Return what a user may choose for a shape, icon, mark or dot, by name."""
    return sorted(_names(name))
