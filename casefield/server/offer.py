"""An operation as a device offers it: its fingerprint, its place in the device's order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from casefield.records.operation import Operation

DEEPEST = 100
_encode = msgspec.json.Encoder(order="sorted").encode
_DIGITS_ALIKE = bytes.maketrans(b"123456789", b"000000000")
_LONG_NUMBER = b"0" * 19  # digits of the least number that 64 bits may not hold
_NULL = b"\\u0000"


@dataclass(frozen=True)
class Offer:
    """An operation with what identifies it.

    Attributes:
        digest: fingerprint of what it does; where it stands in the outbox doesn't count, nor its
            trunk: offered again to a restored headquarters it has another.
    """

    operation: Operation
    digest: str

    @property
    def payload(self) -> str:
        """The operation's JSON."""
        return _text(self.operation)

    @property
    def op_id(self) -> str:
        """Key of idempotency."""
        return self.operation.op_id


def offered(operation: Operation) -> Offer:
    """Return an operation ready to be compared and kept."""
    still = _text(msgspec.structs.replace(operation, dseq=1, trunk_revision=0))
    return Offer(operation, hashlib.sha256(still.encode()).hexdigest())


def oddity(operation: Operation) -> str:
    """Return why no database could keep an operation's values, nothing if one can."""
    if _surely_plain(operation):
        return ""
    values = [*operation.set.items(), *operation.was.items(), operation.wall, operation.actor_name]
    return "" if _plain(values, DEEPEST) else "it holds a value that no database can keep"


def in_sequence(
    offers: Sequence[Offer], settled: frozenset[str], last: int
) -> tuple[list[Offer], int]:
    """Return what to take now, each id once, and how far the device's order then reaches.

    What comes behind a hole in the device's order is not taken. What stands before the first offer
    was answered: a device offers the oldest that waits, and one that enrolled anew, or outlived a
    restored headquarters, goes on counting where it was.

    Args:
        offers: as the device sent them.
        settled: ids answered before; they fill their place and are not taken again.
        last: how far the device's order reached.
    """
    fresh: dict[str, Offer] = {}
    reached = max(last, offers[0].operation.dseq - 1) if offers else last
    for offer in offers:
        if offer.operation.dseq > reached + 1:
            break
        reached = max(reached, offer.operation.dseq)
        if offer.op_id not in settled:
            fresh.setdefault(offer.op_id, offer)
    return list(fresh.values()), reached


def grouped(offers: Sequence[Offer]) -> Iterator[list[Offer]]:
    """Give the operations that were done together, group by group."""
    group: list[Offer] = []
    for offer in offers:
        if group and group[0].operation.tx != offer.operation.tx:
            yield group
            group = []
        group.append(offer)
    if group:
        yield group


def _text(operation: Operation) -> str:
    try:
        return _encode(operation).decode()
    except (OverflowError, RecursionError):  # numbers beyond 64 bits; the fast encoder has none
        return json.dumps(msgspec.to_builtins(operation), sort_keys=True)


def _surely_plain(operation: Operation) -> bool:
    """Whether its JSON shows at a glance that nothing in it is odd: so it is with nearly all."""
    try:
        said = _encode(operation)
    except (OverflowError, RecursionError):
        return False
    shallow = said.count(b"{") + said.count(b"[") < DEEPEST
    return shallow and _NULL not in said and _LONG_NUMBER not in said.translate(_DIGITS_ALIKE)


def _plain(value: Any, depth: int) -> bool:
    if isinstance(value, str):
        return "\0" not in value
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    if isinstance(value, dict):
        return depth > 0 and all(
            _plain(name, depth) and _plain(inner, depth - 1) for name, inner in value.items()
        )
    if isinstance(value, list | tuple):
        return depth > 0 and all(_plain(inner, depth - 1) for inner in value)
    return True
