"""Take a sort back: names, contents and times as before it, except where a person changed things.

Works from the journal alone, so the plan may be gone. Every step looks at the disk first, so an
undo that was killed is run again like any other.
"""

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from touchline.archive.durable import sync_names
from touchline.archive.faults import ChangedError, reason_of
from touchline.archive.folder_times import make_folders, missing_folders, restore_times
from touchline.archive.interruption import resumable
from touchline.archive.journal import Entry, open_journal, read_journal
from touchline.archive.permissions import nearest_existing, refuse_unwritable
from touchline.archive.sort.history import History, history_of, journal_path, transfer_of, way_back
from touchline.archive.sort.steps import FILES_A_BATCH, Skipped
from touchline.archive.sort.transfer import (
    Transfer,
    carry_out,
    finish_move,
    has_content,
    is_placed,
    is_same_file,
)
from touchline.errors import UsageError
from touchline.reporting.progress import track

CHANGED_SINCE = "it was changed since it was sorted"
LAST_ONE = "its original is gone or changed, so this may be the only one"


@dataclass(frozen=True)
class Undone:
    """What an undo did.

    Attributes:
        restored: files taken back, or found back already.
        kept: files left where the sort put them, because a person changed something.
        journal: where it is written down.
    """

    restored: int
    kept: tuple[Skipped, ...]
    journal: Path


def preview_undo(plan_path: Path) -> Undone:
    """What `undo_plan` would do; touches nothing.

    Raises:
        UsageError: when nothing was sorted by this plan, or its journal is damaged.
    """
    path = journal_path(plan_path)
    history = _begun(read_journal(path), plan_path)
    kept = []
    for entry in history.placing.values():
        try:
            _is_to_take_back(entry, history)
        except (ChangedError, OSError) as error:
            kept.append(_kept(entry, reason_of(error)))
    return Undone(len(history.placing) - len(kept), tuple(kept), path)


def undo_plan(plan_path: Path) -> Undone:
    """Take back everything the plan's sort did; go on where a stopped undo left off.

    Kept, and named: a file whose content was changed since, a copy or hard link whose original is
    gone or changed, a moved file whose old place is taken. While any is kept the undo stays open,
    so that it can be run again. Folders we made go when they are empty.

    Args:
        plan_path: the plan; it need not exist any more, its journal must.

    Raises:
        UsageError: when nothing was sorted by this plan, or its journal is damaged or in use.
        EnvironmentMissingError: when the disk is full, or a folder cannot be written.
        InterruptedRunError: on Ctrl-C; what was done is kept.
    """
    path = journal_path(plan_path)
    _begun(read_journal(path), plan_path)
    with open_journal(path) as journal:
        history = _begun(journal.entries, plan_path)
        refuse_unwritable(_folders_to_change(history))
        if not history.undoing:
            journal.append([{"step": "undo"}])
        entries = list(history.placing.values())[::-1]
        take_back = _move_back if history.mode == "move" else _remove
        with resumable("the undo"):
            outcomes = list(track(take_back(entries, history), "Undoing", total=len(entries)))
            _remove_folders(history.made)
            restore_times(history.folders.values())
        kept = tuple(outcome for outcome in outcomes if outcome is not None)
        if not kept:
            journal.append([{"step": "undone"}])
    return Undone(len(entries) - len(kept), kept, path)


def _begun(entries: Sequence[Entry], plan_path: Path) -> History:
    history = history_of(entries)
    if history.begin is None:
        raise UsageError(
            f"a sort by {plan_path} to take back", "none in its journal, or one undone already",
            "Name the plan that was applied; its journal lies beside it.",
        )  # fmt: skip
    return history


def _folders_to_change(history: History) -> set[Path]:
    names = ("destination", "source") if history.mode == "move" else ("destination",)
    parents = {Path(entry[name]).parent for entry in history.placing.values() for name in names}
    return {nearest_existing(folder) for folder in parents}


