"""Opening and making projects in a worker; imports what is heavy, so the window comes up before this is imported."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from geo.inspection.status import assess, due_sites
from geo.language import tr
from geo.planning import hand, marks, plan_json
from geo.progress import Report, part
from geo.sample import write_sample
from geo.store.project import Project
from layers.stack import MapStack

LOADED = (hand, marks, plan_json)
"""What the plan panel needs; imported here, in the worker, so that it is there when the panel asks for it."""


@dataclass(frozen=True)
class Opened:
    """A project with the map of it and the status of its sites."""

    project: Project
    stack: MapStack
    statuses: pd.DataFrame
    due: frozenset[str]


def open_file(path: Path, report: Report) -> Opened:
    """Open a project file, read its tables and prepare its map.

    Raises
    ------
    XunluError
        If the file is missing, foreign, damaged or of a newer version.
    """
    report(0.0, tr("Opening {file} …", file=path.name))
    project = Project.open(path)
    try:
        report(0.6, tr("Opening {file} …", file=path.name))
        opened = prepare(project)
        report(1.0, "")
    except BaseException:
        project.close()
        raise
    return opened


def prepare(project: Project) -> Opened:
    """Return a project with what the window shows of it first."""
    due = frozenset(due_sites(project, project.today()))
    return Opened(project, MapStack.from_project(project), assess(project), due)


def open_sample(path: Path, report: Report) -> Opened:
    """Open the user's sample project, made first if there is none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        report(0.0, tr("Making the sample district …"))
        half_made = path.with_suffix(".part.gpkg")
        half_made.unlink(missing_ok=True)
        write_sample(half_made, report=part(report, 0.0, 0.7)).close()
        half_made.rename(path)
    return open_file(path, part(report, 0.7, 1.0))


def create_file(path: Path, report: Report) -> Opened:
    """Make an empty project file and open it."""
    Project.create(path).close()
    return open_file(path, report)


Opener = Callable[[Path, Report], Opened]
