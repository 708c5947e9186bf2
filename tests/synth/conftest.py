from collections.abc import Iterator

import pytest

from quick_embedders import quick_embedders
from quick_rehearsals import quick_rehearsals
from taught import own_cache, same_threads, world
from taught_generator import generator_run

__all__ = ["generator_run", "own_cache", "same_threads", "world"]


@pytest.fixture
def quickly() -> Iterator[None]:
    """Trainings without a rehearsal, and scores without a network."""
    with quick_rehearsals(), quick_embedders():
        yield
