"""The errors a person may see: each a sentence, a way out, an exit code that scripts can use."""

from __future__ import annotations

import inspect

import pytest

from casefield import errors
from casefield.errors import CasefieldError

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]
EXIT_CODES = {  # as the README says: 1 to be tried again, 2 unusable, 3 locked or not enrolled
    "Busy": 1,
    "CasefieldError": 2,
    "Damaged": 2,
    "LockedOrNotEnrolled": 3,
    "NoKeyring": 2,
    "NotAllowed": 2,
    "NotFound": 2,
    "Offline": 1,
    "StorageFull": 2,
    "UnusableInput": 2,
    "WrongPassphrase": 3,
}


def test_every_error_has_its_exit_code() -> None:
    assert {kind.__name__: kind.exit_code for kind in KINDS} == EXIT_CODES


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_is_a_sentence_and_a_way_out(kind: type[CasefieldError]) -> None:
    assert issubclass(kind, CasefieldError)
    assert kind.__doc__
    error = kind("It is shut.", way_out="Open it.", details=("line 3",))
    assert (error.message, error.way_out, error.details) == ("It is shut.", "Open it.", ("line 3",))
    assert str(error) == "It is shut. Open it."
    assert str(kind("It is shut.")) == "It is shut."
    assert kind("It is shut.").details == ()


def test_whoever_catches_a_locked_vault_catches_a_wrong_passphrase() -> None:
    assert issubclass(errors.WrongPassphrase, errors.LockedOrNotEnrolled)
    assert issubclass(errors.NoKeyring, errors.UnusableInput)
