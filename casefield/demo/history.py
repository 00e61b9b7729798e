"""What the demo's workers did before today, done through care at the moment it happened."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from casefield.care import assess, notes, people, plan, stratify, transition, worklist
from casefield.care.transition import OPEN
from casefield.demo.bundle import bundle
from casefield.demo.cast import Asked, Call, Met, Person, Todo, Wish
from casefield.demo.moments import Today
from casefield.forms.state import Chosen
from casefield.records.worklist import Task
from casefield.rules.clocks import CALL, CONTACT

if TYPE_CHECKING:
    from casefield.application import Session
    from casefield.clock import Clock
    from casefield.records.work import Work

DEED = "demo"
SOURCE = "demo"
FOLLOWED = frozenset({"IMP", "OBSENC"})
REFERRED = "-240d"
FEED = timedelta(minutes=30)
PERIOD = timedelta(days=30)


@dataclass
class StageClock:
    """A clock that can be set back: history is told in its own time.

    Args:
        real: what it follows while no moment is being played.
        moment: the moment that is being played, None for the real one.
    """

    real: Clock
    moment: datetime | None = None

    def now(self) -> datetime:
        """Return the moment that is being played, else the real one."""
        return self.moment.astimezone(UTC) if self.moment else self.real.now()

    def zone(self) -> str:
        """Return the place of the demo."""
        return self.real.zone()


class Deed(NamedTuple):
    """One thing done at a moment."""

    at: datetime
    act: Callable[[Work], object]


def play(session: Session, clock: StageClock, person: Person, today: Today) -> tuple[str, int]:
    """Do what was done for one person, in order; return the case and how many deeds.

    The person's files come in as they would have: at the referral, at each discharge, today.
    """
    clock.moment = today.moment(REFERRED)
    case_id = _take(session, clock, person, today)
    deeds: list[Deed | datetime] = [*_deeds(person, case_id, today)]
    ends = (today.moment(stay.until) for stay in person.encounters if stay.klass in FOLLOWED)
    deeds += [end + FEED for end in ends if today.now - end < PERIOD]
    deeds.sort(key=lambda d: d if isinstance(d, datetime) else d.at)
    for deed in deeds:
        if isinstance(deed, datetime):
            clock.moment = deed
            _take(session, clock, person, today)
        else:
            clock.moment = deed.at
            session.act(deed.act, DEED)
    clock.moment = today.now
    _take(session, clock, person, today)
    clock.moment = None
    return case_id, len(deeds)


def _take(session: Session, clock: StageClock, person: Person, today: Today) -> str:
    from casefield.care.intake import take_file

    content = bundle(person, today, clock.now().astimezone(today.place))
    with tempfile.TemporaryDirectory(prefix="casefield-demo-") as folder:
        path = Path(folder) / "bundle.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        return take_file(session.working, path, source_system=SOURCE).people[0]


def _deeds(person: Person, case_id: str, today: Today) -> Iterator[Deed]:
    def deed(said: str, act: Callable[[Work], object], at: time = time(9)) -> Deed:
        return Deed(today.moment(said, at), act)

    yield deed("-30d", lambda work: _begin(work, person, case_id))
    for number, wish in enumerate(person.goals):
        yield deed("-14d", partial(_wish, case_id, wish, today), time(9, 20 + number))
    if person.problem:
        yield deed("-14d", partial(_problem, case_id, person.problem), time(9, 10))
    for asked in person.phq9:
        yield deed(asked.on, partial(_ask, case_id, asked), time(11))
    for call in person.calls:
        yield deed(call.on, partial(_call, case_id, call))
    for met in person.visits:
        yield deed(met.on, partial(_visit, case_id, met))
    for number, todo in enumerate(person.tasks):
        yield deed("-3d", partial(_task, case_id, todo, today), time(15, number))
    if person.review:
        yield deed("-14d", partial(_review, case_id, today.day(person.review)), time(10))


def _begin(work: Work, person: Person, case_id: str) -> None:
    people.set_programme(work, case_id, person.programme)
    if person.flags:
        people.set_safety_flags(work, case_id, person.flags)
    if person.consent is not None:
        people.record_consent(work, case_id, person.consent)
    if person.proficiency:
        people.set_english_proficiency(work, case_id, person.proficiency)
    if person.facts:
        stratify.record_fact(work, case_id, **person.facts)


def _wish(case_id: str, wish: Wish, today: Today, work: Work) -> None:
    goal_id = plan.add_goal(
        work,
        case_id,
        own_words=wish.words,
        target_measure=wish.measure,
        target_value=wish.target,
        target_unit=wish.unit,
        baseline_value=wish.baseline,
        due_on=today.day(wish.due),
    )
    if wish.now is not None:
        plan.change_goal(work, goal_id, current_value=wish.now)
    for step in wish.activities:
        activity_id = plan.add_activity(
            work,
            case_id,
            goal_id=goal_id,
            description=step.what,
            owner_name=step.owner,
            frequency=step.often,
            due_on=today.day(step.due) if step.due else None,
        )
        if step.done:
            plan.complete_activity(work, activity_id)


def _ask(case_id: str, asked: Asked, work: Work) -> None:
    response_id = assess.start_assessment(work, case_id, "phq9")
    form = assess.open_assessment(work, response_id)
    scored = [q for q in form.questionnaire.questions() if q.required]
    for question, points in zip(scored, asked.answers, strict=True):
        option = next(o for o in question.options if o.ordinal == points)
        assess.save_answer(work, response_id, question.link_id, Chosen(option.code))
    if asked.safety:
        assess.settle_safety(work, response_id, asked.safety)
    assess.sign_assessment(work, response_id)


def _call(case_id: str, call: Call, work: Work) -> None:
    waiting = work.find(Task, case_id=case_id, kind=[CALL, CONTACT], status=list(OPEN))
    if waiting:  # a call counts for both, so it is logged once
        transition.log_call(work, waiting[0].id, outcome=call.outcome, note=call.note)


def _visit(case_id: str, met: Met, work: Work) -> None:
    note_id = notes.start_visit(work, case_id, met.kind)
    notes.save_note(work, note_id, title=met.title, body=met.body)
    notes.sign_note(work, note_id)


def _problem(case_id: str, words: str, work: Work) -> None:
    plan.add_problem(work, case_id, words)


def _task(case_id: str, todo: Todo, today: Today, work: Work) -> None:
    worklist.add_task(work, case_id, todo.what, today.day(todo.due))


def _review(case_id: str, day: date, work: Work) -> None:
    plan.set_review(work, case_id, day)
