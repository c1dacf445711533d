"""Travel times that are kept: the same as asked anew, asked once, and no harm where the file is gone or spoilt."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.inspection.absence import on_duty
from geo.inspection.status import due_sites
from geo.model import Mode
from geo.planning.office import intake, offroad, ways
from geo.progress import Cancelled, Report, silent
from geo.roads import matrices
from geo.roads.matrices import KeepingRouter
from geo.roads.routing import Matrix, OsrmRouter
from geo.store.edits import edit, update
from geo.store.project import Project


class Counted:
    """The router of the sample, and how many times have been asked of it."""

    def __init__(self, router: OsrmRouter) -> None:
        self.router, self.pairs, self.mode = router, 0, router.mode
        self.snap, self.route, self.matrix = router.snap, router.route, router.matrix

    def between(self, starts: np.ndarray, ends: np.ndarray, report: Report = silent) -> tuple[np.ndarray, np.ndarray]:
        """Return seconds and metres."""
        self.pairs += len(starts) * len(ends)
        return self.router.between(starts, ends, report)


@pytest.fixture
def osrm(sample: Project) -> OsrmRouter:
    """Return the router of the sample's day, without anything kept."""
    kept = ways.router(sample, sample.today(), Mode.CAR)
    assert isinstance(kept, KeepingRouter)
    assert isinstance(kept._router, OsrmRouter)
    return kept._router


@pytest.fixture
def lonlat(sample: Project) -> np.ndarray:
    """Return where the sample's sites are, two of them at one place and one out at sea."""
    places = sample.frame("sites").geometry
    found = np.column_stack([places.x, places.y])[:60]
    return np.concatenate([found, found[:1], [[113.0, 22.0], [113.0, 22.0]]])


def same(one: Matrix, other: Matrix) -> bool:
    """Return whether two matrices are alike."""
    return np.array_equal(one.seconds, other.seconds) and np.array_equal(one.metres, other.metres)


