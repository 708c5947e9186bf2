"""A photo set in, what is wrong with it out: copies, leaks, bursts, labels, classes, bad files.

`audit` is pure; `write_audit_csv` keeps its findings as a table and
`touchline.photos.audit_report` as a page with pictures.
"""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import Field

from touchline.errors import GateFailedError
from touchline.files import write_atomically
from touchline.photos.data import PhotoSet
from touchline.photos.duplicates import BURST_SECONDS, Duplicates, find_duplicates
from touchline.photos.findings import (
    SEVERITIES,
    Finding,
    check_bursts,
    check_copies,
    check_labels,
    check_left_out,
    check_names,
    check_sizes,
)
from touchline.photos.fingerprint import Fingerprint
from touchline.photos.mirror import MirrorMap
from touchline.photos.suspects import Suspect, suspects
from touchline.settings import Settings

COLUMNS = (
    "finding", "severity", "kind", "photo", "class", "split", "message", "suggestion",
)  # fmt: skip


class AuditSettings(Settings):
    """What the audit calls a burst, a small class and an imbalance."""

    burst_seconds: float = Field(default=BURST_SECONDS, ge=0)
    """Photos of a burst follow each other within this time."""
    fewest: int = Field(default=2, ge=1)
    """A class with fewer photos is an error: it cannot both be learnt and scored."""
    few: int = Field(default=12, ge=1)
    """A class with fewer photos is a warning."""
    imbalance: float = Field(default=10.0, gt=1)
    """A warning when the largest class has at least this many times the photos of the smallest."""


@dataclass(frozen=True)
class Audit:
    """What was found in a photo set.

    Attributes:
        photo_set: the set.
        duplicates: its copies and bursts; places count along `photo_set.photos`.
        suspects: its doubtful labels, the worst first; empty when they were not judged.
        mirror: its classes and their partners.
        findings: everything found: errors first, then warnings, then notes.
        labels_judged: whether out-of-fold probabilities were at hand.
    """

    photo_set: PhotoSet
    duplicates: Duplicates
    suspects: tuple[Suspect, ...]
    mirror: MirrorMap
    findings: tuple[Finding, ...]
    labels_judged: bool

    @property
    def passed(self) -> bool:
        """There is no error."""
        return not any(finding.severity == "error" for finding in self.findings)

    @property
    def class_counts(self) -> dict[str, int]:
        """The number of photos of each class, in the order of the classes."""
        counts = Counter(photo.label for photo in self.photo_set.photos)
        return {name: counts[name] for name in self.mirror.classes}

    def count(self, severity: str) -> int:
        """How many findings have this severity."""
        return sum(finding.severity == severity for finding in self.findings)

    def require_passed(self, report: Path) -> None:
        """Fail the gate when there are errors.

        Raises:
            GateFailedError: naming how many errors of each kind there are, and the report.
        """
        kinds = Counter(f.kind for f in self.findings if f.severity == "error")
        if kinds:
            found = ", ".join(f"{count} x {kind}" for kind, count in sorted(kinds.items()))
            raise GateFailedError("an audit without errors", found, f"See {report}.")


def audit(
    photo_set: PhotoSet,
    fingerprints: Sequence[Fingerprint],
    mirror: MirrorMap,
    probabilities: np.ndarray | None = None,
    mirrored_probabilities: np.ndarray | None = None,
    *,
    settings: AuditSettings = AuditSettings(),  # noqa: B008 - frozen
) -> Audit:
    """Look for everything that would spoil a training or make its score a lie.

    Args:
        photo_set: the photos; all can be decoded, the others are among its rejected files.
        fingerprints: one a photo, in the same order.
        mirror: the classes and their partners.
        probabilities: out of fold, `(photos, classes)`, rows with NaN for photos not judged; None
            leaves the labels unjudged.
        mirrored_probabilities: the same for the mirrored photos; see `suspects`.
        settings: what counts as a burst, a small class, an imbalance.

    Raises:
        ValueError: when fingerprints, classes or probabilities do not fit the photos.
    """
    photos = photo_set.photos
    if len(fingerprints) != len(photos) or set(photo_set.classes) - set(mirror.classes):
        raise ValueError(f"{len(fingerprints)} fingerprints, classes {mirror.classes}")
    duplicates = find_duplicates(fingerprints, settings.burst_seconds)
    doubtful: tuple[Suspect, ...] = ()
    if probabilities is not None:
        if probabilities.shape != (len(photos), len(mirror.classes)):
            raise ValueError(f"probabilities of shape {probabilities.shape}")
        place = {name: number for number, name in enumerate(mirror.classes)}
        labels = np.array([place.get(photo.label, -1) for photo in photos], dtype=int)
        doubtful = suspects(probabilities, labels, mirror, mirrored_probabilities)
    counts = Counter(photo.label for photo in photos if photo.label)
    findings = [
        *check_copies(photos, duplicates.copies, mirror),
        *check_bursts(photos, duplicates.bursts),
        *check_labels(photos, doubtful, mirror),
        *check_names(photo_set, mirror),
        *check_sizes(counts, settings.fewest, settings.few, settings.imbalance),
        *check_left_out(photo_set),
    ]
    findings.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    return Audit(
        photo_set, duplicates, doubtful, mirror, tuple(findings), probabilities is not None
    )


def write_audit_csv(found: Audit, path: Path) -> None:
    """Write the findings as a table: a row for each photo of each, or one where there is none.

    Rows of one finding share its number in the first column, from 1.
    """
    by_name = {photo.name: photo for photo in found.photo_set.photos}
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for number, finding in enumerate(found.findings, start=1):
        for name in finding.photos or ("",):
            photo = by_name.get(name)
            about = (photo.label, photo.split) if photo else ("", "")
            writer.writerow(
                (number, finding.severity, finding.kind, name, *about, finding.message,
                 finding.suggestion)
            )  # fmt: skip
    # The name of a file that was left out may hold bytes that are no text.
    write_atomically(path, stream.getvalue().encode(errors="backslashreplace"))
