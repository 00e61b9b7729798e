"""An asking from the first key to the signature, with what an answer demands at once."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from casefield.care import assess
from casefield.care.views import AssessmentForm
from casefield.demo.stage import PASSPHRASE
from casefield.gui.patient.assessment_page import AssessmentPage
from casefield.gui.patient.assessments import AssessmentsTab
from casefield.gui.patient.safety_alert import SafetyAlert
from casefield.gui.widgets.asking import ReasonPanel, SurePanel
from casefield.gui.widgets.sign_panel import SignPanel
from tests.gui.hands import Hands, buttons, texts

ROSA, DANA = "rosa-medina", "dana-whitfield"
MILD = "112110000"
FUNCTION = "1"  # the tenth asks how hard the first nine make it, by place and without points


def ask(ana: Hands, title: str = "Ask PHQ-9", who: str = ROSA) -> AssessmentPage:
    """Begin an instrument; return the page of the asking."""
    tab: AssessmentsTab = ana.person(who, "assessments")
    ana.press(title, tab)
    assert tab.page is not None
    return tab.page


def kept(ana: Hands, page: AssessmentPage) -> AssessmentForm:
    """Return the asking as the record has it."""
    return ana.kept(lambda work: assess.open_assessment(work, page._id))


def answer(ana: Hands, digits: str) -> None:
    """Answer from where the keyboard is: a digit, then Tab."""
    for digit in digits:
        ana.type(digit)
        ana.settle()
        ana.key(Qt.Key.Key_Tab)


def alerts(page: AssessmentPage) -> list[SafetyAlert]:
    """Return the safety findings in sight."""
    return [alert for alert in page.findChildren(SafetyAlert) if alert.isVisible()]


def sign(ana: Hands, page: AssessmentPage, passphrase: str) -> SignPanel | None:
    """Review and sign with a passphrase; return the panel where it is there still."""
    if not isinstance(page.panel, SignPanel):
        ana.press("Review and sign", page)
    assert isinstance(page.panel, SignPanel)
    page.panel.field.setText(passphrase)
    ana.key(Qt.Key.Key_Return)
    panel: SignPanel | None = page.panel
    return panel


def name(ana: Hands) -> str:
    """Return what has the keyboard, by its name."""
    focused = QApplication.focusWidget()
    assert focused is not None
    return str(focused.accessibleName() or focused.property("text") or "").replace("&", "")


def test_it_is_answered_scored_and_signed_with_the_keyboard_alone(ana: Hands) -> None:
    page = ask(ana)
    assert QApplication.focusWidget() is next(iter(page.bars.values()))
    answer(ana, MILD + FUNCTION)
    assert {bar.code() is not None for bar in page.bars.values()} == {True}
    view = kept(ana, page).view
    assert (view.score, view.band, view.answered) == (6, "mild", 9)
    assert "6" in texts(page)
    while name(ana) != "Review and sign":
        ana.key(Qt.Key.Key_Tab)
    ana.key(Qt.Key.Key_Space)
    assert isinstance(page.panel, SignPanel)
    assert "PHQ-9: 6 Mild, 9 of 9 answered" in " ".join(texts(page.panel))
    ana.type(PASSPHRASE)
    ana.key(Qt.Key.Key_Return)
    assert kept(ana, page).view.signed_at is not None
    assert page.panel is None


def test_each_answer_is_kept_as_it_is_given(ana: Hands) -> None:
    page = ask(ana)
    ana.type("2")
    ana.settle()
    assert kept(ana, page).view.answered == 1
    ana.key(Qt.Key.Key_Delete)
    assert kept(ana, page).view.answered == 0
    ana.key(Qt.Key.Key_Right)
    assert kept(ana, page).view.answered == 1


def test_signed_it_never_changes_again(ana: Hands) -> None:
    page = ask(ana)
    answer(ana, MILD + FUNCTION)
    assert sign(ana, page, PASSPHRASE) is None
    before = kept(ana, page)
    for bar in page.bars.values():
        bar.setFocus()
        ana.type("3")
        ana.key(Qt.Key.Key_Delete)
        for made in bar._buttons.values():
            assert made.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    assert kept(ana, page) == before
    assert "signed" in texts(page)
    for gone in ("Review and sign", "Discard", "Couldn’t ask …", "Leave as draft"):
        assert gone not in buttons(page)


def test_a_wrong_passphrase_signs_nothing(ana: Hands) -> None:
    page = ask(ana)
    answer(ana, MILD + FUNCTION)
    panel = sign(ana, page, "not this one")
    assert panel is not None
    assert panel.complaint() == "That is not the passphrase. Nothing is signed."
    assert QApplication.focusWidget() is panel.field
    assert panel.field.text() == ""
    assert kept(ana, page).view.signed_at is None
    assert sign(ana, page, PASSPHRASE) is None
    assert kept(ana, page).view.signed_at is not None


def test_an_empty_passphrase_is_not_tried(ana: Hands) -> None:
    page = ask(ana)
    answer(ana, MILD + FUNCTION)
    panel = sign(ana, page, "")
    assert panel is not None
    assert panel.complaint() == "Type the passphrase you unlock casefield with."
    ana.key(Qt.Key.Key_Escape)
    assert page.panel is None
    assert "Review and sign" in buttons(page)


def test_open_questions_are_counted_and_the_first_has_the_keyboard(ana: Hands) -> None:
    page = ask(ana)
    answer(ana, "11")
    ana.press("Review and sign", page)
    assert page.complaint.isVisible()
    assert page.complaint.text().startswith("7 questions have no answer yet.")
    assert QApplication.focusWidget() is list(page.bars.values())[2]
    assert page.panel is None


class TestSafety:
    """Item 9 is met at once, stays in sight, and nothing but meeting it takes it away."""

    def test_it_appears_with_the_answer_and_cannot_be_dismissed(self, ana: Hands) -> None:
        page = ask(ana)
        answer(ana, "000000001")
        (alert,) = alerts(page)
        assert not alert.visibleRegion().isEmpty()
        assert buttons(alert) == ["Write why not …", "Begin safety questions"]
        for _ in range(3):
            ana.key(Qt.Key.Key_Escape)
        assert alerts(page) != []
        ana.window.resize(1024, 600)
        page.bars[next(iter(page.bars))].setFocus()  # the first row, scrolled to the top
        ana.settle()
        assert not alerts(page)[0].visibleRegion().isEmpty()

    def test_it_is_there_again_when_one_comes_back(self, ana: Hands) -> None:
        page = ask(ana)
        answer(ana, "000000002")
        ana.press("Leave as draft", page)
        tab = ana.shell.workspace.tabs["assessments"]
        assert isinstance(tab, AssessmentsTab)
        ana.press("Go on", tab)
        assert tab.page is not None
        assert len(alerts(tab.page)) == 1

    def test_it_stands_between_the_worker_and_the_signature(self, ana: Hands) -> None:
        page = ask(ana)
        answer(ana, "000000001" + FUNCTION)
        ana.press("Review and sign", page)
        assert page.panel is None
        assert page.complaint.text().startswith("Not yet: ")

    def test_it_is_read_aloud_at_once(self, ana: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
        said = []
        hear = lambda alert: said.append(alert.accessibleName())  # noqa: E731
        monkeypatch.setattr(SafetyAlert, "announce", hear)
        page = ask(ana)
        answer(ana, "000000001")
        assert len(said) == 1
        assert alerts(page)[0].accessibleName() == said[0] != ""

    def test_the_answer_itself_is_marked(self, ana: Hands) -> None:
        page = ask(ana)
        answer(ana, "000000001")
        states = [frame.property("state") or "" for frame in page.rows._frames.values()]
        assert states.count("alarm") == 1
        assert page.rows._frames[list(page.bars)[8]].property("state") == "alarm"

    def test_a_reason_meets_it_and_an_empty_one_does_not(self, ana: Hands) -> None:
        page = ask(ana)
        answer(ana, "000000001" + FUNCTION)
        ana.press("Write why not …", page)
        assert isinstance(page.panel, ReasonPanel)
        ana.key(Qt.Key.Key_Return)
        assert isinstance(page.panel, ReasonPanel), "an empty reason is none"
        ana.type("Her sister stays the night; crisis line called together")
        ana.key(Qt.Key.Key_Return)
        assert page.panel is None
        assert any("Her sister stays the night" in text for text in texts(alerts(page)[0]))
        assert sign(ana, page, PASSPHRASE) is None
        assert kept(ana, page).view.signed_at is not None

    def test_the_safety_questions_begin_in_the_same_session(self, ana: Hands) -> None:
        page = ask(ana)
        answer(ana, "000000001" + FUNCTION)
        session = kept(ana, page).view.session
        ana.press("Begin safety questions", page)
        tab = ana.shell.workspace.tabs["assessments"]
        assert isinstance(tab, AssessmentsTab)
        asking = tab.page
        assert asking is not None
        assert asking is not page
        view = kept(ana, asking).view
        assert "C-SSRS" in view.title
        assert view.session == session
        assert QApplication.focusWidget() is next(iter(asking.bars.values()))

    def test_taken_back_the_answer_takes_the_alert_with_it(self, ana: Hands) -> None:
        page = ask(ana)
        answer(ana, "00000000")
        ana.type("1")
        ana.settle()
        assert alerts(page)
        ana.type("0")
        ana.settle()
        assert alerts(page) == []


def test_why_somebody_could_not_be_asked_is_kept_instead_of_answers(ana: Hands) -> None:
    page = ask(ana)
    ana.press("Couldn’t ask …", page)
    ana.type("Asleep after dialysis")
    ana.key(Qt.Key.Key_Return)
    assert kept(ana, page).view.unable_reason == "Asleep after dialysis"
    assert any("Could not be asked: Asleep after dialysis" in text for text in texts(page))
    assert sign(ana, page, PASSPHRASE) is None


def test_declined_is_an_answer(ana: Hands) -> None:
    page = ask(ana)
    first = next(iter(page.bars.values()))
    first.menu().actions()[0].trigger()
    ana.settle()
    assert first.accessibleDescription() == "Did not want to answer"
    assert kept(ana, page).view.answered == 1


def test_discarding_asks_first_and_the_way_back_has_the_keyboard(ana: Hands) -> None:
    page = ask(ana)
    answer(ana, "1")
    ana.press("Discard", page)
    assert isinstance(page.panel, SurePanel)
    ana.key(Qt.Key.Key_Return)
    ana.key(Qt.Key.Key_Escape)
    assert page.panel is None
    ana.press("Discard", page)
    panel = page.panel
    assert isinstance(panel, SurePanel)
    panel.act.click()
    ana.settle()
    tab = ana.shell.workspace.tabs["assessments"]
    assert isinstance(tab, AssessmentsTab)
    assert tab.page is None
    assert "Nothing asked yet" in texts(tab)


def test_what_was_answered_last_time_stands_beside(ana: Hands) -> None:
    page = ask(ana, who=DANA)
    assert any(text.startswith("was ") for text in texts(page.rows))


def test_the_list_shows_scores_and_more_on_demand(ana: Hands) -> None:
    tab: AssessmentsTab = ana.person(DANA, "assessments")
    number = len(tab._found.assessments) if tab._found else 0
    assert number > 5
    assert {"3", "8", "18"} <= set(texts(tab))
    opens = [made for made in buttons(tab) if made.startswith("Open: PHQ-9")]
    assert len(opens) == len(set(opens)), "every button says which one it opens"


def test_nothing_asked_yet_says_how_to_begin(ana: Hands) -> None:
    tab = ana.person(ROSA, "assessments")
    said = " ".join(texts(tab))
    assert "Nothing asked yet" in said
    assert "every answer is saved as you give it" in said
    assert [made for made in buttons(tab) if made.startswith("Ask ")] == [
        "Ask C-SSRS screener",
        "Ask GAD-7",
        "Ask PHQ-2",
        "Ask PHQ-9",
    ]


def test_another_person_is_never_shown_ones_asking(ana: Hands) -> None:
    ask(ana)
    tab = ana.person(DANA, "assessments")
    assert tab.page is None
