"""The 65 weaknesses that the inspections found, 49 with a suggestion for rectification."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from geo.model import TOPICS
from geo.sample.facts import Dice
from geo.sample.visits import TODAY, Visit
from geo.store.edits import RowChange, insert

STATES = (("verified", 9), ("overdue", 8), ("open", 24), ("rectified", 11), ("closed", 13))
"""How many findings are in which state; the overdue ones are open too, their deadline past."""

SEVERITIES = ("minor",) * 11 + ("major",) * 7 + ("critical",) * 2


def findings(
    visits: Sequence[Visit], words: dict[str, Any], suggestions: int, shut: set[str], dice: Dice
) -> list[RowChange]:
    """Return the insertions of the findings and set the result of the visits that made them.

    Parameters
    ----------
    visits
        All inspections; those that are done may have findings.
    words
        What is found, by topic.
    suggestions
        How many findings carry a suggestion.
    shut
        The ids of sites that stay without findings.
    dice
        Where chance comes from.
    """
    wanted = [state for state, count in STATES for _ in range(count)]
    # The grave ones get their suggestion first, the rest by lot.
    made = _made(visits, words, wanted, shut, dice)
    rank = {"critical": 0, "major": 1, "minor": 2}
    told = sorted(dice.shuffled(made), key=lambda one: rank[one["severity"]])[:suggestions]
    for finding in told:
        finding["suggestion"] = True
    return [insert("findings", **finding) for finding in made]


def _made(
    visits: Sequence[Visit], words: dict[str, Any], wanted: list[str], shut: set[str], dice: Dice
) -> list[dict[str, Any]]:
    done = [visit for visit in visits if visit.state == "done" and visit.site.id not in shut]
    last = {visit.site.id: visit for visit in done}
    busy = {visit.site.id for visit in visits if visit.state in {"planned", "in_progress"}}
    used: Counter[str] = Counter()
    topics: Counter[str] = Counter()
    texts: Counter[str] = Counter()
    made = []
    order = dice.shuffled([visit for visit in done if visit.site.id not in busy])
    for state in wanted:
        fitting = [one for one in order if _fits(one, last[one.site.id], state)]
        # One in five findings is the second one of its site.
        again = [one for one in fitting if used[one.site.id] == 1] if dice.chance(0.2) else []
        visit = next(one for one in [*again, *fitting] if again or not used[one.site.id])
        used[visit.site.id] += 1
        visit.result = "findings"
        topic = _topic(visit.site.kind, words, topics)
        text = min(words["findings"][topic]["texts"], key=lambda one: texts[one[0]])
        texts[text[0]] += 1
        made.append(
            {
                "id": dice.id(),
                "inspection": visit.id,
                "site": visit.site.id,
                "topic": topic,
                "severity": dice.pick(SEVERITIES),
                "description": text[0],
                "description_en": text[1],
                "owner": visit.site.row["contact"],
                **_dates(visit.day, last[visit.site.id].day, state, dice),
            }
        )
    return made


def _fits(visit: Visit, last: Visit, state: str) -> bool:
    """Return whether a visit may have a finding that is now in a state."""
    if state == "verified":
        # It was the next visit that verified it.
        return visit is not last
    age = (TODAY - visit.day).days
    return visit is last and {"overdue": age >= 5, "rectified": age >= 2, "closed": age >= 3}.get(state, True)


def _topic(kind: str, words: dict[str, Any], topics: Counter[str]) -> str:
    fitting = [topic.value for topic in TOPICS if kind in words["findings"][topic.value]["kinds"]]
    topic = min(fitting, key=lambda one: topics[one])
    topics[topic] += 1
    return topic


def _dates(found: date, last: date, state: str, dice: Dice) -> dict[str, str]:
    """Return the state, the deadline and the days of putting right and verifying it."""
    after = {"overdue": dice.whole(2, 4), "verified": dice.whole(2, 5), "closed": dice.whole(2, 5)}
    due = found + timedelta(days=after[state]) if state in after else TODAY + timedelta(days=dice.whole(0, 8))
    dates = {"state": "open" if state == "overdue" else state, "due": due.isoformat()}
    if state == "verified":
        mended = found + timedelta(days=1)
        return dates | {"rectified_on": mended.isoformat(), "verified_on": last.isoformat()}
    if state == "closed":
        mended = found + timedelta(days=1)
        checked = min(mended + timedelta(days=dice.whole(0, 2)), TODAY - timedelta(days=1))
        return dates | {"rectified_on": mended.isoformat(), "verified_on": checked.isoformat()}
    if state == "rectified":
        mended = min(found + timedelta(days=dice.whole(1, 3)), TODAY - timedelta(days=1))
        return dates | {"rectified_on": mended.isoformat()}
    return dates
