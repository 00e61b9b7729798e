"""The summary: what to know before ringing the bell, and asking what is not known."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QPushButton

from casefield.care import people, stratify
from casefield.gui.patient.ask_button import AskButton
from tests.gui.conftest import MOMENT
from tests.gui.hands import Hands, buttons, name_of, texts

ROSA, DANA, MARY = "rosa-medina", "dana-whitfield", "mary-okafor"


def questions(ana: Hands, who: str) -> list[AskButton]:
    """Return where a question can be asked."""
    tab = ana.person(who)
    return [made for made in tab.findChildren(AskButton) if made.isVisible()]


def test_the_cards_say_what_is_known(ana: Hands) -> None:
    said = texts(ana.person(ROSA))
    for title in ("Conditions", "Medicines", "What is due", "What happened lately"):
        assert title in said
    assert any("walk to Mass on Sundays" in text for text in said)


def test_what_is_not_known_is_not_taken_for_nothing(ana: Hands) -> None:
    said = " ".join(texts(ana.person(MARY)))
    assert "{" not in said
    assert "Not written down yet." in said


def test_a_question_is_asked_where_it_lacks_and_stays_open_after_an_answer(ana: Hands) -> None:
    who = next(who for who in ana.cases if questions(ana, who))
    asking = questions(ana, who)[0]
    assert buttons(asking) == [name_of(asking._link)]
    asking._link.click()
    first = QApplication.focusWidget()
    assert isinstance(first, QPushButton)
    assert asking.isAncestorOf(first)
    today = MOMENT.date()
    before = ana.kept(lambda work: stratify.stratify(work, ana.cases[who], today))
    first.click()
    ana.settle()
    assert ana.kept(lambda work: stratify.stratify(work, ana.cases[who], today)) != before
    now = QApplication.focusWidget()
    assert now is not None
    assert ana.shell.workspace.isAncestorOf(now), "the keyboard stays on the page"


def test_a_change_redraws_only_what_it_changed(ana: Hands) -> None:
    tab = ana.person(ROSA)
    cards = {name: slot.itemAt(0).widget() for name, slot in tab._slots.items() if slot.count()}
    ana.does(lambda work: people.set_english_proficiency(work, ana.cases[ROSA], "not_at_all"))
    again = {name: slot.itemAt(0).widget() for name, slot in tab._slots.items() if slot.count()}
    assert again["medicines"] is cards["medicines"]
    assert again["wants"] is cards["wants"]


def test_it_is_empty_when_it_is_put_away(ana: Hands) -> None:
    tab = ana.person(ROSA)
    tab.forget()
    assert texts(tab) == []
