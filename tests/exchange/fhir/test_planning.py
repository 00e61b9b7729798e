"""CarePlan and Goal as others write them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from casefield.exchange.fhir.datatypes import Misshapen
from casefield.exchange.fhir.planning import care_plan, goal


def test_a_plan_is_called_by_its_title_and_tells_its_activities() -> None:
    found = care_plan(
        {
            "resourceType": "CarePlan",
            "status": "active",
            "title": "After the heart attack",
            "category": [{"coding": [{"code": "assess-plan"}]}, {"text": "Cardiac rehabilitation"}],
            "period": {"start": "2026-11-10T10:40:00-05:00", "end": "2027-02"},
            "activity": [
                {"detail": {"code": {"text": "Walk daily"}}},
                {"reference": {"reference": "Task/1"}},
                {"detail": {"code": {"coding": [{"display": "Low salt"}]}}},
            ],
            "addresses": [{"reference": "Condition/c1"}],
        }
    )
    assert (found.title, found.status) == ("After the heart attack", "active")
    assert found.category == "assess-plan, Cardiac rehabilitation"
    assert found.summary == "Walk daily\nLow salt"
    assert (found.started_on, found.ended_on) == (date(2026, 11, 10), None)
    assert found.addresses == [{"reference": "Condition/c1"}]


def test_a_plan_without_a_title_is_called_by_its_last_category() -> None:
    plan = {"category": [{"text": "Plan"}, {"text": "Diabetes self management"}]}
    assert care_plan(plan).title == "Diabetes self management"
    assert care_plan({}).title is None
    assert care_plan({}).status == "unknown"
    assert care_plan(plan | {"description": "In her words"}).summary == "In her words"


def test_a_goal_with_its_target() -> None:
    found = goal(
        {
            "description": {"text": "Walk to church"},
            "lifecycleStatus": "active",
            "achievementStatus": {"coding": [{"code": "in-progress"}]},
            "target": [
                {
                    "measure": {"text": "Distance"},
                    "detailQuantity": {"value": 400, "unit": "m"},
                    "dueDate": "2027-01-31",
                }
            ],
        }
    )
    assert (found.description, found.status) == ("Walk to church", "active")
    assert found.achievement == "in-progress"
    assert (found.target_measure, found.target_value, found.target_unit) == ("Distance", 400, "m")
    assert found.due_on == date(2027, 1, 31)


@pytest.mark.parametrize("due", [None, "2027", "2027-01"])
def test_a_goal_due_some_time_that_year_has_no_day(due: str | None) -> None:
    found = goal({"description": {"text": "Walk"}, "target": [{"dueDate": due}]})
    assert found.due_on is None


@pytest.mark.parametrize(
    ("resource", "words"),
    [
        ({}, "description has neither code nor text"),
        ({"description": {"text": "Walk"}, "target": [{"dueDate": "soon"}]}, "not a FHIR date"),
    ],
)
def test_a_goal_that_says_nothing_is_misshapen(resource: dict[str, Any], words: str) -> None:
    with pytest.raises(Misshapen, match=words):
        goal(resource)
