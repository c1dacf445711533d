"""Route sheets, read back from their PDF."""

import io
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo import resource
from geo.errors import XunluError
from geo.hours import format_clock
from geo.language import LANGUAGES, Language
from geo.planning.office import intake, rulebook
from geo.planning.plans.day import current_plan, make_plan
from geo.planning.plans.timeline import timeline
from geo.planning.plans.wish import Wish
from geo.sheets.route_sheet import MOST_FINDINGS, route_sheets, teams_with_stops
from geo.store.edits import edit, insert, update
from geo.store.project import Project
from geo.store.tables import name_of


def plan_of(project: Project) -> str:
    """Return the id of the plan of the sample's day."""
    plan = current_plan(project, project.today())
    assert plan is not None
    return plan


def pages(pdf: bytes) -> list[str]:
    """Return the text of each page, without the spaces at which lines may break."""
    return [re.sub(r"[\s\u200b]+", "", page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def squeezed(text: str) -> str:
    """Return a text as `pages` shows it."""
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_stop_of_a_team_is_on_its_sheet_with_name_and_times(planned: Project, lang: Language) -> None:
    """What was planned is what is printed, in both languages."""
    plan = plan_of(planned)
    team = teams_with_stops(planned, plan)[0]
    text = "".join(pages(route_sheets(planned, plan, [team], lang)))
    stops = planned.frame("stops")
    stops = stops[(stops["plan"] == plan) & (stops["team"] == team)]
    assert len(stops) > 5
    for _, stop in stops.iterrows():
        site = planned.row("sites", stop["site"])
        assert squeezed(name_of(site, lang)) in text
        assert f"{format_clock(stop['arrive_s'])}–{format_clock(stop['leave_s'])}" in text
        assert squeezed(site["address"]) in text
        assert site["phone"] in text


def test_each_team_begins_on_a_page_of_its_own_and_counts_its_pages(planned: Project) -> None:
    """A sheet that falls from the stack can be put back: team, page n of m and mark are on every page."""
    plan = plan_of(planned)
    teams = teams_with_stops(planned, plan)[:3]
    counted: dict[str, list[tuple[int, int]]] = {}
    for text in pages(route_sheets(planned, plan, teams, "en")):
        mark = re.search(r"Sheet([0-9A-F]{8}-V1-T\d\d)", text)
        number = re.search(r"page(\d+)of(\d+)", text)
        assert mark is not None
        assert number is not None
        counted.setdefault(mark[1], []).append((int(number[1]), int(number[2])))
    assert len(counted) == 3
    for numbers in counted.values():
        assert numbers == [(n + 1, len(numbers)) for n in range(len(numbers))]


def test_the_totals_are_counted_from_the_rows(planned: Project) -> None:
    """The number of stops at the head is the number of rows under it."""
    plan = plan_of(planned)
    stops = planned.frame("stops")
    for team in teams_with_stops(planned, plan)[:4]:
        count = int(((stops["plan"] == plan) & (stops["team"] == team)).sum())
        assert f"Stops{count}Distance" in pages(route_sheets(planned, plan, [team], "en"))[0]


def test_open_findings_are_printed_with_their_deadline(planned: Project) -> None:
    """A team that visits a site with an open finding reads of it, and by when it was to be put right."""
    plan = plan_of(planned)
    text = "".join(pages(route_sheets(planned, plan, None, "zh")))
    findings, stops = planned.frame("findings"), planned.frame("stops")
    unresolved = findings[findings["state"].isin(["open", "rectified"]) & findings["site"].isin(stops["site"])]
    assert len(unresolved) > 5
    for _, finding in unresolved.iterrows():
        assert squeezed(finding["description"]) in text
        assert finding["due"][5:] in text


def test_a_site_left_out_is_named_on_the_sheet_of_its_area(planned: Project) -> None:
    """The team knows what in its own area nobody visits today, and why."""
    plan = plan_of(planned)
    left = planned.frame("left_out").iloc[0]
    site = planned.row("sites", left["site"])
    teams = planned.frame("teams")
    team = str(teams.index[teams["subdistrict"] == site["subdistrict"]][0])
    assert squeezed(site["name_en"]) in "".join(pages(route_sheets(planned, plan, [team], "en")))


HOSTILE = '#eval("1+1") *b* $x$ <script>alert(1)</script> =1+1 `r` \\ @a // /* ]] {{7*7}} 很长很长的名称' + "W" * 90


def rename(project: Project, site: str, **values: Any) -> None:
    """Change a site."""
    project.apply(edit("rename", [update("sites", site, project.row("sites", site), values)]))


def test_names_are_data_never_markup(planned: Project) -> None:
    """Whatever a site is called is printed as it is written."""
    plan = plan_of(planned)
    stop = planned.frame("stops").iloc[0]
    rename(planned, stop["site"], name=HOSTILE, address="#let x = 1; #x", note="*n* $y$", contact="", phone="")
    text = "".join(pages(route_sheets(planned, plan, [stop["team"]], "zh")))
    assert '#eval("1+1")*b*$x$<script>alert(1)</script>=1+1`r`\\@a///*]]{{7*7}}' in text
    assert "#letx=1;#x" in text
    assert "*n*$y$" in text


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=60))
def test_any_name_gives_a_sheet(planned: Project, name: str) -> None:
    """No name keeps a team from its sheet."""
    stop = planned.frame("stops").iloc[0]
    rename(planned, stop["site"], name=name)
    assert route_sheets(planned, plan_of(planned), [stop["team"]], "zh").startswith(b"%PDF")


