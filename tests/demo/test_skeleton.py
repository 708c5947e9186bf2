from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchline.demo.camera import Camera
from touchline.demo.poses import POSES, pose_named
from touchline.demo.skeleton import FOREARM, UPPER_ARM, Stance, bend, draw_stance, mirror, stand

PAIRS = [
    (left, left.replace("90-deg-l", "90deg-l")[:-1] + "r") for left in POSES if left[-2:] == "-l"
]
SIZE = (480, 640)
CAMERA = Camera(distance=3.5, height=1.2, bottom=0.0, top=2.0)

stances = st.integers(0, 2**32 - 1).map(lambda seed: draw_stance(np.random.default_rng(seed)))


def test_every_left_pose_has_a_right_partner():
    assert len(PAIRS) == 5
    assert {right for _, right in PAIRS} <= set(POSES)


@pytest.mark.parametrize(("left", "right"), PAIRS)
@given(stance=stances)
def test_a_mirrored_left_pose_is_its_right_partner(left, right, stance):
    mirrored = mirror(stand(pose_named(left), stance))
    partner = stand(pose_named(right), stance)
    assert mirrored.keys() == partner.keys()
    for name, place in partner.items():
        np.testing.assert_allclose(
            CAMERA.project(mirrored[name], SIZE), CAMERA.project(place, SIZE), atol=1e-9
        )


@pytest.mark.parametrize(("left", "right"), PAIRS)
@given(stance=stances)
def test_left_means_the_left_edge_of_the_picture(left, right, stance):
    for name, sign in ((left, -1), (right, 1)):
        joints = stand(pose_named(name), stance)
        nose = joints["face"] - joints["head"]
        toes = joints["left_toe"] - joints["left_ankle"]
        assert np.sign(nose[0]) == sign
        assert np.sign(toes[0]) == sign


@given(stance=stances)
def test_mirroring_twice_changes_nothing(stance):
    joints = stand(pose_named("Celebration"), stance)
    for name, place in mirror(mirror(joints)).items():
        np.testing.assert_array_equal(place, joints[name])


@pytest.mark.parametrize("name", POSES)
@given(stance=stances)
def test_bones_keep_their_lengths(name, stance):
    joints = stand(pose_named(name), stance)
    for side in ("left", "right"):
        shoulder, elbow, wrist = (joints[f"{side}_{j}"] for j in ("shoulder", "elbow", "wrist"))
        assert np.linalg.norm(elbow - shoulder) == pytest.approx(UPPER_ARM)
        assert np.linalg.norm(wrist - elbow) == pytest.approx(FOREARM)


def test_a_facing_player_has_the_left_hand_at_the_right_of_the_picture():
    joints = stand(pose_named("Full Body"), Stance())
    assert joints["left_wrist"][0] > 0 > joints["right_wrist"][0]
    assert joints["face"][2] > joints["head"][2]


def test_swapped_arms_change_which_lies_on_top():
    pose = pose_named("CrossedArms-frontal")
    plain, swapped = (stand(pose, replace(Stance(), swapped=swap)) for swap in (False, True))
    over = plain["left_wrist"][2] - plain["right_wrist"][2]
    assert over * (swapped["left_wrist"][2] - swapped["right_wrist"][2]) < 0


def test_height_scales_everything():
    short, tall = (stand(pose_named("Hero"), Stance(), height) for height in (1.6, 2.0))
    for name, place in short.items():
        np.testing.assert_allclose(place * 1.25, tall[name])


def test_bend_reaches_as_far_as_it_can():
    start, far = np.zeros(3), np.array([0.0, -5.0, 0.0])
    elbow = bend(start, far, np.array([1.0, 0.0, 0.0]), 0.3, 0.2)
    assert np.linalg.norm(elbow) == pytest.approx(0.3)
    assert elbow[1] == pytest.approx(-0.3, abs=0.001)
