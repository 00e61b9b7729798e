"""Every page in every state: all of it within reach of the keyboard, named, and said in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QTabBar,
    QWidget,
)

from casefield.care import worklist
from casefield.gui.overlay import Overlay
from casefield.gui.patient.header import Header
from casefield.gui.shell import Place
from casefield.gui.widgets.answer_bar import AnswerBar
from casefield.gui.window import MainWindow
from tests.gui.hands import Hands, button, settle, texts

ROSA, DANA, MARY, SAMUEL = "rosa-medina", "dana-whitfield", "mary-okafor", "samuel-adeyemi"
CONTROLS = (
    QAbstractButton,
    QLineEdit,
    QPlainTextEdit,
    QComboBox,
    QAbstractSpinBox,
    QAbstractItemView,
    QTabBar,
)
WHOLES = (AnswerBar, QComboBox, QAbstractSpinBox, QAbstractItemView, QLineEdit, QTabBar)
MOST_STOPS = 160
Scene = Callable[[Hands], object]


def _my_day(hands: Hands) -> None:
    hands.shell.rail.buttons["my_day"].click()


def _call(hands: Hands) -> None:
    page = hands.shell.my_day
    page._do_row(next(row for row in page.model.rows if row.item.kind == "call"))


def _outcome(hands: Hands) -> None:
    page = hands.shell.my_day
    page._do_row(next(row for row in page.model.rows if row.item.kind == "reconcile"))


def _only_later(hands: Hands) -> None:
    now = hands.session.clock.now()
    day = hands.kept(lambda work: worklist.worklist(work, now))
    hands.shell.my_day._show(replace(day, items=()))


def _caseload(hands: Hands) -> None:
    hands.shell.rail.buttons["caseload"].click()


def _nobody_fits(hands: Hands) -> None:
    _caseload(hands)
    hands.settle()
    hands.shell.caseload.typed.setText("zebra")


def _import(hands: Hands) -> None:
    _caseload(hands)
    hands.shell.caseload.take_in([Path("/nowhere/people.json")])


def _find(hands: Hands) -> None:
    hands.shell.finder.open()
    hands.shell.finder.field.setText("me")


def _find_nobody(hands: Hands) -> None:
    hands.shell.finder.open()
    hands.shell.finder.field.setText("zebra")


def _sync(hands: Hands) -> None:
    hands.shell.go(Place("sync"))


def _enrol(hands: Hands) -> None:
    _sync(hands)
    hands.settle()
    hands.press("Enrol this laptop", hands.shell.sync)


def _tab(who: str, tab: str, *presses: str) -> Scene:
    def scene(hands: Hands) -> None:
        page = hands.person(who, tab)
        for text in presses:
            hands.press(text, page)

    return scene


def _discharge(hands: Hands) -> None:
    hands.person(DANA)
    hands.press("Record discharge", hands.shell.workspace)


def _note(hands: Hands) -> None:
    hands.person(DANA, "notes", ("new", "phone"))
    hands.type("Words")


def _signing(hands: Hands) -> None:
    _note(hands)
    hands.press("Review and sign", hands.shell.workspace)


def _discarding(hands: Hands) -> None:
    _note(hands)
    hands.press("Discard draft", hands.shell.workspace)


def _safety(hands: Hands) -> None:
    _tab(ROSA, "assessments", "Ask PHQ-9")(hands)
    for _ in range(9):
        hands.type("1")
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)


def _said(hands: Hands) -> None:
    hands.shell.said.say("The disk is full. Make room; nothing is lost.")


SCENES: dict[str, Scene] = {
    "my day": _my_day,
    "my day, a call": _call,
    "my day, a task": _outcome,
    "my day, nothing but later": _only_later,
    "caseload": _caseload,
    "caseload, nobody fits": _nobody_fits,
    "caseload, import": _import,
    "finder": _find,
    "finder, nobody": _find_nobody,
    "sync": _sync,
    "sync, enrolling": _enrol,
    "summary": _tab(ROSA, "summary"),
    "summary of somebody new": _tab(MARY, "summary"),
    "discharge": _discharge,
    "assessments": _tab(DANA, "assessments"),
    "assessments, none": _tab(ROSA, "assessments"),
    "asking": _tab(DANA, "assessments", "Ask GAD-7"),
    "asking, safety": _safety,
    "asking, couldn't": _tab(DANA, "assessments", "Ask PHQ-2", "Couldn’t ask …"),
    "asking, signed": _tab(DANA, "assessments", "Open: PHQ-9"),
    "care plan": _tab(ROSA, "care_plan"),
    "care plan, empty": _tab(MARY, "care_plan"),
    "care plan, goal": _tab(ROSA, "care_plan", "Add goal"),
    "care plan, activity": _tab(ROSA, "care_plan", "Add activity"),
    "care plan, problem": _tab(ROSA, "care_plan", "Add problem"),
    "care plan, review": _tab(ROSA, "care_plan", "Change the day"),
    "care plan, closing": _tab(ROSA, "care_plan", "Close goal"),
    "notes, none": _tab(ROSA, "notes"),
    "note": _note,
    "note, signing": _signing,
    "note, discarding": _discarding,
    "note, signed": _tab(SAMUEL, "notes"),
    "note, addendum": _tab(SAMUEL, "notes", "Add an addendum"),
    "something said on top": _said,
}
EMPTY: dict[str, Scene] = {"my day": _my_day, "caseload": _caseload, "sync": _sync}


class Flashes(QObject):
    """Hears of every window that is shown beside the one there is."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep what is shown as a window of its own."""
        if (
            event.type() == QEvent.Type.Show
            and isinstance(watched, QWidget)
            and watched.isWindow()
            and watched is not self._window
            and not isinstance(watched, QMenu)
        ):
            self.seen.append(repr(watched))
        return False


