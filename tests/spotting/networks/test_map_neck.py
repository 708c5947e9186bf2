"""Maps of a stage, and what is learnt on them."""

import pytest
import torch

from touchline.errors import UsageError
from touchline.spotting.networks.encoder import build_encoder
from touchline.spotting.networks.frame_encoder import FrameEncoder
from touchline.spotting.networks.map_neck import MapNeck

CLIP = torch.randint(
    0, 255, (2, 4, 1, 64, 96), dtype=torch.uint8, generator=torch.Generator().manual_seed(0)
)


def map_encoder(stage: int = 1, grid: tuple[int, int] = (3, 5)) -> FrameEncoder:
    encoder = build_encoder(
        "frames", "test_resnet", "random", colour="stack", stage=stage, grid=grid
    )
    assert isinstance(encoder, FrameEncoder)
    return encoder.eval()


def test_a_map_is_flattened_cell_by_cell_and_what_lies_behind_the_stage_is_cut_off() -> None:
    encoder, whole = map_encoder(), build_encoder("frames", "test_resnet", "random")
    assert encoder.features == encoder.map_channels * 15
    with torch.inference_mode():
        assert encoder(CLIP).shape == (2, 4, encoder.features)
    assert sum(p.numel() for p in encoder.parameters()) < sum(p.numel() for p in whole.parameters())


def test_a_map_knows_where_something_is() -> None:
    encoder = map_encoder(grid=(2, 2))
    left, right = (torch.zeros(1, 1, 1, 64, 64, dtype=torch.uint8) for _ in range(2))
    left[..., 20:44, 4:28], right[..., 20:44, 36:60] = 255, 255
    with torch.inference_mode():
        maps = [encoder(clip).reshape(-1, 2, 2) for clip in (left, right)]
    halves = [found.std(dim=0).mean(dim=0) for found in maps]  # how lively each column is
    assert halves[0][0] != pytest.approx(float(halves[0][1]), rel=1e-3)
    torch.testing.assert_close(halves[0].flip(0), halves[1], rtol=0.3, atol=0.1)


@pytest.mark.parametrize("stage", [9, 40])
def test_a_stage_that_is_not_there_is_refused(stage: int) -> None:
    with pytest.raises(UsageError, match=rf"stage {stage} of test_resnet.*lower encoder.stage"):
        map_encoder(stage)


def test_each_step_is_looked_at_by_itself() -> None:
    neck = MapNeck(6, (3, 5), 16, 0.5).eval()
    maps = torch.randn(2, 7, 6 * 15)
    changed = maps.clone()
    changed[:, 3] += 1.0
    with torch.inference_mode():
        before, after = neck(maps), neck(changed)
    assert before.shape == (2, 7, 16)
    same = (before - after).abs().amax(dim=(0, 2)) == 0
    assert same.tolist() == [True, True, True, False, True, True, True]


def test_the_neck_learns() -> None:
    neck = MapNeck(6, (3, 5), 16, 0.5).train()
    neck(torch.randn(2, 4, 90)).square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in neck.parameters())
