"""The way from photo to noise: its ends, its variance, and the times that are looked at."""

import pytest
import torch

from touchline.synth.diffusion.noising import (
    as_clean,
    as_pixels,
    draw_times,
    half_life_decay,
    mix,
    shifted,
)  # fmt: skip


def test_pixels_come_back_as_they_were() -> None:
    pixels = torch.arange(256, dtype=torch.uint8)
    assert torch.equal(as_pixels(as_clean(pixels)), pixels)


@pytest.mark.parametrize("time", [0.0, 0.3, 0.7, 1.0])
def test_variance_grows_from_the_photos_own_to_the_noises(time: float) -> None:
    chance = torch.Generator().manual_seed(0)
    clean = 0.5 * torch.randn(2000, 3, 8, 8, generator=chance)
    noise = torch.randn(clean.shape, generator=chance)
    noisy = mix(clean, noise, torch.full((2000,), time))
    wanted = (1 - time) ** 2 * 0.25 + time**2
    assert float(noisy.var()) == pytest.approx(wanted, rel=0.01)


def test_at_the_ends_are_the_photo_and_the_noise_and_nothing_else() -> None:
    clean, noise = torch.randn(2, 3, 4, 4), torch.randn(2, 3, 4, 4)
    noisy = mix(clean, noise, torch.tensor([0.0, 1.0]))
    assert torch.equal(noisy[0], clean[0])
    assert torch.equal(noisy[1], noise[1])


def test_a_batch_looks_at_one_time_in_each_equally_probable_stretch() -> None:
    times = draw_times(64, 64, torch.Generator().manual_seed(1))
    shares = torch.special.ndtr(torch.logit(times.double())).sort().values
    assert ((shares * 64).floor() == torch.arange(64)).all()
    assert not torch.equal(times, times.sort().values)


def test_one_time_and_the_rarest_are_inside_the_ends() -> None:
    times = torch.cat([draw_times(1, 512, torch.Generator().manual_seed(s)) for s in range(50)])
    assert ((times > 0) & (times < 1)).all()


def test_large_photos_are_looked_at_with_as_much_noise_to_each_patch() -> None:
    times = torch.linspace(0.01, 0.99, 99)
    large = shifted(times, 256)
    assert torch.allclose(large / (1 - large), 4 * times / (1 - times), rtol=1e-4)
    assert torch.equal(shifted(times, 64), times)


def test_the_average_forgets_half_in_its_half_life_however_large_the_batch() -> None:
    kept = 1.0
    for _ in range(10):
        kept *= half_life_decay(100, 10**9, 1000)
    assert kept == pytest.approx(0.5)


def test_the_first_weights_are_forgotten_at_once() -> None:
    assert half_life_decay(32, 32, 10_000) < 1e-6
