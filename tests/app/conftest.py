from collections.abc import Iterator
from pathlib import Path

import pytest

from app_worlds import AppWorld, app_world

pytest.importorskip("streamlit", reason="needs touchline[app]")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[AppWorld]:
    made = app_world(tmp_path)
    yield made
    made.workspace.catalog.close()
