"""Laying what waits over headquarters' last word: pure, the same however often it is done."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from casefield.records.document import to_document
from casefield.records.laptop import Shadow
from casefield.records.operation import Operation, OperationKind
from casefield.records.planning import Goal
from casefield.vault.shadow import absorb, lay, values_of
from tests.vault.conftest import goal_of

WORDS = st.one_of(st.none(), st.text(max_size=5))
FIELDS = ["own_words", "barrier", "unheard_of"]
CONTENTS = st.dictionaries(st.sampled_from(FIELDS), WORDS)
DOCUMENTS = CONTENTS.map(lambda said: goal_of(**{n: v for n, v in said.items() if v is not None}))
KINDS = st.sampled_from([OperationKind.CHANGE] * 4 + [OperationKind.SIGN, OperationKind.DELETE])


@st.composite
def operations(draw: st.DrawFn) -> list[Operation]:
    """Return operations on one goal, in order."""
    said = draw(st.lists(st.tuples(KINDS, CONTENTS), max_size=6))
    return [
        Operation(
            op_id=f"o{n}",
            dseq=n + 1,
            tx="t",
            type="Goal",
            id="g",
            kind=kind,
            wall="2026-11-10T18:00:00Z",
            set=fields,
        )
        for n, (kind, fields) in enumerate(said)
    ]


def shadow_of(document: dict[str, Any], *, deleted: bool = False, signed: bool = False) -> Shadow:
    return Shadow(
        record_id="g",
        record_type="Goal",
        rev=4,
        seq=9,
        deleted=deleted,
        signed=signed,
        document=document,
        fmeta={"own_words": {"rev": 4}},
    )


def goal() -> Goal:
    return Goal(org_id="o", id="g", status="proposed", description="before", extra={"old": 1})


def shown(record: Goal) -> tuple[Any, ...]:
    return to_document(record), record.deleted, record.signed, record.rev, record.seq


@given(document=DOCUMENTS, waiting=operations())
def test_laid_twice_is_as_once(document: dict[str, Any], waiting: list[Operation]) -> None:
    record, shadow = goal(), shadow_of(document)
    lay(record, shadow, waiting)
    once = shown(record)
    lay(record, shadow, waiting)
    assert shown(record) == once
    assert shadow.document == document


@given(document=DOCUMENTS, waiting=operations(), taken=st.integers(0, 6))
def test_what_is_taken_changes_nothing_that_is_shown(
    document: dict[str, Any], waiting: list[Operation], taken: int
) -> None:
    """Headquarters' word with one more of them, under one less: the same row."""
    record, shadow = goal(), shadow_of(document)
    signs = [n for n, o in enumerate(waiting, start=1) if o.kind is OperationKind.SIGN]
    waiting = waiting[: signs[0]] if signs else waiting
    lay(record, shadow, waiting)
    before = shown(record)
    for operation in waiting[:taken]:
        absorb(shadow, operation)
    lay(record, shadow, waiting[taken:])
    assert shown(record) == before


@given(document=DOCUMENTS)
def test_with_nothing_waiting_it_is_headquarters_word(document: dict[str, Any]) -> None:
    record = goal()
    lay(record, shadow_of(document, deleted=True), [])
    assert shown(record) == (document, True, False, 4, 9)
    assert record.fmeta == {"own_words": {"rev": 4}}
    again = values_of(record)
    assert again["document"] == document
    assert (again["rev"], again["seq"], again["deleted"]) == (4, 9, True)


@given(document=DOCUMENTS, waiting=operations())
def test_what_is_signed_shows_nothing_else(
    document: dict[str, Any], waiting: list[Operation]
) -> None:
    record = goal()
    lay(record, shadow_of(document, signed=True), waiting)
    assert shown(record) == (document, False, True, 4, 9)
