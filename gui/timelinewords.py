"""What the timeline says of a stop or a team: tips, and words for screen readers."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from geo.hours import format_clock, format_windows
from geo.language import tr

if TYPE_CHECKING:
    from geo.planning.plans.timeline import Line


def tip(line: "Line", place: int, faults: Mapping[str, object], made: Mapping[str, str]) -> str:
    """Return what there is to say of a stop, a fact a line."""
    bar = line.bars[place]
    words = [
        tr("{number}. {site} ({team})", number=place + 1, site=bar.name, team=line.name),
        tr("Visit {start} to {end}, after {minutes} min on the way", start=format_clock(bar.start_s, wrap=True),
           end=format_clock(bar.leave_s, wrap=True), minutes=round(bar.leg_s / 60)),
    ]  # fmt: skip
    wait = bar.start_s - bar.setup_s - bar.arrive_s
    if bar.setup_s:
        words.append(tr("Set-up of {minutes} min before it", minutes=round(bar.setup_s / 60)))
    if wait >= 60:
        words.append(tr("There at {clock}, idle for {minutes} min", clock=format_clock(bar.arrive_s, wrap=True),
                        minutes=wait // 60))  # fmt: skip
    if bar.windows:
        words.append(tr("Open {hours}", hours=format_windows(bar.windows[:3])))
    if bar.site in made:
        from geo.planning.plans.made import words as of_state

        words.append(of_state(made[bar.site]))
    if bar.lock:
        words.append(tr("Locked to its place") if bar.lock == "place" else tr("Locked to its team"))
    return "\n".join([*words, *_faults(faults, bar.site)])


def team_tip(line: "Line", faults: Mapping[str, object]) -> str:
    """Return what there is to say of a team's day, a fact a line."""
    opens, closes = (format_clock(one, wrap=True) for one in line.shift)
    words = [line.name, tr("Shift {start} to {end}", start=opens, end=closes)]
    if line.closes_s > line.shift[1]:
        words.append(tr("Overtime until {clock}", clock=format_clock(line.closes_s, wrap=True)))
    if line.pause is not None:
        words.append(tr("Break {start} to {end}", start=format_clock(line.pause[0], wrap=True),
                        end=format_clock(line.pause[1], wrap=True)))  # fmt: skip
    if line.locked:
        words.append(tr("The whole route is locked"))
    return "\n".join([*words, *_faults(faults, line.team)])


def _faults(faults: Mapping[str, object], about: str) -> list[str]:
    found = faults.get(about, ())
    return [f"⚠ {one}" for one in found] if isinstance(found, (list, tuple)) else []
