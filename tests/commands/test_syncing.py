"""``enrol``, ``sync`` and ``waiting`` against a headquarters on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from casefield.server.embedded import EmbeddedServer
from casefield.sync.messages import Result, Status, SyncReply
from casefield.vault.vault import Vault
from tests.care.bundles import bundle, condition, patient
from tests.commands.conftest import PASSPHRASE, Call

Write = Callable[[str, Any], Path]
ROSA = bundle(patient(), condition("hf", "I50.9", "Heart failure"))


@pytest.fixture
def headquarters(tmp_path: Path) -> Iterator[EmbeddedServer]:
    """Return a running headquarters with nobody in it."""
    with EmbeddedServer(str(tmp_path / "headquarters.db")) as server:
        yield server


def test_sync_without_headquarters_is_3(call: Call) -> None:
    said = call("sync", "--json")
    assert (said.code, said.out) == (3, "")
    assert "not enrolled" in said.err
    assert "casefield enrol" in said.err


def test_nothing_waits_at_first(call: Call) -> None:
    assert call("waiting", "--json").json == []
    assert call("waiting").out == "Nothing waits on this laptop.\n"


def test_what_was_done_waits_in_order(call: Call, file: Write) -> None:
    call("import", file("rosa.json", ROSA))
    found = call("waiting", "--json").json
    assert [item["record_type"] for item in found] == [
        "Patient",
        "EpisodeOfCare",
        "Assignment",
        "Condition",
    ]
    assert {item["state"] for item in found} == {"waiting"}
    assert "Rosa" not in call("waiting").out  # what waits is told without content


def test_what_was_refused_is_told_in_full_where_it_can_still_be_read(
    call: Call, file: Write, home: Path
) -> None:
    call("import", file("rosa.json", ROSA))
    vault = Vault.open(home / "p")
    vault.unlock(PASSPHRASE)
    person = vault.journal.pending(most=1, max_bytes=1)[0]
    refusal = Result(op_id=person.op_id, status=Status.QUARANTINED, detail="late")
    reply = SyncReply(epoch="e", results=[refusal])
    vault.journal.take_reply(reply, compared=False, now=datetime.now(UTC))
    vault.lock()
    said = call("waiting")
    assert "refused: late\n" in said.out
    assert "Family name: Alvarez\n" in said.out
    assert "Heart failure" not in said.out  # what waits is told without content
    refused = call("waiting", "--json").json[0]
    assert refused["said"]["given_name"] == "Rosa"


def test_enrol_and_sync_bring_everything_across(
    call: Call, file: Write, headquarters: EmbeddedServer
) -> None:
    office = headquarters.administration
    org = office.add_organization("Field Care", "America/New_York")
    office.add_user(org, "ana", "Ana Alvarez", "case_manager")
    call("import", file("rosa.json", ROSA))
    enrolled = call(
        "enrol", "--server", headquarters.url, "--code", office.code(org, "ana"),
        "--user", "ana", "--json",
    )  # fmt: skip
    assert enrolled.code == 0
    assert enrolled.json["organization"] == "Field Care"
    assert enrolled.json["user"] == "Ana Alvarez"
    assert enrolled.json["fingerprint"]
    said = call("sync", "--json")
    assert (said.code, said.err) == (0, "")
    assert said.json["pushed"] == 4
    assert (said.json["refused"], said.json["conflicts"], said.json["waiting"]) == (0, 0, 0)
    assert said.json["bytes_up"] > 0
    assert call("waiting", "--json").json == []
    assert call("sync", "--json").json["pushed"] == 0


def test_a_wrong_code_enrols_nobody(call: Call, headquarters: EmbeddedServer) -> None:
    said = call("enrol", "--server", headquarters.url, "--code", "NOPE", "--user", "ana")
    assert said.code in {1, 2}
    assert said.out == ""
    assert said.err.strip()
    assert call("sync").code == 3
