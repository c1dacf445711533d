"""The mouse tools of the map, each one generator: it gets the press, yields for every move, and ends at the release."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt

from gui.selection import Gesture

SLOP_PX = 4.0
"""How far a click may wander before it is a drag."""


class Phase(Enum):
    """What the mouse did."""

    PRESS = "press"
    MOVE = "move"
    RELEASE = "release"
    CANCEL = "cancel"


@dataclass(frozen=True)
class Mouse:
    """One event of the mouse on the map: where, in pixels of the map, and with which keys."""

    phase: Phase
    position: QPointF
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier

    @property
    def gesture(self) -> Gesture:
        """Return what the keys held down make of a selection: Shift adds, Ctrl toggles."""
        if self.modifiers & Qt.KeyboardModifier.ShiftModifier:
            return Gesture.ADD
        if self.modifiers & Qt.KeyboardModifier.ControlModifier:
            return Gesture.TOGGLE
        return Gesture.REPLACE


class Map(Protocol):
    """What a tool may do to the map."""

    def pan_by(self, moved: QPointF) -> None:
        """Move the picture by pixels."""

    def show_band(self, box: QRectF | None) -> None:
        """Show the rubber band, or none."""

    def choose_at(self, position: QPointF, gesture: Gesture) -> None:
        """Select the site under a pixel."""

    def choose_in(self, box: QRectF, gesture: Gesture) -> None:
        """Select the sites in a box of pixels."""

    def place_at(self, position: QPointF) -> None:
        """Put what waits for a place at a pixel."""


Stroke = Generator[None, Mouse, None]
"""A tool at work: it is sent every event after the press, and ends with the release."""

Tool = Callable[[Map, Mouse], Stroke]


def pan(canvas: Map, press: Mouse) -> Stroke:
    """Drag the map along with the mouse."""
    last = press.position
    while True:
        mouse = yield
        if mouse.phase is Phase.CANCEL:
            return
        canvas.pan_by(mouse.position - last)
        last = mouse.position
        if mouse.phase is Phase.RELEASE:
            return


def pan_or_click(canvas: Map, press: Mouse) -> Stroke:
    """Drag the map; a press and release at one place selects the site there."""
    yield from _click_or_pan(canvas, press, lambda: canvas.choose_at(press.position, press.gesture))


def place(canvas: Map, press: Mouse) -> Stroke:
    """Drag the map; a press and release at one place puts what waits for a place there."""
    yield from _click_or_pan(canvas, press, lambda: canvas.place_at(press.position))


def _click_or_pan(canvas: Map, press: Mouse, click: Callable[[], None]) -> Stroke:
    mouse = press
    while _near(press, mouse):
        mouse = yield
        if mouse.phase is Phase.CANCEL:
            return
        if mouse.phase is Phase.RELEASE and _near(press, mouse):
            click()
            return
    canvas.pan_by(mouse.position - press.position)
    if mouse.phase is not Phase.RELEASE:
        yield from pan(canvas, mouse)


def select(canvas: Map, press: Mouse) -> Stroke:
    """Select the site clicked, or all in the box drawn."""
    box: QRectF | None = None
    while True:
        mouse = yield
        if mouse.phase is Phase.CANCEL:
            canvas.show_band(None)
            return
        if box is not None or not _near(press, mouse):
            box = QRectF(press.position, mouse.position).normalized()
        if mouse.phase is Phase.RELEASE:
            canvas.show_band(None)
            if box is None:
                canvas.choose_at(press.position, mouse.gesture)
            else:
                canvas.choose_in(box, mouse.gesture)
            return
        canvas.show_band(box)


def _near(press: Mouse, mouse: Mouse) -> bool:
    moved = mouse.position - press.position
    return abs(moved.x()) <= SLOP_PX and abs(moved.y()) <= SLOP_PX
