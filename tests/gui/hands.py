"""Somebody who uses the window: presses, types, waits, and looks into the record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, QEventLoop, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from casefield.application import Session
from casefield.demo.stage import PASSPHRASE
from casefield.gui.jobs import Jobs
from casefield.gui.shell import Shell
from casefield.gui.window import MainWindow
from casefield.records.work import Work

T = TypeVar("T")


class Hands:
    """Somebody who uses a window.

    Args:
        window: the window.
        cases: the case of each person by the demo's name for them.
        elsewhere: runs something beside the GUI thread.
    """

    def __init__(
        self,
        window: MainWindow,
        cases: dict[str, str],
        elsewhere: Callable[[Callable[[], Any]], Any],
    ) -> None:
        self.window = window
        self.cases = cases
        self._elsewhere = elsewhere

    @property
    def shell(self) -> Shell:
        """What is shown after unlocking."""
        assert self.window.shell is not None
        return self.window.shell

    @property
    def session(self) -> Session:
        """The unlocked profile."""
        assert self.window.desk is not None
        return self.window.desk.session

    def unlock(self, passphrase: str = PASSPHRASE) -> Hands:
        """Type a passphrase and press Enter."""
        page = self.window.lock_page
        assert page is not None
        page.field.setText(passphrase)
        QTest.keyClick(page.field, Qt.Key.Key_Return)
        self.settle()
        return self

    def settle(self) -> None:
        """Wait until every answer has come."""
        settle(self.window)

    def person(self, who: str, tab: str = "summary", what: Any = None) -> Any:
        """Open a person's record at a tab; return the tab."""
        self.shell.open_person(self.cases[who], tab, what)
        self.settle()
        return self.shell.workspace.tabs[tab]

    def press(self, text: str, inside: QWidget | None = None) -> QPushButton:
        """Click the visible button of this name."""
        found = button(inside or self.window, text)
        if found.focusPolicy() & Qt.FocusPolicy.ClickFocus:
            found.setFocus(Qt.FocusReason.MouseFocusReason)
        found.click()
        self.settle()
        return found

    def key(self, key: Any, modifier: Any = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the keyboard is."""
        focused = QApplication.focusWidget()
        assert focused is not None, "nothing has the keyboard"
        QTest.keyClick(focused, key, modifier)
        self.settle()

    def type(self, text: str) -> None:
        """Type a text where the keyboard is."""
        focused = QApplication.focusWidget()
        assert focused is not None, "nothing has the keyboard"
        QTest.keyClicks(focused, text)

    def kept(self, question: Callable[[Work], T]) -> T:
        """Ask the record what it holds."""
        return self._elsewhere(lambda: self.session.read(question))

    def does(self, act: Callable[[Work], T]) -> T:
        """Let care do something beside the window."""
        made: T = self._elsewhere(lambda: self.session.act(act, "test"))
        self.settle()
        return made


def bring_to_front(window: MainWindow) -> None:
    """Let the window have the keyboard, as the one somebody works in has."""
    for _ in range(100):
        window.windowHandle().requestActivate()
        QApplication.processEvents()
        if window.isActiveWindow():
            return
    raise AssertionError("the window does not get the keyboard")


def settle(window: MainWindow) -> None:
    """Wait until nothing is under way and everything was laid out."""
    loop = QEventLoop.ProcessEventsFlag.AllEvents
    for _ in range(3):  # an answer may ask again, and a layout may settle in two rounds
        QApplication.processEvents(loop)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # as a running loop does
        while not idle(window):
            QApplication.processEvents(loop | QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)


def finish(jobs: Jobs) -> None:
    """Wait until every job has answered."""
    loop = QEventLoop.ProcessEventsFlag.AllEvents
    QApplication.processEvents(loop)
    while not jobs.idle:
        QApplication.processEvents(loop | QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)


def idle(window: MainWindow) -> bool:
    """Tell whether every question is answered."""
    return window.jobs.idle and (window.desk is None or window.desk.jobs.idle)


def button(parent: QWidget, text: str) -> QPushButton:
    """Return the visible button whose name begins with a text."""
    found = [
        made
        for made in parent.findChildren(QPushButton)
        if made.isVisible() and name_of(made).startswith(text)
    ]
    assert found, f"no button “{text}”; there are {buttons(parent)}"
    return found[0]


def buttons(parent: QWidget) -> list[str]:
    """Return the names of all visible buttons."""
    return [name_of(made) for made in parent.findChildren(QPushButton) if made.isVisible()]


def name_of(made: QPushButton) -> str:
    """Return what a button is called."""
    return (made.accessibleName() or made.text()).replace("&", "").strip()


def texts(parent: QWidget) -> list[str]:
    """Return every visible word on labels."""
    found = parent.findChildren(QLabel)
    return [made.text() for made in found if made.text() and made.isVisible()]
