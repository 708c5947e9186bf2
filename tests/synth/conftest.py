from collections.abc import Iterator
from pathlib import Path

import pytest

from quick_embedders import quick_embedders
from quick_rehearsals import quick_rehearsals
from synth_worlds import teach_generator
from taught import own_cache, same_threads, world

__all__ = ["own_cache", "same_threads", "world"]


@pytest.fixture
def quickly() -> Iterator[None]:
    """Trainings without a rehearsal, and scores without a network."""
    with quick_rehearsals(), quick_embedders():
        yield


@pytest.fixture(scope="session")
def generator_run(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a tiny StyleGAN after four steps."""
    folder = tmp_path_factory.mktemp("generator")
    with quick_rehearsals(), quick_embedders():
        return teach_generator(world, folder / "run", f"cache={folder / 'cache'}")
