"""The parts of a map style as rows and columns of editors: what each is called, and how its values are edited."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QGridLayout, QLabel, QWidget

from geo.language import tr
from geo.model import AREA_KINDS, HIGHWAYS, RAILWAY_KINDS, STATUSES
from gui.colourbutton import ColourButton
from layers import restyling, style

PIXEL_M = 0.0254 / 96
"""Metres of a pixel, 96 to the inch: the scale from which something is shown is edited as 1:n."""

SCALES = frozenset({"from_scale", "label_from", "badge_from", "full_from", "name_from", "to_scale"})
Path = tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """A part of a style: its name in the file, its title, its rows and the fields edited in each."""

    name: str
    title: str
    rows: Mapping[str, str]
    fields: Mapping[str, str]

    def path(self, row: str, name: str) -> Path:
        """Return where a value stands in the file of a style."""
        return tuple(step for step in (self.name, row, name) if step)


def parts(kinds: Mapping[str, str]) -> tuple[Part, ...]:
    """Return the parts of a style in the language in use; `kinds` are the titles of the site kinds by symbol."""
    fill, line, width = tr("Fill"), tr("Line"), tr("Width")
    return (
        Part("status", tr("Statuses"), {each.value: each.title() for each in STATUSES},
             {"fill": fill, "ink": tr("Pictogram"), "dot": tr("Dot"), "mark": tr("Mark")}),
        Part("kinds", tr("Site kinds"), dict(kinds), {"shape": tr("Outline"), "icon": tr("Pictogram")}),
        Part("site", tr("Symbol sizes"), {"": tr("Sites")},
             {"dot_size": tr("Dot"), "badge_size": tr("Small"), "full_size": tr("Full"),
              "badge_from": tr("Small from"), "full_from": tr("Full from"), "name_from": tr("Names from")}),
        Part("streets", tr("Streets"), {each.value: each.title() for each in HIGHWAYS},
             {"fill": fill, "casing": tr("Casing"), restyling.WIDTH_FACTOR: tr("Width ×"),
              "from_scale": tr("Shown from"), "label_from": tr("Names from")}),
        Part("railways", tr("Railways"), {each.value: each.title() for each in RAILWAY_KINDS},
             {"line": line, "gap": tr("Gap"), restyling.WIDTH_FACTOR: tr("Width ×"), "from_scale": tr("Shown from")}),
        Part("areas", tr("Areas"), {each.value: each.title() for each in AREA_KINDS},
             {"fill": fill, "line": line, "width": width}),
        Part("subdistrict", tr("Subdistrict boundaries"), {"": tr("Boundary")},
             {"line": line, "width": width, "band": tr("Band"), "band_width": tr("Band width")}),
        Part("closure", tr("Closures"), {"": tr("Closures")},
             {"fill": fill, "fill_alpha": tr("Opacity"), "line": line, "width": width, "hatch_gap": tr("Hatch gap")}),
        Part("route", tr("Routes"), {"": tr("Routes")},
             {"width": width, "casing": tr("Casing"), "alpha": tr("Opacity"), "stop_size": tr("Stops"),
              "arrow_every": tr("Arrow every")}),
        Part("texts", tr("Lettering"), _texts(), {"size": tr("Size"), "colour": tr("Colour"), "halo": tr("Halo"),
             "halo_width": tr("Halo width")}),
        Part("", tr("Ground"), {"land": tr("Land"), "outside": tr("Outside the district"), "accent": tr("Selection")},
             {"": tr("Colour")}),
    )  # fmt: skip


def _texts() -> dict[str, str]:
    return {
        "subdistrict": tr("Subdistricts"),
        "major": tr("Main roads"),
        "street": tr("Streets"),
        "park": tr("Parks"),
        "water": tr("Water"),
        "landmark": tr("Landmarks"),
        "site": tr("Sites"),
        "closure": tr("Closures"),
    }


class PartEditor(QWidget):
    """Edit one part of a style: a row for each thing, a column for each of its values.

    `tried` tells of a value looked at, at its path, None when it was given up; `changed` of one that is to stay.
    """

    tried = Signal(object, object)
    changed = Signal(object, object)

    def __init__(self, part: Part, name: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.part = part
        self.editors: dict[Path, QWidget] = {}
        own = style.read(name)
        mine = restyling.loads(text).by_style.get(name, {})
        grid = QGridLayout(self)
        grid.setContentsMargins(10, 8, 10, 8)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(3)
        for column, title in enumerate(part.fields.values(), 1):
            heading = QLabel(title)
            heading.setObjectName("quiet")
            grid.addWidget(heading, 0, column)
        row = 1
        for key, title in part.rows.items():
            values = {field: self._value(own, mine, part.path(key, field)) for field in part.fields}
            if all(value is None for value in values.values()):
                continue
            label = QLabel(title)
            label.setTextFormat(Qt.TextFormat.PlainText)
            grid.addWidget(label, row, 0)
            for column, (field, value) in enumerate(values.items(), 1):
                if value is not None:
                    editor = self._editor(part.path(key, field), value, f"{title}, {part.fields[field]}")
                    grid.addWidget(editor, row, column)
            row += 1
        grid.setRowStretch(row, 1)
        grid.setColumnStretch(len(part.fields) + 1, 1)

    def _value(self, own: Mapping[str, Any], mine: Mapping[str, Any], path: Path) -> Any:
        if (changed := restyling.value_at(mine, path)) is not None:
            return changed
        if path[-1] == restyling.WIDTH_FACTOR:
            return 1.0 if restyling.value_at(own, path[:-1]) is not None else None
        return restyling.value_at(own, path)

    def _editor(self, path: Path, value: Any, name: str) -> QWidget:
        if isinstance(value, str) and value.startswith("#"):
            editor: QWidget = self._colour(path, value, name)
        elif isinstance(value, str):
            editor = self._choice(path, value)
        else:
            editor = self._number(path, float(value))
        editor.setAccessibleName(name)
        self.editors[path] = editor
        return editor

    def _colour(self, path: Path, value: str, name: str) -> QWidget:
        button = ColourButton(QColor(value), name)
        button.tried.connect(lambda colour: self.tried.emit(path, None if colour is None else colour.name().upper()))
        button.chosen.connect(lambda colour: self.changed.emit(path, colour.name().upper()))
        return button

    def _choice(self, path: Path, value: str) -> QWidget:
        box = QComboBox()
        words = shape_titles()
        for name in restyling.choices(path[-1]):
            box.addItem(words.get(name, name), name)
        box.setCurrentIndex(box.findData(value))
        box.activated.connect(lambda at: self.changed.emit(path, box.itemData(at)))
        return box

    def _number(self, path: Path, value: float) -> QWidget:
        low, high = restyling.LIMITS[path[-1]]
        box = QDoubleSpinBox()
        to_shown: Callable[[float], float] = float
        to_kept: Callable[[float], float] = float
        if path[-1] in SCALES:
            box.setPrefix("1:")
            box.setGroupSeparatorShown(True)
            low, high = max(low, 0.02), min(high, 4000.0)
            to_shown, to_kept = (lambda metres: metres / PIXEL_M), (lambda shown: shown * PIXEL_M)
            box.setDecimals(0)
        else:
            whole = path[-1].endswith(("alpha", "every", "gap"))
            box.setDecimals(0 if whole else 2 if path[-1] == restyling.WIDTH_FACTOR else 1)
            box.setSingleStep(10 if whole else 0.25 if path[-1] == restyling.WIDTH_FACTOR else 0.5)
        box.setRange(to_shown(low), to_shown(high))
        box.setStepType(_stepping(path[-1]))
        box.setValue(to_shown(value))
        box.setKeyboardTracking(False)
        box.valueChanged.connect(lambda shown: self.changed.emit(path, round(to_kept(shown), 4)))
        return box


def _stepping(name: str) -> QDoubleSpinBox.StepType:
    adaptive = QDoubleSpinBox.StepType.AdaptiveDecimalStepType
    return adaptive if name in SCALES else QDoubleSpinBox.StepType.DefaultStepType


def shape_titles() -> dict[str, str]:
    """Return what the shapes, pictograms and marks are called."""
    return {
        "circle": tr("Circle"),
        "square": tr("Square"),
        "triangle": tr("Triangle"),
        "diamond": tr("Diamond"),
        "pentagon": tr("Pentagon"),
        "hexagon": tr("Hexagon"),
        "octagon": tr("Octagon"),
        "shield": tr("Shield"),
        "star": tr("Star"),
        "cross": tr("Cross"),
        "house": tr("House"),
        "bed": tr("Bed"),
        "syringe": tr("Syringe"),
        "tube": tr("Test tube"),
        "cap": tr("Mortarboard"),
        "snow": tr("Snowflake"),
        "dot": tr("Dot"),
        "none": tr("None"),
        "tick": tr("Tick"),
        "clock": tr("Clock"),
        "bang": tr("Exclamation mark"),
        "bangs": tr("Two exclamation marks"),
        "bar": tr("Bar"),
        "flag": tr("Flag"),
        "play": tr("Arrow"),
    }
