"""The window on a real profile with the demo's people, used and closed as a person would."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QEvent, QSettings
from PySide6.QtWidgets import QApplication

from casefield.application import Application
from casefield.demo.history import StageClock
from casefield.demo.stage import ANA, PASSPHRASE, Laptop, Stage
from casefield.gui import words
from casefield.gui.theme.theme import Theme
from casefield.gui.window import MainWindow
from casefield.vault.keys import LEAST_MEMORY_KIB, Derivation
from casefield.vault.vault import Vault
from tests.gui.hands import Hands, bring_to_front, settle

T = TypeVar("T")
EASTERN = ZoneInfo("America/New_York")
MOMENT = datetime(2026, 11, 13, 11, 32, tzinfo=EASTERN)
SIZE = (1366, 768)


@dataclass
class MovedClock:
    """A clock that stands until a test moves it."""

    moment: datetime = MOMENT

    def now(self) -> datetime:
        """Return the moment it stands at."""
        return self.moment.astimezone(UTC)

    def zone(self) -> str:
        """Return the zone of the place."""
        return "America/New_York"

    def forward(self, **length: float) -> datetime:
        """Go on by a length of time; return the moment."""
        self.moment += timedelta(**length)
        return self.moment


@dataclass(frozen=True)
class Folk:
    """A folder with profiles as they were made, and who is in them."""

    folder: Path
    cases: dict[str, str]


@pytest.fixture(scope="session")
def folk(tmp_path_factory: pytest.TempPathFactory) -> Folk:
    """Return the demo's people in Ana's profile ``full``, and ``bare`` with nobody; both locked."""
    folder = tmp_path_factory.mktemp("folk")
    clock = MovedClock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "casefield.vault.vault.Derivation", lambda: Derivation(LEAST_MEMORY_KIB, 2, 1)
        )
        stage, told = Stage(folder, clock), StageClock(clock)
        application = Application(folder / "full", clock=told)
        session = application.create(PASSPHRASE, name=ANA[1])
        stage.fill(Laptop(application, session, told))
        session.lock()
        Application(folder / "bare", clock=clock).create(PASSPHRASE, name=ANA[1]).lock()
    return Folk(folder, stage.cases)


@pytest.fixture(scope="session", autouse=True)
def _own_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the window's settings out of the home of whoever runs the tests."""
    folder = str(tmp_path_factory.mktemp("settings"))
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)


@pytest.fixture(autouse=True)
def _fresh_settings(qapp: QApplication) -> Iterator[None]:
    """Let no test see what another one chose."""
    yield
    QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "casefield", "window").clear()
    words.see_from(lambda: MOMENT.date())


@pytest.fixture(scope="session")
def _theme(qapp: QApplication) -> Theme:
    QApplication.setCursorFlashTime(0)
    return Theme(qapp, "light")


@pytest.fixture
def theme(_theme: Theme) -> Iterator[Theme]:
    """Return the light theme; whatever a test chooses is taken back."""
    yield _theme
    if _theme.choice != "light":
        _theme.choose("light")


@pytest.fixture(autouse=True)
def _no_database_on_the_gui_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail whatever opens a connection of the vault in the thread that paints."""
    real = Vault._connection

    def connection(self: Vault, begin: str) -> Any:
        if threading.current_thread() is threading.main_thread():
            raise AssertionError("the GUI thread runs SQL")
        return real(self, begin)

    monkeypatch.setattr(Vault, "_connection", connection)


@pytest.fixture(scope="session")
def _elsewhere() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.fixture
def elsewhere(_elsewhere: ThreadPoolExecutor) -> Callable[[Callable[[], T]], T]:
    """Return what runs something beside the GUI thread and waits for it."""
    return lambda deed: _elsewhere.submit(deed).result()


@pytest.fixture
def clock() -> MovedClock:
    """Friday 13 November 2026, 11:32 in New York."""
    return MovedClock()


@pytest.fixture
def profile(folk: Folk, tmp_path: Path) -> Callable[[str], Path]:
    """Return what copies a profile for one test."""

    def copy(name: str) -> Path:
        return Path(shutil.copytree(folk.folder / name, tmp_path / name))

    return copy


@pytest.fixture
def open_window(
    theme: Theme, clock: MovedClock, profile: Callable[[str], Path]
) -> Iterator[Callable[..., MainWindow]]:
    """Return what opens a window on a copy of a profile: at the lock screen, or at first run."""
    opened: list[MainWindow] = []

    def open_on(name: str = "full") -> MainWindow:
        folder = profile(name) if name in ("full", "bare") else Path(name)
        window = MainWindow(Application(folder, clock=clock), theme)
        opened.append(window)
        window.open()
        window.resize(*SIZE)
        bring_to_front(window)
        settle(window)
        return window

    yield open_on
    for window in opened:
        settle(window)
        window.close()
        window.setParent(None)
        window.deleteLater()
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def ana(
    open_window: Callable[..., MainWindow],
    folk: Folk,
    elsewhere: Callable[[Callable[[], Any]], Any],
) -> Hands:
    """Return Ana at work with the demo's people."""
    return Hands(open_window("full"), folk.cases, elsewhere).unlock()


@pytest.fixture
def nobody(
    open_window: Callable[..., MainWindow], elsewhere: Callable[[Callable[[], Any]], Any]
) -> Hands:
    """Return Ana at work with nobody on her caseload."""
    return Hands(open_window("bare"), {}, elsewhere).unlock()
