"""Small planning problems with numbers that can be checked by hand, and random ones."""

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.planning.problem import Crew, Problem, Visit
from geo.roads.routing import Matrix

HOUR = 3600


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
    areas = st.sampled_from(["", "a", "b"])

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
            draw(st.sampled_from(["", "", "x"])),
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
