"""The verbs check, restore and history: on real files, what they print, how they end, and wrong use and input."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import shapely

import main
from geo.store import backups
from geo.store.connection import connect
from geo.store.edits import edit, insert, update
from geo.store.project import Project
from tests.source import ROOT

NOW = datetime(2021, 6, 2, 8, 30, 15).astimezone()


@pytest.fixture
def file(sample_file: Path, tmp_path: Path) -> Path:
    """Give the path of a sample project of the test's own."""
    return Path(shutil.copy(sample_file, tmp_path / "yuexiu.gpkg"))


def run(capsys: pytest.CaptureFixture[str], *arguments: object, lang: str = "en") -> tuple[int, str, str]:
    """Run the command line; return the exit code and what it said on stdout and stderr."""
    try:
        code = main.main([*map(str, arguments), "--lang", lang])
    except SystemExit as stop:
        code = int(stop.code or 0)
    said = capsys.readouterr()
    return code, said.out, said.err


def spoil(path: Path, *statements: str) -> None:
    """Change a project as another program would."""
    with closing(connect(path, read_only=False)) as db:
        for statement in statements:
            db.execute(statement)


def change(path: Path, place: int = 0, **values: object) -> str:
    """Change columns of a site and return its code."""
    with Project.open(path) as project:
        site = project.frame("sites").index[place]
        row = project.row("sites", site)
        project.apply(edit("Change", [update("sites", site, row, values)]))
        return str(row["code"])


# check


