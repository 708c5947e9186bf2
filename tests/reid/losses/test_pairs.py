import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from touchline.reid.losses.pairs import pairs_of

numbers = st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 2)), max_size=10)


@settings(deadline=None)
@given(numbers)
def test_pairs_are_what_the_definition_says(crops: list[tuple[int, int]]) -> None:
    columns = torch.tensor(crops, dtype=torch.int64).reshape(-1, 2)
    pairs = pairs_of(columns[:, 0], columns[:, 1])
    for one, (who, where) in enumerate(crops):
        for other, (whose, elsewhere) in enumerate(crops):
            known = who >= 0 and whose >= 0 and where == elsewhere
            assert bool(pairs.positive[one, other]) == (known and who == whose and one != other)
            assert bool(pairs.negative[one, other]) == (known and who != whose)


def test_no_actions_are_as_good_as_none_known() -> None:
    who = torch.tensor([0, 0, 1, -1])
    for some, others in zip(pairs_of(who), pairs_of(who, torch.full((4,), -1)), strict=True):
        assert torch.equal(some, others)


def test_an_anchor_has_one_to_be_near_to_and_one_to_be_far_from() -> None:
    who, where = torch.tensor([0, 0, 1, 2, 2, 3]), torch.tensor([0, 0, 0, 1, 1, 2])
    assert pairs_of(who, where).anchors.tolist() == [True, True, False, False, False, False]
    assert pairs_of(who).anchors.tolist() == [True, True, False, True, True, False]
