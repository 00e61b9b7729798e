"""The care plan: add, edit and complete where things stand, by hand and by keyboard."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from casefield.care import plan
from casefield.care.views import ActivityView, CarePlanView, GoalView
from casefield.gui.patient.care_plan import CarePlanTab
from casefield.gui.patient.goal_editors import GoalEditor, GoalOutcomeEditor
from casefield.gui.patient.plan_editors import ActivityEditor, ProblemEditor, ReviewEditor
from casefield.gui.widgets.choices import Tick
from tests.gui.hands import Hands, button, buttons, texts

ROSA, MARY, LUIS = "rosa-medina", "mary-okafor", "luis-ortega"


def open_plan(ana: Hands, who: str = MARY) -> CarePlanTab:
    """Open a person's care plan."""
    tab: CarePlanTab = ana.person(who, "care_plan")
    return tab


def kept(ana: Hands, who: str = MARY) -> CarePlanView:
    """Return the plan as the record has it."""
    now = ana.session.clock.now()
    return ana.kept(lambda work: plan.care_plan(work, ana.cases[who], now))


def goal_of(ana: Hands, who: str = MARY) -> GoalView:
    """Return the first goal of a plan."""
    return kept(ana, who).goals[0]


def activity_of(ana: Hands, who: str) -> ActivityView:
    """Return the first activity of the first goal."""
    return goal_of(ana, who).activities[0]


def keyboard() -> str:
    """Return the name of what has the keyboard."""
    focused = QApplication.focusWidget()
    assert focused is not None
    return focused.accessibleName() or (
        focused.text().replace("&", "").strip() if isinstance(focused, QPushButton) else ""
    )


class TestProblem:
    def test_added_in_ones_own_words(self, ana: Hands) -> None:
        tab = open_plan(ana)
        ana.press("Add problem", tab)
        assert isinstance(tab.editor, ProblemEditor)
        assert QApplication.focusWidget() is tab.editor.words.line
        ana.type("Cannot pay for the inhaler")
        ana.key(Qt.Key.Key_Return)
        assert tab.editor is None
        assert [p.display for p in kept(ana).problems] == ["Cannot pay for the inhaler"]
        assert "Cannot pay for the inhaler" in texts(tab)
        assert keyboard() == "Add problem"

    def test_an_empty_one_is_not_added_and_says_why(self, ana: Hands) -> None:
        tab = open_plan(ana)
        ana.press("Add problem", tab)
        ana.key(Qt.Key.Key_Return)
        assert tab.editor is not None
        assert tab.editor.words.line.accessibleDescription()
        assert kept(ana).problems == ()

    def test_changed_and_resolved(self, ana: Hands) -> None:
        tab = open_plan(ana, ROSA)
        before = kept(ana, ROSA).problems[0].display
        ana.press(f"Edit: {before}", tab)
        assert isinstance(tab.editor, ProblemEditor)
        assert tab.editor.words.text() == before
        tab.editor.words.line.setText("Weight goes up overnight")
        ana.press("Save problem", tab)
        assert kept(ana, ROSA).problems[0].display == "Weight goes up overnight"
        ana.press("Resolved: Weight goes up overnight", tab)
        assert kept(ana, ROSA).problems[0].clinical_status != "active"
        assert "resolved" in texts(tab)

    def test_a_goal_for_it_begins_at_it(self, ana: Hands) -> None:
        tab = open_plan(ana, ROSA)
        problem = kept(ana, ROSA).problems[0]
        ana.press(f"Add goal: {problem.display}", tab)
        assert isinstance(tab.editor, GoalEditor)
        ana.type("Climb the stairs at home")
        ana.press("Save goal", tab)
        made = next(g for g in kept(ana, ROSA).goals if g.own_words == "Climb the stairs at home")
        assert made.condition_id == problem.condition_id


