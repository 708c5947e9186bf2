"""What is in no known layout."""

from pathlib import Path

import pytest

from touchline.errors import UsageError
from touchline.reid.reading.reading import read_crops


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"found nothing at .* Known are SoccerNet ReID v3"):
        read_crops(tmp_path / "none")


def test_an_unknown_folder(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one/a.png").touch()
    with pytest.raises(UsageError, match=r"found none of them in .* Name one of: SoccerNet"):
        read_crops(tmp_path)


def test_an_unknown_file(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    with pytest.raises(UsageError, match=r"found the file .*a.png. Name one of: SoccerNet"):
        read_crops(tmp_path / "a.png")
