import os

import pytest

from archive_on_disk import OLD_TIME_NS, write_photo
from touchline.archive.folder_times import (
    make_folders,
    missing_folders,
    remembered,
    restore_times,
)
from touchline.errors import EnvironmentMissingError


@pytest.fixture
def folder(tmp_path):
    write_photo(tmp_path / "f/a")
    os.utime(tmp_path / "f", ns=(1, OLD_TIME_NS))
    return tmp_path / "f"


def test_a_folder_with_its_old_names_gets_its_old_time(folder):
    entry = remembered(folder)
    write_photo(folder / "b")
    (folder / "b").unlink()
    assert folder.stat().st_mtime_ns != OLD_TIME_NS
    restore_times([entry])
    assert folder.stat().st_mtime_ns == OLD_TIME_NS


@pytest.mark.parametrize("change", ["added", "removed", "renamed"])
def test_one_with_other_names_keeps_its_new_time(folder, change):
    entry = remembered(folder)
    if change == "added":
        write_photo(folder / "b")
    elif change == "removed":
        (folder / "a").unlink()
    else:
        (folder / "a").rename(folder / "b")
    restore_times([entry])
    assert folder.stat().st_mtime_ns != OLD_TIME_NS


def test_one_that_is_gone_is_passed_over(folder, tmp_path):
    entries = [{**remembered(folder), "path": str(tmp_path / "gone")}, remembered(folder)]
    os.utime(folder)
    restore_times(entries)
    assert folder.stat().st_mtime_ns == OLD_TIME_NS


def test_missing_folders_are_made_outermost_first(tmp_path):
    wanted = missing_folders(tmp_path / "a/b/c")
    assert [each.name for each in wanted] == ["a", "b", "c"]
    make_folders(wanted)
    assert (tmp_path / "a/b/c").is_dir()
    assert missing_folders(tmp_path / "a/b/c") == []
    make_folders(wanted)  # there by now


def test_a_folder_that_cannot_be_made_or_listed_is_named(tmp_path):
    write_photo(tmp_path / "file")
    with pytest.raises(EnvironmentMissingError, match="to make the folder"):
        make_folders([tmp_path / "file/sub"])
    with pytest.raises(EnvironmentMissingError, match="to list the folder"):
        remembered(tmp_path / "nowhere")
