"""How long work tells how far it is, and how it is asked to stop."""

from collections.abc import Callable

Report = Callable[[float, str], None]
"""Called with the share done (0 to 1) and a few words; raises `Cancelled` when the user wants to stop."""


class Cancelled(Exception):
    """Unwind long work that the user has stopped; nothing of it is kept."""


def silent(done: float, text: str = "") -> None:
    """Accept a progress report and show it nowhere."""


def part(report: Report, start: float, end: float) -> Report:
    """Return a report whose 0 to 1 is the stretch from `start` to `end` of another."""

    def inner(done: float, text: str = "") -> None:
        report(start + (end - start) * done, text)

    return inner
