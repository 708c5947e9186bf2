"""Every published photo classifier is a file that loads and learns."""

from pathlib import Path

import pytest

from photo_world import draw_world
from touchline.photos.config import PhotosConfig
from touchline.photos.train import train
from touchline.settings import resolve

RECIPES = sorted((Path(__file__).parents[2] / "recipes" / "photos").glob("*.yaml"))
EVERY_RECIPE = pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)


def test_all_published_classifiers_are_there() -> None:
    assert {path.stem for path in RECIPES} == {
        "000-layer4-and-head", "001-resnet50", "001-resnet101", "001-resnet152",
        "001-yolov8s-cls",
    }  # fmt: skip


@EVERY_RECIPE
def test_it_says_what_it_is(recipe: Path) -> None:
    text = recipe.read_text(encoding="utf-8")
    assert f"--config recipes/photos/{recipe.name}" in text
    for word in ("# Data: ", "# Published: ", "# Fault: ", "# Measured: ", "# Offline: "):
        assert word in text
    network = resolve(PhotosConfig, recipe, {"data": Path("data")}).backbone.name
    assert network == "resnet50" or recipe.stem.endswith(f"-{network}")


@EVERY_RECIPE
def test_two_steps_of_it_end_in_a_scored_run(recipe: Path, tmp_path: Path) -> None:
    world = draw_world(tmp_path / "photos", count=6)
    words = [
        "backbone.name=test_resnet", "backbone.weights=random", "evaluation.holdout=0.34",
        "views=[{framing: squash, size: 32}]", "training.epochs=1", "precision=fp32",
        f"cache={tmp_path / 'cache'}",
    ]  # fmt: skip
    config = resolve(PhotosConfig, recipe, {"data": world, "device": "cpu"}, words)
    run = train(config, tmp_path / "run")
    assert run.read_json("metrics.json")["accuracy"]["n"] > 0
