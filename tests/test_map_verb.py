"""The command line draws the map on paper."""

from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtGui import QImage

import main

pytestmark = pytest.mark.usefixtures("qapp")


def _run(*arguments: object) -> int:
    return main.main([str(argument) for argument in arguments])


def test_a_sheet_of_paper(sample_file: Path, tmp_path: Path) -> None:
    """Paper, scale, title, squares and index do what they say."""
    out = tmp_path / "map.pdf"
    words = ("--title", "Inspection map", "--grid", "--index", "both", "--coordinates", "metres", "--datum", "CGCS2000")
    assert _run("map", sample_file, "--out", out, "--paper", "A4", "--portrait", "--scale", "1:60000", *words) == 0
    pages = PdfReader(out).pages
    text = pages[0].extract_text()
    assert "Inspection map" in text
    assert "1:60,000 (A4)" in text
    assert len(pages) > 1
    assert "SQ-001" in pages[1].extract_text()


def test_a_set_into_a_folder(sample_file: Path, tmp_path: Path) -> None:
    """Without an ending, each page becomes a file of its own; only those asked for."""
    out = tmp_path / "set"
    areas = ("--only", "Beijing", "--only", "洪桥街道")
    assert _run("map", sample_file, "--out", out, "--by", "subdistrict", "--paper", "A4", *areas) == 0
    assert [path.name for path in sorted(out.iterdir())] == [
        "1-Overview_of_the_sheets.pdf",
        "2-Hongqiao.pdf",
        "3-Beijing.pdf",
    ]


def test_a_picture_at_a_resolution(sample_file: Path, tmp_path: Path) -> None:
    """A part of the map as PNG has the pixels of the paper."""
    out = tmp_path / "map.png"
    assert _run("map", sample_file, "--out", out, "--dpi", "60", "--bbox", "113.25,23.12,113.27,23.14") == 0
    image = QImage(str(out))
    assert (image.width(), image.height()) == (992, 702)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--by", "subdistrict", "--only", "nowhere"), "“nowhere”"),
        (("--by", "team"), "No plan"),
        (("--datum", "xyz", "--coordinates", "degrees"), "“xyz”"),
        (("--dpi", "9000"), "The resolution"),
        (("--symbols", "0.01"), "The size of symbols"),
    ],
)
def test_what_cannot_be_done_is_said(
    sample_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    """Wrong input ends with one line that names it, code 1, and no file."""
    assert _run("map", sample_file, "--out", tmp_path / "map.pdf", *arguments) == 1
    assert said in capsys.readouterr().err
    assert not list(tmp_path.glob("map*"))


@pytest.mark.parametrize("arguments", [("--scale", "large"), ("--bbox", "1,2,3"), ("--paper", "A9")])
def test_wrong_use_is_told_by_the_parser(sample_file: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """What is no scale, box or paper at all ends with code 2."""
    with pytest.raises(SystemExit) as raised:
        _run("map", sample_file, "--out", tmp_path / "map.pdf", *arguments)
    assert raised.value.code == 2


def test_the_plan_of_another_day(planned_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A day may be named for the picture and the page; one without a plan is told and nothing is written."""
    for verb, ending in (("map", "png"), ("web", "html")):
        today, other = tmp_path / f"today.{ending}", tmp_path / f"other.{ending}"
        assert _run(verb, planned_file, "--out", today, "--date", "2021-06-02") == 0
        assert today.exists()
        assert _run(verb, planned_file, "--out", other, "--date", "2021-07-01") == 1
        assert "There is no plan for 2021-07-01" in capsys.readouterr().err
        assert not other.exists()
