import numpy as np
import pytest

from touchline.demo.surfaces import ball, bar, join, limb, sheet, spot, tube

RED = (200.0, 0.0, 0.0)


def outward_share(patches, centre):
    """The share of patches whose normal points away from `centre`."""
    low_left, low_right, high_right, high_left = np.moveaxis(patches.corners, 1, 0)
    normals = np.cross(high_right - low_left, high_left - low_right)
    away = patches.corners.mean(axis=1) - centre
    return float(((normals * away).sum(axis=1) > 0).mean())


@pytest.mark.parametrize("end", [(0, 1, 0), (0, -1, 0), (1, 0, 0), (0, 0, -1), (1, 2, -3)])
def test_normals_point_outwards_whichever_way_a_limb_runs(end):
    start, end = np.zeros(3), np.array(end, float)
    assert outward_share(limb(start, end, [0.1, 0.1], RED), (start + end) / 2) == 1.0


def test_normals_of_a_ball_point_outwards_and_its_colour_follows_the_direction():
    centre = np.array([1.0, 2.0, 3.0])
    patches = ball(centre, 0.5, lambda outward: 255.0 * (outward[..., [1, 1, 1]] > 0))
    assert outward_share(patches, centre) == 1.0
    np.testing.assert_allclose(np.linalg.norm(patches.corners - centre, axis=2), 0.5)
    upper = patches.corners.mean(axis=1)[:, 1] > 2.0
    np.testing.assert_array_equal(patches.colours[:, 0] > 0, upper)


def test_a_tube_has_the_asked_radii():
    patches = tube([(0, 0, 0), (0, 1, 0)], [(0.3, 0.1), (0.3, 0.1)], RED, front=(0, 0, 1))
    assert np.abs(patches.corners[..., 0]).max() == pytest.approx(0.3, rel=0.02)
    assert np.abs(patches.corners[..., 2]).max() == pytest.approx(0.1, rel=0.02)


def test_a_mirrored_limb_has_mirrored_patches():
    start, end, flip = np.array([0.1, 0.2, 0.3]), np.array([0.6, 1.0, 0.1]), np.array([-1, 1, 1])
    corners = limb(start, end, [0.1, 0.05], RED).corners.reshape(-1, 3) * flip
    mirrored = limb(start * flip, end * flip, [0.1, 0.05], RED).corners.reshape(-1, 3)
    rounded = {tuple(row) for row in (corners.round(9) + 0.0).tolist()}
    assert rounded == {tuple(row) for row in (mirrored.round(9) + 0.0).tolist()}


def flat(across, up):
    return np.stack([across, up, np.zeros_like(across)], axis=-1)


def test_marks_stay_inside_their_bounds():
    patches = join([
        spot(flat, (1.0, 2.0), (0.5, 0.2), RED, 0.1),
        bar(flat, (0.5, 1.8), (1.5, 2.2), RED, 0.2),
    ])  # fmt: skip
    assert patches.corners[..., :2].min(axis=(0, 1)) == pytest.approx((0.5, 1.8))
    assert patches.corners[..., :2].max(axis=(0, 1)) == pytest.approx((1.5, 2.2))
    assert set(patches.lift.tolist()) == {0.1, 0.2}


def test_one_colour_or_one_a_patch():
    places = flat(*np.meshgrid(np.arange(3.0), np.arange(2.0)))
    assert sheet(places, RED).colours.tolist() == [list(RED)] * 2
    assert sheet(places, [[RED, (0, 9, 0)]]).colours.tolist() == [list(RED), [0, 9, 0]]
