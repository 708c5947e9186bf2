from pathlib import Path

import pytest
import torch
from torch import Tensor

from clip_worlds import classify_config
from touchline.spotting.classify.network import (
    TRACK_FEATURES,
    ClipClassifier,
    build_clip_classifier,
)

WHOLE = ("clips.steps=6", "encoder.weights=random", "encoder.stage=null", "encoder.frozen=false")
SMALL = (*WHOLE, "encoder.name=test_resnet", "encoder.colour=rgb")
STACKS = (*WHOLE, "encoder.kind=stacks", "encoder.name=test_efficientnet")
X3D = (*WHOLE, "encoder.kind=x3d", "encoder.name=x3d_s")
TRACKS = ("tracks.detector=yolox", "tracks.weights=any.onnx")


def built(*words: str) -> ClipClassifier:
    return build_clip_classifier(classify_config(Path("data"), *words), 5).eval()


def frames_for(network: ClipClassifier, batch: int = 2) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    shape = (batch, 6, network.encoder.channels, 32, 48)
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)


@pytest.mark.parametrize("pooling", ["max", "mean", "gem", "netvlad"])
@pytest.mark.parametrize("words", [SMALL, STACKS], ids=["frames", "stacks"])
def test_one_answer_a_clip_whatever_is_beside_it(words: tuple[str, ...], pooling: str) -> None:
    network = built(*words, f"head.pooling={pooling}", "head.clusters=4")
    frames = frames_for(network)
    with torch.no_grad():
        together = network(frames)
        apart = torch.cat([network(clip[None]) for clip in frames])
    assert together.shape == (2, 5)
    torch.testing.assert_close(together, apart, atol=1e-5, rtol=1e-4)
    assert not torch.equal(together[0], together[1])


def test_the_same_seed_gives_the_same_weights() -> None:
    first, second, other = built(*SMALL), built(*SMALL), built(*SMALL, "seed=1")
    frames = frames_for(first)
    with torch.no_grad():
        assert torch.equal(first(frames), second(frames))
        assert not torch.equal(first(frames), other(frames))


def test_the_maximum_over_time_is_taken_of_single_frames() -> None:
    network = built(*SMALL)
    frames = frames_for(network, batch=1)
    with torch.no_grad():
        features = torch.cat([network.encoder(frames[:, [step]]) for step in range(6)], dim=1)
        expected = network.head.classes(features.amax(dim=1))
        torch.testing.assert_close(network(frames), expected, atol=1e-5, rtol=1e-4)


def test_stacks_are_pooled_over_space_and_time_together() -> None:
    network = built(*STACKS)
    frames = frames_for(network, batch=1)
    with torch.no_grad():
        volume = network.encoder.volume(frames)
        expected = network.head.classes(volume.amax(dim=(2, 3, 4)))
        assert torch.equal(network(frames), expected)


@pytest.mark.parametrize("words", [SMALL, STACKS, X3D], ids=["frames", "stacks", "x3d"])
def test_tracks_are_joined_to_the_features_of_each_frame(words: tuple[str, ...]) -> None:
    network = built(*words, *TRACKS)
    frames, tracks = frames_for(network), torch.rand(2, 6, TRACK_FEATURES)
    assert network.head.classes.in_features == network.encoder.features + 64
    with torch.no_grad():
        assert not torch.equal(network(frames, tracks), network(frames, 1 - tracks))


def test_a_frozen_encoder_learns_nothing() -> None:
    network = built(*SMALL, "encoder.frozen=true")
    assert not any(parameter.requires_grad for parameter in network.encoder.parameters())
    assert all(parameter.requires_grad for parameter in network.head.parameters())


def test_maps_are_made_into_vectors_before_they_are_pooled() -> None:
    network = built(*SMALL, "encoder.stage=1", "encoder.grid=[3, 5]", "encoder.neck=24")
    assert network.neck is not None
    assert network.head.classes.in_features == 24
    with torch.inference_mode():
        assert network(frames_for(network)).shape == (2, 5)
