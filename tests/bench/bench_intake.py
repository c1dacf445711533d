"""How long it takes to read a big day from a project with all rules; travel is measured elsewhere."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest
import shapely
from pytest_benchmark.fixture import BenchmarkFixture

from geo.model import Mode
from geo.planning.office import crewing, intake, rulebook, visiting
from geo.planning.plans.stored import Still
from geo.planning.problem import Problem
from geo.planning.rules import PlanRules
from geo.store.edits import edit, insert
from geo.store.project import Project

SITES, TEAMS = 5000, 350
DAY = date(2026, 12, 24)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Give a city with skills, conflicts, exceptions, shared addresses and findings."""
    dice = np.random.default_rng(1)
    with Project.create(tmp_path_factory.mktemp("city") / "city.gpkg") as project:
        rows = [
            insert("kinds", code="k", name="k"),
            *(insert("subdistricts", id=f"d{n}", name=f"d{n}") for n in range(60)),
        ]
        rows += [
            insert("teams", id=f"t{n}", name=f"t{n}", subdistrict=f"d{n % 60}", skills="ladder" if n % 3 else "x-ray",
                   hard_area=n % 5 == 0, break_min=45, geometry=shapely.Point(*(113 + dice.random(2))))
            for n in range(TEAMS)
        ]  # fmt: skip
        rows += [insert("inspectors", id=f"p{n}", name=f"p{n}", team=f"t{n % TEAMS}") for n in range(3 * TEAMS)]
        rows += [
            insert("sites", id=f"s{n}", name=f"s{n}", kind="k", subdistrict=f"d{n % 60}", address=f"Street {n // 3}",
                   windows="08:30-11:30; 14:00-17:30" if n % 2 else "", risk="high" if n % 7 == 0 else "low",
                   exceptions="2026-12-24..2026-12-26 09:00-12:00" if n % 10 == 0 else "",
                   needs="x-ray" if n % 8 == 0 else "", geometry=shapely.Point(*(113 + dice.random(2))))
            for n in range(SITES)
        ]  # fmt: skip
        rows += [insert("conflicts", inspector=f"p{n % 1000}", site=f"s{n}") for n in range(0, SITES, 5)]
        project.apply(edit("city", rows))
        project.apply(rulebook.change(project, PlanRules(setup_min=5, verify_min=3, has_break=True)))
        yield project


def bench_five_thousand_sites_for_350_teams(benchmark: BenchmarkFixture, city: Project) -> None:
    """Crews, visits, and who may make which at what price: less than 2 s."""
    sites, teams = ([str(one) for one in city.frame(name).index] for name in ("sites", "teams"))
    matrix = Still(Mode.CAR).matrix(np.zeros((SITES + TEAMS, 2)))

    def read() -> None:
        rules = intake.rules_of(city)
        crews = crewing.crews(city, teams, rules, DAY, Mode.CAR)
        visits = visiting.visits(city, DAY, sites, crews, rules, visiting.worths(city, DAY, sites, rules))
        intake.places_of(city, sites, teams)
        problem = Problem(visits, crews, matrix, rules.for_search())
        assert problem.extra.shape == (TEAMS, SITES)
        assert 0 < problem.allowed.sum() < TEAMS * SITES

    benchmark.pedantic(read, rounds=5)
