"""What the photo commands share: settings from words, a look at the data, answers on stdout."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from touchline.cli.words import split_words
from touchline.errors import GateFailedError, UsageError

if TYPE_CHECKING:
    from touchline.photos.classifier import Classifier
    from touchline.photos.config import PhotosConfig

AnyConfig = TypeVar("AnyConfig", bound="PhotosConfig")


def photo_config(
    kind: type[AnyConfig], words: list[str] | None, flags: Mapping[str, Any], file: Path | None
) -> AnyConfig:
    """The configuration that words, flags and a file make; the word that is no setting is the data.

    Raises:
        UsageError: for two such words, or settings that cannot be.
    """
    from touchline.settings import resolve

    paths, overrides = split_words(words or [])
    if len(paths) > 1:
        raise UsageError("one folder or CSV of photos", " and ".join(paths), "Name one of them.")
    return resolve(kind, file, {"data": paths[0] if paths else None, **flags}, overrides)


def given_keys(words: list[str] | None, flags: Mapping[str, Any]) -> list[str]:
    """The settings that come from the command line, by dotted key."""
    paths, overrides = split_words(words or [])
    given = [name for name, value in flags.items() if value is not None]
    return [*given, *(word.partition("=")[0] for word in overrides), *(["data"] if paths else [])]


def describe_data(settings: "PhotosConfig") -> None:
    """Say what a dry run would work on, from names alone: no photo is opened."""
    from touchline.photos.evaluation import plan_evaluation
    from touchline.photos.reading import read_photos

    found = read_photos(settings.data)
    photos = [photo for photo in found.photos if photo.label]
    plan = plan_evaluation(settings.evaluation, photos, settings.seed)
    print(f"{len(photos)} photos of {len(found.classes)} classes; {plan.scheme}")
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


def put(result: str | dict[str, Any]) -> None:
    """Text as it is, anything else as one JSON object."""
    import json

    print(result if isinstance(result, str) else json.dumps(result, ensure_ascii=False))


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
