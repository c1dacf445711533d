"""Seeded planning problems to race on: a city's day, and the recipes of Solomon, Gehring and Homberger."""

import numpy as np
from numpy.typing import NDArray

from geo.planning.problem import Crew, Problem, Visit
from geo.planning.rules import Rules
from geo.roads.routing import Matrix

HOUR = 3600


def city(sites: int, crews: int, seed: int = 1, bases: int = 18) -> Problem:
    """Return the day of a city: sites in quarters, many shut at noon, crews at a few bases, each with an area."""
    dice = np.random.default_rng(seed)
    side = 12_000 * np.sqrt(sites / 1000)
    quarters = dice.uniform(0, side, (bases, 2))
    of = dice.integers(0, bases, sites)
    at = np.where(
        dice.random(sites)[:, np.newaxis] < 0.8,
        quarters[of] + dice.normal(0, side / 10, (sites, 2)),
        dice.uniform(0, side, (sites, 2)),
    )
    near = np.linalg.norm(at[:, np.newaxis] - quarters[np.newaxis], axis=2).argmin(axis=1)
    home = np.arange(crews) % bases
    matrix = travel(np.concatenate([at, quarters[home]]), 6.0)
    half_days = ((8 * HOUR + 1800, 12 * HOUR), (14 * HOUR, 17 * HOUR + 1800))
    windows = [(), half_days, half_days[:1], half_days[1:]]
    kinds = dice.choice(4, sites, p=[0.4, 0.4, 0.1, 0.1])
    stays = dice.integers(2, 7, sites) * 300
    visits = tuple(Visit(f"v{n}", f"site {n}", int(stays[n]), windows[kinds[n]], f"q{near[n]}") for n in range(sites))
    shift = (8 * HOUR + 1800, 17 * HOUR + 1800)
    return Problem(visits, tuple(Crew(f"c{n}", f"team {n}", shift, f"q{home[n]}") for n in range(crews)), matrix)


def recipe(kind: str, sites: int, seed: int = 1) -> Problem:
    """Return a problem by the recipe of Solomon (100 sites) or Gehring and Homberger (more).

    Parameters
    ----------
    kind
        ``R1``, ``C1`` or ``RC1``: sites at random, in clusters or both, narrow windows and short days; with ``2`` for
        ``1`` wide windows and long days.
    sites
        How many.
    seed
        Of the random numbers.
    """
    dice = np.random.default_rng(seed)
    side = 100 * np.sqrt(sites / 100)
    spread = dice.uniform(0, side, (sites, 2))
    clusters = dice.uniform(0, side, (max(1, sites // 10), 2))
    dense = clusters[dice.integers(0, len(clusters), sites)] + dice.normal(0, side / 33, (sites, 2))
    clustered = {"R": 0.0, "C": 1.0, "RC": 0.5}[kind.rstrip("12")]
    at = np.where(dice.random(sites)[:, np.newaxis] < clustered, dense, spread)
    crews = sites // 4
    long_day = kind.endswith("2")
    day = int((1000 if long_day else 240) * np.sqrt(sites / 100) * 10)
    matrix = travel(np.concatenate([at, np.full((crews, 2), side / 2)]), 0.1)
    out = matrix.seconds[-1, :sites]
    width = int(day * (0.25 if long_day else 0.12))
    middle = dice.integers(out + 1, np.maximum(day - out - 100, out + 2))
    windows = [(max(int(out[n]), int(middle[n]) - width), int(middle[n]) + width + 100) for n in range(sites)]
    visits = tuple(Visit(f"v{n}", f"site {n}", 100, (windows[n],)) for n in range(sites))
    teams = tuple(Crew(f"c{n}", f"team {n}", (0, day)) for n in range(crews))
    return Problem(visits, teams, matrix, Rules(foreign_visit_s=0))


def travel(at: NDArray[np.float64], speed: float) -> Matrix:
    """Return the travel between places on a plane, in whole seconds and metres, shape (n, 2)."""
    metres = np.linalg.norm(at[:, np.newaxis] - at[np.newaxis], axis=2)
    return Matrix(np.rint(metres / speed).astype(np.int64), np.rint(metres).astype(np.int64))
