"""What goes over the wire: round trips, what an older laptop doesn't know, small sizes."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from casefield.records.base import new_id
from casefield.records.operation import Operation, OperationKind
from casefield.sync.messages import (
    PROTOCOL,
    SETTLED,
    Enrol,
    EnrolReply,
    Hello,
    HelloReply,
    Problem,
    RecordState,
    Result,
    Status,
    SyncReply,
    SyncRequest,
    TokenReply,
    TokenRequest,
)

OPERATION = Operation(
    op_id=new_id(), dseq=1, tx=new_id(), type="Goal", id=new_id(), case_id=new_id(),
    kind=OperationKind.CHANGE, trunk_revision=3, set={"barrier": None, "own_words": "Zum Café 🙂"},
    was={"barrier": "stairs"}, wall="2026-11-10T18:00:00Z", zone="America/New_York",
    actor=new_id(), actor_name="Ana",
)  # fmt: skip
RESULT = Result(op_id=OPERATION.op_id, status=Status.MERGED, rev=4, seq=9, detail="why")
STATE = RecordState(
    type="Goal", id="g", rev=4, seq=9, case_id="c", signed=True, doc={"own_words": "walk"},
    fmeta={"": {"rev": 1}},
)  # fmt: skip
MESSAGES: list[msgspec.Struct] = [
    Hello(proto=(1, 1), app="0.1", device="d"),
    HelloReply(product="casefield", proto=1, epoch="e", time="t"),
    Enrol(code="c", user="u", device_name="d", public_key="k", app="0.1", password="p"),
    EnrolReply(
        org_id="o", organization="O", user_id="u", user_name="U", role="r", device_id="d",
        fingerprint="f", epoch="e", access_token="a", refresh_token="r", access_seconds=600,
    ),
    TokenRequest(device="d", refresh_token="r", wall="w", signature="s"),
    TokenReply(access_token="a", refresh_token="r", access_seconds=600),
    SyncRequest(proto=1, device="d", cursor="c", fence="f", token="t", ops=[OPERATION],
                purged=["case"]),
    SyncReply(epoch="e", results=[RESULT], changes=[STATE], cursor="c", more=True, enter=["a"],
              leave=["b"], durable_seq=9),
    Problem(code="c", message="m", way_out="w"),
]  # fmt: skip


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: type(m).__name__)
def test_a_message_comes_out_as_it_went_in(message: msgspec.Struct) -> None:
    assert msgspec.json.decode(msgspec.json.encode(message), type=type(message)) == message


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: type(m).__name__)
def test_what_a_newer_version_adds_is_passed_over(message: msgspec.Struct) -> None:
    newer: dict[str, Any] = {**msgspec.to_builtins(message), "added_in_2031": {"deep": [1, 2]}}
    assert msgspec.convert(newer, type(message)) == message


def test_a_result_may_grow_at_its_end() -> None:
    newer = [*msgspec.to_builtins(RESULT), "added in 2031"]
    assert msgspec.convert(newer, Result) == RESULT


def test_what_an_older_version_leaves_out_has_its_default() -> None:
    reply = msgspec.json.decode(b'{"epoch": "e"}', type=SyncReply)
    assert (reply.results, reply.changes, reply.more, reply.leave) == ([], [], False, [])
    assert msgspec.json.decode(b'["op", "applied"]', type=Result).detail == ""


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        (b"{}", SyncReply),
        (b'{"epoch": null}', SyncReply),
        (b'["op", "celebrated"]', Result),
        (b'{"epoch": "e", "results": [["op"]]}', SyncReply),
        (b'{"proto": 1, "device": "d", "ops": [{"op_id": "x"}]}', SyncRequest),
        (b'{"proto": [1], "app": "x"}', Hello),
    ],
)
def test_half_a_message_is_none(text: bytes, shape: type) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=shape)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), VALUES, max_size=6), st.dictionaries(st.text(), VALUES))
def test_values_travel_unchanged(new: dict[str, Any], was: dict[str, Any]) -> None:
    said = msgspec.structs.replace(OPERATION, set=new, was=was)
    assert msgspec.json.decode(msgspec.json.encode(said), type=Operation) == said


def test_every_status_is_settled_or_stays_in_sight() -> None:
    open_ones = {Status.QUARANTINED, Status.REJECTED, Status.DEFERRED}
    assert set(Status) == SETTLED | open_ones
    assert not SETTLED & open_ones


def packed(message: msgspec.Struct) -> int:
    return len(zstandard.compress(msgspec.json.encode(message), 3))


def test_an_idle_sync_is_under_a_kilobyte_each_way() -> None:
    cursor, fence, epoch = "x" * 60, "f" * 16, new_id()
    request = SyncRequest(
        proto=PROTOCOL, device=new_id(), epoch=epoch, cursor=cursor, fence=fence, token=new_id()
    )
    reply = SyncReply(epoch=epoch, cursor=cursor, fence=fence, token=new_id(), durable_seq=10**9)
    assert packed(request) < 1000
    assert packed(reply) < 1000


def test_a_hundred_edits_are_under_twenty_kilobytes() -> None:
    edits = [
        msgspec.structs.replace(
            OPERATION, op_id=new_id(), tx=new_id(), id=new_id(), dseq=n, set={"barrier": f"no {n}"}
        )
        for n in range(1, 101)
    ]
    assert packed(SyncRequest(proto=PROTOCOL, device=new_id(), ops=edits)) < 20_000
