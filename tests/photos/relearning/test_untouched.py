import pytest

from photo_world import draw_world
from relearning_worlds import copy_of, known, new_photo, photos_of, review
from touchline.errors import UsageError
from touchline.photos.config import PhotosConfig
from touchline.photos.relearning.lesson import Lesson
from touchline.photos.relearning.planning import plan_lesson
from touchline.photos.relearning.untouched import drawn_photos, held_out_photos, true_photos
from touchline.runs import open_run
from touchline.settings import resolve


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory):
    return new_photo(tmp_path_factory.mktemp("reviewed"))


@pytest.fixture
def lesson(taught, reviewed) -> Lesson:
    run = open_run(taught)
    config = resolve(PhotosConfig, file=run.config)
    return plan_lesson(run, config, review([(reviewed, "blue")]))


@pytest.fixture
def truth(tmp_path):
    for label in ("blue", "Green"):
        for _ in range(2):
            new_photo(tmp_path / "truth" / label)
    return tmp_path / "truth"


def test_the_photos_held_out_have_a_known_class(taught, lesson):
    found = held_out_photos(lesson)
    blue = {each.path for each in found if each.truth == "blue"}
    assert len(found) == 18
    assert blue == set(photos_of(open_run(taught), "test", "blue"))


def test_a_truth_speaks_the_classes_of_the_lesson(lesson, truth, own_cache):
    found = true_photos(lesson, truth, own_cache)
    assert sorted(each.truth for each in found) == ["blue", "blue", "green", "green"]
    assert len({each.group for each in found}) == 4
    assert all(each.path.is_absolute() for each in found)


def test_a_photo_that_is_learnt_from_is_no_truth(lesson, truth, reviewed, own_cache):
    (truth / "blue" / "learnt.jpg").write_bytes(reviewed.read_bytes())
    with pytest.raises(UsageError, match=r"1 that are, .*learnt\.jpg\. Leave them out"):
        true_photos(lesson, truth, own_cache)


def test_a_copy_of_a_photo_that_is_learnt_from_is_no_truth(lesson, truth, reviewed, own_cache):
    copy_of(reviewed, truth / "blue" / "copy.jpg")
    with pytest.raises(UsageError, match=r"same burst, such as .*copy\.jpg"):
        true_photos(lesson, truth, own_cache)


def test_a_photo_that_only_the_parent_learnt_from_is_no_truth(
    taught, lesson, truth, own_cache
):  # fmt: skip
    learnt = photos_of(open_run(taught), "train", "blue")[0]
    forgotten = Lesson(lesson.held_out, lesson.touched)
    (truth / "blue" / "parent.jpg").write_bytes(learnt.read_bytes())
    with pytest.raises(UsageError, match=r"parent\.jpg"):
        true_photos(forgotten, truth, own_cache)


def test_a_class_that_is_not_learnt_is_refused(lesson, truth, own_cache):
    (truth / "blue").rename(truth / "violet")
    with pytest.raises(UsageError, match=r"also 'violet'\. Known are blue, green"):
        true_photos(lesson, truth, own_cache)


def test_so_many_are_drawn_and_the_same_in_any_order(lesson, tmp_path, own_cache):
    others = [known(new_photo(tmp_path)) for _ in range(6)]
    first = drawn_photos(lesson, others, (), 4, own_cache)
    assert first == drawn_photos(lesson, others[::-1], (), 4, own_cache)
    assert [each.sha256 for each in first] == sorted(each.sha256 for each in others)[:4]
    assert {each.truth for each in first} == {""}


def test_what_is_touched_known_or_broken_is_passed_over(lesson, reviewed, tmp_path, own_cache):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no photo")
    copy, kept, besides = copy_of(reviewed, tmp_path / "c.jpg"), new_photo(tmp_path), "a" * 64
    scored = known(new_photo(tmp_path))
    others = [known(reviewed), known(copy), known(broken), known(kept), scored]
    found = drawn_photos(lesson, others, {scored.sha256, besides}, 100, own_cache)
    assert [each.path for each in found] == [kept]


@pytest.mark.parametrize("at_most", [0, 5])
def test_of_no_photos_none_are_drawn(lesson, at_most, own_cache):
    assert drawn_photos(lesson, (), (), at_most, own_cache) == ()


def test_a_world_of_its_own_is_untouched(lesson, tmp_path, own_cache):
    world = draw_world(tmp_path / "world", start=300, count=1)
    others = [known(path) for path in world.rglob("*.jpg")]
    assert drawn_photos(lesson, others, (), 0, own_cache) == ()
