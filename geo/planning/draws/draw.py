r"""Draws of sites and teams at random (双随机) that anyone can run again, by hand if need be, and get the same.

The method, `ALGORITHM`, uses nothing but SHA-256 and the order of texts, so it is the same on every machine:

1. A *lot* is the SHA-256, in lower-case hexadecimal, of five lines of UTF-8 joined by a line feed, without one at the
   end: ``xunlu-draw-1``, the seed, a word for what is drawn, the id of what is drawn, and a number.
   ``printf 'xunlu-draw-1\nSEED\nsite\nID\n1' | sha256sum`` gives one. Of two lots the one that comes first in the
   order of texts is the smaller.
2. Each site of the pool holds as many lots as its weight says: those of the word ``site``, its id and the numbers
   1, 2, … up to the weight. Its smallest one counts. A site of weight 3 so has three times the chance of one of weight
   1 to come first: this is the weighted draw without replacement of Efraimidis and Spirakis (2006) for whole weights,
   whose key u^(1/w), of a uniform number u, is distributed as the largest of w such numbers.
3. The sites lie in strata. Of N to be drawn out of a pool of P, a stratum of size s gets the whole part of N·s/P; the
   strata with the largest remainders get one more each until N is reached, of equal ones that with the smaller lot of
   the word ``stratum``, its key (its parts joined by `` / ``) and the number 1. Or all strata get the same number, as
   far as they have so many sites, the last ones by that lot too; or the numbers are given.
4. Within each stratum the sites with the smallest lots are drawn.
5. Teams: each site drawn goes to a team that may go there. Those that fewest teams may go to come first, then those
   with the smaller lot. Each goes to the team with the fewest sites so far; of equal ones to that with the smallest lot
   of the word ``team``, the id of the site, a space and the id of the team, and the number 1.
6. Where the order is random too, each team goes to its sites in the order of the lots of the word ``order``.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from geo.errors import XunluError
from geo.language import tr

ALGORITHM = "xunlu-draw-1"
"""Names the method; a record made by another one is not run again."""

MOST_WEIGHT = 1000
Allocation = Literal["proportional", "equal", "given"]
Stratum = tuple[str, ...]


@dataclass(frozen=True)
class Unit:
    """A site of the pool.

    Attributes
    ----------
    id
        Of the site.
    weight
        How many lots it holds, 1 to `MOST_WEIGHT`.
    stratum
        What it is drawn by, such as its kind and its subdistrict; empty where there are no strata.
    barred
        Why teams may not go there, by their ids.
    """

    id: str
    weight: int = 1
    stratum: Stratum = ()
    barred: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Terms:
    """How a draw is made.

    Attributes
    ----------
    seed
        One line of text.
    count
        How many sites are drawn; with given numbers their sum.
    allocation, given
        How they are divided among the strata, and the numbers if they are given; a stratum that is not named gets none.
    teams
        Ids of the teams that are drawn for the sites; none if only sites are.
    random_order
        Whether each team goes to its sites in random order.
    """

    seed: str
    count: int
    allocation: Allocation = "proportional"
    given: Mapping[Stratum, int] = field(default_factory=dict)
    teams: tuple[str, ...] = ()
    random_order: bool = False


@dataclass(frozen=True)
class Drawn:
    """A site that is drawn.

    Attributes
    ----------
    id
        Of the site.
    team
        Id of the team drawn for it; empty if no team is, or none may go there.
    place
        Its place, from 1, among the sites of the team in random order; 0 where the order is not drawn.
    """

    id: str
    team: str = ""
    place: int = 0


@dataclass(frozen=True)
class Draw:
    """What a draw gives: how many of each stratum, and the sites in the order of their lots."""

    counts: Mapping[Stratum, int]
    drawn: tuple[Drawn, ...]


def lot(seed: str, word: str, name: str, number: int = 1) -> str:
    """Return a lot: the SHA-256 of the five lines, in hexadecimal."""
    return hashlib.sha256("\n".join((ALGORITHM, seed, word, name, str(number))).encode()).hexdigest()


def site_lot(seed: str, unit: Unit) -> str:
    """Return the smallest lot that a site holds."""
    return min(lot(seed, "site", unit.id, number) for number in range(1, unit.weight + 1))


def draw(pool: Sequence[Unit], terms: Terms) -> Draw:
    """Return the sites, teams and order drawn from a pool; the order of the pool does not matter.

    Raises
    ------
    XunluError
        If the seed is none, a site is in the pool twice, a weight is out of range, or there are fewer sites than are
        to be drawn.
    """
    _check(pool, terms)
    counts = divided(pool, terms)
    lots = {unit.id: site_lot(terms.seed, unit) for unit in pool}
    ordered = sorted(pool, key=lambda unit: (unit.stratum, lots[unit.id], unit.id))
    chosen = [
        unit
        for stratum, units in groupby(ordered, key=lambda unit: unit.stratum)
        for unit in list(units)[: counts[stratum]]
    ]
    chosen.sort(key=lambda unit: (lots[unit.id], unit.id))
    teams = _teams(chosen, terms)
    places = _places(teams, terms)
    return Draw(counts, tuple(Drawn(unit.id, teams.get(unit.id, ""), places.get(unit.id, 0)) for unit in chosen))


def divided(pool: Sequence[Unit], terms: Terms) -> dict[Stratum, int]:
    """Return how many sites are drawn from each stratum of a pool, in the order of the strata.

    Raises
    ------
    XunluError
        If a stratum, or all of them, have fewer sites than are to be drawn.
    """
    sizes = dict(sorted(Counter(unit.stratum for unit in pool).items()))
    if terms.allocation == "given":
        counts = {stratum: terms.given.get(stratum, 0) for stratum in sizes}
        _check_given(terms, sizes)
        return counts
    if not 0 <= terms.count <= len(pool):
        raise XunluError(
            tr("{count} sites are to be drawn, but the pool has {size}.", count=terms.count, size=len(pool)),
            tr("Draw fewer, or take more sites into the pool."),
        )
    lots = {stratum: lot(terms.seed, "stratum", " / ".join(stratum)) for stratum in sizes}
    return _equal(sizes, terms.count, lots) if terms.allocation == "equal" else _shares(sizes, terms.count, lots)


def _shares(sizes: Mapping[Stratum, int], count: int, lots: Mapping[Stratum, str]) -> dict[Stratum, int]:
    """Return proportional numbers by the largest remainders, in whole numbers throughout."""
    total = max(sum(sizes.values()), 1)
    counts = {stratum: count * size // total for stratum, size in sizes.items()}
    order = sorted(sizes, key=lambda stratum: (-(count * sizes[stratum] % total), lots[stratum], stratum))
    for stratum in order[: count - sum(counts.values())]:
        counts[stratum] += 1
    return counts


def _equal(sizes: Mapping[Stratum, int], count: int, lots: Mapping[Stratum, str]) -> dict[Stratum, int]:
    """Return equal numbers; what a small stratum cannot give comes from the others."""
    counts = dict.fromkeys(sizes, 0)
    order = sorted(sizes, key=lambda stratum: (lots[stratum], stratum))
    left = count
    while left:
        for stratum in [stratum for stratum in order if counts[stratum] < sizes[stratum]][:left]:
            counts[stratum] += 1
            left -= 1
    return counts


def _teams(chosen: Sequence[Unit], terms: Terms) -> dict[str, str]:
    """Return the team of each site drawn, by their ids; a site to which none may go has none."""
    may = {unit.id: [team for team in terms.teams if team not in unit.barred] for unit in chosen}
    load = dict.fromkeys(terms.teams, 0)
    found: dict[str, str] = {}
    # Sorting keeps the order of the lots among those with as many teams.
    for unit in sorted(chosen, key=lambda unit: len(may[unit.id])):
        if may[unit.id]:
            lots = {team: lot(terms.seed, "team", f"{unit.id} {team}") for team in may[unit.id]}
            team = min(lots, key=lambda team: (load[team], lots[team], team))
            load[team] += 1
            found[unit.id] = team
    return found


def _places(teams: Mapping[str, str], terms: Terms) -> dict[str, int]:
    if not terms.random_order:
        return {}
    order = sorted(teams, key=lambda site: (teams[site], lot(terms.seed, "order", site), site))
    return {
        site: place
        for _, sites in groupby(order, key=lambda site: teams[site])
        for place, site in enumerate(sites, start=1)
    }


def _check(pool: Sequence[Unit], terms: Terms) -> None:
    if not terms.seed.strip() or len(terms.seed.splitlines()) > 1:
        raise XunluError(tr("The seed of a draw is one line of text."), tr("Write a number or a word that all know."))
    if twice := [unit for unit, times in Counter(unit.id for unit in pool).items() if times > 1]:
        raise XunluError(tr("The site {site} is in the pool twice.", site=twice[0]))
    for unit in pool:
        if not 1 <= unit.weight <= MOST_WEIGHT:
            raise XunluError(
                tr("The weight {weight} is not between 1 and {most}.", weight=unit.weight, most=MOST_WEIGHT)
            )


def _check_given(terms: Terms, sizes: Mapping[Stratum, int]) -> None:
    for stratum, count in terms.given.items():
        if not 0 <= count <= sizes.get(stratum, 0):
            raise XunluError(
                tr(
                    "{count} sites are to be drawn from “{stratum}”, which has {size}.",
                    count=count,
                    stratum=" / ".join(stratum),
                    size=sizes.get(stratum, 0),
                ),
                tr("Draw fewer, or take more sites into the pool."),
            )
