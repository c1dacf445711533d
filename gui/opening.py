"""Opening and making projects in a worker; imports what is heavy, so the window comes up before this is imported."""

import socket
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from geo.errors import XunluError
from geo.inspection.assessment import Assessment
from geo.language import Language, tr
from geo.memory import give_back
from geo.progress import Report, part
from geo.store import backups, presence, schema, shares
from geo.store.connection import connect
from geo.store.project import Project
from layers.stack import MapStack

MANY = 50_000
"""Sites from which what reading them has freed is given back to the system."""


@dataclass(frozen=True)
class Found:
    """What was noticed when a project was opened.

    Parameters
    ----------
    others
        Who else has it open.
    here
        This computer and the user of it.
    on_network
        Whether it lies on a network share.
    no_backup
        Why no backup was kept, if one should have been.
    """

    others: tuple[presence.Opener, ...] = ()
    here: tuple[str, str] = ("", "")
    on_network: bool = False
    no_backup: XunluError | None = None


@dataclass(frozen=True)
class Opened:
    """A project with the map of it and the status of its sites, and what was noticed when it was opened."""

    project: Project
    stack: MapStack
    assessment: Assessment
    found: Found = Found()


@dataclass(frozen=True)
class Restored:
    """A project opened after a backup took its place.

    Parameters
    ----------
    opened
        The project.
    before
        What stood there before, kept as a backup or, as `is_damaged` says, set aside; None if nothing did.
    error
        Why the backup could not take its place; the project is then as it was.
    """

    opened: Opened
    before: Path | None = None
    is_damaged: bool = False
    error: XunluError | None = None


def open_file(path: Path, report: Report) -> Opened:
    """Keep a backup of a project file, then open it, read its tables and prepare its map.

    Raises
    ------
    XunluError
        If the file is missing, foreign, damaged or of a newer version.
    """
    report(0.0, tr("Opening {file} …", file=path.name))
    return _open(path, report, no_backup=_keep(path))


def open_read_only(path: Path, report: Report) -> Opened:
    """Open a project file only to look at it."""
    return _open(path, report, read_only=True)


def restore(path: Path, backup: Path, report: Report) -> Restored:
    """Put a backup in a project's place and open that; if the backup cannot be, the project as it stands.

    Raises
    ------
    XunluError
        If what stands there then does not open.
    """
    report(0.0, tr("Restoring {file} …", file=path.name))
    was_there = path.exists()
    try:
        before = backups.restore(path, backup, datetime.now().astimezone())
    except XunluError as error:
        return Restored(_open(path, part(report, 0.4, 1.0)), error=error)
    there = [one.path for one in backups.listed(path)]
    if before is None and was_there and there:
        before = there[0]
    return Restored(_open(path, part(report, 0.4, 1.0)), before, is_damaged=before not in {None, *there})


def _keep(path: Path) -> XunluError | None:
    """Keep a backup of what is a project; return why that failed, which is no reason not to open it."""
    try:
        schema.check_file(path)
        if not schema.is_writable(path):
            return None
        with closing(connect(path, read_only=False)) as db:
            schema.format_of(db, path)
    except XunluError:
        return None  # opening it will say it
    try:
        backups.keep(path, datetime.now().astimezone())
    except XunluError as error:
        return error
    return None


def _open(path: Path, report: Report, *, read_only: bool = False, no_backup: XunluError | None = None) -> Opened:
    report(0.1, tr("Opening {file} …", file=path.name))
    project = Project.open(path, read_only=read_only, report=part(report, 0.1, 0.8))
    try:
        found = Found(project.others(), (socket.gethostname(), presence.user()), shares.is_network(path), no_backup)
        report(0.8, tr("Opening {file} …", file=path.name))
        opened = replace(prepare(project), found=found)
        report(1.0, "")
    except BaseException:
        project.close()
        raise
    return opened


def prepare(project: Project, lang: Language | None = None) -> Opened:
    """Return a project with what the window shows of it first, in a language or in the one in use."""
    # What the panels need to show it is imported, and found out, here and not in the window's own thread.
    from geo.places import placing  # noqa: F401
    from geo.planning.office import staying  # noqa: F401
    from geo.tablework import sheet, totals  # noqa: F401
    from layers import mapframe  # noqa: F401

    assessment = Assessment.of(project)
    opened = Opened(project, MapStack.from_project(project, lang), assessment)
    if len(project.frame("sites")) >= MANY:
        give_back()
    return opened


def open_sample(path: Path, report: Report) -> Opened:
    """Open the user's sample project, made first if there is none."""
    if not path.exists():
        from geo.exchange import qgis
        from geo.sample import write_sample

        path.parent.mkdir(parents=True, exist_ok=True)
        report(0.0, tr("Making the sample district …"))
        half_made = path.with_suffix(".part.gpkg")
        half_made.unlink(missing_ok=True)
        with write_sample(half_made, report=part(report, 0.0, 0.7)) as project:
            qgis.refresh(project)
        half_made.rename(path)
        return _open(path, part(report, 0.7, 1.0))
    return open_file(path, report)


def create_file(path: Path, report: Report) -> Opened:
    """Make an empty project file and open it."""
    from geo.exchange import qgis

    with Project.create(path) as project:
        qgis.refresh(project)
    return _open(path, report)


Opener = Callable[[Path, Report], Opened]
