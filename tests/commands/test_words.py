"""Every field and kind has words that a person can read."""

from __future__ import annotations

from casefield.commands.words import RECORD_KINDS, field, record_kind
from casefield.records.document import content_fields, merge_unit
from casefield.records.registry import KINDS


def test_every_field_and_group_reads_as_words() -> None:
    for kind in KINDS.values():
        for name in content_fields(kind):
            for code in (name, merge_unit(kind, name)):
                assert "_" not in field(code)
                assert field(code)[0].isupper()


def test_every_kind_that_people_write_has_a_name() -> None:
    kept_by_headquarters = {"User", "Device", "Organization"}
    assert set(RECORD_KINDS) == set(KINDS) - kept_by_headquarters
    assert record_kind("Goal") == "Goal"
    assert record_kind("Unknown") == "Unknown"
