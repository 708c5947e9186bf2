"""Fixtures of tiny actions and a re-identifier taught on them, for folders of tests that ask.

They are imported into the `conftest.py` of those folders.
"""

from pathlib import Path

import pytest

from crop_worlds import soccernet_world
from touchline.cli import main

TINY = (
    "network.name=osnet_x0_25", "network.weights=random", "batch.identities=4",
    "stages=[{height: 32, width: 16, epochs: 2}]", "augment.erase=0",
    "training.learning_rate=0.003", "training.warmup_epochs=0",
)  # fmt: skip
"""Settings with which a re-identifier is taught in seconds."""
CPU = ("--device", "cpu", "--precision", "fp32")


@pytest.fixture(scope="session")
def actions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """SoccerNet's layout: three actions of four people in train, valid and test each."""
    return soccernet_world(tmp_path_factory.mktemp("actions") / "data")


@pytest.fixture(scope="session")
def reid_run(actions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run taught on the tiny actions through the command line."""
    run = tmp_path_factory.mktemp("reidentifier") / "tiny"
    assert main(["reid", "train", str(actions), *TINY, *CPU, "--out", str(run)]) == 0
    return run
