"""Files whole or not at all."""

import hashlib
import stat
from pathlib import Path

import pytest

from touchline.files import sha256_of_bytes, sha256_of_file, write_atomically


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1])
def test_the_hash_of_a_file_is_that_of_its_bytes(tmp_path: Path, size: int) -> None:
    content = b"x" * size
    (tmp_path / "f").write_bytes(content)
    expected = hashlib.sha256(content).hexdigest()
    assert sha256_of_file(tmp_path / "f") == sha256_of_bytes(content) == expected


def test_an_atomic_write_replaces_and_keeps_the_mode(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "f.txt"
    write_atomically(file, "one")
    file.chmod(0o600)
    write_atomically(file, b"two")
    assert file.read_text() == "two"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [p.name for p in file.parent.iterdir()] == ["f.txt"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "f.txt"
    write_atomically(file, "old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("touchline.files.os.fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(file, "new")
    assert file.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["f.txt"]
