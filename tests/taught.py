"""Fixtures of a world of photos and a run taught on it, for the folders of tests that ask for them.

They are imported into the `conftest.py` of those folders.
"""

from pathlib import Path

import pytest

from photo_world import draw_world, teach


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
