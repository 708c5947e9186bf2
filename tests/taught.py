"""Fixtures of a world of photos and a run taught on it, for the folders of tests that ask for them.

They are imported into the `conftest.py` of those folders.
"""

from pathlib import Path

import pytest
import torch

from photo_world import draw_world, teach


@pytest.fixture(scope="session", autouse=True)
def same_threads() -> None:
    """Runs made by fixtures compute as tests do: other threads add up in another order."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """36 photos of three classes, and one file that is no photo."""
    folder = draw_world(tmp_path_factory.mktemp("world") / "photos")
    (folder / "blue" / "broken.jpg").write_bytes(b"no photo at all")
    return folder


@pytest.fixture(scope="session")
def taught(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the probe, taught on six photos of each class and scored on the other six."""
    return teach(world, tmp_path_factory.mktemp("taught") / "run", "--shots", "6")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Commands without `cache=` keep their features here and never in the user's folder."""
    monkeypatch.setenv("TOUCHLINE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"
