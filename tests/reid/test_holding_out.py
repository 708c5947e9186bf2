"""Crops set aside to choose by: whole actions, matches or people; every query has a positive."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crop_worlds import market_world, soccernet_world
from touchline.errors import UsageError
from touchline.reid.crops import NOBODY, Crop, Gallery
from touchline.reid.holding_out import hold_out
from touchline.reid.reading.checks import unscorable
from touchline.reid.reading.reading import read_crops


def made(rows: Sequence[tuple[str, str, str, str]]) -> list[Crop]:
    """Crops of identity, action, camera and match."""
    return [
        Crop(Path(f"{number}.png"), number, identity, action, camera, match=match)
        for number, (identity, action, camera, match) in enumerate(rows)
    ]


def in_actions(actions: int, matches: int = 0, people: int = 3, crops: int = 2) -> list[Crop]:
    return made([
        (f"{action}/{person}", str(action), str(crop), str(action % matches) if matches else "")
        for action in range(actions)
        for person in range(people)
        for crop in range(crops)
    ])  # fmt: skip


def check(train: Sequence[Crop], left: Sequence[Crop], gallery: Gallery) -> None:
    """What holds of every split: nothing is lost, numbers are places, all queries can be scored."""
    lists = (left, gallery.queries, gallery.gallery)
    for crops in lists:
        assert [crop.number for crop in crops] == list(range(len(crops)))
    paths = [crop.path for crops in lists for crop in crops]
    assert Counter(paths) == Counter(crop.path for crop in train)
    assert gallery.queries
    assert list(unscorable(gallery)) == []
    held = (*gallery.queries, *gallery.gallery)
    if any(crop.action for crop in train):
        assert not {crop.action for crop in held} & {crop.action for crop in left}
    else:
        assert not {crop.identity for crop in held} & {crop.identity for crop in left}


@pytest.mark.parametrize(("actions", "held"), [(2, 1), (10, 2), (40, 6)])
def test_whole_actions(actions: int, held: int) -> None:
    train = in_actions(actions)
    left, gallery = hold_out(train, 0)
    check(train, left, gallery)
    assert len({crop.action for crop in gallery.gallery}) == held
    # As in SoccerNet: the first crop of each person asks for the others.
    assert len(gallery.queries) == 3 * held
    assert {crop.camera for crop in gallery.queries} == {"0"}


def test_whole_matches_from_three_on() -> None:
    train = in_actions(12, matches=6)
    left, gallery = hold_out(train, 0)
    check(train, left, gallery)
    assert len({crop.match for crop in gallery.gallery}) == 1
    assert not {crop.match for crop in gallery.gallery} & {crop.match for crop in left}


def test_of_two_matches_actions_are_taken() -> None:
    _, gallery = hold_out(in_actions(20, matches=2), 0)
    assert len({crop.action for crop in gallery.gallery}) == 3


def test_a_match_that_one_crop_does_not_tell_parts_none() -> None:
    train = in_actions(20, matches=4)
    train[0] = made([("0/0", "0", "0", "")])[0]
    _, gallery = hold_out(train, 0)
    assert len({crop.action for crop in gallery.gallery}) == 3


def test_the_large_match_is_not_given_away() -> None:
    rows = [(f"{a}/{p}", str(a), str(c), "big" if a < 10 else str(a))
            for a in range(12) for p in range(2) for c in range(2)]  # fmt: skip
    for seed in range(10):
        _, gallery = hold_out(made(rows), seed)
        assert "big" not in {crop.match for crop in gallery.gallery}


def test_the_seed_decides() -> None:
    train = in_actions(40)
    assert hold_out(train, 1) == hold_out(train, 1)
    assert len({hold_out(train, seed)[1].queries for seed in range(5)}) > 1


def test_singles_and_strangers_stay_in_the_gallery_of_their_action() -> None:
    rows = [("", action, "0", "") for action in "ab"]
    rows += [(f"{action}/single", action, "0", "") for action in "ab"]
    rows += [(f"{action}/{p}", action, c, "") for action in "ab" for p in "12" for c in "012"]
    train = made(rows)
    left, gallery = hold_out(train, 0)
    check(train, left, gallery)
    assert len(gallery.queries) == 2
    assert sorted(crop.identity[2:] for crop in gallery.gallery) == [
        "", "1", "1", "2", "2", "single",
    ]  # fmt: skip


def test_people_as_in_market(tmp_path: Path) -> None:
    train = read_crops(market_world(tmp_path, identities=20)).train
    left, gallery = hold_out(train, 0)
    check(train, left, gallery)
    assert len({crop.identity for crop in gallery.queries}) == 3
    # A query for each camera, and as many left to find: as the test split has it.
    assert Counter((crop.identity, crop.camera) for crop in gallery.queries) == Counter(
        (crop.identity, crop.camera) for crop in gallery.gallery
    )


def test_nobody_is_not_set_aside() -> None:
    train = made([(str(n % 5) if n % 5 else NOBODY, "", "", "") for n in range(20)])
    left, gallery = hold_out(train, 0)
    check(train, left, gallery)
    assert len(gallery.queries) == 2
    assert sum(crop.identity == NOBODY for crop in left) == 4


def test_a_world_on_disk(tmp_path: Path) -> None:
    train = read_crops(soccernet_world(tmp_path, ("train",), actions=6)).train
    left, gallery = hold_out(train, 0)
    check(train, left, gallery)
    assert len({crop.match for crop in left}) == 2


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "1", "2", "3", "4", "5", "6"]),
            st.just(""),
            st.sampled_from(["", "a", "b", "c"]),
            st.just(""),
        ),
        max_size=40,
    ),
    st.integers(0, 3),
)
def test_whatever_the_people(rows: list[tuple[str, str, str, str]], seed: int) -> None:
    train = made(rows)
    try:
        left, gallery = hold_out(train, seed)
    except UsageError:
        return
    check(train, left, gallery)
    assert len({crop.identity for crop in gallery.queries}) >= 2


@given(
    st.lists(st.tuples(st.sampled_from("1234"), st.sampled_from("abcd"), st.just("")), max_size=40),
    st.integers(1, 4),
    st.integers(0, 3),
)
def test_whatever_the_actions(rows: list[tuple[str, str, str]], matches: int, seed: int) -> None:
    train = made([(f"{a}/{p}", a, camera, str("abcd".index(a) % matches)) for p, a, camera in rows])
    try:
        left, gallery = hold_out(train, seed)
    except UsageError:
        return
    check(train, left, gallery)
    for action in {crop.action for crop in gallery.queries}:
        people = {crop.identity for crop in gallery.gallery if crop.action == action}
        assert len(people) >= 2


@pytest.mark.parametrize(
    ("train", "message"),
    [
        ([], "four people seen twice, and by two cameras .* found 0 in the 0 crops of train"),
        (in_actions(1), "two actions .* found 1 in the 6 crops of train"),
        (in_actions(5, people=1), "two actions .* found 0 in"),
        (in_actions(5, crops=1), "two actions .* found 0 in"),
        (made([(str(n % 3), "", "", "") for n in range(30)]), "four people .* found 3 in"),
        (made([(str(n % 9), "", "c1", "") for n in range(30)]), "four people .* found 0 in"),
    ],
)
def test_too_little_is_refused(train: list[Crop], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        hold_out(train, 0)
