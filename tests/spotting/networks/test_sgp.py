import pytest
import torch
from torch import Tensor

from touchline.spotting.networks.sgp import Perception, moving_mean
from touchline.spotting.networks.sgp_mixer import SgpMixer
from touchline.spotting.networks.sgp_pyramid import SgpPyramid, double, halve


def slow_mean(clip: Tensor, span: int) -> Tensor:
    time = len(clip)
    return torch.stack(
        [clip[max(0, here - span) : min(time, here + span + 1)].mean(0) for here in range(time)]
    )


def slow_window(convolution: torch.nn.Conv1d, clip: Tensor) -> Tensor:
    """A depth-wise convolution with zeros outside, tap by tap."""
    weight, bias = convolution.weight[:, 0], convolution.bias
    assert bias is not None
    radius, answer = weight.shape[1] // 2, bias.expand(len(clip), -1).clone()
    for here in range(len(clip)):
        for tap in range(weight.shape[1]):
            there = here + tap - radius
            if 0 <= there < len(clip):
                answer[here] += weight[:, tap] * clip[there]
    return answer


@torch.no_grad()
def test_perception_is_the_papers_formula() -> None:
    torch.manual_seed(0)
    module, clip = Perception(5, kernel=3, ratio=2, mean_span=4), torch.randn(11, 5)
    assert module.wide.kernel_size == (9,)
    phi = torch.relu(module.surroundings(slow_mean(clip, 4)))
    windows = slow_window(module.short, clip) + slow_window(module.wide, clip)
    expected = phi * module.instant(clip) + slow_window(module.gate, clip) * windows + clip
    torch.testing.assert_close(module(clip[None])[0], expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("time", [1, 2, 6, 30])
@pytest.mark.parametrize("span", [1, 3, 50])
def test_a_moving_mean_is_over_the_steps_that_exist(time: int, span: int) -> None:
    clips = torch.randn(2, time, 3, generator=torch.Generator().manual_seed(time))
    expected = torch.stack([slow_mean(clip, span) for clip in clips])
    torch.testing.assert_close(moving_mean(clips, span), expected)


def test_in_the_middle_of_a_clip_it_is_the_papers_mean_over_the_clip() -> None:
    clip = torch.randn(1, 101, 3, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(moving_mean(clip, 50)[:, 50], clip.mean(dim=1))


def test_a_mean_of_many_bf16_rows_keeps_its_digits() -> None:
    ones = torch.ones(1, 1001, 1, dtype=torch.bfloat16)
    assert (moving_mean(ones, 500) == 1).all()


def test_the_wide_window_of_the_paper_has_41_taps() -> None:
    assert Perception(2, kernel=9, ratio=4, mean_span=50).wide.kernel_size == (41,)
    assert Perception(2, kernel=9, ratio=4, mean_span=1).reach == 20


@torch.no_grad()
def test_a_mixer_takes_from_both_scales() -> None:
    torch.manual_seed(0)
    mixer = SgpMixer(4, kernel=3, ratio=1, mean_span=2, dropout=0.0).eval()
    fine, coarse = torch.randn(2, 1, 9, 4)
    answer = mixer(fine, coarse)
    assert answer.shape == fine.shape
    assert not torch.allclose(answer, mixer(fine + 1.5 * torch.randn(1, 9, 4), coarse))
    assert not torch.allclose(answer, mixer(fine, coarse + 1.5 * torch.randn(1, 9, 4)))


@pytest.mark.parametrize("time", [1, 2, 5, 8])
def test_doubling_after_halving_keeps_the_larger_of_each_pair(time: int) -> None:
    clip = torch.randn(1, time, 3, generator=torch.Generator().manual_seed(time))
    back = double(halve(clip))[:, :time]
    for here in range(time):
        pair = clip[0, here // 2 * 2 : here // 2 * 2 + 2]
        assert torch.equal(back[0, here], pair.amax(dim=0))


@torch.no_grad()
def test_a_last_step_without_a_partner_is_not_pooled_with_padding() -> None:
    torch.manual_seed(0)
    model = SgpPyramid(3, 4, levels=2, dropout=0.0, kernel=3, ratio=1, mean_span=2).eval()
    clip = torch.randn(1, 7, 3)
    doubled = torch.cat((clip, clip[:, -1:]), dim=1)
    assert halve(clip).shape[1] == 4
    assert torch.equal(halve(clip), halve(doubled))
    assert model(clip).shape == (1, 7, 4)
