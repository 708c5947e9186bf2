"""What a tagging journal says: for each sidecar what it held before, and all we ever wrote to it.

The lines: `folder` (see `folder_times`), `write` (a sidecar about to be written, with what it held,
its time, the keyword, and the rejected one if any), `refused` (it was not written after all),
`edited` (our tags were taken out of a sidecar that a person had changed since), `undone`. What
comes before the last `undone` is over.
"""

import base64
import contextlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from touchline.archive.journal import Entry
from touchline.files import sha256_of_bytes


@dataclass
class SidecarHistory:
    """All that happened to one sidecar.

    Attributes:
        packed: what it held before our first change, compressed; None when there was none.
        mtime_ns: its time then; 0 when there was none.
        unfinished: the name of our own that its content is written under.
        known: hashes of everything it held while only we changed it; None for no file.
        keywords: the keywords we tagged it with.
        writes: how often we wrote it.
        is_shared: a person changed it between two of our changes, so there is no way straight back.
    """

    packed: str | None
    mtime_ns: int
    unfinished: Path
    known: set[str | None]
    keywords: set[str] = field(default_factory=set)
    writes: int = 0
    is_shared: bool = False

    @property
    def before(self) -> bytes | None:
        """What it held before our first change."""
        return None if self.packed is None else zlib.decompress(base64.b64decode(self.packed))


@dataclass
class TagHistory:
    """The state of one predictions file's tagging: sidecars by path, and remembered folders."""

    sidecars: dict[Path, SidecarHistory] = field(default_factory=dict)
    folders: dict[str, Entry] = field(default_factory=dict)


def tag_history_of(entries: Sequence[Entry]) -> TagHistory:
    """The state after all entries of a journal."""
    ends = [number for number, entry in enumerate(entries, start=1) if entry["step"] == "undone"]
    history = TagHistory()
    for entry in entries[max(ends, default=0) :]:
        match entry["step"]:
            case "folder":
                history.folders.setdefault(entry["path"], entry)
            case "write":
                _take_write(history, entry)
            case "refused":
                _take_refused(history, Path(entry["sidecar"]))
            case "edited":
                history.sidecars.pop(Path(entry["sidecar"]), None)
    return history


def remove_unfinished(history: TagHistory) -> None:
    """Remove what a crash left half-written; all of it bears names of our own."""
    for sidecar in history.sidecars.values():
        with contextlib.suppress(OSError):
            sidecar.unfinished.unlink()


def write_entry(
    sidecar: Path, before: bytes | None, mtime_ns: int, after: bytes, keyword: str, token: str,
    rejected: str = "",
) -> Entry:  # fmt: skip
    """The entry that announces a change to a sidecar."""
    packed = None if before is None else base64.b64encode(zlib.compress(before)).decode()
    return {
        "step": "write", "sidecar": str(sidecar), "before": packed, "mtime_ns": mtime_ns,
        "was": None if before is None else sha256_of_bytes(before),
        "after": sha256_of_bytes(after), "keyword": keyword, "unfinished": f".touchline-{token}",
        **({"rejected": rejected} if rejected else {}),
    }  # fmt: skip


def tag_journal_path(predictions: Path) -> Path:
    """Where the tagging journal of a predictions file lies: beside it.

    >>> tag_journal_path(Path("labels.parquet")).name
    'labels.parquet.tags.journal'
    """
    return predictions.with_name(f"{predictions.name}.tags.journal")


def _take_write(history: TagHistory, entry: Entry) -> None:
    path = Path(entry["sidecar"])
    unfinished = path.with_name(entry["unfinished"])
    fresh = SidecarHistory(entry["before"], entry["mtime_ns"], unfinished, {entry["was"]})
    sidecar = history.sidecars.setdefault(path, fresh)
    sidecar.is_shared |= entry["was"] not in sidecar.known
    sidecar.unfinished = unfinished
    sidecar.known |= {entry["was"], entry["after"]}
    sidecar.keywords.update(entry[name] for name in ("keyword", "rejected") if name in entry)
    sidecar.writes += 1


def _take_refused(history: TagHistory, path: Path) -> None:
    """Forget a sidecar that we never wrote."""
    sidecar = history.sidecars[path]
    sidecar.writes -= 1
    if sidecar.writes == 0:
        del history.sidecars[path]
