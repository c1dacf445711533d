"""The verbs draw and verify-draw on real files: what they keep and write, and that anybody gets the same draw."""

import json
import shutil
from pathlib import Path

import pypdf
import pytest

import main
from geo.inspection.status import due_sites
from geo.planning.draws import draw_project, draw_record
from geo.store.edits import edit, insert
from geo.store.project import Project


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


def test_a_draw_is_kept_written_printed_and_verified(
    capsys: pytest.CaptureFixture[str], file: Path, tmp_path: Path
) -> None:
    """From one command come the record in the project, the file and the sheet; run again they say the same."""
    out, pdf = tmp_path / "draw.json", tmp_path / "draw.pdf"
    code, said, _ = run(
        capsys, "draw", file, "--count", 25, "--seed", "s 7", "--by", "kind,subdistrict", "--out", out, "--pdf", pdf
    )
    record = draw_record.read(out.read_text("utf-8"))
    assert code == 0
    assert "25 of 209 sites" in said
    assert {row["id"] for row in record["pool"]} | {row["id"] for row in record["in_closures"]} == set(due_of(file))
    assert all(row["name"] in said and row["team_name"] in said for row in record["result"])
    sheet = " ".join(page.extract_text() for page in pypdf.PdfReader(pdf).pages)
    assert all(row["code"] in sheet for row in record["result"])
    assert record["fingerprint"] in sheet.replace("\n", "")
    for source in (out, file):
        code, said, _ = run(capsys, "verify-draw", source)
        assert (code, said.count("comes out the same")) == (0, 1)
    with Project.open(file) as project:
        assert [title for _, title in draw_project.kept_in(project)] == ["Draw of 25 sites, 2021-06-02"]


def due_of(file: Path) -> list[str]:
    """Return the sites that are due in a project."""
    with Project.open(file, read_only=True) as project:
        return due_sites(project, project.today())


def test_a_changed_record_ends_with_1(capsys: pytest.CaptureFixture[str], file: Path, tmp_path: Path) -> None:
    """Who swaps a site for another is found out, in words and as JSON."""
    out = tmp_path / "draw.json"
    run(capsys, "draw", file, "--count", 5, "--seed", "s", "--from", "all", "--out", out, "--no-teams")
    record = json.loads(out.read_text("utf-8"))
    drawn = {row["id"] for row in record["result"]}
    other = next(row for row in record["pool"] if row["id"] not in drawn)
    record["result"][0].update(id=other["id"], name=other["name"])
    out.write_text(json.dumps(record), "utf-8")
    code, said, _ = run(capsys, "verify-draw", out)
    assert code == 1
    assert f"“{other['name']}” is in the record, but not drawn." in said
    code, said, _ = run(capsys, "verify-draw", out, "--json")
    assert (code, len(json.loads(said)[0]["differs"])) == (1, 3)


def test_who_has_a_conflict_of_interest_is_never_drawn_for_the_site(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    """With all teams but one barred from a site, that one goes there whatever the seed."""
    with Project.open(file) as project:
        people = project.frame("inspectors")
        site = str(project.frame("sites").index[0])
        free = str(project.frame("teams").index[3])
        code = project.row("sites", site)["code"]
        barred = [str(person) for person in people.index[people["team"] != free]]
        project.apply(edit("Bar", [insert("conflicts", inspector=person, site=site) for person in barred]))
    for seed in range(3):
        asked = ["--count", 1, "--seed", seed, "--from", "all", "--where", f"code = {code}", "--json"]
        record = json.loads(run(capsys, "draw", file, *asked)[1])
        assert [(row["id"], row["team"]) for row in record["result"]] == [(site, free)]
        assert set(record["pool"][0]["barred"].values()) == {"conflict"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--count", "900", "--seed", "s"], "but the pool has 209"),
        (["--count", "1", "--seed", " "], "one line of text"),
        (["--count", "1", "--seed", "s", "--by", "colour"], "no strata by “colour”"),
        (["--count", "1", "--seed", "s", "--weights", "huge=3"], "“huge=3” gives no lots"),
        (["--count", "1", "--seed", "s", "--weights", "high=0"], "not between 1"),
        (["--count", "1", "--seed", "s", "--team", "T99"], "No team “T99”"),
        (["--count", "1", "--seed", "s", "--where", "risk = high and risk = low"], "no site to draw from"),
    ],
)
def test_wrong_input_is_one_line(
    capsys: pytest.CaptureFixture[str], file: Path, arguments: list[str], said: str
) -> None:
    """It ends with 1, keeps nothing, and says what to do."""
    code, _, error = run(capsys, "draw", file, *arguments)
    assert code == 1
    assert said in error
    with Project.open(file, read_only=True) as project:
        assert draw_project.kept_in(project) == []
    code, _, error = run(capsys, "verify-draw", file)
    assert (code, "no draw in yuexiu.gpkg" in error) == (1, True)


def test_only_sites_that_fulfil_a_condition_are_drawn(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    """An expression narrows the pool; equal numbers from each kind."""
    asked = ["--count", 6, "--seed", "s", "--from", "all", "--where", "risk = high", "--by", "kind", "--equal"]
    _, said, _ = run(capsys, "draw", file, *asked, "--json")
    record = json.loads(said)
    with Project.open(file, read_only=True) as project:
        risk = project.frame("sites")["risk"]
        assert {risk[row["id"]] for row in record["pool"]} == {"high"}
    counts = [row["count"] for row in record["strata"] if row["count"] < row["size"]]
    assert max(counts) - min(counts) <= 1
