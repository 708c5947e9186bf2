"""What a study of photos rests on: photos held out to test, settings that may be tuned, terms."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from touchline.errors import UsageError
from touchline.files import sha256_of_bytes
from touchline.photos.config import PhotosConfig, Recipe
from touchline.photos.data import Photo
from touchline.photos.evaluation import Evaluation, plan_evaluation
from touchline.photos.gather import Gathered, require_two_classes
from touchline.photos.reading import read_photos
from touchline.photos.synthetic.alone import refuse_synthetic
from touchline.training.tuning.own_space import Tunable, packaged_space

HELD_OUT = 0.2
NOT_TUNED = ("data", "seed", "evaluation", "synthetic", "cache", "device", "tracking")
DEFAULT_SPACES = {"probe": "photos-probe.yaml", "finetune": "photos-000.yaml",
                  "two-stage": "photos-000.yaml"}  # fmt: skip


def with_test(config: PhotosConfig, photos: Sequence[Photo]) -> tuple[PhotosConfig, Evaluation]:
    """The configuration with photos held out to test the winner on, and the split it makes.

    Where neither the settings nor the data hold any out, a fifth of each class is.

    Raises:
        UsageError: the split asked for has folds, so that every photo is learnt from; or there are
            synthetic photos.
    """
    refuse_synthetic(config, "to tune on")
    plan = plan_evaluation(config.evaluation, photos, config.seed)
    if plan.repeats and config.evaluation.split is not None:
        raise UsageError(
            "photos held out to test the winner on", plan.scheme,
            "Name a split into train and test, or use --shots or --holdout.",
        )  # fmt: skip
    if not plan.repeats:
        return config, plan
    settings = config.evaluation.model_copy(update={"holdout": HELD_OUT})
    config = config.model_copy(update={"evaluation": settings})
    return config, plan_evaluation(settings, photos, config.seed)


def tunable(recipe: Recipe) -> Tunable:
    """What may be tuned of a recipe."""
    return Tunable("classifier", packaged_space(__package__, DEFAULT_SPACES[recipe]), NOT_TUNED)


def labelled_photos(config: PhotosConfig) -> list[Photo]:
    """The photos with a class, from names alone, for a dry run that refuses what the work would.

    Raises:
        UsageError: the data cannot be read, or has fewer than two classes.
    """
    found = read_photos(config.data)
    require_two_classes(found.classes, config.data)
    return [photo for photo in found.photos if photo.label]


def terms_of(config: PhotosConfig, gathered: Gathered, learning: np.ndarray) -> Mapping[str, Any]:
    """What must be the same in all processes of a study: photos, classes, split and settings.

    Where the photos lie, and on which device the network runs, may differ between machines.
    """
    elsewhere = {"data", "synthetic", "cache", "device", "tracking"}
    settings = config.model_dump(mode="json", exclude=elsewhere)
    settings["evaluation"].pop("split")
    inside = set(learning.tolist())
    lines = [
        f"{print_.sha256} {photo.label} {place in inside}\n"
        for place, (photo, print_) in enumerate(
            zip(gathered.photo_set.photos, gathered.fingerprints, strict=True)
        )
    ]
    return {"data": sha256_of_bytes("".join(sorted(lines)).encode()), "settings": settings}
