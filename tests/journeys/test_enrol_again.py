"""A laptop that headquarters stopped is enrolled anew: all it holds stays, what waits goes once."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefield.application import Session
from casefield.errors import LockedOrNotEnrolled, UnusableInput
from casefield.records.organisation import Assignment
from casefield.records.people import Patient
from casefield.records.planning import Goal
from casefield.records.work import Work
from casefield.server.embedded import EmbeddedServer
from casefield.sync.transport import Refused
from tests.fieldwork import Fieldwork, standing_on


def take_in(work: Work) -> str:
    person = work.add(Patient(given_name="Rosa", family_name="Alvarez"))
    work.add(Assignment(case_id=person.id, user_id=work.actor.user_id, role="case_manager"))
    return person.id


def wish(session: Session, case_id: str, words: str) -> None:
    session.act(lambda work: work.add(Goal(case_id=case_id, own_words=words)), "test")


@pytest.fixture
def case_id(ana: Session) -> str:
    """Return a person whom headquarters knows."""
    found = ana.act(take_in, "test")
    ana.sync_now()
    return found


def stop(field: Fieldwork, laptop: Session) -> None:
    assert laptop.identity is not None
    field.server.administration.stop_device(field.org, laptop.identity.device_id)


def new_code(field: Fieldwork, login: str = "ana") -> str:
    return field.server.administration.code(field.org, login)


def test_what_waits_on_a_stopped_laptop_arrives_once(
    field: Fieldwork, ana: Session, case_id: str
) -> None:
    before = ana.identity
    assert before is not None
    wish(ana, case_id, "to walk to church")
    stop(field, ana)
    wish(ana, case_id, "to sleep")
    with pytest.raises(Refused, match="stopped by headquarters") as caught:
        ana.sync_now()
    assert "casefield enrol --again" in caught.value.way_out
    shown = standing_on(ana)

    identity = ana.enrol(field.url, new_code(field), "Ana", again=True)
    assert identity.device_id != before.device_id
    assert identity.device_key != before.device_key
    assert ana.actor.device_id == identity.device_id
    assert standing_on(ana).keys() == shown.keys()  # nothing went before headquarters has it
    tally = ana.sync_now()
    assert (tally.pushed, tally.refused, tally.conflicts) == (2, 0, 0)
    ana.sync_now()
    there = field.standing()
    wishes = [row[3]["own_words"] for key, row in there.items() if key[0] == "Goal"]
    assert sorted(wishes) == ["to sleep", "to walk to church"]
    assert standing_on(ana) == there
    assert all(finding.good for finding in ana.check())


def test_it_goes_on_in_the_background_and_after_a_restart(
    field: Fieldwork, ana: Session, case_id: str
) -> None:
    stop(field, ana)
    ana.start_sync()
    ana.enrol(field.url, new_code(field), "ana", again=True)
    again = field.restart(ana)
    wish(again, case_id, "to sleep")
    assert again.sync_now().pushed == 1


def test_a_lost_answer_to_the_old_device_does_no_harm(
    field: Fieldwork, ana: Session, case_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Headquarters took the work; the lid was closed before the laptop heard so."""
    wish(ana, case_id, "to walk to church")
    journal = type(ana._journal())
    with monkeypatch.context() as patch:
        patch.setattr(journal, "take_reply", lambda *_, **__: (_ for _ in ()).throw(OSError))
        with pytest.raises(OSError):  # noqa: PT011 - the test's own
            ana.sync_now()
    stop(field, ana)
    ana.enrol(field.url, new_code(field), "ana", again=True)
    tally = ana.sync_now()
    assert (tally.refused, tally.conflicts) == (0, 0)
    assert [key[0] for key in field.standing()].count("Goal") == 1
    assert standing_on(ana) == field.standing()


def test_another_person_is_refused_before_headquarters_is_asked(
    field: Fieldwork, ana: Session, case_id: str
) -> None:
    code = field.hire("ben")
    with pytest.raises(UnusableInput, match="somebody else"):
        ana.enrol(field.url, code, "ben", again=True)
    assert ana.sync_now().refused == 0


def test_another_organisation_changes_nothing_here(
    field: Fieldwork, ana: Session, case_id: str, tmp_path: Path
) -> None:
    wish(ana, case_id, "to sleep")
    before, shown = ana.identity, standing_on(ana)
    with EmbeddedServer(str(tmp_path / "other.db"), clock=field.clock) as other:
        org = other.administration.add_organization("Elsewhere", "America/New_York")
        other.administration.add_user(org, "ana", "Ana", "case_manager")
        code = other.administration.code(org, "ana")
        with pytest.raises(UnusableInput, match="another organisation") as caught:
            ana.enrol(other.url, code, "ana", again=True)
    assert "Nothing here was changed" in caught.value.message
    assert (ana.identity, standing_on(ana)) == (before, shown)
    assert ana.sync_now().pushed == 1


def test_a_laptop_that_was_never_enrolled_is_3(field: Fieldwork) -> None:
    with pytest.raises(LockedOrNotEnrolled, match="never enrolled") as caught:
        field.alone().enrol(field.url, field.hire("ana"), "ana", again=True)
    assert caught.value.exit_code == 3
