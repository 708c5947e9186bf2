"""What a study of photos rests on: photos held out to test, settings that may be tuned, terms."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from touchline.errors import UsageError
from touchline.files import sha256_of_bytes
from touchline.photos.config import PhotosConfig
from touchline.photos.data import Photo
from touchline.photos.evaluation import Evaluation, plan_evaluation
from touchline.photos.gather import Gathered
from touchline.photos.reading import read_photos
from touchline.training.tuning.own_space import describe_space, open_space, packaged_space
from touchline.training.tuning.plans import SamplerName
from touchline.training.tuning.space import Space

HELD_OUT = 0.2
NOT_TUNED = ("data", "seed", "evaluation", "cache", "device", "tracking")
DEFAULT_SPACES = {"probe": "photos-probe.yaml", "finetune": "photos-000.yaml",
                  "two-stage": "photos-000.yaml"}  # fmt: skip


def with_test(config: PhotosConfig, photos: Sequence[Photo]) -> tuple[PhotosConfig, Evaluation]:
    """The configuration with photos held out to test the winner on, and the split it makes.

    Where neither the settings nor the data hold any out, a fifth of each class is.

    Raises:
        UsageError: the split asked for has folds, so that every photo is learnt from.
    """
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


def space_for(config: PhotosConfig, file: Path | None, fixed: Sequence[str] = ()) -> Space:
    """The space of a study: a file, or the recipe's own where it is None; see `open_space`.

    Raises:
        UsageError: as `open_space` does.
    """
    own = packaged_space(__package__, DEFAULT_SPACES[config.recipe])
    return open_space(file or own, config, fixed, NOT_TUNED, "classifier")


def preview(config: PhotosConfig, space: Space, sampler: SamplerName) -> str:
    """What a study would work on, from names alone: no photo is opened.

    Raises:
        UsageError: the photos or the space cannot be used.
    """
    found = [photo for photo in read_photos(config.data).photos if photo.label]
    config, plan = with_test(config, found)
    return (
        f"{len(found)} photos of {len({photo.label for photo in found})} classes; {plan.scheme}; "
        f"{config.evaluation.folds} folds a trial\n{describe_space(space, sampler)}"
    )


def terms_of(config: PhotosConfig, gathered: Gathered, learning: np.ndarray) -> Mapping[str, Any]:
    """What must be the same in all processes of a study: photos, classes, split and settings.

    Where the photos lie, and on which device the network runs, may differ between machines.
    """
    settings = config.model_dump(mode="json", exclude={"data", "cache", "device", "tracking"})
    settings["evaluation"].pop("split")
    inside = set(learning.tolist())
    lines = [
        f"{print_.sha256} {photo.label} {place in inside}\n"
        for place, (photo, print_) in enumerate(
            zip(gathered.photo_set.photos, gathered.fingerprints, strict=True)
        )
    ]
    return {"data": sha256_of_bytes("".join(sorted(lines)).encode()), "settings": settings}
