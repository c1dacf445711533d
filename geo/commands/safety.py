"""The verbs that keep data safe: ``check`` a file, ``restore`` a backup of it, see its ``history`` and take it back."""

import argparse
import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.errors import XunluError
from geo.language import tr
from geo.progress import Report

if TYPE_CHECKING:
    # The parser is made for every verb; what is heavy loads with the work.
    from geo.past import Past
    from geo.store.backups import Backup
    from geo.store.base import Line
    from geo.store.edits import RowChange
    from geo.store.project import Project
    from geo.store.trouble import Trouble
    from geo.wording import Wording

SHOWN = 20
_FORM = "%Y-%m-%d %H:%M:%S"
_ALL = 10**9
"""More lines than a history has."""


def add_verbs(add: Callable[..., argparse.ArgumentParser], report_to: Report) -> None:
    """Add the three verbs by a function that takes a name, what does it, and its help."""
    check_options(add("check", partial(check, report_to=report_to), tr("look for all that is wrong in a project file")))
    restore_options(add("restore", restore, tr("go back to a backup of a project")))
    showing = partial(history, report_to=report_to)
    history_options(add("history", showing, tr("show who changed what and when, and take it back")))


# check


def check_options(verb: argparse.ArgumentParser) -> None:
    """Give the verb its options."""
    verb.add_argument("--mend", action="store_true", help=tr("make spatial indexes and counts anew first"))
    verb.add_argument("--json", action="store_true", help=tr("as JSON"))


def check(given: argparse.Namespace, report_to: Report) -> int:
    """Print what is wrong in a file and how to mend it; return 0 if nothing is, else 1."""
    from geo.store import check

    mended = check.mend(given.file, report_to) if given.mend else 0
    troubles = check.check(given.file, report_to)
    if given.json:
        found = [
            {"table": t.table, "row": t.row_id, "column": t.column, "what": t.what, "mend": t.mend} for t in troubles
        ]
        facts: dict[str, Any] = {"file": str(given.file), "sound": not troubles, "troubles": found}
        print(_json({**facts, "mended": mended} if given.mend else facts))
        return int(bool(troubles))
    if mended:
        print(tr("Made anew for {count} layers.", count=mended))
    for line in _told(given.file, troubles):
        print(line)
    if not troubles:
        print(tr("{file} is sound.", file=given.file))
    return int(bool(troubles))


def _told(path: Path, troubles: "list[Trouble]") -> list[str]:
    """Return troubles as lines to read, their rows by name where the file opens."""
    from geo.store.project import Project
    from geo.wording import Wording

    if not troubles:
        return []
    try:
        with Project.open(path, read_only=True) as project:
            return [_line_of(trouble, Wording(project)) for trouble in troubles]
    except XunluError:
        return [_line_of(trouble, Wording(None)) for trouble in troubles]


def _line_of(trouble: "Trouble", wording: "Wording") -> str:
    # A row is named by its id as well, which finds it in QGIS.
    name = f" [{trouble.row_id}]" if trouble.row_id else ""
    column = f" › {wording.title(trouble.table, trouble.column)}" if trouble.column else ""
    return f"{wording.place(trouble.table, trouble.row_id)}{name}{column}: {trouble.what} {trouble.mend}"


# restore


def restore_options(verb: argparse.ArgumentParser) -> None:
    """Give the verb its options."""
    which = verb.add_mutually_exclusive_group()
    which.add_argument(
        "backup", nargs="?", metavar="BACKUP", help=tr("number or date in the list of backups, or a file to restore")
    )
    which.add_argument("--list", action="store_true", help=tr("list the backups, the newest first (without a BACKUP)"))
    which.add_argument("--newest", action="store_true", help=tr("restore the newest backup"))


def restore(given: argparse.Namespace) -> None:
    """Put a backup in a project's place, or list the backups."""
    from geo.store import backups

    there = backups.listed(given.file)
    if given.backup is None and not given.newest:
        if not given.file.exists() and not there:
            raise _no_backups(given.file)
        for number, backup in enumerate(there, 1):
            print(f"{number:3}  {backup.when.strftime(_FORM)}  {backup.bytes / 1e6:9,.1f} MB  {backup.path.name}")
        if not there:
            print(tr("There are no backups of {file}.", file=given.file))
        return
    path = _backup_meant(given.file, there, given.backup)
    kept = backups.restore(given.file, path, datetime.now().astimezone())
    print(tr("Restored {file} from {backup}.", file=given.file, backup=path.name))
    if kept is not None:
        print(tr("The state before is kept: to go back, restore {backup}.", backup=kept.name))


def _backup_meant(file: Path, there: "tuple[Backup, ...]", meant: str | None) -> Path:
    """Return the backup that is meant by its number in the list, its name, its date or the beginning of that."""
    if meant is not None and meant.isdecimal() and 1 <= int(meant) <= len(there):
        return there[int(meant) - 1].path
    if meant is not None and Path(meant).is_file():
        return Path(meant)
    if not there:
        raise _no_backups(file)
    if meant is None:
        return there[0].path
    found = [one for one in there if one.path.name == meant or one.when.strftime(_FORM).startswith(meant)]
    # No date begins with so few digits that it could be a number of the list.
    if len(found) == 1 and (not meant.isdecimal() or len(meant) >= 4):
        return found[0].path
    hint = tr("--list shows the backups that there are.")
    if len(found) > 1:
        raise XunluError(tr("{count} backups begin with “{text}”.", count=len(found), text=meant), hint)
    raise XunluError(tr("There is no backup “{text}” of {file}.", text=meant, file=file), hint)


