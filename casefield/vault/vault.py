"""A profile's vault: made, unlocked, worked in, locked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, TimeoutError
from sqlalchemy.orm import Session

from casefield.clock import Clock, SystemClock
from casefield.errors import (
    Busy,
    CasefieldError,
    Damaged,
    LockedOrNotEnrolled,
    StorageFull,
)
from casefield.records.base import new_id
from casefield.records.laptop import LaptopFact
from casefield.records.work import Actor
from casefield.vault import creation, keyslots, schema
from casefield.vault.audit import Deed, Owed
from casefield.vault.blobs import Blobs
from casefield.vault.changes import store_raw
from casefield.vault.database import FILE_NAME, open_engine, translated
from casefield.vault.files import ProfileLock, make_private_folder
from casefield.vault.journal import Journal
from casefield.vault.keys import DataKey, Derivation, checked_passphrase
from casefield.vault.unit_of_work import VaultWork
from casefield.vault.ways_in import WaysIn

LOCK_SECONDS = 5.0


@dataclass(frozen=True)
class LocalIdentity:
    """Who this laptop is before headquarters knows it."""

    org_id: str
    user_id: str


class Vault:
    """One profile folder. Locked it knows nothing; unlocked it gives units of work.

    Args:
        folder: the profile.
        clock: for the moments of acts.
    """

    def __init__(self, folder: Path, *, clock: Clock | None = None) -> None:
        self.folder = folder
        self._clock: Clock = clock or SystemClock()
        self._ways_in = WaysIn(folder)
        self._in_use = ProfileLock(folder)
        self._key: DataKey | None = None
        self._engine: Engine | None = None
        self._open_connections = 0
        self._closed = threading.Condition()
        self._owed = Owed()
        self.blobs = Blobs(folder, self, self._own_key)

    # -- making and opening -----------------------------------------------------------------

    @classmethod
    def exists(cls, folder: Path) -> bool:
        """Whether the folder holds a profile."""
        return (folder / keyslots.FILE_NAME).is_file()

    @classmethod
    def create(
        cls,
        folder: Path,
        passphrase: str,
        *,
        clock: Clock | None = None,
        cost: Derivation | None = None,
    ) -> Vault:
        """Make a profile and leave it unlocked.

        Raises:
            UnusableInput: weak passphrase, or the folder already holds a profile.
            Damaged: the folder holds a database whose key file is missing.
            StorageFull: no room; nothing is left behind.
        """
        checked_passphrase(passphrase)
        creation.refuse_taken(folder)
        make_private_folder(folder)
        vault = cls(folder, clock=clock)
        vault._in_use.take()
        try:
            creation.begin(folder)  # asks again: somebody else may have been quicker
        except BaseException:
            vault.lock()
            raise
        try:
            key = DataKey.fresh()
            vault._open_database(key, new=True)
            vault.set_fact("local_identity", {"org_id": new_id(), "user_id": new_id()})
            vault._ways_in.make(key, new_id(), passphrase, cost or Derivation())
            creation.end(folder)
        except BaseException:
            vault.lock()
            creation.sweep(folder)
            raise
        return vault

    @classmethod
    def open(cls, folder: Path, *, clock: Clock | None = None) -> Vault:
        """Return the locked vault of a profile."""
        return cls(folder, clock=clock)

    @property
    def is_locked(self) -> bool:
        """Whether the key is out of memory."""
        return self._engine is None

    def unlock(self, passphrase: str) -> None:
        """Open the vault.

        Raises:
            WrongPassphrase: it opens nothing.
            Damaged: key file or database are not whole.
            UnusableInput: in use elsewhere, or of another version.
        """
        self._unlock_with(lambda: self._ways_in.by_passphrase(passphrase))

    def unlock_by_keyring(self, backend: Any) -> None:
        """Open the vault with the secret that a keyring of the system holds.

        Raises:
            WrongPassphrase: the keyring has no secret that opens it.
            NoKeyring: the keyring refused or did not answer.
            Damaged, UnusableInput: as `unlock`.
        """
        self._unlock_with(lambda: self._ways_in.by_keyring(backend))

    def lock(self) -> None:
        """Wait a moment for what is under way, close every connection, drop the key.

        Work that takes longer still ends whole; its connection is closed then. Harmless when
        locked.
        """
        engine = self._engine
        if engine is not None:
            with suppress(CasefieldError):
                self._write_owed()
            self._engine = None
            with self._closed:
                self._closed.wait_for(lambda: not self._open_connections, LOCK_SECONDS)
            engine.dispose()
        if self._key is not None:
            self._key.forget()
            self._key = None
        self._in_use.give_back()

    # -- ways in ----------------------------------------------------------------------------

    def confirms(self, passphrase: str) -> bool:
        """Whether this is the profile's passphrase."""
        return self._ways_in.confirms(passphrase)

    def change_passphrase(self, old: str, new: str) -> None:
        """Take a new passphrase; the database is not rewritten. See `WaysIn.change_passphrase`."""
        self._ways_in.change_passphrase(old, new)

    def opens_by_keyring(self) -> bool:
        """Whether the system's keyring was let in."""
        return self._ways_in.has_keyring()

    def add_keyring(self, backend: Any) -> None:
        """Let a keyring of the system open this profile; see `WaysIn.add_keyring`."""
        self._ways_in.add_keyring(self._own_key(), backend)

    def remove_keyring(self, backend: Any | None) -> bool:
        """Let only the passphrase open this profile; see `WaysIn.remove_keyring`."""
        return self._ways_in.remove_keyring(self._own_key(), backend)

    # -- working ----------------------------------------------------------------------------

    @contextmanager
    def work(self, actor: Actor, reason: str) -> Iterator[VaultWork]:
        """Give a unit of work; leaving it commits row, operation and audit, or nothing.

        Raises:
            StorageFull: no room; nothing was saved.
        """
        with self.transaction() as session:
            work = VaultWork(
                session,
                actor,
                now=self._clock.now(),
                zone=self._clock.zone(),
                reason=reason,
                writing=True,
            )
            yield work
            work.finish()

    @contextmanager
    def read(self, actor: Actor) -> Iterator[VaultWork]:
        """Give a snapshot for questions; what was opened is written to the audit at the end."""
        with self._connection("DEFERRED") as connection, Session(connection) as session:
            work = VaultWork(
                session,
                actor,
                now=self._clock.now(),
                zone=self._clock.zone(),
                reason="read",
                writing=False,
            )
            yield work
            session.rollback()
        if work.read_deeds:
            self._note_reading(work.read_deeds, actor)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a writing session; one writer at a time, commit at the end."""
        with (
            self._connection("IMMEDIATE") as connection,
            Session(connection, expire_on_commit=False) as session,
            self._owed.written(session),
        ):
            yield session
            session.commit()

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """Give a reading session on one moment's state."""
        with self._connection("DEFERRED") as connection, Session(connection) as session:
            yield session

    # -- facts ------------------------------------------------------------------------------

    def fact(self, name: str) -> Any:
        """Return a fact of this laptop, None if never set."""
        with self.snapshot() as session:
            kept = session.get(LaptopFact, name)
            return None if kept is None else kept.value

    def set_fact(self, name: str, value: Any) -> None:
        """Keep a fact of this laptop."""
        with self.transaction() as session:
            session.merge(LaptopFact(name=name, value=value))

    def local_identity(self) -> LocalIdentity:
        """Return who this laptop is before it is enrolled."""
        return LocalIdentity(**self.fact("local_identity"))

    @property
    def journal(self) -> Journal:
        """What waits for headquarters, and what it last said."""
        return Journal(self, left=self.blobs.clear_gone)

    def adopt(
        self,
        *,
        org_id: str,
        user_id: str,
        device_id: str,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        """Make everything done alone headquarters' own: organisation, user, waiting operations.

        Args:
            org_id, user_id, device_id: as headquarters names them.
            facts: kept in the same transaction, so that rows and identity never disagree.
        """
        from casefield.vault.adoption import adopt

        local = self.local_identity()
        with self.transaction() as session:
            adopt(session, local.org_id, local.user_id, org_id=org_id, user_id=user_id)
            for name, value in {**(facts or {}), "device_id": device_id}.items():
                session.merge(LaptopFact(name=name, value=value))

    # -- inside -----------------------------------------------------------------------------

    def _unlock_with(self, opener: Callable[[], DataKey]) -> None:
        self._in_use.take()
        try:
            self._open_database(opener())
        except BaseException:
            self.lock()
            raise

    def _open_database(self, key: DataKey, *, new: bool = False) -> None:
        self._key = key
        file = self.folder / FILE_NAME
        if not new and not (file.is_file() and file.stat().st_size):
            raise Damaged(
                f"The database {file} is missing or empty.",
                way_out="Restore it from a backup, or enrol again in another profile and sync.",
            )
        unclean = file.with_name(f"{FILE_NAME}-wal").exists()  # the last to close removes it
        self._engine = open_engine(self.folder, key)
        with self._connection("IMMEDIATE") as connection:
            if schema.bring_up_to_date(connection, file, new=new):
                with Session(connection) as session:
                    store_raw(session)
                    session.commit()
            connection.commit()
        with suppress(CasefieldError, OSError):  # what lies about keeps nobody out
            if unclean:
                self.blobs.sweep()
            else:
                self.blobs.clear_gone()

    def _own_key(self) -> DataKey:
        if self._key is None:
            raise _locked()
        return self._key

    def _note_reading(self, deeds: Sequence[Deed], actor: Actor) -> None:
        """Write what was opened; where that can't be now, it is owed and the reading goes on."""
        self._owed.add(deeds, actor, self._clock.now(), self._clock.zone())
        self._write_owed()

    def _write_owed(self) -> None:
        if self._owed:
            with suppress(StorageFull, Busy), self.transaction():
                pass

    @contextmanager
    def _connection(self, begin: str) -> Iterator[Connection]:
        with self._closed:
            engine = self._engine
            if engine is None:
                raise _locked()
            self._open_connections += 1
        try:
            with engine.connect().execution_options(casefield_begin=begin) as connection:
                try:
                    yield connection
                finally:
                    if self._engine is not engine:  # locked meanwhile: not back into the pool
                        connection.invalidate()
        except (DBAPIError, TimeoutError) as error:
            known = translated(error, self.folder)
            if known is None:
                raise
            raise known from error
        finally:
            with self._closed:
                self._open_connections -= 1
                self._closed.notify_all()


def _locked() -> LockedOrNotEnrolled:
    return LockedOrNotEnrolled("The vault is locked.", way_out="Unlock it first.")
