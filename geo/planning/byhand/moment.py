"""The moment from which on a plan is changed while its day goes on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Moment:
    """When and how a plan is looked at while its day goes on.

    Attributes
    ----------
    now_s
        Seconds from midnight of the plan day.
    as_planned
        Whether stops that should have begun by now count as made; else only what is recorded as an inspection.
    """

    now_s: int
    as_planned: bool = False
