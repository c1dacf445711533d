"""What a mouse tool of the map is, the events it gets, what it may show, and the simplest tools.

A `Tool` is a generator function with its manners. The map calls it with the press of the left button; it yields for
every further event, and ends by returning. It may end with the release (a drag) or live on over many clicks (a
polygon); as long as it lives it also gets the moves without a button, and nothing else begins. What it draws it gives
to `Map.show_sketch` in metres of the ground's picture (EPSG:3857), so that the map may be moved and zoomed meanwhile.

=============  =========================================================================================
`Phase`        when
=============  =========================================================================================
PRESS          the left button goes down; the first one makes the stroke, later ones are sent to it
MOVE           the mouse moves, button or not; from the keyboard, the map has moved under the cross
RELEASE        the left button goes up
DOUBLE         the second press of a double click (instead of PRESS; its RELEASE follows)
ENTER          Enter: finish
BACK           Backspace: take the last corner or typed character back
TYPE           a character was typed (`Mouse.text`), only where `Tool.types` is set
CANCEL         Escape, another tool or another project: leave nothing behind, then return
=============  =========================================================================================

From the keyboard every tool works the same way: the arrow keys move the map under a cross in its middle (finely with
Shift), Enter is a click at the cross, and Enter without a move since is ENTER. Of a tool that `drags`, the first Enter
is the press and the next one the release. Middle button, space bar, wheel, plus and minus move and zoom the map without
disturbing the stroke. Escape drops the stroke; without one it gives the mouse back to `select`.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter

from gui.selection import Gesture
from layers.view import View

SLOP_PX = 4.0
"""How far a click may wander before it is a drag."""

XY = tuple[float, float]
"""A place in EPSG:3857 metres."""


class Phase(Enum):
    """What the mouse or the keyboard did."""

    PRESS = "press"
    MOVE = "move"
    RELEASE = "release"
    DOUBLE = "double"
    ENTER = "enter"
    BACK = "back"
    TYPE = "type"
    CANCEL = "cancel"


def gesture_of(keys: Qt.KeyboardModifier) -> Gesture:
    """Return what keys held down make of a selection.

    Shift adds, Ctrl toggles, Alt takes out, and Ctrl with Shift keeps only what is in both.
    """
    shift = bool(keys & Qt.KeyboardModifier.ShiftModifier)
    control = bool(keys & Qt.KeyboardModifier.ControlModifier)
    if shift and control:
        return Gesture.INTERSECT
    if keys & Qt.KeyboardModifier.AltModifier:
        return Gesture.SUBTRACT
    if shift:
        return Gesture.ADD
    return Gesture.TOGGLE if control else Gesture.REPLACE


@dataclass(frozen=True)
class Mouse:
    """One event on the map: where, in pixels of the map, with which keys held down, and which text typed."""

    phase: Phase
    position: QPointF
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    text: str = ""

    @property
    def gesture(self) -> Gesture:
        """Return what the keys held down make of a selection."""
        return gesture_of(self.modifiers)


@dataclass(frozen=True)
class Sketch:
    """What a tool is drawing, in EPSG:3857 metres; shown over the map until it is replaced.

    Parameters
    ----------
    points
        The line or ring, in order; the last point is usually under the mouse.
    closed
        Whether the points bound an area, which is tinted, rather than a line.
    corners
        Whether each point gets a handle.
    lines
        Thinner lines besides, such as the radius of a circle; each a row of points.
    areas
        Whole areas besides, such as the surroundings of a line: each a list of rings, the first the outer one.
    texts
        Short texts, such as a length, each with the place that it stands beside.
    """

    points: Sequence[XY] = ()
    closed: bool = False
    corners: bool = False
    lines: Sequence[Sequence[XY]] = ()
    areas: Sequence[Sequence[Sequence[XY]]] = ()
    texts: Sequence[tuple[XY, str]] = ()


class Map(Protocol):
    """What a tool may do to the map."""

    @property
    def view(self) -> View:
        """What is shown."""

    def pan_by(self, moved: QPointF) -> None:
        """Move the picture by pixels."""

    def to_world(self, position: QPointF) -> XY:
        """Return the place under a pixel."""

    def to_screen(self, place: XY) -> QPointF:
        """Return the pixel of a place."""

    def show_band(self, box: QRectF | None) -> None:
        """Show the rubber band, or none."""

    def show_sketch(self, sketch: Sketch | None) -> None:
        """Show what is being drawn, or nothing."""

    def tell(self, text: str) -> None:
        """Say in the status line what the stroke would do now; empty brings the hint of the tool back."""

    def choose_at(self, position: QPointF, gesture: Gesture) -> None:
        """Select the site under a pixel."""

    def choose_in(self, box: QRectF, gesture: Gesture) -> None:
        """Select the sites in a box of pixels."""

    def place_at(self, position: QPointF) -> None:
        """Put what waits for a place at a pixel."""


Stroke = Generator[None, Mouse, None]
"""A tool at work: it is sent every event after the press, and ends when its work is done."""


def _no_hint() -> str:
    return ""


@dataclass(frozen=True, eq=False)
class Tool:
    """A mouse tool: what a press begins, and how the map behaves while it has the left button.

    Parameters
    ----------
    name
        How programs call it; the action that chooses it is called ``tool_`` and this.
    stroke
        Begins with a press; see the module.
    hint
        Returns what the status line says while the tool is chosen: what to do, and the keys.
    cursor
        The shape of the mouse over the map.
    drags
        Whether it works from press to release, rather than by clicks.
    types
        Whether characters typed while a stroke lives are sent to it, rather than zooming.
    doubles
        Whether a double click is the tool's, rather than a zoom.
    hover
        Called for every move while no stroke lives, such as to show what a click would meet.
    paint
        Called at the end of every painting of the map, in pixels; for what a `Sketch` cannot show.
    key
        Called first with every key pressed; returns whether it used the key up.
    """

    name: str
    stroke: Callable[[Map, Mouse], Stroke]
    hint: Callable[[], str] = field(default=_no_hint)
    cursor: Qt.CursorShape = Qt.CursorShape.CrossCursor
    drags: bool = False
    types: bool = False
    doubles: bool = False
    hover: Callable[[Map, Mouse], object] | None = None
    paint: Callable[[Map, QPainter], None] | None = None
    key: Callable[[Map, QKeyEvent], bool] | None = None

    def __call__(self, canvas: Map, press: Mouse) -> Stroke:
        """Return the stroke that a press begins."""
        return self.stroke(canvas, press)


def near(press: Mouse, mouse: Mouse) -> bool:
    """Return whether two events lie so close together that no drag is meant."""
    moved = mouse.position - press.position
    return abs(moved.x()) <= SLOP_PX and abs(moved.y()) <= SLOP_PX


def click_or_pan(canvas: Map, press: Mouse, click: Callable[[], None]) -> Stroke:
    """Drag the map; a press and release at one place does something there."""
    mouse = press
    while near(press, mouse):
        mouse = yield
        if mouse.phase is Phase.CANCEL:
            return
        if mouse.phase is Phase.RELEASE and near(press, mouse):
            click()
            return
    canvas.pan_by(mouse.position - press.position)
    if mouse.phase is not Phase.RELEASE:
        yield from _pan(canvas, mouse)


def _pan(canvas: Map, press: Mouse) -> Stroke:
    last = press.position
    while True:
        mouse = yield
        if mouse.phase is Phase.CANCEL:
            return
        if mouse.phase not in (Phase.MOVE, Phase.RELEASE):
            continue
        canvas.pan_by(mouse.position - last)
        last = mouse.position
        if mouse.phase is Phase.RELEASE:
            return


def _pan_or_click(canvas: Map, press: Mouse) -> Stroke:
    yield from click_or_pan(canvas, press, lambda: canvas.choose_at(press.position, press.gesture))


def _place(canvas: Map, press: Mouse) -> Stroke:
    yield from click_or_pan(canvas, press, lambda: canvas.place_at(press.position))


def _select(canvas: Map, press: Mouse) -> Stroke:
    corner, box = canvas.to_world(press.position), None
    while True:
        mouse = yield
        if mouse.phase is Phase.CANCEL:
            canvas.show_band(None)
            return
        if mouse.phase not in (Phase.MOVE, Phase.RELEASE):
            continue
        start = canvas.to_screen(corner)
        if box is not None or not near(Mouse(Phase.PRESS, start), mouse):
            box = QRectF(start, mouse.position).normalized()
        if mouse.phase is Phase.RELEASE:
            canvas.show_band(None)
            if box is None:
                canvas.choose_at(press.position, mouse.gesture)
            else:
                canvas.choose_in(box, mouse.gesture)
            return
        canvas.show_band(box)


pan = Tool("pan", _pan, cursor=Qt.CursorShape.ClosedHandCursor, drags=True)
"""Drag the map along with the mouse."""

pan_or_click = Tool("pan", _pan_or_click, cursor=Qt.CursorShape.OpenHandCursor)
"""Drag the map; a press and release at one place selects the site there."""

place = Tool("place", _place, doubles=True)
"""Drag the map; a press and release at one place puts what waits for a place there."""

select = Tool("select", _select, cursor=Qt.CursorShape.ArrowCursor, drags=True)
"""Select the site clicked, or all in the box drawn."""
