"""A laptop's life: made, unlocked, worked in, enrolled, synced, locked; alone and with others."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from casefield.application import Application, Session, Touched
from casefield.care import plan
from casefield.errors import (
    CasefieldError,
    LockedOrNotEnrolled,
    NotFound,
    Offline,
    UnusableInput,
    WrongPassphrase,
)
from casefield.records.conflict import Conflict
from casefield.records.organisation import Assignment
from casefield.records.people import Patient
from casefield.records.planning import Goal
from casefield.records.work import Work
from casefield.records.worklist import Task
from casefield.sync.core import Tally
from casefield.sync.state import Phase, SyncState
from casefield.sync.transport import Refused
from tests.fieldwork import PASSPHRASE, Fieldwork, MovedClock, fieldwork, standing_on
from tests.sync.loopback import Answer, loopback

LONG = 10.0  # until what hangs fails the test


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def field(fresh_profile: Path, tmp_path: Path, clock: MovedClock) -> Iterator[Fieldwork]:
    """Return a headquarters without workers."""
    with fieldwork(fresh_profile, tmp_path, clock) as made:
        yield made


@pytest.fixture
def session(field: Fieldwork) -> Session:
    """Return the laptop of Ana, who works alone."""
    return field.alone()


def add_rosa(work: Work) -> str:
    person = work.add(Patient(given_name="Rosa", family_name="Alvarez", birth_date="1955-03-02"))
    mine = {"user_id": work.actor.user_id, "role": work.actor.role, "status": "active"}
    work.add(Assignment(case_id=person.id, **mine))
    return person.id


def rosa(session: Session) -> str:
    """Take Rosa into care; return her case."""
    return session.act(add_rosa, "test")


def goals(session: Session) -> dict[str, str | None]:
    return session.read(lambda work: {goal.id: goal.own_words for goal in work.find(Goal)})


def say(session: Session, goal_id: str, **fields: Any) -> None:
    session.act(lambda work: plan.change_goal(work, goal_id, **fields), "test")


# -- alone ------------------------------------------------------------------------------------


def test_what_may_be_known_before_it_is_unlocked(tmp_path: Path, field: Fieldwork) -> None:
    info = Application(tmp_path / "nowhere").info()
    assert (info.exists, info.demo) == (False, False)
    field.alone()
    info = Application(tmp_path / "laptop-1").info()
    assert (info.exists, info.demo) == (True, False)


def test_no_profile_is_3_and_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(LockedOrNotEnrolled, match="no casefield profile") as caught:
        Application(tmp_path / "nowhere").unlock(PASSPHRASE)
    assert caught.value.exit_code == 3
    assert "casefield init" in caught.value.way_out
    assert not (tmp_path / "nowhere").exists()


def test_a_weak_passphrase_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput):
        Application(tmp_path / "p").create("password")
    assert not (tmp_path / "p").exists()


def test_a_profile_is_not_made_over_another(session: Session, tmp_path: Path) -> None:
    rosa(session)
    with pytest.raises(UnusableInput, match="already a casefield profile"):
        Application(tmp_path / "laptop-1").create(PASSPHRASE)
    assert len(session.read(lambda work: work.find(Patient))) == 1


def test_what_was_done_is_there_after_locking_and_unlocking(
    session: Session, tmp_path: Path, clock: MovedClock
) -> None:
    case_id = rosa(session)
    session.lock()
    with pytest.raises(WrongPassphrase):
        Application(tmp_path / "laptop-1").unlock("not this one at all")
    again = Application(tmp_path / "laptop-1", clock=clock).unlock(PASSPHRASE)
    assert again.read(lambda work: work.get(Patient, case_id).family_name) == "Alvarez"
    assert again.actor.name == "Ana"
    again.lock()


def test_locked_it_answers_nothing(session: Session) -> None:
    session.lock()
    for deed in (
        lambda: session.read(lambda work: work.find(Patient)),
        lambda: rosa(session),
        session.waiting,
        session.check,
    ):
        with pytest.raises(LockedOrNotEnrolled):
            deed()
    session.lock()  # once more does no harm


def test_one_program_at_a_time(session: Session, tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="open in another casefield"):
        Application(tmp_path / "laptop-1").unlock(PASSPHRASE)


def test_signing_asks_for_the_passphrase_of_this_profile(session: Session) -> None:
    assert session.confirm_passphrase(PASSPHRASE)
    assert not session.confirm_passphrase(PASSPHRASE + "!")


def test_a_check_of_work_done_alone_finds_nothing_wrong(session: Session) -> None:
    rosa(session)
    assert all(finding.good for finding in session.check())


# -- announcements ----------------------------------------------------------------------------


@pytest.fixture
def heard(session: Session) -> list[Touched]:
    """Return what is announced."""
    told: list[Touched] = []
    session.changed.append(told.append)
    return told


def test_an_act_announces_what_it_changed_and_gives_its_result(
    session: Session, heard: list[Touched]
) -> None:
    case_id = rosa(session)
    (touched,) = heard
    assert ("Patient", case_id, case_id) in touched
    assert {kind for kind, _, _ in touched} == {"Patient", "Assignment"}
    assert {case for _, _, case in touched} == {case_id}


def test_an_act_that_changes_nothing_announces_nothing(
    session: Session, heard: list[Touched]
) -> None:
    case_id = rosa(session)
    heard.clear()
    session.act(lambda work: work.change(work.get(Patient, case_id), given_name="Rosa"), "test")
    session.read(lambda work: work.find(Patient))
    assert heard == []


def test_an_act_that_fails_announces_nothing_and_leaves_nothing(
    session: Session, heard: list[Touched]
) -> None:
    def half(work: Work) -> None:
        add_rosa(work)
        raise NotFound("something else is missing")

    with pytest.raises(NotFound):
        session.act(half, "test")
    with pytest.raises(NotFound), session.working("test") as work:
        half(work)
    assert heard == []
    assert session.read(lambda work: work.find(Patient)) == []
    assert session.waiting() == ()


def test_an_import_announces_as_an_act_does(session: Session, heard: list[Touched]) -> None:
    with session.working("import") as work:
        case_id = add_rosa(work)
    assert ("Patient", case_id, case_id) in heard[0]


# -- enrolment --------------------------------------------------------------------------------


def test_before_enrolment_it_works_alone(session: Session) -> None:
    rosa(session)
    state = session.sync_state
    assert (state.phase, state.waiting, state.refused) == (Phase.ALONE, 2, 0)
    assert state.last_synced is None
    assert session.identity is None
    with pytest.raises(LockedOrNotEnrolled, match="not enrolled") as caught:
        session.sync_now()
    assert caught.value.exit_code == 3
    session.start_sync()  # nothing to start
    session.connectivity_returned()
    assert session.sync_state.phase is Phase.ALONE


def test_enrolment_keeps_what_was_done_alone_and_headquarters_gets_it(
    session: Session, field: Fieldwork, tmp_path: Path, clock: MovedClock
) -> None:
    case_id = rosa(session)
    session.act(lambda work: plan.add_goal(work, case_id, own_words="Walk to Mass"), "test")
    before = {key: document for key, (*_, document) in standing_on(session).items()}
    waiting = [(item.op_id, item.record_id) for item in session.waiting()]
    local = session.actor.user_id
    identity = session.enrol(field.url + "/", field.hire("ana", "Ana Alvarez"), " Ana ")
    assert (identity.organization, identity.user_name) == ("Field Care", "Ana Alvarez")
    assert (identity.server, session.identity) == (field.url, identity)
    assert session.actor.name == "Ana Alvarez"
    assert (session.actor.org_id, session.actor.device_id) == (field.org, identity.device_id)
    # all is still there, in the same words, now of the organisation and of its user
    after = standing_on(session)
    assert [(item.op_id, item.record_id) for item in session.waiting()] == waiting
    assert {key: _without_users(d, local) for key, d in before.items()} == {
        key: _without_users(d, identity.user_id) for key, (*_, d) in after.items()
    }
    assert local not in repr(after)
    assert session.sync_state.phase is Phase.WAITING
    tally = session.sync_now()
    assert (tally.pushed, tally.refused, tally.conflicts) == (len(waiting), 0, 0)
    assert standing_on(session) == field.standing()
    # and it is so after a restart
    session.lock()
    again = Application(tmp_path / "laptop-1", clock=clock).unlock(PASSPHRASE)
    assert again.identity is not None
    assert (again.identity.device_id, again.actor) == (identity.device_id, session.actor)
    assert again.sync_state.last_synced == clock.now()
    assert again.sync_now().pushed == 0
    again.lock()


def _without_users(document: dict[str, Any], user_id: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value != user_id}


def test_a_laptop_is_enrolled_once(session: Session, field: Fieldwork) -> None:
    session.enrol(field.url, field.hire("ana"), "ana")
    with pytest.raises(UnusableInput, match="already enrolled"):
        session.enrol(field.url, field.hire("ben"), "ben")


def still_alone(session: Session, field: Fieldwork) -> None:
    """Nothing has changed, and enrolment may be tried again."""
    assert session.identity is None
    assert session.sync_state.phase is Phase.ALONE
    assert len(session.waiting()) == 2
    session.enrol(field.url, field.hire("later"), "later")
    assert session.sync_now().pushed == 2


BAD_CODES = ["unknown", "used", "expired", "another's"]


@pytest.mark.parametrize("kind", BAD_CODES)
def test_a_code_that_does_not_fit_is_named(
    session: Session, field: Fieldwork, clock: MovedClock, kind: str
) -> None:
    rosa(session)
    code, user = field.hire("ana"), "ana"
    if kind == "unknown":
        code = code[:-5] + "AAAAA"
    elif kind == "used":
        field.alone().enrol(field.url, code, "ana")
    elif kind == "expired":
        clock.forward(hours=25)
    else:
        field.hire("ben")
        user = "ben"
    words = {"unknown": "not known", "used": "already used", "expired": "expired"}
    with pytest.raises(Refused, match=words.get(kind, "not for this user")) as caught:
        session.enrol(field.url, code, user)
    assert "administrator" in caught.value.way_out
    assert caught.value.exit_code == 2
    assert code not in str(caught.value)
    still_alone(session, field)


def test_a_user_with_a_password_is_asked_for_it(session: Session, field: Fieldwork) -> None:
    office = field.server.administration
    office.add_user(field.org, "ana", "Ana", "case_manager", password="a long enough password")
    code = office.code(field.org, "ana")
    for password, problem in ((None, "password_required"), ("wrong", "wrong_password")):
        with pytest.raises(Refused) as caught:
            session.enrol(field.url, code, "ana", password=password)
        assert caught.value.code == problem
    assert session.enrol(field.url, code, "ana", password="a long enough password")


def test_what_is_no_casefield_is_2(session: Session, field: Fieldwork) -> None:
    rosa(session)
    with loopback() as portal:
        portal.answers = [Answer(200, b"<html>Welcome to the hotel</html>", "text/html")]
        with pytest.raises(UnusableInput, match="not a casefield server") as caught:
            session.enrol(portal.url, "CODE", "ana")
        assert caught.value.exit_code == 2
        assert [heard.path for heard in portal.heard] == ["/v1/hello"]  # the code was not told
        assert b"CODE" not in portal.heard[0].body
    still_alone(session, field)


@pytest.mark.parametrize(
    ("server", "words"),
    [
        ("http://casefield.example.org", "unencrypted"),
        ("casefield.example.org", "not a server address"),
        ("", "not a server address"),
    ],
)
def test_an_address_that_will_not_do_is_2_and_asks_nobody(
    session: Session, field: Fieldwork, server: str, words: str
) -> None:
    rosa(session)
    with pytest.raises(UnusableInput, match=words) as caught:
        session.enrol(server, "CODE", "ana")
    assert caught.value.exit_code == 2
    still_alone(session, field)


def test_a_server_that_is_gone_is_offline(session: Session, field: Fieldwork) -> None:
    rosa(session)
    code = field.hire("ana")
    field.close_headquarters()
    with pytest.raises(Offline, match="can't be reached") as caught:
        session.enrol(field.url, code, "ana")
    assert caught.value.exit_code == 1
    field.open_headquarters()
    still_alone(session, field)


# -- sync -------------------------------------------------------------------------------------


def test_offline_everything_stays_and_goes_later(field: Fieldwork) -> None:
    session = field.laptop("ana")
    case_id = rosa(session)
    field.close_headquarters()
    told: list[SyncState] = []
    session.sync_told.append(told.append)
    with pytest.raises(Offline):
        session.sync_now()
    assert [state.phase for state in told] == [Phase.SYNCING, Phase.OFFLINE]
    assert (session.sync_state.phase, session.sync_state.waiting) == (Phase.OFFLINE, 2)
    session.act(lambda work: plan.add_goal(work, case_id, own_words="Walk to Mass"), "test")
    assert "Walk to Mass" in goals(session).values()
    field.open_headquarters()
    heard: list[Tally] = []
    tally = session.sync_now(heard.append)
    assert heard
    assert session.waiting() == ()
    assert tally.refused == 0
    assert session.sync_state.phase is Phase.ONLINE
    assert standing_on(session) == field.standing()


def test_a_stopped_laptop_says_so_and_keeps_its_work(field: Fieldwork) -> None:
    session = field.laptop("ana")
    session.sync_now()
    rosa(session)
    identity = session.identity
    assert identity is not None
    field.server.administration.stop_device(field.org, identity.device_id)
    with pytest.raises(Refused) as caught:
        session.sync_now()
    assert caught.value.message
    assert caught.value.way_out
    assert session.sync_state.phase is Phase.STOPPED
    assert caught.value.message in session.sync_state.message
    assert len(session.waiting()) == 2


def test_syncs_at_once_do_not_spend_each_others_tokens(field: Fieldwork, clock: MovedClock) -> None:
    session = field.laptop("ana")
    session.sync_now()
    clock.forward(minutes=11)  # the access token has expired, so each would renew it
    rosa(session)
    failed: list[CasefieldError] = []

    def sync() -> None:
        try:
            session.sync_now()
        except CasefieldError as error:
            failed.append(error)

    threads = [threading.Thread(target=sync) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    assert failed == []
    assert session.waiting() == ()


def test_in_the_background_it_syncs_at_once_and_after_each_act(field: Fieldwork) -> None:
    session = field.laptop("ana")
    rosa(session)
    done = threading.Event()

    def hear(state: SyncState) -> None:
        if state.phase is Phase.ONLINE and state.waiting == 0:
            done.set()

    session.sync_told.append(hear)
    session.start_sync()
    session.start_sync()
    assert done.wait(LONG)
    done.clear()
    rosa(session)
    assert done.wait(LONG)
    assert len(field.standing()) == len(standing_on(session))
    session.lock()
    names = {thread.name for thread in threading.enumerate()}
    assert "casefield-sync" not in names


# -- two laptops ------------------------------------------------------------------------------


@pytest.fixture
def pair(field: Fieldwork) -> tuple[Session, Session, str]:
    """Return the laptops of Ana and Ben, who share Rosa and one goal of hers; and the goal."""
    ana, ben = field.laptop("ana"), field.laptop("ben")
    case_id = rosa(ana)
    goal_id = ana.act(lambda work: plan.add_goal(work, case_id, own_words="Walk to Mass"), "test")
    ana.sync_now()
    field.assign("ben", case_id)
    ben.sync_now()
    ana.sync_now()
    assert standing_on(ana) == standing_on(ben) == field.standing()
    return ana, ben, goal_id


def in_step(field: Fieldwork, *sessions: Session) -> None:
    """Let everybody sync until nothing is left to say, and compare field by field."""
    for session in (*sessions, *sessions):
        session.sync_now()
    for session in sessions:
        assert session.waiting() == ()
        assert standing_on(session) == field.standing()


def test_edits_of_different_fields_come_together(
    field: Fieldwork, pair: tuple[Session, Session, str]
) -> None:
    ana, ben, goal_id = pair
    say(ana, goal_id, barrier="Third floor, no lift")
    say(ben, goal_id, own_words="Walk to Mass on Sundays")
    in_step(field, ana, ben)
    goal = standing_on(ana)["Goal", goal_id][-1]
    assert goal["barrier"] == "Third floor, no lift"
    assert goal["own_words"] == "Walk to Mass on Sundays"
    assert ana.read(lambda work: work.find(Conflict)) == []


def test_edits_of_one_field_are_a_conflict_that_both_see(
    field: Fieldwork, pair: tuple[Session, Session, str]
) -> None:
    ana, ben, goal_id = pair
    say(ben, goal_id, own_words="Walk to the sea")
    say(ana, goal_id, own_words="Walk to the market")
    ben.sync_now()
    tally = ana.sync_now()
    assert tally.conflicts == 1
    in_step(field, ana, ben)
    for session in (ana, ben):
        assert goals(session)[goal_id] == "Walk to the sea"  # who arrived first stands
        (found,) = session.read(
            lambda work: [
                (c.record_id, c.field, c.base, c.current, c.proposed, c.proposed_by, c.status)
                for c in work.find(Conflict)
            ]
        )
        assert found == (
            goal_id,
            "own_words",
            {"own_words": "Walk to Mass"},
            {"own_words": "Walk to the sea"},
            {"own_words": "Walk to the market"},
            "Ana",
            "open",
        )


def test_two_halves_of_a_group_are_one_conflict(
    field: Fieldwork, pair: tuple[Session, Session, str]
) -> None:
    """One moves an appointment by an hour, the other to another zone: both at once is neither's."""
    ana, ben, goal_id = pair
    case_id = standing_on(ana)["Goal", goal_id][0]
    due = {"due_at": datetime(2026, 11, 13, 15, tzinfo=UTC), "due_zone": "America/New_York"}
    task_id = ana.act(lambda work: work.add(Task(case_id=case_id, **due)).id, "test")
    in_step(field, ana, ben)
    later = datetime(2026, 11, 13, 16, tzinfo=UTC)
    ana.act(lambda work: work.change(work.get(Task, task_id), due_at=later), "test")
    ben.act(lambda work: work.change(work.get(Task, task_id), due_zone="America/Denver"), "test")
    ana.sync_now()
    assert ben.sync_now().conflicts == 1
    in_step(field, ana, ben)
    assert standing_on(ben)["Task", task_id][-1]["due_zone"] == "America/New_York"
    assert ana.read(lambda work: [c.field for c in work.find(Conflict)]) == ["due"]


