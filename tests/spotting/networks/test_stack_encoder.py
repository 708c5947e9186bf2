"""Stacks of three gray frames, joined by 3-D blocks."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from encoders_of_frames import (
    assert_learns,
    assert_sees_no_further_than_its_reach,
    awake,
    frames_for,
    sees,
)
from touchline.errors import UsageError
from touchline.spotting.networks.encoder import build_encoder
from touchline.spotting.networks.stack_encoder import Blocks, SpacePooling, StackEncoder
from touchline.spotting.networks.volume_blocks import BasicResidual3d, InvertedResidual3d

TINY = "test_efficientnet"


def small(blocks: Blocks = "inverted", pooling: SpacePooling = "gem") -> StackEncoder:
    encoder = build_encoder("stacks", TINY, "random", blocks=blocks, pooling=pooling)
    assert isinstance(encoder, StackEncoder)
    return encoder


@pytest.mark.parametrize(
    ("name", "blocks"),
    [
        (TINY, "inverted"), (TINY, "basic"), ("tf_efficientnetv2_b0", "inverted"),
        ("efficientnetv2_rw_s", "basic"), ("regnety_002", "inverted"), ("test_convnext", "basic"),
    ],
)  # fmt: skip
def test_shapes(name: str, blocks: Blocks) -> None:
    encoder = build_encoder("stacks", name, "random", blocks=blocks).eval()
    assert isinstance(encoder, StackEncoder)
    frames = frames_for(encoder, time=6, batch=2)
    with torch.no_grad():
        assert encoder(frames).shape == (2, 6, 256)
        assert encoder.volume(frames).shape[:3] == (2, 256, 2)
    assert (encoder.features, encoder.multiple, encoder.channels) == (256, 3, 1)


@pytest.mark.parametrize(("blocks", "reach"), [("inverted", 14), ("basic", 20)])
def test_reach_is_the_furthest_frame_seen(blocks: Blocks, reach: int) -> None:
    # Four blocks that see one stack of three frames (or three that see two), and two frames more
    # from the last frame of the step's own stack to its first.
    encoder = awake(small(blocks, "mean"))  # the generalised mean rounds to single precision
    assert encoder.reach == reach
    first, last = 21, 23
    for step in (first, last):
        assert_sees_no_further_than_its_reach(encoder, step)
    assert sees(encoder, first, [first + reach], time=45)
    assert sees(encoder, last, [last - reach], time=45)


def test_a_window_with_its_reach_gives_what_the_whole_gives() -> None:
    encoder = awake(small())
    frames = frames_for(encoder, time=45)
    with torch.no_grad():
        whole = encoder(frames)[:, 18:21]
        window = encoder(frames[:, 3:36])
    assert torch.allclose(window[:, 15:18], whole, rtol=1e-9, atol=1e-12)


def test_frames_of_one_stack_have_features_of_their_own() -> None:
    encoder = small().eval()
    with torch.no_grad():
        features = encoder(frames_for(encoder, time=3))[0]
    assert not torch.allclose(features[0], features[1])
    assert not torch.allclose(features[1], features[2])


@pytest.mark.parametrize("blocks", ["inverted", "basic"])
def test_training_reaches_every_parameter(blocks: Blocks) -> None:
    assert_learns(small(blocks), time=6)


def test_bfloat16_by_autocast_and_outright() -> None:
    encoder = small().eval()
    frames = frames_for(encoder, time=6)
    with torch.no_grad():
        exact = encoder(frames)
        with torch.autocast("cpu", torch.bfloat16):
            mixed = encoder(frames)
        whole = encoder.to(torch.bfloat16)(frames)
    for rounded in (mixed, whole):
        assert torch.allclose(rounded.float(), exact, atol=0.05 * exact.abs().max().item())


def test_the_picture_network_costs_what_is_published_for_the_winner() -> None:
    encoder = build_encoder("stacks", "tf_efficientnetv2_b0", "random").to("meta").eval()
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        encoder.network(torch.zeros(1, 3, 736, 1280))
    assert counter.get_total_flops() / 2e9 == pytest.approx(13.8, rel=0.03)


@pytest.mark.parametrize("name", ["test_vit", "swin_tiny_patch4_window7_224"])
def test_networks_without_a_feature_map_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match=f"a network with a feature map .*; found {name}"):
        build_encoder("stacks", name, "random")


def test_space_is_pooled_by_either_mean() -> None:
    gem, mean = small(pooling="gem").eval(), small(pooling="mean").eval()
    mean.load_state_dict(gem.state_dict(), strict=False)
    frames = frames_for(gem, time=3)
    with torch.no_grad():
        pooled = mean.volume(frames).mean((3, 4)).transpose(1, 2)
        assert torch.allclose(mean(frames)[0], mean.frames_of_stack(pooled).view(3, 256))
        assert not torch.allclose(gem(frames), mean(frames))
        gem.pool.power.fill_(1.0)
        positive = torch.rand(2, 5, 256)
        assert torch.allclose(gem.pool(positive), positive.mean(1), atol=1e-6)


def test_an_inverted_block_is_its_input_plus_what_it_learns() -> None:
    block = InvertedResidual3d(8).eval()
    volume = torch.randn(1, 8, 4, 3, 3)
    torch.nn.init.zeros_(block.body[-2].weight)
    assert torch.equal(block(volume), volume)


@pytest.mark.parametrize("incoming", [8, 5])
def test_a_basic_block_widens_by_its_shortcut(incoming: int) -> None:
    block = BasicResidual3d(incoming, 8).eval()
    volume = torch.randn(1, incoming, 4, 3, 3)
    torch.nn.init.zeros_(block.body[-1].weight)
    assert torch.equal(block(volume), block.shortcut(volume).relu())
    assert block(volume).shape == (1, 8, 4, 3, 3)
