"""What a sort's journal says happened so far: one sort, from its first `begin` to its last line.

The lines: `begin` (what, how, where to), `folder` (its time and names before the first change),
`make` (a folder about to be made), `place` (a file about to be placed), `done`, `skipped`, `undo`
(an undo has begun), `undone`. A finished undo ends the sort; the next `begin` starts another.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from touchline.archive.journal import Entry
from touchline.archive.sort.transfer import Mode, Transfer


@dataclass
class History:
    """The state of one sort.

    Attributes:
        begin: the opening entry; None when nothing was begun since the last undo.
        placing: the `place` entries by row, whether carried out or not, without the skipped.
        done: rows known to be carried out.
        folders: remembered folders by path.
        made: folders we made, or were about to make, outermost first.
        undoing: an undo has begun and not ended.
    """

    begin: Entry | None = None
    placing: dict[int, Entry] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)
    folders: dict[str, Entry] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    undoing: bool = False

    @property
    def opening(self) -> Entry:
        """The opening entry of a sort that was begun."""
        if self.begin is None:
            raise ValueError("no sort was begun")
        return self.begin

    @property
    def mode(self) -> Mode:
        """How the files of a sort that was begun are placed."""
        mode: Mode = self.opening["mode"]
        return mode

    def take(self, entry: Entry) -> None:
        """Go on with one more entry."""
        match entry["step"]:
            case "begin":
                self.begin = entry
            case "folder":
                self.folders[entry["path"]] = entry
            case "make":
                self.made.append(entry["path"])
            case "place":
                self.placing[entry["row"]] = entry
            case "done":
                self.done |= set(entry["rows"])
            case "skipped":
                self.placing.pop(entry["row"], None)
            case "undo":
                self.undoing = True


def history_of(entries: Sequence[Entry]) -> History:
    """The state after all entries of a journal."""
    ends = [number for number, entry in enumerate(entries, start=1) if entry["step"] == "undone"]
    history = History()
    for entry in entries[max(ends, default=0) :]:
        history.take(entry)
    return history


def journal_path(plan: Path) -> Path:
    """Where the journal of a plan lies: beside it.

    >>> journal_path(Path("plan.csv")).name
    'plan.csv.journal'
    """
    return plan.with_name(f"{plan.name}.journal")


def begin_entry(mode: str, root: Path, plan_sha256: str) -> Entry:
    """The entry that opens a sort; its `token` makes the names of unfinished copies our own."""
    return {
        "step": "begin", "mode": mode, "root": str(root), "plan": plan_sha256,
        "token": secrets.token_hex(8), "at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }  # fmt: skip


def transfer_of(entry: Entry, begin: Entry) -> Transfer:
    """The transfer that a `place` entry describes."""
    destination = Path(entry["destination"])
    unfinished = _unfinished(destination, begin, entry["row"])
    return Transfer(Path(entry["source"]), destination, entry["sha256"], unfinished)


def way_back(entry: Entry, begin: Entry) -> Transfer:
    """The transfer that moves a file back where a `place` entry took it from."""
    there = transfer_of(entry, begin)
    unfinished = _unfinished(there.source, begin, entry["row"])
    return Transfer(there.destination, there.source, there.sha256, unfinished)


def _unfinished(destination: Path, begin: Entry, row: int) -> Path:
    return destination.with_name(f".touchline-{begin['token']}-{row}")
