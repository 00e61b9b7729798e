"""Contents of attachments at headquarters: who may send and have them, how far each got.

A content is known per person. Somebody who names a content of another person's record gets the
same answer as for one that nobody has, and must send all of it before it counts for the own one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import Connection, func, insert, select, update

from casefield.records.attachment import MEDIA_TYPES, Attachment
from casefield.records.headquarters import Blob, DeviceCase
from casefield.server.auth import Denied
from casefield.server.blob_folder import BlobFolder
from casefield.server.database import Database
from casefield.server.scope import Member, cases_in_scope
from casefield.sync.messages import BlobOffer, BlobReply

COMING, COMPLETE = "coming", "complete"
MB = 1024 * 1024


class BlobOffice:
    """Answers about contents.

    Args:
        database: where it stands how far each got.
        folder: where the bytes are.
    """

    def __init__(self, database: Database, folder: BlobFolder) -> None:
        self._database = database
        self._folder = folder

    def offer(self, member: Member, offer: BlobOffer, now: datetime) -> BlobReply:
        """Take note of a content that a laptop has; say from where on it is to send it.

        Raises:
            Denied: not this member's to send, too large, of a kind that is not taken, no room.
        """
        with self._database.write() as connection:
            if not _may_send(connection, member, offer.case_id):
                words = "This person is not in your care, so headquarters takes no attachment."
                raise Denied(403, "not_in_care", words, "It stays on this laptop.")
            self._check(offer)
            row = _row(connection, member, offer.case_id, offer.sha256)
            if row is None:
                self._check_room(connection, member, offer.size)
                _begin(connection, member, offer, now)
                return BlobReply(offset=0, complete=False)
            if row.state == COMPLETE and self._is_there(row):
                return BlobReply(offset=row.size, complete=True)
            stands = self._stands(row) if row.size == offer.size else 0
            _write(connection, row, size=offer.size, arrived=stands, state=COMING)
            return BlobReply(offset=stands, complete=False)

    def where(self, member: Member, case_id: str, sha256: str) -> BlobReply:
        """Say how far a content got.

        Raises:
            Denied: there is none for this member.
        """
        with self._database.read() as connection:
            row = _row(connection, member, case_id, sha256, locked=False)
            allowed = _may_send(connection, member, case_id) or _may_have(connection, member, row)
            if row is None or not allowed:
                raise _no_blob()
            if row.state == COMPLETE:
                return BlobReply(offset=row.size, complete=True)
            return BlobReply(offset=self._stands(row), complete=False)

    def take(
        self, member: Member, case_id: str, sha256: str, offset: int, data: bytes, now: datetime
    ) -> BlobReply:
        """Add bytes to a content; once all are there and the hash is right, it counts.

        Raises:
            Denied: another offset is wanted, more came than was announced, the hash is wrong
                (all of it is thrown away then), or it is not this member's to send.
        """
        with self._database.write() as connection:
            row = _row(connection, member, case_id, sha256)
            if row is None or not _may_send(connection, member, case_id):
                raise _no_blob()
            stands = row.size if row.state == COMPLETE else self._stands(row)
            if offset != stands:
                words = f"Headquarters has {stands} bytes of this attachment, not {offset}."
                raise Denied(409, "wrong_offset", words, "It goes on from there.")
            if len(data) > row.size - stands:
                raise Denied(422, "bad_message", "More came than was announced.")
            if row.state == COMPLETE:
                return BlobReply(offset=row.size, complete=True)
            self._folder.append(member.org_id, case_id, sha256, stands, data)
            stands += len(data)
            right = stands == row.size and self._folder.is_right(member.org_id, case_id, sha256)
            wrong = stands == row.size and not right
            if wrong:
                self._folder.discard(member.org_id, case_id, sha256)
            _write(
                connection,
                row,
                arrived=0 if wrong else stands,
                state=COMPLETE if right else COMING,
                completed_at=now if right else None,
            )
        if wrong:
            words = "What arrived of an attachment is not what was announced (its hash differs)."
            raise Denied(422, "wrong_hash", words, "It was thrown away and is sent again.")
        if right:
            self._folder.settle(member.org_id, case_id, sha256)
        return BlobReply(offset=stands, complete=right)

    def open(self, member: Member, case_id: str, sha256: str) -> tuple[BinaryIO, int]:
        """Open a content for a member who may have it; return its size as well.

        Raises:
            Denied: there is none for this member.
        """
        with self._database.read() as connection:
            row = _row(connection, member, case_id, sha256, locked=False)
            if row is None or row.state != COMPLETE or not _may_have(connection, member, row):
                raise _no_blob()
        file = self._folder.open(member.org_id, case_id, sha256)
        if file is None:
            raise _no_blob()
        return file, row.size

    def _stands(self, row: Any) -> int:
        """Return how many bytes are sure: what the disk lost must come again."""
        length = self._folder.length(row.org_id, row.case_id, row.sha256)
        return min(int(row.arrived), length)

    def _is_there(self, row: Any) -> bool:
        file = self._folder.open(row.org_id, row.case_id, row.sha256)
        if file is None:
            return False
        with file:
            return bool(file.seek(0, 2) == row.size)

    def _check(self, offer: BlobOffer) -> None:
        if offer.size > self._folder.most_bytes:
            raise Denied(
                413,
                "blob_too_large",
                f"Headquarters takes attachments up to {self._folder.most_bytes / MB:g} MB.",
                "It stays on this laptop. Attach a smaller version.",
            )
        if offer.media_type not in MEDIA_TYPES:
            words = "Headquarters doesn't take attachments of this kind."
            raise Denied(415, "blob_type", words, "It stays on this laptop.")

    def _check_room(self, connection: Connection, member: Member, size: int) -> None:
        quota = self._folder.quota_bytes
        if quota is None:
            return
        used = connection.execute(
            select(func.coalesce(func.sum(Blob.size), 0)).where(Blob.org_id == member.org_id)
        ).scalar_one()
        if int(used) + size > quota:
            words = "Your organisation's room for attachments at headquarters is full."
            raise Denied(409, "quota", words, "It waits on this laptop. Tell your administrator.")


def _may_send(connection: Connection, member: Member, case_id: str) -> bool:
    """Whether a member may send for a person: in care, or still on the very laptop that calls."""
    if not member.may_write:
        return False
    if case_id in cases_in_scope(connection, member):
        return True
    held = select(DeviceCase.case_id).where(
        DeviceCase.org_id == member.org_id,
        DeviceCase.device_id == member.device_id,
        DeviceCase.case_id == case_id,
    )
    return connection.execute(held).first() is not None


def _may_have(connection: Connection, member: Member, row: Any) -> bool:
    """Whether a content is named by a record of a person in this member's care."""
    if row is None or row.case_id not in cases_in_scope(connection, member):
        return False
    named = select(Attachment.id).where(
        Attachment.org_id == member.org_id,
        Attachment.case_id == row.case_id,
        Attachment.sha256 == row.sha256,
        Attachment.deleted.is_(False),
    )
    return connection.execute(named).first() is not None


def _row(
    connection: Connection, member: Member, case_id: str, sha256: str, *, locked: bool = True
) -> Any:
    statement = select(Blob.__table__).where(
        Blob.org_id == member.org_id, Blob.case_id == case_id, Blob.sha256 == sha256
    )
    return connection.execute(statement.with_for_update() if locked else statement).first()


def _begin(connection: Connection, member: Member, offer: BlobOffer, now: datetime) -> None:
    connection.execute(
        insert(Blob).values(
            org_id=member.org_id,
            case_id=offer.case_id,
            sha256=offer.sha256,
            size=offer.size,
            arrived=0,
            state=COMING,
            media_type=offer.media_type,
            device_id=member.device_id,
            begun_at=now,
        )
    )


def _write(connection: Connection, row: Any, **values: Any) -> None:
    connection.execute(
        update(Blob)
        .where(Blob.org_id == row.org_id, Blob.case_id == row.case_id, Blob.sha256 == row.sha256)
        .values(**values)
    )


def _no_blob() -> Denied:
    return Denied(
        404,
        "no_blob",
        "Headquarters has not got the content of this attachment.",
        "It may still wait on a colleague's laptop; try again later.",
    )
