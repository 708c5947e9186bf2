"""Which photos teach and which score."""

from pathlib import Path

import pytest

from touchline.errors import UsageError
from touchline.photos.config import EvaluationSettings
from touchline.photos.data import Photo
from touchline.photos.evaluation import plan_evaluation
from touchline.photos.split import Split
from touchline.photos.split_file import write_split

PHOTOS = [
    Photo(Path(name), name, label)
    for label in ("a", "b") for name in (f"{label}{number}" for number in range(6))
]  # fmt: skip
STATED = [
    Photo(p.path, p.name, p.label, "test" if p.name.endswith("5") else "train") for p in PHOTOS
]


@pytest.mark.parametrize(
    ("settings", "photos", "scheme", "learnt", "tested"),
    [
        ({"shots": 2}, PHOTOS, "2 photos a class to learn, the rest to test", 4, 8),
        ({"holdout": 0.5}, PHOTOS, "50% of each class held out to test", 6, 6),
        ({}, STATED, "the split that the data states", 10, 2),
        ({"shots": 2}, STATED, "2 photos a class to learn, the rest to test", 4, 8),
        ({}, PHOTOS, "cross-validation in 5 folds", 12, 0),
        ({"folds": 9}, PHOTOS, "cross-validation in 6 folds", 12, 0),
        ({"folds": 3, "repeats": 2}, PHOTOS, "cross-validation in 3 folds, 2 times", 12, 0),
    ],
)
def test_schemes(
    settings: dict[str, float], photos: list[Photo], scheme: str, learnt: int, tested: int
) -> None:
    plan = plan_evaluation(EvaluationSettings(**settings), photos, seed=0)
    assert plan.scheme == scheme
    assert (len(plan.train), len(plan.test)) == (learnt, tested)
    assert not set(plan.train) & set(plan.test)
    assert len(plan.repeats) == (0 if tested else settings.get("repeats", 1))


def split_into(parts: list[str], folder: Path) -> EvaluationSettings:
    names = tuple(photo.name for photo in PHOTOS)
    labels = tuple(photo.label for photo in PHOTOS)
    write_split(Split(names, labels, names, tuple(parts)), folder / "split.csv")
    return EvaluationSettings(split=folder / "split.csv")


@pytest.mark.parametrize(
    ("parts", "scheme", "repeats"),
    [(["train", "test"] * 6, "the split of", 0), (["1", "2", "3"] * 4, "the folds of", 1)],
)
def test_a_kept_split(parts: list[str], scheme: str, repeats: int, tmp_path: Path) -> None:
    plan = plan_evaluation(split_into(parts, tmp_path), PHOTOS[::-1], seed=5)
    assert plan.split.parts == tuple(parts)
    assert plan.scheme.startswith(scheme)
    assert len(plan.repeats) == repeats


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (["train", "valid"] * 6, "Wanted photos in test; found only train and valid"),
        (["valid", "test"] * 6, "Wanted photos in train; found only test and valid"),
        (["1"] * 12, "Wanted groups of each class .*; found 6 of 'a' that cannot be parted"),
        (["train"] * 6 + ["test"] * 6, "Wanted photos in train of each class in test; found none"),
    ],
)
def test_a_kept_split_that_cannot_teach_and_score_is_refused(
    parts: list[str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=message):
        plan_evaluation(split_into(parts, tmp_path), PHOTOS, seed=0)


def test_two_schemes_at_once_are_refused() -> None:
    with pytest.raises(ValueError, match="choose one of shots and holdout"):
        EvaluationSettings(shots=2, holdout=0.5)