def test_the_same_words_from_both_are_no_conflict(
    field: Fieldwork, pair: tuple[Session, Session, str]
) -> None:
    ana, ben, goal_id = pair
    for session in (ana, ben):
        say(session, goal_id, own_words="Walk to the sea")
    in_step(field, ana, ben)
    assert ana.read(lambda work: work.find(Conflict)) == []


def test_a_person_who_is_taken_away_leaves_the_laptop_after_its_work_is_safe(
    field: Fieldwork, pair: tuple[Session, Session, str]
) -> None:
    ana, ben, goal_id = pair
    case_id = standing_on(ana)["Goal", goal_id][0]
    say(ben, goal_id, barrier="Third floor")
    ben.sync_now()
    field.unassign("ben", case_id)
    assert ben.sync_now().left == 1
    assert ben.read(lambda work: work.find(Patient)) == []
    assert not [key for key, (case, *_) in standing_on(ben).items() if case == case_id]
    field.assign("ben", case_id)
    in_step(field, ana, ben)
    assert goals(ben) == goals(ana)


def test_work_done_after_a_person_was_taken_away_is_late_and_kept(
    field: Fieldwork, pair: tuple[Session, Session, str]
) -> None:
    ana, ben, goal_id = pair
    case_id = standing_on(ana)["Goal", goal_id][0]
    field.unassign("ben", case_id)
    say(ben, goal_id, barrier="Third floor")
    tally = ben.sync_now()
    assert (tally.refused, tally.pushed) == (1, 0)
    (item,) = ben.waiting()
    assert item.state == "refused"
    assert "not in your care now" in (item.reason or "")
    assert ben.sync_state.refused == 1


def test_a_care_plan_made_by_one_is_read_by_the_other(
    field: Fieldwork, pair: tuple[Session, Session, str]
) -> None:
    ana, ben, goal_id = pair
    case_id = standing_on(ana)["Goal", goal_id][0]
    walk = "Walk to the corner"
    ana.act(
        lambda work: plan.add_activity(work, case_id, goal_id=goal_id, description=walk), "test"
    )
    in_step(field, ana, ben)
    now = ana.clock.now()
    one, other = (s.read(lambda w: plan.care_plan(w, case_id, now)) for s in (ana, ben))
    assert one == other
    assert [activity.description for activity in other.goals[0].activities] == [walk]
