"""Which photos a generator learns from, and which it must never see."""

import shutil
from pathlib import Path

import pytest

from touchline.cli import main
from touchline.errors import UsageError
from touchline.photos.gather import gather
from touchline.photos.split import group_of
from touchline.synth.config import SynthConfig
from touchline.synth.lesson import gather_lesson


@pytest.fixture
def split(world: Path, tmp_path: Path) -> Path:
    path = tmp_path / "split.csv"
    assert main(["photos", "split", str(world), "--shots", "4", "--out", str(path)]) == 0
    return path


def test_without_a_split_everything_is_learnt_from(world: Path) -> None:
    lesson = gather_lesson(SynthConfig(data=world))
    assert len(lesson.learn) == 36
    assert len(lesson.valid) == len(lesson.test) == 0
    assert lesson.reference is lesson.learn
    assert [each.path.name for each in lesson.rejected] == ["broken.jpg"]
    assert lesson.describe() == "36 photos of 3 classes to learn from"


def test_only_the_train_part_of_a_split_is_learnt_from_and_seen(world: Path, split: Path) -> None:
    lesson = gather_lesson(SynthConfig(data=world, split=split))
    assert len(lesson.learn) == 12
    assert len(lesson.test) == 24
    assert {each.sha256 for each in lesson.seen} == set(lesson.learn.sha256s)
    assert not set(lesson.learn.sha256s) & set(lesson.test.sha256s)
    assert lesson.describe().endswith("0 to choose by, 24 to score by")


def test_what_belongs_to_a_photo_learnt_from_counts_as_seen(world: Path, tmp_path: Path) -> None:
    table = tmp_path / "photos.csv"
    files = sorted((world / "green").glob("*.jpg")) + sorted((world / "blue").glob("0*.jpg"))
    rows = [
        f"{path},{path.parent.name},{'p1' if n in (0, 5) else n},{'train' if n % 5 else 'test'}"
        for n, path in enumerate(files)
    ]
    table.write_text("path,label,group,split\n" + "\n".join(rows) + "\n", encoding="utf-8")
    found = gather(table, tmp_path / "cache")
    lesson = gather_lesson(SynthConfig(data=table))
    photos = found.photo_set.photos
    learnt = {group_of(photo) for photo in photos if photo.path in lesson.learn.paths}
    expected = {
        print_.sha256
        for photo, print_ in zip(photos, found.fingerprints, strict=True)
        if group_of(photo) in learnt
    }
    assert {each.sha256 for each in lesson.seen} == expected


def test_folds_are_for_the_study(world: Path, tmp_path: Path) -> None:
    path = tmp_path / "folds.csv"
    assert main(["photos", "split", str(world), "--folds", "3", "--out", str(path)]) == 0
    with pytest.raises(UsageError, match=r"a split into train and test; found folds in .*study"):
        gather_lesson(SynthConfig(data=world, split=path))


def test_a_split_without_photos_to_learn_from_is_refused(world: Path, split: Path) -> None:
    text = split.read_text(encoding="utf-8").replace(",train", ",test")
    split.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="Wanted photos in train; found only test"):
        gather_lesson(SynthConfig(data=world, split=split))


def test_classes_with_a_side_and_no_partner_are_never_mirrored(world: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sides"
    for name, source in (("Kick-l", "green"), ("Hero", "blue")):
        (folder / name).mkdir(parents=True)
        for path in sorted((world / source).glob("0*.jpg")):
            (folder / name / path.name).write_bytes(path.read_bytes())
    assert gather_lesson(SynthConfig(data=folder)).augmenting_mirror is None
    (folder / "Kick-l").rename(folder / "Kick")
    assert gather_lesson(SynthConfig(data=folder)).augmenting_mirror is not None


def test_one_photo_teaches_nothing(world: Path, tmp_path: Path) -> None:
    (tmp_path / "photos" / "green").mkdir(parents=True)
    shutil.copy(world / "green" / "00.jpg", tmp_path / "photos" / "green")
    with pytest.raises(UsageError, match="at least 2 photos to learn from; found 1 in"):
        gather_lesson(SynthConfig(data=tmp_path / "photos"))


def test_a_single_photo_does_not_choose_the_best_snapshot(world: Path, split: Path) -> None:
    text = split.read_text(encoding="utf-8").replace(",test", ",valid", 1)
    split.write_text(text, encoding="utf-8")
    lesson = gather_lesson(SynthConfig(data=world, split=split))
    assert len(lesson.valid) == 1
    assert lesson.reference is lesson.learn
