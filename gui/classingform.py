"""By what the sites are coloured and named: the form, with the classes that come out and how many sites each has."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QFormLayout, QGridLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from geo.language import tr
from gui.colourbutton import ColourButton, ramp, swatch
from gui.mapstyle import MapStyle
from layers import classes
from layers.classes import Classing


class ClassingForm(QWidget):
    """Choose by what sites are coloured and named; tells what the project is to keep."""

    changed = Signal(object)

    def __init__(self, mapstyle: MapStyle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = mapstyle
        self._classing = classes.read(mapstyle.changes.sites)
        self.column, self.label = QComboBox(), QComboBox()
        self.method, self.ramp, self.count = QComboBox(), QComboBox(), QSpinBox()
        self.classes = QWidget()
        self._fill()
        form = QFormLayout()
        self._form = form
        for text, editor in (
            (tr("Coloured by"), self.column),
            (tr("Steps"), self.method),
            (tr("Number"), self.count),
            (tr("Colours"), self.ramp),
            (tr("Named by"), self.label),
        ):
            editor.setAccessibleName(text)
            form.addRow(text, editor)
        self._column = QVBoxLayout(self)
        self._column.addLayout(form)
        self._column.addWidget(self.classes)
        self._column.addStretch(1)
        self._show()

    def _fill(self) -> None:
        now = self._classing
        self.column.addItem(tr("Inspection status"), classes.STATUS)
        for each in sorted(classes.columns(), key=lambda each: each.title()):
            self.column.addItem(each.title(), each.name)
        for method, title in zip(
            classes.METHODS, (tr("equally many sites"), tr("equal steps"), tr("round limits")), strict=True
        ):
            self.method.addItem(title, method)
        for name in classes.ramps():
            self.ramp.addItem(ramp(classes.ramp_colours(name, 7)), "", name)
        self.ramp.setIconSize(self.ramp.itemIcon(0).availableSizes()[0])
        for each in classes.label_columns():
            self.label.addItem(each.title(), each.name)
        self.count.setRange(classes.LEAST, classes.MOST)
        self.count.setValue(now.count)
        for box, value in (
            (self.column, now.column),
            (self.method, now.method),
            (self.ramp, now.ramp),
            (self.label, now.label),
        ):
            box.setCurrentIndex(box.findData(value))
            box.activated.connect(self._take)
        self.count.valueChanged.connect(self._take)

    def _take(self) -> None:
        self._set(
            replace(
                self._classing,
                column=self.column.currentData(),
                method=self.method.currentData(),
                ramp=self.ramp.currentData(),
                label=self.label.currentData(),
                count=self.count.value(),
                colours=self._classing.colours if self.column.currentData() == self._classing.column else {},
            )
        )

    def _set(self, classing: Classing) -> None:
        if classing != self._classing:
            self._classing = classing
            self.changed.emit(classes.written(classing))
            self._show()

    def _show(self) -> None:
        graduated = classes.is_number(self._classing.column)
        for editor in (self.method, self.count, self.ramp):
            self._form.setRowVisible(editor, graduated)
        grid = QWidget()
        rows = QGridLayout(grid)
        rows.setContentsMargins(0, 8, 0, 0)
        rows.setColumnStretch(3, 1)
        session = self._style.session
        if self._classing.column != classes.STATUS and session.project is not None:
            classed = classes.classify(self._classing, session.project)
            counts = np.bincount(classed.codes, minlength=len(classed.classes)).tolist()
            for at, (each, count) in enumerate(zip(classed.classes, counts, strict=True)):
                fixed = graduated or each.key in (classes.OTHER, classes.EMPTY)
                rows.addWidget(self._colour(each, fixed=fixed), at, 0)
                title = QLabel(each.title)
                title.setTextFormat(title.textFormat().PlainText)
                rows.addWidget(title, at, 1)
                rows.addWidget(QLabel(f"{count:,}"), at, 2)
        self._column.replaceWidget(self.classes, grid)
        self.classes.hide()
        self.classes.deleteLater()
        self.classes = grid

    def _colour(self, each: classes.SiteClass, *, fixed: bool) -> QWidget:
        if fixed:
            label = QLabel()
            label.setPixmap(swatch(each.look.fill).pixmap(34, 16))
            return label
        button = ColourButton(each.look.fill, each.title)
        button.chosen.connect(lambda colour: self._recolour(each.key, colour))
        return button

    def _recolour(self, key: str, colour: QColor) -> None:
        self._set(replace(self._classing, colours={**self._classing.colours, key: colour.name().upper()}))
