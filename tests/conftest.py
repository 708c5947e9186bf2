from collections.abc import Iterator

import pytest
import torch

from taught_spotter import matches, spotter_run

__all__ = ["matches", "spotter_run"]


@pytest.fixture(scope="session", autouse=True)
def one_thread_for_fixtures() -> None:
    """Those of the whole session are made before the first test's own thread is."""
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Networks this small run faster on one thread, above all beside other test processes."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
