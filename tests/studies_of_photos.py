"""Studies made without the command line: gathered photos of the tiny world, ready to be taught."""

from pathlib import Path

from touchline.photos.config import (
    BackboneSettings,
    EvaluationSettings,
    PhotosConfig,
    TrainingSettings,
    View,
)  # fmt: skip
from touchline.photos.gather import gather, prepare
from touchline.photos.study import Study

VIEWS = (View(framing="letterbox", size=64), View(framing="crop", size=64, mirrored=True))


def tiny_config(data: Path, cache: Path, **changes: object) -> PhotosConfig:
    """A configuration of the smallest backbone with random weights, in float32 on the CPU."""
    settings = {
        "data": data, "cache": cache, "device": "cpu", "precision": "fp32", "views": VIEWS,
        "backbone": BackboneSettings(name="test_resnet", weights="random"),
        "evaluation": EvaluationSettings(shots=6),
        "training": TrainingSettings(epochs=2, batch_size=8), **changes,
    }  # fmt: skip
    return PhotosConfig(**settings)


def tiny_study(data: Path, cache: Path, **changes: object) -> Study:
    """The photos of `data`, ready to be learnt from."""
    config = tiny_config(data, cache, **changes)
    return prepare(config, gather(data, cache))
