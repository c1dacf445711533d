"""What selecting asks of the open project: its sites as columns and places, kept until an edit makes new tables."""

from collections.abc import Callable, Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from geo.errors import XunluError
from gui.selection import Gesture
from gui.session import Session

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.projection import Points
    from geo.query.areas import Areas
    from geo.query.fields import Fields
    from geo.query.masks import SiteColumns
    from geo.store.edits import Edit

    Mask = NDArray[np.bool_]
    Indices = NDArray[np.intp]

COUNT_MS = 40
"""How long the mouse may move on before the sites are counted again."""

AT_ONCE = 50_000
"""Up to so many sites are asked while the window waits; it takes less than a frame."""


class _ReadyWords(Mapping[str, Collection[str]]):
    """The ids that the ready words of expressions stand for at this moment."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __getitem__(self, name: str) -> Collection[str]:
        if name == "unplaced":
            from geo.places.placing import unplaced

            return unplaced(self._session.open_project())
        if name == "overdue":
            return self._session.ids_of("overdue", "rectification_overdue")
        return {"due": self._session.due, "selected": self._session.selection.ids}[name]

    def __iter__(self) -> Iterator[str]:
        return iter(("due", "overdue", "unplaced", "selected"))

    def __len__(self) -> int:
        return 4


class Chooser(QObject):
    """Find sites of the session's project by place and by expression."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._made: dict[str, tuple[tuple[object, ...], Any]] = {}
        self._asked: tuple[Callable[[], BaseGeometry], Callable[[int], None]] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(COUNT_MS)
        self._timer.timeout.connect(self._count)
        session.released.connect(self._forget)
        session.edited.connect(self._on_edit)

    def _forget(self) -> None:
        self._timer.stop()
        self._asked = None
        self._made.clear()

    def _on_edit(self, edit: "Edit") -> None:
        """Let go of tables that are no longer those of the project; what is held on to cannot be changed in place."""
        self._made.pop("columns", None)
        if "sites" in edit.tables():
            self._made.pop("xy", None)

    def _kept[T](self, name: str, source: tuple[object, ...], make: Callable[[], T]) -> T:
        """Return what was made of some tables, made anew where these are others by now."""
        held = self._made.get(name)
        if held is None or len(held[0]) != len(source) or any(a is not b for a, b in zip(held[0], source, strict=True)):
            held = self._made[name] = source, make()
        made: T = held[1]
        return made

    @property
    def number(self) -> int:
        """Return how many sites there are."""
        return 0 if self.session.project is None else len(self.session.project.frame("sites"))

    def fields(self) -> "Fields":
        """Return what expressions may name."""
        from geo.query.fields import Fields

        project = self.session.open_project()
        source = tuple(project.frame(name) for name in ("kinds", "subdistricts", "imports"))
        return self._kept("fields", source, lambda: Fields.of(project))

    def columns(self) -> "SiteColumns":
        """Return the columns of the sites."""
        from geo.query.masks import SiteColumns

        project, fields, statuses = self.session.open_project(), self.fields(), self.session.statuses
        if statuses is None:
            raise RuntimeError("a project without statuses")
        sites = project.frame("sites")
        ready = _ReadyWords(self.session)
        return self._kept("columns", (fields, sites, statuses), lambda: SiteColumns(fields, sites, statuses, ready))

    def xy(self) -> "Points":
        """Return where the sites are, in EPSG:3857 metres, shape (n, 2), in the order of their table."""
        from geo.projection import to_mercator
        from geo.store import points

        sites = self.session.open_project().frame("sites")
        return self._kept("xy", (sites,), lambda: to_mercator(points.lonlat_of(sites["geometry"].array)))

    def areas(self) -> "Areas":
        """Return the areas of the project."""
        from geo.query.areas import Areas

        project = self.session.open_project()
        return self._kept("areas", tuple(project.frame(name) for name in Areas.TABLES), lambda: Areas(project))

    def where(self, text: str) -> "Callable[[], Mask]":
        """Return what finds the sites that fulfil an expression, in a thread perhaps; QueryError if it is none."""
        from geo.query.grammar import parse

        columns = self.columns()
        node = parse(text, columns.fields, self.session.day)
        return lambda: columns.mask(node)

    def routes(self) -> "list[BaseGeometry]":
        """Return the lines, in degrees, of the routes that the map shows."""
        stack, project = self.session.stack, self.session.project
        if stack is None or project is None or not stack.routes.visible:
            return []
        routes = project.frame("routes")
        shown = routes["plan"] == stack.plan
        if stack.teams is not None:
            shown &= routes["team"].isin(stack.teams)
        return [line for line in routes.loc[shown, "geometry"] if line is not None]

    def ids_of(self, mask: "Mask") -> AbstractSet[str]:
        """Return the ids of some sites, given in the order of their table."""
        from geo.store.rowset import RowSet

        return RowSet(self.session.open_project().frame("sites").index, mask)

    def mask_of(self, ids: Collection[str]) -> "Mask":
        """Return which sites have one of some ids."""
        from geo.store.rowset import mask_of

        return mask_of(ids, self.session.open_project().frame("sites").index)

    def _inside(self, area: "BaseGeometry") -> "Indices":
        """Return the positions, among the sites of the map, of those in an area in EPSG:3857; none if it hides them."""
        import numpy as np

        from layers.lasso import inside_of

        stack = self.session.stack
        if stack is None or not stack.sites.visible:
            return np.empty(0, dtype=np.intp)
        return inside_of(stack.sites.rows.codes, stack.sites.xy, area)

    def choose_inside(self, area: "BaseGeometry", gesture: Gesture) -> None:
        """Select the sites in an area in EPSG:3857."""
        if self.session.stack is not None:
            index = self.session.open_project().frame("sites").index
            found = self.session.stack.sites.rows.set_of(self._inside(area), index)
            self.session.selection.choose(found, gesture)

    def count_soon(self, area: "Callable[[], BaseGeometry]", tell: Callable[[int], None]) -> None:
        """Count the sites in an area in a moment, whatever area was asked for last by then, and tell the number."""
        self._asked = area, tell
        if not self._timer.isActive():
            self._timer.start()

    def stop_counting(self) -> None:
        """Tell no number any more."""
        self._asked = None

    def _count(self) -> None:
        if self._asked is not None and self.session.project is not None:
            area, tell = self._asked
            self._asked = None
            tell(len(self._inside(area())))

    def find(self, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[XunluError], None]) -> None:
        """Do work over all sites, beside the window where there are many, and hand over what it returns."""
        if self.number > AT_ONCE:
            self.session.jobs.start(lambda _report: work(), done, failed)
            return
        try:
            found = work()
        except XunluError as error:
            failed(error)
        else:
            done(found)
