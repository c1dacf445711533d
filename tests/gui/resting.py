"""When a window has done all that it was asked to do, so that a test may look at it."""

from gui.window import Window


def at_rest(window: Window) -> bool:
    """Return whether nothing is being worked out, sought, written, or shown in part only."""
    session, plan = window.session, window.plan
    works = session.jobs.running or session.searches.running or plan.work.is_busy
    return not (works or plan.is_filling or session.map_work.is_busy)
