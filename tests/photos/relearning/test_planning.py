import shutil
from collections import Counter
from pathlib import Path

import pytest

from photo_world import HOSTILE_CLASS, draw_world, teach
from relearning_worlds import copy_of, known, new_photo, photos_of, review
from touchline.archive.review.standing import ReviewedPhoto, Standing
from touchline.errors import UsageError
from touchline.photos.config import PhotosConfig
from touchline.photos.data import Photo
from touchline.photos.records import learnt_hashes
from touchline.photos.relearning.lesson import Lesson
from touchline.photos.relearning.planning import plan_lesson
from touchline.photos.split import folds
from touchline.runs import Run, open_run
from touchline.settings import resolve


def plan(run: Run, standing: Standing) -> Lesson:
    return plan_lesson(run, resolve(PhotosConfig, file=run.config), standing)


def paths(photos) -> set[Path]:
    return {each.photo.path for each in photos}


@pytest.fixture
def parent(taught) -> Run:
    return open_run(taught)


@pytest.fixture(scope="module")
def parent_in_folds(world, tmp_path_factory) -> Run:
    folder = tmp_path_factory.mktemp("folds")
    return open_run(teach(world, folder / "run", "evaluation.folds=3"))


def test_its_own_photos_and_the_reviewed_ones(parent, tmp_path):
    photo = new_photo(tmp_path)
    lesson = plan(parent, review([(photo, "blue")]))
    assert len(lesson.taught) == 18 + 1
    assert len(lesson.held_out) == 18
    (found,) = lesson.reviewed
    assert (found.photo.path, found.photo.label, found.was) == (photo.resolve(), "blue", "")
    assert found.photo.split == "train"
    assert lesson.touched == learnt_hashes(parent) | {known(photo).sha256}


def test_a_review_outranks_the_class_of_the_data(parent):
    seen = photos_of(parent, "train", "blue")[0]
    lesson = plan(parent, review([(seen, "green")]))
    (found,) = lesson.reviewed
    assert (found.photo.label, found.was, found.is_corrected) == ("green", "blue", True)
    assert len(lesson.photos) == 36


def test_a_review_that_confirms_corrects_nothing(parent):
    seen = photos_of(parent, "train", "blue")[0]
    (found,) = plan(parent, review([(seen, "Blue")])).reviewed
    assert not found.is_corrected
    assert found.photo.label == "blue"


def test_a_reviewed_photo_that_scored_teaches_and_scores_no_more(parent):
    held = photos_of(parent, "test", "blue")[0]
    lesson = plan(parent, review([(held, "blue")]))
    assert held in paths(lesson.taught)
    assert held not in paths(lesson.held_out)


def test_what_shares_a_group_with_a_learnt_photo_does_not_score(parent, tmp_path):
    held = photos_of(parent, "test", "blue")[0]
    copy = copy_of(held, tmp_path / "copy.jpg")
    lesson = plan(parent, review([(copy, "blue")]))
    assert held not in paths(lesson.photos)
    taught = {each.photo.group for each in lesson.taught}
    assert not taught & {each.photo.group for each in lesson.held_out}


def test_when_all_that_scored_is_reviewed_it_is_cross_validated(parent):
    held = [
        (path, label)
        for label in ("blue", "green", HOSTILE_CLASS)
        for path in photos_of(parent, "test", label)
    ]
    lesson = plan(parent, review(held))
    assert lesson.held_out == ()
    assert {each.photo.split for each in lesson.photos} == {""}


def test_bursts_and_given_groups_stay_together(parent, tmp_path):
    first, other, third = (new_photo(tmp_path) for _ in range(3))
    copy = copy_of(first, tmp_path / "copy.jpg")
    standing = review([(first, "blue"), (copy, "blue"), (other, "green")])
    same_player = ReviewedPhoto(known(other, "player 7"), "green")
    also = ReviewedPhoto(known(third, "player 7"), "blue")
    lesson = plan(parent, Standing((*standing.reviewed[:2], same_player, also)))
    group = {each.photo.path: each.photo.group for each in lesson.reviewed}
    assert group[first.resolve()] == group[copy.resolve()]
    assert group[other.resolve()] == group[third.resolve()]
    assert Counter(group.values()).most_common(1)[0][1] == 2


