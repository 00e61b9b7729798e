"""The audit chain: whatever somebody does to it between its ends is found at its place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import select

from casefield.records.laptop import AuditEntry
from casefield.records.work import Actor
from casefield.vault.audit import FIELDS, GENESIS, Deed, append, first_break, sealed
from casefield.vault.vault import Vault
from tests.vault.conftest import NOW, Hands

ACTOR = Actor(org_id="o", user_id="u", name="Ana", device_id="d")
TEXTS = st.text(max_size=8)
EDITS = st.one_of(TEXTS, st.none(), st.integers(), st.datetimes(timezones=st.just(UTC)))


def chain(length: int) -> list[AuditEntry]:
    """Return a whole chain, link by link as `append` makes it."""
    links: list[AuditEntry] = []
    previous = GENESIS
    for n in range(1, length + 1):
        link: dict[str, Any] = {
            "n": n,
            "at": datetime(2026, 11, 10, 18, tzinfo=UTC) + timedelta(seconds=n),
            "zone": "America/New_York",
            "actor": "u",
            "device_id": None if n % 2 else "d",
            "role": "case_manager",
            "act": "open",
            "record_type": "Patient",
            "record_id": f"r{n}",
            "case_id": f"r{n}",
            "reason": None,
            "outcome": "done",
            "previous": previous,
        }
        previous = sealed(link)
        links.append(AuditEntry(**link, hash=previous))
    return links


def test_the_empty_and_the_whole_chain_are_whole() -> None:
    assert first_break([]) is None
    assert first_break(chain(1)) is None
    assert first_break(chain(50)) is None


@given(at=st.integers(1, 12), field=st.sampled_from([*FIELDS, "hash"]), value=EDITS)
def test_an_edit_of_any_field_is_found_there(at: int, field: str, value: object) -> None:
    links = chain(12)
    assume(getattr(links[at - 1], field) != value)
    setattr(links[at - 1], field, value)
    assert first_break(links) == at


@given(at=st.integers(1, 11))
def test_a_link_taken_out_is_found(at: int) -> None:
    links = chain(12)
    del links[at - 1]
    assert first_break(links) == at


@given(at=st.integers(1, 12), renumbered=st.booleans())
def test_a_link_slipped_in_is_found(at: int, renumbered: bool) -> None:
    """Even one that fits the link before it: the next one doesn't fit it."""
    links = chain(12)
    before = links[at - 2].hash if at > 1 else GENESIS
    forged = {name: getattr(links[at - 1], name) for name in FIELDS} | {
        "n": at,
        "act": "delete",
        "previous": before,
    }
    links.insert(at - 1, AuditEntry(**forged, hash=sealed(forged)))
    if renumbered:
        for n, link in enumerate(links, start=1):
            link.n = n
    assert first_break(links) == at + 1


@given(first=st.integers(1, 12), second=st.integers(1, 12))
def test_two_links_that_changed_places_are_found(first: int, second: int) -> None:
    assume(first < second)
    links = chain(12)
    links[first - 1], links[second - 1] = links[second - 1], links[first - 1]
    assert first_break(links) == first
    for n, link in enumerate(links, start=1):
        link.n = n
    assert first_break(links) == first


@given(at=st.integers(1, 12), field=st.sampled_from(FIELDS), value=TEXTS)
def test_an_edit_with_a_new_seal_is_found_at_the_next_link(at: int, field: str, value: str) -> None:
    links = chain(12)
    link = links[at - 1]
    assume(getattr(link, field) != value and field not in {"n", "previous"})
    setattr(link, field, value)
    link.hash = sealed({name: getattr(link, name) for name in FIELDS})
    assert first_break(links) == (at + 1 if at < 12 else None)


def test_only_a_cut_at_the_very_end_is_not_seen_from_here() -> None:
    assert first_break(chain(12)[:-3]) is None


def stored(vault: Vault) -> list[AuditEntry]:
    with vault.snapshot() as session:
        found = list(session.scalars(select(AuditEntry).order_by(AuditEntry.n)))
        session.expunge_all()
        return found


def test_what_is_stored_is_a_chain_across_works_and_sessions(vault: Vault, ana: Hands) -> None:
    person = ana.person(family_name="Okoye")
    with vault.read(ana.actor) as work:
        work.opened(person, "summary")
        work.opened(person, "care plan")
    vault.lock()
    vault.unlock("correct horse battery staple field")
    with vault.transaction() as session:
        append(session, [], actor=ACTOR, at=NOW, zone="UTC")
        append(
            session,
            [Deed("sync"), Deed("lock", outcome="refused")],
            actor=ACTOR,
            at=NOW,
            zone="UTC",
        )
    links = stored(vault)
    assert [link.act for link in links] == ["create", "open", "open", "sync", "lock"]
    assert [link.reason for link in links[1:3]] == ["summary", "care plan"]
    assert (links[4].device_id, links[4].outcome) == ("d", "refused")
    assert first_break(links) is None


@pytest.mark.parametrize("reason", ["", "x" * 300, "naïve 犬"])
def test_a_reason_is_kept_short_and_still_seals(vault: Vault, reason: str) -> None:
    with vault.transaction() as session:
        append(session, [Deed("a", reason=reason)], actor=ACTOR, at=NOW, zone="UTC")
    (link,) = stored(vault)
    assert link.reason == (reason[:200] or None)
    assert first_break([link]) is None
