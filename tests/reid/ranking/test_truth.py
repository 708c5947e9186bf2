"""Positives, junk and the lengths of lists."""

import numpy as np
import pytest

from reference.retrieval import hits_of, ranked_list
from retrieval_worlds import random_world
from touchline.reid.crops import Codes
from touchline.reid.protocol import Protocol
from touchline.reid.ranking.truth import ranges, truth_of

PROTOCOLS = [
    Protocol(within, same) for within in ("action", "everything") for same in ("kept", "removed")
]


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=str)
@pytest.mark.parametrize("actions", [0, 1, 3])
def test_as_the_obvious_reference(protocol: Protocol, actions: int) -> None:
    world = random_world(actions, actions=actions, cameras=2, queries=30, gallery=60)
    truth = truth_of(*world.codes, protocol)
    for place, query in enumerate(world.crops.queries):
        row = np.arange(60.0)
        listed = ranked_list(row, query, world.crops, protocol)
        hits = hits_of(row, query, world.crops, protocol)
        own = truth.positives.places[truth.positives.entries(np.array([place]))]
        assert own.tolist() == [it for it, hit in zip(listed, hits, strict=True) if hit]
        junk = truth.junk.places[truth.junk.entries(np.array([place]))]
        assert not set(junk.tolist()) & set(listed)
        assert truth.compared[place] == len(listed)


def test_a_camera_that_nobody_knows_is_not_the_same() -> None:
    codes = Codes(*np.array([[0], [-1], [-1]]))
    truth = truth_of(codes, codes, Protocol("everything", "removed"))
    assert truth.positives.counts.tolist() == [1]
    assert truth.junk.counts.tolist() == [0]


def test_nobody_matches_nobody() -> None:
    codes = Codes(*np.array([[-1], [-1], [1]]))
    truth = truth_of(codes, codes, Protocol("everything", "removed"))
    assert truth.positives.counts.tolist() == truth.junk.counts.tolist() == [0]
    assert truth.compared.tolist() == [1]


def test_empty_lists() -> None:
    none = Codes(*np.empty((3, 0), np.int64))
    one = Codes(*np.array([[0], [0], [0]]))
    for protocol in PROTOCOLS:
        assert truth_of(none, one, protocol).compared.tolist() == []
        assert truth_of(one, none, protocol).compared.tolist() == [0]
    assert ranges(np.array([], np.intp), np.array([], np.intp)).tolist() == []
