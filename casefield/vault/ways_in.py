"""The ways to a profile's key: the passphrase, and the system's keyring where it was let in."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from casefield.errors import CasefieldError, LockedOrNotEnrolled, NoKeyring, WrongPassphrase
from casefield.vault import keyslots
from casefield.vault.keys import DataKey, Derivation, checked_passphrase
from casefield.vault.keyslots import Keyslots


class WaysIn:
    """The key file of one profile, and what may be done to it.

    Args:
        folder: the profile.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def make(self, key: DataKey, profile_id: str, passphrase: str, cost: Derivation) -> None:
        """Write the first key file: one slot, for the passphrase.

        Raises:
            StorageFull, UnusableInput: it can't be written.
        """
        slot = keyslots.passphrase_slot(key, passphrase, profile_id, cost)
        keyslots.write(self._folder, Keyslots(profile_id, (slot,)), key)

    def by_passphrase(self, passphrase: str) -> DataKey:
        """Return the data key.

        Raises:
            WrongPassphrase: it opens nothing.
            Damaged: the key file is not whole.
        """
        return keyslots.open_with_passphrase(keyslots.read(self._folder), passphrase)

    def by_keyring(self, backend: Any) -> DataKey:
        """Return the data key by the secret that a keyring of the system holds.

        Raises:
            WrongPassphrase: it holds none that opens this profile.
            NoKeyring: it refused or did not answer.
            Damaged: the key file is not whole.
        """
        from casefield.vault.os_keyring import kept_secret

        slots = keyslots.read(self._folder)
        secret = kept_secret(backend, slots.profile_id)
        if secret is None:
            raise WrongPassphrase(
                "The system's keyring holds nothing for this profile.",
                way_out="Use the passphrase.",
            )
        return keyslots.open_with_secret(slots, secret)

    def confirms(self, passphrase: str) -> bool:
        """Whether this is the profile's passphrase."""
        try:
            self.by_passphrase(passphrase).forget()
        except LockedOrNotEnrolled:
            return False
        return True

    def change_passphrase(self, old: str, new: str) -> None:
        """Wrap the same data key under a new passphrase.

        Raises:
            WrongPassphrase: the old one is wrong.
            UnusableInput: the new one is weak.
            StorageFull: no room; the old one goes on opening.
        """
        checked_passphrase(new)
        slots = keyslots.read(self._folder)
        key = keyslots.open_with_passphrase(slots, old)
        try:
            fresh = keyslots.passphrase_slot(key, new, slots.profile_id, Derivation())
            keyslots.write(self._folder, slots.having(fresh), key)
        finally:
            key.forget()

    def has_keyring(self) -> bool:
        """Whether there is a slot for the system's keyring."""
        return keyslots.read(self._folder).slot(keyslots.KEYRING) is not None

    def add_keyring(self, key: DataKey, backend: Any) -> None:
        """Let a keyring of the system open the profile, beside the passphrase.

        Raises:
            NoKeyring: the keyring refused, did not answer or kept nothing.
            Damaged: the key file is not whole.
            StorageFull: no room; nothing is changed.
        """
        from casefield.vault.os_keyring import forget_secret, new_secret

        slots = self._own(key)
        secret = new_secret(backend, slots.profile_id)
        try:
            fresh = keyslots.keyring_slot(key, secret, slots.profile_id)
            keyslots.write(self._folder, slots.having(fresh), key)
        except CasefieldError:
            with suppress(NoKeyring):
                forget_secret(backend, slots.profile_id)
            raise

    def remove_keyring(self, key: DataKey, backend: Any | None) -> bool:
        """Let only the passphrase open the profile; return whether the keyring forgot its secret.

        The slot goes first: a secret that stays behind in a keyring out of reach (None) opens
        nothing.

        Raises:
            Damaged: the key file is not whole.
            StorageFull: no room; nothing is changed.
        """
        from casefield.vault.os_keyring import forget_secret

        slots = self._own(key)
        if slots.slot(keyslots.KEYRING) is not None:
            keyslots.write(self._folder, slots.without(keyslots.KEYRING), key)
        if backend is None:
            return False
        try:
            forget_secret(backend, slots.profile_id)
        except NoKeyring:
            return False
        return True

    def _own(self, key: DataKey) -> Keyslots:
        slots = keyslots.read(self._folder)
        keyslots.check_mac(slots, key)
        return slots
