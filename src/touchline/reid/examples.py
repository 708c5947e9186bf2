"""Training crops as the network sees them: one epoch of batches, changed and mirrored at random.

Every random choice follows from (seed, epoch, crop), so that a resumed epoch is the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from touchline.errors import UsageError
from touchline.faults import Fault
from touchline.media.augment import Augmentation, augment
from touchline.media.images import UnreadableImageError
from touchline.media.prefetch import prefetch
from touchline.reid.config import BatchSettings, CropAugmentSettings
from touchline.reid.crops import Codes, Crop, codes_of
from touchline.reid.extracting import show_crop
from touchline.reid.networks.trunk import Size
from touchline.reid.sampling.epoch import epoch_batches, match_codes
from touchline.reporting.progress import say, track

MEMORY = 2 * 2**30
"""Bytes of decoded crops that are kept; 21,000 crops of 256 x 128."""

Batch = tuple[Tensor, Tensor, Tensor]
"""uint8 pixels `(batch, 3, height, width)`; int64 identities and actions `(batch,)`."""


@dataclass(frozen=True)
class Examples:
    """Crops to learn from, all of them readable.

    Attributes:
        crops: what they are of; changes are drawn by their place here.
        codes: who and where they are, among all training crops.
        matches: the match of each.
        size: height and width as shown.
        kept: their pixels, uint8 `(crops, 3, height, width)`; None where they are too many.
        batch: how batches are drawn.
        changes: the random changes.
        seed: of the run.
        faults: crops that are left out, and why.
    """

    crops: tuple[Crop, ...]
    codes: Codes
    matches: NDArray[np.int64]
    size: Size
    kept: Tensor | None
    batch: BatchSettings
    changes: CropAugmentSettings
    seed: int
    faults: tuple[Fault, ...] = ()

    def order(self, epoch: int) -> list[NDArray[np.intp]]:
        """Which crops are in each batch of an epoch.

        Their number may differ by a little from epoch to epoch.

        Raises:
            UsageError: when there is nobody to recognise, or nobody to tell them from.
        """
        return epoch_batches(self.codes, self.matches, self.batch, self.seed, epoch)

    def batches(self, epoch: int) -> Iterator[Batch]:
        """The batches of an epoch (from 0), made ahead of need in threads.

        Raises:
            UsageError: as `order`.
        """
        order = self.order(epoch)
        shown = prefetch(partial(self.show, epoch), chain.from_iterable(order))
        for places in order:
            yield (
                torch.stack(list(islice(shown, len(places)))),
                torch.from_numpy(self.codes.identities[places]),
                torch.from_numpy(self.codes.actions[places]),
            )

    def show(self, epoch: int, place: int) -> Tensor:
        """One crop as an epoch shows it, uint8 `(3, height, width)`."""
        pixels = self._pixels(place)
        rng = np.random.default_rng((self.seed, epoch, place))
        if rng.random() < self.changes.flip:
            pixels = pixels.flip(-1)
        return augment(pixels, augmentation_of(self.changes), rng)

    def _pixels(self, place: int) -> Tensor:
        return (
            show_crop(self.crops[place].path, *self.size) if self.kept is None else self.kept[place]
        )


def open_examples(
    crops: Sequence[Crop], size: Size, batch: BatchSettings, changes: CropAugmentSettings,
    seed: int, among: Sequence[Crop] = (), memory: int = MEMORY,
) -> Examples:  # fmt: skip
    """Decode every crop once, so that what cannot be read is left out before the first epoch.

    Each crop left out is said, once. Where all pixels fit in memory they are kept.

    Args:
        crops: those of a stage, all named.
        size: height and width to show them at.
        batch: how batches are drawn.
        changes: the random changes.
        seed: of the run.
        among: the crops of the whole training, by which identities and actions are numbered, so
            that a classifier keeps its columns from stage to stage; `crops` where not given.
        memory: bytes of pixels that may be kept.

    Raises:
        UsageError: when none can be read.
    """
    height, width = size
    fits = len(crops) * 3 * height * width <= memory
    kept = torch.empty((len(crops), 3, height, width) if fits else (0,), dtype=torch.uint8)
    good: list[int] = []
    faults: list[Fault] = []
    shown = prefetch(partial(_pixels_or_fault, size=size), crops)
    for place, pixels in enumerate(track(shown, "Reading crops", len(crops))):
        if isinstance(pixels, Fault):
            faults.append(pixels)
            say(str(pixels))
            continue
        if fits:
            kept[len(good)] = pixels
        good.append(place)
    if not good:
        raise UsageError(
            "crops to learn from", f"{len(crops)}, none of which can be read",
            "Check the files named above.",
        )  # fmt: skip
    readable = tuple(crops[place] for place in good)
    return Examples(
        crops=readable,
        codes=codes_of(among or crops, readable)[1],
        matches=match_codes(readable),
        size=size,
        kept=kept[: len(good)] if fits else None,
        batch=batch,
        changes=changes,
        seed=seed,
        faults=tuple(faults),
    )


def augmentation_of(settings: CropAugmentSettings) -> Augmentation:
    """The random changes of a crop but its mirroring."""
    return Augmentation(
        translate=settings.shift, brightness=settings.brightness, contrast=settings.contrast,
        saturation=settings.saturation, hue=settings.hue, erase=settings.erase,
    )  # fmt: skip


def _pixels_or_fault(crop: Crop, size: Size) -> Tensor | Fault:
    try:
        return show_crop(crop.path, *size)
    except UnreadableImageError as error:
        return Fault(crop.path, "", f"left out: {error}")
