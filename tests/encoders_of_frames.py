"""Frames to show an encoder, and what must hold for any of them."""

import torch
from torch import Tensor, nn

from touchline.spotting.networks.encoder import Encoder

HEIGHT, WIDTH = 32, 48


def frames_for(encoder: Encoder, time: int, batch: int = 1, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    shape = (batch, time, encoder.channels, HEIGHT, WIDTH)
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)


def awake(encoder: Encoder) -> Encoder:
    """Gates open, no branch weighed by nought, normalisations with statistics: as after training.

    In double precision, so that what passes through many layers is not lost in rounding.
    """
    generator = torch.Generator().manual_seed(3)
    for module in encoder.modules():
        if isinstance(module, nn.Conv3d) and module.out_channels == 2:
            nn.init.normal_(module.weight, 0, 0.2, generator=generator)
        if isinstance(module, nn.BatchNorm2d | nn.BatchNorm3d):
            nn.init.normal_(module.weight, 1, 0.2, generator=generator)
            nn.init.normal_(module.bias, 0, 0.2, generator=generator)
            nn.init.normal_(module.running_mean, 0, 0.1, generator=generator)
    return encoder.double().eval()


def sees(encoder: Encoder, step: int, changed: list[int], time: int) -> bool:
    """Whether the features at `step` differ by a single bit when the `changed` frames do."""
    frames = frames_for(encoder, time)
    other = frames.clone()
    other[:, changed] = frames_for(encoder, time, seed=1)[:, changed]
    with torch.no_grad():
        return not torch.equal(encoder(frames)[:, step], encoder(other)[:, step])


def assert_sees_no_further_than_its_reach(encoder: Encoder, step: int) -> None:
    assert encoder.reach is not None
    time = -(-(2 * step + 1) // encoder.multiple) * encoder.multiple
    beyond = [frame for frame in range(time) if abs(frame - step) > encoder.reach]
    assert beyond
    assert not sees(encoder, step, beyond, time)
    assert sees(encoder, step, [step], time)


def assert_learns(encoder: Encoder, time: int) -> None:
    """Two training steps give every parameter a finite gradient and change the features."""
    frames = frames_for(encoder, time, batch=2)
    optimiser = torch.optim.SGD(encoder.parameters(), lr=1e-3)
    before = encoder.eval()(frames).detach()
    encoder.train()
    for _ in range(2):
        optimiser.zero_grad()
        encoder(frames).square().mean().backward()
        optimiser.step()
    for name, parameter in encoder.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
    assert not torch.equal(encoder.eval()(frames), before)