class TestGoal:
    def test_added_with_what_measures_it(self, ana: Hands) -> None:
        tab = open_plan(ana)
        ana.press("Add goal", tab)
        assert isinstance(tab.editor, GoalEditor)
        ana.type("Sleep through the night")
        for field, text in (
            (tab.editor.description, "Seven hours without waking"),
            (tab.editor.measure, "hours asleep"),
            (tab.editor.unit, "h"),
            (tab.editor.start, "3,5"),
            (tab.editor.target, "7"),
        ):
            field.line.setText(text)
        ana.press("Save goal", tab)
        goal = goal_of(ana)
        assert goal.own_words == "Sleep through the night"
        assert goal.description == "Seven hours without waking"
        assert (goal.baseline_value, goal.target_value, goal.target_unit) == (3.5, 7, "h")
        assert any("Sleep through the night" in text for text in texts(tab))

    def test_a_number_that_is_none_is_named_where_it_stands(self, ana: Hands) -> None:
        tab = open_plan(ana)
        ana.press("Add goal", tab)
        assert isinstance(tab.editor, GoalEditor)
        ana.type("Sleep")
        tab.editor.target.line.setText("seven")
        ana.press("Save goal", tab)
        assert tab.editor is not None
        assert tab.editor.target.line.accessibleDescription() == "“seven” is no number."
        assert kept(ana).goals == ()

    @pytest.mark.parametrize("text", ["nan", "inf", "-inf"])
    def test_no_number_can_be_smuggled_in(self, ana: Hands, text: str) -> None:
        tab = open_plan(ana)
        ana.press("Add goal", tab)
        assert isinstance(tab.editor, GoalEditor)
        ana.type("Sleep")
        tab.editor.start.line.setText(text)
        ana.press("Save goal", tab)
        assert tab.editor is not None
        assert "is no number" in tab.editor.start.line.accessibleDescription()

    def test_edited_only_what_was_changed_is_said(self, ana: Hands) -> None:
        tab = open_plan(ana, LUIS)
        before = goal_of(ana, LUIS)
        ana.press(f"Edit: {before.own_words}", tab)
        assert isinstance(tab.editor, GoalEditor)
        tab.editor.barrier.line.setText("Two pharmacies")
        ana.press("Save goal", tab)
        after = goal_of(ana, LUIS)
        assert after.barrier == "Two pharmacies"
        assert (after.own_words, after.due_on, after.progress) == (
            before.own_words,
            before.due_on,
            before.progress,
        )
        assert "In the way: Two pharmacies" in texts(tab)

    @pytest.mark.parametrize(("reached", "chip"), [(True, "reached"), (False, "closed")])
    def test_closed_with_what_came_of_it(self, ana: Hands, reached: bool, chip: str) -> None:
        tab = open_plan(ana, LUIS)
        ana.press(f"Close goal …: {goal_of(ana, LUIS).own_words}", tab)
        assert isinstance(tab.editor, GoalOutcomeEditor)
        ana.type("One list on the fridge")
        tab.editor.achieved.setChecked(reached)
        ana.press("Close the goal", tab)
        goal = goal_of(ana, LUIS)
        assert goal.outcome == "One list on the fridge"
        assert (goal.status == "completed") is reached
        assert chip in texts(tab)
        assert not any(made.startswith("Close goal") for made in buttons(tab))


class TestActivity:
    def test_added_to_a_goal(self, ana: Hands) -> None:
        tab = open_plan(ana, LUIS)
        ana.press(f"Add activity: {goal_of(ana, LUIS).own_words}", tab)
        assert isinstance(tab.editor, ActivityEditor)
        ana.type("Call both pharmacies")
        tab.editor.often.line.setText("once")
        tab.editor.due.choice.set_value(date(2026, 11, 20))
        ana.press("Save activity", tab)
        made = next(
            a for a in goal_of(ana, LUIS).activities if a.description == "Call both pharmacies"
        )
        assert (made.frequency, made.due_on) == ("once", date(2026, 11, 20))
        assert made.owner == "Ana Alvarez, RN", "nobody named: who wrote it"

    def test_ticked_it_is_done_and_unticked_open_again(self, ana: Hands) -> None:
        tab = open_plan(ana, LUIS)
        before = activity_of(ana, LUIS)
        for wanted in (before.status != "completed", before.status == "completed"):
            tick = next(
                made
                for made in tab.findChildren(Tick)
                if made.accessibleName() == f"Done: {before.description}"
            )
            tick.setFocus()
            ana.key(Qt.Key.Key_Space)
            assert (activity_of(ana, LUIS).status == "completed") is wanted
            assert keyboard() == f"Done: {before.description}", "the keyboard stays at its line"

    def test_edited(self, ana: Hands) -> None:
        tab = open_plan(ana, LUIS)
        before = activity_of(ana, LUIS)
        ana.press(f"Edit: {before.description}", tab)
        assert isinstance(tab.editor, ActivityEditor)
        tab.editor.outcome.line.setText("Both called back")
        ana.press("Save activity", tab)
        assert activity_of(ana, LUIS).outcome == "Both called back"

    def test_one_without_a_goal_stands_by_itself(self, ana: Hands) -> None:
        tab = open_plan(ana)
        ana.press("Add activity", tab)
        ana.type("Order the walker")
        ana.key(Qt.Key.Key_Return)
        assert [a.description for a in kept(ana).activities] == ["Order the walker"]
        assert "Also to be done" in texts(tab)