@pytest.fixture
def flashes(ana: Hands) -> Iterator[Flashes]:
    """Return what hears of windows."""
    made = Flashes(ana.window)
    application = QApplication.instance()
    assert application is not None
    application.installEventFilter(made)
    yield made
    application.removeEventFilter(made)


def parts(window: QWidget) -> list[QWidget]:
    """Return everything in a window that does something; a whole stands for its own parts."""
    return [
        made
        for made in window.findChildren(QWidget)
        if isinstance(made, (*CONTROLS, AnswerBar))
        and made.isVisible()
        and made.isEnabled()
        and not _inside_a_whole(made)
        and not made.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    ]


def _inside_a_whole(made: QWidget) -> bool:
    parent = made.parentWidget()
    while parent is not None:
        if isinstance(parent, WHOLES):
            return True
        parent = parent.parentWidget()
    return False


def _one_stop(made: QWidget) -> set[QWidget]:
    """Of buttons of which one is chosen, Tab reaches one; the arrow keys go on from there."""
    group = made.group() if isinstance(made, QAbstractButton) else None
    return set(group.buttons()) if group is not None and group.exclusive() else {made}


def reached(window: QWidget) -> set[QWidget]:
    """Press Tab until it comes round; return what had the keyboard."""
    seen: list[QWidget] = []
    for _ in range(MOST_STOPS):
        focused = QApplication.focusWidget()
        assert focused is not None
        if focused in seen[:-1]:
            return set(seen)
        seen += [focused] if focused not in seen else []  # a day has three stops of its own
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    raise AssertionError("Tab does not come round")


def spoken(made: QWidget) -> str:
    """Return a part's name as a screen reader hears it."""
    interface = QAccessible.queryAccessibleInterface(made)
    return str(interface.text(QAccessible.Text.Name)) if interface else ""


def covered(window: MainWindow) -> QWidget:
    """Return where the keyboard is bound to: a card above the page, else the window."""
    over = [card for card in window.findChildren(Overlay) if card.isVisible()]
    return over[0] if over else window


def check(window: MainWindow) -> None:
    """Fail where a part is out of reach, has no name, or shares its keys with another."""
    where = covered(window)
    found = parts(where)
    assert found
    nameless = [repr(made) for made in found if not spoken(made).strip()]
    assert nameless == []
    if QApplication.focusWidget() is None or not where.isAncestorOf(QApplication.focusWidget()):
        next(made for made in found if made.focusPolicy() & Qt.FocusPolicy.TabFocus).setFocus()
    stops = reached(where)
    missed = [f"{made!r} “{spoken(made)}”" for made in found if not stops & _one_stop(made)]
    assert missed == []
    assert doubled_keys(window) == []
    assert len(primaries(window)) <= 1, [spoken(made) for made in primaries(window)]


def primaries(window: MainWindow) -> list[QPushButton]:
    """Return what presses to the fore, beside the record's own head."""
    return [
        made
        for made in covered(window).findChildren(QPushButton)
        if made.isVisible()
        and made.property("role") == "primary"
        and not any(h.isAncestorOf(made) for h in window.findChildren(Header))
    ]


def doubled_keys(window: MainWindow) -> list[str]:
    """Return keys that two visible parts want: Qt would then choose neither."""
    wanted: Counter[str] = Counter()
    for shortcut in window.findChildren(QShortcut):
        parent = shortcut.parent()
        everywhere = shortcut.context() is Qt.ShortcutContext.WindowShortcut
        if everywhere and isinstance(parent, QWidget) and parent.isVisible():
            wanted[shortcut.key().toString()] += 1
    for made in covered(window).findChildren(QWidget):
        if not made.isVisible() or not isinstance(made, QLabel | QAbstractButton):
            continue
        if isinstance(made, QLabel) and made.buddy() is None:
            continue
        mnemonic = QKeySequence.mnemonic(made.text()).toString()
        if mnemonic:
            wanted[mnemonic] += 1
    return [keys for keys, number in wanted.items() if number > 1]


@pytest.mark.parametrize("name", SCENES)
def test_every_part_is_within_reach_and_named(ana: Hands, flashes: Flashes, name: str) -> None:
    SCENES[name](ana)
    ana.settle()
    check(ana.window)
    assert flashes.seen == [], "a part was a window of its own for a moment"


@pytest.mark.parametrize("name", EMPTY)
def test_a_page_with_nobody_says_so(nobody: Hands, name: str) -> None:
    EMPTY[name](nobody)
    nobody.settle()
    check(nobody.window)
    assert max(len(text) for text in texts(covered(nobody.window))) > 40


def test_the_lock_screen_is_within_reach(open_window: Callable[..., MainWindow]) -> None:
    check(open_window())


@pytest.mark.parametrize("press", [None, "Enrol this laptop", "Work alone for now"])
def test_the_first_run_is_within_reach(
    open_window: Callable[..., MainWindow], tmp_path: Path, press: str | None
) -> None:
    window = open_window(f"{tmp_path}/none")
    if press is not None:
        button(window, press).click()
        settle(window)
    check(window)
