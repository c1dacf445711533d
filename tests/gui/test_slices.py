"""Work in slices of the window's own thread: short turns, and everybody's share."""

import time
from collections.abc import Iterator
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from gui.slices import Slices

STEP_S = 0.012


def slow(done: list[str], name: str) -> Iterator[None]:
    """Work in steps each of which is longer than a slice."""
    for _ in range(10):
        time.sleep(STEP_S)
        done.append(name)
        yield


def test_long_steps_of_many_do_not_add_up_in_one_turn(qtbot: QtBot) -> None:
    """Of four with long steps one acts in a turn of the event loop; all get on at the same pace, and to their end."""
    done: list[str] = []
    turns: list[int] = []
    watch = QTimer(interval=0)
    watch.timeout.connect(lambda: turns.append(len(done)))
    watch.start()
    ended: list[str] = []
    workers = [Slices() for _ in range(4)]
    for name, worker in zip("abcd", workers, strict=True):
        worker.start(slow(done, name), partial(ended.append, name))
    qtbot.waitUntil(lambda: len(ended) == 4, timeout=10_000)
    watch.stop()
    assert max(after - before for before, after in pairwise(turns)) <= 2
    assert {name: done[:20].count(name) for name in "abcd"} == dict.fromkeys("abcd", 5)
    assert not any(worker.is_busy for worker in workers)
