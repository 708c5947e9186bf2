"""Gate-shift modules against their formulas, written out frame by frame."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from touchline.spotting.networks.gate_shift import GateShift, set_time

TIME = 5


def opened(channels: int, fuse: bool) -> GateShift:
    torch.manual_seed(1)
    module = GateShift(channels, fuse).double().eval()
    torch.nn.init.normal_(module.gate.weight, 0, 0.5)
    torch.nn.init.normal_(module.gate.bias, 0, 0.5)
    torch.nn.init.normal_(module.normalisation.bias)
    set_time(module, TIME)
    return module


def slowly(module: GateShift, sequence: Tensor) -> Tensor:
    """The papers' formulas for one sequence `(time, channels, height, width)`."""
    normalised = module.normalisation(sequence[None, :, : 2 * module.group].transpose(1, 2))
    gates = module.gate(normalised.clamp(min=0)).tanh()[0]
    output = sequence.clone()
    for group, step in ((0, 1), (1, -1)):
        part = slice(group * module.group, (group + 1) * module.group)
        moving = [gates[group, t] * sequence[t, part] for t in range(TIME)]
        moved = [
            moving[t + step] if 0 <= t + step < TIME else torch.zeros_like(moving[0])
            for t in range(TIME)
        ]
        rest = [sequence[t, part] - moving[t] for t in range(TIME)]
        if module.fusions:
            plane = torch.stack(
                [torch.stack([f.mean((1, 2)) for f in each], dim=1) for each in (moved, rest)]
            )
            conv = module.fusions[group]
            weight = F.conv2d(plane, conv.weight, conv.bias, padding=1)[0].sigmoid()
        for t in range(TIME):
            if module.fusions:
                share = weight[:, t, None, None]
                output[t, part] = share * moved[t] + (1 - share) * rest[t]
            else:
                output[t, part] = moved[t] + rest[t]
    return output


@pytest.mark.parametrize("fuse", [False, True])
def test_equal_to_the_formulas(fuse: bool) -> None:
    module = opened(19, fuse)
    assert module.group == 2
    sequences = torch.randn(3, TIME, 19, 4, 3, dtype=torch.float64)
    with torch.no_grad():
        mixed = module(sequences.flatten(0, 1)).unflatten(0, (3, TIME))
        for sequence, result in zip(sequences, mixed, strict=True):
            assert torch.allclose(result, slowly(module, sequence))
    assert torch.equal(mixed[:, :, 4:], sequences[:, :, 4:])
    assert not torch.allclose(mixed[:, :, :4], sequences[:, :, :4])


def test_closed_gates_change_nothing() -> None:
    module = GateShift(16, fuse=False).eval()
    set_time(module, TIME)
    pictures = torch.randn(2 * TIME, 16, 4, 3)
    assert torch.equal(module(pictures), pictures)


@pytest.mark.parametrize("fuse", [False, True])
def test_reach_is_exact(fuse: bool) -> None:
    module = opened(16, fuse)
    set_time(module, 11)
    pictures = torch.randn(11, 16, 4, 3, dtype=torch.float64)
    seen = []
    for frame in range(11):
        changed = pictures.clone()
        changed[frame] = torch.randn(16, 4, 3)
        if not torch.equal(module(changed)[5], module(pictures)[5]):
            seen.append(frame - 5)
    assert (min(seen), max(seen)) == (-module.reach, module.reach)


def test_two_channels_are_enough() -> None:
    module = GateShift(2, fuse=True)
    set_time(module, 3)
    assert module(torch.zeros(6, 2, 4, 4)).shape == (6, 2, 4, 4)


def test_layout_of_the_input_is_kept() -> None:
    module = opened(16, fuse=True).float()
    pictures = torch.randn(2 * TIME, 16, 4, 3)
    last = pictures.contiguous(memory_format=torch.channels_last)
    assert torch.allclose(module(last), module(pictures), atol=1e-5)
    assert module(last).is_contiguous(memory_format=torch.channels_last)
