"""Every kind of record is known by one name."""

from __future__ import annotations

from casefield.records.base import Base, RecordClass, Synced
from casefield.records.registry import KINDS


def synced() -> set[type[Synced]]:
    return {mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Synced)}


def test_every_synced_class_is_registered() -> None:
    assert set(KINDS.values()) == synced()


def test_a_kind_bears_the_name_of_its_class() -> None:
    assert {name: kind.__name__ for name, kind in KINDS.items()} == {name: name for name in KINDS}


def test_only_headquarters_own_is_reference() -> None:
    reference = {n for n, kind in KINDS.items() if kind.record_class is RecordClass.REFERENCE}
    assert reference == {"User", "Organization", "Device"}


def test_what_is_signed_begins_as_a_draft() -> None:
    drafts = {n for n, kind in KINDS.items() if kind.record_class is RecordClass.DRAFT}
    assert drafts == {"Note", "QuestionnaireResponse"}
    assert all(hasattr(KINDS[name], "author_id") for name in drafts)
