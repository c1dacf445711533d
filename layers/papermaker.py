"""Write the pages of a layout, or a picture of the map, in a process of its own: the window goes on meanwhile.

Run as ``python -m layers.papermaker``. One line of JSON on the standard input, an `Order`, says what is wanted. Each
line of the standard output is JSON as well: how far it is, and at last the number of pages, or what the user can mend.
The project is read from its file, where every change is at once.
"""

import json
import sys
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo import language
from geo.errors import XunluError
from geo.language import Language
from geo.progress import Report, part
from layers.view import Bounds

if TYPE_CHECKING:
    from layers.layout import Layout
    from layers.stack import MapStack

READING = 0.3
"""What share of the work it is to read the project."""


@dataclass(frozen=True)
class Order:
    """What is to be written.

    Parameters
    ----------
    project, out
        The project's file, and where the pages go, as `layers.paper.saving` takes it.
    layout
        As `layers.layout.Layout.as_json` writes it; empty for a picture of the whole map.
    lang, words
        The language of the map, and the one in which to speak to the user.
    shown
        What the screen shows, in EPSG:3857 metres.
    plan, teams
        Whose routes are shown; of all teams for None.
    hidden
        The names of the layers that are not.
    pixels, style, title, chosen
        Of a picture: its width and height, the name of the style of the map, what stands above it, and the ids of the
        selected sites.
    """

    project: str
    out: str
    layout: str
    lang: Language
    words: Language
    shown: Bounds
    plan: str | None = None
    teams: tuple[str, ...] | None = None
    hidden: tuple[str, ...] = ()
    pixels: tuple[int, int] = (0, 0)
    style: str = ""
    title: str = ""
    chosen: tuple[str, ...] = ()

    def as_line(self) -> bytes:
        """Return the order as the one line that the process reads."""
        return json.dumps(asdict(self)).encode() + b"\n"


def order_of(line: bytes) -> Order:
    """Return the order that a line says."""
    said = json.loads(line)
    kept: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
    return Order(**kept)


def write(order: Order, report: Report) -> int:
    """Write what is ordered and return of how many pages it is.

    Raises
    ------
    XunluError
        If the project cannot be read, the layout shows what is not there, or a file cannot be written.
    """
    from geo.store.geopackage import GeoPackage
    from geo.store.tables import Tables
    from layers import layout, offscreen
    from layers.stack import MapStack

    path = Path(order.project)
    # Not as a project: nobody needs to be told that somebody has it open.
    with closing(GeoPackage(path, read_only=True)) as store:
        tables = Tables(path, store.load_all(part(report, 0, READING)))
    with offscreen.application():
        laid_out = layout.from_json(order.layout) if order.layout else None
        stack = MapStack(tables, order.lang, order.style if laid_out is None else laid_out.style)
        stack.set_plan(order.plan)
        stack.set_teams(order.teams)
        for name in order.hidden:
            stack[name].visible = False
        if laid_out is None:
            return _write_picture(stack, order, part(report, READING, 1))
        return _write_pages(stack, order, laid_out, part(report, READING, 1))


def _write_picture(stack: "MapStack", order: Order, report: Report) -> int:
    from layers import render

    report(0, Path(order.out).name)
    stack.selection = order.chosen
    render.save(stack, Path(order.out), *order.pixels, title=order.title)
    report(1, "")
    return 1


def _write_pages(stack: "MapStack", order: Order, laid_out: "Layout", report: Report) -> int:
    from layers import paper
    from layers.book import Book

    book = Book(stack, laid_out, order.shown)
    paper.save(book, Path(order.out), report)
    return book.count


def _tell(**said: Any) -> None:
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n")
    sys.stdout.buffer.flush()


def _report(done: float, text: str = "") -> None:
    _tell(done=done, text=text)


def main() -> None:
    """Do what the standard input says."""
    order = order_of(sys.stdin.buffer.readline())
    language.use(order.words)
    try:
        _tell(count=write(order, _report))
    except XunluError as error:
        _tell(message=error.message, hint=error.hint)


if __name__ == "__main__":
    main()