def test_a_long_note_is_cut_so_that_its_row_fits_on_a_page(planned: Project) -> None:
    """A ledger's essay neither runs off the paper nor leaves a page empty."""
    plan = plan_of(planned)
    team = teams_with_stops(planned, plan)[0]
    stop = planned.frame("stops").loc[lambda stops: stops["team"] == team].iloc[0]
    before = len(pages(route_sheets(planned, plan, [team], "zh")))
    rename(planned, stop["site"], note="很长的备注。" * 500)
    text = pages(route_sheets(planned, plan, [team], "zh"))
    assert before <= len(text) <= before + 1
    assert "…" in text[0]


def test_a_kind_may_have_any_code(planned: Project) -> None:
    """The code of a site kind is the user's and need not be the name of a file."""
    plan = plan_of(planned)
    stop = planned.frame("stops").iloc[0]
    planned.apply(edit("kind", [insert("kinds", code="../a/b", name="新类型")]))
    rename(planned, stop["site"], kind="../a/b")
    assert "新类型" in "".join(pages(route_sheets(planned, plan, [stop["team"]], "zh")))


def test_a_map_picture_is_put_on_the_sheet(planned: Project) -> None:
    """The picture that the caller draws for a team is the one on its first page."""
    plan = plan_of(planned)
    team = teams_with_stops(planned, plan)[0]
    icon = (Path(__file__).parents[2] / "resources/web/images/layers.png").read_bytes()
    with_map = route_sheets(planned, plan, [team], "zh", lambda _team: icon)
    images = [len(page.images) for page in pypdf.PdfReader(io.BytesIO(with_map)).pages]
    assert images[0] == 1
    assert not any(images[1:])


def test_a_map_may_be_svg(planned: Project) -> None:
    """A picture of lines is taken as well as one of dots."""
    plan = plan_of(planned)
    team = teams_with_stops(planned, plan)[0]
    drawing = (resource.path("icons/xunlu.svg")).read_bytes()
    assert len(route_sheets(planned, plan, [team], "zh", lambda _team: drawing)) > 10_000


def test_findings_for_which_there_is_no_room_are_counted(planned: Project) -> None:
    """No open finding is silently left out: the sheet says how many more there are."""
    plan = plan_of(planned)
    site, team = planned.frame("stops").iloc[0][["site", "team"]]
    found = planned.frame("findings")
    open_now = int(((found["site"] == site) & found["state"].isin(["open", "rectified"])).sum())
    added = [insert("findings", site=site, description=f"第{n}项", state="open", due="2021-06-09") for n in range(7)]
    planned.apply(edit("findings", added))
    text = "".join(pages(route_sheets(planned, plan, [team], "zh")))
    assert f"另有{7 + open_now - MOST_FINDINGS}项未销号问题" in text


