"""What a whole training takes, from what a few of its steps took."""

import math
from dataclasses import dataclass

from touchline.synth.config import SynthConfig
from touchline.synth.contact_sheet import TILE, sheet_order
from touchline.synth.limits.disk import allocated
from touchline.synth.limits.quantities import shown_bytes, shown_seconds
from touchline.synth.limits.rehearsal import Rehearsal
from touchline.training.devices import choose_device

WRITING_SPEED = 50e6
"""Bytes a second that any disk takes."""
OTHER_FILES = 8_000_000
"""Bytes of a run's configuration, tables, charts and report."""
SCORED_PHOTO = 120_000
"""Bytes of memory that a photo takes in the scores a training ends with: its features, seen both
ways, and the judge's copies of them. 112,000 were measured past what learning had taken."""
JPEG_BYTES = 2
"""Of a pixel in a sheet of samples; pure noise takes 1.3."""


@dataclass(frozen=True)
class Estimate:
    """What a whole training takes.

    Attributes:
        memory: bytes held at most.
        disk: bytes of the run's folder at most, at any instant.
        seconds: from the first step to the last snapshot.
        steps: how many steps were taken to measure it.
        whole: whether each kind of step was among these.
    """

    memory: int
    disk: int
    seconds: float
    steps: int
    whole: bool

    def describe(self) -> str:
        """In words, for people.

        >>> Estimate(1_500_000_000, 80_000_000, 9000, 17, True).describe()
        'Takes 1.5 GB of memory, 80 MB of disk and 2.5 h, by a rehearsal of 17 steps.'
        """
        partly = "" if self.whole else ", in which not every kind of step came by"
        return (
            f"Takes {shown_bytes(self.memory)} of memory, {shown_bytes(self.disk)} of disk and "
            f"{shown_seconds(self.seconds)}, by a rehearsal of {self.steps} steps{partly}."
        )


def estimate(config: SynthConfig, rehearsal: Rehearsal) -> Estimate:
    """What a training takes as a whole.

    The disk holds the last weights, the best and those being written; two states, for the old one
    stays until the new one is whole; a sheet of samples for each snapshot; and tables.

    Args:
        config: of the training.
        rehearsal: of this configuration, or of one that only trains longer or keeps more.
    """
    training, snapshots = config.training, snapshot_count(config)
    weights, state = allocated(rehearsal.weights_bytes), allocated(rehearsal.state_bytes)
    sheet = len(sheet_order(rehearsal.classes)[0])
    sheet_bytes = allocated(JPEG_BYTES * sheet * min(config.size, TILE) ** 2)
    staying = (training.keep + 1) * weights + state
    being_written = weights + max(weights, state)
    snapshot_seconds = (
        rehearsal.pack_seconds + (2 * weights + state) / WRITING_SPEED
        + (training.score_samples + sheet) * rehearsal.sample_seconds
        + training.score_samples * rehearsal.score_seconds
    )  # fmt: skip
    return Estimate(
        memory=rehearsal.memory + scores_memory(config, rehearsal.photo_count),
        disk=staying + being_written + snapshots * sheet_bytes + OTHER_FILES,
        seconds=step_count(config) * rehearsal.step_seconds + snapshots * snapshot_seconds
        + rehearsal.scoring_seconds + rehearsal.photo_count * rehearsal.score_seconds,
        steps=rehearsal.steps,
        whole=rehearsal.whole,
    )  # fmt: skip


def scores_memory(config: SynthConfig, photo_count: int) -> int:
    """Bytes that the scores at the end of a training take past what learning has taken.

    None on a GPU: the limit is of its memory then, and they are computed outside it.
    """
    on_gpu = choose_device(config.device).type == "cuda"
    return 0 if on_gpu else SCORED_PHOTO * photo_count


def step_count(config: SynthConfig) -> int:
    """How many steps a training has; the last batch is a whole one too."""
    return math.ceil(config.training.images / config.training.batch_size)


def snapshot_count(config: SynthConfig) -> int:
    """How many snapshots a training makes: before the first step, at intervals, after the last.

    >>> from pathlib import Path
    >>> training = {"images": 100, "batch_size": 10, "snapshot_every": 40}
    >>> snapshot_count(SynthConfig(data=Path("photos"), training=training))
    4
    """
    between = math.ceil(config.training.snapshot_every / config.training.batch_size)
    return 1 + math.ceil(step_count(config) / between)
