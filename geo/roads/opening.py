"""Opening times as OpenStreetMap writes them (``Mo-Fr 08:00-17:00; Sa off``) as the daily windows of a site."""

import re

from geo.hours import format_windows, read_windows

_DAYS = r"(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)"
_RULE = re.compile(
    rf"\s*(?P<days>{_DAYS}(?:\s*[-,]\s*{_DAYS})*)?\s*:?\s*"
    r"(?P<times>\d{1,2}:\d\d\s*-\s*\d{1,2}:\d\d(?:\s*,\s*\d{1,2}:\d\d\s*-\s*\d{1,2}:\d\d)*|off|closed|24/7)\s*"
)
_EVERY_DAY = {"", "Mo-Su", "Mo-Su,PH"}


def windows(text: str) -> tuple[str, bool]:
    """Return the windows of a site for an ``opening_hours``, and whether they say all of it.

    A site has the same windows every day. So a text that gives one set of times gives these, whatever the days; one
    with other times on other days, by month or by sunrise gives none. Where not everything is said, the text itself
    belongs into the note.
    """
    if text.strip() == "24/7":
        return "", True
    found: set[str] = set()
    whole = True
    for rule in text.split(";"):
        if not rule.strip():
            continue
        match = _RULE.fullmatch(rule)
        if not match or match["times"] == "24/7":
            return "", False
        days = re.sub(r"\s", "", match["days"] or "")
        whole &= days in _EVERY_DAY
        if match["times"] in {"off", "closed"}:
            whole = False
            continue
        found.add(re.sub(r"\s", "", match["times"]))
    if len(found) != 1:
        return "", False
    read = read_windows(found.pop())
    return (format_windows(read), whole) if read else ("", False)
