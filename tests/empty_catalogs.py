"""Empty catalogs for tests: made once, then copied; and commits that do not wait for the disk."""

import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from touchline.archive.catalog import engines
from touchline.archive.catalog.opening import Catalog, open_catalog


def empty_catalog(where: str | Path) -> Catalog:
    """A new catalog in a file; one that is there, or in a database, is opened."""
    if "://" not in str(where) and not Path(where).exists():
        Path(where).parent.mkdir(parents=True, exist_ok=True)
        Path(where).write_bytes(_empty_file())
    return open_catalog(where, create=True)


@pytest.fixture(scope="session", autouse=True)
def quick_commits() -> Iterator[None]:
    """No test of this process cuts the power, so SQLite need not wait for the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "SYNCHRONOUS", "OFF")
        yield


@cache
def _empty_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "touchline.catalog")
        open_catalog(file, create=True).close()
        return file.read_bytes()
