"""Photos and documents of a person: what may be attached, what is there, under safe names."""

from __future__ import annotations

import codecs
import contextlib
import errno
import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from casefield.care.views import AttachmentView
from casefield.errors import CasefieldError, NotFound, StorageFull, UnusableInput
from casefield.records.attachment import MEDIA_TYPES, MOST_BYTES, Attachment
from casefield.records.blob import Place
from casefield.records.people import Patient
from casefield.records.visit import Note, Visit
from casefield.records.work import Work

KINDS = "PDF, JPEG, PNG, HEIC or plain text"
ENDINGS = dict(zip(MEDIA_TYPES, (".pdf", ".jpg", ".png", ".heic", ".txt"), strict=True))
HEAD_BYTES = 4096
PIECE_BYTES = 256 * 1024
LONGEST_NAME = 120
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"})
TEXT_CONTROLS = frozenset("\t\n\r\f")
NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|]')
# what Windows takes for a device, whatever follows the dot
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


class Content:
    """A file that is being attached.

    Attributes:
        media_type: by its content, never by its name.
        file_name: its name, safe to be shown and used anywhere.
    """

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path = path
        self._file = file
        self._head = file.read(HEAD_BYTES)
        self.file_name = safe_name(path.name)
        self.media_type = _media_type(self._head)
        if not self._head:
            raise UnusableInput(f"{path} is empty.", way_out="Attach a file that holds something.")
        if self.media_type is None:
            raise self._unknown()

    def pieces(self) -> Iterator[bytes]:
        """Give the content, a piece at a time.

        Raises:
            UnusableInput: it can't be read, is too large, or is no text after all.
        """
        text = codecs.getincrementaldecoder("utf-8")()
        size, piece = 0, self._head
        while piece:
            size += len(piece)
            if size > MOST_BYTES:
                raise _too_large(self._path)
            if self.media_type == "text/plain" and not _is_text(piece, text):
                raise self._unknown()
            yield piece
            try:
                piece = self._file.read(PIECE_BYTES)
            except OSError as error:
                raise _unreadable(self._path, error) from error
        if text.getstate()[0]:
            raise self._unknown()

    def _unknown(self) -> UnusableInput:
        return UnusableInput(
            f"{self._path} is none of the kinds that can be attached.",
            way_out=f"Attach {KINDS}.",
        )


@contextmanager
def opened(path: Path) -> Iterator[Content]:
    """Open a file to be attached.

    Raises:
        UnusableInput: there is none, it can't be read, is empty, too large, or of another kind.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise UnusableInput(f"{path} is not a file.", way_out=f"Attach {KINDS}.")
        if about.st_size > MOST_BYTES:
            raise _too_large(path)
        file = path.open("rb")
    except OSError as error:
        raise _unreadable(path, error) from error
    with file:
        try:
            content = Content(path, file)
        except OSError as error:
            raise _unreadable(path, error) from error
        yield content


def must_be_here(
    work: Work, case_id: str, *, note_id: str | None = None, visit_id: str | None = None
) -> None:
    """See that there is somebody, and something of theirs, to attach to.

    Raises:
        NotFound: nobody, or nothing of this person's.
    """
    work.get(Patient, case_id)
    for kind, record_id in ((Note, note_id), (Visit, visit_id)):
        if record_id is not None and work.get(kind, record_id).case_id != case_id:
            raise NotFound(
                f"That {kind.__kind__.lower()} is not this person's.",
                way_out="Name one of the same person.",
            )


def attach(
    work: Work,
    place: Place,
    *,
    media_type: str,
    file_name: str,
    title: str = "",
    note_id: str | None = None,
    visit_id: str | None = None,
    taken_at: datetime | None = None,
) -> str:
    """Put a content that is kept already into a person's record; return the attachment's id.

    Raises:
        NotFound: nobody, or no such note or visit of this person.
    """
    must_be_here(work, place.case_id, note_id=note_id, visit_id=visit_id)
    record = work.add(
        Attachment(
            case_id=place.case_id,
            sha256=place.sha256,
            size=place.size,
            media_type=media_type,
            file_name=safe_name(file_name),
            title=title.strip()[:300] or None,
            taken_at=taken_at or work.now,
            taken_zone=work.zone,
            note_id=note_id,
            visit_id=visit_id,
            author_id=work.actor.user_id,
            author_name=work.actor.name,
        )
    )
    return record.id


def attachments(
    work: Work, case_id: str, *, note_id: str | None = None
) -> tuple[AttachmentView, ...]:
    """Return a person's attachments, or those of one note, the newest first."""
    equals = {} if note_id is None else {"note_id": note_id}
    views = [_view(work, found) for found in work.find(Attachment, case_id=case_id, **equals)]
    return tuple(sorted(views, key=lambda view: (view.taken_at, view.attachment_id), reverse=True))


