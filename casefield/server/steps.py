"""Is it still the same laptop? Step tokens tell a lost reply from a copied disk.

A laptop names each step that moves something, and in the same breath the step after it; it wrote
both down before it spoke. A step that comes again with the same two names is a lost reply. One that
comes again with another next name is a second laptop, made from a copy of the first one's disk: it
must enrol for itself, and loses nothing by that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from casefield.records.headquarters import DeviceSecret
from casefield.server.scope import Member
from casefield.sync.messages import SyncRequest


class Forked(Exception):
    """Another laptop has taken this step already: this one is its copy, or the other is."""


@dataclass(frozen=True)
class Step:
    """The names that a request bears. `restarts`: it begins anew, and claims no place."""

    token: str
    next_token: str
    restarts: bool

    @classmethod
    def of(cls, message: SyncRequest) -> Step:
        """Return the step of a request."""
        return cls(message.token, message.next_token, not message.token and not message.cursor)


NO_STEP = Step("", "", restarts=True)


def lock_device(connection: Connection, member: Member) -> Any:
    """Return a device's row, locked: one step of a device at a time."""
    return connection.execute(_device(member).with_for_update()).one()


def known_device(connection: Connection, member: Member) -> Any:
    """Return a device's row as it stands."""
    return connection.execute(_device(member)).one()


def verify(device: Any, step: Step) -> None:
    """Let a step through.

    Raises:
        Forked: its names don't fit what this device did last.
    """
    unnamed = not device.step_token or step.restarts
    again = step.token == (device.previous_token or "") and step.next_token == device.step_token
    if not (unnamed or again or step.token == device.step_token):
        raise Forked


def rotate(connection: Connection, member: Member, device: Any, step: Step) -> None:
    """Take the step: from now on only its next name fits, or the step itself once more."""
    if not step.next_token or step.next_token == device.step_token:
        return
    connection.execute(
        update(DeviceSecret)
        .where(
            DeviceSecret.org_id == member.org_id,
            DeviceSecret.device_id == member.device_id,
        )
        .values(step_token=step.next_token[:64], previous_token=step.token[:64])
    )


def _device(member: Member) -> Any:
    return select(DeviceSecret.__table__).where(
        DeviceSecret.org_id == member.org_id,
        DeviceSecret.device_id == member.device_id,
    )
