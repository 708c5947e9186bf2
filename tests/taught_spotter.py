"""Fixtures of tiny matches and a spotter taught on them, for the folders of tests that ask for it.

They are imported into the `conftest.py` of those folders.
"""

from pathlib import Path

import pytest

from match_videos import HEIGHT, WIDTH, draw_matches
from touchline.cli import main

TINY = (
    f"frames.height={HEIGHT}", f"frames.width={WIDTH}", "encoder.name=test_resnet",
    "encoder.weights=random", "encoder.stage=null", "encoder.frozen=false", "time.kind=lstm",
    "time.layers=1", "clips.batch_size=4", "augment.mixup=0",
    "encoder.colour=rgb", "clips.steps=25", "clips.per_epoch=32", "clips.dilation=1",
    "training.epochs=4", "training.learning_rate=0.003", "time.hidden=16",
)  # fmt: skip
"""Settings with which a spotter learns the tiny matches in seconds."""


@pytest.fixture(scope="session")
def matches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two matches to learn from, one to choose by, one to test on."""
    return draw_matches(tmp_path_factory.mktemp("matches") / "data")


@pytest.fixture(scope="session")
def spotter_run(matches: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run taught on the tiny matches through the command line."""
    run = tmp_path_factory.mktemp("spotter") / "run"
    where = ("--device", "cpu", "--precision", "fp32", "--out", str(run))
    assert main(["spotting", "train", str(matches), *TINY, *where]) == 0
    return run
