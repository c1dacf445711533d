"""Compare pictures of the sample in each style with those that were looked at and found good."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely
from PySide6.QtGui import QColor, QImage, QPainter

from geo.language import Language
from geo.projection import to_mercator
from geo.store.edits import RowChange, edit, insert
from geo.store.project import Project
from layers.render import to_image
from layers.stack import MapStack
from layers.view import View
from tests.layers import golden

WIDTH, HEIGHT = 400, 270
MIDDLE, CORNER = (113.2735, 23.1290), (113.2931, 23.1222)
"""The middle of the plan, and a corner of the closed area with streets of both kinds around it."""

PLACES = {"district": (MIDDLE, 24.0), "quarter": (MIDDLE, 5.0), "street": (CORNER, 1.1)}
LANGUAGES: dict[str, Language] = {"light": "zh", "dark": "en", "print": "zh"}


def _plan(project: Project) -> list[RowChange]:
    """Return a plan made by hand: two teams that share an avenue, one of them back, and one far from them."""
    teams, sites, streets = (project.frame(name) for name in ("teams", "sites", "streets"))
    codes = teams.sort_values("code").index[:3]
    rows = [insert("plans", id="golden", title="计划", date="2021-06-02")]
    along = streets[streets["highway"].isin(["primary", "trunk", "secondary"])].geometry
    lines = [line for line in along if line.distance(shapely.Point(MIDDLE)) < 0.004]
    lines.sort(key=lambda line: (-line.length, line.wkt))
    ways = [lines[0], lines[0].reverse(), lines[1]]
    away = shapely.distance(np.asarray(sites.geometry.array, dtype=object), shapely.Point(MIDDLE))
    near = sites.assign(away=away).sort_values(["away", "code"]).index[:24]
    for number, (team, line) in enumerate(zip(codes, ways, strict=True)):
        rows.append(insert("routes", id=f"golden{number}", plan="golden", team=team, geometry=line))
        for seq, site in enumerate(near[number::3][:5], start=1):
            rows.append(insert("stops", id=f"golden{number}-{seq}", plan="golden", team=team, site=site, seq=seq))
    return rows


@pytest.fixture
def project(sample_file: Path, tmp_path: Path) -> Iterator[Project]:
    """Give the sample with a plan made by hand."""
    copy = tmp_path / "golden.gpkg"
    copy.write_bytes(sample_file.read_bytes())
    with Project.open(copy) as opened:
        opened.apply(edit("plan", _plan(opened)))
        yield opened


@pytest.mark.parametrize("style", ["light", "dark", "print"])
def test_the_map_looks_as_it_did(project: Project, tmp_path: Path, style: str) -> None:
    """The sample with a plan and a selection looks as when it was last looked at, at three scales."""
    stack = MapStack.from_project(project, LANGUAGES[style], style)
    stack.set_plan("golden")
    chosen = project.frame("stops").query("plan == 'golden' and seq == 2")["site"]
    stack.selection = set(chosen) | set(project.frame("sites").sort_values("code").index[:3])
    for name, (middle, scale) in PLACES.items():
        x, y = (float(part) for part in to_mercator([middle])[0])
        golden.check(to_image(stack, View(x, y, scale, WIDTH, HEIGHT)), f"{style}-{name}", tmp_path)


def test_golden_pictures_are_small() -> None:
    """All golden pictures together take less than a megabyte, and there is none too many."""
    files = list(golden.FOLDER.glob("*.png"))
    assert {file.stem for file in files} == {f"{style}-{name}" for style in LANGUAGES for name in PLACES}
    assert sum(file.stat().st_size for file in files) < 1_000_000


def _plain() -> QImage:
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(QColor("#F0F0E8"))
    return image


def _drawn(shift: float, colour: str = "#203080") -> QImage:
    image = _plain()
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(colour))
    for k in range(20):
        painter.drawLine(round(20 * k), 20, round(20 * k) + 40, 300)
    painter.translate(shift, 0)
    painter.drawEllipse(100, 100, 40, 40)
    painter.drawText(200, 200, "东风路 12")
    painter.end()
    return image


def test_smoothing_is_no_difference_and_a_moved_name_is() -> None:
    """Half a pixel of smoothing passes; a symbol and a name six pixels aside, or in another colour, do not."""
    mean, share, _ = golden.differences(_drawn(0), _drawn(0.4))
    assert (mean <= golden.MEAN, share <= golden.SHARE) == (True, True)
    for other in (_drawn(6), _drawn(0, "#C02020"), _plain()):
        mean, share, _ = golden.differences(_drawn(0), other)
        assert mean > golden.MEAN or share > golden.SHARE


def test_a_difference_leaves_its_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a difference the new picture, the old one and where they differ lie in the folder that the message names."""
    monkeypatch.setattr(golden, "FOLDER", tmp_path / "kept")
    monkeypatch.setattr(golden, "WRITES", True)
    golden.check(_drawn(0), "x", tmp_path)
    monkeypatch.setattr(golden, "WRITES", False)
    golden.check(_drawn(0), "x", tmp_path)
    with pytest.raises(AssertionError, match="x looks different") as raised:
        golden.check(_drawn(30), "x", tmp_path)
    assert str(tmp_path) in str(raised.value)
    assert sorted(file.name for file in tmp_path.glob("*.png")) == ["x-difference.png", "x-golden.png", "x-now.png"]
    shown = golden.pixels(QImage(str(tmp_path / "x-difference.png")))
    assert shown.min() < 200
    assert np.median(shown) == 255