@pytest.mark.parametrize(("photos", "is_learnt"), [(1, False), (2, True)])
def test_a_new_class_needs_two_groups(parent, tmp_path, photos, is_learnt):
    violet = [(new_photo(tmp_path), "violet") for _ in range(photos)]
    lesson = plan(parent, review([*violet, (new_photo(tmp_path), "blue")]))
    assert ("violet" in lesson.classes) == is_learnt
    left_out = {each.path for each in lesson.left_out}
    assert left_out == (set() if is_learnt else {path.resolve() for path, _ in violet})
    assert all("1 of the 2" in each.reason for each in lesson.left_out)


@pytest.mark.parametrize(("photos", "is_learnt"), [(2, False), (3, True)])
def test_a_new_class_needs_three_where_folds_take_one(
    parent_in_folds, tmp_path, photos, is_learnt
):  # fmt: skip
    violet = [(new_photo(tmp_path), "violet") for _ in range(photos)]
    lesson = plan(parent_in_folds, review([*violet, (new_photo(tmp_path), "blue")]))
    assert ("violet" in lesson.classes) == is_learnt
    assert len(lesson.left_out) == (0 if is_learnt else 2)


@pytest.mark.parametrize(("photos", "is_enough"), [(2, False), (3, True)])
def test_so_many_are_what_the_probe_needs(photos, is_enough):
    """Outer folds take a group, and the inner folds must still part the rest."""
    names = [(f"old-{n}", "blue") for n in range(9)] + [(f"new-{n}", "v") for n in range(photos)]
    all_of_them = [Photo(Path(name), name, label) for name, label in names]
    split = folds(all_of_them, 5, seed=0)
    kept = {name: photo for photo in all_of_them for name in [photo.name]}

    def part_all() -> None:
        for inside, _ in split.rounds():
            folds([kept[split.names[place]] for place in inside], 5, seed=0)

    if is_enough:
        part_all()
    else:
        with pytest.raises(UsageError, match="cannot be parted"):
            part_all()


def test_copies_of_one_moment_are_one_group_of_a_new_class(parent, tmp_path):
    one = new_photo(tmp_path)
    copy = copy_of(one, tmp_path / "copy.jpg")
    lesson = plan(
        parent, review([(one, "violet"), (copy, "violet"), (new_photo(tmp_path), "blue")])
    )  # fmt: skip
    assert "violet" not in lesson.classes


def test_lost_photos_are_counted(world, tmp_path):
    data = shutil.copytree(world, tmp_path / "photos")
    run = open_run(teach(data, tmp_path / "run", "--shots", "6"))
    photos_of(run, "train", "blue")[0].unlink()
    lesson = plan(run, review([(new_photo(tmp_path / "new"), "blue")]))
    assert (lesson.lost, len(lesson.taught)) == (1, 18)


def test_changed_and_missing_files_are_named(parent, tmp_path):
    kept, changed, gone = (new_photo(tmp_path) for _ in range(3))
    standing = review([(kept, "blue"), (changed, "blue"), (gone, "blue")])
    changed.write_bytes(new_photo(tmp_path).read_bytes())
    gone.unlink()
    lesson = plan(parent, standing)
    named = {each.path.name: each.reason for each in lesson.left_out}
    assert named.keys() == {changed.name, gone.name}
    assert named[changed.name] == "it was changed after it was reviewed"
    assert paths(lesson.reviewed) == {kept.resolve()}


def test_without_reviews_there_is_nothing_to_learn(parent):
    with pytest.raises(UsageError, match="none that can be used"):
        plan(parent, Standing(()))


def test_the_first_of_the_reviews_left_out_is_named(parent):
    standing = Standing((), ((Path("a.jpg"), "its file is gone"),))
    with pytest.raises(UsageError, match=r"such as a\.jpg \(its file is gone\)"):
        plan(parent, standing)


def test_a_run_whose_photos_are_all_gone_is_refused(parent, tmp_path):
    config = resolve(PhotosConfig, file=parent.config)
    other = config.model_copy(update={"data": draw_world(tmp_path / "other", 300, 2)})
    with pytest.raises(UsageError, match="has learnt from; found none of them"):
        plan_lesson(parent, other, review([(new_photo(tmp_path), "blue")]))
