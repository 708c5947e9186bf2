"""Channels weighed by their averages, over a clip or over a frame."""

import pytest
import torch

from touchline.backbones.squeeze_excitation import Squeeze, SqueezeExcitation


@pytest.mark.parametrize("squeeze", ["clip", "frame"])
def test_equal_to_the_formula_written_out(squeeze: Squeeze) -> None:
    module = SqueezeExcitation(4, 3, squeeze)
    volume = torch.randn(2, 4, 5, 3, 2)
    inner, outer = module.block[0], module.block[2]
    for sample in range(2):
        for frame in range(5):
            seen = volume[sample] if squeeze == "clip" else volume[sample, :, frame : frame + 1]
            averages = seen.flatten(1).mean(1)
            hidden = (inner.weight[:, :, 0, 0, 0] @ averages + inner.bias).relu()
            weights = torch.sigmoid(outer.weight[:, :, 0, 0, 0] @ hidden + outer.bias)
            expected = volume[sample, :, frame] * weights[:, None, None]
            assert torch.allclose(module(volume)[sample, :, frame], expected, atol=1e-6)


def test_only_a_clip_carries_one_frame_into_another() -> None:
    volume = torch.randn(1, 4, 5, 3, 2)
    changed = volume.clone()
    changed[:, :, 4] += 1
    torch.manual_seed(0)
    clip, frame = SqueezeExcitation(4, 8, "clip"), SqueezeExcitation(4, 8, "frame")
    assert not torch.equal(clip(volume)[:, :, 0], clip(changed)[:, :, 0])
    assert torch.equal(frame(volume)[:, :, :4], frame(changed)[:, :, :4])
