"""The errors a person may see: one small hierarchy, each with a sentence and a way out.

Raised where the cause is known, caught only at the doors (page, command, request). A message
never carries clinical content: at most a path, a place in a file or a value that was just typed.
"""

from __future__ import annotations


class CasefieldError(Exception):
    """Something the user's surroundings or input caused, in words that user can act on.

    Args:
        message: one sentence saying what is wrong and where.
        way_out: one sentence saying what to do now; may be empty.
        details: lines for a report or a log, without clinical content.
    """

    exit_code = 2

    def __init__(self, message: str, *, way_out: str = "", details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.way_out = way_out
        self.details = details

    def __str__(self) -> str:
        return f"{self.message} {self.way_out}".strip()


class UnusableInput(CasefieldError):
    """A file, an argument or a message that cannot be used as it is."""


class NoKeyring(UnusableInput):
    """The system's keyring is none that keeps secrets, refuses or does not answer."""


class NotFound(CasefieldError):
    """What was asked for is not here."""


class NotAllowed(CasefieldError):
    """The rules of the record or of the role forbid it (a signed note, another's draft)."""


class LockedOrNotEnrolled(CasefieldError):
    """The vault is locked, absent, or this laptop is not enrolled."""

    exit_code = 3


class WrongPassphrase(LockedOrNotEnrolled):
    """The passphrase opens no key slot of this profile."""


class Offline(CasefieldError):
    """Headquarters can't be reached now; the work waits on the laptop."""

    exit_code = 1


class StorageFull(CasefieldError):
    """The disk has no room; nothing was half-written."""


class Busy(CasefieldError):
    """Something else of casefield is writing just now; a little later it will do."""

    exit_code = 1


class Damaged(CasefieldError):
    """A file of the profile is not what casefield wrote."""
