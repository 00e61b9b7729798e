"""Real processes killed at any moment: what was said to be saved reaches headquarters, once.

Long form: ``make soak ROUNDS=200``. The dice's seed is printed; CASEFIELD_SEED repeats a run's
choices (not its moments, which are the machine's).
"""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from casefield.application import Application
from casefield.records.headquarters import Change
from casefield.records.visit import Note
from tests.batteries.office import bring_in, office
from tests.batteries.processes import Headquarters, Worker
from tests.fieldwork import PASSPHRASE, standing_on

QUICK = 4
NOTES = 12
LONGEST_SECONDS = 1.2  # about as long as a life takes


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_what_was_saved_reaches_headquarters_once(
    where: str,
    rounds: int,
    fresh_profile: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    seed = int(os.environ.get("CASEFIELD_SEED", random.randrange(2**32)))
    dice = random.Random(seed)
    database = request.getfixturevalue(f"on_{where}")
    profile, journal = tmp_path / "laptop", tmp_path / "journal"
    journal.touch()
    killed: Counter[str] = Counter()
    headquarters = Headquarters(database)
    with office(database) as there:
        headquarters.start()
        try:
            session = there.laptop(fresh_profile, profile, headquarters.url, "ana")
            case_id = bring_in(session, "Medina")
            session.lock()
            for life in range(rounds or QUICK):
                worker = Worker(profile, journal, case_id, life, NOTES)
                worker.until_open()
                victim = dice.choice(["client", "server", "both"])
                if not worker.ended_within(dice.uniform(0, LONGEST_SECONDS)):
                    if victim != "client":
                        headquarters.kill()
                    if victim != "server":
                        worker.kill()
                    killed[victim] += 1
                    if not headquarters.runs:
                        headquarters.start()
                if victim == "server":
                    worker.end()
            last = Worker(profile, journal, case_id, -1, 0)
            assert last.end() == "waiting 0 0", f"seed {seed}"
        finally:
            headquarters.kill()
        saved = dict(line.split(" ", 1) for line in journal.read_text().splitlines())
        found = {row.id: row for row in there.rows(select(Note.__table__))}
        lost = [note for note, words in saved.items() if found[note].body != words]
        lost += [note for note in saved if not found[note].signed]
        assert lost == [], f"seed {seed}"
        bodies = Counter(row.body for row in found.values())
        births = Counter(there.rows(select(Change.record_id).where(Change.kind == "create")))
        twice = [body for body, times in bodies.items() if times > 1]
        twice += [born.record_id for born, times in births.items() if times > 1]
        assert twice == [], f"seed {seed}"
        length = there.order_is_whole()
        session = Application(profile).unlock(PASSPHRASE)
        here, theirs = standing_on(session), there.standing()
        session.lock()
        assert here == theirs, f"seed {seed}"
    assert len(saved) > 0
    with capsys.disabled():
        print(
            f"\nkill -9 ({where}): {rounds or QUICK} lives, killed {dict(killed)}, "
            f"{len(saved)} notes acknowledged, {len(lost)} lost, {len(twice)} duplicated, "
            f"{length} changes in order, seed {seed}"
        )
