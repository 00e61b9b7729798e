"""The spine from end to end: a file taken in offline, worked with, synced, edited, and back."""

from __future__ import annotations

import json
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from casefield.application import Session
from casefield.care import assess, caseload, notes, person, plan, stratify, worklist
from casefield.care.intake import take_file
from casefield.errors import NotAllowed, Offline
from casefield.forms.state import Chosen
from casefield.records.visit import Note
from casefield.records.work import Work
from tests.care.bundles import after_heart_attack, bundle, observation, patient
from tests.fieldwork import Fieldwork, Standing, standing_on
from tests.journeys.conftest import agree

ANSWERS = (1, 1, 2, 2, 1, 0, 1, 0, 0)
WORDS = "I want to carry my own groceries up the stairs."
NOTE = "Sat together at the kitchen table and went through the pill box."
SYNTHEA = ["Adán_Portillo", "Barrett_Douglas", "Luis_Miguel_Delarosa"]


@pytest.fixture(params=["invented", *SYNTHEA])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a bundle: one of ours, and real-format ones where they are on this machine."""
    if request.param == "invented":
        path = tmp_path / "bundle.json"
        path.write_text(json.dumps(after_heart_attack()), encoding="utf-8")
        return path
    folder: Path = request.getfixturevalue("shared_data") / "fhir-synthea"
    (found,) = folder.glob(f"{request.param}_*.json.gz")
    return found


def ask_phq9(session: Session, case_id: str) -> str:
    """Ask the nine questions and sign the answers, each a deed of its own."""
    response_id = session.act(lambda w: assess.start_assessment(w, case_id, "phq9"), "ask")
    form = session.read(lambda w: assess.open_assessment(w, response_id))
    asked = [question for question in form.questionnaire.questions() if question.required]
    for question, points in zip(asked, ANSWERS, strict=True):
        code = next(option.code for option in question.options if option.ordinal == points)
        save = partial(
            assess.save_answer,
            response_id=response_id,
            link_id=question.link_id,
            answer=Chosen(code),
        )
        session.act(save, "answer")
    session.act(lambda w: assess.sign_assessment(w, response_id), "sign")
    return response_id


def write_note(session: Session, case_id: str) -> str:
    note_id = session.act(lambda w: notes.start_visit(w, case_id, "home_visit"), "visit")
    session.act(lambda w: notes.save_note(w, note_id, title="Home visit", body=NOTE), "note")
    session.act(lambda w: notes.sign_note(w, note_id), "sign")
    return note_id


def pages(session: Session, case_id: str) -> dict[str, object]:
    """Return what a worker sees of a person, page by page."""
    now = session.clock.now()

    def read(work: Work) -> dict[str, object]:
        asked = assess.assessments(work, case_id).assessments
        return {
            "caseload": caseload.caseload(work, now),
            "header": person.header(work, case_id, now),
            "tier": stratify.stratify(work, case_id, now.date()),
            "plan": plan.care_plan(work, case_id, now),
            "scores": [(form.response_id, form.score, form.signed_at) for form in asked],
            "notes": [(note.note_id, note.body) for note in notes.notes(work, case_id)],
            "due": worklist.open_items(work, case_id, now),
        }

    return session.read(read)


def signed(standing: Standing) -> dict[object, str]:
    """Return what is signed, as text to compare letter by letter."""
    return {
        key: json.dumps(document, sort_keys=True)
        for key, (_, _, is_signed, document) in standing.items()
        if is_signed
    }


def test_from_a_file_on_a_laptop_offline_to_another_laptop_and_back(
    field: Fieldwork, ana: Session, ben: Session, file: Path
) -> None:
    field.close_headquarters()

    # offline: taken in, assessed, planned, noted
    report = take_file(ana.working, file, source_system="hospital")
    assert report.refused == ()
    (case_id,) = report.people
    ask_phq9(ana, case_id)
    goal_id = ana.act(lambda w: plan.add_goal(w, case_id, own_words=WORDS), "plan")
    step = "Up one flight, twice a day"
    ana.act(lambda w: plan.add_activity(w, case_id, goal_id=goal_id, description=step), "plan")
    note_id = write_note(ana, case_id)
    with pytest.raises(Offline):
        ana.sync_now()
    worked = len(ana.waiting())
    assert worked > sum(report.added.values())
    shown, content = pages(ana, case_id), contents(ana)
    assert WORDS in str(shown["plan"])

    # the lid is closed and opened: all is as it was
    ana = field.restart(ana)
    assert len(ana.waiting()) == worked
    assert (pages(ana, case_id), contents(ana)) == (shown, content)

    # back in coverage: everything reaches headquarters, and nothing looks different
    field.open_headquarters()
    tally = ana.sync_now()
    assert (tally.pushed, tally.refused, tally.conflicts) == (worked, 0, 0)
    assert ana.waiting() == ()
    assert pages(ana, case_id) == shown
    assert contents(ana).items() >= content.items()
    agree(field, ana)
    sealed = signed(field.standing())
    assert len(sealed) == 2

    # a colleague gets the person
    field.assign("ben", case_id)
    ben.sync_now()
    ana.sync_now()
    agree(field, ana, ben)
    assert pages(ben, case_id) == pages(ana, case_id)

    # the colleague works on
    ben.act(lambda w: plan.change_goal(w, goal_id, barrier="Third floor, no lift"), "plan")
    tomorrow = date(2026, 11, 11)
    ben.act(lambda w: worklist.add_task(w, case_id, "Ask about the lift", tomorrow), "task")
    ask_phq9(ben, case_id)
    with pytest.raises(NotAllowed):
        ben.act(lambda w: w.change(w.get(Note, note_id), body="otherwise"), "note")
    ben.sync_now()
    ana.sync_now()
    agree(field, ana, ben)
    assert pages(ben, case_id) == pages(ana, case_id)
    assert "Third floor" in str(pages(ana, case_id)["plan"])

    # what was signed is the same, letter by letter
    assert sealed.items() <= signed(field.standing()).items()
    for laptop in (ana, ben):
        assert all(finding.good for finding in laptop.check())


def contents(session: Session) -> dict[tuple[str, str], object]:
    return {key: (case, document) for key, (case, _, _, document) in standing_on(session).items()}


def test_a_file_of_thousands_reaches_headquarters_as_the_one_act_it_was(
    field: Fieldwork, ana: Session, tmp_path: Path
) -> None:
    many = [observation(f"o{n}", "8480-6", 120, "mm[Hg]", "2026-01-01") for n in range(5200)]
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(bundle(patient(), *many)), encoding="utf-8")
    report = take_file(ana.working, path)
    assert report.added["Observation"] == 5200
    tally = ana.sync_now()
    assert tally.pushed == 5203
    assert ana.waiting() == ()
    kinds = [kind for kind, _ in field.standing()]
    assert kinds.count("Observation") == 5200
