"""The web map: one page that needs no net."""

import json
import re
from pathlib import Path

import pytest

from geo.errors import XunluError
from geo.exchange.webmap import write_webmap
from geo.planning.plans.day import current_plan
from geo.store.edits import edit, insert, update
from geo.store.project import Project

TAGS = re.compile(r"<(?:script|img|link|iframe|source|object|embed)\b[^>]*\b(?:src|href|data)\s*=", re.IGNORECASE)
STYLES = re.compile(r"@import|url\((?!data:|#)")


def page_of(project: Project, path: Path) -> str:
    """Return the text of a project's web map with its plan."""
    write_webmap(project, current_plan(project, project.today()), path, "en")
    return path.read_text("utf-8")


def test_the_page_loads_nothing(planned: Project, tmp_path: Path) -> None:
    """No script, style, picture or tile comes from anywhere else."""
    page = page_of(planned, tmp_path / "map.html")
    assert TAGS.findall(page) == []
    assert STYLES.findall(page) == []


def test_every_site_and_stop_is_on_the_page(planned: Project, tmp_path: Path) -> None:
    """The data of the page hold each site once, and each stop of the plan."""
    page = page_of(planned, tmp_path / "map.html")
    decoder = json.JSONDecoder()
    sites = decoder.raw_decode(page, page.index("[", page.index("xunluSites(feature_group")))[0]
    assert len(sites) == len(planned.frame("sites"))
    routes = [
        decoder.raw_decode(page, page.index("{", at.end()))[0] for at in re.finditer(r"xunluRoute\(feature_group", page)
    ]
    assert sum(len(route["stops"]) for route in routes) == len(planned.frame("stops"))


def test_teams_of_one_name_are_layers_of_their_own(planned: Project, tmp_path: Path) -> None:
    """Two teams that are called the same can both be switched on and off."""
    teams = planned.frame("teams").index[:2]
    changes = [update("teams", team, planned.row("teams", team), {"name_en": "Same"}) for team in teams]
    planned.apply(edit("rename", changes))
    layers = re.search(r"overlays\s*:\s*\{(.*?)\}", page_of(planned, tmp_path / "map.html"), re.DOTALL)
    assert layers is not None
    assert len(re.findall(r" Same\"", layers[1])) == 2


def test_a_stop_tells_kind_and_status(planned: Project, tmp_path: Path) -> None:
    """What opens at a stop says as much as what opens at a site."""
    page = page_of(planned, tmp_path / "map.html")
    at = page.index("{", page.index("xunluRoute(feature_group"))
    rows = json.JSONDecoder().raw_decode(page, at)[0]["stops"][0]["rows"]
    assert {"Planned", "Status", "Code"} <= {title for title, _value in rows}


def test_a_site_tells_what_a_team_must_know_of_it(planned: Project, tmp_path: Path) -> None:
    """Its risk in words, what is needed there, by when it must be visited, and its open findings."""
    open_ones = planned.frame("findings")
    site = str(open_ones.loc[open_ones["state"] == "open", "site"].iloc[0])
    asked = {"risk": "high", "needs": "cold chain", "must_visit": "2021-06-03", "name_en": "The one"}
    planned.apply(edit("ask", [update("sites", site, planned.row("sites", site), asked)]))
    page = page_of(planned, tmp_path / "map.html")
    sites = json.JSONDecoder().raw_decode(page, page.index("[", page.index("xunluSites(feature_group")))[0]
    (rows,) = [dict(one["rows"]) for one in sites if one["name"] == "The one"]
    assert rows["Risk"] == "high"
    assert rows["Needs (skills, equipment)"] == "cold chain"
    assert rows["Must be visited on"] == "2021-06-03"
    assert int(rows["Open findings"]) >= 1
    assert rows["Next deadline"]


def test_what_has_no_place_yet_is_left_off_the_map(planned: Project, tmp_path: Path) -> None:
    """A site, a stop, a subdistrict and a route without a shape keep nobody from the rest of the map."""
    stop = planned.frame("stops").iloc[0]
    rows = {
        "sites": stop["site"],
        "subdistricts": planned.frame("subdistricts").index[0],
        "routes": planned.frame("routes").index[0],
    }
    changes = [update(table, row, planned.row(table, row), {"geometry": None}) for table, row in rows.items()]
    planned.apply(edit("lift", [*changes, insert("sites", name="新点位")]))
    page = page_of(planned, tmp_path / "map.html")
    sites = json.JSONDecoder().raw_decode(page, page.index("[", page.index("xunluSites(feature_group")))[0]
    assert len(sites) == len(planned.frame("sites")) - 2


HOSTILE = "</script><script>alert(1)</script> \"q\" 'a' `b` ${x} {{7*7}} {% raw %} <img src=x onerror=alert(2)> &amp;"


def test_names_are_data_never_script(planned: Project, tmp_path: Path) -> None:
    """A name that is a script changes nothing about the page but the text shown, for sites, teams and the project."""
    plain = page_of(planned, tmp_path / "plain.html")
    tables = {"sites": planned.frame("stops")["site"].iloc[0], "teams": planned.frame("teams").index[0]}
    changes = [update(t, row, planned.row(t, row), {"name": HOSTILE, "name_en": HOSTILE}) for t, row in tables.items()]
    named = [planned.set_setting_change(key, HOSTILE) for key in ("name", "name_en", "attribution", "attribution_en")]
    planned.apply(edit("rename", [*changes, *named]))
    page = page_of(planned, tmp_path / "hostile.html")
    for tag in ("<script", "</script", "<img"):
        assert page.count(tag) == plain.count(tag)
    assert "<title>&lt;/script&gt;" in page
    sites = json.JSONDecoder().raw_decode(page, page.index("[", page.index("xunluSites(feature_group")))[0]
    assert HOSTILE in {site["name"] for site in sites}


def test_the_page_is_small_enough_to_send(planned: Project, tmp_path: Path) -> None:
    """The sample with its plan takes less than 3 MB."""
    assert len(page_of(planned, tmp_path / "map.html").encode()) < 3_000_000


def test_a_place_that_cannot_be_written_is_named(planned: Project, tmp_path: Path) -> None:
    """A folder that is not there gives an error that names the file."""
    with pytest.raises(XunluError, match=r"map\.html cannot be written"):
        write_webmap(planned, None, tmp_path / "none" / "map.html", "en")
