"""The bytes of attachments on this laptop: encrypted files beside the database, and their way.

A file lies in ``attachments/ab/``, named by an HMAC under the person's own key, so that neither its
name nor a comparison with other files tells what it holds. Implements
`casefield.sync.blobs.BlobStore` without knowing it.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from sqlalchemy import ColumnElement, and_, delete, exists, select, update
from sqlalchemy.orm import Session

from casefield.errors import Damaged, NotFound
from casefield.records.attachment import Attachment
from casefield.records.base import new_id
from casefield.records.blob import Place
from casefield.records.laptop import LocalBlob
from casefield.vault.files import (
    PRIVATE_FILE,
    environment_error,
    make_private_folder,
    sync_folder,
)
from casefield.vault.keys import DataKey
from casefield.vault.sealed import Broken, SealedArrival, SealedReader, SealedWriter

FOLDER = "attachments"
COMING, WAITING, SAFE, REFUSED = "coming", "waiting", "safe", "refused"
DAMAGED, GONE = "damaged", "gone"
HELD = (WAITING, SAFE, REFUSED)
KEEPS_A_CASE = (WAITING, REFUSED)
NEW, PART = ".new", ".part"
SMALL_BYTES = 1_000_000
RECENT = timedelta(days=30)
MOST_WANTED = 200
NO_SYNC = {"synchronize_session": False}


class Storage(Protocol):
    """What is needed of the vault."""

    def transaction(self) -> AbstractContextManager[Session]:
        """Give a writing session."""
        ...

    def snapshot(self) -> AbstractContextManager[Session]:
        """Give a reading session."""
        ...


@dataclass(frozen=True)
class Standing:
    """Where the bytes of one attachment are: `state` as in `LocalBlob`, how many arrived there."""

    state: str
    arrived: int
    reason: str


class Arrival:
    """A file on its way here; `write` what comes from `offset` on, then `finish`."""

    def __init__(self, sealed: SealedArrival, finish: Callable[[], None]) -> None:
        self._sealed = sealed
        self.finish = finish

    @property
    def offset(self) -> int:
        """How many bytes are here."""
        return self._sealed.offset

    def write(self, data: bytes) -> None:
        """Keep what came."""
        self._sealed.write(data)


class Blobs:
    """Keeps, gives and removes the bytes of attachments.

    Args:
        profile: the profile's folder.
        storage: the vault.
        key: gives the data key while the vault is unlocked.
    """

    def __init__(self, profile: Path, storage: Storage, key: Callable[[], DataKey]) -> None:
        self._folder = profile / FOLDER
        self._storage = storage
        self._key = key
        self._moving = threading.RLock()  # files and their rows change together
        self._arriving = threading.Lock()  # one arrival at a time: two would write in one file

    # -- keeping and giving -----------------------------------------------------------------

    def keep(self, case_id: str, pieces: Iterable[bytes]) -> Place:
        """Encrypt what comes and keep it, waiting for headquarters; return what it is.

        The file is whole on the disk before its row is written. Until a record names it nothing
        of it travels, and `let_go` removes it.

        Raises:
            StorageFull, UnusableInput, Damaged: the disk doesn't take it; nothing is left.
        """
        scratch = self._made(self._folder) / f"{new_id()}{NEW}"
        try:
            with _new_file(scratch) as file:
                writer = SealedWriter(file, self._person(case_id))
                for piece in pieces:
                    writer.write(piece)
                writer.finish()
            place = Place(case_id, writer.sha256, writer.size)
            with self._moving:
                self._settle(scratch, place)
                self._note(place, WAITING)
        except OSError as error:
            raise environment_error(error, scratch) from error
        finally:
            with contextlib.suppress(OSError):
                scratch.unlink(missing_ok=True)
        return place

    def let_go(self, place: Place) -> None:
        """Remove what was kept and no record names."""
        with self._storage.transaction() as session:
            session.execute(
                update(LocalBlob).where(_row(place), ~_named()).values(state=GONE),
                execution_options=NO_SYNC,
            )
        self.clear_gone()

    def has(self, place: Place) -> bool:
        """Whether the whole content is here."""
        return self._state(place) in HELD

    def standing(self, places: Iterable[Place]) -> dict[Place, Standing]:
        """Return where the bytes of each stand; what was never here is left out."""
        wanted = {(place.case_id, place.sha256): place for place in places}
        with self._storage.snapshot() as session:
            cases = {case_id for case_id, _ in wanted}
            rows = session.scalars(select(LocalBlob).where(LocalBlob.case_id.in_(cases)))
            return {
                wanted[row.case_id, row.sha256]: Standing(row.state, row.arrived, row.reason or "")
                for row in rows
                if (row.case_id, row.sha256) in wanted and row.state != GONE
            }

    def read(self, place: Place, offset: int = 0) -> Generator[bytes]:
        """Give the content from a byte on, each chunk verified before it is given.

        Raises:
            NotFound: it is not on this laptop.
            Damaged: the file isn't what was written.
        """
        path = self._path(place)
        try:
            with path.open("rb") as file:
                reader = SealedReader(file, self._person(place.case_id), place.sha256)
                yield from reader.chunks(offset)
        except FileNotFoundError as error:
            raise NotFound(
                "The content of this attachment is not on this laptop.",
                way_out="Sync, then open it while headquarters can be reached.",
            ) from error
        except OSError as error:
            raise environment_error(error, path) from error
        except Broken as error:
            raise Damaged(
                f"The file {path} of an attachment is damaged: {error}.",
                way_out="It is left untouched; run casefield check, and restore a backup.",
            ) from error

    # -- on its way (BlobStore) -------------------------------------------------------------

    def waiting(self) -> tuple[Place, ...]:
        """Return what headquarters has not got whole: the newest small ones first."""
        with self._storage.snapshot() as session:
            rows = session.execute(
                select(Attachment.case_id, Attachment.sha256, Attachment.size)
                .join(LocalBlob, _names_it())
                .where(LocalBlob.state == WAITING)
                .order_by(Attachment.size >= SMALL_BYTES, Attachment.taken_at.desc())
            )
            return tuple(dict.fromkeys(_places(rows)))

    def media_type(self, place: Place) -> str:
        """Return what kind of content it is."""
        with self._storage.snapshot() as session:
            found = session.scalars(
                select(Attachment.media_type).where(
                    Attachment.case_id == place.case_id, Attachment.sha256 == place.sha256
                )
            )
            return next((name for name in found if name), "")

    def piece(self, place: Place, offset: int, most: int) -> bytes:
        """Return up to `most` bytes of the content from a byte on."""
        found = bytearray()
        with contextlib.closing(self.read(place, offset)) as chunks:
            for chunk in chunks:
                found += chunk
                if len(found) >= most:
                    break
        return bytes(found[:most])

    def reached(self, place: Place, arrived: int) -> None:
        """Write down how many bytes headquarters has."""
        self._update(place, arrived=arrived, reason=None)

    def safe(self, place: Place) -> None:
        """Headquarters has it whole."""
        self._update(place, state=SAFE, arrived=place.size, reason=None)

    def held_up(self, place: Place, reason: str, *, state: str = WAITING) -> None:
        """It can't go up now, or (`state` refused, damaged) not as it is."""
        self._update(place, state=state, reason=reason)

    def wanted(self, now: datetime) -> tuple[Place, ...]:
        """Return small and recent content that is not here, the newest first."""
        here = exists().where(_names_it(), LocalBlob.state != COMING)
        with self._storage.snapshot() as session:
            rows = session.execute(
                select(Attachment.case_id, Attachment.sha256, Attachment.size)
                .where(
                    Attachment.size < SMALL_BYTES,
                    Attachment.taken_at > now - RECENT,
                    Attachment.deleted.is_(False),
                    Attachment.rev > 0,
                    ~here,
                )
                .order_by(Attachment.taken_at.desc())
                .limit(MOST_WANTED)
            )
            return tuple(dict.fromkeys(_places(rows)))

    @contextmanager
    def arrival(self, place: Place) -> Iterator[Arrival | None]:
        """Give the file in which content arrives; what came before is in it. None: it is here.

        It counts only once `finish` found it whole and right.
        """
        with self._arriving:
            with self._moving:
                here = self.has(place)
                if not here:
                    self._note(place, COMING)
            if here:
                yield None
                return
            path = self._path(place)
            part = self._made(path.parent) / f"{path.name}{PART}"
            try:
                with _open_file(part) as file:
                    sealed = SealedArrival(
                        file, self._person(place.case_id), place.sha256, place.size
                    )
                    yield Arrival(sealed, lambda: self._arrived(place, part, sealed))
            except OSError as error:
                raise environment_error(error, part) from error

    def _arrived(self, place: Place, part: Path, sealed: SealedArrival) -> None:
        if not sealed.is_right():
            part.unlink(missing_ok=True)
            raise Damaged(
                "What headquarters sent is not the attachment that its record names.",
                way_out="It was thrown away. Try again; tell your administrator if this stays.",
            )
        with self._moving:
            if self._state(place) != COMING:  # the person left meanwhile, or it was attached here
                part.unlink(missing_ok=True)
                return
            self._settle(part, place)
            self._note(place, SAFE)

    # -- going ------------------------------------------------------------------------------

    def clear_gone(self) -> None:
        """Remove the files of what is gone; what can't be removed now is tried again later."""
        with self._moving:
            with self._storage.snapshot() as session:
                rows = session.execute(
                    select(LocalBlob.case_id, LocalBlob.sha256, LocalBlob.size).where(
                        LocalBlob.state == GONE
                    )
                ).all()
            removed = [place for place in (Place(*row) for row in rows) if self._unlinked(place)]
            if removed:
                with self._storage.transaction() as session:
                    for place in removed:
                        session.execute(
                            delete(LocalBlob).where(_row(place), LocalBlob.state == GONE)
                        )

    def sweep(self) -> None:
        """After an unclean end: remove every file and row that nothing names any more."""
        with self._moving:
            with self._storage.transaction() as session:
                session.execute(
                    update(LocalBlob).where(~_named()).values(state=GONE),
                    execution_options=NO_SYNC,
                )
            self.clear_gone()
            with self._storage.snapshot() as session:
                rows = session.execute(select(LocalBlob.case_id, LocalBlob.sha256, LocalBlob.size))
                paths = [self._path(Place(*row)) for row in rows]
            known = {path.name for path in paths} | {f"{path.name}{PART}" for path in paths}
            for file in self._files():
                if file.name not in known:
                    file.unlink(missing_ok=True)

    def verdict(self, session: Session) -> tuple[bool, str]:
        """Read every file; tell whether each is what was kept, for `casefield check`."""
        rows = session.execute(
            select(LocalBlob.case_id, LocalBlob.sha256, LocalBlob.size, LocalBlob.state).where(
                LocalBlob.state.in_((*HELD, DAMAGED))
            )
        ).all()
        bad = sum(not self._is_whole(Place(*row[:3])) for row in rows)
        waits = sum(row.state in KEEPS_A_CASE for row in rows)
        if bad:
            return False, f"{bad} of {len(rows)} can't be read"
        return True, f"{len(rows)} whole, {waits} not at headquarters yet"

    # -- inside -----------------------------------------------------------------------------

    def _is_whole(self, place: Place) -> bool:
        content = hashlib.sha256()
        try:
            for chunk in self.read(place):
                content.update(chunk)
        except (Damaged, NotFound):
            return False
        return content.hexdigest() == place.sha256

    def _state(self, place: Place) -> str | None:
        with self._storage.snapshot() as session:
            kept = session.get(LocalBlob, (place.case_id, place.sha256))
            return None if kept is None else kept.state

    def _person(self, case_id: str) -> bytes:
        return self._key().derived(f"attachments of {case_id}")

    def _path(self, place: Place) -> Path:
        key = self._key().derived(f"names of attachments of {place.case_id}")
        name = hmac.new(key, place.sha256.encode(), hashlib.sha256).hexdigest()
        return self._folder / name[:2] / name

    def _made(self, folder: Path) -> Path:
        make_private_folder(self._folder)
        make_private_folder(folder)
        return folder

    def _files(self) -> Iterator[Path]:
        yield from (path for path in self._folder.rglob("*") if path.is_file())

    def _settle(self, file: Path, place: Place) -> None:
        """Give a whole file its name, and have the disk confirm it."""
        path = self._path(place)
        self._made(path.parent)
        file.replace(path)
        sync_folder(path.parent)
        sync_folder(self._folder)

    def _unlinked(self, place: Place) -> bool:
        path = self._path(place)
        try:
            path.unlink(missing_ok=True)
            path.with_name(path.name + PART).unlink(missing_ok=True)
        except OSError:
            return False
        return True

    def _note(self, place: Place, state: str) -> None:
        """Write down that a content is here, or begins to come."""
        with self._storage.transaction() as session:
            kept = session.get(LocalBlob, (place.case_id, place.sha256))
            if kept is None:
                session.add(
                    LocalBlob(
                        case_id=place.case_id, sha256=place.sha256, size=place.size, state=state
                    )
                )
            elif not (state == WAITING and kept.state == SAFE):
                kept.state, kept.reason = state, None

    def _update(self, place: Place, **values: object) -> None:
        with self._storage.transaction() as session:
            session.execute(
                update(LocalBlob).where(_row(place), LocalBlob.state != GONE).values(**values),
                execution_options=NO_SYNC,
            )


