"""Cases that left this laptop's scope: their rows go, once nothing of theirs waits."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import String, cast, delete, func, select
from sqlalchemy.orm import Session

from casefield.records.laptop import OutboxOperation, RawUnknown, Shadow
from casefield.records.registry import KINDS
from casefield.vault.outbox import parts


def leave(session: Session, cases: Sequence[str]) -> tuple[str, ...]:
    """Remove the cases that have no operation in the outbox, refused ones counted; return them."""
    removed: list[str] = []
    for part in parts(list(cases)):
        unsent = set(
            session.scalars(
                select(OutboxOperation.case_id).where(OutboxOperation.case_id.in_(part)).distinct()
            )
        )
        going = [case_id for case_id in part if case_id not in unsent]
        _remove(session, going)
        removed += going
    return tuple(removed)


def _remove(session: Session, cases: Sequence[str]) -> None:
    for kind in KINDS.values():
        ids = select(kind.id).where(kind.case_id.in_(cases))
        session.execute(
            delete(Shadow).where(Shadow.record_id.in_(ids)),
            execution_options={"synchronize_session": False},
        )
        session.execute(
            delete(kind).where(kind.case_id.in_(cases)),
            execution_options={"synchronize_session": False},
        )
    raw_case = func.json_extract(cast(RawUnknown.body, String), "$.case_id")
    session.execute(
        delete(RawUnknown).where(raw_case.in_(cases)),
        execution_options={"synchronize_session": False},
    )
