from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from touchline.reid.crops import Codes
from touchline.reid.sampling.identity_batches import identity_batches


def market_like(counts: list[int]) -> Codes:
    who = np.random.default_rng(0).permutation(np.repeat(np.arange(len(counts)), counts))
    nothing = np.full(len(who), -1)
    return Codes(who.astype(np.int64), nothing, nothing)


@settings(deadline=None)
@given(
    st.lists(st.integers(1, 20), max_size=30), st.integers(2, 8), st.integers(2, 4),
    st.integers(0, 2),
)  # fmt: skip
def test_no_crop_twice_and_a_pair_and_a_stranger_in_every_batch(
    counts: list[int], most: int, each: int, epoch: int
) -> None:
    crops = market_like(counts)
    batches = identity_batches(crops, most, each, 0, epoch)
    assert bool(batches) == (len(counts) >= 2 and max(counts) >= 2)
    used = np.concatenate([*batches, np.array([], dtype=np.intp)]).tolist()
    assert len(set(used)) == len(used)
    for batch in batches:
        found = Counter(crops.identities[batch].tolist())
        assert 2 <= len(found) <= most
        assert 2 <= max(found.values()) <= each


def test_all_crops_come_where_all_have_as_many() -> None:
    crops = market_like([8] * 12)
    batches = identity_batches(crops, 4, 4, 0, 0)
    assert [len(batch) for batch in batches] == [16] * 6
    assert sorted(np.concatenate(batches).tolist()) == list(range(96))


def test_actions_are_not_looked_at() -> None:
    crops = market_like([2] * 8)
    apart = Codes(crops.identities, crops.identities, crops.cameras)
    assert [b.tolist() for b in identity_batches(apart, 4, 2, 0, 0)] == [
        b.tolist() for b in identity_batches(crops, 4, 2, 0, 0)
    ]
