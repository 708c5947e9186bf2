"""The gradient recipes: the head and the last stage of the backbone trained on changing photos.

`finetune` trains both together from a fresh head (seed 000). `two-stage` solves the head first on
frozen features and then goes on with the top of the backbone at a low rate (seed 001): a head that
already fits does not distort the features it stands on (Kumar et al., ICLR 2022).
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from touchline.backbones.folding import fold_batch_normalisation
from touchline.backbones.loading import last_stages
from touchline.media.framing import normalise
from touchline.photos.calibration import fit_temperature, log_loss
from touchline.photos.model import PhotoNetwork, build_head
from touchline.photos.probe import learn_probe, probe_samples
from touchline.photos.shown import Batch, batch_count, epoch_batches, steps_in_epoch
from touchline.photos.split import LEARN, TEST, holdout
from touchline.photos.study import LearnOnly, Learnt, Study
from touchline.training.averaging import changing_state
from touchline.training.losses import smooth, soft_cross_entropy
from touchline.training.mixing import mix
from touchline.training.ordering import epoch_order
from touchline.training.settings import FitSettings

if TYPE_CHECKING:
    from touchline.training.fitting import FitResult

FINETUNE_HIDDEN = (512,)
HeadMaker = Callable[[Study, np.ndarray, Path], nn.Sequential]


def learn_finetune(study: Study, photos: np.ndarray, folder: Path) -> Learnt:
    """Train a fresh head and the last stage of the backbone together."""
    return _validated_then_refitted(study, photos, folder, _fresh_head)


def learn_two_stage(study: Study, photos: np.ndarray, folder: Path) -> Learnt:
    """Teach the head on frozen features, then train it on with the top of the backbone."""
    return _validated_then_refitted(study, photos, folder, _taught_head)


def _validated_then_refitted(
    study: Study, photos: np.ndarray, folder: Path, make_head: HeadMaker
) -> Learnt:
    """Choose the epoch on photos set aside, then train on all of them for as many epochs.

    Where the data has a `valid` part that chooses, and nothing is left to train on again. The
    study's extra photos are learnt from last: what made them may have seen the photos set aside.
    """
    settings = study.config.training
    inside, outside = _set_aside(study, photos)
    refits = settings.refit and len(inside) < len(photos)
    first = replace(study, extra=LearnOnly()) if len(inside) < len(photos) else study

    def validate(network: nn.Module) -> dict[str, float]:
        logits, _ = study.score(network, outside, quiet=True)
        truth = study.labels[outside]
        hits = logits.argmax(axis=1) == truth
        # At its best temperature, since calibration follows: label smoothing alone moves the rest.
        temperature = fit_temperature(truth, logits)
        return {
            "validation_loss": log_loss(truth, logits / temperature),
            "validation_accuracy": float(np.mean(hits)),
        }

    fitting = FitSettings(
        stage="validated", epochs=settings.epochs, warmup_epochs=settings.warmup_epochs,
        minimum_fraction=settings.minimum_fraction, monitor="validation_loss", mode="min",
        patience=settings.patience, ema_decay=settings.ema_decay, gradient_clip=1.0,
        precision=study.config.precision, device=study.config.device, seed=study.config.seed,
    )  # fmt: skip
    network, result = _train(first, inside, folder, make_head, fitting, validate)
    logits, _ = study.score(network, outside, quiet=True)
    if refits:
        again = replace(
            fitting, stage="refitted", epochs=result.best_epoch, monitor=None, patience=None
        )
        network, _ = _train(study, photos, folder, make_head, again, None)
    facts: dict[str, object] = {"best_epoch": result.best_epoch, "epochs": result.epochs_run,
                                "stopped_early": result.stopped_early}  # fmt: skip
    return Learnt(network, outside, logits, facts)


def _set_aside(study: Study, photos: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Photos to train on, and photos to choose by."""
    if len(study.validation):
        return photos, study.validation
    own = [study.photos[photo] for photo in photos]
    split = holdout(own, study.config.training.validation_share, study.config.seed)
    return photos[list(split.indices(LEARN))], photos[list(split.indices(TEST))]


