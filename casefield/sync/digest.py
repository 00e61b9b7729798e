"""What somebody holds of a person's record, as one short number that two sides can compare.

The sum, over all records, of a hash of id and revision: equal sets give equal digests in whatever
order they were counted. Drafts don't count, for not everybody may hold them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from casefield.records.base import RecordClass
from casefield.records.registry import KINDS

BITS = 128
UNCOUNTED = frozenset(n for n, kind in KINDS.items() if kind.record_class is RecordClass.DRAFT)


def digest(records: Iterable[tuple[str, int]]) -> str:
    """Return the digest of (id, rev) pairs as hexadecimal text."""
    total = 0
    for record_id, rev in records:
        whole = hashlib.sha256(f"{record_id}|{rev}".encode()).digest()
        total += int.from_bytes(whole[: BITS // 8], "big")
    return f"{total % (1 << BITS):032x}"
