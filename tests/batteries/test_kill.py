"""The process is killed while somebody types: what was acknowledged is there, the rest is whole."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from casefield.application import Application, Session
from casefield.care import notes, plan
from tests.batteries.conftest import PASSPHRASE

MOST = 40  # acknowledged deeds before the kill
TYPIST = """
import sys
from pathlib import Path
from casefield.application import Application
from casefield.care import notes, plan

profile, note, person, passphrase = sys.argv[1:]
session = Application(Path(profile)).unlock(passphrase)
number = 0
while True:
    number += 1
    words = f"{number} she sleeps better now. " * (1 + number % 40)
    session.act(lambda work: notes.save_note(work, note, body=words), "save the note")
    print("note", number, flush=True)
    if number % 3 == 0:
        wish = f"wish {number}"
        session.act(lambda work: plan.add_goal(work, person, own_words=wish), "a goal")
        print("goal", number, flush=True)
    if number % 5 == 0:
        session._vault.journal.pending(most=1000, max_bytes=10**6)  # as sync would offer it
"""


def killed(worked: Path, seed: int) -> dict[str, int]:
    """Let somebody type, kill the process at a moment of its own; return what it acknowledged."""
    dice = random.Random(seed)
    given = [str(worked / "p"), (worked / "note").read_text(), (worked / "person").read_text()]
    with subprocess.Popen(
        [sys.executable, "-c", TYPIST, *given, PASSPHRASE], stdout=subprocess.PIPE, text=True
    ) as typist:
        assert typist.stdout is not None
        last: dict[str, int] = {}
        deeds = dice.randint(1, MOST)
        for _ in range(deeds):
            last |= acknowledged(typist.stdout.readline())
        for _ in range(dice.randrange(30_000)):
            pass  # a moment that falls anywhere into the next deed
        typist.kill()
        for line in typist.stdout:  # it may have acknowledged more meanwhile
            last |= acknowledged(line)
    assert typist.returncode == -9
    return last


def acknowledged(line: str) -> dict[str, int]:
    """Return what a whole line acknowledges; the kill may have cut the last."""
    what, _, number = line.partition(" ")
    return {what: int(number)} if line.endswith("\n") else {}


def bodies(session: Session, person: str) -> list[str]:
    return [view.body for view in session.read(lambda work: notes.notes(work, person))]


@pytest.mark.parametrize("seed", range(4))
def test_what_was_acknowledged_survives_a_kill(worked: Path, seed: int) -> None:
    last = killed(worked, seed)
    person = (worked / "person").read_text()
    session = Application(worked / "p").unlock(PASSPHRASE)
    try:
        assert all(finding.good for finding in session.check())
        (body,) = bodies(session, person)
        number = int(body.split(" ", 1)[0])
        assert number in {last["note"], last["note"] + 1}  # one more may be saved and not yet told
        assert body == f"{number} she sleeps better now. " * (1 + number % 40)
        view = session.read(lambda work: plan.care_plan(work, person, session.clock.now()))
        wishes = {goal.own_words for goal in view.goals}
        assert {f"wish {n}" for n in range(3, last.get("goal", 0) + 1, 3)} <= wishes
        waiting = session.waiting()
        said = [item.record_id for item in waiting]
        assert {goal.goal_id for goal in view.goals} <= set(said)
        note = (worked / "note").read_text()
        (operations,) = [_said_of(session, note)]
        assert operations[-1] == body  # the outbox says the same as the row
        assert session.act(lambda work: notes.save_note(work, note, body="and on"), "save")
    finally:
        session.lock()


def _said_of(session: Session, note: str) -> list[str]:
    found = session._vault.journal.pending(most=10_000, max_bytes=10**8)
    return [operation.set["body"] for operation in found if operation.id == note]
