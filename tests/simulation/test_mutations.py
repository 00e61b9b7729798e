"""The harness is tested itself: each way to break sync makes some story end badly."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.invariants import check_after_rest, doc_is_state_and_waiting
from tests.simulation.mutations import MUTATIONS, Mutation
from tests.simulation.world import Weather, World, one_fate

STORIES, STEPS = 12, 160
ROUGH = Weather(
    lost_reply=0.15,
    server_crash=0.2,
    laptop_crash=0.15,
    assignment=0.12,
    back_up=0.03,
    restore=0.02,
    copied_disk=0.03,
    busy=0.4,
)


def tell(seeds: range, folder: Path) -> None:
    """Tell stories in rough weather until one ends badly."""
    for seed in seeds:
        place = folder / str(seed)
        place.mkdir()
        with one_fate(seed):
            world = World(place, seed, ROUGH)
            world.run(STEPS, doc_is_state_and_waiting)
            world.quiet()
            check_after_rest(world)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_a_broken_sync_is_caught(
    mutation: Mutation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutation(monkeypatch)
    with pytest.raises(AssertionError, match=r"^I\d+:"):
        tell(range(STORIES), tmp_path)


def test_the_same_stories_end_well_where_nothing_is_broken(tmp_path: Path) -> None:
    tell(range(2), tmp_path)
