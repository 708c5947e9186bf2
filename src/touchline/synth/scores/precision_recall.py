"""Whether generated photos look real, and whether they show all that real ones do.

Precision and recall of Kynkäänniemi et al., NeurIPS 2019 (arXiv 1904.06991): around each photo of
a set lies a ball that reaches to its third nearest neighbour in the set. A generated photo looks
real when it lies in the ball of a real one, and a real photo is shown when it lies in the ball of a
generated one. One stray photo with a wide ball can make others look good; density and coverage of
Naeem et al., ICML 2020 (arXiv 2002.09797), count how many balls of real photos hold a generated
one, and how many hold any, with balls to the fifth neighbour.

Both depend on how many photos there are: compare sets of like sizes only.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch

from touchline.reporting.confidence import Score, mean, share
from touchline.synth.scores.scored_photos import require_two

NEIGHBOURS, DENSITY_NEIGHBOURS = 3, 5
ROWS_A_BLOCK = 512


@dataclass(frozen=True)
class PrecisionRecall:
    """How two sets of photos cover each other.

    Attributes:
        precision: share of generated photos in a real photo's ball.
        recall: share of real photos in a generated photo's ball.
        density: balls of real photos that a generated photo lies in, over the neighbours that a
            ball reaches to; about 1 for real photos, and it may be above.
        coverage: share of real photos whose ball holds a generated one.
    """

    precision: Score
    recall: Score
    density: Score
    coverage: Score

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {item.name: getattr(self, item.name).as_dict() for item in fields(self)}


def precision_recall(
    real: np.ndarray,
    generated: np.ndarray,
    real_groups: np.ndarray | None = None,
    neighbours: int = NEIGHBOURS,
    density_neighbours: int = DENSITY_NEIGHBOURS,
) -> PrecisionRecall:
    """Precision, recall, density and coverage.

    Distances are Euclidean. A photo at the very edge of a ball lies in it, so that copies of a
    photo that is itself there several times are found. In a set with too few photos a ball reaches
    to the farthest of them.

    Args:
        real: features `(n, d)`.
        generated: features `(m, d)`.
        real_groups: `(n,)` keys of photos that belong together, for the intervals of recall and
            coverage; None has each stand alone.
        neighbours: how many others of its set a ball holds, for precision and recall.
        density_neighbours: the same for density and coverage.

    Returns:
        The scores. Their intervals are Wilson's (of density a bootstrap's) over the photos that
        are counted, the balls taken as they are.

    Raises:
        UsageError: fewer than two photos on a side.
    """
    require_two(real, "real photos")
    require_two(generated, "generated photos")
    looks_real = np.zeros(len(generated), bool)
    is_shown, is_covered = np.zeros(len(real), bool), np.zeros(len(real), bool)
    balls = np.zeros(len(generated))
    real_reach = _reaches(real, (neighbours, density_neighbours))
    (generated_reach,) = _reaches(generated, (neighbours,))
    for rows, distances in _blocks(real, generated):
        looks_real |= (distances <= real_reach[0, rows, None]).any(axis=0)
        is_shown[rows] = (distances <= generated_reach[None, :]).any(axis=1)
        inside = distances <= real_reach[1, rows, None]
        balls += inside.sum(axis=0)
        is_covered[rows] = inside.any(axis=1)
    groups = None if real_groups is None else real_groups.tolist()
    return PrecisionRecall(
        precision=share(looks_real),
        recall=share(is_shown, groups=groups),
        density=mean(balls / min(density_neighbours, len(real) - 1)),
        coverage=share(is_covered, groups=groups),
    )


def _reaches(features: np.ndarray, neighbours: tuple[int, ...]) -> np.ndarray:
    """`(neighbours, n)` distances to the k-th nearest of the others, for each k."""
    places = [min(k, len(features) - 1) for k in neighbours]  # place 0 is the photo itself
    found = np.empty((len(places), len(features)))
    for rows, distances in _blocks(features, features):
        found[:, rows] = np.sort(distances, axis=1)[:, places].T
    return found


def _blocks(first: np.ndarray, second: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    """Distances between all photos of two sets, some rows at a time; those of equals are 0."""
    left, right = torch.from_numpy(first).float(), torch.from_numpy(second).float()
    for start in range(0, len(first), ROWS_A_BLOCK):
        rows = slice(start, start + ROWS_A_BLOCK)
        # The quicker way through a matrix product would give equals a small distance.
        distances = torch.cdist(left[rows], right, compute_mode="donot_use_mm_for_euclid_dist")
        yield rows, distances.numpy()
