"""Runs removed from the disk: only what a run makes, all or nothing, nothing beyond its folder."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from touchline.errors import UsageError
from touchline.run_listing.made_by_runs import foreign_files
from touchline.run_listing.records import RunRecord, read_record
from touchline.training.tracking.at_work import is_at_work

MOST_NAMED = 5


@dataclass(frozen=True)
class Removable:
    """A run that may be removed.

    Attributes:
        run: the run.
        files: how many files it has.
        size: their bytes together.
    """

    run: RunRecord
    files: int
    size: int

    def describe(self) -> str:
        """In one line, for the person who is asked."""
        return f"{self.run.folder} ({self.run.task}, {self.run.state}): {self.files:,} files, " \
               f"{self.size / 1e6:,.1f} MB"  # fmt: skip


def removable(folders: Sequence[Path]) -> list[Removable]:
    """Look at runs that are to be removed; nothing is touched.

    Raises:
        UsageError: when one is no run, is a link, is being trained, holds what no run makes, or
            stands there twice; then none is to be removed.
    """
    found = [_looked_at(folder) for folder in folders]
    places = [each.run.folder.resolve() for each in found]
    for place in places:
        if places.count(place) > 1:
            raise UsageError("each run once", f"{place} twice", "Name it once.")
    return found


def remove(run: Removable) -> None:
    """Remove a run: it is gone under its name at once, whatever happens afterwards.

    Links in it are removed, never what they lead to.

    Raises:
        OSError: when the folder cannot be renamed (nothing has happened then), or something in it
            cannot be removed (what is left lies beside it under a hidden name).
    """
    folder = run.run.folder.resolve()
    gone = folder.with_name(f".{folder.name}.removed")
    number = 1
    while gone.exists():
        number += 1
        gone = folder.with_name(f".{folder.name}.removed-{number}")
    folder.rename(gone)
    shutil.rmtree(gone)


def _looked_at(folder: Path) -> Removable:
    if folder.is_symlink():
        raise UsageError(
            "the folder of a run itself", f"a link at {folder}", "Name the folder it leads to."
        )
    run = read_record(folder)
    if is_at_work(folder):
        raise UsageError(
            "a run that no process is at work on", f"one that is being trained in {folder}",
            "Wait for its end, or stop it.",
        )  # fmt: skip
    foreign = [path.as_posix() for path in foreign_files(folder)]
    if foreign:
        more = f" and {len(foreign) - MOST_NAMED} more" if len(foreign) > MOST_NAMED else ""
        raise UsageError(
            "a folder with nothing in it but a run",
            f"{', '.join(foreign[:MOST_NAMED])}{more} in {folder}", "Move that away first.",
        )  # fmt: skip
    files = [each for each in folder.rglob("*") if each.is_symlink() or each.is_file()]
    return Removable(run, len(files), sum(each.lstat().st_size for each in files))
