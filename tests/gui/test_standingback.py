"""Tests of threads that stand back: they wait while the window works, not while it rests, nor once it is over."""

import threading
import time

from pytestqt.qtbot import QtBot

from geo.progress import silent
from gui.standingback import StandingBack

LONG_S = 30.0
"""A patience that no test outlasts."""


def test_work_waits_while_the_window_works(qtbot: QtBot) -> None:
    """While the window's thread does something, each report waits as long as it is told to, and no longer."""
    back = StandingBack()
    back.begin()
    qtbot.wait(1)
    report = back.courteous(silent, 0.02)
    began = time.perf_counter()
    for _ in range(5):
        report(0.5, "")
    gone = time.perf_counter() - began
    back.end()
    assert gone >= 0.09


def test_work_goes_on_while_the_window_rests(qtbot: QtBot) -> None:
    """A thread that would wait very long goes on as soon as the event loop has nothing to do."""
    back, reported = StandingBack(), threading.Event()
    back.begin()
    qtbot.wait(1)
    report = back.courteous(silent, LONG_S)

    def work() -> None:
        report(0.5, "")
        reported.set()

    thread = threading.Thread(target=work)
    began = time.perf_counter()
    thread.start()
    qtbot.waitUntil(reported.is_set, timeout=round(LONG_S * 1000))
    thread.join()
    back.end()
    assert time.perf_counter() - began < LONG_S


def test_nobody_waits_once_it_is_over(qtbot: QtBot) -> None:
    """Where the event loop is not watched any more no report waits for it, however long it would."""
    back = StandingBack()
    back.begin()
    qtbot.wait(1)
    back.end()
    began = time.perf_counter()
    back.courteous(silent, LONG_S)(0.5, "")
    assert time.perf_counter() - began < LONG_S
