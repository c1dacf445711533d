"""Small planning problems with numbers that can be checked by hand, and random ones."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.planning.problem import Crew, Problem, Visit
from geo.planning.rules import Aim, Break, Rules
from geo.roads.routing import Matrix

HOUR = 3600


@lru_cache(maxsize=None, typed=True)
def among(*values: Any) -> st.SearchStrategy[Any]:
    """Return the strategy that draws one of some values; it is made once, as to make it takes longer than to draw."""
    return st.sampled_from(values)


def on_a_line(places: list[int], visits: list[Visit], crews: list[Crew]) -> Problem:
    """Return a problem whose places lie on a street, given in seconds of travel; a second is ten metres."""
    at = np.array(places, dtype=np.int64)
    seconds = np.abs(at[:, np.newaxis] - at[np.newaxis, :])
    return Problem(tuple(visits), tuple(crews), Matrix(seconds, seconds * 10))


def visit(number: int, service_s: int, *windows: tuple[int, int], area: str = "", closure: str = "") -> Visit:
    """Return a visit named by a number."""
    return Visit(f"v{number}", f"site {number}", service_s, windows, area, closure)


def crew(number: int, opens: int, closes: int, area: str = "") -> Crew:
    """Return a crew named by a number."""
    return Crew(f"c{number}", f"team {number}", (opens, closes), area)


def without_ways(problem: Problem, *visits: int) -> Problem:
    """Return a problem in which some visits have no way to or from anywhere."""
    seconds: NDArray[np.int64] = problem.matrix.seconds.copy()
    seconds[list(visits), :] = seconds[:, list(visits)] = -1
    return Problem(problem.visits, problem.crews, Matrix(seconds, problem.matrix.metres), problem.rules)


@st.composite
def problems(draw: st.DrawFn, most_visits: int = 8, most_crews: int = 3) -> Problem:
    """Draw a problem with windows, areas, shifts (one may cross midnight), closures and places without a way."""
    count, crews = draw(st.integers(1, most_visits)), draw(st.integers(1, most_crews))
    starts = st.integers(0, 20 * 4).map(lambda quarter: quarter * 900)
    areas = among("", "a", "b")

    def windows() -> tuple[tuple[int, int], ...]:
        found: list[tuple[int, int]] = []
        for _ in range(draw(st.integers(0, 2))):
            start = max(draw(starts), found[-1][1] + 60 if found else 0)
            found.append((start, start + draw(st.integers(1, 20)) * 900))
        return tuple(found)

    visits = [
        Visit(
            f"v{n}",
            f"site {n}",
            draw(st.integers(0, 60)) * 60,
            windows(),
            draw(areas),
            draw(among("", "", "x")),
        )
        for n in range(count)
    ]
    teams = []
    for n in range(crews):
        opens = draw(st.integers(6, 20)) * HOUR
        teams.append(Crew(f"c{n}", f"team {n}", (opens, opens + draw(st.integers(1, 10)) * HOUR), draw(areas)))
    places = draw(st.lists(st.integers(0, 3600), min_size=count + crews, max_size=count + crews))
    problem = on_a_line(places, visits, teams)
    return without_ways(problem, *draw(st.sets(st.integers(0, count - 1), max_size=1)))


@st.composite
def ruled(draw: st.DrawFn, most_visits: int = 9, most_crews: int = 4) -> Problem:
    """Draw a problem in which any of the rules may be on, all at once at times."""
    base = draw(problems(most_visits, most_crews))
    crews = tuple(_ruled_crew(draw, one) for one in base.crews)
    addresses = [draw(among("", "", "A", "B")) for _ in base.visits]
    visits = [_ruled_visit(draw, one, crews, at) for one, at in zip(base.visits, addresses, strict=True)]
    for _ in range(draw(st.integers(0, 2)) if len(visits) > 1 and len(crews) > 1 else 0):
        first, second = draw(st.permutations(range(len(visits))))[:2]
        if not visits[first].together and not visits[second].together:
            both = replace(visits[first], together=f"m{first}", address="", locked=False, crew="", place=None)
            visits[first], visits[second] = both, replace(both, crew="")
    rules = Rules(
        aim=draw(among(*Aim)),
        foreign_visit_s=draw(among(0, 600)),
        overtime_price=draw(among(100, 150, 200)),
        move_s=draw(among(0, 900)),
        speeds=draw(among((), (100,) * 7 + (50, 60) + (90,) * 8 + (40,) + (110,) * 6)),
        addresses_together=draw(st.booleans()),
    )
    seconds, metres = base.matrix.seconds, base.matrix.metres
    if draw(st.booleans()):
        # Each ends where it starts, written down apart.
        rows = [*range(len(seconds)), *range(len(visits), len(seconds))]
        seconds, metres = seconds[np.ix_(rows, rows)], metres[np.ix_(rows, rows)]
    problem = replace(base, visits=tuple(visits), crews=crews, rules=rules, matrix=Matrix(seconds, metres))
    slow = np.where(seconds < 0, seconds, seconds * 3)
    return replace(problem, travels={"foot": Matrix(slow, metres)}, locked=_locked_routes(draw, problem))


def _ruled_crew(draw: st.DrawFn, one: Crew) -> Crew:
    begin = one.shift[0] + draw(st.integers(0, 4)) * 1800
    pause = Break(begin, begin + draw(st.integers(0, 4)) * 900, draw(among(0, 1800, HOUR)))
    return replace(
        one,
        hard_area=draw(st.booleans()),
        skills=draw(among(frozenset(), frozenset({"cold"}), frozenset({"cold", "lab"}))),
        pause=draw(st.sampled_from([None, pause])),
        overtime_s=draw(among(0, HOUR)),
        most_stops=draw(among(None, None, 1, 3)),
        most_metres=draw(among(None, None, 20_000)),
        most_travel_s=draw(among(None, None, 3000)),
        mode=draw(among("", "", "foot")),
        free_start=draw(st.booleans()),
        free_end=draw(st.booleans()),
    )


def _ruled_visit(draw: st.DrawFn, one: Visit, crews: tuple[Crew, ...], address: str) -> Visit:
    crew = draw(among("", *(crew.id for crew in crews)))
    locked = bool(crew) and draw(st.booleans())
    return replace(
        one,
        closure=one.closure if draw(st.booleans()) else "",
        unreadable=draw(among(*[False] * 9, True)),
        address=address,
        setup_s=draw(among(0, 300)),
        needs=draw(among(frozenset(), frozenset(), frozenset({"cold"}))),
        barred=frozenset({crews[0].id}) if draw(among(False, False, True)) else frozenset(),
        required=draw(among(False, False, True)),
        worth=draw(st.integers(1, 4)),
        return_by_s=draw(among(None, None, None, 15 * HOUR)),
        crew=crew,
        locked=locked,
        place=draw(among(None, 0, 1, 7)) if locked else None,
    )


def _locked_routes(draw: st.DrawFn, problem: Problem) -> dict[int, tuple[int, ...]]:
    """Draw at most one route that stays as it is, whatever it breaks."""
    if draw(among(False, False, True)):
        alone = [number for number, visit in enumerate(problem.visits) if not visit.together]
        return {draw(st.integers(0, len(problem.crews) - 1)): tuple(draw(st.permutations(alone))[:2])}
    return {}
