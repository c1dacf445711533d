"""Test `layers.paper`: what a layout is as PDF, SVG and PNG."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pypdf import PdfReader
from PySide6.QtGui import QImage, QPdfWriter
from PySide6.QtSvg import QSvgRenderer

from geo.errors import XunluError
from geo.planning.plans.day import current_plan
from geo.progress import Cancelled
from geo.store.edits import edit, update
from geo.store.project import Project
from layers import paper
from layers.book import Book
from layers.layout import MM, PAPERS, Layout
from layers.stack import MapStack

SMALL = Layout(paper="A4", dpi=60)


def _book(project: Project, layout: Layout, lang: str = "zh") -> Book:
    stack = MapStack(project, "en" if lang == "en" else "zh", layout.style)
    stack.set_plan(current_plan(project, project.today()) or "plan")
    return Book(stack, layout)


def _pixels(data: bytes) -> np.ndarray:
    image = QImage.fromData(data).convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).astype(np.int16)


def _png(book: Book, most: int) -> bytes:
    return b"".join(part for part in paper.png(book, 0, most) if part)


@pytest.mark.parametrize("landscape", [True, False])
@pytest.mark.parametrize("name", sorted(PAPERS))
def test_a_pdf_has_the_size_of_the_paper(project: Project, tmp_path: Path, name: str, landscape: bool) -> None:
    """Each page of a PDF measures what the paper does, to half a millimetre, turned as asked."""
    path = tmp_path / "map.pdf"
    paper.save(_book(project, Layout(paper=name, landscape=landscape)), path)
    (page,) = PdfReader(path).pages
    short, long = PAPERS[name]
    wanted = (long, short) if landscape else (short, long)
    found = (page.mediabox.width / 72 * 25.4, page.mediabox.height / 72 * 25.4)
    turned = tuple(reversed(found)) if page.rotation % 180 else found
    assert turned == pytest.approx(wanted, abs=0.5)


def test_names_in_a_pdf_can_be_searched(project: Project, tmp_path: Path) -> None:
    """Title, names, scale and legend are text, in the characters that people type, never radicals that look so."""
    path = tmp_path / "map.pdf"
    paper.save(_book(project, Layout(paper="A4", title="白云人民示意图 CG2000", scale=20_000)), path)
    found = PdfReader(path).pages[0].extract_text()
    assert "白云人民示意图 CG2000" in found
    assert "1:20,000 (A4)" in found
    assert "大公园" in found
    assert not re.search(r"[\u2e80-\u2fdf]", found)


def test_a_pdf_carries_its_fonts(project: Project, tmp_path: Path) -> None:
    """Whoever opens the PDF needs no Chinese font."""
    path = tmp_path / "map.pdf"
    paper.save(_book(project, Layout(paper="A4")), path)
    fonts = PdfReader(path).pages[0]["/Resources"]["/Font"]
    for font in fonts.values():
        inner = font.get_object()["/DescendantFonts"][0].get_object()
        assert "/FontFile2" in inner["/FontDescriptor"].get_object()


def test_a_pdf_is_drawn_in_lines(project: Project, tmp_path: Path) -> None:
    """A PDF is no photograph of the map: it has no image in it."""
    path = tmp_path / "map.pdf"
    paper.save(_book(project, Layout(paper="A4")), path)
    assert not PdfReader(path).pages[0].images


def test_a_radical_is_mended_without_moving_anything() -> None:
    """Mending the PDF changes no length, so that its table of contents still fits, and leaves other bytes alone."""
    made = (
        b"1 beginbfrange\n<0001> <0001> <2F69>\n<2F69> <2F6A> [<2F69> <4E91> <0009>]\nendbfrange\n<0001> <0001> <2F69>"
    )
    mended = (
        b"1 beginbfrange\n<0001> <0001> <767D>\n<2F69> <2F6A> [<767D> <4E91> <0020>]\nendbfrange\n<0001> <0001> <2F69>"
    )
    assert paper.searchable(made) == mended


def test_an_svg_is_one_drawing(project: Project, tmp_path: Path) -> None:
    """An SVG can be read again, has the size of the paper, and its symbols are drawings, not images."""
    path = tmp_path / "map.svg"
    paper.save(_book(project, Layout(paper="A4")), path)
    assert QSvgRenderer(str(path)).viewBox().width() == round(297 * MM)
    assert "<image" not in path.read_text("utf-8")


def test_a_png_has_the_resolution_asked_for(project: Project, tmp_path: Path) -> None:
    """A PNG has as many pixels as the paper at that resolution, and says so, so that it prints at its size."""
    path = tmp_path / "map.png"
    paper.save(_book(project, replace(SMALL, dpi=100)), path)
    image = QImage(str(path))
    assert (image.width(), image.height()) == (1169, 827)
    assert image.dotsPerMeterX() == pytest.approx(100 / 0.0254, abs=1)
    assert not image.allGray()


def test_bands_make_the_same_picture(project: Project) -> None:
    """A PNG painted in many bands shows what one painted whole shows, but for smoothing and where dashes begin."""
    book = _book(project, replace(SMALL, squares=True))
    whole, banded = _pixels(_png(book, 10**9)), _pixels(_png(book, 60_000))
    assert whole.shape == banded.shape
    assert (np.abs(whole - banded).max(axis=2) > 40).mean() < 0.005


def test_nothing_is_left_of_what_is_stopped(project: Project, tmp_path: Path) -> None:
    """Who stops the work keeps the file that was there before, and no part of a new one."""
    path = tmp_path / "map.pdf"
    path.write_bytes(b"old")

    def stop(_done: float, _text: str = "") -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        paper.save(_book(project, SMALL), path, stop)
    assert [(file.name, file.read_bytes()) for file in tmp_path.glob("map*")] == [("map.pdf", b"old")]


def test_work_that_is_dropped_leaves_nothing(project: Project, tmp_path: Path) -> None:
    """A generator that is thrown away midway ends its painter before its device goes."""
    book = _book(project, replace(SMALL, squares=True))
    paper.save(book, tmp_path / "whole.pdf")  # from now on it is known where the names find room
    steps = sum(1 for _ in paper.saving(book, tmp_path / "whole.pdf"))
    for count in range(1, steps - 1):
        work = paper.saving(book, tmp_path / "map.pdf")
        for _ in range(count):
            next(work)
        work.close()
    assert not list(tmp_path.glob("map*"))


def test_progress_rises_to_the_end(project: Project, tmp_path: Path) -> None:
    """Whoever waits sees how far it is, up to all of it."""
    told: list[float] = []
    layout = replace(SMALL, by="subdistrict")
    paper.save(_book(project, layout), tmp_path / "map.pdf", lambda done, _text: told.append(done))
    assert told == sorted(told)
    assert told[-1] == 1
    assert len(told) >= 3


def test_an_ending_that_is_no_picture_is_refused(project: Project, tmp_path: Path) -> None:
    """The message names the endings that work, and nothing is written."""
    with pytest.raises(XunluError, match=r"\.pdf"):
        paper.save(_book(project, SMALL), tmp_path / "map.docx")
    assert not list(tmp_path.glob("map*"))


def test_a_folder_takes_a_file_for_each_page(project: Project, tmp_path: Path) -> None:
    """Without an ending the name is that of a folder; files have numbers, so that two of one name do not collide."""
    rows = {key: project.row("subdistricts", key) for key in ("east", "west")}
    renamed = {"name": "同名/街道", "name_en": ""}
    project.apply(edit("rename", [update("subdistricts", key, row, row | renamed) for key, row in rows.items()]))
    folder = tmp_path / "set"
    paper.save(_book(project, replace(SMALL, by="subdistrict", overview=False)), folder)
    names = sorted(file.name for file in folder.iterdir())
    assert names == ["1-同名_街道.pdf", "2-同名_街道.pdf"]
    assert all(len(PdfReader(folder / name).pages) == 1 for name in names)


def test_pictures_of_a_set_stand_beside_one_another(project: Project, tmp_path: Path) -> None:
    """A set as PNG is a file for each page, the name given first."""
    paper.save(_book(project, replace(SMALL, by="subdistrict")), tmp_path / "map.png")
    names = sorted(file.name for file in tmp_path.glob("map*"))
    assert names == ["map-1-图幅接合总览.png", "map-2-东街道.png", "map-3-西街道.png"]


@pytest.mark.parametrize("name", sorted(PAPERS))
def test_a_printer_gets_the_paper(name: str, tmp_path: Path) -> None:
    """What has pages takes the paper as it is named, without margins of its own."""
    writer = QPdfWriter(str(tmp_path / "x.pdf"))
    assert writer.setPageLayout(paper.page_layout(Layout(paper=name)))
    width, height = Layout(paper=name).size_mm
    assert writer.widthMM() == pytest.approx(width, abs=1)
    assert writer.heightMM() == pytest.approx(height, abs=1)
