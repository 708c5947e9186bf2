"""Photos as a generator sees them: small squares in one tensor, with what is known of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from touchline.media.framing import Framing, as_pixels, frame, side_needed
from touchline.media.images import read_image
from touchline.media.prefetch import prefetch
from touchline.photos.data import Photo
from touchline.photos.mirror import MirrorMap
from touchline.photos.split import group_of
from touchline.reporting.progress import track
from touchline.synth.scores.scored_photos import ScoredPhotos
from touchline.training.ordering import epoch_order

MIRROR_STREAM = 1
"""The stream of chance that decides which photos of a batch are mirrored."""


@dataclass(frozen=True)
class PhotoStack:
    """Photos of known class, all of one size.

    Attributes:
        pixels: uint8 `(n, 3, size, size)`.
        labels: `(n,)` places of classes.
        paths: the files.
        sha256s: of their contents.
        groups: `(n,)` names; photos of one group (burst, player, copies) belong together.
        twins: `(n,)` names, the same for copies and shots of one burst only.
    """

    pixels: Tensor
    labels: np.ndarray
    paths: tuple[Path, ...]
    sha256s: tuple[str, ...]
    groups: np.ndarray
    twins: np.ndarray

    def __len__(self) -> int:
        return len(self.paths)

    def subset(self, places: Sequence[int] | np.ndarray) -> "PhotoStack":
        """The photos at these places, in this order."""
        chosen = [int(place) for place in places]
        return PhotoStack(
            self.pixels[chosen], self.labels[chosen], tuple(self.paths[i] for i in chosen),
            tuple(self.sha256s[i] for i in chosen), self.groups[chosen], self.twins[chosen],
        )  # fmt: skip

    @property
    def scored(self) -> ScoredPhotos:
        """The photos as scores take them.

        Raises:
            UsageError: there are fewer than two.
        """
        return ScoredPhotos(self.pixels, self.labels, self.groups, self.twins)


def stack_photos(
    photos: Sequence[Photo], sha256s: Sequence[str], twins: Sequence[str],
    classes: Sequence[str], size: int, framing: Framing,
) -> PhotoStack:  # fmt: skip
    """Decode photos to squares of `size` pixels.

    Args:
        photos: readable ones, each of one of the classes.
        sha256s: of their contents, in the same order.
        twins: names, the same for photos that hardly differ, in the same order.
        classes: in the order of their places.
        size: width and height.
        framing: how a photo comes onto the square.
    """
    place = {name: number for number, name in enumerate(classes)}
    pixels = torch.empty((len(photos), 3, size, size), dtype=torch.uint8)

    def square(photo: Photo) -> Tensor:
        image = read_image(photo.path, at_least=size, side=side_needed(framing))
        return as_pixels(frame(image, size, framing))

    decoded = track(prefetch(square, photos), "Reading photos", len(photos))
    for number, shown in enumerate(decoded):
        pixels[number] = shown
    return PhotoStack(
        pixels, np.array([place[photo.label] for photo in photos], int),
        tuple(photo.path for photo in photos), tuple(sha256s),
        np.array([group_of(photo) for photo in photos]), np.array(twins),
    )  # fmt: skip


def batch_of(
    photos: PhotoStack, mirror: MirrorMap | None, seed: int, step: int, size: int
) -> tuple[Tensor, Tensor]:
    """The photos of one step: a matter of the seed and the step, whatever went before.

    Every photo comes once before any comes twice.

    Args:
        photos: at least one.
        mirror: half the photos are mirrored, and called by their class in the mirror; None mirrors
            none.
        seed: of the training.
        step: from 0.
        size: photos a step.

    Returns:
        uint8 pixels `(size, 3, side, side)` and int64 labels `(size,)`.
    """
    numbers = range(step * size, (step + 1) * size)
    orders = {
        epoch: epoch_order(len(photos), seed, epoch)
        for epoch in {number // len(photos) for number in numbers}
    }
    places = [orders[number // len(photos)][number % len(photos)] for number in numbers]
    pixels, labels = photos.pixels[places], photos.labels[places]
    if mirror is not None:
        chance = np.random.default_rng((seed, MIRROR_STREAM, step))
        mirrored = chance.random(size) < 0.5
        labels = np.where(mirrored, mirror.swap(labels), labels)
        flags = torch.from_numpy(mirrored).view(-1, 1, 1, 1)
        pixels = torch.where(flags, pixels.flip(-1), pixels)
    return pixels, torch.from_numpy(labels.astype(np.int64))
