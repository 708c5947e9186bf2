"""Write labels as XMP sidecars beside the photos: what each sidecar held goes to a journal first.

`sidecar` says what a sidecar holds after tagging; here is which sidecar, and how it is written so
that it can be stopped at any instant, run again, and taken back by `untag`.
"""

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from touchline.archive.embedded import embedded_keywords
from touchline.archive.environment import refuse_unwritable
from touchline.archive.faults import reason_of
from touchline.archive.folder_times import remembered
from touchline.archive.interruption import resumable
from touchline.archive.journal import Journal, open_journal
from touchline.archive.keywords import Keywords, keyword_path
from touchline.archive.labelled_file import fault_of
from touchline.archive.labels import LabelledPhoto
from touchline.archive.replacement import Replacement, replace_all
from touchline.archive.sidecar import MachineTag, is_judged, machine_tag, read_keywords, read_tags
from touchline.archive.sidecar import with_tag
from touchline.archive.sidecar_names import SIDECAR_STYLES, Siblings, SidecarStyle, sidecar_name
from touchline.archive.tag_history import tag_history_of, write_entry
from touchline.archive.xml_spans import UnreadableXmlError
from touchline.errors import UsageError
from touchline.files import sha256_of_bytes
from touchline.reporting.progress import track

PHOTOS_A_BATCH = 64
LARGEST_SIDECAR_BYTES = 32 << 20


@dataclass(frozen=True)
class Tagging:
    """How photos are tagged.

    Attributes:
        style: how a new sidecar is named; an existing one is used whatever its name.
        root: the keyword that machine tags stand under, levels separated by `|`.
        model: the model behind the run, for the record.
        min_confidence: photos below it are not tagged.
        labelled_at_ns: when the predictions were written (see `fault_of`).
    """

    style: SidecarStyle = "photo.ext.xmp"
    root: str = "AI"
    model: str = ""
    min_confidence: float = 0.0
    labelled_at_ns: int = 0

    def __post_init__(self) -> None:
        if not keyword_path(self.root):
            raise UsageError("a root keyword", f"{self.root!r}", "Give --root-keyword a name.")
        if not 0.0 <= self.min_confidence <= 1.0:
            raise UsageError(
                "a smallest confidence between 0 and 1", f"{self.min_confidence}",
                "Mend --min-confidence.",
            )  # fmt: skip


@dataclass(frozen=True)
class Untouched:
    """A photo or sidecar that was left as it was, and why."""

    path: str
    reason: str


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


@dataclass(frozen=True)
class _Change:
    """A sidecar to be written; the same bytes before and after when there is nothing to do."""

    photo: Path
    sidecar: Path
    before: bytes | None
    after: bytes
    tag: MachineTag
    is_judged: bool
