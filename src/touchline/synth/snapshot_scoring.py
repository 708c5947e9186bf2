"""How far a generator has come: the KID of a few samples, and a sheet of them to look at."""

import numpy as np
from torch import Tensor

from touchline.synth.config import SynthConfig
from touchline.synth.contact_sheet import sheet_bytes, sheet_order
from touchline.synth.generators import Trainee
from touchline.synth.lesson import Lesson
from touchline.synth.scores.embedding import load_embedder
from touchline.synth.scores.kid import kid
from touchline.training.devices import choose_device

PORTION = 64
"""Photos made at once."""


class SnapshotScorer:
    """Scores and shows what a generator makes, with the same classes and seeds every time."""

    def __init__(self, config: SynthConfig, lesson: Lesson) -> None:
        self._embed = load_embedder(choose_device(config.device))
        self._groups = lesson.reference.groups
        self._reference = self._features(lesson.reference.pixels)
        self._order = sheet_order(len(lesson.classes))
        places = np.resize(lesson.learn.labels, config.training.score_samples)
        self._asked = [int(place) for place in places], list(range(len(places)))

    def __call__(self, trainee: Trainee) -> float:
        """The KID between samples and the lesson's reference photos; smaller is better.

        The samples have the classes of the photos learnt from, as often.
        """
        labels, seeds = self._asked
        features = [
            self._features(
                trainee.sample(labels[start:start + PORTION], seeds[start:start + PORTION])
            )
            for start in range(0, len(labels), PORTION)
        ]  # fmt: skip
        return kid(self._reference, np.concatenate(features), self._groups).value

    def _features(self, pixels: Tensor) -> np.ndarray:
        return self._embed(pixels, quiet=True)[:, 0]

    def sheet(self, trainee: Trainee) -> bytes:
        """A row of samples for each class, as a JPEG file."""
        labels, seeds = self._order
        return sheet_bytes(trainee.sample(labels, seeds), seeds.index(max(seeds)) + 1)


def score_photos(photos: Tensor, config: SynthConfig) -> object:
    """What a snapshot's score does with its samples; a rehearsal measures what that takes."""
    return load_embedder(choose_device(config.device))(photos, quiet=True)
