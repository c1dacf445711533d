"""What an office calls a good plan: aims, prices and defaults, as plain values that travel in the project."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from geo.errors import XunluError
from geo.hours import Window, format_clock
from geo.language import tr


class Aim(enum.StrEnum):
    """What a plan is to have least of, once everything that fits is on it."""

    TRAVEL = "travel"
    TEAMS = "teams"
    EVEN_HOURS = "even_hours"
    EVEN_STOPS = "even_stops"
    FINISH = "finish"


@dataclass(frozen=True)
class Break:
    """A pause that begins within a window, between two visits.

    Attributes
    ----------
    earliest_s, latest_s
        When it may begin, in seconds from midnight.
    seconds
        How long it takes.
    """

    earliest_s: int
    latest_s: int
    seconds: int

    def __post_init__(self) -> None:
        if self.earliest_s > self.latest_s or self.seconds < 0:
            window = f"{format_clock(self.earliest_s, wrap=True)}-{format_clock(self.latest_s, wrap=True)}"
            raise XunluError(
                tr("The break {window} ends before it begins.", window=window),
                tr("Correct it in the rules of the plan."),
            )


@dataclass(frozen=True)
class Rules:
    """What a good plan is.

    Attributes
    ----------
    aim
        What there is to be least of.
    foreign_visit_s
        How many seconds of travel a team may save at most by visiting a site of another team's area.
    overtime_price
        How many seconds of travel one second of overtime costs, in percent.
    move_s
        How many seconds of travel a visit must save to change its team; "change as little as possible" makes it large.
    speeds
        Speed in percent of what the streets allow, for each of the 24 hours of the day; none means 100 all day.
    addresses_together
        Whether the sites at one address are all visited by one team, one after the other.
    """

    aim: Aim = Aim.TRAVEL
    foreign_visit_s: int = 600
    overtime_price: int = 200
    move_s: int = 0
    speeds: tuple[int, ...] = ()
    addresses_together: bool = False

    def __post_init__(self) -> None:
        if self.speeds and (len(self.speeds) != 24 or min(self.speeds) <= 0):
            raise XunluError(
                tr("The speed is to be given for each of the 24 hours, and more than 0 %."),
                tr("Correct it in the rules of the plan."),
            )


@dataclass(frozen=True)
class PlanRules:
    """What an office has set for all its plans; `geo.planning.office.rulebook` has the title, range and unit of each.

    Attributes
    ----------
    aim
        What a plan is to have least of.
    foreign_min, move_min
        Minutes of travel that a visit in another team's area, or one that changes its team, must save.
    addresses_together
        Whether the sites at one address are visited by one team, one after the other.
    setup_min
        Minutes that a team needs on coming to an address, once for all sites there.
    verify_min
        Minutes added to a visit for each finding that is to be verified.
    least_inspectors
        How many inspectors a team must have present to go; one of which none are known always goes.
    overtime_min, overtime_price
        Overtime that a team may work if it has no other limit, and the price of a minute in percent of one of travel.
    has_break, break_from, break_to, break_min
        Whether teams without a break of their own take one, within which times (seconds from midnight), how long.
    risk_weight, overdue_weight, deadline_weight
        What a step of risk, a week overdue, and a rectification deadline that is reached add to what a visit counts
        where not all fit; without any of these it counts 1.
    keeps_must
        Whether a site with the day as its date is visited before all others.
    speeds
        Speed in percent of what the streets allow, for each of the 24 hours.
    unknown
        What a later version of the program has set, kept as it is.
    """

    aim: Aim = Aim.TRAVEL
    foreign_min: int = 10
    move_min: int = 0
    addresses_together: bool = False
    setup_min: int = 0
    verify_min: int = 0
    least_inspectors: int = 1
    overtime_min: int = 0
    overtime_price: int = 200
    has_break: bool = False
    break_from: int = 41_400
    break_to: int = 48_600
    break_min: int = 60
    risk_weight: int = 2
    overdue_weight: int = 1
    deadline_weight: int = 2
    keeps_must: bool = True
    speeds: tuple[int, ...] = (100,) * 24
    unknown: Mapping[str, Any] = field(default_factory=dict)

    @property
    def pause(self) -> Break | None:
        """Return the break of a team that has none of its own; None for none."""
        if not self.has_break or not self.break_min:
            return None
        return break_within((self.break_from, self.break_to), self.break_min)

    def for_search(self) -> Rules:
        """Return what the search for routes must know of them."""
        return Rules(
            aim=self.aim,
            foreign_visit_s=self.foreign_min * 60,
            overtime_price=self.overtime_price,
            move_s=self.move_min * 60,
            speeds=() if set(self.speeds) <= {100} else self.speeds,
            addresses_together=self.addresses_together,
        )


def break_within(window: Window, minutes: int) -> Break:
    """Return a break of so many minutes that lies wholly within a window, in seconds from midnight.

    Raises
    ------
    XunluError
        If the window is too short for it.
    """
    opens, closes = window
    if closes - opens < minutes * 60:
        said = f"{format_clock(opens, wrap=True)}-{format_clock(closes, wrap=True)}"
        raise XunluError(
            tr("A break of {minutes} min does not fit into {window}.", minutes=minutes, window=said),
            tr("Make the break shorter or the time for it longer."),
        )
    return Break(opens, closes - minutes * 60, minutes * 60)
