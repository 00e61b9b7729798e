"""What the data layer costs above bare SQLCipher: one note saved, thousands of rows at once."""

from __future__ import annotations

import itertools
import struct
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import people
from bare import Bare
from figures import Figure, compared, in_turn, percentile, timed

if TYPE_CHECKING:
    from casefield.vault.vault import Vault

BODY = "Weighed, pill box filled for the week, both can say when to call. " * 10
# A frame of the write-ahead log begins with (page, size of the database after a commit, else 0)
WAL_HEADER, FRAME_HEADER, PAGE = 32, 24, 4096


def one_note(folder: Path, rounds: int, saves: int) -> Iterator[Figure]:
    """A note saved by a worker, against the same row committed by hand; flushes of each save."""
    vault, actor = _vault(folder / "saving")
    bare = Bare(folder / "bare-saving")
    case_id = _person(vault, actor)

    def save() -> None:
        with vault.work(actor, "bench") as work:
            work.add(_note(case_id, actor))

    rows = iter(_note_rows(vault, save, rounds, saves))

    def ours() -> float:
        return timed(lambda: [save() for _ in range(saves)]) / saves

    def theirs() -> float:
        mine = list(itertools.islice(rows, saves))
        return timed(lambda: [bare.insert({"note": [row]}) for row in mine]) / saves

    samples = in_turn(rounds, {"ours": ours, "bare": theirs})
    yield compared(
        "save a note: row, operation, audit entry",
        "ms",
        samples,
        "ours",
        "bare",
        against="the row alone, bare SQLCipher",
        aim=3.0,
        scale=1000,
    )
    each = [timed(save) * 1000 for _ in range(saves * 4)]
    yield Figure("save a note, 99th percentile", percentile(each, 0.99), "ms")
    flushes = _commits(folder / "saving" / "casefield.db-wal", vault, save)
    yield Figure("save a note: flushes to disk", flushes, "", aim=1.0)
    vault.lock()
    bare.close()


def many_rows(folder: Path, rounds: int, count: int) -> Iterator[Figure]:
    """Records that come with an import and with a pull, against executemany of the same rows."""
    vault, actor = _vault(folder / "bulk")
    case_id = _person(vault, actor)
    numbers = itertools.count()

    def imported() -> float:
        records = list(people.observations(case_id, count))
        begun = time.perf_counter()
        with vault.work(actor, "bench") as work:
            work.add_all(records)
        return time.perf_counter() - begun

    def pulled() -> float:
        from casefield.sync.messages import SyncReply

        changes = _changes(case_id, count)
        begun = time.perf_counter()
        reply = SyncReply(epoch="e", changes=changes, cursor=str(next(numbers)))
        vault.journal.take_reply(reply, compared=False, now=datetime.now(UTC))
        return time.perf_counter() - begun

    def by_hand(rows: dict[str, Any]) -> float:
        bare = Bare(folder / f"bare-bulk-{next(numbers)}")
        seconds = timed(lambda: bare.insert(rows))
        bare.close()
        return seconds

    imported()
    tables = ("observation", "outbox_operation", "audit_entry")
    whole = {table: _newest(vault, table, count) for table in tables}
    alone = {"observation": whole["observation"]}
    samples = in_turn(
        rounds,
        {
            "import": imported,
            "whole": lambda: by_hand(whole),
            "pull": pulled,
            "alone": lambda: by_hand(alone),
        },
    )
    what = f"{count:,} records"
    yield compared(
        f"import of {what}: rows, operations, audit entries",
        "s",
        samples,
        "import",
        "whole",
        against="executemany of the same rows",
        aim=1.3,
    )
    yield compared(
        f"pull of {what} into an empty laptop: rows",
        "s",
        samples,
        "pull",
        "alone",
        against="executemany of the same rows",
        aim=1.3,
    )
    vault.lock()


def _vault(folder: Path) -> tuple[Vault, Any]:
    from casefield.records.work import Actor
    from casefield.vault.vault import Vault

    vault = Vault.create(folder, people.PASSPHRASE)
    local = vault.local_identity()
    return vault, Actor(local.org_id, local.user_id, "Ana Alvarez, RN")


def _person(vault: Vault, actor: Any) -> str:
    from casefield.records.people import Patient

    with vault.work(actor, "bench") as work:
        return work.add(Patient(given_name="Rosa", family_name="Medina")).id


def _note(case_id: str, actor: Any) -> Any:
    from casefield.records.visit import Note

    now = datetime.now(UTC)
    return Note(
        case_id=case_id,
        kind="home_visit",
        title="Visit",
        body=BODY,
        author_id=actor.user_id,
        author_name=actor.name,
        written_at=now,
        written_zone=people.ZONE,
        happened_on=now.date(),
        late_entry=False,
    )


def _note_rows(vault: Vault, save: Any, rounds: int, saves: int) -> Iterator[list[Any]]:
    """Yield rows as the data layer has them, each with an id of its own."""
    from casefield.records.base import new_id

    save()
    kept, at = _newest(vault, "note", 1)[0], _columns(vault, "note").index("id")
    for _ in range((rounds + 1) * saves):
        row = list(kept)
        row[at] = new_id()
        yield row


def _changes(case_id: str, count: int) -> list[Any]:
    """Return what headquarters would send: records that this laptop has not seen."""
    from casefield.records.base import new_id
    from casefield.records.document import to_document
    from casefield.sync.messages import RecordState

    mark = {"": {"rev": 1, "op": new_id(), "device": new_id(), "by": "Ben Okoye", "at": ""}}
    return [
        RecordState(
            type="Observation",
            id=new_id(),
            rev=1,
            seq=number + 1,
            case_id=case_id,
            doc=to_document(record),
            fmeta=mark,
        )
        for number, record in enumerate(people.observations(case_id, count))
    ]


def _newest(vault: Vault, table: str, count: int) -> list[tuple[Any, ...]]:
    """Return the newest rows as the database holds them."""
    from sqlalchemy import text

    query = text(f"SELECT * FROM {table} ORDER BY rowid DESC LIMIT {count}")  # noqa: S608
    with vault.snapshot() as session:
        return [tuple(row) for row in session.execute(query)][::-1]


def _columns(vault: Vault, table: str) -> list[str]:
    from sqlalchemy import text

    with vault.snapshot() as session:
        return [row[1] for row in session.execute(text(f"PRAGMA table_info({table})"))]


def _commits(log: Path, vault: Vault, act: Any, acts: int = 10) -> float:
    """Return how many transactions an act ends in: each is one flush at synchronous=FULL.

    They are counted in the write-ahead log itself, emptied before.
    """
    from sqlalchemy import text

    with vault.snapshot() as session:
        session.connection().exec_driver_sql("ROLLBACK")
        session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).all()
        session.connection().exec_driver_sql("BEGIN")
    for _ in range(acts):
        act()
    frames = log.read_bytes()[WAL_HEADER:]
    size = FRAME_HEADER + PAGE
    heads = (struct.unpack_from(">II", frames, at) for at in range(0, len(frames) - size + 1, size))
    return sum(after > 0 for _, after in heads) / acts
