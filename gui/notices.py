"""What somebody who opens a project should know before working on it, as one message."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from geo.language import tr
from gui.messages import Level, Message

if TYPE_CHECKING:
    from gui.opening import Found


def of_opening(path: Path, found: "Found", *, read_only: bool) -> Message | None:
    """Return the message of an opening; None if there is nothing to be said.

    Parameters
    ----------
    path
        The project.
    found
        What was noticed.
    read_only
        Whether it takes no changes here.
    """
    texts, hints, level = [], [], Level.INFO
    if found.others:
        texts.append(_of_others(path, found))
    if [other for other in found.others if not other.read_only] and not read_only:
        level = Level.WARNING
        hints.append(
            tr(
                "You can both work on it: a change that another one has overtaken is refused and told, never lost. "
                "To look only, use “Open read-only” in the File menu."
            )
        )
    if found.on_network and not read_only:
        level = Level.WARNING
        texts.append(
            tr(
                "{file} lies on a network share, which can lose the locks that keep two computers "
                "from writing at once.",
                file=path.name,
            )
        )
        hints.append(tr("Let one computer at a time work on it, or work on a copy on this computer."))
    if found.no_backup is not None:
        level = Level.WARNING
        texts.append(tr("No backup could be kept: {reason}", reason=found.no_backup.message))
        hints.append(found.no_backup.hint)
    if read_only:
        texts.append(tr("{file} is open read-only.", file=path.name))
        hints.append(tr("Save a copy to make changes in that."))
    return Message(level, " ".join(texts), " ".join(hint for hint in hints if hint)) if texts else None


def _of_others(path: Path, found: "Found") -> str:
    """Return who else has a project open, the first who writes by name."""
    first = next((other for other in found.others if not other.read_only), found.others[0])
    since = _since(first.since)
    if len(found.others) > 1:
        return tr(
            "{file} is open in {count} other places, one of them {user} on {host} since {since}.",
            user=first.user, host=first.host, file=path.name, since=since, count=len(found.others),
        )  # fmt: skip
    if (first.host, first.user) == found.here:
        return tr("{file} has been open in another window of yours since {since}.", file=path.name, since=since)
    if first.read_only:
        return tr(
            "{user} on {host} has been looking at {file} since {since}.",
            user=first.user, host=first.host, file=path.name, since=since,
        )  # fmt: skip
    return tr(
        "{user} on {host} has had {file} open since {since}.",
        user=first.user, host=first.host, file=path.name, since=since,
    )  # fmt: skip


def _since(instant: datetime) -> str:
    local = instant.astimezone()
    is_today = local.date() == datetime.now().astimezone().date()
    return f"{local:%H:%M}" if is_today else f"{local:%Y-%m-%d %H:%M}"
