"""A worker's window beside a headquarters and a colleague's laptop: pressed, typed in, read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from casefield.application import Session
from casefield.gui import words
from casefield.gui.desk import Desk
from casefield.gui.jobs import Jobs
from casefield.gui.shell import Shell
from casefield.gui.theme.theme import Theme
from casefield.records.organisation import Assignment
from casefield.records.people import Patient
from casefield.records.planning import Goal
from casefield.records.work import Work
from casefield.vault.vault import Vault
from tests.fieldwork import Fieldwork

T = TypeVar("T")
BASE, ANAS, BENS = "Ice on the steps", "Ice on the steps, no rail", "Fear on the steps"


class FieldWindow:
    """The window of a laptop.

    Args:
        session: the unlocked laptop.
        theme: the theme in force.
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        self.session = session
        self.jobs = Jobs()
        self.desk = Desk(session, self.jobs)
        words.see_from(self.desk.today)
        self.shell = Shell(self.desk, theme)
        self.shell.resize(1366, 768)
        self.shell.show()
        self.shell.window().windowHandle().requestActivate()
        self._elsewhere = ThreadPoolExecutor(1)

    def beside(self, deed: Callable[[], T]) -> T:
        """Run something that is no part of the window, off the GUI thread."""
        found = self._elsewhere.submit(deed).result()
        self.settle()
        return found

    def kept(self, question: Callable[[Work], T]) -> T:
        """Ask the record what it holds."""
        return self.beside(lambda: self.session.read(question))

    def settle(self) -> None:
        """Wait until every answer has come."""
        loop = QEventLoop.ProcessEventsFlag.AllEvents
        for _ in range(4):
            QApplication.processEvents(loop)
            while not self.jobs.idle:
                more = loop | QEventLoop.ProcessEventsFlag.WaitForMoreEvents
                QApplication.processEvents(more, 50)

    def press(self, name: str) -> None:
        """Click the visible button whose name begins so."""
        found = [b for b in self.shell.findChildren(QPushButton) if b.isVisible()]
        next(b for b in found if name_of(b).startswith(name)).click()
        self.settle()

    def key(self, key: Qt.Key) -> None:
        """Press a key where the keyboard is."""
        focused = QApplication.focusWidget()
        assert focused is not None, "nothing has the keyboard"
        QTest.keyClick(focused, key)
        self.settle()

    def focused(self) -> str:
        """Return the name of what has the keyboard."""
        focused = QApplication.focusWidget()
        return name_of(focused) if focused is not None else ""

    def said(self, part: QWidget | None = None) -> str:
        """Return every word in sight on a part of the window, or on all of it."""
        found = (part or self.shell).findChildren(QLabel)
        return "\n".join(made.text() for made in found if made.text() and made.isVisible())

    def close(self) -> None:
        """Wait for everything, then take the window away."""
        self.settle()
        self.shell.close()
        self.jobs.finish()
        self._elsewhere.shutdown()
        self.shell.deleteLater()
        QApplication.processEvents()


def name_of(widget: Any) -> str:
    """Return what a widget is called aloud."""
    return str(widget.accessibleName() or getattr(widget, "text", str)()).replace("&", "").strip()


@contextmanager
def field_window(session: Session, theme: Theme) -> Iterator[FieldWindow]:
    """Give a window that fails a test when the GUI thread opens a connection of the vault."""
    real = Vault._connection

    def connection(self: Vault, begin: str) -> Any:
        if threading.current_thread() is threading.main_thread():
            raise AssertionError("the GUI thread runs SQL")
        return real(self, begin)

    made = FieldWindow(session, theme)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Vault, "_connection", connection)
        try:
            yield made
        finally:
            made.close()


def take_in(work: Work) -> str:
    """Take Rosa in."""
    person = work.add(Patient(given_name="Rosa", family_name="Alvarez"))
    work.add(Assignment(case_id=person.id, user_id=work.actor.user_id, role="case_manager"))
    return person.id


def write_differently(field: Fieldwork, ana: Session, ben: Session) -> tuple[str, str]:
    """Let Ana and Ben write what stands in the way of Rosa's goal; return her case and the goal."""
    case_id = ana.act(take_in, "test")
    goal_id = ana.act(
        lambda w: w.add(Goal(case_id=case_id, own_words="Walk to church", barrier=BASE)).id, "test"
    )
    ana.sync_now()
    field.assign("ben", case_id)
    ben.sync_now()
    write_again(ana, ben, goal_id, barrier=(ANAS, BENS))
    return case_id, goal_id


def write_again(ana: Session, ben: Session, goal_id: str, **fields: tuple[Any, Any]) -> None:
    """Let both write fields of a goal before either sees the other's; Ana's come first."""
    for number, session in enumerate((ana, ben)):
        said = {name: pair[number] for name, pair in fields.items()}
        session.act(lambda w, said=said: w.change(w.get(Goal, goal_id), **said), "test")
    for session in (ana, ben, ana):
        session.sync_now()
