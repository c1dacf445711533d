"""Tests of the mouse tools: what each makes of a press, moves and a release."""

from PySide6.QtCore import QPointF, QRectF, Qt

from gui import tools
from gui.selection import Gesture
from gui.tools import Mouse, Phase

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


class Recorder:
    """A map that writes down what the tool asked of it."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []

    def to_world(self, position: QPointF) -> tuple[float, float]:
        return position.x(), -position.y()

    def to_screen(self, place: tuple[float, float]) -> QPointF:
        return QPointF(place[0], -place[1])

    def pan_by(self, moved: QPointF) -> None:
        self.asked.append(("pan", moved.x(), moved.y()))

    def show_band(self, box: QRectF | None) -> None:
        self.asked.append(("band", None if box is None else box.getRect()))

    def choose_at(self, position: QPointF, gesture: Gesture) -> None:
        self.asked.append(("at", position.x(), position.y(), gesture))

    def choose_in(self, box: QRectF, gesture: Gesture) -> None:
        self.asked.append(("in", box.getRect(), gesture))


def play(tool: tools.Tool, *events: tuple[Phase, float, float], keys: Qt.KeyboardModifier | None = None) -> Recorder:
    """Feed a tool its events, the first of which is the press, and return what it asked for."""
    recorder = Recorder()
    mice = [Mouse(phase, QPointF(x, y), keys or Qt.KeyboardModifier.NoModifier) for phase, x, y in events]
    stroke = tool(recorder, mice[0])
    next(stroke)
    for mouse in mice[1:]:
        try:
            stroke.send(mouse)
        except StopIteration:
            recorder.asked.append(("end",))
    return recorder


def test_click_selects_at_the_place() -> None:
    """A press and release that wander less than a drag select one site and end the stroke."""
    asked = play(tools.select, (Phase.PRESS, 10, 10), (Phase.MOVE, 12, 11), (Phase.RELEASE, 12, 11)).asked
    assert asked[-2:] == [("at", 10.0, 10.0, Gesture.REPLACE), ("end",)]


def test_box_selects_what_it_spans_in_any_direction() -> None:
    """A drag up and to the left selects the same box as one down and to the right, and the band goes in the end."""
    asked = play(tools.select, (Phase.PRESS, 50, 60), (Phase.MOVE, 20, 30), (Phase.RELEASE, 10, 20)).asked
    assert ("band", (20.0, 30.0, 30.0, 30.0)) in asked
    assert asked[-3:] == [("band", None), ("in", (10.0, 20.0, 40.0, 40.0), Gesture.REPLACE), ("end",)]


def test_keys_make_the_gesture() -> None:
    """Shift adds to the selection and Ctrl toggles."""
    events = ((Phase.PRESS, 0.0, 0.0), (Phase.RELEASE, 40.0, 40.0))
    assert play(tools.select, *events, keys=SHIFT).asked[-2][-1] is Gesture.ADD
    assert play(tools.select, *events, keys=CTRL).asked[-2][-1] is Gesture.TOGGLE


def test_cancelled_box_selects_nothing() -> None:
    """A stroke that is cancelled takes its band away and selects nothing."""
    asked = play(tools.select, (Phase.PRESS, 0, 0), (Phase.MOVE, 40, 40), (Phase.CANCEL, 0, 0)).asked
    assert asked[-2:] == [("band", None), ("end",)]
    assert not any(name[0] in ("at", "in") for name in asked)


def test_pan_moves_the_map_by_what_the_mouse_moved() -> None:
    """The steps of a drag add up to the way of the mouse."""
    for tool in (tools.pan, tools.pan_or_click):
        asked = play(tool, (Phase.PRESS, 5, 5), (Phase.MOVE, 25, 15), (Phase.MOVE, 30, 5), (Phase.RELEASE, 35, 0)).asked
        steps = [step for step in asked if step[0] == "pan"]
        assert (sum(step[1] for step in steps), sum(step[2] for step in steps)) == (30.0, -5.0)


def test_pan_tool_selects_with_a_click() -> None:
    """The hand selects too when it does not drag."""
    asked = play(tools.pan_or_click, (Phase.PRESS, 5, 5), (Phase.RELEASE, 6, 6)).asked
    assert asked == [("at", 5.0, 5.0, Gesture.REPLACE), ("end",)]
