"""Changes in words: names for rows, titles for values, places for geometries, whatever the history holds."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import XunluError
from geo.language import Language
from geo.model import FINDINGS, SITES, STOPS, TABLES, Column
from geo.past import Past
from geo.store import history
from geo.store.base import Conflict
from geo.store.edits import RowChange, delete, edit, insert, update
from geo.store.project import Project
from geo.wording import NOTHING, Cell, Wording, moment

SHAPES: dict[str | None, Any] = {
    "Point": shapely.Point(113.25, 23.125),
    "LineString": shapely.LineString([(113.25, 23.125), (113.26, 23.125)]),
    "MultiPolygon": shapely.MultiPolygon([shapely.box(113.25, 23.12, 113.26, 23.13)]),
}


def values(column: Column) -> st.SearchStrategy[Any]:
    """Return what a column may hold, right or wrong."""
    odd = ["", "[]", "{}", "[", '["a", 1]', "3", "2021-06-02T08:30:00Z", "0001-01-01T00:00:00+14:00"]
    texts = st.one_of(st.sampled_from(odd), st.text(max_size=8))
    numbers = st.one_of(st.none(), st.integers(-10, 10**6))
    return {"int": numbers, "real": st.one_of(numbers, st.floats()), "bool": st.booleans()}.get(column.type, texts)


@st.composite
def changes(draw: st.DrawFn) -> RowChange:
    """Return an insertion, an update or a deletion of a row of any table."""
    table = TABLES[draw(st.sampled_from(sorted(TABLES)))]
    sides: list[dict[str, Any]] = [{column.name: draw(values(column)) for column in table.columns} for _ in range(2)]
    if table.shape:
        for side in sides:
            side["geometry"] = draw(st.sampled_from([None, SHAPES[table.shape], type(SHAPES[table.shape])()]))
    before, after = sides
    return RowChange(table.name, "id", *draw(st.sampled_from([(None, after), (before, after), (before, None)])))


@given(change=changes(), lang=st.sampled_from(["zh", "en"]))
def test_whatever_the_history_holds_is_put_into_words(change: RowChange, lang: Language) -> None:
    """No value, however wrong, raises; every cell says something on both sides."""
    from geo import language

    language.use(lang)
    wording = Wording(None)
    assert wording.called(change)
    for cell in wording.cells(change):
        assert cell.column
        assert cell.before
        assert cell.after
        assert change.before is not None or cell.before == NOTHING
        assert change.after is not None or cell.after == NOTHING


def test_values_stand_as_a_reader_knows_them(sample: Project, speaks: Callable[[Language], None]) -> None:
    """Choices by title, references by name, times of day, durations and units in either language."""
    wording = Wording(sample)
    team = str(sample.frame("teams").index[0])
    site = str(sample.frame("sites").index[0])
    stop = insert("stops", plan="p", team=team, site=site, seq=3, arrive_s=32_400, leg_s=600, leg_m=1234)
    told = {cell.column: cell.after for cell in wording.cells(stop)}
    assert told["Arrival"] == "09:00"
    assert told["Leg time"] == "10 min"
    assert told["Leg"] == "1,234 m"
    assert told["Team"] == "Hongqiao Team (T01)"
    assert "No." in told
    assert wording.called(stop) == f"{told['Team']} · {told['Site']}"
    assert wording.value(FINDINGS, FINDINGS.column("severity"), "major") == "Major"
    assert wording.value(FINDINGS, FINDINGS.column("suggestion"), value=False) == "no"
    assert wording.value(SITES, SITES.column("kind"), "school") == "School"
    assert wording.value(SITES, SITES.column("kind"), "gone") == "gone"
    inspection = sample.row("inspections", str(sample.frame("inspections").index[0]))
    people = json.loads(inspection["inspectors"])
    told_people = wording.value(TABLES["inspections"], TABLES["inspections"].column("inspectors"), json.dumps(people))
    assert told_people == ", ".join(wording.row_called("inspectors", one) for one in people)
    speaks("zh")
    told = {cell.column: cell.after for cell in Wording(sample).cells(stop)}
    assert told[STOPS.column("team").title()] == "洪桥检查组 (T01)"


def test_geometries_are_places_lengths_and_areas() -> None:
    """A point by its degrees with the way it moved, a line by its length, an area by its size."""
    wording = Wording(None)
    here, there = shapely.Point(113.25, 23.125), shapely.Point(-0.5, -23.125)
    (cell,) = wording.cells(RowChange("sites", "x", {"geometry": here}, {"geometry": there}))
    assert cell.column == "Position"
    assert cell.before == "23.12500° N, 113.25000° E"
    assert cell.after.startswith("23.12500° S, 0.50000° W, ")
    (cell,) = wording.cells(RowChange("streets", "x", {"geometry": SHAPES["LineString"]}, {"geometry": None}))
    assert cell == Cell("Geometry", "line of 1.02 km, 2 points", NOTHING)
    (cell,) = wording.cells(RowChange("areas", "x", {"geometry": None}, {"geometry": SHAPES["MultiPolygon"]}))
    assert cell.after == "area of 1.134 km², 5 points"
    assert wording.cells(RowChange("sites", "x", {"geometry": here}, {"geometry": shapely.Point(here)})) == []


def test_moments_are_told_on_this_clock() -> None:
    """An instant in UTC is shown in this computer's time zone; what is none stands as it is."""
    assert len(moment("2021-06-02T08:30:00.000Z")) == len("2021-06-02 08:30")
    assert moment("soon") == "soon"
    assert moment("") == ""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a project with kinds and points that were added, changed and deleted."""
    path = tmp_path / "p.gpkg"
    with Project.create(path) as project:
        added = [insert("kinds", code=f"{n}", name=f"n{n}") for n in range(30)]
        places = [insert("landmarks", name=f"{n}", geometry=shapely.Point(n, n)) for n in range(30)]
        project.apply(edit("add", [*added, *places]))
        project.apply(edit("change", [update("kinds", one.id, dict(one.after or {}), {"name": "x"}) for one in added]))
        project.apply(edit("delete", [delete("landmarks", one.id, dict(one.after or {})) for one in places[:5]]))
    return path


def test_the_past_reads_and_reverts_as_the_project_does(path: Path) -> None:
    """Beside the one who writes, each line is listed, read and turned into the same edit or the same conflict."""
    with Project.open(path) as project, Past(project.snapshot()) as past:
        lines = past.lines(limit=10)
        assert lines == history.lines(project, limit=10)
        row = history.details(project, lines[-1].id)[0]
        assert past.lines((row.table, row.id), limit=10) == history.lines(project, table=row.table, row_id=row.id)
        assert past.lines(limit=1, before=lines[0].id) == lines[1:2]
        for line in lines[:2]:
            assert past.details(line.id) == history.details(project, line.id)
            assert past.revert(line.id) == history.revert(project, line.id)
        with pytest.raises(Conflict):
            past.revert(lines[2].id)
        project.apply(edit("more", [project.set_setting_change("a", "b")]))
        assert past.lines(limit=1)[0].title == "more"


def test_a_line_of_another_model_is_refused(path: Path) -> None:
    """A table or column that the model does not have is said to be unreadable, not stumbled over."""
    from geo.store.connection import connect

    db = connect(path, read_only=False)
    for line, change in (("a", '[["nix", "1", {"a": 1}, {"a": 2}]]'), ("b", '[["kinds", "1", {"a": 1}, {"a": 2}]]')):
        db.execute(
            "INSERT INTO history (id, at, who, title, changes) VALUES (?, '2021-06-02T08:30:00Z', '', 'Odd', ?)",
            (line, change),
        )
    db.close()
    with Project.open(path) as project, Past(project.snapshot()) as past:
        for line in ("a", "b", "none"):
            for act in (past.details, past.revert):
                with pytest.raises(XunluError, match="Odd" if line != "none" else "no such line"):
                    act(line)