def holding(session: Session, cases: Iterable[str]) -> set[str]:
    """Return those of the cases whose attachments are nowhere but here."""
    return set(
        session.scalars(
            select(LocalBlob.case_id)
            .where(LocalBlob.case_id.in_(list(cases)), LocalBlob.state.in_(KEEPS_A_CASE), _named())
            .distinct()
        )
    )


def leave(session: Session, cases: Iterable[str]) -> None:
    """Say that nothing of these cases is to stay; the files go after the transaction."""
    session.execute(
        update(LocalBlob).where(LocalBlob.case_id.in_(list(cases))).values(state=GONE),
        execution_options=NO_SYNC,
    )


def offer_again(session: Session) -> None:
    """Headquarters was restored: it may lack what it had."""
    session.execute(
        update(LocalBlob).where(LocalBlob.state == SAFE).values(state=WAITING, arrived=0),
        execution_options=NO_SYNC,
    )


def _row(place: Place) -> ColumnElement[bool]:
    return and_(LocalBlob.case_id == place.case_id, LocalBlob.sha256 == place.sha256)


def _names_it() -> ColumnElement[bool]:
    return and_(
        Attachment.case_id == LocalBlob.case_id,
        Attachment.sha256 == LocalBlob.sha256,
        Attachment.size == LocalBlob.size,
    )


def _named() -> ColumnElement[bool]:
    """Whether a record names it; one that was deleted does, as nothing clinical is thrown away."""
    return exists().where(_names_it()).correlate(LocalBlob)


def _places(rows: Iterable[Any]) -> Iterator[Place]:
    """Give what rows of records name; one that names no content was not written by casefield."""
    for row in rows:
        if None not in row and (place := Place(*row)).is_sound:
            yield place


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(handle, "wb") as file:
        yield file


@contextmanager
def _open_file(path: Path) -> Iterator[BinaryIO]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    with os.fdopen(handle, "r+b") as file:
        yield file
