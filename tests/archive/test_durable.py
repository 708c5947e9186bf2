import errno
import fcntl
import os

import pytest

from touchline.archive import durable
from touchline.archive.durable import add_name, sync_files, sync_names
from touchline.archive.journal import open_journal
from touchline.errors import EnvironmentMissingError


@pytest.fixture(params=["rename", "link"])
def way(request, monkeypatch):
    """Both ways of giving a name: Linux's own, and the one that works everywhere."""
    if request.param == "link":
        monkeypatch.setattr(durable, "_renameat2", lambda: None)
    elif durable._renameat2() is None:
        pytest.skip("this system cannot rename without overwriting")
    return request.param


@pytest.mark.usefixtures("way")
class TestGivingAName:
    @pytest.mark.parametrize("taken_by", ["file", "folder", "link", "broken link"])
    def test_never_overwrites(self, tmp_path, taken_by):
        (tmp_path / "new").write_bytes(b"new")
        place = tmp_path / "place"
        if taken_by == "file":
            place.write_bytes(b"old")
        elif taken_by == "folder":
            place.mkdir()
        else:
            place.symlink_to(tmp_path / ("new" if taken_by == "link" else "nowhere"))
        before = place.lstat()
        with pytest.raises(FileExistsError):
            add_name(tmp_path / "new", place)
        assert os.path.samestat(before, place.lstat())
        assert (tmp_path / "new").read_bytes() == b"new"

    def test_is_the_very_same_file(self, tmp_path):
        (tmp_path / "old").write_bytes(b"x")
        before = (tmp_path / "old").stat()
        add_name(tmp_path / "old", tmp_path / "caf\udce9")
        assert os.path.samestat(before, (tmp_path / "caf\udce9").stat())

    def test_of_a_link_names_the_link(self, tmp_path):
        (tmp_path / "link").symlink_to("nowhere")
        add_name(tmp_path / "link", tmp_path / "new")
        assert str((tmp_path / "new").readlink()) == "nowhere"

    def test_of_nothing(self, tmp_path):
        with pytest.raises(FileNotFoundError):
            add_name(tmp_path / "nothing", tmp_path / "new")


def test_linux_knows_the_rename(tmp_path):
    """So that disks without hard links, as on camera cards, are served."""
    if durable._renameat2() is None:
        pytest.skip("not on this system")
    (tmp_path / "old").write_bytes(b"x")
    add_name(tmp_path / "old", tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_a_file_that_cannot_be_forced_says_so_in_its_future(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    futures = sync_files([tmp_path / "a", tmp_path / "b"])
    assert futures[tmp_path / "a"].exception() is None
    assert isinstance(futures[tmp_path / "b"].exception(), FileNotFoundError)
    assert sync_files([]) == {}


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP])
def test_a_share_that_cannot_force_folders_is_taken_as_it_is(tmp_path, monkeypatch, number):
    def refuse(_descriptor):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    sync_names(tmp_path)


def test_a_disk_with_a_fault_is_not(tmp_path, monkeypatch):
    def refuse(_descriptor):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(EnvironmentMissingError, match="found input/output error"):
        sync_names(tmp_path)


def test_a_disk_that_cannot_lock_is_named(tmp_path, monkeypatch):
    def refuse(_descriptor, _kind):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with (
        pytest.raises(EnvironmentMissingError, match="found no locks available"),
        open_journal(tmp_path / "journal"),
    ):
        pass
