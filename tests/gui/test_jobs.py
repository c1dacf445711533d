"""Tests of long work beside the window: results, errors, progress and cancelling."""

import threading
import time

import pytest
from pytestqt.qtbot import QtBot

from geo.errors import XunluError
from geo.progress import Report
from gui.jobs import Job, Jobs


@pytest.fixture
def jobs() -> Jobs:
    """Return jobs with nothing running."""
    return Jobs()


def wait_for_end(qtbot: QtBot, job: Job) -> None:
    """Wait until a job has told its end."""
    with qtbot.waitSignal(job.ended, timeout=5000):
        pass


def test_result_arrives_in_the_windows_thread(qtbot: QtBot, jobs: Jobs) -> None:
    """The work runs in another thread, its result and its progress arrive in this one."""
    seen: list[tuple[str, object]] = []
    here = threading.current_thread()

    def work(report: Report) -> bool:
        report(1.0, "half")
        return threading.current_thread() is not here

    job = jobs.start(work, lambda result: seen.append(("done", result)), lambda error: seen.append(("error", error)))
    job.progressed.connect(lambda _done, text: seen.append((text, threading.current_thread() is here)))
    wait_for_end(qtbot, job)
    assert seen == [("half", True), ("done", True)]
    assert jobs.running == ()


def test_error_that_can_be_mended_goes_to_the_user(qtbot: QtBot, jobs: Jobs) -> None:
    """A XunluError is handed on and the job has ended."""
    errors: list[XunluError] = []

    def work(_report: Report) -> None:
        raise XunluError("No such street.", "Draw it.")

    wait_for_end(qtbot, jobs.start(work, pytest.fail, errors.append))
    assert [str(error) for error in errors] == ["No such street. Draw it."]


def test_cancelled_work_stops_at_its_next_report(qtbot: QtBot, jobs: Jobs) -> None:
    """A job that is cancelled unwinds, and nothing of it arrives."""
    unwound = threading.Event()

    def work(report: Report) -> None:
        try:
            while True:
                report(0.5, "")
                time.sleep(0.002)
        finally:
            unwound.set()

    job = jobs.start(work, pytest.fail, pytest.fail)
    with qtbot.waitSignal(job.stopped, timeout=5000):
        job.cancel()
    assert unwound.is_set()


def test_bug_in_work_reaches_the_hook(qtbot: QtBot, jobs: Jobs) -> None:
    """Anything else that is raised goes to the one hook for bugs."""

    def work(_report: Report) -> None:
        raise ZeroDivisionError("a bug")

    with qtbot.captureExceptions() as caught:
        wait_for_end(qtbot, jobs.start(work, pytest.fail, pytest.fail))
    assert [str(error) for _, error, _ in caught] == ["a bug"]


def test_stop_all_waits_for_the_threads(qtbot: QtBot, jobs: Jobs) -> None:
    """No thread outlives the window."""

    def work(report: Report) -> None:
        while True:
            report(0.0, "")
            time.sleep(0.002)

    running = [jobs.start(work, pytest.fail, pytest.fail) for _ in range(3)]
    jobs.stop_all()
    assert all(job.isFinished() for job in running)
    qtbot.waitUntil(lambda: jobs.running == ())
