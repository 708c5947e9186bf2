"""A picture network on every frame, alone, stacked or shifting."""

import pytest
import torch

from encoders_of_frames import (
    assert_learns,
    assert_sees_no_further_than_its_reach,
    awake,
    frames_for,
    sees,
)
from touchline.backbones.loading import load_backbone
from touchline.spotting.networks.encoder import build_encoder
from touchline.spotting.networks.frame_encoder import Colour
from touchline.spotting.networks.gate_shift import Shift


@pytest.mark.parametrize(
    ("name", "features"),
    [
        ("regnety_002", 368), ("regnety_008", 768), ("resnet50", 2048), ("efficientnet_b0", 1280),
        ("convnext_tiny", 768), ("tf_efficientnet_lite0", 1280), ("test_vit", 64),
    ],
)  # fmt: skip
def test_named_backbones(name: str, features: int) -> None:
    encoder = build_encoder("frames", name, "random").eval()
    with torch.no_grad():
        output = encoder(frames_for(encoder, time=3, batch=2))
    assert output.shape == (2, 3, features)
    assert (encoder.features, encoder.reach, encoder.multiple, encoder.channels) == (
        features, 0, 1, 3,
    )  # fmt: skip


def test_frames_alone_are_the_backbone_on_normalised_pixels() -> None:
    backbone = load_backbone("tf_efficientnet_lite0", "packaged")
    encoder = build_encoder("frames", "tf_efficientnet_lite0", "packaged").eval()
    frames = frames_for(encoder, time=3)
    with torch.no_grad():
        expected = backbone.network((frames[0] / 255 - 0.5) / 0.5)
        assert torch.allclose(encoder(frames)[0], expected, atol=1e-4)


SHIFTS: list[Shift] = ["none", "gsm", "gsf"]
COLOURS: list[Colour] = ["rgb", "stack"]


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("shift", SHIFTS)
def test_reach_is_the_furthest_frame_seen(colour: Colour, shift: Shift) -> None:
    encoder = awake(
        build_encoder(
            "frames", "test_resnet", "random", colour=colour, shift=shift, shifted_stages=1
        )
    )
    assert encoder.reach == (colour == "stack") + {"none": 0, "gsm": 2, "gsf": 3}[shift]
    assert_sees_no_further_than_its_reach(encoder, step=encoder.reach + 2)
    step = encoder.reach + 1
    assert sees(encoder, step, [step - encoder.reach, step + encoder.reach], 2 * step + 1)


@pytest.mark.parametrize(
    ("name", "shift", "reach"),
    [
        ("regnety_002", "gsm", 22), ("regnety_002", "gsf", 33),
        ("test_efficientnet", "gsf", 6), ("test_convnext", "gsf", 18),
    ],
)  # fmt: skip
def test_reach_of_deep_shifts(name: str, shift: Shift, reach: int) -> None:
    encoder = awake(build_encoder("frames", name, "random", shift=shift))
    assert encoder.reach == reach
    assert_sees_no_further_than_its_reach(encoder, step=reach + 2)


def test_a_window_with_its_reach_gives_what_the_whole_gives() -> None:
    encoder = awake(build_encoder("frames", "test_resnet", "random", colour="stack", shift="gsf"))
    frames = frames_for(encoder, time=30)
    with torch.no_grad():
        whole = encoder(frames)[:, 12:17]
        window = encoder(frames[:, 12 - encoder.reach : 17 + encoder.reach])
    assert torch.allclose(window[:, encoder.reach : -encoder.reach], whole, rtol=1e-9, atol=1e-12)


def test_clips_of_a_batch_do_not_mix() -> None:
    encoder = awake(build_encoder("frames", "test_resnet", "random", shift="gsf"))
    frames = frames_for(encoder, time=6, batch=3)
    with torch.no_grad():
        alone = torch.cat([encoder(clip[None]) for clip in frames])
        assert torch.allclose(encoder(frames), alone, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("shift", SHIFTS)
def test_training_reaches_every_parameter(shift: Shift) -> None:
    assert_learns(build_encoder("frames", "test_resnet", "random", shift=shift), time=4)


def test_bfloat16_by_autocast_and_outright() -> None:
    encoder = build_encoder("frames", "test_resnet", "random", shift="gsf").eval()
    frames = frames_for(encoder, time=4)
    with torch.no_grad():
        exact = encoder(frames)
        with torch.autocast("cpu", torch.bfloat16):
            mixed = encoder(frames)
        whole = encoder.to(torch.bfloat16)(frames)
    for rounded in (mixed, whole):
        assert torch.allclose(rounded.float(), exact, atol=0.05 * exact.abs().max().item())


def test_exports_for_any_number_of_frames() -> None:
    encoder = build_encoder("frames", "test_resnet", "random", colour="stack", shift="gsf").eval()
    any_size = {0: torch.export.Dim("batch"), 1: torch.export.Dim("time")}
    exported = torch.export.export(
        encoder, (frames_for(encoder, time=4, batch=2),), dynamic_shapes=(any_size,)
    )
    longer = frames_for(encoder, time=7, batch=3)
    with torch.no_grad():
        assert torch.allclose(exported.module()(longer), encoder(longer), atol=1e-5)
