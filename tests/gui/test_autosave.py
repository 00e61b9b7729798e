"""Autosave: within a second of the first key, however long somebody types on."""

from __future__ import annotations

import pytest

from casefield.gui.autosave import EVERY_MS, Autosave


class Save:
    """Counts how often it is called."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        """Save."""
        self.times += 1


@pytest.fixture
def save() -> Save:
    return Save()


@pytest.fixture
def autosave(qapp: object, save: Save) -> Autosave:
    return Autosave(save)


def test_it_is_never_more_than_a_second_behind() -> None:
    assert EVERY_MS <= 1000


def test_typing_on_puts_nothing_off(autosave: Autosave, save: Save) -> None:
    """A key while the timer runs does not start it anew: this is no debounce."""
    autosave.touched()
    begun = autosave._timer.remainingTime()
    for _ in range(50):
        autosave.touched()
    assert autosave._timer.remainingTime() <= begun
    autosave._timer.timeout.emit()
    assert save.times == 1


def test_a_flush_saves_once_and_only_what_is_new(autosave: Autosave, save: Save) -> None:
    autosave.flush()
    assert save.times == 0
    autosave.touched()
    assert autosave.pending
    autosave.flush()
    autosave.flush()
    assert save.times == 1
    assert not autosave.pending