@settings(max_examples=20, deadline=None)
@given(asked=st.lists(st.lists(st.integers(0, 62), min_size=1, max_size=12), min_size=1, max_size=4))
def test_what_is_kept_is_what_would_be_told_anew(
    asked: list[list[int]], sample_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """In whatever parts and order, with whatever is asked twice, each matrix equals that of the router itself."""
    with Project.open(sample_file, read_only=True) as project:
        kept = ways.router(project, project.today(), Mode.CAR)
        assert isinstance(kept, KeepingRouter)
        places = project.frame("sites").geometry
    found = np.column_stack([places.x, places.y])[:60]
    everywhere = np.concatenate([found, found[:1], [[113.0, 22.0], [113.0, 22.0]]])
    router = KeepingRouter(kept._router, tmp_path_factory.mktemp("kept") / "matrix.npz")
    for rows in asked:
        assert same(router.matrix(everywhere[rows]), kept._router.matrix(everywhere[rows]))


def test_a_second_matrix_asks_for_nothing_and_one_more_site_for_its_row_and_column(
    osrm: OsrmRouter, lonlat: np.ndarray, tmp_path: Path
) -> None:
    """60 places take 3,600 times, the same ones none, another one 121; from the file too."""
    counted = Counted(osrm)
    router = KeepingRouter(counted, tmp_path / "matrix.npz")
    router.matrix(lonlat[:59])
    router.matrix(lonlat[40:10:-1])
    assert counted.pairs == 59 * 59
    router.matrix(lonlat[:60])
    assert counted.pairs == 60 * 60
    again = Counted(osrm)
    assert same(KeepingRouter(again, tmp_path / "matrix.npz").matrix(lonlat[:60]), osrm.matrix(lonlat[:60]))
    assert again.pairs == 0


@pytest.mark.parametrize("spoil", [b"", b"PK\x03\x04 no zip", None])
def test_a_spoilt_or_missing_file_does_no_harm(
    osrm: OsrmRouter, lonlat: np.ndarray, tmp_path: Path, spoil: bytes | None
) -> None:
    """The times are asked for anew: after a file that is empty, none, or of which a byte in the middle is another."""
    file = tmp_path / "matrix.npz"
    KeepingRouter(osrm, file).matrix(lonlat)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 255
    file.write_bytes(content if spoil is None else spoil)
    counted = Counted(osrm)
    assert same(KeepingRouter(counted, file).matrix(lonlat), osrm.matrix(lonlat))
    assert counted.pairs > 0


def test_a_folder_that_is_gone_does_no_harm(osrm: OsrmRouter, lonlat: np.ndarray, tmp_path: Path) -> None:
    """What cannot be written is kept in memory."""
    counted = Counted(osrm)
    router = KeepingRouter(counted, tmp_path / "gone" / "matrix.npz")
    assert same(router.matrix(lonlat), osrm.matrix(lonlat))
    router.matrix(lonlat)
    assert counted.pairs == 61 * 61


def test_only_so_much_is_kept(
    osrm: OsrmRouter, lonlat: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where too many places come together, those asked for now stay, and are right."""
    monkeypatch.setattr(matrices, "MOST", 30)
    counted = Counted(osrm)
    router = KeepingRouter(counted, tmp_path / "matrix.npz")
    router.matrix(lonlat[:25])
    assert same(router.matrix(lonlat[15:40]), osrm.matrix(lonlat[15:40]))
    asked = counted.pairs
    router.matrix(lonlat[15:40])
    assert counted.pairs == asked
    assert same(router.matrix(lonlat), osrm.matrix(lonlat))


def test_threads_that_ask_at_once_get_the_same(osrm: OsrmRouter, lonlat: np.ndarray, tmp_path: Path) -> None:
    """Each waits for what another one asks for already, and may give up meanwhile."""
    router = KeepingRouter(osrm, tmp_path / "matrix.npz")
    expected = osrm.matrix(lonlat)
    with ThreadPoolExecutor(4) as pool:
        assert all(same(found, expected) for found in pool.map(lambda _: router.matrix(lonlat), range(8)))

    def stop(_done: float, _text: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        KeepingRouter(osrm, tmp_path / "other.npz").matrix(lonlat, stop)
    assert same(router.matrix(lonlat), expected)


def test_a_second_plan_of_the_day_needs_no_new_times(planned: Project) -> None:
    """After one plan the times of the day lie beside the graph; another project object finds them there."""
    when = planned.today()
    router = ways.router(planned, when, Mode.CAR)
    assert isinstance(router, KeepingRouter)
    sites, teams = due_sites(planned, when), on_duty(planned, when)
    intake.problem_of(planned, when, sites, teams, router)
    counted = Counted(router._router)  # type: ignore[arg-type]
    fresh = KeepingRouter(counted, router._file)
    intake.problem_of(planned, when, sites, teams, fresh)
    assert counted.pairs == 0


def test_sites_off_the_streets_are_named_with_their_distance(planned: Project) -> None:
    """One without a place, one at sea, one 150 m from its street and one beside it: three have their words."""
    when = planned.today()
    sites, teams = due_sites(planned, when)[:4], on_duty(planned, when)
    router = ways.router(planned, when, Mode.CAR)
    # Where the river is, 100 to 500 m from any street.
    line = np.linspace([113.26, 23.1185], [113.26, 23.09], 400)
    aside = line[np.flatnonzero((router.snap(line) > 140) & (router.snap(line) < 400))[0]]
    moved = {sites[0]: None, sites[1]: shapely.Point(113.0, 22.0), sites[2]: shapely.Point(aside)}
    changes = [update("sites", s, planned.row("sites", s), {"geometry": shape}) for s, shape in moved.items()]
    planned.apply(edit("move", changes))
    problem = intake.problem_of(planned, when, sites, teams, router)
    found = offroad.off_road(problem, intake.places_of(planned, sites, teams), router)
    assert [(one.site, one.doubt) for one in found] == list(zip(sites, ("nowhere", "far", "aside"), strict=False))[:3]
    assert found[0].metres is None
    assert found[1].metres is not None
    assert found[1].metres > 10_000
    assert all(one.name in one.text() for one in found)
    assert str(found[2].metres) in found[2].text("zh")
