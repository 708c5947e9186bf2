from pathlib import Path

import pytest

from quick_rehearsals import without_rehearsals
from synth_worlds import teach_generator
from taught import own_cache, same_threads, world

__all__ = ["own_cache", "same_threads", "without_rehearsals", "world"]


@pytest.fixture(scope="session")
def generator_run(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a tiny StyleGAN after four steps; this one was rehearsed."""
    folder = tmp_path_factory.mktemp("generator")
    return teach_generator(world, folder / "run", f"cache={folder / 'cache'}")
