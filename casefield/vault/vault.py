"""A profile's vault: made, unlocked, worked in, locked."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from casefield.clock import Clock, SystemClock
from casefield.errors import CasefieldError, LockedOrNotEnrolled, UnusableInput
from casefield.records.base import new_id
from casefield.records.laptop import LaptopFact
from casefield.records.work import Actor
from casefield.vault import keyslots, schema
from casefield.vault.audit import Deed, append
from casefield.vault.database import FILE_NAME, open_engine, translated
from casefield.vault.files import ProfileLock, make_private_folder
from casefield.vault.journal import Journal
from casefield.vault.keys import DataKey, Derivation, checked_passphrase
from casefield.vault.keyslots import Keyslots
from casefield.vault.unit_of_work import VaultWork


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
        keyring: OS keyring backend for the second slot; None for none.
    """

    def __init__(self, folder: Path, *, clock: Clock | None = None, keyring: Any = None) -> None:
        self.folder = folder
        self._clock: Clock = clock or SystemClock()
        self._keyring = keyring
        self._in_use = ProfileLock(folder)
        self._key: DataKey | None = None
        self._engine: Engine | None = None

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
        keyring: Any = None,
        cost: Derivation | None = None,
    ) -> Vault:
        """Make a profile and leave it unlocked.

        Raises:
            UnusableInput: weak passphrase, or the folder already holds a profile.
            StorageFull: no room; nothing is left behind.
        """
        checked_passphrase(passphrase)
        if cls.exists(folder):
            raise UnusableInput(
                f"There is already a casefield profile in {folder}.",
                way_out="Open it, or choose another folder with --profile.",
            )
        make_private_folder(folder)
        vault = cls(folder, clock=clock, keyring=keyring)
        vault._in_use.take()
        key = DataKey.fresh()
        try:
            vault._open_database(key)
            profile_id = new_id()
            slots = [keyslots.passphrase_slot(key, passphrase, profile_id, cost or Derivation())]
            if keyring is not None:
                from casefield.vault.os_keyring import new_secret

                secret = new_secret(keyring, profile_id)
                slots.append(keyslots.keyring_slot(key, secret, profile_id))
            vault.set_fact("local_identity", {"org_id": new_id(), "user_id": new_id()})
            keyslots.write(folder, Keyslots(profile_id, tuple(slots)), key)
        except BaseException:
            vault.lock()
            _sweep(folder)
            raise
        return vault

    @classmethod
    def open(cls, folder: Path, *, clock: Clock | None = None, keyring: Any = None) -> Vault:
        """Return the locked vault of a profile."""
        return cls(folder, clock=clock, keyring=keyring)

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
        slots = keyslots.read(self.folder)
        self._unlock_with(lambda: keyslots.open_with_passphrase(slots, passphrase))

    def unlock_by_keyring(self) -> None:
        """Open the vault with the secret in the OS keyring.

        Raises:
            WrongPassphrase: the keyring has no secret that opens it.
        """
        from casefield.vault.os_keyring import kept_secret

        slots = keyslots.read(self.folder)
        secret = kept_secret(self._keyring, slots.profile_id) if self._keyring else None
        self._unlock_with(lambda: keyslots.open_with_secret(slots, secret or b"\0" * 32))

    def lock(self) -> None:
        """Close every connection and drop the key; harmless when locked."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None
        if self._key is not None:
            self._key.forget()
            self._key = None
        self._in_use.give_back()

    def confirms(self, passphrase: str) -> bool:
        """Whether this is the profile's passphrase."""
        slots = keyslots.read(self.folder)
        try:
            keyslots.open_with_passphrase(slots, passphrase).forget()
        except LockedOrNotEnrolled:
            return False
        return True

    def change_passphrase(self, old: str, new: str) -> None:
        """Wrap the same data key under a new passphrase; the database is not rewritten.

        Raises:
            WrongPassphrase: the old one is wrong.
            UnusableInput: the new one is weak.
        """
        checked_passphrase(new)
        slots = keyslots.read(self.folder)
        key = keyslots.open_with_passphrase(slots, old)
        try:
            fresh = keyslots.passphrase_slot(key, new, slots.profile_id, Derivation())
            others = tuple(slot for slot in slots.slots if slot.kind != keyslots.PASSPHRASE)
            keyslots.write(self.folder, Keyslots(slots.profile_id, (fresh, *others)), key)
        finally:
            key.forget()

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
            self.note(work.read_deeds, actor)

    def note(self, deeds: list[Deed] | tuple[Deed, ...] | Any, actor: Actor) -> None:
        """Write deeds into the audit on their own."""
        with self.transaction() as session:
            append(session, deeds, actor=actor, at=self._clock.now(), zone=self._clock.zone())

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a writing session; one writer at a time, commit at the end."""
        with (
            self._connection("IMMEDIATE") as connection,
            Session(connection, expire_on_commit=False) as session,
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
        return Journal(self)

    def adopt(self, *, org_id: str, user_id: str, device_id: str) -> None:
        """Make everything done alone headquarters' own: organisation, user, waiting operations."""
        from casefield.vault.adoption import adopt

        local = self.local_identity()
        with self.transaction() as session:
            adopt(session, local.org_id, local.user_id, org_id=org_id, user_id=user_id)
            session.merge(LaptopFact(name="device_id", value=device_id))

    # -- inside -----------------------------------------------------------------------------

    def _unlock_with(self, opener: Any) -> None:
        self._in_use.take()
        try:
            self._open_database(opener())
        except BaseException:
            self.lock()
            raise

    def _open_database(self, key: DataKey) -> None:
        self._key = key
        self._engine = open_engine(self.folder, key)
        with self._connection("IMMEDIATE") as connection:
            schema.bring_up_to_date(connection, self.folder / FILE_NAME)
            connection.commit()

    @contextmanager
    def _connection(self, begin: str) -> Iterator[Connection]:
        if self._engine is None:
            raise LockedOrNotEnrolled("The vault is locked.", way_out="Unlock it first.")
        try:
            with self._engine.connect().execution_options(casefield_begin=begin) as connection:
                yield connection
        except CasefieldError:
            raise
        except (DBAPIError, sqlite3.Error, OSError) as error:
            known = translated(error, self.folder)
            if known is None:
                raise
            raise known from error


def _sweep(folder: Path) -> None:
    """Remove what a failed creation left, so that nothing half-made looks like a profile."""
    for name in (FILE_NAME, FILE_NAME + "-wal", FILE_NAME + "-shm", keyslots.FILE_NAME, "in-use"):
        (folder / name).unlink(missing_ok=True)
    if folder.is_dir() and not any(folder.iterdir()):
        os.rmdir(folder)
