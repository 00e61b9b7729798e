"""Work off the GUI thread: answers come back here, writers in order, errors in words."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from casefield.errors import CasefieldError, UnusableInput
from casefield.gui.jobs import Job, Jobs, Unexpected


@pytest.fixture
def jobs(qapp: QApplication) -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.finish()


@pytest.fixture
def wait(jobs: Jobs) -> Callable[[], None]:
    """Return what waits until every answer is delivered."""

    def settle() -> None:
        jobs.drain()
        while not jobs.idle:
            QApplication.processEvents()

    return settle


def test_work_runs_elsewhere_and_its_answer_comes_here(
    jobs: Jobs, wait: Callable[[], None]
) -> None:
    here = threading.current_thread()
    ran: list[threading.Thread] = []
    came: list[tuple[threading.Thread, int]] = []

    def work(_: Job) -> int:
        ran.append(threading.current_thread())
        return 7

    jobs.run(work, lambda answer: came.append((threading.current_thread(), answer)))
    assert not jobs.idle
    wait()
    assert ran[0] is not here
    assert came == [(here, 7)]


def test_writers_keep_their_order(jobs: Jobs, wait: Callable[[], None]) -> None:
    order: list[int] = []
    first_may_go = threading.Event()
    jobs.run(lambda _: (first_may_go.wait(5), order.append(1)), writing=True)
    jobs.run(lambda _: order.append(2), writing=True)
    jobs.run(lambda _: order.append(0))
    first_may_go.set()
    wait()
    assert [n for n in order if n] == [1, 2]


def test_an_error_of_ours_is_told_as_it_is(jobs: Jobs, wait: Callable[[], None]) -> None:
    told: list[CasefieldError] = []

    def work(_: Job) -> None:
        raise UnusableInput("No.", way_out="Try again.")

    jobs.run(work, failed=told.append)
    wait()
    assert [str(error) for error in told] == ["No. Try again."]


def test_a_fault_is_told_without_its_content_and_kept_by_its_kind(
    jobs: Jobs, wait: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    told: list[CasefieldError] = []

    def work(_: Job) -> None:
        raise RuntimeError("Rosa Medina has penicillin allergy")

    with caplog.at_level(logging.ERROR):
        jobs.run(work, failed=told.append)
        wait()
    assert isinstance(told[0], Unexpected)
    assert "Rosa" not in str(told[0]) + caplog.text
    assert "RuntimeError" in caplog.text
    assert __name__.rpartition(".")[2] in caplog.text, "the place is told"


def test_whoever_is_gone_is_told_nothing(jobs: Jobs, wait: Callable[[], None]) -> None:
    import shiboken6

    owner = QObject()
    may_go = threading.Event()
    came: list[int] = []
    jobs.run(lambda _: may_go.wait(5), lambda _: came.append(1), owner=owner)
    shiboken6.delete(owner)
    may_go.set()
    wait()
    assert came == []


def test_progress_on_its_way_to_whoever_went_is_heard_by_nobody(
    jobs: Jobs, wait: Callable[[], None]
) -> None:
    import shiboken6

    owner = QObject()
    told = threading.Event()
    heard: list[int] = []

    def work(job: Job) -> None:
        job.tell(1, 2)
        told.set()

    jobs.run(work, owner=owner, progress=lambda done, total: heard.append(done))
    assert told.wait(5)
    shiboken6.delete(owner)
    wait()
    assert heard == []


def test_a_cancelled_job_answers_nothing_and_hears_of_it(
    jobs: Jobs, wait: Callable[[], None]
) -> None:
    heard: list[bool] = []
    came: list[object] = []
    may_go = threading.Event()

    def work(job: Job) -> None:
        may_go.wait(5)
        heard.append(job.cancelled())

    jobs.run(work, came.append).cancel()
    may_go.set()
    wait()
    assert heard == [True]
    assert came == []


def test_progress_is_heard_here(jobs: Jobs, wait: Callable[[], None]) -> None:
    here = threading.current_thread()
    heard: list[tuple[int, int, bool]] = []
    jobs.run(
        lambda job: job.tell(3, 10),
        progress=lambda done, total: heard.append(
            (done, total, threading.current_thread() is here)
        ),
    )
    wait()
    assert heard == [(3, 10, True)]


def test_a_job_that_never_runs_is_cancelled() -> None:
    job = Job.never()
    job.tell(1, 2)
    assert job.cancelled()
