"""Every published spotter is a file that loads, is built as named, and learns."""

from pathlib import Path

import pytest
import torch
import yaml

from match_videos import HEIGHT, WIDTH
from touchline.settings import resolve
from touchline.spotting.config import SpottingConfig
from touchline.spotting.networks.spotter import build_spotter
from touchline.spotting.train import train

FOLDER = Path(__file__).parents[2] / "recipes" / "spotting"
RECIPES = sorted(
    path for path in FOLDER.glob("*.yaml") if "spotting train" in path.read_text(encoding="utf-8")
)
EVERY_RECIPE = pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
LIKE = {"tf_efficientnetv2_b0": "test_efficientnet", "regnety_002": "test_resnet"}
"""A small network that stands in for each when two steps are taken."""


def test_all_published_spotters_are_there() -> None:
    rows = {path.stem.partition("-")[2] for path in RECIPES if path.stem.startswith("003")}
    assert rows == {
        "week6-baseline", "week6-lstm", "week6-lstm-wide", "week6-transformer", "week6-x3d",
        "week6-x3d-lstm", "week7-focal-gamma2", "week7-focal-lstm",
        "week7-tcn", "week7-tdeed", "week7-tridet", "week7-x3d-lstm",
    }  # fmt: skip


@EVERY_RECIPE
def test_it_says_what_it_is(recipe: Path) -> None:
    text = recipe.read_text(encoding="utf-8")
    assert f"--config recipes/spotting/{recipe.name}" in text
    assert "# Data: " in text
    assert "# Offline: " in text
    assert not recipe.stem.startswith("003") or "# Measured: " in text
    if recipe.stem != "sample":
        assert "# Published: " in text


@EVERY_RECIPE
def test_the_network_is_built_as_named(recipe: Path) -> None:
    config = resolve(SpottingConfig, recipe, {"data": Path("data")}, ["encoder.weights=random"])
    network = build_spotter(config, ["PASS", "SHOT"], team=True).eval()
    steps = 12
    frames = torch.zeros(1, steps, network.encoder.channels, 32, 48, dtype=torch.uint8)
    with torch.no_grad():
        outputs = network(frames)
    assert outputs.classes.shape == (1, steps, 3)
    offset = yaml.safe_load(recipe.read_text(encoding="utf-8"))["head"]["offset"]
    assert (outputs.offset is None) == (offset == "none")


@EVERY_RECIPE
def test_two_steps_of_it_end_in_a_scored_run(recipe: Path, matches: Path, tmp_path: Path) -> None:
    config = resolve(SpottingConfig, recipe, {"data": matches, "device": "cpu"})
    name = LIKE.get(config.encoder.name, config.encoder.name)
    steps = 9 if config.encoder.kind == "stacks" else 8
    words = [
        "encoder.weights=random", f"encoder.name={name}", f"frames.height={HEIGHT}",
        f"frames.width={WIDTH}", f"clips.steps={steps}", "clips.batch_size=2", "clips.per_epoch=4",
        "training.epochs=1", "training.warmup_epochs=0", "time.hidden=16",
    ]  # fmt: skip
    if config.encoder.shift != "none":
        words.append("encoder.shifted_stages=1")
    run = train(
        resolve(SpottingConfig, recipe, {"data": matches, "device": "cpu"}, words),
        tmp_path / "run",
    )
    scores = run.read_json("metrics.json")
    assert scores["test"]["official"]["at1"]["a_mAP"] >= 0
    assert run.weights.is_file()