def _train(
    study: Study, photos: np.ndarray, folder: Path, make_head: HeadMaker, fitting: FitSettings,
    validate: Callable[[nn.Module], dict[str, float]] | None,
) -> tuple[PhotoNetwork, "FitResult"]:  # fmt: skip
    from touchline.training.fitting import fit  # imports Lightning, which takes seconds

    settings = study.config.training
    backbone = copy.deepcopy(study.backbone.network).requires_grad_(False)
    trained = last_stages(backbone, settings.stages)
    for name, parameter in backbone.named_parameters():
        parameter.requires_grad_(name in trained)
    side = study.views[0].size
    # Only the frozen part is folded: the rest keeps its names, to be copied back once trained.
    quick = fold_batch_normalisation(backbone, torch.zeros(2, 3, side, side), frozen_only=True)
    network = PhotoNetwork(
        quick, make_head(study, photos, folder), learn_statistics=settings.learn_statistics
    ).to(memory_format=torch.channels_last)
    joined, shown = study.with_extra(photos)
    groups = [
        {"params": list(network.head.parameters()), "lr": settings.head_learning_rate},
        {"params": [p for p in quick.parameters() if p.requires_grad],
         "lr": settings.backbone_learning_rate},
    ]  # fmt: skip
    result = fit(
        network, _loss(joined, shown), lambda epoch: epoch_batches(joined, shown, epoch),
        steps_in_epoch(joined, shown),
        [{**g, "weight_decay": settings.weight_decay} for g in groups if g["params"]],
        fitting, folder, validate=validate, resume=True, tracker=study.tracker,
    )  # fmt: skip
    backbone.load_state_dict(changing_state(quick), strict=False)
    return PhotoNetwork(backbone, network.head.cpu()).eval(), result


def _loss(study: Study, photos: np.ndarray) -> Callable[[nn.Module, Batch], Tensor]:
    """Cross-entropy with smoothed and, where the settings ask, mixed labels."""
    settings, backbone = study.config.training, study.backbone
    weights = torch.from_numpy(study.class_weights(photos))

    def loss(network: nn.Module, batch: Batch) -> Tensor:
        pixels, classes = batch
        values = normalise(pixels, backbone.mean, backbone.std)
        targets = nn.functional.one_hot(classes, len(study.classes)).float()
        values, targets = mix(values, targets, settings.mixup, settings.cutmix)
        logits, _ = network(values)
        soft = smooth(targets, settings.label_smoothing)
        return soft_cross_entropy(logits.float(), soft, weights.to(logits.device))

    return loss


def _fresh_head(study: Study, photos: np.ndarray, folder: Path) -> nn.Sequential:  # noqa: ARG001
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(study.config.seed)
        return _build(study, FINETUNE_HIDDEN)


def _taught_head(study: Study, photos: np.ndarray, folder: Path) -> nn.Sequential:
    """The probe's head; with hidden layers, one trained by gradient on the same features."""
    from touchline.training.fitting import fit

    if not study.config.head.hidden:
        solved = learn_probe(study, photos, folder).network.head
        head = _build(study, ())
        head.load_state_dict(solved.state_dict())
        return head
    head = _fresh_head(study, photos, folder)
    joined, shown = study.with_extra(photos)
    samples = probe_samples(joined, shown)
    settings = study.config.training
    rows = torch.from_numpy(samples.features).flatten(0, 1)
    targets = torch.from_numpy(samples.targets(study.mirror).T.reshape(-1).copy())
    steps = batch_count(len(rows), settings.batch_size)
    weights = torch.from_numpy(joined.class_weights(shown))

    def batches(epoch: int) -> Iterator[Batch]:
        order = np.array(epoch_order(len(rows), study.config.seed, epoch))
        for part in np.array_split(order, steps):
            yield rows[part], targets[part]

    def loss(network: nn.Module, batch: Batch) -> Tensor:
        features, classes = batch
        return nn.functional.cross_entropy(
            network(features), classes, weights.to(features.device),
            label_smoothing=settings.label_smoothing,
        )  # fmt: skip

    part = f"head-{len(photos)}"
    fit(
        head, loss, batches, steps,
        [{"params": list(head.parameters()), "lr": settings.head_learning_rate,
          "weight_decay": settings.weight_decay}],
        FitSettings(stage="head", epochs=settings.epochs, precision="fp32",
                    device=study.config.device, seed=study.config.seed),
        folder / part, resume=True, tracker=study.tracker_of(part),
    )  # fmt: skip
    return head


def _build(study: Study, default: tuple[int, ...]) -> nn.Sequential:
    settings = study.config.head
    hidden = default if settings.hidden is None else settings.hidden
    return build_head(
        study.backbone.features, len(study.classes), hidden, settings.dropout, settings.batch_norm
    )
