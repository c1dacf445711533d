"""Random draws: the same for everybody, as often as the weights say, exact in each stratum."""

import hashlib
import json
from collections import Counter
from itertools import permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import XunluError
from geo.planning.draws import draw_record
from geo.planning.draws.draw import Terms, Unit, divided, draw, lot

TEAMS = ("t1", "t2", "t3")
GOLDEN = [("s1", "t3", 1), ("s5", "t2", 1), ("s8", "t1", 2), ("s10", "t1", 1), ("s2", "t2", 2)]
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=6)


@st.composite
def pools(draw_: st.DrawFn) -> tuple[list[Unit], Terms]:
    """Return a pool with strata, weights and teams that are barred, and terms that can be met."""
    ids = draw_(st.lists(names, min_size=1, max_size=25, unique=True))
    barred = st.dictionaries(st.sampled_from(TEAMS), st.just("conflict"))
    stratum = st.tuples(st.sampled_from(["school", "hotel"]), st.sampled_from(["a", "b", ""]))
    pool = [Unit(one, draw_(st.integers(1, 6)), draw_(stratum), draw_(barred)) for one in ids]
    sizes = Counter(unit.stratum for unit in pool)
    seed = draw_(names.filter(lambda text: text.strip() and len(text.splitlines()) == 1))
    way = draw_(st.sampled_from(["proportional", "equal", "given"]))
    numbers = {key: draw_(st.integers(0, size)) for key, size in sizes.items()} if way == "given" else {}
    count = sum(numbers.values()) if way == "given" else draw_(st.integers(0, len(pool)))
    return pool, Terms(seed, count, way, numbers, TEAMS, draw_(st.booleans()))


def recorded(pool: list[Unit], terms: Terms) -> draw_record.Record:
    """Return the record of a draw."""
    called = {unit.id: {"code": unit.id, "name": f"Site {unit.id}"} for unit in pool}
    return draw_record.made(pool, terms, called=called, strata={}, about={"who": "x", "date": "2021-06-02"})


def test_a_lot_is_what_any_program_for_sha256_gives() -> None:
    """Somebody with a terminal gets the same lots: five lines, joined by line feeds."""
    text = b"xunlu-draw-1\n2021-06-02 7\nsite\n3f\n2"
    assert lot("2021-06-02 7", "site", "3f", 2) == hashlib.sha256(text).hexdigest()


def test_a_draw_of_this_version_never_changes() -> None:
    """Who has a record of today gets the same draw in ten years, on any machine."""
    pool = [Unit(f"s{n}", 1 + n % 3, ("school" if n % 2 else "hotel",)) for n in range(12)]
    found = draw(pool, Terms("2021-06-02 / 482913", 5, teams=TEAMS, random_order=True))
    assert [(one.id, one.team, one.place) for one in found.drawn] == GOLDEN


@given(pools())
def test_the_record_is_run_again_to_the_same_draw(made: tuple[list[Unit], Terms]) -> None:
    """Through JSON and back nothing differs."""
    record = recorded(*made)
    again = draw_record.read(draw_record.as_text(record))
    assert again == record
    assert draw_record.differences(again) == []


@given(pools(), st.randoms(use_true_random=False))
def test_the_order_of_the_pool_changes_nothing(made: tuple[list[Unit], Terms], dice: Random) -> None:
    """Who sorts the register in another way draws the same sites for the same teams."""
    pool, terms = made
    shuffled = dice.sample(pool, len(pool))
    assert draw(shuffled, terms) == draw(pool, terms)
    assert recorded(shuffled, terms) == recorded(pool, terms)


@given(pools())
def test_numbers_are_exact(made: tuple[list[Unit], Terms]) -> None:
    """As many sites are drawn as are asked for, from each stratum its own number, none twice, and within its share."""
    pool, terms = made
    found = draw(pool, terms)
    sizes = Counter(unit.stratum for unit in pool)
    stratum = {unit.id: unit.stratum for unit in pool}
    drawn = Counter(stratum[one.id] for one in found.drawn)
    assert len({one.id for one in found.drawn}) == len(found.drawn) == terms.count
    assert {key: drawn[key] for key in sizes} == found.counts
    for key, count in found.counts.items():
        share = terms.count * sizes[key] / len(pool)
        assert terms.allocation != "proportional" or abs(count - share) < 1
        assert terms.allocation != "given" or count == terms.given[key]
        least = max((n for other, n in found.counts.items() if n < sizes[other]), default=0)
        assert terms.allocation != "equal" or count <= least + 1 or least == 0


@given(pools())
def test_teams_go_only_where_they_may(made: tuple[list[Unit], Terms]) -> None:
    """Nobody is drawn for a site that bars the team; a site that bars all has none; places count from 1."""
    pool, terms = made
    barred = {unit.id: unit.barred for unit in pool}
    found = draw(pool, terms)
    for one in found.drawn:
        assert one.team not in barred[one.id]
        assert bool(one.team) == (len(barred[one.id]) < len(TEAMS))
    for team in TEAMS:
        places = sorted(one.place for one in found.drawn if one.team == team)
        assert places == (list(range(1, len(places) + 1)) if terms.random_order else [0] * len(places))


