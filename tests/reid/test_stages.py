from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchline.errors import UsageError
from touchline.reid.crops import Crop
from touchline.reid.stages import crops_of_stage


def crop(number: int, identity: str, action: str = "") -> Crop:
    return Crop(Path(f"{number}.png"), number, identity, action)


def taken(crops: list[Crop], share: float, seed: int = 0) -> list[Crop]:
    return list(crops_of_stage(crops, share, seed))


crowds = st.lists(st.tuples(st.sampled_from(["", "1", "2", "3"]), st.integers(0, 4)), max_size=20)


@settings(deadline=None)
@given(crowds, st.floats(0.01, 1), st.floats(0.01, 1), st.integers(0, 3))
def test_smaller_shares_are_inside_larger_ones(
    people: list[tuple[str, int]], one: float, other: float, seed: int
) -> None:
    crops = [crop(n, f"{a}-{who}", a) for n, (a, who) in enumerate(people)]
    few, many = taken(crops, min(one, other), seed), taken(crops, max(one, other), seed)
    assert set(few) <= set(many)
    assert bool(few) == bool(crops)
    assert taken(crops, 1.0, seed) == crops


@settings(deadline=None)
@given(crowds, st.floats(0.01, 1))
def test_actions_are_taken_whole_and_identities_where_there_are_none(
    people: list[tuple[str, int]], share: float
) -> None:
    crops = [crop(n, f"{a}-{who}", a) for n, (a, who) in enumerate(people)]
    chosen = taken(crops, share)
    wholes = {(c.action, "" if c.action else c.identity) for c in chosen}
    assert chosen == [
        c for c in crops if (c.action, "" if c.action else c.identity) in wholes
    ]  # fmt: skip


@pytest.mark.parametrize(("share", "expected"), [(0.1, 3), (0.3, 9), (0.01, 1), (1.0, 30)])
def test_the_share_is_of_the_actions(share: float, expected: int) -> None:
    crops = [crop(n, f"{n}", f"{n % 30}") for n in range(300)]
    assert len({c.action for c in taken(crops, share)}) == expected
    assert len({c.identity for c in taken([crop(n, f"{n % 30}") for n in range(90)], share)}) == (
        expected
    )


def test_the_order_in_which_crops_were_found_decides_nothing_but_their_order() -> None:
    crops = [crop(n, f"{n}", f"{n % 10}") for n in range(40)]
    assert set(taken(crops[::-1], 0.5)) == set(taken(crops, 0.5))
    assert taken(crops[::-1], 0.5) == taken(crops, 0.5)[::-1]


def test_the_seed_decides() -> None:
    crops = [crop(n, f"{n}", f"{n % 20}") for n in range(40)]
    assert taken(crops, 0.5, seed=0) == taken(crops, 0.5, seed=0) != taken(crops, 0.5, seed=1)


@pytest.mark.parametrize("share", [0.0, -0.1, 1.01, float("nan")])
def test_a_share_out_of_its_range_is_refused(share: float) -> None:
    with pytest.raises(UsageError, match="a share above 0 and at most 1"):
        crops_of_stage([], share, 0)
