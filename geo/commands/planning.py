"""The verb that plans a day: its options, and what they wish for."""

import argparse
from datetime import date
from typing import TYPE_CHECKING

from geo.errors import XunluError
from geo.language import tr
from geo.planning.rules import Aim

if TYPE_CHECKING:
    from geo.planning.plans.wish import Wish
    from geo.store.project import Project

AIMS = tuple(aim.value for aim in Aim)


def options(verb: argparse.ArgumentParser) -> None:
    """Add the options of the verb to its parser."""
    effort_options(verb)
    verb.add_argument("--date", type=day_of, help=tr("day of the plan, like 2021-06-02 (the project's today)"))
    verb.add_argument("--mode", choices=["car", "foot", "bicycle"], help=tr("how teams travel (car)"))
    verb.add_argument("--aim", choices=AIMS, help=tr("what there is to be least of (as the project's rules say)"))
    verb.add_argument("--improve", action="store_true", help=tr("start from the day's newest plan and keep its locks"))
    verb.add_argument("--few-changes", action="store_true", help=tr("the same, and change as little of it as possible"))
    verb.add_argument("--json", action="store_true", help=tr("as JSON"))


def effort_options(verb: argparse.ArgumentParser) -> None:
    """Add the options that say how long is searched."""
    effort = verb.add_mutually_exclusive_group()
    effort.add_argument("--seconds", type=_positive, default=10.0, help=tr("time for planning (10)"))
    effort.add_argument("--iterations", type=_count, help=tr("iterations instead of seconds: the same plan every time"))
    verb.add_argument("--seed", type=_count, default=1, help=tr("seed of the search (1)"))
    verb.set_defaults(date=None, mode="car", aim=None, improve=False, few_changes=False)


def wish(given: argparse.Namespace, project: "Project") -> "Wish":
    """Return the plan that the options wish for.

    Raises
    ------
    XunluError
        If a plan is to be improved and the day has none.
    """
    from geo.model import Mode
    from geo.planning.plans.wish import Wish

    when = given.date or project.today()
    return Wish(
        when,
        Mode(given.mode),
        present=plan_of(project, when) if given.improve or given.few_changes else None,
        few_changes=given.few_changes,
        aim=None if given.aim is None else Aim(given.aim),
        seconds=given.seconds,
        iterations=given.iterations,
        seed=given.seed,
    )


def plan_of(project: "Project", when: date | None = None) -> str:
    """Return the id of the newest plan of a day, the project's today unless one is given."""
    from geo.planning.plans import day

    when = when or project.today()
    plan = day.current_plan(project, when)
    if plan is None:
        raise XunluError(
            tr("There is no plan for {day} in {file}.", day=when, file=project.path.name),
            tr("Make one with “plan” first."),
        )
    return plan


def day_of(text: str) -> date:
    """Read a day of the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(tr("“{text}” is no day; write it like 2021-06-02", text=text)) from None


def _count(text: str) -> int:
    # PyVRP takes no larger seed.
    if not text.isdecimal() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(tr("“{text}” is no whole number of 0 or more", text=text))
    return int(text)


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 86_400:
        raise argparse.ArgumentTypeError(tr("“{text}” is no number of seconds above 0", text=text))
    return value
