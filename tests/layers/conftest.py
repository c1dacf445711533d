"""A small project that is easy to count by hand, for looking at its map."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely
from PySide6.QtGui import QGuiApplication

from geo.store.edits import RowChange, edit, insert
from geo.store.project import Project
from layers.fonts import load_fonts
from layers.stack import MapStack

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

WEST, SOUTH, EAST, NORTH = 113.25, 23.10, 113.29, 23.13


@pytest.fixture(autouse=True)
def fonts(qapp: QGuiApplication) -> None:
    """Have Qt and the program's font ready."""
    assert qapp
    load_fonts()


def _box(west: float, south: float, east: float, north: float) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([shapely.box(west, south, east, north)])


def _ground() -> list[RowChange]:
    half = (WEST + EAST) / 2
    return [
        insert("subdistricts", id="west", name="西街道", name_en="West", geometry=_box(WEST, SOUTH, half, NORTH)),
        insert("subdistricts", id="east", name="东街道", name_en="East", geometry=_box(half, SOUTH, EAST, NORTH)),
        insert("areas", name="大公园", name_en="Park", kind="park", geometry=_box(113.252, 23.118, 113.262, 23.128)),
        insert("areas", name="珠江", name_en="River", kind="water", geometry=_box(WEST, 23.095, EAST, 23.0985)),
        insert("landmarks", name="车站", name_en="Station", geometry=shapely.Point(113.285, 23.104)),
        insert(
            "streets",
            name="中山路",
            name_en="Zhongshan Road",
            highway="primary",
            geometry=shapely.LineString([(WEST, 23.115), (113.27, 23.1155), (EAST, 23.115)]),
        ),
        insert(
            "streets",
            name="解放路",
            name_en="Jiefang Road",
            highway="secondary",
            geometry=shapely.LineString([(113.275, SOUTH), (113.275, NORTH)]),
        ),
    ]


SITES = {
    "passed": (113.255, 23.105),
    "overdue": (113.265, 23.105),
    "never": (113.275, 23.125),
    "blocked": (113.285, 23.125),
}
"""Where the sites lie; each id says what has happened there, `never` nothing."""


def _sites() -> list[RowChange]:
    kind = insert(
        "kinds", code="hotel", name="酒店", name_en="Hotel", symbol="quarantine_hotel", interval_low=7, service_min=20
    )
    sites = [
        insert("sites", id=key, name=f"点位{key}", name_en=f"Site {key}", kind="hotel", geometry=shapely.Point(at))
        for key, at in SITES.items()
    ]
    done = {"state": "done", "result": "passed"}
    visits = [
        insert("inspections", site="passed", date="2021-06-01", **done),
        insert("inspections", site="overdue", date="2021-05-01", **done),
        insert("inspections", site="blocked", date="2021-06-01", state="no_access"),
    ]
    return [kind, *sites, *visits]


def _plan() -> list[RowChange]:
    base = (113.26, 23.11)
    line = shapely.LineString([base, SITES["overdue"], SITES["never"], base])
    return [
        insert("plans", id="plan", title="计划", date="2021-05-30"),
        insert("teams", id="team", code="T01", name="第一组", name_en="Team 1", geometry=shapely.Point(base)),
        insert("routes", plan="plan", team="team", geometry=line),
        insert("stops", plan="plan", team="team", site="overdue", seq=1),
        insert("stops", plan="plan", team="team", site="never", seq=2),
    ]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Give a project of two subdistricts, two streets, four sites and one route, whose day is 2021-06-02."""
    made = Project.create(tmp_path / "small.gpkg")
    settings = {"today": "2021-06-02", "name": "小区", "name_en": "Small", "attribution": "示意", "lead_days": "2"}
    changes = [insert("settings", key=key, value=value) for key, value in settings.items()]
    made.apply(edit("all", [*changes, *_ground(), *_sites(), *_plan()]))
    yield made
    made.close()


@pytest.fixture
def stack(project: Project) -> MapStack:
    """Give the map of the small project."""
    return MapStack.from_project(project, "zh")