def test_a_long_list_of_sites_left_out_goes_on_over_pages(planned: Project) -> None:
    """However many sites of an area are left out, each is on the paper, and the pages are counted."""
    plan = plan_of(planned)
    team = teams_with_stops(planned, plan)[0]
    area = planned.row("teams", team)["subdistrict"]
    new = [insert("sites", name=f"点位{n:03d}号", code=f"X-{n:03d}", subdistrict=area) for n in range(150)]
    left = [insert("left_out", plan=plan, site=change.id, reason="no_time", minutes=5) for change in new]
    planned.apply(edit("left out", [*new, *left]))
    text = pages(route_sheets(planned, plan, [team], "zh"))
    assert len(text) >= 3
    assert all(f"点位{n:03d}号" in "".join(text) for n in range(150))
    assert all(f"第{n}页，共{len(text)}页" in page for n, page in enumerate(text, start=1))


def test_the_head_tells_the_sheet_and_has_room_for_what_really_was(planned: Project) -> None:
    """Mark and version are at the head of the first page, with blanks for the real times and the odometer."""
    plan = plan_of(planned)
    team = teams_with_stops(planned, plan)[0]
    first = pages(route_sheets(planned, plan, [team], "en"))[0]
    head = first[: first.index("Stops")]
    assert re.search(r"Sheet[0-9A-F]{8}-V1-T\d\d,Planversion1", head)
    for blank in ("Actual", "Odometer", "Signature"):
        assert blank in head


def test_a_missing_font_is_told(planned: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the font that shows Chinese nothing is printed, rather than boxes."""
    shutil.copy(Path(resource.fonts()) / "__init__.py", tmp_path)
    monkeypatch.setattr(resource, "fonts", lambda: tmp_path)
    with pytest.raises(XunluError, match="font"):
        route_sheets(planned, plan_of(planned), None, "zh")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sheet_says_what_a_visit_asks_for_and_when_the_break_is(planned: Project, lang: Language) -> None:
    """Whom the team meets, what it takes along and when samples are due stand at the stop, the break where it is."""
    today = planned.today()
    first, second = intake.going(planned, today)[0][:2]
    area = planned.row("teams", first)["subdistrict"]
    rows = planned.frame("sites")
    sites = [site for site in intake.wanted_sites(planned, today) if rows.loc[site, "subdistrict"] == area][:9]
    planned.apply(rulebook.change(planned, replace(rulebook.read(planned), has_break=True, break_min=45)))
    asked = {"needs": "cold chain", "return_by": "17:15", "must_visit": today.isoformat()}
    for table, row, values in (
        ("teams", first, {"skills": "cold chain"}),
        ("sites", sites[1], asked),
        ("sites", sites[2], {"windows": "09:00-11:00", "exceptions": f"{today} 08:30-17:30"}),
    ):
        planned.apply(edit("x", [update(table, row, planned.row(table, row), values)]))
    wish = Wish(today, teams=(first, second), sites=tuple(sites), iterations=30)
    planned.apply(make_plan(planned.snapshot(), wish))
    plan = plan_of(planned)
    stops = planned.frame("stops")
    mine = stops[(stops["plan"] == plan) & (stops["team"] == first)].sort_values("seq")
    # As if the other team came there too.
    met = mine.iloc[0]
    other = {**planned.row("stops", str(met.name)), "team": second, "seq": 99}
    planned.apply(edit("x", [insert("stops", **other)]))
    text = "".join(pages(route_sheets(planned, plan, [first], lang)))
    pause = next(line.pause for line in timeline(planned, plan).lines if line.team == first)
    assert pause is not None
    said = {"en": "Break", "zh": "休息"}[lang] + "–".join(format_clock(seconds) for seconds in pause)
    names = [squeezed(name_of(planned.row("sites", site), lang)) for site in mine["site"]]
    before = sum(int(start) < pause[1] for start in mine["start_s"])
    assert 0 < before < len(mine)
    assert text.index(names[before - 1]) < text.index(said) < text.index(names[before])
    words = {"en": "Together with {}, at {}", "zh": "与{}会合，{} 同时开始"}[lang]
    meeting = words.format(name_of(planned.row("teams", second), lang), format_clock(int(met["start_s"])))
    assert squeezed(meeting) in text
    # No other team has what it takes.
    assert sites[1] in set(mine["site"])
    for some in {"en": ("Take along: cold chain", "Samples back by 17:15"), "zh": ("cold chain", "17:15")}[lang]:
        assert squeezed(some) in text
    assert "09:00–11:00" not in text
