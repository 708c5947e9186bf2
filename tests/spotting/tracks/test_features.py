"""The numbers of every step: by hand, in the mirror, and where there is nothing."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from touchline.spotting.tracks.bytetrack import ByteTrackSettings
from touchline.spotting.tracks.detections import no_detections
from touchline.spotting.tracks.features import FEATURE_NAMES, mirror_features, track_features
from touchline.spotting.tracks.table import Tracks, follow
from tracks_drawn import SIZE, around, random_tracks, seen

WIDTH, HEIGHT = SIZE


def named(features: np.ndarray, step: int) -> dict[str, float]:
    return dict(zip(FEATURE_NAMES, features[step].tolist(), strict=True))


def scene() -> Tracks:
    """Two players: one walks right by 8 pixels a step, one stands; the ball is missing once."""
    frames = []
    for step in range(3):
        found = [(around(100 + 8 * step, 100), 0.9), (around(200, 60), 0.9)]
        if step != 1:
            found.append((around(120 + 20 * step, 100, 4, 4), 0.5))
        frames.append(seen(*found, balls=(2,)))
    return follow(frames, 10.0, *SIZE, ByteTrackSettings(sure=0.6))


def test_by_hand() -> None:
    features = track_features(scene())
    assert features.shape == (3, len(FEATURE_NAMES))
    assert features.dtype == np.float32
    assert named(features, 0) == pytest.approx({
        "mean_x": (100 + 200 + 120) / 3 / WIDTH, "mean_y": (100 + 60 + 100) / 3 / HEIGHT,
        "ball_seen": 1, "players": 0.2,
        "ball_x": 120 / WIDTH, "ball_y": 0.5, "ball_known": 1, "ball_age": 0,
        "ball_velocity_x": 20 * 10 / WIDTH, "ball_velocity_y": 0,
        # 15 pixels from the right edge of a box 20 high, as a share of five such heights.
        "nearest_distance": 15 / 100, "nearest_velocity_x": 80 / WIDTH, "nearest_velocity_y": 0,
        "spread_x": 2 * 50 / WIDTH, "spread_y": 2 * 20 / HEIGHT,
        "players_velocity_x": 40 / WIDTH, "players_velocity_y": 0,
    }, abs=1e-6)  # fmt: skip
    between = named(features, 1)
    assert between["mean_x"] == pytest.approx((108 + 200) / 2 / WIDTH)
    assert (between["ball_seen"], between["ball_known"]) == (0, 1)
    assert between["ball_x"] == pytest.approx(140 / WIDTH)
    assert between["ball_age"] == pytest.approx(1 / 5)  # half a second at ten steps


def test_vertical_speed_is_in_frame_widths_too() -> None:
    frames = [seen((around(100, 80 + 6 * step), 0.9)) for step in range(3)]
    found = named(track_features(follow(frames, 10.0, *SIZE)), 1)
    assert found["players_velocity_y"] == pytest.approx(60 / WIDTH)


def test_what_is_not_known_is_well_defined() -> None:
    features = track_features(follow([no_detections()] * 3, 10.0, *SIZE))
    expected = dict.fromkeys(FEATURE_NAMES, 0.0) | {
        "mean_x": 0.5, "mean_y": 0.5, "ball_x": 0.5, "ball_y": 0.5,
        "ball_age": 1.0, "nearest_distance": 1.0,
    }  # fmt: skip
    assert [named(features, step) for step in range(3)] == [expected] * 3
    assert (mirror_features(features) == features).all()
    assert track_features(follow([], 10.0, *SIZE)).shape == (0, len(FEATURE_NAMES))


def test_a_ball_without_players_is_far_from_everybody() -> None:
    frames = [seen((around(100, 100, 4, 4), 0.9), balls=(0,))] * 2
    found = named(track_features(follow(frames, 10.0, *SIZE)), 0)
    assert (found["ball_known"], found["nearest_distance"], found["players"]) == (1, 1, 0)


def test_players_of_no_track_and_doubtful_balls_do_not_count() -> None:
    frames = [seen((around(100, 100), 0.1), (around(50, 50, 4, 4), 0.15), balls=(1,))] * 2
    found = named(track_features(follow(frames, 10.0, *SIZE)), 0)
    assert (found["players"], found["ball_seen"], found["mean_x"]) == (0, 0, 0.5)


def mirrored(tracks: Tracks) -> Tracks:
    boxes = tracks.boxes.copy()
    boxes[:, [2, 0]] = tracks.width - tracks.boxes[:, [0, 2]]
    return replace(tracks, boxes=boxes)


@pytest.mark.parametrize("seed", range(5))
def test_mirroring_features_is_mirroring_the_video(seed: int) -> None:
    tracks = random_tracks(seed)
    features = track_features(tracks)
    assert features[:, FEATURE_NAMES.index("ball_velocity_x")].any()
    np.testing.assert_allclose(
        mirror_features(features), track_features(mirrored(tracks)), atol=1e-5
    )


@pytest.mark.parametrize("seed", range(5))
def test_all_are_within_reach_of_a_network(seed: int) -> None:
    features = track_features(random_tracks(seed))
    assert np.isfinite(features).all()
    assert (np.abs(features) <= 1).all()
    signed = [name.count("velocity") > 0 for name in FEATURE_NAMES]
    assert (features[:, ~np.array(signed)] >= 0).all()


def test_a_leap_ends_at_one() -> None:
    frames = [seen((around(x, 50, 4, 4), 0.9), balls=(0,)) for x in (10, 390)]
    found = named(track_features(follow(frames, 25.0, *SIZE)), 0)
    assert found["ball_velocity_x"] == 1


def test_arrays_and_tensors_are_mirrored_alike_and_left_as_they_are() -> None:
    features = track_features(random_tracks(1))
    before = features.copy()
    batch = torch.from_numpy(features.copy())[None]
    np.testing.assert_array_equal(mirror_features(batch)[0].numpy(), mirror_features(features))
    assert (features == before).all()
    assert (batch[0].numpy() == before).all()
    np.testing.assert_allclose(mirror_features(mirror_features(features)), features, atol=1e-6)


def test_the_order_of_detections_changes_nothing() -> None:
    tracks = random_tracks(2)
    order = np.random.default_rng(0).permutation(len(tracks.step))
    columns = ("step", "boxes", "confidence", "balls", "ids")
    shuffled = replace(tracks, **{name: getattr(tracks, name)[order] for name in columns})
    np.testing.assert_allclose(track_features(shuffled), track_features(tracks), atol=1e-6)
