import os
import random
import signal
from pathlib import Path

import pytest

from catalog_worlds import Reader, predict, program, review, row_at, rows, write
from touchline.archive.catalog.indexing.photo_files import finish_index, index_photos
from touchline.archive.catalog.opening import Catalog, open_catalog
from touchline.archive.catalog.tables import roots
from touchline.errors import InterruptedRunError, UsageError
from touchline.files import sha256_of_bytes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three photos in two folders."""
    write(tmp_path / "in", one="1", two="22")
    write(tmp_path / "in/deep", three="333")
    return tmp_path / "in"


def counts(catalog: Catalog, folder: Path, reader: Reader | None = None) -> dict[str, int]:
    """What an index did, without the zeros."""
    indexed = index_photos(catalog, folder, reader or Reader())
    names = ("new", "changed", "moved", "returned", "gone", "unchanged")
    return {name: getattr(indexed, name) for name in names if getattr(indexed, name)}


def contents(catalog: Catalog) -> dict[str, str]:
    """The content hash of each present photo by its path."""
    return {row.path: row.sha256 for row in rows(catalog) if row.state == "present"}


def on_disk(folder: Path) -> dict[str, str]:
    return {str(p.resolve()): sha256_of_bytes(p.read_bytes()) for p in folder.rglob("*.jpg")}


def test_new_photos_become_rows(catalog: Catalog, folder: Path) -> None:
    reader = Reader()
    assert counts(catalog, folder, reader) == {"new": 3}
    assert reader.read == ["three.jpg", "one.jpg", "two.jpg"]
    assert contents(catalog) == on_disk(folder)
    row = row_at(catalog, folder / "two.jpg")
    state = (folder / "two.jpg").stat()
    assert (row.size, row.changed_ns, row.width, row.height) == (2, state.st_mtime_ns, 4, 3)
    (root,) = rows(catalog, roots)
    assert (root.path, root.indexed_at) == (str(folder.resolve()), None)


def test_what_is_unchanged_is_not_read(catalog: Catalog, folder: Path) -> None:
    counts(catalog, folder)
    before, reader = rows(catalog), Reader()
    assert counts(catalog, folder, reader) == {"unchanged": 3}
    assert reader.read == []
    assert rows(catalog) == before


def test_a_touched_file_is_read_and_unchanged(catalog: Catalog, folder: Path) -> None:
    counts(catalog, folder)
    os.utime(folder / "one.jpg", ns=(5, 5))
    reader = Reader()
    assert counts(catalog, folder, reader) == {"unchanged": 3}
    assert reader.read == ["one.jpg"]
    assert row_at(catalog, folder / "one.jpg").changed_ns == 5
    assert counts(catalog, folder, reader) == {"unchanged": 3}
    assert reader.read == ["one.jpg"]


def test_the_same_folder_by_a_link_is_the_same(catalog: Catalog, folder: Path) -> None:
    counts(catalog, folder)
    link = folder.parent / "link"
    link.symlink_to(folder)
    assert counts(catalog, link) == {"unchanged": 3}


def test_a_folder_inside_an_indexed_one_shares_its_rows(catalog: Catalog, folder: Path) -> None:
    counts(catalog, folder)
    assert counts(catalog, folder / "deep") == {"unchanged": 1}
    (folder / "deep/three.jpg").unlink()
    write(folder / "deep", four="4")
    assert counts(catalog, folder / "deep") == {"new": 1, "gone": 1}
    assert counts(catalog, folder) == {"unchanged": 3}


@pytest.mark.parametrize("name", ["in_1%", "in_2", "IN"])
def test_a_folder_with_nearly_the_same_name_is_another(
    catalog: Catalog, folder: Path, name: str
) -> None:
    other = write(folder.parent / name, four="4")
    counts(catalog, folder)
    counts(catalog, other)
    (folder / "one.jpg").unlink()
    assert counts(catalog, other) == {"unchanged": 1}
    assert counts(catalog, folder) == {"gone": 1, "unchanged": 2}


def test_a_moved_photo_keeps_its_row(catalog: Catalog, folder: Path) -> None:
    counts(catalog, folder)
    photo = row_at(catalog, folder / "one.jpg")
    said, decided = predict(catalog, photo, "a"), review(catalog, photo, "b")
    (folder / "one.jpg").rename(folder / "deep/uno.jpg")
    assert counts(catalog, folder) == {"moved": 1, "unchanged": 2}
    moved = row_at(catalog, folder / "deep/uno.jpg")
    assert (moved.id, moved.prediction_id, moved.review_id) == (photo.id, said, decided)
    assert len(rows(catalog)) == 3


def test_a_photo_moved_between_indexed_folders_keeps_its_row(
    catalog: Catalog, folder: Path
) -> None:
    other = write(folder.parent / "other", four="4")
    counts(catalog, folder)
    counts(catalog, other)
    photo = row_at(catalog, folder / "one.jpg")
    (folder / "one.jpg").rename(other / "one.jpg")
    assert counts(catalog, other) == {"moved": 1, "unchanged": 1}
    assert row_at(catalog, other / "one.jpg").id == photo.id
    assert counts(catalog, folder) == {"unchanged": 2}


def test_a_copy_is_a_photo_of_its_own(catalog: Catalog, folder: Path) -> None:
    counts(catalog, folder)
    other = folder.parent / "other"
    write(other, one="1")
    assert counts(catalog, other) == {"new": 1}
    write(folder, copy="1")
    assert counts(catalog, folder) == {"new": 1, "unchanged": 3}


def test_a_folder_that_is_not_mounted_loses_no_row_to_a_copy(
    catalog: Catalog, folder: Path
) -> None:
    counts(catalog, folder)
    photo = row_at(catalog, folder / "one.jpg")
    folder.rename(folder.parent / "away")
    folder.mkdir()  # an empty mount point
    copy = write(folder.parent / "copy", one="1")
    assert counts(catalog, copy) == {"new": 1}
    assert photo.path in {row.path for row in rows(catalog)}


def test_of_several_gone_rows_that_of_the_name_moves(catalog: Catalog, folder: Path) -> None:
    write(folder, copy="1")
    counts(catalog, folder)
    copy = row_at(catalog, folder / "copy.jpg")
    (folder / "one.jpg").unlink()
    (folder / "copy.jpg").rename(folder / "deep/copy.jpg")
    assert counts(catalog, folder) == {"moved": 1, "gone": 1, "unchanged": 2}
    assert row_at(catalog, folder / "deep/copy.jpg").id == copy.id


def test_a_gone_photo_keeps_its_row_and_comes_back(catalog: Catalog, folder: Path) -> None:
    counts(catalog, folder)
    photo = row_at(catalog, folder / "one.jpg")
    decided = review(catalog, photo, "b")
    away = folder.parent / "away.jpg"
    (folder / "one.jpg").rename(away)
    assert counts(catalog, folder) == {"gone": 1, "unchanged": 2}
    gone = row_at(catalog, folder / "one.jpg")
    assert (gone.id, gone.state, gone.review_id) == (photo.id, "gone", decided)
    assert counts(catalog, folder) == {"unchanged": 2}
    away.rename(folder / "one.jpg")
    reader = Reader()
    assert counts(catalog, folder, reader) == {"returned": 1, "unchanged": 2}
    assert reader.read == []
    back = row_at(catalog, folder / "one.jpg")
    assert (back.id, back.state, back.review_id) == (photo.id, "present", decided)


def test_a_gone_photo_comes_back_with_another_time_and_elsewhere(
    catalog: Catalog, folder: Path
) -> None:
    counts(catalog, folder)
    one, two = (row_at(catalog, folder / f"{name}.jpg").id for name in ("one", "two"))
    for name in ("one", "two"):
        (folder / f"{name}.jpg").unlink()
    assert counts(catalog, folder) == {"gone": 2, "unchanged": 1}
    write(folder, one="1")
    write(folder / "deep", due="22")
    assert counts(catalog, folder) == {"returned": 1, "moved": 1, "unchanged": 1}
    assert row_at(catalog, folder / "one.jpg").id == one
    assert row_at(catalog, folder / "deep/due.jpg").id == two


def test_what_was_said_of_other_bytes_stands_again_when_they_come_back(
    catalog: Catalog, folder: Path
) -> None:
    counts(catalog, folder)
    old = row_at(catalog, folder / "one.jpg")
    first, newest = predict(catalog, old, "a"), predict(catalog, old, "b", 2.0, "later")
    decided, undone = review(catalog, old, "b"), review(catalog, old, "c", "accept")
    review(catalog, old, "", "skip")
    review(catalog, old, "b", "undo", undoes=undone)
    write(folder, one="edited")
    assert counts(catalog, folder) == {"changed": 1, "unchanged": 2}
    edited = row_at(catalog, folder / "one.jpg")
    assert (edited.id, edited.prediction_id, edited.review_id) == (old.id, None, None)
    other = review(catalog, edited, "d")
    write(folder, one="1")
    assert counts(catalog, folder) == {"changed": 1, "unchanged": 2}
    back = row_at(catalog, folder / "one.jpg")
    assert (back.prediction_id, back.review_id) == (newest, decided)
    assert first < newest
    write(folder, one="edited")
    counts(catalog, folder)
    assert row_at(catalog, folder / "one.jpg").review_id == other


def test_an_unreadable_photo_is_named_and_read_again_when_it_changes(
    catalog: Catalog, folder: Path
) -> None:
    write(folder, one="bad", two="bad")
    reader = Reader()
    for _ in range(2):
        indexed = index_photos(catalog, folder, reader)
        assert [(f.path.name, f.reason) for f in indexed.unreadable] == [
            ("one.jpg", "no image "), ("two.jpg", "no image "),
        ]  # fmt: skip
    assert sorted(reader.read) == ["one.jpg", "three.jpg", "two.jpg"]
    row = row_at(catalog, folder / "one.jpg")
    assert (row.state, row.sha256, row.width) == ("unreadable", "", 0)
    write(folder, one="good")
    assert counts(catalog, folder) == {"changed": 1, "unchanged": 1}
    row = row_at(catalog, folder / "one.jpg")
    assert (row.state, row.reason, row.width) == ("present", "", 4)


def test_a_photo_that_becomes_unreadable_and_recovers_has_its_review_again(
    catalog: Catalog, folder: Path
) -> None:
    counts(catalog, folder)
    decided = review(catalog, row_at(catalog, folder / "one.jpg"), "b")
    write(folder, one="bad")
    indexed = index_photos(catalog, folder, Reader())
    assert (len(indexed.unreadable), indexed.unchanged, indexed.changed) == (1, 2, 0)
    assert row_at(catalog, folder / "one.jpg").review_id is None
    write(folder, one="1")
    assert counts(catalog, folder) == {"changed": 1, "unchanged": 2}
    assert row_at(catalog, folder / "one.jpg").review_id == decided


def test_a_file_that_could_not_be_opened_is_tried_again(
    catalog: Catalog, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", closed)
        patch.setattr(Path, "read_bytes", closed)
        indexed = index_photos(catalog, folder, Reader())
    assert [fault.reason for fault in indexed.unreadable] == ["Permission denied"] * 3
    assert counts(catalog, folder) == {"changed": 3}


@pytest.mark.parametrize("seed", range(4))
def test_rows_follow_their_contents_through_any_renaming(
    catalog: Catalog, tmp_path: Path, seed: int
) -> None:
    """Swaps, cycles and shifts by one, all at once, as when a folder is numbered anew."""
    rng = random.Random(seed)
    folder = write(tmp_path / "in", **{f"n{n}": "x" * (n + 1) for n in range(12)})
    counts(catalog, folder)
    before = {row.sha256: row.id for row in rows(catalog)}
    names = sorted(path.name for path in folder.iterdir())
    later = rng.sample([f"n{n}.jpg" for n in range(rng.choice([12, 13, 20]))], len(names))
    if seed == 0:
        later = [f"n{int(name[1:-4]) + 1}.jpg" for name in names]
    for name in names:
        (folder / name).rename(folder / f"{name}.tmp")
    for name, new in zip(names, later, strict=True):
        (folder / f"{name}.tmp").rename(folder / new)
    moved = sum(name != new for name, new in zip(names, later, strict=True))
    done = counts(catalog, folder)
    assert done == {k: v for k, v in {"moved": moved, "unchanged": 12 - moved}.items() if v}
    assert {row.sha256: row.id for row in rows(catalog)} == before
    assert contents(catalog) == on_disk(folder)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_the_catalog_tells_what_is_there(
    catalog: Catalog, tmp_path: Path, seed: int
) -> None:
    """After any changes it holds what a new catalog of the same folder would, and forgets none."""
    rng = random.Random(seed)
    folder = write(tmp_path / "in", **{f"n{n}": f"{n}" for n in range(6)})
    counts(catalog, folder)
    for _ in range(6):
        ids = {row.id for row in rows(catalog)}
        for photo in rows(catalog)[::3]:
            if photo.sha256:
                review(catalog, photo, "b")
        for _ in range(rng.randrange(1, 6)):
            path, other = (folder / f"n{rng.randrange(9)}.jpg" for _ in range(2))
            if rng.random() < 0.4:
                path.write_text(rng.choice(["bad", *"0123456789"]))
            elif path.exists() and rng.random() < 0.5:
                path.replace(other)
            else:
                path.unlink(missing_ok=True)
        index_photos(catalog, folder, Reader(), emptied=True)
        good = {path: sha256 for path, sha256 in on_disk(folder).items()
                if sha256 != sha256_of_bytes(b"bad")}  # fmt: skip
        assert contents(catalog) == good
        assert {row.id for row in rows(catalog)} >= ids
        unreadable = {row.path for row in rows(catalog) if row.state == "unreadable"}
        assert unreadable == on_disk(folder).keys() - good.keys()
    assert counts(catalog, folder).keys() <= {"unchanged"}


def test_a_photo_overwritten_by_another_stays_what_it_is(catalog: Catalog, folder: Path) -> None:
    counts(catalog, folder)
    one, two = (row_at(catalog, folder / f"{name}.jpg") for name in ("one", "two"))
    (folder / "one.jpg").replace(folder / "two.jpg")
    assert counts(catalog, folder) == {"changed": 1, "gone": 1, "unchanged": 1}
    assert row_at(catalog, folder / "two.jpg").id == two.id
    assert row_at(catalog, folder / "one.jpg").id == one.id


@pytest.mark.parametrize("is_there", [True, False])
def test_an_emptied_or_missing_folder_is_refused(
    catalog: Catalog, folder: Path, is_there: bool
) -> None:
    counts(catalog, folder)
    before = rows(catalog)
    folder.rename(folder.parent / "away")
    if is_there:
        folder.mkdir()
    wanted = "files in .*; found none, where the catalog knows 3.*Mount the disk.*--emptied"
    other = "a folder that can be read; found no such file or directory: .*its disk is mounted"
    with pytest.raises(UsageError, match=wanted if is_there else other):
        counts(catalog, folder)
    assert rows(catalog) == before
    if is_there:
        assert index_photos(catalog, folder, Reader(), emptied=True).gone == 3


def test_a_folder_that_cannot_be_listed_keeps_its_photos(
    catalog: Catalog, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts(catalog, folder)
    (folder / "one.jpg").unlink()
    scan = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("deep"):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    indexed = index_photos(catalog, folder, Reader())
    assert indexed.gone == 1
    assert [str(fault.reason) for fault in indexed.refused] == [
        "cannot be listed: permission denied"
    ]
    assert row_at(catalog, folder / "deep/three.jpg").state == "present"


def test_the_folders_in_which_something_happened_are_named_until_it_is_finished(
    catalog: Catalog, folder: Path
) -> None:
    def touched() -> list[str]:
        return [path.name for path in index_photos(catalog, folder, Reader()).touched]

    assert touched() == touched() == ["in", "deep"]
    finish_index(catalog, folder)
    assert touched() == []
    (folder / "deep/three.jpg").rename(folder / "three.jpg")
    assert touched() == ["in", "deep"]
    finish_index(catalog, folder)
    (folder / "one.jpg").unlink()
    assert touched() == touched() == ["in"]


def test_a_file_that_vanishes_while_it_is_read_is_not_there(catalog: Catalog, folder: Path) -> None:
    class Vanishing(Reader):
        def __call__(self, paths):  # type: ignore[no-untyped-def]
            (folder / "one.jpg").unlink()
            return super().__call__(paths)

    assert counts(catalog, folder, Vanishing()) == {"new": 2}


def test_ctrl_c_keeps_what_is_done(
    catalog: Catalog, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("touchline.archive.catalog.indexing.batches.ROWS_A_BATCH", 1)

    class Tired(Reader):
        def __call__(self, paths):  # type: ignore[no-untyped-def]
            yield from list(super().__call__(paths))[:2]
            raise KeyboardInterrupt

    with pytest.raises(InterruptedRunError, match="the index to end; found Ctrl-C"):
        index_photos(catalog, folder, Tired())
    assert len(rows(catalog)) == 2
    assert counts(catalog, folder) == {"new": 1, "unchanged": 2}


INDEX = """
import os, signal
from pathlib import Path
from catalog_worlds import Reader
from touchline.archive.catalog.indexing import batches
from touchline.archive.catalog.indexing.photo_files import index_photos
from touchline.archive.catalog.opening import open_catalog
where, folder, last = sys.argv[1:]
batches.ROWS_A_BATCH = 8
class Dying(Reader):
    def __call__(self, paths):
        for number, each in enumerate(super().__call__(paths)):
            if number == int(last):
                os.kill(os.getpid(), signal.SIGKILL)
            yield each
