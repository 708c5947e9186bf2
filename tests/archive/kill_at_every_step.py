"""Kill a sort, an undo, a tagging or an untagging before each of its system calls, one by one.

Run as a program by `test_kill.py`: `kill_at_every_step.py WORK FOLDER`, WORK being a
mode of sorting, `across` (a move to another file system) or `tag`. The work is
done in forked children; the child that is to die counts its calls that can change the disk, and
sends itself SIGKILL instead of making the next. Prints the number of instants, or the first fault.
"""

import errno
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import PIL.Image

from archive_on_disk import World, picture_of, small_world
from touchline.archive.durable import add_name
from touchline.archive.sort import steps, transfer, undo
from touchline.archive.sort.apply import apply_plan
from touchline.archive.sort.history import journal_path
from touchline.archive.sort.transfer import Mode
from touchline.archive.sort.undo import undo_plan
from touchline.archive.tags import tag, untag
from touchline.archive.tags.history import tag_journal_path
from touchline.archive.tags.tag import tag_photos
from touchline.archive.tags.targets import Tagging
from touchline.archive.tags.untag import untag_photos

CHANGING = {
    "write", "ftruncate", "open", "unlink", "rename", "replace", "link", "symlink", "mkdir",
    "rmdir", "utime", "chmod", "chown", "get_errno",
}  # fmt: skip
Work = Callable[[], object]


def run_in_child(work: Work, dies_at: int | None = None) -> bool:
    """Do the work in a child that dies before its call `dies_at`; whether it came to its end."""
    child = os.fork()
    if child == 0:
        ending = 70
        try:
            if dies_at is not None:
                die_before_call(dies_at)
            work()
            ending = 0
        except Exception:
            traceback.print_exc()
        finally:
            sys.setprofile(None)
            os._exit(ending)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return False
    if status:
        sys.exit(f"the work failed by itself (status {status}), killed at call {dies_at}")
    return True


def die_before_call(number: int) -> None:
    left = number

    def count(_frame: object, event: str, call: object) -> None:
        nonlocal left
        if event == "c_call" and getattr(call, "__name__", "") in CHANGING:
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)


def contents(world: World) -> set[bytes]:
    """The contents of all files that bear a name of the person's, links followed."""
    files = [path for path in world.base.rglob("*") if path.is_file()]
    return {p.read_bytes() for p in files if not p.name.startswith(".touchline-")}


def check(fine: bool, what: str, number: int) -> None:
    if not fine:
        sys.exit(f"{what}, killed at call {number}")


def kill_sort(mode: Mode, base: Path) -> int:
    """Kill apply and undo at every call; after each: nothing lost, nothing torn, both finish."""

    def fresh() -> World:
        shutil.rmtree(base, ignore_errors=True)
        world = small_world(base)
        journal_path(world.plan).unlink(missing_ok=True)
        if not world.plan.exists():
            world.planned()
        return world

    world = fresh()
    before, all_contents = picture_of(base), contents(world)
    sort = partial(apply_plan, world.plan, mode)
    take_back = partial(undo_plan, world.plan)
    run_in_child(sort)
    applied = picture_of(base, folder_times=False)
    run_in_child(take_back)
    check(picture_of(base) == before, "the undo is not exact", -1)

    number, is_whole = 0, False
    while not is_whole:
        fresh()
        is_whole = run_in_child(sort, number)
        check(contents(world) == all_contents, "lost or half-written by apply", number)
        if number % 2:  # every other time the sort is finished before it is undone
            run_in_child(sort)
            check(picture_of(base, folder_times=False) == applied, "apply did not finish", number)
        if has_begun(journal_path(world.plan)):
            run_in_child(take_back)
        check(picture_of(base) == before, "undo after a killed apply is not exact", number)
        number += 1
    instants, number, is_whole = number, 0, False
    while not is_whole:
        fresh()
        run_in_child(sort)
        is_whole = run_in_child(take_back, number)
        check(contents(world) == all_contents, "lost or half-written by undo", number)
        if not is_whole and not is_undone(journal_path(world.plan)):
            run_in_child(take_back)
        check(picture_of(base) == before, "undo did not finish", number)
        number += 1
    return instants + number


def has_begun(journal: Path) -> bool:
    """Whether the journal announces anything that may have happened."""
    content = journal.read_bytes() if journal.exists() else b""
    return b'{"step": "begin"' in content or b'{"step": "write"' in content


def is_undone(journal: Path) -> bool:
    return journal.read_bytes().endswith(b'{"step": "undone"}\n')


def as_between_file_systems(existing: Path, name: Path) -> None:
    """A name cannot be given across folders here, so a move must copy."""
    if existing.parent != name.parent:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
    add_name(existing, name)


def kill_tags(base: Path) -> int:
    """Kill tag and untag at every call; sidecars are whole, both finish, and all comes back."""
    predictions = base.parent / "labels.csv"
    journal = tag_journal_path(predictions)
    old = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>'

    def fresh() -> World:
        shutil.rmtree(base, ignore_errors=True)
        journal.unlink(missing_ok=True)
        world = small_world(base)
        for name in ("in/a/2.jpg.xmp", "in/b/4.jpg.xmp"):
            (base / name).write_bytes(old)
            os.utime(base / name, ns=(10**18 + 7, 10**18 + 7))
        for folder in ("in/a", "in/b", "in", "."):
            os.utime(base / folder, ns=(10**18 + 9, 10**18 + 9))
        return world

    world = fresh()
    before = picture_of(base)
    write = partial(tag_photos, world.photos, Tagging(), journal)
    take_back = partial(untag_photos, journal)

    number, is_whole = 0, False
    while not is_whole:
        fresh()
        is_whole = run_in_child(write, number)
        if number % 2:
            run_in_child(write)
            written = {p.name: p.read_bytes() for p in base.rglob("*.xmp")}
            check(len(written) == 4, "tag did not finish", number)
            check(not list(base.rglob(".touchline-*")), "tag left something behind", number)
            check(all(text.count(b"<rdf:li>AI|") == 1 for text in written.values()), "torn", number)
        if has_begun(journal):
            run_in_child(take_back)
        check(picture_of(base) == before, "untag after a killed tag is not exact", number)
        number += 1
    instants, number, is_whole = number, 0, False
    while not is_whole:
        fresh()
        run_in_child(write)
        is_whole = run_in_child(take_back, number)
        if not is_whole and not is_undone(journal):
            run_in_child(take_back)
        check(picture_of(base) == before, "untag did not finish", number)
        number += 1
    return instants + number


if __name__ == "__main__":
    PIL.Image.init()  # once, and not in every child
    steps.FILES_A_BATCH = undo.FILES_A_BATCH = 3  # several batches of few files
    tag.PHOTOS_A_BATCH = untag.SIDECARS_A_BATCH = 3
    work, folder = sys.argv[1], Path(sys.argv[2]) / "w"
    if work == "across":
        transfer.add_name = as_between_file_systems
    count = (
        kill_tags(folder)
        if work == "tag"
        else kill_sort("move" if work == "across" else work, folder)
    )
    sys.stdout.write(f"{count}\n")
