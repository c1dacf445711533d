"""Layers for other GIS and devices: every value and coordinate, in the form that each format has for it."""

import json
import re
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from geo import resource
from geo.errors import XunluError
from geo.exchange.export import write
from geo.exchange.gisfiles import short_names
from geo.model import TABLES
from geo.store.project import Project
from tests.geo.exported import HERE, content, tables_with


def test_a_geopackage_holds_what_the_project_holds(planned: Project, tmp_path: Path) -> None:
    """Every value and every coordinate comes back, with the types of the columns."""
    for table in ("sites", "streets", "subdistricts", "routes", "plans", "inspections"):
        write(planned, table, tmp_path / f"{table}.gpkg")
        read = pyogrio.read_dataframe(tmp_path / f"{table}.gpkg", layer=table).set_index("id")
        frame = planned.frame(table)
        assert list(read.index) == list(frame.index)
        for column in TABLES[table].columns:
            kept, there = read[column.name], frame[column.name]
            if column.type in {"date", "time"}:
                kept = kept.dt.strftime("%Y-%m-%d" if column.type == "date" else "%Y-%m-%dT%H:%M:%S.%f").fillna("")
                there = there.str.removesuffix("Z") if column.type == "date" else there.str.removesuffix("Z") + "000"
            assert kept.fillna(-1).tolist() == there.fillna(-1).tolist(), column.name
        if TABLES[table].shape:
            assert shapely.equals_exact(read.geometry.to_numpy(), frame.geometry.to_numpy(), tolerance=0).all()


def test_a_shapefile_says_what_it_had_to_cut(tmp_path: Path) -> None:
    """Names of fields are cut to 10 letters and told, texts cut between letters and counted; flags are 0 and 1."""
    rows = [{"name": "点" * 200, "geometry": HERE}, {"name": "b", "note": "no place"}]
    done = write(tables_with(sites=rows), "sites", tmp_path / "s.shp", lang="en")
    assert "interval_days → interval_d" in done.notes[0]
    assert done.notes[1:] == ("1 texts are longer than the file can hold and were cut.",)
    read = pyogrio.read_dataframe(tmp_path / "s.shp")
    assert read["name"].tolist() == ["点" * 84, "b"]
    assert read.geometry.tolist() == [HERE, None]
    assert (tmp_path / "s.cpg").read_text("ascii") == "UTF-8"
    write(tables_with(teams=[{"name": "t", "geometry": HERE}]), "teams", tmp_path / "t.shp")
    assert pyogrio.read_dataframe(tmp_path / "t.shp")["active"].tolist() == [1]


def test_short_names_are_each_other_s_own() -> None:
    """Names that begin alike are told apart, whatever their case, and short ones stay."""
    assert short_names(["description", "description_en", "Descripti_2x", "code", "descriptio"]) == {
        "description": "descript_2",
        "description_en": "descript_3",
        "Descripti_2x": "Descripti_",
        "code": "code",
        "descriptio": "descriptio",
    }


def test_the_files_of_a_shapefile_are_replaced_together(sample: Project, tmp_path: Path) -> None:
    """An index of the old file goes with it; when one file cannot be replaced, all stay as they were."""
    write(sample, "sites", tmp_path / "s.shp")
    (tmp_path / "s.qix").write_bytes(b"old index")
    write(sample, "teams", tmp_path / "s.shp")
    assert sorted(content(tmp_path)) == ["s.cpg", "s.dbf", "s.prj", "s.shp", "s.shx"]
    assert len(pyogrio.read_dataframe(tmp_path / "s.shp")) == len(sample.frame("teams"))
    (tmp_path / "s.prj").unlink()
    (tmp_path / "s.prj").mkdir()
    (tmp_path / "s.prj/mine").write_text("x", "utf-8")
    before = content(tmp_path)
    with pytest.raises(XunluError, match=r"s\.shp cannot be written"):
        write(sample, "sites", tmp_path / "s.shp")
    assert content(tmp_path) == before


def test_a_table_of_another_program_is_not_taken_for_an_old_shapefile(sample: Project, tmp_path: Path) -> None:
    """A .dbf without a .shp is somebody's own."""
    (tmp_path / "s.dbf").write_bytes(b"ledger")
    with pytest.raises(XunluError, match=r"s\.dbf exists already"):
        write(sample, "sites", tmp_path / "s.shp")
    assert content(tmp_path) == {"s.dbf": b"ledger"}