def _remove(entries: Sequence[Entry], history: History) -> Iterator[Skipped | None]:
    """Remove links and copies; their originals never moved."""
    folders = set()
    for entry in entries:
        destination = Path(entry["destination"])
        try:
            _remove_unfinished(entry, history)
            if _is_to_take_back(entry, history):
                destination.unlink()
                folders.add(destination.parent)
            yield None
        except (ChangedError, OSError) as error:
            yield _kept(entry, reason_of(error))
    for folder in folders:
        sync_names(folder)


def _move_back(entries: Sequence[Entry], history: History) -> Iterator[Skipped | None]:
    """Move files back to their old places, a batch at a time."""
    for start in range(0, len(entries), FILES_A_BATCH):
        batch = entries[start : start + FILES_A_BATCH]
        outcomes: dict[int, Skipped | None] = {}
        waiting: dict[int, Transfer] = {}
        for entry in batch:
            back = way_back(entry, history.opening)
            try:
                _remove_unfinished(entry, history)
                is_waiting = _is_to_take_back(entry, history) and not finish_move(back)
                outcomes[entry["row"]] = None
                if is_waiting:
                    waiting[entry["row"]] = back
            except (ChangedError, OSError) as error:
                outcomes[entry["row"]] = _kept(entry, reason_of(error))
        make_folders(sorted({f for back in waiting.values()
                             for f in missing_folders(back.destination.parent)}))  # fmt: skip
        refused = carry_out(list(waiting.values()), "move")
        reasons = {row: refused[back] for row, back in waiting.items() if back in refused}
        for entry in batch:
            reason = reasons.get(entry["row"])
            yield _kept(entry, reason) if reason else outcomes[entry["row"]]


def _is_to_take_back(entry: Entry, history: History) -> bool:
    """Whether our file is there to be taken back; False when there is nothing left to do.

    Raises:
        ChangedError: when a person's change would be lost; says which.
    """
    there = transfer_of(entry, history.opening)
    is_done = entry["row"] in history.done
    if history.mode == "move":
        return _is_to_move_back(there, is_done)
    if not os.path.lexists(there.destination):
        return False
    if not is_placed(there, history.mode):
        if not is_done:
            return False  # the step never happened; what stands there is a person's
        is_lost = history.mode == "hardlink" and not there.source.exists()
        raise ChangedError(LAST_ONE if is_lost else CHANGED_SINCE)
    if history.mode == "copy" and not _original_is_intact(entry):
        raise ChangedError(LAST_ONE)
    return True


def _is_to_move_back(there: Transfer, is_done: bool) -> bool:
    source, destination = there.source, there.destination
    is_at_source, is_at_destination = os.path.lexists(source), os.path.lexists(destination)
    if not is_at_destination:
        if not is_at_source:
            raise ChangedError("it is no longer where the sort put it")
        return False
    if is_same_file(source, destination):
        return True
    is_ours = has_content(destination, there.sha256)
    if not is_done and not is_ours:
        return False  # the step never happened; what stands there is a person's
    if not is_ours:
        raise ChangedError(CHANGED_SINCE)
    if is_at_source and not has_content(source, there.sha256):
        raise ChangedError(f"another file has taken its old place {source}")
    return True


def _original_is_intact(entry: Entry) -> bool:
    source = Path(entry["source"])
    try:
        found = source.stat()
    except OSError:
        return False
    as_it_was = (found.st_size, found.st_mtime_ns) == (entry["size"], entry["mtime_ns"])
    return as_it_was or has_content(source, entry["sha256"])


def _remove_unfinished(entry: Entry, history: History) -> None:
    """Remove the copies that a crash left half-written, there or on the way back."""
    for direction in (transfer_of, way_back):
        with contextlib.suppress(OSError):
            direction(entry, history.opening).unfinished.unlink()


def _remove_folders(made: Sequence[str]) -> None:
    """Remove the folders we made, innermost first; one that a person has used stays."""
    for folder in map(Path, reversed(made)):
        with contextlib.suppress(OSError):
            folder.rmdir()
            sync_names(folder.parent)


def _kept(entry: Entry, reason: str) -> Skipped:
    return Skipped(entry["row"], entry["destination"], reason)
