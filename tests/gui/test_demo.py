"""The demo's page: a bar while its people come, headquarters gone and back, nothing left behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

import casefield.demo.stage
from casefield.errors import CasefieldError
from casefield.gui.demo import DemoPage
from casefield.gui.jobs import Jobs
from casefield.gui.theme.theme import Theme
from tests.gui.hands import buttons, finish, texts


class Scenery:
    """A stage that costs nothing.

    Args:
        breaks: what opening headquarters fails with.
    """

    def __init__(self, breaks: CasefieldError | None = None) -> None:
        self.breaks = breaks
        self.server: Any = None
        self.cases = {"rosa-medina": "c1"}
        self.closed = False

    def open_headquarters(self) -> Any:
        """Open, or fail."""
        if self.breaks is not None:
            raise self.breaks
        assign = SimpleNamespace(assign=lambda *args: None)
        self.server = SimpleNamespace(administration=assign)
        return self.server

    def close_headquarters(self) -> None:
        """Close."""
        self.server = None

    def hire(self, *workers: object) -> str:
        """Return the organisation."""
        return "org"

    def laptop(self, org: str, worker: object) -> Any:
        """Return a laptop."""
        session = SimpleNamespace(sync_now=lambda: None)
        return SimpleNamespace(application="application", session=session)

    def fill(self, laptop: object) -> None:
        """Bring nobody."""


@pytest.fixture
def scenery(monkeypatch: pytest.MonkeyPatch) -> Scenery:
    """Return the stage that the page is given."""
    made = Scenery()

    @contextmanager
    def stage(clock: object, told: Any) -> Iterator[Scenery]:
        told("people", 1, 2)
        try:
            yield made
        finally:
            made.closed = True

    monkeypatch.setattr(casefield.demo.stage, "stage", stage)
    return made


@pytest.fixture
def page(qtbot: QtBot, theme: Theme) -> DemoPage:
    """Return the page."""
    made = DemoPage(theme, Jobs())
    qtbot.addWidget(made)
    made.show()
    return made


def test_ready_it_hands_over_the_laptop_and_tells_its_passphrase(
    page: DemoPage, scenery: Scenery
) -> None:
    ready: list[tuple[object, object]] = []
    page.ready.connect(lambda application, session: ready.append((application, session)))
    page.prepare()
    finish(page._jobs)
    assert [application for application, _ in ready] == ["application"]
    assert casefield.demo.stage.PASSPHRASE in page.hint
    assert page.open
    page.close_stage()
    assert scenery.closed


def test_headquarters_goes_and_comes_back(page: DemoPage, scenery: Scenery) -> None:
    page.prepare()
    finish(page._jobs)
    told: list[bool] = []
    page.toggled.connect(told.append)
    for _ in range(2):
        page.toggle()
        finish(page._jobs)
    assert told == [False, True]
    page.close_stage()


def test_what_cannot_be_prepared_says_why_and_leaves_nothing(
    page: DemoPage, scenery: Scenery, qtbot: QtBot
) -> None:
    scenery.breaks = CasefieldError("No port is free on this machine.")
    page.prepare()
    finish(page._jobs)
    assert "No port is free on this machine." in texts(page)
    assert scenery.closed
    assert buttons(page) == ["Back"]
    with qtbot.waitSignal(page.gone_back, timeout=1000):
        page._back.click()