def _no_backups(file: Path) -> XunluError:
    return XunluError(
        tr("There are no backups of {file}.", file=file),
        tr("The window keeps one whenever it opens a project; name a file to restore another."),
    )


# history


def history_options(verb: argparse.ArgumentParser) -> None:
    """Give the verb its options."""
    which = verb.add_mutually_exclusive_group()
    which.add_argument("--site", metavar="CODE", help=tr("only what changed the site with this code"))
    which.add_argument("--revert", metavar="ID", help=tr("take this change back, by its id or the beginning of it"))
    verb.add_argument("--limit", type=_number, default=SHOWN, metavar="N", help=tr("at most so many, the newest (20)"))
    verb.add_argument("--json", action="store_true", help=tr("as JSON"))


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(tr("“{text}” is no whole number of 1 or more", text=text))
    return int(text)


def history(given: argparse.Namespace, report_to: Report) -> None:
    """Print the history of a project or of a site, or take one change back."""
    from geo.past import Past
    from geo.store.project import Project

    with Project.open(given.file, read_only=given.revert is None) as project, Past(project.snapshot()) as past:
        if given.revert is not None:
            _revert(project, past, given, report_to)
            return
        site = ("sites", _site(project, given.site)) if given.site is not None else None
        lines = past.lines(site, limit=given.limit)
        changes = {line.id: _of_row(past, line, site) for line in lines} if site else {}
        if given.json:
            told = [_as_json(line, changes.get(line.id)) for line in lines]
            print(_json({"file": str(given.file), "site": given.site or "", "lines": told}))
            return
        for line in lines:
            print(_as_text(line))
            print(*_in_words(project, changes.get(line.id, ())), sep="\n", end="")
        if not lines:
            print(tr("Nothing was changed yet."))


def _revert(project: "Project", past: "Past", given: argparse.Namespace, report_to: Report) -> None:
    edit = past.revert(_line_meant(past, given.revert))
    project.apply(edit, report_to)
    if given.json:
        print(_json({"file": str(given.file), "title": edit.title, "rows": len(edit.changes)}))
    else:
        print(tr("{title}: {count} rows.", title=edit.title, count=len(edit.changes)))


def _line_meant(past: "Past", meant: str) -> str:
    """Return the id of the one line whose id begins with a text."""
    found = [line for line in past.lines(limit=_ALL) if line.id.startswith(meant)]
    exact = [line for line in found if line.id == meant]
    if len(found) > 1 and not exact:
        raise XunluError(
            tr("{count} changes have an id that begins with “{text}”.", count=len(found), text=meant),
            tr("Write more of it."),
        )
    if not found or not meant:
        raise XunluError(
            tr("There is no change with the id “{text}”.", text=meant),
            tr("“history FILE” lists them, each with its id."),
        )
    return (exact or found)[0].id


def _site(project: "Project", code: str) -> str:
    sites = project.frame("sites")
    found = list(sites.index[sites["code"] == code])
    if not found:
        raise XunluError(
            tr("There is no site with the code “{code}”.", code=code),
            tr("The code stands in the first column of the table of sites."),
        )
    if len(found) > 1:
        raise XunluError(
            tr("{count} sites have the code “{code}”.", count=len(found), code=code),
            tr("Give each its own first; “check” lists them."),
        )
    return str(found[0])


def _of_row(past: "Past", line: "Line", row: tuple[str, str]) -> "tuple[RowChange, ...]":
    """Return what a line changed at one row; nothing where it cannot be read."""
    try:
        return tuple(change for change in past.details(line.id) if (change.table, change.id) == row)
    except XunluError:
        return ()


def _as_text(line: "Line") -> str:
    from geo.wording import moment

    count = "?" if line.count is None else line.count
    return f"{line.id}  {moment(line.at)}  {line.who}  {line.title}  ({tr('{count} rows', count=count)})"


def _in_words(project: "Project", changes: "tuple[RowChange, ...]") -> list[str]:
    from geo.wording import Wording

    wording = Wording(project)
    cells = [cell for change in changes for cell in wording.cells(change)]
    return [f"    {cell.column}: {cell.before} → {cell.after}" for cell in cells] + ([""] if cells else [])


def _as_json(line: "Line", changes: "tuple[RowChange, ...] | None") -> dict[str, Any]:
    """Return a line as the JSON contract of the verb has it; geometries as WKT."""
    facts: dict[str, Any] = {"id": line.id, "at": line.at, "who": line.who, "title": line.title, "rows": line.count}
    if changes is not None:
        facts["changes"] = [
            {"table": one.table, "id": one.id, "before": _plain(one.before), "after": _plain(one.after)}
            for one in changes
        ]
    return facts


def _plain(row: Any) -> dict[str, Any] | None:
    from shapely.geometry.base import BaseGeometry

    if row is None:
        return None
    return {name: value.wkt if isinstance(value, BaseGeometry) else value for name, value in row.items()}


def _json(facts: dict[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, indent=1)
