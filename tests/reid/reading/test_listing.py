"""The pictures below a folder, by name."""

from pathlib import Path

import pytest

from touchline.errors import UsageError
from touchline.reid.reading.listing import pictures_below


def test_only_pictures_and_each_once(tmp_path: Path) -> None:
    for name in ("b/2.PNG", "b/10.jpg", "a.webp", "a.xmp", ".trash/1.jpg", "b/@eaDir/2.PNG",
                 "__MACOSX/a.jpg", "Thumbs.db", ".a.jpg"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "b/round").symlink_to(tmp_path)
    assert pictures_below(tmp_path) == ["a.webp", "b/10.jpg", "b/2.PNG"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    with pytest.raises(UsageError, match="Not a directory"):
        pictures_below(tmp_path / "a.png")


def test_a_link_to_itself_is_left_to_who_reads_it(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    (tmp_path / "b.png").symlink_to("b.png")
    assert pictures_below(tmp_path) == ["a.png", "b.png"]
