"""What a run writes down of its scores, and reads back to be compared."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from studies_of_photos import tiny_study
from touchline.photos.data import Photo
from touchline.photos.mirror import MirrorMap
from touchline.photos.model import PhotoNetwork, build_head
from touchline.photos.records import (
    PREDICTIONS,
    cost_of,
    data_hash,
    groups_of_run,
    keep_learnt_hashes,
    learnt_hashes,
    scored_run,
    write_records,
)
from touchline.runs import Run

CLASSES = MirrorMap(("Hero", "Kick-l", "Kick-r"), (0, 2, 1))
PHOTOS = [
    Photo(Path("p/h.jpg"), "h.jpg", "Hero"),
    Photo(Path("p/l.jpg"), "l.jpg", "Kick-l", group="player 1"),
    Photo(Path("p/r.jpg"), "r.jpg", "Kick-r", group="player 1"),
]
SIZES = np.array([1, 2, 3])
UNKNOWN = np.zeros(3, int)
PROBABILITIES = np.array([[0.8, 0.1, 0.1], [0.1, 0.3, 0.6], [0.2, 0.1, 0.7]])


def test_a_row_a_photo_and_all_scores(tmp_path: Path) -> None:
    run = Run(tmp_path)
    write_records(run, PHOTOS, PROBABILITIES, SIZES, ["test"] * 3, CLASSES, 0, {"seconds": 2.0})
    table = pd.read_parquet(run.file(PREDICTIONS))
    assert list(table["truth"]) == ["Hero", "Kick-l", "Kick-r"]
    assert list(table["label"]) == ["Hero", "Kick-r", "Kick-r"]
    assert list(table["confidence"]) == [0.8, 0.6, 0.7]
    assert list(table["set_size"]) == [1, 2, 3]
    assert list(table["group"]) == ["h.jpg", "player 1", "player 1"]
    metrics = run.read_json("metrics.json")
    assert metrics["accuracy"]["value"] == 2 / 3
    assert metrics["left_right_confusion"]["value"] == 0.5
    assert metrics["seconds"] == 2.0
    assert (metrics["set_coverage"]["value"], metrics["set_coverage"]["n"]) == (1.0, 3)
    assert metrics["set_size"]["value"] == 2.0
    assert groups_of_run(run) == {"h.jpg": "h.jpg", "l.jpg": "player 1", "r.jpg": "player 1"}
    scored = scored_run(run)
    assert (scored.seconds, scored.parameters) == (2.0, None)
    assert list(scored.predicted) == ["Hero", "Kick-r", "Kick-r"]


def test_sets_that_nobody_knows_are_not_scored(tmp_path: Path) -> None:
    run = Run(tmp_path)
    write_records(run, PHOTOS, PROBABILITIES, UNKNOWN, ["test"] * 3, CLASSES, 0, {})
    assert "set_coverage" not in run.read_json("metrics.json")
    assert list(pd.read_parquet(run.file(PREDICTIONS))["set_size"]) == [0, 0, 0]


def test_photos_scored_twice_are_told_apart_by_their_fold(tmp_path: Path) -> None:
    run = Run(tmp_path)
    parts = ["one"] * 3 + ["two"] * 3
    twice = np.tile(PROBABILITIES, (2, 1))
    write_records(run, PHOTOS * 2, twice, np.tile(SIZES, 2), parts, CLASSES, 0, {})
    assert list(scored_run(run).photos)[2:4] == ["r.jpg (one)", "h.jpg (two)"]
    assert groups_of_run(run)["l.jpg (two)"] == "player 1"


def test_hashes_name_content_and_class(world: Path, tmp_path: Path) -> None:
    study = tiny_study(world, tmp_path / "cache")
    assert data_hash(study) == data_hash(tiny_study(world, tmp_path / "another cache"))
    turned = replace(study, photos=study.photos[::-1], sources=study.sources[::-1])
    assert data_hash(turned) == data_hash(study)
    renamed = (replace(study.photos[0], label="green"), *study.photos[1:])
    assert data_hash(replace(study, photos=renamed)) != data_hash(study)
    run = Run(tmp_path)
    keep_learnt_hashes(run, study, np.array([0, 5]))
    assert learnt_hashes(run) == {study.sources[0].sha256, study.sources[5].sha256}


def test_the_cost_counts_every_view(world: Path, tmp_path: Path) -> None:
    study = tiny_study(world, tmp_path / "cache")
    head = build_head(study.backbone.features, 3, (), 0.0, batch_norm=False)
    cost = cost_of(study, PhotoNetwork(study.backbone.network, head))
    single = replace(
        study, config=study.config.model_copy(update={"views": study.config.views[:1]})
    )
    assert cost["parameters"] == sum(p.numel() for p in study.backbone.network.parameters()) + (
        3 * study.backbone.features + 3
    )
    alone = cost_of(single, PhotoNetwork(study.backbone.network, head))
    assert cost["gflops_per_photo"] == 2 * alone["gflops_per_photo"] > 0
