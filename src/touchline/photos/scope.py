"""Photos unlike anything learnt: the distance to the nearest photos that were learnt from.

Sun et al., "Out-of-Distribution Detection with Deep Nearest Neighbors", ICML 2022: the distance to
the k-th nearest neighbour among normalised embeddings needs no examples of what is out of scope.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file

NEIGHBOURS = 5
QUANTILE = 0.99
"""Share of the photos learnt from that count as in scope when each is left out in turn."""
ROWS_A_BLOCK = 1024


@dataclass(frozen=True)
class Scope:
    """The photos learnt from, as points, and how far from them is too far.

    Attributes:
        references: unit vectors `(photos, features)`.
        threshold: a distance above this is out of scope.
    """

    references: np.ndarray
    threshold: float

    def distances(self, embeddings: np.ndarray) -> np.ndarray:
        """Cosine distance `(n,)`, in [0, 2], to the k-th nearest of the photos learnt from.

        Args:
            embeddings: `(n, features)`, of any length.
        """
        return _kth_distance(unit(embeddings), self.references, skip=None)

    def save(self, path: Path) -> None:
        """Keep it as safetensors, the references as float16."""
        tensors = {
            "references": torch.from_numpy(self.references.astype(np.float16)),
            "threshold": torch.tensor(self.threshold),
        }
        save_file(tensors, path)

    @classmethod
    def load(cls, path: Path) -> "Scope":
        """The inverse of `save`."""
        tensors = load_file(path)
        return cls(tensors["references"].float().numpy(), float(tensors["threshold"]))


def learn_scope(embeddings: np.ndarray, groups: np.ndarray) -> Scope:
    """Set the threshold so that 99 % of the photos learnt from are in scope.

    Args:
        embeddings: `(photos, features)` of the photos learnt from.
        groups: `(photos,)`; a photo's own group is left out when its distance is measured, or
            bursts would make every photo look familiar.
    """
    points = unit(embeddings)
    _, codes = np.unique(groups, return_inverse=True)
    own = _kth_distance(points, points, skip=codes)
    finite = own[np.isfinite(own)]
    return Scope(points, float(np.quantile(finite, QUANTILE)) if len(finite) else np.inf)


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors scaled to length 1; a zero vector stays zero."""
    values = vectors.astype(np.float32)
    lengths = np.linalg.norm(values, axis=-1, keepdims=True)
    return np.asarray(values / np.maximum(lengths, 1e-12))


def _kth_distance(
    points: np.ndarray, references: np.ndarray, skip: np.ndarray | None
) -> np.ndarray:
    """Distance to the k-th nearest reference; with fewer than k references, to the farthest."""
    found = np.empty(len(points), np.float32)
    for start in range(0, len(points), ROWS_A_BLOCK):
        rows = slice(start, start + ROWS_A_BLOCK)
        distances = 1.0 - points[rows] @ references.T
        if skip is not None:
            distances[skip[rows, None] == skip[None, :]] = np.inf
        k = min(NEIGHBOURS, distances.shape[1]) - 1
        found[rows] = np.partition(distances, k, axis=1)[:, k]
    return found
