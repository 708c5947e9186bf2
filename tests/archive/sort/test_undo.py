import os
import shutil
from pathlib import Path

import pytest

from archive_on_disk import OLD_TIME_NS, labelled, picture_of, write_photo
from touchline.archive.journal import open_journal, read_journal
from touchline.archive.sort import undo
from touchline.archive.sort.apply import apply_plan
from touchline.archive.sort.history import journal_path
from touchline.archive.sort.plan import plan_sort
from touchline.archive.sort.plan_table import write_plan
from touchline.archive.sort.transfer import MODES
from touchline.archive.sort.undo import preview_undo, undo_plan
from touchline.errors import EnvironmentMissingError, InterruptedRunError, UsageError

COPIES = ["hardlink", "copy"]


def reasons(undone):
    return {each.path.rpartition("/out/")[2]: each.reason for each in undone.kept}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("has_root", [False, True])
def test_everything_is_as_it_was_to_the_nanosecond(world, mode, has_root):
    if has_root:
        write_photo(world.root / "Kick-l/older.jpg")
        os.utime(world.root / "Kick-l", ns=(OLD_TIME_NS, OLD_TIME_NS))
    os.utime(world.base, ns=(OLD_TIME_NS, OLD_TIME_NS))
    before = picture_of(world.base)
    apply_plan(world.plan, mode)
    assert picture_of(world.base) != before
    undone = undo_plan(world.plan)
    assert (undone.restored, undone.kept) == (7, ())
    assert picture_of(world.base) == before


@pytest.mark.parametrize("mode", MODES)
def test_apply_undo_apply_undo(world, mode):
    before = picture_of(world.base)
    for _ in range(2):
        assert apply_plan(world.plan, mode).placed == 7
        undo_plan(world.plan)
        assert picture_of(world.base) == before


def test_two_sorts_of_one_archive_come_back_in_reverse(world):
    before = picture_of(world.base)
    apply_plan(world.plan, "symlink")
    more = [labelled(write_photo(world.base / "out/Kick-l/late.jpg"), "Kick-r")]
    second = world.plan.with_name("second.csv")
    write_plan(plan_sort(more, world.root), second)
    between = picture_of(world.base)
    apply_plan(second, "move")
    undo_plan(second)
    assert picture_of(world.base) == between
    (world.base / "out/Kick-l/late.jpg").unlink()
    undo_plan(world.plan)
    assert picture_of(world.base) == before


@pytest.mark.parametrize("mode", MODES)
def test_a_dry_run_touches_nothing(world, mode):
    apply_plan(world.plan, mode)
    before = picture_of(world.base.parent)
    preview = preview_undo(world.plan)
    assert (preview.restored, preview.kept) == (7, ())
    assert picture_of(world.base.parent) == before


def test_the_plan_may_be_gone(world):
    before = picture_of(world.base)
    apply_plan(world.plan, "move")
    world.plan.unlink()
    undo_plan(world.plan)
    assert picture_of(world.base) == before


class TestWhatAPersonChanged:
    @pytest.mark.parametrize("mode", ["copy", "move"])
    def test_an_edited_file_is_kept_and_the_rest_goes_back(self, world, mode):
        apply_plan(world.plan, mode)
        (world.root / "Kick-l/5.jpg").write_bytes(b"retouched")
        preview, undone = preview_undo(world.plan), undo_plan(world.plan)
        assert preview == undone
        assert reasons(undone) == {"Kick-l/5.jpg": "it was changed since it was sorted"}
        assert (world.root / "Kick-l/5.jpg").read_bytes() == b"retouched"
        assert [p.name for p in world.root.rglob("*")] == ["Kick-l", "5.jpg"]

    @pytest.mark.parametrize("mode", ["symlink", "hardlink"])
    def test_a_link_that_was_replaced_is_kept(self, world, mode):
        apply_plan(world.plan, mode)
        place = world.root / "Kick-l/5.jpg"
        place.unlink()
        place.write_bytes(b"a file of the person's own")
        assert reasons(undo_plan(world.plan)) == {
            "Kick-l/5.jpg": "it was changed since it was sorted"
        }
        assert place.read_bytes() == b"a file of the person's own"

    @pytest.mark.parametrize("mode", COPIES)
    @pytest.mark.parametrize("loss", ["gone", "replaced"])
    def test_the_last_one_of_its_kind_is_kept(self, world, mode, loss):
        apply_plan(world.plan, mode)
        original = world.base / "in/b/5.jpg"
        content = original.read_bytes()
        original.unlink()
        if loss == "replaced":
            write_photo(original, b"another")
        undone = undo_plan(world.plan)
        assert set(reasons(undone)) == {"Kick-l/5.jpg"}
        assert (world.root / "Kick-l/5.jpg").read_bytes() == content

    def test_a_copy_that_is_missing_needs_no_undoing(self, world):
        before = picture_of(world.base)
        apply_plan(world.plan, "copy")
        (world.root / "Kick-l/5.jpg").unlink()
        assert undo_plan(world.plan).kept == ()
        assert picture_of(world.base) == before

    def test_a_copy_that_was_only_touched_goes(self, world):
        apply_plan(world.plan, "copy")
        os.utime(world.root / "Kick-l/5.jpg")
        os.utime(world.base / "in/b/5.jpg")
        assert undo_plan(world.plan).kept == ()
        assert not world.root.exists()

    def test_a_moved_file_whose_old_place_is_taken_stays(self, world):
        apply_plan(world.plan, "move")
        write_photo(world.base / "in/b/5.jpg", b"a new one")
        undone = undo_plan(world.plan)
        assert reasons(undone) == {
            "Kick-l/5.jpg": f"another file has taken its old place {world.base}/in/b/5.jpg"
        }
        assert (world.base / "in/b/5.jpg").read_bytes() == b"a new one"

    def test_a_moved_file_that_was_moved_on_is_named(self, world):
        apply_plan(world.plan, "move")
        (world.root / "Kick-l/5.jpg").rename(world.base / "elsewhere.jpg")
        assert reasons(undo_plan(world.plan)) == {
            "Kick-l/5.jpg": "it is no longer where the sort put it"
        }

    def test_a_moved_file_put_back_by_hand_is_fine(self, world):
        before = picture_of(world.base)
        apply_plan(world.plan, "move")
        (world.root / "Kick-l/5.jpg").rename(world.base / "in/b/5.jpg")
        assert undo_plan(world.plan).kept == ()
        assert picture_of(world.base) == before

    def test_an_emptied_folder_that_was_removed_is_made_again(self, world):
        apply_plan(world.plan, "move")
        shutil.rmtree(world.base / "in/a")
        assert undo_plan(world.plan).kept == ()
        assert (world.base / "in/a/1.jpg").exists()

    def test_a_folder_with_other_files_stays_and_keeps_its_time(self, world):
        apply_plan(world.plan, "symlink")
        write_photo(world.root / "Kick-l/mine.txt")
        undone = undo_plan(world.plan)
        assert undone.kept == ()
        assert [p.name for p in world.root.rglob("*")] == ["Kick-l", "mine.txt"]

    def test_a_folder_that_a_person_added_to_keeps_its_new_time(self, world):
        apply_plan(world.plan, "move")
        write_photo(world.base / "in/a/new.txt")
        undo_plan(world.plan)
        assert (world.base / "in/a").stat().st_mtime_ns != OLD_TIME_NS
        assert (world.base / "in/b").stat().st_mtime_ns == OLD_TIME_NS

    def test_what_was_kept_is_tried_again(self, world):
        before = picture_of(world.base)
        apply_plan(world.plan, "move")
        write_photo(world.base / "in/b/5.jpg", b"a new one")
        assert len(undo_plan(world.plan).kept) == 1
        with pytest.raises(UsageError, match="an unfinished undo of"):
            apply_plan(world.plan, "move")
        (world.base / "in/b/5.jpg").unlink()
        assert undo_plan(world.plan).kept == ()
        assert picture_of(world.base) == before


