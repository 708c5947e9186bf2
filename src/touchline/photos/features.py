"""Frozen features of photos in all their views, computed once and kept.

A photo is decoded once for all views that are missing; decoding runs ahead in threads.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from touchline.media.augment import Augmentation, augment
from touchline.media.prefetch import prefetch
from touchline.photos.config import View
from touchline.photos.feature_cache import FeatureCache, stack
from touchline.photos.model import pixels_of
from touchline.reporting.progress import track

Item = TypeVar("Item")

BATCH = 32
FORMAT = "1"
"""Part of a network's name in the cache: raised when the way from photo to pixels changes."""


@dataclass(frozen=True)
class Variant:
    """A view, plain (`draw` 0) or with the `draw`-th random change."""

    view: View
    draw: int = 0

    def key(self, augmentation: Augmentation, seed: int) -> str:
        """Names the variant in the cache; random ones with what drew them."""
        if self.draw == 0:
            return self.view.key
        settings = hashlib.sha256(repr(augmentation).encode()).hexdigest()[:12]
        return f"{self.view.key}-{settings}-{seed}-{self.draw}"


@dataclass(frozen=True)
class Source:
    """A photo to take features of: its file and the hash of its content."""

    path: Path
    sha256: str


@dataclass(frozen=True)
class FeatureExtractor:
    """Features of photos by one network, from the cache where they are.

    Attributes:
        runner: the backbone, ready to run.
        cache: where vectors are kept; None keeps none.
        augmentation: the random changes of variants with a draw.
        seed: of those changes.
    """

    runner: Callable[[Tensor], np.ndarray]
    cache: FeatureCache | None
    augmentation: Augmentation
    seed: int

    def __call__(
        self, photos: Sequence[Source], variants: Sequence[Variant], *, quiet: bool = False
    ) -> np.ndarray:
        """Features `(photos, variants, features)` as float32, rounded to float16's precision."""
        keys = [variant.key(self.augmentation, self.seed) for variant in variants]
        hashes = list(dict.fromkeys(photo.sha256 for photo in photos))
        found = {key: self.cache.get(key, hashes) if self.cache else {} for key in keys}
        missing = [
            photo for photo in {p.sha256: p for p in photos}.values()
            if any(photo.sha256 not in found[key] for key in keys)
        ]  # fmt: skip
        loaded = prefetch(lambda photo: (photo, self._pixels(photo, variants)), missing)
        shown = loaded if quiet else track(loaded, "Computing features", len(missing))
        for batch in batches(shown, BATCH):
            fresh: list[tuple[str, str, np.ndarray]] = []
            for position, key in enumerate(keys):
                vectors = self.runner(torch.stack([pixels[position] for _, pixels in batch]))
                rounded = vectors.astype(np.float16)
                fresh += [(key, p.sha256, v) for (p, _), v in zip(batch, rounded, strict=True)]
            for key, photo, vector in fresh:
                found[key][photo] = vector
            if self.cache:
                self.cache.put(fresh)
        return stack(found, [photo.sha256 for photo in photos], keys)

    def _pixels(self, photo: Source, variants: Sequence[Variant]) -> list[Tensor]:
        pixels = pixels_of(photo.path.read_bytes(), [variant.view for variant in variants])
        return [
            shown if variant.draw == 0 else self._change(shown, photo, variant)
            for shown, variant in zip(pixels, variants, strict=True)
        ]

    def _change(self, pixels: Tensor, photo: Source, variant: Variant) -> Tensor:
        words = f"{self.seed}/{photo.sha256}/{variant.view.key}/{variant.draw}".encode()
        generator = np.random.default_rng(list(hashlib.sha256(words).digest()))
        return augment(pixels, self.augmentation, generator)


def batches(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    """Lists of `size` items, the last one perhaps shorter."""
    while batch := list(islice(items, size)):
        yield batch
