"""A power cut keeps only what was forced to the disk, so the order of forcing is what is tested."""

import os
from pathlib import Path

import pytest

from archive_on_disk import OLD_TIME_NS
from touchline.archive import durable
from touchline.archive.sort.apply import apply_plan
from touchline.archive.sort.history import journal_path
from touchline.archive.sort.transfer import MODES
from touchline.archive.sort.undo import undo_plan


class Disk:
    """Sees every call that changes a name, and what has been forced to the disk by then."""

    def __init__(self, monkeypatch, journal: Path) -> None:
        self.journal, self.announced = journal, b""
        self.synced: set[tuple[int, int]] = set()  # (inode, size) of files, as forced
        self.folders: list[str] = []  # folders forced since their last change
        self.pending: set[str] = set()  # folders changed since they were forced
        self.renamed = 0
        sync = os.fsync

        def fsync(descriptor: int) -> None:
            status = os.fstat(descriptor)
            if journal.exists() and status.st_ino == journal.stat().st_ino:
                self.announced = journal.read_bytes()
            self.synced.add((status.st_ino, status.st_size))
            self.pending.discard(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
            sync(descriptor)

        monkeypatch.setattr(os, "fsync", fsync)
        for name in ("symlink", "link"):
            self.watch(monkeypatch, os, name, destination=1)
        self.watch(monkeypatch, durable, "_rename_without_overwriting", destination=1)
        self.watch(monkeypatch, os, "mkdir", destination=0)
        self.watch(monkeypatch, os, "unlink", destination=0)

    def watch(self, monkeypatch, module, name: str, destination: int) -> None:
        call = getattr(module, name)

        def watched(*words, **more):
            path = Path(os.fsdecode(words[destination]))
            result = call(*words, **more)
            self.changed(name, path, words)
            return result

        monkeypatch.setattr(module, name, watched)

    def changed(self, name: str, path: Path, words) -> None:
        if path == self.journal:
            return
        if not path.name.startswith(".touchline-"):
            assert os.fsencode(f'"{path}"') in self.announced, f"{name} {path} was not announced"
        if name == "_rename_without_overwriting":
            status = path.stat()
            if Path(os.fsdecode(words[0])).name.startswith(".touchline-"):
                assert (status.st_ino, status.st_size) in self.synced, f"{path} named before forced"
            self.renamed += 1
            self.pending.add(str(Path(os.fsdecode(words[0])).parent))
        self.pending.add(str(path.parent))


@pytest.fixture
def disk(world, monkeypatch):
    return Disk(monkeypatch, journal_path(world.plan))


@pytest.mark.parametrize("mode", MODES)
def test_nothing_is_done_before_it_is_announced_and_all_is_forced_at_the_end(world, disk, mode):
    apply_plan(world.plan, mode)
    assert disk.renamed == (7 if mode in ("copy", "move") else 0)
    assert disk.pending == set()
    undo_plan(world.plan)
    assert b'"undone"' in disk.announced
    assert disk.pending <= {str(world.root), *map(str, world.root.glob("*"))}  # they are gone


@pytest.mark.parametrize("mode", MODES)
def test_what_is_said_to_be_done_was_forced_before_the_next_batch(world, disk, mode, monkeypatch):
    from touchline.archive.sort import steps

    monkeypatch.setattr(steps, "FILES_A_BATCH", 2)
    confirm = steps.Sorting._confirm

    def forced(self, transfers, reasons):
        assert disk.pending == set()
        confirm(self, transfers, reasons)

    monkeypatch.setattr(steps.Sorting, "_confirm", forced)
    assert apply_plan(world.plan, mode).placed == 7


def test_a_move_keeps_the_old_name_until_the_new_one_is_forced(world, disk, monkeypatch):
    monkeypatch.setattr(durable, "_renameat2", lambda: None)
    unlink, removed = os.unlink, []

    def forced(path, **more):
        if Path(path).parent.parent == world.base / "in":
            removed.append(path)
            assert not any(str(world.root) in folder for folder in disk.pending)
        unlink(path, **more)

    monkeypatch.setattr(os, "unlink", forced)
    assert apply_plan(world.plan, "move").placed == 7
    assert len(removed) == 7
    assert (world.root / "Kick-l/1.jpg").stat().st_mtime_ns == OLD_TIME_NS
