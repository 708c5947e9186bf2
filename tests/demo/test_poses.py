import pytest

from touchline.demo.poses import POSES, pose_named
from touchline.errors import UsageError


def test_the_names_are_those_of_the_real_folders():
    assert POSES == (
        "Celebration", "CrossedArms-45deg-l", "CrossedArms-45deg-r", "CrossedArms-90deg-l",
        "CrossedArms-90deg-r", "CrossedArms-frontal", "Full Body", "Half Body",
        "HandsOnHips-45deg-l", "HandsOnHips-45deg-r", "HandsOnHips-90-deg-l",
        "HandsOnHips-90deg-r", "Head Shot", "Hero", "HoldingBall", "HoldingBall-45deg-l",
        "HoldingBall-45deg-r",
    )  # fmt: skip
    assert list(POSES) == sorted(POSES)


@pytest.mark.parametrize("name", POSES)
def test_the_facts_agree_with_the_name(name):
    pose = pose_named(name)
    assert pose.side == {"l": "left", "r": "right"}.get(name.split("-")[-1], "")
    assert bool(pose.degrees) == bool(pose.side)
    assert not pose.degrees or str(pose.degrees) in name
    assert pose.ball == name.startswith("HoldingBall")


def test_an_unknown_pose_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match="Did you mean 'HandsOnHips-90-deg-l'"):
        pose_named("HandsOnHips-90deg-l")
    with pytest.raises(UsageError, match="one of the 17 drawn poses; found 'x'"):
        pose_named("x")