def test_a_sound_file_ends_with_0(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    """It is said in one line, as JSON with an empty list."""
    assert run(capsys, "check", file) == (0, f"{file} is sound.\n", "")
    code, out, _ = run(capsys, "check", file, "--json")
    assert code == 0
    assert json.loads(out) == {"file": str(file), "sound": True, "troubles": []}


def test_each_trouble_is_one_line_with_where_what_and_how_to_mend(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    """The row stands by name and by id; troubles end with 1; both languages; the file is only read."""
    with Project.open(file, read_only=True) as project:
        site = project.frame("sites").index[4]
        row = project.row("sites", site)
    spoil(file, f"UPDATE sites SET subdistrict = 'nix', windows = '9 to 5' WHERE id = '{site}'")
    before = file.read_bytes()
    code, out, err = run(capsys, "check", file)
    assert (code, err) == (1, "")
    here = f"Sites › {row['name_en']} ({row['code']}) [{site}]"
    gone = "It refers to a row of “Subdistricts” that is not there (nix). Choose another one, or empty it."
    hours = "“9 to 5” is no opening time. Write it like 08:30-11:30; 14:00-17:30."
    assert out.splitlines() == [f"{here} › Subdistrict: {gone}", f"{here} › Opening times: {hours}"]
    code, out, _ = run(capsys, "check", file, lang="zh")
    assert code == 1
    assert out.startswith(f"点位 › {row['name']} ({row['code']})")
    code, out, _ = run(capsys, "check", file, "--json")
    facts = json.loads(out)
    assert (code, facts["sound"]) == (1, False)
    assert [(one["table"], one["row"], one["column"]) for one in facts["troubles"]] == [
        ("sites", site, "subdistrict"), ("sites", site, "windows"),
    ]  # fmt: skip
    assert all(one["what"] and one["mend"] for one in facts["troubles"])
    assert file.read_bytes() == before


def test_a_file_that_does_not_open_is_checked(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    """A value that does not fit is named by id; damage is one trouble of the whole file."""
    whole = file.read_bytes()
    spoil(file, "UPDATE sites SET capacity = 'many' WHERE fid = 1")
    code, out, _ = run(capsys, "check", file)
    assert code == 1
    assert "“many” does not fit" in out
    file.write_bytes(whole[:40_000] + b"\xa5" * 40_000 + whole[80_000:])
    code, out, _ = run(capsys, "check", file)
    assert code == 1
    assert out.startswith("The whole file: ")


def test_indexes_are_mended(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    """With --mend what follows from the rows is made anew before the check."""
    spoil(file, "UPDATE gpkg_ogr_contents SET feature_count = 3 WHERE table_name = 'streets'")
    assert run(capsys, "check", file)[0] == 1
    code, out, _ = run(capsys, "check", file, "--mend")
    assert code == 0
    assert out.splitlines() == ["Made anew for 1 layers.", f"{file} is sound."]
    assert json.loads(run(capsys, "check", file, "--mend", "--json")[1])["mended"] == 0


# restore


@pytest.fixture
def kept(file: Path) -> tuple[Path, ...]:
    """Give three backups, the newest first: with kinds a and b, with a, and with neither."""
    made = []
    for hours, code in ((0, "a"), (1, "b"), (25, "c")):
        backup = backups.keep(file, NOW + timedelta(hours=hours))
        assert backup is not None
        made.append(backup)
        with Project.open(file) as project:
            project.apply(edit("add", [insert("kinds", code=code, name=code)]))
    return tuple(reversed(made))


def codes(path: Path) -> str:
    """Return the codes that a test has added to a project."""
    with Project.open(path, read_only=True) as project:
        return "".join(code for code in project.frame("kinds")["code"] if len(code) == 1)


@pytest.mark.parametrize("arguments", [[], ["--list"]])
def test_backups_are_listed(
    capsys: pytest.CaptureFixture[str], file: Path, kept: tuple[Path, ...], arguments: list[str]
) -> None:
    """Number, date, size and name, the newest first; nothing is changed by it."""
    code, out, err = run(capsys, "restore", file, *arguments)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert [line.split()[0] for line in lines] == ["1", "2", "3"]
    assert all(backup.name in line for backup, line in zip(kept, lines, strict=True))
    assert lines[0].split()[1:3] == ["2021-06-03", "09:30:15"]
    assert codes(file) == "abc"


@pytest.mark.parametrize(
    ("which", "holds"),
    [
        ("--newest", "ab"), ("1", "ab"), ("2", "a"), ("3", ""), ("2021-06-03", "ab"), ("2021-06-02 08", ""),
        ("yuexiu 2021-06-02 093015.gpkg", "a"),
    ],
)  # fmt: skip
def test_a_backup_is_restored_by_number_date_or_name(
    capsys: pytest.CaptureFixture[str], file: Path, kept: tuple[Path, ...], which: str, holds: str
) -> None:
    """The file holds what the backup held; what was there is the newest backup, and brings it back."""
    assert len(kept) == 3
    code, out, err = run(capsys, "restore", file, which)
    assert (code, err) == (0, "")
    assert codes(file) == holds
    before = backups.listed(file)[0].path
    assert before.name in out
    assert run(capsys, "restore", file, before)[0] == 0
    assert codes(file) == "abc"


def test_any_project_file_can_be_restored(
    capsys: pytest.CaptureFixture[str], file: Path, sample_file: Path, tmp_path: Path
) -> None:
    """A copy from elsewhere takes the place of a project that is gone; what is no project does not."""
    file.unlink()
    assert run(capsys, "restore", file, sample_file)[0] == 0
    assert codes(file) == ""
    (tmp_path / "letter.gpkg").write_text("Dear planner")
    code, _, err = run(capsys, "restore", file, tmp_path / "letter.gpkg")
    assert code == 1
    assert "letter.gpkg" in err
    assert codes(file) == ""


@pytest.mark.parametrize(
    ("which", "says"),
    [("2021-06-02", "2 backups begin with"), ("2020", "There is no backup “2020”"), ("9", "There is no backup “9”"),
     ("0", "There is no backup “0”"), ("x.gpkg", "There is no backup “x.gpkg”"), ("", "3 backups begin with")],
)  # fmt: skip
def test_what_names_no_backup_or_several_is_told(
    capsys: pytest.CaptureFixture[str], file: Path, kept: tuple[Path, ...], which: str, says: str
) -> None:
    """Nothing is restored, and the way to the list is told."""
    assert len(kept) == 3
    code, out, err = run(capsys, "restore", file, which)
    assert (code, out) == (1, "")
    assert says in err
    assert "--list" in err
    assert codes(file) == "abc"


def test_a_project_without_backups_says_so(capsys: pytest.CaptureFixture[str], file: Path, tmp_path: Path) -> None:
    """The list is empty, to restore is an error, and so is a file that never was."""
    assert run(capsys, "restore", file)[:2] == (0, f"There are no backups of {file}.\n")
    assert run(capsys, "restore", file, "--newest")[0] == 1
    assert run(capsys, "restore", tmp_path / "none.gpkg")[0] == 1


def test_a_project_that_is_open_is_not_restored(
    capsys: pytest.CaptureFixture[str], file: Path, kept: tuple[Path, ...]
) -> None:
    """Whoever has it open is named."""
    with Project.open(file):
        code, _, err = run(capsys, "restore", file, kept[2])
    assert code == 1
    assert "is open" in err


# history


def test_lines_are_listed_newest_first(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    """Id, when, who, what and how many rows; a limit cuts; JSON has the same as data."""
    for note in ("x", "y", "z"):
        change(file, note=note)
    code, out, err = run(capsys, "history", file)
    assert (code, err) == (0, "")
    assert [line.split("  ")[3:] for line in out.splitlines()] == [
        *[["Change", "(1 rows)"]] * 3, ["Sample project", "(2878 rows)"],
    ]  # fmt: skip
    assert len(run(capsys, "history", file, "--limit", 2)[1].splitlines()) == 2
    facts = json.loads(run(capsys, "history", file, "--json", "--limit", 1)[1])
    assert facts["file"] == str(file)
    (line,) = facts["lines"]
    assert set(line) == {"id", "at", "who", "title", "rows"}
    assert out.startswith(line["id"])
    assert datetime.fromisoformat(line["at"]).tzinfo is not None


def test_the_history_of_a_site_shows_before_and_after(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    """Only its lines, with its columns in words; JSON has the values themselves, geometries as WKT."""
    code_of = change(file, contact="Li", geometry=shapely.Point(113.25, 23.125))
    change(file, 1, contact="Wang")
    code, out, _ = run(capsys, "history", file, "--site", code_of, "--limit", 1)
    assert code == 0
    lines = out.splitlines()
    assert "→ Li" in lines[1]
    assert lines[1].startswith("    Contact: ")
    assert lines[2].startswith("    Position: ")
    assert "23.12500° N, 113.25000° E" in lines[2]
    facts = json.loads(run(capsys, "history", file, "--site", code_of, "--json")[1])
    assert [line["title"] for line in facts["lines"]] == ["Change", "Sample project"]
    (row,) = facts["lines"][0]["changes"]
    assert row["after"] == {"contact": "Li", "geometry": "POINT (113.25 23.125)"}
    assert facts["lines"][1]["changes"][0]["before"] is None


def test_a_change_is_reverted_and_that_too(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    """By the whole id or its beginning; the revert is a line of its own that can be reverted."""
    with Project.open(file, read_only=True) as project:
        before = project.frame("sites").iloc[0]["contact"]
    change(file, contact="Li")
    lines = json.loads(run(capsys, "history", file, "--json")[1])["lines"]
    code, out, err = run(capsys, "history", file, "--revert", lines[0]["id"][:8])
    assert (code, out, err) == (0, "Revert: Change: 1 rows.\n", "")
    with Project.open(file, read_only=True) as project:
        assert project.frame("sites").iloc[0]["contact"] == before
    newest = json.loads(run(capsys, "history", file, "--json", "--limit", 1)[1])["lines"][0]
    assert newest["title"] == "Revert: Change"
    facts = json.loads(run(capsys, "history", file, "--revert", newest["id"], "--json")[1])
    assert (facts["title"], facts["rows"]) == ("Revert: Revert: Change", 1)
    with Project.open(file, read_only=True) as project:
        assert project.frame("sites").iloc[0]["contact"] == "Li"


def test_what_was_changed_since_is_not_reverted(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    """The row in the way is named, the exit code is 1 and nothing is written."""
    change(file, contact="Li")
    change(file, contact="Wang")
    lines = json.loads(run(capsys, "history", file, "--json")[1])["lines"]
    code, out, err = run(capsys, "history", file, "--revert", lines[1]["id"])
    assert (code, out) == (1, "")
    assert "has changed since" in err
    assert len(json.loads(run(capsys, "history", file, "--json")[1])["lines"]) == len(lines)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["--site", "nix"], "There is no site with the code “nix”."), (["--revert", "nix"], "no change with the id “nix”"),
     (["--revert", ""], "There is no change with the id")],
)  # fmt: skip
def test_what_is_not_there_is_told(
    capsys: pytest.CaptureFixture[str], file: Path, arguments: list[str], says: str
) -> None:
    """A code or id that nothing has ends with 1 and one line."""
    code, out, err = run(capsys, "history", file, *arguments)
    assert (code, out) == (1, "")
    assert says in err
    assert err.count("\n") == 1


def test_two_sites_of_one_code_are_told(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    """Which of them is meant is not guessed."""
    code_of = change(file, note="x")
    change(file, 1, code=code_of)
    code, _, err = run(capsys, "history", file, "--site", code_of)
    assert code == 1
    assert f"2 sites have the code “{code_of}”." in err


# use


@pytest.mark.parametrize(
    "arguments",
    [["check"], ["check", "p.gpkg", "--fix"], ["restore"], ["restore", "p.gpkg", "1", "--newest"],
     ["restore", "p.gpkg", "--list", "--newest"], ["history"], ["history", "p.gpkg", "--limit", "0"],
     ["history", "p.gpkg", "--limit", "many"], ["history", "p.gpkg", "--site", "a", "--revert", "b"]],
)  # fmt: skip
def test_wrong_use_ends_with_2(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """What the verbs do not take is answered with their usage."""
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert "usage: xunlu" in err


@pytest.mark.parametrize("verb", ["check", "restore", "history"])
def test_a_missing_or_foreign_file_ends_with_1(capsys: pytest.CaptureFixture[str], tmp_path: Path, verb: str) -> None:
    """One line names the file."""
    (tmp_path / "letter.gpkg").write_text("Dear planner")
    names = ["none.gpkg"] if verb == "restore" else ["none.gpkg", "letter.gpkg"]
    for name in names:
        code, out, err = run(capsys, verb, tmp_path / name)
        assert (code, out) == (1, "")
        assert name in err
        assert err.count("\n") == 1


def test_the_program_itself_ends_with_these_codes(file: Path) -> None:
    """In a process of its own, with a path of Chinese characters and spaces, without a traceback."""
    path = file.rename(file.with_name("越秀 区.gpkg"))
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}

    def ended(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "main.py", *arguments, "--lang", "zh"],
            cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout + done.stderr

    assert ended("check", str(path)) == (0, f"{path} 完好。\n")
    spoil(path, "UPDATE sites SET windows = 'x' WHERE fid = 1")
    assert ended("check", str(path))[0] == 1
    assert ended("restore", str(path), "--newest")[0] == 1
    assert ended("history", str(path), "--limit", "-1")[0] == 2
