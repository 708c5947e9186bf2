"""A study never harms a file that is not its own."""

from pathlib import Path

import pytest

from touchline.errors import UsageError
from touchline.training.tuning.storage import open_storage


@pytest.mark.parametrize(
    "content", [b"notes without an end", b"two\nlines\nand a rest", b'{"a": 1}\n{"b"', b"\n"]
)
def test_another_file_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=r"something else in .*notes\.txt, which is left as it is"):
        open_storage(str(file), "study")
    assert file.read_bytes() == content
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_is_refused_and_nothing_is_put_beside_it(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match=r"the journal of a study; found Is a directory: .*folder"):
        open_storage(str(tmp_path / "folder"), "study")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_an_empty_file_becomes_a_journal(tmp_path: Path) -> None:
    file = tmp_path / "study.journal"
    file.touch()
    opened = open_storage(str(file), "study")
    assert opened.storage.get_all_studies() == []
