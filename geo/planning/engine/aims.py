"""Searches for what an office calls a good plan: little travel, few teams, or days that are even or end early."""

from dataclasses import replace

from geo.planning.engine.effort import Effort
from geo.planning.engine.planner import Planner, is_narrowed
from geo.planning.engine.scope import Caps, Scope
from geo.planning.engine.splitting import around, improve_in_regions, is_big
from geo.planning.rules import Aim

EVEN_FROM, EVEN_TO = 0.1, 0.92
"""Between which parts of the effort the longest day is made shorter: after all is on routes, before travel is saved."""

TRIAL = 0.02
"""How much of the effort is spent at most on one trial, if that is long enough to try anything."""

TRIAL_ITERATIONS, TRIAL_S = 20, 0.15
"""What is long enough."""

LEAST_STEP = {Aim.EVEN_HOURS: 30, Aim.FINISH: 30, Aim.EVEN_STOPS: 1}
"""By how much at least a trial makes the longest day shorter, in seconds or stops."""


def reach_aim(planner: Planner, scope: Scope) -> None:
    """Search in a scope for what the aim of a problem asks."""
    aim = planner.problem.rules.aim
    if aim == Aim.TEAMS:
        _few_teams(planner, scope)
    elif aim in LEAST_STEP:
        _even_days(planner, scope)
    else:
        _improve(planner, scope, until=1.0)


def _improve(planner: Planner, scope: Scope, *, until: float) -> Scope:
    """Search for little travel, and return what another search may decide."""
    if not scope.visits or not scope.crews:
        planner.repair()
    elif is_big(scope) or not is_narrowed(planner.problem, scope):
        improve_in_regions(planner, scope, until=until)
    else:
        return planner.improve(scope, until=until)
    return scope


def _even_days(planner: Planner, scope: Scope) -> None:
    """Make the longest day as short as can be, by bolder steps after each success and smaller ones after each failure.

    Then save travel within it.
    """
    aim, effort = planner.problem.rules.aim, planner.effort
    scope = _improve(planner, scope, until=EVEN_FROM)
    least = LEAST_STEP[aim]
    step = max(least, planner.aimed // 10)
    while scope.visits and not effort.is_over and effort.done < EVEN_TO:
        now, began = planner.aimed, effort.done
        if now <= least:
            break
        region = around(planner.best, scope, _worst(planner, scope)) if is_big(scope) else scope
        tried = replace(region, caps=_caps(aim, max(least, now - step)))
        planner.search(tried, until=min(EVEN_TO, began + _trial(effort)), complete=True)
        step = max(least, step * 3 // 2 if planner.aimed < now else step // 2)
        if effort.done <= began:
            break
    if scope.visits and not effort.is_over:
        _improve(planner, replace(scope, caps=_caps(aim, planner.aimed)), until=1.0)


def _trial(effort: Effort) -> float:
    """Return how much of the effort one trial may take."""
    return max(TRIAL, min(1.0, effort.share(TRIAL_S, TRIAL_ITERATIONS)))


def _caps(aim: Aim, most: int) -> Caps:
    if aim == Aim.EVEN_HOURS:
        return Caps(hours_s=most)
    return Caps(stops=most) if aim == Aim.EVEN_STOPS else Caps(back_s=most)


def _few_teams(planner: Planner, scope: Scope) -> None:
    """Try to do without one team after the other, the least busy first, then save travel with those that go."""
    effort = planner.effort
    scope = _improve(planner, scope, until=EVEN_FROM)
    tried: set[int] = set()
    while scope.visits and not effort.is_over and effort.done < EVEN_TO:
        routes, began = planner.best.routes, effort.done
        used = [crew for crew in scope.crews if routes[crew]]
        spare = [crew for crew in used if crew not in tried and crew not in scope.heads]
        if not spare or len(used) < 2:
            break
        least = min(spare, key=lambda crew: (_busy_s(planner, crew), crew))
        teams = planner.aimed
        region = around(planner.best, scope, least) if is_big(scope) else scope.within(used, scope.visits)
        fewer = region.within([crew for crew in region.crews if crew != least], region.visits)
        planner.search(fewer, until=min(EVEN_TO, began + _trial(effort)), complete=True)
        tried = tried | {least} if planner.aimed >= teams else set()
        if effort.done <= began:
            break
    used = [crew for crew in scope.crews if planner.best.routes[crew]]
    if used and not effort.is_over:
        _improve(planner, scope.within(used, scope.visits), until=1.0)


def _worst(planner: Planner, scope: Scope) -> int:
    """Return the crew of whose day the aim makes most."""
    board, aim = planner.best, planner.problem.rules.aim

    def day(crew: int) -> int:
        timed = board.timed(crew)
        if aim == Aim.EVEN_STOPS:
            return len(board.routes[crew])
        return timed.end_s - (timed.start_s if aim == Aim.EVEN_HOURS else 0)

    return max((crew for crew in scope.crews if board.routes[crew]), key=day, default=scope.crews[0])


def _busy_s(planner: Planner, crew: int) -> int:
    timed = planner.best.timed(crew)
    return timed.end_s - timed.start_s
