"""Where data has no valid split: some of train set aside, as queries and a gallery to choose by."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from touchline.errors import UsageError
from touchline.reid.crops import NOBODY, Crop, Gallery

FEWEST_PEOPLE = 2
"""In a gallery; with one there is nothing to confuse."""
FEWEST_MATCHES = 3
"""From so many on, whole matches are set aside, so that no kit is both learnt and searched."""


def hold_out(
    train: Sequence[Crop], seed: int, share: float = 0.15
) -> tuple[tuple[Crop, ...], Gallery]:
    """Set some of the training crops aside as a gallery with queries.

    With actions, whole actions are set aside (whole matches, where all crops tell theirs and there
    are at least three); the first crop of everyone who is seen again in the action is a query, as
    in SoccerNet. Without actions, people are; as in Market-1501 the first crop by each camera is a
    query, as far as each query keeps a gallery crop by another camera. Who cannot be found again
    stays in train, or in the gallery of the action.

    Args:
        train: the crops.
        seed: decides which are set aside.
        share: of the actions, or of the people, that can be asked for; in (0, 1). It is not
            exceeded, unless a single match (or two people) are more.

    Returns:
        What is left to learn from, and what was set aside; both numbered anew, in their order.

    Raises:
        UsageError: too little is there for both.

    >>> from pathlib import Path
    >>> crops = [Crop(Path(f"{n}.png"), n, str(n % 6), camera=f"c{n // 6}") for n in range(12)]
    >>> left, gallery = hold_out(crops, seed=0)
    >>> len(left), len(gallery.queries), len(gallery.gallery)
    (8, 2, 2)
    """
    if any(crop.action for crop in train):
        unit_of = _action_or_match(train)
        fewest, queries = 1, _queries_in_actions(train)
        wanted = "two actions (of three matches or more: two matches) with people seen twice"
    else:
        unit_of = [crop.identity for crop in train]
        fewest, queries = FEWEST_PEOPLE, _queries_by_camera(train)
        wanted = "four people seen twice, and by two cameras where cameras are known"
    asked: dict[str, set[str]] = defaultdict(set)
    for place in queries:
        asked[unit_of[place]].add(train[place].action)
    sizes = {unit: len(actions) for unit, actions in asked.items()}
    if len(sizes) < 2 * fewest:
        raise UsageError(
            wanted, f"{len(sizes)} in the {len(train)} crops of train",
            "Give more data, or a valid split of its own.",
        )  # fmt: skip
    chosen = _choose(sizes, seed, share, fewest)
    held = {place for place, unit in enumerate(unit_of) if unit in chosen}
    return (
        _numbered(train, (place for place in range(len(train)) if place not in held)),
        Gallery(_numbered(train, sorted(held & queries)), _numbered(train, sorted(held - queries))),
    )


def _action_or_match(train: Sequence[Crop]) -> list[str]:
    """What each crop may not be parted from: its match where that is possible, else its action."""
    matches = [crop.match for crop in train if crop.action]
    if all(matches) and len(set(matches)) >= FEWEST_MATCHES:
        return [crop.match if crop.action else "" for crop in train]
    return [crop.action for crop in train]


def _queries_in_actions(train: Sequence[Crop]) -> set[int]:
    """The first crop of everyone seen again in an action, where others are in it too."""
    people: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, crop in enumerate(train):
        if crop.action and crop.identity != NOBODY:
            people[crop.action][crop.identity].append(place)
    return {
        places[0]
        for group in people.values()
        if len(group) >= FEWEST_PEOPLE
        for places in group.values()
        if len(places) > 1
    }


def _queries_by_camera(train: Sequence[Crop]) -> set[int]:
    """Of each person the first crop by each camera, as far as they can be found by another."""
    people: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, crop in enumerate(train):
        if crop.identity != NOBODY:
            people[crop.identity][crop.camera].append(place)
    return {place for cameras in people.values() for place in _findable(cameras)}


def _findable(cameras: Mapping[str, Sequence[int]]) -> list[int]:
    """The queries of one person, from the places of their crops by camera.

    >>> _findable({"c1": [0, 1], "c2": [2, 3]}), _findable({"c1": [0, 1], "c2": [2], "c3": [3]})
    ([0, 2], [2, 3])
    >>> _findable({"c1": [0], "c2": [1]}), _findable({"": [0, 1]}), _findable({"c1": [0, 1]})
    ([0], [0], [])
    """
    firsts = {camera: places[0] for camera, places in cameras.items()}
    if len(firsts) == 1:
        return [places[0] for places in cameras.values() if "" in cameras and len(places) > 1]
    again = {camera for camera, places in cameras.items() if len(places) > 1}
    if not again:
        return list(firsts.values())[:1]
    return [first for camera, first in firsts.items() if again - {camera}]


def _choose(sizes: Mapping[str, int], seed: int, share: float, fewest: int) -> set[str]:
    """Some of the units, drawn until their sizes come up to the share."""
    total = sum(sizes.values())
    room = max(min(sizes.values()), min(max(round(share * total), fewest), total - fewest))
    names = sorted(sizes)
    chosen = set()
    for place in np.random.default_rng(seed).permutation(len(names)):
        size = sizes[names[place]]
        if size <= room:
            chosen.add(names[place])
            room -= size
    return chosen


def _numbered(train: Sequence[Crop], places: Iterable[int]) -> tuple[Crop, ...]:
    return tuple(replace(train[place], number=number) for number, place in enumerate(places))
