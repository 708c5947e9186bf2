"""Teach an embedder stage by stage: what a step minimises, and what chooses the epoch."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from touchline.backbones.unfolding import spread_batch_normalisation
from touchline.media.framing import normalise
from touchline.reid.config import ReidConfig, Stage
from touchline.reid.examples import Examples, open_examples
from touchline.reid.galleries import embed_gallery
from touchline.reid.lesson import Lesson
from touchline.reid.losses.total import reid_loss
from touchline.reid.networks.embedder import Embedder
from touchline.reid.networks.extractor import Extractor, make_extractor
from touchline.reid.stages import crops_of_stage
from touchline.training.devices import choose_device, choose_precision
from touchline.training.history import Row
from touchline.training.optimising import fit_settings, parameter_groups
from touchline.training.tracking.tracker import Tracker

MONITORED = "validation_map"
"""The figure that chooses the epoch: the mean average precision on the validation queries."""
SPREAD_BATCHES = 8
FOLDED = ".onnx"
"""Weights from such a file have their batch normalisation folded away."""


def teach(
    embedder: Embedder,
    lesson: Lesson,
    config: ReidConfig,
    folder: Path,
    tracker: Tracker,
    resume: bool,
) -> list[Row]:
    """Train `embedder` in place; it ends with the best weights of the last stage.

    Returns:
        One row an epoch of every stage, as in `results.csv`.

    Raises:
        UsageError: when the loss is not finite, or a checkpoint is of other settings.
        InterruptedRunError: on Ctrl-C; finished epochs are kept.
    """
    rows: list[Row] = []
    unreadable = set[Path]()
    for number, stage in enumerate(config.stages, start=1):
        crops = crops_of_stage(lesson.train, stage.share, config.seed)
        examples = open_examples(
            [crop for crop in crops if crop.path not in unreadable],
            (stage.height, stage.width), config.batch, config.augment, config.seed, lesson.train,
        )  # fmt: skip
        unreadable |= {fault.path for fault in examples.faults}
        if number == 1 and config.network.weights.endswith(FOLDED):
            _spread(embedder, examples)
        rows += _teach_stage(
            embedder, examples, lesson, config, (number, stage), folder, tracker, resume
        )
    return rows


def comparing(embedder: Embedder, stage: Stage, config: ReidConfig) -> Extractor:
    """The embedder as it stands, ready to compare crops at the size of a stage."""
    device = choose_device(config.device)
    return make_extractor(
        embedder, (stage.height, stage.width), flip_views=config.flip_views, device=device,
        precision=choose_precision(config.precision, device),
    )  # fmt: skip


def _teach_stage(
    embedder: Embedder, examples: Examples, lesson: Lesson, config: ReidConfig,
    numbered: tuple[int, Stage], folder: Path, tracker: Tracker, resume: bool,
) -> list[Row]:  # fmt: skip
    from touchline.training.fitting import fit  # imports Lightning, which takes seconds

    number, stage = numbered

    def validate(trained: nn.Module) -> dict[str, float]:
        assert isinstance(trained, Embedder)
        extractor = comparing(trained, stage, config)
        return {MONITORED: embed_gallery(extractor, lesson.valid, quiet=True).map_of()}

    training = config.training.model_copy(update={"epochs": stage.epochs})
    settings = fit_settings(training, MONITORED, config.device, config.precision, config.seed)
    return fit(
        embedder, _loss_of(config), lambda epoch: _as_dictionaries(examples.batches(epoch)),
        # Epochs may differ by a batch or two; all are cut to the shortest.
        min(len(examples.order(epoch)) for epoch in range(stage.epochs)),
        parameter_groups(embedder, embedder.trunk, config.training),
        replace(settings, stage=f"stage-{number}"), folder, validate=validate, resume=resume,
        tracker=tracker,
    ).rows  # fmt: skip


def _spread(embedder: Embedder, examples: Examples) -> None:
    """Give batch normalisation that was folded away the statistics of a few batches."""
    few = islice(examples.batches(0), SPREAD_BATCHES)
    spread_batch_normalisation(
        embedder, (normalise(pixels, embedder.mean, embedder.std) for pixels, _, _ in few)
    )


def _loss_of(config: ReidConfig) -> Callable[[nn.Module, Any], Tensor]:
    """The loss of a batch as `fit` wants it."""

    def loss(network: nn.Module, batch: dict[str, Tensor]) -> Tensor:
        assert isinstance(network, Embedder)
        outputs = network(normalise(batch["pixels"], network.mean, network.std))
        total: Tensor = reid_loss(outputs, batch["identities"], batch["actions"], config.loss)
        return total

    return loss


def _as_dictionaries(
    batches: Iterator[tuple[Tensor, Tensor, Tensor]],
) -> Iterator[dict[str, Tensor]]:
    """Batches as the trainer can move them to a device."""
    for pixels, identities, actions in batches:
        yield {
            "pixels": pixels.contiguous(memory_format=torch.channels_last),
            "identities": identities, "actions": actions,
        }  # fmt: skip
