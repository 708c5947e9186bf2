"""What a run says of photos whose frozen features are mostly kept already."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from touchline.backbones.loading import load_backbone
from touchline.files import default_cache
from touchline.photos.calibration import Calibration
from touchline.photos.classifier import load_network, load_scope
from touchline.photos.config import PhotosConfig
from touchline.photos.data import Photo
from touchline.photos.features import Source
from touchline.photos.mirror import MirrorMap
from touchline.photos.relearning.untouched import UntouchedPhoto
from touchline.photos.study import Study
from touchline.runs import Run
from touchline.settings import resolve
from touchline.training.devices import choose_device, choose_precision


@dataclass(frozen=True)
class Opinion:
    """What a run says of one photo.

    Attributes:
        label: its best class.
        confidence: calibrated, in [0, 1].
        is_doubtful: the confidence is too low, or the photo is unlike anything learnt.
    """

    label: str
    confidence: float
    is_doubtful: bool


def opinions_of(
    run: Run, photos: Sequence[UntouchedPhoto], doubtful_below: float
) -> tuple[Opinion, ...]:
    """Label photos with a finished run of the probe.

    Args:
        run: the run.
        photos: in any order.
        doubtful_below: a confidence below this is doubtful.

    Raises:
        UsageError: the run is unfinished or damaged.
    """
    if not photos:
        return ()
    network, _ = load_network(run)
    study = study_of(run, photos)
    logits, embeddings = study.score(network, np.arange(len(photos)))
    calibration = Calibration.from_dict(run.read_json("calibration.json"))
    probabilities, scope = calibration.probabilities(logits), load_scope(run)
    best, confidences = probabilities.argmax(axis=1), probabilities.max(axis=1)
    doubtful = (confidences < doubtful_below) | (scope.distances(embeddings) > scope.threshold)
    return tuple(
        Opinion(study.classes[place], confidence, is_doubtful)
        for place, confidence, is_doubtful in zip(
            best.tolist(), confidences.tolist(), doubtful.tolist(), strict=True
        )
    )


def study_of(run: Run, photos: Sequence[UntouchedPhoto]) -> Study:
    """The photos as the run studied its own, so that features kept for one serve the other.

    Args:
        run: a finished run.
        photos: their classes need not be known, and are not looked at.

    Raises:
        UsageError: the run is unfinished or damaged.
    """
    config = resolve(PhotosConfig, file=run.config)
    device = choose_device(config.device)
    return Study(
        config=config,
        photos=tuple(Photo(each.path, each.path.as_posix(), each.truth) for each in photos),
        twins=np.array([each.group for each in photos]),
        sources=tuple(Source(each.path, each.sha256) for each in photos),
        labels=np.full(len(photos), -1),
        mirror=MirrorMap.from_dict(run.read_json("labels.json")),
        mirroring=run.read_json("manifest.json")["mirroring"],
        backbone=load_backbone(config.backbone.name, config.backbone.weights, config.seed),
        device=device,
        precision=choose_precision(config.precision, device),
        cache=config.cache or default_cache(),
    )
