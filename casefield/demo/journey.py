"""The journey without a window: offline work, sync, a second laptop, an edit, and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from casefield.care import assess, caseload, notes, plan
from casefield.clock import Clock
from casefield.demo.stage import ANA, BEN, Laptop, stage
from casefield.errors import CasefieldError, Offline
from casefield.forms.state import Chosen
from casefield.records.conflict import Conflict
from casefield.records.work import Work

PATIENT = "rosa-medina"
ANSWERS = (1, 1, 2, 2, 1, 0, 1, 0, 0)
WORDS = "I want to carry my own groceries up the stairs."
NOTE = (
    "Sat with Rosa and her daughter at the kitchen table. Weighed, pill box filled for the week, "
    "both can say when to call."
)
DAUGHTER = "Daughter comes along to the first cardiac rehabilitation."
BARRIERS = ("Third floor, and the lift is out of order", "Afraid of falling on the stairs")


@dataclass(frozen=True)
class Counts:
    """What the journey did."""

    people: int
    deeds: int
    offline: int
    pushed: int
    pulled: int
    returned: int
    conflicts: int


class JourneyFailed(CasefieldError):
    """A step of the demo did not come out as it must."""


def journey(clock: Clock, say: Callable[[str], None]) -> Counts:
    """Run the journey and tell each step.

    Raises:
        JourneyFailed: a step did not come out as it must.
    """
    with stage(clock) as made:
        server = made.open_headquarters()
        say(f"1. headquarters listens on {server.url}")
        org = made.hire(ANA, BEN)
        ana, ben = made.laptop(org, ANA), made.laptop(org, BEN)
        say("2. two laptops enrolled: Ana Alvarez, RN and Ben Okoye, LCSW")
        deeds = made.fill(ana)
        first = ana.session.sync_now()
        say(f"3. {len(made.people)} invented people taken in: {first.pushed} changes pushed")
        made.close_headquarters()
        _must_be_offline(ana)
        case_id = made.cases[PATIENT]
        offline = _work_offline(ana, case_id)
        say(f"4. Ana offline: PHQ-9 signed, goal added, note signed; {offline} changes wait")
        server = made.open_headquarters()
        sent = ana.session.sync_now()
        _must(not ana.session.waiting(), "changes still wait after the sync")
        say(f"5. headquarters is back: {sent.pushed} changes pushed in {sent.seconds:.2f} s")
        server.administration.assign(org, BEN[0], list(made.cases.values()))
        pulled = ben.session.sync_now()
        _same(ana, ben, case_id)
        say(f"6. Ben pulled {pulled.pulled} records of {len(made.cases)} people; both agree")
        ben.session.act(lambda work: _edit(work, case_id), "demo")
        back = ben.session.sync_now()
        say(f"7. Ben changed the goal and added an activity: {back.pushed} changes pushed")
        returned = ana.session.sync_now()
        _same(ana, ben, case_id)
        shared = sum(kind == "Assignment" for kind, _, _ in returned.changed)
        say(
            f"8. Ana pulled them, and that {shared} people are now Ben's too; both laptops show "
            "the same plan"
        )
        _disagree(ana, ben, case_id)
        say(
            "9. both name another barrier to that goal while offline: the first to arrive stands, "
            "a conflict keeps both on both laptops"
        )
        for laptop in (ana, ben):
            bad = [finding.words for finding in laptop.session.check() if not finding.good]
            _must(not bad, f"check found: {bad}")
        say("10. database, outbox and audit chain of both laptops are whole")
        return Counts(
            people=len(made.people),
            deeds=deeds,
            offline=offline,
            pushed=first.pushed + sent.pushed + back.pushed,
            pulled=pulled.pulled,
            returned=returned.pulled,
            conflicts=1,
        )


def _work_offline(laptop: Laptop, case_id: str) -> int:
    session = laptop.session
    response_id = session.act(lambda w: assess.start_assessment(w, case_id, "phq9"), "demo")
    form = session.read(lambda w: assess.open_assessment(w, response_id))
    asked = [q for q in form.questionnaire.questions() if q.required]
    for question, points in zip(asked, ANSWERS, strict=True):
        answer = Chosen(next(o.code for o in question.options if o.ordinal == points))
        save = partial(
            assess.save_answer, response_id=response_id, link_id=question.link_id, answer=answer
        )
        session.act(save, "demo")
    signed = session.act(lambda w: assess.sign_assessment(w, response_id), "demo")
    _must(signed.view.score == sum(ANSWERS), "PHQ-9 total")
    session.act(lambda w: plan.add_goal(w, case_id, own_words=WORDS), "demo")
    note_id = session.act(lambda w: notes.start_visit(w, case_id, "home_visit"), "demo")
    session.act(lambda w: notes.save_note(w, note_id, title="Home visit", body=NOTE), "demo")
    session.act(lambda w: notes.sign_note(w, note_id), "demo")
    return len(session.waiting())


def _edit(work: Work, case_id: str) -> None:
    goal_id = _goal(work, case_id)
    plan.change_goal(work, goal_id, barrier="Third floor, no lift")
    plan.add_activity(work, case_id, goal_id=goal_id, description=DAUGHTER)


def _goal(work: Work, case_id: str) -> str:
    goals = plan.care_plan(work, case_id, work.now).goals
    return next(goal.goal_id for goal in goals if goal.own_words == WORDS)


def _disagree(one: Laptop, other: Laptop, case_id: str) -> None:
    """Two edits of one field that had not seen each other: neither is lost, both laptops know."""
    for laptop, barrier in zip((one, other), BARRIERS, strict=True):
        laptop.session.act(partial(_name_barrier, case_id=case_id, barrier=barrier), "demo")
    one.session.sync_now()
    _must(other.session.sync_now().conflicts == 1, "no conflict was found")
    one.session.sync_now()
    _same(one, other, case_id)
    for laptop in (one, other):
        found = laptop.session.read(
            lambda work: [(c.current, c.proposed) for c in work.find(Conflict, case_id=case_id)]
        )
        expected = tuple({"barrier": barrier} for barrier in BARRIERS)
        _must(found == [expected], "the conflict does not hold both values")


def _name_barrier(work: Work, case_id: str, barrier: str) -> None:
    plan.change_goal(work, _goal(work, case_id), barrier=barrier)


def _must_be_offline(laptop: Laptop) -> None:
    try:
        laptop.session.sync_now()
    except Offline:
        return
    raise JourneyFailed("Headquarters answered although it is closed.")


def _same(one: Laptop, other: Laptop, case_id: str) -> None:
    """Both laptops must show the same caseload, plan, notes and assessments."""
    now = one.clock.now()

    def seen(work: Work) -> object:
        asked = assess.assessments(work, case_id).assessments
        return (
            caseload.caseload(work, now),
            plan.care_plan(work, case_id, now),
            [(note.note_id, note.body) for note in notes.notes(work, case_id)],
            [(form.response_id, form.score) for form in asked],
        )

    _must(one.session.read(seen) == other.session.read(seen), "the laptops differ")


def _must(holds: bool, what: str) -> None:
    if not holds:
        raise JourneyFailed(f"The demo did not come out right: {what}.")
