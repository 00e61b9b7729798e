"""Photos and documents that belong to a person: what they are; their bytes travel apart."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from casefield.records.base import (
    Base,
    RecordClass,
    Synced,
    code_field,
    kind_info,
    moment_field,
)

MOST_BYTES = 50 * 1024 * 1024
MEDIA_TYPES = ("application/pdf", "image/jpeg", "image/png", "image/heic", "text/plain")


class Attachment(Synced, Base):
    """A file about a person. `sha256` (hex) and `size` (bytes) are those of the plain content.

    The content never changes: another content is another attachment.
    """

    __kind__ = "Attachment"
    record_class = RecordClass.MEMBER

    sha256: Mapped[str | None] = code_field(64, group="content")
    size: Mapped[int | None] = mapped_column(
        BigInteger, default=None, info=kind_info(group="content")
    )
    media_type: Mapped[str | None] = code_field(100, group="content")
    file_name: Mapped[str | None] = code_field(200)
    title: Mapped[str | None] = code_field(300)
    taken_at: Mapped[datetime | None] = moment_field(group="taken")
    taken_zone: Mapped[str | None] = code_field(group="taken")
    note_id: Mapped[str | None] = code_field(36)
    visit_id: Mapped[str | None] = code_field(36)
    author_id: Mapped[str | None] = code_field(36)
    author_name: Mapped[str | None] = code_field(200)
