"""The rail: its pages, the numbers beside them, who works here, and sync in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from casefield.gui.rail import Rail, RailButton
from casefield.gui.theme.theme import Theme
from casefield.sync.state import Phase, SyncState
from tests.gui.hands import Hands

NOW = datetime(2026, 11, 13, 16, 32, tzinfo=UTC)
THEN = datetime(2026, 11, 12, 18, 5, tzinfo=UTC)
ZONE = "America/New_York"


@pytest.fixture
def rail(qtbot: QtBot, theme: Theme) -> Rail:
    """Return Ana's rail."""
    made = Rail(theme, "Ana Alvarez, RN")
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize(
    ("state", "head", "body"),
    [
        (
            SyncState(Phase.ALONE),
            "Working alone",
            "Not enrolled: nothing leaves this laptop.",
        ),
        (
            SyncState(Phase.ALONE, waiting=1),
            "Working alone",
            "1 change waits on this laptop.\nNot enrolled: nothing leaves this laptop.",
        ),
        (SyncState(Phase.WAITING), "Not synced yet", ""),
        (
            SyncState(Phase.SYNCING, waiting=3),
            "Syncing …",
            "3 changes wait on this laptop.",
        ),
        (
            SyncState(Phase.ONLINE, last_synced=NOW),
            "At headquarters",
            "Nothing waits here.\nLast synced today 11:32.",
        ),
        (
            SyncState(Phase.ONLINE, waiting=2, last_synced=NOW),
            "Online",
            "2 changes wait on this laptop.\nLast synced today 11:32.",
        ),
        (
            SyncState(Phase.OFFLINE, waiting=14, last_synced=THEN),
            "Offline",
            "14 changes wait on this laptop.\nLast synced 12 Nov 13:05.",
        ),
        (
            SyncState(Phase.STOPPED, waiting=2, refused=2),
            "Sync stopped",
            "2 need a look.\n2 changes wait on this laptop.",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_sync_is_told_in_words(rail: Rail, state: SyncState, head: str, body: str) -> None:
    rail.sync.tell(state, NOW, ZONE)
    assert rail.sync.head.text() == head
    assert rail.sync.body.text() == body
    assert rail.sync.body.isVisible() == bool(body)
    assert rail.sync.accessibleName().startswith(f"{head}. {body[:10]}")


def test_every_phase_has_an_icon_of_its_own_meaning(rail: Rail) -> None:
    """Colour and words alone are not enough: nobody confuses offline with headquarters."""
    shown = {}
    for phase in Phase:
        rail.sync.tell(SyncState(phase), NOW, ZONE)
        shown[phase] = rail.sync._icon._name
    assert shown[Phase.OFFLINE] != shown[Phase.ONLINE] != shown[Phase.STOPPED]


def test_headquarters_sentence_is_the_tip(rail: Rail) -> None:
    rail.sync.tell(SyncState(Phase.STOPPED, message="This laptop was revoked."), NOW, ZONE)
    assert rail.sync.toolTip() == "This laptop was revoked."


@pytest.mark.parametrize(("number", "shown"), [(0, ""), (1, "1"), (99, "99"), (100, "99+")])
def test_numbers_beside_a_page(rail: Rail, number: int, shown: str) -> None:
    made = rail.buttons["my_day"]
    made.count(number)
    assert made._aside.isVisible() == bool(shown)
    assert not shown or made._aside.text() == shown
    assert made.accessibleName() == (f"My day, {number}" if number else "My day")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Bo Lin", "Bo Lin"),
        ("Ana Alvarez, RN", "A. Alvarez, RN"),
        ("Maximiliana Featherstonehaugh-Cholmondeley", "M. Featherst"),
    ],
)
def test_a_long_name_gives_way_without_being_cut_in_the_middle_of_a_family(
    rail: Rail, name: str, shown: str
) -> None:
    rail.name(name)
    assert rail.person.text().strip().startswith(shown)
    assert rail.person.toolTip() == name
    assert name in rail.person.accessibleName()


def test_whose_laptop_it_is_offers_the_colours(rail: Rail, theme: Theme) -> None:
    actions = {action.text(): action for action in rail._choices.actions()}
    assert list(actions) == ["Colours as the system", "Light", "Dark"]
    assert actions["Light"].isChecked()
    actions["Dark"].trigger()
    assert theme.choice == "dark"


def test_it_shows_pages_that_exist_and_no_other(ana: Hands) -> None:
    """A button that leads nowhere is worse than none."""
    shell = ana.shell
    seen = []
    for name, made in shell.rail.buttons.items():
        made.click()
        ana.settle()
        assert shell.place().page == name
        assert made.isChecked()
        seen.append(shell._stack.currentWidget())
    assert len(set(map(id, seen))) == len(shell.rail.buttons) == 2
    offered = [made for made in shell.rail.findChildren(RailButton) if made.isCheckable()]
    assert set(offered) == set(shell.rail.buttons.values())


def test_the_keys_on_the_rail_do_what_they_say(ana: Hands) -> None:
    for digit, page in ((Qt.Key.Key_2, "caseload"), (Qt.Key.Key_1, "my_day")):
        ana.key(digit, Qt.KeyboardModifier.ControlModifier)
        assert ana.shell.place().page == page
