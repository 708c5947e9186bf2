"""Ranked lists against the slow reference, ties included."""

import numpy as np
import pytest

from reference.retrieval import ranked_list
from retrieval_worlds import RetrievalWorld, random_world
from touchline.reid.protocol import Protocol
from touchline.reid.ranking import blocks
from touchline.reid.ranking.rank import rank

PROTOCOLS = [
    Protocol(within, same) for within in ("action", "everything") for same in ("kept", "removed")
]


def lists_of(world: RetrievalWorld, protocol: Protocol, top: int | None = None) -> dict:
    found = list(rank(world.distances, *world.codes, protocol, top))
    assert len(found) == len(world.crops.queries)
    return {ranking.query: ranking for ranking in found}


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=str)
@pytest.mark.parametrize("top", [None, 1, 4, 1000])
@pytest.mark.parametrize("values", [1, 3, 10_000])
def test_as_the_slow_reference(monkeypatch, protocol: Protocol, top: int, values: int) -> None:
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 4 * 40 * 5)
    world = random_world(values, actions=3, cameras=2, values=values, queries=23)
    found = lists_of(world, protocol, top)
    for place, query in enumerate(world.crops.queries):
        row = world.distances.matrix[place]
        expected = ranked_list(row.tolist(), query, world.crops, protocol)[:top]
        assert found[place].gallery.tolist() == expected
        np.testing.assert_array_equal(found[place].distances, row[expected])


def test_ties_go_by_place_in_the_gallery() -> None:
    world = random_world(0, values=1, gallery=500)
    for ranking in lists_of(world, Protocol("everything", "kept"), top=7).values():
        assert ranking.gallery.tolist() == list(range(7))


def test_an_empty_gallery_gives_empty_lists() -> None:
    world = random_world(0, gallery=0)
    for protocol in PROTOCOLS:
        found = lists_of(world, protocol, top=3)
        assert all(len(ranking.gallery) == 0 for ranking in found.values())


def test_a_query_all_of_whose_gallery_is_junk() -> None:
    world = random_world(0, queries=3, gallery=4, identities=1, cameras=1, nobody=0)
    for top in (None, 2):
        found = lists_of(world, Protocol("everything", "removed"), top)
        assert [len(ranking.gallery) for ranking in found.values()] == [0, 0, 0]


def test_no_query() -> None:
    assert lists_of(random_world(0, queries=0), PROTOCOLS[0]) == {}
