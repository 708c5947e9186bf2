"""Counted ranks against sorted lists, ties and junk included; and the memory they take."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.retrieval import hits_of
from retrieval_worlds import MatrixDistances, RetrievalWorld, random_world
from touchline.errors import UsageError
from touchline.reid.crops import Codes
from touchline.reid.distances import FeatureDistances, unit
from touchline.reid.metrics import positive_ranks as counting
from touchline.reid.metrics.positive_ranks import PositiveRanks, positive_ranks
from touchline.reid.protocol import Protocol
from touchline.reid.ranking import blocks

PROTOCOLS = [
    Protocol(within, same) for within in ("action", "everything") for same in ("kept", "removed")
]


def assert_as_the_slow_reference(world: RetrievalWorld, protocol: Protocol) -> None:
    found = positive_ranks(world.distances, *world.codes, protocol)
    ends = np.cumsum(found.counts)
    for place, query in enumerate(world.crops.queries):
        row = world.distances.matrix[place].tolist()
        hits = hits_of(row, query, world.crops, protocol)
        own = found.ranks[ends[place] - found.counts[place] : ends[place]]
        assert own.tolist() == [rank for rank, hit in enumerate(hits, start=1) if hit]
        assert found.compared[place] == len(hits)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    protocol=st.sampled_from(PROTOCOLS),
    actions=st.integers(0, 3),
    cameras=st.integers(0, 3),
    values=st.sampled_from([1, 2, 5, 10_000]),
    gallery=st.integers(0, 40),
)
def test_as_the_slow_reference(seed, protocol, actions, cameras, values, gallery) -> None:
    world = random_world(
        seed, actions=actions, cameras=cameras, values=values, gallery=gallery, queries=8,
        identities=3,
    )  # fmt: skip
    assert_as_the_slow_reference(world, protocol)


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=str)
@pytest.mark.parametrize("sorting", [True, False])
def test_counting_and_sorting_agree(monkeypatch, protocol: Protocol, sorting: bool) -> None:
    world = random_world(1, actions=2, cameras=2, identities=2, gallery=60, values=4)
    monkeypatch.setattr(counting, "_worth_sorting", lambda *_: sorting)
    assert_as_the_slow_reference(world, protocol)


def test_infinite_distances_stand_before_junk() -> None:
    world = random_world(2, cameras=2, identities=2)
    world.distances.matrix[:] = np.inf
    assert_as_the_slow_reference(world, Protocol("everything", "removed"))


def test_many_positives_are_sorted_the_same() -> None:
    world = random_world(3, identities=1, gallery=200, queries=4, cameras=2, values=9)
    for protocol in PROTOCOLS:
        found = positive_ranks(world.distances, *world.codes, protocol)
        assert found.counts.max() > 50
        assert_as_the_slow_reference(world, protocol)


def test_blocks_of_any_size_give_the_same(monkeypatch) -> None:
    world = random_world(4, queries=17, cameras=2)
    protocol = Protocol("everything", "removed")
    whole = positive_ranks(world.distances, *world.codes, protocol)
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 4 * 40 * 4)
    np.testing.assert_array_equal(
        positive_ranks(world.distances, *world.codes, protocol).ranks, whole.ranks
    )


def test_without_a_positive_there_is_nothing_to_score() -> None:
    world = random_world(0, nobody=1)
    found = positive_ranks(world.distances, *world.codes, Protocol("everything", "kept"))
    with pytest.raises(UsageError, match=r"at least one query whose identity .* found none of 12"):
        _ = found.scored
    assert PositiveRanks(np.array([0, 2]), np.array([1, 2]), np.array([3, 3])).scored == [1]


def test_a_whole_gallery_never_takes_a_whole_matrix() -> None:
    """The matrix would take 256 MB, its argsort 512."""
    generator = np.random.default_rng(0)
    features = [
        unit(generator.normal(size=(count, 2)).astype(np.float32)) for count in (320, 200_000)
    ]
    codes = [
        Codes(np.arange(count), np.full(count, -1), np.arange(count) % 2)
        for count in (320, 200_000)
    ]  # fmt: skip
    tracemalloc.start()
    try:
        found = positive_ranks(
            FeatureDistances(*features), *codes, Protocol("everything", "removed")
        )
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.counts.sum() == 0  # of each person the only other crop is of the same camera
    assert peak < 4 * blocks.BLOCK_BYTES


def test_ranks_of_few_features_by_hand() -> None:
    codes = Codes(*np.array([[0], [-1], [-1]])), Codes(*np.array([[1, 0, 0], [-1] * 3, [-1] * 3]))
    distances = MatrixDistances(np.array([[0.5, 0.9, 0.5]], np.float32), [])
    found = positive_ranks(distances, *codes, Protocol("everything", "kept"))
    assert found.ranks.tolist() == [2, 3]
