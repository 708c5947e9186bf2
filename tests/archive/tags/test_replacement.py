import os

import pytest

from touchline.archive.tags import replacement
from touchline.archive.tags.replacement import Replacement, replace_all
from touchline.files import sha256_of_bytes

OLD = b"old"


def test_made_and_replaced_and_refused(tmp_path):
    for name in ("there", "edited", "taken"):
        (tmp_path / name).write_bytes(OLD)
    (tmp_path / "there").chmod(0o640)
    expected = {"new": None, "there": OLD, "edited": b"what it was", "taken": None, "gone": OLD}
    refused = replace_all(
        [
            Replacement(tmp_path / name, b"new", tmp_path / f".u-{name}",
                        None if now is None else sha256_of_bytes(now), 10**18 + 7)
            for name, now in expected.items()
        ]
    )  # fmt: skip
    assert {path.name: reason for path, reason in refused.items()} == {
        "edited": "it was changed just now by another program",
        "taken": f"a file appeared at {tmp_path}/taken",
        "gone": "no such file or directory",
    }
    contents = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert contents == {"new": b"new", "there": b"new", "edited": OLD, "taken": OLD}
    assert (tmp_path / "there").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "new").stat().st_mtime_ns == 10**18 + 7


def test_nothing_to_do():
    assert replace_all([]) == {}


def test_content_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    synced = set()
    sync, put = os.fsync, replacement._put_in_place

    def fsync(descriptor):
        synced.add(os.fstat(descriptor).st_ino)
        sync(descriptor)

    def put_in_place(file):
        assert file.unfinished.stat().st_ino in synced
        put(file)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(replacement, "_put_in_place", put_in_place)
    files = [Replacement(tmp_path / n, b"x", tmp_path / f".{n}", None) for n in "abc"]
    assert replace_all(files) == {}
    assert tmp_path.stat().st_ino in synced


@pytest.mark.parametrize("failure", [KeyboardInterrupt, MemoryError])
def test_nothing_is_left_behind_when_it_is_stopped(tmp_path, monkeypatch, failure):
    def stopped(_paths):
        raise failure

    monkeypatch.setattr(replacement, "sync_files", stopped)
    with pytest.raises(failure):
        replace_all([Replacement(tmp_path / "a", b"x", tmp_path / ".a", None)])
    assert list(tmp_path.iterdir()) == []
