from collections.abc import Iterator
from pathlib import Path

import pytest

from empty_catalogs import empty_catalog, quick_commits
from postgresql_server import (
    postgresql_catalog_url,
    postgresql_server,
    postgresql_tables,
    postgresql_url,
)
from touchline.archive.catalog.opening import Catalog

__all__ = [
    "postgresql_catalog_url",
    "postgresql_server",
    "postgresql_tables",
    "postgresql_url",
    "quick_commits",
]


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty catalog of a test lies: in a file, and in a database where there is one."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return str(tmp_path / "touchline.catalog")


@pytest.fixture(params=["sqlite", "postgresql"])
def catalog(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalog]:
    """An empty catalog on each kind of database."""
    where = str(tmp_path / "touchline.catalog")
    if request.param == "postgresql":
        where = request.getfixturevalue("postgresql_catalog_url")
    opened = empty_catalog(where)
    yield opened
    opened.close()
