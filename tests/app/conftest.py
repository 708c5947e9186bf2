from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app_server import chromium
from app_worlds import AppWorld, app_world
from match_on_disk import MatchOnDisk, matches_on_disk

pytest.importorskip("streamlit", reason="needs touchline[app]")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[AppWorld]:
    made = app_world(tmp_path)
    yield made
    made.workspace.catalog.close()


@pytest.fixture(scope="module")
def match(tmp_path_factory: pytest.TempPathFactory) -> MatchOnDisk:
    return matches_on_disk(tmp_path_factory.mktemp("match"), "final")["final"]


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """One for all tests of pages; each opens it as a new visitor."""
    with chromium() as opened:
        yield opened