def attachment(work: Work, attachment_id: str) -> AttachmentView:
    """Return one attachment; notes for the audit that it was opened.

    Raises:
        NotFound: there is none of this id here, or its record names no content.
    """
    record = work.get(Attachment, attachment_id)
    if not place_of(view := _view(work, record)).is_sound:
        raise NotFound(
            "The record of this attachment names no content.",
            way_out="Ask whoever attached it to attach it again.",
        )
    work.opened(view.case_id, "attachment")
    return view


def place_of(view: AttachmentView) -> Place:
    """Return which content an attachment names."""
    return Place(view.case_id, view.sha256, view.size)


def write_out(pieces: Iterable[bytes], path: Path) -> None:
    """Write a content where somebody wants it, not encrypted, for its owner alone to read.

    Nothing is overwritten; what could not be written whole is removed.

    Raises:
        UnusableInput: there is something already, or the place can't be written.
        StorageFull: no room.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    except BaseException as error:
        with contextlib.suppress(OSError):
            path.unlink()
        if isinstance(error, OSError):
            raise _unwritable(path, error) from error
        raise


def safe_name(name: str, media_type: str = "") -> str:
    """Return a name that is one plain file's in any folder of any system.

    No path, no control or direction character, no device of Windows, no hidden file.

    Args:
        name: as somebody's system said it.
        media_type: gives the ending where the name has another.
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    plain = NOT_IN_A_NAME.sub("_", plain).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > 10:
        stem, ending = plain, ""
    wanted = ENDINGS.get(media_type)
    alike = {".jpg": ("jpeg", "jpg"), ".heic": ("heic", "heif")}.get(wanted or "", ())
    if wanted and ending.lower() not in (*alike, wanted[1:]):
        stem, ending = plain, wanted[1:]
    if DEVICES.match(f"{stem}."):
        stem = f"_{stem}"
    stem = stem[: LONGEST_NAME - len(ending) - 1].strip(" .") or "attachment"
    return f"{stem}.{ending}" if ending else stem


def _view(work: Work, record: Attachment) -> AttachmentView:
    name = safe_name(record.file_name or "", record.media_type or "")
    return AttachmentView(
        attachment_id=record.id,
        case_id=record.case_id or "",
        title=record.title or name,
        file_name=name,
        media_type=record.media_type or "",
        size=record.size or 0,
        sha256=record.sha256 or "",
        taken_at=record.taken_at or work.now,
        zone=record.taken_zone or work.zone,
        author=record.author_name or "",
        note_id=record.note_id,
        visit_id=record.visit_id,
        at_headquarters=record.rev > 0,
    )


def _media_type(head: bytes) -> str | None:
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        return "image/heic"
    return "text/plain" if _is_text(head, codecs.getincrementaldecoder("utf-8")()) else None


def _is_text(piece: bytes, decoder: codecs.IncrementalDecoder) -> bool:
    try:
        words = decoder.decode(piece)
    except UnicodeDecodeError:
        return False
    return all(c in TEXT_CONTROLS or (c >= " " and c != "\x7f") for c in words)


def _too_large(path: Path) -> UnusableInput:
    return UnusableInput(
        f"{path} is larger than {MOST_BYTES // 1024**2} MB.",
        way_out="Attach a smaller version, or parts of it.",
    )


def _unwritable(path: Path, error: OSError) -> CasefieldError:
    if isinstance(error, FileExistsError):
        return UnusableInput(
            f"There is already something at {path}.", way_out="Give another name with -o."
        )
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return StorageFull(f"The disk is full; {path} was not written.", way_out="Free some space.")
    return UnusableInput(
        f"{path} can't be written: {error.strerror or type(error).__name__}.",
        way_out="Give another place with -o.",
    )


def _unreadable(path: Path, error: OSError) -> UnusableInput:
    return UnusableInput(
        f"{path} can't be read: {error.strerror or type(error).__name__}.",
        way_out="Check its name and its permissions.",
    )
