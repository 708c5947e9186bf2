import pytest
import torch
from torch import Tensor

from touchline.spotting.networks.heads import OffsetKind, Outputs, SpottingHead
from touchline.spotting.networks.relative_offset import RelativeOffset

FEATURES = 5


def rows(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("offset", ["none", "displacement", "relative"])
@pytest.mark.parametrize("team", [False, True])
@pytest.mark.parametrize("second", [0, 3])
def test_outputs_have_the_shapes_promised(offset: OffsetKind, team: bool, second: int) -> None:
    head = SpottingHead(FEATURES, 12, offset, 4, team, second)
    found = head(rows(2, 7, FEATURES))
    assert isinstance(found, Outputs)
    assert found.classes.shape == (2, 7, 13)
    assert (None if found.offset is None else found.offset.shape) == (
        None if offset == "none" else (2, 7)
    )
    assert (None if found.team is None else found.team.shape) == ((2, 7, 2) if team else None)
    assert (None if found.second is None else found.second.shape) == ((2, 7, 4) if second else None)
    assert head.reach == (4 if offset == "relative" else 0)


def slow_offset(head: RelativeOffset, clip: Tensor) -> Tensor:
    """The formula, bin by bin."""
    time, bins = len(clip), head.bins
    response, centre = head.response(clip)[:, 0], head.centre(clip)
    answer = torch.zeros(time)
    for here in range(time):
        inside = [b for b in range(-bins, bins + 1) if 0 <= here + b < time]
        scores = torch.stack([response[here + b] + centre[here, b + bins] for b in inside])
        answer[here] = (torch.softmax(scores, dim=0) * torch.tensor(inside)).sum()
    return answer


@pytest.mark.parametrize("time", [1, 2, 5, 12])
@pytest.mark.parametrize("bins", [1, 4])
@torch.no_grad()
def test_a_relative_offset_is_the_formula(time: int, bins: int) -> None:
    torch.manual_seed(0)
    head, clips = RelativeOffset(FEATURES, bins), rows(2, time, FEATURES)
    expected = torch.stack([slow_offset(head, clip) for clip in clips])
    torch.testing.assert_close(head(clips), expected, rtol=0, atol=1e-5)


@torch.no_grad()
def test_one_strong_response_draws_all_around_it() -> None:
    head = RelativeOffset(1, 3)
    head.response.weight.fill_(1.0)
    head.response.bias.zero_()
    head.centre.weight.zero_()
    head.centre.bias.zero_()
    clip = torch.zeros(1, 12, 1)
    clip[0, 5] = 50.0
    found = head(clip)[0]
    torch.testing.assert_close(found[2:9], torch.tensor([3.0, 2, 1, 0, -1, -2, -3]))
    # Further away nothing stands out, so the offsets cancel.
    torch.testing.assert_close(found[9], torch.tensor((-3.0 - 2 - 1 + 0 + 1 + 2) / 6))


@pytest.mark.parametrize("bins", [2, 4])
@torch.no_grad()
def test_a_relative_offset_sees_just_its_bins(bins: int) -> None:
    torch.manual_seed(0)
    head, clip = RelativeOffset(FEATURES, bins), rows(1, 30, FEATURES)
    changed = clip.clone()
    changed[:, 15] += 10
    steps = (head(clip) - head(changed)).abs()[0].gt(1e-6).nonzero().flatten()
    assert (int(steps.min()), int(steps.max())) == (15 - bins, 15 + bins)


def test_a_relative_offset_has_finite_gradients_in_bf16() -> None:
    head, clip = RelativeOffset(FEATURES, 4), rows(1, 3, FEATURES).requires_grad_()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        offset = head(clip)
    offset.square().sum().backward()
    assert offset.dtype == torch.float32
    gradients = [clip.grad, *(parameter.grad for parameter in head.parameters())]
    assert all(gradient is not None and gradient.isfinite().all() for gradient in gradients)
