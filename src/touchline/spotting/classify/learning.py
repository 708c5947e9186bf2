"""Teach a classifier of clips: what a step minimises and what chooses the epoch."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.metrics import average_precision_score
from torch import Tensor, nn

from touchline.reporting.confidence import Numbers
from touchline.spotting.classify.clips import LabelledClip, truth_of
from touchline.spotting.classify.config import ClipLossSettings
from touchline.spotting.classify.drawing import ClipDraw
from touchline.spotting.classify.examples import ClipExamples
from touchline.spotting.classify.network import ClipClassifier
from touchline.spotting.losses import clip_loss, focal_cross_entropy
from touchline.spotting.metrics.clip_metrics import Labels
from touchline.spotting.scoring import MONITORED
from touchline.training.devices import choose_precision
from touchline.training.history import Row
from touchline.training.optimising import fit_settings, parameter_groups
from touchline.training.tracking.tracker import Tracker


def teach(
    network: ClipClassifier, draw: ClipDraw, valid: Sequence[LabelledClip],
    examples: ClipExamples, classes: Sequence[str], folder: Path, tracker: Tracker,
    resume: bool,
) -> list[Row]:  # fmt: skip
    """Train `network` in place; it ends with the weights of its best epoch by validation mAP.

    Args:
        network: what is taught.
        draw: the clips of each epoch.
        valid: the clips that choose the epoch, all of them each time.
        examples: shows clips to the network.
        classes: the labels, in order.
        folder: of the run.
        tracker: hears of each epoch.
        resume: go on from the checkpoint there.

    Returns:
        One row an epoch, as in `results.csv`.

    Raises:
        UsageError: when the loss is not finite, or a checkpoint is of other settings.
        InterruptedRunError: on Ctrl-C; finished epochs are kept.
    """
    from touchline.training.fitting import fit  # imports Lightning, which takes seconds

    config, truth = draw.config, truth_of(valid, classes)

    def validate(trained: nn.Module) -> dict[str, float]:
        assert isinstance(trained, ClipClassifier)
        return {MONITORED: mean_average_precision(truth, confidences_of(trained, valid, examples))}

    return fit(
        network, loss_of(config.loss), lambda epoch: examples.to_learn(draw.draw(epoch)),
        draw.steps_per_epoch, parameter_groups(network, network.encoder, config.training),
        fit_settings(config.training, MONITORED, config.device, config.precision, config.seed),
        folder, validate=validate, resume=resume, tracker=tracker,
    ).rows  # fmt: skip


def loss_of(settings: ClipLossSettings) -> Callable[[nn.Module, Any], Tensor]:
    """The loss of a batch as `fit` wants it."""

    def loss(network: nn.Module, batch: dict[str, Any]) -> Tensor:
        logits = network(batch["shown"], batch["tracks"])
        if settings.kind == "softmax":
            return focal_cross_entropy(logits, batch["targets"], settings.gamma)
        return clip_loss(logits, batch["targets"], settings.gamma, settings.alpha)

    return loss


def confidences_of(
    network: ClipClassifier, clips: Iterable[LabelledClip], examples: ClipExamples
) -> Numbers:
    """What a network in evaluation mode says of each class of each clip, in order.

    Args:
        network: on the device where it is to run.
        clips: one at least.
        examples: shows clips to the network, by the settings it was taught with.

    Returns:
        In [0, 1], `(clips, classes)`.
    """
    device = next(network.parameters()).device
    precision = choose_precision(examples.config.precision, device)
    one_of_all = examples.config.loss.kind == "softmax"
    found = []
    for batch in examples.to_score(clips):
        shown, tracks = batch["shown"], batch["tracks"]
        assert shown is not None
        quick = torch.autocast(device.type, precision, enabled=precision != torch.float32)
        with torch.no_grad(), quick:
            logits = network(shown.to(device), None if tracks is None else tracks.to(device))
        exact = logits.double()
        sure = exact.softmax(dim=-1) if one_of_all else exact.sigmoid()
        found.append(sure.cpu().numpy())
    return np.concatenate(found)


def mean_average_precision(truth: Labels, confidences: Numbers) -> float:
    """The mean AP over the classes that some clip bears, as scikit-learn has it.

    Args:
        truth: whether each clip bears each class, `(clips, classes)`, one of them at least.
        confidences: of the same shape.

    Returns:
        In [0, 1]; NaN where a confidence is NaN, so that no such epoch is chosen.

    >>> mean_average_precision(np.array([[True, False], [False, False]]), np.eye(2)[::-1])
    0.5
    """
    if np.isnan(confidences).any():
        return float("nan")
    measured = [
        average_precision_score(happens, sure)
        for happens, sure in zip(truth.T, confidences.T, strict=True)
        if happens.any()
    ]
    return float(np.mean(measured))
