"""Files that are written whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from geo.errors import XunluError
from geo.language import tr


def cannot_write(path: Path, error: Exception) -> XunluError:
    """Return the error for a file or folder that cannot be written, with the reason that the system gives."""
    reason = (isinstance(error, OSError) and error.strerror) or str(error)
    return XunluError(
        tr("{file} cannot be written: {reason}.", file=path, reason=reason),
        tr("Choose a folder where you may write and that has room."),
    )


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give the name of a new file beside another, which takes its place at the end, or is removed on any error."""
    new = path.with_name(f".{path.stem}.new-{os.getpid()}{path.suffix}")
    try:
        yield new
        new.replace(path)
    finally:
        # SQLite leaves its journal where the disk was full.
        for left in (new, new.with_name(f"{new.name}-journal")):
            with suppress(OSError):
                left.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file; XunluError if it cannot be, and then what was there before stays as it was.

    A database that has the name, such as the project itself, is never overwritten.
    """
    try:
        if path.is_file() and _is_database(path):
            raise XunluError(
                tr("{file} is a database, perhaps the project itself.", file=path),
                tr("Choose another name; nothing was overwritten."),
            )
        with replacing(path) as new:
            new.write_bytes(content)
    except (OSError, ValueError) as error:  # ValueError: a path without a name, such as /
        raise cannot_write(path, error) from error


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\x00"
