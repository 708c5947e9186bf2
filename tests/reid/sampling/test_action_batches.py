from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchline.reid.crops import Codes
from touchline.reid.sampling.action_batches import action_batches

People = list[tuple[int, int]]
"""Of each person: the action, and the number of crops."""


def crops_of(people: People, shuffle: int = 0) -> Codes:
    """Codes of their crops, in random order."""
    rng = np.random.default_rng(shuffle)
    counts = [count for _, count in people]
    who = rng.permutation(np.repeat(np.arange(len(people)), counts)).astype(np.int64)
    where = np.array([action for action, _ in people], dtype=np.int64)[who]
    return Codes(who, where, np.full(len(who), -1))


def batches_of(
    crops: Codes, people: int, each: int, epoch: int = 0, actions_a_match: int = 2
) -> list[np.ndarray]:
    return action_batches(crops, crops.actions // actions_a_match, people, each, 0, epoch)


crowds = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 7)), max_size=25)


@settings(deadline=None)
@given(crowds, st.integers(2, 6), st.integers(2, 4), st.integers(0, 3))
def test_every_batch_is_one_that_can_be_learnt_from(
    people: People, most: int, each: int, epoch: int
) -> None:
    crops = crops_of(people)
    batches = batches_of(crops, most, each, epoch)
    used = np.concatenate([*batches, np.array([], dtype=np.intp)])
    assert len(set(used.tolist())) == len(used)
    for batch in batches:
        counts = Counter(crops.identities[batch].tolist())
        assert 2 <= len(counts) <= most
        assert max(counts.values()) <= each
        assert any(
            count >= 2 and people[other][0] == people[person][0]
            for person, count in counts.items()
            for other in counts
            if other != person
        )


@settings(deadline=None)
@given(crowds, st.integers(2, 6), st.integers(2, 4))
def test_there_is_a_batch_whenever_an_action_has_a_pair_and_somebody_else(
    people: People, most: int, each: int
) -> None:
    in_action = Counter(action for action, _ in people)
    teachable = any(count >= 2 and in_action[action] >= 2 for action, count in people)
    assert bool(batches_of(crops_of(people), most, each)) == teachable


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 3)), max_size=25))
def test_each_crop_comes_once_where_its_action_has_a_pair_and_somebody_else(
    people: People,
) -> None:
    crops = crops_of(people)
    in_action = Counter(action for action, _ in people)
    with_pair = {action for action, count in people if count >= 2}
    taught = {action for action in with_pair if in_action[action] >= 2}
    used = np.concatenate([*batches_of(crops, 1000, 3), np.array([], dtype=np.intp)])
    expected = np.flatnonzero(np.isin(crops.actions, list(taught)))
    assert sorted(used.tolist()) == expected.tolist()


def test_people_with_many_crops_come_again_in_other_batches() -> None:
    crops = crops_of([(0, 6)] * 5)
    batches = batches_of(crops, people=5, each=2)
    assert [sorted(Counter(crops.identities[b].tolist()).values()) for b in batches] == [
        [2] * 5
    ] * 3
    assert sorted(np.concatenate(batches).tolist()) == list(range(30))


def test_the_odd_crop_rests_in_one_epoch_and_comes_in_another() -> None:
    crops = crops_of([(0, 3), (0, 3)])
    epochs = [np.concatenate(batches_of(crops, 4, 2, epoch)) for epoch in range(20)]
    assert {len(used) for used in epochs} == {4}
    assert set(np.concatenate(epochs).tolist()) == set(range(6))


def test_people_with_one_crop_are_dealt_to_all_batches_of_their_action() -> None:
    crops = crops_of([(0, 4), (0, 4)] + [(0, 1)] * 40)
    lone = [int((crops.identities[batch] >= 2).sum()) for batch in batches_of(crops, 100, 2)]
    assert sum(lone) == 40
    assert min(lone) >= 10


def test_pairs_are_spread_evenly_over_the_batches_of_a_large_action() -> None:
    crops = crops_of([(0, 2)] * 10 + [(0, 1)] * 10)
    for batch in batches_of(crops, people=4, each=2):
        assert len(batch) == 6


def test_a_batch_takes_one_action_then_its_match_then_others() -> None:
    rng = np.random.default_rng(1)
    people = [(action, int(rng.integers(1, 3))) for action in range(60) for _ in range(7)]
    crops = crops_of(people)
    batches = batches_of(crops, people=16, each=2, actions_a_match=6)
    for batch in batches:
        for names in (crops.actions[batch], crops.actions[batch] // 6):
            runs = 1 + np.count_nonzero(np.diff(names))
            assert runs == len(np.unique(names))
    spread = Counter(action for batch in batches for action in set(crops.actions[batch].tolist()))
    assert max(spread.values()) <= 2
    matches = [len(np.unique(crops.actions[batch] // 6)) for batch in batches]
    assert sum(several > 1 for several in matches) <= 9
    sizes = [len(np.unique(crops.identities[batch])) for batch in batches]
    assert sorted(sizes)[1:] == [16] * (len(sizes) - 1)


def test_seed_and_epoch_decide_everything() -> None:
    crops = crops_of([(action, 2) for action in range(10) for _ in range(5)])
    matches = crops.actions

    def drawn(seed: int, epoch: int) -> list[list[int]]:
        return [batch.tolist() for batch in action_batches(crops, matches, 4, 2, seed, epoch)]

    assert drawn(0, 0) == drawn(0, 0)
    assert drawn(0, 0) != drawn(0, 1)
    assert drawn(0, 0) != drawn(1, 0)


def test_the_second_crops_of_a_person_do_not_all_wait_for_the_end_of_the_epoch() -> None:
    crops = crops_of([(action, 4) for action in range(40) for _ in range(4)])
    batches = batches_of(crops, 4, 2)
    half = np.concatenate(batches[: len(batches) // 2])
    assert len(batches) == 80
    assert 90 < len(np.unique(crops.identities[half])) < 150


def test_crops_of_unknown_people_are_left_out() -> None:
    crops = Codes(np.array([0, 0, 1, -1, -1]), np.zeros(5, dtype=np.int64), np.full(5, -1))
    (batch,) = batches_of(crops, 4, 2)
    assert sorted(batch.tolist()) == [0, 1, 2]


def test_one_name_in_two_actions_is_two_people() -> None:
    crops = Codes(np.array([0, 0, 1]), np.array([0, 1, 1]), np.full(3, -1))
    assert batches_of(crops, 4, 2) == []


@pytest.mark.parametrize("people", [[], [(0, 5)], [(0, 1), (0, 1)], [(0, 2), (1, 2)]])
def test_no_batch_where_there_is_nothing_to_learn(people: People) -> None:
    assert batches_of(crops_of(people), 4, 2) == []


def test_most_crops_are_used_at_the_distribution_of_soccernet() -> None:
    rng = np.random.default_rng(0)
    counts = rng.choice([1, 2, 3, 4], size=6000, p=[0.548, 0.335, 0.087, 0.03])
    actions = rng.integers(6000 // 17, size=6000)
    crops = crops_of(list(zip(actions.tolist(), counts.tolist(), strict=True)))
    batches = batches_of(crops, 16, 2, actions_a_match=30)
    used = np.concatenate(batches)
    assert len(np.unique(used)) == len(used) > 0.95 * len(crops)
    pure = [len(np.unique(crops.actions[batch])) <= 3 for batch in batches]
    assert np.mean(pure) > 0.9
