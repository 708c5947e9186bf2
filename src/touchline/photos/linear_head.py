"""A regularised linear head on frozen features: multinomial logistic regression.

The strength of regularisation is chosen by inner cross-validation, whose out-of-fold logits also
serve for calibration. Views of one photo stay together in every fold.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from touchline.photos.calibration import fit_temperature, log_loss
from touchline.photos.config import View
from touchline.photos.mirror import MirrorMap
from touchline.photos.model import average_views, build_head

ITERATIONS = 100
SMALLEST_SPREAD = 1e-6


@dataclass(frozen=True)
class Samples:
    """What a head learns from.

    Attributes:
        features: `(photos, views, features)` float32.
        labels: `(photos,)` class indices.
        views: one for each row of views; mirrored ones show the mirrored label.
        scoring: which positions of `views` are shown when labelling.
    """

    features: np.ndarray
    labels: np.ndarray
    views: tuple[View, ...]
    scoring: tuple[int, ...]

    def targets(self, mirror: MirrorMap) -> np.ndarray:
        """`(views, photos)` class indices: the mirrored class where a view is mirrored."""
        swapped = mirror.swap(self.labels)
        return np.stack([swapped if v.mirrored else self.labels for v in self.views])

    def take(self, photos: np.ndarray) -> "Samples":
        """The same for some photos only."""
        return Samples(self.features[photos], self.labels[photos], self.views, self.scoring)


@dataclass(frozen=True)
class LinearHead:
    """logits = features @ weight + bias, with `weight` `(features, classes)`."""

    weight: np.ndarray
    bias: np.ndarray

    def logits(self, samples: Samples, mirror: MirrorMap) -> np.ndarray:
        """`(photos, classes)`: the mean over the scoring views, mirrored ones permuted back."""
        shown = samples.features[:, list(samples.scoring)] @ self.weight + self.bias
        return average_views(shown, [samples.views[v] for v in samples.scoring], mirror)

    def as_module(self) -> nn.Sequential:
        """The head as `build_head` makes one without hidden layers."""
        head = build_head(
            len(self.weight), len(self.bias), hidden=(), dropout=0.0, batch_norm=False
        )
        head[-1].weight.data = torch.from_numpy(self.weight.T.copy())
        head[-1].bias.data = torch.from_numpy(self.bias.copy())
        return head


@dataclass(frozen=True)
class Choice:
    """The strength that inner cross-validation chose, and what it showed.

    Attributes:
        strength: the inverse regularisation strength with the least out-of-fold log loss, each at
            its best temperature.
        losses: that loss of each strength tried.
        logits: `(photos, classes)` out-of-fold logits at that strength.
    """

    strength: float
    losses: dict[float, float]
    logits: np.ndarray


def fit_heads(
    samples: Samples, mirror: MirrorMap, strengths: Sequence[float], class_weights: np.ndarray
) -> tuple[LinearHead, ...]:
    """Fit one head a strength by L-BFGS on standardised features, each starting from the last.

    Minimises sum_i w_i * cross-entropy_i + |W|^2 / (2 * strength) as scikit-learn's
    `LogisticRegression(C=strength)` does, the bias unpenalised, with w the class weights. Each view
    counts as a sample, so the strength is that of views. The standardisation is folded into the
    head.
    """
    targets = samples.targets(mirror).reshape(-1)
    rows = samples.features.transpose(1, 0, 2).reshape(len(targets), -1)
    mean, spread = rows.mean(axis=0), np.maximum(rows.std(axis=0), SMALLEST_SPREAD)
    path = _regularisation_path(
        torch.from_numpy((rows - mean) / spread), torch.from_numpy(targets),
        torch.from_numpy(class_weights[targets]), len(mirror.classes), strengths,
    )  # fmt: skip
    return tuple(
        LinearHead(
            (weight / spread[:, None]).astype(np.float32),
            (bias - (mean / spread) @ weight).astype(np.float32),
        )
        for weight, bias in path
    )


def choose_strength(
    samples: Samples, folds: np.ndarray, mirror: MirrorMap,
    strengths: Sequence[float], class_weights: np.ndarray,
) -> Choice:  # fmt: skip
    """Try each strength by cross-validation over `folds` (`(photos,)` names of folds)."""

    def held_out(fold: str) -> list[np.ndarray]:
        heads = fit_heads(samples.take(folds != fold), mirror, strengths, class_weights)
        outside = samples.take(folds == fold)
        return [head.logits(outside, mirror) for head in heads]

    tried = np.empty((len(strengths), len(samples.labels), len(mirror.classes)), np.float32)
    names = np.unique(folds)
    # One thread a fold: the matrices are small, and threads that share one would mostly wait.
    with ThreadPoolExecutor(
        os.cpu_count(), initializer=torch.set_num_threads, initargs=(1,)
    ) as pool:
        for fold, logits in zip(names, pool.map(held_out, names), strict=True):
            tried[:, folds == fold] = logits
    losses = [_calibrated_loss(samples.labels, logits) for logits in tried]
    best = int(np.argmin(losses))
    return Choice(strengths[best], dict(zip(strengths, losses, strict=True)), tried[best])


def _calibrated_loss(labels: np.ndarray, logits: np.ndarray) -> float:
    """Log loss at the best temperature, since calibration follows whatever the strength."""
    return log_loss(labels, logits / fit_temperature(labels, logits))


def _regularisation_path(
    rows: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor, classes: int,
    strengths: Sequence[float],
) -> Iterator[tuple[np.ndarray, np.ndarray]]:  # fmt: skip
    weight = torch.zeros(rows.shape[1], classes, requires_grad=True)
    bias = torch.zeros(classes, requires_grad=True)
    for strength in strengths:
        optimiser = torch.optim.LBFGS(
            [weight, bias], max_iter=ITERATIONS, history_size=10, tolerance_grad=3e-5,
            tolerance_change=1e-7, line_search_fn="strong_wolfe",
        )  # fmt: skip

        def loss(strength: float = strength, optimiser: Any = optimiser) -> torch.Tensor:
            optimiser.zero_grad()
            errors = nn.functional.cross_entropy(rows @ weight + bias, targets, reduction="none")
            penalty = weight.square().sum() / (2 * strength)
            # Divided by the number of rows, so that the tolerances do not depend on it.
            value = ((weights * errors).sum() + penalty) / len(targets)
            value.backward()  # type: ignore[no-untyped-call]
            return value

        optimiser.step(loss)  # type: ignore[no-untyped-call]
        yield weight.detach().double().numpy().copy(), bias.detach().double().numpy().copy()
