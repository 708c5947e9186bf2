"""What the photo commands share: a look at the data, a classifier, a gate for the score."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from touchline.errors import GateFailedError

if TYPE_CHECKING:
    from touchline.photos.classifier import Classifier
    from touchline.photos.config import PhotosConfig

PHOTOS = "one folder or CSV of photos"


def describe_data(settings: "PhotosConfig") -> None:
    """Say what a dry run would work on, from names alone: no photo is opened."""
    from touchline.photos.evaluation import plan_evaluation
    from touchline.photos.reading import read_photos

    found = read_photos(settings.data)
    photos = [photo for photo in found.photos if photo.label]
    plan = plan_evaluation(settings.evaluation, photos, settings.seed)
    print(f"{len(photos)} photos of {len(found.classes)} classes; {plan.scheme}")
    if settings.synthetic is not None:
        from touchline.photos.synthetic.made import read_made

        made = read_made(settings.synthetic)
        print(
            f"{sum(made.counts.values())} synthetic photos to learn from, by {made.generator}; "
            "whether it has seen photos that score is looked at before the training"
        )
    for each in found.rejected:
        print(f"left out: {each.path}: {each.reason}", file=sys.stderr)


def open_classifier(model: Path, device: Any, precision: Any) -> "Classifier":
    """The classifier of a run folder or of an exported ONNX file."""
    if model.suffix == ".onnx":
        from touchline.photos.onnx_model import load_onnx

        return load_onnx(model)
    from touchline.photos.classifier import load_classifier
    from touchline.runs import open_run

    return load_classifier(open_run(model), device, precision)


def require_accuracy(value: float, least: float | None) -> None:
    """End with exit code 4 when a score is below what was asked for.

    Raises:
        GateFailedError: it is.
    """
    if least is not None and value < least:
        raise GateFailedError(
            f"an accuracy of at least {least}", f"{value:.4f}",
            "Look at the report for what went wrong, or lower --min-accuracy.",
        )  # fmt: skip
