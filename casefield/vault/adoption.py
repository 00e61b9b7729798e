"""Enrolment of a laptop that already worked alone: its work becomes headquarters' own."""

from __future__ import annotations

import msgspec
from sqlalchemy import String, select, update
from sqlalchemy.orm import Session

from casefield.records.document import table_of
from casefield.records.laptop import OutboxOperation
from casefield.records.operation import Operation
from casefield.records.registry import KINDS

USER_FIELDS = ("author_id", "manager_id", "owner_id", "user_id", "worker_id")


def adopt(session: Session, local_org: str, local_user: str, *, org_id: str, user_id: str) -> None:
    """Rewrite organisation and user in all rows and in all waiting operations."""
    for kind in KINDS.values():
        for name in USER_FIELDS:
            column = table_of(kind).columns.get(name)
            if column is not None and isinstance(column.type, String):
                session.execute(
                    update(kind).where(column == local_user).values({name: user_id}),
                    execution_options={"synchronize_session": False},
                )
        session.execute(
            update(kind).where(kind.org_id == local_org).values(org_id=org_id),
            execution_options={"synchronize_session": False},
        )
    for waiting in session.scalars(select(OutboxOperation)):
        operation = msgspec.json.decode(waiting.body, type=Operation)
        waiting.body = msgspec.json.encode(_adopted(operation, local_user, user_id))
    session.flush()


def _adopted(operation: Operation, local_user: str, user_id: str) -> Operation:
    renewed = {
        name: user_id if name in USER_FIELDS and value == local_user else value
        for name, value in operation.set.items()
    }
    actor = user_id if operation.actor == local_user else operation.actor
    return msgspec.structs.replace(operation, set=renewed, actor=actor)
