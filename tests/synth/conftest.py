from pathlib import Path

import pytest

from synth_worlds import teach_generator
from taught import own_cache, same_threads, world

__all__ = ["own_cache", "same_threads", "world"]


@pytest.fixture(scope="session")
def generator_run(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a tiny StyleGAN after four steps."""
    folder = tmp_path_factory.mktemp("generator")
    return teach_generator(world, folder / "run", f"cache={folder / 'cache'}")
