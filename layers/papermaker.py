"""Write the pages of a layout in a process of its own, so that the window goes on while Qt compresses them.

Run as ``python -m layers.papermaker``. One line of JSON on the standard input, an `Order`, says what is wanted. Each
line of the standard output is JSON as well: how far it is, and at last the number of pages, or what the user can mend.
The project is read from its file, where every change is at once.
"""

import json
import sys
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from geo import language
from geo.errors import XunluError
from geo.language import Language
from geo.progress import Report, part
from layers.view import Bounds

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
        As `layers.layout.Layout.as_json` writes it.
    lang, words
        The language of the map, and the one in which to speak to the user.
    shown
        What the screen shows, in EPSG:3857 metres.
    plan, teams
        Whose routes are shown; of all teams for None.
    hidden
        The names of the layers that are not.
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

    def as_line(self) -> bytes:
        """Return the order as the one line that the process reads."""
        return json.dumps(asdict(self)).encode() + b"\n"


def order_of(line: bytes) -> Order:
    """Return the order that a line says."""
    said = json.loads(line)
    teams = None if said["teams"] is None else tuple(said["teams"])
    return Order(**{**said, "shown": tuple(said["shown"]), "teams": teams, "hidden": tuple(said["hidden"])})


def write(order: Order, report: Report) -> int:
    """Write the pages and return how many there are.

    Raises
    ------
    XunluError
        If the project cannot be read, the layout shows what is not there, or a file cannot be written.
    """
    from geo.store.geopackage import GeoPackage
    from geo.store.tables import Tables
    from layers import layout, offscreen, paper
    from layers.book import Book
    from layers.stack import MapStack

    path = Path(order.project)
    # Not as a project: nobody needs to be told that somebody has it open.
    with closing(GeoPackage(path, read_only=True)) as store:
        tables = Tables(path, store.load_all(part(report, 0, READING)))
    with offscreen.application():
        laid_out = layout.from_json(order.layout)
        stack = MapStack(tables, order.lang, laid_out.style)
        stack.set_plan(order.plan)
        stack.set_teams(order.teams)
        for name in order.hidden:
            stack[name].visible = False
        book = Book(stack, laid_out, order.shown)
        paper.save(book, Path(order.out), part(report, READING, 1))
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
