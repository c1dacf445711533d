"""Who has a project open: a small file beside it for every process that has, locked as long as that lives."""

import contextlib
import getpass
import json
import os
import re
import socket
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

SILENT_S = 24 * 3600
"""How long another computer may be silent before it is taken to have let go; see `Presence.refresh`."""

_REFRESH_S = 60


@dataclass(frozen=True)
class Opener:
    """A process that has a project open.

    Parameters
    ----------
    host, pid
        The computer, and the process on it.
    user
        Who runs it.
    since
        When it was opened; an aware instant.
    read_only
        Whether it only reads.
    file
        The file that says so, which may be deleted if the computer is known to be off.
    """

    host: str
    pid: int
    user: str
    since: datetime
    read_only: bool
    file: Path


class Presence:
    """Say beside a project that this process has it open, until `leave`; never an obstacle where that cannot be said.

    Parameters
    ----------
    path
        The project's file.
    read_only
        Whether it is only read.
    """

    # A process may have a project open twice; the file goes with the last.
    _held: ClassVar[Counter[Path]] = Counter()
    _locks: ClassVar[dict[Path, int]] = {}

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self._file = _file(path, socket.gethostname(), os.getpid())
        self._refreshed = time.monotonic()
        self._here = True
        self._held[self._file] += 1
        if self._file not in self._locks:
            with contextlib.suppress(OSError):
                self._say(read_only)

    def _say(self, read_only: bool) -> None:
        said = {
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "user": user(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
            "read_only": read_only,
        }
        handle = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            os.write(handle, json.dumps(said, ensure_ascii=False).encode())
            # The system lets go of it when the process ends, however it ends.
            _lock(handle)
        except OSError:
            os.close(handle)
            raise
        self._locks[self._file] = handle

    def refresh(self) -> None:
        """Date the file anew, at most once a minute, so that other computers know that this one is there."""
        if self._here and time.monotonic() - self._refreshed > _REFRESH_S:
            self._refreshed = time.monotonic()
            with contextlib.suppress(OSError):
                os.utime(self._file)

    def leave(self) -> None:
        """Take the file away; a second call does nothing."""
        if not self._here:
            return
        self._here = False
        self._held[self._file] -= 1
        if self._held[self._file]:
            return
        del self._held[self._file]
        handle = self._locks.pop(self._file, None)
        if handle is not None:
            with contextlib.suppress(OSError):
                # Windows cannot delete what is open, and others must not find it unlocked.
                if sys.platform != "win32":
                    self._file.unlink(missing_ok=True)
                os.close(handle)
                self._file.unlink(missing_ok=True)

    @classmethod
    def held(cls) -> set[Path]:
        """Return the files that say, or would say, what this process has open."""
        return set(cls._held)


def is_mine(path: Path) -> bool:
    """Return whether this process has a project open."""
    return _file(path, socket.gethostname(), os.getpid()) in Presence.held()


def others(path: Path) -> tuple[Opener, ...]:
    """Return the other processes that have a project open, the longest first; those that died are swept away."""
    return tuple(one for one in everybody(path) if (one.host, one.pid) != (socket.gethostname(), os.getpid()))


def everybody(path: Path) -> tuple[Opener, ...]:
    """Return all processes that have a project open, this one included."""
    found = []
    try:
        files = [
            file for file in path.resolve().parent.iterdir() if file.name.startswith(f".{path.resolve().name}.open-")
        ]
    except OSError:
        return ()
    for file in files:
        opener = _read(file)
        if opener is None or not _lives(opener):
            with contextlib.suppress(OSError):
                if opener is None or opener.host == socket.gethostname():
                    file.unlink()
            continue
        found.append(opener)
    return tuple(sorted(found, key=lambda one: one.since))


def user() -> str:
    """Return the name of who runs this program."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        # A container's user may have no name.
        return "unknown"


def _file(path: Path, host: str, pid: int) -> Path:
    path = path.resolve()
    return path.with_name(f".{path.name}.open-{re.sub(r'[^A-Za-z0-9.-]', '_', host)}-{pid}")


def _read(file: Path) -> Opener | None:
    try:
        said = json.loads(file.read_bytes())
        since = datetime.fromisoformat(said["since"])
        return Opener(str(said["host"]), int(said["pid"]), str(said["user"]), since, bool(said["read_only"]), file)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _lives(opener: Opener) -> bool:
    """Return whether a process still has the project open: holds the lock, or was heard of from another computer."""
    if opener.file in Presence.held():
        return True
    try:
        handle = os.open(opener.file, os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError:
        # Somebody else's file, in a folder where this process may not write.
        return True
    try:
        _lock(handle)
    except BlockingIOError:
        return True
    except OSError:
        pass  # a share that knows no locks
    finally:
        os.close(handle)
    if opener.host == socket.gethostname():
        return False
    # Locks do not reach across all shares.
    with contextlib.suppress(OSError):
        return time.time() - opener.file.stat().st_mtime < SILENT_S
    return False


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        try:
            os.lseek(handle, 1 << 20, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError(error.errno, error.strerror) from error
    else:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
