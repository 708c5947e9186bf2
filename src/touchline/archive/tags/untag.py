"""Take tags back: every sidecar as it was, to the byte and the nanosecond, or gone if we made it.

Where a person has changed a sidecar since, only our own tags are taken out of it. Works from the
journal alone; an untag that was killed is run again like any other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from touchline.archive.durable import sync_names
from touchline.archive.faults import noted_in, reason_of
from touchline.archive.folder_times import restore_times
from touchline.archive.interruption import resumable
from touchline.archive.journal import Entry, Journal, open_journal, read_journal
from touchline.archive.permissions import nearest_existing, refuse_unwritable
from touchline.archive.tags.history import (
    SidecarHistory,
    TagHistory,
    remove_unfinished,
    tag_history_of,
)
from touchline.archive.tags.replacement import Replacement, replace_all
from touchline.archive.tags.sidecar import without_tags
from touchline.archive.tags.targets import Untouched
from touchline.archive.tags.xml_spans import UnreadableXmlError
from touchline.errors import UsageError
from touchline.files import sha256_of_bytes
from touchline.reporting.progress import track

SIDECARS_A_BATCH = 64
REMOVED = "a person removed it since"
EDITED = "a person changed it since; only our own tags were taken out"


@dataclass(frozen=True)
class Untagged:
    """What an untag did, in sidecars.

    Attributes:
        restored: as they were before, or gone if we had made them.
        edited: changed by a person since: only our own tags were taken out.
        kept: left as they are, with the reason.
    """

    restored: int
    edited: tuple[Untouched, ...]
    kept: tuple[Untouched, ...]


def preview_untag(journal_path: Path) -> Untagged:
    """What `untag_photos` would do; touches nothing.

    Raises:
        UsageError: when nothing is tagged by this journal, or it is damaged.
    """
    history = _tagged(read_journal(journal_path), journal_path)
    return _summary([_way_back(path, each) for path, each in history.sidecars.items()])


def untag_photos(journal_path: Path) -> Untagged:
    """Take back all that `tag_photos` wrote with this journal.

    While any sidecar is kept the untagging stays open, so that it can be run again.

    Raises:
        UsageError: when nothing is tagged by this journal, or it is damaged or in use.
        EnvironmentMissingError: when a folder cannot be written, or the disk is full.
        InterruptedRunError: on Ctrl-C; what was done is kept.
    """
    _tagged(read_journal(journal_path), journal_path)
    with open_journal(journal_path) as journal:
        history = _tagged(journal.entries, journal_path)
        refuse_unwritable({nearest_existing(path.parent) for path in history.sidecars})
        remove_unfinished(history)
        with resumable("the untagging"):
            steps = _take_back(journal, history)
            outcomes = list(track(steps, "Untagging", total=len(history.sidecars)))
            restore_times(history.folders.values())
        summary = _summary(outcomes)
        if not summary.kept:
            journal.append([{"step": "undone"}])
    return summary


@dataclass(frozen=True)
class _WayBack:
    """What one sidecar must become.

    Attributes:
        now: what it holds; None when it is gone.
        then: what it shall hold; None when it shall be gone.
        mtime_ns: the time it shall have; None to leave that to the clock.
        edited: what a person did to it, in words; empty when nothing.
    """

    path: Path
    now: bytes | None
    then: bytes | None
    unfinished: Path
    mtime_ns: int | None = None
    edited: str = ""


def _tagged(entries: Sequence[Entry], journal_path: Path) -> TagHistory:
    history = tag_history_of(entries)
    if not history.sidecars:
        raise UsageError(
            "tags to take back", f"none written down in {journal_path}",
            "Name the predictions that were tagged; the journal lies beside them.",
        )  # fmt: skip
    return history


def _way_back(path: Path, sidecar: SidecarHistory) -> _WayBack | Untouched:
    try:
        now = path.read_bytes() if path.exists() else None
        found = None if now is None else sha256_of_bytes(now)
        if found in sidecar.known and not sidecar.is_shared:
            then = sidecar.before
            return _WayBack(path, now, then, sidecar.unfinished, sidecar.mtime_ns)
        if now is None:
            return _WayBack(path, None, None, sidecar.unfinished, edited=REMOVED)
        then = without_tags(now, sidecar.keywords)
        return _WayBack(path, now, then, sidecar.unfinished, edited=EDITED)
    except (OSError, UnreadableXmlError) as error:
        return Untouched(str(path), reason_of(error))


def _take_back(journal: Journal, history: TagHistory) -> Iterator[_WayBack | Untouched]:
    sidecars = list(history.sidecars.items())
    for start in range(0, len(sidecars), SIDECARS_A_BATCH):
        batch = [_way_back(*each) for each in sidecars[start : start + SIDECARS_A_BATCH]]
        ways = [each for each in batch if isinstance(each, _WayBack)]
        refused = _go_back(ways)
        edited = [each for each in ways if each.edited and each.path not in refused]
        if edited:
            journal.append([{"step": "edited", "sidecar": str(each.path)} for each in edited])
        for each in batch:
            reason = refused.get(each.path) if isinstance(each, _WayBack) else None
            yield Untouched(str(each.path), reason) if reason else each


def _go_back(ways: Sequence[_WayBack]) -> dict[Path, str]:
    """Make every sidecar what it must become; by path, why some could not."""
    refused: dict[Path, str] = {}
    there = [each for each in ways if each.now is not None]
    for each in there:
        if each.then is None:
            with noted_in(refused, each.path, each.path):
                each.path.unlink()
    for folder in {each.path.parent for each in there if each.then is None}:
        sync_names(folder)
    replacements = []
    for each in there:
        if each.now is not None and each.then is not None and each.now != each.then:
            expected = sha256_of_bytes(each.now)
            replacements.append(
                Replacement(each.path, each.then, each.unfinished, expected, each.mtime_ns)
            )
    return refused | replace_all(replacements)


def _summary(outcomes: Sequence[_WayBack | Untouched]) -> Untagged:
    ways = [each for each in outcomes if isinstance(each, _WayBack)]
    return Untagged(
        restored=sum(not each.edited for each in ways),
        edited=tuple(Untouched(str(each.path), each.edited) for each in ways if each.edited),
        kept=tuple(each for each in outcomes if isinstance(each, Untouched)),
    )
