import os
import shutil
from pathlib import Path

import pytest

from archive_on_disk import OLD_TIME_NS, World, labelled, picture_of, small_world, write_photo
from touchline.archive.journal import read_journal
from touchline.archive.sort import steps, transfer
from touchline.archive.sort.apply import apply_plan, preview_apply
from touchline.archive.sort.plan import plan_sort
from touchline.archive.sort.plan_table import write_plan
from touchline.archive.sort.transfer import MODES
from touchline.errors import EnvironmentMissingError, InterruptedRunError, UsageError

PLACES = {
    "in/a/1.jpg": "Kick-l/1.jpg",
    "in/a/2.jpg": "Kick-r/2.jpg",
    "in/a/3.jpg": "review/3.jpg",
    "in/b/1.jpg": "Kick-l/1 (2).jpg",
    "in/b/4.jpg": "Kick-r/4.jpg",
    "in/b/4.jpg.xmp": "Kick-r/4.jpg.xmp",
    "in/b/5.jpg": "Kick-l/5.jpg",
}


def sorted_files(world: World) -> dict[str, Path]:
    """What lies below the root, by name there."""
    return {str(p.relative_to(world.root)): p for p in world.root.rglob("*") if not p.is_dir()}


def reasons(applied) -> dict[str, str]:
    return {each.path.rpartition("/")[2]: each.reason for each in applied.skipped}


@pytest.mark.parametrize("mode", MODES)
def test_every_photo_gets_its_place(world, mode):
    before = picture_of(world.base / "in")
    applied = apply_plan(world.plan, mode)
    assert (applied.placed, applied.already, applied.skipped) == (7, 0, ())
    assert sorted(sorted_files(world)) == sorted(PLACES.values())
    for source, name in PLACES.items():
        old, new = world.base / source, world.root / name
        _kind, _mode, time, content = before[str(old)]
        assert new.read_bytes() == content
        assert new.stat().st_mtime_ns == time == OLD_TIME_NS
        assert old.exists() == (mode != "move")
        assert new.is_symlink() == (mode == "symlink")
        assert (mode == "hardlink") == (old.exists() and not new.is_symlink()
                                        and new.samefile(old))  # fmt: skip
    if mode != "move":
        assert picture_of(world.base / "in") == before
    assert (world.base / "in/b/notes.txt").exists()


def test_links_name_their_photo_by_its_whole_path(world):
    apply_plan(world.plan, "symlink")
    assert (world.root / "Kick-l/1.jpg").readlink() == world.base / "in/a/1.jpg"


@pytest.mark.parametrize("mode", MODES)
def test_again_does_nothing(world, mode):
    apply_plan(world.plan, mode)
    before = picture_of(world.base)
    journal = world.plan.with_name("w.csv.journal").read_bytes()
    applied = apply_plan(world.plan, mode)
    assert (applied.placed, applied.already, applied.skipped) == (0, 7, ())
    assert picture_of(world.base) == before
    assert world.plan.with_name("w.csv.journal").read_bytes() == journal


def test_copies_keep_permissions_and_attributes(world):
    photo = world.base / "in/a/1.jpg"
    photo.chmod(0o440)
    os.setxattr(photo, "user.rating", b"5")
    apply_plan(world.plan, "copy")
    copy = world.root / "Kick-l/1.jpg"
    assert copy.stat().st_mode & 0o777 == 0o440
    assert os.getxattr(copy, "user.rating") == b"5"


class TestDryRun:
    @pytest.mark.parametrize("mode", MODES)
    def test_touches_nothing(self, world, mode):
        before = picture_of(world.base.parent)
        preview = preview_apply(world.plan, mode)
        assert (preview.placed, preview.already) == (7, 0)
        assert picture_of(world.base.parent) == before

    def test_knows_what_is_done(self, world):
        apply_plan(world.plan, "copy")
        assert preview_apply(world.plan, "copy").already == 7

    def test_refuses_what_would_be_refused(self, world):
        (world.base / "in/a/1.jpg").unlink()
        with pytest.raises(UsageError, match="row 2: no file at"):
            preview_apply(world.plan, "copy")


