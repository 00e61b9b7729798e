"""Hands at the window: scroll, open a person, answer by keys; how long each keeps the window still.

A timer beats each millisecond on the GUI thread. What keeps it from beating keeps the window from
moving: the longest gap after an act is what its person notices. Each gap is taken twice: by the
clock, which also counts whatever else the machine does meanwhile, and by the processor time of the
GUI thread, which is our own.
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
Gaps = dict[str, list[float]]  # "clock" and "work", ms for each act


def scroll(shell: Any, steps: int) -> Gaps:
    """Turn the wheel over the caseload; return the longest gaps after each notch."""
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


def answer(shell: Any, case_id: str, steps: int) -> Gaps:
    """Answer the PHQ-9 by digits, over and over; return the longest gaps after each answer."""
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


def open_person(shell: Any, case_id: str, times: int) -> Gaps:
    """Open a person's record, another's in between; return how long until all of it is painted."""
    from casefield.gui.shell import Place

    others = [p.case_id for p in shell.caseload.model.people if p.case_id != case_id]
    found: Gaps = {"clock": [], "work": []}
    for number in range(times):
        shell.open_person(others[number % len(others)])
        _settle(shell)
        shell.go(Place("caseload"))
        _settle(shell)
        clock, work = time.perf_counter(), time.process_time()
        shell.open_person(case_id)
        _settle(shell)
        found["clock"].append((time.perf_counter() - clock) * 1000)
        found["work"].append((time.process_time() - work) * 1000)
    return found


def _stillness(act: Callable[[int], None], steps: int) -> Gaps:
    """Act at a steady pace; return the longest gaps between two beats after each act."""
    loop = QEventLoop()
    gaps: Gaps = {"clock": [], "work": []}
    clocks = {"clock": (time.perf_counter, BEAT_MS), "work": (time.thread_time, 0)}
    last = {name: now() for name, (now, _) in clocks.items()}

    def beat() -> None:
        for name, (now, idle_ms) in clocks.items():
            moment = now()
            if gaps[name]:
                gaps[name][-1] = max(gaps[name][-1], (moment - last[name]) * 1000 - idle_ms)
            last[name] = moment

    def step() -> None:
        if len(gaps["clock"]) == steps:
            loop.quit()
            return
        for worst in gaps.values():
            worst.append(0.0)
        act(len(gaps["clock"]) - 1)

    timers = list(_timers((BEAT_MS, beat), (ACT_MS, step)))
    loop.exec()
    for timer in timers:
        timer.stop()
    return gaps


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
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.setInterval(BEAT_MS)
    timer.timeout.connect(lambda: shell.desk.jobs.idle and loop.quit())
    timer.start()
    loop.exec()
    timer.stop()
    QApplication.processEvents()
