"""Whether this machine can do what is asked, found out before the first step."""

import shutil
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from touchline.archive.permissions import nearest_existing, refuse_unwritable
from touchline.archive.sort.edits import Placement
from touchline.archive.sort.transfer import Mode
from touchline.errors import EnvironmentMissingError, UsageError


def refuse_impossible(placements: Sequence[Placement], mode: Mode) -> None:
    """Raise when permission, room, or a link between file systems would be missing on the way.

    Raises:
        EnvironmentMissingError: a folder cannot be written, or the disk is too small for copies.
        UsageError: hard links across two file systems, or one file to be moved twice.
    """
    folders = {each.destination.parent for each in placements}
    if mode == "move":
        _refuse_moving_twice(placements)
        folders |= {each.source.parent for each in placements}
    refuse_unwritable(nearest_existing(folder) for folder in folders)
    elsewhere = [each for each in placements if _is_on_another_disk(each)]
    if mode == "hardlink" and elsewhere:
        raise UsageError(
            "photos and destination on one file system, as hard links need",
            f"row {elsewhere[0].row}: {elsewhere[0].source} is on another one than "
            f"{elsewhere[0].destination.parent}",
            "Use --mode symlink or --mode copy.",
        )  # fmt: skip
    if mode in ("copy", "move"):
        _refuse_too_large(placements if mode == "copy" else elsewhere)


def _is_on_another_disk(placement: Placement) -> bool:
    there = nearest_existing(placement.destination.parent)
    return placement.source.stat().st_dev != there.stat().st_dev


def _refuse_moving_twice(placements: Collection[Placement]) -> None:
    counts = Counter(each.source for each in placements)
    twice = [f"row {each.row}" for each in placements if counts[each.source] > 1]
    if twice:
        raise UsageError(
            "each photo to be moved once", f"{' and '.join(twice[:2])} moving the same file",
            "Delete one of these rows, or use another --mode.",
        )  # fmt: skip


def _refuse_too_large(placements: Iterable[Placement]) -> None:
    """Raise when the copies do not fit on the disks they go to."""
    needed: Counter[Path] = Counter()
    for each in placements:
        needed[nearest_existing(each.destination.parent)] += each.source.stat().st_size
    by_disk: dict[int, tuple[int, Path]] = {}
    for folder, size in needed.items():
        disk = folder.stat().st_dev
        by_disk[disk] = (by_disk.get(disk, (0, folder))[0] + size, folder)
    for size, folder in by_disk.values():
        free = shutil.disk_usage(folder).free
        if size > free:
            raise EnvironmentMissingError(
                f"{size:,} bytes of room at {folder}", f"{free:,} bytes free",
                "Free some room, sort to another disk, or use --mode symlink.",
            )  # fmt: skip
