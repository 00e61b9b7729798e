"""Hands at the window: scroll, open a person, answer by keys; how long each keeps the window still.

A timer beats each millisecond on the GUI thread. What keeps it from beating, our code or another
thread that has the interpreter, keeps the window from moving: the longest gap after an act is what
its person notices.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QEvent, QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

BEAT_MS = 1
ACT_MS = 60  # between two acts: faster than anybody turns a wheel or answers a question
NOTCH = 120


def scroll(shell: Any, steps: int) -> list[float]:
    """Turn the wheel over the caseload; return the longest stillness after each notch, ms."""
    viewport = shell.caseload.table.viewport()
    middle = QPointF(viewport.rect().center())

    def turn(number: int) -> None:
        down = number // 40 % 2 == 0
        event = QWheelEvent(
            middle,
            viewport.mapToGlobal(middle),
            QPoint(),
            QPoint(0, -NOTCH if down else NOTCH),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(viewport, event)

    return _stillness(turn, steps)


def answer(shell: Any, case_id: str, steps: int) -> list[float]:
    """Answer the PHQ-9 by digits, over and over; return the longest stillness after each, ms."""
    from casefield.care import assess

    response_id = shell.desk.session.act(
        lambda work: assess.start_assessment(work, case_id, "phq9"), "bench"
    )
    shell.open_person(case_id, "assessments", response_id)
    _settle(shell)
    bars = list(shell.workspace.tabs["assessments"].page.bars.values())

    def press(number: int) -> None:
        bar = bars[number % len(bars)]
        bar.setFocus()
        digit = str((number // len(bars) + number) % 4)
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            key = Qt.Key(ord(digit))
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, digit)
            QApplication.sendEvent(bar, event)

    return _stillness(press, steps)


def open_person(shell: Any, case_id: str, times: int) -> list[float]:
    """Open a person's record, another's in between; return until all of it is painted, ms."""
    from casefield.gui.shell import Place

    others = [p.case_id for p in shell.caseload.model.people if p.case_id != case_id]
    found = []
    for number in range(times):
        shell.open_person(others[number % len(others)])
        _settle(shell)
        shell.go(Place("caseload"))
        _settle(shell)
        begun = time.perf_counter()
        shell.open_person(case_id)
        _settle(shell)
        found.append((time.perf_counter() - begun) * 1000)
    return found


def _stillness(act: Callable[[int], None], steps: int) -> list[float]:
    """Act at a steady pace; return the longest gap between two beats after each act, ms."""
    loop = QEventLoop()
    worst: list[float] = []
    last = time.perf_counter()

    def beat() -> None:
        nonlocal last
        now = time.perf_counter()
        if worst:
            worst[-1] = max(worst[-1], (now - last) * 1000 - BEAT_MS)
        last = now

    def step() -> None:
        if len(worst) == steps:
            loop.quit()
            return
        worst.append(0.0)
        act(len(worst) - 1)

    timers = list(_timers((BEAT_MS, beat), (ACT_MS, step)))
    loop.exec()
    for timer in timers:
        timer.stop()
    return worst


def _timers(*wanted: tuple[int, Callable[[], None]]) -> Iterator[QTimer]:
    for interval, act in wanted:
        timer = QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.setInterval(interval)
        timer.timeout.connect(act)
        timer.start()
        yield timer


def _settle(shell: Any) -> None:
    """Run the event loop until every question was answered, and what it changed was painted."""
    loop = QEventLoop()
    timer = QTimer()
    timer.setInterval(0)
    timer.timeout.connect(lambda: shell.desk.jobs.idle and loop.quit())
    timer.start()
    loop.exec()
    timer.stop()
    QApplication.processEvents()
