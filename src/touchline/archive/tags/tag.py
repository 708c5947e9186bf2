"""Write labels as XMP sidecars beside the photos, once what each sidecar held is in a journal.

`targets` says which sidecar and what it will hold; here it is written so that it can be stopped at
any instant, run again, and taken back by `untag`.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from touchline.archive.faults import ChangedError, reason_of
from touchline.archive.folder_times import remembered
from touchline.archive.interruption import resumable
from touchline.archive.journal import Journal, open_journal
from touchline.archive.labels import LabelledPhoto
from touchline.archive.permissions import refuse_unwritable
from touchline.archive.tags.history import remove_unfinished, tag_history_of, write_entry
from touchline.archive.tags.replacement import Replacement, replace_all
from touchline.archive.tags.targets import (
    Change,
    Tagging,
    Target,
    Untouched,
    change_for,
    targets_of,
)
from touchline.archive.tags.xml_spans import UnreadableXmlError
from touchline.reporting.progress import track

PHOTOS_A_BATCH = 64


@dataclass(frozen=True)
class Tagged:
    """What a tagging did, in photos.

    Attributes:
        written: sidecars made or changed.
        unchanged: sidecars that said all this already; their bytes and times are as they were.
        judged: sidecars where a person's judgement stands against the new tag.
        doubtful: photos not tagged because the model was in doubt.
        skipped: photos that could not be tagged, each with the reason.
    """

    written: int
    unchanged: int
    judged: int
    doubtful: int
    skipped: tuple[Untouched, ...]


def preview_tags(photos: Iterable[LabelledPhoto], tagging: Tagging) -> Tagged:
    """What `tag_photos` would do; touches nothing.

    Raises:
        EnvironmentMissingError: when a folder could not be written.
    """
    targets, doubtful, skipped = _targets(photos, tagging)
    outcomes = [_change_or_reason(target, tagging) for target in track(targets, "Reading")]
    return _summary(outcomes, doubtful, skipped)


def tag_photos(photos: Iterable[LabelledPhoto], tagging: Tagging, journal_path: Path) -> Tagged:
    """Tag every photo the model is sure of; photos in doubt are left alone.

    Photos that are missing, changed since labelled, or whose XMP cannot be read safely are skipped
    and named; their sidecars stay as they are.

    Args:
        photos: what the model said.
        tagging: how to write it.
        journal_path: where to write down what each sidecar held.

    Raises:
        EnvironmentMissingError: when a folder cannot be written, before anything is touched; or
            when the disk is full.
        UsageError: when the journal is damaged or in use.
        InterruptedRunError: on Ctrl-C; what was done is kept.
    """
    targets, doubtful, skipped = _targets(photos, tagging)
    with open_journal(journal_path) as journal:
        writer = _Writer(journal, tagging)
        with resumable("the tagging", "touchline archive untag"):
            outcomes = list(track(writer.run(targets), "Tagging", total=len(targets)))
    return _summary(outcomes, doubtful, skipped)


def _targets(
    photos: Iterable[LabelledPhoto], tagging: Tagging
) -> tuple[list[Target], int, list[Untouched]]:
    targets, doubtful, skipped = targets_of(photos, tagging)
    refuse_unwritable({target.sidecar.parent for target in targets})
    return targets, doubtful, skipped


def _change_or_reason(target: Target, tagging: Tagging) -> Change | Untouched:
    try:
        return change_for(target, tagging)
    except (OSError, ChangedError, UnreadableXmlError) as error:
        return Untouched(target.photo.path, reason_of(error))


def _summary(
    outcomes: Sequence[Change | Untouched], doubtful: int, skipped: Sequence[Untouched]
) -> Tagged:
    changes = [each for each in outcomes if isinstance(each, Change)]
    return Tagged(
        written=sum(each.is_needed for each in changes),
        unchanged=sum(not each.is_needed and not each.is_judged for each in changes),
        judged=sum(each.is_judged for each in changes),
        doubtful=doubtful,
        skipped=(*skipped, *(each for each in outcomes if isinstance(each, Untouched))),
    )


class _Writer:
    """One run over the targets, writing down every step."""

    def __init__(self, journal: Journal, tagging: Tagging) -> None:
        self.journal, self.tagging = journal, tagging
        history = tag_history_of(journal.entries)
        remove_unfinished(history)
        self.remembered = set(history.folders)

    def run(self, targets: Sequence[Target]) -> Iterator[Change | Untouched]:
        for start in range(0, len(targets), PHOTOS_A_BATCH):
            yield from self._batch(targets[start : start + PHOTOS_A_BATCH])

    def _batch(self, targets: Sequence[Target]) -> list[Change | Untouched]:
        """Announce and write a batch of sidecars; those with nothing to change are left alone."""
        outcomes = [_change_or_reason(target, self.tagging) for target in targets]
        needed = [each for each in outcomes if isinstance(each, Change) and each.is_needed]
        refused = self._write(needed) if needed else {}
        return [
            Untouched(target.photo.path, refused[each.sidecar])
            if isinstance(each, Change) and each.sidecar in refused
            else each
            for target, each in zip(targets, outcomes, strict=True)
        ]

    def _write(self, changes: Sequence[Change]) -> dict[Path, str]:
        folders = sorted({str(each.sidecar.parent) for each in changes} - self.remembered)
        tokens = [secrets.token_hex(8) for _ in changes]
        entries = [
            write_entry(
                each.sidecar, each.before, each.mtime_ns, each.after, each.tag.keyword, own,
                each.rejected.keyword if each.rejected else "",
            )
            for each, own in zip(changes, tokens, strict=True)
        ]  # fmt: skip
        self.journal.append([*(remembered(Path(folder)) for folder in folders), *entries])
        self.remembered |= set(folders)
        replacements = []
        for each, entry in zip(changes, entries, strict=True):
            unfinished = each.sidecar.with_name(entry["unfinished"])
            replacements.append(Replacement(each.sidecar, each.after, unfinished, entry["was"]))
        refused = replace_all(replacements)
        if refused:
            self.journal.append([{"step": "refused", "sidecar": str(path)} for path in refused])
        return refused
