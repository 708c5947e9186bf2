"""Every published re-identifier is a file that loads, is built as named, and learns."""

from pathlib import Path

import pytest
import torch

from touchline.reid.config import ReidConfig
from touchline.reid.networks.embedder import build_embedder
from touchline.reid.train import train
from touchline.settings import resolve

RECIPES = sorted((Path(__file__).parents[2] / "recipes" / "reid").glob("*.yaml"))
EVERY_RECIPE = pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
LIKE = {
    "resnet50": "test_resnet", "osnet_ain_x1_0": "osnet_ain_x0_25",
    "vit_small_patch14_dinov2.lvd142m": "test_vit",
}  # fmt: skip
"""A small network that stands in for each when two steps are taken."""


def test_all_published_re_identifiers_are_there() -> None:
    rows = {path.stem for path in RECIPES if path.stem.startswith("004")}
    assert rows == {"004-resnet50", "004-osnet-ain", "004-dinov2-lora"}


@EVERY_RECIPE
def test_it_says_what_it_is(recipe: Path) -> None:
    text = recipe.read_text(encoding="utf-8")
    assert f"--config recipes/reid/{recipe.name}" in text
    assert "# Data: " in text
    assert "# Offline: " in text
    assert not recipe.stem.startswith("004") or "# Measured: " in text
    if recipe.stem != "sample":
        assert "# Published: " in text


@EVERY_RECIPE
def test_the_network_is_built_as_named(recipe: Path) -> None:
    config = resolve(ReidConfig, recipe, {"data": Path("data")}, ["network.weights=random"])
    size = config.stages[0].height, config.stages[0].width
    embedder = build_embedder(config.network, size)
    vectors = embedder.embed(torch.zeros(1, 3, *size))
    assert vectors.shape == (1, embedder.features)
    assert (embedder.trainable_share < 0.1) == bool(config.network.lora_rank)


@EVERY_RECIPE
def test_every_stage_of_it_ends_in_a_scored_run(
    recipe: Path, actions: Path, tmp_path: Path
) -> None:
    config = resolve(ReidConfig, recipe, {"data": actions, "device": "cpu"})
    name = LIKE.get(config.network.name, config.network.name)
    side = {"test_vit": 64, "osnet_ain_x0_25": 32}.get(name, 16)
    stages = ",".join(
        f"{{share: {stage.share}, height: {side * (number + 1)}, width: {side}, epochs: 1}}"
        for number, stage in enumerate(config.stages)
    )
    words = [
        f"network.name={name}", "network.weights=random", f"stages=[{stages}]",
        "batch.identities=3", "precision=fp32", "training.warmup_epochs=0",
    ]  # fmt: skip
    run = train(
        resolve(ReidConfig, recipe, {"data": actions, "device": "cpu"}, words), tmp_path / "r"
    )
    metrics = run.read_json("metrics.json")
    assert metrics["test"]["mAP"]["n"] == 9