def test_the_day_of_the_review_is_changed(ana: Hands) -> None:
    tab = open_plan(ana, LUIS)
    ana.press("Change the day", tab)
    assert isinstance(tab.editor, ReviewEditor)
    tab.editor.day.choice.set_value(date(2026, 12, 1))
    ana.press("Save the day", tab)
    assert kept(ana, LUIS).review_on == date(2026, 12, 1)


def test_escape_gives_a_form_up_and_the_keyboard_back(ana: Hands) -> None:
    tab = open_plan(ana, LUIS)
    words = goal_of(ana, LUIS).own_words
    button(tab, f"Edit: {words}").setFocus()
    ana.key(Qt.Key.Key_Space)
    ana.type("not this")
    ana.key(Qt.Key.Key_Escape)
    assert tab.editor is None
    assert goal_of(ana, LUIS).own_words == words
    assert keyboard() == f"Edit: {words}"


def test_what_is_typed_is_saved_when_one_goes_elsewhere(ana: Hands) -> None:
    tab = open_plan(ana)
    ana.press("Add goal", tab)
    ana.type("See the sea once more")
    ana.shell.rail.buttons["my_day"].click()
    ana.settle()
    assert [goal.own_words for goal in kept(ana).goals] == ["See the sea once more"]


def test_a_form_opened_and_left_untouched_makes_nothing(ana: Hands) -> None:
    tab = open_plan(ana)
    ana.press("Add goal", tab)
    ana.press("Add problem", tab)
    ana.shell.rail.buttons["my_day"].click()
    ana.settle()
    assert kept(ana).goals == kept(ana).problems == ()


def test_a_change_from_elsewhere_leaves_the_open_form_as_it_is(ana: Hands) -> None:
    tab = open_plan(ana, LUIS)
    ana.press("Add goal", tab)
    ana.type("Walk the d")
    assert isinstance(tab.editor, GoalEditor)
    form = tab.editor
    ana.does(lambda work: plan.add_problem(work, ana.cases[LUIS], "Two pharmacies"))
    assert "Two pharmacies" in texts(tab)
    assert tab.editor is form
    assert QApplication.focusWidget() is form.words.line
    ana.type("og")
    assert form.words.text() == "Walk the dog"


def test_saving_twice_makes_one(ana: Hands) -> None:
    tab = open_plan(ana)
    ana.press("Add goal", tab)
    ana.type("Only once")
    assert tab.editor is not None
    for _ in range(3):
        tab.editor.save()
    ana.settle()
    assert len(kept(ana).goals) == 1


def test_an_empty_plan_says_how_to_begin(ana: Hands) -> None:
    tab = open_plan(ana)
    said = " ".join(texts(tab))
    assert "No goals yet" in said
    assert "in their own words" in said
    assert "What troubles the person" in said
    ana.press("Add the first goal", tab)
    assert isinstance(tab.editor, GoalEditor)


def test_the_first_goal_can_be_begun_from_the_summary(ana: Hands) -> None:
    summary = ana.person(MARY)
    ana.press("Write the first goal", summary)
    assert ana.shell.place().tab == "care_plan"
    editor = ana.shell.workspace.tabs["care_plan"].editor
    assert isinstance(editor, GoalEditor)
    assert QApplication.focusWidget() is editor.words.line
