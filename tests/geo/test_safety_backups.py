"""Backups: kept by themselves, few of them, and put back whole."""

import shutil
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from geo.errors import XunluError
from geo.store import backups
from geo.store.edits import edit, insert
from geo.store.project import Project
from tests.geo.safety_forks import Forks
from tests.source import ROOT

NOW = datetime(2021, 6, 2, 8, 30, 15).astimezone()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the path of a project with one kind."""
    with Project.create(tmp_path / "yuexiu.gpkg") as made:
        made.apply(edit("add", [insert("kinds", code="a", name="a")]))
    return made.path


def add(path: Path, code: str) -> None:
    """Add a kind to a project."""
    with Project.open(path) as project:
        project.apply(edit("add", [insert("kinds", code=code, name=code)]))


def codes(path: Path) -> list[str]:
    """Return the codes of the kinds of a project."""
    with Project.open(path, read_only=True) as project:
        return list(project.frame("kinds")["code"])


def test_a_backup_is_kept_under_its_date_and_opens(path: Path) -> None:
    """The copy is a project with the same rows, its name says when it was made."""
    kept = backups.keep(path, NOW)
    assert kept == path.parent / "yuexiu.backups" / "yuexiu 2021-06-02 083015.gpkg"
    assert codes(kept) == ["a"]
    assert backups.listed(path) == (backups.Backup(kept, NOW, kept.stat().st_size),)
    assert sorted(file.name for file in path.parent.iterdir()) == ["yuexiu.backups", "yuexiu.gpkg"]


def test_what_has_not_changed_is_not_kept_again(path: Path) -> None:
    """Neither a second call, nor opening it, nor a new date on the file makes another backup; an edit does."""
    backups.keep(path, NOW)
    assert backups.keep(path, NOW + timedelta(hours=1)) is None
    Project.open(path).close()
    path.touch()
    assert backups.keep(path, NOW + timedelta(hours=2)) is None
    assert backups.keep(path, NOW + timedelta(hours=2)) is None
    add(path, "b")
    assert backups.keep(path, NOW + timedelta(hours=3)) is not None
    assert len(backups.listed(path)) == 2


def test_two_backups_of_one_second_are_both_kept(path: Path) -> None:
    """No backup overwrites another, and the later one is listed first."""
    first = backups.keep(path, NOW)
    add(path, "b")
    second = backups.keep(path, NOW)
    assert [backup.path for backup in backups.listed(path)] == [second, first]


def test_the_ten_newest_stay_and_then_one_a_day_for_sixty_days(path: Path) -> None:
    """Of the many only few stay; what is no backup is never removed."""
    first = backups.keep(path, NOW)
    assert first is not None
    for hours in range(1, 24 * 70, 7):
        when = NOW - timedelta(hours=hours)
        shutil.copy(first, first.with_name(f"yuexiu {when:%Y-%m-%d %H%M%S}.gpkg"))
    for name in ("yuexiu old.gpkg", "yuexiu 2021-13-45 000000.gpkg", "other 2020-01-01 000000.gpkg", "notes.txt"):
        (first.parent / name).write_text("mine")
    add(path, "b")
    backups.keep(path, NOW + timedelta(minutes=1))
    kept = [backup.when for backup in backups.listed(path)]
    assert kept[:10] == sorted(kept[:10], reverse=True)
    days = [when.date() for when in kept[10:]]
    assert len(days) == len(set(days))
    assert min(days) == (NOW - timedelta(days=60)).date()
    assert 58 <= len(set(days)) <= 60
    assert len(list(first.parent.iterdir())) == len(kept) + 4


def test_a_backup_is_whole_while_another_process_writes(path: Path) -> None:
    """Each backup made between the edits of another process opens, is intact, and holds no edit in part."""
    writer = """
with Project.open(Path(args[0])) as project:
    for n in range(120):
        project.apply(edit("x", [insert("kinds", code=f"{n}", name=f"{k}") for k in range(3)]))
