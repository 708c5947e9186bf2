from collections.abc import Iterator
from pathlib import Path

import pytest

from postgresql_server import postgresql_server, postgresql_url
from touchline.archive.catalog.opening import Catalog, open_catalog

__all__ = ["postgresql_server", "postgresql_url"]


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty catalog of a test lies: in a file, and in a database where there is one."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return str(tmp_path / "touchline.catalog")


@pytest.fixture
def catalog(place: str) -> Iterator[Catalog]:
    """An empty catalog on each kind of database."""
    opened = open_catalog(place, create=True)
    yield opened
    opened.close()
