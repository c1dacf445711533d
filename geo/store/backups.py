"""Dated copies of a project in a folder beside it: kept by themselves, listed, and put back."""

import hashlib
import os
import re
import shutil
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

from geo.errors import XunluError
from geo.files import cannot_write, replacing
from geo.language import tr
from geo.store import presence, schema
from geo.store.blank import sync_folder
from geo.store.connection import clear_errors, connect
from geo.store.copies import write_copy
from geo.store.geopackage import GeoPackage

NEWEST = 10
"""Backups that are kept in any case."""

DAYS = 60
"""Days of which the last backup is kept, beside the newest ones."""

_FORM = "%Y-%m-%d %H%M%S"
_COUNTERS = ((24, 28), (92, 96))
"""Where the header of an SQLite file counts the times it was written, which says nothing of its content."""


@dataclass(frozen=True)
class Backup:
    """A copy of a project as it stood.

    Parameters
    ----------
    path
        The copy, a project file.
    when
        The moment in its name, in this computer's time zone.
    bytes
        Its length.
    """

    path: Path
    when: datetime
    bytes: int


def folder(path: Path) -> Path:
    """Return the folder of a project's backups."""
    return path.with_name(f"{path.stem}.backups")


def keep(path: Path, now: datetime) -> Path | None:
    """Keep a backup of a project as it stands and remove those that are too old; whole or not at all.

    It is for whoever opens a project, or works on one for long, to call this; it takes about as long as copying the
    file. An error need not stop the work, but should be shown.

    Parameters
    ----------
    now
        The present moment, aware, in the time zone that the name shall have.

    Returns
    -------
    The backup, or None if nothing has changed since the newest one.

    Raises
    ------
    XunluError
        If it cannot be written, for example because the disk is full, or the project is damaged. The project and older
        backups are untouched.
    """
    there = listed(path)
    try:
        written = _written(path)
        if there and there[0].path.stat().st_mtime_ns == written:
            return None
        folder(path).mkdir(exist_ok=True)
        backup = _free_name(path, now)
        _write(path, backup)
        # By this the next call knows, without reading either file, that nothing was written since.
        os.utime(backup, ns=(written, written))
        if there and _digest(backup) == _digest(there[0].path):
            os.utime(there[0].path, ns=(written, written))
            backup.unlink()
            return None
        for old in _too_old(listed(path), now):
            old.path.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(folder(path), error) from error
    return backup


def listed(path: Path) -> tuple[Backup, ...]:
    """Return the backups of a project, the newest first."""
    name = re.compile(rf"{re.escape(path.stem)} (\d{{4}}-\d\d-\d\d \d{{6}})(?:-(\d+))?{re.escape(path.suffix)}")
    found = []
    with suppress(OSError):  # no such folder, or not to be read
        for file in folder(path).iterdir():
            match = name.fullmatch(file.name)
            with suppress(OSError, ValueError):  # a name that only looks like a date, or a file just removed
                if match:
                    when = datetime.strptime(match[1], _FORM).astimezone()
                    found.append((match[1], int(match[2] or 1), Backup(file, when, file.stat().st_size)))
    return tuple(backup for *_, backup in sorted(found, key=lambda one: one[:2], reverse=True))


def restore(path: Path, backup: Path, now: datetime) -> Path | None:
    """Put a backup in a project's place in one step; what stands there now is kept as a backup first.

    Parameters
    ----------
    path
        The project, closed; it may be damaged, or gone.
    backup
        Any project file.
    now
        The present moment, aware.

    Returns
    -------
    The backup of what stood there; None if there was nothing that is not in the newest backup.

    Raises
    ------
    XunluError
        If the backup is no whole project, the project is open somewhere, or there is no room; it is then as it was.
    """
    _check(backup)
    if openers := presence.everybody(path):
        first = openers[0]
        raise XunluError(
            tr("{file} is open: {user} on {host}.", file=path.name, user=first.user, host=first.host),
            tr("Close it there first. If that computer is off, delete {mark} and try again.", mark=first.file),
        )
    kept = _set_by(path, now)
    try:
        with replacing(path) as new:
            shutil.copyfile(backup, new)
            with new.open("rb+") as file:
                os.fsync(file.fileno())
            # Else SQLite would take the journal of what stood there for one of the backup.
            for left in ("-journal", "-wal", "-shm"):
                path.with_name(path.name + left).unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise cannot_write(path, error) from error
    return kept


def _written(path: Path) -> int:
    """Return when a project was written last, in nanoseconds, be it in the log that SQLite keeps beside it for QGIS."""
    log = path.with_name(path.name + "-wal")
    return max(file.stat().st_mtime_ns for file in (path, log) if file is path or file.exists())


def _write(path: Path, backup: Path) -> None:
    write_copy(path, backup)
    try:
        with clear_errors(path), closing(connect(backup, read_only=True)) as db:
            whole = db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
        if not whole:
            # Damaged copies must not take the place of the whole ones.
            raise schema.damaged(path)
    except XunluError:
        backup.unlink()
        raise


def _check(backup: Path) -> None:
    store = GeoPackage(backup, read_only=True)
    try:
        store.check_integrity()
    finally:
        store.close()


def _set_by(path: Path, now: datetime) -> Path | None:
    """Keep what stands in a project's place, be it no project any more."""
    if not path.exists():
        return None
    try:
        schema.check_file(path)
    except XunluError:
        return _keep_bytes(path, now)
    try:
        return keep(path, now)
    except schema.Damaged:
        return _keep_bytes(path, now)


def _keep_bytes(path: Path, now: datetime) -> Path:
    # A damaged file is kept byte by byte, under a name that no list of backups shows and nothing removes.
    try:
        folder(path).mkdir(exist_ok=True)
        damaged = folder(path) / f"{path.stem} {now.strftime(_FORM)} damaged{path.suffix}"
        for left in ("", "-journal", "-wal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(path.with_name(path.name + left), damaged.with_name(damaged.name + left))
    except OSError as error:
        raise cannot_write(folder(path), error) from error
    return damaged


def _free_name(path: Path, now: datetime) -> Path:
    stem = f"{path.stem} {now.strftime(_FORM)}"
    name, count = folder(path) / f"{stem}{path.suffix}", 1
    while name.exists():
        count += 1
        name = folder(path) / f"{stem}-{count}{path.suffix}"
    return name


def _too_old(backups: tuple[Backup, ...], now: datetime) -> list[Backup]:
    """Return which of all backups, newest first, to remove: neither among the newest nor the last of a recent day."""
    kept = set(backups[:NEWEST])
    for day, its in groupby(backups, key=lambda backup: backup.when.date()):
        if now.date() - day <= timedelta(days=DAYS):
            kept.add(next(its))
    return [backup for backup in backups if backup not in kept]


def _digest(path: Path) -> bytes:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        head = bytearray(file.read(100))
        for start, end in _COUNTERS:
            head[start:end] = bytes(end - start)
        digest.update(head)
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.digest()