"""
    backups.keep(path, NOW)
    with Forks() as forks:
        pid = forks.start(writer, str(path))
        for n in range(1, 13):
            kept = backups.keep(path, NOW + timedelta(seconds=n))
            if kept:
                with Project.open(kept, read_only=True) as copy:
                    counts = copy.frame("kinds")["code"].value_counts().drop("a")
                    assert set(counts) <= {3}
        assert forks.rest(pid) == ["done"]
    backups.keep(path, NOW + timedelta(hours=1))
    assert len(backups.listed(path)) >= 2


def test_restoring_puts_the_backup_back_and_keeps_what_was_there(path: Path) -> None:
    """After a restore the old rows are back, and the present ones are the newest backup."""
    kept = backups.keep(path, NOW)
    assert kept is not None
    add(path, "b")
    before = backups.restore(path, kept, NOW + timedelta(hours=1))
    assert before is not None
    assert (codes(path), codes(before)) == (["a"], ["a", "b"])
    assert backups.restore(path, before, NOW + timedelta(hours=2)) is not None
    assert codes(path) == ["a", "b"]
    assert backups.restore(path, backups.listed(path)[0].path, NOW + timedelta(hours=3)) is not None
    assert codes(path) == ["a"]


@pytest.mark.parametrize("content", [b"", b"ledger", None, "cut"])
def test_restoring_over_a_spoilt_or_missing_file_keeps_its_bytes(path: Path, content: bytes | str | None) -> None:
    """What cannot be opened any more is set aside as it is, and the backup takes its place."""
    kept = backups.keep(path, NOW)
    assert kept is not None
    whole = path.read_bytes()
    spoilt = whole[: len(whole) // 2] if content == "cut" else content
    path.unlink()
    if isinstance(spoilt, bytes):
        path.write_bytes(spoilt)
        path.with_name(path.name + "-journal").write_bytes(b"left over")
    aside = backups.restore(path, kept, NOW + timedelta(hours=1))
    assert codes(path) == ["a"]
    assert (aside.read_bytes() if aside else None) == spoilt
    assert not path.with_name(path.name + "-journal").exists()
    assert [backup.path for backup in backups.listed(path)] == [kept]


def test_a_spoilt_backup_is_refused(path: Path) -> None:
    """What is no whole project never takes the place of one."""
    kept = backups.keep(path, NOW)
    assert kept is not None
    before = path.read_bytes()
    whole = kept.read_bytes()
    for spoilt in (whole[:50_000], b"x" * 5000, whole[:40_000] + b"\xa5" * 40_000 + whole[80_000:]):
        kept.write_bytes(spoilt)
        with pytest.raises(XunluError):
            backups.restore(path, kept, NOW)
        assert path.read_bytes() == before


def test_a_damaged_project_gives_no_backup(path: Path) -> None:
    """A copy of damage would in time push out the whole ones."""
    backups.keep(path, NOW)
    whole = path.read_bytes()
    path.write_bytes(whole[:40_000] + b"\xa5" * 40_000 + whole[80_000:])
    with pytest.raises(XunluError, match="damaged"):
        backups.keep(path, NOW + timedelta(hours=1))
    assert len(list(backups.folder(path).iterdir())) == 1


def test_a_project_that_is_open_is_not_replaced(path: Path) -> None:
    """Whoever has it open, this process or another, is named, and nothing happens."""
    kept = backups.keep(path, NOW)
    assert kept is not None
    with Project.open(path), pytest.raises(XunluError, match="is open"):
        backups.restore(path, kept, NOW)
    with Forks() as forks:
        pid = forks.start(
            "project = Project.open(Path(args[0])); print('open', flush=True); sys.stdin.readline()", str(path)
        )
        assert forks.line() == "open"
        with pytest.raises(XunluError, match="is open"):
            backups.restore(path, kept, NOW)
        forks.kill(pid)
    backups.restore(path, kept, NOW)


def test_a_full_or_forbidden_place_is_told_and_nothing_is_lost(path: Path) -> None:
    """Where no backup can be written the error says so, and what is there stays."""
    (path.parent / "yuexiu.backups").write_text("in the way")
    with pytest.raises(XunluError, match="cannot be written"):
        backups.keep(path, NOW)
    (path.parent / "yuexiu.backups").unlink()
    kept = backups.keep(path, NOW)
    assert kept is not None
    add(path, "b")
    script = """
import resource, sys
from datetime import datetime
from pathlib import Path
from geo.errors import XunluError
from geo.store import backups
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for act in (lambda: backups.keep(Path(sys.argv[1]), datetime.now().astimezone()),
            lambda: backups.restore(Path(sys.argv[1]), Path(sys.argv[2]), datetime.now().astimezone())):
    try: act()
    except XunluError as error: print(error.message)
"""
    told = subprocess.run(
        [sys.executable, "-c", script, str(path), str(kept)], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert len(told) == 2
    assert all("cannot be written" in line or "could not be" in line or "disk is full" in line for line in told)
    assert codes(path) == ["a", "b"]
    assert [backup.path for backup in backups.listed(path)] == [kept]
    assert len(list(kept.parent.iterdir())) == 1


def test_a_restore_that_is_killed_leaves_the_one_or_the_other(path: Path) -> None:
    """SIGKILL at any moment of a restore: the file is the whole old or the whole new one, and none is lost."""
    with Project.open(path) as project:
        project.apply(edit("many", [insert("kinds", code=f"{n}", name="x" * 200) for n in range(1_000)]))
    large = backups.keep(path, NOW)
    assert large is not None
    whole = codes(path)
    code = """
from datetime import datetime
print('go', flush=True)
backups.restore(Path(args[0]), Path(args[1]), datetime.now().astimezone())
"""
    seen = set()
    with Forks() as forks:
        for n in range(8):
            add(path, f"new {n}")
            now = codes(path)
            pid = forks.start(code, str(path), str(large))
            assert forks.line() == "go"
            time.sleep(0.01 * n)
            forks.kill(pid)
            assert codes(path) in (now, whole)
            seen.add(len(codes(path)) == len(whole))
            with sqlite3.connect(path) as db:
                assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            db.close()
            if codes(path) == whole:
                assert now in [codes(backup.path) for backup in backups.listed(path)[:2]]
    assert False in seen


def test_a_write_ahead_log_counts_as_a_change(path: Path) -> None:
    """What QGIS has written, still in its log beside the file, is in the next backup."""
    backups.keep(path, NOW)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    backups.keep(path, NOW + timedelta(hours=1))
    db.execute("UPDATE kinds SET code = 'z'")
    kept = backups.keep(path, NOW + timedelta(hours=2))
    db.close()
    assert kept is not None
    assert codes(kept) == ["z"]


def test_no_backups_are_listed_where_there_is_no_folder(tmp_path: Path) -> None:
    """A project that has none yet has an empty list."""
    assert backups.listed(tmp_path / "none.gpkg") == ()
    with pytest.raises(XunluError):
        backups.keep(tmp_path / "none.gpkg", datetime.now(UTC))
