"""The published clip classifiers as recipes: each loads, builds as named, and runs."""

from pathlib import Path

import numpy as np
import pytest
import torch

from touchline.settings import resolve
from touchline.spotting import track_source
from touchline.spotting.classify.config import ClassifyConfig
from touchline.spotting.classify.network import TRACK_FEATURES, build_clip_classifier
from touchline.spotting.classify.records import read_records
from touchline.spotting.classify.train import train
from touchline.spotting.tracks.detections import Detections
from tracks_drawn import around, seen

FOLDER = Path(__file__).parents[3] / "recipes" / "spotting"
RECIPES = [*FOLDER.glob("002-*.yaml"), *sorted(FOLDER.glob("003-week5-*.yaml"))]
LIKE = {
    "resnet50": "test_resnet", "efficientnet_b0": "test_efficientnet",
    "convnext_tiny": "test_convnext", "tf_efficientnetv2_s": "test_efficientnet",
    "regnety_002": "regnety_002",
}  # fmt: skip
"""A small network of the same kind, so that two steps of each recipe take a second."""
SHRUNK = (
    "encoder.weights=random", "frames.rate=2", "frames.height=32", "frames.width=48",
    "clips.steps=6", "clips.per_epoch=4", "clips.batch_size=2", "training.epochs=1",
    "head.clusters=4", "precision=fp32",
)  # fmt: skip
EVERY_RECIPE = pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)


class OneEverywhere:
    """Sees one player in the middle of every frame."""

    fingerprint = "one everywhere"

    def __call__(self, frames: np.ndarray) -> list[Detections]:
        return [seen((around(24, 24), 0.9)) for _ in frames]


def test_all_published_clip_classifiers_are_there() -> None:
    assert len(RECIPES) == 7


@EVERY_RECIPE
def test_it_says_what_it_is(recipe: Path) -> None:
    text = recipe.read_text(encoding="utf-8")
    assert f"--config recipes/spotting/{recipe.name}" in text
    for word in ("# Data: ", "# Published: ", "# Fault: ", "# Measured: ", "# Offline: "):
        assert word in text


@EVERY_RECIPE
def test_the_network_is_built_as_named(recipe: Path) -> None:
    config = resolve(ClassifyConfig, recipe, {"data": Path("data")}, ["encoder.weights=random"])
    network = build_clip_classifier(config, 12).eval()
    frames = torch.zeros(1, 6, network.encoder.channels, 32, 48, dtype=torch.uint8)
    tracks = torch.zeros(1, 6, TRACK_FEATURES) if network.tracks is not None else None
    with torch.no_grad():
        assert network(frames, tracks).shape == (1, 12)
    assert f"--config recipes/spotting/{recipe.name}" in recipe.read_text(encoding="utf-8")


@EVERY_RECIPE
def test_two_steps_of_it_end_in_a_scored_run(
    recipe: Path, matches: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(track_source, "_detector", lambda _: OneEverywhere())
    published = resolve(ClassifyConfig, recipe, {"data": matches, "device": "cpu"})
    small = f"encoder.name={LIKE[published.encoder.name]}"
    run = train(
        resolve(ClassifyConfig, recipe, {"data": matches, "device": "cpu"}, [*SHRUNK, small]),
        tmp_path / "run",
    )
    parts = read_records(run)
    assert list(parts) == ["test", "valid"]
    assert all(np.isfinite(part.confidences).all() for part in parts.values())
    assert run.file("report.html").is_file()
