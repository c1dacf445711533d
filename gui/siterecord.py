"""What inspections found at a site, as its form tells it."""

from html import escape
from typing import TYPE_CHECKING

from geo.language import current, tr
from geo.late import np
from geo.model import FINDINGS, INSPECTIONS, STATUSES
from gui import fields, theme
from gui.session import Session

if TYPE_CHECKING:
    import pandas as pd

LAST = 6
"""So many inspections are listed, the latest first."""

_OVERDUE = next(choice for choice in STATUSES if choice.value == "overdue")


def inspections(session: Session, site: str) -> list[tuple[str, ...]]:
    """Return the date, team and result of the last inspections of a site, the latest first."""
    if session.project is None:
        return []
    mine = _of(session.project.frame("inspections"), site).sort_values(["date", "started"], ascending=False)
    state, result = INSPECTIONS.column("state"), INSPECTIONS.column("result")
    return [
        (
            str(row["date"]),
            _team(session, str(row["team"])),
            result.choice_title(row["result"]) if row["result"] else state.choice_title(row["state"]),
        )
        for _, row in mine.head(LAST).iterrows()
    ]


def findings(session: Session, site: str) -> str:
    """Return the findings of a site that are not yet verified, as rich text."""
    if session.project is None:
        return ""
    mine = _of(session.project.frame("findings"), site)
    mine = mine[mine["state"].isin(["open", "rectified"])].sort_values("due")
    topic, state = FINDINGS.column("topic"), FINDINGS.column("state")
    english = current() == "en"
    today = session.day.isoformat()
    parts = []
    for _, row in mine.iterrows():
        overdue = bool(row["due"]) and row["due"] < today
        words = (
            row["due"],
            _OVERDUE.title() if overdue else "",
            topic.choice_title(row["topic"]),
            state.choice_title(row["state"]),
        )
        late = f" color:{theme.ALARM.name()}" if overdue else ""
        head = escape(" · ".join(word for word in words if word))
        text = escape(str((row["description_en"] if english else "") or row["description"]))
        parts.append(f"<p style='margin:0 0 5px 0'><span style='font-weight:bold;{late}'>{head}</span><br>{text}</p>")
    return "".join(parts) or escape(tr("No open findings."))


def _of(frame: "pd.DataFrame", site: str) -> "pd.DataFrame":
    """Return the rows of a site; pandas' own comparison of texts takes several times as long."""
    return frame.iloc[np.flatnonzero(frame["site"].to_numpy(dtype=object) == site)]


def _team(session: Session, team: str) -> str:
    if session.project is None or team not in session.project.frame("teams").index:
        return ""
    return fields.name_in(session.project.row("teams", team))
