"""The newest answer: asked once while it changes, never an older one on top of a newer one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal

from casefield.errors import CasefieldError, NotFound
from casefield.gui.newest import Newest


class Slow(QObject):
    """A desk that answers when it is told to."""

    complained = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.resting = False
        self.asked: list[tuple[Any, Callable[[Any], None], Callable[[CasefieldError], None]]] = []

    def ask(self, question: Any, done: Any, failed: Any, *, owner: QObject) -> None:
        """Keep the question."""
        self.asked.append((question, done, failed))

    def answer(self) -> None:
        """Answer the question that was asked first."""
        question, done, _ = self.asked.pop(0)
        done(question(None))


@pytest.fixture
def desk() -> Slow:
    return Slow()


@pytest.fixture
def newest(desk: Slow) -> Newest:
    owner = QObject(desk)
    return Newest(desk, owner)  # type: ignore[arg-type]


def test_many_questions_meanwhile_are_one(desk: Slow, newest: Newest) -> None:
    shown: list[int] = []
    for number in range(100):
        newest.ask("caseload", lambda _, n=number: n, shown.append)
    assert len(desk.asked) == 1
    desk.answer()
    assert shown == [0], "the first is shown at once"
    assert len(desk.asked) == 1
    desk.answer()
    assert shown == [0, 99]
    assert desk.asked == []


def test_an_answer_about_somebody_else_is_dropped(desk: Slow, newest: Newest) -> None:
    shown: list[str] = []
    newest.ask("rosa", lambda _: "Rosa's page", shown.append)
    newest.ask("luis", lambda _: "Luis's page", shown.append)
    desk.answer()
    desk.answer()
    assert shown == ["Luis's page"]


def test_showing_may_ask_again(desk: Slow, newest: Newest) -> None:
    shown: list[int] = []

    def show(number: int) -> None:
        shown.append(number)
        if number == 1:
            newest.ask("page", lambda _: 2, show)

    newest.ask("page", lambda _: 1, show)
    desk.answer()
    desk.answer()
    assert shown == [1, 2]


def test_an_error_frees_the_way(desk: Slow, newest: Newest) -> None:
    told: list[CasefieldError] = []
    shown: list[int] = []
    newest.ask("page", lambda _: 1, shown.append, told.append)
    _, _, failed = desk.asked.pop()
    failed(NotFound("Gone."))
    assert [str(error) for error in told] == ["Gone."]
    newest.ask("page", lambda _: 2, shown.append)
    desk.answer()
    assert shown == [2]


def test_an_error_nobody_wanted_is_complained_of(desk: Slow, newest: Newest) -> None:
    told: list[CasefieldError] = []
    desk.complained.connect(told.append)
    newest.ask("page", lambda _: 1, lambda _: None)
    desk.asked.pop()[2](NotFound("Gone."))
    assert len(told) == 1


def test_nothing_is_asked_of_a_desk_that_rests(desk: Slow, newest: Newest) -> None:
    shown: list[int] = []
    desk.resting = True
    newest.ask("page", lambda _: 1, shown.append)
    assert desk.asked == []
    desk.resting = False
    newest.ask("page", lambda _: 2, shown.append)
    desk.answer()
    assert shown == [2]
