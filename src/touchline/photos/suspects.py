"""Which labels are likely wrong, and which of these are likely mirrored, by a model's own doubt.

The probabilities must be out of fold: each photo judged by a model that has not learnt from it.
Confident learning: Northcutt, Jiang and Chuang, 2021, https://arxiv.org/abs/1911.00068.
"""

from dataclasses import dataclass

import numpy as np

from touchline.photos.mirror import MirrorMap

_HAIR = 1e-9


@dataclass(frozen=True)
class Suspect:
    """A photo whose label is doubtful.

    Attributes:
        place: which photo.
        given: the place of its class.
        predicted: the place of the class the model is confident of instead.
        given_confidence: the probability of its class, in [0, 1].
        confidence: the probability of the predicted one, in [0, 1].
        mirrored: the two classes are partners: left and right were likely confused.
    """

    place: int
    given: int
    predicted: int
    given_confidence: float
    confidence: float
    mirrored: bool


def suspects(
    probabilities: np.ndarray,
    labels: np.ndarray,
    mirror: MirrorMap,
    mirrored_probabilities: np.ndarray | None = None,
) -> tuple[Suspect, ...]:
    """The photos whose labels are doubtful, the worst first.

    A model is confident of a class where it gives it at least the probability that it gives, on
    average, to the photos labelled so. A photo is a suspect when the most probable of the classes
    the model is confident of is not its own. Suspects are ranked by how much more probable that
    class is; equals by place.

    The mirror test: where the mirrored photos were judged too, their probabilities are permuted
    and averaged in. A left pose that is labelled right is then found twice, once in each view.

    Args:
        probabilities: out of fold, `(photos, classes)`; rows with NaN were not judged.
        labels: given class of each photo, `(photos,)`; -1 has none. Both kinds are never suspects.
        mirror: the classes in the order of the columns.
        mirrored_probabilities: the same for the mirrored photos, `(photos, classes)`.

    >>> mirror = MirrorMap(("Kick-l", "Kick-r"), (1, 0))
    >>> p = np.array([[0.9, 0.1], [0.1, 0.9], [0.7, 0.3], [0.9, 0.1]])
    >>> [(s.place, s.predicted, s.mirrored) for s in suspects(p, np.array([0, 1, 0, 1]), mirror)]
    [(3, 0, True)]
    """
    if mirrored_probabilities is not None:
        probabilities = (probabilities + mirror.permute(mirrored_probabilities)) / 2
    judged = np.nonzero((labels >= 0) & ~np.isnan(probabilities).any(axis=1))[0]
    given, probabilities = labels[judged], probabilities[judged]
    own = probabilities[np.arange(len(judged)), given]
    confident = np.where(probabilities >= _thresholds(own, given, mirror), probabilities, -1.0)
    best = confident.argmax(axis=1)
    confidence = confident[np.arange(len(judged)), best]
    doubtful = (best != given) & (confidence > own)
    partners = mirror.swap(given)
    found = [
        Suspect(
            int(judged[n]), int(given[n]), int(best[n]), float(own[n]), float(confidence[n]),
            bool(best[n] == partners[n]),
        )
        for n in np.nonzero(doubtful)[0]
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda s: (s.given_confidence - s.confidence, s.place)))


def _thresholds(own: np.ndarray, given: np.ndarray, mirror: MirrorMap) -> np.ndarray:
    """For each class the mean probability of that class among the photos labelled so.

    Infinite for a class without photos: nobody can be confident of it. A hair lower, so that equal
    probabilities reach their own mean in spite of rounding.
    """
    classes = len(mirror.classes)
    counts = np.bincount(given, minlength=classes)
    sums = np.bincount(given, weights=own, minlength=classes)
    return np.where(counts > 0, sums / np.maximum(counts, 1) - _HAIR, np.inf)
