from pathlib import Path

import pytest

from clip_worlds import EVENTS, WINDOWS, classify_config
from taught import own_cache, same_threads
from touchline.runs import Run
from touchline.spotting.classify.train import train

__all__ = ["own_cache", "same_threads"]


@pytest.fixture(scope="session")
def window_run(matches: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run taught on windows of the tiny matches."""
    return train(classify_config(matches, *WINDOWS), tmp_path_factory.mktemp("windows") / "run")


@pytest.fixture(scope="session")
def event_run(matches: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run taught on clips of one event each."""
    return train(classify_config(matches, *EVENTS), tmp_path_factory.mktemp("events") / "run")
