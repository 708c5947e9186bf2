"""The network that tells noise from photo: diffusers' UNet on patches of pixels."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from touchline.errors import UsageError
from touchline.synth.config import DiffusionSettings
from touchline.synth.diffusers_package import from_diffusers

TIME_SCALE = 1000.0
"""Times in [0, 1] are embedded by sines made for steps in [0, 1000]."""


class Denoiser(nn.Module):
    """Predicts the photo in a noisy one.

    Squares of pixels are channels of one place, so that a UNet with few places, and wide ones, sees
    the whole photo: that is many times as fast on a CPU. It is why the photo is predicted and
    neither the noise nor the velocity: the pixels of a photo's square are so alike that they pass
    through fewer channels than they are, while those of noise do not (Li and He 2025).

    Args:
        unet: diffusers' `UNet2DModel` over `3 patch^2` channels, conditioned on class places.
        patch: side of the squares, in pixels.
    """

    def __init__(self, unet: nn.Module, patch: int) -> None:
        super().__init__()
        self.unet, self.patch = unet, patch

    def forward(self, noisy: Tensor, times: Tensor, places: Tensor) -> Tensor:
        """The photo as it is expected to be, float32, of the shape of `noisy`.

        Args:
            noisy: `(n, 3, size, size)`.
            times: `(n,)`, 0 for a photo without noise, 1 for noise alone.
            places: int64 `(n,)`, classes from 0; the number of classes stands for "no class".
        """
        patches = F.pixel_unshuffle(noisy, self.patch)
        patches = patches.contiguous(memory_format=torch.channels_last)
        (clean,) = self.unet(patches, times * TIME_SCALE, class_labels=places, return_dict=False)
        return F.pixel_shuffle(clean.float(), self.patch)


def build_network(settings: DiffusionSettings, size: int, classes: int) -> Denoiser:
    """The untaught network, its weights by torch's global random state.

    Args:
        settings: its shape.
        size: side of the photos in pixels.
        classes: how many there are; one more place is made for "no class".

    Raises:
        UsageError: the side of the photos cannot be halved that often.
        EnvironmentMissingError: diffusers is not installed.
    """
    _check_halving(settings, size)
    grid, common = size // settings.patch, math.gcd(*settings.channels)
    attentive = [
        grid >> depth <= settings.attention_side for depth in range(len(settings.channels))
    ]
    unet = from_diffusers("UNet2DModel")(
        sample_size=grid,
        in_channels=3 * settings.patch**2,
        out_channels=3 * settings.patch**2,
        block_out_channels=settings.channels,
        layers_per_block=settings.layers,
        down_block_types=["AttnDownBlock2D" if here else "DownBlock2D" for here in attentive],
        up_block_types=["AttnUpBlock2D" if here else "UpBlock2D" for here in reversed(attentive)],
        add_attention=attentive[-1],
        attention_head_dim=_divisor(common, 64),
        norm_num_groups=_divisor(common, max(1, min(32, common // 4))),
        # Classes and times scale features, instead of being added to what is normalised away.
        resnet_time_scale_shift="scale_shift",
        num_class_embeds=classes + 1,
    )
    # There is no dropout; diffusers copies tensors out of channels_last where it is in training.
    return Denoiser(unet, settings.patch).to(memory_format=torch.channels_last).eval()


def _check_halving(settings: DiffusionSettings, size: int) -> None:
    """Refuse what leaves less than one place at the coarsest resolution."""
    grid, most = size // settings.patch, (size // settings.patch).bit_length()
    if len(settings.channels) > most:
        raise UsageError(
            f"at most {most} resolutions for {size} pixels in patches of {settings.patch}",
            f"{len(settings.channels)} in diffusion.channels",
            f"Give fewer channels, or smaller patches: a side of {grid} halves no further.",
        )  # fmt: skip


def _divisor(number: int, most: int) -> int:
    """The largest divisor of a number that is at most `most`."""
    return next(divisor for divisor in range(most, 0, -1) if number % divisor == 0)
