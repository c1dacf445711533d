"""The hand that holds the tool of the map: makes of mouse and keyboard the events of its strokes."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

from gui import tools
from gui.tools import XY, Mouse, Phase, Stroke

if TYPE_CHECKING:
    from collections.abc import Callable

TYPED = frozenset("0123456789.,。，kKmM公里千米")
"""What can be typed into a stroke: a length."""


class ToolHand:
    """Feed the strokes of the chosen tool.

    Parameters
    ----------
    canvas
        What the tools work on.
    middle
        Returns the pixel where the cross stands.
    """

    def __init__(self, canvas: tools.Map, middle: "Callable[[], QPointF]") -> None:
        self._canvas = canvas
        self._middle = middle
        self.tool = tools.select
        self.by_keys = False
        """Whether the keyboard leads, so that the cross is shown."""
        self._stroke: Stroke | None = None
        self._drag: Stroke | None = None
        self._set_at: XY | None = None

    @property
    def is_busy(self) -> bool:
        """Return whether a stroke of the tool lives."""
        return self._stroke is not None

    def take(self, tool: tools.Tool) -> None:
        """Drop the stroke and take another tool."""
        self.drop()
        self.tool = tool

    def drop(self) -> None:
        """Break off what is going on."""
        self._send(Mouse(Phase.CANCEL, QPointF()))
        self._stroke = self._drag = None
        self._canvas.show_sketch(None)
        self._canvas.tell("")

    # The mouse

    def begin_drag(self, mouse: Mouse) -> None:
        """Begin to move the map, whatever the tool is doing."""
        self._drag = tools.pan(self._canvas, mouse)
        next(self._drag)

    def press(self, mouse: Mouse) -> None:
        """Begin a stroke, or send the press to the one that lives."""
        self.by_keys = False
        if self._stroke is not None:
            self._send(mouse)
            return
        self._stroke = self.tool(self._canvas, mouse)
        try:
            next(self._stroke)
        except StopIteration:
            self._stroke = None

    def move(self, mouse: Mouse) -> bool:
        """Send a move to what is going on; return False if nothing is and the tool cares for none."""
        if self._drag is not None:
            self._step_drag(mouse)
            return True
        self.by_keys = False
        if self._stroke is not None:
            self._send(mouse)
            return True
        if self.tool.hover is not None:
            self.tool.hover(self._canvas, mouse)
        return False

    def release(self, mouse: Mouse) -> None:
        """End the moving of the map, or send the release to the stroke."""
        if self._drag is not None:
            self._step_drag(mouse)
        else:
            self._send(mouse)

    def double(self, mouse: Mouse) -> bool:
        """Send a double click to the stroke that lives; return False if the map may zoom in instead."""
        if self._stroke is None:
            return self.tool.doubles
        self._send(mouse)
        return True

    def _step_drag(self, mouse: Mouse) -> None:
        try:
            if self._drag is not None:
                self._drag.send(mouse)
        except StopIteration:
            self._drag = None

    def _send(self, mouse: Mouse) -> None:
        if self._stroke is None:
            return
        try:
            self._stroke.send(mouse)
        except StopIteration:
            self._stroke = None

    # The keyboard

    def key(self, event: QKeyEvent) -> bool:
        """Let the tool have a key; return whether it was used up."""
        if self.tool.key is not None and self.tool.key(self._canvas, event):
            return True
        key, text = event.key(), event.text()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return self._enter(event.modifiers())
        if self._stroke is None:
            return False
        if key == Qt.Key.Key_Backspace:
            self._send(Mouse(Phase.BACK, self._middle(), event.modifiers()))
        elif key == Qt.Key.Key_Escape:
            self.drop()
        elif self.tool.types and text and text in TYPED:
            self._send(Mouse(Phase.TYPE, self._middle(), event.modifiers(), text))
        else:
            return False
        return True

    def moved_by_keys(self) -> None:
        """Tell the stroke, or the tool, that the map has moved under the cross."""
        self.by_keys = True
        mouse = Mouse(Phase.MOVE, self._middle())
        if self._stroke is not None:
            self._send(mouse)
        elif self.tool.hover is not None:
            self.tool.hover(self._canvas, mouse)

    def _enter(self, keys: Qt.KeyboardModifier) -> bool:
        if self.tool is tools.pan_or_click:
            return False
        middle = self._middle()
        if self._stroke is not None and not self.by_keys:
            self._send(Mouse(Phase.ENTER, middle, keys))
            return True
        at, begun = self._canvas.to_world(middle), self._stroke is not None
        if begun and not self.tool.drags and at == self._set_at:
            self._send(Mouse(Phase.ENTER, middle, keys))
        elif begun and self.tool.drags:
            self._send(Mouse(Phase.RELEASE, middle, keys))
        else:
            self.press(Mouse(Phase.PRESS, middle, keys))
            if not self.tool.drags:
                self._send(Mouse(Phase.RELEASE, middle, keys))
        self._set_at, self.by_keys = at, True
        return True
