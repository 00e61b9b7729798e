"""The desk: what changed is told here, and while it rests nothing is asked."""

from __future__ import annotations

import pytest

from casefield.care import worklist
from casefield.errors import UnusableInput
from casefield.gui.desk import touches
from tests.gui.hands import Hands

ROSA = "rosa-medina"


@pytest.mark.parametrize(
    ("changed", "case", "kinds", "told"),
    [
        ({("Note", "n1", "c1")}, "c1", (), True),
        ({("Note", "n1", "c1")}, "c2", (), False),
        ({("Note", "n1", "c1")}, None, (), True),
        ({("Note", "n1", "c1")}, "c1", ("Goal",), False),
        ({("Organization", "o1", None)}, "c1", (), True),
        (set(), "c1", (), False),
    ],
)
def test_whom_a_change_concerns(
    changed: set[tuple[str, str, str | None]], case: str | None, kinds: tuple[str, ...], told: bool
) -> None:
    assert touches(frozenset(changed), case, *kinds) is told


def test_an_act_answers_after_it_announced_what_it_touched(ana: Hands) -> None:
    desk, case_id = ana.shell.desk, ana.cases[ROSA]
    order: list[str] = []
    desk.changed.connect(lambda changed: order.append("changed") if changed else None)
    desk.act(
        lambda work: worklist.add_task(work, case_id, "Ring the daughter", None),
        "test",
        lambda _: order.append("done"),
    )
    ana.settle()
    assert order == ["changed", "done"]


def test_an_error_nobody_shows_stands_on_top(ana: Hands) -> None:
    def fail(_: object) -> None:
        raise UnusableInput("The pen is dry.", way_out="Take another one.")

    ana.shell.desk.ask(fail, lambda _: None)
    ana.settle()
    assert ana.shell.said.said() == "The pen is dry. Take another one."
    ana.shell.said.hide()
    ana.shell.desk.ask(fail, lambda _: None, lambda _: None)
    ana.settle()
    assert ana.shell.said.said() == "", "who shows an error itself is left alone"


def test_a_desk_that_rests_asks_acts_and_works_no_more(ana: Hands) -> None:
    desk = ana.shell.desk
    desk.begin_rest()
    came: list[object] = []
    for start in (
        lambda: desk.ask(lambda _: 1, came.append),
        lambda: desk.act(lambda _: 1, "test", came.append),
        lambda: desk.work(lambda _: 1, came.append),
    ):
        assert start().cancelled()
    ana.settle()
    assert came == []
    desk.resume(desk.session)
    desk.ask(lambda _: 1, came.append)
    ana.settle()
    assert came == [1]
