"""Splitting: whole groups, every photo once, even classes, the same on every machine."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedGroupKFold

from touchline.errors import UsageError
from touchline.photos.data import Photo
from touchline.photos.split import Split, by_shots, folds, given, holdout
from touchline.photos.split_file import write_split


def photo(name: str, label: str = "Hero", split: str = "", group: str = "") -> Photo:
    return Photo(Path("set") / name, name, label, split, group)


def singles(**counts: int) -> list[Photo]:
    return [photo(f"{c}/{i:03}.jpg", c) for c, count in counts.items() for i in range(count)]


def bursts(seed: int, classes: int = 6, groups: int = 60, most: int = 8) -> list[Photo]:
    """Groups of 1 to `most` photos; a third of them with photos of several classes."""
    random = Random(seed)
    photos = []
    for group in range(groups):
        own = random.sample(range(classes), 3 if random.random() < 1 / 3 else 1)
        for i in range(random.randint(1, most)):
            name = f"{group:03}-{i}.jpg"
            photos.append(photo(name, f"class {random.choice(own)}", group=f"burst {group}"))
    return photos


@st.composite
def photo_sets(draw: st.DrawFn) -> list[Photo]:
    """Up to 40 photos in any groups and classes; empty group names are photos by themselves."""
    rows = draw(
        st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(["", *"uvwxyz"])), max_size=40)
    )
    return [photo(f"{i:02}.jpg", label, group=group) for i, (label, group) in enumerate(rows)]


def numbers(split: Split, part: str) -> Counter[str]:
    return Counter(split.labels[i] for i in split.indices(part))


WAYS: dict[str, Callable[[Sequence[Photo], int], Split]] = {
    "by_shots": lambda photos, seed: by_shots(photos, 3, seed),
    "holdout": lambda photos, seed: holdout(photos, 0.3, seed),
    "folds": lambda photos, seed: folds(photos, 3, seed),
    "repeated folds": lambda photos, seed: folds(photos, 3, seed, repeat=2),
}
every_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())


@every_way
class TestEveryWay:
    @settings(max_examples=100, deadline=None)
    @over(photos=photo_sets(), seed=st.integers(0, 5), order=st.randoms(use_true_random=False))
    def test_is_a_partition_into_whole_groups_or_refused(
        self,
        way: Callable[[Sequence[Photo], int], Split],
        photos: list[Photo],
        seed: int,
        order: Random,
    ):
        shuffled = order.sample(photos, len(photos))
        try:
            split = way(photos, seed)
        except UsageError as refusal:
            with pytest.raises(UsageError, match=re.escape(str(refusal))):
                way(shuffled, seed)
            return
        assert split == way(shuffled, seed)
        assert split.names == tuple(sorted(p.name for p in photos))
        assert split.labels == tuple(p.label for p in photos)
        assert split.groups == tuple(p.group or p.name for p in photos)
        assert split.straddling == ()
        for learnt, tested in split.rounds():
            assert learnt
            assert tested
            assert not set(learnt) & set(tested)
        if len(split.rounds()) > 1:
            assert sorted(i for _, tested in split.rounds() for i in tested) == [
                *range(len(photos))
            ]
        for label in set(split.labels):
            assert (
                len({p for p, c in zip(split.parts, split.labels, strict=True) if c == label}) > 1
            )

    def test_a_seed_is_one_file_and_another_seed_another(
        self, way: Callable[[Sequence[Photo], int], Split], tmp_path: Path
    ):
        photos = bursts(seed=1)
        files = [tmp_path / name for name in "abc"]
        for seed, order, file in zip((0, 0, 1), (photos, photos[::-1], photos), files, strict=True):
            write_split(way(order, seed), file)
        first, again, other = (file.read_bytes() for file in files)
        assert first == again
        assert first != other

    def test_bad_photos_are_refused(self, way: Callable[[Sequence[Photo], int], Split]):
        with pytest.raises(UsageError, match="photos to split; found none"):
            way([], 0)
        with pytest.raises(
            UsageError, match=r"a class for each photo; found none for 'x\.jpg' and 1"
        ):
            way([*singles(A=9), photo("x.jpg", ""), photo("y.jpg", "")], 0)
        with pytest.raises(UsageError, match=r"each photo once; found twice 'A/000\.jpg'\."):
            way([*singles(A=9), photo("A/000.jpg", "A")], 0)

    def test_a_class_that_is_one_group_is_refused_by_name(
        self, way: Callable[[Sequence[Photo], int], Split]
    ):
        photos = [*singles(A=9), *(photo(f"{i}.jpg", "Solo", group="burst") for i in range(9))]
        with pytest.raises(UsageError, match="found 1 of 'Solo' that cannot be parted"):
            way(photos, 0)


class TestShots:
    def test_single_photos_give_exactly_the_shots_of_each_class(self):
        split = by_shots(singles(A=80, B=25, C=40), 24, seed=0)
        assert numbers(split, "train") == {"A": 24, "B": 24, "C": 24}
        assert numbers(split, "test") == {"A": 56, "B": 1, "C": 16}

    def test_the_choice_is_that_of_the_hashes_on_every_machine(self):
        # `printf 0/A/000.jpg | sha256sum` and so on begin with 7ba3, 11d7, 7ca7 and d86a.
        split = by_shots(singles(A=4), 2, seed=0)
        assert split.parts == ("train", "train", "test", "test")

    @pytest.mark.parametrize("seed", range(5))
    def test_groups_miss_by_less_than_the_largest_of_them(self, seed: int):
        split = by_shots(bursts(seed, most=6), 12, seed)
        assert split.straddling == ()
        assert all(abs(count - 12) < 6 for count in numbers(split, "train").values())

    def test_single_photos_fill_up_what_groups_leave_open(self):
        photos = [photo(f"{g}-{i}.jpg", "A", group=g) for g in "uvwx" for i in range(5)]
        split = by_shots([*photos, *singles(A=30)], 12, seed=3)
        assert numbers(split, "train") == {"A": 12}

    def test_groups_far_larger_than_the_shots_still_give_one(self):
        photos = [photo(f"{g}-{i}.jpg", "A", group=g) for g in "uvw" for i in range(20)]
        assert numbers(by_shots(photos, 2, seed=0), "train") == {"A": 20}

    def test_the_last_group_of_a_class_is_left_to_test(self):
        photos = [photo(f"{g}-{i}.jpg", "A", group=g) for g in "uv" for i in range(10)]
        assert numbers(by_shots(photos, 19, seed=0), "test") == {"A": 10}

    def test_too_few_photos_are_refused_by_name(self):
        with pytest.raises(UsageError, match=r"more than 24 photos of each class.*found 24 of 'B'"):
            by_shots(singles(A=80, B=24), 24, seed=0)
        with pytest.raises(UsageError, match="at least 1 shot; found 0"):
            by_shots(singles(A=80), 0, seed=0)


class TestHoldout:
    @pytest.mark.parametrize(
        ("fraction", "tested"), [(0.25, 10), (0.99, 39), (0.001, 1), (0.5, 20), (1 / 3, 13)]
    )
    def test_the_share_of_each_class(self, fraction: float, tested: int):
        split = holdout(singles(A=40, B=40), fraction, seed=0)
        assert numbers(split, "test") == {"A": tested, "B": tested}

    @pytest.mark.parametrize("seed", range(5))
    def test_groups_keep_the_share_within_a_group(self, seed: int):
        photos = bursts(seed, groups=120, most=4)
        split = holdout(photos, 0.3, seed)
        totals = Counter(p.label for p in photos)
        for label, count in numbers(split, "test").items():
            assert abs(count - 0.3 * totals[label]) < 4

    @pytest.mark.parametrize("fraction", [0.0, 1.0, -0.2, 20.0])
    def test_fractions_that_cannot_be_meant(self, fraction: float):
        with pytest.raises(UsageError, match=f"fraction to test between 0 and 1; found {fraction}"):
            holdout(singles(A=4), fraction, seed=0)


def unevenness(labels: np.ndarray, fold_of: np.ndarray) -> float:
    """Scikit-learn's measure: the spread of each class's shares over the folds, averaged."""
    classes, folds_ = np.unique(labels), np.unique(fold_of)
    shares = [[np.mean(fold_of[labels == c] == f) for f in folds_] for c in classes]
    return float(np.mean(np.std(shares, axis=1)))


class TestFolds:
    @pytest.mark.parametrize("seed", range(5))
    def test_single_photos_differ_by_one_at_most(self, seed: int):
        split = folds(singles(A=80, B=23, C=7), 5, seed)
        for label in "ABC":
            counts = [numbers(split, f"{fold}")[label] for fold in range(1, 6)]
            assert max(counts) - min(counts) <= 1
        sizes = Counter(split.parts).values()
        assert max(sizes) - min(sizes) <= 3

    def test_each_round_tests_one_fold_and_learns_from_the_others(self):
        split = folds(singles(A=20), 10, seed=0)
        rounds = split.rounds()
        assert [tested for _, tested in rounds] == [split.indices(f"{f}") for f in range(1, 11)]
        assert all(sorted(learnt + tested) == [*range(20)] for learnt, tested in rounds)

    def test_groups_are_dealt_as_evenly_as_by_scikit_learn(self):
        ours, theirs = [], []
        for seed in range(12):
            photos = bursts(seed)
            labels = np.array([p.label for p in photos])
            groups = np.array([p.group for p in photos])
            split = folds(photos, 5, seed)
            ours.append(unevenness(labels, np.array(split.parts)))
            fold_of = np.zeros(len(photos), dtype=int)
            splitter = StratifiedGroupKFold(5, shuffle=True, random_state=seed)
            for number, (_, tested) in enumerate(splitter.split(labels, labels, groups)):
                fold_of[tested] = number
            theirs.append(unevenness(labels, fold_of))
        assert np.mean(ours) <= 1.05 * np.mean(theirs)

    def test_repeats_are_different_splits_of_one_seed(self):
        photos = singles(A=20, B=20)
        splits = {folds(photos, 5, 0, repeat).parts for repeat in range(4)}
        assert len(splits) == 4
        assert folds(photos, 5, 0, 0) == folds(photos, 5, 0)

    def test_fewer_groups_than_folds_give_fewer_folds_and_say_so(self):
        split = folds(singles(A=20, B=3), 5, seed=0)
        assert set(split.parts) == {"1", "2", "3"}
        assert split.note == "3 folds instead of 5: 'B' has no more groups of photos"
        assert folds(singles(A=20, B=5), 5, seed=0).note == ""

    def test_one_fold_is_refused(self):
        with pytest.raises(UsageError, match="at least 2 folds; found 1"):
            folds(singles(A=9), 1, seed=0)


class TestGiven:
    PHOTOS = (photo("a", "A", "train"), photo("b", "A", "valid"), photo("c", "A", "test"))

    def test_is_taken_as_it_is(self):
        split = given(self.PHOTOS)
        assert split.parts == ("train", "valid", "test")
        assert split.rounds() == (((0,), (2,)),)

    def test_groups_that_straddle_it_are_named(self):
        photos = [replace(p, group="g") for p in self.PHOTOS[:2]]
        assert given([*photos, self.PHOTOS[2]]).straddling == ("g",)

    @pytest.mark.parametrize(
        ("extra", "left", "found"),
        [
            (photo("d", "A"), 3, "a split for each photo; found none for 'd'"),
            (photo("d", "B", "test"), 3, "train of each class in test; found none of 'B'"),
            (photo("d", "A", "train"), 2, "photos in test; found only train and valid"),
            (photo("d", "A", "test"), 0, "photos in train; found only test"),
        ],
    )
    def test_what_cannot_be_scored_is_refused(self, extra: Photo, left: int, found: str):
        with pytest.raises(UsageError, match=found):
            given([*self.PHOTOS[:left], extra])
