"""Drawing a line or a ring corner by corner: the part that measuring and drawing an area have in common."""

from collections.abc import Callable, Generator, Sequence

from gui.tools import XY, Map, Mouse, Phase

CLOSE_PX = 8.0
"""So near to its first corner a click closes a ring."""

Corners = Generator[None, Mouse, list[XY] | None]


def collect(
    canvas: Map,
    press: Mouse,
    at: Callable[[Mouse], XY],
    show: Callable[[Sequence[XY], XY], None],
    *,
    closed: bool,
    accept: Callable[[Sequence[XY]], bool],
) -> Corners:
    """Take a corner for every click; return them when the user is done, None if nothing is left of them.

    Enter or a double click ends, with a ring also a click on its first corner; Backspace takes the last corner back.

    Parameters
    ----------
    canvas
        The map.
    press
        The first click.
    at
        Returns the place that an event means.
    show
        Called with the corners and the place of the mouse whenever one of them changes.
    closed
        Whether it is a ring.
    accept
        Returns whether the corners will do; told why if not, the user goes on.
    """
    place = at(press)
    done = [place]
    show(done, place)
    while True:
        mouse = yield
        if mouse.phase is Phase.CANCEL:
            return None
        if mouse.phase is Phase.BACK and len(done) == 1:
            return None
        if mouse.phase is Phase.BACK:
            done.pop()
        if mouse.phase in (Phase.MOVE, Phase.PRESS):
            place = at(mouse)
        is_end = mouse.phase in (Phase.DOUBLE, Phase.ENTER)
        if mouse.phase is Phase.PRESS:
            is_end = closed and len(done) > 2 and _is_near(canvas, done[0], mouse)
            if not is_end and place != done[-1]:
                done.append(place)
        if is_end and accept(done):
            return done
        show(done, place)


def _is_near(canvas: Map, corner: XY, mouse: Mouse) -> bool:
    away = canvas.to_screen(corner) - mouse.position
    return abs(away.x()) <= CLOSE_PX and abs(away.y()) <= CLOSE_PX