class TestPhotosThatChanged:
    @pytest.mark.parametrize("mode", MODES)
    def test_is_skipped_and_named_and_the_rest_goes_on(self, world, mode):
        (world.base / "in/a/1.jpg").write_bytes(b"retouched since")
        applied = apply_plan(world.plan, mode)
        assert reasons(applied) == {"1.jpg": "its content changed since it was labelled"}
        assert [each.row for each in applied.skipped] == [2]
        assert applied.placed == 6
        assert (world.base / "in/a/1.jpg").read_bytes() == b"retouched since"
        assert "Kick-l/1.jpg" not in sorted_files(world)
        assert not list(world.root.rglob(".touchline*"))

    @pytest.mark.parametrize("mode", ["copy", "move"])
    def test_even_under_the_old_size_and_time(self, world, mode):
        photo = world.base / "in/a/1.jpg"
        write_photo(photo, photo.read_bytes()[::-1])
        applied = apply_plan(world.plan, mode)
        assert reasons(applied) == {"1.jpg": "its content changed since it was labelled"}

    @pytest.mark.parametrize("mode", MODES)
    def test_only_touched_is_fine(self, world, mode):
        os.utime(world.base / "in/a/1.jpg")
        assert apply_plan(world.plan, mode).skipped == ()

    def test_mended_it_is_placed_by_the_next_run(self, world):
        photo = world.base / "in/a/1.jpg"
        content = photo.read_bytes()
        photo.write_bytes(b"retouched")
        apply_plan(world.plan, "copy")
        write_photo(photo, content)
        applied = apply_plan(world.plan, "copy")
        assert (applied.placed, applied.already, applied.skipped) == (1, 6, ())

    @pytest.mark.parametrize("mode", ["copy", "move"])
    def test_its_sidecar_stays_with_it(self, world, mode):
        (world.base / "in/b/4.jpg").write_bytes(b"retouched")
        said = reasons(apply_plan(world.plan, mode))
        assert said["4.jpg.xmp"] == f"it stays with {world.base}/in/b/4.jpg"
        assert not (world.root / "Kick-r/4.jpg.xmp").exists()

    def test_a_sidecar_edited_since_the_plan_follows_as_it_is(self, world):
        (world.base / "in/b/4.jpg.xmp").write_bytes(b"<edited/>")
        assert apply_plan(world.plan, "move").skipped == ()
        assert (world.root / "Kick-r/4.jpg.xmp").read_bytes() == b"<edited/>"

    def test_gone_after_the_check_it_is_skipped(self, world, monkeypatch):
        vanish_before(monkeypatch, world.base / "in/a/2.jpg")
        assert reasons(apply_plan(world.plan, "copy")) == {"2.jpg": "no such file or directory"}

    @pytest.mark.parametrize("mode", ["hardlink", "move"])
    def test_one_that_is_a_link_itself_is_skipped(self, world, mode):
        photo = world.base / "in/a/2.jpg"
        photo.rename(world.base / "elsewhere.jpg")
        photo.symlink_to(world.base / "elsewhere.jpg")
        said = reasons(apply_plan(world.plan, mode))
        assert said == {"2.jpg": f"it is a link itself; --mode {mode} needs the file"}
        assert photo.is_symlink()


def vanish_before(monkeypatch, photo: Path) -> None:
    """The photo disappears between the checks and the first step."""
    begin = steps.Sorting.run

    def run(self, waiting):
        photo.unlink()
        return begin(self, waiting)

    monkeypatch.setattr(steps.Sorting, "run", run)


class TestPlacesThatAreTaken:
    @pytest.mark.parametrize("mode", MODES)
    def test_a_file_that_appears_meanwhile_is_never_overwritten(self, world, mode, monkeypatch):
        carry_out = transfer.carry_out

        def late(transfers, how):
            write_photo(world.root / "Kick-r/2.jpg", b"somebody else's")
            return carry_out(transfers, how)

        monkeypatch.setattr(steps, "carry_out", late)
        applied = apply_plan(world.plan, mode)
        assert reasons(applied) == {"2.jpg": f"a file appeared at {world.root}/Kick-r/2.jpg"}
        assert (world.root / "Kick-r/2.jpg").read_bytes() == b"somebody else's"
        assert (world.base / "in/a/2.jpg").exists()
        assert not list(world.root.rglob(".touchline*"))

    def test_one_taken_since_a_stopped_run_does_not_stop_the_others(self, world, monkeypatch):
        monkeypatch.setattr(steps, "FILES_A_BATCH", 2)
        stop_after(monkeypatch, batches=1)
        with pytest.raises(InterruptedRunError):
            apply_plan(world.plan, "copy")
        monkeypatch.undo()
        write_photo(world.root / "Kick-l/5.jpg", b"somebody else's")
        applied = apply_plan(world.plan, "copy")
        assert reasons(applied) == {"5.jpg": f"a file appeared at {world.root}/Kick-l/5.jpg"}
        assert (applied.placed, applied.already) == (4, 2)


def stop_after(monkeypatch, *, batches: int) -> None:
    """Ctrl-C comes after so many batches."""
    carry_out, calls = steps.carry_out, []

    def interrupted(transfers, mode):
        calls.append(1)
        if len(calls) > batches:
            raise KeyboardInterrupt
        return carry_out(transfers, mode)

    monkeypatch.setattr(steps, "carry_out", interrupted)


