"""The mouse tools that select many sites at once: lasso, polygon, circle, along a line, inside an area."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from geo import geodesic
from geo.language import tr
from geo.projection import to_lonlat
from gui.chooser import Chooser
from gui.tools import XY, Map, Mouse, Phase, Sketch, Stroke, Tool, click_or_pan, near

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.query.areas import Area

LASSO_STEP_PX = 3.0
CLOSING_PX = 8.0
"""A click so near the first corner closes a polygon."""

ROUTE_PX = 10.0
"""A click so near a route means it."""

FIRST_M = 100.0
"""How far sites may lie from a line until another distance is typed."""

MOST_M = 1_000_000.0
LENGTH = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(k?)m?", re.IGNORECASE)


class SelectTools:
    """The tools, and what they remember for their next use.

    Parameters
    ----------
    chooser
        Finds the sites.
    """

    def __init__(self, chooser: Chooser) -> None:
        self.chooser = chooser
        self.distance_m = FIRST_M
        self._clicked: tuple[XY, int] | None = None
        self._hovered: tuple[tuple[Area, float], Sketch] | None = None
        self.lasso = Tool("lasso", self._lasso, _lasso_hint, drags=True)
        self.polygon = Tool("polygon", self._polygon, _polygon_hint, doubles=True)
        self.circle = Tool("circle", self._circle, _circle_hint, types=True, doubles=True)
        self.along = Tool("along", self._along, _along_hint, types=True, doubles=True)
        self.inside = Tool("inside", self._inside, _inside_hint, doubles=True, hover=self._hover)

    @property
    def every(self) -> tuple[Tool, ...]:
        """Return the tools, in the order in which they are offered."""
        return self.lasso, self.polygon, self.circle, self.along, self.inside

    def _count(self, canvas: Map, area: "Callable[[], BaseGeometry]", hint: str) -> None:
        def tell(number: int) -> None:
            canvas.tell(tr("{number} sites inside. {hint}", number=number, hint=hint))

        self.chooser.count_soon(area, tell)

    def _end(self, canvas: Map) -> None:
        self.chooser.stop_counting()
        canvas.show_sketch(None)
        canvas.tell("")

    # Drawn by hand

    def _lasso(self, canvas: Map, press: Mouse) -> Stroke:
        points = [canvas.to_world(press.position)]
        while True:
            mouse = yield
            if mouse.phase is Phase.CANCEL:
                self._end(canvas)
                return
            if mouse.phase not in (Phase.MOVE, Phase.RELEASE):
                continue
            if (canvas.to_screen(points[-1]) - mouse.position).manhattanLength() >= LASSO_STEP_PX:
                points.append(canvas.to_world(mouse.position))
            if mouse.phase is Phase.RELEASE:
                break
            canvas.show_sketch(Sketch(tuple(points), closed=True))
            if len(points) > 2:
                self._count(canvas, partial(_polygon, tuple(points)), tr("Let go to select them."))
        self._end(canvas)
        if len(points) > 2:
            self.chooser.choose_inside(_polygon(points), mouse.gesture)
        else:
            canvas.choose_at(press.position, mouse.gesture)

    def _polygon(self, canvas: Map, press: Mouse) -> Stroke:
        at = canvas.to_world(press.position)
        corners, closes = [at], False
        while not closes:
            ring = (*corners, at)
            canvas.show_sketch(Sketch(ring, closed=True, corners=True))
            if len(ring) > 3:
                self._count(canvas, partial(_polygon, ring), tr("Enter or a double click selects them."))
            mouse = yield
            if mouse.phase is Phase.CANCEL or (mouse.phase is Phase.BACK and len(corners) == 1):
                self._end(canvas)
                return
            if mouse.phase in (Phase.MOVE, Phase.PRESS):
                at = canvas.to_world(mouse.position)
            if mouse.phase is Phase.BACK:
                corners.pop()
            elif mouse.phase is Phase.PRESS and not _meets(canvas, corners, mouse):
                corners.append(at)
            elif mouse.phase in (Phase.PRESS, Phase.DOUBLE, Phase.ENTER):
                closes = len(corners) > 2
        self._end(canvas)
        self.chooser.choose_inside(_polygon(corners), mouse.gesture)

    # With a distance

    def _circle(self, canvas: Map, press: Mouse) -> Stroke:
        centre = at = canvas.to_world(press.position)
        typed = ""
        while True:
            radius = metres_of(typed) or _distance(centre, at)
            self._show_circle(canvas, centre, at, radius)
            mouse = yield
            if mouse.phase is Phase.CANCEL or (mouse.phase is Phase.BACK and not typed):
                self._end(canvas)
                return
            if mouse.phase in (Phase.TYPE, Phase.BACK):
                typed = typed + mouse.text if mouse.phase is Phase.TYPE else typed[:-1]
                continue
            moved = not near(press, mouse)
            if mouse.phase is not Phase.ENTER and moved:
                at = canvas.to_world(mouse.position)
                radius = metres_of(typed) or _distance(centre, at)
            ends = mouse.phase in (Phase.ENTER, Phase.PRESS) or (
                mouse.phase in (Phase.RELEASE, Phase.DOUBLE) and (moved or bool(typed))
            )
            if ends and radius > 0:
                break
        self._end(canvas)
        self.chooser.choose_inside(_circle_of(centre, radius), mouse.gesture)

    def _show_circle(self, canvas: Map, centre: XY, at: XY, radius: float) -> None:
        if radius <= 0:
            canvas.show_sketch(Sketch((centre,), corners=True))
            return
        area = _circle_of(centre, radius)
        ring = _rings_of(area, 0)[0][0]
        text = geodesic.written_length(radius)
        canvas.show_sketch(Sketch(ring, closed=True, lines=((centre, _toward(centre, at, ring)),), texts=((at, text),)))
        self._count(canvas, lambda: area, tr("Within {distance}; type another one, Enter selects.", distance=text))

    def _along(self, canvas: Map, press: Mouse) -> Stroke:
        route, at, typed = self._route_at(canvas, press), canvas.to_world(press.position), ""
        corners, ends = [at], False
        while True:
            metres = metres_of(typed) or self.distance_m
            lines = route or [[*corners, *([] if ends else [at])]]
            area = _corridor(lines, metres)
            if ends:
                break
            self._show_corridor(canvas, lines, area, (at, metres))
            mouse = yield
            if mouse.phase is Phase.CANCEL or (mouse.phase is Phase.BACK and not typed and len(corners) == 1):
                self._end(canvas)
                return
            if mouse.phase in (Phase.MOVE, Phase.PRESS):
                at = canvas.to_world(mouse.position)
            if mouse.phase is Phase.TYPE:
                typed += mouse.text
            elif mouse.phase is Phase.BACK:
                typed, corners = (typed[:-1], corners) if typed else ("", corners[:-1])
            elif mouse.phase in (Phase.DOUBLE, Phase.ENTER) or (mouse.phase is Phase.PRESS and route):
                ends = bool(route) or len(corners) > 1
            elif mouse.phase is Phase.PRESS:
                corners.append(at)
        self._end(canvas)
        self.distance_m = metres
        self.chooser.choose_inside(area, mouse.gesture)

    def _show_corridor(
        self, canvas: Map, lines: Sequence[Sequence[XY]], area: "BaseGeometry", tag: tuple[XY, float]
    ) -> None:
        text = geodesic.written_length(tag[1])
        first, *others = lines
        rings = _rings_of(area, canvas.view.scale / 2)
        canvas.show_sketch(Sketch(tuple(first), lines=others, areas=rings, texts=((tag[0], f"± {text}"),)))
        self._count(canvas, lambda: area, tr("Within {distance}; type another one, Enter selects.", distance=text))

    def _route_at(self, canvas: Map, press: Mouse) -> list[list[XY]]:
        """Return the lines of the route under the mouse; none if there is none."""
        import shapely

        routes = [lines for lines in map(lines_of, ([one] for one in self.chooser.routes())) if lines]
        place = shapely.Point(canvas.to_world(press.position))
        away = [min(shapely.LineString(line).distance(place) for line in lines) for lines in routes]
        if not away or min(away) > ROUTE_PX * canvas.view.scale:
            return []
        return routes[away.index(min(away))]

    # Inside an area

    def _areas_at(self, canvas: Map, mouse: Mouse) -> "list[Area]":
        if self.chooser.session.project is None:
            return []
        return self.chooser.areas().at(*canvas.to_world(mouse.position))

    def _hover(self, canvas: Map, mouse: Mouse) -> None:
        found = self._areas_at(canvas, mouse)
        if self._clicked is not None and _is_near(canvas, self._clicked[0], mouse):
            return
        self._clicked = None
        self._show_area(canvas, found[0] if found else None)

    def _show_area(self, canvas: Map, area: "Area | None") -> None:
        if area is None:
            self._end(canvas)
            return
        shown = (area, canvas.view.scale)
        if self._hovered is None or self._hovered[0] != shown:
            self._hovered = shown, Sketch(areas=_rings_of(area.shape, canvas.view.scale / 2))
        canvas.show_sketch(self._hovered[1])

        def tell(number: int) -> None:
            canvas.tell(tr("{area}: {number} sites. A click selects them.", area=area.title, number=number))

        self.chooser.count_soon(lambda: area.shape, tell)

    def _inside(self, canvas: Map, press: Mouse) -> Stroke:
        def click() -> None:
            found = self._areas_at(canvas, press)
            if not found:
                canvas.tell(tr("No area lies here."))
                return
            again = self._clicked is not None and _is_near(canvas, self._clicked[0], press)
            level = (self._clicked[1] + 1) % len(found) if again and self._clicked is not None else 0
            self._clicked = canvas.to_world(press.position), level
            self._show_area(canvas, found[level])
            self.chooser.choose_inside(found[level].shape, press.gesture)

        yield from click_or_pan(canvas, press, click)


def metres_of(text: str) -> float | None:
    """Return the metres that a typed length means: ``500``, ``500m``, ``1.2k`` or ``1.2km``; None if it means none."""
    found = LENGTH.fullmatch(text.strip())
    metres = float(found[1]) * (1000 if found[2] else 1) if found else 0.0
    return metres if 0 < metres <= MOST_M else None


def lines_of(shapes: "Iterable[BaseGeometry | None]") -> list[list[XY]]:
    """Return lines in degrees as rows of places in EPSG:3857; missing ones are left away."""
    import shapely

    from geo.projection import to_mercator

    parts = [part for shape in shapes if shape is not None for part in shapely.get_parts(shape)]
    return [[(x, y) for x, y in to_mercator(shapely.get_coordinates(part)).tolist()] for part in parts]


def _distance(one: XY, other: XY) -> float:
    return 0.0 if one == other else geodesic.length(to_lonlat([one, other]))


def _polygon(ring: Sequence[XY]) -> "BaseGeometry":
    import shapely

    return shapely.Polygon(ring)


def _circle_of(centre: XY, metres: float) -> "BaseGeometry":
    import shapely

    from geo.query.spatial import circle

    return shapely.Polygon(circle([centre], metres))


def _corridor(lines: Sequence[Sequence[XY]], metres: float) -> "BaseGeometry":
    from geo.query.spatial import corridor

    return corridor(lines, metres)


def _rings_of(area: "BaseGeometry", tolerance: float) -> list[list[list[XY]]]:
    """Return an area as its polygons, each a list of rings, simplified by so many metres."""
    import shapely

    simple = shapely.simplify(area, tolerance) if tolerance else area
    return [
        [[(x, y) for x, y in shapely.get_coordinates(ring).tolist()] for ring in shapely.get_rings(part)]
        for part in shapely.get_parts(simple)
    ]


def _toward(centre: XY, at: XY, ring: Sequence[XY]) -> XY:
    """Return the corner of a ring around a centre that lies most nearly in the direction of a place."""
    east, north = at[0] - centre[0], at[1] - centre[1]
    return max(ring, key=lambda xy: (xy[0] - centre[0]) * east + (xy[1] - centre[1]) * north)


def _meets(canvas: Map, corners: Sequence[XY], mouse: Mouse) -> bool:
    """Return whether a click closes a ring: it is on the first corner again."""
    away = canvas.to_screen(corners[0]) - mouse.position
    return len(corners) > 2 and away.manhattanLength() <= CLOSING_PX


def _is_near(canvas: Map, place: XY, mouse: Mouse) -> bool:
    return near(Mouse(Phase.PRESS, canvas.to_screen(place)), mouse)


def _lasso_hint() -> str:
    return tr("Draw around the sites. Shift adds, Ctrl toggles, Alt takes out, Ctrl+Shift keeps what is in both.")


def _polygon_hint() -> str:
    return tr("Click the corners. Enter, a double click or the first corner closes, Backspace takes one back.")


def _circle_hint() -> str:
    return tr("Drag from the middle, or click there and type the radius in metres.")


def _along_hint() -> str:
    return tr("Click a route, or draw a line by its corners; type how far from it. Enter or a double click selects.")


def _inside_hint() -> str:
    return tr("Click an area to select what lies in it; click again for the next larger one.")
