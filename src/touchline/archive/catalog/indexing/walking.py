"""A folder tree in, the files of some kinds and what was left out of it out.

What could not be looked at is remembered: of a file there nobody can say that it is gone.
"""

import os
import stat
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from touchline.archive.faults import reason_of
from touchline.errors import UsageError
from touchline.faults import Fault
from touchline.media.folder_contents import COMPANIONS, SERVICE_FOLDERS

FileState = tuple[int, int]
"""Size in bytes, and time of change in nanoseconds."""


@dataclass
class Walk:
    """What was found below a folder.

    Attributes:
        folder: the folder, absolute, with links resolved.
        files: the files asked for by absolute path, sorted folder by folder.
        faults: files and folders that were left out, each with the reason.
        unseen: paths of files and folders that could not be looked at.
        others: how many files of other kinds there are, by ending; without what lies there by
            right (`COMPANIONS`).
    """

    folder: str
    files: dict[str, FileState] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    unseen: set[str] = field(default_factory=set)
    others: Counter[str] = field(default_factory=Counter)

    def is_missing(self, path: str) -> bool:
        """Whether a file below the folder is certainly not there any more."""
        if path in self.files:
            return False
        return not self.unseen or self.unseen.isdisjoint(_path_and_parents(path))

    def leave_out(self, path: str, reason: str) -> None:
        """Name something that is left out."""
        self.faults.append(Fault(Path(path), "", reason))


def walk_folder(folder: Path, endings: Collection[str]) -> Walk:
    """Look at every folder below `folder`, once; no file is opened.

    Hidden files and folders and `SERVICE_FOLDERS` are passed over, links to folders are not
    followed. A link to a file inside `folder` counts as a file of its own; one that leads outside
    is left out and named, as are files and folders whose names are not UTF-8.

    Args:
        folder: where to look.
        endings: of the files wanted, in lower case with the dot.

    Raises:
        UsageError: there is no such folder, or it cannot be listed.
    """
    require_listing(folder)
    walk = Walk(str(_resolved(folder)))
    waiting = [walk.folder]
    while waiting:
        waiting += reversed(list(_look_into(walk, waiting.pop(), endings)))
    return walk


def _resolved(folder: Path) -> Path:
    try:
        str(folder).encode()
        return folder.resolve()
    except ValueError as error:  # bytes that are no UTF-8, or a zero byte
        raise UsageError(
            "a folder whose name is valid text", repr(str(folder)), "Rename it.",
        ) from error  # fmt: skip


def require_listing(folder: Path) -> None:
    """Raise unless a folder can be listed.

    Raises:
        UsageError: it cannot, it is not there, or its name is not valid text.
    """
    try:
        os.scandir(_resolved(folder)).close()
    except OSError as error:
        raise UsageError(
            "a folder that can be read", f"{reason_of(error)}: {folder}",
            "Check the path, the rights, and that its disk is mounted; the catalog is as it was.",
        ) from error  # fmt: skip


def _look_into(walk: Walk, folder: str, endings: Collection[str]) -> Iterator[str]:
    """Take the files of one folder; yields the folders in it, sorted."""
    try:
        with os.scandir(folder) as scan:
            entries = sorted(scan, key=lambda entry: entry.name)
    except OSError as error:
        walk.unseen.add(folder)
        walk.leave_out(folder, f"cannot be listed: {reason_of(error)}")
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if entry.name in SERVICE_FOLDERS:
                continue
            if _is_text(entry.name):
                yield entry.path
            else:
                walk.leave_out(entry.path, "its name is not valid text; nor is any path below it")
        else:
            _take_file(walk, entry, endings)


def _take_file(walk: Walk, entry: os.DirEntry[str], endings: Collection[str]) -> None:
    _, dot, last = entry.name.rpartition(".")
    ending = f".{last.lower()}" if dot else ""
    if ending not in endings:
        if ending not in COMPANIONS:
            walk.others[ending] += 1
        return
    if not _is_text(entry.name):
        walk.leave_out(entry.path, "its name is not valid text")
        return
    try:
        if entry.is_symlink() and _leads_outside(entry.path, walk.folder):
            walk.leave_out(entry.path, "a link that leads outside the folder")
            return
        found = entry.stat()
    except FileNotFoundError:
        walk.leave_out(entry.path, "a link that leads nowhere, or a file just removed")
    except OSError as error:
        walk.unseen.add(entry.path)
        walk.leave_out(entry.path, f"cannot be read: {reason_of(error)}")
    else:
        if stat.S_ISREG(found.st_mode):
            walk.files[entry.path] = (found.st_size, found.st_mtime_ns)
        elif not stat.S_ISDIR(found.st_mode):  # a link to a folder is passed over
            walk.leave_out(entry.path, "not a file")


def _leads_outside(link: str, folder: str) -> bool:
    target = os.path.realpath(link, strict=True)
    return os.path.commonpath([target, folder]) != folder


def _is_text(name: str) -> bool:
    return name.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in name)


def _path_and_parents(path: str) -> Iterator[str]:
    yield path
    while (above := os.path.dirname(path)) != path:  # noqa: PTH120
        yield above
        path = above
