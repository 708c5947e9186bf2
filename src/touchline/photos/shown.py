"""Training photos as the network sees them: one epoch of batches, changed and mirrored at random.

Every random choice follows from (seed, epoch, photo, view), so that a resumed epoch is the same.
"""

from collections.abc import Iterator
from functools import partial

import numpy as np
import torch
from torch import Tensor

from touchline.media.augment import augment
from touchline.media.prefetch import prefetch
from touchline.photos.config import View
from touchline.photos.model import pixels_of
from touchline.photos.study import Study
from touchline.training.ordering import epoch_order

Batch = tuple[Tensor, Tensor]
"""uint8 pixels `(n, 3, size, size)` and class indices `(n,)`: the mirrored class where the photo
is shown mirrored."""


def steps_in_epoch(study: Study, photos: np.ndarray) -> int:
    """How many batches an epoch has: every photo once in every view, one view a batch."""
    return len(study.views) * batch_count(len(photos), study.config.training.batch_size)


def epoch_batches(study: Study, photos: np.ndarray, epoch: int) -> Iterator[Batch]:
    """The training batches of an epoch, the views taking turns.

    Args:
        study: the photos.
        photos: `(n,)` which of them to learn from.
        epoch: from 0.
    """
    size = study.config.training.batch_size
    count = batch_count(len(photos), size)
    jobs = []
    for number, view in enumerate(study.views):
        order = epoch_order(len(photos), study.config.seed + number, epoch)
        parts = np.array_split(photos[order], count)
        jobs.append([[(int(photo), view) for photo in part] for part in parts])
    turns = [part for parts in zip(*jobs, strict=True) for part in parts]
    shown = prefetch(partial(_show, study, epoch), (job for part in turns for job in part))
    for part in turns:
        loaded = [next(shown) for _ in part]
        yield torch.stack([pixels for pixels, _ in loaded]), torch.tensor([c for _, c in loaded])


def batch_count(items: int, size: int) -> int:
    """How many batches of about `size` items an epoch is cut into.

    None is of one item alone, which batch normalisation could not learn from.

    >>> batch_count(70, 32), batch_count(7, 2), batch_count(1, 2)
    (2, 3, 1)
    """
    return max(1, min(round(items / size), items // 2))


def _show(study: Study, epoch: int, job: tuple[int, View]) -> tuple[Tensor, int]:
    photo, view = job
    generator = np.random.default_rng((study.config.seed, epoch, photo, study.views.index(view)))
    mirrored = study.mirroring and bool(generator.integers(2))
    shown = View(framing=view.framing, size=view.size, mirrored=mirrored)
    (pixels,) = pixels_of(study.sources[photo].path.read_bytes(), [shown])
    label = int(study.labels[photo])
    return (
        augment(pixels, study.augmentation, generator),
        study.mirror.partner[label] if mirrored else label,
    )
