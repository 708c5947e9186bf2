"""Which clips an epoch learns from: some around events, rare ones preferred, some anywhere."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from touchline.media.video.grid import frame_of
from touchline.spotting.config import ClipSettings
from touchline.spotting.footage import Footage


@dataclass(frozen=True)
class ClipPlace:
    """Where a clip lies and how it is shown.

    Attributes:
        footage: the place of its footage in the list given.
        first: its first step, from 0.
        mirrored: whether left and right are swapped.
        seed: of its random changes.
    """

    footage: int
    first: int
    mirrored: bool
    seed: tuple[int, ...]


def clips_per_epoch(footage: Sequence[Footage], settings: ClipSettings, rate: float) -> int:
    """How many clips an epoch has, a multiple of the batch size and at least one batch."""
    covering = sum(piece.steps(rate) for piece in footage) // settings.steps
    wanted = settings.per_epoch or covering
    return max(1, wanted // settings.batch_size) * settings.batch_size


def draw_clips(
    footage: Sequence[Footage], settings: ClipSettings, rate: float, mirror: bool,
    seed: int, epoch: int,
) -> list[ClipPlace]:  # fmt: skip
    """The clips of an epoch, the same for the same seed and epoch.

    An event is drawn with a weight of its class's count to the power of `-rare_power`; the clip
    begins so that the event lies anywhere in it. Other clips begin anywhere, longer videos having
    more of them. Footage shorter than a clip is taken whole.
    """
    rng = np.random.default_rng((seed, epoch))
    events = [(index, event) for index, piece in enumerate(footage) for event in piece.events]
    counts = Counter(event.label for _, event in events)
    weights = np.array([counts[event.label] ** -settings.rare_power for _, event in events])
    lengths = np.array([piece.steps(rate) for piece in footage])
    places = []
    for number in range(clips_per_epoch(footage, settings, rate)):
        if events and rng.random() < settings.event_share:
            index, event = events[rng.choice(len(events), p=weights / weights.sum())]
            first = frame_of(event.seconds, rate) - int(rng.integers(settings.steps))
        else:
            index = int(rng.choice(len(footage), p=lengths / lengths.sum()))
            first = int(rng.integers(max(1, lengths[index] - settings.steps + 1)))
        first = int(np.clip(first, 0, max(0, lengths[index] - settings.steps)))
        mirrored = bool(mirror and rng.random() < 0.5)
        places.append(ClipPlace(index, first, mirrored, (seed, epoch, number)))
    return places
