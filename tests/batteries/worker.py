"""A laptop's process for a battery: opens a profile, writes and signs notes, syncs, says how far.

Called with profile, journal, case id, the number of this life and how many notes to write. What
the session acknowledged as saved is written to the journal, and only then; a note says a text that
no other says.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from casefield.application import Application, Session
from casefield.care import notes
from casefield.errors import Offline
from casefield.records.work import Work

PASSPHRASE = "correct horse battery staple field"


def main() -> None:
    """Live once."""
    profile, journal, case_id, life, count = sys.argv[1:]
    session = Application(Path(profile)).unlock(PASSPHRASE)
    print("open", flush=True)
    with open(journal, "ab", buffering=0) as saved:
        for number in range(int(count)):
            words = f"life {life} note {number}"
            note_id = session.act(lambda work, w=words: _note(work, case_id, w), "visit")
            os.write(saved.fileno(), f"{note_id} {words}\n".encode())
            if number % 3 == 2:
                _sync(session)
    _sync(session)
    print("waiting", session.sync_state.waiting, session.sync_state.refused)
    session.lock()


def _note(work: Work, case_id: str, words: str) -> str:
    note_id = notes.start_note(work, case_id, "home_visit")
    notes.save_note(work, note_id, body=words)
    notes.sign_note(work, note_id)
    return note_id


def _sync(session: Session) -> None:
    """Sync as far as it goes: headquarters may be dead just now."""
    try:
        session.sync_now()
    except Offline:
        print("offline", flush=True)


if __name__ == "__main__":
    main()
