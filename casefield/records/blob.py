"""The bytes of an attachment as both sides name them: whose, which content, how much."""

from __future__ import annotations

import re
from dataclasses import dataclass

SHA256 = re.compile("[0-9a-f]{64}")
MOST_SIZE = 2**40


@dataclass(frozen=True)
class Place:
    """A content in a person's record: SHA-256 (hex) and size (bytes) of the plain bytes."""

    case_id: str
    sha256: str
    size: int

    @property
    def is_sound(self) -> bool:
        """Whether there can be such a content."""
        return bool(SHA256.fullmatch(self.sha256)) and 0 < self.size <= MOST_SIZE
