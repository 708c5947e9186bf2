"""The steps of a sort: a batch at a time is announced in the journal, carried out, confirmed.

What is about to happen goes to the disk before it happens. After a crash the batch in flight is
settled by looking at the disk: a step left its traces or it did not.
"""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from touchline.archive.durable import sync_names
from touchline.archive.faults import ChangedError, reason_of, refuse_changed
from touchline.archive.folder_times import make_folders, missing_folders, remembered
from touchline.archive.journal import Entry, Journal
from touchline.archive.sidecar_names import Siblings
from touchline.archive.sort.edits import Placement
from touchline.archive.sort.history import History, transfer_of
from touchline.archive.sort.plan import time_text
from touchline.archive.sort.synthetic_photos import maker_fault
from touchline.archive.sort.transfer import (
    Mode,
    Transfer,
    carry_out,
    finish_move,
    is_placed,
)
from touchline.files import sha256_of_file

FILES_A_BATCH = 64


@dataclass(frozen=True)
class Skipped:
    """A file that was left as it was, and why.

    Attributes:
        row: its row in the plan, the header being 1.
    """

    row: int
    path: str
    reason: str


class Sorting:
    """One run over the waiting placements, writing down every step."""

    def __init__(self, journal: Journal, history: History, mode: Mode) -> None:
        self.journal, self.history, self.mode = journal, history, mode
        self.skipped_photos: set[Path] = set()
        self.siblings = Siblings()

    def run(self, waiting: Sequence[Placement]) -> Iterator[Skipped | None]:
        """Yield for each placement what was skipped, or None when the file is placed.

        Photos come before all sidecars: a sidecar stays when its photo does.
        """
        rest: list[Placement] = []
        for placement in waiting:
            if placement.row in self.history.placing and self._is_settled(placement):
                yield None
            else:
                rest.append(placement)
        photos = [each for each in rest if each.photo is None]
        sidecars = [each for each in rest if each.photo is not None]
        for group in (photos, sidecars):
            for start in range(0, len(group), FILES_A_BATCH):
                yield from self._batch(group[start : start + FILES_A_BATCH])

    def _is_settled(self, placement: Placement) -> bool:
        """Whether a step that a crash cut short did happen; what is half done is completed."""
        transfer = self._transfer(self.history.placing[placement.row])
        with contextlib.suppress(OSError):
            transfer.unfinished.unlink()
        try:
            if self.mode == "move":
                is_settled = finish_move(transfer)
            elif is_settled := is_placed(transfer, self.mode):
                sync_names(transfer.destination.parent)
        except (OSError, ChangedError):
            return False  # the coming batch meets the same fault, and names it
        if is_settled:
            self.journal.append([{"step": "done", "rows": [placement.row]}], sync=False)
        return is_settled

    def _batch(self, batch: Sequence[Placement]) -> list[Skipped | None]:
        """Place a batch of files whose sources are as expected."""
        reasons: dict[int, str] = {}
        entries: list[Entry] = []
        for placement in batch:
            try:
                entries.append(self._place_entry(placement))
            except (OSError, ChangedError) as error:
                reasons[placement.row] = reason_of(error)
        if entries:
            reasons |= self._carry_out(entries)
        self.skipped_photos |= {each.source for each in batch if each.row in reasons}
        return [
            Skipped(each.row, str(each.source), reasons[each.row]) if each.row in reasons else None
            for each in batch
        ]

    def _place_entry(self, placement: Placement) -> Entry:
        """What the journal must know to finish or undo a placement whose source is as expected.

        Raises:
            ChangedError, OSError: the source is not.
        """
        source = placement.source
        if placement.photo in self.skipped_photos:
            raise ChangedError(f"it stays with {placement.photo}")
        if source.is_symlink() and self.mode in ("hardlink", "move"):
            raise ChangedError(f"it is a link itself; --mode {self.mode} needs the file")
        if placement.photo is None and (fault := maker_fault(source, self.siblings)):
            raise ChangedError(fault)
        found = source.stat()
        is_as_planned = placement.size == str(found.st_size) and (
            placement.modified == time_text(found.st_mtime_ns)
        )
        is_read_anyway = self.mode == "copy" or placement.photo is not None
        if not is_read_anyway and (self.mode == "move" or not is_as_planned):
            refuse_changed(source, placement.sha256)
        return {
            "step": "place", "row": placement.row, "source": str(source),
            "destination": str(placement.destination),
            "sha256": placement.sha256 or sha256_of_file(source),
            "size": found.st_size, "mtime_ns": found.st_mtime_ns,
        }  # fmt: skip

    def _carry_out(self, entries: list[Entry]) -> dict[int, str]:
        """Announce, carry out and confirm; by row, why some could not be."""
        transfers = {entry["row"]: self._transfer(entry) for entry in entries}
        self._make_ready(entries, transfers.values())
        refused = carry_out(list(transfers.values()), self.mode)
        reasons = {row: refused[each] for row, each in transfers.items() if each in refused}
        self._confirm(transfers, reasons)
        return reasons

    def _make_ready(self, entries: list[Entry], transfers: Iterable[Transfer]) -> None:
        """Write down the batch and every folder it will change; then make the missing folders."""
        folders = {transfer.destination.parent for transfer in transfers}
        missing = sorted({each for folder in folders for each in missing_folders(folder)})
        changed = folders | {each.parent for each in missing}
        if self.mode == "move":
            changed |= {transfer.source.parent for transfer in transfers}
        noted = [
            remembered(folder)
            for folder in sorted(changed - set(missing))
            if str(folder) not in self.history.folders
        ]
        makes = [{"step": "make", "path": str(folder)} for folder in missing]
        announced = [*noted, *makes, *entries]
        for entry in announced:
            self.history.take(entry)
        self.journal.append(announced)
        make_folders(missing)

    def _confirm(self, transfers: dict[int, Transfer], reasons: dict[int, str]) -> None:
        """Write down what is done, and what was announced and left no trace."""
        done = [row for row in transfers if row not in reasons]
        left = [row for row, each in transfers.items()
                if row in reasons and not is_placed(each, self.mode)]  # fmt: skip
        skips = [{"step": "skipped", "row": row, "reason": reasons[row]} for row in left]
        self.journal.append([{"step": "done", "rows": done}, *skips], sync=False)

    def _transfer(self, entry: Entry) -> Transfer:
        return transfer_of(entry, self.history.opening)