def test_geojson_follows_the_standard(tmp_path: Path) -> None:
    """Outer rings run counter-clockwise, holes clockwise, every digit stays, and a text that is JSON stays text."""
    ring, hole = shapely.box(113, 23, 114, 24, ccw=False), shapely.box(113.25, 23.25, 113.5, 23.5, ccw=True)
    area = shapely.MultiPolygon([shapely.Polygon(ring.exterior, [hole.exterior])])
    tables = tables_with(
        areas=[{"name": '{"a": [1]}', "geometry": area}, {"name": "nowhere"}],
        sites=[{"name": "a", "geometry": shapely.Point(113.123456789012345, 1 / 3)}],
    )
    write(tables, "areas", tmp_path / "a.geojson")
    write(tables, "sites", tmp_path / "s.geojson")
    features = json.loads((tmp_path / "a.geojson").read_text("utf-8"))["features"]
    outer, inner = features[0]["geometry"]["coordinates"][0]
    assert shapely.LinearRing(outer).is_ccw
    assert not shapely.LinearRing(inner).is_ccw
    assert features[1]["geometry"] is None
    assert pyogrio.read_dataframe(tmp_path / "a.geojson")["name"].tolist() == ['{"a": [1]}', "nowhere"]
    site = json.loads((tmp_path / "s.geojson").read_text("utf-8"))["features"][0]
    assert site["geometry"]["coordinates"] == [113.123456789012345, 1 / 3]
    assert site["id"] == site["properties"]["id"]


def test_kml_is_coloured_by_status_and_says_the_same(planned: Project, tmp_path: Path) -> None:
    """Each placemark has the style of its status, and fields by their technical names."""
    write(planned, "sites", tmp_path / "s.kml", lang="zh")
    text = (tmp_path / "s.kml").read_text("utf-8")
    used = set(re.findall("<styleUrl>#s-([a-z_]+)</styleUrl>", text))
    assert used == set(re.findall('<Style id="s-([a-z_]+)">', text))
    due = json.loads(resource.path("styles/light.json").read_text("utf-8"))["status"]["due"]["fill"].lower()
    red, green, blue = due[1:3], due[3:5], due[5:7]
    assert f'<Style id="s-due"><IconStyle><color>ff{blue}{green}{red}</color>' in text
    read = pyogrio.read_dataframe(tmp_path / "s.kml")
    assert read["id"].tolist() == list(planned.frame("sites").index)
    assert read["phone"].tolist() == planned.frame("sites")["phone"].tolist()
    assert shapely.equals_exact(shapely.force_2d(read.geometry.to_numpy()), planned.frame("sites").geometry, 0).all()


def test_gpx_leads_along_the_stops(planned: Project, tmp_path: Path) -> None:
    """Sites are waypoints with a sign; a route is its stops in order, and the way as a track."""
    write(planned, "sites", tmp_path / "s.gpx", lang="zh")
    points = pyogrio.read_dataframe(tmp_path / "s.gpx", layer="waypoints")
    assert points["name"].tolist() == planned.frame("sites")["name"].tolist()
    assert points["sym"].iloc[0] == "Building"
    routes = planned.frame("routes")
    write(planned, "routes", tmp_path / "r.gpx", ids=[routes.index[0]], lang="zh")
    stops = planned.frame("stops")
    stops = stops[stops["team"] == routes["team"].iloc[0]].sort_values("seq")
    names = planned.frame("sites").loc[stops["site"], "name"]
    read = pyogrio.read_dataframe(tmp_path / "r.gpx", layer="route_points")
    assert read["name"].tolist() == [f"{n} {name}" for n, name in zip(stops["seq"], names, strict=True)]
    track = pyogrio.read_dataframe(tmp_path / "r.gpx", layer="tracks").geometry.iloc[0]
    assert np.array_equal(shapely.get_coordinates(track), shapely.get_coordinates(routes.geometry.iloc[0]))
    write(planned, "stops", tmp_path / "all.gpx")
    assert len(pyogrio.read_dataframe(tmp_path / "all.gpx", layer="route_points")) == len(planned.frame("stops"))


@pytest.mark.parametrize("ending", [".gpkg", ".shp", ".geojson", ".kml", ".gpx"])
def test_shapes_of_another_sort_are_written_too(tmp_path: Path, ending: str) -> None:
    """What QGIS lets people draw, a street of two parts or a point with a height, comes out valid and complete."""
    parts = shapely.MultiLineString([[(113, 23), (113.5, 23)], [(113.6, 23), (113.7, 23)]])
    tables = tables_with(streets=[{"geometry": parts}], sites=[{"name": "a", "geometry": shapely.Point(113, 23, 7)}])
    write(tables, "streets", tmp_path / f"m{ending}")
    write(tables, "sites", tmp_path / f"s{ending}")
    layer = "tracks" if ending == ".gpx" else 0
    read = pyogrio.read_dataframe(tmp_path / f"m{ending}", layer=layer).geometry.iloc[0]
    assert shapely.equals_exact(shapely.force_2d(read), parts, tolerance=0)
    point = pyogrio.read_dataframe(tmp_path / f"s{ending}", layer=0).geometry.iloc[0]
    assert (point.x, point.y) == (113, 23)
