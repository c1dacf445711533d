"""What an office calls a good plan: aims, prices and defaults, as plain values that travel in the project."""

import enum
from dataclasses import dataclass

from geo.errors import XunluError
from geo.hours import format_clock
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
