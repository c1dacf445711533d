"""A site in words: for tips, for the screen reader and for the status of a form."""

from html import escape
from typing import Any

from geo.language import tr
from geo.model import STATUSES
from gui.fields import name_in, sentence
from gui.session import Session

STATUS_TITLES = {choice.value: choice for choice in STATUSES}


def status_title(status: str) -> str:
    """Return the name of a status in the language in use."""
    return sentence(STATUS_TITLES[status].title()) if status in STATUS_TITLES else status


def kind_of(session: Session, code: str) -> dict[str, Any]:
    """Return the row of a site kind, empty where it is not in the register."""
    if session.project is None:
        return {}
    kinds = session.project.frame("kinds")
    found = kinds.index[kinds["code"] == code]
    return session.project.row("kinds", found[0]) if len(found) else {}


def kind_title(session: Session, code: str) -> str:
    """Return the name of a site kind, its code where it is not in the register."""
    row = kind_of(session, code)
    return sentence(name_in(row)) if row else code


def status_of(session: Session, site: str) -> dict[str, Any]:
    """Return what the inspection status says of a site: status, due_date, last_date, open_findings ..."""
    if session.statuses is None or site not in session.statuses.index:
        return {"status": "", "due_date": "", "last_date": "", "open_findings": 0, "next_deadline": ""}
    return dict(session.statuses.loc[site])


def facts(session: Session, site: str) -> list[tuple[str, str]]:
    """Return what matters about a site, each with its heading: status, dates, open findings."""
    status = status_of(session, site)
    lines = [(tr("Status"), status_title(status["status"]))]
    if status["due_date"]:
        lines.append((tr("Due"), status["due_date"]))
    if status["last_date"]:
        lines.append((tr("Last inspection"), status["last_date"]))
    if status["open_findings"]:
        lines.append((tr("Open findings"), str(status["open_findings"])))
    if status["next_deadline"]:
        lines.append((tr("Next deadline"), status["next_deadline"]))
    return lines


def tip(session: Session, site: str) -> str:
    """Return the tip of a site on the map as rich text."""
    if session.project is None:
        return ""
    row = session.project.row("sites", site)
    lines = "".join(
        f"<tr><td style='color:#66757f;padding-right:8px'>{escape(title)}</td><td>{escape(value)}</td></tr>"
        for title, value in facts(session, site)
    )
    head = f"<b>{escape(name_in(row))}</b><br>{escape(kind_title(session, row['kind']))}"
    return f"<div style='white-space:nowrap'>{head}<table cellspacing='0'>{lines}</table></div>"
