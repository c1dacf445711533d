"""What can be planned apart from the window, and how the two processes speak of it.

Both ends of the two pipes are this program, so what goes over them are pickled values, each after its length: orders
and words about them to `geo.planning.planmaker`, `Told` from it.
"""

import pickle
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from geo.language import Language
from geo.progress import Report

# What plans is imported where it is needed: the window makes orders without waiting for the libraries.
if TYPE_CHECKING:
    from geo.planning.byhand.moment import Moment
    from geo.planning.plans.wish import Days, Wish
    from geo.planning.search import Watch
    from geo.store.edits import Edit
    from geo.store.tables import Tables

LENGTH = struct.Struct(">I")


@dataclass(frozen=True)
class Answer:
    """What came of an order.

    Attributes
    ----------
    edit
        The change to the project.
    frozen, moved, left_out
        What it comes to on a day that goes on, as in `geo.planning.byhand.live.Outcome`; None for other plans.
    """

    edit: "Edit"
    frozen: int | None = None
    moved: int | None = None
    left_out: int | None = None


class Order(Protocol):
    """Something to plan."""

    def work(self, tables: "Tables", watch: "Watch", report: Report) -> Answer:
        """Plan from a snapshot of the project; nothing is written.

        Raises
        ------
        XunluError
            If it cannot be planned, in words for the user.
        Cancelled
            If `report` says so.
        """


@dataclass(frozen=True)
class DayPlan:
    """A plan of one day; see `geo.planning.plans.day.make_plan`."""

    wish: "Wish"

    def work(self, tables: "Tables", watch: "Watch", report: Report) -> Answer:
        """Plan the day."""
        from geo.planning.plans.day import make_plan

        return Answer(make_plan(tables, self.wish, watch=watch, report=report))


@dataclass(frozen=True)
class DaysPlan:
    """Plans of several days; see `geo.planning.plans.horizon.plan_days`."""

    days: "Days"

    def work(self, tables: "Tables", watch: "Watch", report: Report) -> Answer:  # noqa: ARG002
        """Plan the days; nobody looks on, as no single plan is on the way."""
        from geo.planning.plans.horizon import plan_days

        return Answer(plan_days(tables, self.days, report))


@dataclass(frozen=True)
class DrawnPlan:
    """The plan of a random draw; see `geo.planning.draws.draw_plan.plan_of_draw`."""

    record: Mapping[str, Any]

    def work(self, tables: "Tables", watch: "Watch", report: Report) -> Answer:  # noqa: ARG002
        """Plan the sites drawn."""
        from geo.planning.draws.draw_plan import plan_of_draw

        return Answer(plan_of_draw(tables, self.record, report=report))


@dataclass(frozen=True)
class Replan:
    """What is left of a day, planned anew; see `geo.planning.byhand.live.replan`."""

    plan: str
    moment: "Moment"
    wish: "Wish"

    def work(self, tables: "Tables", watch: "Watch", report: Report) -> Answer:
        """Plan the rest of the day."""
        from geo.planning.byhand.live import replan

        outcome = replan(tables, self.plan, self.moment, self.wish, watch=watch, report=report)
        return Answer(outcome.edit, outcome.frozen, outcome.moved, outcome.left_out)


@dataclass(frozen=True)
class Asked:
    """An order, and how to speak of it.

    Parameters
    ----------
    number
        Of the order; what is told of it has the same.
    order
        What to plan.
    words
        The language in which to speak to the user.
    """

    number: int
    order: Order
    words: Language


@dataclass(frozen=True)
class Word:
    """A word about an order under way: to use the best plan so far, or to stop.

    Parameters
    ----------
    number
        Of the order.
    what
        The word.
    """

    number: int
    what: Literal["use", "stop"]


@dataclass(frozen=True)
class Told:
    """What the process tells.

    Parameters
    ----------
    number
        Of the order that it is about; 0 for none.
    kind
        ``ready`` once the project is read, ``progress`` with a share and words, ``seen`` with a `Seen`, ``changes``
        with some of the changes of the edit, and one of these at the end: ``made`` with the `Answer`, its edit without
        the changes told before, ``failed`` with message and hint, ``stopped``, ``bug`` with a traceback.
    what
        That.
    """

    number: int
    kind: Literal["ready", "progress", "seen", "changes", "made", "failed", "stopped", "bug"]
    what: Any = None


ENDS = frozenset({"made", "failed", "stopped", "bug"})
"""What is told last of an order."""


def packed(value: object) -> bytes:
    """Return a value as it goes over a pipe."""
    pickled = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(pickled)) + pickled


def unpacked(buffer: bytearray) -> Iterator[Any]:
    """Take the whole values off the front of what has come over a pipe, and give them one by one."""
    while len(buffer) >= LENGTH.size:
        end = LENGTH.size + LENGTH.unpack_from(buffer)[0]
        if len(buffer) < end:
            return
        pickled = bytes(buffer[LENGTH.size : end])
        del buffer[:end]
        # Comes from this program's own process through a pipe that nobody else holds.
        yield pickle.loads(pickled)  # noqa: S301
