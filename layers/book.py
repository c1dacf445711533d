"""All pages of a layout: the maps, the overview of a set before them, and the index behind them."""

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtGui import QPainter

from geo.language import tr
from layers import gridindex
from layers.atlas import Page, arranged, sheets
from layers.gridindex import Entry
from layers.indexpage import IndexPages
from layers.layout import Layout
from layers.mapsheet import MapSheet, lay_out
from layers.onpage import PageLegend
from layers.sheetpaint import paint_sheet
from layers.stack import MapStack
from layers.view import Bounds


class Book:
    """The pages of a layout, to be painted one by one.

    Parameters
    ----------
    stack
        The map, in the style and the language of the paper; while a page is painted it shows what that page needs.
    layout
        How it is laid out.
    shown
        What the screen shows, in EPSG:3857 metres, for a layout that prints that.

    Attributes
    ----------
    pages
        What there is, those of the index only once it was prepared.
    index
        What the index lists, once it was prepared.

    Raises
    ------
    XunluError
        If the layout makes a set of what is not there.
    """

    def __init__(self, stack: MapStack, layout: Layout, shown: Bounds | None = None) -> None:
        self.stack, self.layout = stack, layout
        self.pages = sheets(stack, layout, shown)
        self._legend = PageLegend(stack)
        self._index: IndexPages | None = None
        self.index: list[Entry] = []

    def prepare(self) -> Iterator[None]:
        """Make the index, whose length decides how many pages there are, yielding after each map."""
        if self.layout.index == "none" or self._index is not None:
            return
        self._xy = gridindex.places_of(self.stack.project)
        sites: list[Entry] = []
        streets: list[Entry] = []
        for page in self.pages:
            if page.kind == "map":
                with arranged(self.stack, page):
                    sheet = lay_out(self.stack, self.layout, page, self._legend)
                sites += self._sites(sheet)
                yield
                streets += self._streets(sheet)
            yield
        order = {group: place for place, group in enumerate(dict.fromkeys(entry.group for entry in sites))}
        sites.sort(key=lambda entry: (order[entry.group], entry.code))
        self.index = [*sites, *self._joined(streets)]
        self._index = IndexPages(self.layout, self.stack.style, self.index)
        whole = self.stack.bounds()
        self.pages += [Page("index", "", whole, part=part) for part in range(self._index.count)]

    def _sites(self, sheet: MapSheet) -> list[Entry]:
        if sheet.squares is None or self.layout.index == "streets":
            return []
        stack, page = self.stack, sheet.page
        ids = None
        if page.team:
            stops = stack.project.frame("stops")
            ids = set(stops.loc[(stops["plan"] == stack.plan) & (stops["team"] == page.team), "site"])
        chosen = gridindex.Listed(page.area, ids)
        found = gridindex.sites_index(stack.project, self._xy, sheet.view, sheet.squares, chosen, stack.lang)
        return [replace(entry, square=f"{page.number}: {entry.square}") for entry in found] if page.number else found

    def _streets(self, sheet: MapSheet) -> list[Entry]:
        if sheet.squares is None or self.layout.index == "sites":
            return []
        stack = self.stack
        title = tr("Streets", stack.lang)
        found = gridindex.streets_index(stack.project, sheet.view, sheet.squares, title, stack.lang, sheet.page.area)
        number = sheet.page.number
        return [replace(entry, square=str(number)) for entry in found] if number else found

    def _joined(self, streets: list[Entry]) -> list[Entry]:
        """Return the streets of all sheets, each once with the sheets on which it lies."""
        places: dict[str, list[str]] = {}
        for entry in streets:
            places.setdefault(entry.name, []).append(entry.square)
        group = tr("Streets", self.stack.lang)
        entries = [Entry(group, "", name, ", ".join(squares)) for name, squares in places.items()]
        return gridindex.by_name(entries, self.stack.lang)

    @property
    def count(self) -> int:
        """Return how many pages there are; those of the index only once it was prepared."""
        return len(self.pages)

    def title(self, number: int) -> str:
        """Return what a page is called, by its place from 0; empty for the only one."""
        page = self.pages[number]
        if page.kind == "index":
            return tr("Index", self.stack.lang)
        return page.name

    def sheet(self, number: int, ratio: float = 1.0) -> MapSheet:
        """Return what a page with a map consists of, by its place from 0."""
        page = self.pages[number]
        with arranged(self.stack, page):
            return lay_out(self.stack, self.layout, page, self._legend, ratio)

    def paint(self, painter: QPainter, number: int, ratio: float = 1.0) -> Iterator[None]:
        """Draw a page in logical pixels, yielding every few milliseconds.

        Parameters
        ----------
        number
            Its place, from 0.
        ratio
            Device pixels per logical pixel.
        """
        page = self.pages[number]
        if page.kind == "index":
            if self._index is not None:
                self._index.paint(painter, page.part, self._index_title(), self.footing(number))
            yield
            return
        with arranged(self.stack, page):
            sheet = lay_out(self.stack, self.layout, page, self._legend, ratio)
            yield
            yield from paint_sheet(painter, self.stack, self.layout, sheet, self.footing(number))

    def _index_title(self) -> str:
        whole = self.layout.title or self.stack.project.title(self.stack.lang)
        return f"{tr('Index', self.stack.lang)} · {whole}"

    def footing(self, number: int) -> str:
        """Return the day and the number of a page, by its place from 0, as far as they are wanted."""
        day = self.stack.project.today().isoformat() if self.layout.date else ""
        page = ""
        if self.layout.numbers and self.count > 1:
            page = tr("Page {number} of {count}", self.stack.lang, number=number + 1, count=self.count)
        return " · ".join(filter(None, (day, page)))
