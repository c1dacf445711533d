"""The command line: every verb on real files, and what it says of wrong use and input."""

import io
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pypdf
import pytest

import main

# The window's tests need the larger kind of Qt application, and there is only one in a process.
pytestmark = pytest.mark.usefixtures("qapp")

COUNTS = {"community_committee": 110, "quarantine_hotel": 28, "vaccination_site": 41, "testing_site": 78}
"""Inspected sites by kind in the story that the sample tells."""


@pytest.fixture
def file(sample_file: Path, tmp_path: Path) -> Path:
    """Give the path of a sample project of the test's own."""
    if sample_file.with_suffix(".cache").exists():
        shutil.copytree(sample_file.with_suffix(".cache"), tmp_path / "yuexiu.cache")
    return Path(shutil.copy(sample_file, tmp_path / "yuexiu.gpkg"))


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run the command line in English; return the exit code and what it said on stdout and stderr."""
    try:
        code = main.main([*map(str, arguments), "--lang", "en"])
    except SystemExit as stop:
        code = int(stop.code or 0)
    said = capsys.readouterr()
    return code, said.out, said.err


def test_new_makes_a_project_that_info_can_read(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """An empty project has no sites and every figure is 0."""
    assert run(capsys, "new", tmp_path / "p.gpkg")[0] == 0
    code, out, _ = run(capsys, "info", tmp_path / "p.gpkg", "--json")
    assert code == 0
    facts = json.loads(out)
    assert facts["sites"]["total"] == 0
    assert facts["figures"]["sites_inspected"] == 0


def test_the_sample_s_figures_come_out_by_counting(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    """What the story tells is what the program counts."""
    code, out, _ = run(capsys, "info", file, "--json")
    assert code == 0
    facts = json.loads(out)
    figures = facts["figures"]
    told = {
        "sites_inspected": 257,
        "weaknesses_found": 65,
        "suggestions_issued": 49,
        "school_units_tested": 237,
        "school_persons_tested": 180_818,
        "subdistricts": 18,
        "inspection_teams": 18,
    }
    assert {name: figures[name] for name in told} == told
    assert figures["person_times"] >= 200
    assert facts["sites"]["total"] == 257 + 237
    assert {kind: facts["sites"]["by_kind"][kind] for kind in COUNTS} == COUNTS
    assert len(facts["sites"]["by_status"]) == 9
    assert all(facts["sites"]["by_status"].values())
    assert sum(facts["sites"]["by_status"].values()) == 494


def planned(capsys: pytest.CaptureFixture[str], file: Path, *more: object) -> dict[str, Any]:
    """Plan the sample's day and return the plan as data."""
    code, out, err = run(capsys, "plan", file, "--iterations", "60", "--json", *more)
    assert code == 0, err
    plan: dict[str, Any] = json.loads(out)
    return plan


def test_a_plan_names_every_due_site_once_and_its_times_add_up(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    """Routed or left out with a reason; each arrival follows from the leg before, within a window, within the shift."""
    plan = planned(capsys, file)
    stops = [stop["site"] for route in plan["routes"] for stop in route["stops"]]
    left = [one["site"] for one in plan["left_out"]]
    assert len(stops + left) == len(set(stops + left))
    assert 180 <= len(stops + left) <= 260
    assert all(one["reason"] and one["detail"] for one in plan["left_out"])
    for route in plan["routes"]:
        now = route["start_s"]
        for stop in route["stops"]:
            assert stop["arrive_s"] == now + stop["leg_s"]
            assert any(a <= stop["start_s"] and stop["leave_s"] <= b for a, b in stop["windows"])
            assert stop["leave_s"] == stop["start_s"] + stop["service_s"]
            now = stop["leave_s"]
        assert route["travel_s"] == sum(stop["leg_s"] for stop in route["stops"]) + route["back_s"]
        assert 8 * 3600 <= route["start_s"] <= route["end_s"] <= 18 * 3600
    assert plan["totals"]["stops"] == len(stops)
    assert plan["totals"]["metres"] == sum(route["metres"] for route in plan["routes"])


def test_the_same_seed_gives_the_same_plan(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    """With iterations instead of seconds a plan can be made again; it is the next version of the day."""
    first, second = planned(capsys, file, "--seed", 7), planned(capsys, file, "--seed", 7)
    assert (first["version"], second["version"]) == (1, 2)
    assert first["routes"] == second["routes"]
    assert first["left_out"] == second["left_out"]


def test_sheets_map_and_web_page_are_written(
    capsys: pytest.CaptureFixture[str], planned_file: Path, tmp_path: Path
) -> None:
    """Each verb writes the file it is asked for, and only the team that was named is printed."""
    file = shutil.copy(planned_file, tmp_path / "p.gpkg")
    assert run(capsys, "sheets", file, "--out", tmp_path / "one.pdf", "--team", "T03")[0] == 0
    text = "".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO((tmp_path / "one.pdf").read_bytes())).pages
    )
    assert "-V1-T03" in text
    assert "-V1-T04" not in text
    for name, begins in (("m.png", b"\x89PNG"), ("m.svg", b"<?xml"), ("m.pdf", b"%PDF")):
        assert run(capsys, "map", file, "--out", tmp_path / name, "--size", "640x480")[0] == 0
        assert (tmp_path / name).read_bytes().startswith(begins)
    assert run(capsys, "web", file, "--out", tmp_path / "m.html")[0] == 0
    assert (tmp_path / "m.html").read_text("utf-8").startswith("<!DOCTYPE html>")