@pytest.mark.parametrize("mode", MODES)
def test_ctrl_c_keeps_what_is_done_and_the_next_run_finishes(world, mode, monkeypatch):
    before = picture_of(world.base)
    apply_plan(world.plan, mode)
    steps = []

    def interrupted(items, _label, total):
        for item in items:
            steps.append(total)
            if len(steps) == 3:
                raise KeyboardInterrupt
            yield item

    monkeypatch.setattr(undo, "track", interrupted)
    monkeypatch.setattr(undo, "FILES_A_BATCH", 2)
    with pytest.raises(InterruptedRunError, match="run the same command again"):
        undo_plan(world.plan)
    assert steps == [7, 7, 7]
    monkeypatch.undo()
    assert undo_plan(world.plan).kept == ()
    assert picture_of(world.base) == before


@pytest.mark.parametrize("mode", MODES)
def test_a_sort_that_never_finished_is_undone_too(world, mode, monkeypatch):
    before = picture_of(world.base)

    def stopped(_transfers, _mode):
        raise KeyboardInterrupt

    monkeypatch.setattr("touchline.archive.sort.steps.carry_out", stopped)
    with pytest.raises(InterruptedRunError):
        apply_plan(world.plan, mode)
    write_photo(world.root / "Kick-l/5.jpg", b"a person's, where ours never came to be")
    assert undo_plan(world.plan).kept == ()
    assert (world.root / "Kick-l/5.jpg").read_bytes().startswith(b"a person's")
    shutil.rmtree(world.root)
    os.utime(world.base, ns=(OLD_TIME_NS, OLD_TIME_NS))
    assert picture_of(world.base) == before


class TestNothingToUndo:
    def test_never_applied(self, world):
        with pytest.raises(UsageError, match=r"a sort by .* to take back"):
            undo_plan(world.plan)
        with pytest.raises(UsageError, match=r"a sort by .* to take back"):
            preview_undo(world.plan)
        assert not journal_path(world.plan).exists()

    def test_undone_already(self, world):
        apply_plan(world.plan, "copy")
        undo_plan(world.plan)
        with pytest.raises(UsageError, match="or one undone already"):
            undo_plan(world.plan)


def test_a_sort_at_work_is_not_undone(world):
    apply_plan(world.plan, "copy")
    with (
        open_journal(journal_path(world.plan)),
        pytest.raises(UsageError, match="another touchline process"),
    ):
        undo_plan(world.plan)


def test_a_read_only_folder_is_found_before_anything_is_touched(world, monkeypatch):
    apply_plan(world.plan, "copy")
    before = picture_of(world.base)
    access = os.access
    read_only = world.root / "Kick-l"
    monkeypatch.setattr(
        os, "access", lambda path, *a, **k: Path(path) != read_only and access(path, *a, **k)
    )
    monkeypatch.setattr(os, "supports_effective_ids", {os.access})
    with pytest.raises(EnvironmentMissingError, match=f"no permission to write {read_only}"):
        undo_plan(world.plan)
    assert picture_of(world.base) == before
    assert read_journal(journal_path(world.plan))[-1]["step"] != "undo"
