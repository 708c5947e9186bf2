"""Random changes of a clip: drawn once and the same for all its frames, but for the camera's move.

Frames that change each on their own would flicker, and their motion would mean nothing. Mirroring
is not among the changes: it swaps the teams' sides, so it belongs to whoever knows these.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from touchline.errors import UsageError
from touchline.media.augment import ERASED_RATIOS, ERASED_SHARES, Augmentation, draw_box
from touchline.media.blur import blurred
from touchline.media.camera_views import draw_views, seen_through
from touchline.media.colour_change import ColourChange, draw_colour_change
from touchline.media.framing import GREY

LARGEST_MOTION = 0.5
MEAN_OF_EVERY = 4
"""The mean colour of a clip is taken of every fourth row and column, which is near enough."""


def augment_clip(
    clip: Tensor, settings: Augmentation, rng: np.random.Generator, camera_motion: float = 0.0
) -> Tensor:
    """A randomly changed copy of a clip; where nothing is to change, the clip itself.

    All geometry is one resampling. What comes in from outside is the letterbox's grey.

    Args:
        clip: uint8, `time x channels x height x width` with 1 (gray) or 3 channels; not changed.
        settings: how strong the changes are; saturation and hue leave gray clips alone.
        rng: for a change that can be repeated, e.g. `np.random.default_rng((seed, epoch, index))`.
        camera_motion: over the clip the picture drifts by up to this share of each side and is
            evenly magnified or reduced by a factor of up to 1 + this share, in [0, 0.5].

    Returns:
        uint8, of the same shape.

    Raises:
        UsageError: when `camera_motion` is out of its range.
        ValueError: when the clip has neither 1 nor 3 channels.
    """
    if not 0 <= camera_motion <= LARGEST_MOTION:
        raise UsageError(
            f"camera_motion between 0 and {LARGEST_MOTION}", repr(camera_motion),
            "Change that value.",
        )  # fmt: skip
    time, channels, height, width = clip.shape
    if channels not in (1, 3):
        raise ValueError(f"{channels} channels")
    views = draw_views(time, height, width, settings, camera_motion, rng)
    erased = None
    if rng.random() < settings.erase:
        erased = draw_box(height, width, ERASED_SHARES, ERASED_RATIOS, rng)
    colours = draw_colour_change(settings, rng)
    sigma = float(rng.uniform(0.0, settings.blur))
    same = views is None and erased is None and colours == ColourChange() and sigma == 0
    if same or clip.numel() == 0:
        return clip

    mean = clip[..., ::MEAN_OF_EVERY, ::MEAN_OF_EVERY].float().mean(dim=(0, 2, 3))
    recolouring = None if colours == ColourChange() else colours.as_matrix(mean)
    change = _FrameChange(erased, recolouring, sigma)
    changed = torch.empty_like(clip)
    for index, frame in enumerate(clip):  # one by one, for a frame fits into the processor's cache
        changed[index] = change.applied(frame, None if views is None else views[index])
    return changed


@dataclass(frozen=True)
class _FrameChange:
    """What happens to every frame of a clip; the view through which it is seen comes on top.

    Attributes:
        erased: top, left, height and width of a box that is greyed out, or None.
        recolouring: matrix and offset of the colours, or None.
        sigma: of the blur in pixels; 0 is none.
    """

    erased: tuple[int, int, int, int] | None
    recolouring: tuple[Tensor, Tensor] | None
    sigma: float

    def applied(self, frame: Tensor, view: Tensor | None) -> Tensor:
        """The changed frame, in whole numbers from 0 to 255 as floats."""
        pixels, grey = frame.float(), torch.tensor(GREY[: len(frame)]).float().view(-1, 1, 1)
        if view is not None:
            pixels = seen_through(pixels, view, grey)
        if self.erased is not None:
            top, left, tall, wide = self.erased
            pixels[:, top : top + tall, left : left + wide] = grey
        if self.recolouring is not None:
            matrix, offset = self.recolouring
            pixels = torch.addmm(offset, matrix, pixels.flatten(1)).view_as(pixels).clamp_(0, 255)
        if self.sigma > 0:
            pixels = blurred(pixels, self.sigma)
        return pixels.round_().clamp_(0, 255)