@pytest.mark.parametrize("mode", MODES)
def test_ctrl_c_keeps_what_is_done_and_the_next_run_finishes(world, mode, monkeypatch):
    monkeypatch.setattr(steps, "FILES_A_BATCH", 2)
    stop_after(monkeypatch, batches=2)
    with pytest.raises(InterruptedRunError, match="run the same command again to finish") as caught:
        apply_plan(world.plan, mode)
    assert caught.value.exit_code == 130
    assert len(sorted_files(world)) == 4
    monkeypatch.undo()
    applied = apply_plan(world.plan, mode)
    assert (applied.placed, applied.already) == (3, 4)
    assert sorted(sorted_files(world)) == sorted(PLACES.values())


class TestAnotherSort:
    def test_another_mode_is_refused(self, world):
        apply_plan(world.plan, "symlink")
        with pytest.raises(UsageError, match=r"--mode symlink, with which .* found --mode move"):
            apply_plan(world.plan, "move")

    def test_an_edited_plan_is_refused(self, world, edit):
        apply_plan(world.plan, "symlink")
        edit(lambda rows: rows[1:])
        with pytest.raises(UsageError, match="the plan as it was when its sort began"):
            apply_plan(world.plan, "symlink")

    def test_at_the_same_time_is_refused(self, world, monkeypatch):
        carry_out, caught = steps.carry_out, []

        def second(transfers, mode):
            with pytest.raises(UsageError, match="another touchline process at work") as refused:
                apply_plan(world.plan, "copy")
            caught.append(refused)
            return carry_out(transfers, mode)

        monkeypatch.setattr(steps, "carry_out", second)
        assert apply_plan(world.plan, "copy").placed == 7
        assert caught

    def test_of_new_photos_into_the_same_folders(self, world):
        apply_plan(world.plan, "symlink")
        more = [*world.photos, labelled(write_photo(world.base / "in/c/1.jpg"))]
        second = World(world.base, more)
        write_plan(plan_sort(more, world.root), world.base.parent / "second.csv")
        assert apply_plan(world.base.parent / "second.csv", "symlink").placed == 1
        assert set(sorted_files(second)) == {*PLACES.values(), "Kick-l/1 (3).jpg"}


class TestAcrossFileSystems:
    @pytest.fixture
    def far(self, tmp_path):
        """A folder on another file system."""
        memory = Path("/dev/shm")
        if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
            pytest.skip("needs /dev/shm on a file system of its own")
        folder = memory / f"touchline-test-{os.getpid()}"
        yield folder
        shutil.rmtree(folder, ignore_errors=True)

    def test_a_move_copies_verifies_and_removes(self, tmp_path, far):
        world = small_world(tmp_path / "w")
        before = picture_of(world.base / "in")
        write_plan(plan_sort(world.photos, far / "out"), world.plan)
        assert apply_plan(world.plan, "move").placed == 7
        for source, name in PLACES.items():
            _kind, mode, time, content = before[str(world.base / source)]
            moved = far / "out" / name
            assert (moved.stat().st_mode, moved.stat().st_mtime_ns) == (mode, time)
            assert moved.read_bytes() == content
            assert not (world.base / source).exists()

    def test_hard_links_are_refused_before_anything_is_touched(self, tmp_path, far):
        world = small_world(tmp_path / "w")
        write_plan(plan_sort(world.photos, far / "out"), world.plan)
        before = picture_of(tmp_path)
        with pytest.raises(UsageError, match=r"on one file system.*row 2.*Use --mode symlink"):
            apply_plan(world.plan, "hardlink")
        assert picture_of(tmp_path, folder_times=False) == {
            path: (*seen[:2], None) if seen[0] == "folder" else seen
            for path, seen in before.items()
        }
        assert not far.exists()

    def test_a_photo_changed_while_it_is_moved_is_not_removed(self, tmp_path, far, monkeypatch):
        world = small_world(tmp_path / "w")
        write_plan(plan_sort(world.photos, far / "out"), world.plan)
        photo = world.base / "in/a/1.jpg"
        sync_files = transfer.sync_files

        def late(paths):
            photo.write_bytes(b"retouched this very moment")
            return sync_files(paths)

        monkeypatch.setattr(transfer, "sync_files", late)
        applied = apply_plan(world.plan, "move")
        assert "it changed while being moved" in reasons(applied)["1.jpg"]
        assert photo.read_bytes() == b"retouched this very moment"
        assert (far / "out/Kick-l/1.jpg").read_bytes() == b"pixels of " + b"1.jpg" * 50


