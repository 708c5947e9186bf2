"""X3D as an encoder keeps time."""

import torch

from encoders_of_frames import (
    assert_learns,
    assert_sees_no_further_than_its_reach,
    awake,
    frames_for,
    sees,
)
from touchline.backbones.x3d_weights import load_x3d
from touchline.spotting.networks.encoder import build_encoder


def test_features_are_those_of_the_normalised_video() -> None:
    encoder = build_encoder("x3d", "x3d_s", "random", seed=4).eval()
    frames = frames_for(encoder, time=5, batch=2)
    video = ((frames / 255 - 0.45) / 0.225).transpose(1, 2)
    with torch.no_grad():
        expected = load_x3d("x3d_s", "random", "frame", seed=4)(video)
        assert torch.allclose(encoder(frames), expected, atol=1e-5)
    assert expected.shape == (2, 5, encoder.features)
    assert (encoder.multiple, encoder.channels) == (1, 3)


def test_each_frame_has_features_of_its_own() -> None:
    encoder = build_encoder("x3d", "x3d_m", "random").eval()
    with torch.no_grad():
        features = encoder(frames_for(encoder, time=4))[0]
    assert torch.cdist(features, features).add(torch.eye(4)).min() > 1e-3


def test_reach_is_the_furthest_frame_seen() -> None:
    encoder = awake(build_encoder("x3d", "x3d_m", "random"))
    assert encoder.reach == 28
    assert_sees_no_further_than_its_reach(encoder, step=29)


def test_squeezing_the_clip_sees_everything() -> None:
    encoder = awake(build_encoder("x3d", "x3d_m", "random", squeeze="clip"))
    assert encoder.reach is None
    assert sees(encoder, 0, [59], time=60)


def test_training_reaches_every_parameter() -> None:
    assert_learns(build_encoder("x3d", "x3d_s", "random"), time=4)
