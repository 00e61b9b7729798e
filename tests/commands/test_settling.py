"""``conflicts`` and ``resolve``, and the two ways out of what headquarters refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from casefield.application import Application, Session
from casefield.records.conflict import Conflict
from casefield.records.organisation import Assignment
from casefield.records.people import Patient
from casefield.records.planning import Goal
from casefield.records.work import Work
from casefield.server.embedded import EmbeddedServer
from tests.commands.conftest import Call

Open = Callable[[], Session]


@pytest.fixture
def headquarters(tmp_path: Path) -> Iterator[EmbeddedServer]:
    """Return a running headquarters with Ana in it."""
    with EmbeddedServer(str(tmp_path / "headquarters.db")) as server:
        office = server.administration
        org = office.add_organization("Field Care", "America/New_York")
        office.add_user(org, "ana", "Ana", "case_manager")
        yield server


def org_of(server: EmbeddedServer) -> str:
    return server.administration.organization()


@pytest.fixture
def opened(home: Path) -> Open:
    """Return what opens the profile by hand; whoever opens it locks it."""
    passphrase = (home / "passphrase").read_text().strip()
    return lambda: Application(home / "p").unlock(passphrase)


@pytest.fixture
def goal_id(opened: Open) -> str:
    """Return a goal about which two people disagree."""

    def disagree(work: Work) -> str:
        case = work.add(Patient(given_name="Rosa", family_name="Alvarez")).id
        goal = work.add(Goal(case_id=case, own_words="Walk to church", barrier="No car")).id
        work.add(
            Conflict(
                case_id=case,
                record_type="Goal",
                record_id=goal,
                field="barrier",
                base={"barrier": "Stairs"},
                current={"barrier": "No car"},
                current_by="Ben",
                current_at=work.now,
                proposed={"barrier": "Afraid of falling"},
                proposed_by=work.actor.name,
                proposed_at=work.now,
            )
        )
        return goal

    session = opened()
    try:
        return session.act(disagree, "test")
    finally:
        session.lock()


def barrier(opened: Open, goal_id: str) -> str | None:
    session = opened()
    try:
        return session.read(lambda work: work.get(Goal, goal_id).barrier)
    finally:
        session.lock()


def the_id(call: Call) -> str:
    (view,) = call("conflicts", "--json").json
    return str(view["conflict_id"])


def test_without_disagreements_nothing_waits(call: Call) -> None:
    assert call("conflicts").out == "Nothing waits for a decision.\n"
    assert call("conflicts", "--json").json == []


def test_both_values_are_listed_with_their_authors(call: Call, goal_id: str) -> None:
    said = call("conflicts")
    assert said.code == 0
    assert "Rosa Alvarez: Goal “Walk to church”, Barrier" in said.out
    assert "theirs   No car  (Ben, 20" in said.out
    assert "mine     Afraid of falling  (Ana, 20" in said.out
    assert f"[{the_id(call)[-8:]}]" in said.out


@pytest.mark.parametrize(
    ("decision", "then"),
    [
        (["--keep-theirs"], "No car"),
        (["--take-mine"], "Afraid of falling"),
        (["--both"], "No car\n\nAfraid of falling"),
        (["--value", "barrier=Ice = slippery"], "Ice = slippery"),
    ],
)
def test_a_decision_is_carried_out(
    call: Call, opened: Open, goal_id: str, decision: list[str], then: str
) -> None:
    said = call("resolve", the_id(call)[-8:], *decision)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("Settled: Rosa Alvarez: Goal")
    assert barrier(opened, goal_id) == then
    assert call("conflicts", "--json").json == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "One decision is needed"),
        (["--both", "--value", "barrier=x"], "One decision is needed"),
        (["--value", "barrier"], "names no field"),
        (["--value", "colour=red"], "not what this conflict is about"),
    ],
)
def test_what_is_no_decision_is_2_and_says_so(
    call: Call, goal_id: str, arguments: list[str], words: str
) -> None:
    said = call("resolve", the_id(call), *arguments)
    assert (said.code, said.out) == (2, "")
    assert words in said.err


@pytest.mark.parametrize("given", ["nowhere", " "])
def test_an_id_that_is_none_is_2(call: Call, goal_id: str, given: str) -> None:
    said = call("resolve", given, "--both")
    assert said.code == 2
    assert "casefield conflicts" in said.err


# -- refused ----------------------------------------------------------------------------------


@pytest.fixture
def refused(call: Call, opened: Open, headquarters: EmbeddedServer) -> str:
    """Return the end of the id of refused work, about Rosa, who left this laptop."""
    office, org = headquarters.administration, org_of(headquarters)
    session = opened()
    session.enrol(headquarters.url, office.code(org, "ana"), "ana")

    def take_in(work: Work) -> str:
        case = work.add(Patient(given_name="Rosa", family_name="Alvarez")).id
        work.add(Assignment(case_id=case, user_id=work.actor.user_id, role="case_manager"))
        return case

    case_id = session.act(take_in, "test")
    session.sync_now()
    office.unassign(org, "ana", [case_id])
    session.act(lambda work: work.add(Goal(case_id=case_id, own_words="To sleep")), "test")
    session.sync_now()
    (view,) = session.refused()
    session.lock()
    return view.op_id[-8:]


def test_refused_work_is_listed_with_its_reason_and_the_ways_out(call: Call, refused: str) -> None:
    said = call("waiting")
    assert said.code == 1
    assert f"[{refused}] refused: late: the person is not in your care now" in said.out
    assert "create Goal “To sleep”, about somebody who is not on this laptop" in said.out
    assert "--again ID, or --set-aside ID" in said.out
    (told,) = call("waiting", "--json").json
    assert (told["state"], told["here"]) == ("refused", False)


def test_it_can_be_set_aside(call: Call, refused: str) -> None:
    assert call("waiting", "--set-aside", refused).out == "Set aside: 1.\n"
    said = call("waiting")
    assert (said.code, said.out) == (0, "Nothing waits on this laptop.\n")


def test_it_can_be_offered_again_where_the_person_is(
    call: Call, refused: str, headquarters: EmbeddedServer
) -> None:
    said = call("waiting", "--again", refused)
    assert said.code == 2
    assert "not on this laptop" in said.err
    office, org = headquarters.administration, org_of(headquarters)
    office.assign(org, "ana", office.cases(org))
    assert call("sync").code == 0
    assert call("waiting", "--again", refused).code == 0
    assert call("sync", "--json").json["pushed"] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--again", "nowhere"], "There is no refused work “nowhere”"),
        (["--again", "x", "--set-aside", "x"], "only one at a time"),
    ],
)
def test_what_can_not_be_done_is_2(call: Call, arguments: list[str], words: str) -> None:
    said = call("waiting", *arguments)
    assert said.code == 2
    assert words in said.err


# -- a stopped laptop ---------------------------------------------------------------------------


def test_a_stopped_laptop_enrols_again(
    call: Call, refused: str, headquarters: EmbeddedServer
) -> None:
    office, org = headquarters.administration, org_of(headquarters)
    office.stop_device(org, office.devices(org)[0].id)
    said = call("sync")
    assert said.code == 2
    assert "stopped by headquarters" in said.err
    assert "casefield enrol --again" in said.err
    where = ["--server", headquarters.url, "--user", "ana", "--code", office.code(org, "ana")]
    assert call("enrol", *where).code == 2  # without --again
    said = call("enrol", *where, "--again", "--json")
    assert said.code == 0
    assert said.json["user"] == "Ana"
    assert call("sync", "--json").json["refused"] == 0


def test_where_there_is_no_profile_nothing_is_enrolled_again(
    bare: Call, home: Path, headquarters: EmbeddedServer
) -> None:
    where = ["--server", headquarters.url, "--user", "ana", "--code", "X", "--again"]
    said = bare("--profile", home / "q", "--passphrase-file", home / "passphrase", "enrol", *where)
    assert said.code == 3
    assert not (home / "q").exists()