def test_teams_that_may_go_anywhere_get_equally_many() -> None:
    """Of 20 sites three teams get 7, 7 and 6."""
    found = draw([Unit(str(n)) for n in range(30)], Terms("a", 20, teams=TEAMS))
    assert sorted(Counter(one.team for one in found.drawn).values()) == [6, 7, 7]


def chances(weights: list[int], count: int) -> list[float]:
    """Return how likely each is among the first drawn, one after the other by weight without replacement."""
    found = [0.0] * len(weights)
    for order in permutations(range(len(weights)), count):
        chance, left = 1.0, sum(weights)
        for one in order:
            chance *= weights[one] / left
            left -= weights[one]
        for one in order:
            found[one] += chance
    return found


@pytest.mark.parametrize("count", [1, 3])
def test_sites_are_drawn_as_often_as_their_weights_say(count: int) -> None:
    """Over 4,000 seeds the frequencies pass a chi-square test at 1 in 1,000 against the exact chances."""
    weights = [1, 1, 2, 3, 5, 8]
    pool = [Unit(f"site {n}", weight) for n, weight in enumerate(weights)]
    times = Counter(one.id for seed in range(4000) for one in draw(pool, Terms(str(seed), count)).drawn)
    chi = 0.0
    for unit, chance in zip(pool, chances(weights, count), strict=True):
        expected = 4000 * chance
        chi += (times[unit.id] - expected) ** 2 / (expected * (1 - chance if count > 1 else 1))
    # The quantiles of 0.999 for 5 and 6 degrees of freedom: drawn one at a time, the six frequencies add up to one.
    assert chi < (20.5 if count == 1 else 22.5)


def test_other_seeds_give_other_draws_teams_and_orders() -> None:
    """Nothing hangs on what was drawn before."""
    pool = [Unit(str(n)) for n in range(40)]
    found = {draw(pool, Terms(str(seed), 10, teams=TEAMS, random_order=True)).drawn for seed in range(20)}
    assert len(found) == 20


def test_proportional_numbers_follow_the_largest_remainder() -> None:
    """Of 10 out of 7, 5 and 3 sites, 4.67, 3.33 and 2 become 5, 3 and 2."""
    pool = [Unit(f"{key}{n}", stratum=(key,)) for key, size in (("a", 7), ("b", 5), ("c", 3)) for n in range(size)]
    assert divided(pool, Terms("x", 10)) == {("a",): 5, ("b",): 3, ("c",): 2}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r: r["result"].pop(), "drawn, but not in the record"),
        (lambda r: r["result"][0].update(team="t9"), "not as the record says"),
        (lambda r: r["result"].reverse(), "in another order"),
        (lambda r: r["terms"].update(seed="other"), "fingerprint"),
        (lambda r: r["strata"][0].update(count=9), "not 9"),
        (lambda r: r.update(who="somebody else"), "fingerprint"),
        (lambda r: r["pool"][0].update(weight=0), "cannot be run again"),
    ],
)
def test_a_record_that_was_changed_says_so(change: Any, said: str) -> None:
    """Whatever is altered is found, in words."""
    record = recorded([Unit(str(n), 1 + n % 2, ("ab"[n % 2],)) for n in range(20)], Terms("s", 6, teams=TEAMS))
    change(record)
    assert any(said in text for text in draw_record.differences(record))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"algorithm": "xunlu-draw-1"}', '{"algorithm": 1, "pool": 3}'])
def test_what_is_no_record_is_refused(text: str) -> None:
    """One sentence says so."""
    with pytest.raises(XunluError, match="no record"):
        draw_record.read(text)


def test_a_record_of_another_method_is_not_run() -> None:
    """It names the method instead of finding differences that are none."""
    record = recorded([Unit("a")], Terms("s", 1))
    with pytest.raises(XunluError, match="xunlu-draw-9"):
        draw_record.read(json.dumps(record | {"algorithm": "xunlu-draw-9"}))


@pytest.mark.parametrize(
    ("pool", "terms"),
    [
        ([Unit("a")], Terms("", 1)),
        ([Unit("a")], Terms("a\nb", 1)),
        ([Unit("a"), Unit("a")], Terms("s", 1)),
        ([Unit("a", 0)], Terms("s", 1)),
        ([Unit("a")], Terms("s", 2)),
        ([Unit("a", stratum=("k",))], Terms("s", 2, "given", {("k",): 2})),
        ([Unit("a", stratum=("k",))], Terms("s", 1, "given", {("other",): 1})),
    ],
)
def test_terms_that_cannot_be_met_are_refused(pool: list[Unit], terms: Terms) -> None:
    """Nothing is drawn from what nobody could check."""
    with pytest.raises(XunluError):
        draw(pool, terms)
