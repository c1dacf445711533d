"""The tool that changes routes on the map: a route line is dragged to a site, a stop onto another route."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal

from geo.language import tr
from geo.late import np
from gui.livedesk import LiveDesk
from gui.session import Session
from gui.tools import XY, Map, Mouse, Phase, Sketch, Stroke, Tool, click_or_pan, near

if TYPE_CHECKING:
    from geo.planning.byhand.desk import Desk

REACH_PX = 9.0
"""How near to a line the mouse must be to take hold of it."""


@dataclass(frozen=True)
class _Leg:
    """A leg of a route: its team, the place on the route that a site put there gets, and where its ends are."""

    team: str
    place: int
    ends: tuple[XY, XY]


class RouteDrag(QObject):
    """Drag routes and stops on the map.

    `trying` tells what a drop here would do, or None while that is not known, and where the mouse is on the screen;
    `tried` that the drag is over.

    Parameters
    ----------
    session
        Whose map it is.
    desk
        Knows what a change does, and makes it.
    on_screen
        Returns the place on the screen of a pixel of the map.
    """

    trying = Signal(object, QPoint)
    tried = Signal()

    def __init__(
        self, session: Session, desk: LiveDesk, on_screen: Callable[[QPointF], QPoint], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._desk, self._on_screen = session, desk, on_screen
        self.tool = Tool(
            "routes",
            self._stroke,
            lambda: tr("Drag a stop onto another route, or a route line to a site, which is put there; Esc drops it"),
            cursor=Qt.CursorShape.OpenHandCursor,
            drags=True,
        )

    def _stroke(self, canvas: Map, press: Mouse) -> Stroke:
        self._desk.prepare()
        site = self._site_at(canvas, press.position)
        desk = self._desk.desk
        leg = None if site or not self._session.can_write else self.leg_at(canvas, press.position)
        if self._session.can_write and desk is not None and site and desk.knows(site):
            yield from self._drag(canvas, press, lambda mouse: self._onto(canvas, site, mouse))
        elif leg is not None:
            yield from self._drag(canvas, press, lambda mouse: self._to_site(canvas, leg, mouse))
        else:
            yield from click_or_pan(canvas, press, lambda: canvas.choose_at(press.position, press.gesture))

    def _drag(self, canvas: Map, press: Mouse, target: Callable[[Mouse], tuple[list[str], str, int, Sketch]]) -> Stroke:
        moved = False
        while True:
            mouse = yield
            if mouse.phase is Phase.CANCEL:
                break
            if mouse.phase not in (Phase.MOVE, Phase.RELEASE):
                continue
            moved = moved or not near(press, mouse)
            if not moved:
                if mouse.phase is Phase.RELEASE:
                    canvas.choose_at(press.position, press.gesture)
                    break
                continue
            ids, team, place, sketch = target(mouse)
            if mouse.phase is Phase.RELEASE:
                if ids and team:
                    self._desk.move(ids, team, place)
                break
            canvas.show_sketch(sketch)
            if ids and team:
                self.trying.emit(self._desk.tried(ids, team, place), self._on_screen(mouse.position))
            else:
                self.tried.emit()
        canvas.show_sketch(None)
        canvas.tell("")
        self.tried.emit()

    def _onto(self, canvas: Map, site: str, mouse: Mouse) -> tuple[list[str], str, int, Sketch]:
        """Return what dropping a stop at the mouse means: it goes into the leg there."""
        leg = self.leg_at(canvas, mouse.position, but=site)
        there = canvas.to_world(mouse.position)
        stack = self._session.stack
        lines: list[tuple[XY, XY]] = [] if leg is None else [(leg.ends[0], there), (there, leg.ends[1])]
        start = there if stack is None else stack.site_xy(site)
        sketch = Sketch(points=(start, there), lines=lines)
        return ([site], leg.team, leg.place, sketch) if leg is not None else ([], "", 0, sketch)

    def _to_site(self, canvas: Map, leg: _Leg, mouse: Mouse) -> tuple[list[str], str, int, Sketch]:
        """Return what dropping a route line at the mouse means: the site there goes into its leg."""
        site = self._site_at(canvas, mouse.position)
        there = canvas.to_world(mouse.position)
        stack = self._session.stack
        if site and stack is not None:
            there = stack.site_xy(site)
        sketch = Sketch(points=(leg.ends[0], there, leg.ends[1]))
        place = self._without(leg, site)
        return ([site], leg.team, place, sketch) if site else ([], "", 0, sketch)

    def _without(self, leg: _Leg, site: str) -> int:
        """Return the place of a leg on its route, a site not counted that is on the route before it."""
        desk = self._desk.desk
        if desk is None or not site or not desk.knows(site):
            return leg.place
        where = desk.place_of(desk.visits([site])[0])
        before = where is not None and where[0] == desk.crew(leg.team) and where[1] < leg.place
        return leg.place - before

    def _site_at(self, canvas: Map, at: QPointF) -> str:
        stack = self._session.stack
        return "" if stack is None else stack.site_at(canvas.view, at.x(), at.y()) or ""

    def leg_at(self, canvas: Map, at: QPointF, but: str = "") -> _Leg | None:
        """Return the leg of a route whose line is under a pixel, as if a site were on no route; None if none is."""
        # Only here: the window would wait for it at the start.
        import shapely

        stack, desk = self._session.stack, self._desk.desk
        if stack is None or desk is None or not stack.routes.visible:
            return None
        place = shapely.Point(at.x(), at.y())
        near_by: list[tuple[float, str, shapely.LineString]] = []
        for index, team in enumerate(stack.routes.teams):
            line = stack.routes.line(index, canvas.view)
            if len(line) > 1:
                way = shapely.LineString(line)
                near_by.append((way.distance(place), team, way))
        if not near_by:
            return None
        distance, team, way = min(near_by, key=lambda one: one[0])
        if distance > REACH_PX:
            return None
        return self._leg_of(desk, team, way.project(place, normalized=True), but)

    def _leg_of(self, desk: "Desk", team: str, share: float, but: str) -> _Leg | None:
        """Return the leg of a team's route at a share of its length; a street may be used twice, metres are not."""
        stack = self._session.stack
        try:
            crew = desk.crew(team)
        except KeyError:
            return None
        if stack is None:
            return None
        timed, visits = desk.timed[crew], [desk.problem.visits[stop].id for stop in desk.routes[crew]]
        reached = np.cumsum([stop.leg_m for stop in timed.stops])
        number = int(np.searchsorted(reached, share * timed.metres, side="right"))
        base = stack.routes.bases.get(team)
        start = None if base is None else (float(base[0]), float(base[1]))
        before = self._place_near(visits[:number][::-1], but) or start
        after = self._place_near(visits[number:], but) or start
        place = number - (but in visits[:number])
        return None if before is None or after is None else _Leg(team, place, (before, after))

    def _place_near(self, sites: Sequence[str], but: str) -> XY | None:
        """Return where the first of some sites is that is not a certain one and has a place."""
        stack = self._session.stack
        places = (stack.site_xy(site) for site in sites if site != but) if stack is not None else iter(())
        return next((place for place in places if np.isfinite(place[0])), None)
