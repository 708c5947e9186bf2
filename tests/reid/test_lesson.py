"""What a training learns from, is chosen by and is scored on."""

import json
from pathlib import Path

import pytest

from crop_worlds import market_world, soccernet_world
from touchline.errors import UsageError
from touchline.reid.config import ReidConfig
from touchline.reid.lesson import gather_lesson


def test_splits_are_taken_as_they_are(actions: Path) -> None:
    lesson = gather_lesson(ReidConfig(data=actions))
    assert not lesson.held_out
    assert lesson.has_actions
    assert list(lesson.splits) == ["valid", "test"]
    assert "valid: 9 queries, 21 gallery crops in 3 actions\n" in lesson.describe()


def test_without_a_valid_split_some_of_train_chooses(tmp_path: Path) -> None:
    lesson = gather_lesson(ReidConfig(data=market_world(tmp_path / "data")))
    assert lesson.held_out
    assert not lesson.has_actions
    learnt = {crop.identity for crop in lesson.train}
    chosen = {crop.identity for crop in lesson.valid.queries}
    assert learnt
    assert chosen
    assert not learnt & chosen
    assert lesson.test is not None
    assert "(set aside from train)" in lesson.describe()


def test_a_challenge_split_is_nothing_to_learn_from(tmp_path: Path) -> None:
    data = soccernet_world(tmp_path / "data", splits=("challenge",))
    with pytest.raises(UsageError, match="named crops to learn from; found none in"):
        gather_lesson(ReidConfig(data=data))


def test_who_only_compares_needs_no_train_where_a_valid_split_is(tmp_path: Path) -> None:
    data = soccernet_world(tmp_path / "data", splits=("valid", "test"))
    lesson = gather_lesson(ReidConfig(data=data), learning=False)
    assert (lesson.train, lesson.held_out) == ((), False)
    assert lesson.test is not None
    with pytest.raises(UsageError, match="named crops to learn from; found none in"):
        gather_lesson(ReidConfig(data=data))
    only_test = soccernet_world(tmp_path / "only test", splits=("test",))
    with pytest.raises(UsageError, match="named crops to learn from; found none in"):
        gather_lesson(ReidConfig(data=only_test), learning=False)


def test_a_nameless_test_split_is_not_scored(tmp_path: Path) -> None:
    data = soccernet_world(tmp_path / "data", splits=("train", "valid", "challenge"))
    lesson = gather_lesson(ReidConfig(data=data))
    assert lesson.test is None
    assert "test: none" in lesson.describe()


@pytest.mark.parametrize("split", ["valid", "test"])
def test_a_split_that_cannot_be_scored_is_refused_before_the_training(
    split: str, tmp_path: Path
) -> None:
    data = soccernet_world(tmp_path / "data")
    lists = data / split / "bbox_info.json"
    content = json.loads(lists.read_text())
    for query in content["query"].values():
        query["person_uid"] += 1000
    lists.write_text(json.dumps(content))
    with pytest.raises(UsageError, match=f"one query of the split {split} that can be scored; fou"):
        gather_lesson(ReidConfig(data=data))