def test_one_file_per_team(capsys: pytest.CaptureFixture[str], planned_file: Path, tmp_path: Path) -> None:
    """With --each every team of the plan has its own PDF, named by its code."""
    arguments = ["--each", "--team", "T01", "--team", "T02"]
    assert run(capsys, "sheets", planned_file, "--out", tmp_path / "each", *arguments)[0] == 0
    assert sorted(path.name for path in (tmp_path / "each").iterdir()) == ["T01.pdf", "T02.pdf"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["info", "none.gpkg"], "There is no file none.gpkg."),
        (["plan", "none.gpkg"], "There is no file none.gpkg."),
        (["new", "no/folder/p.gpkg"], "There is no folder no/folder."),
        (["sheets", "FILE", "--out", "x.pdf"], "There is no plan for 2021-06-02 in yuexiu.gpkg."),
        (["sheets", "FILE", "--out", "x.pdf", "--date", "2021-07-01"], "There is no plan for 2021-07-01"),
        (["map", "FILE", "--out", "x.bmp"], "x.bmp"),
        (["map", "FILE", "--out", "none/x.png"], "none/x.png"),
        (["web", "FILE", "--out", "none/x.html"], "none/x.html cannot be written"),
    ],
)
def test_wrong_input_is_one_clear_line_and_exit_code_1(
    capsys: pytest.CaptureFixture[str], file: Path, arguments: list[str], says: str
) -> None:
    """What a person can mend is told in a line that names it, without a traceback."""
    code, out, err = run(capsys, *[str(file) if one == "FILE" else one for one in arguments])
    assert (code, out) == (1, "")
    assert says in err
    assert err.startswith("xunlu: ")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["plam", "p.gpkg"], "plam"),
        (["plan"], "FILE"),
        (["plan", "p.gpkg", "--date", "2021-13-01"], "is no day"),
        (["plan", "p.gpkg", "--seconds", "-1"], "is no number of seconds"),
        (["plan", "p.gpkg", "--iterations", "many"], "is no whole number"),
        (["plan", "p.gpkg", "--seconds", "1", "--iterations", "1"], "not allowed with"),
        (["map", "p.gpkg", "--out", "x.png", "--size", "0x9"], "is no size"),
        (["sheets", "p.gpkg"], "--out"),
    ],
)
def test_wrong_use_is_exit_code_2(capsys: pytest.CaptureFixture[str], arguments: list[str], says: str) -> None:
    """A wrong command line says what is wrong and how to write it."""
    code, _, err = run(capsys, *arguments)
    assert code == 2
    assert says in err


def test_a_team_that_is_not_in_the_plan_is_named(capsys: pytest.CaptureFixture[str], planned_file: Path) -> None:
    """The teams that there are, are listed."""
    code, _, err = run(capsys, "sheets", planned_file, "--out", "x.pdf", "--team", "T99")
    assert code == 1
    assert "no team “T99”" in err
    assert "T01, T02" in err


def test_without_a_display_the_window_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine without a screen the program names the way to work without one."""
    if sys.platform != "linux":
        pytest.skip("elsewhere there is always a display")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    code, _, err = run(capsys)
    assert code == 1
    assert "make demo" in err


def test_help_speaks_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    """The language is the one that the command line names, wherever it does."""
    with pytest.raises(SystemExit):
        main.main(["--lang", "zh", "plan", "--help"])
    assert "求解秒数" in capsys.readouterr().out


def test_the_demo_does_the_whole_job(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """One command makes the project, plan, sheets in both languages, maps and figures, and says where."""
    code, out, err = run(capsys, "demo", "--out", tmp_path / "demo", "--iterations", "30")
    assert code == 0, err
    made = {path.name for path in (tmp_path / "demo").iterdir() if path.is_file()}
    assert made == {
        "yuexiu.gpkg",
        "plan.json",
        "sheets-zh.pdf",
        "sheets-en.pdf",
        "map.png",
        "map.html",
        "figures.json",
    }
    assert str(tmp_path / "demo") in out
    assert json.loads((tmp_path / "demo" / "plan.json").read_text("utf-8"))["version"] == 1
    with main.demo_project(tmp_path / "demo" / "yuexiu.gpkg") as again:
        assert again.frame("plans")["version"].tolist() == [1]