class TestTheMachine:
    def test_a_full_disk_is_found_beforehand(self, world, monkeypatch):
        usage = shutil.disk_usage(world.base)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=100))
        before = picture_of(world.base.parent, folder_times=False)
        with pytest.raises(EnvironmentMissingError, match=r"bytes of room.*found 100 bytes free"):
            apply_plan(world.plan, "copy")
        assert picture_of(world.base.parent, folder_times=False) == before
        assert apply_plan(world.plan, "symlink").placed == 7  # links need no room

    def test_a_disk_that_fills_up_keeps_what_is_done(self, world, monkeypatch):
        monkeypatch.setattr(steps, "FILES_A_BATCH", 2)
        add_name, calls = transfer.add_name, []

        def full(existing, name):
            calls.append(1)
            if len(calls) == 4:
                raise OSError(28, "No space left on device")
            add_name(existing, name)

        monkeypatch.setattr(transfer, "add_name", full)
        with pytest.raises(EnvironmentMissingError, match=r"no space left.*what is done is kept"):
            apply_plan(world.plan, "copy")
        assert not list(world.root.rglob(".touchline*"))
        monkeypatch.undo()
        applied = apply_plan(world.plan, "copy")
        assert (applied.placed, applied.already) == (5, 2)
        assert sorted(sorted_files(world)) == sorted(PLACES.values())

    @pytest.mark.parametrize(("mode", "named"), [("copy", "w"), ("move", "in/a")])
    def test_a_read_only_folder_is_found_beforehand(self, world, monkeypatch, mode, named):
        read_only = world.base / named if named != "w" else world.base
        access = os.access
        monkeypatch.setattr(
            os, "access", lambda path, *a, **k: Path(path) != read_only and access(path, *a, **k)
        )
        monkeypatch.setattr(os, "supports_effective_ids", {os.access})
        with pytest.raises(EnvironmentMissingError, match=f"no permission to write {read_only}"):
            apply_plan(world.plan, mode)
        assert not world.root.exists()
        assert not world.plan.with_name("w.csv.journal").exists()

    def test_a_disk_that_knows_neither_rename_nor_links_names_each_file(self, world, monkeypatch):
        def unknown(*_args, **_more):
            raise OSError(95, "Operation not supported")

        monkeypatch.setattr("touchline.archive.durable._renameat2", lambda: None)
        monkeypatch.setattr(os, "link", unknown)
        applied = apply_plan(world.plan, "move")
        assert set(reasons(applied).values()) >= {"operation not supported"}
        assert len(applied.skipped) == 7
        assert sorted_files(world) == {}

    @pytest.mark.parametrize("mode", ["copy", "move"])
    def test_without_the_rename_of_linux_hard_links_do(self, world, monkeypatch, mode):
        monkeypatch.setattr("touchline.archive.durable._renameat2", lambda: None)
        assert apply_plan(world.plan, mode).placed == 7
        assert sorted(sorted_files(world)) == sorted(PLACES.values())
        assert (world.base / "in/a/1.jpg").exists() == (mode == "copy")
        assert (world.root / "Kick-l/1.jpg").stat().st_nlink == 1


def test_hostile_file_names_travel_unharmed(tmp_path):
    names = ["a\nb.jpg", "-rf.jpg", "caf\udce9.jpg", 'q"u,o;t.jpg', "=1+1.jpg", "\x1b[2J.jpg",
             " .jpg",
             "x" * 250 + ".jpg", ".hidden", "\r.jpg"]  # fmt: skip
    world = World(tmp_path / "w", [labelled(write_photo(tmp_path / "w/in" / n)) for n in names])
    world.planned()
    before = {p.name: p.read_bytes() for p in (world.base / "in").iterdir()}
    assert apply_plan(world.plan, "move").skipped == ()
    assert {p.name: p.read_bytes() for p in (world.root / "Kick-l").iterdir()} == before


def test_an_empty_plan_makes_no_journal(tmp_path):
    write_plan(plan_sort([], tmp_path / "out"), tmp_path / "plan.csv")
    applied = apply_plan(tmp_path / "plan.csv", "move")
    assert (applied.placed, applied.already, applied.skipped) == (0, 0, ())
    assert [each.name for each in tmp_path.iterdir()] == ["plan.csv"]


def test_every_placing_is_announced_before_and_confirmed_after(world):
    apply_plan(world.plan, "copy")
    entries = read_journal(world.plan.with_name("w.csv.journal"))
    steps_of = [entry["step"] for entry in entries]
    assert steps_of[0] == "begin"
    placed = [entry["row"] for entry in entries if entry["step"] == "place"]
    done = [row for entry in entries if entry["step"] == "done" for row in entry["rows"]]
    assert sorted(placed) == sorted(done) == [2, 3, 4, 5, 6, 7, 8]