catalog = open_catalog(where, create=True)
print("ready", flush=True)
sys.stdin.readline()
print(index_photos(catalog, Path(folder), Dying()).new)
"""


def test_an_index_that_is_killed_loses_one_batch_and_goes_on(place: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", **{f"n{n:02}": f"{n}" for n in range(30)})
    dying = program(INDEX, place, str(folder), "20")
    dying.communicate("go\n", timeout=60)
    assert dying.returncode == -signal.SIGKILL
    catalog = open_catalog(place)
    assert len(rows(catalog)) == 16
    reader = Reader()
    assert counts(catalog, folder, reader) == {"new": 14, "unchanged": 16}
    assert len(reader.read) == 14
    catalog.close()


def test_two_indexers_at_once_make_each_row_once(place: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", **{f"n{n:02}": f"{n}" for n in range(60)})
    open_catalog(place, create=True).close()
    both = [program(INDEX, place, str(folder), "-1") for _ in range(2)]
    for own in both:
        assert own.stdout is not None
        assert own.stdout.readline() == "ready\n"
    for own in both:
        assert own.stdin is not None
        own.stdin.write("go\n")
        own.stdin.flush()
    told = [own.communicate(timeout=60) for own in both]
    assert [own.returncode for own in both] == [0, 0], told
    assert sum(int(said) for said, _ in told) == 60
    catalog = open_catalog(place)
    assert contents(catalog) == on_disk(folder)
    assert len(rows(catalog)) == 60
    catalog.close()
